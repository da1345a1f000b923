"""What eezkit writes it reads: zones of an atlas, limits drawn from a baseline."""

import warnings
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

import eezkit
import published
from eezkit import schema
from eezkit.atlas import build_atlas
from eezkit.errors import SchemaError, SchemaWarning
from eezkit.geodesy import EdgeModel
from eezkit.geometry import Rings
from eezkit.limits import Baseline, zones_of
from eezkit.sources.files.layers import read_table
from eezkit.tables.features import save_zones
from eezkit.zones import Party, Provenance, Regime, Zone, ZoneKind

SUFFIXES = [".parquet", ".gpkg", ".geojson"]
N_POSITIONS = 3000
CLAIMS = (
    (Party("A", "x", "Ay", "Ex"), Party("A", "y", "Ay", "Why"), Party("B", "z", "Bee", "Zed")),
    (Party("A", "x"), Party("B", "x")),
    (Party("A", "x", "Ay"), Party("B", "y")),
    (Party("A", "x"), Party("A", "y"), Party("B", "x"), Party("B", "y")),
    (Party("NA", "NA", "None", "0"),),
    (),
)


def write(table: geopandas.GeoDataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.to_parquet(path)
        return
    with warnings.catch_warnings():
        # A shapefile keeps ten letters of a column's name.
        warnings.filterwarnings("ignore", "Column names longer|Normalized/laundered")
        table.to_file(path)


def some_zones() -> list[Zone]:
    """One zone for each way that parties may have words in common, and each regime."""
    regimes = list(Regime)
    return [
        Zone(
            f"Zone {n}",
            ZoneKind.EEZ,
            regimes[n % len(regimes)],
            parties,
            mrgid=n or None,
            published_kind="200NM" if n else "",
            area_km2=12_308.8 if n else None,
            status="held in abeyance" if n == 3 else "",
        )
        for n, parties in enumerate(CLAIMS)
    ]


@pytest.fixture(scope="module")
def atlas() -> eezkit.Atlas:
    zones = some_zones()
    squares = [published.square(2 * n, 0) for n in range(len(zones))]
    return build_atlas(
        tuple(zones),
        Rings.from_shapely(np.array(squares, dtype=object)),
        provenance=Provenance("made up"),
        coverage=eezkit.Coverage.zones_only(),
    )


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".shp"])
def test_zones_come_back_with_all_they_had(atlas, tmp_path, suffix) -> None:
    path = tmp_path / f"zones{suffix}"
    write(atlas.to_geodataframe(), path)
    again = eezkit.read(path).zones
    assert [zone.to_json() for zone in again] == [zone.to_json() for zone in some_zones()]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_zones_of_the_embedded_atlas_come_back(tmp_path, suffix) -> None:
    atlas = eezkit.load()
    path = tmp_path / f"world{suffix}"
    write(atlas.to_geodataframe(), path)
    table, _ = read_table(path)
    assert table.zones == atlas.zones
    assert Regime.IN_ABEYANCE in {zone.regime for zone in table.zones}
    assert any(zone.status for zone in table.zones)


def test_zones_of_the_embedded_atlas_come_back_with_the_same_answers(tmp_path) -> None:
    atlas = eezkit.load()
    table = atlas.to_geodataframe()
    # Those with long coasts would add minutes where the kernels are not compiled.
    table = table[table.geometry.count_coordinates() < 2000]
    kept = set(table["name"])
    assert len(kept) > 100
    path = tmp_path / "world.parquet"
    write(table, path)
    again = eezkit.read(path)
    rng = np.random.default_rng(27)
    lon = rng.uniform(-180, 180, N_POSITIONS)
    lat = np.degrees(np.arcsin(rng.uniform(-1, 1, N_POSITIONS)))
    one, other = (
        [[zone.name for zone in found.zones(code)] for code in found.answer.tolist()]
        for found in (each.locate(lon, lat) for each in (atlas, again))
    )
    assert [[name for name in names if name in kept] for names in one] == other
    assert sum(map(bool, other)) > N_POSITIONS // 20


def test_words_that_are_not_ours_are_told_or_refused() -> None:
    fields = {
        name: np.array([word], dtype=object)
        for name, word in {
            "name": "Here",
            "kind": "EEZ!",
            "regime": "sole",
            "sovereign": "A|B",
            "territory": "x|y|z",
        }.items()
    }
    square = np.array([published.square(0, 0)], dtype=object)
    with pytest.warns(SchemaWarning, match="kind = 'EEZ!'.*sovereign = 'A|B'"):
        (zone,) = schema.to_zones(fields, square).zones
    assert (zone.kind, len(zone.parties)) == (ZoneKind.UNKNOWN, 3)
    with pytest.raises(SchemaError, match="kind = 'EEZ!'"):
        schema.to_zones(fields, square, strict=True)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_limits_that_were_drawn_can_be_zones(tmp_path, suffix) -> None:
    path = tmp_path / f"limits{suffix}"
    drawn = zones_of(Baseline.from_points([10.0], [60.0]))
    save_zones(str(path), drawn.values(), edges=EdgeModel.PLANAR)
    zones = eezkit.read(path).zones
    kinds = [ZoneKind.TERRITORIAL_SEA, ZoneKind.CONTIGUOUS_ZONE, ZoneKind.EEZ_AND_LAND]
    assert [zone.kind for zone in zones] == kinds
    assert [zone.name for zone in zones] == ["12 M zone", "24 M zone", "200 M zone"]
    assert {(zone.regime, zone.parties) for zone in zones} == {(Regime.UNKNOWN, ())}
    assert zones[0].area_km2 == pytest.approx(np.pi * 22.224**2, rel=1e-3)


def test_edges_of_a_limit_run_as_the_file_says(tmp_path) -> None:
    coast = Baseline.from_points([10.0], [80.0])
    drawn = zones_of(coast, tolerance=5000.0, edges=EdgeModel.GEODESIC, breadths=[370_400.0])
    path = tmp_path / "limit.geojson"
    save_zones(path, drawn.values(), edges=EdgeModel.GEODESIC)
    limit = drawn[370_400.0].to_shapely()
    read = eezkit.read(path)
    table = geopandas.read_file(path)
    table["edges"] = "planar"
    table.to_file(tmp_path / "planar.geojson")
    planar = eezkit.read(tmp_path / "planar.geojson")
    areas = [shapely.area(each.to_geodataframe().geometry.iloc[0]) for each in (read, planar)]
    assert areas[1] == pytest.approx(limit.area, rel=1e-6)
    assert areas[0] > areas[1] + 0.04


def test_limits_whose_edges_run_in_two_ways_are_refused(tmp_path) -> None:
    parts = []
    for model in (EdgeModel.PLANAR, EdgeModel.GEODESIC):
        path = tmp_path / f"{model.value}.geojson"
        drawn = zones_of(Baseline.from_points([10.0], [60.0]), breadths=[22_224.0])
        save_zones(path, drawn.values(), edges=model)
        parts.append(geopandas.read_file(path))
    pd.concat(parts).to_file(tmp_path / "both.gpkg")
    with pytest.raises(SchemaError, match="edges holds geodesic, planar"):
        eezkit.read(tmp_path / "both.gpkg")
