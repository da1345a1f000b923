"""Where on this machine eezkit keeps what it can have again: the cache."""

import os
import sys
from pathlib import Path

from eezkit.errors import CacheError

__all__ = ["cache_dir"]


def cache_dir() -> Path:
    """Return the folder for what can be had again: ``EEZKIT_CACHE_DIR``, or the user's cache.

    The places are those of platformdirs, which a single check is too light to import.

    Raises
    ------
    CacheError
        If the home folder it would be in is not known.
    """
    if chosen := os.environ.get("EEZKIT_CACHE_DIR"):
        return _expanded(chosen)
    if sys.platform == "win32":
        room = os.environ.get("LOCALAPPDATA", "~/AppData/Local")
    elif sys.platform == "darwin":
        room = "~/Library/Caches"
    else:
        room = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return _expanded(room) / "eezkit"


def _expanded(room: str) -> Path:
    try:
        return Path(room).expanduser()
    except RuntimeError as error:
        why = str(error).rstrip(".")
        raise CacheError(
            f"The cache {room} cannot be used: {why}. EEZKIT_CACHE_DIR names another folder."
        ) from error
