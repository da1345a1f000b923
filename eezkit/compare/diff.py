"""What differs between two datasets: zones, areas, and the answers at sea.

Zones are matched by what names them, or else by where they lie; answers are compared at
positions drawn uniformly by area from the whole globe.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import OptionError
from eezkit.geodesy import EdgeModel, polygon_area

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.zones import Zone

__all__ = ["AreaChange", "Difference", "Moved", "Renamed", "diff"]

SCHEMA_VERSION = 1
_GLOBE_KM2 = 510_065_621.7241
_E = 0.0818191908426215
"""Eccentricity of the WGS 84 ellipsoid."""
_ROUNDING = 1e-9
"""Relative: a smaller change of area is none."""
_MOSTLY = 0.5
"""Share of the smaller zone's positions that both must hold to be one zone under two names."""
_LEAST = 3
"""Positions: fewer in common say nothing of two zones."""

Answer = tuple[str, ...]
"""Names of what holds a position, in order; () for none."""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A zone that both datasets have under another name.

    Parameters
    ----------
    before, after : str
        The names.
    mrgid : int or None
        In the second dataset.
    matched_by : {"mrgid", "parties", "overlap"}
        On what evidence they are called one zone.
    """

    before: str
    after: str
    mrgid: int | None
    matched_by: str


@dataclass(frozen=True, slots=True)
class AreaChange:
    """A zone whose area is another.

    Parameters
    ----------
    zone : str
        Its name in the second dataset.
    mrgid : int or None
    before_km2, after_km2 : float
        Square kilometres, straight in longitude/latitude between vertices.
    """

    zone: str
    mrgid: int | None
    before_km2: float
    after_km2: float

    @property
    def change_km2(self) -> float:
        """After less before."""
        return self.after_km2 - self.before_km2


@dataclass(frozen=True, slots=True)
class Moved:
    """Positions whose answer goes from one to another.

    Parameters
    ----------
    before, after : tuple of str
        What held them and what holds them: sovereigns, or zones; empty for nobody.
    n_positions : int
        How many of the positions drawn.
    area_km2 : float
        The area they stand for, in square kilometres.
    lon, lat : float
        One of them, in the middle of the others as far as one is, in degrees.
    """

    before: Answer
    after: Answer
    n_positions: int
    area_km2: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two datasets.

    Parameters
    ----------
    before, after : str
        Names of the datasets.
    added, gone : tuple of str
        Names of zones that only the second, only the first has.
    renamed : tuple of Renamed
    area_changes : tuple of AreaChange
        The largest first.
    n_positions : int
        How many positions were drawn.
    n_at_sea : int
        How many of them lie in a zone of either, or on no land that either knows.
    n_compared : int
        How many of these both datasets cover.
    by_sovereign, by_zone : tuple of Moved
        Where answers differ, the most positions first: by the States named, by zones.
    """

    before: str
    after: str
    added: tuple[str, ...]
    gone: tuple[str, ...]
    renamed: tuple[Renamed, ...]
    area_changes: tuple[AreaChange, ...]
    n_positions: int
    n_at_sea: int
    n_compared: int
    by_sovereign: tuple[Moved, ...]
    by_zone: tuple[Moved, ...]

    def __bool__(self) -> bool:
        """Whether anything differs at all."""
        found = (self.added, self.gone, self.renamed, self.area_changes)
        return any((*found, self.by_sovereign, self.by_zone))

    @property
    def share_by_sovereign(self) -> float:
        """Share of the compared positions whose sovereigns differ, 0 to 1."""
        return _share(self.by_sovereign, self.n_compared)

    @property
    def share_by_zone(self) -> float:
        """Share of the compared positions whose zones differ, 0 to 1."""
        return _share(self.by_zone, self.n_compared)

    def to_json(self) -> dict[str, Any]:
        """Return the difference as the results contract has it."""
        from dataclasses import asdict

        value = asdict(self)
        for change in value["area_changes"]:
            change["change_km2"] = change["after_km2"] - change["before_km2"]
        return {
            "schema_version": SCHEMA_VERSION,
            "differs": bool(self),
            "share_by_sovereign": self.share_by_sovereign,
            "share_by_zone": self.share_by_zone,
            **value,
        }

    def to_markdown(self, *, n_rows: int = 20) -> str:
        """Write the difference for a reader.

        Parameters
        ----------
        n_rows : int
            How many rows a table has at most; how many more there are is said.

        Returns
        -------
        str
            Markdown, ending with a line break.
        """
        lines = [f"# {self.before} → {self.after}", ""]
        if not self:
            lines += ["No difference.", ""]
        for title, names in (("Added", self.added), ("Gone", self.gone)):
            rows = [(name,) for name in names]
            lines += _table(f"{title}: {len(names)}", ("zone",), rows, n_rows)
        lines += _table(
            f"Renamed: {len(self.renamed)}",
            ("before", "after", "matched by"),
            [(one.before, one.after, one.matched_by) for one in self.renamed],
            n_rows,
        )
        lines += _table(
            f"Of another area: {len(self.area_changes)}",
            ("zone", "before, km²", "after, km²", "change, km²"),
            [
                (one.zone, *_km2(one.before_km2, one.after_km2), f"{one.change_km2:+,.3f}")
                for one in self.area_changes
            ],
            n_rows,
        )
        lines += [
            f"Of {self.n_positions:,} positions drawn uniformly by area, {self.n_at_sea:,} lie at "
            f"sea, and of {self.n_compared:,} both datasets say something: "
            f"{self.share_by_sovereign:.4%} change sovereigns, {self.share_by_zone:.4%} zones.",
            "",
        ]
        for what, moved in (("sovereigns", self.by_sovereign), ("zones", self.by_zone)):
            lines += _table(
                f"Other {what}: {len(moved)} kinds of change",
                ("before", "after", "positions", "about, km²", "for example (lat, lon)"),
                [
                    (
                        " + ".join(one.before) or "none",
                        " + ".join(one.after) or "none",
                        f"{one.n_positions:,}",
                        f"{one.area_km2:,.0f}",
                        f"{one.lat:.4f}, {one.lon:.4f}",
                    )
                    for one in moved
                ],
                n_rows,
            )
        return "\n".join(lines).rstrip() + "\n"


def diff(a: Atlas, b: Atlas, *, n: int = 200_000, seed: int = 0) -> Difference:
    """Compare two datasets: which zones, which areas, which answers.

    Parameters
    ----------
    a, b : Atlas
        Before and after.
    n : int
        How many positions to draw, uniformly by area over the globe.
    seed : int
        Of the draw; the same seed gives the same positions.

    Returns
    -------
    Difference

    Raises
    ------
    OptionError
        If `n` is less than 1.

    Notes
    -----
    Zones are one and the same if they have the same MRGID; or else the same name and sovereigns,
    or the same kind and parties, if nothing else on their side has and they do not lie apart; or
    else if more than half of the positions in the smaller one lie in both.

    A share `p` of `n` compared positions has a standard error of ``sqrt(p (1 - p) / n)``: of
    140,000 at sea, a share of 1 % is known to 0.03 %. A change smaller than some 10,000 km² may
    be missed by the positions, but not by the areas.
    """
    if n < 1:
        raise OptionError(f"{n} positions cannot be compared. Accepted are 1 and more.")
    lon, lat = _uniform(n, seed)
    codes = tuple(atlas.locate(lon, lat).answer for atlas in (a, b))
    ashore = (codes[0] <= 0) & (codes[1] <= 0)
    ashore[ashore] = a.is_land(lon[ashore], lat[ashore]) | b.is_land(lon[ashore], lat[ashore])
    compared = ~ashore & (codes[0] >= 0) & (codes[1] >= 0)
    pairs = _match(a, b, _common(a, b, *codes))
    renamed = tuple(
        Renamed(a.every_zone[i].name, b.every_zone[j].name, b.every_zone[j].mrgid, why)
        for (i, j), why in pairs.items()
        if a.every_zone[i].name != b.every_zone[j].name
    )
    position = lon[compared], lat[compared], codes[0][compared], codes[1][compared]
    one_name = {i: (b.every_zone[j].name, j) for i, j in pairs}
    return Difference(
        before=_title(a),
        after=_title(b),
        added=_names(b, {j for _, j in pairs}),
        gone=_names(a, {i for i, _ in pairs}),
        renamed=renamed,
        area_changes=_area_changes(a, b, pairs),
        n_positions=n,
        n_at_sea=int((~ashore).sum()),
        n_compared=int(compared.sum()),
        by_sovereign=_moved(
            _answers(a, lambda i: [(state, 0) for state in _sovereigns(a.every_zone[i])]),
            _answers(b, lambda j: [(state, 0) for state in _sovereigns(b.every_zone[j])]),
            *position,
            n=n,
        ),
        by_zone=_moved(
            _answers(a, lambda i: [one_name.get(i, (a.every_zone[i].name, -1 - i))]),
            _answers(b, lambda j: [(b.every_zone[j].name, j)]),
            *position,
            n=n,
        ),
    )


def _match(a: Atlas, b: Atlas, common: Counter[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Zones of both that are one and the same, and on what evidence; the surest goes first."""
    rest_a, rest_b = _chosen(a), _chosen(b)
    size_a, size_b = Counter[int](), Counter[int]()
    for (i, j), number in common.items():
        size_a[i] += number
        size_b[j] += number
    pairs: dict[tuple[int, int], str] = {}

    def pair(i: int, j: int, why: str) -> None:
        rest_a.remove(i)
        rest_b.remove(j)
        pairs[i, j] = why

    for why, key in _KEYS.items():
        found_a = _singles((key(a.every_zone[i]), i) for i in rest_a)
        found_b = _singles((key(b.every_zone[j]), j) for j in rest_b)
        for what, i in found_a.items():
            j = found_b.get(what, -1)
            apart = min(size_a[i], size_b[j]) >= _LEAST and not common[i, j]
            if j >= 0 and (why == "mrgid" or not apart):
                pair(i, j, why)
    for (i, j), number in sorted(common.items(), key=lambda item: (-item[1], item[0])):
        mostly = number >= _LEAST and number > _MOSTLY * min(size_a[i], size_b[j])
        if mostly and i in rest_a and j in rest_b:
            pair(i, j, "overlap")
    return dict(sorted(pairs.items()))


def _sovereigns(zone: Zone) -> list[str]:
    return [party.sovereign for party in zone.parties]


def _name_key(zone: Zone) -> Any:
    return (zone.name, frozenset(_sovereigns(zone))) if zone.name else None


def _parties_key(zone: Zone) -> Any:
    lands = frozenset((party.sovereign, party.territory) for party in zone.parties)
    return (zone.kind, lands) if lands else None


_KEYS: dict[str, Callable[[Zone], Any]] = {
    "mrgid": lambda zone: zone.mrgid,
    "name": _name_key,
    "parties": _parties_key,
}
"""By what a zone is known again, the surest first; None where it has no such thing."""


def _singles(items: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """Which zone has a key that no other has."""
    listed = [(key, number) for key, number in items if key is not None]
    count = Counter(key for key, _ in listed)
    return {key: number for key, number in listed if count[key] == 1}


def _chosen(atlas: Atlas) -> list[int]:
    return list(range(len(atlas.every_zone)) if atlas.selected is None else atlas.selected)


def _held(atlas: Atlas, code: int) -> list[int]:
    """Numbers of the selected zones that an answer code stands for."""
    held = atlas.index.zones(code)
    return [i for i in held if atlas.selected is None or i in atlas.selected]


def _names(atlas: Atlas, known: set[int]) -> tuple[str, ...]:
    return tuple(atlas.every_zone[i].name for i in _chosen(atlas) if i not in known)


def _title(atlas: Atlas) -> str:
    return f"{atlas.provenance.name} {atlas.provenance.version}".strip()


def _uniform(n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions uniform by area on the ellipsoid, in degrees."""
    rng = np.random.default_rng(seed)
    sine = np.linspace(-1.0, 1.0, 20_001)
    # The area south of each parallel, to a factor: Snyder (1987), equation 3-12.
    south = sine / (1.0 - _E**2 * sine**2) + np.arctanh(_E * sine) / _E
    drawn = np.interp(rng.uniform(south[0], south[-1], n), south, sine)
    return rng.uniform(-180.0, 180.0, n), np.degrees(np.arcsin(drawn))


def _common(
    a: Atlas, b: Atlas, code_a: NDArray[np.int32], code_b: NDArray[np.int32]
) -> Counter[tuple[int, int]]:
    """How many positions a zone of one and a zone of the other both hold; -1 is no zone."""
    common = Counter[tuple[int, int]]()
    codes, count = np.unique(np.stack([code_a, code_b]), axis=1, return_counts=True)
    for first, second, number in zip(*codes.tolist(), count.tolist(), strict=True):
        for pair in itertools.product(_held(a, first) or [-1], _held(b, second) or [-1]):
            common[pair] += number
    return common


def _area_changes(a: Atlas, b: Atlas, pairs: Iterable[tuple[int, int]]) -> tuple[AreaChange, ...]:
    before, after = (polygon_area(atlas.rings, model=EdgeModel.PLANAR) / 1e6 for atlas in (a, b))
    changes = [
        AreaChange(b.every_zone[j].name, b.every_zone[j].mrgid, float(before[i]), float(after[j]))
        for i, j in pairs
        if abs(before[i] - after[j]) > _ROUNDING * max(before[i], after[j])
    ]
    return tuple(sorted(changes, key=lambda one: -abs(one.change_km2)))


_Label = tuple[str, int]
"""A name as it is shown, and a number that tells apart what has one name."""


def _answers(
    atlas: Atlas, labels: Callable[[int], Iterable[_Label]]
) -> Callable[[int], tuple[_Label, ...]]:
    """What an answer code says, in labels of its zones; each once, in order."""
    return lambda code: tuple(sorted({label for i in _held(atlas, code) for label in labels(i)}))


def _moved(
    before: Callable[[int], tuple[_Label, ...]],
    after: Callable[[int], tuple[_Label, ...]],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    code_a: NDArray[np.int32],
    code_b: NDArray[np.int32],
    *,
    n: int,
) -> tuple[Moved, ...]:
    """Gather positions by what their answer was and is, where that is not the same."""
    codes, kind = np.unique(np.stack([code_a, code_b]), axis=1, return_inverse=True)
    answers = [(before(first), after(second)) for first, second in codes.T.tolist()]
    numbers = {answer: k for k, answer in enumerate(dict.fromkeys(answers))}
    change = np.array([numbers[answer] for answer in answers], dtype=np.int64)[kind.reshape(-1)]
    found = []
    for answer, k in numbers.items():
        if answer[0] == answer[1]:
            continue
        at = np.flatnonzero(change == k)
        middle = at[_most_central(lon[at], lat[at])]
        was, becomes = (tuple(name for name, _ in labels) for labels in answer)
        area = len(at) / n * _GLOBE_KM2
        found.append(Moved(was, becomes, len(at), area, float(lon[middle]), float(lat[middle])))
    return tuple(sorted(found, key=lambda one: (-one.n_positions, one.before, one.after)))


def _most_central(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> int:
    """The position nearest to the middle of all, on the sphere: near enough for an example."""
    x, y = np.radians(lon), np.radians(lat)
    space = np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)])
    return int(np.argmax(space.mean(axis=1) @ space))


def _share(moved: Iterable[Moved], n: int) -> float:
    return sum(one.n_positions for one in moved) / n if n else 0.0


def _km2(*areas: float) -> tuple[str, ...]:
    return tuple(f"{area:,.3f}" for area in areas)


def _table(
    title: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], n_rows: int
) -> list[str]:
    """A Markdown table under its title; nothing where there are no rows."""
    if not rows:
        return []
    shown = [tuple(cell.replace("|", "\\|") for cell in row) for row in rows[:n_rows]]
    lines = [f"## {title}", "", *(f"| {' | '.join(row)} |" for row in (head, *shown)), ""]
    lines.insert(3, "|" + "---|" * len(head))
    if len(rows) > n_rows:
        lines += [f"And {len(rows) - n_rows} more.", ""]
    return lines
