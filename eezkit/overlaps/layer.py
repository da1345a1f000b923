"""The noded layer of an atlas: edges of which none cross, with what lies on either side."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from eezkit.geometry import Rings
from eezkit.kernels.overlay import Overlay
from eezkit.lookup import CellIndex
from eezkit.overlaps.noding import node, on_grid, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Codes = NDArray[np.int32]

__all__ = ["HIGHEST", "NodedLayer", "Place", "stacked"]

HIGHEST = float(on_grid(90.0 - 1e-11))
"""Degrees: what is asked about ends here, a micrometre from the pole, where all sides are told."""

# Degrees: how far beside the middle of an edge its sides are asked for. No other edge is as near.
_BESIDE = 2e-12


class Place(NamedTuple):
    """What a part of the globe is.

    Parameters
    ----------
    kind : str
        "zone", "land", "high seas", "not covered" or "unassigned".
    zones : tuple of int
        The zones that hold it, all of them; empty but for "zone".
    """

    kind: str
    zones: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class NodedLayer:
    """The globe divided into places, by edges of which none cross.

    Parameters
    ----------
    ends : numpy.ndarray of float64, shape (n_edges, 4)
        Longitude and latitude of both ends, within ±180°, in the order of the tree; the edge is
        straight in longitude/latitude between them.
    left, right : numpy.ndarray of int32, shape (n_edges,)
        Places on either side, as indices into `places`. They differ, but along the south pole.
    boxes, starts : numpy.ndarray of float64, shape (n_boxes, 4), and of int64, (n_levels + 1,)
        A tree of boxes around the edges.
    places : tuple of Place
    """

    ends: Floats
    left: Codes
    right: Codes
    boxes: Floats
    starts: Ints
    places: tuple[Place, ...]

    @classmethod
    def build(
        cls, zones: Rings, *, land: Rings | None = None, covered: Rings | None = None
    ) -> NodedLayer:
        """Node zones, land and the bounds of what is covered.

        Parameters
        ----------
        zones : Rings
        land : Rings, optional
            Where land and a zone overlap, the zone holds.
        covered : Rings, optional
            Where in no zone and not on land "high seas" may be said; everywhere if None.

        Returns
        -------
        NodedLayer

        Raises
        ------
        DataFormatError
            If an edge cannot be noded.
        """
        others = [one for one in (land, covered) if one is not None]
        bent, ends = node(stacked(zones, *others))
        n = zones.n_zones
        # Land often runs along zones for its whole length: by itself each is quickly indexed.
        groups = [range(n), *([n + i] for i in range(len(others)))]
        indices = [CellIndex.build(bent.take(list(group))) for group in groups]
        floor = _floor(ends)
        sides = [*_beside(ends), (floor[:, [0, 2]].mean(axis=1), np.full(len(floor), -HIGHEST))]
        key = np.concatenate([_keys(indices, lon, lat) for lon, lat in sides])
        met, which = np.unique(key, return_inverse=True)
        rows = np.column_stack(np.unravel_index(met, [index.n_codes + 1 for index in indices]))
        told = [_place(row, indices[0], land is not None, covered is not None) for row in rows]
        known = {place: i for i, place in enumerate(dict.fromkeys(told))}
        number = np.array([known[place] for place in told], dtype=np.int32)[which.ravel()]
        left, right, above = np.split(number, [len(ends), 2 * len(ends)])
        real = left != right
        return cls._packed(
            np.concatenate([ends[real], floor]),
            np.concatenate([left[real], above]),
            np.concatenate([right[real], above]),
            tuple(known),
        )

    @classmethod
    def _packed(
        cls, ends: Floats, left: Codes, right: Codes, places: tuple[Place, ...]
    ) -> NodedLayer:
        order, boxes, starts = packed(ends)
        return cls(
            np.ascontiguousarray(ends[order]), left[order], right[order], boxes, starts, places
        )

    def __len__(self) -> int:
        return len(self.ends)

    @functools.cached_property
    def areas(self) -> Floats:
        """Square metres of each place, shape (n_places,)."""
        lon = np.array([-180.0, 180.0, 180.0, -180.0, -180.0])
        lat = HIGHEST * np.array([-1.0, -1.0, 1.0, 1.0, -1.0])
        begun, _ = self.locate(lon[:1], lat[:1])
        _, place, area, _ = self.overlay(4).polygons(
            lon,
            lat,
            np.array([0, 5]),
            np.ones(1),
            np.array([0, 1]),
            begun.astype(np.int32),
        )
        return np.bincount(place, area, len(self.places)).astype(np.float64)

    def overlay(self, most_edges: int = 1) -> Overlay:
        """Make what one thread needs to divide polygons and lines by the layer.

        Parameters
        ----------
        most_edges : int
            Edges of the largest polygon to come.
        """
        return Overlay(
            self.ends,
            self.left,
            self.right,
            self.boxes,
            self.starts,
            len(self.places),
            most_edges,
        )

    def locate(self, lon: Floats, lat: Floats) -> tuple[Ints, Ints]:
        """Places that hold positions, and the edge of the layer next below each.

        Parameters
        ----------
        lon, lat : numpy.ndarray of float64, shape (n,)
            On the grid; longitudes within [-180, 180), latitudes within `HIGHEST`.

        Returns
        -------
        place, edge : numpy.ndarray of int64, shape (n,)
        """
        return self.overlay().locate(np.ascontiguousarray(lon), np.ascontiguousarray(lat))

    def unbalanced(self) -> int:
        """Count the nodes at which the edges do not agree on what lies between them.

        Around a node each place begins as often as it ends. 0, or there is a bug.
        """
        rng = np.random.default_rng(0)
        word = rng.integers(-(2**62), 2**62, len(self.places))
        weight = word[self.left] - word[self.right]
        at = np.concatenate([self.ends[:, :2], self.ends[:, 2:]])
        at[at[:, 0] == 180.0, 0] = -180.0
        weight = np.concatenate([weight, -weight])
        is_pole = np.abs(at[:, 1]) == 90.0
        nodes, number = np.unique(at[~is_pole], axis=0, return_inverse=True)
        total = np.zeros(len(nodes), dtype=np.int64)
        np.add.at(total, number.ravel(), weight[~is_pole])
        return int(np.count_nonzero(total))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Name the arrays, for a file."""
        names = ("ends", "left", "right", "boxes", "starts")
        return {name: getattr(self, name) for name in names}

    def to_json(self) -> list[list[Any]]:
        """Return the places as JSON has them."""
        return [[place.kind, list(place.zones)] for place in self.places]

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], places: Sequence[Any]) -> NodedLayer:
        """Take back what `to_arrays` and `to_json` gave."""
        return cls(**arrays, places=tuple(Place(kind, tuple(zones)) for kind, zones in places))


def _keys(indices: Sequence[CellIndex], lon: Floats, lat: Floats) -> Ints:
    """Number the combinations of answer codes that positions have in several indices."""
    codes = tuple(index.locate(lon, lat) for index in indices)
    return np.ravel_multi_index(codes, [index.n_codes + 1 for index in indices]).astype(np.int64)


def _place(codes: Ints, index: CellIndex, has_land: bool, is_bounded: bool) -> Place:
    """What a position is, by its answer codes in the zones, the land and the coverage."""
    zones = index.zones(int(codes[0]))
    if zones:
        return Place("zone", zones)
    if has_land and codes[1] > 0:
        return Place("land")
    return Place("not covered" if is_bounded and codes[-1] == 0 else "high seas")


def stacked(*layers: Rings) -> Rings:
    """Put layers on one another: all zones of the first, then each of the others as one zone."""
    first, others = layers[0], layers[1:]
    one = [np.array([0, len(layer.polygons) - 1]) for layer in others]
    return Rings(
        np.concatenate([layer.lon for layer in layers]),
        np.concatenate([layer.lat for layer in layers]),
        _chained([layer.rings for layer in layers]),
        _chained([layer.polygons for layer in layers]),
        _chained([first.zones, *one]),
    )


def _chained(starts: Sequence[NDArray[np.integer[Any]]]) -> Ints:
    """Where groups start, of several lists of groups one behind the other."""
    sizes = [np.diff(part) for part in starts]
    return np.concatenate([[0], np.cumsum(np.concatenate(sizes))]).astype(np.int64)


def _beside(ends: Floats) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Positions on the left and on the right of edges."""
    x1, y1, x2, y2 = ends.T
    size = np.hypot(x2 - x1, y2 - y1)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    east, north = _BESIDE * (y2 - y1) / size, _BESIDE * (x2 - x1) / size
    most = np.nextafter(90.0, 0.0)
    return (
        (x - east, np.clip(y + north, -most, most)),
        (x + east, np.clip(y - north, -most, most)),
    )


def _floor(ends: Floats) -> Floats:
    """Edges along the south pole, from one end of an edge there to the next."""
    lon = ends[:, 0::2][ends[:, 1::2] == -90.0]
    stops = np.unique(np.concatenate([[-180.0, 180.0], lon]))
    bottom = np.full(len(stops) - 1, -90.0)
    return np.column_stack([stops[:-1], bottom, stops[1:], bottom])
