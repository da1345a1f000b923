"""Zones in law: all parties kept, and through JSON and back."""

from eezkit.zones import Party, Provenance, Regime, Zone, ZoneKind

CLAIM = Zone(
    "Overlapping claim",
    ZoneKind.EEZ,
    Regime.OVERLAPPING_CLAIM,
    (
        Party("FRA", "Matthew Island", "France", "Matthew Island"),
        Party("VUT", "Matthew Island", "Vanuatu", "Matthew Island"),
    ),
    mrgid=1,
    published_kind="Overlapping claim",
    area_km2=1.5,
)


def test_sovereigns_are_all_named_each_once() -> None:
    assert CLAIM.sovereign == "FRA|VUT"
    assert CLAIM.territory == "Matthew Island"


def test_a_zone_of_two_sovereigns_is_shared_whatever_its_regime_says() -> None:
    assert CLAIM.is_shared
    assert Zone("x", ZoneKind.EEZ, Regime.UNKNOWN, CLAIM.parties).is_shared
    assert not Zone("x", ZoneKind.EEZ, Regime.SOLE, CLAIM.parties[:1]).is_shared


def test_a_zone_goes_through_json() -> None:
    assert Zone.from_json(CLAIM.to_json()) == CLAIM


def test_a_provenance_goes_through_json() -> None:
    provenance = Provenance("n", "1", "derived", "CC BY", "cite", "src", 5.0, ("one", "two"))
    assert Provenance.from_json(provenance.to_json()) == provenance
