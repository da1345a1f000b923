"""Ask a server, and take from it no more than was agreed: so many bytes, so slowly at most.

A server may be broken, overloaded, or not who it seems. Every answer is bounded: in bytes, packed
and unpacked; in time, by the silence and by the slowness that are borne; in hops, all on the host
that was named. A user's name and password go to that host and into no message or file.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from eezkit.errors import FetchError, OptionError

if TYPE_CHECKING:
    import requests

__all__ = ["BY_HAND", "MAX_SIZE", "Connection", "Reply", "connected"]

BY_HAND = (
    "Or download the file by hand from https://www.marineregions.org/downloads.php and run"
    " `eezkit data add FILE`."
)
CONNECT_TIMEOUT = 10.0
RETRIES = 3
RETRY_WAIT = 0.5
"""Seconds; doubled from one retry to the next. What the server asks for instead is not heeded."""
MAX_SIZE = 1 << 30
"""Bytes of all answers of a fetch; a caller may allow more."""
MAX_ANSWER = 1 << 27
"""Bytes of one answer, unpacked."""
SLOWEST = 2000.0
"""Bytes a second on average, after the time of silence that is borne."""
MAX_HOPS = 5
"""Redirections, all on the host that was named."""

_CHUNK = 1 << 18


class Reply(NamedTuple):
    """What a server answered: status, its words for it, and the body."""

    status: int
    reason: str
    body: bytes


@contextmanager
def connected(url: str, *, timeout: float, max_size: int = MAX_SIZE) -> Iterator[Connection]:
    """Open a session with a server.

    Parameters
    ----------
    url : str
        Address, which may hold a user's name and password.
    timeout : float
        Seconds of silence after which a request is given up (and tried again).
    max_size : int
        Bytes that all answers may have together.

    Raises
    ------
    OptionError
        If this is no address.
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
        respect_retry_after_header=False,
    )
    shown = _shown(url)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if parts.scheme not in ("http", "https") or not host:
            raise ValueError("no scheme or host")
    except ValueError as error:
        raise OptionError(
            f"{shown!r} is not the address of a service: expected http:// or https://."
        ) from error
    name = f"[{host}]" if ":" in host else host
    plain = parts._replace(netloc=name if port is None else f"{name}:{port}").geturl()
    with requests.Session() as session:
        session.headers["User-Agent"] = "eezkit"
        # Packings whose unpacking can be stopped.
        session.headers["Accept-Encoding"] = "gzip, deflate"
        if parts.username is not None:
            session.auth = (unquote(parts.username), unquote(parts.password or ""))
        # requests would read the whole body of a redirection, however long, even to follow none.
        session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        yield Connection(plain, shown, timeout, max_size, session)


@dataclass(slots=True)
class Connection:
    """A server in session; made by `connected`.

    Parameters
    ----------
    url, shown : str
        The address that is asked, and the one that may be shown: without a user's name, password
        or query.
    timeout : float
        Seconds.
    left : int
        Bytes that may still be received.
    session : requests.Session
    """

    url: str
    shown: str
    timeout: float
    left: int
    session: requests.Session

    def get(
        self, query: dict[str, str], received: Callable[[int], None] = lambda size: None
    ) -> Reply:
        """Ask, and give the answer once it is whole.

        Parameters
        ----------
        query : dict of str
        received : callable
            Told of bytes as they come; of a negative number when they are thrown away.

        Raises
        ------
        FetchError
            If no whole answer comes, or one that is too large, too slow, or from elsewhere.
        """
        import requests
        import urllib3

        for tries_left in reversed(range(RETRIES)):
            body = bytearray()
            try:
                with self._open(query) as response:
                    for chunk in self._unpacked(response):
                        body += chunk
                        received(len(chunk))
                        if len(body) > min(self.left, MAX_ANSWER):
                            raise self._too_large()
            except (requests.RequestException, urllib3.exceptions.HTTPError, zlib.error) as error:
                received(-len(body))
                if not tries_left:
                    raise FetchError(
                        f"The answer of {self.shown} broke off, {RETRIES} times:"
                        f" {_reason(error)}. Try again later, or with a narrower filter. {BY_HAND}"
                    ) from error
            else:
                self.left -= len(body)
                return Reply(response.status_code, str(response.reason), bytes(body))
        raise AssertionError("unreachable")

    def _unpacked(self, response: requests.Response) -> Iterator[bytes]:
        """Yield an answer in pieces of bounded size, whatever it was packed to."""
        packing = response.headers.get("Content-Encoding", "").strip().lower()
        if packing not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(
                f"{self.shown} packed its answer with {packing[:40]!r}, which was not asked for."
            )
        unpack = None
        if packing not in ("", "identity"):
            unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
        started, n_bytes = time.monotonic(), 0
        while raw := response.raw.read1(_CHUNK, decode_content=False):
            n_bytes += len(raw)
            if n_bytes > min(self.left, MAX_ANSWER):
                raise self._too_large()
            late = time.monotonic() - started - self.timeout
            if late > 0 and n_bytes < late * SLOWEST:
                raise FetchError(
                    f"{self.shown} sends less than {SLOWEST:,.0f} bytes a second ({n_bytes:,} so"
                    f" far): given up. Try again later, or with a narrower filter. {BY_HAND}"
                )
            if unpack is None:
                yield raw
                continue
            while raw and not unpack.eof:
                yield unpack.decompress(raw, _CHUNK)
                raw = unpack.unconsumed_tail
        if unpack is not None and n_bytes and not unpack.eof:
            raise zlib.error("the packed answer is not complete")

    def _too_large(self) -> FetchError:
        if self.left < MAX_ANSWER:
            limit = "with the answers before it it is larger than the size allowed (--max-size)"
        else:
            limit = f"it is larger than {MAX_ANSWER / 1e6:,.0f} MB"
        return FetchError(
            f"The answer of {self.shown} was not taken: {limit}. Ask for less with --sovereign or"
            f" --where. {BY_HAND}"
        )

    def _open(self, query: dict[str, str]) -> requests.Response:
        """Ask, and follow redirections on the same host."""
        import requests

        url, params = self.url, {"service": "WFS", **query}
        try:
            for _ in range(MAX_HOPS):
                response = self.session.get(
                    url,
                    params=params,
                    timeout=(min(CONNECT_TIMEOUT, self.timeout), self.timeout),
                    stream=True,
                    allow_redirects=False,
                )
                if not response.is_redirect:
                    return response
                response.close()
                url, params = self._next(url, response.headers["Location"]), {}
        except (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
        ) as error:
            raise OptionError(
                f"{self.shown!r} is not the address of a service: expected http:// or https://."
            ) from error
        except requests.RequestException as error:
            if "timed out" in str(error):
                what = f"did not answer within {self.timeout:g} s, {RETRIES + 1} times"
                cause = "The service may be overloaded: try again later, or with a longer timeout."
            else:
                what = f"cannot be reached: {_reason(error)}"
                cause = "Is this machine connected to the network, or is a proxy needed?"
            raise FetchError(f"{self.shown} {what}. {cause} {BY_HAND}") from error
        raise FetchError(f"{self.shown} sends from address to address, {MAX_HOPS} times. {BY_HAND}")

    def _next(self, url: str, location: str) -> str:
        """Where a redirection leads, if that is the same host and no less secret."""
        try:
            there, here = urlsplit(urljoin(url, location)), urlsplit(url)
            same = there.hostname == here.hostname and there.scheme in ("https", here.scheme)
            same = same and (there.port == here.port or there.scheme != here.scheme)
        except ValueError:
            same = False
        if not same:
            raise FetchError(
                f"{self.shown} sends elsewhere, to {_shown(location)!r}, which was not asked for."
                f" If you trust that address, name it with --url. {BY_HAND}"
            )
        return there._replace(netloc=there.netloc.rpartition("@")[2]).geturl()


def _shown(url: str) -> str:
    """Leave out of an address what is not everyone's to know."""
    return re.sub(r"//.*@", "//", re.split(r"[?#]", url, maxsplit=1)[0])[:200]


def _reason(error: BaseException) -> str:
    """Return the innermost reason of a chain of wrapped errors, in one line."""
    while isinstance(inner := getattr(error, "reason", None) or _first(error), BaseException):
        error = inner
    first = _first(error)
    text = first if isinstance(first, str) else str(error)
    return " ".join(text.split()).rpartition(": ")[2] or type(error).__name__


def _first(error: BaseException) -> object:
    return error.args[0] if error.args else None
