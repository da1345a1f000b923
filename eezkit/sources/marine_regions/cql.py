"""Filters in CQL, the query language of GeoServer: a State among the parties, a user's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eezkit.errors import FetchError, OptionError

if TYPE_CHECKING:
    from eezkit.sources.marine_regions.registry import Layer

__all__ = ["as_published", "is_code", "party_filter", "where_filter"]


def is_code(sovereign: str) -> bool:
    """Whether this is written like an ISO 3166-1 alpha-3 code, in whatever case."""
    return re.fullmatch(r"[A-Za-z]{3}", sovereign) is not None


def as_published(sovereign: str) -> str:
    """Return a code in capitals, and a name as it is."""
    return sovereign.upper() if is_code(sovereign) else sovereign


def party_filter(layer: Layer, sovereign: str, attributes: tuple[str, ...]) -> str:
    """Say in CQL that a State is among the parties of a feature, whichever place it has there.

    Parameters
    ----------
    layer : Layer
    sovereign : str
        An ISO 3166-1 alpha-3 code, or a name exactly as published.
    attributes : tuple of str
        Attributes that the layer has, from `Service.attributes`.

    Raises
    ------
    OptionError
        If the layer names no States, or does not name them by code.
    """
    stem = "iso_sov" if is_code(sovereign) else "sovereign"
    if stem not in layer.party_columns:
        how = "names its parties in full, not by code: give the name as published, such as 'Japan'"
        raise OptionError(
            f"Layer {layer.name} {how if layer.party_columns else 'names no parties'};"
            f" sovereign={sovereign!r} cannot select from it."
        )
    columns = [name for name in attributes if re.fullmatch(rf"{stem}\d+", name)]
    if not columns:
        raise FetchError(
            f"Layer {layer.name} of the service no longer has columns {stem}1, {stem}2, …; it has"
            f" {', '.join(attributes) or 'none'}. Filter with where= on one of these."
        )
    text = _quoted(as_published(sovereign))
    return " OR ".join(f"{column} = {text}" for column in columns)


def where_filter(where: str) -> str:
    """Return a user's CQL if it can stand inside parentheses, else say what is wrong with it.

    Raises
    ------
    OptionError
        If a quote or a parenthesis is not closed, or one is closed that was never opened.
    """
    depth = 0
    bare = re.sub(r"'(?:[^']|'')*'|\"[^\"]*\"", "", where)
    for mark in bare:
        depth += (mark == "(") - (mark == ")")
        if depth < 0:
            break
    if depth or "'" in bare or '"' in bare or not where.strip():
        raise OptionError(
            f"The filter {where!r} is empty, or a quote or parenthesis in it is not closed. Write"
            " CQL such as \"territory1 = 'Guam'\"; inside text, write ' twice."
        )
    return where.strip()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
