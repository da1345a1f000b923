"""Baselines and limits from files: what `eezkit.limits` and an audit are made of."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataFormatError, GeometryWarning
from eezkit.limits import Baseline
from eezkit.sources.files.checks import check_bounds
from eezkit.sources.files.drivers import numbers
from eezkit.sources.files.lonlat import is_wide
from eezkit.sources.files.opening import listed, open_file
from eezkit.units import M

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

    from eezkit.sources.files.opening import Opened

__all__ = ["BaselineFile", "open_baseline", "read_limit"]


@dataclass(frozen=True, eq=False, slots=True)
class BaselineFile:
    """A baseline, and what the features of its file are called.

    Parameters
    ----------
    baseline : Baseline
    names : list of str
        Of each feature, by the number that `Baseline.feature` has: a column id or name, else its
        place in the file, from 1.
    """

    baseline: Baseline
    names: list[str]


def open_baseline(
    path: str | os.PathLike[str], *, key: str | None = None, layer: str | None = None
) -> BaselineFile:
    """Open a baseline with the names of its features; see `eezkit.sources.read_baseline`."""
    found = _opened(path, layer)
    number: Any = 0
    if key is not None:
        if key not in found.fields:
            raise DataFormatError(
                f"{found.shown} has no column {key!r}. It has: {', '.join(found.fields)}."
            )
        number = np.unique([str(value) for value in found.fields[key]], return_inverse=True)[1]
    cap: Any = np.inf
    if "max_breadth_nmi" in found.fields:
        cap = numbers(found.fields, "max_breadth_nmi", found.shown) * M
        cap = np.where(np.isnan(cap), np.inf, cap)
    given: dict[str, Any] = {
        name: [default if _is_missing(value) else value for value in found.fields[name]]
        for name, default in (("kind", "normal"), ("model", None))
        if name in found.fields
    }
    baseline = Baseline.from_geometry(found.geometry, key=number, max_breadth=cap, **given)
    return BaselineFile(baseline, found.names)


def read_limit(path: str | os.PathLike[str], *, layer: str | None = None) -> NDArray[np.object_]:
    """Read a published limit; see `eezkit.sources.read_limit`."""
    return _opened(path, layer).geometry


def _opened(path: str | os.PathLike[str], layer: str | None) -> Opened:
    found = open_file(path, layer=layer, shape="any")
    check_bounds(found.geometry, found.names, found.shown)
    wide = np.flatnonzero(is_wide(found.geometry))
    if len(wide):
        warnings.warn(
            f"{found.shown} jumps across ±180° in {len(wide)} of {len(found)} features: "
            f"{listed([found.names[index] for index in wide])}. Edges of baselines and limits are "
            "taken to run the short way, across it.",
            GeometryWarning,
            stacklevel=3,
        )
    return found


def _is_missing(value: object) -> bool:
    return value is None or value != value or value == ""
