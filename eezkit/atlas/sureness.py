"""How far a position may be off before its answer is another: through land and gaps as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eezkit.positions import check_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from eezkit.atlas.atlas import Atlas
    from eezkit.uncertainty import Uncertainty

    Change = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]

__all__ = ["change_of", "is_decided", "stable_within"]


def change_of(asked: Atlas, held: int, *, threads: int | None = None) -> Change:
    """Tell how far from a place the nearest position at sea is that has another answer.

    Parameters
    ----------
    asked : Atlas
        With its selection: whether a position is in one of these; without one: in which zones.
    held : int
        The answer that is given, as a code of the cell index: 0 on land and in no zone.
    threads : int, optional

    Returns
    -------
    callable
        Takes longitudes and latitudes, in degrees, shape (n,), and gives metres: no smaller
        displacement leads to a place at sea with another answer, nor to one that is not covered;
        -inf where the place itself is such.

    Notes
    -----
    Where the seas on both sides of an isthmus belong to different zones, the coast of the other
    one is where its answers begin: so edges of both kinds count, each by the zones beside it.
    """
    edges, sets = asked.edges, asked.edges.sets
    members = asked.index.zones(held)
    if asked.selected is None:
        differs = np.array([set(zones) != set(members) for zones in sets], dtype=bool)
        inside = held > 0
    else:
        chosen = asked._is_selected
        inside = bool(chosen[list(members)].any())
        differs = np.array([chosen[list(zones)].any() != inside for zones in sets], dtype=bool)
    empty = np.array([not zones for zones in sets], dtype=bool)
    seaward, coastal = slice(0, edges.n_seaward), slice(edges.n_seaward, None)

    def beside(where: slice, of: NDArray[np.bool_]) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = of[edges.left[where]] | of[edges.right[where]]
        return found

    # Without a selection every seaward edge has another answer on one side at least.
    at_sea = None if asked.selected is None else beside(seaward, differs)
    # Land has no answer: of a coast only the side with zones counts.
    ashore = beside(coastal, differs & ~empty)
    doubtful = not inside and not asked._covers_everywhere
    open_sea = beside(seaward, empty) if doubtful else None

    def change(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        far = asked.seaward.query(lon, lat, active=at_sea, threads=threads).distance
        shore = asked.coast.query(lon, lat, active=ashore, threads=threads)
        far = np.minimum(far, shore.distance)
        code = np.asarray(asked.index.locate(lon, lat))
        here = np.zeros(len(code), dtype=bool)
        for one in set(code[code > 0].tolist()):
            zones = asked.index.zones(one)
            if asked.selected is None:
                other = set(zones) != set(members)
            else:
                other = bool(asked._is_selected[list(zones)].any()) != inside
            here[code == one] = other
        nowhere = np.flatnonzero(code == 0)
        if inside:
            here[nowhere] = ~asked.is_land(lon[nowhere], lat[nowhere])
        elif doubtful:
            depth = asked.coverage.depth(lon, lat)
            # Within a zone everything is covered: only what lies beyond it may not be.
            within = np.flatnonzero(code > 0)
            beyond = asked.seaward.query(
                lon[within], lat[within], active=open_sea, threads=threads
            ).distance
            depth[within] = np.maximum(depth[within], beyond)
            here[nowhere] = ~asked.coverage.covers(lon[nowhere], lat[nowhere])
            here[nowhere] &= ~asked.is_land(lon[nowhere], lat[nowhere])
            far = np.minimum(far, depth)
        return np.where(here, -np.inf, far)

    return change


def is_decided(change: Change, shape: Uncertainty, lon: float, lat: float) -> bool:
    """Whether every position at sea within an uncertainty has the same answer, and is covered.

    Parameters
    ----------
    change : callable
        As `change_of` gives it.
    shape : Uncertainty
    lon, lat : float
        The position, in degrees.

    Returns
    -------
    bool
    """
    from eezkit.uncertainty import Circle, Sector, decide

    if decide(shape, lon, lat, change) == "inside":
        return True
    # How much is covered round the middle of a circle says little of its rim: look closer.
    if isinstance(shape, Circle) and shape.radius > 0.0:
        if change(np.array([lon]), np.array([lat]))[0] < 0.0:
            return False
        return decide(Sector(lon, lat, 0.0, shape.radius, 0.0, 360.0), lon, lat, change) == "inside"
    return False


def stable_within(
    atlas: Atlas, lon: ArrayLike, lat: ArrayLike, *, threads: int | None = None
) -> NDArray[np.float64]:
    """Metres within which the answer stays the same; see `Atlas.stable_within`."""
    x, y = check_arrays(lon, lat, invalid="null")
    shape = x.shape
    x, y = x.reshape(-1), y.reshape(-1)
    held = np.asarray(atlas.index.locate(x, y, threads=threads))
    stable = np.full(len(held), np.nan)
    for code in set(held[held >= 0].tolist()):
        here = np.flatnonzero(held == code)
        stable[here] = change_of(atlas, code, threads=threads)(x[here], y[here])
    return np.where(stable < 0.0, np.nan, stable).reshape(shape)
