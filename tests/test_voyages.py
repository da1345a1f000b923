"""Stays and crossings: they add up, say how sure they are, and count what was left out."""

import warnings

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from shapely import box

import eezkit
from eezkit import geodesy
from eezkit.atlas import Atlas
from eezkit.errors import OptionError, SchemaError, TrackWarning
from eezkit.voyages.doubt import zones_within_reach
from track_cases import lattice_track, lattice_zones

HOUR = pd.Timedelta(hours=1)
START = pd.Timestamp("2026-01-01")


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Read zones, by name, as an atlas would be read from a file."""

    def atlas(zones: dict[str, shapely.Geometry], **options) -> Atlas:
        path = tmp_path_factory.mktemp("zones") / "zones.geojson"
        table = geopandas.GeoDataFrame(
            {"name": list(zones), "sovereign": list(zones)},
            geometry=list(zones.values()),
            crs="EPSG:4326",
        )
        table.to_file(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            columns = {"name": "name", "sovereign": "sovereign", "territory": "sovereign"}
            return eezkit.read(path, columns=columns, **options)

    return atlas


@pytest.fixture(scope="module")
def two(make) -> Atlas:
    """Zones AAA and BBB beside each other far from land, with a strip that both claim."""
    return make({"AAA": box(-40, 30, -38, 32), "BBB": box(-38.5, 30, -36, 32)})


@pytest.fixture(scope="module")
def world() -> Atlas:
    return eezkit.load()


def table(lon, lat, hours=None, **columns) -> pd.DataFrame:
    hours = np.arange(len(lon)) if hours is None else hours
    return pd.DataFrame(
        {"time": START + HOUR * np.asarray(hours), "lon": lon, "lat": lat} | columns
    )


CROSSING = table([-40.5, -39.5, -38.2, -35.5], [31.0] * 4)


def test_stays_are_of_zone_sets_in_the_order_of_time(two: Atlas) -> None:
    found = eezkit.stays(CROSSING, two)
    assert found["zones"].fillna("-").tolist() == ["-", "AAA", "AAA|BBB", "BBB", "-"]
    assert found["n_zones"].fillna(-1).tolist()[1:4] == [1, 2, 1]
    assert found["entered_by"].tolist() == ["first fix", *["crossed"] * 4]
    assert found["left_by"].tolist() == [*["crossed"] * 4, "last fix"]
    assert found["n_fixes"].tolist() == [1, 1, 1, 0, 1]
    assert (found["entered"][1:].to_numpy() == found["left"][:-1].to_numpy()).all()


def test_a_crossing_is_where_the_line_is_and_dated_by_the_way_gone(two: Atlas) -> None:
    found = eezkit.crossings(CROSSING, two)
    assert found["lon"].to_numpy() == pytest.approx([-40, -38.5, -38, -36], abs=1e-9)
    assert found["from_zones"].fillna("-").tolist() == ["-", "AAA", "AAA|BBB", "BBB"]
    assert found["to_zones"].fillna("-").tolist() == ["AAA", "AAA|BBB", "BBB", "-"]
    assert found["gap_hours"].tolist() == [1.0] * 4
    half = found["time"][0] - found["fix_before"][0]
    whole = geodesy.distance(-40.5, 31, -39.5, 31)
    gone = geodesy.distance(-40.5, 31, found["lon"][0], found["lat"][0])
    assert half / HOUR == pytest.approx(float(gone / whole), abs=1e-9)


def test_hours_and_miles_add_up_for_every_ship(two: Atlas) -> None:
    rng = np.random.default_rng(4)
    box_of = (-41, -35, 29.5, 32.5, 0.25)
    parts = []
    for ship in range(5):
        lon, lat = lattice_track(rng, 80, *box_of)
        hours = np.cumsum(rng.exponential(4, 80))
        parts.append(table(lon, lat, hours, ship=f"ship {ship}"))
    fixes = pd.concat(parts).sample(frac=1, random_state=1)
    for options in ({}, {"path": "rhumb"}, {"max_gap": None}):
        with pytest.warns(TrackWarning, match="order of time"):
            found = eezkit.stays(fixes, two, id="ship", **options)
        by_ship = found.groupby("ship")
        span = fixes.groupby("ship")["time"].agg(lambda t: (t.max() - t.min()) / HOUR)
        assert (by_ship["hours"].sum() - span).abs().max() < 1e-9
        for ship, miles in by_ship["distance_nmi"].sum().items():
            track = fixes[fixes["ship"] == ship].sort_values("time")
            x, y = track["lon"].to_numpy(), track["lat"].to_numpy()
            far = geodesy.distance(x[:-1], y[:-1], x[1:], y[1:])
            if "max_gap" not in options:
                far = far[np.diff(track["time"]) / np.timedelta64(1, "h") <= 12]
            if options.get("path") != "rhumb":
                assert miles == pytest.approx(far.sum() / 1852, abs=1e-6)
            assert by_ship["n_fixes"].sum()[ship] == 80


def test_by_zone_each_claim_counts_and_the_sum_may_exceed_the_whole(two: Atlas) -> None:
    by_set = eezkit.stays(CROSSING, two)
    by_zone = eezkit.stays(CROSSING, two, by="zone")
    assert by_zone["zones"].fillna("-").tolist() == ["-", "AAA", "BBB", "-"]
    shared = by_set["hours"][2]
    assert by_zone["hours"].sum() == pytest.approx(by_set["hours"].sum() + shared)
    assert by_zone["n_fixes"].tolist() == [1, 2, 1, 1]
    assert by_zone["left"][1] == by_set["left"][2]


def test_a_long_gap_is_a_stay_nowhere(two: Atlas) -> None:
    fixes = table([-39.5, -39.4, -37.0, -36.9], [31.0] * 4, [0, 1, 14, 15])
    found = eezkit.stays(fixes, two)
    assert found["answer"].lt(0).tolist() == [False, True, False]
    assert found["answer"][1] == -2
    assert (found["left_by"][0], found["entered_by"][2]) == ("gap", "gap")
    assert found["hours"].tolist() == [1, 13, 1]
    assert np.isnan(found["distance_nmi"][1])
    assert len(eezkit.crossings(fixes, two)) == 0
    assert len(eezkit.crossings(fixes, two, max_gap=13.0)) == 2
    assert found.attrs["counts"]["gaps"] == 1


def test_land_high_seas_and_not_covered_are_told_apart(world: Atlas, two: Atlas) -> None:
    fixes = table([139.0, 139.9, 156.0, 158.5], [36.0, 35.5, 24.3, 24.3], [0, 8, 15, 22])
    found = eezkit.stays(fixes, world)
    assert found["on_land"][0]
    assert found["answer"][0] == 0
    last = found.iloc[-1]
    assert (last["answer"], last["on_land"]) == (0, False)
    outside = eezkit.stays(CROSSING, two)
    # A file of zones does not say that there are none elsewhere.
    assert outside["answer"].tolist()[0] == -1
    assert not outside["on_land"][0]


def test_every_moment_is_located_as_its_stay_says(world: Atlas) -> None:
    rng = np.random.default_rng(3)
    lon = 139.5 + np.cumsum(rng.normal(0, 0.2, 300))
    lat = 34.5 + np.cumsum(rng.normal(0, 0.15, 300))
    found = eezkit.stays(table(lon, lat), world)
    assert len(found) > 30
    share = rng.random(len(found))
    when = (found["entered"] + (found["left"] - found["entered"]) * share - START) / HOUR
    fix = np.minimum(when.to_numpy().astype(int), 298)
    _, azimuth, _ = (far := geodesy.inverse(lon[fix], lat[fix], lon[fix + 1], lat[fix + 1]))
    x, y, _ = geodesy.direct(lon[fix], lat[fix], azimuth, (when.to_numpy() - fix) * far[0])
    long = found["hours"].to_numpy() > 1e-5
    said = found["zones"].fillna("").to_numpy()[long]
    located = world.locate(x, y)
    names = ["|".join(zone.name for zone in located.zones(code)) for code in located.answer]
    assert np.array_equal(np.array(names)[long], said)
    assert np.array_equal(
        world.is_land(x, y)[long] & (said == ""), found["on_land"].to_numpy(bool)[long]
    )


def test_belts_are_those_of_single_answers(world: Atlas) -> None:
    fixes = table([139.55, 140.5, 144.5], [34.15, 33.2, 31.0], [0, 8, 11])
    found = eezkit.stays(fixes, world, belts=True)
    belts = found["belt"].tolist()
    assert {"territorial sea", "contiguous zone", "exclusive economic zone"} <= set(belts)
    from eezkit.answers.rights import belt_of

    for _, stay in found[found["hours"] > 0.01].iterrows():
        middle = stay["entered"] + (stay["left"] - stay["entered"]) / 2
        hour = (middle - START) / HOUR
        k = int(np.searchsorted([0, 8, 11], hour, side="right")) - 1
        first, last = fixes.iloc[k], fixes.iloc[k + 1]
        far, azimuth, _ = geodesy.inverse(first["lon"], first["lat"], last["lon"], last["lat"])
        share = (middle - first["time"]) / (last["time"] - first["time"])
        x, y, _ = geodesy.direct(first["lon"], first["lat"], azimuth, far * share)
        assert belt_of(world.at(lon=float(x), lat=float(y))).name == stay["belt"]


def test_belts_of_a_dataset_that_has_none_are_refused(two: Atlas) -> None:
    with pytest.raises(OptionError, match="no 12 M and 24 M zones"):
        eezkit.stays(CROSSING, two, belts=True)


def test_of_a_selection_only_selected_zones_count(two: Atlas) -> None:
    found = eezkit.crossings(CROSSING, two.select("BBB"))
    assert found["to_zones"].fillna("-").tolist() == ["-", "BBB", "-"]
    # Outside all zones of the file nothing is known; in a zone that is not selected it is.
    assert found["to_answer"].tolist()[::2] == [0, -1]


RULES = {
    "missing": ([-39.5, np.nan, -39.4], [31, 31, 31], [0, 1, 2]),
    "not_available": ([-39.5, 181.0, -39.4], [31, 31, 31], [0, 1, 2]),
    "impossible": ([-39.5, -39.4, -39.4], [31, 95.0, 31], [0, 1, 2]),
    "repeated": ([-39.5, -39.5, -39.4], [31, 31, 31], [0, 0, 2]),
    "contradicted": ([-39.5, -39.3, -39.4], [31, 31, 31], [0, 0, 2]),
    "too_fast": ([-39.5, 20.0, -39.4], [31, 31, 31], [0, 1, 2]),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_bad_fix_is_left_out_and_counted(rule: str, two: Atlas) -> None:
    with pytest.warns(TrackWarning, match="3 fixes: 1 "):
        found = eezkit.stays(table(*RULES[rule]), two, max_speed=40)
    counts = found.attrs["counts"]
    assert {name: n for name, n in counts.items() if n} == {"fixes": 3, rule: 1}
    assert (len(found), found["n_fixes"][0], found["hours"][0]) == (1, 2, 2.0)


def test_latitude_91_is_not_available_too(two: Atlas) -> None:
    with pytest.warns(TrackWarning, match="not available"):
        eezkit.stays(table([-39.5, 12.0], [31, 91.0]), two)


def test_a_leap_that_lasts_is_a_gap_and_two_ships_of_one_name_are_parted(two: Atlas) -> None:
    leap = table([-39.5, -39.4, 10.0, 10.1], [31] * 4)
    with pytest.warns(TrackWarning, match="1 leaps"):
        found = eezkit.stays(leap, two, max_speed=40)
    assert found["answer"].tolist()[1] == -2
    mixed = table([-39.5, 10.0, -39.4, 10.1, -39.3], [31] * 5)
    with pytest.warns(TrackWarning, match="2 where no ship can have been"):
        found = eezkit.stays(mixed, two, max_speed=40)
    assert found["zones"].tolist() == ["AAA"]


def forms() -> dict[str, object]:
    points = geopandas.GeoDataFrame(
        CROSSING[["time"]],
        geometry=geopandas.points_from_xy(CROSSING["lon"], CROSSING["lat"]),
        crs="EPSG:4326",
    )
    seconds = (CROSSING["time"] - pd.Timestamp(0)) / pd.Timedelta(seconds=1)
    line = shapely.linestrings(
        np.column_stack([CROSSING[["lon", "lat"]], seconds]), handle_nan="allow"
    )
    xy, m = np.column_stack([CROSSING["lon"], CROSSING["lat"]]), seconds.to_numpy()
    wkt = ", ".join(f"{x} {y} {t:.0f}" for (x, y), t in zip(xy, m, strict=True))
    line = shapely.from_wkt(f"LINESTRING M ({wkt})")
    return {
        "Arrow": pa.Table.from_pandas(CROSSING),
        "points": points,
        "points on a chart": points.to_crs("EPSG:3395"),
        "a line with M": geopandas.GeoDataFrame(geometry=[line], crs="EPSG:4326"),
        "longitudes to 360": CROSSING.assign(lon=CROSSING["lon"] % 360),
        "a time zone": CROSSING.assign(
            time=CROSSING["time"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
        ),
        "time as index": CROSSING.set_index("time"),
    }


@pytest.mark.parametrize("form", forms())
def test_fixes_come_in_every_form(form: str, two: Atlas) -> None:
    expected, found = eezkit.crossings(CROSSING, two), eezkit.crossings(forms()[form], two)
    assert found["to_zones"].fillna("-").tolist() == expected["to_zones"].fillna("-").tolist()
    assert found["lon"].to_numpy() == pytest.approx(expected["lon"].to_numpy(), abs=1e-9)
    times = pd.to_datetime(found["time"], utc=True).dt.tz_localize(None)
    assert (times - expected["time"]).abs().max() < pd.Timedelta(milliseconds=1)
    if form == "a time zone":
        assert str(found["time"].dt.tz) == "Asia/Tokyo"


def test_lines_are_ships_of_their_own_and_movingpandas_goes_as_it_is(two: Atlas) -> None:
    class Trajectory:
        """What of a MovingPandas trajectory is used."""

        def __init__(self, name: str, df: geopandas.GeoDataFrame) -> None:
            self.id, self.df = name, df

        def to_traj_gdf(self) -> None:
            raise NotImplementedError

    class Collection:
        def __init__(self, trajectories: list[Trajectory]) -> None:
            self.trajectories = trajectories

    points = forms()["points"].set_index("time")
    both = Collection([Trajectory("x", points), Trajectory("y", points[1:])])
    found = eezkit.stays(both, two, id="ship")
    assert found["ship"].tolist() == ["x"] * 5 + ["y"] * 4
    lines = forms()["a line with M"]
    twice = geopandas.GeoDataFrame({"mmsi": [7, 8]}, geometry=[lines.geometry[0]] * 2, crs=4326)
    assert eezkit.stays(twice, two, id="mmsi")["mmsi"].tolist() == [7] * 5 + [8] * 5


BAD = {
    "no table": (42, {}, OptionError, "is a int"),
    "no such column": (CROSSING, {"id": "mmsi"}, OptionError, "'mmsi'"),
    "times as numbers": (CROSSING.assign(time=[1, 2, 3, 4]), {}, SchemaError, "unit='s'"),
    "times as text": (CROSSING.assign(time="2026-01-01"), {}, SchemaError, "to_datetime"),
    "positions as text": (CROSSING.assign(lon="12 W"), {}, SchemaError, "lon"),
    "lines without M": (
        geopandas.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])]),
        {},
        SchemaError,
        "no M",
    ),
    "areas": (
        geopandas.GeoDataFrame({"time": [START]}, geometry=[box(0, 0, 1, 1)]),
        {},
        OptionError,
        "Polygon",
    ),
    "a gap of no length": (CROSSING, {"max_gap": 0}, OptionError, "max_gap"),
    "no such path": (CROSSING, {"path": "crow"}, OptionError, "crow"),
    "no such sum": (CROSSING, {"by": "State"}, OptionError, "State"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_track_is_refused_by_name(case: str, two: Atlas) -> None:
    fixes, options, error, words = BAD[case]
    with pytest.raises(error, match=words):
        eezkit.stays(fixes, two, **options)


def test_no_fixes_give_empty_tables(two: Atlas) -> None:
    empty = CROSSING[:0]
    assert len(eezkit.stays(empty, two)) == len(eezkit.crossings(empty, two)) == 0
    assert eezkit.stays(CROSSING[:1], two)["hours"].tolist() == [0.0]


# -- doubt --------------------------------------------------------------------------------------


def test_a_crossing_lies_between_its_earliest_and_latest(make) -> None:
    atlas = make({"AAA": box(0, 30, 2, 32)})
    fixes = table([-1.0, 1.0], [31.0, 31.0], [0, 10])
    found = eezkit.crossings(fixes, atlas, max_speed=20).iloc[0]
    assert (
        found["fix_before"]
        < found["earliest"]
        < found["time"]
        < found["latest"]
        < found["fix_after"]
    )
    miles = float(geodesy.distance(-1, 31, 0, 31)) / 1852
    # The nearest place of the edge, not where the path meets it.
    assert (found["earliest"] - START) / HOUR == pytest.approx(miles / 20, abs=2e-3)
    assert (found["earliest"] - START) / HOUR <= miles / 20


def test_gaps_say_what_a_ship_may_and_must_have_entered(make) -> None:
    atlas = make({
        "WALL": box(0, 10, 1, 50),
        "NEAR": box(-3, 33, -1, 34),
        "FAR": box(-3, 60, -1, 61),
        "HOME": box(-6, 29, -4, 31),
    })  # fmt: skip
    fixes = table([-5.0, 5.0], [30.0, 30.0], [0, 60])
    far = float(geodesy.distance(-5, 30, 5, 30)) / 1852
    found = eezkit.stays(fixes, atlas, max_speed=1.3 * far / 60)
    gap = found[found["answer"] == -2].iloc[0]
    assert set(gap["may_have_entered"].split("|")) == {"WALL", "NEAR", "HOME"}
    assert set(gap["must_have_entered"].split("|")) == {"WALL", "HOME"}
    with pytest.warns(TrackWarning, match="1 leaps"):
        slow = eezkit.stays(fixes, atlas, max_speed=0.99 * far / 60)
    assert slow.attrs["counts"]["leaps"] == 1
    assert slow["may_have_entered"].isna().all()


def test_no_sampled_way_refutes_a_verdict(make) -> None:
    rng = np.random.default_rng(8)
    lattice = (-10, 10, 30, 45, 1.0)
    names = [f"ZONE {k}" for k in range(9)]
    atlas = make(dict(zip(names, lattice_zones(rng, *lattice), strict=True)))
    said = {"cannot": 0, "may": 0, "must": 0}
    for _ in range(25):
        a, b = ((rng.uniform(-12, 12), rng.uniform(28, 47)) for _ in range(2))
        far = float(geodesy.distance(*a, *b))
        reach = far * rng.choice([1.02, 1.1, 1.3])
        verdicts = zones_within_reach(atlas, a, b, reach)
        entered = []
        for _ in range(60):
            # Ways by one place, that are short enough.
            x, y, _ = geodesy.direct(*a, rng.uniform(0, 360), rng.uniform(0, reach))
            if geodesy.distance(*a, x, y) + geodesy.distance(x, y, *b) > reach:
                continue
            lon, lat = (
                np.concatenate([np.linspace(p, q, 2) for p, q in ((a[k], z), (z, b[k]))])
                for k, z in ((0, float(x)), (1, float(y)))
            )
            lon, lat = geodesy.densify(lon, lat, max_length=5e3, model=geodesy.EdgeModel.GEODESIC)
            codes = np.unique(atlas.index.locate(lon, lat))
            entered.append({zone for code in codes for zone in atlas.index.zones(int(code))})
        for zone in range(9):
            verdict = verdicts.get(zone, "cannot")
            said[verdict] += 1
            if verdict == "cannot":
                assert not any(zone in way for way in entered)
            if verdict == "must":
                assert all(zone in way for way in entered)
    assert min(said.values()) > 10


# -- the second step ----------------------------------------------------------------------------


def test_short_stays_are_joined_with_what_is_around_them_and_counted(make) -> None:
    atlas = make({"AAA": box(0, 30, 2, 32), "ROCK": box(0.999, 30.999, 1.001, 31.001)})
    fixes = table([0.5, 1.5, 2.5], [31.0] * 3)
    raw = eezkit.stays(fixes, atlas)
    assert raw["zones"].fillna("-").tolist() == ["AAA", "AAA|ROCK", "AAA", "-"]
    found = eezkit.sift(raw, min_stay=5)
    assert found["zones"].fillna("-").tolist() == ["AAA", "-"]
    assert found.attrs["dropped"] == 2
    for name in ("hours", "distance_nmi", "n_fixes"):
        assert found[name].sum() == pytest.approx(raw[name].sum(), abs=1e-9)
    assert found["left"].tolist() == raw["left"].tolist()[2:]
    assert len(eezkit.sift(raw, min_distance=500)) == 2
    assert len(eezkit.sift(raw, min_distance=100)) == 4
    assert len(eezkit.sift(raw)) == 4


def test_stays_at_the_ends_and_gaps_are_kept_however_short(two: Atlas) -> None:
    raw = eezkit.stays(table([-39.5, -39.4, -37.0], [31.0] * 3, [0, 1, 14]), two)
    assert len(eezkit.sift(raw, min_stay=1e6)) == len(raw) == 3


def test_ships_are_not_joined_with_each_other(two: Atlas) -> None:
    both = pd.concat([CROSSING.assign(ship=name) for name in "ab"])
    raw = eezkit.stays(both, two, id="ship")
    found = eezkit.sift(raw, id="ship", min_stay=600)
    assert found["ship"].tolist() == ["a", "b"]
    assert found["hours"].sum() == pytest.approx(6)


def test_crossings_are_sifted_by_the_kind_of_edge(world: Atlas) -> None:
    fixes = table([139.0, 139.9, 156.0, 158.5], [36.0, 35.5, 24.3, 24.3], [0, 8, 15, 22])
    raw = eezkit.crossings(fixes, world)
    found = eezkit.sift(raw, kinds=["outer_limit", "boundary"])
    assert set(found["edge_kind"]) <= {"outer_limit", "boundary"}
    assert 0 < len(found) < len(raw)
    assert found.attrs["dropped"] == len(raw) - len(found)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"kinds": ["wall"]}, "wall"), ({"min_stay": 5}, "for stays"), ({"min_stay": -1}, "-1")],
)
def test_sieves_that_make_no_sense_are_refused(options: dict, words: str, two: Atlas) -> None:
    with pytest.raises(OptionError, match=words):
        eezkit.sift(eezkit.crossings(CROSSING, two), **options)
    with pytest.raises(OptionError, match="for crossings"):
        eezkit.sift(eezkit.stays(CROSSING, two), kinds=["coast"])
    with pytest.raises(SchemaError, match="neither"):
        eezkit.sift(CROSSING)
