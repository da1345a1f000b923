"""Files and fetched layers become atlases: read, checked, indexed into the cache."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.coverage import Coverage
from eezkit.errors import DataNotFoundError, OptionError
from eezkit.sources.cache.built import open_or_build
from eezkit.zones import Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.edges import Lines
    from eezkit.geometry import Rings
    from eezkit.schema import LineTable, ZoneTable
    from eezkit.sources.cache.datasets import CachedDataset
    from eezkit.sources.files.lonlat import Across180
    from eezkit.sources.files.opening import Opened

__all__ = ["fetch_atlas", "load_cached", "read_atlas"]

_LINES_WITHIN = 50.0
"""Metres: how far a published boundary line may lie from the edge of the zone it bounds."""


def read_atlas(
    path: Path,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    coverage: Coverage | str | None = None,
    encoding: str | None = None,
    strict: bool = False,
    source: str | None = None,
    across_180: Across180 | None = None,
    max_size: int | None = None,
    refresh: bool = False,
    provenance: Provenance | None = None,
    lines: Path | None = None,
) -> Atlas:
    """Read zones from a file; see `eezkit.read`.

    Parameters
    ----------
    provenance : Provenance, optional
        Where the file is known to come from.
    lines : Path, optional
        A file of the source's boundary lines.
    """
    from eezkit._entry import MANIFEST
    from eezkit.sources.files.containers import source_files

    if _is_atlas(path / MANIFEST):
        return _saved(path, layer=layer, columns=columns, coverage=coverage, source=source)
    cover = _coverage(coverage)
    options = {
        "layer": layer,
        "columns": dict(columns or {}),
        "coverage": cover and cover.to_json(),
        "encoding": encoding,
        "strict": strict,
        "source": source,
        "across_180": across_180,
        "provenance": provenance and provenance.to_json(),
        "lines": lines and lines.name,
    }
    sources = [*source_files(path), *(source_files(lines) if lines else [])]

    def build() -> Atlas:
        from eezkit.sources.files.containers import MAX_SIZE
        from eezkit.sources.files.layers import read_lines, read_table

        table, opened = read_table(
            path,
            layer=layer,
            columns=columns,
            encoding=encoding,
            strict=strict,
            across_180=across_180,
            max_size=MAX_SIZE if max_size is None else max_size,
        )
        told = None
        if lines is not None:
            told, _ = read_lines(lines, codes=table.codes, strict=strict)
        atlas = _build(table, opened, cover, provenance or source, told)
        stated = atlas.provenance.lines or (lines.name if lines else "")
        return replace(atlas, provenance=replace(atlas.provenance, lines=stated))

    if not sources or not all(source.is_file() for source in sources):
        return build()
    return open_or_build(path.stem, sources, options, build, refresh=refresh)


def _is_atlas(manifest: Path) -> bool:
    """Whether a file is the manifest of a saved atlas, and not of something else."""
    return manifest.is_file() and b'"crc32"' in manifest.read_bytes()


def _saved(folder: Path, **options: Any) -> Atlas:
    """Open what `Atlas.save` wrote: it says all of itself."""
    from eezkit.atlas import Atlas

    for name, value in options.items():
        if value is not None:
            raise OptionError(
                f"{name}= is for files of zones; {folder} is an atlas that was saved, which says "
                "it itself."
            )
    return Atlas.open(folder)


def load_cached(name: str, *, refresh: bool = False) -> Atlas:
    """Open a dataset of the cache by its name, such as ``eez`` or ``eez:JPN``.

    Raises
    ------
    DataNotFoundError, UnknownDatasetError
        If it is not in the cache, or is no name of a dataset.
    """
    from eezkit.sources.cache import datasets as cache

    if any(mark in name for mark in "/\\") or Path(name).suffix:
        raise DataNotFoundError(
            f"{name} is not there. Accepted are the path of a file, or the name of a layer "
            "fetched or added before (`eezkit data list`)."
        )
    return _of_cached(cache.get(name), refresh=refresh)


def fetch_atlas(layer: str, *, refresh: bool, **options: Any) -> Atlas:
    """Fetch a layer of zones and read it; see `eezkit.fetch`."""
    from eezkit.sources.marine_regions.fetching import fetch_files

    return _of_cached(fetch_files(layer, refresh=refresh, **options), refresh=refresh)


def _of_cached(dataset: CachedDataset, *, refresh: bool) -> Atlas:
    from eezkit.sources.cache import datasets as cache

    dataset.check()
    manifest = dataset.manifest
    filtered = bool(manifest.sovereign or manifest.where)
    coverage = Coverage.zones_only() if filtered else Coverage.world()
    if manifest.sovereign and not manifest.where:
        coverage = coverage.and_for([manifest.sovereign])
    lines = cache.get(manifest.lines) if manifest.lines else None
    if lines is not None:
        lines.check()
    return read_atlas(
        dataset.path,
        coverage=coverage,
        refresh=refresh,
        provenance=dataset.provenance(),
        lines=None if lines is None else lines.path,
    )


def _coverage(coverage: Coverage | str | None) -> Coverage | None:
    if coverage is None or isinstance(coverage, Coverage):
        return coverage
    known = {"world": Coverage.world, "zones": Coverage.zones_only}
    if coverage not in known:
        raise OptionError(f"coverage {coverage!r} is not one of 'world', 'zones' or a Coverage.")
    return known[coverage]()


def _build(
    table: ZoneTable,
    opened: Opened,
    coverage: Coverage | None,
    origin: Provenance | str | None,
    lines: LineTable | None,
) -> Atlas:
    from eezkit.atlas import build_atlas
    from eezkit.sources.coast import embedded_coast
    from eezkit.sources.files.checks import check_table
    from eezkit.sources.origin import is_whole, provenance_of

    findings, _ = check_table(table)
    if not isinstance(origin, Provenance):
        origin = provenance_of(table, opened, findings, origin)
    atlas = build_atlas(
        table.zones,
        _rings(table),
        provenance=origin,
        coverage=coverage or (Coverage.world() if is_whole(table) else Coverage.zones_only()),
        coast=embedded_coast(),
        lines=None if lines is None else _lines(lines),
    )
    return replace(atlas, findings=findings.to_json())


def _rings(table: ZoneTable) -> Rings:
    """The published rings; those with geodesic edges with vertices added, to within 0.1 m."""
    from eezkit.geometry import Rings

    rings = Rings.from_shapely(table.geometry)
    if table.edges == "planar":
        return rings
    from eezkit.geodesy import EdgeModel, densify

    pieces = [
        densify(rings.lon[a:b], rings.lat[a:b], max_length=1000.0, model=EdgeModel(table.edges))
        for a, b in zip(rings.rings[:-1], rings.rings[1:], strict=True)
    ]
    starts = np.cumsum([0, *(len(lon) for lon, _ in pieces)]).astype(np.int64)
    lon, lat = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return Rings(lon, lat, starts, rings.polygons, rings.zones)


def _lines(table: LineTable) -> Lines:
    """Index the source's own boundary lines."""
    import shapely

    from eezkit.edges import Lines
    from eezkit.nearest import EdgeTree

    parts, line = shapely.get_parts(table.geometry, return_index=True)
    coords, part = shapely.get_coordinates(parts, return_index=True)
    start: NDArray[np.int64] = np.flatnonzero(part[1:] == part[:-1])
    ends = (coords[start, 0], coords[start, 1], coords[start + 1, 0], coords[start + 1, 1])
    kinds = tuple(table.lines[i].kind for i in line[part[start]])
    return Lines(EdgeTree.build(*ends), kinds, _LINES_WITHIN)
