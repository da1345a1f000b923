"""Small files in each column layout that Marine Regions has published.

Rows are neutral (`Row`); `fields` spells them as a layer and layout does, `write` makes a file.
Geometry and areas are made here: nothing of Marine Regions is copied.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pyproj
import shapely

LAYOUTS = ("v8", "v9/v10", "v11/v12", "WFS")
BELTS = {
    "eez": "200NM",
    "eez_12nm": "12NM",
    "eez_24nm": "24NM",
    "eez_internal_waters": "Internal waters",
    "eez_archipelagic_waters": "Archipelagic waters",
}
POLYGON_LAYERS = (*BELTS, "high_seas", "ecs", "eez_iho", "eez_land", "iho", "goas")


@dataclass(frozen=True)
class Row:
    """One feature: parties are (sovereign, its code, territory, its code)."""

    name: str
    mrgid: int
    word: str
    parties: tuple[tuple[str, str, str, str], ...]
    shape: shapely.Geometry
    area: float | None = None

    @property
    def area_km2(self) -> float:
        """As published: whole square kilometres, geodesic edges."""
        if self.area is not None:
            return self.area
        return float(
            round(abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(self.shape)[0]) / 1e6)
        )


def square(west: float, south: float, size: float = 1.0) -> shapely.Polygon:
    """A square of `size` degrees, shell anticlockwise."""
    return shapely.box(west, south, west + size, south + size)


def by(sovereign: str, code: str, *territory: str) -> tuple[str, str, str, str]:
    """A party; its territory is the State itself where none is named."""
    name, its_code = territory or (sovereign, code)
    return (sovereign, code, name, its_code)


FRANCE = by("France", "FRA")
NETHERLANDS = by("Netherlands", "NLD")
ROWS: tuple[Row, ...] = (
    Row("French Exclusive Economic Zone", 5677, "200NM", (FRANCE,), square(-3, 46)),
    Row("Dutch Exclusive Economic Zone", 5668, "200NM", (NETHERLANDS,), square(3, 52)),
    Row(
        "Réunion Exclusive Economic Zone",
        8338,
        "200NM",
        (by("France", "FRA", "Réunion", "REU"),),
        square(55, -21),
    ),
    Row(
        "Curaçao Exclusive Economic Zone",
        26517,
        "200NM",
        (by("Netherlands", "NLD", "Curaçao", "CUW"),),
        square(-69, 12),
    ),
    Row(
        "Côte d'Ivoire Exclusive Economic Zone",
        8473,
        "200NM",
        (by("Côte d'Ivoire", "CIV"),),
        square(-5, 3),
    ),
    Row(
        "Namibian Exclusive Economic Zone", 8478, "200NM", (by("Namibia", "NAM"),), square(12, -22)
    ),
    Row(
        "Joint regime area: Japan / Republic of Korea",
        48952,
        "Joint regime",
        (by("Japan", "JPN"), by("Republic of Korea", "KOR", "South Korea", "KOR")),
        square(127, 31),
    ),
    Row(
        "Overlapping claim Qatar / Saudi Arabia / United Arab Emirates",
        50170,
        "Overlapping claim",
        (
            by("Qatar", "QAT"),
            by("Saudi Arabia", "SAU"),
            by("United Arab Emirates", "ARE"),
        ),
        square(51, 24),
    ),
)

ECS_ROWS = (
    Row(
        "Mexican Extended Continental Shelf (DOALOS Deposit)",
        64123,
        "ECS DOALOS Deposit",
        (by("Mexico", "MEX"),),
        square(-93, 25),
    ),
    Row(
        "Joint submission of seven",
        64200,
        "ECS Joint CLCS Submission",
        tuple(by(f"State {n}", f"ST{n}") for n in range(1, 8)),
        square(-15, 2),
    ),
    Row(
        "Overlap of two",
        64201,
        "ECS Overlapping claim",
        (by("State 1", "ST1"), by("State 2", "ST2")),
        square(-25, 2),
    ),
)

LAND_ROWS = (
    Row("France", 5677, "Union EEZ and country", (FRANCE,), square(-3, 46)),
    Row("Austria", 0, "Landlocked country", (by("Austria", "AUT"),), square(14, 47)),
    Row(
        "Overlapping claim Mayotte",
        48944,
        "Overlapping claim",
        (by("France", "FRA", "Mayotte", "MYT"), by("Comores", "COM", "Mayotte", "MYT")),
        square(45, -13),
    ),
    Row(
        "Joint regime Spain / France",
        48966,
        "Joint regime (EEZ)",
        (by("Spain", "ESP"), FRANCE),
        square(-2, 43),
    ),
)

SEA_ROWS = (
    Row("North Sea", 2350, "", (), square(2, 54)),
    Row("South Pacific Ocean", 1910, "", (), square(-150, -30)),
)


def rows_of(layer: str) -> tuple[Row, ...]:
    """Rows that the layer would publish."""
    if layer in ("eez", "eez_iho"):
        return ROWS
    if layer in BELTS:
        word = BELTS[layer]
        return tuple(
            Row(r.name, r.mrgid, word, r.parties, r.shape) for r in ROWS if r.word == "200NM"
        )
    return {"ecs": ECS_ROWS, "eez_land": LAND_ROWS, "high_seas": SEA_ROWS[1:]}.get(layer, SEA_ROWS)


def fields(layer: str, layout: str, rows: tuple[Row, ...] | None = None) -> dict[str, list[Any]]:
    """Columns of a layer as a layout spells them, nulls included."""
    rows = rows_of(layer) if rows is None else rows
    if layout == "v8":
        assert layer == "eez", "of v8 only the layer eez is known"
        return _v8(rows)
    if layer in ("iho", "goas", "high_seas"):
        columns = _seas(layer, rows)
    else:
        columns = {name: [get(row) for row in rows] for name, get in _plan(layer, layout).items()}
    change = {"v9/v10": str, "v11/v12": str.upper, "WFS": str.lower}[layout]
    return {change(name): column for name, column in columns.items()}


def _v8(rows: tuple[Row, ...]) -> dict[str, list[Any]]:
    def middle(row: Row) -> shapely.Point:
        return row.shape.centroid

    def holder(row: Row, part: int) -> str:
        return "/".join(dict.fromkeys(party[part] for party in row.parties))

    beginning = {"Overlapping claim": "Disputed ", "Joint regime": "Joint regime "}
    return {
        "OBJECTID": [n for n, _ in enumerate(rows, 1)],
        "EEZ": [beginning[r.word] + holder(r, 0) if r.word in beginning else r.name for r in rows],
        "Country": [beginning.get(r.word, "") + holder(r, 2) for r in rows],
        "ID": [n for n, _ in enumerate(rows)],
        "Sovereign": [beginning.get(r.word, "") + holder(r, 0) for r in rows],
        "Remarks": [None] * len(rows),
        "Sov_ID": [0] * len(rows),
        "EEZ_ID": [n for n, _ in enumerate(rows)],
        "ISO_3digit": [r.parties[0][3] if len(r.parties) == 1 else "-" for r in rows],
        "MRGID": [float(r.mrgid) for r in rows],
        "Date_chang": [None] * len(rows),
        "Area_m2": [r.area_km2 * 1e6 for r in rows],
        "Longitude": [middle(r).x for r in rows],
        "Latitude": [middle(r).y for r in rows],
        "MRGID_EEZ": [r.mrgid for r in rows],
    }


def _seas(layer: str, rows: tuple[Row, ...]) -> dict[str, list[Any]]:
    bounds = [row.shape.bounds for row in rows]
    if layer == "high_seas":
        return {
            "name": ["High Seas" for _ in rows],
            "mrgid": [63203 for _ in rows],
            "source": ["Marine Regions" for _ in rows],
            "area_km2": [row.area_km2 for row in rows],
        }
    box = {
        "name": [row.name for row in rows],
        "Longitude": [row.shape.centroid.x for row in rows],
        "Latitude": [row.shape.centroid.y for row in rows],
        "min_X": [b[0] for b in bounds],
        "min_Y": [b[1] for b in bounds],
        "max_X": [b[2] for b in bounds],
        "max_Y": [b[3] for b in bounds],
    }
    if layer == "goas":
        return box | {"area_km2": [row.area_km2 for row in rows]}
    return box | {
        "ID": [str(n) for n, _ in enumerate(rows)],
        "area": [int(row.area_km2) for row in rows],
        "MRGID": [row.mrgid for row in rows],
    }


def _plan(layer: str, layout: str) -> dict[str, Any]:
    """Column by column, how a row fills it."""
    nothing: Any = {"v9/v10": 0, "v11/v12": None, "WFS": ""}[layout]
    no_id: Any = {"v9/v10": 0, "v11/v12": None, "WFS": 0}[layout]
    n_parties = {"ecs": 7}.get(layer, 1 if layer in BELTS and layer != "eez" else 3)

    def part(n: int, which: int) -> Any:
        return lambda row: row.parties[n][which] if n < len(row.parties) else nothing

    def identifier(n: int) -> Any:
        return lambda row: 2000 + n if n < len(row.parties) else no_id

    title = {"eez_iho": "MARREGION", "eez_land": "UNION"}.get(layer, "GeoName")
    plan: dict[str, Any] = {} if layer == "eez_land" else {"MRGID": lambda row: row.mrgid}
    plan[title] = lambda row: row.name
    if layer == "eez_iho":
        plan |= {
            "IHO_Sea": lambda row: "North Sea",
            "MRGID_IHO": lambda row: 2350,
            "EEZ": lambda row: row.name,
        }
    else:
        plan["Pol_type"] = lambda row: row.word
    for n in range(n_parties):
        plan |= {
            f"MRGID_Ter{n + 1}": identifier(n),
            f"Territory{n + 1}": part(n, 2),
            f"ISO_Ter{n + 1}": part(n, 3),
            f"MRGID_Sov{n + 1}": identifier(n),
            f"Sovereign{n + 1}": part(n, 0),
        }
        if layout != "v9/v10":
            plan |= {f"ISO_Sov{n + 1}": part(n, 1), f"UN_Sov{n + 1}": lambda row: None}
    plan["MRGID_ECS" if layer == "ecs" else "MRGID_EEZ"] = lambda row: row.mrgid
    return plan | {
        "x_1": lambda row: round(row.shape.centroid.x, 5),
        "y_1": lambda row: round(row.shape.centroid.y, 5),
        "Area_km2": lambda row: row.area_km2,
    }


def line_fields(layer: str, words: list[str], layout: str = "v11/v12") -> dict[str, list[Any]]:
    """Columns of a boundary layer with one line of each word."""
    n = len(words)
    columns = {
        "LINE_ID": [float(i) for i in range(n)],
        "LINE_NAME": [f"France - Spain {word}" for word in words],
        "LINE_TYPE": words,
        "TERRITORY1": ["France"] * n,
        "SOVEREIGN1": ["France"] * n,
        "TERRITORY2": ["Spain"] * n,
        "SOVEREIGN2": ["Spain"] * n,
        "LENGTH_KM": [111.2] * n,
    }
    if layer == "eez_boundaries":
        columns |= {"MRGID_EEZ1": [5677.0] * n, "EEZ1": ["French"] * n, "MRGID_EEZ2": [5693.0] * n}
    return {name.lower() if layout == "WFS" else name: column for name, column in columns.items()}


def frame(
    columns: dict[str, list[Any]], shapes: list[Any], crs: Any = "EPSG:4326"
) -> geopandas.GeoDataFrame:
    """A table with its geometry."""
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


def write(
    path: Path,
    layer: str = "eez",
    layout: str = "v11/v12",
    rows: tuple[Row, ...] | None = None,
    **options: Any,
) -> Path:
    """Write a layer to `path`, in the format of its extension; return the path.

    A shapefile is encoded as its publisher did: v8 in Latin-1 without a code page file, the WFS
    in Latin-1 with GeoServer's .cst, files since v9 in UTF-8 with a .cpg.
    """
    rows = rows_of(layer) if rows is None else rows
    table = frame(
        fields(layer, layout, rows), [row.shape for row in rows], options.pop("crs", "EPSG:4326")
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix in (".parquet", ".geoparquet"):
        table.to_parquet(path, **options)
    elif path.suffix == ".shp":
        latin = layout in ("v8", "WFS")
        table.to_file(path, encoding="ISO-8859-1" if latin else "UTF-8", **options)
        if latin:
            path.with_suffix(".cpg").unlink()
        if layout == "WFS":
            path.with_suffix(".cst").write_text("ISO-8859-1")
    else:
        table.to_file(path, **options)
    return path


def zipped(folder: Path, path: Path, inside: str = "") -> Path:
    """Pack the files of a folder into a zip, in a folder `inside` as Marine Regions does it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{inside}/{file.name}" if inside else file.name)
    return path


def boundaries(path: Path) -> Path:
    """Write a layer of two boundary lines, of a treaty and of 200 M."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shapes = [shapely.LineString([(-3, 46), (-2, 46)]), shapely.LineString([(-3, 47), (-3, 46)])]
    columns = line_fields("eez_boundaries", ["Treaty", "200 NM"])
    frame(columns, shapes).to_file(path)
    return path
