"""Having an atlas built beforehand, and what that took."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eezkit._entry import open_entry
from eezkit.errors import CacheError
from eezkit.sources import load
from eezkit.sources.cache.built import say_anew
from eezkit.sources.cache.room import cache_dir

if TYPE_CHECKING:
    import os

    from eezkit.sources.files.lonlat import Across180

__all__ = ["Built", "build"]


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
            say_anew(error)
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
