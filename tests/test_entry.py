"""Entries: whole or not at all, never trusted when written to, never looking outside."""

import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from eezkit import _entry
from eezkit._entry import MANIFEST, half_written, keep, open_entry, sweep, sweep_room
from eezkit.errors import CacheError

DAY = 86_400.0


def kept(folder: Path, content: bytes, **about: object) -> _entry.Entry:
    """Keep some bytes as an entry."""
    with half_written(folder, "data") as room:
        (room / "some.bin").write_bytes(content)
        return keep(folder, room / "some.bin", about, stem="data")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an entry."""
    kept(tmp_path / "entry", bytes(range(256)) * 40, name="Å")
    return tmp_path / "entry"


def manifest_of(folder: Path) -> dict[str, object]:
    """The manifest as JSON has it."""
    manifest: dict[str, object] = json.loads((folder / MANIFEST).read_bytes())
    return manifest


def with_manifest(folder: Path, **changes: object) -> None:
    """Write another manifest, whose check sum is right."""
    manifest = {**manifest_of(folder), **changes, "crc32": "00000000"}
    raw = json.dumps(manifest).encode()
    raw = raw.replace(b"00000000", f"{zlib.crc32(raw):08x}".encode(), 1)
    (folder / MANIFEST).write_bytes(raw)


def test_an_entry_is_what_was_kept(folder: Path) -> None:
    entry = open_entry(folder)
    assert entry.file.read_bytes() == bytes(range(256)) * 40
    assert entry.about == {"name": "Å"}
    assert sorted(path.name for path in folder.iterdir()) == [entry.file.name, MANIFEST]
    entry.check()
    entry.verify()


def test_keeping_again_replaces_the_data_and_leaves_readers_theirs(folder: Path) -> None:
    with open_entry(folder).file.open("rb") as old:
        new = kept(folder, b"new")
        assert open_entry(folder) == new
        assert len(old.read()) == 256 * 40
    assert len(list(folder.iterdir())) == 2


def test_what_else_lies_in_the_folder_stays(folder: Path) -> None:
    mine = folder / "mine.txt"
    mine.write_text("of the user")
    (folder / "notes").mkdir()
    for path in (mine, folder / "notes"):
        os.utime(path, (0, 0))
    kept(folder, b"new")
    assert mine.read_text() == "of the user"
    assert (folder / "notes").is_dir()


# Data that were written to


def flip(file: Path, at: int) -> None:
    """Change one bit of a file in place, and give it its time back."""
    stat = file.stat()
    with file.open("r+b") as handle:
        handle.seek(at)
        (byte,) = handle.read(1)
        handle.seek(at)
        handle.write(bytes([byte ^ 1]))
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.mark.parametrize("at", [0, 5000, 256 * 40 - 1])
def test_one_changed_bit_is_found_whatever_the_time_says(folder: Path, at: int) -> None:
    flip(open_entry(folder).file, at)
    with pytest.raises(CacheError, match="SHA-256"):
        open_entry(folder).check()


def test_what_nobody_wrote_to_is_not_read_through(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_entry, "digest", lambda path: pytest.fail("read through"))
    open_entry(folder).check()


def test_what_was_only_touched_is_read_through_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.utime(open_entry(folder).file, (0, 0))
    open_entry(folder).check()
    monkeypatch.setattr(_entry, "digest", lambda path: pytest.fail("read through again"))
    open_entry(folder).check()


@pytest.mark.parametrize("n_bytes", [-1, 1])
def test_data_of_another_length_are_damage(folder: Path, n_bytes: int) -> None:
    file = open_entry(folder).file
    os.truncate(file, file.stat().st_size + n_bytes)
    with pytest.raises(CacheError, match=r"damaged.* has \d+ bytes instead of"):
        open_entry(folder)


def test_missing_data_are_damage(folder: Path) -> None:
    open_entry(folder).file.unlink()
    with pytest.raises(CacheError, match="missing or damaged"):
        open_entry(folder)


# Manifests


@pytest.mark.parametrize(
    "change", [b"", b"{", b"[]", b"null", b'{"format": 3}', b"\xff\xfe", b"[" * 100_000]
)
def test_an_unreadable_manifest_is_damage(folder: Path, change: bytes) -> None:
    (folder / MANIFEST).write_bytes(change)
    with pytest.raises(CacheError, match="missing or damaged"):
        open_entry(folder)


def test_every_changed_byte_of_a_manifest_is_damage(folder: Path) -> None:
    raw = (folder / MANIFEST).read_bytes()
    for at in range(len(raw)):
        (folder / MANIFEST).write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        with pytest.raises(CacheError):
            open_entry(folder)
    (folder / MANIFEST).write_bytes(raw)
    open_entry(folder).verify()


@pytest.mark.parametrize("key", ["file", "size", "sha256", "seen", "about", "format", "crc32"])
def test_a_manifest_that_lacks_something_is_damage(folder: Path, key: str) -> None:
    manifest = manifest_of(folder)
    del manifest[key]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(CacheError, match="missing or damaged"):
        open_entry(folder)


def test_another_format_is_refused_by_number(folder: Path) -> None:
    with_manifest(folder, format=999)
    with pytest.raises(CacheError, match=f"999.*{_entry.FORMAT}"):
        open_entry(folder)


@pytest.mark.parametrize(
    "name",
    ["../victim.txt", "/etc/hostname", "sub/victim", "..", ".", "", "C:victim", "a\\b", "a\0b", 7,
     None, ["x"], MANIFEST],
)  # fmt: skip
def test_a_manifest_that_names_what_is_not_its_own_touches_nothing(
    folder: Path, name: object
) -> None:
    victim = folder.parent / "victim.txt"
    victim.write_text("precious")
    os.utime(victim, (0, 0))
    with_manifest(folder, file=name, size=8)
    with pytest.raises(CacheError, match="missing or damaged"):
        open_entry(folder)
    kept(folder, b"new")
    assert victim.read_text() == "precious"
    assert open_entry(folder).file.read_bytes() == b"new"


# What killed processes leave


def test_only_old_leftovers_are_swept(folder: Path) -> None:
    young, old = folder / ".data.young", folder / ".data.old"
    for room in (young, old):
        room.mkdir()
        (room / "some.bin").write_bytes(b"half")
    orphan = folder / "data-000000000000.bin"
    orphan.write_bytes(b"of no manifest")
    for path in (old, orphan, *folder.glob("data-*"), folder / MANIFEST):
        os.utime(path, (time.time() - 2 * DAY,) * 2)
    sweep(folder, "data")
    assert young.exists()
    assert not old.exists()
    assert not orphan.exists()
    open_entry(folder).verify()


def test_what_is_no_entry_is_swept_from_a_room_of_entries(folder: Path) -> None:
    half, link, elsewhere = (folder.parent / name for name in (".half", "link", "elsewhere"))
    half.mkdir()
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    link.symlink_to(elsewhere)
    for path in (half, folder):
        os.utime(path, (0, 0))
    os.utime(link, (0, 0), follow_symlinks=False)
    sweep_room(folder.parent)
    assert not half.exists()
    assert not link.is_symlink()
    assert (elsewhere / "precious").exists()
    open_entry(folder).verify()


FULL_DISK = """
import resource, sys
from pathlib import Path
from eezkit._entry import half_written, keep, disk_errors
from eezkit.errors import CacheError
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
folder = Path(sys.argv[1])
try:
    with half_written(folder, "data") as room:
        with disk_errors(folder):
            (room / "x.bin").write_bytes(bytes(int(sys.argv[2])))
        keep(folder, room / "x.bin", {"n": 1}, stem="data")
except CacheError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are POSIX")
@pytest.mark.parametrize("before", [False, True])
def test_a_full_disk_leaves_what_was_there_and_nothing_else(tmp_path: Path, before: bool) -> None:
    folder = tmp_path / "entry"
    run = [sys.executable, "-c", FULL_DISK, folder]
    if before:
        subprocess.run([*run, "10"], check=True)
        open_entry(folder).verify()
    done = subprocess.run([*run, "200000"], capture_output=True, text=True, check=True)
    assert "cannot be used: File too large. Free some space" in done.stdout
    assert len(list(folder.iterdir())) == (2 if before else 0)
    if before:
        open_entry(folder).verify()


ENDLESS = """
import os, sys
from pathlib import Path
from eezkit._entry import half_written, keep
folder = Path(sys.argv[1])
for n in range(10**9):
    with half_written(folder, "data") as room:
        (room / "x.bin").write_bytes((b"%08d" % n + b"%08d" % os.getpid()) * 25_000)
        keep(folder, room / "x.bin", {"n": n}, stem="data")
    if n == 0:
        print("ready", flush=True)
"""


def is_whole(folder: Path) -> bool:
    """Whether manifest and data belong together."""
    entry = open_entry(folder)
    entry.verify()
    return entry.file.read_bytes()[:8] == b"%08d" % entry.about["n"]


def test_a_writer_killed_at_any_moment_leaves_a_whole_entry(tmp_path: Path) -> None:
    folder = tmp_path / "entry"
    for step in range(8):
        with subprocess.Popen([sys.executable, "-c", ENDLESS, folder], stdout=-1) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(step * 0.007)
            writer.kill()
        assert is_whole(folder)
    kept(folder, b"last")
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    sweep(folder, "data")
    assert len(list(folder.iterdir())) == 2
    open_entry(folder).verify()


def test_two_writers_at_once_leave_a_whole_entry(tmp_path: Path) -> None:
    folder = tmp_path / "entry"
    run = [sys.executable, "-c", ENDLESS, folder]
    with subprocess.Popen(run, stdout=-1) as one, subprocess.Popen(run, stdout=-1) as other:
        for writer in (one, other):
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
        time.sleep(0.5)
        running = [one.poll(), other.poll()]
        one.kill()
        other.kill()
    assert running == [None, None]
    assert is_whole(folder)
