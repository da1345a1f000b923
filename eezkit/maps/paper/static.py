"""The same pictures on paper: PNG, SVG or PDF, drawn by matplotlib, with nothing downloaded."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit._atomic import atomic_path
from eezkit.errors import OptionError
from eezkit.maps.paper.plane import plane_for, polar_plane
from eezkit.maps.paper.sheet import ROOM, Paper
from eezkit.maps.paths import Box, box_around, draw_whole, fit_zoom, simplify
from eezkit.maps.scene import FEW_ZONES, facts_of, overlays_of, scene_of
from eezkit.maps.web.areas import zone_table

if TYPE_CHECKING:
    import geopandas
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from eezkit.answers import Answer
    from eezkit.answers.legs import Leg
    from eezkit.atlas import Atlas

__all__ = ["PICTURES", "position_figure", "save_figure", "zones_figure"]

PICTURES: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""Suffixes of pictures, and what their files shall not tell, lest they differ each time."""
_SIZES = {"fit": (7.2, 5.6), "world": (7.2, 4.5), "polar": (6.0, 6.6)}
"""Width and height in inches, where none is asked for."""
_DOTS = 3000.0
"""Across a picture; more cannot be told apart."""


def zones_figure(
    zones: Atlas | geopandas.GeoDataFrame,
    *,
    title: str = "",
    view: Literal["fit", "arctic", "antarctic"] = "fit",
    size: tuple[float, float] | None = None,
    dark: bool = False,
) -> Figure:
    """Draw zones on paper, filled by regime.

    Parameters
    ----------
    zones : Atlas or geopandas.GeoDataFrame
        As `eezkit.maps.add_zones` takes them.
    title : str
        Above the picture.
    view : {"fit", "arctic", "antarctic"}
        What is shown: the zones, or all round a pole as far as 52° of latitude.
    size : tuple of float, optional
        Width and height, in inches; by default what suits the plane.
    dark : bool
        Whether the colours are those for dark surroundings.

    Returns
    -------
    matplotlib.figure.Figure
        `save_figure` writes it.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    OptionError
        If there is nothing to draw, or the view is unknown.
    """
    if view not in ("fit", "arctic", "antarctic"):
        raise OptionError(f"view {view!r} is not one of 'fit', 'arctic', 'antarctic'.")
    table = zone_table(zones)
    shapes = [draw_whole(shape) for shape in table.geometry.array]
    if view == "fit":
        box = box_around(Box(*shape.bounds) for shape in shapes)
        assert box is not None
        plane = plane_for(box, aspect=_aspect(size or _SIZES["fit"]))
    else:
        box = Box(-180.0, -90.0, 180.0, 90.0)
        plane = polar_plane(90 if view == "arctic" else -90)
    paper = Paper(plane, size or _SIZES[plane.kind], dark=dark)
    paper.zones(table, _for_paper(shapes, box), names=True)
    if hasattr(zones, "provenance") and len(zones) <= FEW_ZONES:
        for limit in overlays_of(zones):
            paper.limit(limit)
    paper.finish(title, "", getattr(zones, "provenance", None))
    return paper.figure


def position_figure(
    answer: Answer,
    atlas: Atlas,
    *,
    title: str = "",
    nearby: Iterable[Leg] = (),
    size: tuple[float, float] | None = None,
    dark: bool = False,
) -> Figure:
    """Draw the answer for one position on paper, as `eezkit.maps.position_map` does on a page.

    Parameters
    ----------
    answer : Answer
        From ``atlas.at(...)``.
    atlas : Atlas
        The atlas that gave it.
    title : str
        What the position is called.
    nearby : iterable of Leg
        Ways to places and to other zones.
    size : tuple of float, optional
        Width and height, in inches; by default what suits the plane.
    dark : bool
        Whether the colours are those for dark surroundings.

    Returns
    -------
    matplotlib.figure.Figure
        `save_figure` writes it.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    scene = scene_of(answer, atlas, nearby)
    about = [draw_whole(shape) for shape in scene.about.geometry.array]
    boxes = [Box(*shape.bounds) for shape in about]
    boxes.append(Box(answer.lon, answer.lat, answer.lon, answer.lat))
    boxes += [_box_of(way.lon, way.lat) for way in scene.ways if way.kind == "geodesic"]
    if scene.uncertainty is not None:
        boxes.append(_box_of(*scene.uncertainty.T))
    box = box_around(boxes)
    assert box is not None
    plane = plane_for(box, aspect=_aspect(size or _SIZES["fit"]))
    paper = Paper(plane, size or _SIZES[plane.kind], dark=dark)
    if len(scene.near):
        near = [draw_whole(shape) for shape in scene.near.geometry.array]
        paper.zones(scene.near, _for_paper(near, box), names=True, faint=True)
    if len(scene.about):
        paper.zones(scene.about, _for_paper(about, box), names=False)
    for limit in scene.limits:
        paper.limit(limit)
    if scene.uncertainty is not None:
        paper.uncertainty(scene.uncertainty)
    for way in scene.ways:
        paper.way(way)
    paper.mark(answer.lon, answer.lat)
    paper.finish(facts_of(answer)["lead"], title or answer.name or "", answer.provenance)
    return paper.figure


def _for_paper(shapes: list[Any], box: Box) -> list[Any]:
    """Leave out what cannot be seen on paper where a box fills it."""
    return list(simplify(np.array(shapes), fit_zoom(box, width=_DOTS, height=_DOTS)))


def save_figure(figure: Figure, path: str | os.PathLike[str], *, dpi: int = 200) -> Path:
    """Write a figure as PNG, SVG or PDF, by the suffix of the path.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : path-like
        The file; it appears whole or not at all.
    dpi : int
        Dots per inch, of PNG.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OptionError
        If the suffix is another.

    Notes
    -----
    The same figure gives the same bytes: the file tells neither when nor by which release it was
    made.
    """
    import matplotlib

    suffix = Path(path).suffix.lower()
    if suffix not in PICTURES:
        raise OptionError(f"{os.fspath(path)} ends in none of {', '.join(PICTURES)}.")
    with matplotlib.rc_context({"svg.hashsalt": "eezkit"}), atomic_path(path) as target:
        figure.savefig(target, dpi=dpi, metadata=PICTURES[suffix])
    return Path(path)


def _aspect(size: tuple[float, float]) -> float:
    return size[0] * ROOM[2] / (size[1] * ROOM[3])


def _box_of(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Box:
    return Box(float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
