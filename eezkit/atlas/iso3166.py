"""What States and territories are called besides: ISO 3166-1 codes, and common names."""

from __future__ import annotations

import unicodedata
from pathlib import Path

__all__ = ["other_code", "other_names", "plain"]


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
    wanted = code.strip().upper()
    return next(
        (b if wanted == a else a for a, b in _rows("iso3166.csv") if wanted in (a, b)),
        None,
    )


def other_names(name: str) -> list[str]:
    """Give the codes and common names of a State or territory that has this code or name.

    Parameters
    ----------
    name : str
        A code of two or three letters, or a name, in any case, with accents or without.

    Returns
    -------
    list of str
        Both codes, then common names; empty for what is not known.

    Examples
    --------
    >>> other_names("Turkey")
    ['TUR', 'TR', 'Turkey', 'Turkiye']
    >>> other_names("Atlantis")
    []
    """
    names = _rows("common_names.csv")
    wanted = plain(name)
    called = next((code for code, other in names if plain(other) == wanted), None)
    other = other_code(called or name)
    if called is None and other is None:
        return []
    codes = [called or name.strip().upper(), *([other] if other else [])]
    codes.sort(key=len, reverse=True)
    return [*codes, *(other for code, other in names if code == codes[0])]


def plain(text: str) -> str:
    """Take away what people leave out of a name: case, accents, marks, the article, "saint".

    Examples
    --------
    >>> plain("Côte d'Ivoire"), plain("The St. Lucia")
    ('cote d ivoire', 'saint lucia')
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    words = ["saint" if word == "st" else word for word in kept.split()]
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def _rows(name: str) -> list[tuple[str, str]]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [(a, b) for a, _, b in (line.partition(",") for line in text.splitlines()[1:])]
