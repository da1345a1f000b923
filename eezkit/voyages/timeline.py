"""When each ship was where: the crossings of all layers of an atlas, in one order of time.

A layer is a cell index: the zones; the land, where the dataset has its own; the 12 M and 24 M
zones, where they are asked for. Each is walked by itself, and what they say is put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit import geodesy
from eezkit.errors import OptionError
from eezkit.voyages.walking import walk
from eezkit.voyages.words import GAP, State

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.lookup import CellIndex
    from eezkit.voyages.fixes import Tracks
    from eezkit.voyages.walking import Walked

__all__ = ["CROSSED", "FIRST_FIX", "GAP_MARK", "LAST_FIX", "MARKS", "Timeline", "timeline"]

MARKS = ("crossed", "first fix", "last fix", "gap")
"""How a stay begins or ends."""

CROSSED, FIRST_FIX, LAST_FIX, GAP_MARK = range(4)

_ZONES, _LAND, _OVERLAYS = range(3)
_BEGINS_GAP = 2
# Metres: crossings of two layers nearer than this are one.
_ONE = 1e-3


@dataclass(frozen=True)
class Timeline:
    """Moments at which something changes, in order: by ship, then by time.

    A ship has one at its first fix, one at each crossing, one at either end of each gap, and one
    at its last fix, after which it is nowhere.

    Parameters
    ----------
    tracks : Tracks
    lengths : numpy.ndarray of float64, shape (n_fixes - 1,)
        Metres from each fix to the next; 0 over gaps.
    states : list of State
    ship : numpy.ndarray of int64, shape (n_moments,)
    mark : numpy.ndarray of int8, shape (n_moments,)
        Index into `MARKS`.
    fix : numpy.ndarray of int64, shape (n_moments,)
        The fix at or before each moment.
    gone : numpy.ndarray of float64, shape (n_moments,)
        Metres from that fix.
    time : numpy.ndarray of int64, shape (n_moments,)
        Nanoseconds since 1970 UTC.
    lon, lat, angle : numpy.ndarray of float64, shape (n_moments,)
        Degrees; the angle is that between path and edge, NaN where there is no crossing.
    state : numpy.ndarray of int64, shape (n_moments,)
        Index into `states`: where the ship is from then on; -1 after the last fix.
    layer : numpy.ndarray of int8, shape (n_moments,)
        Which layer's edge is crossed; -1 for no crossing.
    vertex : numpy.ndarray of int64, shape (n_moments,)
        First vertex of an edge that is crossed, in the index of its layer; -1 where not known.
    """

    tracks: Tracks
    lengths: NDArray[np.float64]
    states: list[State]
    ship: NDArray[np.int64]
    mark: NDArray[np.int8]
    fix: NDArray[np.int64]
    gone: NDArray[np.float64]
    time: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    angle: NDArray[np.float64]
    state: NDArray[np.int64]
    layer: NDArray[np.int8]
    vertex: NDArray[np.int64]


def timeline(
    tracks: Tracks,
    atlas: Atlas,
    *,
    path: str = "geodesic",
    belts: bool = False,
    threads: int | None = None,
) -> Timeline:
    """Find out when each ship was where.

    Parameters
    ----------
    tracks : Tracks
    atlas : Atlas
    path : {"geodesic", "rhumb"}
    belts : bool
        Whether the 12 M and 24 M zones count.
    threads : int, optional

    Returns
    -------
    Timeline

    Raises
    ------
    OptionError
        If belts are asked for and the dataset has none, or `path` is unknown.
    """
    if belts and atlas.overlay_index is None:
        raise OptionError(
            f"belts: {atlas.provenance.name} has no 12 M and 24 M zones. The built-in atlas has "
            "them (eezkit.load()), and so have the 12 M and 24 M layers of Marine Regions."
        )
    lon, lat = tracks.lon, tracks.lat
    options: dict[str, Any] = {"path": path, "threads": threads}
    zones = walk(atlas.index, lon, lat, tracks.joined, **options)
    sets, set_of = _sets(atlas)
    parts = {_ZONES: zones}
    if atlas.land is not None and atlas.land_index is not None:
        empty = np.array([not members for members in sets])[set_of]
        parts[_LAND] = walk(
            atlas.land_index, lon, lat, tracks.joined & _may_be_land(zones, empty), **options
        )
    if belts and atlas.overlay_index is not None:
        parts[_OVERLAYS] = walk(atlas.overlay_index, lon, lat, tracks.joined, **options)
    moments = _Moments.of(tracks, parts)
    return moments.told(tracks, atlas, zones.lengths, sets, set_of)


def _sets(atlas: Atlas) -> tuple[list[tuple[int, ...]], NDArray[np.int64]]:
    """Distinct sets of selected zones, and which of them each answer code stands for."""
    chosen = None if atlas.selected is None else frozenset(atlas.selected)
    number: dict[tuple[int, ...], int] = {(): 0}
    set_of = np.zeros(atlas.index.n_codes + 1, np.int64)
    for code in range(1, atlas.index.n_codes + 1):
        members = atlas.index.zones(code)
        if chosen is not None:
            members = tuple(zone for zone in members if zone in chosen)
        set_of[code] = number.setdefault(members, len(number))
    return list(number), set_of


def _may_be_land(zones: Walked, empty: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fixes to which a path leads that is somewhere in no zone."""
    outside = empty[np.maximum(zones.codes, 0)]
    may = outside.copy()
    may[1:] |= outside[:-1]
    crossed = zones.segment[empty[np.maximum(zones.before, 0)] | empty[np.maximum(zones.after, 0)]]
    may[crossed + 1] = True
    return may


@dataclass
class _Moments:
    """All moments in their order, with the code of each layer from then on."""

    mark: NDArray[np.int8]
    turn: NDArray[np.int8]
    fix: NDArray[np.int64]
    gone: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    angle: NDArray[np.float64]
    layer: NDArray[np.int8]
    vertex: NDArray[np.int64]
    codes: dict[int, NDArray[np.int64]]

    @classmethod
    def of(cls, tracks: Tracks, parts: dict[int, Walked]) -> _Moments:
        n = len(tracks)
        is_first = np.ones(n, bool)
        is_first[1:] = tracks.ship[1:] != tracks.ship[:-1]
        is_last = np.ones(n, bool)
        is_last[:-1] = is_first[1:]
        after_gap = np.flatnonzero(~tracks.joined & ~is_first)
        # Which they are, what they are called, and their turn among those of one fix.
        fixed = [
            (np.flatnonzero(is_first), FIRST_FIX, 0),
            (after_gap, GAP_MARK, 0),
            (after_gap - 1, GAP_MARK, _BEGINS_GAP),
            (np.flatnonzero(is_last), LAST_FIX, 3),
        ]
        at = np.concatenate([which for which, _, _ in fixed])
        walked = list(parts.items())
        moving = [
            np.full(sum(len(part) for part in parts.values()), value) for value in (CROSSED, 1)
        ]

        def joined(still: Any, crossed: str, dtype: Any) -> NDArray[Any]:
            return np.concatenate([still, *(getattr(part, crossed) for _, part in walked)]).astype(
                dtype
            )

        mark, turn = (
            np.concatenate([*(np.full(len(which[0]), which[k]) for which in fixed), moving[k - 1]])
            for k in (1, 2)
        )
        fix = joined(at, "segment", np.int64)
        gone = joined(np.zeros(len(at)), "gone", np.float64)
        layer = np.concatenate(
            [np.full(len(at), -1), *(np.full(len(part), which) for which, part in walked)]
        ).astype(np.int8)
        order = np.lexsort((layer, gone, turn, fix))
        moments = cls(
            mark=mark.astype(np.int8)[order],
            turn=turn.astype(np.int8)[order],
            fix=fix[order],
            gone=gone[order],
            lon=joined(tracks.lon[at], "lon", np.float64)[order],
            lat=joined(tracks.lat[at], "lat", np.float64)[order],
            angle=joined(np.full(len(at), np.nan), "angle", np.float64)[order],
            layer=layer[order],
            vertex=joined(np.full(len(at), -1), "vertex", np.int64)[order],
            codes={},
        )
        number = np.concatenate(
            [np.zeros(len(at), np.int64), *(np.arange(len(p)) for _, p in walked)]
        )
        for which, part in walked:
            moments.codes[which] = moments._carried(which, part, number[order])
        return moments

    def _carried(self, which: int, part: Walked, number: NDArray[np.int64]) -> NDArray[np.int64]:
        """The code of a layer from each moment on: after its last crossing, or at the fix."""
        at = np.where(self.layer == which, np.arange(len(self.fix)), -1)
        at = np.maximum.accumulate(at)
        holds = (at >= 0) & (self.fix[at] == self.fix)
        after = part.after[number[at]] if len(part) else np.zeros(len(at), np.int64)
        return np.where(holds, after, part.codes[self.fix]).astype(np.int64)

    def kept(self, keep: NDArray[np.bool_]) -> _Moments:
        values = {
            name: getattr(self, name)[keep] for name in self.__dataclass_fields__ if name != "codes"
        }
        return _Moments(**values, codes={which: codes[keep] for which, codes in self.codes.items()})

    def told(
        self,
        tracks: Tracks,
        atlas: Atlas,
        lengths: NDArray[np.float64],
        sets: list[tuple[int, ...]],
        set_of: NDArray[np.int64],
    ) -> Timeline:
        """Say what the codes mean, and leave out crossings at which nothing changes."""
        here = self.kept(~self._are_one())
        in_gap = here.turn == _BEGINS_GAP
        zone_set = set_of[np.maximum(here.codes[_ZONES], 0)]
        empty = np.array([not members for members in sets])[zone_set] & ~in_gap
        # Codes that differ only in zones that are not selected are one.
        first_code = np.zeros(len(sets), np.int64)
        first_code[set_of[::-1]] = np.arange(len(set_of))[::-1]
        answer = first_code[zone_set]
        land = np.zeros(len(here.fix), bool)
        if _LAND in here.codes:
            land = empty & (here.codes[_LAND] > 0)
        covered = np.ones(len(here.fix), bool)
        todo = np.flatnonzero(empty & (here.mark != LAST_FIX))
        if len(todo):
            lon, lat = here._in_between(todo, tracks)
            if _LAND not in here.codes:
                land[todo] = atlas.is_land(lon, lat)
            covered[todo] = atlas.locate(lon, lat).answer != -1
        answer = np.where(empty & ~covered, -1, answer)
        answer = np.where(in_gap, GAP, answer)
        overlay = here.codes.get(_OVERLAYS)
        keys = [answer, land, np.full(len(answer), -1) if overlay is None else overlay]
        table = np.column_stack(
            [np.where(in_gap, 0, key) if k else key for k, key in enumerate(keys)]
        )
        distinct, state = np.unique(table, axis=0, return_inverse=True)
        state = np.where(here.mark == LAST_FIX, -1, state.reshape(-1))
        changes = here.mark != CROSSED
        changes[1:] |= state[1:] != state[:-1]
        here, state = here.kept(changes), state[changes]
        return here._dated(tracks, lengths, _states(distinct, atlas, sets, set_of, overlay), state)

    def _are_one(self) -> NDArray[np.bool_]:
        """Crossings that the next one, of another layer at the same place, stands for too.

        That next one is moved to where the first of them is.
        """
        both = (self.mark[1:] == CROSSED) & (self.mark[:-1] == CROSSED)
        one = both & (self.fix[1:] == self.fix[:-1]) & (self.layer[1:] != self.layer[:-1])
        one &= np.diff(self.gone) <= _ONE
        first = np.flatnonzero(one)
        for _ in self.codes:
            for values in (self.gone, self.lon, self.lat, self.angle):
                values[first + 1] = values[first]
            edge = first[self.layer[first] == _ZONES]
            self.layer[edge + 1], self.vertex[edge + 1] = _ZONES, self.vertex[edge]
        return np.append(one, False)[: len(self.mark)]

    def _in_between(
        self, which: NDArray[np.int64], tracks: Tracks
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """A place halfway from each moment to the next, or to the next fix if that is nearer."""
        following = np.minimum(which + 1, len(self.fix) - 1)
        same = self.fix[following] == self.fix[which]
        same &= following != which
        fix = np.minimum(self.fix[which] + 1, len(tracks) - 1)
        lon = np.where(same, self.lon[following], tracks.lon[fix])
        lat = np.where(same, self.lat[following], tracks.lat[fix])
        far, azimuth, _ = geodesy.inverse(self.lon[which], self.lat[which], lon, lat)
        x, y, _ = geodesy.direct(self.lon[which], self.lat[which], azimuth, far / 2.0)
        alone = far == 0.0
        return np.where(alone, self.lon[which], x), np.where(alone, self.lat[which], y)

    def _dated(
        self,
        tracks: Tracks,
        lengths: NDArray[np.float64],
        states: list[State],
        state: NDArray[np.int64],
    ) -> Timeline:
        following = np.minimum(self.fix + 1, len(tracks) - 1)
        length = lengths[np.minimum(self.fix, len(lengths) - 1)] if len(lengths) else self.gone
        share = np.divide(self.gone, length, out=np.zeros(len(self.gone)), where=length > 0)
        span = tracks.time[following] - tracks.time[self.fix]
        time = tracks.time[self.fix] + np.rint(share * span).astype(np.int64)
        return Timeline(
            tracks=tracks,
            lengths=lengths,
            states=states,
            ship=tracks.ship[self.fix],
            mark=self.mark,
            fix=self.fix,
            gone=self.gone,
            time=time,
            lon=self.lon,
            lat=self.lat,
            angle=self.angle,
            state=state,
            layer=self.layer,
            vertex=self.vertex,
        )


def _states(
    distinct: NDArray[np.int64],
    atlas: Atlas,
    sets: list[tuple[int, ...]],
    set_of: NDArray[np.int64],
    overlay: NDArray[np.int64] | None,
) -> list[State]:
    index: CellIndex | None = atlas.overlay_index
    states = []
    for answer, land, code in distinct.tolist():
        zones = sets[set_of[answer]] if answer > 0 else ()
        belts = index.zones(code) if index is not None and overlay is not None else None
        states.append(State(answer, zones, bool(land), belts))
    return states
