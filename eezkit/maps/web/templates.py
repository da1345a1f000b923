"""The one place where text of the data meets a template, a page or a script.

There are three ways and no others: into HTML as values of a template that escapes them all
(`fill`), into scripts as JSON (`as_json`), and onto a page word for word (`Verbatim`).

branca reads what an element wrote as a template once more, so that text of the data would be
code. eezkit's own layers never pass that way; folium's do, and `unread` sees to it that the second
reading gives what the first one wrote.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import jinja2
from branca.element import Div, Element, MacroElement
from markupsafe import Markup

__all__ = ["Verbatim", "as_json", "fill", "markup", "own_file", "shown_by_folium", "unread"]

_IN_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<{\u2028\u2029"}
_BRACE = re.compile(r"\{(?=[{%#])")


@functools.cache
def own_file(name: str) -> str:
    """Read a script, style sheet or template of eezkit's."""
    return files("eezkit.maps.web").joinpath(name).read_text("utf-8")


# -- into HTML ------------------------------------------------------------------------------


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(own_file),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(name: str, **values: Any) -> str:
    """Fill one of eezkit's own templates; every value is escaped, but for what `markup` made."""
    return _templates().get_template(name).render(values)


def markup(text: str) -> Markup:
    """Vouch for text: it is HTML that eezkit or folium wrote, and not of the data."""
    return Markup(text)


class Verbatim(Element):
    """Text on a page, word for word: braces in it mean nothing."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:
        return self.text


# -- into scripts ---------------------------------------------------------------------------


def as_json(value: Any) -> str:
    """Write a value as JSON that means nothing to HTML, to a template or to an old browser."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _IN_STRING.sub(lambda found: found[0].translate(_UNSAFE), text)


# -- past folium and branca -----------------------------------------------------------------


def shown_by_folium(name: str) -> str:
    """Write plain text so that folium's own layer control, which takes HTML, shows it."""
    return escape(name).replace("{", "&#123;")


class _Unread:
    """A template whose text, when it is read as a template, says what it said before."""

    def __init__(self, template: jinja2.Template, *, macros_only: bool) -> None:
        self._template = template
        self.render = template.render if macros_only else _literally(template.render)

    @property
    def module(self) -> SimpleNamespace:
        """Its macros."""
        names = ("header", "html", "script")
        macros = {name: vars(self._template.module).get(name) for name in names}
        return SimpleNamespace(**{n: _literally(macro) for n, macro in macros.items() if macro})


def _literally(writes: Callable[..., Any]) -> Callable[..., str]:
    return lambda *given, **named: _BRACE.sub("{{'{'}}", str(writes(*given, **named)))


@contextlib.contextmanager
def unread(elements: Iterable[Element]) -> Iterator[None]:
    """Let no element write what branca, reading it as a template, would run.

    Parameters
    ----------
    elements : iterable of branca.element.Element
        All that are on a page. What users write into an `Element` by hand is a template by their
        own will, and stays one.
    """
    changed = []
    for element in elements:
        if isinstance(element, MacroElement | Div):
            changed.append((element, vars(element).get("_template")))
            macros_only = isinstance(element, Div)
            element._template = _Unread(element._template, macros_only=macros_only)
    try:
        yield
    finally:
        for element, before in changed:
            if before is None:
                del element._template
            else:
                element._template = before
