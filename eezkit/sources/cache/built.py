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
from dataclasses import dataclass, replace
from functools import partial
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
    import os

    from eezkit.sources.files.lonlat import Across180

__all__ = ["Built", "build", "built_folder", "open_or_build"]

_ORPHAN_AGE = 7 * 86_400.0
"""Seconds after which what was built from a file that is gone is removed."""


@dataclass(frozen=True, slots=True)
class Built:
    """An atlas that lies built in the cache.

    Parameters
    ----------
    path : Path
        Its folder.
    n_bytes : int
        Size of the folder.
    seconds : float
        How long building took, indexing, checks and writing included.
    is_new : bool
        Whether it was built just now.
    n_zones, n_vertices, n_edges : int
        Zones; vertices as published; edges, each once.
    """

    path: Path
    n_bytes: int
    seconds: float
    is_new: bool
    n_zones: int
    n_vertices: int
    n_edges: int

    def __str__(self) -> str:
        return (
            f"{self.n_zones:,} zones, {self.n_vertices:,} vertices, {self.n_edges:,} edges: "
            f"{self.n_bytes / 1e6:.1f} MB, {'built' if self.is_new else 'built before,'} "
            f"in {self.seconds:.1f} s"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return {
            "path": str(self.path),
            "bytes": self.n_bytes,
            "seconds": self.seconds,
            "is_new": self.is_new,
            "zones": self.n_zones,
            "vertices": self.n_vertices,
            "edges": self.n_edges,
        }


def build(
    data: str | os.PathLike[str] | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    source: str | None = None,
    across_180: Across180 | None = None,
    max_size: int | None = None,
    refresh: bool = False,
    verify: bool = False,
) -> Built:
    """Have an atlas built in the cache, if it is not there yet.

    Parameters
    ----------
    data : str or path-like, optional
    layer, columns, source, across_180, max_size
        As for `eezkit.load`.
    refresh : bool
        Build anew in any case.
    verify : bool
        Read all of what is there, compare it with its hash, and build it anew if it differs.

    Returns
    -------
    Built

    Raises
    ------
    CacheError
        If the cache cannot keep it.
    DataNotFoundError
        If `data` is neither a file nor in the cache.
    """
    from eezkit.sources import load

    started = time.time()
    open_it = partial(
        load,
        data,
        layer=layer,
        columns=columns,
        source=source,
        across_180=across_180,
        max_size=max_size,
    )
    atlas = open_it(refresh=refresh)
    if verify and atlas.folder is not None:
        try:
            open_entry(atlas.folder).verify()
        except CacheError as error:
            _say_anew(error)
            atlas = open_it(refresh=True)
    if atlas.folder is None:
        raise CacheError(
            f"The dataset was built but cannot be kept in {cache_dir()}: "
            "is the disk full, the folder not yours, or the source no file?"
        )
    about = open_entry(atlas.folder).about
    return Built(
        path=atlas.folder,
        n_bytes=sum(file.stat().st_size for file in atlas.folder.iterdir()),
        seconds=about["seconds"],
        is_new=about["built"] >= started,
        n_zones=len(atlas.every_zone),
        n_vertices=atlas.rings.n_vertices,
        n_edges=len(atlas.edges),
    )


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
        _say_anew(error)
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


def _say_anew(error: CacheError) -> None:
    warnings.warn(f"{error} It is built anew.", EezkitWarning, stacklevel=3)


def _warned(atlas: Atlas) -> Atlas:
    for kind, text in atlas.warnings:
        warnings.warn(text, getattr(errors, kind), stacklevel=3)
    return atlas
