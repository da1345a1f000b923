"""Tables through `locate_file`: rows a second of processor time, by what goes in and comes out.

    python benchmarks/bench_tables.py [--rows N]

Text to Parquet goes through pyarrow's reader; beside it, in the same run, the same table through
the careful reader that all text went through before. Times are of the process, all threads.
"""

import argparse
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import eezkit
from eezkit.tables import locate_file, locating
from eezkit.tables.typed_text import IrregularTextError


def write_table(path: Path, n: int) -> None:
    """Write a table as AIS has it: a number, a position, a name, a speed, a code with zeros."""
    rng = np.random.default_rng(20260101)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    lon, mmsi = rng.uniform(-180, 180, n), rng.integers(200_000_000, 700_000_000, n)
    with path.open("w", encoding="utf-8") as file:
        file.write("mmsi,lat,lon,name,sog,code\n")
        for i in range(n):
            told = f"SHIP {i % 1000},{i % 300 / 10},{i % 100:04d}"
            file.write(f"{mmsi[i]},{lat[i]:.5f},{lon[i]:.5f},{told}\n")


def seconds(source: Path, target: Path, atlas: eezkit.Atlas) -> float:
    """Processor seconds of one run."""
    start = time.process_time()
    locate_file(source, target, atlas)
    return time.process_time() - start


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    n = parser.parse_args().rows
    atlas = eezkit.load()
    atlas.locate([0.0], [0.0])
    print("| from | to | reader | rows/s of one core | ratio |\n|---|---|---|---:|---:|")
    with tempfile.TemporaryDirectory() as room:
        source = Path(room, "in.csv")
        write_table(source, n)
        refuse = mock.patch.object(locating, "TypedTextSource", side_effect=IrregularTextError)
        with refuse:
            careful = seconds(source, Path(room, "careful.parquet"), atlas)
        fast = seconds(source, Path(room, "fast.parquet"), atlas)
        plain = Path(room, "in.parquet")
        table = pq.read_table(Path(room, "fast.parquet"), columns=["mmsi", "name", "sog", "code"])
        for name in ("lat", "lon"):
            column = pq.read_table(Path(room, "fast.parquet"), columns=[name]).column(name)
            table = table.append_column(name, column.cast(pa.float64()))
        pq.write_table(table, plain)
        again = seconds(plain, Path(room, "again.parquet"), atlas)
        text = seconds(source, Path(room, "out.csv"), atlas)
    for what, took in (
        ("CSV | Parquet | careful", careful),
        ("CSV | Parquet | pyarrow", fast),
        ("Parquet | Parquet | pyarrow", again),
        ("CSV | CSV | careful", text),
    ):
        print(f"| {what} | {n / took:,.0f} | {careful / took:.1f} |")


if __name__ == "__main__":
    main()
