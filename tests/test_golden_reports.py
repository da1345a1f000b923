"""Ten positions of every legal kind: the reports on them say, word for word, what was reviewed.

`python tests/golden_reports.py` writes the golden files anew; the words below stay.
"""

from __future__ import annotations

import pytest

from eezkit.atlas import Atlas
from golden_reports import GOLDEN, POSITIONS, reported, sea

SAID = {
    "internal-waters": ["| internal waters |", "| Water column | sovereignty |"],
    "5-miles": ["| territorial sea |", "innocent passage", "| Seabed and subsoil | sovereignty |"],
    "18-miles": ["| contiguous zone |", "contiguous-zone control", "cannot change the answer"],
    "150-miles": ["| exclusive economic zone |", "50.0 nmi (92.6 km) inside the outer limit"],
    "joint-regime": ["Aland / Bland, joint regime", "under a joint regime"],
    "overlapping-claim": ["Aland / Bland, overlapping claim", "**Undecided", "more than one State"],
    "high-seas": ["**Outside", "| high seas |", "the Area: not known from these data"],
    "extended-shelf": ["seabed only", "| Water column | high seas |", "beyond 200 nmi"],
    "on-land": ["**On land**", "none: this is land", "| Next zone | Alandic Zone | 89.6 | 165.9 |"],
    "pole": ["90.000000", "| high seas |"],
}


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return sea()


@pytest.mark.parametrize("name", POSITIONS)
def test_a_report_says_what_was_reviewed(name: str, atlas: Atlas) -> None:
    said = reported(name, atlas).to_markdown()
    assert said == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", POSITIONS)
def test_a_golden_file_has_the_words_of_the_law(name: str) -> None:
    text = (GOLDEN / f"{name}.md").read_text(encoding="utf-8")
    for words in (*SAID[name], "Not for legal or navigational use.", "Nothing of it exists."):
        assert words in text, words


def test_within_12_miles_and_on_the_high_seas_no_report_speaks_of_an_eez() -> None:
    for name in ("internal-waters", "5-miles", "high-seas", "on-land", "pole"):
        text = (GOLDEN / f"{name}.md").read_text(encoding="utf-8")
        assert "economic zone" not in text, name
        assert "EEZ" not in text, name


def test_there_is_no_golden_file_too_many() -> None:
    assert {path.stem for path in GOLDEN.glob("*")} == set(POSITIONS) == set(SAID)
