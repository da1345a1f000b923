"""Built atlases in the cache: made once, then only opened.

A built atlas is found by the paths, sizes and modification times of the files it was made from.
When one of those changed, or the folder is damaged or of another format, it is built anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eezkit import errors
from eezkit.atlas.atlas import Atlas
from eezkit.atlas.storage import FORMAT_VERSION
from eezkit.datasets.cache import cache_dir
from eezkit.errors import CacheError, EezkitWarning

__all__ = ["built_folder", "open_or_build"]

_log = logging.getLogger(__name__)


def open_or_build(
    name: str,
    sources: Sequence[Path],
    options: Mapping[str, Any],
    build: Callable[[], Atlas],
    *,
    refresh: bool = False,
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

    Returns
    -------
    Atlas
        What it warned of when it was built is warned of each time.

    Raises
    ------
    Whatever `build` raises. Where the cache cannot be written the atlas is used all the same,
    with an EezkitWarning.
    """
    folder = built_folder(name, sources, options)
    stamp = _stamp(sources)
    if not refresh and folder.is_dir():
        try:
            return _warned(Atlas.open(folder, expect=stamp))
        except CacheError as error:
            _log.info("%s It is built anew.", error)
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
    atlas = replace(atlas, warnings=tuple(said))
    try:
        atlas.save(folder, stamp=stamp)
        # The mapped arrays of the folder are shared between processes; ours would not be.
        atlas = Atlas.open(folder)
    except CacheError as error:
        warnings.warn(f"{error} It will be built again next time.", EezkitWarning, stacklevel=2)
    return _warned(atlas)


def built_folder(name: str, sources: Sequence[Path], options: Mapping[str, Any]) -> Path:
    """Where the atlas built from these files with these options is kept."""
    what = [[str(path.resolve()) for path in sources], dict(options), FORMAT_VERSION]
    key = hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
    return cache_dir() / "built" / f"{name}-{key[:16]}"


def _stamp(sources: Sequence[Path]) -> list[list[Any]]:
    stats = [(path, path.stat()) for path in sources]
    return [[path.name, stat.st_size, stat.st_mtime_ns] for path, stat in stats]


def _warned(atlas: Atlas) -> Atlas:
    for kind, text in atlas.warnings:
        warnings.warn(text, getattr(errors, kind), stacklevel=3)
    return atlas
