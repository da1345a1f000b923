"""Named places: positions with a source, and how uncertain they are."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eezkit.errors import CoordinateError, UnknownPlaceError, closest
from eezkit.positions import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eezkit.uncertainty import Uncertainty

__all__ = ["Place", "all", "find", "resolve"]


@dataclass(frozen=True, slots=True)
class Place:
    """A position, and what is known of it where it has a name.

    Parameters
    ----------
    lon, lat : float
        Degrees.
    name : str or None
        What it is asked for by; None for a position given in numbers.
    title : str
        Its name as a reader knows it.
    kind : {"position", "island", "city", "site", "area"}
    uncertainty : Uncertainty or None
        Where it may lie instead.
    accuracy_m : float or None
        Metres by which the point may be off the middle of what it stands for.
    source, url, note : str
        Where the position comes from, and what must be said of it.
    aliases : tuple of str
        Other names it answers to.
    """

    lon: float
    lat: float
    name: str | None = None
    title: str = ""
    kind: str = "position"
    uncertainty: Uncertainty | None = None
    accuracy_m: float | None = None
    source: str = ""
    url: str = ""
    note: str = ""
    aliases: tuple[str, ...] = ()


@functools.cache
def all() -> tuple[Place, ...]:  # noqa: A001
    """Give all named places, in the order of the file.

    Returns
    -------
    tuple of Place
    """
    import json

    text = Path(__file__).with_name("places.json").read_text(encoding="utf-8")
    return tuple(_place(**record) for record in json.loads(text))


def _place(
    *, uncertainty: dict[str, object] | None = None, aliases: Sequence[str] = (), **fields: object
) -> Place:
    from eezkit.uncertainty import Uncertainty

    shape = Uncertainty.from_json(uncertainty) if uncertainty else None
    return Place(**fields, uncertainty=shape, aliases=tuple(aliases))  # type: ignore[arg-type]


def find(name: str) -> Place:
    """Look up a named place.

    Parameters
    ----------
    name : str
        Its name, title or an alias; case, spaces, hyphens and accents do not matter.

    Returns
    -------
    Place

    Raises
    ------
    UnknownPlaceError
        If no place answers to it; the closest names are given.
    """
    places = _by_key()
    place = places.get(_key(name))
    if place is not None:
        return place
    near = dict.fromkeys(str(places[key].name) for key in closest(_key(name), places, n=5))
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    known = ", ".join(str(place.name) for place in all())
    raise UnknownPlaceError(f"No place is called {name!r}. {meant}Known are: {known}.")


def resolve(words: str | Sequence[str]) -> Place:
    """Read a position, or look up a named place.

    Parameters
    ----------
    words : str or sequence of str
        The name of a place, or a position as `eezkit.positions.parse` reads it.

    Returns
    -------
    Place
        Without a name where the words are a position.

    Raises
    ------
    CoordinateError
        If the words look like a position, and are none.
    UnknownPlaceError
        If the words look like a name, and no place answers to it.
    """
    text = words if isinstance(words, str) else " ".join(words)
    try:
        position = parse(text)
    except CoordinateError:
        if _key(text) in _by_key() or _looks_like_a_name(text):
            return find(text)
        raise
    return Place(position.lon, position.lat)


@functools.cache
def _by_key() -> dict[str, Place]:
    return {
        _key(name): place
        for place in all()
        for name in (str(place.name), place.title, *place.aliases)
    }


def _key(name: str) -> str:
    """The letters and digits of a name, without case and accents."""
    import unicodedata

    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum())


def _looks_like_a_name(text: str) -> bool:
    """Whether it begins with a word that no notation of positions begins with."""
    first = text.split()[0] if text.split() else ""
    letters = _key(first)
    notations = ("nan", "inf", "geo", "point", "srid", "none", "null")
    return len(letters) > 2 and letters[:3].isalpha() and not letters.startswith(notations)
