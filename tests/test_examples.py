"""Every public name shows how it is used, and what it shows is what happens."""

from __future__ import annotations

import doctest
import importlib
import inspect
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import eezkit
from eezkit.sources.marine_regions import fetching
from test_fetched_atlas import server  # noqa: F401

MODULES = ("geodesy", "limits")
PLAIN = {"to_json", "from_json", "from_drawn", "cells", "discs", "halves"}
"""Methods that say all with their names, or that users do not call."""


def public() -> Iterator[tuple[str, Any]]:
    """Yield every public function, and every public method of public classes, by name."""
    homes = [eezkit, *(importlib.import_module(f"eezkit.{name}") for name in MODULES)]
    seen: set[int] = set()
    for home in homes:
        for name in home.__all__:
            thing = getattr(home, name)
            if isinstance(thing, types.ModuleType) or id(thing) in seen:
                continue
            seen.add(id(thing))
            if inspect.isfunction(thing):
                yield f"{home.__name__}.{name}", thing
            elif inspect.isclass(thing) and not issubclass(thing, Exception):
                for method, value in vars(thing).items():
                    bare = getattr(value, "__func__", value)
                    hidden = method.startswith("_") or method in PLAIN
                    if not hidden and inspect.isfunction(bare):
                        yield f"{home.__name__}.{name}.{method}", bare


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_it_has_an_example(name: str) -> None:
    assert "Examples\n" in (inspect.getdoc(PUBLIC[name]) or ""), f"{name} has no example"


@pytest.mark.parametrize("name", PUBLIC)
def test_its_example_is_true(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    if name == "eezkit.fetch":
        url = request.getfixturevalue("server").url
        monkeypatch.setattr(fetching, "default_service", lambda: url)
    finder = doctest.DocTestFinder(recurse=False)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for test in finder.find(PUBLIC[name], name, globs={}):
        found: list[str] = []
        runner.run(test, out=found.append)
        assert runner.failures == 0, "".join(found)
