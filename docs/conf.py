"""How the documentation is built: Sphinx, MyST and furo, without a network.

``make docs`` builds it with warnings as errors. The pages of the command line are written from
the commands themselves, and the maps shown in the tutorial are drawn by the code they document.
"""

from __future__ import annotations

import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
EXTRA = HERE / "_build" / "extra"
EXTRA.mkdir(parents=True, exist_ok=True)
sys.path[:0] = [str(HERE), str(HERE.parent)]

import commands  # noqa: E402

import eezkit  # noqa: E402

project = "eezkit"
author = "The eezkit developers"
copyright = "The eezkit developers"  # noqa: A001
release = version = re.search(
    r'(?m)^version = "(.+)"', (HERE.parent / "pyproject.toml").read_text(encoding="utf-8")
)[1]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "explanation/*-tables.md"]
nitpicky = True
language = "en_GB"

html_theme = "furo"
html_title = "eezkit"
html_static_path = ["_static"]
html_css_files = ["eezkit.css"]
html_extra_path = [str(EXTRA)]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0b5a7a",
        "color-brand-content": "#0b5a7a",
        "color-background-secondary": "#f3f7f9",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc4e0",
        "color-brand-content": "#7cc4e0",
    },
    "footer_icons": [],
    "top_of_page_buttons": [],
}

# The docstrings give kind, shape and unit, which annotations cannot: so they alone are shown.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_use_ivar = True
default_role = "py:obj"
_COLON = "\N{RATIO}"


def find_or_show(app: Any, env: Any, node: Any, content: Any) -> Any:
    """Find a public name at its home; show other words in single backticks as code."""
    if node.get("refdomain") != "py" or node.get("reftype") != "obj":
        return None
    name = node["reftarget"].removeprefix("eezkit.")
    if name not in eezkit._HOMES:
        return content
    home = f"{eezkit._HOMES[name]}.{name}"
    python = env.get_domain("py")
    return python.resolve_xref(env, node["refdoc"], app.builder, "obj", home, node, content)


def hide_colons(app: Any, what: str, name: str, value: Any, options: Any, lines: Any) -> None:
    """Keep napoleon from taking "A named sea: a place" for a type and a description."""
    if what in ("attribute", "data", "property"):
        lines[:] = [line.replace(":", _COLON) for line in lines]


def show_colons(app: Any, what: str, name: str, value: Any, options: Any, lines: Any) -> None:
    """Put the colons back."""
    lines[:] = [line.replace(_COLON, ":") for line in lines]


def prepare(app: Any) -> None:
    """Write what is generated before pages are read."""
    commands.write_pages(HERE / "reference" / "commands")
    draw_site(EXTRA / "minamitorishima.html")


def draw_site(path: Path) -> None:
    """Draw the map of the tutorial as its command draws it."""
    from eezkit.__main__ import run

    words = ["map", "minamitorishima-2026", "--zone", "JPN", "-o", str(path)]
    with redirect_stdout(StringIO()) as said, redirect_stderr(said):
        code = run(words)
    if code:
        raise RuntimeError(f"eezkit {' '.join(words)} failed: {said.getvalue()}")


def setup(app: Any) -> None:
    """Connect the above."""
    app.connect("builder-inited", prepare)
    app.connect("missing-reference", find_or_show)
    app.connect("autodoc-process-docstring", hide_colons, priority=400)
    app.connect("autodoc-process-docstring", show_colons, priority=600)
