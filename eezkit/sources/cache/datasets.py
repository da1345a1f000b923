"""Datasets in the cache: fetched or added once, each an entry with a manifest that says what it is.

A dataset answers to a name: ``eez`` (the version of the registry), ``eez@11``, ``eez:JPN``.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from eezkit import _entry
from eezkit._entry import Entry, open_entry
from eezkit.errors import CacheError, DataNotFoundError
from eezkit.sources.cache.room import cache_dir
from eezkit.sources.marine_regions.cql import as_published
from eezkit.sources.marine_regions.registry import layer as registered
from eezkit.sources.marine_regions.registry import layers
from eezkit.zones import Provenance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eezkit.sources.marine_regions.registry import Layer

__all__ = [
    "CachedDataset",
    "Listed",
    "Manifest",
    "cache_dir",
    "clear",
    "dataset_name",
    "describe",
    "find",
    "get",
    "keep",
    "listed",
    "with_lines",
    "workroom",
]

SCHEMA_VERSION = 1
_NAME = re.compile(r"(?P<layer>\w+)(?:@(?P<edition>[\w.-]+))?(?::(?P<selection>.+))?")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a cached dataset is, where it came from, and on what terms it may be used.

    Parameters
    ----------
    name : str
        Full name in the cache, from `dataset_name`.
    layer, version, title : str
    origin : str
        "service" or "file".
    source : str
        Address of the service, or name of the file that was added.
    sovereign, where, cql : str or None
        The filter as asked for, and as it was sent.
    obtained : str
        When, in UTC.
    file : str
        Name of the data in the folder of the dataset.
    sha256 : str
    size : int
        Bytes.
    n_features : int or None
        None where counting would mean reading the file.
    decimals : int or None
        Decimals of a degree that the service wrote; None for a file.
    lines : str or None
        Name of the dataset of lines by which the edges of the zones are told, if any is.
    licence, citation, doi : str
    terms : tuple of str
    """

    name: str
    layer: str
    version: str
    title: str
    origin: str
    source: str
    sovereign: str | None
    where: str | None
    cql: str | None
    obtained: str
    file: str
    sha256: str
    size: int
    n_features: int | None
    decimals: int | None
    lines: str | None
    licence: str
    citation: str
    doi: str
    terms: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as commands print it."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self), "terms": list(self.terms)}


@dataclass(frozen=True, slots=True)
class CachedDataset:
    """Data on this machine, and their manifest."""

    entry: Entry
    manifest: Manifest

    @property
    def path(self) -> Path:
        """The data."""
        return self.entry.file

    @property
    def name(self) -> str:
        """The full name, such as ``eez@12:JPN``."""
        return self.manifest.name

    def check(self) -> None:
        """Read the data through if anyone may have written to them since they were kept.

        Raises
        ------
        CacheError
            If they are not what was kept.
        """
        with _advice(self.name):
            self.entry.check()

    def verify(self) -> None:
        """Read the data through and compare them with the manifest.

        Raises
        ------
        CacheError
            If they are not what was kept.
        """
        with _advice(self.name):
            self.entry.verify()

    def provenance(self) -> Provenance:
        """Return where the dataset comes from, as answers carry it."""
        return Provenance(
            name=f"Marine Regions {self.manifest.layer}",
            version=self.manifest.version,
            basis="published",
            licence=self.manifest.licence,
            citation=self.manifest.citation,
            source=self.manifest.source,
            notes=self.manifest.terms,
            lines=self.manifest.lines or "",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the manifest and the path."""
        return {**self.manifest.to_json(), "path": str(self.path)}


def dataset_name(
    layer: str, edition: str, *, sovereign: str | None = None, where: str | None = None
) -> str:
    """Return the full name of a dataset: layer, edition and filter, nothing else.

    Parameters
    ----------
    layer : str
    edition : str
        The version, and what else tells files of one version apart ("12", "12-LR").
    sovereign, where : str, optional
        The filter. A filter in CQL enters the name as a hash.
    """
    parts = [] if sovereign is None else [as_published(sovereign)]
    if where is not None:
        parts.append(f"where-{hashlib.sha256(where.encode()).hexdigest()[:8]}")
    return f"{layer}@{edition}" + (f":{'+'.join(parts)}" if parts else "")


def find(name: str) -> CachedDataset | None:
    """Return the cached dataset of this name, or None.

    Parameters
    ----------
    name : str
        As in ``eez``, ``eez@11``, ``eez:JPN``; without an edition, the one of the registry.

    Raises
    ------
    CacheError
        If it is there but damaged.
    """
    full_name = _full_name(name)
    with _advice(full_name):
        return _dataset_in(_room() / _stem(full_name))


def get(name: str) -> CachedDataset:
    """Return the cached dataset of this name.

    Raises
    ------
    DataNotFoundError
        If it is not cached; the message lists what is.
    CacheError
        If it is there but damaged.
    """
    found = find(name)
    if found is None:
        cached = ", ".join(dataset.name for dataset in listed().datasets) or "nothing"
        raise DataNotFoundError(
            f"{name!r} is not in the cache {cache_dir()}, which holds {cached}. Fetch it with"
            " `eezkit data fetch`, or add a downloaded file with `eezkit data add FILE`."
        )
    return found


class Listed(NamedTuple):
    """What lies in the cache: datasets by name, and why what else lies there is none."""

    datasets: tuple[CachedDataset, ...]
    damaged: tuple[CacheError, ...]


def listed() -> Listed:
    """Return every dataset in the cache, and an error for each that is damaged.

    Raises
    ------
    CacheError
        If the cache cannot be read.
    """
    found, damaged = [], []
    with _entry.disk_errors(_room()):
        folders = sorted(_room().iterdir()) if _room().exists() else []
    for folder in folders:
        try:
            found.append(_dataset_in(folder))
        except CacheError as error:
            damaged.append(error)
    whole = sorted((one for one in found if one is not None), key=lambda dataset: dataset.name)
    return Listed(tuple(whole), tuple(damaged))


def describe(name: str) -> dict[str, Any]:
    """Return what is known of a dataset: its layer, and its manifest if it is cached.

    Raises
    ------
    UnknownDatasetError
        If the registry has no such layer.
    CacheError
        If it is cached but damaged.
    """
    match = _NAME.fullmatch(name.strip())
    known = registered(match["layer"] if match else name)
    cached = find(name)
    version = (match and match["edition"]) or known.version
    if cached is not None:
        version = cached.manifest.version
    return {
        **known.to_json(),
        "version": version,
        "doi": known.doi(version),
        "citation": known.citation(version),
        "cached": cached and cached.to_json(),
    }


def workroom() -> AbstractContextManager[Path]:
    """Give an empty folder in the cache in which to make a file; afterwards it is gone."""
    return _entry.half_written(_room(), "half")


def keep(
    file: Path,
    layer: Layer,
    *,
    origin: Literal["service", "file"],
    source: str,
    version: str | None = None,
    variant: str = "",
    sovereign: str | None = None,
    where: str | None = None,
    cql: str | None = None,
    n_features: int | None = None,
    decimals: int | None = None,
    sha256: str | None = None,
) -> CachedDataset:
    """Move a finished file from a `workroom` into the cache, in place of what had its name.

    Parameters
    ----------
    file : Path
    layer : Layer
    origin, source, version, sovereign, where, cql, n_features, decimals
        As in `Manifest`; the version is the layer's current one by default.
    variant : str
        What tells files of one version apart.
    sha256 : str, optional
        What the file must read back as.

    Raises
    ------
    CacheError
        If the disk refuses, or the file does not read back as it was written.
    """
    version = version or layer.version
    edition = f"{version}-{variant}" if variant else version
    name = dataset_name(layer.name, edition, sovereign=sovereign, where=where)
    stem = _stem(name)
    kept = _entry.keep(
        _room() / stem,
        file,
        {
            "name": name,
            "layer": layer.name,
            "version": version,
            "title": layer.title,
            "origin": origin,
            "source": source,
            "sovereign": sovereign,
            "where": where,
            "cql": cql,
            "obtained": datetime.now(UTC).isoformat(timespec="seconds"),
            "n_features": n_features,
            "decimals": decimals,
            "lines": None,
            "licence": layer.licence,
            "citation": layer.citation(version),
            "doi": layer.doi(version),
            "terms": list(layer.terms),
        },
        stem=stem,
        sha256=sha256,
    )
    _entry.sweep_room(_room())
    return _dataset(kept)


def with_lines(dataset: CachedDataset, lines: str | None) -> CachedDataset:
    """Say in the manifest of a dataset by which lines its edges are told, if by any."""
    if dataset.manifest.lines == lines:
        return dataset
    return _dataset(dataset.entry.described({**dataset.entry.about, "lines": lines}))


def clear(name: str | None = None) -> int:
    """Remove a dataset, or all of them, with what was built of it; return the bytes set free.

    Raises
    ------
    DataNotFoundError
        If there is no dataset of this name.
    """
    built = cache_dir() / "built"
    if name is None:
        folders = [*_room().glob("*"), *built.glob("*")]
    else:
        stem = _stem(_full_name(name))
        folders = [*_room().glob(stem), *built.glob(f"{stem}-*")]
        if not (_room() / stem).exists():
            get(name)
    with _entry.disk_errors(cache_dir()):
        return sum(_entry.remove(folder) for folder in folders)


def _room() -> Path:
    return cache_dir() / "datasets"


def _full_name(name: str) -> str:
    match = _NAME.fullmatch(name.strip())
    known = layers().get(match["layer"].lower()) if match else None
    if match is None or known is None:
        return name
    selection = match["selection"]
    return dataset_name(
        known.name,
        match["edition"] or known.version,
        sovereign=selection,
    )


def _stem(full_name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9@+-]+", "_", full_name)[:80]
    return f"{plain}-{hashlib.sha256(full_name.encode()).hexdigest()[:8]}"


def _dataset_in(folder: Path) -> CachedDataset | None:
    """Return the dataset in a folder, or None where its manifest or data are not there."""
    try:
        return _dataset(open_entry(folder))
    except CacheError as error:
        if isinstance(error.__cause__, FileNotFoundError) or not _room().is_dir():
            return None
        raise


def _dataset(entry: Entry) -> CachedDataset:
    """Return the dataset that an entry is."""
    about = entry.about
    try:
        stated = {**about, "terms": tuple(about["terms"])}
        manifest = Manifest(**stated, file=entry.file.name, sha256=entry.sha256, size=entry.size)
    except (TypeError, KeyError) as error:
        raise _entry.damaged(entry.folder, f"it is no dataset: {error!r}") from error
    return CachedDataset(entry, manifest)


@contextmanager
def _advice(name: str) -> Iterator[None]:
    """Add to an error of the cache how to get the dataset anew."""
    try:
        yield
    except CacheError as error:
        raise CacheError(
            f"{error} Get it anew: `eezkit data clear '{name}'`, then fetch or add it."
        ) from error
