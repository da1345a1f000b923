"""The protocol of a Web Feature Service 2.0, as GeoServer speaks it: count, then pages.

The service answers in several tongues: a count and its attributes in XML, features in GeoJSON, a
refusal as an XML exception under status 200 or 400, an overload as an HTML page. Whatever is not
the answer asked for becomes a `FetchError` that says what to do.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from eezkit.errors import FetchError
from eezkit.sources.marine_regions.transport import BY_HAND, MAX_SIZE, connected

if TYPE_CHECKING:
    from eezkit._progress import Progress
    from eezkit.sources.marine_regions.registry import Layer
    from eezkit.sources.marine_regions.transport import Connection, Reply

__all__ = [
    "Service",
    "connect",
    "exception_text",
    "is_html",
]

MAX_FEATURES = 1_000_000
"""More than a layer of zones can have."""

_WINDOW = 1 << 15
"""Bytes at the beginning and at the end of an answer in which an exception is looked for."""
_EXCEPTION = re.compile(
    rb"<(?:\w{1,30}:)?(?:ExceptionText|ServiceException)\b[^>]{0,500}>(.{0,2000}?)</", re.DOTALL
)
_XSD_ELEMENT = (
    ".//{http://www.w3.org/2001/XMLSchema}sequence/{http://www.w3.org/2001/XMLSchema}element"
)


@contextmanager
def connect(url: str, *, timeout: float, max_size: int = MAX_SIZE) -> Iterator[Service]:
    """Open a session with a service.

    Parameters
    ----------
    url, timeout, max_size
        As of `connected`.
    """
    with connected(url, timeout=timeout, max_size=max_size) as connection:
        yield Service(connection)


@dataclass(frozen=True, slots=True)
class Service:
    """A Web Feature Service in session; made by `connect`."""

    connection: Connection

    @property
    def url(self) -> str:
        """Address of the service, as it may be shown."""
        return self.connection.shown

    def attributes(self, layer: Layer) -> tuple[str, ...]:
        """Ask which attributes the features of a layer have, geometry included."""
        body = self._get(
            {"version": "2.0.0", "request": "DescribeFeatureType", "typeName": layer.type_name}
        )
        return tuple(element.get("name", "") for element in _xml(body).iterfind(_XSD_ELEMENT))

    def count(self, layer: Layer, cql: str | None = None) -> int:
        """Ask how many features of a layer pass a filter.

        Parameters
        ----------
        layer : Layer
        cql : str, optional
            A filter in CQL; every feature passes where there is none.
        """
        body = self._get({**self._query(layer, cql), "resultType": "hits"}, layer=layer)
        matched = _xml(body).get("numberMatched", "")
        if not (matched.isascii() and matched.isdecimal()):
            raise FetchError(
                f"{self.url} does not say how many features {layer.type_name} has"
                f" (numberMatched is {matched[:40]!r}), so a fetch could not be checked. {BY_HAND}"
            )
        if len(matched) > 9 or int(matched) > MAX_FEATURES:
            raise FetchError(
                f"{self.url} says that {layer.type_name} has {matched[:40]} features; no more than"
                f" {MAX_FEATURES:,} are fetched. {BY_HAND}"
            )
        return int(matched)

    def pages(
        self, layer: Layer, cql: str | None, n_features: int, progress: Progress | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """Fetch features page by page, sorted by the layer's key, each of them once.

        Parameters
        ----------
        layer : Layer
        cql : str, optional
        n_features : int
            What `count` said. The pages hold exactly as many.
        progress : Progress, optional

        Yields
        ------
        list of dict
            GeoJSON features, coordinates in longitude and latitude.

        Raises
        ------
        FetchError
            If a feature comes twice, is missing, or the count has changed meanwhile.
        """
        query = {
            **self._query(layer, cql),
            "outputFormat": "application/json",
            "sortBy": ",".join(layer.key),
            "count": str(layer.page_size),
        }
        seen: set[tuple[object, ...]] = set()
        n_bytes = 0

        def received(size: int) -> None:
            nonlocal n_bytes
            n_bytes += size
            if progress is not None:
                progress(len(seen), n_features, f"{n_bytes:,} bytes")

        while len(seen) < n_features:
            body = self._get(
                {**query, "startIndex": str(len(seen))}, layer=layer, received=received
            )
            page = _features(body, n_features, self.url)
            for feature in page:
                seen.add(_identity(feature, layer, seen))
            received(0)
            yield page
        if len(seen) > n_features:
            raise FetchError(
                f"{self.url} sent {len(seen)} features of {layer.type_name} after announcing"
                f" {n_features}: the layer changed meanwhile. Run the fetch again."
            )

    def _query(self, layer: Layer, cql: str | None) -> dict[str, str]:
        query = {
            "version": "2.0.0",
            "request": "GetFeature",
            "typeName": layer.type_name,
            "srsName": "EPSG:4326",
        }
        return {**query, "cql_filter": cql} if cql else query

    def _get(
        self,
        query: dict[str, str],
        *,
        layer: Layer | None = None,
        received: Callable[[int], None] = lambda size: None,
    ) -> bytes:
        """Return the body of an answer, once it is known not to be a refusal."""
        reply = self.connection.get(query, received)
        self._check(reply, layer)
        return reply.body

    def _check(self, reply: Reply, layer: Layer | None) -> None:
        body = reply.body
        if (refusal := exception_text(body)) is not None:
            raise FetchError(self._explain(refusal, layer))
        if reply.status != 200:
            raise FetchError(
                f"{self.url} answered with status {reply.status} {reply.reason[:80]}."
                f" Try again later. {BY_HAND}"
            )
        if is_html(body):
            raise FetchError(
                f"{self.url} sent a web page instead of data. The service may be down, or a proxy"
                f" or log-in page stands in between. Try again later. {BY_HAND}"
            )
        if body.startswith(b"PK"):
            empty = "the empty result of a filter that matches nothing" if _is_empty(body) else ""
            raise FetchError(
                f"{self.url} sent a zip file instead of what was asked for"
                f"{f': {empty}' if empty else ''}. {BY_HAND}"
            )

    def _explain(self, refusal: str, layer: Layer | None) -> str:
        message = f"{self.url} refused the request: {refusal}"
        if layer is None or "property name" not in refusal:
            return message
        try:
            names = ", ".join(self.attributes(layer))
        except FetchError:
            return message
        return f"{message}. Attributes of {layer.name}: {names}."


def exception_text(body: bytes) -> str | None:
    """Return what an OGC exception says, wherever in an answer it stands, or None.

    A service that fails half-way appends its exception to the features already sent.
    """
    ends = body if len(body) <= 2 * _WINDOW else body[:_WINDOW] + b" " + body[-_WINDOW:]
    if b"Exception" not in ends:
        return None
    found = _EXCEPTION.findall(ends)
    if not found and b"ExceptionReport" not in ends:
        return None
    text = html.unescape(b" ".join(found[:20]).decode("utf-8", "replace"))
    plain = " ".join(text.replace("<![CDATA[", "").replace("]]>", "").split())
    return plain[:2000] or "no reason given"


def is_html(body: bytes) -> bool:
    """Whether this is a web page, whatever its name says."""
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _features(body: bytes, n_features: int, url: str) -> list[dict[str, Any]]:
    try:
        collection = json.loads(body, parse_constant=_not_json)
        features = collection["features"]
        matched = collection.get("numberMatched")
        for feature in features:
            feature["properties"].keys()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise FetchError(
            f"{url} sent {len(body)} bytes that are not a complete GeoJSON collection ({error});"
            f" they begin {body[:60]!r}. Try again later, or with a narrower filter. {BY_HAND}"
        ) from error
    if isinstance(matched, int) and matched != n_features:
        raise FetchError(
            f"{url} first announced {n_features} features, now {matched}: the layer changed while"
            " it was being fetched. Run the fetch again."
        )
    if not features:
        raise FetchError(
            f"{url} stopped sending features before the {n_features} it announced were there."
            f" Try again later. {BY_HAND}"
        )
    return list(features)


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not a number in JSON")


def _identity(
    feature: dict[str, Any], layer: Layer, seen: set[tuple[object, ...]]
) -> tuple[object, ...]:
    """Return what tells a feature from all others; refuse one that has been seen.

    GeoServer's own identifier counts too, unless it was made up for this answer ("fid-…").
    """
    own = str(feature.get("id", ""))
    key = tuple(feature["properties"].get(name) for name in layer.key)
    if all(value is None for value in key):
        raise FetchError(
            f"A feature of {layer.type_name} has no {' or '.join(layer.key)}, by which features"
            f" are told apart; it has {', '.join(feature['properties'])}. {BY_HAND}"
        )
    identity = (*key, "" if "fid-" in own else own)
    if identity in seen:
        raise FetchError(
            f"The service sent the feature with {' and '.join(layer.key)} {key} of"
            f" {layer.type_name} twice, so another is missing. Run the fetch again. {BY_HAND}"
        )
    return identity


def _xml(body: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise FetchError(f"The service sent XML that defines words of its own. {BY_HAND}")
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise FetchError(
            f"The service sent {len(body)} bytes that are not complete XML ({error}); they begin"
            f" {body[:60]!r}. Try again later. {BY_HAND}"
        ) from error


def _is_empty(body: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "README.TXT" in archive.namelist()
    except zipfile.BadZipFile:
        return False
