"""All about one position as a page to send: the answer in words and tables, and the map in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import folium

from eezkit.answers.answer import DISCLAIMER
from eezkit.answers.rights import RIGHTS
from eezkit.answers.sentence import (
    edge_words,
    evidence_words,
    length,
    sentence,
    uncertainty_words,
    zone_words,
)
from eezkit.maps.scene import facts_of
from eezkit.maps.views import position_map
from eezkit.maps.web.page import Page, SeaMap
from eezkit.positions import format_position
from eezkit.reports import dataset_names
from eezkit.units import to_nmi

if TYPE_CHECKING:
    from eezkit.answers.legs import Leg
    from eezkit.reports import Report
    from eezkit.zones import Provenance

__all__ = ["Section", "report_page"]


@dataclass(frozen=True)
class Section:
    """A part of a report page: a heading, sentences and a table, all of it plain text.

    Parameters
    ----------
    heading : str
    text : tuple of str
        Paragraphs.
    columns : tuple of str
        Heads of the table, if there is one.
    rows : tuple of tuple of str
        Its rows; the first cell of each heads it.
    states : tuple of str
        For each row "yes", "no", "unsure" or "", which colours its last cell; may be empty.
    """

    heading: str
    text: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    states: tuple[str, ...] = ()


def report_page(report: Report, *, sections: Iterable[Section] = ()) -> folium.Map:
    """Lay a report out as a page: the answer, the map, then everything else in tables.

    Parameters
    ----------
    report : Report
        From `eezkit.reports.report`.
    sections : iterable of Section
        More to tell, between the map and the sources.

    Returns
    -------
    folium.Map
        The map of the page; more layers may be added to it.
        ``eezkit.maps.save(map, "page.html")`` writes the page as one self-contained file.
    """
    answer = report.answer
    chart = position_map(
        answer,
        report.atlas,
        title=_title(report),
        nearby=(*report.places, *report.neighbours),
        note=report.note,
        card=False,
    )
    assert isinstance(chart, SeaMap)
    chart.embedded = True
    page = chart.get_root()
    assert isinstance(page, Page)
    parts = [_zones(report), _rights(report), _edge(report), _ways(report), _sureness(report)]
    if report.others:
        parts.append(_datasets(report))
    page.template = "report.html"
    page.values = {
        **facts_of(answer),
        "note": report.note,
        "where": f"{answer.lat:.6f} {answer.lon:.6f} · {format_position(answer.lon, answer.lat)}",
        "sentence": " ".join(sentence(answer).split()),
        "sections": (*parts, *sections),
        "sources": _sources(report),
        "belts": _belts(),
        "disclaimer": DISCLAIMER,
        "command": report.command,
    }
    return chart


def _title(report: Report) -> str:
    answer = report.answer
    return report.title or answer.name or f"Position {format_position(answer.lon, answer.lat)}"


# -- what it tells --------------------------------------------------------------------------


def _zones(report: Report) -> Section:
    answer = report.answer
    heading = "Zones here, and who claims them"
    if not answer.zones:
        where = "On land: in no zone of the sea." if answer.on_land else "In no zone of these data."
        covered = answer.inside != "not covered"
        return Section(heading, (where if covered else "These data do not cover the position.",))
    rows: tuple[tuple[str, ...], ...] = tuple(
        (
            zone.name,
            zone.kind.value.replace("_", " ") if zone.kind != "eez" else "jurisdiction to 200 nmi",
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
    text = [f"Belt of the sea: {belt.name}. Evidence: {belt.evidence}."]
    if rights.basis:
        text.append(f"Basis: {rights.basis}.")
    rows = (("Water column", rights.water_column), ("Seabed and subsoil", rights.seabed))
    return Section("Which rights apply", tuple(text), ("Where", "Rights"), rows)


def _edge(report: Report) -> Section:
    answer = report.answer
    heading = "Margin, and what that edge is"
    if answer.margin is None:
        return Section(heading, ("There is no edge in these data to which a margin is known.",))
    side = "inside" if answer.margin > 0 else "outside"
    rows = [
        ("Margin", f"{length(abs(answer.margin))} {side}"),
        ("The edge", edge_words(answer)),
        ("How that is known", evidence_words(answer)),
    ]
    edge = answer.edge
    if edge is not None:
        towards = "" if edge.azimuth is None else f", at azimuth {edge.azimuth:.1f}°"
        nearest = format_position(edge.lon, edge.lat)
        rows.append(("Its nearest point", f"{nearest}{towards}"))
    if answer.stable_within is not None:
        rows.append(("Same answer within", length(answer.stable_within)))
    return Section(heading, (), ("What", "Finding"), tuple(rows))


def _ways(report: Report) -> Section:
    legs = list(zip(("Nearest land", "Nearest foreign land"), report.land, strict=False))
    legs += [("Next zone", leg) for leg in report.neighbours]
    if report.high_seas is not None:
        legs.append(("High seas", report.high_seas))
    legs += [("Place", leg) for leg in report.places]
    rows = [_leg_row(what, leg) for what, leg in legs]
    text = []
    if not report.neighbours:
        text.append("No other zone of these data lies within 400 nmi.")
    if report.high_seas is None:
        known = "The position is on the high seas" if report.belt.name == "high seas" else ""
        text.append(f"{known or 'The way to the high seas is not known from these data'}.")
    columns = ("What", "Name", "Nautical miles", "Kilometres", "Azimuth", "Where")
    return Section("How far it is to what", tuple(text), columns if rows else (), tuple(rows))


def _leg_row(what: str, leg: Leg) -> tuple[str, ...]:
    towards = "–" if leg.azimuth is None else f"{leg.azimuth:.1f}°"
    miles, km = f"{to_nmi(leg.distance):,.1f}", f"{leg.distance / 1000:,.1f}"
    where = format_position(leg.lon, leg.lat, decimals=1)
    return what, leg.to, miles, km, towards, where


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
            facts_of(one.answer)["lead"],
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


def _belts() -> Section:
    columns = ("Belt", "Water column", "Seabed and subsoil", "Basis")
    rows = tuple((name, r.water_column, r.seabed, r.basis) for name, r in RIGHTS.items())
    return Section("", (), columns, rows)


def _sources(report: Report) -> list[Section]:
    seen: dict[Provenance, None] = {one.answer.provenance: None for one in (report, *report.others)}
    return [_source(source) for source in seen]


def _source(source: Provenance) -> Section:
    told = (
        ("Version", source.version),
        ("How its lines came to be", source.basis),
        ("Licence", source.licence or "not stated"),
        ("Citation", source.citation),
        ("Source", source.source),
        *(("Note", note) for note in source.notes),
    )
    return Section(source.name, rows=tuple((what, text) for what, text in told if text))
