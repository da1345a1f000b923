"""Tables of any length go through in bounded memory, and give the same bytes however cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from eezkit.tables import locate_file, parquet, text
from streams_cases import (
    Stand,
    run,
)


@pytest.fixture
def atlas() -> Any:
    return Stand()


def seeded_table(n: int) -> pa.Table:
    rng = np.random.default_rng(20231025)
    return pa.table({"lon": rng.uniform(-180, 180, n), "lat": rng.uniform(-90, 90, n)})


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_the_output_has_the_same_bytes_whatever_the_threads(
    tmp_path: Path, atlas: Any, suffix: str
) -> None:
    table = seeded_table(3000)
    source = tmp_path / f"in.{suffix.removesuffix('.gz')}"
    if suffix == "parquet":
        pq.write_table(table, source)
    else:
        pa.csv.write_csv(table, source)
    outs = set()
    for threads in (None, 1, 2, 7):
        target = tmp_path / f"out{threads}.{suffix}"
        locate_file(source, target, atlas, distance=True, threads=threads)
        outs.add(target.read_bytes())
    assert len(outs) == 1
    assert atlas.threads == {None, 1, 2, 7}


def test_row_groups_of_the_input_do_not_show_in_the_output(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 2048)
    outs = []
    for group in (100, 999, 10_000):
        pq.write_table(seeded_table(10_000), tmp_path / "in.parquet", row_group_size=group)
        locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
        out = pq.ParquetFile(tmp_path / "out.parquet")
        sizes = [out.metadata.row_group(i).num_rows for i in range(out.num_row_groups)]
        assert sizes == [2048] * 4 + [10_000 - 4 * 2048]
        outs.append((tmp_path / "out.parquet").read_bytes())
    assert len(set(outs)) == 1


def test_blocks_do_not_show_in_text(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pa.csv.write_csv(seeded_table(500), tmp_path / "in.csv")
    whole = run(tmp_path, (tmp_path / "in.csv").read_bytes(), atlas)
    monkeypatch.setattr(text, "_ROWS", 7)
    assert run(tmp_path, (tmp_path / "in.csv").read_bytes(), atlas) == whole
    monkeypatch.setattr(text, "_CHARACTERS", 150)
    assert run(tmp_path, (tmp_path / "in.csv").read_bytes(), atlas) == whole


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_no_block_is_larger_than_its_bound(
    tmp_path: Path, atlas: Any, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 2048)
    monkeypatch.setattr(text, "_ROWS", 2048)
    pa.csv.write_csv(seeded_table(10_000), tmp_path / "in.csv")
    pq.write_table(seeded_table(10_000), tmp_path / "in.parquet")
    sizes = []
    monkeypatch.setattr(atlas, "zones_of", atlas.zones_of)
    locate = atlas.locate

    def counting(lon: Any, lat: Any, **options: Any) -> Any:
        sizes.append(len(lon))
        return locate(lon, lat, **options)

    monkeypatch.setattr(atlas, "locate", counting)
    locate_file(tmp_path / f"in.{suffix}", tmp_path / f"out.{suffix}", atlas)
    assert sizes == [2048] * 4 + [10_000 - 4 * 2048]


def test_wide_rows_make_short_blocks(
    tmp_path: Path, atlas: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_BYTES", 1 << 20)
    wide = seeded_table(5000).append_column("x", pa.array([f"{i:01000d}" for i in range(5000)]))
    pq.write_table(wide, tmp_path / "in.parquet")
    locate_file(tmp_path / "in.parquet", tmp_path / "out.parquet", atlas)
    out = pq.ParquetFile(tmp_path / "out.parquet")
    assert out.metadata.row_group(0).num_rows < 1200
    assert pq.read_table(tmp_path / "out.parquet", columns=["x"]).equals(wide.select(["x"]))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_progress_goes_up_to_the_whole(
    tmp_path: Path, atlas: Any, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_ROWS", 2048)
    monkeypatch.setattr(text, "_ROWS", 2048)
    pa.csv.write_csv(seeded_table(10_000), tmp_path / "in.csv")
    pq.write_table(seeded_table(10_000), tmp_path / "in.parquet")
    steps: list[tuple[int, int]] = []
    locate_file(
        tmp_path / f"in.{suffix}",
        tmp_path / f"out.{suffix}",
        atlas,
        progress=lambda done, of: steps.append((done, of)),
    )
    assert len(steps) == 5
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]
