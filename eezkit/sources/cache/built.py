"""Built atlases in the cache: made once, then only opened.

A built atlas is found by the paths of the files it was made from. It is opened if their sizes
and times are those it was made from, or, failing that, their hashes. Otherwise, and where the
folder is damaged or of another format, it is built anew, which is said in a warning.
"""

from __future__ import annotations

import json
import time
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eezkit import errors
from eezkit._entry import (
    FORMAT,
    MANIFEST,
    Entry,
    digest,
    disk_errors,
    open_entry,
    remove,
    seen,
    sweep,
    sweep_room,
)
from eezkit.atlas.atlas import Atlas
from eezkit.errors import CacheError, EezkitWarning
from eezkit.sources.cache.room import cache_dir

if TYPE_CHECKING:
    pass

__all__ = ["built_folder", "open_or_build", "say_anew"]

_ORPHAN_AGE = 7 * 86_400.0
"""Seconds after which what was built from a file that is gone is removed."""


def open_or_build(
    name: str,
    sources: Sequence[Path],
    options: Mapping[str, Any],
    build: Callable[[], Atlas],
    *,
    refresh: bool = False,
    slow: str = "",
) -> Atlas:
    """Open the atlas built from these files with these options, or build and keep it.

    Parameters
    ----------
    name : str
        What the folder is called, before its key.
    sources : sequence of Path
        Every file the atlas is made from.
    options : mapping
        What else decides the result; JSON can hold it.
    build : callable
        Makes the atlas.
    refresh : bool
        Build anew in any case.
    slow : str
        What to warn of before building, where it takes long.

    Returns
    -------
    Atlas
        What it warned of when it was built is warned of each time.

    Raises
    ------
    Whatever `build` raises. Where the cache cannot be written the atlas is used all the same.

    Warns
    -----
    EezkitWarning
        If what the cache has is outdated or damaged, and is built anew; if what was built cannot
        be kept.
    """
    made_from = {"asked": _asked(sources, options), "files": [seen(path) for path in sources]}
    try:
        folder = built_folder(name, sources, options)
    except CacheError as error:
        warnings.warn(f"{error} What is built is not kept.", EezkitWarning, stacklevel=2)
        return _warned(_recording(build))
    try:
        with disk_errors(folder):
            is_built = not refresh and (folder / MANIFEST).exists()
        if is_built:
            return _warned(Atlas.open(_judged(open_entry(folder), made_from)))
    except CacheError as error:
        say_anew(error)
    if slow:
        warnings.warn(slow, EezkitWarning, stacklevel=2)
    started = time.time()
    atlas = _recording(build)
    try:
        digests = [digest(path) for path in sources]
        if [seen(path) for path in sources] != made_from["files"]:
            raise CacheError(f"A file of {name} changed while it was read, so it is not kept.")
        built = {"built": started, "seconds": round(time.time() - started, 3)}
        atlas.save(folder, about={**made_from, "sha256": digests, **built})
        # The mapped arrays of the folder are shared between processes; ours would not be.
        atlas = Atlas.open(folder)
        _sweep(folder.parent)
    except CacheError as error:
        warnings.warn(f"{error} It will be built again next time.", EezkitWarning, stacklevel=2)
    return _warned(atlas)


def built_folder(name: str, sources: Sequence[Path], options: Mapping[str, Any]) -> Path:
    """Where the atlas built from these files with these options is kept."""
    # A checksum will do to tell folders apart: the stamp in the folder holds all this in full.
    key = zlib.crc32(json.dumps([FORMAT, _asked(sources, options)]).encode())
    return cache_dir() / "built" / f"{name}-{key:08x}"


def _asked(sources: Sequence[Path], options: Mapping[str, Any]) -> list[Any]:
    # Through JSON and back, as it will be compared with what a manifest holds.
    asked: list[Any] = json.loads(
        json.dumps([[str(path.resolve()) for path in sources], dict(options)], sort_keys=True)
    )
    return asked


def _judged(entry: Entry, made_from: Mapping[str, Any]) -> Entry:
    """Refuse what was made from other files than those that are there now."""
    about = entry.about
    if about.get("asked") == made_from["asked"]:
        if about.get("files") == made_from["files"]:
            return entry
        if [digest(Path(path)) for path in made_from["asked"][0]] == about.get("sha256"):
            with suppress(CacheError):
                return entry.described({**about, **made_from})
            return entry
    raise CacheError(f"The built dataset {entry.folder.name} is outdated: its source has changed.")


def _sweep(room: Path) -> None:
    """Remove what killed builders left, and what was built from files that are gone."""
    sweep_room(room)
    for folder in room.iterdir():
        for stem in ("arrays", "noded"):
            sweep(folder, stem)
        with suppress(CacheError, LookupError, TypeError):
            entry = open_entry(folder)
            is_gone = not any(Path(path).exists() for path in entry.about["asked"][0])
            if is_gone and time.time() - entry.about["built"] > _ORPHAN_AGE:
                remove(folder)


def _recording(build: Callable[[], Atlas]) -> Atlas:
    """Build, and keep in the atlas what was warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        atlas = build()
    said = []
    for warning in caught:
        if issubclass(warning.category, EezkitWarning):
            said.append((warning.category.__name__, str(warning.message)))
        else:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return replace(atlas, warnings=tuple(said))


def say_anew(error: CacheError) -> None:
    """Warn that what is wrong with a built atlas has it built anew."""
    warnings.warn(f"{error} It is built anew.", EezkitWarning, stacklevel=3)


def _warned(atlas: Atlas) -> Atlas:
    for kind, text in atlas.warnings:
        warnings.warn(text, getattr(errors, kind), stacklevel=3)
    return atlas
