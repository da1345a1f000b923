"""Limits, equidistance lines and partitions as the Convention defines them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from eezkit.errors import BaselineError, OptionError
from eezkit.geodesy import EdgeModel
from eezkit.limits.assemble import polygons
from eezkit.limits.baseline import Baseline
from eezkit.limits.draw import draw
from eezkit.limits.land import with_land_in_reach
from eezkit.limits.lines import Limit, Lines, Partition
from eezkit.limits.mesh import build_mesh
from eezkit.limits.sites import Sites
from eezkit.limits.trace import trace
from eezkit.units import M

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["equidistance", "lines_of", "outer_limit", "partition", "zones_of"]

BREADTHS = (12 * M, 24 * M, 200 * M)
LEAST_TOLERANCE = 1e-3
"""Metres: files keep 1e-9 degrees, which is up to 0.1 mm."""
_CELL = 5000.0
_FARTHEST = 20_000e3


def outer_limit(
    baseline: Baseline,
    breadth: float,
    *,
    tolerance: float = 1.0,
    edges: EdgeModel = EdgeModel.PLANAR,
    cell: float | None = None,
) -> Limit:
    """Draw the line every point of which is `breadth` from the nearest point of the baseline.

    Parameters
    ----------
    baseline : Baseline
        Its territories count as one. Edges not entitled to the breadth are left out.
    breadth : float
        Metres: ``12 * M`` (article 4), ``24 * M`` (33), ``200 * M`` (57).
    tolerance : float
        Metres that an edge may lie off the true line: from 1 mm to a tenth of the breadth.
    edges : EdgeModel
        How an edge runs between its vertices where the limit is to be stored.
    cell : float, optional
        Metres: gaps and pockets of high seas smaller than this may be missed. By default 5 km,
        or an eighth of the breadth where that is less.

    Returns
    -------
    Limit

    Raises
    ------
    BaselineError
        If no edge is entitled to the breadth, the breadth is not positive, or the land of the
        baseline does not let a zone close.
    OptionError
        If the tolerance is below 1 mm or above a tenth of the breadth, a cell is not positive, or
        the breadth reaches half round the globe.

    Notes
    -----
    Every vertex is at the breadth to 0.01 mm. Positions are traced on a triangle mesh refined where
    the limit runs, made exact along it, and divided until the stored edges are within 0.8 of the
    tolerance in three places each.

    Examples
    --------
    >>> from eezkit import M
    >>> from eezkit.limits import Baseline, outer_limit
    >>> limit = outer_limit(Baseline.from_points([153.98], [24.29]), 12 * M)
    >>> limit.lines.n_lines
    1
    """
    one = baseline.with_key(0).entitled(breadth)
    lines = _lines(one, breadth, tolerance, edges, cell)
    rings, vertex = polygons(lines, [0])
    return Limit(breadth, tolerance, rings, vertex, lines)


def zones_of(
    baseline: Baseline,
    *,
    breadths: Iterable[float] = BREADTHS,
    tolerance: float = 1.0,
    edges: EdgeModel = EdgeModel.PLANAR,
) -> dict[float, Limit]:
    """Draw the outer limits of all zones of a baseline: by default 12 M, 24 M and 200 M.

    Parameters
    ----------
    baseline : Baseline
    breadths : iterable of float
        Metres.
    tolerance, edges
        As for `outer_limit`.

    Returns
    -------
    dict of float to Limit
        By breadth. One that no edge is entitled to is left out: a rock has no 200 M zone.

    Raises
    ------
    BaselineError, OptionError
        As for `outer_limit`.

    Examples
    --------
    >>> from eezkit.limits import Baseline, zones_of
    >>> zones = zones_of(Baseline.from_points([153.98], [24.29]))
    >>> [round(breadth / 1852) for breadth in zones]
    [12, 24, 200]
    """
    return {
        breadth: outer_limit(baseline, breadth, tolerance=tolerance, edges=edges)
        for breadth in breadths
        if not breadth > 0 or (baseline.max_breadth >= breadth).any()
    }


def equidistance(
    a: Baseline,
    b: Baseline,
    *,
    max_breadth: float = 200 * M,
    tolerance: float = 1.0,
    edges: EdgeModel = EdgeModel.PLANAR,
    cell: float | None = None,
) -> Lines:
    """Draw the line every point of which is equally far from the nearest points of two baselines.

    Parameters
    ----------
    a, b : Baseline
        Each counts as one territory: `a` becomes key 0, on the left, and `b` key 1. An edge or
        point that both have belongs to neither: it is a land boundary.
    max_breadth : float
        Metres: the line ends where it is farther than this from both. Edges not entitled to it
        are left out.
    tolerance, edges, cell
        As for `outer_limit`.

    Returns
    -------
    Lines
        With turning points and the basepoints that govern them; none where the baselines are
        farther apart than twice the breadth.

    Raises
    ------
    BaselineError, OptionError
        As for `outer_limit`.

    Notes
    -----
    Both distances are equal to 0.01 mm at every vertex (article 15).

    Examples
    --------
    >>> from eezkit import M
    >>> from eezkit.limits import Baseline, equidistance
    >>> west = Baseline.from_points([0.0], [0.0], key=1)
    >>> east = Baseline.from_points([2.0], [0.0], key=2)
    >>> line = equidistance(west, east, max_breadth=200 * M)
    >>> print(line.n_lines, line.lon.round(6).max())
    1 1.0
    """
    both = Baseline.merge([a.with_key(0), b.with_key(1)])
    if len(both.keys) < 2:
        raise BaselineError(
            "The two baselines have all they consist of in common: nothing lies between."
        )
    for key in (0, 1):
        both._take(both.key == key).entitled(max_breadth)
    both = both.entitled(max_breadth)
    return _lines(both, max_breadth, tolerance, edges, cell, limits=False)


def partition(
    baseline: Baseline,
    breadth: float = 200 * M,
    *,
    tolerance: float = 1.0,
    edges: EdgeModel = EdgeModel.PLANAR,
    cell: float | None = None,
) -> Partition:
    """Divide the sea within the breadth among territories, to each what is nearest to it.

    Parameters
    ----------
    baseline : Baseline
        Of all territories, by key; see `Baseline.merge`.
    breadth, tolerance, edges, cell
        As for `outer_limit`.

    Returns
    -------
    Partition
        Limits, equidistance lines and the tripoints where they meet.

    Raises
    ------
    BaselineError, OptionError
        As for `outer_limit`.

    Notes
    -----
    This divides what is claimed at one breadth, by the land that is entitled to it. A rock (article
    121, paragraph 3) has a territorial sea but no part in a division at 200 M, which passes over it
    as if it were not there. So divide at ``12 * M`` too, where rocks and other land count alike:
    what a territory has there it has before any zone of 200 M, also where that is another's.

    Examples
    --------
    >>> from eezkit import M
    >>> from eezkit.limits import Baseline, partition
    >>> west = Baseline.from_points([0.0], [0.0], key=1)
    >>> east = Baseline.from_points([0.5], [0.0], key=2)
    >>> zones = partition(Baseline.merge([west, east]), 24 * M)
    >>> zones.keys
    array([1, 2])
    """
    entitled = baseline.entitled(breadth)
    lines = _lines(entitled, breadth, tolerance, edges, cell)
    rings, vertex = polygons(lines, entitled.keys.tolist())
    return Partition(breadth, tolerance, entitled.keys, rings, vertex, lines)


def lines_of(
    baseline: Baseline,
    breadth: float = 200 * M,
    *,
    tolerance: float = 1.0,
    edges: EdgeModel = EdgeModel.PLANAR,
    cell: float | None = None,
    inland: float = 3000.0,
) -> Lines:
    """Draw the limits and boundaries of a partition, and leave the land alone.

    Made for a whole world: over continents the boundaries of a `partition`, which only close its
    zones, cost more than all that runs at sea. What these lines enclose together with the coast
    is a zone.

    Parameters
    ----------
    baseline : Baseline
        Of all territories, by key.
    breadth, tolerance, edges, cell
        As for `outer_limit`.
    inland : float
        Metres: boundaries over land end within some cells of this distance from the coast.

    Returns
    -------
    Lines

    Raises
    ------
    BaselineError, OptionError
        As for `outer_limit`.

    Examples
    --------
    >>> from eezkit import M
    >>> from eezkit.limits import Baseline, lines_of
    >>> west = Baseline.from_points([0.0], [0.0], key=1)
    >>> east = Baseline.from_points([0.5], [0.0], key=2)
    >>> lines_of(Baseline.merge([west, east]), 24 * M).n_lines
    3
    """
    return _lines(baseline.entitled(breadth), breadth, tolerance, edges, cell, inland=inland)


def _lines(
    baseline: Baseline,
    breadth: float,
    tolerance: float,
    edges: EdgeModel,
    cell: float | None,
    *,
    limits: bool = True,
    inland: float = np.inf,
) -> Lines:
    cell = min(_CELL, breadth / 8) if cell is None else cell
    if breadth >= _FARTHEST:
        raise OptionError(
            f"The breadth is {breadth / M:,.0f} nmi. Accepted are lengths below half the way round "
            f"the globe, {_FARTHEST / M:,.0f} nmi; the Convention knows none beyond 350 nmi."
        )
    for name, value, least in (("tolerance", tolerance, LEAST_TOLERANCE), ("cell", cell, 0.0)):
        if not (np.isfinite(value) and value > 0 and value >= least):
            raise OptionError(f"The {name} is {value} m. Accepted are lengths above {least} m.")
    if not inland > 0:
        raise OptionError(f"The distance inland is {inland} m. Accepted are lengths above 0.")
    closes = limits and np.isinf(inland)
    sites = Sites(with_land_in_reach(baseline, breadth) if closes else baseline, breadth)
    mesh = build_mesh(sites, cell, tolerance=tolerance, limits=limits, inland=inland)
    skeleton = trace(mesh, sites, limits=limits)
    drawn = draw(skeleton, sites, tolerance=tolerance, edges=EdgeModel(edges), over_land=limits)
    return Lines.from_drawn(drawn, baseline)
