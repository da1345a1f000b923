"""Edges of a noded layer cut by the cells of a longitude/latitude grid.

The area of a place within a cell is a sum of areas above the cell's south border: below the pieces
of edges in the cell, which this gives, and below the parts of its north border in that place,
which follow from where edges cross the parallels. What lies on a parallel lies south of it.
"""

import cython
import numpy as np

from eezkit.kernels.noding import longer, viewed

if cython.compiled:
    from cython.cimports.eezkit.kernels.areas import authalic, straight_below
else:
    from eezkit.kernels.areas import authalic, straight_below

_ROOM = 4096


def _first_from(borders, value):
    """Index of the first border not below a value."""
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t = borders.shape[0]
    middle: cython.Py_ssize_t
    while low < high:
        middle = (low + high) // 2
        if borders[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


def _first_beyond(borders, value):
    """Index of the first border above a value."""
    low: cython.Py_ssize_t = 0
    high: cython.Py_ssize_t = borders.shape[0]
    middle: cython.Py_ssize_t
    while low < high:
        middle = (low + high) // 2
        if borders[middle] <= value:
            low = middle + 1
        else:
            high = middle
    return low


class Cutter:
    """Cuts edges by a grid.

    Parameters
    ----------
    ends : numpy.ndarray of float64, shape (n_edges, 4)
        Longitude and latitude of both ends.
    left, right : numpy.ndarray of int32, shape (n_edges,)
        Places on either side; an edge with the same on both is left out.
    lon, lat : numpy.ndarray of float64, shape (n_lon + 1,) and (n_lat + 1,)
        Borders, ascending.
    columns : numpy.ndarray of int64, shape (n_lon,)
        Column of the cells between two meridians; -1 where there are none.
    levels : numpy.ndarray of float64, shape (n_lat + 1,)
        Area between the equator and each parallel, in square metres to the radian.
    n_columns : int
    """

    def __init__(self, ends, left, right, lon, lat, columns, levels, n_columns):
        self.ends, self.left, self.right = viewed(ends), viewed(left), viewed(right)
        self.lon, self.lat = viewed(lon), viewed(lat)
        self.columns, self.levels = viewed(columns), viewed(levels)
        self.n_columns = n_columns
        self.n_pieces = self.n_crossings = 0
        self.pieces = viewed(np.empty((_ROOM, 2), np.int64))
        self.areas = viewed(np.empty((_ROOM, 1)))
        self.crossings = viewed(np.empty((_ROOM, 2), np.int64))
        self.places = viewed(np.empty((_ROOM, 1)))

    def cut(self):
        """Cut all edges.

        Returns
        -------
        pieces : numpy.ndarray of int64, shape (n_pieces, 2)
            Cell (row times columns plus column) and edge of each piece.
        areas : numpy.ndarray of float64, shape (n_pieces,)
            Below the piece, down to the south border; positive where the edge runs east.
        crossings : numpy.ndarray of int64, shape (n_crossings, 2)
            Parallel and edge of each crossing.
        lon : numpy.ndarray of float64, shape (n_crossings,)
            Where that is.
        """
        with cython.nogil:
            self._all()
        return (
            np.asarray(self.pieces)[: self.n_pieces],
            np.asarray(self.areas)[: self.n_pieces, 0],
            np.asarray(self.crossings)[: self.n_crossings],
            np.asarray(self.places)[: self.n_crossings, 0],
        )

    def _all(self):
        edge: cython.Py_ssize_t
        for edge in range(self.ends.shape[0]):
            if self.left[edge] != self.right[edge]:
                self._parallels(edge)
                if self.ends[edge, 0] != self.ends[edge, 2]:
                    self._meridians(edge)
        return 0

    def _parallels(self, edge):
        """Note where an edge crosses parallels."""
        r: cython.Py_ssize_t
        x1 = self.ends[edge, 0]
        y1 = self.ends[edge, 1]
        x2 = self.ends[edge, 2]
        y2 = self.ends[edge, 3]
        for r in range(_first_from(self.lat, min(y1, y2)), _first_from(self.lat, max(y1, y2))):
            if self.n_crossings == self.crossings.shape[0]:
                with cython.gil:
                    self.crossings = longer(self.crossings)
                    self.places = longer(self.places)
            x = x1 + (self.lat[r] - y1) / (y2 - y1) * (x2 - x1)
            self.crossings[self.n_crossings, 0] = r
            self.crossings[self.n_crossings, 1] = edge
            self.places[self.n_crossings, 0] = min(max(x, min(x1, x2)), max(x1, x2))
            self.n_crossings += 1
        return 0

    def _meridians(self, edge):
        """Cut an edge at meridians, going east."""
        i: cython.Py_ssize_t
        n: cython.Py_ssize_t = self.columns.shape[0]
        a: cython.int = 0 if self.ends[edge, 0] < self.ends[edge, 2] else 2
        sign = 1.0 if a == 0 else -1.0
        x1 = self.ends[edge, a]
        y1 = self.ends[edge, a + 1]
        x2 = self.ends[edge, 2 - a]
        y2 = self.ends[edge, 3 - a]
        i = _first_beyond(self.lon, x1) - 1
        x = x1
        y = y1
        while x < x2 and i < n:
            east = min(x2, self.lon[i + 1])
            north = y2
            if east < x2:
                north = y1 + (east - x1) / (x2 - x1) * (y2 - y1)
            if i >= 0 and self.columns[i] >= 0:
                self._rows(edge, self.columns[i], sign, x, y, east, north)
            x = east
            y = north
            i += 1
        return 0

    def _rows(self, edge, column, sign, x1, y1, x2, y2):
        """Cut the part of an edge between two meridians at parallels."""
        n: cython.Py_ssize_t = self.levels.shape[0] - 1
        up: cython.bint = y2 > y1
        is_last: cython.bint = False
        j: cython.Py_ssize_t = _first_beyond(self.lat, y1) - 1
        if j >= 0 and self.lat[j] == y1 and not up:
            j -= 1
        x = x1
        y = y1
        while not is_last:
            is_last = (j >= n or y2 <= self.lat[j + 1]) if up else (j < 0 or y2 >= self.lat[j])
            east = x2
            north = y2
            if not is_last:
                north = self.lat[j + 1] if up else self.lat[j]
                east = min(max(x1 + (north - y1) / (y2 - y1) * (x2 - x1), x), x2)
            if 0 <= j < n:
                self._piece(
                    j * self.n_columns + column,
                    edge,
                    sign * straight_below(x, y, east, north, self.levels[j]),
                )
            x = east
            y = north
            j += 1 if up else -1
        return 0

    def _piece(self, cell, edge, area):
        if self.n_pieces == self.pieces.shape[0]:
            with cython.gil:
                self.pieces = longer(self.pieces)
                self.areas = longer(self.areas)
        self.pieces[self.n_pieces, 0] = cell
        self.pieces[self.n_pieces, 1] = edge
        self.areas[self.n_pieces, 0] = area
        self.n_pieces += 1
        return 0


def levels_of(lat):
    """Area between the equator and parallels, in square metres to the radian of longitude."""
    i: cython.Py_ssize_t
    out = np.empty(len(lat))
    from_array: cython.const[cython.double][::1] = lat
    to_array: cython.double[::1] = out
    for i in range(len(lat)):
        to_array[i] = authalic(from_array[i])
    return out
