"""GeoJSON, KML, GPX and GML, read by their own rules."""

import json
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely

from eezkit.__main__ import run
from eezkit.errors import DataFormatError, GeometryWarning, OptionError, UnknownDatasetError
from eezkit.sources import read_baseline, read_limit
from eezkit.sources.files.layers import read_table
from eezkit.sources.files.opening import open_file

COLUMNS = {"name": "label", "sovereign": "iso"}
HOLED = shapely.Polygon(shapely.box(10, 0, 12, 3).exterior, [shapely.box(10.5, 1, 11, 2).exterior])
EAST = shapely.MultiPolygon([shapely.box(12, 0, 14, 3), shapely.box(15, 0, 16, 1)])

KML_TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">
<Document><name>Zones</name>
<Style id="s"><PolyStyle><fill>0</fill></PolyStyle></Style>
<Folder><name>West of 12</name>
 <Placemark><name>West</name><description><![CDATA[<b>one</b>]]></description>
  <ExtendedData><SchemaData schemaUrl="#x"><SimpleData name="label">West</SimpleData>
   <SimpleData name="iso">AAA</SimpleData></SchemaData></ExtendedData>
  <Polygon><outerBoundaryIs><LinearRing><coordinates>
   10,0,5 12,0,5 12,3,5 10,3,5 10,0,5</coordinates></LinearRing></outerBoundaryIs>
   <innerBoundaryIs><LinearRing><coordinates>10.5,1 11,1 11,2 10.5,2 10.5,1</coordinates>
   </LinearRing></innerBoundaryIs></Polygon></Placemark>
</Folder>
<Folder><name>East of 12</name><Folder><name>inner</name>
 <Placemark><name>East</name>
  <ExtendedData><Data name="label"><value>East</value></Data><Data name="iso">
   <value>BBB</value></Data></ExtendedData>
  <MultiGeometry>
   <Polygon><outerBoundaryIs><LinearRing><coordinates>12,0 14,0 14,3 12,3 12,0</coordinates>
   </LinearRing></outerBoundaryIs></Polygon>
   <Polygon><outerBoundaryIs><LinearRing><coordinates>15,0 16,0 16,1 15,1 15,0</coordinates>
   </LinearRing></outerBoundaryIs></Polygon>
  </MultiGeometry></Placemark>
</Folder></Folder>
</Document></kml>"""

GPX_TEXT = """<?xml version="1.0"?>
<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="54.1" lon="7.5"><ele>3</ele><name>Buoy</name></wpt>
<rte><name>way</name><rtept lat="54" lon="7"/><rtept lat="55" lon="8"/></rte>
<trk><name>t</name><trkseg><trkpt lat="54.1" lon="7.5"><time>2024-01-01T00:00:00Z</time></trkpt>
<trkpt lat="54.2" lon="7.6"><time>2024-01-01T01:00:00Z</time></trkpt></trkseg>
<trkseg><trkpt lat="55" lon="8"/></trkseg></trk></gpx>"""

GML_TEXT = """<?xml version="1.0" encoding="utf-8"?>
<ogr:FeatureCollection xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml">
<gml:boundedBy><gml:Box><gml:coord><gml:X>0</gml:X><gml:Y>0</gml:Y></gml:coord></gml:Box>
</gml:boundedBy>
<gml:featureMember><ogr:zones fid="1"><ogr:label>West</ogr:label><ogr:iso>AAA</ogr:iso>
<ogr:geometryProperty><gml:Polygon srsName="EPSG:4326"><gml:outerBoundaryIs><gml:LinearRing>
<gml:coordinates>10,0 12,0 12,3 10,3 10,0</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs>
<gml:innerBoundaryIs><gml:LinearRing><gml:coordinates>10.5,1 11,1 11,2 10.5,2 10.5,1
</gml:coordinates></gml:LinearRing></gml:innerBoundaryIs></gml:Polygon></ogr:geometryProperty>
</ogr:zones></gml:featureMember>
<gml:featureMember><ogr:zones fid="2"><ogr:label>East</ogr:label><ogr:iso>BBB</ogr:iso>
<ogr:geometryProperty><gml:MultiSurface srsName="urn:ogc:def:crs:EPSG::4326"><gml:surfaceMember>
<gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>0 12 0 14 3 14 3 12 0 12</gml:posList>
</gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface>
</ogr:geometryProperty></ogr:zones></gml:featureMember>
</ogr:FeatureCollection>"""


def zones() -> geopandas.GeoDataFrame:
    """Two zones whose columns no schema knows."""
    columns = {"label": ["West", "Côte d'Est"], "iso": ["AAA", "BBB"]}
    return geopandas.GeoDataFrame(columns, geometry=[HOLED, EAST], crs=4326)


def saved(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# --- what GDAL writes, eezkit reads


@pytest.mark.parametrize(
    ("name", "driver", "options"),
    [
        ("z.geojson", "GeoJSON", {}),
        ("z.geojson", "GeoJSON", {"RFC7946": "YES"}),
        ("z.geojson", "GeoJSONSeq", {}),
        ("z.geojson", "GeoJSONSeq", {"RS": "YES"}),
        ("z.kml", "KML", {}),
        ("z.kml", "LIBKML", {}),
        ("z.kmz", "LIBKML", {}),
        ("z.gml", "GML", {"FORMAT": "GML2"}),
        ("z.gml", "GML", {"FORMAT": "GML3"}),
        ("z.gml", "GML", {"FORMAT": "GML3.2"}),
        ("z.gml", "GML", {"FORMAT": "GML3Deegree"}),
    ],
)
def test_what_gdal_writes_is_read(
    tmp_path: Path, name: str, driver: str, options: dict[str, str]
) -> None:
    if driver not in pyogrio.list_drivers():
        pytest.skip(f"this GDAL has no driver {driver}")
    path = tmp_path / name
    pyogrio.write_dataframe(zones(), path, driver=driver, layer="zones", **options)
    table, opened = read_table(path, columns=COLUMNS)
    assert [(zone.name, zone.sovereign) for zone in table.zones] == [
        ("West", "AAA"), ("Côte d'Est", "BBB"),
    ]  # fmt: skip
    assert shapely.equals(table.geometry, [HOLED, EAST]).all()
    assert opened.crs == "WGS 84"


@pytest.mark.parametrize("version", ["GML2", "GML3", "GML3.2"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4301", "EPSG:3035", "EPSG:32632"])
def test_gml_is_right_whichever_axis_comes_first(tmp_path: Path, version: str, crs: str) -> None:
    path = tmp_path / "z.gml"
    point = geopandas.GeoSeries([shapely.Point(10, 50)], crs=4326)
    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=point.to_crs(crs))
    pyogrio.write_dataframe(frame, path, driver="GML", FORMAT=version)
    (there,) = read_limit(path)
    assert shapely.distance(there, shapely.Point(10, 50)) < 1e-5


# --- KML and KMZ


def test_placemarks_are_read_with_their_data_and_folders(tmp_path: Path) -> None:
    path = saved(tmp_path / "zones.kml", KML_TEXT)
    table, opened = read_table(path, columns=COLUMNS)
    assert [zone.sovereign for zone in table.zones] == ["AAA", "BBB"]
    assert shapely.equals(table.geometry, [HOLED, EAST]).all()
    assert opened.fields["description"].tolist() == ["<b>one</b>", None]
    (east,) = read_table(path, layer="inner", columns=COLUMNS)[0].zones
    assert east.name == "East"
    with pytest.raises(UnknownDatasetError, match=r"It has: West of 12 \(polygons\), inner"):
        read_table(path, layer="South")


def test_the_command_line_answers_from_kml(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path / "zones.kml", KML_TEXT)
    words = ["check", "0.5", "11.5", "--data", str(path), "--columns", "name=label,sovereign=iso"]
    assert run([*words, "--zone", "AAA"]) == 0
    assert capsys.readouterr().out.startswith("inside   AAA")
    assert run([*words, "--zone", "BBB"]) == 1


def test_a_kmz_is_read_and_its_links_are_not_followed(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>more.kml</href></Link></NetworkLink></Document>"
    with zipfile.ZipFile(tmp_path / "zones.kmz", "w") as archive:
        archive.writestr("doc.kml", KML_TEXT.replace("</Document>", link))
        archive.writestr("files/icon.png", b"x")
    with pytest.warns(GeometryWarning, match="links to other files"):
        table, _ = read_table(tmp_path / "zones.kmz", columns=COLUMNS)
    assert len(table.zones) == 2


def test_lines_points_and_tracks_of_kml_are_a_baseline(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "b.kml",
        "<kml><Placemark><Point><coordinates>1,2</coordinates></Point></Placemark><Placemark>"
        "<LineString><coordinates>3,4 5,6</coordinates></LineString></Placemark><Placemark>"
        "<Track><coord>7 8 0</coord><coord>9 10 0</coord></Track></Placemark></kml>",
    )
    baseline = read_baseline(path)
    assert sorted(baseline.lon1) == [1, 3, 7]


# --- GPX


def test_the_layers_of_gpx(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.gpx", GPX_TEXT)
    with pytest.raises(OptionError, match=r"several layers: waypoints \(points\), routes \(lines"):
        open_file(path, shape="any")
    points = open_file(path, layer="track_points", shape="any")
    assert shapely.get_coordinates(points.geometry).tolist() == [[7.5, 54.1], [7.6, 54.2], [8, 55]]
    assert points.fields["time"].tolist() == ["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z", None]
    assert points.fields["track"].tolist() == ["t"] * 3
    assert points.fields["track_number"].tolist() == [0] * 3
    assert read_baseline(path, layer="waypoints").lon1.tolist() == [7.5]
    (route,) = open_file(path, layer="routes", shape="lines").geometry
    assert route.length == pytest.approx(np.sqrt(2))
    with pytest.raises(DataFormatError, match="where polygons are needed"):
        read_table(path, layer="tracks")


# --- GML


def test_gml_of_either_axis_order_is_refused_in_one_layer_and_read_apart(tmp_path: Path) -> None:
    with pytest.raises(DataFormatError, match="in several reference systems: EPSG:4326, urn"):
        read_table(saved(tmp_path / "z.gml", GML_TEXT), columns=COLUMNS)
    west, east = (
        GML_TEXT.replace("urn:ogc:def:crs:EPSG::4326", "EPSG:4326"),
        GML_TEXT.replace('"EPSG:4326"', '"urn:ogc:def:crs:EPSG::4326"'),
    )
    table, _ = read_table(saved(tmp_path / "z.gml", west), columns=COLUMNS)
    assert shapely.equals(table.geometry[0], HOLED)
    table, _ = read_table(saved(tmp_path / "z.gml", east), columns=COLUMNS)
    assert shapely.equals(table.geometry[1], shapely.box(12, 0, 14, 3))


def test_curved_edges_of_gml_are_refused_by_name(tmp_path: Path) -> None:
    text = GML_TEXT.replace(
        "<gml:posList>0 12 0 14 3 14 3 12 0 12</gml:posList>", "<gml:Arc/>"
    ).replace("urn:ogc:def:crs:EPSG::4326", "EPSG:4326")
    with pytest.raises(DataFormatError, match="zones 2 has Arc, which is not understood"):
        read_table(saved(tmp_path / "z.gml", text), columns=COLUMNS)


# --- GeoJSON


def feature(geometry: object, **members: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"label": "x"}, "geometry": geometry, **members}


SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


@pytest.mark.parametrize(
    "value",
    [
        {"type": "FeatureCollection", "features": [feature(SQUARE)]},
        {"features": [feature(SQUARE)], "bbox": [0, 0, 1, 1], "type": "FeatureCollection"},
        feature(SQUARE),
    ],
)
def test_whatever_geojson_may_be_is_read(tmp_path: Path, value: object) -> None:
    path = saved(tmp_path / "z.geojson", "\ufeff \n" + json.dumps(value, indent=1) + "\n")
    table, _ = read_table(path, columns={"name": "label"})
    assert shapely.equals(table.geometry[0], shapely.box(0, 0, 1, 1))
    assert len(read_limit(path)) == 1


def test_a_bare_geometry_is_a_baseline(tmp_path: Path) -> None:
    shapes = [SQUARE, {"type": "Point", "coordinates": [5, 6, 7]}]
    path = saved(
        tmp_path / "g.json", json.dumps({"type": "GeometryCollection", "geometries": shapes})
    )
    assert sorted(read_baseline(path).lon1) == [0, 0, 1, 1, 5]


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({"type": "Polygon", "coordinates": [[["0", "0"], ["1", "0"], ["1", "1"], ["0", "0"]]]},
         "no numbers"),
        ({"type": "Polygon", "coordinates": [[[None, 0], [1, 0], [1, 1], [0, 0]]]}, "no numbers"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1]]]}, "where a position is expected"),
        ({"type": "Polygon", "coordinates": [[0, 1]]}, "where a position is expected"),
        ({"type": "Polygon", "coordinates": "x"}, "where coordinates are expected"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "geometry that is none"),
        ({"type": "Circle", "coordinates": [0, 0]}, "of type 'Circle'"),
        ({"type": "Polygon"}, "geometry that is none"),
        (["Polygon"], "geometry that is none"),
        ({"type": "GeometryCollection", "geometries": 1}, "geometry that is none"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1e999, 0], [1, 1], [0, 0]]]}, "Infinity is"),
    ],
)  # fmt: skip
def test_a_geometry_that_is_none_is_refused_with_its_feature(
    tmp_path: Path, geometry: object, said: str
) -> None:
    features = [feature(SQUARE), feature(geometry)]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    with pytest.raises(DataFormatError, match=said):
        read_table(saved(tmp_path / "z.geojson", text), columns={"name": "label"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "Topology", "objects": {}}', "its type is 'Topology'"),
        ('{"features": [{"attributes": {}}]}', "feature 1 is no Feature"),
        ('{"type": "FeatureCollection", "features": [1]}', "feature 1 is no Feature"),
        ("[1, 2]", "cannot be read as GeoJSON"),
        ('{"type": "FeatureCollection", "features": [', "cannot be read as GeoJSON"),
        ('{"type": "FeatureCollection" "features": []}', "cannot be read as GeoJSON"),
        ('{"type": "Point", "coordinates": [NaN, 1]}', "NaN is no number of JSON"),
        ('{"type": "FeatureCollection", "features": []}', "no rows"),
        ('{"a":' * 100_000, "cannot be read as GeoJSON"),
    ],
)
def test_json_of_another_kind_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataFormatError, match=said):
        open_file(saved(tmp_path / "z.json", text), shape="any")


def test_properties_come_as_columns(tmp_path: Path) -> None:
    rows = [
        {**feature(SQUARE), "id": 7, "properties": {"a": 1, "b": "NA"}},
        {**feature(SQUARE), "properties": {"b": None, "c": {"x": [1]}, "id": "own"}},
        {**feature(SQUARE), "properties": None},
    ]
    text = json.dumps({"type": "FeatureCollection", "name": "mine", "features": rows})
    opened = open_file(saved(tmp_path / "z.geojson", text))
    columns = {name: column.tolist() for name, column in opened.fields.items()}
    assert columns == {
        "a": [1, None, None], "b": ["NA", None, None], "id": [7, "own", None],
        "c": [None, '{"x": [1]}', None],
    }  # fmt: skip
    assert (opened.layer_name, opened.names) == ("mine", ["7", "own", "3"])


def test_columns_of_numbers_are_numbers_and_only_these(tmp_path: Path) -> None:
    rows = [
        {**feature(SQUARE), "properties": {"n": n, "x": x, "mixed": mixed, "large": 2**70 + n}}
        for n, x, mixed in ((1, 0.5, 1), (2, 1.5, "2"))
    ]
    text = json.dumps({"type": "FeatureCollection", "features": rows})
    fields = open_file(saved(tmp_path / "z.geojson", text)).fields
    assert {name: column.dtype.kind for name, column in fields.items()} == {
        "n": "i", "x": "f", "mixed": "O", "large": "O",
    }  # fmt: skip


def test_the_reference_system_of_old_geojson_is_heeded(tmp_path: Path) -> None:
    def with_crs(value: object) -> Path:
        text = {"type": "FeatureCollection", "crs": value, "features": [feature(SQUARE)]}
        return saved(tmp_path / "z.geojson", json.dumps(text))

    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4301"}}
    assert open_file(with_crs(named)).crs == "Tokyo"
    with pytest.warns(GeometryWarning, match="does not say its coordinate reference system"):
        assert open_file(with_crs(None)).crs == "not given"
    with pytest.raises(DataFormatError, match="not followed"):
        open_file(with_crs({"type": "link", "properties": {"href": "crs.txt"}}))
