"""A file reaches nothing but itself: no other file, no host, no program, and no endless memory."""

import json
import os
import socket
import sqlite3
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyogrio
import pytest

import published
from eezkit.__main__ import run
from eezkit.errors import DataFormatError, DataNotFoundError, EezkitError
from eezkit.sources import read_baseline
from eezkit.sources.files.layers import read_table
from eezkit.sources.files.opening import open_file
from eezkit.units import parse_size

CANARY = "Canary zone"
SQUARE = published.square(0, 0)
RECTANGLE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
GML = (
    "<gml:FeatureCollection xmlns:gml='http://www.opengis.net/gml' {root}><gml:featureMember><z>"
    "<GEONAME>Own</GEONAME><POL_TYPE>200NM</POL_TYPE><TERRITORY1>x</TERRITORY1>"
    "<SOVEREIGN1>x</SOVEREIGN1><g>{shape}</g></z></gml:featureMember></gml:FeatureCollection>"
)
GML_SQUARE = (
    "<gml:Polygon srsName='{srs}'><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>"
    "0,0 1,0 1,1 0,1 0,0</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>"
)
KML = (
    "<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{more}<Placemark><name>Own</name>"
    "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,1 0,0</coordinates>"
    "</LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"
)
VRT = (
    "<OGRVRTDataSource><OGRVRTLayer name='zones'><SrcDataSource>{canary}</SrcDataSource>"
    "<SrcLayer>zones</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.fixture
def host() -> Iterator[tuple[str, list[bytes]]]:
    """An address on this machine, and what was asked of it."""
    asked: list[bytes] = []
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(20)

    def serve() -> None:
        with suppress(OSError):
            while True:
                guest, _ = listener.accept()
                with guest:
                    asked.append(guest.recv(200))
                    guest.sendall(b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    listener.close()


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """Another file of zones, which no answer may hold."""
    row = published.Row(CANARY, 1, "200NM", (published.FRANCE,), SQUARE)
    path = published.write(tmp_path / "elsewhere" / "zones.gpkg", rows=(row,))
    (tmp_path / "elsewhere" / "secret.txt").write_text(CANARY)
    return path


def own(folder: Path, name: str) -> Path:
    return published.write(folder / name, rows=(published.ROWS[0],))


def collection(**members: object) -> str:
    feature = {"type": "Feature", "properties": {"name": "Own"}, "geometry": RECTANGLE}
    return json.dumps({"type": "FeatureCollection", **members, "features": [feature]})


def geopackage(folder: Path, srs: str) -> Path:
    path = own(folder, "srs.gpkg")
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA writable_schema = ON")
        base.execute(
            "INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization, "
            "organization_coordsys_id, definition) VALUES ('x', 9999, 'x', 9999, ?)",
            (srs,),
        )
        base.execute("UPDATE gpkg_geometry_columns SET srs_id = 9999")
        base.execute("UPDATE gpkg_contents SET srs_id = 9999")
    base.close()
    return path


def parquet(folder: Path, crs: object) -> Path:
    import pyarrow.parquet

    path = own(folder, "crs.parquet")
    table = pyarrow.parquet.read_table(path)
    metadata = dict(table.schema.metadata)
    geo = json.loads(metadata[b"geo"])
    geo["columns"]["geometry"]["crs"] = crs
    pyarrow.parquet.write_table(
        table.replace_schema_metadata({**metadata, b"geo": json.dumps(geo).encode()}), path
    )
    return path


def shapefile(folder: Path, prj: str) -> Path:
    path = own(folder, "prj.shp")
    path.with_suffix(".prj").write_text(prj)
    return path


def streamed(canary: Path, **more: object) -> str:
    command = f"gdal vector pipeline ! read {canary} ! write --output-format stream x"
    return json.dumps({"type": "gdal_streamed_alg", "command_line": command, **more})


def text(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content)
    return path


HOSTILE = {
    "a command of GDAL": lambda d, c, u: text(d, "x.json", streamed(c)),
    "a command of GDAL named .geojson": lambda d, c, u: text(d, "x.geojson", streamed(c)),
    "a command that is a collection too": lambda d, c, u: text(
        d, "x.geojson", streamed(c)[:-1] + ', "type": "FeatureCollection", "features": []}'
    ),
    "a collection that is a command too": lambda d, c, u: text(
        d, "x.geojson", '{"type": "FeatureCollection", "features": [], ' + streamed(c)[1:]
    ),
    "a command inside of properties": lambda d, c, u: text(
        d, "x.json", collection(note=json.loads(streamed(c)))
    ),
    "a virtual layer": lambda d, c, u: text(d, "x.vrt", VRT.format(canary=c)),
    "a virtual layer named .geojson": lambda d, c, u: text(d, "x.geojson", VRT.format(canary=c)),
    "a virtual layer named .gml": lambda d, c, u: text(d, "x.gml", VRT.format(canary=c)),
    "a virtual layer named .kml": lambda d, c, u: text(d, "x.kml", VRT.format(canary=c)),
    "a virtual layer named .shp": lambda d, c, u: text(d, "x.shp", VRT.format(canary=c)),
    "a virtual layer named .gpkg": lambda d, c, u: text(d, "x.gpkg", VRT.format(canary=c)),
    "a virtual layer in a comment of KML": lambda d, c, u: text(
        d, "x.kml", KML.format(more=f"<!-- {VRT.format(canary=c)} -->")
    ),
    "a virtual layer in a comment of GML": lambda d, c, u: text(
        d, "x.gml", f"<!-- {VRT.format(canary=c)} -->"
        + GML.format(root="", shape=GML_SQUARE.format(srs="EPSG:4326")),
    ),
    "a virtual layer in a zip": lambda d, c, u: packed(d, "x.vrt", VRT.format(canary=c)),
    "a service": lambda d, c, u: text(
        d, "x.gml", f"<OGRWFSDataSource><URL>{u}/wfs</URL></OGRWFSDataSource>"
    ),
    "a link for a reference system": lambda d, c, u: text(
        d, "x.geojson", collection(crs={"type": "link", "properties": {"href": f"{u}/crs"}})
    ),
    "a name that is a link": lambda d, c, u: text(
        d, "x.geojson", collection(crs={"type": "name", "properties": {"name": f"{u}/crs"}})
    ),
    "a name that is a file": lambda d, c, u: text(
        d, "x.geojson", collection(crs={"type": "name", "properties": {"name": f"@{c}"}})
    ),
    "a grid for a reference system": lambda d, c, u: text(
        d, "x.geojson",
        collection(crs={"type": "name", "properties": {"name": f"+proj=longlat +nadgrids={c}"}}),
    ),
    "a .prj that is a link": lambda d, c, u: shapefile(d, f"{u}/crs"),
    "a GeoPackage whose system is a link": lambda d, c, u: geopackage(d, f"{u}/crs"),
    "a GeoParquet whose system is a link": lambda d, c, u: parquet(d, f"{u}/crs"),
    "GML with schemas": lambda d, c, u: text(
        d, "x.gml", GML.format(
            root="xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
            f"xsi:schemaLocation='x {u}/x.xsd y {c.parent}/secret.txt'",
            shape=GML_SQUARE.format(srs="EPSG:4326"),
        ),
    ),
    "GML whose system is a link": lambda d, c, u: text(
        d, "x.gml", GML.format(root="", shape=GML_SQUARE.format(srs=f"{u}/crs"))
    ),
    "GML whose shape is a link": lambda d, c, u: text(
        d, "x.gml", GML.format(
            root="xmlns:xlink='http://www.w3.org/1999/xlink'",
            shape=f"<gml:Polygon xlink:href='{u}/shape#1'/>",
        ),
    ),
    "KML with links": lambda d, c, u: text(
        d, "x.kml",
        KML.format(more=f"<NetworkLink><Link><href>{u}/more.kml</href></Link></NetworkLink>"),
    ),
    "KML with an entity that is a file": lambda d, c, u: text(
        d, "x.kml", f"<!DOCTYPE kml [<!ENTITY e SYSTEM 'file://{c.parent}/secret.txt'>]>"
        + KML.format(more="<name>&e;</name>"),
    ),
    "KML with entities of entities": lambda d, c, u: text(
        d, "x.kml", "<!DOCTYPE kml [<!ENTITY a 'aaaaaaaaaa'>"
        + "".join(f"<!ENTITY {chr(n + 1)} '{f'&{chr(n)};' * 10}'>" for n in range(97, 105))
        + "]>" + KML.format(more="<name>&i;</name>"),
    ),
    "GPX with a document type": lambda d, c, u: text(
        d, "x.gpx", f"<!DOCTYPE gpx SYSTEM '{u}/x.dtd'><gpx><wpt lon='1' lat='1'/></gpx>"
    ),
    "JSON a million deep": lambda d, c, u: text(d, "x.json", '{"a":' + "[" * 10**6),
    "XML a million deep": lambda d, c, u: text(d, "x.kml", "<kml>" + "<Folder>" * 10**6),
}  # fmt: skip


def told(found: object) -> str:
    """All that was read, as text."""
    table = found[0] if isinstance(found, tuple) else found
    return f"{table!r} {getattr(table, 'zones', '')} {getattr(table, 'fields', '')}"


def packed(folder: Path, name: str, content: str) -> Path:
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr(name, content)
    return folder / "x.zip"


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_reaches_no_other_file_and_no_host(
    case: str, tmp_path: Path, canary: Path, host: tuple[str, list[bytes]],
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    address, asked = host
    path = HOSTILE[case](tmp_path, canary, address)
    said = ""
    for read in (
        read_table,
        read_baseline,
        lambda p: read_table(p, columns={"name": "name"}),
        lambda p: open_file(p, shape="any"),
    ):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = read(path)
            said += told(found)
        except EezkitError as error:
            said += str(error)
    assert CANARY not in said + "".join(capfd.readouterr())
    assert asked == []


def test_the_listener_hears_who_asks(host: tuple[str, list[bytes]], tmp_path: Path) -> None:
    """The test above can fail: GDAL by itself asks where it is told to."""
    address, asked = host
    if "WFS" not in pyogrio.list_drivers():
        pytest.skip("this GDAL is built without services")
    path = text(tmp_path, "x.gml", f"<OGRWFSDataSource><URL>{address}/wfs</URL></OGRWFSDataSource>")
    with suppress(RuntimeError):
        pyogrio.list_layers(path)
    assert asked


def test_gdal_by_itself_answers_from_the_canary(canary: Path, tmp_path: Path) -> None:
    """The test above can fail: GDAL by itself opens what a virtual layer names."""
    path = text(tmp_path, "x.geojson", VRT.format(canary=canary))
    assert CANARY in str(pyogrio.raw.read(path)[3])


@pytest.mark.parametrize(
    "path",
    ["/vsicurl/{u}/x.geojson", "{u}/x.geojson", "/vsizip/vsicurl/{u}/x.zip", "WFS:{u}", "VRT:x"],
)
def test_a_path_is_a_path_of_this_machine(path: str, host: tuple[str, list[bytes]]) -> None:
    address, asked = host
    with pytest.raises(DataNotFoundError):
        read_table(path.format(u=address))
    assert run(["check", "1", "1", "--data", path.format(u=address)]) == 2
    assert asked == []


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.gpkg")
    with pytest.raises(DataFormatError, match="neither a file nor a folder"):
        read_table(tmp_path / "x.gpkg")


# --- archives that unpack to more than they seem


def bomb(path: Path, method: int, size: int, name: str = "x.gpkg") -> Path:
    with zipfile.ZipFile(path, "w", method) as archive, archive.open(name, "w") as member:
        for _ in range(size // 2**20):
            member.write(bytes(2**20))
    return path


def test_an_archive_that_unpacks_to_more_than_is_accepted_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bomb(tmp_path / "x.zip", zipfile.ZIP_DEFLATED, 20 * 2**20)
    monkeypatch.setattr("shutil.copyfileobj", None)
    with pytest.raises(DataFormatError, match=r"unpack to 0\.02 GB, more than the 0\.01 GB.*--max"):
        read_table(path, max_size=10**7)


def test_the_limit_can_be_raised_and_lowered(tmp_path: Path) -> None:
    own(tmp_path / "in", "eez.gpkg")
    path = published.zipped(tmp_path / "in", tmp_path / "eez.zip")
    assert run(["data", "build", str(path), "--max-size", "1kB"]) == 2
    assert run(["data", "build", str(path), "--max-size", "10GB"]) == 0


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("name", ["x.shp", "README.TXT"])
def test_what_unpacks_all_at_once_is_not_unpacked(tmp_path: Path, method: int, name: str) -> None:
    path = bomb(tmp_path / "x.zip", method, 50 * 2**20, name)
    assert path.stat().st_size < 20_000
    with pytest.raises(DataFormatError, match="packed by method"):
        read_table(path)


def test_a_member_gives_no_more_than_it_is_listed_with(tmp_path: Path) -> None:
    path = bomb(tmp_path / "x.zip", zipfile.ZIP_DEFLATED, 4 * 2**20)
    size, lie = (4 * 2**20).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, lie))
    with pytest.raises(DataFormatError, match=r"damaged|truncated|not a GeoPackage"):
        read_table(path)


@pytest.mark.parametrize("word", ["2", "GB", "-1GB", "0GB", "1TB", "1e3GB", "nanGB"])
def test_a_size_is_a_number_and_a_unit(word: str) -> None:
    with pytest.raises(EezkitError, match="is not a size"):
        parse_size(word)


def test_sizes_are_read() -> None:
    assert [parse_size(word) for word in ("1kB", "1.5 GB", "20mb")] == [
        1000,
        1_500_000_000,
        2 * 10**7,
    ]
