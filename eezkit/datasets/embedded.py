"""The dataset that comes with eezkit: derived from open coastlines, no network needed."""

from __future__ import annotations

import json
from dataclasses import fields
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
    return open_or_build("embedded", files, {}, lambda: _build(*files), refresh=refresh)


def _build(dataset: Path, zones: Path, overlays: Path, land: Path) -> Atlas:
    from eezkit.atlas.build import build_atlas
    from eezkit.coverage import Coverage
    from eezkit.zones import Provenance

    facts = json.loads(dataset.read_text(encoding="utf-8"))
    stated = {field.name: facts[field.name] for field in fields(Provenance)}
    zone_features, overlay_features = _features(zones), _features(overlays)
    return build_atlas(
        [_zone(feature) for feature in zone_features],
        _rings(zone_features),
        provenance=Provenance(**{**stated, "notes": tuple(stated["notes"])}),
        coverage=Coverage.from_json(facts["coverage"]),
        overlays=[_zone(feature) for feature in overlay_features],
        overlay_rings=_rings(overlay_features),
        land=_rings(_features(land)),
    )


def _features(path: Path) -> list[dict[str, Any]]:
    """Read a GeoJSON file with the standard library alone."""
    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return features


def _zone(feature: dict[str, Any]) -> Zone:
    """Take a zone from the properties of a feature, in eezkit's own layout."""
    from eezkit.zones import Party, Regime, Zone, ZoneKind

    properties = feature["properties"]
    names = ("sovereign", "territory", "sovereign_name", "territory_name")
    columns = [str(properties[field]).split("|") for field in names]
    return Zone(
        name=properties["name"],
        kind=ZoneKind(properties["kind"]),
        regime=Regime(properties["regime"]),
        parties=tuple(Party(*values) for values in zip(*columns, strict=True)),
        mrgid=properties["mrgid"],
        published_kind=properties["published_kind"],
        area_km2=properties["area_km2"],
    )


def _rings(features: list[dict[str, Any]]) -> Rings:
    from eezkit.geometry import Rings

    geometries = [feature["geometry"] for feature in features]
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
