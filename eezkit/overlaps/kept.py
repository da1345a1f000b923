"""The noded layer of an atlas: built when it is first asked for, then kept beside the atlas."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from eezkit._entry import disk_errors, half_written, keep, open_entry
from eezkit.atlas.mapped import map_arrays, write_arrays
from eezkit.coverage import Coverage
from eezkit.errors import CacheError, EezkitWarning
from eezkit.geodesy import direct
from eezkit.geometry import Rings
from eezkit.kernels import overlay
from eezkit.overlaps.gaps import with_gaps
from eezkit.overlaps.layer import NodedLayer
from eezkit.sources.coast import embedded_land

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from eezkit.atlas import Atlas
    from eezkit.lookup import CellIndex

__all__ = ["bounds_of", "noded_layer"]

_VERSION = 1
"""Raised whenever a layer made before is no longer what would be made now."""

_ON_COAST = 0.1
"""Metres: edges this near to a coast of the atlas are that coast, bent by a micrometre."""

_DISC_VERTICES = 7200
_SLOW = (
    "There are no compiled kernels, so noding the zones takes many minutes; the noded "
    "layer is kept for the next time."
)
_layers: WeakKeyDictionary[CellIndex, NodedLayer] = WeakKeyDictionary()


def noded_layer(atlas: Atlas) -> NodedLayer:
    """Give the noded layer of an atlas, from the cache where that has it.

    Parameters
    ----------
    atlas : Atlas
        A selection has the layer of the whole.

    Returns
    -------
    NodedLayer
        With the land of the dataset, or else Natural Earth's, and the bounds of its coverage.

    Raises
    ------
    DataFormatError
        If its edges cannot be noded.

    Warns
    -----
    EezkitWarning
        If the layer cannot be kept.
    """
    # Selections share the index of their atlas.
    layer = _layers.get(atlas.index)
    if layer is None:
        layer = _layers[atlas.index] = _opened(atlas) or _built(atlas)
    return layer


def _folder(atlas: Atlas) -> Path | None:
    return None if atlas.folder is None else atlas.folder.with_name(f"{atlas.folder.name}-noded")


def _about(atlas_folder: Path) -> dict[str, Any]:
    """What the layer of a kept atlas is made of, so that it goes when the atlas does."""
    atlas = open_entry(atlas_folder)
    return {**atlas.about, "noded": [_VERSION, atlas.sha256]}


def _opened(atlas: Atlas) -> NodedLayer | None:
    folder = _folder(atlas)
    if folder is None or atlas.folder is None or not folder.exists():
        return None
    try:
        entry = open_entry(folder)
        if entry.about.get("noded") != _about(atlas.folder)["noded"]:
            return None
        entry.check()
        arrays, facts = map_arrays(entry.file)
        return NodedLayer.of(arrays, facts["places"])
    except (CacheError, KeyError, TypeError, ValueError, AttributeError, OSError):
        # It is built again, and then replaces what could not be read.
        return None


def _built(atlas: Atlas) -> NodedLayer:
    if overlay.__file__.endswith(".py") and atlas.rings.n_vertices > 100_000:
        warnings.warn(_SLOW, EezkitWarning, stacklevel=3)
    covered = bounds_of(atlas.coverage)
    if atlas.land is not None:
        layer = NodedLayer.build(atlas.rings, land=atlas.land, covered=covered)
    else:
        layer = with_gaps(
            NodedLayer.build(atlas.rings, land=embedded_land(), covered=covered),
            lambda lon, lat: np.isfinite(
                atlas.coast.query(lon, lat, max_distance=_ON_COAST).distance
            ),
        )
    folder = _folder(atlas)
    if folder is None or atlas.folder is None:
        return layer
    try:
        with half_written(folder, "noded") as room:
            with disk_errors(folder):
                write_arrays(room / "noded.bin", layer.to_arrays(), {"places": layer.to_json()})
            keep(folder, room / "noded.bin", _about(atlas.folder), stem="noded")
    except CacheError as error:
        warnings.warn(f"{error} It will be noded again next time.", EezkitWarning, stacklevel=3)
    return layer


def bounds_of(coverage: Coverage) -> Rings | None:
    """Draw what a dataset covers beyond its zones; None for the world.

    Parameters
    ----------
    coverage : Coverage

    Returns
    -------
    Rings or None
        One zone: boxes, or a disc as a polygon of 7,200 vertices, 2e-7 of its radius within it.
    """
    if coverage.boxes == Coverage.world().boxes:
        return None
    rings = [_ring(*_box(*box)) for box in coverage.boxes]
    if coverage.around is not None:
        rings.append(_ring(*_disc(*coverage.around)))
    starts = np.cumsum([0, *(len(ring) for ring in rings)])
    xy = np.concatenate([*rings, np.zeros((0, 2))])
    each = np.arange(len(rings) + 1)
    return Rings(
        np.ascontiguousarray(xy[:, 0]),
        np.ascontiguousarray(xy[:, 1]),
        starts.astype(np.int64),
        each,
        np.array([0, len(rings)]),
    )


def _ring(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    ring = np.column_stack([lon, lat])
    return np.concatenate([ring, ring[:1]])


def _box(
    west: float, south: float, east: float, north: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    east = east if east >= west else east + 360.0
    return np.array([west, east, east, west]), np.array([south, south, north, north])


def _disc(lon: float, lat: float, radius: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    azimuth = -np.linspace(0.0, 360.0, _DISC_VERTICES, endpoint=False)
    x, y, _ = direct(lon, lat, azimuth, radius)
    x = x - 360.0 * np.concatenate([[0.0], np.cumsum(np.round(np.diff(x) / 360.0))])
    turn = 360.0 * np.round((x[0] - x[-1]) / 360.0)
    if turn:
        # It holds a pole: on to where it began, a turn further, and back along the pole.
        pole = 90.0 if lat > 0 else -90.0
        x = np.concatenate([x, [x[0] - turn, x[0] - turn, x[0]]])
        y = np.concatenate([y, [y[0], pole, pole]])
    return x, y
