"""A built atlas as a folder: one file of arrays to map, one manifest that describes them.

The folder appears whole or not at all. Opening it maps the arrays and reads nothing of them;
`verify` reads all and compares the hash.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit._atomic import atomic_directory
from eezkit.errors import CacheError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FORMAT_VERSION", "open_folder", "save_folder", "verify_folder"]

FORMAT_VERSION = 1
"""Raised whenever a folder written before can no longer be read as it was meant."""

_ARRAYS = "arrays.bin"
_MANIFEST = "manifest.json"
_ALIGNMENT = 64


def save_folder(
    path: str | os.PathLike[str], arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]
) -> None:
    """Write arrays and facts as a folder that `open_folder` reads.

    Parameters
    ----------
    path : path-like
        The folder; one that is there is replaced at the end, in one move.
    arrays : mapping of str to numpy.ndarray
    facts : mapping
        What JSON can hold. The keys `format_version`, `arrays` and `sha256` are added.

    Raises
    ------
    CacheError
        If it cannot be written; nothing is left behind.
    """
    try:
        with atomic_directory(path) as folder:
            table, digest = _write_arrays(folder / _ARRAYS, arrays)
            manifest = {
                **facts,
                "format_version": FORMAT_VERSION,
                "sha256": digest,
                "arrays": table,
            }
            text = json.dumps(manifest, ensure_ascii=False, indent=1)
            (folder / _MANIFEST).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CacheError(
            f"The built dataset {Path(path).name} cannot be written to {Path(path).parent}: "
            f"{error.strerror or error}. Is the disk full, or the folder not yours? "
            "EEZKIT_CACHE_DIR names another folder."
        ) from error


def open_folder(path: str | os.PathLike[str]) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Map the arrays of a folder and read its manifest.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    tuple of dict
        Arrays by name, read-only and mapped from the file; the facts of the manifest.

    Raises
    ------
    CacheError
        If the folder is missing, damaged, or of another format version.
    """
    folder = Path(path)
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        version, table = manifest["format_version"], manifest["arrays"]
        size = (folder / _ARRAYS).stat().st_size
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CacheError(
            f"The built dataset in {folder} is missing or damaged: {error}."
        ) from error
    if version != FORMAT_VERSION:
        raise CacheError(
            f"The built dataset in {folder} has format version {version}; "
            f"this eezkit reads version {FORMAT_VERSION}."
        )
    if size != _end(table):
        raise CacheError(
            f"The built dataset in {folder} is damaged: its arrays have {size} bytes "
            f"instead of {_end(table)}."
        )
    whole = np.memmap(folder / _ARRAYS, dtype=np.uint8, mode="r") if size else np.zeros(0, np.uint8)
    return {name: _view(whole, entry) for name, entry in table.items()}, manifest


def verify_folder(path: str | os.PathLike[str]) -> None:
    """Read the whole folder and compare it with the hash in its manifest.

    Raises
    ------
    CacheError
        If a byte differs.
    """
    _, manifest = open_folder(path)
    with (Path(path) / _ARRAYS).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != manifest["sha256"]:
        raise CacheError(
            f"The built dataset in {path} is damaged: sha256 {digest} "
            f"instead of {manifest['sha256']}. `eezkit data build` makes it anew."
        )


def _write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> tuple[dict[str, Any], str]:
    table: dict[str, Any] = {}
    digest = hashlib.sha256()
    offset = 0
    with path.open("wb") as file:
        for name, array in arrays.items():
            data = np.ascontiguousarray(array)
            padding = bytes(-offset % _ALIGNMENT)
            offset += len(padding)
            table[name] = {"dtype": data.dtype.str, "shape": list(data.shape), "offset": offset}
            for chunk in (padding, data.tobytes()):
                digest.update(chunk)
                file.write(chunk)
            offset += data.nbytes
    return table, digest.hexdigest()


def _view(whole: NDArray[np.uint8], entry: Mapping[str, Any]) -> NDArray[Any]:
    dtype, shape = np.dtype(entry["dtype"]), tuple(entry["shape"])
    start, stop = entry["offset"], entry["offset"] + dtype.itemsize * int(np.prod(shape))
    return np.asarray(whole[start:stop]).view(dtype).reshape(shape)


def _end(table: Mapping[str, Any]) -> int:
    return max(
        (
            entry["offset"] + np.dtype(entry["dtype"]).itemsize * int(np.prod(entry["shape"]))
            for entry in table.values()
        ),
        default=0,
    )
