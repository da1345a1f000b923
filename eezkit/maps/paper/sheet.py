"""A sheet of paper to draw zones on, with matplotlib."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import MissingExtraError
from eezkit.maps.land import LAND_CREDIT, land_polygons
from eezkit.maps.paper.plane import GridLine, Plane
from eezkit.maps.paths import draw_whole, straightest
from eezkit.maps.scene import LineGroup, Way
from eezkit.maps.style import COLOURS, LINES, REGIMES
from eezkit.maps.web.areas import regime_of
from eezkit.maps.web.layers import DISCLAIMER
from eezkit.zones import Provenance, Regime

if TYPE_CHECKING:
    import geopandas
    from numpy.typing import NDArray

__all__ = ["ROOM", "Paper"]

ROOM = (0.06, 0.085, 0.92, 0.80)
"""Left, bottom, width and height of the picture in the figure, as parts of it."""
_HATCH = {
    "plain": "",
    "stripes": "////",
    "lattice": "xxxx",
    "bars": "---",
    "dots": "....",
    "none": "",
}

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff\ud800-\udfff]+")
"""What no font draws and no SVG may hold."""


class Paper:
    """A sheet on which things are drawn one after the other."""

    def __init__(self, plane: Plane, size: tuple[float, float], *, dark: bool) -> None:
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise MissingExtraError(
                "Pictures on paper need matplotlib: pip install 'eezkit[plot]'."
            ) from error
        self.plane = plane
        self.colour = {name: pair[dark] for name, pair in COLOURS.items()}
        self.figure = Figure(figsize=size, facecolor=self.colour["panel"])
        self.axes = self.figure.add_axes(ROOM, facecolor=self.colour["sea"])
        left, bottom, right, top = plane.extent
        self.axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", xticks=[], yticks=[])
        self.axes.spines[:].set(color=self.colour["quiet"], linewidth=0.6)
        self.key: dict[str, tuple[str, Any]] = {}
        self.at_edge: list[float] = []
        self.edge: Any = None
        self._draw_edge()
        self._areas(
            land_polygons(),
            facecolor=self.colour["land"],
            linewidth=0.25,
            zorder=1,
            edgecolor=self.colour["coast"],
        )
        self._graticule()

    def _draw_edge(self) -> None:
        """Let a polar view and the world end where they end, not at a rectangle."""
        from matplotlib.patches import Circle, PathPatch, Polygon

        right = self.plane.extent[2]
        if self.plane.kind == "polar":
            edge: PathPatch | Circle | Polygon = Circle((0, 0), right)
        elif self.plane.kind == "world":
            lat = np.linspace(-90, 90, 181)
            east, west = (
                np.column_stack(self.plane.forward(np.full(181, self.plane.lon + by), lat))
                for by in (180 - 1e-9, -180 + 1e-9)
            )
            edge = Polygon(np.vstack([east, west[::-1]]))
        else:
            return
        self.axes.set_facecolor(self.colour["panel"])
        self.axes.spines[:].set_visible(False)
        edge.set(facecolor=self.colour["sea"], edgecolor=self.colour["quiet"], linewidth=0.6)
        self.axes.add_patch(edge)
        self.edge = edge

    def _areas(self, shapes: Iterable[Any], **style: Any) -> None:
        """Fill shapes given in longitude and latitude."""
        import shapely
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        for shape in self.plane.drawn(shapes):
            rings = [
                Outline(shapely.get_coordinates(ring), closed=True)
                for part in shapely.get_parts(shape)
                if part.geom_type == "Polygon" and not part.is_empty
                for ring in shapely.get_rings(shapely.orient_polygons(part))
            ]
            if rings:
                patch = PathPatch(Outline.make_compound_path(*rings), **style)
                self.axes.add_patch(patch)
                if self.edge is not None:
                    patch.set_clip_path(self.edge)

    def _lines(self, shapes: Iterable[Any], kind: str, *, zorder: float) -> None:
        import shapely

        style = LINES[kind]
        dash = (0, tuple(float(d) for d in style.dash.split())) if style.dash else "solid"
        for shape in self.plane.drawn(shapes):
            for part in shapely.get_parts(shape):
                if part.geom_type == "LineString" and not part.is_empty:
                    x, y = shapely.get_coordinates(part).T
                    colour, width = self.colour[style.colour], 0.6 * style.width
                    self._line(x, y, color=colour, linewidth=width, ls=dash, zorder=zorder)

    def _words(self, x: float, y: float, text: str, *, zorder: float = 8, **style: Any) -> None:
        """Write with a halo of the sea."""
        from matplotlib.patheffects import withStroke

        halo = [withStroke(linewidth=2.2, foreground=self.colour["sea"])]
        style = {"fontsize": 6.5, "color": self.colour["ink"], "ha": "center", **style}
        self.axes.text(x, y, text, path_effects=halo, zorder=zorder, clip_on=True, **style)

    def _graticule(self) -> None:
        left, bottom, right, _ = self.plane.extent
        for line in self.plane.graticule():
            self._line(line.x, line.y, color=self.colour["graticule"], linewidth=0.4, zorder=1.5)
            if self.plane.kind == "polar":
                crossing = _crossing(line.x, line.y, np.hypot(line.x, line.y) - right)
                if line.is_meridian and crossing:
                    x, y = crossing
                    self._degrees(line.name, (x, y), (9 * x / right, 7 * y / right))
            elif line.is_meridian:
                crossing = _crossing(line.x, line.y, line.y - bottom)
                if crossing and left < crossing[0] < right:
                    self._degrees(line.name, crossing, (0, -6))
            else:
                self._parallel_name(line)

    def _parallel_name(self, line: GridLine) -> None:
        left, bottom, _, top = self.plane.extent
        start = (float(line.x[0]), float(line.y[0]))
        crossing = start if self.plane.kind == "world" else _crossing(line.x, line.y, line.x - left)
        if crossing and bottom < crossing[1] < top:
            self._degrees(line.name, crossing, (-3, 0), ha="right")

    def _degrees(
        self, name: str, at: tuple[float, float], off: tuple[float, float], ha: str = "center"
    ) -> None:
        self.axes.annotate(
            name,
            at,
            off,
            textcoords="offset points",
            annotation_clip=False,
            ha=ha,
            va="center",
            fontsize=5.5,
            color=self.colour["quiet"],
        )

    def _line(self, x: NDArray[np.float64], y: NDArray[np.float64], **style: Any) -> None:
        line = self.axes.plot(x, y, scalex=False, scaley=False, **style)[0]
        if self.edge is not None:
            line.set_clip_path(self.edge)

    # -- what is drawn on it ----------------------------------------------------------------

    def zones(
        self, table: geopandas.GeoDataFrame, shapes: list[Any], *, names: bool, faint: bool = False
    ) -> None:
        """Fill zones by regime, large ones first."""
        rows = table.drop(columns=table.geometry.name).to_dict("records")
        order = np.argsort([-shape.area for shape in shapes], kind="stable")
        for i in order.tolist():
            regime = regime_of(rows[i])
            self._areas([shapes[i]], zorder=2, **self._fill(regime, faint=faint))
            self.key.setdefault(REGIMES[regime].label, ("area", regime))
            if names and rows[i].get("name"):
                self._zone_name(str(rows[i]["name"]), shapes[i])

    def _fill(self, regime: Regime, *, faint: bool) -> dict[str, Any]:
        from matplotlib.colors import to_rgba

        style = REGIMES[regime]
        colour = self.colour[style.colour]
        opacity = 0.0 if style.pattern == "none" else 0.17 if style.pattern == "plain" else 0.08
        return {
            "facecolor": to_rgba(colour, opacity * (0.5 if faint else 1.0)),
            "edgecolor": to_rgba(colour, 0.6 if faint else 1.0),
            "hatch": _HATCH[style.pattern],
            "linewidth": 0.5 if faint else 0.9,
            "hatch_linewidth": 0.4,
        }

    def _zone_name(self, name: str, shape: Any) -> None:
        """Write a zone's name in it, where there is room."""
        import shapely

        (drawn,) = self.plane.drawn([shape])
        if drawn.is_empty:
            return
        parts = shapely.get_parts(drawn)
        largest = parts[np.argmax(shapely.area(parts))]
        left, _, right, _ = self.plane.extent
        x0, _, x1, _ = largest.bounds
        points = (x1 - x0) / (right - left) * self.figure.get_figwidth() * 72
        if largest.geom_type != "Polygon" or points < 3.6 * len(name):
            return
        at = shapely.point_on_surface(largest)
        if self.plane.kind != "polar" or np.hypot(at.x, at.y) < 0.93 * right:
            self._words(at.x, at.y, name, fontsize=6)

    def limit(self, limit: LineGroup) -> None:
        """Draw limits, with their name along the longest."""
        import shapely

        shapes = [draw_whole(line) for line in limit.lines.geometry.array]
        self._lines(shapes, limit.kind, zorder=3)
        self.key.setdefault(LINES[limit.kind].label, ("line", limit.kind))
        parts = shapely.get_parts(self.plane.drawn(shapes))
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
        if limit.label and len(parts):
            longest = shapely.get_coordinates(parts[np.argmax(shapely.length(parts))])
            x, y = longest.T
            stretch = straightest(x, y, 3.9 * len(limit.label) * self._point())
            if stretch is not None:
                self._along(*stretch, limit.label)

    def _along(self, x: NDArray[np.float64], y: NDArray[np.float64], text: str) -> None:
        """Write beside the middle of a stretch of line, on its left or upper side."""
        angle = np.arctan2(y[-1] - y[0], x[-1] - x[0])
        up = 4.5 * self._point()
        middle = len(x) // 2
        at = (x[middle] - up * np.sin(angle), y[middle] + up * np.cos(angle))
        style = {"rotation": np.degrees(angle), "rotation_mode": "anchor", "weight": "bold"}
        self._words(*at, text, va="center", **style)

    def _point(self) -> float:
        """Metres in the plane that a typographic point takes."""
        left, _, right, _ = self.plane.extent
        return (right - left) / (self.figure.get_figwidth() * ROOM[2] * 72)

    def uncertainty(self, ring: NDArray[np.float64]) -> None:
        """Fill the outline of where a position may be."""
        import shapely
        from matplotlib.colors import to_rgba

        outline = shapely.Polygon(ring)
        colour = to_rgba(self.colour["focus"], 0.12)
        self._areas([outline], facecolor=colour, linewidth=0, zorder=3.5)
        self._lines([outline.boundary], "uncertainty", zorder=3.6)
        self.key.setdefault(LINES["uncertainty"].label, ("line", "uncertainty"))

    def way(self, way: Way) -> None:
        """Draw a geodesic with its length; say what it leads to, or at the edge of the picture."""
        import shapely

        self._lines([shapely.linestrings(np.column_stack([way.lon, way.lat]))], way.kind, zorder=4)
        left, bottom, right, top = self.plane.extent
        x, y = self.plane.forward(way.lon, way.lat)
        if way.place and left < x[-1] < right and bottom < y[-1] < top:
            self.axes.plot(x[-1], y[-1], "o", markersize=2.6, color=self.colour["ink"], zorder=6)
            self._words(x[-1], y[-1], f"  {way.place}", ha="left", va="center", weight="bold")
        elif way.place:
            self._at_edge(x, y, f"{way.place} {way.label}")
        else:
            step = 1 if x[-1] >= x[0] else -1
            self._along(x[::step], y[::step], way.label)
        if way.kind == "geodesic":
            self.key.setdefault(LINES["geodesic"].label, ("line", "geodesic"))

    def _at_edge(self, x: NDArray[np.float64], y: NDArray[np.float64], text: str) -> None:
        left, bottom, right, top = self.plane.extent
        room = 0.02 * (right - left)
        inside = (x > left + room) & (x < right - room) & (y > bottom + room) & (y < top - room)
        # The key stands in the lower right corner, the scale in the lower left one.
        inside &= (x < right - 11 * room) | (y > bottom + 11 * room)
        inside &= (x > left + 12 * room) | (y > bottom + 5 * room)
        last = int(np.flatnonzero(inside)[-1]) if inside.any() else 0
        at = (float(x[last]), float(y[last]))
        if any(abs(at[1] - other) < 1.6 * room for other in self.at_edge):
            return
        self.at_edge.append(at[1])
        ha = "left" if at[0] < (left + right) / 2 else "right"
        self._words(*at, text, ha=ha, va="center", color=self.colour["quiet"], fontsize=5.8)

    def mark(self, lon: float, lat: float) -> None:
        """Mark the position."""
        x, y = self.plane.forward(lon, lat)
        colour, ground = self.colour["focus"], self.colour["panel"]
        self.axes.plot(x, y, "o", ms=7.5, mfc=ground, mec=ground, mew=2.4, zorder=6)
        self.axes.plot(x, y, "o", ms=6.5, mfc=ground, mec=colour, mew=1.2, zorder=7)
        self.axes.plot(x, y, "o", ms=2.2, color=colour, zorder=7)
        self.key.setdefault("the position", ("mark", ""))

    # -- round it ---------------------------------------------------------------------------

    def finish(self, lead: str, title: str, provenance: Provenance | None) -> None:
        """Add title, key, scale, source and terms."""
        left = ROOM[0]
        head = [text for text in (lead, title) if text]
        for text, y, size, weight in zip(
            head, (0.955, 0.915), (10, 7.5), ("bold", "normal"), strict=False
        ):
            self.figure.text(left, y, text, fontsize=size, weight=weight, color=self.colour["ink"])
        self._key()
        if self.plane.kind == "fit":
            self._scale()
        source = ""
        if provenance is not None:
            version = f" {provenance.version}" if provenance.version else ""
            licence = f" ({provenance.licence})" if provenance.licence else ""
            source = f"Zones: {provenance.name}{version}, {provenance.basis}{licence}. "
        self.figure.text(
            left,
            0.02,
            f"{source}{LAND_CREDIT}. {DISCLAIMER}.",
            fontsize=5,
            color=self.colour["quiet"],
            wrap=True,
        )
        self._say_as_it_is()

    def _say_as_it_is(self) -> None:
        """Let no word be read as mathematics or TeX: names may hold ``$`` or a backslash."""
        from matplotlib.text import Text

        for words in self.figure.findobj(Text):
            words.set(parse_math=False, usetex=False, text=_UNPRINTABLE.sub(" ", words.get_text()))

    def _key(self) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        handles: list[Any] = []
        for label, (kind, what) in self.key.items():
            if kind == "area":
                handles.append(Patch(label=label, **self._fill(what, faint=False)))
            elif kind == "line":
                style = LINES[what]
                dash = (0, tuple(map(float, style.dash.split()))) if style.dash else "solid"
                colour, width = self.colour[style.colour], 0.6 * style.width
                handles.append(Line2D([], [], color=colour, lw=width, ls=dash, label=label))
            else:
                colour = self.colour["focus"]
                handles.append(
                    Line2D([], [], marker="o", ls="", mfc="none", mec=colour, ms=5, label=label)
                )
        if handles:
            box = self.axes.legend(
                handles=handles,
                loc="lower right",
                fontsize=5.8,
                framealpha=0.92,
                facecolor=self.colour["panel"],
                edgecolor=self.colour["rule"],
                labelcolor=self.colour["ink"],
                borderpad=0.7,
                handlelength=2.4,
            )
            box.set_zorder(9)

    def _scale(self) -> None:
        """Bars in nautical miles and kilometres, true in the lower left corner."""
        from eezkit.geodesy import distance

        left, bottom, right, top = self.plane.extent
        x, y = left + 0.03 * (right - left), bottom + 0.045 * (top - bottom)
        reach = 0.2 * (right - left)
        lon, lat = self.plane.back([x, x + reach], [y, y])
        metres = float(distance(lon[0], lat[0], lon[1], lat[1]))
        for unit, name, side in ((1852.0, "nmi", 1), (1000.0, "km", -1)):
            length = round_below(metres / unit)
            width = reach * length * unit / metres
            self.axes.plot(
                [x, x, x + width, x + width],
                y + side * np.array([0.008, 0, 0, 0.008]) * (top - bottom),
                color=self.colour["ink"],
                linewidth=0.8,
                zorder=8,
                scalex=False,
                scaley=False,
            )
            va = "bottom" if side > 0 else "top"
            at = y + side * 0.006 * (top - bottom)
            self._words(x + width / 2, at, f"{length:g} {name}", fontsize=5.8, va=va)


def _crossing(
    x: NDArray[np.float64], y: NDArray[np.float64], off: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Where along a line a quantity passes zero for the first time."""
    passed = np.flatnonzero((off[:-1] < 0) != (off[1:] < 0))
    if not len(passed):
        return None
    i = int(passed[0])
    part = off[i] / (off[i] - off[i + 1])
    return float(x[i] + part * (x[i + 1] - x[i])), float(y[i] + part * (y[i + 1] - y[i]))


def round_below(value: float) -> float:
    """The largest of 1, 2, 3 and 5 times a power of ten that is not above a value."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(max(digit * power for digit in (1, 2, 3, 5) if digit * power <= value))
