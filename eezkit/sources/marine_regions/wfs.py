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

from eezkit.errors import FetchError, OptionError

if TYPE_CHECKING:
    import requests

    from eezkit._progress import Progress
    from eezkit.sources.marine_regions.registry import Layer

__all__ = [
    "BY_HAND",
    "Service",
    "connect",
    "exception_text",
    "is_html",
]

BY_HAND = (
    "Or download the file by hand from https://www.marineregions.org/downloads.php and run"
    " `eezkit data add FILE`."
)
CONNECT_TIMEOUT = 10.0
RETRIES = 3
RETRY_WAIT = 0.5
"""Seconds; doubled from one retry to the next."""

_CHUNK = 1 << 18
_XSD_ELEMENT = (
    ".//{http://www.w3.org/2001/XMLSchema}sequence/{http://www.w3.org/2001/XMLSchema}element"
)


@contextmanager
def connect(url: str, *, timeout: float) -> Iterator[Service]:
    """Open a session with a service.

    Parameters
    ----------
    url : str
        Address of the service, without a query.
    timeout : float
        Seconds of silence after which a request is given up (and tried again).
    """
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    retry = Retry(
        total=RETRIES,
        backoff_factor=RETRY_WAIT,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods={"GET"},
        raise_on_status=False,
    )
    with requests.Session() as session:
        session.headers["User-Agent"] = "eezkit"
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        yield Service(url, timeout, session)


@dataclass(frozen=True, slots=True)
class Service:
    """A Web Feature Service in session; made by `connect`."""

    url: str
    timeout: float
    session: requests.Session

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
        if not matched.isdecimal():
            raise FetchError(
                f"{self.url} does not say how many features {layer.type_name} has"
                f" (numberMatched is {matched!r}), so a fetch could not be checked. {BY_HAND}"
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
        import requests

        for left in reversed(range(RETRIES)):
            body = bytearray()
            try:
                with self._open(query) as response:
                    for chunk in response.iter_content(_CHUNK):
                        body += chunk
                        received(len(chunk))
            except requests.RequestException as error:
                received(-len(body))
                if not left:
                    raise FetchError(
                        f"The answer of {self.url} broke off, {RETRIES} times:"
                        f" {_reason(error)}. Try again later, or with a narrower filter. {BY_HAND}"
                    ) from error
            else:
                self._check(response, bytes(body), layer)
                return bytes(body)
        raise AssertionError("unreachable")

    def _open(self, query: dict[str, str]) -> requests.Response:
        import requests

        try:
            return self.session.get(
                self.url,
                params={"service": "WFS", **query},
                timeout=(min(CONNECT_TIMEOUT, self.timeout), self.timeout),
                stream=True,
            )
        except (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
        ) as error:
            raise OptionError(
                f"{self.url!r} is not the address of a service: expected http:// or https://."
            ) from error
        except requests.RequestException as error:
            if "timed out" in str(error):
                what = f"did not answer within {self.timeout:g} s, {RETRIES + 1} times"
                cause = "The service may be overloaded: try again later, or with a longer timeout."
            else:
                what = f"cannot be reached: {_reason(error)}"
                cause = "Is this machine connected to the network, or is a proxy needed?"
            raise FetchError(f"{self.url} {what}. {cause} {BY_HAND}") from error

    def _check(self, response: requests.Response, body: bytes, layer: Layer | None) -> None:
        if (refusal := exception_text(body)) is not None:
            raise FetchError(self._explain(refusal, layer))
        if response.status_code != 200:
            raise FetchError(
                f"{self.url} answered with status {response.status_code} {response.reason}."
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
    if b"Exception" not in body:
        return None
    found = re.findall(
        rb"<(?:\w+:)?(?:ExceptionText|ServiceException)\b[^>]*>(.*?)</", body, re.DOTALL
    )
    if not found and b"ExceptionReport" not in body:
        return None
    text = html.unescape(b" ".join(found).decode("utf-8", "replace"))
    return " ".join(text.replace("<![CDATA[", "").replace("]]>", "").split()) or "no reason given"


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
    except (ValueError, TypeError, KeyError, AttributeError) as error:
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


def _reason(error: BaseException) -> str:
    """Return the innermost reason of a chain of wrapped errors, in one line."""
    while isinstance(inner := getattr(error, "reason", None) or _first(error), BaseException):
        error = inner
    first = _first(error)
    text = first if isinstance(first, str) else str(error)
    return " ".join(text.split()).rpartition(": ")[2] or type(error).__name__


def _first(error: BaseException) -> object:
    return error.args[0] if error.args else None
