"""Ten positions of every legal kind on a small made-up sea, and the reports on them.

    python tests/golden_reports.py     # writes tests/golden/*.md anew: read every word of the diff

The sea, west to east: an extended shelf of Aland, Aland's zone round its land, a joint regime, a
claim of both, and Bland's zone round its land. South of Aland's coast the zone ends at 200 M.
"""

from __future__ import annotations

from pathlib import Path

import shapely

from eezkit.atlas import Atlas
from eezkit.geodesy import direct
from eezkit.geometry import Rings
from eezkit.reports import Report, report
from eezkit.uncertainty import Uncertainty
from eezkit.units import M
from eezkit.zones import Party, Provenance, Regime, Zone, ZoneKind
from layers import atlas_of, square

GOLDEN = Path(__file__).parent / "golden"
LAND_A, LAND_B = square(0, 0, 3, 3), square(9, 0, 12, 3)
BAY = square(1, 2.9, 2, 3.2)


def south(miles: float) -> float:
    """Latitude so many miles south of Aland's coast, which is the equator, in degrees."""
    return float(direct(1.5, 0.0, 180.0, miles * M)[1])


SOUTH = south(200)


def zone(name: str, kind: ZoneKind, regime: Regime, *states: str) -> Zone:
    """A zone of States called by their letters."""
    parties = tuple(Party(s * 3, s * 3, f"{s}land", f"{s}land") for s in states)
    return Zone(name, kind, regime, parties)


def sea() -> Atlas:
    """The made-up sea."""
    eez, joint, claim = Regime.SOLE, Regime.JOINT, Regime.OVERLAPPING_CLAIM
    rim = [(-3.3, SOUTH), *((i / 10, SOUTH) for i in range(31)), (5, SOUTH), (5, 6.4), (-3.3, 6.4)]
    aland = shapely.Polygon(rim) - LAND_A  # short edges, of which those off the coast are limits
    zones = {
        zone("Alandic Zone", ZoneKind.EEZ, eez, "A"): aland,
        zone("Joint Area", ZoneKind.EEZ, joint, "A", "B"): square(5, SOUTH, 6, 6.3),
        zone("Contested Area", ZoneKind.EEZ, claim, "A", "B"): square(6, SOUTH, 7, 6.3),
        zone("Blandic Zone", ZoneKind.EEZ, eez, "B"): square(7, SOUTH, 15.3, 6.3, LAND_B),
        zone("Alandic Shelf", ZoneKind.EXTENDED_SHELF, eez, "A"): square(-5, SOUTH, -3.3, 6.3),
    }
    overlays = {zone("Bay of Aland", ZoneKind.INTERNAL_WATERS, eez, "A"): BAY - LAND_A}
    return atlas_of(
        zones,
        land=[LAND_A, LAND_B],
        provenance=Provenance(
            name="made-up sea",
            version="1",
            basis="made up",
            licence="CC0-1.0",
            citation="Nobody (2026).",
            notes=("Nothing of it exists.",),
        ),
        overlays=list(overlays),
        overlay_rings=Rings.from_shapely(list(overlays.values())),
    )


POSITIONS: dict[str, tuple[float, float, str | None, float | None]] = {
    # name: (lat, lon, zone asked about, uncertainty in metres)
    "internal-waters": (3.1, 1.5, None, None),
    "5-miles": (south(5), 1.5, None, None),
    "18-miles": (south(18), 1.5, None, 2_000.0),
    "150-miles": (south(150), 1.5, "AAA", 5 * M),
    "joint-regime": (-1.0, 5.5, "BBB", None),
    "overlapping-claim": (-1.0, 6.5, "AAA", 80_000.0),
    "high-seas": (-6.0, 1.5, "AAA", None),
    "extended-shelf": (1.5, -4.0, None, None),
    "on-land": (1.5, 1.5, "AAA", None),
    "pole": (90.0, 0.0, None, None),
}


def reported(name: str, atlas: Atlas) -> Report:
    """The report on one of the positions."""
    lat, lon, asked, radius = POSITIONS[name]
    shape = None if radius is None else Uncertainty.circle(radius)
    answer = atlas.at(lon=lon, lat=lat, zone=asked, uncertainty=shape, name=name)
    command = f"eezkit report {lat:.6f} {lon:.6f} --data made-up-sea"
    return report(answer, atlas, places=(), command=command)


def main() -> None:
    """Write every golden file anew."""
    GOLDEN.mkdir(exist_ok=True)
    atlas = sea()
    for name in POSITIONS:
        (GOLDEN / f"{name}.md").write_text(reported(name, atlas).to_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
