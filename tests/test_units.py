"""Lengths as people write them."""

import pytest

from eezkit.errors import OptionError
from eezkit.units import M, parse_length, to_nmi


def test_the_nautical_mile_is_1852_metres() -> None:
    assert M == 1852.0
    assert to_nmi(12 * M) == 12.0


@pytest.mark.parametrize(
    ("text", "metres"),
    [("70km", 70_000), ("12nmi", 22_224), ("12 M", 22_224), ("350 m", 350), (".5KM", 500)],
)
def test_lengths_are_read_with_their_unit(text: str, metres: float) -> None:
    assert parse_length(text) == metres


def test_m_is_metres_and_capital_m_nautical_miles() -> None:
    assert parse_length("1m") == 1.0
    assert parse_length("1M") == 1852.0


@pytest.mark.parametrize("text", ["", "km", "12", "-3km", "1e999km", "nan km", "12 parsecs"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(OptionError, match="length"):
        parse_length(text)
