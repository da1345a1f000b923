"""`Atlas`: zones with everything needed to answer for one position or for millions."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from eezkit._entry import MANIFEST, Entry, damaged, disk_errors, half_written, keep, open_entry
from eezkit.answers.found import NOT_COVERED, Located, on_edge
from eezkit.atlas.kept import arrays_of, facts_of, fields_of
from eezkit.atlas.mapped import map_arrays, write_arrays
from eezkit.atlas.selection import choose, parse_selector
from eezkit.coverage import Coverage
from eezkit.edges import Edges
from eezkit.errors import CacheError, DataNotFoundError, OptionError, UnknownZoneError
from eezkit.geodesy import Nearest
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from eezkit.nearest import EdgeTree
from eezkit.positions import Invalid, check_arrays
from eezkit.units import M
from eezkit.zones import Provenance, Regime, Zone

if TYPE_CHECKING:
    import geopandas
    import pandas
    from numpy.typing import ArrayLike, NDArray

    from eezkit.answers.answer import Answer
    from eezkit.uncertainty import Uncertainty

__all__ = ["Atlas"]

Kinds = Literal["seaward", "coast", "all"]

_SHOWN = 10
"""Zones of an atlas that a notebook shows."""
_SMALL_ISLAND = 12 * M


@dataclass(frozen=True, eq=False)
class Atlas:
    """A dataset of zones, ready to answer.

    Made by `eezkit.load`, `eezkit.read` and `eezkit.fetch`; not usually constructed by hand.

    Parameters
    ----------
    every_zone : tuple of Zone
        All zones of the dataset, also those a selection leaves out; answer codes and the sides
        of edges count in these.
    rings : Rings
        Their published rings.
    index, seaward, coast : CellIndex, EdgeTree, EdgeTree
        Which zones; the nearest seaward edge; the nearest coast.
    edges : Edges
        What each edge is.
    provenance : Provenance
    coverage : Coverage
    overlays, overlay_rings, overlay_index
        12 M and 24 M zones, where the dataset has them.
    land : Rings or None
        The dataset's own land, where it has one.
    land_index : CellIndex or None
        Which positions are on land: the dataset's own, or else the land its edges were told by.
    inland, inland_index : Rings, CellIndex, or None
        Lakes and rivers within the dataset's own land, where it has them.
    inland_waters : tuple of str
        The names of these, "" where there is none.
    warnings : tuple of (str, str)
        What loading warned of: the class of the warning, and the text.
    findings : mapping
        What the checks on loading found, zone by zone, as JSON has it.
    selected : tuple of int or None
        Indices of the zones whose union the atlas stands for; None for all, each by itself.
    folder : Path or None
        The folder the arrays are mapped from; None for an atlas in memory.
    """

    every_zone: tuple[Zone, ...]
    rings: Rings
    index: CellIndex
    edges: Edges
    seaward: EdgeTree
    coast: EdgeTree
    provenance: Provenance
    coverage: Coverage
    overlays: tuple[Zone, ...] = ()
    overlay_rings: Rings | None = None
    overlay_index: CellIndex | None = None
    land: Rings | None = None
    land_index: CellIndex | None = None
    inland: Rings | None = None
    inland_index: CellIndex | None = None
    inland_waters: tuple[str, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    findings: Mapping[str, Any] = field(default_factory=dict)
    selected: tuple[int, ...] | None = None
    folder: Path | None = None

    @functools.cached_property
    def zones(self) -> tuple[Zone, ...]:
        """The zones the atlas stands for: those selected, or all."""
        if self.selected is None:
            return self.every_zone
        return tuple(self.every_zone[i] for i in self.selected)

    def __len__(self) -> int:
        return len(self.zones)

    def __iter__(self) -> Iterator[Zone]:
        return iter(self.zones)

    def __contains__(self, what: object) -> bool:
        """Whether a zone is among these, or any zone answers to a selector."""
        if not isinstance(what, str):
            return what in self.zones
        try:
            return len(self.select(what)) > 0
        except UnknownZoneError:
            return False

    def __getitem__(self, text: str) -> Atlas:
        """See the dataset as the union of the zones a selector means, as `select` does."""
        return self.select(text)

    def __repr__(self) -> str:
        version = f" {self.provenance.version}" if self.provenance.version else ""
        of = f" of {len(self.every_zone)}" if self.selected is not None else ""
        return f"<Atlas {self.provenance.name}{version}: {len(self)}{of} zones>"

    def _repr_html_(self) -> str:
        from eezkit.answers.notebook import lines, small_table
        from eezkit.answers.sentence import zone_words

        rows = [(zone.name, zone_words(zone)) for zone in self.zones[:_SHOWN]]
        more = len(self) - len(rows)
        rest = lines(f"and {more} more; eezkit.explore(atlas) is a map of them") if more else ""
        return f"{lines(repr(self))}{small_table(('zone', 'held or claimed by'), rows)}{rest}"

    # -- choosing ---------------------------------------------------------------------------

    def select(
        self,
        text: str | None = None,
        *,
        sovereign: str | None = None,
        territory: str | None = None,
        mrgid: int | None = None,
        name: str | None = None,
        regime: Regime | str | None = None,
        sole: bool = False,
    ) -> Atlas:
        """See the dataset as the union of some of its zones.

        Parameters
        ----------
        text : str, optional
            A selector as on the command line: ``JPN``, ``territory:GUM``, ``name:Japan``.
        sovereign, territory, mrgid, name, regime : optional
            Conditions, which all must hold; codes and names as the dataset has them.
        sole : bool
            Leave out zones that more than one State holds or claims.

        Returns
        -------
        Atlas
            The same dataset; `margin` is now to the seaward edge of the union, and `locate`
            knows only the selected zones.

        Raises
        ------
        UnknownZoneError
            If no zone answers to a condition; the closest names are given.
        OptionError
            If there is no condition, or one cannot be read.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> japan = atlas.select("JPN")
        >>> len(japan), japan.locate([155.0], [23.3]).answer > 0
        (6, array([ True]))
        """
        wanted: dict[str, Any] = {
            "sovereign": sovereign,
            "territory": territory,
            "mrgid": mrgid,
            "name": name,
            "regime": regime,
        }
        if text is not None:
            wanted.update(parse_selector(text))
        if not sole and all(value is None for value in wanted.values()):
            raise OptionError(f"Nothing to select by; accepted are {', '.join(wanted)} and sole.")
        found = choose(self.every_zone, **wanted, sole=sole)
        if self.selected is not None:
            found = [i for i in found if i in set(self.selected)]
        return replace(self, selected=tuple(found))

    @functools.cached_property
    def _is_selected(self) -> NDArray[np.bool_]:
        chosen = np.full(len(self.every_zone), self.selected is None)
        chosen[list(self.selected or ())] = True
        return chosen

    @functools.cached_property
    def _bounding(self) -> NDArray[np.bool_] | None:
        """Which seaward edges count for `margin`; None for all."""
        return None if self.selected is None else self.edges.bounding(self._is_selected)

    def zones_of(self, code: int) -> tuple[Zone, ...]:
        """Zones of an answer code, as far as they are selected; empty for 0, -1 and -2.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> code = atlas.locate(155.0, 23.3).answer
        >>> [zone.sovereign for zone in atlas.zones_of(code)]
        ['JPN']
        """
        if code <= 0:
            return ()
        return tuple(self.every_zone[i] for i in self.index.zones(code) if self._is_selected[i])

    # -- many positions ---------------------------------------------------------------------

    def locate(self, lon: ArrayLike, lat: ArrayLike, *, threads: int | None = None) -> Located:
        """Find the zones that hold each position.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees. What is not a position (NaN, a latitude beyond 90) is answered -2.
        threads : int, optional
            How many threads to use; the answer does not depend on it.

        Returns
        -------
        Located

        Notes
        -----
        Exact on the published rings. A position on an edge is answered as if moved by
        (+ε, +ε²), so that adjoining zones hold it exactly once.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> found = atlas.locate([155.0, -140.0], [23.3, 30.0])
        >>> [[zone.sovereign for zone in found.zones(code)] for code in found.answer]
        [['JPN'], []]
        """
        x, y = check_arrays(lon, lat, invalid="null")
        code = np.asarray(self.index.locate(x, y, threads=threads))
        empty = code == 0
        if self.selected is not None:
            starts = self.index.set_starts
            code_of = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
            held = np.zeros(len(starts) - 1, dtype=bool)
            held[code_of[self._is_selected[self.index.set_zones]]] = True
            empty = (code >= 0) & ~held[np.maximum(code, 0)]
        if empty.any():
            covered = self._covers(x[empty], y[empty], code[empty] > 0)
            code = code.copy()
            code[empty] = np.where(covered, 0, NOT_COVERED)
        return Located(code, x, y, self)

    @property
    def _covers_everywhere(self) -> bool:
        """Whether "in none of my zones" may be said anywhere."""
        if self.coverage.is_world:
            return True
        asked = {p.sovereign for zone in self.zones for p in zone.parties}
        complete = self.coverage.complete_for
        return self.selected is not None and bool(asked) and asked <= complete

    def _covers(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], in_zone: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Whether "in none of my zones" may be said; it may where another zone holds a position."""
        if self._covers_everywhere:
            return np.ones(lon.shape, dtype=bool)
        return in_zone | self.coverage.covers(lon, lat)

    def distance(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        kinds: Kinds = "all",
        invalid: Invalid = "null",
        threads: int | None = None,
    ) -> Nearest:
        """Find the nearest edge of the zones, on the ellipsoid.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees.
        kinds : {"seaward", "coast", "all"}
            Limits and boundaries; the coast; or whichever is nearer.
        invalid : {"null", "raise"}
            What becomes of what is not a position: NaN and edge -1, or an error.
        threads : int, optional

        Returns
        -------
        Nearest
            Each of the input's shape; `edge` is an index into `edges`.

        Raises
        ------
        CoordinateError
            Under ``invalid="raise"``, if a value is not a position.
        OptionError
            If `kinds` is none of these.

        Notes
        -----
        Exact to 1 mm, and to the true published edge, not its chord or end points.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> near = atlas.distance(155.017583, 23.325487, kinds="coast")
        >>> print(f"{near.distance / 1852:.1f} nmi at azimuth {near.azimuth:.0f}°")
        80.6 nmi at azimuth 315°
        """
        x, y = check_arrays(lon, lat, invalid=invalid)
        if kinds not in ("seaward", "coast", "all"):
            raise OptionError(f"kinds {kinds!r} is not one of 'seaward', 'coast', 'all'.")
        seaward = on_edge(self.seaward.query(x, y, active=self._bounding, threads=threads))
        if kinds == "seaward":
            return seaward
        coast = on_edge(self.coast.query(x, y, threads=threads))
        coast_edge = np.where(coast.edge >= 0, coast.edge + self.edges.n_seaward, -1)
        coast = coast._replace(edge=coast_edge)
        if kinds == "coast":
            return coast
        nearer = coast.distance < seaward.distance
        pairs = zip(coast, seaward, strict=True)
        return Nearest(*(np.where(nearer, c, s) for c, s in pairs))

    def margin(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        invalid: Invalid = "null",
        threads: int | None = None,
    ) -> NDArray[np.float64]:
        """Metres to the nearest seaward edge where the answer changes, + inside.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees.
        invalid : {"null", "raise"}
            What becomes of what is not a position: NaN, or an error.
        threads : int, optional

        Returns
        -------
        numpy.ndarray of float64, shape (...)
            Metres; negative outside; ±inf where there is no such edge.

        Raises
        ------
        CoordinateError
            Under ``invalid="raise"``, if a value is not a position.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> (atlas.select("JPN").margin([155.017583], [23.325487]) / 1852).round(1)
        array([119.4])
        """
        found = self.distance(lon, lat, kinds="seaward", invalid=invalid, threads=threads)
        inside = self.locate(lon, lat, threads=threads).answer > 0
        return np.where(inside, found.distance, -found.distance)

    def stable_within(
        self, lon: ArrayLike, lat: ArrayLike, *, threads: int | None = None
    ) -> NDArray[np.float64]:
        """Metres within which every position at sea has the same answer, and is covered.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees.
        threads : int, optional

        Returns
        -------
        numpy.ndarray of float64, shape (...)
            Never too much, and exact where the dataset covers the world; inf where no other
            answer can be reached, NaN where nothing is covered and for what is no position.

        Examples
        --------
        >>> import eezkit
        >>> stable = eezkit.load().stable_within([155.0, -30.0], [23.3, 45.0])
        >>> (stable / eezkit.M).round(0).tolist()
        [119.0, 120.0]
        """
        from eezkit.atlas.sureness import stable_within

        return stable_within(self, lon, lat, threads=threads)

    def coast_distance(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        invalid: Invalid = "null",
        threads: int | None = None,
    ) -> NDArray[np.float64]:
        """Metres to the nearest coast of the dataset; inf where it has none.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees.
        invalid : {"null", "raise"}
            What becomes of what is not a position: NaN, or an error.
        threads : int, optional

        Returns
        -------
        numpy.ndarray of float64, shape (...)

        Raises
        ------
        CoordinateError
            Under ``invalid="raise"``, if a value is not a position.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> (atlas.coast_distance([155.017583], [23.325487]) / 1852).round(1)
        array([80.6])
        """
        found = self.distance(lon, lat, kinds="coast", invalid=invalid, threads=threads)
        return found.distance

    @property
    def knows_land(self) -> bool:
        """Whether the dataset can tell land from sea: it has land, or edges known to be coast."""
        return self.land_index is not None or self.coast.n_edges > 0

    def is_land(
        self, lon: ArrayLike, lat: ArrayLike, *, threads: int | None = None
    ) -> NDArray[np.bool_]:
        """Whether each position is on land: in no zone, and behind a coast.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees.
        threads : int, optional
            How many threads to use; the answer does not depend on it.

        Returns
        -------
        numpy.ndarray of bool, shape (...)
            False also for what is not a position.

        Notes
        -----
        Where the dataset brings its own land, that is asked, and a position in one of its inland
        waters is not on land: `inland_water` tells which. Elsewhere a position in no zone is
        on land when the land the edges were told by has it, or when the nearest edge of all is
        a coast no farther than 12 M: small islands are not in every map of the land.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> atlas.is_land([139.7, 155.0], [35.9, 23.3])
        array([ True, False])
        """
        lon, lat = check_arrays(lon, lat, invalid="null")
        x, y = lon.reshape(-1), lat.reshape(-1)
        land = np.zeros(x.shape, dtype=bool)
        rest = np.flatnonzero(self.index.locate(x, y, threads=threads) == 0)
        if self.land_index is not None:
            land[rest] = self.land_index.locate(x[rest], y[rest], threads=threads) > 0
        if self.land is not None:
            land[rest] &= self.inland_water(x[rest], y[rest], threads=threads) < 0
            return land.reshape(lon.shape)
        rest = rest[~land[rest]]
        coast = self.coast.query(
            x[rest], y[rest], max_distance=_SMALL_ISLAND, threads=threads
        ).distance
        near = np.isfinite(coast)
        rest = rest[near]
        seaward = self.seaward.query(x[rest], y[rest], threads=threads).distance
        land[rest] = coast[near] < seaward
        return land.reshape(lon.shape)

    def inland_water(
        self, lon: ArrayLike, lat: ArrayLike, *, threads: int | None = None
    ) -> NDArray[np.int64]:
        """Find the lake or river, within the dataset's own land, that holds each position.

        Parameters
        ----------
        lon, lat : array_like of float, shape (...)
            Degrees.
        threads : int, optional
            How many threads to use; the answer does not depend on it.

        Returns
        -------
        numpy.ndarray of int64, shape (...)
            Indices into `inland_waters`, which has the names; -1 in none, and for what is not a
            position.

        Notes
        -----
        The atlas that comes along has waters from 100 km² on, and from 10 km² on at the heads of
        estuaries; their shores may be off by 600 m. Smaller ones are land in it.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> atlas.inland_water([155.0, 139.7], [23.3, 35.7]).tolist()
        [-1, -1]
        """
        x, y = check_arrays(lon, lat, invalid="null")
        if self.inland_index is None:
            return np.full(x.shape, -1, dtype=np.int64)
        code = np.asarray(self.inland_index.locate(x, y, threads=threads), dtype=np.int64)
        inside = code > 0
        found = np.full(x.shape, -1, dtype=np.int64)
        found[inside] = self.inland_index.set_zones[self.inland_index.set_starts[code[inside]]]
        return found

    @overload
    def join(
        self,
        points: geopandas.GeoDataFrame | geopandas.GeoSeries,
        *,
        how: Literal["left", "inner"] = "left",
        belts: bool = True,
    ) -> geopandas.GeoDataFrame: ...

    @overload
    def join(
        self,
        points: pandas.DataFrame,
        *,
        how: Literal["left", "inner"] = "left",
        lon: str,
        lat: str,
        belts: bool = True,
    ) -> pandas.DataFrame: ...

    def join(
        self,
        points: Any,
        *,
        how: Literal["left", "inner"] = "left",
        lon: str | None = None,
        lat: str | None = None,
        belts: bool = True,
    ) -> Any:
        """Add to each position the zones that hold it.

        Parameters
        ----------
        points : geopandas.GeoDataFrame, geopandas.GeoSeries or pandas.DataFrame
            Points in any coordinate reference system; without one they are taken as WGS 84. Or a
            table with columns of degrees.
        how : {"left", "inner"}
            Whether positions in no zone are kept, with nulls.
        lon, lat : str, optional
            The columns of a table that hold longitudes and latitudes.
        belts : bool
            Whether to say in which belt of the sea each position lies.

        Returns
        -------
        geopandas.GeoDataFrame or pandas.DataFrame
            One row per position and zone, the index repeated, with the columns ``answer``,
            ``on_land``, ``belt``, ``mrgid``, ``zone``, ``kind``, ``territory``, ``sovereign``,
            ``regime``, ``status`` and ``n_zones`` added. ``answer`` is 0 in no zone, -1 where
            nothing is covered and -2 for what is no position (missing, empty, not on the globe);
            under the last two ``n_zones`` is null.

        Raises
        ------
        OptionError
            If the geometries are no points, a column is there already or missing, or `how` is
            unknown.

        Examples
        --------
        >>> import eezkit, pandas
        >>> fixes = pandas.DataFrame({"lon": [155.0, None], "lat": [23.3, 45.0]})
        >>> joined = eezkit.load().join(fixes, lon="lon", lat="lat")
        >>> joined["sovereign"].fillna("").tolist(), joined["answer"].gt(0).tolist()
        (['JPN', ''], [True, False])
        """
        from eezkit.atlas.tables import join

        return join(self, points, how=how, lon=lon, lat=lat, belts=belts)

    # -- one position -----------------------------------------------------------------------

    def at(
        self,
        *,
        lon: float,
        lat: float,
        zone: str | None = None,
        sole: bool = False,
        uncertainty: float | Uncertainty | None = None,
        name: str | None = None,
    ) -> Answer:
        """Answer for one position: which zones, by what margin, how sure.

        Parameters
        ----------
        lon, lat : float
            Degrees.
        zone : str, optional
            A selector ("JPN", "territory:GUM"): is the position in a zone of these? Without it
            the question is which zone.
        sole : bool
            Leave shared zones out of the question.
        uncertainty : float or Uncertainty, optional
            A radius in metres, or a shape.
        name : str, optional
            What the position is called.

        Returns
        -------
        Answer

        Raises
        ------
        CoordinateError
            If it is not a position.
        UnknownZoneError
            If no zone answers to `zone`.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> print(atlas.at(lon=155.017583, lat=23.325487, zone="JPN"))
        inside Japan (territory: Minami-Torishima), sole · 119.4 nmi (221.2 km) inside ...
        """
        from eezkit.atlas.single import answer

        return answer(
            self, lon=lon, lat=lat, zone=zone, sole=sole, uncertainty=uncertainty, name=name
        )

    # -- as tables, files and pictures ------------------------------------------------------

    def to_geodataframe(
        self, layer: Literal["zones", "overlays", "land", "edges"] = "zones"
    ) -> geopandas.GeoDataFrame:
        """Give the zones as a table with valid geometries, in WGS 84.

        Parameters
        ----------
        layer : {"zones", "overlays", "land", "edges"}

        Returns
        -------
        geopandas.GeoDataFrame
            Columns mrgid, name, kind, regime, sovereign, territory, sovereign_name,
            territory_name, published_kind, area_km2, status, geometry; of the land only the
            geometry; of the edges kind, evidence, left and right.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> table = atlas.select("territory:GUM").to_geodataframe()
        >>> table[["name", "sovereign"]].values.tolist()
        [['Guam', 'USA']]
        """
        from eezkit.atlas.tables import to_geodataframe

        return to_geodataframe(self, layer)

    def save(self, path: str | os.PathLike[str], *, about: Mapping[str, Any] | None = None) -> None:
        """Write the built atlas as a folder of arrays to map and a manifest.

        Parameters
        ----------
        path : path-like
            The folder; the atlas appears in it whole or not at all, and files of yours stay.
        about : mapping, optional
            What the atlas was made from, as JSON can hold it.

        Raises
        ------
        CacheError
            If it cannot be written.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> atlas.select("territory:GUM").save("guam")
        >>> len(eezkit.Atlas.open("guam").every_zone) == len(atlas)
        True
        """
        with half_written(path, "arrays") as room:
            with disk_errors(Path(path)):
                write_arrays(room / "arrays.bin", arrays_of(self), facts_of(self))
            keep(path, room / "arrays.bin", about or {}, stem="arrays")

    @classmethod
    def open(cls, path: str | os.PathLike[str] | Entry) -> Atlas:
        """Open a folder that `save` wrote; the arrays are mapped, not read.

        Parameters
        ----------
        path : path-like or Entry
            The folder, or what `open_entry` said of it.

        Raises
        ------
        CacheError
            If it is missing, damaged, or of another format.

        Notes
        -----
        The arrays are read through, and compared with their hash, if their file was written to,
        copied or linked since that was last done; else opening takes milliseconds.

        Examples
        --------
        >>> import eezkit
        >>> atlas = eezkit.load()
        >>> atlas.save("kept")
        >>> eezkit.Atlas.open("kept").provenance.name
        'eezkit derived atlas'
        """
        entry = path if isinstance(path, Entry) else open_entry(path)
        entry.check()
        try:
            return cls(**fields_of(*map_arrays(entry.file)), folder=entry.folder)
        except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
            raise damaged(entry.folder, repr(error)) from error

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as a reference: a folder and the hash of what is in it, not its arrays."""
        if self.folder is None:
            state = {name: getattr(self, name) for name in self.__dataclass_fields__}
            return _with_all, (state,)
        return _referred, (str(self.folder), open_entry(self.folder).sha256, self.selected)


def _with_all(state: dict[str, Any]) -> Atlas:
    """An atlas that was never kept, as it was."""
    return Atlas(**state)


def _referred(folder: str, sha256: str, selected: tuple[int, ...] | None) -> Atlas:
    """Open the atlas that a reference names: where it was, or else in the cache of this process."""
    places = [Path(folder)]
    if own := os.environ.get("EEZKIT_CACHE_DIR"):
        places.append(Path(own).expanduser() / "built" / Path(folder).name)
    there = next((place for place in places if (place / MANIFEST).is_file()), None)
    if there is None:
        raise DataNotFoundError(
            "The atlas that came as a reference is not on this machine: it was looked for in "
            f"{' and in '.join(map(str, places))}. Have it built here with `eezkit data build`, "
            "copy the folder, or let EEZKIT_CACHE_DIR name one that all workers see."
        )
    entry = open_entry(there)
    if entry.sha256 != sha256:
        raise CacheError(
            f"The atlas in {there} is another than the one that came as a reference: its SHA-256 "
            f"is {entry.sha256} instead of {sha256}. Was it built from other data, or by another "
            "version of eezkit?"
        )
    return replace(Atlas.open(entry), selected=selected)
