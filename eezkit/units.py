"""Lengths: the nautical mile, and lengths as people write them."""

import math
import re

from eezkit.errors import OptionError

__all__ = ["NMI", "M", "parse_length", "parse_size", "to_nmi"]

M = 1852.0
"""One nautical mile in metres, exactly; ``breadth=12 * M``."""

NMI = "nmi"
"""How the nautical mile is written in output, columns and files."""

_METRES = {"m": 1.0, "km": 1000.0, "nmi": M, "M": M}
_BYTES = {"k": 1e3, "m": 1e6, "g": 1e9}
_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)\s*")


def to_nmi(metres: float) -> float:
    """Metres as nautical miles of 1852 m."""
    return metres / M


def parse_size(text: str, *, what: str = "size") -> int:
    """Read a size such as ``500MB`` or ``10 GB``.

    Parameters
    ----------
    text : str
        A number and a unit: ``kB``, ``MB`` or ``GB`` (thousands, millions, milliards of bytes).
    what : str
        What the size is, for the error message.

    Returns
    -------
    int
        Bytes, above 0.

    Raises
    ------
    OptionError
        If the text is not a number above 0 with a known unit.

    Examples
    --------
    >>> from eezkit.units import parse_size
    >>> parse_size("1.5GB")
    1500000000
    """
    match = re.fullmatch(r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*([kMG])B\s*", text, re.IGNORECASE)
    size = round(float(match[1]) * _BYTES[match[2].lower()]) if match else 0
    if size <= 0:
        raise OptionError(
            f"{what} {text!r} is not a size. Accepted are a number above 0 and a unit: 500MB, 10GB."
        )
    return size


def parse_length(text: str, *, what: str = "length") -> float:
    """Read a length such as ``70km``, ``12nmi``, ``350 m`` or ``200M``.

    Parameters
    ----------
    text : str
        A number and a unit: ``m``, ``km``, ``nmi`` or ``M`` (nautical miles).
    what : str
        What the length is, for the error message.

    Returns
    -------
    float
        Metres, finite and not negative.

    Raises
    ------
    OptionError
        If the text is not a number with a known unit, or is negative or not finite.
    """
    match = _LENGTH.fullmatch(text)
    unit = match[2] if match else ""
    known = unit if unit in _METRES else unit.lower() if unit.lower() in _METRES else ""
    if match is None or not known:
        raise OptionError(
            f"{what} {text!r} is not a length. "
            "Accepted are a number and a unit: 350m, 70km, 12nmi (or 12M, nautical miles)"
            + ("; which unit is it in?" if match and not unit else ".")
        )
    metres = float(match[1]) * _METRES[known]
    if not (math.isfinite(metres) and metres >= 0):
        raise OptionError(
            f"{what} {text!r} is negative or too large. Accepted are lengths from 0 up."
        )
    return metres
