"""Seeded tracks of ships as AIS has them, clean or as they arrive.

    python benchmarks/ais_tracks.py FOLDER [--vessels N] [--fixes N] [--files N] [--seed N]

writes Parquet files with the columns mmsi, time, lon and lat, sorted by ship and time. Four ships
of five hug a coast: they begin 1 to 30 km off it, do 8 to 18 knots, turn a little at random, and
back towards the coast when they are more than 40 km off. The fifth goes along great circles from
coast to coast, and falls silent for 6 to 24 hours now and then. Positions are rounded as AIS
rounds them, to 1/600,000 degree. As they arrive (`untidy`), fixes are silent (181, 91), said
twice, out of order, or those of another ship of the same number.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import eezkit
from eezkit import geodesy
from eezkit.geometry import wrap_lon
from eezkit.units import M

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from eezkit.atlas import Atlas

QUANTUM = 1 / 600_000
_FIRST_MMSI = 200_000_000
_SHARE_LONG = 0.2
_SHARE_SILENT = 0.02


class AisTracks(NamedTuple):
    """Fixes, by ship and time.

    Parameters
    ----------
    ship : numpy.ndarray of int64, shape (n_fixes,)
    seconds : numpy.ndarray of float64, shape (n_fixes,)
        Since the beginning of the year.
    lon, lat : numpy.ndarray of float64, shape (n_fixes,)
        Degrees, longitudes within [-180, 180).
    """

    ship: NDArray[np.int64]
    seconds: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    @property
    def joined(self) -> NDArray[np.bool_]:
        """Whether each fix is of the ship of the one before, shape (n_fixes,)."""
        joined = np.zeros(len(self.ship), bool)
        joined[1:] = self.ship[1:] == self.ship[:-1]
        return joined

    def table(self) -> pd.DataFrame:
        """Give the fixes as people have them."""
        import pandas as pd

        when = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.round(self.seconds), unit="s")
        return pd.DataFrame(
            {"mmsi": _FIRST_MMSI + self.ship, "time": when, "lon": self.lon, "lat": self.lat}
        )


def ais_tracks(
    atlas: Atlas,
    vessels: int = 1000,
    fixes: int = 1000,
    *,
    seed: int = 1,
    every: tuple[float, float] = (60.0, 600.0),
    share_long: float = _SHARE_LONG,
) -> AisTracks:
    """Make tracks along the coasts of an atlas; the same seed makes the same.

    Parameters
    ----------
    atlas : Atlas
    vessels, fixes : int
        How many ships, and how many fixes of each.
    seed : int
    every : (float, float)
        Seconds between fixes, at the least and at the most.
    share_long : float
        How many of the ships cross oceans.

    Returns
    -------
    AisTracks
    """
    rng = np.random.default_rng(seed)
    edges = atlas.edges
    shore = np.arange(edges.n_seaward, len(edges))

    def coasts() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        some = edges.ends[rng.choice(shore, vessels), 0]
        return edges.points[some, 0], edges.points[some, 1]

    x, y = coasts()
    x, y, _ = geodesy.direct(x, y, rng.uniform(0, 360, vessels), rng.uniform(1e3, 30e3, vessels))
    goal_x, goal_y = coasts()
    heading = rng.uniform(0, 360, vessels)
    speed = rng.uniform(8, 18, vessels) * M / 3600
    is_long = rng.random(vessels) < share_long
    seconds = rng.uniform(0, 86400, vessels)
    rows = []
    for k in range(fixes):
        rows.append((seconds, x, y))
        step = rng.uniform(*every, vessels)
        silent = is_long & (rng.random(vessels) < _SHARE_SILENT) & (every[0] < every[1])
        step = np.where(silent, rng.uniform(6, 24, vessels) * 3600, step)
        heading = (heading + rng.normal(0, 12, vessels)) % 360
        far, towards, _ = geodesy.inverse(x, y, goal_x, goal_y)
        heading = np.where(is_long, towards, heading)
        new_x, new_y = coasts()
        there = is_long & (far < 50e3)
        goal_x, goal_y = np.where(there, new_x, goal_x), np.where(there, new_y, goal_y)
        if k % 60 == 0:
            near = atlas.coast.query(x, y)
            back = ~is_long & (near.distance > 40e3)
            heading = np.where(back, np.nan_to_num(near.azimuth), heading)
        x, y, _ = geodesy.direct(x, y, heading, speed * step)
        seconds = seconds + step
    seconds, x, y = (np.array(column).T.reshape(-1) for column in zip(*rows, strict=True))
    x, y = (np.round(column / QUANTUM) * QUANTUM for column in (x, y))
    return AisTracks(np.repeat(np.arange(vessels), fixes), seconds, wrap_lon(x), y)


def untidy(tracks: AisTracks, *, seed: int = 1) -> pd.DataFrame:
    """Give tracks as they arrive: one fix in a hundred is wrong in some way.

    Parameters
    ----------
    tracks : AisTracks
    seed : int

    Returns
    -------
    pandas.DataFrame
        Columns mmsi, time, lon and lat, in no strict order of time.
    """
    import pandas as pd

    rng = np.random.default_rng(seed)
    table = tracks.table()
    n = len(table)
    silent, elsewhere, twice, late = (rng.random(n) < 0.0025 for _ in range(4))
    table.loc[silent, ["lon", "lat"]] = 181.0, 91.0
    table.loc[elsewhere, "lat"] = -table.loc[elsewhere, "lat"]
    order = np.argsort(np.arange(n) + 3.5 * late, kind="stable")
    return pd.concat([table.iloc[order], table[twice]]).sort_values(
        "mmsi", kind="stable", ignore_index=True
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vessels", type=int, default=1000)
    parser.add_argument("--fixes", type=int, default=1000)
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--untidy", action="store_true")
    given = parser.parse_args()
    atlas = eezkit.load()
    given.folder.mkdir(parents=True, exist_ok=True)
    for k in range(given.files):
        tracks = ais_tracks(atlas, given.vessels // given.files, given.fixes, seed=given.seed + k)
        table = untidy(tracks, seed=given.seed) if given.untidy else tracks.table()
        table["mmsi"] += k * given.vessels // given.files
        table.to_parquet(given.folder / f"{k:03d}.parquet", index=False)
    print(f"{given.vessels * given.fixes:,} fixes of {given.vessels:,} ships in {given.folder}")


if __name__ == "__main__":
    main()
