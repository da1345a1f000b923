"""Turning points as texts print them: angles, datums, and how the line runs between them.

What the tables of agreements and of straight baselines have in common. Positions are kept in the
datum and in the notation of the text, so that a row can be laid beside the page it was read on;
what is drawn is WGS 84. `agreements.py` and `world/*/README.md` say what the tables are.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from eezkit.geodesy import EdgeModel, densify, direct, distance, edge_distance, inverse
from eezkit.units import M

STEP = 2_000.0
"""Metres, the greatest length of an edge where a curve is drawn as many."""
RAY = 200.0 * M
"""Metres, how far a line without an end is drawn."""

EDGES = {
    "geodesic": EdgeModel.GEODESIC,
    "loxodrome": EdgeModel.LOXODROME,
    "straight": EdgeModel.GEODESIC,
    "unknown": EdgeModel.GEODESIC,
    "arc": EdgeModel.GEODESIC,
}
"""How a line runs to its next point. `straight` and `unknown` are told by no text: geodesics are
drawn, and `Points.doubt` says by how much a loxodrome would differ."""
RAYS = {"geodesic ray": EdgeModel.GEODESIC, "loxodrome ray": EdgeModel.LOXODROME}
"""How a line runs on from its last point where the text gives an azimuth and no end."""
NO_EDGE = ("", "gap")
"""The last point, and a point after which the line stops and begins again."""

Lines = list[NDArray[np.float64]]


class FaultyTableError(ValueError):
    """A table of turning points that cannot be used as it stands."""


@dataclass(frozen=True)
class Datum:
    """A datum of the texts, and how positions on it become WGS 84.

    Attributes
    ----------
    name : str
    operation : int or None
        The EPSG code of the coordinate operation, all of them Helmert transformations, which need
        no grid; None where positions are taken as they are.
    accuracy : float
        Metres, of what comes out.
    """

    name: str
    operation: int | None
    accuracy: float

    def to_wgs84(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shift positions from this datum to WGS 84.

        Parameters
        ----------
        lon, lat : numpy.ndarray of float64, shape (n_points,)
            Positions on this datum, in degrees.

        Returns
        -------
        lon, lat : numpy.ndarray of float64, shape (n_points,)
            The same on WGS 84; longitudes stay on their side of ±180°.

        Examples
        --------
        >>> ed50 = Datum("ED50-NORTH-SEA", 1311, 5.0)
        >>> lon, lat = ed50.to_wgs84(np.array([3.25]), np.array([56.086667]))
        >>> f"{lon[0]:.4f} {lat[0]:.4f}"
        '3.2485 56.0860'
        """
        if self.operation is None:
            return lon, lat
        shifted_lat, shifted_lon = _operation(self.operation).transform(lat, lon)
        turns = np.round((lon - shifted_lon) / 360.0) * 360.0
        return np.asarray(shifted_lon) + turns, np.asarray(shifted_lat)


@lru_cache
def _operation(code: int) -> Transformer:
    # Latitude first: so EPSG has the axes of all datums in the table.
    return Transformer.from_pipeline(f"EPSG:{code}")


def read_angle(text: str) -> float:
    """Read an angle as the tables write it.

    Parameters
    ----------
    text : str
        Degrees, minutes, seconds and a letter, as many of them as the text prints and a fraction
        only in the last (`43 35 43 N`, `27 12.4 W`), or decimal degrees with a sign.

    Returns
    -------
    float
        Degrees, negative in the south and west.

    Raises
    ------
    FaultyTableError
        If it is written otherwise.

    Examples
    --------
    >>> read_angle("43 30 36 N"), read_angle("27 12.0 W"), read_angle("-51.5")
    (43.51, -27.2, -51.5)
    """
    *parts, letter = text.split() if text[-1:] in set("NSEW") else [*text.split(), ""]
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    told = all("." not in part for part in parts[:-1]) and all(
        0.0 <= value < 60.0 for value in values[1:]
    )
    if not (values and len(values) <= 3 and told and (letter or len(values) == 1)) or (
        letter and values[0] < 0.0
    ):
        raise FaultyTableError(
            f"{text!r} is not an angle. Accepted are '43 35 43 N', '27 12.4 W' and decimal "
            "degrees; minutes and seconds are below 60 and only the last has a fraction."
        )
    degrees = math.fsum(value / 60.0**place for place, value in enumerate(values))
    return -degrees if letter in ("S", "W") and letter else degrees


@dataclass(frozen=True)
class Points:
    """A line in the order of its turning points.

    Attributes
    ----------
    labels : tuple of str
        What the text calls each point.
    printed : numpy.ndarray of float64, shape (n_points, 2)
        Longitude and latitude in degrees, in the datum of the text.
    lonlat : numpy.ndarray of float64, shape (n_points, 2)
        The same on WGS 84.
    edges : tuple of str
        How the line runs from each point to the next: a word of `EDGES`, `RAYS` or `NO_EDGE`.
        From the last point of a ring it runs to the first.
    details : tuple of str
        The azimuth of a ray in degrees; the centre of an arc.
    """

    labels: tuple[str, ...]
    printed: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    edges: tuple[str, ...]
    details: tuple[str, ...]

    def __len__(self) -> int:
        """Return the number of turning points."""
        return len(self.labels)

    @property
    def is_ring(self) -> bool:
        """Whether the line goes back from its last point to its first."""
        return self.edges[-1] in EDGES

    def legs(self) -> list[tuple[int, int]]:
        """Return the numbers of the points that edges join, in order."""
        n = len(self)
        return [(i, (i + 1) % n) for i, edge in enumerate(self.edges) if edge in EDGES and n > 1]

    def lengths(self) -> NDArray[np.float64]:
        """Return the length of each leg in metres, shape (n_legs,)."""
        one, two = self._ends()
        return distance(*one, *two)

    def pieces(self, *, step: float = STEP, ray: float = RAY) -> Lines:
        """Draw the line on WGS 84.

        Parameters
        ----------
        step : float
            Metres, the greatest length of an edge of what is drawn.
        ray : float
            Metres, how far a line without an end is drawn.

        Returns
        -------
        list of numpy.ndarray of float64, shape (n_vertices, 2)
            The pieces between gaps. Longitudes run on without a jump at ±180°.
        """
        drawn: Lines = []
        for i, edge in enumerate(self.edges):
            if edge in NO_EDGE:
                drawn.append(self.lonlat[i : i + 1])
                continue
            part = self._edge(i, step, ray)
            if drawn and i and self.edges[i - 1] not in NO_EDGE:
                turns = np.round((drawn[-1][-1, 0] - part[0, 0]) / 360.0) * 360.0
                drawn[-1] = np.concatenate([drawn[-1], part[1:] + np.array([turns, 0.0])])
            else:
                drawn.append(part)
        return [piece for piece in drawn if len(piece) > 1]

    @cached_property
    def doubt(self) -> float:
        """Metres between a geodesic and a loxodrome at most, where no text says which it is."""
        worst = 0.0
        for i, j in self.legs():
            if self.edges[i] not in ("straight", "unknown"):
                continue
            (lon1, lat1), (lon2, lat2) = self.lonlat[i], self.lonlat[j]
            lon2 -= 360.0 * round((lon2 - lon1) / 360.0)
            lon, lat = densify(
                [lon1, lon2], [lat1, lat2], max_length=STEP, model=EdgeModel.LOXODROME
            )
            off = edge_distance(lon, lat, lon1, lat1, lon2, lat2, model=EdgeModel.GEODESIC)
            worst = max(worst, float(off.distance.max()))
        return worst

    def _ends(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        legs = np.array(self.legs(), dtype=np.int64).reshape(-1, 2)
        return self.lonlat[legs[:, 0]].T, self.lonlat[legs[:, 1]].T

    def _edge(self, i: int, step: float, ray: float) -> NDArray[np.float64]:
        one, edge = self.lonlat[i], self.edges[i]
        if edge in RAYS:
            return _ray(one, float(self.details[i]), RAYS[edge], ray, step)
        two = self.lonlat[(i + 1) % len(self)]
        if edge == "arc":
            return _arc(one, two, position(self.details[i]), step)
        turned = two[0] - 360.0 * round((two[0] - one[0]) / 360.0)
        lon, lat = densify([one[0], turned], [one[1], two[1]], max_length=step, model=EDGES[edge])
        return np.column_stack([lon, lat])


def _ray(
    one: NDArray[np.float64], azimuth: float, model: EdgeModel, length: float, step: float
) -> NDArray[np.float64]:
    """Draw a line of an azimuth at its beginning, or of one azimuth throughout."""
    n = math.ceil(length / step)
    if model == EdgeModel.GEODESIC:
        far = np.linspace(0.0, length, n + 1)
        lon, lat, _ = direct(np.full(n + 1, one[0]), np.full(n + 1, one[1]), azimuth, far)
        return np.column_stack([lon, lat])
    vertices = [one]
    for _ in range(n):
        # A geodesic turns on its way: begun off by half as much, it keeps the course on the whole.
        middle = float(direct(*vertices[-1], azimuth, length / n / 2.0)[2])
        turn = (middle - azimuth + 180.0) % 360.0 - 180.0
        lon, lat, _ = direct(*vertices[-1], azimuth - turn, length / n)
        vertices.append(np.array([float(lon), float(lat)]))
    return np.array(vertices)


def _arc(
    one: NDArray[np.float64], two: NDArray[np.float64], centre: tuple[float, float], step: float
) -> NDArray[np.float64]:
    """Draw the shorter arc round a centre, from the radius of one end to that of the other."""
    radius, azimuth, _ = inverse(
        [centre[0]] * 2, [centre[1]] * 2, [one[0], two[0]], [one[1], two[1]]
    )
    sweep = (azimuth[1] - azimuth[0] + 180.0) % 360.0 - 180.0
    n = math.ceil(math.radians(abs(sweep)) * radius.max() / step)
    part = np.linspace(0.0, 1.0, max(n, 1) + 1)
    lon, lat, *_ = direct(
        np.full(len(part), centre[0]),
        np.full(len(part), centre[1]),
        azimuth[0] + part * sweep,
        radius[0] + part * (radius[1] - radius[0]),
    )
    arc = np.column_stack([lon, lat])
    arc[0], arc[-1] = one, two
    return arc


def position(text: str) -> tuple[float, float]:
    """Read `15 47 50 N 79 51 20 W` as longitude and latitude in degrees."""
    parts = text.split()
    at = next((i for i, part in enumerate(parts) if part in ("N", "S")), len(parts)) + 1
    return read_angle(" ".join(parts[at:])), read_angle(" ".join(parts[:at]))


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a table; every cell is a string, empty where the table says nothing."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_datums(path: Path) -> dict[str, Datum]:
    """Read `datums.csv`."""
    return {
        row["datum"]: Datum(
            row["datum"],
            int(row["operation"]) if row["operation"] else None,
            float(row["accuracy_m"]),
        )
        for row in rows_of(path)
    }


def read_points(
    path: Path, datum_of: dict[str, str], datums: dict[str, Datum]
) -> dict[str, Points]:
    """Read `points.csv`.

    Parameters
    ----------
    path : pathlib.Path
    datum_of : dict of str to str
        The datum of each line; a point may name one of its own.
    datums : dict of str to Datum

    Returns
    -------
    dict of str to Points
        By the name of the line, in the order of the table.

    Raises
    ------
    FaultyTableError
        If a line or datum is unknown, or an angle or edge cannot be read.
    """
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(path):
        if row["line"] not in datum_of:
            raise FaultyTableError(
                f"{path.name} has points of {row['line']!r}, which no table names."
            )
        found[row["line"]].append(row)
    return {line: _points(rows, datum_of[line], datums) for line, rows in found.items()}


def _points(rows: Sequence[dict[str, str]], datum: str, datums: dict[str, Datum]) -> Points:
    line = rows[0]["line"]
    for row in rows:
        if row["edge"] not in (*EDGES, *RAYS, *NO_EDGE):
            raise FaultyTableError(
                f"{line}, point {row['point']}: {row['edge']!r} is no kind of edge. "
                f"Accepted are {', '.join((*EDGES, *RAYS))}, gap, and nothing at the end."
            )
    printed = np.array([[read_angle(row["lon"]), read_angle(row["lat"])] for row in rows])
    lonlat = np.empty_like(printed)
    for name, at in _by_datum(rows, datum).items():
        if name not in datums:
            raise FaultyTableError(f"{line}: no datum is called {name!r} in datums.csv.")
        lonlat[at, 0], lonlat[at, 1] = datums[name].to_wgs84(printed[at, 0], printed[at, 1])
    return Points(
        labels=tuple(row["point"] for row in rows),
        printed=printed,
        lonlat=lonlat,
        edges=tuple(row["edge"] for row in rows),
        details=tuple(row.get("detail", "") for row in rows),
    )


def _by_datum(rows: Iterable[dict[str, str]], datum: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        found[row.get("datum") or datum].append(i)
    return found
