"""Files are read as published, whatever their format; a bad one is refused in plain words."""

import json
import re
import zipfile

import numpy as np
import pyarrow.parquet
import pytest
import shapely

import published
from eezkit.errors import (
    DataFormatError,
    GeometryWarning,
    SchemaError,
    SchemaWarning,
)
from eezkit.sources.files.containers import source_files
from eezkit.sources.files.layers import read_lines, read_table
from eezkit.zones import EdgeKind, ZoneKind

LATIN = {"Réunion", "Curaçao", "Côte d'Ivoire"}


pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


def same_shapes(table, rows):
    return shapely.equals_exact(
        shapely.normalize(table.geometry),
        shapely.normalize(shapely.multipolygons([[row.shape] for row in rows])),
    ) | shapely.equals_exact(
        shapely.normalize(table.geometry), shapely.normalize([row.shape for row in rows])
    )


# --- what can be read


@pytest.mark.parametrize(
    "suffix", [".shp", ".gpkg", ".fgb", ".geojson", ".json", ".parquet", ".geoparquet"]
)
def test_every_format_gives_the_published_zones(tmp_path, suffix):
    path = published.write(tmp_path / f"eez_v12{suffix}")
    table, origin = read_table(path)
    # FlatGeobuf orders features along a Hilbert curve: the order of the source is its own.
    by_mrgid = {row.mrgid: row for row in published.ROWS}
    rows = [by_mrgid[zone.mrgid] for zone in table.zones]
    assert len(rows) == len(published.ROWS)
    assert [zone.name for zone in table.zones] == [row.name for row in rows]
    assert [zone.area_km2 for zone in table.zones] == [row.area_km2 for row in rows]
    assert same_shapes(table, rows).all()
    assert (table.layer, table.layout, table.edges) == ("eez", "v11/v12", "planar")
    assert (origin.version, origin.crs, len(origin)) == ("12", "WGS 84", len(rows))
    assert origin.path == path


@pytest.mark.parametrize("layout", published.LAYOUTS)
@pytest.mark.parametrize("suffix", [".shp", ".gpkg", ".geojson"])
def test_every_layout_is_read_from_files_with_its_letters(tmp_path, layout, suffix):
    table, origin = read_table(published.write(tmp_path / f"eez{suffix}", layout=layout))
    assert table.layout == layout
    territories = {party.territory_name for zone in table.zones for party in zone.parties}
    assert territories >= LATIN
    if suffix == ".shp":
        assert origin.encoding == ("iso8859-1" if layout in ("v8", "WFS") else "utf-8")


@pytest.mark.parametrize("layer", published.POLYGON_LAYERS)
def test_every_layer_is_read_from_a_file(tmp_path, layer):
    table, _ = read_table(published.write(tmp_path / f"{layer}.gpkg", layer), strict=True)
    assert table.layer == layer


@pytest.mark.parametrize(
    ("named", "encoding"),
    [
        ("UTF-8", "UTF-8"),
        ("utf8\n", "UTF-8"),
        ("65001", "UTF-8"),
        ("88591", "ISO-8859-1"),
        ("ISO-8859-1", "ISO-8859-1"),
        ("1252", "ISO-8859-1"),
        ("ANSI 1252", "ISO-8859-1"),
        ("no such page", "UTF-8"),
        ("", "ISO-8859-1"),
    ],
)
def test_a_code_page_file_is_believed_where_it_names_one(tmp_path, named, encoding):
    path = tmp_path / "eez.shp"
    table = published.frame(
        published.fields("eez", "v11/v12"), [row.shape for row in published.ROWS]
    )
    table.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").write_text(named)
    assert read_table(path)[0].zones[2].parties[0].territory_name == "Réunion"


def test_the_encoding_that_the_user_gives_wins(tmp_path):
    path = published.write(tmp_path / "eez.shp", layout="v8")
    path.with_suffix(".cpg").write_text("UTF-8")
    assert read_table(path, encoding="latin-1")[0].zones[2].name.startswith("Réunion")


def test_utf8_without_any_word_of_it_is_recognised(tmp_path):
    path = published.write(tmp_path / "eez.shp")
    path.with_suffix(".cpg").unlink()
    table, origin = read_table(path)
    assert table.zones[2].name.startswith("Réunion")
    assert origin.encoding == "utf-8"


def test_marine_regions_zip_with_its_folder_and_boundaries_gives_the_zones(tmp_path):
    folder = tmp_path / "World_EEZ_v12_20231025"
    published.write(folder / "eez_v12.shp")
    published.boundaries(folder / "eez_boundaries_v12.shp")
    (folder / "LICENSE_EEZ_v12.txt").write_text("CC BY 4.0")
    path = published.zipped(folder, tmp_path / "World_EEZ_v12_20231025.zip", folder.name)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/World_EEZ_v12_20231025/._eez_v12.shp", b"\x00\x05\x16\x07")
    table, origin = read_table(path)
    assert (table.layer, len(table.zones)) == ("eez", len(published.ROWS))
    assert (origin.layer_name, origin.version, origin.encoding) == ("eez_v12", "12", "utf-8")
    assert len(read_table(path, layer="eez")[0].zones) == len(published.ROWS)
    lines, line_origin = read_lines(path, codes=table.codes)
    assert (lines.layer, line_origin.layer_name) == ("eez_boundaries", "eez_boundaries_v12")
    assert lines.lines[0].parties[0].sovereign == "FRA"
    assert [line.kind for line in lines.lines] == [EdgeKind.TREATY, EdgeKind.OUTER_LIMIT]


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".geojson", ".parquet"])
def test_any_format_may_lie_in_a_zip(tmp_path, suffix):
    published.write(tmp_path / "in" / f"eez_v12{suffix}")
    path = published.zipped(
        tmp_path / "in", tmp_path / "World_EEZ_v12_20231025_gpkg.ZIP", "deep/down"
    )
    assert len(read_table(path)[0].zones) == len(published.ROWS)


def test_a_folder_gives_its_one_layer_or_the_one_asked_for(tmp_path):
    folder = published.write(tmp_path / "unpacked" / "eez_v12.shp").parent
    assert len(read_table(folder)[0].zones) == len(published.ROWS)
    assert len(read_table(tmp_path)[0].zones) == len(published.ROWS)
    published.write(folder / "eez_12nm_v4.shp", "eez_12nm")
    assert read_table(folder)[0].layer == "eez"
    assert read_table(folder, layer="eez_12nm")[0].layer == "eez_12nm"


def test_json_and_what_a_mac_leaves_are_not_taken_for_layers(tmp_path):
    published.write(tmp_path / "in" / "zones.shp")
    (tmp_path / "in" / "._zones.shp").write_bytes(b"\x00\x05\x16\x07")
    (tmp_path / "in" / "manifest.json").write_text('{"name": "x"}')
    assert len(read_table(tmp_path / "in")[0].zones) == len(published.ROWS)
    path = published.zipped(tmp_path / "in", tmp_path / "zones.zip")
    assert len(read_table(path)[0].zones) == len(published.ROWS)


def test_a_geopackage_of_several_layers_gives_the_one_of_eezs_or_the_one_asked_for(tmp_path):
    path = tmp_path / "all.gpkg"
    for name, layer in (("eez_12nm_v4", "eez_12nm"), ("eez_v12", "eez"), ("ecs", "ecs")):
        table = published.frame(
            published.fields(layer, "v11/v12"), [row.shape for row in published.rows_of(layer)]
        )
        table.to_file(path, layer=name)
    assert read_table(path)[0].layer == "eez"
    assert read_table(path, layer="ecs")[0].layer == "ecs"
    assert read_table(path, layer="EEZ_12NM")[1].layer_name == "eez_12nm_v4"


def test_an_extension_in_capitals_is_an_extension(tmp_path):
    for part in published.write(tmp_path / "eez.shp").parent.iterdir():
        part.rename(part.with_suffix(part.suffix.upper()))
    assert len(read_table(tmp_path / "eez.SHP")[0].zones) == len(published.ROWS)


def test_a_mapping_reads_a_file_of_any_schema(tmp_path):
    columns = {"country": ["Namibia"], "iso2": ["NA"]}
    published.frame(columns, [published.square(12, -22)]).to_file(tmp_path / "mine.geojson")
    table, _ = read_table(
        tmp_path / "mine.geojson", columns={"name": "country", "sovereign": "iso2"}
    )
    assert (table.zones[0].name, table.zones[0].sovereign, table.layout) == (
        "Namibia",
        "NA",
        "mapped",
    )


def test_strict_reaches_the_schema(tmp_path):
    row = published.Row("x", 1, "Condominium", (published.FRANCE,), published.square(0, 0))
    path = published.write(tmp_path / "eez.gpkg", rows=(row,))
    with pytest.warns(SchemaWarning, match="Condominium"):
        assert read_table(path)[0].zones[0].kind is ZoneKind.UNKNOWN
    with pytest.raises(SchemaError, match="Condominium"):
        read_table(path, strict=True)


def test_heights_are_dropped(tmp_path):
    row = published.ROWS[0]
    deep = shapely.force_3d(row.shape, -5000.0)
    columns = published.fields("eez", "v11/v12", (row,))
    published.frame(columns, [deep]).to_file(tmp_path / "eez.gpkg")
    assert not shapely.has_z(read_table(tmp_path / "eez.gpkg")[0].geometry).any()


def test_rows_without_geometry_are_left_out_and_named(tmp_path):
    shapes = [row.shape for row in published.ROWS]
    shapes[1], shapes[4] = None, shapely.Polygon()
    columns = published.fields("eez", "v11/v12")
    published.frame(columns, shapes).to_parquet(tmp_path / "eez.parquet")
    with pytest.warns(GeometryWarning, match=r"without geometry, which are left out: row 1, 4"):
        table, _ = read_table(tmp_path / "eez.parquet")
    assert len(table.zones) == len(table.geometry) == len(published.ROWS) - 2
    assert table.zones[1].mrgid == published.ROWS[2].mrgid


# --- reference systems and longitudes


@pytest.mark.parametrize("crs", ["OGC:CRS84", "EPSG:4269", "EPSG:4258"])
def test_geographic_systems_are_brought_to_wgs84(tmp_path, crs):
    path = published.write(tmp_path / "eez.gpkg", crs=crs)
    table, origin = read_table(path)
    assert np.allclose(shapely.bounds(table.geometry[0]), published.ROWS[0].shape.bounds, atol=1e-4)
    assert origin.crs


def test_degrees_from_another_meridian_are_turned(tmp_path):
    row = published.Row("x", 1, "200NM", (published.FRANCE,), published.square(-5, 46))
    path = published.write(tmp_path / "eez.gpkg", rows=(row,), crs="EPSG:4807")
    west = shapely.bounds(read_table(path)[0].geometry[0])[0]
    # Grads east of Paris: -5 grad is -4.5 degrees, and Paris lies at 2.337 E.
    assert west == pytest.approx(-4.5 + 2.337, abs=0.01)


def test_a_projection_is_undone_and_said(tmp_path):
    row = published.Row("x", 1, "200NM", (published.FRANCE,), published.square(2, 52))
    table = published.frame(published.fields("eez", "v11/v12", (row,)), [row.shape])
    table.to_crs("EPSG:3035").to_file(tmp_path / "eez.gpkg")
    with pytest.warns(
        GeometryWarning, match=r"drawn in ETRS89.*up to [0-9.]+ m from where"
    ) as told:
        read, _ = read_table(tmp_path / "eez.gpkg")
    assert shapely.equals_exact(read.geometry[0].normalize(), row.shape.normalize(), 1e-6)
    # A side of 1 degree along the parallel bends by some 200 m in this projection, at 8 degrees
    # from its middle: the arc of a 50 km chord at 52 N, 68.7 km long.
    metres = float(re.search(r"up to ([0-9.]+) m", str(told[0].message))[1])
    assert 50 < metres < 300


def test_what_a_projection_draws_across_180_is_cut_there(tmp_path):
    around = shapely.box(175, -45, 185, -35)
    shape = shapely.Polygon(
        shapely.segmentize(around, 0.5).exterior,
        [shapely.box(181, -41, 182, -40).exterior, shapely.box(176, -41, 177, -40).exterior],
    )
    wrapped = shapely.transform(
        shape, lambda xy: np.column_stack([(xy[:, 0] + 180) % 360 - 180, xy[:, 1]])
    )
    row = published.Row("x", 1, "200NM", (published.FRANCE,), published.square(176, -40))
    table = published.frame(published.fields("eez", "v11/v12", (row,)), [wrapped])
    table.to_crs("EPSG:3994").to_file(tmp_path / "eez.gpkg")
    with pytest.warns(GeometryWarning) as told:
        read, _ = read_table(tmp_path / "eez.gpkg")
    assert any("cut at ±180°: x" in str(one.message) for one in told)
    (west, south, east, north) = shapely.bounds(read.geometry[0])
    assert (west, east) == (-180, 180)
    assert (south, north) == pytest.approx((-45, -35))
    assert shapely.area(read.geometry[0]) == pytest.approx(98.0)
    assert shapely.contains_xy(read.geometry[0], [178, -178], [-44, -44]).all()
    assert not shapely.contains_xy(read.geometry[0], [176.5, -178.5, 0], [-40.5, -40.5, -40]).any()


def test_longitudes_to_360_are_brought_within_180(tmp_path):
    shapes = [published.square(10, 0), published.square(200, 0), published.square(175, 0, 10.0)]
    rows = tuple(
        published.Row(name, n, "200NM", (published.FRANCE,), shape)
        for n, (name, shape) in enumerate(zip(["near", "far", "across"], shapes, strict=True), 1)
    )
    path = published.write(tmp_path / "eez_v11_0_360.gpkg", rows=rows)
    with pytest.warns(
        GeometryWarning, match=r"2 features were moved by 360° or cut at ±180°: far, across"
    ):
        table, _ = read_table(path)
    assert shapely.bounds(table.geometry[1]).tolist() == [-160, 0, -159, 1]
    assert len(shapely.get_parts(table.geometry[2])) == 2
    assert shapely.bounds(table.geometry[2]).tolist() == [-180, 0, 180, 10]
    assert shapely.area(table.geometry[2]) == pytest.approx(100.0)


def test_without_a_prj_degrees_are_taken_for_wgs84_and_said(tmp_path):
    path = published.write(tmp_path / "eez.shp")
    path.with_suffix(".prj").unlink()
    with pytest.warns(GeometryWarning, match=r"eez\.shp does not say .*\.prj.*WGS 84"):
        table, origin = read_table(path)
    assert same_shapes(table, published.ROWS).all()
    assert origin.crs == "not given"


def test_spherical_edges_of_geoparquet_are_carried_and_said(tmp_path):
    path = published.write(tmp_path / "eez.parquet")
    give_edges(path, "spherical")
    with pytest.warns(GeometryWarning, match="edges are spherical"):
        table, _ = read_table(path)
    assert table.edges == "geodesic"


def give_edges(path, edges):
    table = pyarrow.parquet.read_table(path)
    metadata = dict(table.schema.metadata)
    geo = json.loads(metadata[b"geo"])
    geo["columns"]["geometry"]["edges"] = edges
    metadata[b"geo"] = json.dumps(geo).encode()
    pyarrow.parquet.write_table(table.replace_schema_metadata(metadata), path)


def test_planar_edges_and_the_crs_of_geoparquet_are_honoured(tmp_path):
    path = published.write(tmp_path / "eez.parquet", crs="EPSG:4258", geometry_encoding="geoarrow")
    give_edges(path, "planar")
    table, origin = read_table(path)
    assert table.edges == "planar"
    assert "ETRS89" in origin.crs


def test_reading_says_nothing_by_itself(tmp_path, capfd):
    read_table(published.write(tmp_path / "eez.shp"))
    assert capfd.readouterr() == ("", "")


def test_zones_are_not_boundary_lines(tmp_path):
    with pytest.raises(
        DataFormatError, match=r"8 Polygon in the layer eez, where lines are needed"
    ):
        read_lines(published.write(tmp_path / "eez.shp"))


def test_every_file_that_counts_is_named(tmp_path):
    shp = published.write(tmp_path / "eez.shp")
    (tmp_path / "eez.qgz").write_text("not read")
    assert {file.suffix for file in source_files(shp)} == {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    assert source_files(tmp_path / "gone.zip") == [tmp_path / "gone.zip"]
    assert len(source_files(tmp_path)) == 6


# --- real data


def test_the_real_north_sea_is_read_whole(shared_data):
    table, origin = read_table(shared_data / "marineregions_v12_north_sea")
    assert (table.layer, table.layout, origin.version) == ("eez", "v11/v12", "12")
    assert {zone.mrgid: zone.sovereign for zone in table.zones} == {
        5677: "FRA", 5696: "GBR", 3293: "BEL", 5668: "NLD", 5669: "DEU", 5674: "DNK", 5686: "NOR",
    }  # fmt: skip
    assert shapely.get_num_coordinates(table.geometry).sum() > 80_000


def test_the_real_world_of_land_and_sea_is_read_by_a_mapping(shared_data):
    table, _ = read_table(
        shared_data / "world_union_v3_simplified.parquet",
        columns={"name": "country", "sovereign": "iso2"},
    )
    assert len(table.zones) == 319
    (namibia,) = (zone for zone in table.zones if zone.name == "Namibia")
    assert namibia.sovereign == "NA"


def test_the_real_extended_shelf_of_the_service_is_read(shared_data):
    table, origin = read_table(shared_data / "marineregions_wfs" / "ecs-6413d9a2.zip")
    (zone,) = table.zones
    assert (zone.mrgid, zone.kind, zone.sovereign) == (64123, ZoneKind.EXTENDED_SHELF, "MEX")
    assert (table.layout, origin.encoding) == ("WFS", "iso8859-1")


def test_the_real_boundary_of_the_service_is_read(shared_data):
    table, _ = read_lines(shared_data / "marineregions_wfs" / "ecs_boundaries-641d920c.zip")
    (line,) = table.lines
    assert (line.kind, line.published_kind) == (EdgeKind.OUTER_LIMIT, "ECS CLCS Submission")
    assert line.length_km == pytest.approx(98.06)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ecs_boundaries-641d920c.zip", "1 LineString"),
        ("eez-13c29b58.zip", "Illegal property name: notvalidparameter"),
        ("eez-419caace.zip", "must start and end within the same entity"),
        ("eez-713ad0ad.zip", "Cannot cast java.lang.String to java.lang.Integer"),
        ("eez-bd5bffb0.zip", "no feature matched the filter"),
    ],
)
def test_the_real_failures_of_the_service_are_named(shared_data, name, said):
    with pytest.raises(DataFormatError, match=re.escape(said)):
        read_table(shared_data / "marineregions_wfs" / name)
