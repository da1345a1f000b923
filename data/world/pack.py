"""The derived world atlas as it is shipped: zones with their names, regimes and areas.

    python data/world/pack.py

`dataset.json` says what the atlas is and whose each zone is, a line a territory; `atlas.npz` holds
the rings of zones, overlays, land and inland waters as arcs (see `eezkit.sources.arcs`).
"""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import shapely
from attribution import table
from overlay import LAYERS, layer_path

from eezkit._atomic import atomic_path
from eezkit.geodesy import EdgeModel, polygon_area
from eezkit.geometry import Rings
from eezkit.sources.arcs import decode, encode

FOLDER = Path(__file__).parents[2] / "eezkit" / "data"
DATASET, ATLAS = "dataset.json", "atlas.npz"
ABEYANCE = "ATA-"
"""Codes of territories whose claims are held in abeyance begin so."""

FACTS = {
    "name": "eezkit derived atlas",
    "version": "3",
    "basis": "derived",
    "licence": "ODbL-1.0",
    "citation": "Derived by eezkit from open coastlines. © OpenStreetMap contributors, ODbL 1.0, "
    "https://www.openstreetmap.org/copyright; Natural Earth, public domain",
    "source": "https://www.openstreetmap.org/copyright",
    "accuracy_m": 600.0,
    "notes": ["no treaties, not an official limit"],
    "coverage": {"type": "world"},
}


def parties(row: dict[str, str], names: dict[str, str]) -> list[list[str]]:
    """Return sovereign, territory and their names, for each State that holds or claims it."""
    contested = {entry["code"]: entry for entry in table("contested.csv")}
    states = [row["sovereign"]] if row["sovereign"] else claimants(contested[row["code"]])
    territory = row["code"] if row["code"] in names else row["name"]
    return [[state, territory, names[state], row["name"]] for state in states]


def claimants(entry: dict[str, str]) -> list[str]:
    """Return the States that claim a contested place, none where nobody does."""
    return [state for state in entry["claimants"].split("|") if state]


def regime(row: dict[str, str]) -> str:
    """Say how a territory's zones are held."""
    if row["code"].startswith(ABEYANCE):
        return "in_abeyance"
    return "sole" if row["sovereign"] else "overlapping_claim"


def territories() -> list[dict]:
    """Return what is known of each territory that has a zone; of a sector nobody claims nothing."""
    status = {entry["code"]: entry["status"] for entry in table("contested.csv")}
    names = {row["alpha3"]: row["name"] for row in table("iso3166.csv")}
    known = [
        {
            "code": row["code"],
            "name": row["name"],
            "regime": regime(row),
            "parties": parties(row, names),
            "status": status.get(row["code"], row["legal_status"]),
        }
        for row in table("territories.csv")
    ]
    return [entry for entry in known if entry["parties"]]


def read_layers(codes: list[str]) -> tuple[dict[str, list[str]], dict[str, np.ndarray]]:
    """Return for each layer the codes of its zones, and its polygons."""
    import geopandas

    of_layer, polygons = {}, {}
    for name in LAYERS:
        layer = geopandas.read_parquet(layer_path(name))
        kept = layer[layer["code"].isin([*codes, "land"])]
        of_layer[name] = kept["code"].tolist()
        polygons[name] = shapely.orient_polygons(kept.geometry.to_numpy())
    return of_layer, polygons


def read_inland() -> tuple[list[str], np.ndarray]:
    """Return the names of the inland waters, and their polygons."""
    import geopandas

    layer = geopandas.read_parquet(layer_path("inland_waters"))
    return layer["name"].tolist(), shapely.orient_polygons(layer.geometry.to_numpy())


def compressed(arrays: dict[str, np.ndarray]) -> bytes:
    """Write arrays as `numpy.load` reads them, without a time in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_LZMA
            archive.writestr(info, member.getvalue())
    return out.getvalue()


def described(
    known: list[dict], of_layer: dict[str, list[str]], waters: list[str], rings: list[Rings]
) -> str:
    """Write what the atlas is, a line a territory, so that a change can be seen."""
    lines = ['"territories": [\n' + ",\n".join(map(line, known)) + "\n]"]
    areas = np.concatenate([polygon_area(layer, model=EdgeModel.GEODESIC) for layer in rings])
    left = (areas / 1e6).round(1).tolist()
    for name, codes in of_layer.items():
        own, left = left[: len(codes)], left[len(codes) :]
        if name != "land":
            lines.append(f"{json.dumps(name)}: {line(dict(zip(codes, own, strict=True)))}")
    lines.append(f'"inland_waters": {line(waters)}')
    head = json.dumps(FACTS, indent=2, ensure_ascii=False)[:-2]
    return f"{head},\n" + ",\n".join(lines) + "\n}\n"


def line(value: object) -> str:
    """Write a value on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def files() -> dict[str, bytes]:
    """Return the files by name."""
    known = territories()
    of_layer, polygons = read_layers([entry["code"] for entry in known])
    zones, territorial, contiguous, land = (polygons[name] for name in LAYERS)
    waters, inland = read_inland()
    layers = (zones, [*territorial, *contiguous], land, inland)
    arrays = encode([*map(Rings.from_shapely, layers)])
    # Areas are those of what is read back.
    return {
        DATASET: described(known, of_layer, waters, decode(arrays)[:2]).encode(),
        ATLAS: compressed(arrays),
    }


def main() -> None:
    """Write the files and say how large they are."""
    for name, content in files().items():
        with atomic_path(FOLDER / name) as path:
            path.write_bytes(content)
        print(f"{name}: {len(content) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
