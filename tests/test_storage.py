"""A built atlas as a folder: whole or not at all, mapped, and never trusted when damaged."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from eezkit.atlas import storage
from eezkit.errors import CacheError

ARRAYS = {
    "a": np.arange(5, dtype=np.int32),
    "empty": np.zeros((0, 3)),
    "b": np.linspace(0.0, 1.0, 12).reshape(3, 4),
    "strided": np.arange(10, dtype=np.uint8)[::3],
    "scalar": np.array(7.5),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A saved folder."""
    storage.save_folder(tmp_path / "built", ARRAYS, {"zones": ["Å"]}, stamp=[1, "x"])
    return tmp_path / "built"


def arrays_file(folder: Path) -> Path:
    """The file of arrays that the manifest names."""
    return folder / str(storage.read_manifest(folder)["file"])


def test_a_folder_gives_back_what_was_saved(folder: Path) -> None:
    arrays, facts = storage.open_folder(folder)
    assert facts == {"zones": ["Å"]}
    assert storage.read_manifest(folder)["stamp"] == [1, "x"]
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)
    storage.verify_folder(folder)


def test_arrays_are_mapped_aligned_and_read_only(folder: Path) -> None:
    arrays, _ = storage.open_folder(folder)
    assert isinstance(arrays["b"].base, np.memmap)
    assert not arrays["b"].flags.writeable
    assert arrays["b"].ctypes.data % 64 == 0


def test_an_array_that_is_part_of_another_is_written_once(tmp_path: Path) -> None:
    whole = np.linspace(0.0, 9.0, 200).reshape(100, 2)
    parts = {
        "lon": whole[:60, 0],
        "lat": whole[:60, 1],
        "whole": whole,
        "rows": whole[7:9],
        "flat": whole.reshape(-1),
        "backwards": whole[::-1],
        "none": whole[:0],
    }
    storage.save_folder(tmp_path / "once", parts, {})
    arrays, _ = storage.open_folder(tmp_path / "once")
    for name, array in parts.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert np.shares_memory(arrays["lat"], arrays["flat"])
    assert arrays_file(tmp_path / "once").stat().st_size == 2 * whole.nbytes
    storage.verify_folder(tmp_path / "once")
    storage.save_folder(tmp_path / "again", arrays, {})
    again = arrays_file(tmp_path / "again").stat().st_size
    assert again == arrays_file(tmp_path / "once").stat().st_size


def test_a_folder_of_no_arrays_opens(tmp_path: Path) -> None:
    storage.save_folder(tmp_path / "none", {}, {})
    assert storage.open_folder(tmp_path / "none") == ({}, {})
    storage.verify_folder(tmp_path / "none")


def test_the_same_arrays_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        storage.save_folder(tmp_path / name, ARRAYS, {"k": 1})
    one, two = (arrays_file(tmp_path / name).read_bytes() for name in ("one", "two"))
    assert one == two
    hashes = {storage.read_manifest(tmp_path / name)["sha256"] for name in ("one", "two")}
    assert len(hashes) == 1


def test_saving_again_replaces_the_arrays_and_leaves_readers_theirs(folder: Path) -> None:
    old, _ = storage.open_folder(folder)
    storage.save_folder(folder, {"a": np.arange(9)}, {})
    assert storage.open_folder(folder)[0]["a"].tolist() == list(range(9))
    assert len(list(folder.iterdir())) == 2
    np.testing.assert_array_equal(old["b"], ARRAYS["b"])


@pytest.mark.parametrize("change", [b"", b"{", b"[]", b'{"format_version": 2}', b"\xff\xfe"])
def test_an_unreadable_manifest_is_damage(folder: Path, change: bytes) -> None:
    (folder / storage.MANIFEST).write_bytes(change)
    with pytest.raises(CacheError, match="missing or damaged"):
        storage.open_folder(folder)


@pytest.mark.parametrize("key", ["file", "arrays", "facts", "stamp", "format_version"])
def test_a_manifest_that_lacks_something_is_damage(folder: Path, key: str) -> None:
    manifest = storage.read_manifest(folder)
    del manifest[key]
    (folder / storage.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(CacheError, match=f"missing or damaged.*{key}"):
        storage.open_folder(folder)


def test_another_format_version_is_refused_by_number(folder: Path) -> None:
    manifest = {**storage.read_manifest(folder), "format_version": 999}
    (folder / storage.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(CacheError, match=f"999.*{storage.FORMAT_VERSION}"):
        storage.open_folder(folder)


@pytest.mark.parametrize("n_bytes", [-1, 1])
def test_arrays_of_another_length_are_damage(folder: Path, n_bytes: int) -> None:
    file = arrays_file(folder)
    os.truncate(file, file.stat().st_size + n_bytes)
    with pytest.raises(CacheError, match=r"missing or damaged: its arrays have \d+ bytes"):
        storage.open_folder(folder)


def test_missing_arrays_are_damage(folder: Path) -> None:
    arrays_file(folder).unlink()
    with pytest.raises(CacheError, match="missing or damaged"):
        storage.open_folder(folder)


def test_one_changed_bit_is_found_by_its_hash(folder: Path) -> None:
    file = arrays_file(folder)
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    storage.open_folder(folder)
    with pytest.raises(CacheError, match="SHA-256"):
        storage.verify_folder(folder)


def test_a_changed_fact_is_found_by_the_hash(folder: Path) -> None:
    manifest = storage.read_manifest(folder)
    manifest["facts"]["zones"] = ["B"]
    (folder / storage.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(CacheError, match="SHA-256"):
        storage.verify_folder(folder)


def test_a_new_stamp_changes_nothing_else(folder: Path) -> None:
    storage.restamp_folder(folder, {"new": True})
    assert storage.read_manifest(folder)["stamp"] == {"new": True}
    storage.verify_folder(folder)


def test_only_old_leftovers_are_swept(folder: Path) -> None:
    young, old = folder / ".young", folder / ".old"
    for room in (young, old):
        room.mkdir()
        (room / "arrays.bin").write_bytes(b"half")
    orphan = folder / "arrays-0000.bin"
    orphan.write_bytes(b"of no manifest")
    day_before_yesterday = time.time() - 2 * 86_400
    for path in (old, orphan, arrays_file(folder), folder / storage.MANIFEST):
        os.utime(path, (day_before_yesterday, day_before_yesterday))
    storage.sweep_folder(folder)
    assert young.exists()
    assert not old.exists()
    assert not orphan.exists()
    storage.verify_folder(folder)


FULL_DISK = """
import resource, sys
import numpy as np
from eezkit.atlas import storage
from eezkit.errors import CacheError
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    storage.save_folder(sys.argv[1], {"a": np.ones(int(sys.argv[2]))}, {"n": 1})
except CacheError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are POSIX")
@pytest.mark.parametrize("before", [False, True])
def test_a_full_disk_leaves_what_was_there_and_nothing_else(tmp_path: Path, before: bool) -> None:
    folder = tmp_path / "built"
    run = [sys.executable, "-c", FULL_DISK, folder]
    if before:
        subprocess.run([*run, "10"], check=True)
        storage.verify_folder(folder)
    done = subprocess.run([*run, "20000"], capture_output=True, text=True, check=True)
    assert "cannot be written" in done.stdout
    left = sorted(file.name for file in folder.iterdir())
    if before:
        storage.verify_folder(folder)
        assert len(left) == 2
    else:
        assert left == []


ENDLESS = """
import sys
import numpy as np
from eezkit.atlas import storage
for n in range(10**9):
    storage.save_folder(sys.argv[1], {"a": np.full(200_000, n)}, {"n": n})
    if n == 0:
        print("ready", flush=True)
"""


def test_a_builder_killed_at_any_moment_leaves_a_whole_folder(tmp_path: Path) -> None:
    folder = tmp_path / "built"
    for delay in np.linspace(0.0, 0.05, 8):
        with subprocess.Popen([sys.executable, "-c", ENDLESS, folder], stdout=-1) as builder:
            assert builder.stdout is not None
            builder.stdout.readline()
            time.sleep(delay)
            builder.kill()
        storage.verify_folder(folder)
        arrays, facts = storage.open_folder(folder)
        assert set(arrays["a"].tolist()) == {facts["n"]}
    storage.save_folder(folder, ARRAYS, {})
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    storage.sweep_folder(folder)
    assert len(list(folder.iterdir())) == 2
    storage.verify_folder(folder)


def test_two_builders_at_once_leave_a_whole_folder(tmp_path: Path) -> None:
    folder = tmp_path / "built"
    run = [sys.executable, "-c", ENDLESS, folder]
    with subprocess.Popen(run, stdout=-1) as one, subprocess.Popen(run, stdout=-1) as other:
        for builder in (one, other):
            assert builder.stdout is not None
            assert builder.stdout.readline() == b"ready\n"
        time.sleep(0.5)
        running = [one.poll(), other.poll()]
        one.kill()
        other.kill()
    assert running == [None, None]
    arrays, facts = storage.open_folder(folder)
    assert set(arrays["a"].tolist()) == {facts["n"]}
