"""A report, told once: its sections, which text, Markdown, JSON and the page render."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from eezkit.answers.sentence import (
    edge_words,
    evidence_words,
    length,
    uncertainty_words,
    zone_words,
)
from eezkit.positions import format_position
from eezkit.units import M, to_nmi
from eezkit.zones import Regime, ZoneKind

if TYPE_CHECKING:
    from eezkit.answers import Answer
    from eezkit.answers.legs import Leg
    from eezkit.reports.finding import Report
    from eezkit.zones import Provenance, Zone

__all__ = ["Section", "dataset_names", "kind_words", "lead_of", "sections_of", "short_length"]


@dataclass(frozen=True)
class Section:
    """A part of a report: a heading, sentences and a table, all of it plain text.

    Parameters
    ----------
    heading : str
    text : tuple of str
        Paragraphs.
    columns : tuple of str
        Heads of the table; without them each row is a word and what it means.
    rows : tuple of tuple of str
        Its rows; the first cell of each heads it.
    states : tuple of str
        For each row "yes", "no", "unsure" or "", which colours its last cell; may be empty. Of
        the answer: the state of its first paragraph.
    kind : {"answer", "finding", "source", "making"}
        Where it belongs: the answer comes first, sources and how the report was made last.

    Examples
    --------
    >>> Section("Depth", ("Nobody measured it.",)).to_json()["heading"]
    'Depth'
    """

    heading: str
    text: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    states: tuple[str, ...] = ()
    kind: Literal["answer", "finding", "source", "making"] = "finding"

    def to_json(self) -> dict[str, Any]:
        """Return heading, text, columns and rows."""
        return {
            "heading": self.heading,
            "text": list(self.text),
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
        }


def sections_of(report: Report) -> tuple[Section, ...]:
    """Tell a report: the answer, then what was found, then where that is from."""
    told = [_answer(report), _zones(report), _rights(report), _edge(report), _ways(report)]
    told.append(_sureness(report))
    if report.others:
        told.append(_datasets(report))
    seen = dict.fromkeys(one.answer.provenance for one in (report, *report.others))
    told += [_source(source) for source in seen]
    if report.command:
        told.append(Section("How it was made", (report.command,), kind="making"))
    return tuple(told)


# -- the answer -----------------------------------------------------------------------------


def title_of(report: Report) -> str:
    """What the position is called, or where it is."""
    answer = report.answer
    return report.title or answer.name or f"Position {format_position(answer.lon, answer.lat)}"


def lead_of(answer: Answer) -> tuple[str, Literal["yes", "no", "unsure"]]:
    """Give the answer in a few words, and whether it is a yes, a no or neither."""
    if answer.inside == "not covered":
        return "Not covered by these data", "unsure"
    if answer.inside == "undecided":
        return "Undecided: it may lie on either side", "unsure"
    if answer.behind_coast:
        return "On land" if answer.on_land else "On inland water", "no"
    by = f" by {short_length(answer.margin)}" if answer.margin else ""
    if answer.question:
        if answer.inside:
            return f"Inside the zone of {answer.question}{by}", "yes"
        return f"Outside the zone of {answer.question}{by}", "no"
    if len(answer.zones) > 1:
        return f"In {len(answer.zones)} zones", "yes"
    if not answer.zones:
        return "In no zone", "no"
    (zone,) = answer.zones
    shared = {
        Regime.JOINT: ": joint regime",
        Regime.OVERLAPPING_CLAIM: ": overlapping claims",
        Regime.IN_ABEYANCE: ": claims held in abeyance",
    }
    return f"In {zone.name}{shared.get(zone.regime, '')}", "unsure" if zone.is_shared else "yes"


def short_length(metres: float) -> str:
    """A length for a label or a lead: nautical miles alone."""
    decimals = 1 if abs(metres) < 500 * M else 0
    return f"{abs(to_nmi(metres)):,.{decimals}f}\N{NO-BREAK SPACE}nmi"


def _answer(report: Report) -> Section:
    answer = report.answer
    lead, state = lead_of(answer)
    where = f"{answer.lat:.6f} {answer.lon:.6f} · {format_position(answer.lon, answer.lat)}"
    text = [lead, str(answer), *filter(None, [report.note])]
    return Section(
        title_of(report), tuple(text), rows=(("Position", where),), states=(state,), kind="answer"
    )


# -- what was found -------------------------------------------------------------------------


def kind_words(zone: Zone, belt: str = "") -> str:
    """What kind of zone it is; where the position is within 12 nmi, a zone to 200 nmi is no EEZ."""
    if zone.kind is not ZoneKind.EEZ:
        return zone.kind.value.replace("_", " ")
    nearer = ("land", "internal waters", "archipelagic waters", "territorial sea")
    return "zone to 200 nmi" if belt in nearer else "EEZ, drawn from the coast"


def _zones(report: Report) -> Section:
    answer = report.answer
    heading = "Zones here, and who claims them"
    if not answer.zones:
        where = "In no zone of these data."
        if answer.behind_coast:
            where = f"On {'land' if answer.on_land else 'inland water'}: in no zone of the sea."
        covered = answer.inside != "not covered"
        return Section(heading, (where if covered else "These data do not cover the position.",))
    rows: tuple[tuple[str, ...], ...] = tuple(
        (
            zone.name,
            kind_words(zone, report.belt.name),
            zone_words(zone),
            "" if zone.mrgid is None else str(zone.mrgid),
        )
        for zone in (*answer.zones, *answer.overlays)
    )
    columns: tuple[str, ...] = ("Zone", "Kind", "Held or claimed by", "MRGID")
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], tuple(row[:-1] for row in rows)
    several = len({p.sovereign for zone in answer.zones for p in zone.parties}) > 1
    text = [f"{zone.name}: {zone.status}." for zone in answer.zones if zone.status]
    if several:
        text.append("The order of the States means nothing.")
    return Section(heading, tuple(text), columns, rows)


def _rights(report: Report) -> Section:
    belt, rights = report.belt, report.rights
    rows = [
        ("Belt of the sea", belt.name),
        ("Water column", rights.water_column),
        ("Seabed and subsoil", rights.seabed),
        ("Known from", belt.evidence),
    ]
    if rights.basis:
        rows.append(("Basis", rights.basis))
    return Section("Which rights apply", (), ("Where", "Rights"), tuple(rows))


def _edge(report: Report) -> Section:
    answer = report.answer
    heading = "How far to the line"
    if answer.margin is None:
        return Section(heading, ("There is no edge in these data to which a margin is known.",))
    side = "inside" if answer.margin > 0 else "outside"
    found = f"{length(abs(answer.margin))} {side} {edge_words(answer)}."
    rows = []
    edge = answer.edge
    if edge is not None:
        towards = "" if edge.azimuth is None else f", azimuth {edge.azimuth:.1f}°"
        rows.append(
            ("Nearest point of the line", f"{format_position(edge.lon, edge.lat)}{towards}")
        )
    if answer.stable_within is not None:
        rows.append(("Same answer within", length(answer.stable_within)))
    rows.append(("What the line is, known from", evidence_words(answer)))
    return Section(heading, (found,), ("What", "Finding"), tuple(rows))


def _ways(report: Report) -> Section:
    legs = list(zip(("Nearest land", "Nearest foreign land"), report.land, strict=False))
    legs += [("Next zone", leg) for leg in report.neighbours]
    if report.high_seas is not None:
        legs.append(("High seas", report.high_seas))
    legs += [("Place", leg) for leg in report.places]
    text = []
    if not report.neighbours:
        text.append("No other zone of these data lies within 400 nmi.")
    if report.high_seas is None:
        known = "The position is on the high seas" if report.belt.name == "high seas" else ""
        text.append(f"{known or 'The way to the high seas is not known from these data'}.")
    columns = ("What", "Name", "Nautical miles", "Kilometres", "Azimuth", "Where")
    rows = tuple(_leg_row(what, leg) for what, leg in legs)
    return Section("Distances", tuple(text), columns if rows else (), rows)


def _leg_row(what: str, leg: Leg) -> tuple[str, ...]:
    towards = "–" if leg.azimuth is None else f"{leg.azimuth:.1f}°"
    miles, km = f"{to_nmi(leg.distance):,.1f}", f"{leg.distance / 1000:,.1f}"
    name = leg.to if leg.to.lower() != what.lower() else "–"
    return what, name, miles, km, towards, format_position(leg.lon, leg.lat, decimals=1)


def _sureness(report: Report) -> Section:
    answer = report.answer
    words = uncertainty_words(answer, report.margins)
    text = [f"{words[:1].upper()}{words[1:]}."]
    if answer.uncertainty is None and answer.stable_within is not None:
        text.append(f"The answer stays as it is within {length(answer.stable_within)}.")
    if answer.provenance.accuracy_m is not None:
        text.append(f"The lines are stated to be right to {answer.provenance.accuracy_m:g} m.")
    else:
        text.append("How accurate the lines are is not stated by their source.")
    return Section("How sure it is", tuple(text))


def _datasets(report: Report) -> Section:
    reports = (report, *report.others)
    rows = tuple(
        (
            name,
            lead_of(one.answer)[0],
            "–" if one.answer.margin is None else length(abs(one.answer.margin)),
            edge_words(one.answer) or "–",
            one.belt.name,
        )
        for name, one in zip(dataset_names(reports), reports, strict=True)
    )
    inside = {str(one.answer.inside) for one in reports}
    held = {zone.sovereign for one in reports for zone in one.answer.zones}
    same = len(inside) == 1 and len(held) <= 1
    found = "The datasets give the same answer." if same else "The datasets differ."
    known = [one.answer.margin for one in reports if one.answer.margin is not None]
    if same and len(known) > 1:
        found += f" Their margins lie {length(max(known) - min(known))} apart."
    columns = ("Dataset", "Answer", "Margin", "To", "Belt")
    return Section("The answer from other data", (found,), columns, rows)


# -- where it is from -----------------------------------------------------------------------


def dataset_names(reports: Iterable[Report]) -> list[str]:
    """Name the dataset of each report: name, version, basis; and its source where that is alike."""
    sources = [one.answer.provenance for one in reports]
    names = [" ".join(filter(None, [s.name, s.version, f"({s.basis})"])) for s in sources]
    return [
        f"{name}, {source.source}" if names.count(name) > 1 and source.source else name
        for name, source in zip(names, sources, strict=True)
    ]


def _source(source: Provenance) -> Section:
    told = (
        ("Version", source.version),
        ("How its lines came to be", source.basis),
        ("Licence", source.licence or "not stated"),
        ("Citation", source.citation),
        ("Source", source.source),
        *(("Note", note) for note in source.notes),
    )
    rows = tuple((what, text) for what, text in told if text)
    return Section(source.name, rows=rows, kind="source")
