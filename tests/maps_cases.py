"""What the tests of maps draw: small zones of every regime, torn at ±180°, with nasty names."""

from __future__ import annotations

import dataclasses
from typing import Any

import geopandas
import numpy as np
import shapely

from eezkit.answers import Answer
from eezkit.answers.legs import Leg
from eezkit.geodesy import direct, distance, inverse
from eezkit.geometry import Rings
from eezkit.uncertainty import Uncertainty
from eezkit.zones import EdgeKind, Evidence, Party, Provenance, Regime, Zone, ZoneKind

PWN = "cycler.__init__.__globals__.os.environ.__setitem__('EEZKIT_PWNED', '1')"
PAYLOADS = {
    "expression": f"{{{{ {PWN} }}}}",
    "statement": f"{{% set x = {PWN} %}}",
    "product": "{{ 7191 * 6007 }}",
    "open statement": "a {% b",
    "comment": "a {# gone #} b",
    "open braces": "{{",
    "three braces": "{{{% x",
    "script": "<script>window.hacked=1</script>",
    "end of script": "</script><script>window.hacked=1</script>",
    "comment of HTML": "<!--<script>",
    "image": "<img src=x onerror=window.hacked=1>",
    "attribute": "\"'><svg onload=window.hacked=1>",
    "string of JavaScript": "';window.hacked=1;//\";window.hacked=1;//\\",
    "template of JavaScript": "`${window.hacked=1}`",
    "separators": "a\u2028b\u2029c",
    "address": "javascript:window.hacked=1",
    "Markdown": "[a](javascript:alert(1)) | `x` ![b](c)",
    "formula": '=HYPERLINK("http://x.test","y")',
    "mathematics": "$\\frac{$ a $x^2$ $",
}
"""Texts that would run, break or vanish in some language, by what they aim at."""
NASTY = " ".join(PAYLOADS.values())
"""All of them in one name."""

PROVENANCE = Provenance(
    name="test zones",
    version="1",
    basis="made up",
    licence="CC0-1.0",
    citation="Nobody (2026), test zones.",
    notes=("These zones are made up.",),
)


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def decode(text: str, decimals: int) -> np.ndarray:
    """Read a path independently of the code that wrote it, shape (n_points, 2)."""
    values, value, shift = [], 0, 0
    for letter in text:
        digit = LETTERS.index(letter)
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            values.append(-((value + 1) >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return np.cumsum(np.reshape(values, (-1, 2)), axis=0) / 10**decimals


def circle(lon: float, lat: float, radius: float, n: int = 180) -> shapely.Polygon:
    """Ring of points at one geodesic distance; longitudes run on across ±180°."""
    x, y, _ = direct(lon, lat, np.linspace(0.0, 360.0, n + 1)[:-1], radius)
    return shapely.Polygon(np.column_stack([np.unwrap(x, period=360.0), y]))


def shifted(shape: shapely.Geometry, degrees: float) -> shapely.Geometry:
    """Move a shape east."""
    return shapely.transform(shape, lambda lon, lat: (lon + degrees, lat), interleaved=False)


def torn(shape: shapely.Geometry) -> shapely.Geometry:
    """Cut a shape at ±180°, as published data are cut."""
    pieces = [
        shapely.transform(
            shape & shapely.box(w, -90, w + 360, 90), lambda xy, w=w: xy - [w + 180, 0]
        )
        for w in (-540.0, -180.0, 180.0)
    ]
    return shapely.union_all([piece for piece in pieces if not piece.is_empty])


def zone_table(**columns: Any) -> geopandas.GeoDataFrame:
    """Four zones in a row, one of each regime, the last torn at ±180°."""
    shapes = [shapely.box(160 + 8 * i, -10, 168 + 8 * i, 4) for i in range(4)]
    regimes = [Regime.SOLE, Regime.JOINT, Regime.OVERLAPPING_CLAIM, Regime.UNKNOWN]
    table = {
        "mrgid": [1, 2, 3, None],
        "name": ["West", "Middle", "East", "Torn"],
        "kind": ["eez"] * 4,
        "regime": [regime.value for regime in regimes],
        "sovereign": ["AAA", "AAA|BBB", "BBB|CCC", "CCC"],
        "sovereign_name": ["Aland", "Aland|Bland", "Bland|Cland", "Cland"],
        "area_km2": [1234567.0, 2.0, None, 4.0],
        **columns,
    }
    return geopandas.GeoDataFrame(table, geometry=[torn(s) for s in shapes], crs="EPSG:4326")


@dataclasses.dataclass(frozen=True)
class Ring:
    """The edges of one zone in the open sea, as `Atlas.edges` gives them."""

    lon1: Any
    lat1: Any
    lon2: Any
    lat2: Any
    left: Any
    right: Any
    sets: tuple[tuple[int, ...], ...] = ((0,), ())

    def kind_of(self, edge: int) -> EdgeKind:
        return EdgeKind.OUTER_LIMIT

    def bounding(self, selected: Any) -> Any:
        return np.full(len(self.lon1), bool(selected[0]))


@dataclasses.dataclass(frozen=True)
class Sea:
    """An atlas of one zone of 200 M round a point, with its 12 M and 24 M limits."""

    lon: float
    lat: float
    zones: tuple[Zone, ...]
    overlays: tuple[Zone, ...]
    provenance: Provenance = PROVENANCE
    selected: tuple[int, ...] | None = None
    land: None = None

    def _table(self, zones: tuple[Zone, ...], radii: list[float]) -> geopandas.GeoDataFrame:
        rows = {
            "name": [z.name for z in zones],
            "kind": [z.kind.value for z in zones],
            "regime": [z.regime.value for z in zones],
            "sovereign_name": [z.parties[0].sovereign_name for z in zones],
            "territory_name": [z.parties[0].territory_name for z in zones],
        }
        shapes = [torn(circle(self.lon, self.lat, radius)) for radius in radii]
        return geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326")

    def to_geodataframe(self, layer: str = "zones") -> geopandas.GeoDataFrame:
        if layer == "zones":
            chosen = range(len(self.zones)) if self.selected is None else self.selected
            return self._table(tuple(self.zones[i] for i in chosen), [370_400.0] * len(chosen))
        return self._table(self.overlays, [22_224.0, 44_448.0])

    @property
    def every_zone(self) -> tuple[Zone, ...]:
        return self.zones

    @property
    def rings(self) -> Rings:
        return Rings.from_shapely([torn(circle(self.lon, self.lat, 370_400.0))])

    @property
    def overlay_rings(self) -> Rings:
        return Rings.from_shapely(
            [torn(circle(self.lon, self.lat, r)) for r in (22_224.0, 44_448.0)]
        )

    def select(self, text: str) -> Sea:
        return dataclasses.replace(self, selected=(0,))

    def coast_distance(self, lon: Any, lat: Any) -> Any:
        return distance(self.lon, self.lat, lon, lat)

    @property
    def edges(self) -> Ring:
        x, y = shapely.get_coordinates(circle(self.lon, self.lat, 370_400.0)).T
        n = len(x) - 1
        x = (x + 180.0) % 360.0 - 180.0
        side = np.zeros(n, dtype=np.int64)
        return Ring(x[:-1], y[:-1], x[1:], y[1:], side, side + 1)


def sea(lon: float = 153.98, lat: float = 24.29, *, name: str = "Island Zone") -> Sea:
    """An island's zone of 200 M; every text that comes from data is `name`."""
    party = Party("JPN", "XMT", name, f"{name} territory")

    def zone(kind: ZoneKind) -> Zone:
        return Zone(name, kind, Regime.SOLE, (party,))

    overlays = (zone(ZoneKind.TERRITORIAL_SEA), zone(ZoneKind.CONTIGUOUS_ZONE))
    provenance = dataclasses.replace(
        PROVENANCE, name=name, licence=name, citation=name, notes=(name,)
    )
    return Sea(lon, lat, (zone(ZoneKind.EEZ),), overlays, provenance=provenance)


def answer_in(
    atlas: Sea, *, azimuth: float = 135.0, off: float = 150_000.0, **changes: Any
) -> Answer:
    """The answer for a position at an azimuth and distance from the island."""
    lon, lat, _ = (float(v) for v in direct(atlas.lon, atlas.lat, azimuth, off))
    edge_lon, edge_lat, _ = (float(v) for v in direct(atlas.lon, atlas.lat, azimuth, 370_400.0))
    margin, towards, _ = (float(v) for v in inverse(lon, lat, edge_lon, edge_lat))
    back = float(inverse(lon, lat, atlas.lon, atlas.lat)[1])
    is_inside = off < 370_400.0
    limit = (EdgeKind.OUTER_LIMIT, Evidence.BREADTH)
    found = Answer(
        lon=lon,
        lat=lat,
        name=None,
        question="JPN",
        sole=False,
        inside=is_inside,
        on_land=False,
        inland_water=None,
        covered=True,
        margin=margin if is_inside else -margin,
        edge=Leg("the outer limit", edge_lon, edge_lat, margin, towards, *limit, None),
        coast=Leg("the coast", atlas.lon, atlas.lat, off, back),
        stable_within=margin,
        uncertainty=Uncertainty.circle(30_000.0),
        decided=True,
        zones=atlas.zones if is_inside else (),
        overlays=(),
        provenance=atlas.provenance,
    )
    return dataclasses.replace(found, **changes)


def legs(atlas: Sea, *, name: str = "Far Town") -> list[Leg]:
    """Ways to something a thousand miles off, to something near, and to the island itself."""
    lon, lat, _ = direct(atlas.lon, atlas.lat, [300.0, 45.0, 0.0], [1_852_000.0, 200_000.0, 0.0])
    metres, azimuth, _ = inverse(atlas.lon, atlas.lat - 1.0, lon, lat)
    ends = zip(lon[:2].tolist(), lat[:2].tolist(), metres.tolist(), azimuth.tolist(), strict=False)
    return [Leg(name, *end) for end in ends] + [
        Leg(name, atlas.lon, atlas.lat, float(metres[2]), float(azimuth[2]))
    ]
