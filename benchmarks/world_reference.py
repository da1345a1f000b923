"""What the derived atlas is judged by: positions at sea, published zones, and the nearest coast.

For `world_agreement.py`, `world_areas.py` and `world_coverage.py`. The published zones are those
of `world_union_v3_simplified` (Flanders Marine Institute 2020, CC BY 4.0), from the shared data;
the nearest coast is that of the baselines which ``python data/world/baselines.py`` builds.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import workloads
from eezkit.geometry import Rings
from eezkit.lookup import CellIndex
from eezkit.nearest import EdgeTree
from eezkit.units import M

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "world"))

import sources
from attribution import table
from baselines import baselines_path
from coast import outer_rings, without_lakes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Positions = tuple[NDArray[np.float64], NDArray[np.float64]]

BREADTH = 200 * M
END_OF_MAP = -84.9
HIGH_SEAS = "high seas"
CODES = [row["code"] for row in table("territories.csv")]
OUTLINED_IN = {row["alpha3"]: row["outlined_in"] for row in table("iso3166.csv")}
SOUTH = "ATA"
"""The published zone of Antarctica agrees with every sector that is claimed."""


def at_sea(n_points: int, seed: int) -> Positions:
    """Draw positions uniformly by area and keep those at sea until there are enough."""
    import shapely

    rings = without_lakes(outer_rings(sources.read("lands")))
    land = CellIndex.build(Rings.from_shapely(shapely.polygons([*map(shapely.linearrings, rings)])))
    rng = np.random.default_rng(seed)
    lon = rng.uniform(-180, 180, 2 * n_points)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, 2 * n_points)))
    sea = (land.locate(lon, lat) == 0) & (lat > END_OF_MAP)
    return lon[sea][:n_points], lat[sea][:n_points]


def claimants() -> dict[str, frozenset[str]]:
    """Give the States that hold or claim each territory, by its code."""
    contested = {row["code"]: row["claimants"] for row in table("contested.csv")}
    return {
        row["code"]: frozenset(contested.get(row["code"], row["sovereign"]).split("|"))
        | ({SOUTH} if row["code"].startswith("ATA-") else set())
        for row in table("territories.csv")
    }


class NearestCoast:
    """The territory whose coast is nearest, of those that are entitled to a zone so far out."""

    names = CODES

    def __init__(self) -> None:
        self.held = [claimants()[code] for code in CODES]
        with np.load(baselines_path()) as arrays:
            self.edges = {name: arrays[name] for name in arrays.files}
        ends = (self.edges[name] for name in ("lon1", "lat1", "lon2", "lat2"))
        self.tree = EdgeTree.build(*ends)

    def territory(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give the number of the territory at each position, -1 on the high seas."""
        best = np.full(len(lon), np.inf)
        result = np.full(len(lon), -1)
        for cap in np.unique(self.edges["max_breadth"]):
            active = self.edges["max_breadth"] == cap
            found = self.tree.query(lon, lat, active=active, max_distance=min(cap, BREADTH))
            nearer = found.distance < best
            best[nearer] = found.distance[nearer]
            result[nearer] = self.edges["key"][found.edge[nearer]]
        return result

    def off_by(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], key: int, other: int
    ) -> NDArray[np.float64]:
        """How far a line would have to move in metres for `key` to become `other`; -1 is none."""
        distance, off = [], np.full(len(lon), np.inf)
        for k in (key, other):
            cap = (
                min(self.edges["max_breadth"][self.edges["key"] == k].max(), BREADTH)
                if k >= 0
                else 0
            )
            distance.append(self.reach(lon, lat, {k}) if k >= 0 else np.full(len(lon), np.inf))
            off = np.fmin(off, np.abs(distance[-1] - cap))
        return np.fmin(off, np.abs(distance[0] - distance[1]) / 2)

    def reach(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], keys: Iterable[int]
    ) -> NDArray[np.float64]:
        """Distance to the coast of these territories in metres, infinite beyond 400 M."""
        active = np.isin(self.edges["key"], list(keys))
        if not active.any():
            return np.full(len(lon), np.inf)
        return self.tree.query(lon, lat, active=active, max_distance=2 * BREADTH).distance

    def keys_of(self, sovereign: str) -> set[int]:
        """Numbers of all territories that a State holds or claims."""
        return {i for i, held in enumerate(self.held) if sovereign in held}


@dataclass(frozen=True)
class Zones:
    """A layer of zones: the one that ``data/world/overlay.py`` built, or the embedded atlas.

    Parameters
    ----------
    rings : Rings
    names : list of str
        Code of the territory of each zone, or its name where it is none of ours.
    held : list of frozenset of str
        The States that hold or claim it.
    """

    rings: Rings
    names: list[str]
    held: list[frozenset[str]]

    @classmethod
    def built(cls, name: str = "zones") -> Zones:
        """Read a layer that the pipeline built."""
        import geopandas

        layer = geopandas.read_parquet(sources.workroom() / f"{name}.parquet")
        states = claimants()
        codes = layer["code"].tolist()
        held = [states.get(code, frozenset()) for code in codes]
        return cls(Rings.from_shapely(layer.geometry.to_numpy()), codes, held)

    @classmethod
    def embedded(cls) -> Zones:
        """Take the zones that eezkit brings along."""
        import eezkit

        atlas = eezkit.load()
        code = {row["name"]: row["code"] for row in table("territories.csv")}
        names = [code.get(zone.name, zone.name) for zone in atlas.zones]
        held = [
            frozenset(party.sovereign for party in zone.parties)
            | ({SOUTH} if name.startswith("ATA-") else set())
            for zone, name in zip(atlas.zones, names, strict=True)
        ]
        shapes = atlas.to_geodataframe("zones").geometry.to_numpy()
        return cls(Rings.from_shapely(shapes), names, held)

    @cached_property
    def index(self) -> CellIndex:
        """The index over them."""
        return CellIndex.build(self.rings)

    def territory(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give the number of the first zone at each position, -1 on the high seas."""
        code = self.index.locate(lon, lat)
        n_held = np.diff(self.index.set_starts)
        first = np.append(self.index.set_zones, -1)[self.index.set_starts[:-1]]
        return np.where(n_held > 0, first, -1)[code].astype(np.int64)


@dataclass(frozen=True)
class Published:
    """The published zones, by the State that each names (ISO 3166-1 alpha-3)."""

    rings: Rings
    states: list[str]

    @classmethod
    def read(cls, name: str = "world_union_v3_simplified", column: str = "iso2") -> Published:
        """Read a layer of the shared data; zones that were made up for tests are left out."""
        import geopandas

        alpha3 = {row["alpha2"]: row["alpha3"] for row in table("iso3166.csv")}
        layer = geopandas.read_parquet(workloads.SHARED / f"{name}.parquet")
        layer = layer[layer[column].isin(list(alpha3))]
        states = [alpha3[code] for code in layer[column]]
        return cls(Rings.from_shapely(layer.geometry.to_numpy()), states)

    @cached_property
    def index(self) -> CellIndex:
        """The index over them."""
        return CellIndex.build(self.rings)

    def sets(self, answers: NDArray[np.int32]) -> list[tuple[str, ...]]:
        """Give the States of the zones that each answer code stands for."""
        of_code = {
            code: tuple(sorted({self.states[zone] for zone in self.index.zones(code)}))
            for code in np.unique(answers).tolist()
        }
        return [of_code[code] for code in answers.tolist()]


def agrees(published: Iterable[str], held: frozenset[str]) -> bool:
    """Whether a published State is among ours, itself or the one that its outline lies in."""
    return any(state in held or OUTLINED_IN[state] in held for state in published)


def print_command(name: str, excuse: str) -> None:
    """Print the command that prints what follows, as the documentation shows one."""
    command = " ".join([f"python benchmarks/{name}.py", *sys.argv[1:]])
    print(f"% not run: {excuse}\n```console\n$ {command}\n```\n")
