"""Fixtures for all tests: no network, a cache of their own, the shared real data."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser_pages import browser, show  # noqa: F401
from embedded_cache import link_built

SHARED = Path(os.environ.get("EEZKIT_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real public data, which is not part of this repository."""
    if not SHARED.is_dir():
        pytest.skip(f"real public data are not at hand ({SHARED.name}; set EEZKIT_SHARED_DATA)")
    return SHARED


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else address
            if host not in ("127.0.0.1", "::1", "localhost"):
                raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what tests cache away from the user's cache, in one that all workers share.

    The atlas that EEZKIT_TEST_BUILT has indexed is taken from there: without compiled kernels,
    indexing it takes minutes.
    """
    room = tmp_path_factory.getbasetemp()
    cache = (room.parent if "PYTEST_XDIST_WORKER" in os.environ else room) / "cache"
    cache.mkdir(exist_ok=True)
    os.environ["EEZKIT_CACHE_DIR"] = str(cache)
    if built := os.environ.get("EEZKIT_TEST_BUILT"):
        link_built(Path(built), cache)


@pytest.fixture
def nothing_is_left_behind(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Whatever happens, no temporary file outlives a reading."""
    room = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    yield
    assert list(room.iterdir()) == []
