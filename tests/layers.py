"""Small layers whose every answer is known by looking at them."""

from __future__ import annotations

import shapely

from eezkit.atlas import Atlas, build_atlas
from eezkit.coverage import Coverage
from eezkit.geometry import Rings
from eezkit.zones import Party, Provenance, Regime, Zone, ZoneKind

PROVENANCE = Provenance("made by a test", "1", "unknown", "none", "nobody", "tests/layers.py")


def zone(
    name: str,
    *sovereigns: str,
    regime: Regime = Regime.SOLE,
    kind: ZoneKind = ZoneKind.EEZ,
    mrgid: int | None = None,
    territory: str = "",
) -> Zone:
    """A zone whose parties are these sovereigns."""
    parties = tuple(
        Party(s, territory or s, f"State {s}", territory or f"State {s}") for s in sovereigns
    )
    return Zone(name, kind, regime, parties, mrgid)


def atlas_of(
    zones: dict[Zone, shapely.Geometry], *, land: list[shapely.Geometry] = (), **kw: object
) -> Atlas:
    """An atlas of these zones, covering the world unless told otherwise."""
    options = {"coverage": Coverage.world(), "provenance": PROVENANCE} | kw
    if land:
        options["land"] = Rings.from_shapely(land)
    return build_atlas(list(zones), Rings.from_shapely(list(zones.values())), **options)


def square(
    west: float, south: float, east: float, north: float, *holes: shapely.Geometry
) -> shapely.Polygon:
    """A box with holes."""
    return shapely.Polygon(
        shapely.box(west, south, east, north).exterior, [h.exterior for h in holes]
    )


ISLAND = square(4.9, -0.1, 5.1, 0.1)
A = zone("Zone of A", "AAA", mrgid=1)
B = zone("Zone of B", "BBB", mrgid=2, territory="Isle of B")
CLAIM = zone("Overlapping claim A / B", "AAA", "BBB", regime=Regime.OVERLAPPING_CLAIM, mrgid=3)


def two_neighbours() -> Atlas:
    """A (0..10 E) with an island at 5 E on the equator, and B (10..20 E), both 5 S to 5 N."""
    layer = {A: square(0, -5, 10, 5, ISLAND), B: square(10, -5, 20, 5)}
    return atlas_of(layer, land=[ISLAND])


def with_claim() -> Atlas:
    """A, B, and a claim of both as a feature of its own between them (9..11 E)."""
    layer = {A: square(0, -5, 9, 5), CLAIM: square(9, -5, 11, 5), B: square(11, -5, 20, 5)}
    return atlas_of(layer)


def across_the_date_line() -> Atlas:
    """A zone from 175 E to 175 W, cut at ±180° as published layers are."""
    parts = shapely.MultiPolygon([square(175, -5, 180, 5), square(-180, -5, -175, 5)])
    return atlas_of({A: parts})
