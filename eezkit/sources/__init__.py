"""Where zones come from: the embedded atlas, files, the Marine Regions service, the cache."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from eezkit.errors import OptionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.coverage import Coverage
    from eezkit.limits import Baseline
    from eezkit.sources.files.lonlat import Across180

__all__ = ["fetch", "load", "read", "read_baseline", "read_limit"]


def load(
    data: str | os.PathLike[str] | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    source: str | None = None,
    across_180: Across180 | None = None,
    max_size: int | None = None,
    refresh: bool = False,
) -> Atlas:
    """Open the embedded atlas, a dataset in the cache, or a file; never the network.

    Parameters
    ----------
    data : str or path-like, optional
        Nothing or "embedded": the embedded derived atlas. The name of a layer fetched or added
        before ("eez"), or the path of a file or folder that `read` understands.
    layer, columns, source, across_180, max_size
        As for `read`, where `data` is a path.
    refresh : bool
        Index it anew although the cache has it.

    Returns
    -------
    Atlas

    Raises
    ------
    DataNotFoundError
        If it is neither a file nor in the cache.
    OptionError
        If it is no path, but how to read it is said.

    Examples
    --------
    >>> import eezkit
    >>> atlas = eezkit.load()
    >>> atlas.provenance.name
    'eezkit derived atlas'
    """
    is_embedded = data is None or data == "embedded"
    if data is not None and not is_embedded and Path(data).exists():
        return read(
            data,
            layer=layer,
            columns=columns,
            source=source,
            across_180=across_180,
            max_size=max_size,
            refresh=refresh,
        )
    given = {
        "layer": layer,
        "columns": columns,
        "source": source,
        "across_180": across_180,
        "max_size": max_size,
    }
    for name, value in given.items():
        if value is not None:
            raise OptionError(
                f"{name} is for files, and {data or 'embedded'} is none: what a dataset of the "
                "cache is, it says itself."
            )
    if is_embedded:
        from eezkit.sources.embedded import load_embedded

        return load_embedded(refresh=refresh)
    from eezkit.sources.reading import load_cached

    return load_cached(os.fspath(data or ""), refresh=refresh)


def read(
    path: str | os.PathLike[str],
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    coverage: Coverage | str | None = None,
    encoding: str | None = None,
    strict: bool = False,
    lines: str | os.PathLike[str] | None = None,
    source: str | None = None,
    across_180: Across180 | None = None,
    max_size: int | None = None,
    refresh: bool = False,
) -> Atlas:
    """Read zones from a file.

    Parameters
    ----------
    path : path-like
        A shapefile (or the folder or zip it lies in, as Marine Regions hands it out),
        GeoPackage, FlatGeobuf, GeoJSON, GeoParquet, KML (also as .kmz) or GML file, in any
        coordinate reference system; or a folder that `Atlas.save` wrote.
    layer : str, optional
        Which layer, where the file has several.
    columns : mapping of str to str, optional
        Our names to the file's, for a schema that is not known:
        ``{"name": "country", "sovereign": "iso2"}``.
    coverage : Coverage or {"world", "zones"}, optional
        Where the file is complete. By default the world for a whole Marine Regions layer, else
        only inside its own zones: elsewhere the answer is "not covered".
    encoding : str, optional
        Of the text columns, where the file does not say.
    strict : bool
        Raise for an unknown value instead of warning.
    lines : path-like, optional
        A file of the source's own boundary lines (``eez_boundaries_v12.shp``): what it says an
        edge is goes before all other evidence, and the provenance says that it was asked.
    source : str, optional
        Whose data these are: a layer of Marine Regions with its version ("eez@12"), or a citation
        in your own words. By default what is known: a file under the publisher's name that holds
        the whole layer, its zones as large as they say, is cited as the publisher's; any other
        is "source not stated", whatever its columns.
    across_180 : {"cut", "as-drawn"}, optional
        How a ring is meant that jumps from one side of ±180° to the other without being cut
        there: across it, and to be cut; or round the rest of the globe, as drawn. By default such
        a ring is refused.
    max_size : int, optional
        Bytes that a zip may unpack to; by default 2 GB.
    refresh : bool
        Index it anew although the cache has it.

    Returns
    -------
    Atlas
        Indexed into the cache the first time, opened from there afterwards.

    Raises
    ------
    DataNotFoundError
        If the file or one of its sidecars is missing.
    DataFormatError
        If it is truncated, empty, not what its name says, or has a ring across ±180° that can be
        read in two ways.
    SchemaError
        If its columns are not known, or under `strict` a value is not.

    Examples
    --------
    >>> import json
    >>> from pathlib import Path
    >>> import eezkit
    >>> ring = [[2, 51], [3, 51], [3, 52], [2, 52], [2, 51]]
    >>> zone = {
    ...     "type": "Feature",
    ...     "properties": {"label": "Here", "iso": "AAA"},
    ...     "geometry": {"type": "Polygon", "coordinates": [ring]},
    ... }
    >>> text = json.dumps({"type": "FeatureCollection", "features": [zone]})
    >>> length = Path("zones.geojson").write_text(text)
    >>> atlas = eezkit.read("zones.geojson", columns={"name": "label", "sovereign": "iso"})
    >>> atlas.at(lon=2.5, lat=51.5).zones[0].name
    'Here'
    """
    from eezkit.sources.reading import read_atlas

    return read_atlas(
        Path(path),
        layer=layer,
        columns=columns,
        coverage=coverage,
        encoding=encoding,
        strict=strict,
        lines=None if lines is None else Path(lines),
        source=source,
        across_180=across_180,
        max_size=max_size,
        refresh=refresh,
    )


def fetch(
    layer: str = "eez",
    *,
    sovereign: str | None = None,
    where: str | None = None,
    lines: bool = True,
    refresh: bool = False,
    timeout: float = 60.0,
    max_size: int = 1 << 30,
    base_url: str | None = None,
) -> Atlas:
    """Fetch zones from the Marine Regions service, or from the cache if they were before.

    Parameters
    ----------
    layer : str
        A layer of the registry: ``eezkit data list`` names them.
    sovereign : str, optional
        Only zones that name this State, as ISO code or name, among any of their parties.
    where : str, optional
        A condition in CQL, for example ``pol_type='Joint regime'``.
    lines : bool
        Fetch with it the layer of lines, if there is one, that says what each edge is: treaty,
        median line, limit. `Atlas.provenance` names the lines that edges are told by.
    refresh : bool
        Fetch although the cache has it.
    timeout : float
        Seconds of silence from the service after which it is given up.
    max_size : int
        Bytes that the service may send for one layer.
    base_url : str, optional
        Address of another service with the same layers; a user's name and password in it are
        kept nowhere.

    Returns
    -------
    Atlas

    Raises
    ------
    UnknownDatasetError
        If there is no such layer.
    FetchError
        If the service cannot be reached or does not give what was asked for.

    Examples
    --------
    >>> import eezkit
    >>> spain = eezkit.fetch("eez", sovereign="ESP")
    >>> any(zone.sovereign == "ESP" for zone in spain.zones)
    True
    """
    from eezkit.sources.reading import fetch_atlas

    return fetch_atlas(
        layer,
        sovereign=sovereign,
        where=where,
        lines=lines,
        refresh=refresh,
        timeout=timeout,
        max_size=max_size,
        base_url=base_url,
    )


def read_baseline(
    path: str | os.PathLike[str], *, key: str | None = None, layer: str | None = None
) -> Baseline:
    """Read a baseline from a file: coasts, straight baselines, or basepoints.

    Parameters
    ----------
    path : path-like
        Any file that `read` takes, of points, lines and polygons, in any coordinate reference
        system; or a CSV table with columns ``lon`` and ``lat``, in degrees on WGS 84. Columns
        ``kind``, ``model`` and ``max_breadth_nmi`` are taken as `Baseline.from_geometry` takes
        them, where present.
    key : str, optional
        Column whose distinct values are the territories, numbered from 0 in sorted order.
        By default all features belong to territory 0.
    layer : str, optional
        Which layer, where the file has several.

    Returns
    -------
    Baseline

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    DataFormatError
        If it is truncated, empty, not what its name says, or has no such column.
    BaselineError
        As for `Baseline.from_geometry`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from eezkit.sources import read_baseline
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "base_points.csv"
    ...     _ = path.write_text("lon,lat\\n153.98491,24.29195\\n153.97109,24.28476\\n")
    ...     baseline = read_baseline(path)
    >>> len(baseline)
    2
    """
    from eezkit.sources.files.baselines import open_baseline

    return open_baseline(path, key=key, layer=layer).baseline


def read_limit(path: str | os.PathLike[str], *, layer: str | None = None) -> NDArray[np.object_]:
    """Read a published limit from a file, for `eezkit.compare.audit.audit`.

    Parameters
    ----------
    path : path-like
        Zones, lines or positions, as `read_baseline` takes them.
    layer : str, optional
        Which layer, where the file has several.

    Returns
    -------
    numpy.ndarray of shapely geometry, shape (n_features,)
        In longitude and latitude on WGS 84.

    Raises
    ------
    DataNotFoundError, DataFormatError
        As for `read_baseline`.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from eezkit.sources import read_limit
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "limit.csv"
    ...     _ = path.write_text("lon,lat\\n153.98333,20.93333\\n157.63333,24.28333\\n")
    ...     limit = read_limit(path)
    >>> limit[0].x
    153.98333
    """
    from eezkit.sources.files.baselines import read_limit as reader

    return reader(path, layer=layer)
