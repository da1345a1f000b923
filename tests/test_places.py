"""Named places: what the reviewed file says, and how it is asked."""

import pytest

from eezkit.errors import CoordinateError, UnknownPlaceError
from eezkit.geodesy import inverse
from eezkit.sources import places

ISLAND = places.find("minami-torishima")


@pytest.mark.parametrize("place", places.all(), ids=lambda p: p.name)
def test_every_place_says_where_it_comes_from(place: places.Place) -> None:
    assert place.title
    assert place.source
    assert place.note
    assert place.kind in ("island", "city", "site", "area")
    assert place.accuracy_m is not None or place.uncertainty is not None
    assert -180 <= place.lon <= 180
    assert -90 <= place.lat <= 90


@pytest.mark.parametrize("place", places.all(), ids=lambda p: p.name)
def test_every_place_lies_within_its_own_uncertainty(place: places.Place) -> None:
    if place.uncertainty is None:
        assert place.kind in ("island", "city", "area")
    else:
        assert place.uncertainty.contains(place.lon, place.lat, place.lon, place.lat)


@pytest.mark.parametrize(
    ("name", "kilometres", "within"),
    [
        # Distances from the island as computed independently; tolerance: both points' accuracy.
        ("maug", 1018, 3),
        ("farallon-de-pajaros", 1023, 3),
        ("chichijima", 1223, 5),
        ("minami-iwo", 1270, 3),
        ("wake", 1419, 5),
        ("tokyo", 1866, 2),
        ("okinotorishima", 1891, 1),
        ("minamitorishima-2026", 150, 0.001),
        ("nodule-field", 300, 0.001),
        ("jogmec-crust", 600, 0.001),
        ("takaya-sw", 280, 1),
        ("takaya-ne", 226, 1),
    ],
)
def test_places_are_as_far_from_the_island_as_they_should_be(
    name: str, kilometres: float, within: float
) -> None:
    place = places.find(name)
    length = float(inverse(ISLAND.lon, ISLAND.lat, place.lon, place.lat)[0]) / 1000
    assert length == pytest.approx(kilometres, abs=within)


def test_the_nearest_land_to_the_site_of_2026_is_asuncion() -> None:
    site = places.find("minamitorishima-2026")
    far = {
        p.name: float(inverse(site.lon, site.lat, p.lon, p.lat)[0])
        for p in places.all()
        if p.kind == "island" and p.name != "minami-torishima"
    }
    assert min(far, key=far.__getitem__) == "asuncion"
    assert far["asuncion"] == pytest.approx(1_072_000, abs=3_000)


def test_the_site_of_2026_lies_southeast_of_the_island() -> None:
    site = places.find("minamitorishima-2026")
    azimuth = float(inverse(ISLAND.lon, ISLAND.lat, site.lon, site.lat)[1])
    assert azimuth == pytest.approx(135, abs=1e-3)
    assert site.uncertainty is not None
    assert site.uncertainty.reach(site.lon, site.lat) < 70_000


def test_the_takaya_box_is_made_of_its_corners() -> None:
    corners = {(places.find(f"takaya-{c}").lon, places.find(f"takaya-{c}").lat) for c in CORNERS}
    box = places.find("takaya-box").uncertainty
    assert box is not None
    assert set(zip(box.lon, box.lat, strict=True)) == corners  # type: ignore[attr-defined]


CORNERS = ("sw", "se", "nw", "ne")


@pytest.mark.parametrize(
    "asked",
    ["minami-torishima", "Minami Torishima", "MINAMITORISHIMA", "Marcus Island", "南鳥島"],
)
def test_a_name_is_found_however_it_is_spelled(asked: str) -> None:
    assert places.find(asked) is ISLAND
    assert places.resolve(asked.split()) is ISLAND


def test_no_two_places_answer_to_one_name() -> None:
    names = [n for p in places.all() for n in {places._key(x) for x in (p.name or "", *p.aliases)}]
    assert len(names) == len(set(names))


def test_an_unknown_name_gets_the_closest_ones_and_the_list() -> None:
    with pytest.raises(UnknownPlaceError) as refusal:
        places.find("minamitorishima-2027")
    assert "Did you mean minamitorishima-2026" in str(refusal.value)
    assert "takaya-box" in str(refusal.value)
    with pytest.raises(UnknownPlaceError) as refusal:
        places.find("atlantis")
    assert "Did you mean" not in str(refusal.value)


def test_words_that_are_numbers_are_a_position_without_a_name() -> None:
    place = places.resolve(["-1.5", "-2.0"])
    assert (place.lon, place.lat, place.name, place.uncertainty) == (-2.0, -1.5, None, None)


@pytest.mark.parametrize("words", ["91 0", "nan nan", "1 2 3", "POINT (1 91)", "N24 25N", ""])
def test_what_looks_like_a_position_is_refused_as_one(words: str) -> None:
    with pytest.raises(CoordinateError):
        places.resolve(words)


@pytest.mark.parametrize("words", ["tokio", "takaya box north", "minamitorishima 2027"])
def test_what_looks_like_a_name_is_refused_as_one(words: str) -> None:
    with pytest.raises(UnknownPlaceError):
        places.resolve(words)


def test_no_name_of_a_place_reads_as_a_position() -> None:
    for place in places.all():
        for name in (str(place.name), place.title, *place.aliases):
            assert places.resolve(name) is place
