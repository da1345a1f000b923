"""`eezkit track`: tables of fixes of every kind in, the same stays out."""

import json
import warnings
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
from shapely import box

import eezkit
from eezkit.__main__ import run
from eezkit.errors import DataFormatError, MissingExtraError, OptionError, SchemaError
from eezkit.voyages import files
from eezkit.voyages.times import TimeReader

START = pd.Timestamp("2026-01-13 06:00")


@pytest.fixture(scope="module")
def zones(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("zones") / "zones.geojson"
    table = geopandas.GeoDataFrame(
        {"name": ["AAA", "BBB"], "sovereign": ["AAA", "BBB"], "territory": ["AAA", "BBB"]},
        geometry=[box(-40, 30, -38, 32), box(-38.5, 30, -36, 32)],
        crs="EPSG:4326",
    )
    table.to_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        columns = {"name": "name", "sovereign": "sovereign", "territory": "territory"}
        own = eezkit.read(path, columns=columns).to_geodataframe()
    own.to_file(path)
    return path


def fixes(n_ships: int = 4, n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    parts = [
        pd.DataFrame(
            {
                "mmsi": 200_000_000 + ship,
                "BaseDateTime": START + pd.to_timedelta(np.arange(n) * 600 + ship, unit="s"),
                "LON": (-41 + np.cumsum(rng.uniform(0, 0.2, n))).round(6),
                "LAT": (31 + np.cumsum(rng.normal(0, 0.03, n))).round(6),
            }
        )
        for ship in range(n_ships)
    ]
    return pd.concat(parts, ignore_index=True)


def track(source: Path, zones: Path, *options: str) -> pd.DataFrame:
    out = source.parent / "stays.csv"
    assert run(["track", str(source), "-o", str(out), "--data", str(zones), *options]) == 0
    return pd.read_csv(out, dtype={"mmsi": str})


@pytest.fixture
def expected(zones: Path) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        atlas = eezkit.read(zones)
    return eezkit.stays(fixes(), atlas, id="mmsi", time="BaseDateTime", lon="LON", lat="LAT")


FORMS = {
    "text": lambda folder, rows: rows.to_csv(folder / "f.csv", index=False),
    "tabs": lambda folder, rows: rows.to_csv(folder / "f.tsv", sep="\t", index=False),
    "text packed": lambda folder, rows: rows.to_csv(folder / "f.csv.gz", index=False),
    "Parquet": lambda folder, rows: rows.to_parquet(folder / "f.parquet"),
    "shuffled": lambda folder, rows: rows.sample(frac=1, random_state=2).to_csv(
        folder / "f.csv", index=False
    ),
    "by time": lambda folder, rows: rows.sort_values("BaseDateTime").to_parquet(
        folder / "f.parquet"
    ),
    "seconds": lambda folder, rows: rows.assign(
        BaseDateTime=(rows["BaseDateTime"] - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
    ).to_csv(folder / "f.csv", index=False),
    "days first": lambda folder, rows: rows.assign(
        BaseDateTime=rows["BaseDateTime"].dt.strftime("%d/%m/%Y %H:%M:%S")
    ).to_csv(folder / "f.csv", index=False),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_table_gives_the_same_stays(
    form: str, zones: Path, expected: pd.DataFrame, tmp_path: Path
) -> None:
    FORMS[form](tmp_path, fixes())
    (source,) = tmp_path.iterdir()
    found = track(source, zones)
    found = found.sort_values(["mmsi", "entered"], ignore_index=True)
    assert found["mmsi"].tolist() == expected["mmsi"].astype(str).tolist()
    assert found["zones"].fillna("-").tolist() == expected["zones"].fillna("-").tolist()
    assert found["hours"].to_numpy() == pytest.approx(expected["hours"].to_numpy(), abs=1e-9)
    entered = pd.to_datetime(found["entered"]).dt.tz_localize(None)
    assert (entered - expected["entered"]).abs().max() <= pd.Timedelta(milliseconds=1)


def test_a_folder_of_parquet_is_one_table(
    zones: Path, expected: pd.DataFrame, tmp_path: Path
) -> None:
    folder = tmp_path / "year"
    folder.mkdir()
    rows = fixes()
    # A ship goes on from one file to the next.
    for k, part in enumerate(np.array_split(np.arange(len(rows)), 3)):
        rows.iloc[part].to_parquet(folder / f"{k}.parquet")
    found = track(folder, zones)
    assert found["hours"].to_numpy() == pytest.approx(expected["hours"].to_numpy(), abs=1e-9)


@pytest.mark.parametrize("order", ["together", "by DuckDB", "in memory"])
def test_blocks_and_batches_change_nothing(
    order: str, zones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = fixes()
    source = tmp_path / "f.csv"
    rows.to_csv(source, index=False)
    whole = track(source, zones)
    if order != "together":
        rows.sort_values("BaseDateTime").to_csv(source, index=False)
    if order == "by DuckDB":
        pytest.importorskip("duckdb")
        monkeypatch.setattr(files, "_IN_MEMORY", 100)
    monkeypatch.setattr(files, "_ROWS", 17)
    monkeypatch.setattr(files, "_BATCH", 40)
    assert track(source, zones).equals(whole)


def test_without_duckdb_a_large_table_in_disorder_is_refused_with_what_to_do(
    zones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(files, "_IN_MEMORY", 100)
    monkeypatch.setattr(files, "_ROWS", 50)
    monkeypatch.setattr(files, "_BATCH", 50)
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    source = tmp_path / "f.csv"
    fixes().sort_values("BaseDateTime").to_csv(source, index=False)
    with pytest.raises(MissingExtraError, match=r"eezkit\[duckdb\]"):
        files.track_file(source, tmp_path / "o.csv", eezkit.read(zones))
    assert not (tmp_path / "o.csv").exists()


def test_gpx_tracks_are_ships(zones: Path, expected: pd.DataFrame, tmp_path: Path) -> None:
    rows = fixes()
    said = "".join(
        f"<trk><name>{name}</name><trkseg>"
        + "".join(
            f'<trkpt lat="{row.LAT}" lon="{row.LON}"><time>{row.BaseDateTime.isoformat()}Z</time>'
            "</trkpt>"
            for row in ship.itertuples()
        )
        + "</trkseg></trk>"
        for name, ship in rows.groupby("mmsi")
    )
    source = tmp_path / "day.gpx"
    head = '<gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">'
    source.write_text(f"{head}{said}</gpx>")
    found = track(source, zones)
    assert found["track"].astype(str).tolist() == expected["mmsi"].astype(str).tolist()
    assert found["hours"].to_numpy() == pytest.approx(expected["hours"].to_numpy(), abs=1e-9)


def test_a_gpx_file_reaches_no_other_and_says_what_it_lacks(zones: Path, tmp_path: Path) -> None:
    other, source = tmp_path / "other.gpx", tmp_path / "day.gpx"
    other.write_text(
        '<gpx><trk><trkseg><trkpt lat="1" lon="1"><time>2024-01-01T00:00:00Z</time></trkpt>'
        "</trkseg></trk></gpx>"
    )
    for text, error, said in (
        (
            f"<OGRVRTDataSource><OGRVRTLayer name='track_points'><SrcDataSource>{other}"
            "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
            DataFormatError,
            "is XML, not a GPX",
        ),
        ('<gpx><wpt lat="1" lon="1"/></gpx>', SchemaError, "no track points with times"),
        (
            '<gpx><trk><trkseg><trkpt lat="1" lon="1"/></trkseg></trk></gpx>',
            SchemaError,
            "no track",
        ),
    ):
        source.write_text(text)
        with pytest.raises(error, match=said):
            files.track_file(source, tmp_path / "o.csv", eezkit.read(zones))


def test_crossings_sums_and_the_summary(
    zones: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, crossings = tmp_path / "f.csv", tmp_path / "crossings.parquet"
    rows = fixes()
    rows.loc[3, "LAT"] = 91.0
    rows.to_csv(source, index=False)
    stays = track(source, zones, "--crossings", str(crossings), "--json", "--max-speed", "200kn")
    told = capsys.readouterr()
    summary = json.loads(told.out)
    assert summary["n_ships"] == 4
    assert summary["n_stays"] == len(stays)
    assert summary["n_crossings"] == len(pd.read_parquet(crossings)) > 8
    assert summary["fixes"]["not_available"] == 1
    assert "4 ships" in told.err
    assert "latitude 91" in told.err
    sums = track(source, zones, "--by", "id,zone")
    assert len(sums) < len(track(source, zones, "--by", "zone"))
    assert sums.groupby("mmsi")["hours"].sum().min() > stays.groupby("mmsi")["hours"].sum().min()
    sets = track(source, zones, "--by", "id,set")
    assert sets["hours"].sum() == pytest.approx(stays["hours"].sum(), abs=1e-6)


def test_options_do_what_they_say(zones: Path, tmp_path: Path) -> None:
    source = tmp_path / "f.csv"
    fixes().to_csv(source, index=False)
    whole = track(source, zones)
    assert (track(source, zones, "--max-gap", "5min")["answer"] == -2).any()
    assert len(track(source, zones, "--min-stay", "3h")) < len(whole)
    assert len(track(source, zones, "--min-distance", "30nmi")) < len(whole)
    assert set(track(source, zones, "--zone", "BBB")["zones"].dropna()) == {"BBB"}
    assert not track(source, zones, "--path", "rhumb")["hours"].equals(whole["hours"])
    one = track(
        source, zones, "--id", "mmsi", "--time", "BaseDateTime", "--lon", "LON", "--lat", "LAT"
    )
    assert one.equals(whole)


BAD = {
    "no such file": (["nowhere.csv"], "nowhere.csv is not there"),
    "no such column": (["f.csv", "--id", "imo"], "no column 'imo'"),
    "no such output": (["f.csv", "-o", "out.xls"], "out.xls ends in none"),
    "no speed": (["f.csv", "--max-speed", "fast"], "'fast' is no speed"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_is_refused(
    case: str, zones: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    fixes(1, 5).to_csv("f.csv", index=False)
    words, said = BAD[case]
    assert run(["track", "-o", "o.csv", "--data", str(zones), *words]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_of_two_kinds_is_refused(tmp_path: Path, zones: Path) -> None:
    fixes(1, 5).to_csv(tmp_path / "f.csv", index=False)
    fixes(1, 5).to_parquet(tmp_path / "f.parquet")
    with pytest.raises(OptionError, match="2 kinds"):
        files.track_file(tmp_path, tmp_path / "o.csv", eezkit.read(zones))


# -- times --------------------------------------------------------------------------------------

MOMENT = pd.Timestamp("2023-12-31 23:59:59").value
TIMES = {
    "2023-12-31 23:59:59": MOMENT,
    "2023-12-31T23:59:59Z": MOMENT,
    "2024-01-01T08:59:59+09:00": MOMENT,
    "2023-12-31T23:59:59.250": MOMENT + 250_000_000,
    "1704067199": MOMENT,
    "1704067199.25": MOMENT + 250_000_000,
    "1704067199000": MOMENT,
    "1704067199000000": MOMENT,
    "31/12/2023 23:59:59": MOMENT,
    "31/12/2023 23:59": MOMENT - 59_000_000_000,
    "12/31/2023 23:59:59": MOMENT,
    "12/31/2023 11:59:59 PM": MOMENT,
    "31.12.2023 23:59:59": MOMENT,
    "": np.iinfo(np.int64).min,
}


@pytest.mark.parametrize("said", TIMES)
def test_times_are_read_as_people_write_them(said: str) -> None:
    assert TimeReader("time").read(pd.Series([said, None])).tolist()[0] == TIMES[said]


def test_a_time_that_can_be_read_in_two_ways_is_refused_with_both() -> None:
    values = pd.Series(["1/2/2026 10:00", "3/4/2026 11:00"])
    with pytest.raises(SchemaError, match=r"day 1 of month 2, or day 2 of month 1.*--day-first"):
        TimeReader("time").read(values)
    day, month = (TimeReader("time", first).read(values)[0] for first in ("day", "month"))
    assert pd.Timestamp(day) == pd.Timestamp("2026-02-01 10:00")
    assert pd.Timestamp(month) == pd.Timestamp("2026-01-02 10:00")


@pytest.mark.parametrize(
    ("first", "then"),
    [("31/12/2023 10:00", "12/31/2023 10:00"), ("2023-12-31", "yesterday"), ("1704067199", "soon")],
)
def test_a_later_time_of_another_form_is_refused(first: str, then: str) -> None:
    reader = TimeReader("time")
    reader.read(pd.Series([first]))
    with pytest.raises(SchemaError, match=r"one form for all"):
        reader.read(pd.Series([then]))


def test_numbers_that_are_no_times_are_refused() -> None:
    with pytest.raises(SchemaError, match="'20231231'"):
        TimeReader("time").read(pd.Series(["20231231"]))
