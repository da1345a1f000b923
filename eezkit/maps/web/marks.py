"""What is drawn of positions: marks, geodesics, uncertainty, tables of thousands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import folium
import numpy as np

from eezkit.answers.sentence import length
from eezkit.errors import OptionError
from eezkit.maps.paths import Box, box_around, encode, encode_geometry, geodesic_line, outline_ring
from eezkit.maps.style import SERIES
from eezkit.maps.web.layers import (
    Drawing,
    add_shapes,
    line_feature,
    line_key,
    rounded,
    text_of,
    wgs84,
)
from eezkit.positions import check_arrays, format_position, on_globe

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import ArrayLike

    from eezkit.uncertainty import Uncertainty

__all__ = [
    "add_geodesic",
    "add_marks",
    "add_positions",
    "add_table",
    "add_uncertainty",
]


def add_geodesic(
    chart: folium.Map,
    *,
    lon1: float,
    lat1: float,
    lon2: float,
    lat2: float,
    name: str = "Geodesic",
    label: str | None = None,
    kind: str = "geodesic",
    show: bool = True,
) -> folium.Map:
    """Add the geodesic between two positions as a curve, with its length along it.

    Parameters
    ----------
    chart : folium.Map
    lon1, lat1, lon2, lat2 : float
        The positions, in degrees.
    name : str
        Of the layer, in the key.
    label : str, optional
        Written along the curve; by default its length in nautical miles and kilometres.
    kind : str
        How it is drawn: "geodesic" or "link".
    show : bool
        Whether the layer is switched on at first.

    Returns
    -------
    folium.Map
        The same map.

    Raises
    ------
    CoordinateError
        If a position is not on the globe.
    """
    import shapely

    lon, lat, metres = geodesic_line(lon1, lat1, lon2, lat2)
    line = shapely.linestrings(np.column_stack([lon, lat]))
    words = length(metres) if label is None else label
    feature = line_feature(line, 5, kind=kind, hover=length(metres), label=words, along_all=True)
    key = [line_key(kind, name)]
    return add_shapes(
        chart, [feature], 5, name=name, group="Position", key=key, pane="lines", show=show
    )


# -- positions ------------------------------------------------------------------------------


def add_positions(
    chart: folium.Map,
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    names: Sequence[str] = (),
    name: str = "Positions",
    labels: bool = True,
) -> folium.Map:
    """Add a few positions as marks that a keyboard reaches; for thousands, see `add_table`.

    Parameters
    ----------
    chart : folium.Map
    lon, lat : array_like of float, shape (...)
        Degrees. What is no position (NaN, a latitude beyond 90) is left out.
    names : sequence of str
        A name for each, in the same order; plain text.
    name : str
        Of the layer, in the key.
    labels : bool
        Whether the names stand beside the marks.

    Returns
    -------
    folium.Map
        The same map.

    Raises
    ------
    CoordinateError
        If none is a position.
    OptionError
        If there are names, but not one for each position.
    """
    x, y = (np.ravel(v) for v in np.broadcast_arrays(lon, lat))
    if names and len(names) != len(x):
        raise OptionError(f"There are {len(names)} names for {len(x)} positions.")
    kept = on_globe(x, y)
    x, y = check_arrays(x[kept], y[kept]) if kept.any() else check_arrays(x, y)
    names = [name for name, there in zip(names, kept, strict=False) if there]
    marks = [
        {
            "lon": float(px),
            "lat": float(py),
            "kind": "place",
            "title": said or format_position(float(px), float(py)),
            "label": said if labels else "",
            "rows": [["Position", format_position(float(px), float(py))]],
        }
        for px, py, said in zip(x, y, names or [""] * len(x), strict=True)
    ]
    return add_marks(chart, marks, name=name, style="eez-place-dot")


def add_marks(
    chart: folium.Map,
    marks: list[dict[str, Any]],
    *,
    name: str,
    style: str,
    framed: bool = True,
) -> folium.Map:
    """Add marks as layers.js takes them."""
    key = [{"label": name, "kind": "dot", "style": style}]
    return add_shapes(
        chart, [], 5, name=name, group="Position", key=key, marks=marks, framed=framed
    )


def add_uncertainty(
    chart: folium.Map,
    uncertainty: Uncertainty,
    *,
    lon: float,
    lat: float,
    name: str = "Uncertainty",
) -> folium.Map:
    """Add how uncertain a position is: a geodesic circle, a sector or a polygon.

    Parameters
    ----------
    chart : folium.Map
    uncertainty : Uncertainty
        From `Uncertainty.circle`, `Uncertainty.sector` or `Uncertainty.polygon`.
    lon, lat : float
        The position, in degrees.
    name : str
        Of the layer, in the key.

    Returns
    -------
    folium.Map
        The same map.
    """
    import shapely

    ring = outline_ring(*uncertainty.outline(lon, lat))
    outline = shapely.Polygon(ring)
    feature = {
        "area": 1,
        "paths": encode_geometry(outline, 5),
        "class": "eez-line eez-line-uncertainty",
        "hover": f"{name}: {uncertainty.describe()}",
        "box": rounded(shapely.bounds(outline)),
    }
    key = [line_key("uncertainty")]
    return add_shapes(
        chart, [feature], 5, name=name, group="Position", key=key, pane="limits", framed=True
    )


def add_table(
    chart: folium.Map,
    points: geopandas.GeoDataFrame,
    *,
    by: str | None = "zone",
    name: str = "Positions",
    columns: Sequence[str] = (),
) -> folium.Map:
    """Add thousands of positions as dots, coloured by zone or by another column.

    Parameters
    ----------
    chart : folium.Map
    points : geopandas.GeoDataFrame
        Points, such as `Atlas.join` gives. Rows that have no position, or an impossible one, are
        left out.
    by : str or None
        Column to colour by; the seven most frequent values get a colour of their own. With None
        all are of one colour.
    name : str
        Of the layer, in the key.
    columns : sequence of str
        Columns told in the popup of each dot.

    Returns
    -------
    folium.Map
        The same map.

    Raises
    ------
    OptionError
        If a column is missing, a geometry is no point, or there are none.
    """
    missing = [column for column in (by, *columns) if column not in (None, *points.columns)]
    if missing:
        there = ", ".join(str(column) for column in points.columns)
        raise OptionError(f"The positions have no column {missing[0]!r}; they have {there}.")
    table = wgs84(points)
    table = table[~(table.geometry.isna() | table.geometry.is_empty)]
    if (table.geometry.geom_type != "Point").any():
        raise OptionError(
            "A geometry is no point: draw lines with add_limits, zones with add_zones."
        )
    table = table[on_globe(table.geometry.x.to_numpy(), table.geometry.y.to_numpy())]
    if not len(table):
        raise OptionError("There are no positions to draw: no row has one.")
    lon, lat = table.geometry.x.to_numpy(), table.geometry.y.to_numpy()
    said = [name] * len(table) if by is None else table[by]
    values = [text_of(value) or "in no zone" for value in said]
    frequent = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    groups = [{"label": v, "colour": c} for (v, _), c in zip(frequent, SERIES, strict=False)]
    if len(frequent) > len(SERIES):
        groups.append({"label": "others", "colour": "unknown"})
    number = {group["label"]: i for i, group in enumerate(groups)}
    data = {
        "path": encode(lon, lat, 5, repeats=True),
        "decimals": 5,
        "classes": [number.get(value, len(groups) - 1) for value in values],
        "groups": groups,
        "columns": list(columns),
        "rows": [[text_of(v) for v in row] for row in table[list(columns)].to_numpy().tolist()],
    }
    key = [
        {"label": g["label"], "kind": "dot", "style": f"eez-series-{g['colour']}"} for g in groups
    ]
    box = box_around(Box(x, y, x, y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True))
    Drawing("table", data, name=name, group="Positions", key=key, box=box).add_to(chart)
    return chart
