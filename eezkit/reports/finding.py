"""All about one position, as a value: the answer, and what follows from it in law."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.answers.answer import Answer
from eezkit.answers.legs import Leg
from eezkit.answers.rights import Belt, Rights, belt_of, rights_in
from eezkit.answers.sentence import sentence
from eezkit.errors import OptionError
from eezkit.geometry import wrap_lon
from eezkit.reports.sections import Section, sections_of
from eezkit.reports.ways import to_high_seas, to_land, to_places, to_zones
from eezkit.reports.writing import as_html, as_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eezkit.atlas import Atlas
    from eezkit.sources.places import Place
    from eezkit.uncertainty import Uncertainty

__all__ = ["Report", "report"]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything eezkit knows about one position.

    Parameters
    ----------
    answer : Answer
    belt : Belt
    rights : Rights
    neighbours : tuple of Leg
        To the nearest zones that do not hold the position, within 400 M.
    places : tuple of Leg
        To named places.
    high_seas : Leg or None
        To the nearest water of nobody, where the dataset knows it and the position is not there.
    land : tuple of Leg
        To the nearest land, and to the nearest land of other States than hold the position or the
        land nearest to it.
    atlas : Atlas
        The atlas that gave the answer.
    margins : tuple of float, or None
        The least and the greatest margin along the outline of the uncertainty, in metres.
    title : str
        What the position is called, for readers.
    note : str
        What is known of the position itself.
    others : tuple of Report
        The same question put to other datasets.
    command : str
        The command that made it.

    Examples
    --------
    >>> import eezkit
    >>> found = eezkit.report("minamitorishima-2026", zone="JPN")
    >>> found.belt.name
    'exclusive economic zone'
    >>> [section.heading for section in found.sections()][1:4]
    ['Zones here, and who claims them', 'Which rights apply', 'How far to the line']
    """

    answer: Answer
    belt: Belt
    rights: Rights
    neighbours: tuple[Leg, ...]
    places: tuple[Leg, ...]
    high_seas: Leg | None
    land: tuple[Leg, ...]
    atlas: Atlas = field(repr=False, compare=False)
    margins: tuple[float, float] | None = None
    title: str = ""
    note: str = ""
    others: tuple[Report, ...] = ()
    command: str = ""

    def sections(self) -> tuple[Section, ...]:
        """Tell the report, part by part, as plain text; all that is written of it is made of this.

        Returns
        -------
        tuple of Section
            The answer, what was found, the sources, and how it was made.
        """
        return sections_of(self)

    def to_markdown(self) -> str:
        """Write the report as a Markdown page, which also reads well as plain text."""
        return as_markdown(self.sections())

    def __str__(self) -> str:
        return self.to_markdown()

    def _repr_html_(self) -> str:
        return as_html(self.sections())

    def to_json(self) -> dict[str, Any]:
        """Return the report as the results contract has it."""
        return {
            **self._finding(),
            "note": self.note,
            "nearby": {
                "zones": [leg.to_json() for leg in self.neighbours],
                "places": [leg.to_json() for leg in self.places],
            },
            "high_seas": self.high_seas and self.high_seas.to_json(),
            "land": [leg.to_json() for leg in self.land],
            "datasets": [other._finding() for other in self.others],
            "command": self.command,
            "sections": [section.to_json() for section in self.sections()],
        }

    def _finding(self) -> dict[str, Any]:
        return {
            **self.answer.to_json(),
            "sentence": sentence(self.answer),
            "belt": self.belt.to_json(),
            "rights": self.rights.to_json(),
        }


def report(
    position: str | Place | Answer | None = None,
    atlas: Atlas | None = None,
    *,
    lon: float | None = None,
    lat: float | None = None,
    zone: str | None = None,
    sole: bool = False,
    uncertainty: float | Uncertainty | None = None,
    places: Iterable[Place] | None = None,
    n_places: int = 6,
    title: str = "",
    note: str = "",
    others: Iterable[Report] = (),
    command: str = "",
) -> Report:
    """Find out everything about a position.

    Parameters
    ----------
    position : str, Place or Answer
        In any notation that `eezkit check` reads, LAT LON; or the name of a place; or what
        ``atlas.at(...)`` answered. Leave it out and give `lon` and `lat` instead.
    atlas : Atlas, optional
        The dataset to ask, and the one that gave the answer if that is what the report is about;
        by default the built-in atlas.
    lon, lat : float, optional
        The position, in degrees.
    zone, sole, uncertainty
        As `Atlas.at` takes them; an answer has them already. A named place brings its own
        uncertainty, unless another is given.
    places : iterable of Place, optional
        Named places, of which the nearest within 2,500 km are reported; by default those that
        eezkit knows.
    n_places : int
        How many of them.
    title : str
        What the position is called, for readers.
    note : str
        What is known of the position itself.
    others : iterable of Report
        The same question put to other datasets.
    command : str
        The command that made it.

    Returns
    -------
    Report

    Raises
    ------
    CoordinateError
        If it is not a position.
    UnknownPlaceError
        If no named place is called so.
    UnknownZoneError
        If no zone answers to `zone`.
    OptionError
        If there is no position, or two; if an answer is to be asked anew, or is of another atlas.

    Examples
    --------
    >>> import eezkit
    >>> found = eezkit.report("24.0N 150.0E", zone="JPN")
    >>> found.answer.inside, found.belt.name
    (False, 'high seas')
    >>> atlas = eezkit.load()
    >>> eezkit.report(atlas.at(lon=155.0, lat=23.3), atlas).land[0].to
    'Minami-Torishima'
    """
    from eezkit.sources import load
    from eezkit.sources import places as named

    if (position is None) == (lon is None or lat is None) or (lon is None) != (lat is None):
        raise OptionError("A report is about one position: give it first, or else lon= and lat=.")
    if isinstance(position, Answer) and (zone is not None or sole or uncertainty is not None):
        raise OptionError(
            "An answer has been asked its question: zone=, sole= and uncertainty= go to atlas.at."
        )
    if atlas is None:
        atlas = load()
    if isinstance(position, str):
        position = named.resolve(position)
    if isinstance(position, named.Place):
        title, note = title or position.title, note or position.note
    answer = _asked(position, atlas, lon, lat, zone, sole, uncertainty)
    if answer.provenance != atlas.provenance:
        raise OptionError(
            f"The answer is from {answer.provenance.name}, and the atlas is another: "
            f"{atlas.provenance.name}. Give the atlas that answered."
        )
    known = tuple(named.all() if places is None else places)
    belt = belt_of(answer)
    return Report(
        answer=answer,
        belt=belt,
        rights=rights_in(belt, answer),
        neighbours=tuple(to_zones(atlas, answer, 4)),
        places=tuple(to_places(answer, known, n_places)),
        high_seas=to_high_seas(atlas, answer),
        land=tuple(to_land(atlas, answer, known)),
        atlas=atlas,
        margins=_margins(atlas, answer),
        title=title,
        note=note,
        others=tuple(others),
        command=command,
    )


def _asked(
    position: Place | Answer | None,
    atlas: Atlas,
    lon: float | None,
    lat: float | None,
    zone: str | None,
    sole: bool,
    uncertainty: float | Uncertainty | None,
) -> Answer:
    """Put the question to the atlas, unless it was answered before."""
    if isinstance(position, Answer):
        return position
    name = None
    if position is not None:
        lon, lat, name = position.lon, position.lat, position.name
        uncertainty = position.uncertainty if uncertainty is None else uncertainty
    assert lon is not None
    assert lat is not None
    return atlas.at(lon=lon, lat=lat, zone=zone, sole=sole, uncertainty=uncertainty, name=name)


def _margins(atlas: Atlas, answer: Answer) -> tuple[float, float] | None:
    """The least and the greatest margin along the outline of the uncertainty, where known."""
    if answer.uncertainty is None or answer.question is None or answer.margin is None:
        return None
    asked = atlas.select(answer.question, sole=answer.sole)
    lon, lat = answer.uncertainty.outline(answer.lon, answer.lat)  # which runs on past ±180°
    found = asked.margin(wrap_lon(lon), lat)
    return (float(found.min()), float(found.max())) if np.isfinite(found).all() else None
