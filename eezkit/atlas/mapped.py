"""Arrays and facts as one file: written once, then mapped, not read.

The arrays come first, each aligned; an array that is a part of another, such as the longitudes of
positions, is written once. Then, as JSON, what each array is and the facts; last, in 16 bytes, how
long the JSON is and what file this is.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["map_arrays", "write_arrays"]

_ALIGNMENT = 64
_MARK = b"eezkit\0\4"
_TAIL = struct.Struct("<Q8s")
_TYPES = frozenset({"<f8", "<i8", "<i4", "<u2", "<i2", "|u1", "|i1", "|b1", "<u4", "<u8", "<f4"})
"""Types of plain numbers: an array of anything else would be read as addresses."""


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]) -> None:
    """Write arrays and facts as a file that `map_arrays` reads.

    Parameters
    ----------
    path : Path
    arrays : mapping of str to numpy.ndarray
        Of plain numbers.
    facts : mapping
        What JSON can hold.
    """
    layout = _layout(arrays)
    described = json.dumps({"arrays": layout, "facts": facts}).encode()
    with path.open("wb") as file:
        for chunk in _chunks(arrays, layout):
            file.write(chunk)
        file.write(described)
        file.write(_TAIL.pack(len(described), _MARK))


def map_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Map the arrays of a file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    tuple of dict
        Arrays by name, read-only and mapped from the file; the facts.

    Raises
    ------
    ValueError, KeyError, TypeError, OSError
        If it is no such file, or an array does not lie within it.
    """
    whole = np.memmap(path, np.uint8, "r")
    stop = len(whole) - _TAIL.size
    if stop < 0:
        raise ValueError(f"it has {len(whole)} bytes")
    length, mark = _TAIL.unpack(whole[stop:].tobytes())
    if mark != _MARK or length > stop:
        raise ValueError("it does not end as a file of arrays does")
    described = json.loads(whole[stop - length : stop].tobytes())
    room = whole[: stop - length]
    arrays = {name: _view(room, *entry) for name, entry in described["arrays"].items()}
    return arrays, described["facts"]


def _layout(arrays: Mapping[str, NDArray[Any]]) -> dict[str, list[Any]]:
    """Offset, type, shape and strides of each array in the file; no strides where it is whole."""
    layout: dict[str, list[Any]] = {}
    written: list[tuple[int, int, int]] = []
    stop = 0
    for name, array in sorted(arrays.items(), key=lambda item: -_span(item[1])):
        low = array.__array_interface__["data"][0]
        high = low + _span(array)
        room = next((room for room in written if room[0] <= low and high <= room[1]), None)
        if room is not None and array.nbytes:
            offset, strides = room[2] + low - room[0], list(array.strides)
        else:
            offset, strides = stop + (-stop % _ALIGNMENT if array.nbytes else 0), None
            stop = offset + array.nbytes
            if array.flags.c_contiguous:
                written.append((low, high, offset))
        layout[name] = [offset, array.dtype.str, list(array.shape), strides]
    return {name: layout[name] for name in arrays}


def _span(array: NDArray[Any]) -> int:
    """How many bytes an array stretches over, gaps included."""
    if array.size == 0 or min(array.strides, default=0) < 0:
        return array.nbytes
    reach = zip(array.shape, array.strides, strict=True)
    return int(sum((n - 1) * step for n, step in reach)) + array.itemsize


def _chunks(
    arrays: Mapping[str, NDArray[Any]], layout: Mapping[str, list[Any]]
) -> Iterator[bytes | memoryview]:
    """Yield the bytes of the arrays."""
    position = 0
    whole = [(offset, name) for name, (offset, *_, strides) in layout.items() if strides is None]
    for offset, name in sorted(whole):
        yield bytes(offset - position)
        data = np.ascontiguousarray(arrays[name])
        yield data.reshape(-1).view(np.uint8).data
        position = offset + data.nbytes


def _view(
    room: NDArray[np.uint8], offset: int, dtype: str, shape: list[int], strides: list[int] | None
) -> NDArray[Any]:
    """One array, which lies within the file."""
    if dtype not in _TYPES or min([offset, *shape, *(strides or ())]) < 0:
        raise ValueError(f"it has an array of {dtype}, shape {shape}, at byte {offset}")
    # numpy itself looks no farther than the end of the room.
    return np.ndarray(
        tuple(shape), dtype, room, offset, None if strides is None else tuple(strides)
    )
