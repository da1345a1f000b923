"""What was said of the flagship, claim by claim, beside what the geometry says.

Every figure in the middle column is computed when the page is made; only claims, and where they
were printed, are written here.
"""

import numpy as np
import shapely

from eezkit import maps
from eezkit.answers.sentence import length
from eezkit.geodesy import area_perimeter, distance, inverse
from eezkit.reports import report
from eezkit.sources import places
from eezkit.units import M, to_nmi
from eezkit.zones import EdgeKind

AGREES, DIFFERS, OPEN = ("agrees", "yes"), ("differs", "no"), ("geometry cannot tell", "unsure")
CONTRASTS = ("takaya-box", "nodule-field", "jogmec-crust")
COLUMNS = ("Claim", "Said by", "What the geometry says", "Verdict")
KYODO = "Kyodo, in Bernama, 2 February 2026"
TAKAYA = "Takaya et al. 2018, doi:10.1038/s41598-018-23948-5"


def ask(atlas, name):
    """Report on a named place: is it in Japan's zone, wherever it may be?"""
    place = places.find(name)
    answer = atlas.at(
        lon=place.lon, lat=place.lat, zone="JPN", uncertainty=place.uncertainty, name=name
    )
    return report(answer, atlas, title=place.title, note=place.note)


def margins_of(found):
    """The margins of a report in words, from the least to the greatest."""
    answer = found.answer
    least, greatest = found.margins or (answer.margin, answer.margin)
    first, last = (f"{abs(to_nmi(m)):.1f}" for m in sorted((least, greatest), key=abs))
    side = "inside" if answer.margin > 0 else "outside"
    return f"{first} to {last} nmi {side}" if first != last else f"{first} nmi {side}"


def zone_round(atlas, place):
    """The zone of the island: its table row, its outer ring, and the ring of its coast."""
    here = atlas.at(lon=place.lon + 0.5, lat=place.lat)
    row = atlas.select(name=here.zones[0].name).to_geodataframe("zones").iloc[0]
    parts = getattr(row.geometry, "geoms", [row.geometry])
    part = max(parts, key=lambda part: part.area)
    coast = max(part.interiors, key=lambda ring: ring.envelope.area)
    return row, np.array(part.exterior.coords), np.array(coast.coords)


def claims(atlas):
    """Check every claim of the story, as rows of a table, and the state of each."""
    island, tokyo = places.find("minami-torishima"), places.find("tokyo")
    site, box, nodules, crust = (ask(atlas, n) for n in ("minamitorishima-2026", *CONTRASTS))
    row, rim, coast = zone_round(atlas, island)
    found = [*_of_the_site(site, box, island), *_of_the_box(box)]
    found += _of_the_contrasts(nodules, crust)
    found += _of_the_island(atlas, island, tokyo, row, rim, coast)
    return tuple((*row[:3], row[3][0]) for row in found), tuple(row[3][1] for row in found)


def _of_the_site(site, box, island):
    answer = site.answer
    off, azimuth, _ = inverse(island.lon, island.lat, answer.lon, answer.lat)
    yield (
        "The test of 2026 took place inside Japan's EEZ.",
        "the government and the press",
        f"{margins_of(site)} wherever in the sector it was; belt: {site.belt.name}",
        AGREES if answer.inside is True and answer.decided else DIFFERS,
    )
    yield (
        "The site lies around 150 km southeast of the island.",
        KYODO,
        "no latitude and longitude was published: this is taken for a sector of 150 ± 10 km; "
        f"the nominal point is {float(off) / 1000:.1f} km off at azimuth {float(azimuth):.0f}°",
        OPEN,
    )
    sector = np.column_stack(answer.uncertainty.outline(answer.lon, answer.lat))
    area = np.column_stack(box.answer.uncertainty.outline(box.answer.lon, box.answer.lat))
    gap = float(distance(*sector.T[:, :, None], *area.T[:, None, :]).min())
    yield (
        "The site is not the resource area of 2018, whose position is published.",
        "easily confused",
        f"the sector ends {length(gap)} from that area",
        AGREES if gap > 0 and not _meet(sector, area) else DIFFERS,
    )
    yield (
        'The depth is "6,000 m", or "about 5,600 m".',
        "the government; Kyodo",
        "these data hold no depths; the two differ by 400 m",
        OPEN,
    )


def _of_the_box(box):
    lon, lat = box.answer.uncertainty.ring()
    area = abs(area_perimeter(lon, lat, model="planar")[0]) / 1e6
    yield (
        "The resource area, 21°48′–22°15′N 153°30′–154°07′E, measures about 2,500 km².",
        TAKAYA,
        f"the box measures {area:,.0f} km² on the ellipsoid",
        AGREES if abs(area / 2500 - 1) < 0.1 else DIFFERS,
    )
    yield (
        "The resource area lies in Japan's EEZ.",
        TAKAYA,
        f"{margins_of(box)} along its outline",
        AGREES if box.answer.decided and box.answer.inside is True else DIFFERS,
    )
    yield (
        "It holds more than 16 million t of rare-earth oxides, its best 105 km² 1.2 million t.",
        TAKAYA,
        f"the best part is {105 / area:.1%} of the box and holds {1.2 / 16:.1%} of the whole",
        OPEN,
    )


def _of_the_contrasts(nodules, crust):
    yield (
        "A nodule field lies about 300 km east of the island, in Japan's EEZ.",
        "Machida et al. 2016, Geochemical Journal 50",
        f"{margins_of(nodules)} wherever in its sector",
        AGREES if nodules.answer.inside is True and nodules.answer.decided else DIFFERS,
    )
    yield (
        "JOGMEC's cobalt-crust contract area, about 600 km to the southeast, is on the high seas.",
        "JOGMEC, January 2014",
        f"{margins_of(crust)} wherever in its sector; belt: {crust.belt.name}",
        AGREES if crust.answer.inside is False and crust.answer.decided else DIFFERS,
    )


def _of_the_island(atlas, island, tokyo, row, rim, coast):
    is_there = bool(atlas.is_land(island.lon, island.lat))
    yield (
        "The island lies at 24°17′12″N 153°58′50″E.",
        island.source.split(" 24°")[0],
        "on the land of these data" if is_there else "not on the land of these data",
        AGREES if is_there else DIFFERS,
    )
    area = abs(area_perimeter(*coast.T, model="planar")[0]) / 1e6
    sides = np.sort(distance(*coast[:-1].T, *coast[1:].T))[-3:] / 1000
    yield (
        "The island measures about 1.2 km², a triangle of 2 km a side.",
        "published descriptions",
        f"its coast of {len(coast) - 1} points encloses {area:.1f} km²; "
        f"its longest sides are {', '.join(f'{side:.1f}' for side in sides)} km",
        AGREES if abs(area / 1.2 - 1) < 0.35 else DIFFERS,
    )
    yield (
        "Its zone measures 428,875 km².",
        "often printed",
        f"{row['area_km2']:,.0f} km²: {row['area_km2'] / 428_875 - 1:+.1%}",
        AGREES if abs(row["area_km2"] / 428_875 - 1) < 0.002 else DIFFERS,
    )
    others = [p for p in places.all() if p.kind == "island" and p.name != island.name]
    off = {p: float(distance(island.lon, island.lat, p.lon, p.lat)) for p in others}
    nearest = min(off, key=off.get)
    kinds = {kind.value for kind in _edge_kinds(atlas, row["name"])}
    alone = off[nearest] > 400 * M and kinds == {EdgeKind.OUTER_LIMIT.value}
    yield (
        "This part of Japan's EEZ has no neighbour.",
        "follows from the distance to other land",
        f"the nearest other land is {nearest.title}, {length(off[nearest])}: more than 400 nmi; "
        f"all of the zone's edge at sea is {', '.join(sorted(kinds)).replace('_', ' ')}",
        AGREES if alone else DIFFERS,
    )
    reach = distance(island.lon, island.lat, *rim.T)
    west, south = rim.min(axis=0)
    east, north = rim.max(axis=0)
    yield (
        "The limit lies 200.3 to 200.8 nmi from the island's middle, between 150.32 and 157.64°E, "
        "20.93 and 27.64°N.",
        "Marine Regions, version 12",
        f"{to_nmi(float(reach.min())):.1f} to {to_nmi(float(reach.max())):.1f} nmi; "
        f"{west:.2f} to {east:.2f}°E, {south:.2f} to {north:.2f}°N",
        AGREES if _close((west, south, east, north), (150.32, 20.93, 157.64, 27.64)) else DIFFERS,
    )
    metres, azimuth, _ = inverse(island.lon, island.lat, tokyo.lon, tokyo.lat)
    yield (
        "How far is Tokyo, which governs the island? Published figures differ by some kilometres.",
        "",
        f"{length(float(metres))} at azimuth {float(azimuth):.0f}°, to the seat of its government",
        ("computed", ""),
    )


def _meet(sector, area):
    """Whether two outlines share any place."""
    return bool(shapely.Polygon(sector).intersects(shapely.Polygon(area)))


def _close(found, said):
    """Whether bounds agree to 0.02°, which is what two coastlines of one reef differ by."""
    return bool(np.abs(np.subtract(found, said)).max() < 0.02)


def _edge_kinds(atlas, name):
    about = np.array([zone.name == name for zone in atlas.every_zone])
    return {atlas.edges.kind_of(i) for i in np.flatnonzero(atlas.edges.bounding(about)).tolist()}


def add_contrasts(chart):
    """Draw the other places of the story: where they may lie, and their marks."""
    chosen = [places.find(name) for name in CONTRASTS]
    for place in chosen:
        maps.add_uncertainty(
            chart, place.uncertainty, lon=place.lon, lat=place.lat, name=place.title
        )
    return maps.add_positions(
        chart,
        [place.lon for place in chosen],
        [place.lat for place in chosen],
        names=[place.title for place in chosen],
        name="Contrast cases",
    )
