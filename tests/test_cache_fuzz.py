"""Damage to a built atlas is found, whatever it is: never another answer, never a crash.

Seeded; `EEZKIT_FUZZ=100000 pytest tests/test_cache_fuzz.py` goes on for longer.
"""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eezkit import Atlas
from eezkit._entry import MANIFEST, open_entry
from eezkit.errors import CacheError
from layers import two_neighbours

N_TRIES = int(os.environ.get("EEZKIT_FUZZ", "100"))
"""`make fuzz` asks for more."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built atlas."""
    two_neighbours().save(tmp_path / "built")
    return tmp_path / "built"


def damage(file: Path, rng: random.Random) -> None:
    """Change some bytes of a file, cut it, or make it longer; its times stay as they were."""
    stat, data = file.stat(), bytearray(file.read_bytes())
    at = rng.randrange(len(data))
    how = rng.choice(("bit", "byte", "word", "block", "swap", "cut", "longer", "zeros"))
    if how == "bit":
        data[at] ^= 1 << rng.randrange(8)
    elif how == "byte":
        data[at] ^= rng.randrange(1, 256)
    elif how == "word":
        word = rng.choice((b"\xff" * 4, b"\x7f\xff\xff\xff", bytes(4), rng.randbytes(4)))
        data[at : at + 4] = word[: len(data) - at]
    elif how == "block":
        data[at : at + 64] = rng.randbytes(len(data[at : at + 64]))
    elif how == "swap":
        other = rng.randrange(len(data))
        data[at], data[other] = data[other], data[at]
    elif how == "cut":
        del data[at:]
    elif how == "longer":
        data += rng.randbytes(rng.randrange(1, 100))
    else:
        data[at:] = bytes(len(data) - at)
    file.write_bytes(data)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def test_damage_is_found_wherever_it_is(folder: Path, tmp_path: Path) -> None:
    rng = random.Random(20261127)
    room = tmp_path / "damaged"
    n_damaged = 0
    for number in range(N_TRIES):
        shutil.copytree(folder, room)
        files = [open_entry(room).file, room / MANIFEST]
        file = files[number % 4 == 0]
        whole = file.read_bytes()
        damage(file, rng)
        if file.read_bytes() != whole:
            n_damaged += 1
            with pytest.raises(CacheError):
                Atlas.open(room)
        shutil.rmtree(room)
    assert n_damaged > 0.9 * N_TRIES


def test_a_file_changed_under_the_hands_of_a_reader_is_found_by_the_next(folder: Path) -> None:
    """In place, as a disk or another program would: no copy is made."""
    rng = random.Random(7)
    whole = open_entry(folder).file.read_bytes()
    for _ in range(N_TRIES // 4):
        Atlas.open(folder)
        file = open_entry(folder).file
        damage(file, rng)
        if file.read_bytes() != whole:
            with pytest.raises(CacheError):
                Atlas.open(folder)
        file.write_bytes(whole)
    assert Atlas.open(folder).at(lon=1, lat=1, zone="AAA").inside is True


def test_a_check_on_a_damaged_cache_builds_it_anew_and_answers_the_same(tmp_path: Path) -> None:
    import published

    data = published.write(tmp_path / "eez_v12.gpkg")
    environment = {**os.environ, "EEZKIT_CACHE_DIR": str(tmp_path / "cache")}
    run = [sys.executable, "-m", "eezkit", "check", "46.5", "-2.5", "--zone", "FRA", "--data", data]
    said = []
    rng = random.Random(1)
    for _ in range(2):
        done = subprocess.run(
            run, capture_output=True, text=True, env=environment, cwd=Path(__file__).parents[1],
            check=False,
        )  # fmt: skip
        said.append((done.returncode, done.stdout))
        (built,) = (tmp_path / "cache" / "built").iterdir()
        if len(said) > 1:
            assert "built anew" in done.stderr
        damage(open_entry(built).file, rng)
    assert said[0][0] == 0
    assert set(said) == {said[0]}
