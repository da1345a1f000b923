"""Parquet in and out: columns, types and metadata are kept, and zones are added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import layers
from eezkit.errors import (
    CoordinateError,
    DataFormatError,
    OptionError,
    SchemaError,
)
from eezkit.tables import Summary, locate_file
from eezkit.zones import Party, Regime, Zone, ZoneKind
from streams_cases import (
    ADDED,
    MEASURES,
    A,
    Stand,
    parquet_table,
)


@pytest.fixture
def atlas() -> Any:
    return Stand()


def test_parquet_keeps_columns_types_and_metadata(tmp_path: Path, atlas: Any) -> None:
    table = parquet_table()
    pq.write_table(table, tmp_path / "in.parquet")
    summary = locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, distance=True)
    assert summary == Summary(n_rows=6, n_skipped=0, n_null=0, n_not_covered=1)
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.select(table.column_names).equals(pq.read_table(tmp_path / "in.parquet"))
    assert out.schema.metadata[b"made"] == b"by a test"
    assert out.column("answer").to_pylist() == [1, 2, 0, -1, 0, 0]
    assert out.column("n_zones").to_pylist() == [1, 2, 0, None, 0, 0]
    assert out.column("sovereign").to_pylist() == ["AAA", "AAA|BBB", None, None, None, None]
    assert out.column("margin_m").to_pylist() == [15e3, 5e3, -25e3, None, None, -100e3]
    assert out.column("coast_distance_m").to_pylist() == [70e3, 70e3, 70e3, None, 10e3, None]
    assert out.column("edge_kind").to_pylist() == ["outer_limit"] * 3 + [None, None, "outer_limit"]
    assert out.schema.field("answer").type == pa.int32()
    assert out.schema.field("zones").type == pa.dictionary(pa.int32(), pa.string())


@pytest.mark.parametrize("on_error", ["skip", "null"])
def test_parquet_rows_that_are_no_positions(tmp_path: Path, atlas: Any, on_error: Any) -> None:
    lon = pa.array([5.0, None, float("nan"), 15.0])
    pq.write_table(pa.table({"lon": lon, "lat": [10.0] * 4}), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, on_error=on_error)
    codes = pq.read_table(tmp_path / "out.parquet").column("answer").to_pylist()
    assert codes == ([1, 2] if on_error == "skip" else [1, -2, -2, 2])
    with pytest.raises(CoordinateError, match=r"Row 2 of .*lon nan, lat 10.0"):
        locate_file(tmp_path / "in.parquet", tmp_path / "fail.parquet", atlas)
    assert not (tmp_path / "fail.parquet").exists()


def test_parquet_columns_of_text_are_refused(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(pa.table({"lon": ["5"], "lat": [10.0]}), tmp_path / "in.parquet")
    with pytest.raises(SchemaError, match=r"'lon' of .* is of type string"):
        locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)


def test_an_empty_parquet_gives_an_empty_one_with_all_columns(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(parquet_table().slice(0, 0), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, distance=True)
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.num_rows == 0
    assert out.column_names[4:] == [*ADDED.split(","), *MEASURES]


def test_a_damaged_parquet_is_refused(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(parquet_table(10_000), tmp_path / "in.parquet", compression="none")
    content = bytearray((tmp_path / "in.parquet").read_bytes())
    content[4:3000] = bytes(2996)
    (tmp_path / "in.parquet").write_bytes(content)
    with pytest.raises(DataFormatError, match="no readable Parquet file"):
        locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
    assert not (tmp_path / "out.parquet").exists()


def test_text_becomes_parquet_with_its_fields_as_text(tmp_path: Path, atlas: Any) -> None:
    (tmp_path / "in.csv").write_text('id,lon,lat,x\n007,5,10,"a\nb"\n008,15,10,\n')
    locate_file(tmp_path / "in.csv", tmp_path / "out.parquet", atlas)
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.column("id").to_pylist() == ["007", "008"]
    assert out.column("x").to_pylist() == ["a\nb", ""]
    assert out.column("answer").to_pylist() == [1, 2]


def test_parquet_becomes_text(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(parquet_table().drop_columns("tags"), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.csv", atlas, distance=True)
    out = pa.csv.read_csv(tmp_path / "out.csv")
    assert out.column_names == ["when", "lat", "lon", *ADDED.split(","), *MEASURES]
    assert out.column("answer").to_pylist() == [1, 2, 0, -1, 0, 0]
    assert out.column("margin_m").to_pylist() == [15000, 5000, -25000, None, None, -100000]


def test_parquet_that_text_cannot_hold_is_refused(tmp_path: Path, atlas: Any) -> None:
    pq.write_table(parquet_table(), tmp_path / "in.parquet")
    with pytest.raises(OptionError, match="write Parquet"):
        locate_file(tmp_path / "in.parquet", tmp_path / "out.csv", atlas)
    assert not (tmp_path / "out.csv").exists()


def test_answers_that_read_alike_are_told_apart_by_their_codes(tmp_path: Path) -> None:
    atlas: Any = Stand()
    other = Zone("Zone of A in the east", ZoneKind.EEZ, Regime.SOLE, (Party("AAA", "ISL"),))
    atlas.zones_of = lambda code: {1: (A,), 2: (other,)}.get(code, ())
    pq.write_table(parquet_table(4), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
    out = pq.read_table(tmp_path / "out.parquet")
    assert out.column("zones").to_pylist() == [A.name, other.name, None, None]
    assert out.column("territory").to_pylist() == ["ISL", "ISL", None, None]
    assert len(out.column("territory").chunk(0).dictionary) == 1


def test_a_table_gets_what_the_atlas_says(tmp_path: Path) -> None:
    atlas = layers.with_claim()
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-5, 25, 500), rng.uniform(-8, 8, 500)
    pq.write_table(pa.table({"lon": lon, "lat": lat}), tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas, distance=True)
    out = pq.read_table(tmp_path / "out.parquet")
    found = atlas.locate(lon, lat)
    np.testing.assert_array_equal(out.column("answer").to_numpy(), found.answer)
    names = ["|".join(z.name for z in found.zones(c)) or None for c in found.answer.tolist()]
    assert out.column("zones").to_pylist() == names
    assert {"AAA", "BBB", "AAA|BBB", None} == set(out.column("sovereign").to_pylist())
    np.testing.assert_array_equal(out.column("margin_m").to_numpy(), atlas.margin(lon, lat))
    nearest = atlas.distance(lon, lat, kinds="seaward")
    kinds = [atlas.edges.kind_name(edge) for edge in nearest.edge.tolist()]
    assert out.column("edge_kind").to_pylist() == kinds
    np.testing.assert_array_equal(out.column("nearest_lon").to_numpy(), nearest.lon)
    assert out.column("coast_distance_m").null_count == 500
