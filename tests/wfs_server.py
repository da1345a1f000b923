"""A Web Feature Service on this machine that behaves, and misbehaves, like GeoServer.

It answers DescribeFeatureType, counts and pages; filters are run by SQLite, which reads the part
of CQL that the tests use (and so checks our quoting with another parser). `WfsServer.fail` puts
an answer of another kind in the queue: what the real service sent when things went wrong.
"""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import threading
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

OWS = (
    '<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport'
    ' xmlns:ows="http://www.opengis.net/ows/1.1" version="2.0.0">\n'
    '<ows:Exception exceptionCode="{code}" locator="GetFeature">\n'
    "<ows:ExceptionText>{text}</ows:ExceptionText>\n</ows:Exception>\n</ows:ExceptionReport>\n"
)
XSD = (
    '<?xml version="1.0" encoding="UTF-8"?><xsd:schema'
    ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
    '<xsd:complexType name="{layer}Type"><xsd:complexContent>'
    '<xsd:extension base="gml:AbstractFeatureType"><xsd:sequence>{elements}</xsd:sequence>'
    "</xsd:extension></xsd:complexContent></xsd:complexType>"
    '<xsd:element name="{layer}" type="MarineRegions:{layer}Type"/></xsd:schema>'
)
HITS = (
    '<?xml version="1.0" encoding="UTF-8"?><wfs:FeatureCollection'
    ' xmlns:wfs="http://www.opengis.net/wfs/2.0" numberMatched="{n}" numberReturned="0"'
    ' timeStamp="2026-01-01T00:00:00.000Z"/>'
)


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `cut` bytes of it are sent before the connection drops.

    It has more `headers`; is sent a byte at a time, `drip` seconds apart; or again and again.
    """

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    cut: int | None = None
    chunked: bool = False
    delay: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    drip: float = 0.0
    is_endless: bool = False


def zone(
    mrgid: int,
    name: str,
    parties: list[tuple[str, str]],
    *,
    lon: float = 154.0,
    lat: float = 24.0,
    kind: str = "200NM",
) -> dict[str, Any]:
    """Make a feature of the eez layer: a square of two degrees round its label point."""
    properties: dict[str, Any] = {"mrgid": mrgid, "geoname": name, "pol_type": kind}
    for place in range(3):
        code, sovereign = parties[place] if place < len(parties) else (None, None)
        properties |= {f"iso_sov{place + 1}": code, f"sovereign{place + 1}": sovereign}
    ring = [[lon + x, lat + y] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    ring[1][0] += 0.12345678
    return {
        "type": "Feature",
        "id": f"eez.{mrgid}",
        "properties": {**properties, "x_1": lon, "y_1": lat, "area_km2": 49_000},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]},
    }


JAPAN, CHINA, TAIWAN = ("JPN", "Japan"), ("CHN", "China"), ("TWN", "Taiwan")
EEZ = [
    zone(8487, "Japanese Exclusive Economic Zone", [JAPAN]),
    zone(48975, "Overlapping claim Senkaku Islands", [TAIWAN, CHINA, JAPAN], lon=124, lat=26),
    zone(50170, "Joint regime Japan / Korea", [("KOR", "South Korea"), JAPAN], lon=126, lat=31),
    zone(8479, "Namibian Exclusive Economic Zone", [("NAM", "Namibia")], lon=12, lat=-22),
    zone(8363, "Ivorian Exclusive Economic Zone", [("CIV", "Côte d'Ivoire")], lon=-5, lat=4),
    zone(3293, "Belgian Exclusive Economic Zone", [("BEL", "Belgium")], lon=2.7, lat=51.5),
    zone(8325, "Fijian Exclusive Economic Zone", [("FJI", "Fiji")], lon=178, lat=-18),
]
"""Unlike the service's own order, not sorted by MRGID."""

LINES = [
    {
        "type": "Feature",
        "id": f"eez_boundaries.{number}",
        "properties": {"line_id": number, "line_name": name, "line_type": kind, "eez1": name},
        "geometry": {"type": "LineString", "coordinates": ends},
    }
    for number, name, kind, ends in (
        (1, "Japan north", "Treaty", [[153, 25], [155, 25]]),
        (2, "Japan south", "200 NM", [[153, 23], [155.12345678, 23]]),
    )
]
"""Lines along two sides of the Japanese square."""


def exception(text: str, status: int = 400, code: str = "InvalidParameterValue") -> Answer:
    """What the service sends when it refuses: an XML report, whatever format was asked for."""
    body = OWS.format(code=code, text=text).encode()
    return Answer(body, status, "application/xml")


def empty_result_zip() -> bytes:
    """The SHAPE-ZIP of a filter that matches nothing: an empty point shapefile and a README."""
    header = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50) + struct.pack("<2i8d", 1000, 1, *[0.0] * 8)
    dbf = struct.pack("<4BIHH20x", 3, 123, 6, 28, 0, 65, 12)
    dbf += struct.pack("<11sc4xBB14x", b"mrgid", b"N", 11, 0) + b"\r\x1a"
    return zipped(
        {
            "eez.dbf": dbf,
            "eez.cst": b"ISO-8859-1",
            "README.TXT": b"The query result is empty, and the geometric type of the features is"
            b" unknwon:an empty point shapefile has been created to fill the zip file",
            "eez.shp": header,
            "eez.shx": header,
        }
    )


def zipped(members: dict[str, bytes]) -> bytes:
    """Make a zip file in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def collection(features: list[dict[str, Any]], n_matched: int | str) -> bytes:
    """Make a page as GeoServer writes it."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": features,
            "totalFeatures": n_matched,
            "numberMatched": n_matched,
            "numberReturned": len(features),
            "timeStamp": "2026-01-01T00:00:00.000Z",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}},
        },
        ensure_ascii=False,
    ).encode()


class WfsServer:
    """The service: layers, a log of what was asked, and a queue of failures to come."""

    def __init__(self, **layers: list[dict[str, Any]]) -> None:
        self.layers = layers
        self.log: list[dict[str, str]] = []
        self.authorizations: list[str | None] = []
        self.page_limit = 1_000_000
        self._failures: dict[str, list[Answer]] = defaultdict(list)
        self._always: dict[str, Answer] = {}
        self._closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/geoserver/ows"

    def asked(self, kind: str) -> list[dict[str, str]]:
        """Requests of one kind so far: "describe", "hits" or "page"."""
        return [query for query in self.log if _kind(query) == kind]

    def fail(self, kind: str, answer: Answer, *, times: int | None = None) -> None:
        """Give this answer to the next requests of a kind, or to all of them."""
        if times is None:
            self._always[kind] = answer
        else:
            self._failures[kind] += [answer] * times

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _answer(self, query: dict[str, str]) -> Answer:
        kind = _kind(query)
        if self._failures[kind]:
            return self._failures[kind].pop(0)
        if kind in self._always:
            return self._always[kind]
        layer = query["typeName"].removeprefix("MarineRegions:")
        if layer not in self.layers:
            return exception(f"Feature type {query['typeName']} unknown")
        if kind == "describe":
            return self._describe(layer)
        try:
            found = self._select(layer, query)
        except sqlite3.OperationalError as error:
            missing = str(error).removeprefix("no such column: ")
            if missing != str(error):
                return exception(
                    f"Illegal property name: {missing} for feature type {query['typeName']}"
                )
            return exception(f"Could not parse CQL filter list. {error}", code="NoApplicableCode")
        if kind == "hits":
            return Answer(HITS.format(n=len(found)).encode(), content_type="text/xml")
        if query["outputFormat"] != "application/json":
            return Answer(empty_result_zip(), content_type="application/zip")
        start, size = int(query["startIndex"]), min(int(query["count"]), self.page_limit)
        return Answer(collection(found[start : start + size], len(found)))

    def _describe(self, layer: str) -> Answer:
        elements = "".join(
            f'<xsd:element maxOccurs="1" minOccurs="0" name="{name}" type="xsd:string"/>'
            for name in ["the_geom", *self.layers[layer][0]["properties"]]
        )
        body = XSD.format(layer=layer, elements=elements).encode()
        return Answer(body, content_type="application/gml+xml; version=3.2")

    def _select(self, layer: str, query: dict[str, str]) -> list[dict[str, Any]]:
        features = self.layers[layer]
        columns = list(features[0]["properties"])
        table = sqlite3.connect(":memory:")
        try:
            names = ", ".join(f'"{name}"' for name in columns)
            table.execute(f"CREATE TABLE layer ({names})")
            marks = ", ".join("?" * len(columns))
            rows = [[feature["properties"][name] for name in columns] for feature in features]
            table.executemany(f"INSERT INTO layer VALUES ({marks})", rows)
            order = query.get("sortBy", "rowid")
            where = query.get("cql_filter", "1 = 1")
            text = f"SELECT rowid FROM layer WHERE {where} ORDER BY {order}"
            return [features[number - 1] for (number,) in table.execute(text)]
        finally:
            table.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                query = dict(parse_qsl(urlsplit(self.path).query))
                server.log.append(query)
                server.authorizations.append(self.headers.get("Authorization"))
                answer = server._answer(query)
                server._closing.wait(answer.delay)
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                for name, value in answer.headers:
                    self.send_header(name, value)
                if answer.is_endless:
                    self.close_connection = True
                elif answer.chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                else:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self._send(answer)

            def _send(self, answer: Answer) -> None:
                body = answer.body[: answer.cut]
                if answer.chunked:
                    body = b"%x\r\n%s\r\n" % (len(body), body)
                try:
                    for byte in body if answer.drip else b"":
                        self.wfile.write(bytes([byte]))
                        if server._closing.wait(answer.drip):
                            return
                    self.wfile.write(b"" if answer.drip else body)
                    while answer.is_endless and not server._closing.is_set():
                        self.wfile.write(body)
                    self.wfile.flush()
                except ConnectionError:
                    self.close_connection = True
                if answer.cut is not None:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _kind(query: dict[str, str]) -> str:
    if query["request"] == "DescribeFeatureType":
        return "describe"
    return "hits" if query.get("resultType") == "hits" else "page"
