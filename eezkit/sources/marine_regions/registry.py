"""The layers of Marine Regions that eezkit can fetch, as data: ``layers.json``.

To add a layer is to add an entry there; nothing else knows a layer by name.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eezkit.errors import UnknownDatasetError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Layer", "default_service", "layer", "layers"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of Marine Regions: what it is, how to ask for it, how to cite it.

    Parameters
    ----------
    name : str
        What it is called here and by the service, without the workspace.
    type_name : str
        Its full name in the service, such as ``MarineRegions:eez``.
    title : str
    versions : Mapping of str to Mapping
        Year and DOI of every version known, the one the service hands out first.
    cited_as : str
        Title in the citation, with a place for the version.
    geometry : {"polygon", "line"}
    key : tuple of str
        Attributes that name a feature uniquely; pages are sorted by them.
    party_columns : tuple of str
        Stems of the columns that name sovereigns, numbered from 1 to any number: ``iso_sov``
        holds codes, ``sovereign`` names. Empty where the layer names no State.
    label_point : tuple of str
        Attributes that hold longitude and latitude of a point in or near the feature, or ().
    lines : str
        The layer of lines that says what each edge is, or "".
    page_size : int
        Features asked for at once: small where features are heavy.
    file_stem : str
        How the file that people download by hand begins, or "".
    licence, homepage : str
    terms : tuple of str
        What the publisher asks of every user, a sentence each.
    """

    name: str
    type_name: str
    title: str
    versions: Mapping[str, Mapping[str, Any]]
    cited_as: str
    geometry: Literal["polygon", "line"]
    key: tuple[str, ...]
    party_columns: tuple[str, ...]
    label_point: tuple[str, ...]
    lines: str
    page_size: int
    file_stem: str
    licence: str
    homepage: str
    terms: tuple[str, ...]

    @property
    def version(self) -> str:
        """The version that the service hands out."""
        return next(iter(self.versions))

    def doi(self, version: str | None = None) -> str:
        """DOI of a version (the current one by default), or "" where it is not known."""
        return str(self.versions.get(version or self.version, {}).get("doi", ""))

    def citation(self, version: str | None = None) -> str:
        """Return the citation that the publisher asks for.

        Parameters
        ----------
        version : str, optional
            The current one by default. For a version that the registry does not know, the
            citation has neither year nor DOI.
        """
        version = version or self.version
        known = self.versions.get(version, {"year": "n.d."})
        text = (
            f"Flanders Marine Institute ({known['year']}). "
            f"{self.cited_as.format(version=version)}. Available online at {self.homepage}."
        )
        return f"{text} https://doi.org/{known['doi']}" if "doi" in known else text

    def to_json(self) -> dict[str, Any]:
        """Return what a reader wants to know of the layer."""
        return {
            "name": self.name,
            "title": self.title,
            "version": self.version,
            "doi": self.doi(),
            "geometry": self.geometry,
            "type_name": self.type_name,
            "licence": self.licence,
            "citation": self.citation(),
            "terms": list(self.terms),
        }


@functools.cache
def _document() -> dict[str, Any]:
    text = Path(__file__).with_name("layers.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def default_service() -> str:
    """Address of the Marine Regions WFS."""
    return str(_document()["service"])


@functools.cache
def layers() -> Mapping[str, Layer]:
    """Return every layer of the registry by name, in the order of the registry."""
    document = _document()
    return {
        name: Layer(
            name=name,
            type_name=f"{document['workspace']}:{name}",
            title=entry["title"],
            versions=entry["versions"],
            cited_as=entry["cited_as"],
            geometry=entry["geometry"],
            key=tuple(entry["key"]),
            party_columns=tuple(entry.get("party_columns", ())),
            label_point=tuple(entry.get("label_point", ())),
            lines=entry.get("lines", ""),
            page_size=entry["page_size"],
            file_stem=entry.get("file_stem", ""),
            licence=document["licence"],
            homepage=document["homepage"],
            terms=tuple(document["terms"]),
        )
        for name, entry in document["layers"].items()
    }


def layer(name: str) -> Layer:
    """Return the layer of this name.

    Raises
    ------
    UnknownDatasetError
        If the registry has no such layer; the message names the nearest one and lists all.
    """
    known = layers()
    plain = name.removeprefix("MarineRegions:").strip().lower()
    if plain in known:
        return known[plain]
    raise UnknownDatasetError(
        f"No layer is called {name!r}.{did_you_mean(plain, known)} Layers of Marine Regions: "
        f"{', '.join(known)}."
    )
