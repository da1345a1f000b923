"""The embedded atlas, indexed once for all tests that have a cache of their own."""

import shutil
from pathlib import Path

import eezkit


def link_embedded(cache: Path) -> None:
    """Put the indexed embedded atlas into a cache as links to the one of this session."""
    folder = eezkit.load().folder
    assert folder is not None
    _link(folder, cache)
    noded = folder.with_name(f"{folder.name}-noded")
    if noded.is_dir():
        _link(noded, cache)


def link_built(cache: Path, other: Path) -> None:
    """Put what a cache has built, with or without compiled kernels, into another cache."""
    for folder in (cache / "built").glob("*/"):
        _link(folder, other)


def _link(folder: Path, cache: Path) -> None:
    target = cache / "built" / folder.name
    target.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        if (target / file.name).exists() or file.is_dir():  # a folder is being written by others
            continue
        if file.suffix == ".bin":
            # A hard link would change the file's time of status, and so have it read through.
            (target / file.name).symlink_to(file.resolve())
        else:
            shutil.copy2(file, target / file.name)
