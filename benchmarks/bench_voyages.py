"""Time crossings and stays along AIS tracks, and show what others lose; or check every answer.

    python benchmarks/bench_voyages.py [--vessels N] [--fixes N] [--peers N]
    python benchmarks/bench_voyages.py --losses
    python benchmarks/bench_voyages.py --oracle [--samples N]
    python benchmarks/bench_voyages.py --claims
    python benchmarks/bench_voyages.py --memory FOLDER

Speeds: the walk along the tracks of `ais_tracks` over the world layer of `workloads`, beside
`locate` of the fixes and `geodesy.distance` of the segments, in one run on one core and on two.
Peers: GeoPandas' spatial join of the fixes; MovingPandas' clip, zone by zone, where it is
installed. Rates are of processor time.

Losses: of the crossings along fixes a minute apart, how many are found from fixes farther apart,
and how late, by zone per fix and difference, as people do, and here.

Oracle: `locate` at random places of the segments, put there by pyproj, against what the
crossings say; at 1 µm either side of every crossing; and the same of 10,000 tracks of every kind
along lattices, where ties are everywhere.

Claims: that latitude along a geodesic is concave in longitude north of the equator, and how far
a geodesic rises above its higher end.

Memory: a folder of Parquet (`ais_tracks.py` makes one) through `track_file`.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import Geod

import eezkit
import workloads
from ais_tracks import AisTracks, ais_tracks
from eezkit import geodesy
from eezkit.voyages.walking import Walked, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from eezkit.atlas import Atlas

GEOD = Geod(ellps="WGS84")
EVENT = 1e-3  # metres: within this of a crossing nothing is said
COLUMNS = {"name": "countryCode", "sovereign": "countryCode", "territory": "countryCode"}


def world() -> Atlas:
    """The shared world layer as an atlas; the built-in one where that is absent."""
    path = workloads.SHARED / "world_zones_full.parquet"
    if not path.exists():
        return eezkit.load()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return eezkit.read(path, columns=COLUMNS)


def worked(function: Callable[[], Any], rounds: int = 3) -> tuple[float, float, Any]:
    """Least processor time and wall time of some rounds, and the result."""
    best, wall, result = np.inf, np.inf, None
    for _ in range(rounds):
        start, begin = time.process_time(), time.perf_counter()
        result = function()
        best = min(best, time.process_time() - start)
        wall = min(wall, time.perf_counter() - begin)
    return best, wall, result


def speeds(atlas: Atlas, tracks: AisTracks, peers: int) -> None:
    lon, lat, joined = tracks.lon, tracks.lat, tracks.joined
    n, index = len(lon), atlas.index
    print(f"{atlas.provenance.name}, {atlas.rings.n_vertices:,} vertices; {n:,} fixes\n")
    print("| what | M/s of processor time | M/s |\n|---|---|---|")

    def row(what: str, function: Callable[[], Any], count: int = n) -> Any:
        cpu, wall, result = worked(function)
        print(f"| {what} | {count / cpu / 1e6:.3g} | {count / wall / 1e6:.3g} |", flush=True)
        return result

    walk(index, lon[:10], lat[:10], joined[:10])
    row("`locate` of the fixes, 1 thread", lambda: index.locate(lon, lat, threads=1))
    ends = lon[:-1], lat[:-1], lon[1:], lat[1:]
    row("`geodesy.distance` of the segments", lambda: geodesy.distance(*ends))
    row("`geodesy.inverse` of the segments", lambda: geodesy.inverse(*ends))
    found = row("crossings and lengths, 1 thread", lambda: walk(index, lon, lat, joined, threads=1))
    row("crossings and lengths, 2 threads", lambda: walk(index, lon, lat, joined, threads=2))
    row(
        "along rhumb lines, 1 thread",
        lambda: walk(index, lon, lat, joined, path="rhumb", threads=1),
    )
    table = tracks.table()
    stays = row("`eezkit.stays`, a table", lambda: eezkit.stays(table, atlas, id="mmsi", threads=1))
    few, zones = table[: peers * 1000], atlas.to_geodataframe()[["name", "geometry"]]
    row("GeoPandas join of the fixes", lambda: _sjoin(few, zones), len(few))
    clipped = _clip(few, zones.geometry.to_numpy())
    if clipped is not None:
        print(f"| MovingPandas clip, zone by zone | {clipped / 1e6:.2g} | |")
    print(f"\n{len(found):,} crossings, {found.n_mended} by halving; {len(stays):,} stays")


def _sjoin(table: Any, zones: Any) -> Any:
    import geopandas

    points = geopandas.GeoDataFrame(
        table, geometry=geopandas.points_from_xy(table["lon"], table["lat"]), crs="EPSG:4326"
    )
    return points.sjoin(zones, how="left", predicate="within")


def _clip(table: Any, zones: Any, seconds: float = 60.0) -> float | None:
    """Fixes a second that MovingPandas clips by the zones they meet; None without it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import movingpandas
        except ImportError:
            return None
        import shapely

        tree = shapely.STRtree(zones)
        n, start = 0, time.process_time()
        for mmsi, ship in table.groupby("mmsi"):
            track = movingpandas.Trajectory(ship, mmsi, t="time", x="lon", y="lat", crs=4326)
            for k in tree.query(track.to_linestring(), predicate="intersects"):
                track.clip(zones[k])
            n += len(ship)
            if time.process_time() - start > seconds:
                break
        return n / (time.process_time() - start)


def losses(atlas: Atlas, *, seed: int = 3) -> None:
    """Print what is found of the crossings along one-minute fixes, by interval."""
    tracks = ais_tracks(atlas, 300, 1441, seed=seed, every=(60.0, 60.0001), share_long=0.0)
    minute = np.arange(len(tracks.ship)) % 1441
    truth = _dated(tracks, _walk_all(atlas, tracks))
    print(f"{len(truth[1]):,} crossings along fixes a minute apart\n")
    print("| fixes every | zone per fix: found | late by, median, 95 % | here: found | off by |")
    print("|---|---|---|---|---|")
    for step in (1, 5, 10, 30, 60, 180):
        some = AisTracks(*(column[minute % step == 0] for column in tracks))
        found = _walk_all(atlas, some)
        change = np.flatnonzero((found.codes[1:] != found.codes[:-1]) & some.joined[1:])
        seen = change + 1
        naive = some.ship[seen], some.seconds[seen], found.codes[change], found.codes[seen]
        cells = []
        for events in (naive, _dated(some, found)):
            off = _matched(truth, events, step * 60.0)
            at = np.quantile(off, [0.5, 0.95]) / 60 if len(off) else (np.nan, np.nan)
            cells += [f"{100 * len(off) / len(truth[1]):.0f} %", f"{at[0]:.2g}, {at[1]:.2g} min"]
        print(f"| {step} min | {' | '.join(cells)} |", flush=True)


def _walk_all(atlas: Atlas, tracks: AisTracks) -> Walked:
    return walk(atlas.index, tracks.lon, tracks.lat, tracks.joined)


def _dated(tracks: AisTracks, found: Walked) -> tuple[NDArray[Any], ...]:
    i = found.segment
    share = found.gone / found.lengths[i]
    when = tracks.seconds[i] + share * (tracks.seconds[i + 1] - tracks.seconds[i])
    return tracks.ship[i], when, found.before, found.after


def _matched(
    truth: tuple[NDArray[Any], ...], events: tuple[NDArray[Any], ...], within: float
) -> NDArray[np.float64]:
    """Seconds from true crossings to the nearest alike, each of which serves once."""
    there: dict[tuple[int, ...], list[float]] = {}
    for ship, when, before, after in zip(*events, strict=True):
        there.setdefault((ship, before, after), []).append(when)
    off = []
    for ship, when, before, after in zip(*truth, strict=True):
        times = there.get((ship, before, after))
        if not times:
            continue
        k = int(np.argmin(np.abs(np.array(times) - when)))
        if abs(times[k] - when) <= within:
            off.append(abs(times.pop(k) - when))
    return np.array(off)


def oracle(atlas: Atlas, tracks: AisTracks, samples: int) -> None:
    """Print how many sampled places have another code than the crossings say."""
    found = _walk_all(atlas, tracks)
    segment = np.flatnonzero(tracks.joined[1:] & (found.lengths > 0))
    first = np.searchsorted(found.segment, segment, "left")
    last = np.searchsorted(found.segment, segment, "right")
    ends = (
        tracks.lon[segment],
        tracks.lat[segment],
        tracks.lon[segment + 1],
        tracks.lat[segment + 1],
    )
    azimuth, _, length = GEOD.inv(*ends)
    print(f"lengths against pyproj: {np.abs(found.lengths[segment] - length).max():.2g} m at most")
    rng = np.random.default_rng(11)
    wrong = n = torn = 0
    for _ in range(-(-samples // len(segment))):
        gone = rng.random(len(segment)) * length
        x, y, _ = GEOD.fwd(ends[0], ends[1], azimuth, gone)
        said, near = found.codes[segment].copy(), np.minimum(gone, length - gone)
        for k in range(int((last - first).max(initial=0))):
            here = np.flatnonzero(first + k < last)
            at = found.gone[first[here] + k]
            near[here] = np.minimum(near[here], np.abs(at - gone[here]))
            past = here[at <= gone[here]]
            said[past] = found.after[first[past] + k]
        bad = np.flatnonzero((atlas.index.locate(x, y) != said) & (near > EVENT))
        for k in bad.tolist():
            turn = np.arange(8) * np.pi / 4
            around = atlas.index.locate(x[k] + 2e-13 * np.sin(turn), y[k] + 2e-13 * np.cos(turn))
            torn += said[k] in around
            wrong += said[k] not in around
        n += len(segment)
    print(
        f"{n:,} places between crossings: {wrong} of another code, {torn} within 20 nm of an edge"
    )
    i = found.segment
    at = tracks.lon[i], tracks.lat[i], tracks.lon[i + 1], tracks.lat[i + 1]
    azimuth, _, length = GEOD.inv(*at)
    gap = np.minimum(found.gone, length - found.gone)
    alone = np.ones(len(found), bool)
    close = (i[1:] == i[:-1]) & (np.diff(found.gone) < 2 * EVENT)
    alone[1:] &= ~close
    alone[:-1] &= ~close
    for step in (1e-6, 1e-4):
        clear = alone & (gap > 2 * EVENT)
        off = []
        for sign, code in ((-1, found.before), (1, found.after)):
            x, y, _ = GEOD.fwd(at[0], at[1], azimuth, found.gone + sign * step)
            off.append(int((atlas.index.locate(x, y) != code)[clear].sum()))
        print(f"{clear.sum():,} crossings, {step:g} m before and after: {off} of another code")


def kinds(n_tracks: int, fixes: int = 20) -> None:
    """Print the same of tracks of every kind, on lattices where ties are everywhere."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from track_cases import KINDS, ends_of, index_of, workload, wrong_places

    print("\n| tracks | path | segments | crossings | places | wrong | within 20 nm of an edge |")
    print("|---|---|---|---|---|---|---|")
    rng = np.random.default_rng(1)
    rounds = 5
    n = n_tracks * fixes // (len(KINDS) * rounds)
    for name in KINDS:
        for path in ("geodesic", "rhumb"):
            total = np.zeros(5, int)
            for seed in range(rounds):
                zones, lon, lat = workload(name, n, seed=100 + seed)
                index, ends = index_of(zones), ends_of(lon, lat)
                joined = np.arange(n) % fixes > 0
                found = walk(index, lon, lat, joined, path=path)
                segment = np.repeat(np.flatnonzero(joined[1:]), 10)
                share = rng.random(len(segment)) * np.tile([1.0, 1e-5], len(segment) // 2)
                share = np.where(rng.random(len(segment)) < 0.5, share, 1.0 - share)
                wrong, torn = wrong_places(index, found, path, ends, segment, share)
                total += joined.sum(), len(found), len(segment), len(wrong), torn
            print(f"| {name} | {path} | {' | '.join(f'{k:,}' for k in total)} |", flush=True)


def claims(n: int = 20_000, steps: int = 400) -> None:
    """Print how often latitude along geodesics is not concave, and the greatest rise."""
    rng = np.random.default_rng(0)
    lat, azimuth = rng.uniform(0.01, 89.5, n), rng.uniform(1, 179, n)
    lon = np.zeros(n)
    before, alive, bad, total = _slope(lat, azimuth), np.ones(n, bool), 0, 0
    for k in range(1, steps):
        _, y, a = geodesy.direct(lon, lat, azimuth, np.full(n, k * 10e3))
        now, here = _slope(y, a), alive & (y > 0) & (a < 180)
        bad, total = bad + int((now >= before)[here].sum()), total + int(here.sum())
        before, alive = now, here
    print(f"latitude along {n:,} geodesics, steps of 10 km: {total:,}, not concave {bad}")
    m = 1_000_000
    lat = rng.uniform(-89, 89, m)
    wide = 10 ** rng.uniform(-2, 1, m)
    other = np.clip(lat + rng.normal(0, 1, m) * 10 ** rng.uniform(-6, 0.5, m), -89, 89)
    _, a1, a2 = geodesy.inverse(np.zeros(m), lat, wide, other)
    turns = (np.cos(np.radians(a1)) > 0) & (np.cos(np.radians(a2)) < 0)
    flat = 1 - 1 / 298.257223563
    clairaut = np.sin(np.radians(a1)) * np.cos(np.arctan(flat * np.tan(np.radians(lat))))
    top = np.degrees(np.arctan(np.tan(np.arccos(np.clip(clairaut, -1, 1))) / flat))
    rise = (top - np.maximum(lat, other))[turns] / (np.radians(wide[turns]) * wide[turns] / 8)
    print(f"rise above the higher end, of {turns.sum():,} that turn: {rise.max():.3f} d²/8 at most")


def _slope(lat: NDArray[np.float64], azimuth: NDArray[np.float64]) -> NDArray[np.float64]:
    e2 = 0.0066943799901413165
    y, a = np.radians(lat), np.radians(azimuth)
    w2 = 1 - e2 * np.sin(y) ** 2
    return np.asarray(np.cos(a) * w2 * np.cos(y) / ((1 - e2) * np.sin(a)))


def memory(folder: Path) -> None:
    """Print how long a folder of Parquet takes, and how much memory."""
    from eezkit.voyages.files import track_file

    atlas = eezkit.load()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, begin = time.process_time(), time.perf_counter()
    with tempfile.TemporaryDirectory() as room:
        summary = track_file(folder, Path(room) / "stays.parquet", atlas)
        size = (Path(room) / "stays.parquet").stat().st_size
    cpu, wall = time.process_time() - start, time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    n = summary.counts["fixes"]
    print(summary.describe())
    print(
        f"{n:,} fixes in {wall:.0f} s ({cpu:.0f} s of processor, {n / cpu / 1e6:.2f} M/s), "
        f"{peak / 1e6:.2f} GB at the peak ({before / 1e6:.2f} before), {size / 1e6:.0f} MB of stays"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vessels", type=int, default=1000)
    parser.add_argument("--fixes", type=int, default=1000)
    parser.add_argument("--peers", type=int, default=20, help="thousands of fixes for peers")
    parser.add_argument("--samples", type=int, default=20_000_000)
    parser.add_argument("--losses", action="store_true")
    parser.add_argument("--oracle", action="store_true")
    parser.add_argument("--claims", action="store_true")
    parser.add_argument("--memory", type=Path)
    given = parser.parse_args()
    if given.claims:
        claims()
    elif given.memory is not None:
        memory(given.memory)
    elif given.losses:
        losses(world())
    else:
        atlas = world()
        tracks = ais_tracks(atlas, given.vessels, given.fixes)
        if given.oracle:
            oracle(atlas, tracks, given.samples)
            kinds(10_000)
        else:
            speeds(atlas, tracks, given.peers)


if __name__ == "__main__":
    main()
