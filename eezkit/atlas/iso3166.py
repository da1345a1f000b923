"""ISO 3166-1: the code of two letters of each country and the one of three."""

from __future__ import annotations

from pathlib import Path

__all__ = ["other_code"]


def other_code(code: str) -> str | None:
    """Give the alpha-3 code of an alpha-2 code, or the other way round.

    Parameters
    ----------
    code : str
        In any case.

    Returns
    -------
    str or None
        In upper case; None for what is no code.

    Notes
    -----
    Reads a file of 2 kB each time, so ask only where the code as it stands is not known.
    """
    text = Path(__file__).with_suffix(".csv").read_text(encoding="ascii")
    pairs = [line.split(",") for line in text.splitlines()[1:]]
    wanted = code.strip().upper()
    return next(
        (b if wanted == a else a for a, b in pairs if wanted in (a, b)),
        None,
    )
