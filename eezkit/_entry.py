"""An entry: a folder with one file of data and the manifest that says what it is.

Fetched datasets, files that were added and built atlases are all kept so. The data lie under a
name that carries their hash; the manifest that names them is moved into place last and in one
step. So a process killed at any moment leaves the old entry, the new one or none; two at once
need no lock, since they write the same bytes under the same name; and who reads the old one goes
on reading it. What a killed process leaves behind is swept up a day later.

An entry is data and never a command: a manifest names a file of its own folder or it is damaged,
and it carries a check sum of itself. The data are compared with their SHA-256 whenever size, time
of change or time of status are not those the manifest has seen; so what anyone wrote to is read
through before it is used, and what nobody touched costs one question to the file system.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eezkit.errors import CacheError, EezkitError

__all__ = [
    "FORMAT",
    "MANIFEST",
    "Entry",
    "damaged",
    "digest",
    "disk_errors",
    "half_written",
    "keep",
    "open_entry",
    "remove",
    "seen",
    "sweep",
    "sweep_room",
]

FORMAT = 5
"""Raised whenever an entry written before can no longer be read as it was meant."""

MANIFEST = "manifest.json"
"""Name of the file that makes a folder an entry."""

_LEFTOVER_AGE = 86_400.0
"""Seconds after which what no manifest names belongs to nobody."""
_NO_SUM = b"00000000"
_MOST = 1 << 24
"""Bytes of the largest manifest that is read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that is kept, and what its manifest says of it.

    Parameters
    ----------
    folder, file : Path
        The folder; the data in it.
    sha256 : str
        Of the data.
    size : int
        Bytes of the data.
    seen : list of int
        What `seen` said of the data when they were last known to be whole.
    about : dict
        What the data are; JSON can hold it.
    """

    folder: Path
    file: Path
    sha256: str
    size: int
    seen: list[int]
    about: dict[str, Any]

    def check(self) -> None:
        """Read the data through, but only if anyone may have written to them.

        Raises
        ------
        CacheError
            If they are not what was kept.
        """
        if _stat(self) != self.seen:
            self.verify()

    def verify(self) -> None:
        """Read the data through and compare them with their SHA-256.

        Raises
        ------
        CacheError
            If they are not what was kept.
        """
        now = _stat(self)
        try:
            found = digest(self.file)
        except OSError as error:
            raise damaged(self.folder, error) from error
        if found != self.sha256:
            raise damaged(
                self.folder, f"the SHA-256 of {self.file.name} is {found} instead of {self.sha256}"
            )
        if now != self.seen:
            # Where this cannot be written they are read through again next time.
            with suppress(OSError):
                _write_manifest(replace(self, seen=now))

    def described(self, about: Mapping[str, Any]) -> Entry:
        """Write down something else about the same data.

        Raises
        ------
        CacheError
            If that cannot be written; the manifest stays as it is.
        """
        entry = replace(self, about=dict(about))
        with disk_errors(self.folder):
            _write_manifest(entry)
        return entry


def open_entry(folder: str | os.PathLike[str]) -> Entry:
    """Read the manifest of an entry.

    Parameters
    ----------
    folder : path-like

    Returns
    -------
    Entry
        Its data are there and have the size they should; `Entry.check` says more.

    Raises
    ------
    CacheError
        If it is missing, damaged, or of another format.
    """
    room = Path(folder)
    try:
        if (room / MANIFEST).stat().st_size > _MOST:
            raise ValueError("its manifest is too large to be one")
        raw = (room / MANIFEST).read_bytes()
        manifest = json.loads(raw)
        version, said = manifest["format"], manifest["crc32"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged(room, error) from error
    if version != FORMAT:
        raise CacheError(f"{room.name} has format {version}; this eezkit reads format {FORMAT}.")
    try:
        if said != f"{zlib.crc32(raw.replace(said.encode(), _NO_SUM, 1)):08x}":
            raise ValueError("its manifest does not agree with its check sum")
        name, size = manifest["file"], manifest["size"]
        if Path(name).name != name or any(mark in name for mark in "/\\:\0") or name == MANIFEST:
            raise ValueError(f"its manifest names {name!r}, which is no file of the folder")
        entry = Entry(
            room, room / name, manifest["sha256"], size, manifest["seen"], manifest["about"]
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(room, error) from error
    found = _stat(entry)[0]
    if found != size:
        raise damaged(room, f"{name} has {found} bytes instead of {size}")
    return entry


def keep(
    folder: str | os.PathLike[str],
    file: Path,
    about: Mapping[str, Any],
    *,
    stem: str,
    sha256: str | None = None,
) -> Entry:
    """Move a finished file into its folder, in place of what the entry had.

    Parameters
    ----------
    folder : path-like
    file : Path
        Written on the same disk; it is moved, and its suffix is kept.
    about : mapping
        What the data are; JSON can hold it.
    stem : str
        What the name of the data begins with.
    sha256 : str, optional
        What the file must read back as.

    Returns
    -------
    Entry

    Raises
    ------
    CacheError
        If the disk refuses, or the file does not read back as it was written. What was there
        stays.
    """
    room = Path(folder)
    before = None
    with suppress(CacheError):
        before = open_entry(room).file
    with disk_errors(room):
        found = digest(file)
        if sha256 not in (None, found):
            raise CacheError(f"What was written to {room} does not read back the same.")
        room.mkdir(parents=True, exist_ok=True)
        path = room / f"{stem}-{found[:12]}{file.suffix}"
        _sync(file)
        file.replace(path)
        entry = Entry(room, path, found, path.stat().st_size, seen(path), dict(about))
        _write_manifest(entry)
    if before not in (None, path):
        # On Windows nobody can remove what is mapped: it is swept up another day.
        with suppress(OSError, CacheError):
            if open_entry(room).file != before:
                before.unlink()
    sweep(room, stem)
    return entry


def remove(folder: Path) -> int:
    """Remove an entry, or whatever lies in its place; return the bytes set free."""
    if folder.is_symlink() or not folder.is_dir():
        freed = folder.lstat().st_size
        folder.unlink(missing_ok=True)
        return freed
    import shutil

    freed = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
    # The manifest first: what is half removed is no entry.
    (folder / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    return freed


def sweep(folder: Path, stem: str) -> None:
    """Remove from a folder what killed processes left: old data under this stem, half writings."""
    kept = set()
    with suppress(CacheError):
        kept.add(open_entry(folder).file.name)
    with suppress(OSError):
        for path in folder.iterdir():
            is_half = path.name.startswith((f".{MANIFEST}.", f".{stem}.")) and path.is_dir()
            is_data = path.name.startswith(f"{stem}-") and path.name not in kept
            if (is_half or is_data) and _is_old(path):
                remove(path)


def sweep_room(room: Path) -> None:
    """Remove what is no entry, and old, from a folder that has nothing else but entries."""
    with suppress(OSError):
        for path in room.iterdir():
            if not (path / MANIFEST).exists() and _is_old(path):
                remove(path)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    import hashlib

    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def seen(path: Path) -> list[int]:
    """Size, time of change and time of status of a file: who writes to it changes one of them."""
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def damaged(folder: str | os.PathLike[str], why: object) -> CacheError:
    """Make the error that says what is wrong with an entry."""
    return CacheError(f"{Path(folder).name} is missing or damaged in {Path(folder).parent}: {why}.")


@contextmanager
def half_written(folder: str | os.PathLike[str], stem: str) -> Iterator[Path]:
    """Give an empty folder on the same disk in which to make a file; afterwards it is gone."""
    import shutil
    import tempfile

    with disk_errors(Path(folder)):
        Path(folder).mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f".{stem}.", dir=folder))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what the disk refuses into a `CacheError` that says what to do."""
    try:
        yield
    except (EezkitError, BrokenPipeError):
        # A pipe is whatever shows progress, not the disk.
        raise
    except OSError as error:
        raise CacheError(
            f"{folder} cannot be used: {error.strerror or error}. Free some space or set the"
            " permissions right, or set EEZKIT_CACHE_DIR to another folder."
        ) from error


def _stat(entry: Entry) -> list[int]:
    try:
        return seen(entry.file)
    except OSError as error:
        raise damaged(entry.folder, error) from error


def _write_manifest(entry: Entry) -> None:
    from eezkit._atomic import atomic_path

    manifest = {
        "format": FORMAT,
        "crc32": _NO_SUM.decode(),
        "file": entry.file.name,
        "size": entry.size,
        "sha256": entry.sha256,
        "seen": entry.seen,
        "about": entry.about,
    }
    raw = (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    raw = raw.replace(_NO_SUM, f"{zlib.crc32(raw):08x}".encode(), 1)
    with atomic_path(entry.folder / MANIFEST) as target:
        target.write_bytes(raw)


def _is_old(path: Path) -> bool:
    return time.time() - path.lstat().st_mtime > _LEFTOVER_AGE


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())
