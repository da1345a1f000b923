"""Outputs appear whole or not at all: written under a temporary name, then moved into place."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["atomic_path"]


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it replaces `path`, on failure it goes.

    Parameters
    ----------
    path : path-like
        The file to be written. Its folder is made where it does not exist.

    Yields
    ------
    pathlib.Path
        Where to write. It has the suffix of `path`, since drivers choose formats by suffix.
        What is written beside it (the other files of a shapefile) goes along, before it.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield room / target.name
        # The file itself comes last: where it is, the others are.
        for file in sorted(room.iterdir(), key=lambda file: (file.name == target.name, file.name)):
            _sync(file)
            file.replace(target.with_name(file.name))
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _sync(file: Path) -> None:
    if file.is_file():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
