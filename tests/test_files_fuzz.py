"""Damaged files of every format are read or refused in plain words, whatever the damage.

``python tests/test_files_fuzz.py SEED CASES`` tries more, and says what it tried.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import pytest

import published
from eezkit.errors import EezkitError
from eezkit.sources.files.layers import read_table
from eezkit.sources.files.opening import open_file
from fuzzing import mutated
from test_files_text import GML_TEXT, GPX_TEXT, KML_TEXT

FORMATS = ("shp", "gpkg", "fgb", "geojson", "parquet", "zip", "kml", "gpx", "gml", "csv")
CSV_TEXT = "id,lon,lat,kind\na,1,2.5,\nb,3,-4,x\n"
TEXTS = {"kml": KML_TEXT, "gpx": GPX_TEXT, "gml": GML_TEXT, "csv": CSV_TEXT}


def samples(suffix: str, room: Path) -> dict[str, bytes]:
    """The files of a small good layer, by name."""
    if suffix in TEXTS:
        return {f"eez.{suffix}": TEXTS[suffix].encode()}
    if suffix == "zip":
        published.write(room / "in" / "eez.shp")
        return {"eez.zip": published.zipped(room / "in", room / "eez.zip").read_bytes()}
    path = published.write(room / "in" / f"eez.{suffix}")
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


def tried(suffix: str, seed: int, cases: int, room: Path) -> Counter[str]:
    """Read damaged files; count how often they were read and how often refused."""
    rng = random.Random(f"{suffix} {seed}")
    good = samples(suffix, room)
    counts: Counter[str] = Counter()
    (room / "out").mkdir(exist_ok=True)
    for case in range(cases):
        damaged = rng.choice(sorted(good))
        for name, content in good.items():
            changed = mutated(content, rng) if name == damaged else content
            (room / "out" / name).write_bytes(changed)
        started = time.perf_counter()
        for shape in ("polygons", "any"):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    path = room / "out" / f"eez.{suffix}"
                    read_table(path) if shape == "polygons" else open_file(path, shape="any")
                counts["read"] += 1
            except EezkitError:
                counts["refused"] += 1
            except Exception as error:
                raise AssertionError(f"{suffix}, seed {seed}, case {case}: {error!r}") from error
        assert time.perf_counter() - started < 20, f"{suffix}, seed {seed}, case {case} is slow"
    return counts


@pytest.mark.parametrize("suffix", FORMATS)
def test_damage_is_refused_and_never_a_crash(suffix: str, tmp_path: Path) -> None:
    counts = tried(suffix, seed=0, cases=30, room=tmp_path)
    assert counts["refused"] > 5


if __name__ == "__main__":
    seed, cases = map(int, sys.argv[1:3])
    for suffix in FORMATS:
        with tempfile.TemporaryDirectory() as folder:
            print(suffix, dict(tried(suffix, seed, cases, Path(folder))), flush=True)
