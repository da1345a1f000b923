"""The dataset that comes with eezkit: derived from open coastlines, no network needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.datasets.store import open_or_build
from eezkit.errors import DataNotFoundError

if TYPE_CHECKING:
    from eezkit.atlas import Atlas
    from eezkit.geometry import Rings
    from eezkit.zones import Zone

__all__ = ["data_folder", "load_embedded"]

_FILES = ("dataset.json", "zones.geojson", "overlays.geojson", "land.geojson")


def data_folder() -> Path:
    """Folder of the embedded data: in the package when installed, beside it in a checkout.

    Raises
    ------
    DataNotFoundError
        If neither is there.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "data", package.parent / "data"):
        if (folder / _FILES[0]).is_file():
            return folder
    raise DataNotFoundError(
        f"The embedded data are missing: no {_FILES[0]} in {package / 'data'}. "
        "The installation is not complete; install eezkit again."
    )


def load_embedded(*, refresh: bool = False) -> Atlas:
    """Open the embedded atlas; the first time it is indexed into the cache."""
    files = [data_folder() / name for name in _FILES]
    return open_or_build(files, {"embedded": True}, lambda: _build(*files), refresh=refresh)


def _build(dataset: Path, zones: Path, overlays: Path, land: Path) -> Atlas:
    from eezkit.atlas.build import build_atlas
    from eezkit.coverage import Coverage
    from eezkit.zones import Provenance

    facts = json.loads(dataset.read_text(encoding="utf-8"))
    zone_list, rings = _read(zones)
    overlay_list, overlay_rings = _read(overlays)
    _, land_rings = _read(land)
    return build_atlas(
        zone_list,
        rings,
        provenance=Provenance.from_json(facts["provenance"]),
        coverage=Coverage.from_json(facts["coverage"]),
        overlays=overlay_list,
        overlay_rings=overlay_rings,
        land=land_rings,
    )


def _read(path: Path) -> tuple[list[Zone], Rings]:
    """Read a GeoJSON file in eezkit's own layout, with the standard library alone."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    zones = [_zone(feature["properties"]) for feature in features if feature["properties"]]
    return zones, _rings([feature["geometry"] for feature in features])


def _zone(properties: dict[str, Any]) -> Zone:
    from eezkit.zones import Party, Regime, Zone, ZoneKind

    fields = ("sovereign", "territory", "sovereign_name", "territory_name")
    columns = [str(properties[field]).split("|") for field in fields]
    return Zone(
        name=properties["name"],
        kind=ZoneKind(properties["kind"]),
        regime=Regime(properties["regime"]),
        parties=tuple(Party(*values) for values in zip(*columns, strict=True)),
        mrgid=properties["mrgid"],
        published_kind=properties["published_kind"],
        area_km2=properties["area_km2"],
    )


def _rings(geometries: list[dict[str, Any]]) -> Rings:
    from eezkit.geometry import Rings

    zones = [
        [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        for geometry in geometries
    ]
    polygons = [polygon for zone in zones for polygon in zone]
    rings = [ring for polygon in polygons for ring in polygon]
    vertices = np.array([vertex[:2] for ring in rings for vertex in ring], dtype=np.float64)

    def starts(groups: list[Any]) -> Any:
        return np.cumsum([0, *(len(group) for group in groups)]).astype(np.int64)

    lon, lat = np.ascontiguousarray(vertices.reshape(-1, 2).T)
    return Rings(lon, lat, starts(rings), starts(polygons), starts(zones))
