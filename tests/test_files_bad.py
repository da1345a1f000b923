"""A file that cannot be read is refused in plain words, and left as it is."""

import shutil
import warnings
import zipfile

import pyarrow.parquet
import pytest
import shapely

import published
from eezkit.errors import (
    DataFormatError,
    DataNotFoundError,
    OptionError,
    SchemaError,
    UnknownDatasetError,
)
from eezkit.sources.files.layers import read_table

LATIN = {"Réunion", "Curaçao", "Côte d'Ivoire"}


pytestmark = pytest.mark.usefixtures("nothing_is_left_behind")


def good(folder, name="eez_v12.shp", **options):
    return published.write(folder / name, **options)


def cut(path, keep):
    """Keep this share of a file, or as many bytes; -1: all but one."""
    content = path.read_bytes()
    path.write_bytes(content[: keep if isinstance(keep, int) else int(len(content) * keep)])
    return path


def without(path, *suffixes):
    for suffix in suffixes:
        path.with_suffix(suffix).unlink()
    return path


def saved(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def shapes(path, *geometries, **options):
    columns = {"GEONAME": ["x"] * len(geometries), "POL_TYPE": ["200NM"] * len(geometries)}
    table = published.frame(columns, geometries, options.pop("crs", "EPSG:4326"))
    if path.suffix == ".parquet":
        table.to_parquet(path)
    else:
        table.to_file(path, **options)
    return path


def packed(folder, *names, keep=None, **writing):
    for name in names:
        good(folder / "in", name, **writing)
    path = published.zipped(folder / "in", folder / "data.zip", "in")
    return path if keep is None else cut(path, keep)


def damaged(path, at):
    """Put zeros in the place of 200 bytes."""
    content = path.read_bytes()
    return saved(path, content[:at] + bytes(200) + content[at + 200 :])


def archive(path, **members):
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name.replace("__", "."), content)
    return path


def locked(path):
    content = path.read_bytes()
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        parts = content.split(signature)
        parts[1:] = [
            part[: at - 4] + bytes([part[at - 4] | 1]) + part[at - 3 :] for part in parts[1:]
        ]
        content = signature.join(parts)
    return saved(path, content)


def plain_parquet(path):
    pyarrow.parquet.write_table(pyarrow.table({"name": ["x"]}), path)
    return path


def other_rows(folder):
    path = good(folder)
    few = good(folder / "other", rows=published.ROWS[:3])
    shutil.copy(few.with_suffix(".dbf"), path.with_suffix(".dbf"))
    return path


def many_layers(path, *names):
    for name in names:
        shapes(path, published.square(0, 0), layer=name)
    return path


def plain_geopackage(path):
    import pandas
    import pyogrio

    pyogrio.write_dataframe(pandas.DataFrame({"GEONAME": ["x"]}), path)
    return path


def swapped_by_centres(folder):
    rows = tuple(
        published.Row(row.name, row.mrgid, row.word, row.parties, row.shape)
        for row in published.ROWS
    )
    columns = published.fields("eez", "v11/v12", rows)
    turned = [
        shapely.transform(row.shape, lambda xy: xy[:, ::-1]) for row in rows if row.mrgid != 48952
    ]
    kept = {
        k: [v for v, row in zip(c, rows, strict=True) if row.mrgid != 48952]
        for k, c in columns.items()
    }
    published.frame(kept, turned).to_file(folder / "eez.gpkg")
    return folder / "eez.gpkg"


WEB_PAGE = (
    "<!DOCTYPE html><html><head><title>Marine Regions &middot; Downloads</title></head></html>"
)
EXCEPTION = (
    '<?xml version="1.0"?><ows:ExceptionReport><ows:Exception exceptionCode="NoApplicableCode">'
    "<ows:ExceptionText>Illegal property name: &quot;iso_sov9&quot;</ows:ExceptionText>"
    "</ows:Exception></ows:ExceptionReport>"
)
EMPTY_ANSWER = "The query result is empty, and the geometric type of the features is unknwon"
POINT, LINE = shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)])
SQUARE = published.square(0, 0)
TOKYO = shapely.box(139, 35, 140, 36)

BAD_FILES = {
    "a path that does not exist": (
        lambda d: good(d).with_name("ez_v12.shp"), DataNotFoundError,
        r"does not exist.*eez_v12\.shp"),
    "a path with another extension": (
        lambda d: good(d, "eez.gpkg").with_name("eez.zip"), DataNotFoundError, r"mean eez\.gpkg\?"),
    "a folder that does not exist": (
        lambda d: d / "nowhere" / "eez.shp", DataNotFoundError, r"Nor does the folder"),
    "no .shx": (
        lambda d: without(good(d), ".shx"), DataNotFoundError, r"lacks eez_v12\.shx"),
    "no .dbf": (
        lambda d: without(good(d), ".dbf"), DataNotFoundError, r"lacks eez_v12\.dbf"),
    "only a .shp": (
        lambda d: without(good(d), ".shx", ".dbf", ".prj", ".cpg"), DataNotFoundError,
        r"lacks eez_v12\.shx and eez_v12\.dbf beside it"),
    "a .shp cut in half": (
        lambda d: cut(good(d), 0.5), DataFormatError,
        r"truncated: eez_v12\.shp has .* of .* bytes"),
    "a .shp cut at its last byte": (
        lambda d: cut(good(d), -1), DataFormatError, r"truncated: eez_v12\.shp"),
    "a .shp cut in its header": (
        lambda d: cut(good(d), 50), DataFormatError,
        r"truncated: .*50 bytes, less than its header"),
    "a cut .shx": (
        lambda d: cut(good(d).with_suffix(".shx"), 0.7).with_suffix(".shp"), DataFormatError,
        r"truncated: eez_v12\.shx"),
    "a cut .dbf": (
        lambda d: cut(good(d).with_suffix(".dbf"), 0.7).with_suffix(".shp"), DataFormatError,
        r"truncated: eez_v12\.dbf"),
    "the .dbf of another download": (
        other_rows, DataFormatError, r"8 shapes but 3 rows"),
    "one of the sidecars": (
        lambda d: good(d).with_suffix(".dbf"), DataFormatError, r"part of a shapefile.*\.shp"),
    "an empty .shp": (
        lambda d: saved(d / "eez.shp", b""), DataFormatError, r"empty \(0 bytes\)"),
    "a text named .shp": (
        lambda d: saved(d / "eez.shp", "Lots of text"), DataFormatError,
        r"not a shapefile.*is text"),
    "a GeoPackage named .shp": (
        lambda d: good(d, "eez.gpkg").rename(d / "eez.shp"), DataFormatError,
        r"not a shapefile.*is GeoPackage"),
    "a truncated zip": (
        lambda d: packed(d, "eez_v12.shp", keep=0.6), DataFormatError, r"damaged or truncated zip"),
    "a zip with a damaged member": (
        lambda d: damaged(packed(d, "eez_v12.shp"), 400), DataFormatError,
        r"damaged or truncated zip"),
    "an empty file named .zip": (
        lambda d: saved(d / "eez.zip", b""), DataFormatError, r"empty \(0 bytes\)"),
    "a zip of nothing": (
        lambda d: archive(d / "eez.zip"), DataFormatError,
        r"holds no file that can be read.*nothing"),
    "a web page named .zip": (
        lambda d: saved(d / "eez.zip", WEB_PAGE), DataFormatError,
        r"is a web page \('Marine Regions · Downloads'\).*browser"),
    "a web page named .geojson": (
        lambda d: saved(d / "eez.geojson", "\n <html><body>404"), DataFormatError,
        r"is a web page"),
    "a server's exception named .zip": (
        lambda d: saved(d / "eez.zip", EXCEPTION), DataFormatError,
        r'error of the server, not a zip\. It says: Illegal property name: "iso_sov9"'),
    "a server's exception named .gpkg": (
        lambda d: saved(d / "eez.gpkg", EXCEPTION), DataFormatError, r"It says: Illegal property"),
    "XML that is no exception": (
        lambda d: saved(d / "eez.zip", "<?xml version='1.0'?><svg/>"), DataFormatError,
        r"is XML, not a zip"),
    "the zip that says nothing matched": (
        lambda d: archive(d / "eez.zip", README__TXT=EMPTY_ANSWER, eez__shp=b""), DataFormatError,
        r"no feature matched the filter"),
    "a zip without a layer": (
        lambda d: archive(d / "eez.zip", readme__txt="hello", table__csv="a,b"), DataFormatError,
        r"holds no file that can be read.*readme\.txt, table\.csv"),
    "a zip in a zip": (
        lambda d: archive(d / "eez.zip", inner__zip=b"PK\x03\x04"), DataFormatError, r"inner\.zip"),
    "a zip without the .shx": (
        lambda d: published.zipped(without(good(d / "in"), ".shx").parent, d / "eez.zip"),
        DataNotFoundError, r"eez\.zip/eez_v12\.shp lacks eez_v12\.shx"),
    "a zip with a password": (
        lambda d: locked(packed(d, "eez_v12.shp")), DataFormatError,
        r"cannot be unpacked.*password"),
    "a zip of several layers": (
        lambda d: packed(d, "a.shp", "b.shp"), OptionError,
        r"several layers: a \(polygons\), b \(polygons\)\. Say which with layer="),
    "a layer that a zip has not": (
        lambda d: (packed(d, "eez_v12.shp"), {"layer": "high_seas"}), UnknownDatasetError,
        r"no layer 'high_seas'\. It has: eez_v12"),
    "a layer that a GeoPackage has not": (
        lambda d: (good(d, "eez_v12.gpkg"), {"layer": "ecs"}), UnknownDatasetError,
        r"no layer 'ecs'\. It has: eez_v12"),
    "a layer that a GeoParquet file has not": (
        lambda d: (good(d, "eez.parquet"), {"layer": "ecs"}), UnknownDatasetError,
        r"no layer 'ecs'"),
    "a GeoPackage of several layers": (
        lambda d: many_layers(d / "all.gpkg", "north", "south"), OptionError,
        r"several layers: north \(polygons\), south \(polygons\)"),
    "an unknown extension": (
        lambda d: saved(d / "eez.svg", "<svg/>"), DataFormatError,
        r"unknown extension \.svg.*looks like XML.*Accepted: \.shp, \.gpkg"),
    "no extension": (
        lambda d: good(d, "eez.gpkg").rename(d / "eez"), DataFormatError,
        r"unknown extension \(none\).*looks like GeoPackage"),
    "a folder without a layer": (
        lambda d: saved(d / "notes.txt", "x").parent, DataFormatError,
        r"holds no file that can be read.*notes\.txt"),
    "an empty folder": (lambda d: d, DataFormatError, r"it holds nothing"),
    "a layer of points": (
        lambda d: shapes(d / "x.gpkg", POINT, POINT), DataFormatError,
        r"holds 2 Point in the layer x, where polygons are needed"),
    "a shapefile of points": (
        lambda d: shapes(d / "x.shp", POINT), DataFormatError, r"holds 1 Point"),
    "a layer of lines": (
        lambda d: published.boundaries(d / "eez_boundaries.shp"), DataFormatError,
        r"holds 2 LineString in the layer eez_boundaries"),
    "points among polygons": (
        lambda d: shapes(d / "x.geojson", POINT, SQUARE), DataFormatError, r"holds 1 Point"),
    "an empty layer": (
        lambda d: good(d, "eez.gpkg", rows=()), DataFormatError,
        r"no rows: the layer eez is empty"),
    "an empty shapefile": (
        lambda d: shapes(d / "eez.shp", geometry_type="Polygon"), DataFormatError, r"no rows"),
    "rows without any geometry": (
        lambda d: shapes(d / "x.parquet", None, None), DataFormatError,
        r"2 rows, none with a geometry"),
    "a plain table": (
        lambda d: plain_geopackage(d / "x.gpkg"), DataFormatError, r"no geometry.*plain table"),
    "a truncated GeoPackage": (
        lambda d: cut(good(d, "eez.gpkg"), 0.9), DataFormatError, r"truncated: eez\.gpkg has"),
    "a GeoPackage cut in its header": (
        lambda d: cut(good(d, "eez.gpkg"), 60), DataFormatError,
        r"truncated: eez\.gpkg has 60 bytes"),
    "a truncated GeoJSON": (
        lambda d: cut(good(d, "eez.geojson"), 0.9), DataFormatError, r"cannot be read as GeoJSON"),
    "JSON that is no GeoJSON": (
        lambda d: saved(d / "eez.json", '{"name": "x"}'), DataFormatError,
        r"cannot be read as GeoJSON"),
    "a text named .geojson": (
        lambda d: saved(d / "eez.geojson", "lon,lat\n1,2"), DataFormatError,
        r"not a GeoJSON.*is text"),
    "a truncated FlatGeobuf": (
        lambda d: cut(good(d, "eez.fgb"), 0.8), DataFormatError, r"cannot be read as FlatGeobuf"),
    "a truncated GeoParquet": (
        lambda d: cut(good(d, "eez.parquet"), 0.8), DataFormatError,
        r"cannot be read as GeoParquet.*truncated or damaged"),
    "a damaged GeoParquet": (
        lambda d: damaged(good(d, "eez.parquet"), 4), DataFormatError,
        r"cannot be read as GeoParquet"),
    "a Parquet file without geometry": (
        lambda d: plain_parquet(d / "x.parquet"), DataFormatError, r"Missing geo metadata"),
    "columns that no schema has": (
        lambda d: no_columns(d / "x.gpkg"), SchemaError, r"these columns: foo"),
    "metres without a reference system": (
        lambda d: shapes(d / "x.gpkg", shapely.box(4e6, 3e6, 4.1e6, 3.1e6), crs=None),
        DataFormatError,
        r"does not say its coordinate reference system.*not degrees: x 4e\+06"),
    "metres said to be degrees": (
        lambda d: shapes(d / "x.gpkg", shapely.box(4e6, 3e6, 4.1e6, 3.1e6)), DataFormatError,
        r"not on the globe.*right coordinate reference system"),
    "an unreadable .prj": (
        lambda d: saved(good(d).with_suffix(".prj"), 'LOCAL_CS["on the wall"]').with_suffix(".shp"),
        DataFormatError, r"coordinate reference system that cannot be turned"),
    "latitude before longitude": (
        lambda d: shapes(d / "x.gpkg", shapely.transform(TOKYO, lambda xy: xy[:, ::-1])),
        DataFormatError, r"'x', lies at longitude 35 to 36, latitude 139 to 140: .* exchanged"),
    "latitude before longitude, near Europe": (
        swapped_by_centres, DataFormatError, r"published middle at .* but lies at .*exchanged"),
    "positions that are no numbers": (
        lambda d: shapes(d / "x.parquet", SQUARE, shapely.from_wkt("POLYGON((0 0,1 NaN,1 1,0 0))")),
        DataFormatError, r"not finite"),
    "an encoding that does not exist": (
        lambda d: (good(d), {"encoding": "klingon"}), OptionError,
        r"encoding='klingon' is not known"),
    "an encoding for what is UTF-8": (
        lambda d: (good(d, "eez.gpkg"), {"encoding": "latin-1"}), OptionError,
        r"is for shapefiles; eez\.gpkg is GeoPackage"),
    "text that is not in its encoding": (
        lambda d: saved(good(d, layout="v8").with_suffix(".cpg"), "UTF-8").with_suffix(".shp"),
        DataFormatError, r"text that is not utf-8, though it says so"),
    "a column that the mapping invents": (
        lambda d: (good(d), {"columns": {"name": "GEO"}}), SchemaError,
        r"'GEO', which does not exist"),
}  # fmt: skip


def no_columns(path):
    published.frame({"foo": [1]}, [SQUARE]).to_file(path)
    return path


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_in_plain_words(tmp_path, capfd, case):
    make, error, said = BAD_FILES[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = make(tmp_path)
    path, options = made if isinstance(made, tuple) else (made, {})
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    with pytest.raises(error, match=said) as refused:
        read_table(path, **options)
    assert type(refused.value) is error
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    assert capfd.readouterr().err == ""
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == before
