"""A stand-in for an atlas, and the tables that are located in it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from eezkit.errors import (
    EezkitError,
)
from eezkit.tables import locate_file
from eezkit.zones import EdgeKind, Party, Regime, Zone, ZoneKind

A = Zone("Zone of A, and islets", ZoneKind.EEZ, Regime.SOLE, (Party("AAA", "ISL"),))
CLAIM = Zone(
    "Claim A / B",
    ZoneKind.EEZ,
    Regime.OVERLAPPING_CLAIM,
    (Party("AAA", "AAA"), Party("BBB", "BBB")),
)
KINDS = list(EdgeKind)


class Stand:
    """Stands in for an atlas: A is 0..20 E, its claim with B 10..20 E, nothing known north of 50.

    The limit is the meridian 20 E, a degree measures 1000 m, and south of 60 S is land.
    """

    edges = SimpleNamespace(kind=np.array([KINDS.index(EdgeKind.OUTER_LIMIT)], dtype=np.uint8))
    every_zone = (A, CLAIM)
    overlay_index = None
    selected = None
    knows_land = True
    coverage = SimpleNamespace(covers=lambda lon, lat: lat <= 50)

    def __init__(self) -> None:
        self.threads: set[int | None] = set()
        self.index = SimpleNamespace(
            locate=lambda lon, lat, *, threads: self._codes(lon, lat, threads),
            zones=lambda code: {1: (0,), 2: (0, 1)}.get(code, ()),
        )
        self.coast = SimpleNamespace(query=self._coast)

    def _coast(self, lon: Any, lat: Any, *, max_distance: float, threads: int | None) -> Any:
        far = self.coast_distance(lon, lat, threads=threads)
        return SimpleNamespace(distance=np.where(far > max_distance, np.inf, far))

    def locate(self, lon: Any, lat: Any, *, threads: int | None = None) -> Any:
        codes = self._codes(lon, lat, threads)
        return SimpleNamespace(answer=np.where((lat > 50) & (codes != -2), -1, codes))

    def _codes(self, lon: Any, lat: Any, threads: int | None) -> Any:
        self.threads.add(threads)
        places = [np.isnan(lon), lat > 50, lat < -60, (lon >= 0) & (lon < 10)]
        return np.select([*places, (lon >= 10) & (lon < 20)], [-2, 0, 0, 1, 2], default=0).astype(
            np.int32
        )

    def inland_water(self, lon: Any, lat: Any, *, threads: int | None = None) -> Any:
        return np.full(np.shape(lon), -1, dtype=np.int32)

    def zones_of(self, code: int) -> tuple[Zone, ...]:
        return {1: (A,), 2: (A, CLAIM)}.get(code, ())

    def distance(self, lon: Any, lat: Any, *, kinds: str, threads: int | None = None) -> Any:
        self.threads.add(threads)
        assert kinds == "seaward"
        far = np.abs(lon - 20.0) * 1000.0
        azimuth = np.where(far == 0, np.nan, np.where(lon < 20, 90.0, 270.0))
        edge = np.zeros(len(lon), dtype=np.int64)
        return SimpleNamespace(
            distance=far, lon=np.full(len(lon), 20.0), lat=lat, azimuth=azimuth, edge=edge
        )

    def coast_distance(self, lon: Any, lat: Any, *, threads: int | None = None) -> Any:
        self.threads.add(threads)
        return np.where(lon > 100, np.inf, np.abs(lat + 60.0) * 1000.0)

    def is_land(self, lon: Any, lat: Any, *, threads: int | None = None) -> Any:
        self.threads.add(threads)
        return lat < -60


def run(
    folder: Path, content: str | bytes, atlas: Any, *, name: str = "in.csv", **options: Any
) -> str:
    """Locate a text table and give the text that comes out."""
    source, target = folder / name, folder / f"out{''.join(Path(name).suffixes)}"
    source.write_bytes(content if isinstance(content, bytes) else content.encode())
    locate_file(source, target, atlas, **options)
    return target.read_bytes().decode(options.get("encoding") or "utf-8")


def refused(folder: Path, content: str | bytes, atlas: Any, **options: Any) -> str:
    """The message with which a text table is refused; nothing must be left behind."""
    with pytest.raises(EezkitError) as refusal:
        run(folder, content, atlas, **options)
    assert [path.name for path in folder.iterdir()] == [options.get("name", "in.csv")]
    return f"{type(refusal.value).__name__}: {refusal.value}"


PLAIN = "id,lon,lat,note\n1,5,10,a\n2,15,10,b\n3,-5,10,c\n4,5,55,d\n"
ADDED = "answer,on_land,belt,zones,sovereign,territory,regime,n_zones"
MEASURES = [
    *("margin_m", "coast_distance_m", "nearest_lon", "nearest_lat", "azimuth_deg"),
    "edge_kind",
]


def parquet_table(n: int = 6) -> pa.Table:
    lon = pa.array(np.resize([5.0, 15.0, -5.0, 5.0, 25.0, 120.0], n), pa.float32())
    lat = pa.array(np.resize([10, 10, 10, 55, -70, 0], n), pa.int64())
    tags = pa.array([["x", None]] * n, pa.list_(pa.string()))
    when = pa.array(np.arange(n), pa.timestamp("s", "UTC"))
    return pa.table({"when": when, "lat": lat, "lon": lon, "tags": tags}).replace_schema_metadata(
        {"made": "by a test"}
    )
