"""Which belt of the sea a position lies in: one rule, for one position and for arrays."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from eezkit.units import M
from eezkit.zones import ZoneKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas

__all__ = ["BELTS", "NOT_KNOWN", "belt_by_distance", "belt_by_kind", "belts_of"]

NOT_KNOWN = "not known from these data"

BELTS = (
    "land",
    "inland water",
    "internal waters",
    "territorial sea",
    "archipelagic waters",
    "contiguous zone",
    "exclusive economic zone",
    "extended continental shelf",
    "high seas",
    NOT_KNOWN,
)
"""Every belt there is, from the land outwards."""

_INNERMOST_FIRST = {
    ZoneKind.INTERNAL_WATERS: "internal waters",
    ZoneKind.ARCHIPELAGIC_WATERS: "archipelagic waters",
    ZoneKind.TERRITORIAL_SEA: "territorial sea",
    ZoneKind.CONTIGUOUS_ZONE: "contiguous zone",
    ZoneKind.EXTENDED_SHELF: "extended continental shelf",
    ZoneKind.HIGH_SEAS: "high seas",
}
_BY_DISTANCE = ((12 * M, "territorial sea"), (24 * M, "contiguous zone"))
_SEAWARD = "exclusive economic zone"


def belt_by_kind(
    kinds: Collection[ZoneKind],
    *,
    in_zone: bool,
    on_land: bool,
    on_inland_water: bool,
    covered: bool,
) -> str | None:
    """Say which belt it is by the zones that hold a position; None where the distance decides.

    Parameters
    ----------
    kinds : collection of ZoneKind
        Of all zones that hold the position, those of 12 M and 24 M too.
    in_zone : bool
        Whether any zone does, beside those of 12 M and 24 M.
    on_land, on_inland_water : bool
    covered : bool
        Whether the dataset may say that nobody has this water.

    Returns
    -------
    str or None
        One of `BELTS`; None where `belt_by_distance` has to be asked.
    """
    if on_land:
        return "land"
    if on_inland_water:
        return "inland water"
    for kind, word in _INNERMOST_FIRST.items():
        if kind in kinds:
            return word
    if not in_zone:
        return "high seas" if covered else NOT_KNOWN
    return None if ZoneKind.EEZ in kinds else NOT_KNOWN


def belt_by_distance(coast: float) -> str:
    """Say which belt of a zone to 200 M it is, by metres from the coast, taken as the baseline."""
    return next((word for breadth, word in _BY_DISTANCE if coast <= breadth), _SEAWARD)


def belts_of(
    atlas: Atlas,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    on_land: NDArray[np.bool_],
    *,
    code: NDArray[np.int32] | None = None,
    threads: int | None = None,
) -> NDArray[np.int32]:
    """Say which belt each position lies in, whatever zones are selected.

    Parameters
    ----------
    atlas : Atlas
    lon, lat : numpy.ndarray of float64, shape (n,)
        Positions, in degrees.
    on_land : numpy.ndarray of bool, shape (n,)
        Which of them are on land.
    code : numpy.ndarray of int32, shape (n,), optional
        Answer codes of the atlas, where they are known.
    threads : int, optional

    Returns
    -------
    numpy.ndarray of int32, shape (n,)
        Indices into `BELTS`.
    """
    # A selection has codes of its own zones only, and belts do not depend on it.
    if code is None or atlas.selected is not None:
        code = atlas.index.locate(lon, lat, threads=threads)
    held = np.maximum(code, 0).astype(np.int64)
    over = np.zeros_like(held)
    if atlas.overlay_index is not None:
        over += atlas.overlay_index.locate(lon, lat, threads=threads)
    covered = np.ones(len(held), dtype=bool)
    nowhere = np.flatnonzero(held == 0)
    covered[nowhere] = atlas.coverage.covers(lon[nowhere], lat[nowhere])
    inland = np.zeros(len(held), dtype=bool)
    inland[nowhere] = atlas.inland_water(lon[nowhere], lat[nowhere], threads=threads) >= 0
    # Cases are few: which there are is told by marking them, not by sorting millions of rows.
    n_over = int(over.max(initial=0)) + 1
    case = (((held * n_over + over) * 2 + inland) * 2 + on_land) * 2 + covered
    word_of = np.zeros(int(case.max(initial=0)) + 1, dtype=np.int32)
    word_of[case] = 1
    for key in np.flatnonzero(word_of).tolist():
        zones, overlays = divmod(key >> 3, n_over)
        kinds = {atlas.every_zone[k].kind for k in atlas.index.zones(zones)}
        if atlas.overlay_index is not None:
            kinds |= {atlas.overlays[k].kind for k in atlas.overlay_index.zones(overlays)}
        word = belt_by_kind(
            kinds,
            in_zone=zones > 0,
            on_land=bool(key >> 1 & 1),
            on_inland_water=bool(key >> 2 & 1),
            covered=bool(key & 1),
        )
        word_of[key] = -1 if word is None else BELTS.index(word)
    belt = word_of[case]
    open_ = np.flatnonzero(belt < 0)
    if len(open_):
        widest = max(breadth for breadth, _ in _BY_DISTANCE)
        coast = atlas.coast.query(
            lon[open_], lat[open_], max_distance=widest, threads=threads
        ).distance
        numbers = [BELTS.index(word) for _, word in _BY_DISTANCE]
        near = [coast <= breadth for breadth, _ in _BY_DISTANCE]
        belt[open_] = np.select(near, numbers, BELTS.index(_SEAWARD))
    return belt
