"""The atlas that comes with eezkit: the zones of the world, derived from open coastlines."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from eezkit.errors import DataNotFoundError
from eezkit.kernels import cells
from eezkit.sources.cache.built import open_or_build
from eezkit.units import M

if TYPE_CHECKING:
    from eezkit.atlas import Atlas
    from eezkit.edges import Edges
    from eezkit.zones import Zone

__all__ = ["data_folder", "load_embedded"]

DATASET, ATLAS = "dataset.json", "atlas.npz"
_LAYERS = {
    "zones": "eez",
    "territorial_seas": "territorial_sea",
    "contiguous_zones": "contiguous_zone",
}
"""Layers of zones, and the kind of the zones of each; the last two are overlays."""
_SLOW = (
    "There are no compiled kernels, so indexing the atlas of the world takes minutes; "
    "it is kept for the next time."
)
_NOT_A_LIMIT = 195 * M
"""Where a zone ends nearer to the coast than this, with claims in abeyance, a claim ends."""


def data_folder() -> Path:
    """Folder of the embedded data.

    Raises
    ------
    DataNotFoundError
        If they are not there.
    """
    folder = Path(__file__).resolve().parents[1] / "data"
    if (folder / DATASET).is_file():
        return folder
    raise DataNotFoundError(
        f"The embedded data are missing: no {DATASET} in {folder}. "
        "The installation is not complete; install eezkit again."
    )


def load_embedded(*, refresh: bool = False) -> Atlas:
    """Open the embedded atlas; the first time it is indexed into the cache."""
    files = [data_folder() / name for name in (DATASET, ATLAS)]
    slow = _SLOW if cells.__file__.endswith(".py") else ""
    return open_or_build("embedded", files, {}, lambda: _build(*files), refresh=refresh, slow=slow)


def _build(dataset: Path, atlas: Path) -> Atlas:
    from eezkit.atlas.build import build_atlas
    from eezkit.coverage import Coverage
    from eezkit.sources.arcs import decode
    from eezkit.zones import Provenance

    facts = json.loads(dataset.read_text(encoding="utf-8"))
    with np.load(atlas) as arrays:
        zone_rings, belt_rings, land, *inland = decode(arrays)
    known = {entry["code"]: entry for entry in facts["territories"]}
    zones, territorial_seas, contiguous_zones = (
        [_zone(known[code], kind, area) for code, area in facts[layer].items()]
        for layer, kind in _LAYERS.items()
    )
    stated = {f.name: facts[f.name] for f in fields(Provenance) if f.name in facts}
    built = build_atlas(
        zones,
        zone_rings,
        provenance=Provenance(**{**stated, "notes": tuple(stated["notes"])}),
        coverage=Coverage.from_json(facts["coverage"]),
        overlays=territorial_seas + contiguous_zones,
        overlay_rings=belt_rings,
        land=land,
        inland=inland[0] if inland else None,
        inland_waters=facts.get("inland_waters", ()),
    )
    return replace(built, edges=_with_limits(built))


def _zone(entry: dict[str, Any], kind: str, area: float) -> Zone:
    from eezkit.zones import Party, Regime, Zone, ZoneKind

    return Zone(
        name=entry["name"],
        kind=ZoneKind(kind),
        regime=Regime(entry["regime"]),
        parties=tuple(Party(*values) for values in entry["parties"]),
        area_km2=area,
        status=entry["status"],
    )


def _with_limits(atlas: Atlas) -> Edges:
    """Say what the unknown edges are: they were drawn as limits, from finer land than is kept.

    Against the sector of Antarctica that nobody claims a zone ends where the claim does.
    """
    from eezkit.zones import EdgeKind, Evidence, Regime

    edges, n = atlas.edges, atlas.edges.n_seaward
    kinds, reasons = list(EdgeKind), list(Evidence)
    in_abeyance = [zone.regime is Regime.IN_ABEYANCE for zone in atlas.every_zone]
    of_claim = np.array([any(in_abeyance[zone] for zone in members) for members in edges.sets])
    kind, evidence = edges.kind.copy(), edges.evidence.copy()
    unknown = kind[:n] == kinds.index(EdgeKind.UNKNOWN)
    lon, lat = (edges.lon1[:n] + edges.lon2[:n]) / 2, (edges.lat1[:n] + edges.lat2[:n]) / 2
    claimed = np.flatnonzero(unknown & (of_claim[edges.left[:n]] | of_claim[edges.right[:n]]))
    # From coast that has a zone: round the sector nobody claims, that of others may end at 200 M.
    has_zone = np.array([bool(members) for members in edges.sets])
    generates = has_zone[edges.left[n:]] | has_zone[edges.right[n:]]
    far = atlas.coast.query(lon[claimed], lat[claimed], active=generates).distance
    kind[:n][unknown] = kinds.index(EdgeKind.OUTER_LIMIT)
    kind[claimed[far < _NOT_A_LIMIT]] = kinds.index(EdgeKind.CLAIM)
    evidence[:n][unknown] = reasons.index(Evidence.SOURCE)
    return replace(edges, kind=kind, evidence=evidence)
