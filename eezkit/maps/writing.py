"""One call from an atlas, or an answer, to a file: a page or a picture, by its suffix."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from eezkit.errors import OptionError
from eezkit.maps.paper.static import PICTURES, position_figure, save_figure, zones_figure
from eezkit.maps.views import atlas_map, position_map
from eezkit.maps.web.page import save

if TYPE_CHECKING:
    from eezkit.answers import Answer
    from eezkit.answers.legs import Leg
    from eezkit.atlas import Atlas

__all__ = ["check_suffix", "write_map"]

_PAGES = (".html", ".htm")


def check_suffix(path: str | os.PathLike[str], *, offline: bool = True) -> bool:
    """Say whether a path is one for a page; if not it is one for a picture.

    Parameters
    ----------
    path : path-like
    offline : bool
        Whether what is written shall need no network.

    Returns
    -------
    bool

    Raises
    ------
    OptionError
        If its suffix is another, or a picture is asked to fetch scripts.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in (*_PAGES, *PICTURES):
        accepted = ", ".join((*_PAGES[:1], *PICTURES))
        raise OptionError(f"{os.fspath(path)} ends in none of {accepted}.")
    if suffix in PICTURES and not offline:
        raise OptionError(f"{os.fspath(path)} is a picture, which has no scripts to fetch online.")
    return suffix in _PAGES


def write_map(
    path: str | os.PathLike[str],
    atlas: Atlas,
    answer: Answer | None = None,
    *,
    title: str = "",
    nearby: Iterable[Leg] = (),
    note: str = "",
    offline: bool = True,
) -> Path:
    """Draw the zones of an atlas, or an answered position among them, into a file.

    Parameters
    ----------
    path : path-like
        A page (.html) or a picture (.png, .svg, .pdf).
    atlas : Atlas
    answer : Answer, optional
        What ``atlas.at(...)`` gave; without it all zones are drawn.
    title, nearby, note
        As `position_map` takes them.
    offline : bool
        Whether a page holds all it needs; see `save`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OptionError
        If the suffix is another.
    MissingExtraError
        If a picture is asked for and matplotlib is not installed.
    """
    if check_suffix(path, offline=offline):
        if answer is None:
            return save(atlas_map(atlas, title=title), path, offline=offline)
        chart = position_map(answer, atlas, title=title, nearby=nearby, note=note)
        return save(chart, path, offline=offline)
    if answer is None:
        return save_figure(zones_figure(atlas, title=title or atlas.provenance.name), path)
    return save_figure(position_figure(answer, atlas, title=title, nearby=nearby), path)
