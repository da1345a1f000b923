"""Zones as a table, to list or to take away: some of them, joined by sovereign, simplified."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.answers.columns import SEPARATOR, Column
from eezkit.errors import OptionError, UnknownZoneError
from eezkit.geodesy import EdgeModel, polygon_area
from eezkit.geometry import Rings
from eezkit.tables.writing import save_features

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.zones import Zone

__all__ = ["COLUMNS", "about", "save_zones", "zone_table"]

Dissolve = Literal["sovereign", "territory"]

COLUMNS = (
    Column("zone", "text", "never"),
    Column("kind", "text", "never"),
    Column("regime", "text", "never"),
    Column("sovereign", "text", "never"),
    Column("territory", "text", "never"),
    Column("sovereign_name", "text", "never"),
    Column("territory_name", "text", "never"),
    Column("iso2", "text", "no territory has a code"),
    Column("iso3", "text", "no territory has a code"),
    Column("mrgid", "int64", "none published, or joined of several"),
    Column("published_kind", "text", "never"),
    Column("status", "text", "never"),
    Column("n_zones", "int32", "never"),
    Column("area_km2", "float64", "never", 6),
    Column("west", "float64", "never", 9),
    Column("south", "float64", "never", 9),
    Column("east", "float64", "never", 9),
    Column("north", "float64", "never", 9),
)
"""A row per zone; with `near` there is `distance_m` too."""

_AREAS = "on the WGS 84 ellipsoid, edges straight in longitude and latitude; of this geometry"
_WARNING = "Not for legal or navigational use."


def zone_table(
    atlas: Atlas,
    *,
    bbox: Sequence[float] | None = None,
    near: tuple[float, float] | None = None,
    within: float | None = None,
    dissolve: Dissolve | None = None,
    simplify: float | None = None,
) -> geopandas.GeoDataFrame:
    """Put the zones of an atlas in a table.

    Parameters
    ----------
    atlas : Atlas
        Of a selection only the selected zones.
    bbox : sequence of four float, optional
        West, south, east, north, in degrees: only zones with a part in it. West may lie east of
        east: the box then goes across ±180°.
    near : (float, float), optional
        Longitude and latitude; the zones come nearest first, with their ``distance_m``.
    within : float, optional
        Metres from `near`, on the ellipsoid, beyond which a zone is left out.
    dissolve : {"sovereign", "territory"}, optional
        Join the zones that one State holds alone. What several hold or claim, or is in
        abeyance, stays a feature of its own.
    simplify : float, optional
        Metres that a line may move; neighbours stay joined, as `simplify_coverage` has it.

    Returns
    -------
    geopandas.GeoDataFrame
        The columns of `COLUMNS`, in WGS 84. ``area_km2`` is that of the geometry in the table, on
        the ellipsoid. Where ``west`` is greater than ``east`` the box goes across ±180°.

    Raises
    ------
    OptionError
        If an option makes no sense.
    UnknownZoneError
        If no zone is there.

    Examples
    --------
    >>> import eezkit
    >>> table = zone_table(eezkit.load()["FJI"])
    >>> table.zone.tolist(), bool((table.west > table.east).any())
    (['Fiji'], True)
    """
    import geopandas

    if within is not None and near is None:
        raise OptionError("within is a distance from a position: near says from which.")
    frame = atlas.to_geodataframe().rename(columns={"name": "zone"})
    zones = list(atlas.zones)
    if near is not None:
        frame["distance_m"] = _distances(atlas, *near, within)
        keep = np.argsort(frame["distance_m"], kind="stable")
        keep = keep[np.isfinite(frame["distance_m"].to_numpy()[keep])]
        frame, zones = frame.iloc[keep], [zones[i] for i in keep]
    if bbox is not None:
        keep = np.flatnonzero(frame.geometry.intersects(_box(bbox)))
        frame, zones = frame.iloc[keep], [zones[i] for i in keep]
    if not zones:
        raise UnknownZoneError("No zone is there: none has a part within what was asked for.")
    frame = frame.assign(n_zones=np.int32(1), **_codes(zones)).reset_index(drop=True)
    if dissolve is not None:
        frame = _dissolved(frame, zones, dissolve)
    if simplify is not None:
        from eezkit.tables.simplifying import simplify_coverage

        frame = frame.set_geometry(simplify_coverage(frame.geometry.to_numpy(), simplify))
    rings = Rings.from_shapely(frame.geometry.to_numpy())
    west, south, east, north = _boxes(rings)
    area = polygon_area(rings, model=EdgeModel.PLANAR) / 1e6
    frame = frame.assign(area_km2=area, west=west, south=south, east=east, north=north)
    names = [column.name for column in COLUMNS] + ["distance_m"] * (near is not None)
    return geopandas.GeoDataFrame(frame[[*names, "geometry"]], geometry="geometry", crs="EPSG:4326")


def save_zones(
    path: str | os.PathLike[str],
    atlas: Atlas,
    *,
    bbox: Sequence[float] | None = None,
    near: tuple[float, float] | None = None,
    within: float | None = None,
    dissolve: Dissolve | None = None,
    simplify: float | None = None,
) -> geopandas.GeoDataFrame:
    """Write zones to a file: GeoJSON, GeoPackage, GeoParquet, KML, shapefile or CSV.

    Parameters
    ----------
    path : path-like
        Its suffix decides the format: .geojson, .gpkg, .parquet, .kml, .shp, or .csv without the
        geometry.
    atlas, bbox, near, within, dissolve, simplify
        As for `zone_table`.

    Returns
    -------
    geopandas.GeoDataFrame
        What was written.

    Raises
    ------
    OptionError, UnknownZoneError
        As for `zone_table`; or if the suffix is none of these.
    MissingExtraError
        If pyarrow is needed and not installed.

    Notes
    -----
    Every file says what data it holds, their version, licence and citation. It appears whole or
    not at all, and has the same bytes for the same zones. A GeoPackage brings a style for QGIS.

    Examples
    --------
    >>> import eezkit, pyogrio, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = save_zones(f"{folder}/fiji.gpkg", eezkit.load()["FJI"])
    ...     pyogrio.list_layers(f"{folder}/fiji.gpkg").tolist()
    [['zones', 'MultiPolygon'], ['layer_styles', None]]
    """
    from eezkit.tables.qgis import zone_style

    frame = zone_table(
        atlas, bbox=bbox, near=near, within=within, dissolve=dissolve, simplify=simplify
    )
    said = about(atlas, dissolve=dissolve, simplify=simplify)
    save_features(path, frame, layer="zones", about=said, style=zone_style())
    return frame


def about(
    atlas: Atlas, *, dissolve: str | None = None, simplify: float | None = None
) -> dict[str, Any]:
    """Say what a file of zones holds, where it comes from and on what terms.

    Parameters
    ----------
    atlas : Atlas
    dissolve, simplify
        As for `zone_table`.

    Returns
    -------
    dict
        As JSON has it: the dataset with version, licence and citation; what was done to it.
    """
    from importlib.metadata import version

    done = {"dissolved_by": dissolve, "simplified_m": simplify}
    return {
        "dataset": atlas.provenance.to_json(),
        **{name: value for name, value in done.items() if value is not None},
        "areas": _AREAS,
        "written_by": f"eezkit {version('eezkit')}",
        "disclaimer": _WARNING,
    }


def _codes(zones: Sequence[Zone]) -> dict[str, Any]:
    """ISO 3166-1 codes of the territories, of two letters and of three."""
    from eezkit.atlas.iso3166 import other_code

    territories = dict.fromkeys(party.territory for zone in zones for party in zone.parties)
    known = {name: (name.upper(), other_code(name)) for name in territories}
    both: dict[str, Any] = {"iso2": [], "iso3": []}
    for zone in zones:
        pairs = [known[party.territory] for party in zone.parties]
        codes = {code for one, other in pairs if other for code in (one, other)}
        for name, length in (("iso2", 2), ("iso3", 3)):
            texts = sorted(code for code in codes if len(code) == length)
            both[name].append(SEPARATOR.join(texts) or None)
    return both


def _distances(atlas: Atlas, lon: float, lat: float, within: float | None) -> NDArray[np.float64]:
    """Metres from a position to each zone of the atlas, 0 inside; inf beyond `within`."""
    everywhere = replace(atlas, selected=None)
    code = int(everywhere.locate(lon, lat).answer)
    inside = set(everywhere.index.zones(code)) if code > 0 else set()
    edges, reach = atlas.edges, np.inf if within is None else within
    chosen = range(len(atlas.every_zone)) if atlas.selected is None else atlas.selected
    of_set = [np.array([zone in members for members in edges.sets]) for zone in chosen]
    far = np.full(len(of_set), np.inf)
    n = edges.n_seaward
    for row, (zone, held) in enumerate(zip(chosen, of_set, strict=True)):
        if zone in inside:
            far[row] = 0.0
            continue
        for tree, part in ((atlas.seaward, slice(0, n)), (atlas.coast, slice(n, None))):
            active = held[edges.left[part]] != held[edges.right[part]]
            if active.any():
                found = tree.query(lon, lat, active=active, max_distance=reach)
                if int(found.edge) >= 0:
                    far[row] = min(far[row], float(found.distance))
    return far


def _box(bbox: Sequence[float]) -> Any:
    import shapely

    if len(bbox) != 4 or not np.isfinite(bbox).all():
        raise OptionError(f"bbox {tuple(bbox)} is not four numbers: west, south, east, north.")
    west, south, east, north = map(float, bbox)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise OptionError(
            f"bbox {west:g},{south:g},{east:g},{north:g} is no box. Accepted are west, south, "
            "east, north in degrees, longitude first, south not above north; west may be the "
            "greater where the box goes across ±180°."
        )
    if west <= east:
        return shapely.box(west, south, east, north)
    halves = [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
    return shapely.MultiPolygon(halves)


def _boxes(rings: Rings) -> tuple[NDArray[np.float64], ...]:
    """West, south, east and north of each zone; west is the greater across ±180°.

    The box leaves out the widest gap in longitude that the zone has, once round the globe.
    """
    shells = np.flatnonzero(rings.is_shell())
    start = rings.rings[shells]
    firsts = np.searchsorted(rings.rings[:-1], start)
    low, high, south, north = (
        of.reduceat(values, rings.rings[:-1])[firsts]
        for of, values in (
            (np.minimum, rings.lon),
            (np.maximum, rings.lon),
            (np.minimum, rings.lat),
            (np.maximum, rings.lat),
        )
    )
    boxes = []
    for first, last in zip(rings.zones[:-1], rings.zones[1:], strict=True):
        part = slice(first, last)
        order = np.argsort(low[part], kind="stable")
        begins, ends = low[part][order], np.maximum.accumulate(high[part][order])
        gaps = np.append(begins[1:] - ends[:-1], begins[0] + 360.0 - ends[-1])
        # Of gaps as wide as each other that across ±180° counts: the box then crosses nothing.
        widest = len(gaps) - 1 - int(np.argmax(gaps[::-1]))
        west, east = begins[(widest + 1) % len(begins)], ends[widest]
        boxes.append((west, south[part].min(), east, north[part].max()))
    return tuple(np.array(boxes, dtype=np.float64).reshape(-1, 4).T)


def _dissolved(
    frame: geopandas.GeoDataFrame, zones: Sequence[Zone], by: Dissolve
) -> geopandas.GeoDataFrame:
    """Join the rows of zones that one State holds alone, each at the place of its first."""
    import pandas as pd

    if by not in ("sovereign", "territory"):
        raise OptionError(f"dissolve {by!r} is not one of 'sovereign', 'territory'.")
    groups: dict[tuple[Any, ...], list[int]] = {}
    for row, zone in enumerate(zones):
        alone = not zone.is_shared and len(zone.parties) > 0
        key = (zone.kind, zone.regime, zone.sovereign, getattr(zone, by)) if alone else (row,)
        groups.setdefault(key, []).append(row)
    rows = []
    for members in groups.values():
        row = frame.iloc[members[0]].copy()
        if len(members) > 1:
            part = frame.iloc[members]
            row["zone"] = row[f"{by}_name"] or row[by]
            row["mrgid"], row["n_zones"] = pd.NA, np.int32(len(members))
            for name in ("territory", "territory_name", "published_kind", "status", "iso2", "iso3"):
                words = dict.fromkeys(
                    word for text in part[name].dropna() for word in text.split(SEPARATOR) if word
                )
                row[name] = SEPARATOR.join(words) or (None if name.startswith("iso") else "")
            row["geometry"] = _union(part.geometry.to_numpy())
            if "distance_m" in part:
                row["distance_m"] = part["distance_m"].min()
        rows.append(row)
    joined = frame.iloc[[members[0] for members in groups.values()]].copy()
    for name in joined.columns:
        joined[name] = [row[name] for row in rows]
    joined["mrgid"] = joined["mrgid"].astype("Int64")
    return joined.reset_index(drop=True)


def _union(shapes: NDArray[np.object_]) -> Any:
    """Join zones, keeping their vertices, so that they still fit their neighbours."""
    import shapely

    clean = shapely.coverage_is_valid(shapes)
    whole = shapely.coverage_union_all(shapes) if clean else shapely.union_all(shapes)
    polygons = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons)
