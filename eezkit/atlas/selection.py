"""Choosing zones by what they are: as keywords, or as text from a command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from eezkit.errors import OptionError, UnknownZoneError, closest
from eezkit.zones import Regime, Zone

__all__ = ["choose", "parse_selector"]

_PARTY = ("sovereign", "territory")
_FIELDS = ("sovereign", "territory", "mrgid", "name", "regime")


def parse_selector(text: str) -> dict[str, str]:
    """Read a selector such as ``JPN``, ``territory:GUM``, ``mrgid:8487`` or ``name:Japan``.

    Returns
    -------
    dict of str
        One keyword for `choose`; a bare word is a party.

    Raises
    ------
    OptionError
        If the part before the colon is not a field, or nothing follows it.
    """
    field, colon, value = text.partition(":")
    if not colon:
        field, value = "party", text
    field, value = field.strip().lower(), value.strip()
    if field not in ("party", *_FIELDS) or not value:
        raise OptionError(
            f"zone {text!r} cannot be read. Accepted are an ISO code or a name of a sovereign or "
            f"a territory (JPN, GRL, Turkey) or one of {', '.join(f'{f}:…' for f in _FIELDS)}, for "
            "example territory:GUM."
        )
    return {field: value}


def choose(
    zones: Sequence[Zone],
    *,
    party: str | None = None,
    sovereign: str | None = None,
    territory: str | None = None,
    mrgid: int | str | None = None,
    name: str | None = None,
    regime: Regime | str | None = None,
    sole: bool = False,
) -> list[int]:
    """Find the zones that meet all the conditions given.

    Parameters
    ----------
    zones : sequence of Zone
    party : str, optional
        A sovereign; or a territory, where no zone has a sovereign of that code or name.
    sovereign, territory : str, optional
        An ISO code or a name; a zone is meant when any of its parties answers to it. A code of
        two letters means the same as that of three, and a common name (Turkey, Ivory Coast) the
        same as the published one, whichever the zones have; accents need not be written.
    mrgid : int, optional
        Marine Regions identifier.
    name : str, optional
        The zone's name, whole; or a part of it, where no zone has it whole.
    regime : Regime, optional
    sole : bool
        Leave out zones that more than one State holds or claims.

    Returns
    -------
    list of int
        Indices, ascending.

    Raises
    ------
    UnknownZoneError
        If no zone answers to one of the names; the closest ones are named.
    OptionError
        If a value is no MRGID or no regime.
    """
    found = list(range(len(zones)))
    for fields, asked in (
        (("sovereign", "territory"), party),
        (("sovereign",), sovereign),
        (("territory",), territory),
    ):
        if asked is not None:
            found = _of_party(zones, found, fields, asked)
            known = (w for z in zones for f in _PARTY for w in _words(z, f))
            _check(found, " or ".join(fields), asked, known)
    if mrgid is not None:
        number = _mrgid(mrgid)
        found = [i for i in found if zones[i].mrgid == number]
        _check(found, "mrgid", str(mrgid), (str(zone.mrgid) for zone in zones if zone.mrgid))
    if name is not None:
        from eezkit.atlas.iso3166 import plain

        whole = [i for i in found if _fold(zones[i].name) == _fold(name)]
        found = (
            whole
            or [i for i in found if _fold(name) in _fold(zones[i].name)]
            or [i for i in found if plain(name) in plain(zones[i].name)]
        )
        _check(found, "name", name, (zone.name for zone in zones))
    if regime is not None:
        wanted = _regime(regime)
        found = [i for i in found if zones[i].regime is wanted]
        _check(found, "regime", wanted.value, (zone.regime.value for zone in zones))
    return [i for i in found if not (sole and zones[i].is_shared)]


def _of_party(
    zones: Sequence[Zone], among: list[int], fields: Sequence[str], value: str
) -> list[int]:
    """Zones with a party of this code or name; else of what is called so; else but for accents."""

    def having(wanted: set[str], field: str, like: Callable[[str], str] = _fold) -> list[int]:
        return [i for i in among if not wanted.isdisjoint(map(like, _words(zones[i], field)))]

    for field in fields:
        if found := having({_fold(value)}, field):
            return found
    # Only what is not known as it stands is looked up, so that a check reads no table.
    from eezkit.atlas.iso3166 import other_names, plain

    others = {_fold(name) for name in other_names(value)}
    for field in fields:
        if found := having(others, field):
            return found
    wanted = {plain(name) for name in (value, *others)}
    for field in fields:
        if found := having(wanted, field, plain):
            return found
    return []


def _fold(text: str) -> str:
    return text.casefold().strip()


def _words(zone: Zone, field: str) -> set[str]:
    """Codes and names of the parties, as the zone has them."""
    words = (
        word
        for party in zone.parties
        for word in (getattr(party, field), getattr(party, f"{field}_name"))
    )
    return {word for word in words if word}


def _mrgid(value: int | str) -> int:
    try:
        return int(value)
    except ValueError:
        raise OptionError(f"mrgid {value!r} is not a whole number, such as 8487.") from None


def _regime(value: Regime | str) -> Regime:
    try:
        return Regime(str(value).lower().replace("-", "_").replace(" ", "_"))
    except ValueError:
        accepted = ", ".join(regime.value for regime in Regime)
        raise OptionError(f"regime {value!r} is not one of {accepted}.") from None


def _check(found: list[int], field: str, value: str, known: Iterable[str]) -> None:
    if found:
        return
    words = sorted(set(known))
    close = closest(value, words, n=5, cutoff=0.5)
    shown = close or words[:8]
    more = "" if len(shown) == len(words) or close else f" and {len(words) - len(shown)} more"
    hint = "close to it" if close else "this dataset has"
    raise UnknownZoneError(
        f"No zone answers to {field} {value!r}; {hint}: {', '.join(shown)}{more}."
        if words
        else f"No zone answers to {field} {value!r}: no zone of this dataset has a {field}."
    )
