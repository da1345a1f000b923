"""Baselines: the lines and points that breadths are measured from, as flat arrays of edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from eezkit.crs import lonlat_of
from eezkit.errors import BaselineError, CoordinateError
from eezkit.geodesy import EdgeModel, distance
from eezkit.units import M

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Baseline", "BaselineKind", "is_artificial"]

BaselineKind = Literal["normal", "straight", "archipelagic"]

_MODELS = tuple(EdgeModel)
_DEFAULT_MODEL = {
    "normal": EdgeModel.PLANAR,
    "straight": EdgeModel.GEODESIC,
    "archipelagic": EdgeModel.GEODESIC,
}
_KINDS = tuple(_DEFAULT_MODEL)
_ICE = -85.0
"""Degrees. Published coasts close Antarctica along parallels south of this; no sea is there."""
_POINT, _POLYGON = 0, 3
_TERMINUS = 10.0
"""Metres, less than the best open coasts are good to."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """Edges of the baselines of one or many territories, and the land behind them.

    Parameters
    ----------
    lon1, lat1, lon2, lat2 : numpy.ndarray of float64, shape (n_edges,)
        Ends of the edges in degrees; ``lon2`` lies within 180 of ``lon1`` and may leave
        [-180, 180]. A basepoint is an edge of no length.
    model : numpy.ndarray of uint8, shape (n_edges,)
        How each edge runs, as an index into the members of `EdgeModel`.
    key : numpy.ndarray of int64, shape (n_edges,)
        The territory each edge belongs to, not negative.
    max_breadth : numpy.ndarray of float64, shape (n_edges,)
        Metres. The edge generates no limit beyond this breadth: 24 M for a rock (article 121,
        paragraph 3), infinite for other land.
    feature : numpy.ndarray of int64, shape (n_edges,)
        The feature each edge was taken from, by its place in the input.
    land : numpy.ndarray of object, shape (n_polygons,)
        Shapely polygons of the land and of the archipelagic waters behind the edges; no limit
        or boundary is drawn for the sake of positions on them. Zones do not heed land with coasts
        of several territories, or with one that is farther than the breadth from every edge.
    """

    lon1: NDArray[np.float64]
    lat1: NDArray[np.float64]
    lon2: NDArray[np.float64]
    lat2: NDArray[np.float64]
    model: NDArray[np.uint8]
    key: NDArray[np.int64]
    max_breadth: NDArray[np.float64]
    feature: NDArray[np.int64]
    land: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.lon1)

    @classmethod
    def from_points(
        cls, lon: ArrayLike, lat: ArrayLike, *, key: ArrayLike = 0, max_breadth: ArrayLike = np.inf
    ) -> Baseline:
        """Take basepoints, each of which generates limits by itself.

        Parameters
        ----------
        lon, lat : array_like of float, shape (n_points,)
            Degrees.
        key : int or array_like of int, shape (n_points,)
            The territory of each.
        max_breadth : float or array_like of float, shape (n_points,)
            Metres; the greatest breadth each is entitled to.

        Raises
        ------
        CoordinateError
            If a position is not on the globe.
        BaselineError
            If there is no point, a key is negative, or a breadth is not positive.

        Examples
        --------
        >>> from eezkit import M
        >>> from eezkit.limits import Baseline
        >>> base = Baseline.from_points([153.98, 153.99], [24.29, 24.28])
        >>> len(base)
        2
        """
        x = np.atleast_1d(np.asarray(lon, dtype=np.float64))
        y = np.atleast_1d(np.asarray(lat, dtype=np.float64))
        feature = np.arange(len(x))
        planar = np.zeros(len(x), dtype=np.uint8)
        return _checked(
            x,
            y,
            x,
            y,
            model=planar,
            feature=feature,
            key=key,
            max_breadth=max_breadth,
            land=np.empty(0, dtype=object),
        )

    @classmethod
    def from_geometry(
        cls,
        geometries: object,
        *,
        key: ArrayLike = 0,
        kind: BaselineKind | Sequence[BaselineKind] = "normal",
        model: EdgeModel | Sequence[EdgeModel | None] | None = None,
        max_breadth: ArrayLike = np.inf,
    ) -> Baseline:
        """Take points, lines and polygons; of a polygon its outer ring, since lakes are land.

        Parameters
        ----------
        geometries : shapely geometry, sequence of them, geopandas.GeoSeries or GeoDataFrame
            Features in longitude/latitude on WGS 84; what has a CRS may have any. An edge runs the
            short way round the globe.
        key : int or array_like of int, shape (n_features,)
            The territory of each feature.
        kind : {"normal", "straight", "archipelagic"} or sequence, shape (n_features,)
            A normal baseline is the coast as drawn (article 5); straight baselines (7) are
            segments between points; archipelagic ones (47) too, and where they close they
            enclose waters that count as land here.
        model : EdgeModel or sequence, shape (n_features,), optional
            How edges run; by default `EdgeModel.PLANAR` for normal baselines, as coasts are
            published, and `EdgeModel.GEODESIC` for the others.
        max_breadth : float or array_like of float, shape (n_features,)
            Metres; the greatest breadth each feature is entitled to.

        Returns
        -------
        Baseline
            Without edges that are no coast: cuts along ±180°, lines that close Antarctica, and
            edges that two polygons share.

        Raises
        ------
        CoordinateError
            If a position is not on the globe.
        DataFormatError
            If a CRS leads to no longitude and latitude.
        BaselineError
            If no edge is left, a kind is unknown, a key is negative or a breadth not positive.

        Examples
        --------
        >>> import shapely
        >>> from eezkit.limits import Baseline
        >>> island = shapely.box(3.3, -54.46, 3.5, -54.39)
        >>> len(Baseline.from_geometry(island, key=7))
        4
        """
        features = lonlat_of(geometries)
        kinds = _known(_spread(kind, len(features), "kind"), _KINDS, "kind of baseline")
        given = _spread(model, len(features), "model")
        models = [m or _DEFAULT_MODEL[k] for m, k in zip(given, kinds, strict=True)]
        code = np.array([_MODELS.index(m) for m in _known(models, _MODELS, "edge model")], np.uint8)
        lines, feature, land = _lines_of(features, np.array(kinds) == "archipelagic")
        import shapely

        xy, line = shapely.get_coordinates(lines, return_index=True)
        start = np.flatnonzero(line[1:] == line[:-1])
        end = start + 1
        alone = np.flatnonzero(shapely.get_type_id(lines) == _POINT)
        lone = np.flatnonzero(np.isin(line, alone))
        start, end = np.concatenate([start, lone]), np.concatenate([end, lone])
        coast = ~is_artificial(xy[start], xy[end])
        start, end = start[coast], end[coast]
        of_feature = feature[line[start]]
        return _checked(
            *(np.ascontiguousarray(xy[at, axis]) for at in (start, end) for axis in (0, 1)),
            model=code[of_feature],
            feature=of_feature,
            key=np.broadcast_to(np.asarray(key), len(features))[of_feature],
            max_breadth=np.broadcast_to(np.asarray(max_breadth, float), len(features))[of_feature],
            land=land,
        )._without_shared()

    @classmethod
    def merge(cls, baselines: Iterable[Baseline]) -> Baseline:
        """Put baselines into one, each territory keeping its key.

        Edges that two of them share are land boundaries, not coast, and are left out. Features
        are numbered on from one baseline to the next.

        Examples
        --------
        >>> from eezkit.limits import Baseline
        >>> one = Baseline.from_points([0.0], [0.0], key=1)
        >>> other = Baseline.from_points([5.0], [0.0], key=2)
        >>> Baseline.merge([one, other]).keys
        array([1, 2])
        """
        parts = list(baselines)
        if not parts:
            raise BaselineError("No baseline was given. At least one is needed.")
        ends = np.cumsum([0] + [int(part.feature.max(initial=-1)) + 1 for part in parts])
        moved = [
            replace(part, feature=part.feature + offset)
            for part, offset in zip(parts, ends[:-1], strict=True)
        ]
        names = cls.__dataclass_fields__
        return cls(
            **{name: np.concatenate([getattr(part, name) for part in moved]) for name in names}
        )._without_shared()

    @property
    def keys(self) -> NDArray[np.int64]:
        """The territories, in ascending order, shape (n_territories,)."""
        return np.unique(self.key)

    def with_key(self, key: int) -> Baseline:
        """The same edges, all belonging to one territory.

        Examples
        --------
        >>> from eezkit.limits import Baseline
        >>> Baseline.from_points([0.0], [0.0]).with_key(4).keys
        array([4])
        """
        return replace(self, key=np.full(len(self), key, dtype=np.int64))

    def entitled(self, breadth: float) -> Baseline:
        """The edges that generate a limit at this breadth.

        Raises
        ------
        BaselineError
            If none does, or the breadth is not a positive number of metres.

        Examples
        --------
        >>> from eezkit import M
        >>> from eezkit.limits import Baseline
        >>> rock = Baseline.from_points([0.0], [0.0], max_breadth=12 * M)
        >>> island = Baseline.from_points([1.0], [0.0])
        >>> len(Baseline.merge([rock, island]).entitled(200 * M))
        1
        """
        if not breadth > 0:
            raise BaselineError(f"The breadth is {breadth} m. Accepted are lengths above 0.")
        kept = self._take(self.max_breadth >= breadth)
        if not len(kept):
            raise BaselineError(
                f"No edge of the baseline is entitled to a breadth of {breadth / M:g} nmi; the "
                f"greatest entitlement is {self.max_breadth.max(initial=0) / M:g} nmi."
            )
        return kept

    def on_land(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which positions lie on land or archipelagic waters, shape (n_positions,).

        Examples
        --------
        >>> import numpy as np
        >>> import shapely
        >>> from eezkit.limits import Baseline
        >>> land = Baseline.from_geometry(shapely.box(0, 0, 1, 1))
        >>> land.on_land(np.array([0.5, 2.0]), np.array([0.5, 0.5]))
        array([ True, False])
        """
        import shapely

        inside = np.zeros(len(lon), dtype=bool)
        if not len(self.land) or not len(lon):
            return inside
        west, _, east, _ = shapely.total_bounds(self.land)
        turns = [0.0, *[360.0] * int(east > 180.0), *[-360.0] * int(west < -180.0)]
        for turn in turns:
            point, polygon = self._land_tree.query(shapely.points(lon + turn, lat))
            within = shapely.intersects_xy(self.land[polygon], lon[point] + turn, lat[point])
            inside[point[within]] = True
        return inside

    @cached_property
    def _land_tree(self) -> Any:
        import shapely

        shapely.prepare(self.land)
        return shapely.STRtree(self.land)

    def _take(self, chosen: NDArray[np.bool_]) -> Baseline:
        names = [name for name in self.__dataclass_fields__ if name != "land"]
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def _without_shared(self) -> Baseline:
        """Leave out edges that occur more than once: two polygons meet there, on land.

        A point counts as such only if it belongs to two territories.

        Where such a land boundary ends, two territories share a point of the coast, and every
        position nearest to it would be equally far from both: there each coast ends earlier.
        """
        one, two = np.column_stack([self.lon1, self.lat1]), np.column_stack([self.lon2, self.lat2])
        _, point = np.unique(np.vstack([one, two]), axis=0, return_inverse=True)
        ends = np.sort(point.reshape(2, -1), axis=0)
        _, edge, count = np.unique(ends, axis=1, return_inverse=True, return_counts=True)
        edge = edge.reshape(-1)
        n_keys = np.bincount(np.unique(np.stack([edge, self.key]), axis=1)[0])[edge]
        kept = (count[edge] == 1) | ((ends[0] == ends[1]) & (n_keys == 1))
        start, end = point.reshape(2, -1)[:, kept]
        coast = self._take(kept)
        pairs = np.unique(np.stack([np.append(start, end), np.tile(coast.key, 2)]), axis=1)
        holders = np.bincount(pairs[0], minlength=point.max(initial=-1) + 1)
        return coast._shortened(holders[start] > 1, holders[end] > 1)

    def _shortened(self, at_start: NDArray[np.bool_], at_end: NDArray[np.bool_]) -> Baseline:
        """Let edges begin later, or end earlier, by `_TERMINUS` or a quarter of their length."""
        length = distance(self.lon1, self.lat1, self.lon2, self.lat2)
        part = np.divide(_TERMINUS, length, out=np.zeros_like(length), where=length > 0)
        part = np.minimum(part, 0.25)
        east, north = self.lon2 - self.lon1, self.lat2 - self.lat1
        after, before = part * at_start, part * at_end
        return replace(
            self,
            lon1=self.lon1 + after * east,
            lat1=self.lat1 + after * north,
            lon2=self.lon2 - before * east,
            lat2=self.lat2 - before * north,
        )


def _lines_of(
    features: NDArray[np.object_], closing: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], NDArray[np.int64], NDArray[np.object_]]:
    """Points and lines of all features, the feature of each, and the polygons of the land."""
    import shapely

    parts, feature = features, np.arange(len(features))
    while True:
        split, of_part = shapely.get_parts(parts, return_index=True)
        if len(split) == len(parts) and (split == parts).all():
            break
        parts, feature = split, feature[of_part]
    keep = ~shapely.is_empty(parts)
    parts, feature = shapely.force_2d(parts[keep]), feature[keep]
    is_polygon = shapely.get_type_id(parts) == _POLYGON
    lines = parts.copy()
    lines[is_polygon] = shapely.get_exterior_ring(parts[is_polygon])
    encloses = closing[feature] & shapely.is_closed(lines) & (shapely.get_num_points(lines) > 3)
    xy, ring = shapely.get_coordinates(lines[is_polygon | encloses], return_index=True)
    xy[:, 0] = _short_way(xy[:, 0], ring)
    land: Any = shapely.polygons(shapely.linearrings(xy, indices=ring)) if len(xy) else []
    return lines, feature, np.asarray(land, dtype=object)


def _short_way(lon: NDArray[np.float64], ring: NDArray[np.int64]) -> NDArray[np.float64]:
    """Longitudes of rings whose edges run the short way, as those of a baseline do.

    A ring that then does not close runs round a pole, and stays as it is.
    """
    step = np.where(ring[1:] == ring[:-1], np.diff(lon), 0.0)
    wide = (np.abs(step) > 180.0) & (np.abs(step) != 360.0)
    if not wide.any():
        return lon
    turns = np.concatenate([[0.0], np.cumsum(-np.round(step / 360.0))])
    first = np.flatnonzero(np.diff(ring, prepend=-1))
    last = np.append(first[1:], len(ring)) - 1
    moved = np.zeros(ring[-1] + 1, dtype=bool)
    moved[ring[1:][wide]] = True
    moved &= turns[last] == turns[first]
    return lon + 360.0 * np.where(moved[ring], turns - turns[first][ring], 0.0)


def _checked(
    lon1: NDArray[np.float64],
    lat1: NDArray[np.float64],
    lon2: NDArray[np.float64],
    lat2: NDArray[np.float64],
    *,
    model: NDArray[np.uint8],
    feature: NDArray[np.int64],
    key: ArrayLike,
    max_breadth: ArrayLike,
    land: NDArray[np.object_],
) -> Baseline:
    """Make a baseline of good values, the short way round the globe."""
    for lon, lat in ((lon1, lat1), (lon2, lat2)):
        bad = ~((np.abs(lon) <= 360.0) & (np.abs(lat) <= 90.0))
        if bad.any():
            first = int(np.argmax(bad))
            hint = "; are longitude and latitude swapped?" if 90.0 < abs(lat[first]) < 361 else "."
            raise CoordinateError(
                f"{np.count_nonzero(bad)} of {len(lon)} positions of the baseline are not on the "
                f"globe; the first is lon={lon[first]}, lat={lat[first]}, of feature "
                f"{feature[first]}. Longitude must be within [-360, 360] and latitude within "
                f"[-90, 90]{hint}"
            )
    n = len(lon1)
    if not n:
        raise BaselineError("The baseline is empty: no point, line or polygon was given.")
    keys = np.broadcast_to(np.asarray(key, dtype=np.int64), n).copy()
    caps = np.broadcast_to(np.asarray(max_breadth, dtype=np.float64), n).copy()
    if keys.min() < 0:
        raise BaselineError(f"Territory {keys.min()} is negative. Keys are integers from 0 up.")
    if not (caps > 0).all():
        raise BaselineError(f"A greatest breadth of {caps.min()} m was given. It must be above 0.")
    span = lon2 - lon1
    lon2 = np.where(np.abs(span) > 180.0, lon1 + np.remainder(span + 180.0, 360.0) - 180.0, lon2)
    return Baseline(
        np.ascontiguousarray(lon1),
        np.ascontiguousarray(lat1),
        np.ascontiguousarray(lon2),
        np.ascontiguousarray(lat2),
        model,
        keys,
        caps,
        np.asarray(feature, dtype=np.int64),
        land,
    )


def is_artificial(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Edges that only close a polygon: along ±180°, and along parallels on the ice or a pole."""
    (lon1, lat1), (lon2, lat2) = one.T, two.T
    cut = (np.abs(lon1) == 180.0) & (lon1 == lon2) & (lat1 != lat2)
    level = (lat1 == lat2) & (lon1 != lon2) & ((lat1 <= _ICE) | (lat1 == 90.0))
    return np.asarray(cut | level)


def _spread(value: Any, n: int, what: str) -> list[Any]:
    """One value for each feature."""
    if value is None or isinstance(value, str):
        return [value] * n
    values = list(value)
    if len(values) != n:
        raise BaselineError(f"{len(values)} values of {what} were given for {n} features.")
    return values


def _known(values: list[Any], known: tuple[Any, ...], what: str) -> list[Any]:
    """The values, if all of them are known."""
    unknown = [value for value in values if value not in known]
    if unknown:
        raise BaselineError(
            f"Unknown {what} {unknown[0]!r}. Known: {', '.join(str(one) for one in known)}."
        )
    return values
