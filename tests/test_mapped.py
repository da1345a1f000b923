"""Arrays as one file: they come back as they went in, and none is looked for outside the file."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eezkit.atlas.mapped import map_arrays, write_arrays

ARRAYS = {
    "a": np.arange(5, dtype=np.int32),
    "empty": np.zeros((0, 3)),
    "b": np.linspace(0.0, 1.0, 12).reshape(3, 4),
    "strided": np.arange(10, dtype=np.uint8)[::3],
    "scalar": np.array(7.5),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of arrays."""
    write_arrays(tmp_path / "arrays.bin", ARRAYS, {"zones": ["Å"]})
    return tmp_path / "arrays.bin"


def test_a_file_gives_back_what_was_written(file: Path) -> None:
    arrays, facts = map_arrays(file)
    assert facts == {"zones": ["Å"]}
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_arrays_are_mapped_aligned_and_read_only(file: Path) -> None:
    arrays, _ = map_arrays(file)
    assert isinstance(arrays["b"].base, np.memmap)
    assert not arrays["b"].flags.writeable
    assert arrays["b"].ctypes.data % 64 == 0


def test_an_array_that_is_part_of_another_is_written_once(tmp_path: Path) -> None:
    whole = np.linspace(0.0, 9.0, 200).reshape(100, 2)
    parts = {
        "lon": whole[:60, 0],
        "lat": whole[:60, 1],
        "whole": whole,
        "rows": whole[7:9],
        "flat": whole.reshape(-1),
        "backwards": whole[::-1],
        "none": whole[:0],
    }
    write_arrays(tmp_path / "once", parts, {})
    arrays, _ = map_arrays(tmp_path / "once")
    for name, array in parts.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert np.shares_memory(arrays["lat"], arrays["flat"])
    write_arrays(tmp_path / "again", arrays, {})
    assert (tmp_path / "again").read_bytes() == (tmp_path / "once").read_bytes()
    described = 16 + len(json.dumps({"arrays": layout_of(tmp_path / "once"), "facts": {}}))
    assert (tmp_path / "once").stat().st_size == 2 * whole.nbytes + described


def test_a_file_of_no_arrays_opens(tmp_path: Path) -> None:
    write_arrays(tmp_path / "none", {}, {})
    assert map_arrays(tmp_path / "none") == ({}, {})


def test_the_same_arrays_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_arrays(tmp_path / name, ARRAYS, {"k": 1})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def layout_of(file: Path) -> dict[str, list[Any]]:
    """What the file says of its arrays."""
    raw = file.read_bytes()
    (length,) = struct.unpack("<Q", raw[-16:-8])
    layout: dict[str, list[Any]] = json.loads(raw[-16 - length : -16])["arrays"]
    return layout


def with_layout(file: Path, name: str, place: int, value: object) -> None:
    """Change what the file says of an array."""
    raw = file.read_bytes()
    (length,) = struct.unpack("<Q", raw[-16:-8])
    described = json.loads(raw[-16 - length : -16])
    described["arrays"][name][place] = value
    text = json.dumps(described).encode()
    file.write_bytes(raw[: -16 - length] + text + struct.pack("<Q", len(text)) + raw[-8:])


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, -64),
        (0, -1),
        (0, 1 << 40),
        (0, "0"),
        (0, None),
        (1, "|O"),
        (1, "<c16"),
        (1, "|V8"),
        (1, "<f8,<f8"),
        (1, "nonsense"),
        (2, [3, 1 << 40]),
        (2, [1 << 33, 1 << 33]),
        (2, [-3, -4]),
        (2, [3, 400]),
        (2, "12"),
        (3, [-32, 8]),
        (3, [1 << 40, 8]),
        (3, [32]),
        (3, [32, 8, 8]),
    ],
)
def test_no_array_is_looked_for_outside_the_file(file: Path, place: int, value: object) -> None:
    with_layout(file, "b", place, value)
    with pytest.raises((ValueError, TypeError, KeyError)):
        map_arrays(file)


@pytest.mark.parametrize("n_bytes", [0, 1, 15, 16, 100])
def test_a_file_that_is_cut_is_none(file: Path, n_bytes: int) -> None:
    file.write_bytes(file.read_bytes()[:n_bytes])
    with pytest.raises(ValueError, match=r"it has|does not end|empty|not JSON|Expecting|decode"):
        map_arrays(file)


def test_a_file_that_claims_too_long_a_description_is_none(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-16] + struct.pack("<Q", 1 << 62) + b"eezkit\0\4")
    with pytest.raises(ValueError, match="does not end as"):
        map_arrays(file)
