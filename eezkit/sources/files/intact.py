"""Whether a file is what its name says, and whole: drivers read truncated files without a word."""

from __future__ import annotations

import codecs
import html
import re
import struct
from typing import TYPE_CHECKING

from eezkit.errors import DataFormatError, DataNotFoundError, OptionError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "FORMATS",
    "TABLES",
    "check_content",
    "check_whole",
    "content_of",
    "shape_of",
    "shapefile_encoding",
    "sidecars",
]

FORMATS = {
    ".shp": "shapefile",
    ".gpkg": "GeoPackage",
    ".fgb": "FlatGeobuf",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".parquet": "GeoParquet",
    ".geoparquet": "GeoParquet",
    ".kml": "KML",
    ".gml": "GML",
    ".gpx": "GPX",
}
"""Formats that can be read, by extension; a zip may hold any of them."""

TABLES = {".csv": "CSV"}
"""Tables of positions, where positions will do."""

SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst")

_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"SQLite format 3\x00", "GeoPackage"),
    (b"fgb\x03fgb", "FlatGeobuf"),
    (b"PAR1", "GeoParquet"),
    (b"\x00\x00\x27\x0a", "shapefile"),
)


_ROOT = re.compile(
    rb"(?:<\?.*?\?>|<!--.*?-->|<!doctype[^>]*>|\s)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL
)
_ROOTS = {"kml": "KML", "gpx": "GPX", "featurecollection": "GML"}
"""Formats by their outermost element."""


def content_of(path: Path) -> str:
    """Say what a file is by its first bytes; "" where nothing is known of them."""
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        return "nothing"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    text = head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n\f\v\x1e").lower()
    if text.startswith((b"{", b"[")):
        return "GeoJSON"
    if text.startswith((b"<!doctype html", b"<html")):
        return "web page"
    if text.startswith(b"<"):
        root = _ROOT.match(text)
        return _ROOTS.get(root[1].decode("latin-1"), "XML") if root else "XML"
    return "text" if all(byte >= 32 or byte in b"\t\r\n\f" for byte in head) else ""


def check_content(path: Path, shown: str) -> None:
    """Refuse a file whose content is not what its extension says."""
    expected = (FORMATS | TABLES).get(path.suffix.lower(), "zip")
    found = content_of(path)
    if found == expected or (expected == "CSV" and found in ("text", "")):
        return
    if found == "nothing":
        raise DataFormatError(f"{shown} is empty (0 bytes). Download it again.")
    if found == "web page":
        title = _between(path, r"<title[^>]*>(.*?)</title>")
        raise DataFormatError(
            f"{shown} is a web page{f' ({title!r})' if title else ''}, not a {expected}. Marine "
            "Regions hands its files out after a form: download it in a browser."
        )
    if found == "XML":
        said = _between(path, r"ExceptionText>(.*?)</") or _between(
            path, r"<ServiceException>(.*?)<"
        )
        raise DataFormatError(
            f"{shown} is an error of the server, not a {expected}. It says: {said}"
            if said
            else f"{shown} is XML, not a {expected}."
        )
    raise DataFormatError(
        f"{shown} is not a {expected}: its content is {found or 'something else'}. Was it renamed, "
        "or did the download fail?"
    )


def _between(path: Path, pattern: str) -> str:
    with path.open("rb") as file:
        text = file.read(65536).decode("utf-8", "replace")
    found = re.search(pattern, text, re.DOTALL | re.IGNORECASE)
    return " ".join(html.unescape(found[1]).split())[:300] if found else ""


def sidecars(shp: Path) -> dict[str, Path]:
    """Find the parts of a shapefile, by lower-case extension."""
    return {
        file.suffix.lower(): file
        for file in sorted(shp.parent.iterdir())
        if file.stem == shp.stem and file.suffix.lower() in SIDECARS
    }


def check_whole(path: Path, shown: str) -> None:
    """Refuse a file that is cut short, or a shapefile of which a part is missing.

    FlatGeobuf, GeoJSON and GeoParquet are not looked into: their readers notice by themselves.
    """
    if path.suffix.lower() == ".shp":
        _check_shapefile(path, shown)
    elif path.suffix.lower() == ".gpkg":
        _check_geopackage(path, shown)


def _check_shapefile(shp: Path, shown: str) -> None:
    """Refuse a shapefile of which a part is missing, cut short, or of another download."""
    parts = sidecars(shp) | {".shp": shp}
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in parts]
    if missing:
        raise DataNotFoundError(
            f"{shown} lacks {' and '.join(shp.stem + suffix for suffix in missing)} beside it. A "
            "shapefile is .shp, .shx, .dbf and .prj together: copy or unpack all of them."
        )
    for suffix in (".shp", ".shx"):
        head = _first_bytes(parts[suffix], 100, shown)
        _check_size(parts[suffix], 2 * struct.unpack(">i", head[24:28])[0], shown)
    n_rows, header, row = struct.unpack("<4xIHH", _first_bytes(parts[".dbf"], 12, shown))
    _check_size(parts[".dbf"], header + n_rows * row, shown)
    n_shapes = (parts[".shx"].stat().st_size - 100) // 8
    if n_shapes != n_rows:
        raise DataFormatError(
            f"{shown} has {n_shapes} shapes but {n_rows} rows in {parts['.dbf'].name}: these "
            "files do not belong together."
        )


def _first_bytes(file: Path, count: int, shown: str) -> bytes:
    with file.open("rb") as handle:
        head = handle.read(count)
    if len(head) < count:
        raise DataFormatError(
            f"{shown} is truncated: {file.name} has {len(head)} bytes, less than its header."
        )
    return head


def _check_size(file: Path, expected: int, shown: str) -> None:
    size = file.stat().st_size
    if size < expected:
        raise DataFormatError(
            f"{shown} is truncated: {file.name} has {size:,} of {expected:,} bytes. Download or "
            "copy it again."
        )


def _check_geopackage(path: Path, shown: str) -> None:
    head = _first_bytes(path, 100, shown)
    page, pages = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    # The page count is only kept by writers that also wrote this version number.
    if head[24:28] == head[92:96]:
        _check_size(path, (65536 if page == 1 else page) * pages, shown)


def shape_of(head: bytes) -> str:
    """Say from the header of a .shp what it holds; "" for other formats."""
    if len(head) < 36 or not head.startswith(b"\x00\x00\x27\x0a"):
        return ""
    kind = struct.unpack("<i", head[32:36])[0] % 10
    return {1: "points", 3: "lines", 5: "polygons", 8: "points"}.get(kind, "")


def shapefile_encoding(shp: Path, encoding: str | None) -> str:
    """Find out how the text of a shapefile is encoded.

    Parameters
    ----------
    shp : pathlib.Path
    encoding : str or None
        Said by the user; it wins.

    Returns
    -------
    str
        Python's name of the encoding: what the user says, else the .cpg, else the .cst
        (GeoServer's), else UTF-8 where all text is valid UTF-8, else ISO-8859-1 (v8).

    Raises
    ------
    OptionError
        If the user's encoding is not known.
    """
    if encoding is not None:
        known = _codec(encoding)
        if known is None:
            raise OptionError(f"encoding={encoding!r} is not known. Try utf-8, latin-1 or cp1252.")
        return known
    parts = sidecars(shp)
    for suffix in (".cpg", ".cst"):
        if suffix in parts:
            said = _codec(parts[suffix].read_text("latin-1").strip("\x00 \r\n\ufeff"))
            if said is not None:
                return said
    table = parts[".dbf"].read_bytes()
    try:
        table[struct.unpack("<H", table[8:10])[0] :].decode("utf-8")
    except UnicodeDecodeError:
        return "iso8859-1"
    return "utf-8"


def _codec(name: str) -> str | None:
    """Find the codec of a name as code page files write it: UTF-8, 88591, ANSI 1252, 65001."""
    digits = name.upper().removeprefix("ANSI").strip()
    aliases = {"88591": "iso8859-1", "65001": "utf-8", "UTF8": "utf-8"}
    for candidate in (aliases.get(digits, name), f"cp{digits}"):
        try:
            found = codecs.lookup(candidate)
        except (LookupError, ValueError):
            continue
        # Codecs such as rot13 turn text into text: Python marks them so.
        if getattr(found, "_is_text_encoding", True):
            return found.name
    return None
