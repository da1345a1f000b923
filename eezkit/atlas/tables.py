"""Atlas and geopandas: positions joined with zones, and zones as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.edges import Edges
from eezkit.errors import OptionError

if TYPE_CHECKING:
    import geopandas

    from eezkit.atlas.atlas import Atlas
    from eezkit.geometry import Rings
    from eezkit.zones import Zone

__all__ = ["join", "to_geodataframe"]

_PARTY = ("sovereign", "territory", "sovereign_name", "territory_name")
_JOINED = ("mrgid", "zone", "kind", "territory", "sovereign", "regime")


def join(atlas: Atlas, points: geopandas.GeoDataFrame, *, how: str) -> geopandas.GeoDataFrame:
    """Add to each position the zones that hold it; see `Atlas.join`."""
    import pandas as pd

    if how not in ("left", "inner"):
        raise OptionError(f"how {how!r} is not one of 'left', 'inner'.")
    taken = [column for column in (*_JOINED, "n_zones") if column in points.columns]
    if taken:
        raise OptionError(f"The positions have columns {taken} already; rename or drop them first.")
    found = atlas.locate(*_coordinates(points))
    codes, inverse = np.unique(found.answer, return_inverse=True)
    zones = [found.zones(code) for code in codes.tolist()]
    n_zones = np.array([len(members) for members in zones], dtype=np.int64)[inverse]
    n_rows = np.maximum(n_zones, 1) if how == "left" else n_zones
    row = np.repeat(np.arange(len(points)), n_rows)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(n_rows) - n_rows, n_rows)

    flat = [zone for members in zones for zone in members] + [None]
    starts = np.cumsum([0, *(len(members) for members in zones)])[:-1]
    which = np.where(n_zones[row] > 0, starts[inverse[row]] + nth, len(flat) - 1)
    table = pd.DataFrame([_row(zone) for zone in flat], columns=list(_JOINED))
    table["mrgid"] = table["mrgid"].astype("Int64")
    joined = points.iloc[row].copy()
    for column in _JOINED:
        joined[column] = (
            table[column].to_numpy()[which]
            if column != "mrgid"
            else pd.array(table["mrgid"].array[which], dtype="Int64")
        )
    joined["n_zones"] = n_zones[row]
    return joined


def _row(zone: Zone | None) -> tuple[Any, ...]:
    if zone is None:
        return (None,) * len(_JOINED)
    return (
        zone.mrgid,
        zone.name,
        zone.kind.value,
        zone.territory,
        zone.sovereign,
        zone.regime.value,
    )


def _coordinates(points: geopandas.GeoDataFrame) -> tuple[Any, Any]:
    """Longitudes and latitudes of point geometries; NaN where one is missing or empty."""
    import shapely

    geometry = points.geometry
    if geometry.crs is not None and not geometry.crs.equals("EPSG:4326"):
        geometry = geometry.to_crs("EPSG:4326")
    kinds = shapely.get_type_id(geometry.array)
    wrong = np.flatnonzero((kinds != -1) & (kinds != shapely.GeometryType.POINT))
    if len(wrong):
        raise OptionError(
            f"{len(wrong)} of {len(points)} geometries are no points; the first, at row "
            f"{wrong[0]}, is a {geometry.iloc[wrong[0]].geom_type}. Positions are points: "
            "take representative points, or split lines into vertices first."
        )
    return shapely.get_x(geometry.array), shapely.get_y(geometry.array)


def to_geodataframe(atlas: Atlas, layer: str) -> geopandas.GeoDataFrame:
    """Give a layer of the atlas as a table; see `Atlas.to_geodataframe`."""
    import geopandas

    if layer == "edges":
        return _edges(atlas.edges, atlas)
    zones: list[Zone] = []
    rings: Rings | None
    if layer == "zones":
        chosen = range(len(atlas.zones)) if atlas.selected is None else atlas.selected
        zones, rings = [atlas.zones[i] for i in chosen], atlas.rings.take(list(chosen))
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

    names = [" | ".join(atlas.zones[i].name for i in members) for members in edges.sets]
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
