"""A built atlas as a folder: one file of arrays to map, one manifest that describes them.

The arrays lie under a name that no other writer uses, and the manifest that says it is moved into
place last and in one step. So a process killed at any moment leaves the old atlas, the new one or
none; two at once need no lock; and who reads the old one goes on reading it.

An array that is a part of another, such as the longitudes of positions, is written once.

Opening maps the arrays and reads nothing of them; `verify_folder` reads all and compares the hash.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import CacheError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FORMAT_VERSION",
    "MANIFEST",
    "damaged",
    "open_folder",
    "read_manifest",
    "restamp_folder",
    "save_folder",
    "sweep_folder",
    "verify_folder",
]

FORMAT_VERSION = 3
"""Raised whenever a folder written before can no longer be read as it was meant."""

MANIFEST = "manifest.json"
"""Name of the file that makes a folder a built atlas."""

_LEFTOVER_AGE = 86_400.0
"""Seconds after which a file that no manifest names belongs to nobody."""
_ALIGNMENT = 64


def save_folder(
    path: str | os.PathLike[str],
    arrays: Mapping[str, NDArray[Any]],
    facts: Mapping[str, Any],
    *,
    stamp: Any = None,
) -> None:
    """Write arrays and facts as a folder that `open_folder` reads.

    Parameters
    ----------
    path : path-like
        The folder; an atlas that is there is replaced at the end, in one move.
    arrays : mapping of str to numpy.ndarray
    facts : mapping
        What JSON can hold.
    stamp : optional
        What the arrays were made from, as JSON can hold it; `restamp_folder` may change it.

    Raises
    ------
    CacheError
        If it cannot be written; what was there stays.
    """
    from eezkit._atomic import atomic_path

    folder = Path(path)
    layout = _layout(arrays)
    data = folder / f"arrays-{os.urandom(8).hex()}.bin"
    manifest = {
        "format_version": FORMAT_VERSION,
        "file": data.name,
        "sha256": _digest(arrays, layout, facts),
        "stamp": stamp,
        "facts": facts,
        "arrays": layout,
    }
    before = None
    try:
        with atomic_path(data) as target, target.open("wb") as file:
            for chunk in _chunks(arrays, layout):
                file.write(chunk)
        with suppress(CacheError):
            before = read_manifest(folder).get("file")
        _write_manifest(folder, manifest)
    except OSError as error:
        raise CacheError(
            f"The built dataset {folder.name} cannot be written to {folder.parent}: "
            f"{error.strerror or error}. Is the disk full, or the folder not yours? "
            "EEZKIT_CACHE_DIR names another folder."
        ) from error
    if before not in (None, data.name):
        # On Windows nobody can remove what is mapped: it is swept up another day.
        with suppress(OSError):
            (folder / before).unlink()
    sweep_folder(folder)


def read_manifest(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the manifest of a folder.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict
        `format_version`, `file`, `sha256`, `stamp`, `facts` and `arrays`.

    Raises
    ------
    CacheError
        If the folder is missing, damaged, or of another format version.
    """
    try:
        manifest: dict[str, Any] = json.loads((Path(path) / MANIFEST).read_bytes())
        version, _ = manifest["format_version"], manifest["stamp"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, error) from error
    if version != FORMAT_VERSION:
        raise CacheError(
            f"The built dataset {Path(path).name} has format version {version}; "
            f"this eezkit reads version {FORMAT_VERSION}."
        )
    return manifest


def open_folder(
    path: str | os.PathLike[str], manifest: Mapping[str, Any] | None = None
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Map the arrays of a folder.

    Parameters
    ----------
    path : path-like
    manifest : mapping, optional
        The manifest of the folder, where it was read already.

    Returns
    -------
    tuple of dict
        Arrays by name, read-only and mapped from the file; the facts.

    Raises
    ------
    CacheError
        If the folder is missing, damaged, or of another format version.
    """
    manifest = read_manifest(path) if manifest is None else manifest
    try:
        file, layout, facts = (manifest[key] for key in ("file", "arrays", "facts"))
        stop = max((offset + _size(*kind) for offset, *kind, _ in layout.values()), default=0)
        data = Path(path) / file
        if data.stat().st_size != stop:
            raise ValueError(f"its arrays have {data.stat().st_size} bytes instead of {stop}")
        whole = np.memmap(data, np.uint8, "r") if stop else np.zeros(0, np.uint8)
        return {name: _view(whole, *entry) for name, entry in layout.items()}, facts
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path, error) from error


def verify_folder(path: str | os.PathLike[str]) -> None:
    """Read the whole folder and compare it with the hash in its manifest.

    Raises
    ------
    CacheError
        If the folder is missing, of another format version, or a byte differs.
    """
    manifest = read_manifest(path)
    arrays, facts = open_folder(path, manifest)
    found = _digest(arrays, manifest["arrays"], facts)
    if found != manifest["sha256"]:
        raise damaged(path, f"its SHA-256 is {found} instead of {manifest['sha256']}")


def restamp_folder(path: str | os.PathLike[str], stamp: Any) -> None:
    """Change the stamp of a folder, and nothing else; where it cannot be written it stays."""
    with suppress(OSError):
        _write_manifest(Path(path), {**read_manifest(path), "stamp": stamp})


def sweep_folder(path: str | os.PathLike[str]) -> None:
    """Remove what killed processes left in a folder: what no manifest names, older than a day."""
    folder = Path(path)
    kept = {MANIFEST}
    with suppress(CacheError):
        kept.add(str(read_manifest(folder).get("file")))
    with suppress(OSError):
        for entry in folder.iterdir():
            if entry.name in kept or time.time() - entry.stat().st_mtime < _LEFTOVER_AGE:
                continue
            if entry.is_dir():
                import shutil

                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()


def _write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    from eezkit._atomic import atomic_path

    with atomic_path(folder / MANIFEST) as target:
        target.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def damaged(path: str | os.PathLike[str], why: object) -> CacheError:
    """Make the error that says what is wrong with a folder."""
    return CacheError(f"The built dataset {Path(path).name} is missing or damaged: {why}.")


def _layout(arrays: Mapping[str, NDArray[Any]]) -> dict[str, list[Any]]:
    """Offset, type, shape and strides of each array in the file; no strides where it is whole."""
    layout: dict[str, list[Any]] = {}
    written: list[tuple[int, int, int]] = []
    stop = 0
    for name, array in sorted(arrays.items(), key=lambda item: -_span(item[1])):
        low = array.__array_interface__["data"][0]
        high = low + _span(array)
        room = next((room for room in written if room[0] <= low and high <= room[1]), None)
        if room is not None and array.nbytes:
            offset, strides = room[2] + low - room[0], list(array.strides)
        else:
            offset, strides = stop + (-stop % _ALIGNMENT if array.nbytes else 0), None
            stop = offset + array.nbytes
            if array.flags.c_contiguous:
                written.append((low, high, offset))
        layout[name] = [offset, array.dtype.str, list(array.shape), strides]
    return {name: layout[name] for name in arrays}


def _span(array: NDArray[Any]) -> int:
    """How many bytes an array stretches over, gaps included."""
    if array.size == 0 or min(array.strides, default=0) < 0:
        return array.nbytes
    reach = zip(array.shape, array.strides, strict=True)
    return int(sum((n - 1) * step for n, step in reach)) + array.itemsize


def _chunks(
    arrays: Mapping[str, NDArray[Any]], layout: Mapping[str, list[Any]]
) -> Iterator[bytes | memoryview]:
    """Yield the bytes of the file."""
    position = 0
    whole = [(offset, name) for name, (offset, *_, strides) in layout.items() if strides is None]
    for offset, name in sorted(whole):
        yield bytes(offset - position)
        data = np.ascontiguousarray(arrays[name])
        yield data.reshape(-1).view(np.uint8).data
        position = offset + data.nbytes


def _digest(
    arrays: Mapping[str, NDArray[Any]],
    layout: Mapping[str, list[Any]],
    facts: Mapping[str, Any],
) -> str:
    import hashlib

    digest = hashlib.sha256(json.dumps([layout, facts], sort_keys=True).encode())
    for chunk in _chunks(arrays, layout):
        digest.update(chunk)
    return digest.hexdigest()


def _size(dtype: str, shape: list[int]) -> int:
    return np.dtype(dtype).itemsize * math.prod(shape)


def _view(
    whole: NDArray[np.uint8], offset: int, dtype: str, shape: list[int], strides: list[int] | None
) -> NDArray[Any]:
    return np.ndarray(
        tuple(shape), dtype, whole, offset, None if strides is None else tuple(strides)
    )
