"""Who holds or claims: any number of parties for each row of a published table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eezkit.schema.vocabulary import SHARED_NAMES
from eezkit.zones import Party, Regime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eezkit.schema.values import Columns

    Cells = tuple[str | None, str | None, str | None, str | None]
    """Sovereign's code, territory's code, sovereign's name, territory's name."""

__all__ = ["numbered_parties", "regime_by_name", "unique_codes", "v8_parties"]


def numbered_parties(
    table: Columns, known: Mapping[str, str] | None = None
) -> list[tuple[Party, ...]]:
    """Read SOVEREIGN1, TERRITORY1, ISO_SOV1, ISO_TER1, ...2, ... as far as they go.

    Parameters
    ----------
    table : Columns
    known : mapping of str to str, optional
        Code of a name (casefolded), for names to which this table gives none.
    """
    rows: list[list[Cells]] = [[] for _ in range(len(table))]
    for n in table.numbers_of("sovereign", "territory", "iso_sov", "iso_ter"):
        cells = zip(
            table.codes(f"iso_sov{n}"),
            table.codes(f"iso_ter{n}"),
            table.texts(f"sovereign{n}"),
            table.texts(f"territory{n}"),
            strict=True,
        )
        for row, party in enumerate(cells):
            if any(party):
                rows[row].append(party)
    return _with_codes(rows, known or {})


def v8_parties(table: Columns, names: list[str]) -> list[tuple[Party, ...]]:
    """Read the one party of a v8 row, or the several that a shared zone writes with a slash."""
    rows: list[list[Cells]] = []
    cells = (table.texts("sovereign"), table.texts("country"), table.codes("iso_3digit"))
    for name, sovereign, territory, code in zip(names, *cells, strict=True):
        if sovereign and "/" in sovereign and regime_by_name(name):
            shared = _without_beginning(sovereign).split("/")
            rows.append([(None, None, part.strip(), None) for part in shared])
        else:
            rows.append([(None, code, sovereign, territory)] if sovereign or territory else [])
    return _with_codes(rows, {})


def regime_by_name(name: str) -> Regime | None:
    """Say how a zone is shared, where its name begins with a word for it."""
    for beginning, regime in SHARED_NAMES:
        if name.casefold().startswith(beginning):
            return regime
    return None


def _without_beginning(name: str) -> str:
    lengths = (len(word) for word, _ in SHARED_NAMES if name.casefold().startswith(word))
    return name[max(lengths, default=0) :].lstrip(" :")


def _with_codes(rows: list[list[Cells]], known: Mapping[str, str]) -> list[tuple[Party, ...]]:
    """Make parties, giving a name without a code the one it has elsewhere.

    A territory's code is a State's only where both have one name: France's, not Réunion's.
    """
    every = [party for row in rows for party in row]
    sovereigns = unique_codes((name, code) for code, _, name, _ in every)
    states = unique_codes((name, code) for _, code, sovereign, name in every if sovereign == name)
    codes = {**known, **states, **sovereigns}
    return [
        tuple(
            Party(
                sovereign=iso_sov or codes.get((sovereign or "").casefold()) or sovereign or "",
                territory=iso_ter or known.get((territory or "").casefold()) or territory or "",
                sovereign_name=sovereign or "",
                territory_name=territory or "",
            )
            for iso_sov, iso_ter, sovereign, territory in row
        )
        for row in rows
    ]


def unique_codes(pairs: Iterable[tuple[str | None, str | None]]) -> dict[str, str]:
    """Give the code of each name (casefolded) that stands beside one and the same code only."""
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        if name and code:
            found.setdefault(name.casefold(), set()).add(code)
    return {name: next(iter(several)) for name, several in found.items() if len(several) == 1}
