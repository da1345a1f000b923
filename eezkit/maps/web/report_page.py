"""All about one position as a page to send: a report's sections, and the map among them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import folium

from eezkit.answers.answer import DISCLAIMER
from eezkit.answers.rights import RIGHTS
from eezkit.maps.views import position_map
from eezkit.maps.web.page import Page, SeaMap
from eezkit.reports import Section

if TYPE_CHECKING:
    from eezkit.reports import Report

__all__ = ["report_page"]


def report_page(report: Report, *, sections: Iterable[Section] = ()) -> folium.Map:
    """Lay a report out as a page: the answer, the map, then everything else in tables.

    Parameters
    ----------
    report : Report
        From `eezkit.report`.
    sections : iterable of Section
        More to tell, between what was found and the sources.

    Returns
    -------
    folium.Map
        The map of the page; more layers may be added to it.
        ``eezkit.maps.save(map, "page.html")`` writes the page as one self-contained file.

    Examples
    --------
    >>> import eezkit
    >>> from eezkit import maps
    >>> page = maps.report_page(eezkit.report("minamitorishima-2026", zone="JPN"))
    >>> maps.save(page, "page.html").name
    'page.html'
    """
    answer, *told = report.sections()
    chart = position_map(
        report.answer,
        report.atlas,
        title=answer.heading,
        nearby=(*report.places, *report.neighbours),
        note=report.note,
        card=False,
    )
    assert isinstance(chart, SeaMap)
    chart.embedded = True
    page = chart.get_root()
    assert isinstance(page, Page)
    page.template = "report.html"
    page.values = {
        "answer": answer,
        "findings": [*(part for part in told if part.kind == "finding"), *sections],
        "belts": _belts(),
        "sources": [part for part in told if part.kind == "source"],
        "making": [part for part in told if part.kind == "making"],
        "disclaimer": DISCLAIMER,
    }
    return chart


def _belts() -> Section:
    columns = ("Belt", "Water column", "Seabed and subsoil", "Basis")
    rows = tuple((name, r.water_column, r.seabed, r.basis) for name, r in RIGHTS.items())
    return Section("Which rights apply where, by UNCLOS", (), columns, rows)
