"""Atlas and geopandas: positions joined with zones, and zones as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.answers.columns import PER_ZONE, per_zone
from eezkit.edges import Edges
from eezkit.errors import OptionError

if TYPE_CHECKING:
    import geopandas

    from eezkit.atlas.atlas import Atlas
    from eezkit.geometry import Rings
    from eezkit.zones import Zone

__all__ = ["join", "to_geodataframe"]

_PARTY = ("sovereign", "territory", "sovereign_name", "territory_name")


def join(
    atlas: Atlas,
    points: Any,
    *,
    how: str,
    lon: str | None = None,
    lat: str | None = None,
    belts: bool = True,
) -> Any:
    """Add to each position the zones that hold it; see `Atlas.join`."""
    import geopandas

    if how not in ("left", "inner"):
        raise OptionError(f"how {how!r} is not one of 'left', 'inner'.")
    table = points.to_frame("geometry") if isinstance(points, geopandas.GeoSeries) else points
    added = [column.name for column in PER_ZONE if belts or column.name != "belt"]
    taken = [name for name in added if name in table.columns]
    if taken:
        raise OptionError(f"The positions have columns {taken} already; rename or drop them first.")
    found = atlas.locate(*_coordinates(table, lon, lat))
    rows, columns = per_zone(
        atlas, found.answer, found.lon, found.lat, belts=belts, keep_empty=how == "left"
    )
    joined = table.iloc[rows].copy()
    for name, values in columns.items():
        joined[name] = values.to_pandas()
    return joined


def _coordinates(table: Any, lon: str | None, lat: str | None) -> tuple[Any, Any]:
    """Longitudes and latitudes of points, NaN where one is missing or empty; or two columns."""
    import geopandas
    import shapely

    if lon is not None or lat is not None:
        for what, name in (("lon", lon), ("lat", lat)):
            if name not in table.columns:
                raise OptionError(
                    f"{what} {name!r} is no column of the positions; they have "
                    f"{', '.join(map(repr, table.columns))}. Both lon and lat are needed."
                )
        return table[lon], table[lat]
    if not isinstance(table, geopandas.GeoDataFrame):
        raise OptionError(
            "A table without geometries needs the names of its columns of degrees: lon= and lat=."
        )
    geometry = table.geometry
    if geometry.crs is not None and not geometry.crs.equals("EPSG:4326"):
        geometry = geometry.to_crs("EPSG:4326")
    kinds = shapely.get_type_id(geometry.array)
    wrong = np.flatnonzero((kinds != -1) & (kinds != shapely.GeometryType.POINT))
    if len(wrong):
        raise OptionError(
            f"{len(wrong)} of {len(table)} geometries are no points; the first, at row "
            f"{wrong[0]}, is a {geometry.iloc[wrong[0]].geom_type}. Positions are points: "
            "take representative points, or split lines into vertices first."
        )
    there = ~shapely.is_empty(geometry.array) & (kinds != -1)
    xy = np.full((len(table), 2), np.nan)
    xy[there] = shapely.get_coordinates(geometry.array[there])
    return xy[:, 0], xy[:, 1]


def to_geodataframe(atlas: Atlas, layer: str) -> geopandas.GeoDataFrame:
    """Give a layer of the atlas as a table; see `Atlas.to_geodataframe`."""
    import geopandas

    if layer == "edges":
        return _edges(atlas.edges, atlas)
    zones: list[Zone] = []
    rings: Rings | None
    if layer == "zones":
        zones, rings = list(atlas.zones), atlas.rings
        if atlas.selected is not None:
            rings = rings.take(list(atlas.selected))
    elif layer == "overlays":
        zones, rings = list(atlas.overlays), atlas.overlay_rings
    elif layer == "land":
        rings = atlas.land
    else:
        raise OptionError(f"layer {layer!r} is not one of 'zones', 'overlays', 'land', 'edges'.")
    geometry = [] if rings is None else _valid(rings.to_shapely())
    rows: Any = _rows(zones) if layer != "land" else {}
    return geopandas.GeoDataFrame(rows, geometry=geometry, crs="EPSG:4326")


def _valid(geometry: Any) -> Any:
    import shapely

    bad = ~shapely.is_valid(geometry)
    geometry[bad] = shapely.make_valid(geometry[bad], method="structure", keep_collapsed=False)
    return geometry


def _rows(zones: Sequence[Zone]) -> dict[str, Any]:
    import pandas as pd

    parties = [_joined(zone) for zone in zones]
    return {
        "mrgid": pd.array([zone.mrgid for zone in zones], dtype="Int64"),
        "name": [zone.name for zone in zones],
        "kind": [zone.kind.value for zone in zones],
        "regime": [zone.regime.value for zone in zones],
        **{field: [words[field] for words in parties] for field in _PARTY},
        "published_kind": [zone.published_kind for zone in zones],
        "area_km2": pd.array([zone.area_km2 for zone in zones], dtype="Float64"),
        "status": [zone.status for zone in zones],
    }


def _joined(zone: Zone) -> dict[str, str]:
    """Join the parties field by field, so that they can be told apart again.

    Each word once where that leaves one, which all have, or one for each party; else all words.
    """
    joined = {}
    for field in _PARTY:
        words = [getattr(party, field) for party in zone.parties]
        once = list(dict.fromkeys(words))
        joined[field] = "|".join(once if len(once) in (1, len(words)) else words)
    return joined


def _edges(edges: Edges, atlas: Atlas) -> geopandas.GeoDataFrame:
    import geopandas
    import shapely

    names = [" | ".join(atlas.every_zone[i].name for i in members) for members in edges.sets]
    return geopandas.GeoDataFrame(
        {
            "kind": [edges.kind_of(i).value for i in range(len(edges))],
            "evidence": [edges.evidence_of(i).value for i in range(len(edges))],
            "left": [names[i] for i in edges.left],
            "right": [names[i] for i in edges.right],
        },
        geometry=shapely.linestrings(edges.points[edges.ends]),
        crs="EPSG:4326",
    )
