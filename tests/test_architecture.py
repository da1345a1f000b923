"""The house stands as its plan says: floors, public names, and what an import may load."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import eezkit

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "eezkit"

FLOORS = {
    0: {
        "errors",
        "geometry",
        "units",
        "zones",
        "_atomic",
        "_entry",
        "_progress",
        "data",
        "kernels",
    },
    1: {"crs", "geodesy", "positions", "schema"},
    2: {"coverage", "lookup", "nearest", "uncertainty"},
    3: {"edges", "limits"},
    4: {"answers"},
    5: {"atlas"},
    6: {"sources"},
    7: {"compare", "overlaps", "reports", "tables", "voyages"},
    8: {"maps"},
    9: {"__init__", "__main__", "cli"},
}
FLOOR = {room: floor for floor, rooms in FLOORS.items() for room in rooms}


HEAVY = {"shapely", "pyproj", "geopandas", "pandas", "pyarrow", "folium", "requests", "matplotlib"}


def room_of(path: Path) -> str:
    """The room a source file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST) -> set[str]:
    """Every module that a syntax tree imports, wherever in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "eezkit":
                found |= {f"eezkit.{alias.name}" for alias in node.names}
    return found


def without_type_checking(tree: ast.Module) -> ast.Module:
    """The tree without what only a type checker reads."""

    class Strip(ast.NodeTransformer):
        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if ast.unparse(node.test) == "TYPE_CHECKING" else node

    return Strip().visit(tree)


SOURCES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_lower_floors(path: Path) -> None:
    room = room_of(path)
    assert room in FLOOR, f"{room} has no floor: add it to FLOORS and to the plan of the house"
    tree = without_type_checking(ast.parse(path.read_text(encoding="utf-8")))
    for name in imports_of(tree):
        parts = name.split(".")
        if parts[0] != "eezkit" or len(parts) < 2 or parts[1] == room:
            continue
        other = parts[1] if parts[1] in FLOOR else "__init__"
        allowed = FLOOR[other] < FLOOR[room] or (
            FLOOR[room] in (0, 7, 9) and other in FLOORS[FLOOR[room]]
        )
        assert allowed, f"{room} may not import {other}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_heavy_libraries_are_imported_where_they_are_needed(path: Path) -> None:
    if room_of(path) in ("maps", "tables"):
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = ast.Module([n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)], [])
    loaded = {name.split(".")[0] for name in imports_of(top)}
    assert not loaded & HEAVY


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_module_is_longer_than_800_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 800


def test_the_floors_are_those_of_the_plan() -> None:
    plan = (ROOT / "docs/explanation/architecture.md").read_text(encoding="utf-8")
    told: dict[int, set[str]] = {}
    for floor, rooms in re.findall(r"(?m)^\| (\d+) \| ([^|]+) \|", plan):
        told.setdefault(int(floor), set()).update(re.findall(r"`([\w]+)/?`", rooms))
    assert told == FLOORS


def module_of(path: Path) -> str:
    """The dotted name of a source file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path, modules: set[str]) -> set[str]:
    """Modules of eezkit that a module imports when it runs, at its top or later."""
    tree = without_type_checking(ast.parse(path.read_text(encoding="utf-8")))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in modules else node.module)
    return (found & modules) - {module_of(path)}


def test_modules_go_in_no_circle_late_imports_included() -> None:
    modules = {module_of(path): path for path in SOURCES}
    below = {name: imported_modules(path, set(modules)) for name, path in modules.items()}

    def reach(name: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(below[name])
        while waiting:
            other = waiting.pop()
            if other not in seen:
                seen.add(other)
                waiting += below[other]
        return seen

    reached = {name: reach(name) for name in below}
    circles = {
        frozenset(other for other in reached[name] if name in reached[other])
        for name in below
        if name in reached[name]
    }
    assert not circles


def test_public_names_are_exactly_these() -> None:
    assert eezkit.__all__ == [
        "Answer",
        "Atlas",
        "Coverage",
        "M",
        "Uncertainty",
        "crossings",
        "explore",
        "fetch",
        "geodesy",
        "grid_shares",
        "limits",
        "load",
        "locate_table",
        "maps",
        "overlap",
        "read",
        "report",
        "sift",
        "stays",
    ]
    for name in eezkit.__all__:
        assert getattr(eezkit, name) is not None


def test_no_public_name_is_also_a_module() -> None:
    """With late imports the first access would give one, and the second the other."""
    modules = {p.name.removesuffix(".py") for p in PACKAGE.iterdir()}
    assert modules & set(eezkit.__all__) <= {"engines", "geodesy", "limits", "maps"}
    run = (
        "import importlib, pkgutil, eezkit\n"
        "first = {name: getattr(eezkit, name) for name in eezkit.__all__}\n"
        "for found in pkgutil.walk_packages(eezkit.__path__, 'eezkit.'):\n"
        "    if '__main__' not in found.name:\n"
        "        importlib.import_module(found.name)\n"
        "print([n for n in eezkit.__all__ if getattr(eezkit, n) is not first[n]])\n"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout == "[]\n", done.stdout + done.stderr


def all_modules_after(code: str) -> set[str]:
    """Modules that are loaded when `code` has run."""
    run = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", run], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


def modules_after(code: str) -> set[str]:
    """Top-level packages outside the standard library that running `code` loads."""
    loaded = {name.split(".")[0] for name in all_modules_after(code)}
    return {name for name in loaded if name not in sys.stdlib_module_names and name.isidentifier()}


def third_party(loaded: set[str]) -> set[str]:
    """Leave out what the interpreter itself brings (site hooks, editable finders)."""
    return {name for name in loaded if not name.startswith("_") and name != "sitecustomize"}


def test_importing_eezkit_loads_nothing_else() -> None:
    bare = modules_after("pass")
    assert third_party(modules_after("import eezkit") - bare) == {"eezkit"}


CHECK = "from eezkit.__main__ import run\nrun(['check', '23.3', '155', '--zone', 'JPN'])"

# What `eezkit check` on a built dataset loads of eezkit, and nothing else.
COLD_PATH = {
    "eezkit": "__main__ _entry answers atlas cli coverage edges errors geodesy geometry kernels "
    "lookup nearest positions sources units zones",
    "eezkit.answers": "answer found legs sentence",
    "eezkit.atlas": "atlas kept mapped selection single sureness",
    "eezkit.cli": "check options reading terminal",
    "eezkit.edges": "classification",
    "eezkit.kernels": "cells curves edgetree geodesic",
    "eezkit.lookup": "cell_index",
    "eezkit.sources": "cache embedded places",
    "eezkit.sources.cache": "built room",
}


@pytest.fixture(scope="module")
def loaded_by_a_check() -> set[str]:
    """Modules that a check has loaded which found its dataset built."""
    all_modules_after(CHECK)
    return all_modules_after(CHECK)


def test_a_check_on_a_built_dataset_loads_only_numpy_and_click(loaded_by_a_check: set[str]) -> None:
    packages = {name.split(".")[0] for name in loaded_by_a_check} - modules_after("pass")
    foreign = {n for n in packages if n not in sys.stdlib_module_names and n.isidentifier()}
    uncompiled = {"cython", "Cython"} if os.environ.get("EEZKIT_PURE") else set()
    assert third_party(foreign) <= {"eezkit", "numpy", "click", "cython_runtime"} | uncompiled


def test_a_check_on_a_built_dataset_loads_only_its_own_modules(
    loaded_by_a_check: set[str],
) -> None:
    expected = {f"{room}.{name}" for room, names in COLD_PATH.items() for name in names.split()}
    found = {name for name in loaded_by_a_check if name.startswith("eezkit.")}
    assert found == expected


def test_a_check_on_a_built_dataset_hashes_nothing_and_starts_no_threads(
    loaded_by_a_check: set[str],
) -> None:
    unwanted = {"hashlib", "concurrent.futures", "logging", "tempfile", "difflib", "numpy.ma"}
    assert not unwanted & loaded_by_a_check


def test_the_version_is_that_of_the_installation() -> None:
    told = re.search(r'(?m)^version = "(.+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert told is not None
    assert eezkit.__version__ == told[1]
