"""Which zones a position lies in: a cell index over flat arrays, exact on every edge.

The globe is cut into cells of half a degree. A cell through which edges pass is cut into a grid
of its own, as fine as its edges are many, and so on until a cell has few edges. A cell without
edges has an answer code. A cell with edges, a *leaf*, has the chains of edges that pass through
it and a table of answer codes; which code holds is told by the parity of each chain below the
position, relative to the parity at the cell's lower left corner.

The edge rule
-------------
A position is answered as if moved by (+e, +e**2), e vanishing, after its longitude is brought to
[-180, 180). So a position on a meridional edge belongs to the zone east of it, one on any other
edge to the zone that lies next to it in the east, one on an edge along a parallel to the zone
north of it; zones that adjoin hold each position exactly once. A pole has one longitude, -180,
and the north pole is moved south instead: a zone closed along 90° or -90° holds its pole.

Away from edges a zone holds what `shapely.intersects_xy` says of its unprepared polygons, valid
or not: a position is in a ring if it is surrounded an odd number of times, in a polygon if it is
in its shell and in none of its holes, in a zone if it is in one of its polygons.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import CoordinateError, DataFormatError, OptionError
from eezkit.kernels import cells
from eezkit.positions import as_floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from eezkit.geometry import Rings

__all__ = ["NOT_A_POSITION", "NOT_COVERED", "NO_ZONE", "CellIndex"]

NO_ZONE = 0
"""Answer code of a position in no zone."""

NOT_COVERED = -1
"""Answer code of a position of which the dataset says nothing; the index itself never gives it."""

NOT_A_POSITION = -2
"""Answer code of what is not on the globe: not finite, masked, or beyond a pole."""

# Below this many positions a thread costs more than it brings.
_PER_THREAD = 1 << 15


@dataclass(frozen=True, eq=False)
class CellIndex:
    """Which zones a position lies in, for one position or a billion.

    Make one with `build`. The arrays are read-only in use and may be mapped from a file.

    Parameters
    ----------
    xy : numpy.ndarray of float64, shape (2 * n_vertices,)
        Longitude and latitude of each vertex in turn, in degrees, brought to [-180, 180] by whole
        turns of the polygon.
    far, rest : numpy.ndarray of int64 and of float64, shape (n_far,)
        Vertices whose turned longitude is not exact, and what it lacks, in degrees.
    grid : numpy.ndarray of int32, shape (n_entries,)
        Entries of all grids, column by column: an answer code, or the complement of twice a node
        or of a leaf's offset + 1.
    nodes : numpy.ndarray of int32, shape (2 * n_nodes,)
        Of each grid: its first entry; cells per degree and cells per side, as powers of 2.
    leaves : numpy.ndarray of int32, shape (n_leaf_words,)
        Of each leaf: offset of its table; number of chains and mask at the corner; then of each
        chain its first vertex, its number of edges, which ends go on below, bits it flips.
    tables : numpy.ndarray of int32, shape (n_table_words,)
        Answer codes by the parities of the leaf's chains.
    poles : numpy.ndarray of int32, shape (2,)
        Answer codes of the south and the north pole.
    set_starts, set_zones : numpy.ndarray of int32, shape (n_codes + 2,) and (n_members,)
        Code `c` stands for the zones ``set_zones[set_starts[c]:set_starts[c + 1]]``.
    """

    xy: NDArray[np.float64]
    far: NDArray[np.int64]
    rest: NDArray[np.float64]
    grid: NDArray[np.int32]
    nodes: NDArray[np.int32]
    leaves: NDArray[np.int32]
    tables: NDArray[np.int32]
    poles: NDArray[np.int32]
    set_starts: NDArray[np.int32]
    set_zones: NDArray[np.int32]

    @classmethod
    def build(cls, rings: Rings) -> CellIndex:
        """Build the index of these zones.

        Parameters
        ----------
        rings : Rings
            Zones as published; longitudes in any turn, such as 0 to 360 or running on past 180.

        Returns
        -------
        CellIndex

        Raises
        ------
        DataFormatError
            If a vertex is not on the globe, a ring is not closed, or too many zones to tell apart
            meet at one point.

        Notes
        -----
        Time and size are proportional to the number of vertices, about 50 bytes each.
        """
        from eezkit.kernels.cells_build import Builder, States, TooManyLabelsError
        from eezkit.lookup.outline import Outline

        outline = Outline.of(rings)
        states = States(outline.labels, outline.polygon_of, outline.is_shell, outline.zone_of)
        builder = Builder(outline.xy, outline.far, outline.rest, outline.label, states)
        try:
            grid, nodes, leaves = builder.build()
        except TooManyLabelsError as error:
            lon, lat, number = error.args
            raise DataFormatError(
                f"{number} edges pass within 0.1 mm of each other at lon={lon:.9f}, lat={lat:.9f}, "
                "and more than 12 of them are independent, which the cell index cannot tell apart. "
                "Are several datasets stacked in one layer?"
            ) from None
        is_final = grid >= 0
        for state in np.unique(grid[is_final]):
            states.code(state)
        poles = [states.code(states.id_of(rings)) for rings in outline.at_poles()]
        # Codes are numbered in the order of their zones, not in that of their discovery.
        sets = sorted(states.code_of)
        code_of = np.empty(len(sets), np.int32)
        code_of[[states.code_of[zones] for zones in sets]] = np.arange(len(sets))
        codes = np.array(states.codes, np.int32)
        codes = np.where(codes < 0, codes, code_of[codes])
        grid[is_final] = codes[grid[is_final]]
        return cls(
            outline.xy,
            outline.far,
            outline.rest,
            grid,
            nodes,
            leaves,
            code_of[np.array(states.tables, np.int64)],
            code_of[poles],
            np.cumsum([0, *map(len, sets)], dtype=np.int32),
            np.array([zone for zones in sets for zone in zones], np.int32),
        )

    @property
    def n_codes(self) -> int:
        """Highest answer code: codes 1 to `n_codes` each stand for one set of zones.

        A few of the sets may hold no position: where several zones' edges meet in a leaf, every
        combination has a code.
        """
        return len(self.set_starts) - 2

    def zones(self, code: int) -> tuple[int, ...]:
        """Zones that an answer code stands for.

        Parameters
        ----------
        code : int
            As `locate` gave it.

        Returns
        -------
        tuple of int
            Indices of zones, ascending; empty for the codes from 0 down.

        Raises
        ------
        OptionError
            If the index has no such code.
        """
        if not NOT_A_POSITION <= code <= self.n_codes:
            raise OptionError(
                f"There is no answer code {code}. Accepted are {NOT_A_POSITION} to {self.n_codes}; "
                "is it the code of another dataset?"
            )
        if code <= NO_ZONE:
            return ()
        return tuple(self.set_zones[self.set_starts[code] : self.set_starts[code + 1]].tolist())

    def locate(
        self, lon: ArrayLike, lat: ArrayLike, *, threads: int | None = None
    ) -> NDArray[np.int32]:
        """Answer codes of positions.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees; longitudes in any turn. Strided arrays are read in place; a masked element is
            not a position.
        threads : int, optional
            How many threads to use; as many as there are processors if None. It changes the time
            taken and nothing else.

        Returns
        -------
        numpy.ndarray of int32, shape of `lon` and `lat` broadcast
            `NO_ZONE`, `NOT_A_POSITION`, or a code for `zones`.

        Raises
        ------
        CoordinateError
            If the arrays are not numbers, or do not broadcast.
        OptionError
            If `threads` is below 1.

        Notes
        -----
        Exact: no tolerance, no rounding. A position costs a constant time, whatever the number
        of zones and vertices; one on an edge or a vertex costs little more than another.
        """
        if threads is not None and threads < 1:
            raise OptionError(f"threads is {threads}. Accepted are 1 and more, or None for all.")
        x, y = _positions(lon, lat)
        codes = np.empty(x.shape, np.int32)
        flat_x, flat_y, flat_codes = x.reshape(-1), y.reshape(-1), codes.reshape(-1)
        n_threads = min(threads or processors(), -(-flat_x.size // _PER_THREAD))
        if n_threads <= 1:
            self._locate_flat(flat_x, flat_y, flat_codes)
            return codes
        from concurrent.futures import ThreadPoolExecutor

        cuts = np.linspace(0, flat_x.size, n_threads + 1).astype(np.int64)
        parts = [slice(a, b) for a, b in pairwise(cuts)]
        with ThreadPoolExecutor(n_threads) as pool:
            done = [
                pool.submit(self._locate_flat, flat_x[p], flat_y[p], flat_codes[p]) for p in parts
            ]
        for part in done:
            part.result()
        return codes

    def locate_one(self, lon: float, lat: float) -> int:
        """Answer code of one position, without anything that `locate` needs only for many.

        Parameters
        ----------
        lon, lat : float
            Degrees.

        Returns
        -------
        int
        """
        code = np.empty(1, np.int32)
        self._locate_flat(np.array([lon], np.float64), np.array([lat], np.float64), code)
        return int(code[0])

    def _locate_flat(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], codes: NDArray[np.int32]
    ) -> None:
        cells.locate(
            lon, lat, codes, self.xy, self.far, self.rest, self.grid, self.nodes, self.leaves,
            self.tables, self.poles,
        )  # fmt: skip

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Name the arrays, for a file."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> CellIndex:
        """Take back what `to_arrays` named; nothing is copied or read."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})  # type: ignore[arg-type]


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _positions(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Broadcast positions, with NaN where they are missing."""
    try:
        x, y = as_floats(lon), as_floats(lat)
        if x.shape == y.shape:
            return x, y
        x, y = np.broadcast_arrays(x, y)
    except (TypeError, ValueError) as error:
        raise CoordinateError(
            f"lon and lat are not arrays of numbers that broadcast against each other: {error}."
        ) from error
    return x, y
