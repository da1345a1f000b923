"""Where on this machine eezkit keeps what it can have again: the cache."""

import os
import sys
from pathlib import Path

__all__ = ["cache_dir"]


def cache_dir() -> Path:
    """Return the folder for what can be had again: ``EEZKIT_CACHE_DIR``, or the user's cache.

    The places are those of platformdirs, which a single check is too light to import.
    """
    if chosen := os.environ.get("EEZKIT_CACHE_DIR"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        room = os.environ.get("LOCALAPPDATA", "~/AppData/Local")
    elif sys.platform == "darwin":
        room = "~/Library/Caches"
    else:
        room = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(room).expanduser() / "eezkit"
