"""The cache: datasets that were fetched or added once, each with a manifest that says what it is.

A dataset is two files: its data, under a name that carries their hash, and a manifest, which is
moved into place last and in one step. So a process killed at any moment leaves either the old
dataset or the new one, and two processes at once need no lock: they write the same bytes under
the same name. What a killed process leaves behind is swept up a day later.

A dataset answers to a name: ``eez`` (the version of the registry), ``eez@11``, ``eez:JPN``.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eezkit._atomic import atomic_path
from eezkit.errors import CacheError, DataNotFoundError, EezkitError
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
    "Manifest",
    "cache_dir",
    "clear",
    "dataset_name",
    "datasets",
    "describe",
    "digest",
    "disk_errors",
    "find",
    "get",
    "keep",
    "with_lines",
    "workroom",
]

SCHEMA_VERSION = 1
_NAME = re.compile(r"(?P<layer>\w+)(?:@(?P<edition>[\w.-]+))?(?::(?P<selection>.+))?")
_LEFTOVER_AGE = 86_400.0
"""Seconds after which a file that no manifest names belongs to nobody."""


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
        Name of the data beside the manifest.
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
        """Return the manifest as it is written."""
        return {"schema_version": SCHEMA_VERSION, **asdict(self), "terms": list(self.terms)}


@dataclass(frozen=True, slots=True)
class CachedDataset:
    """Data on this machine, and their manifest."""

    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The full name, such as ``eez@12:JPN``."""
        return self.manifest.name

    def verify(self) -> None:
        """Read the data and compare them with the manifest.

        Raises
        ------
        CacheError
            If they are not what was kept.
        """
        with disk_errors():
            found = digest(self.path)
        if found != self.manifest.sha256:
            raise CacheError(
                f"{self.path} is damaged: its SHA-256 is {found}, the manifest says"
                f" {self.manifest.sha256}. Get it anew: {_anew(self.name)}."
            )

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
    return _read(_folder() / f"{_stem(_full_name(name))}.json")


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
        cached = ", ".join(dataset.name for dataset in datasets()) or "nothing"
        raise DataNotFoundError(
            f"{name!r} is not in the cache {cache_dir()}, which holds {cached}. Fetch it with"
            " `eezkit data fetch`, or add a downloaded file with `eezkit data add FILE`."
        )
    return found


def datasets() -> tuple[CachedDataset, ...]:
    """Return every dataset in the cache, by name.

    Raises
    ------
    CacheError
        If one is damaged.
    """
    found = (_read(path) for path in sorted(_folder().glob("*.json")))
    return tuple(sorted((item for item in found if item is not None), key=lambda item: item.name))


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


@contextmanager
def workroom() -> Iterator[Path]:
    """Give an empty folder in the cache in which to make a file; afterwards it is gone."""
    with disk_errors():
        _folder().mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=".", dir=_folder()))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


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
    folder, stem = _folder(), _stem(name)
    before = None
    with suppress(CacheError):
        before = find(name)
    with disk_errors():
        found = digest(file)
        if sha256 not in (None, found):
            raise CacheError(f"What was written to {folder} does not read back the same.")
        path = folder / f"{stem}-{found[:12]}{file.suffix}"
        manifest = Manifest(
            name=name,
            layer=layer.name,
            version=version,
            title=layer.title,
            origin=origin,
            source=source,
            sovereign=sovereign,
            where=where,
            cql=cql,
            obtained=datetime.now(UTC).isoformat(timespec="seconds"),
            file=path.name,
            sha256=found,
            size=file.stat().st_size,
            n_features=n_features,
            decimals=decimals,
            lines=None,
            licence=layer.licence,
            citation=layer.citation(version),
            doi=layer.doi(version),
            terms=layer.terms,
        )
        with atomic_path(path) as target:
            file.replace(target)
        _write(manifest)
        if before is not None and before.path != path:
            before.path.unlink(missing_ok=True)
        _sweep()
    return CachedDataset(path, manifest)


def with_lines(dataset: CachedDataset, lines: str | None) -> CachedDataset:
    """Say in the manifest of a dataset by which lines its edges are told, if by any."""
    if dataset.manifest.lines == lines:
        return dataset
    manifest = replace(dataset.manifest, lines=lines)
    with disk_errors():
        _write(manifest)
    return CachedDataset(dataset.path, manifest)


def _write(manifest: Manifest) -> None:
    with atomic_path(_folder() / f"{_stem(manifest.name)}.json") as target:
        text = json.dumps(manifest.to_json(), indent=2, ensure_ascii=False)
        target.write_text(text, encoding="utf-8")


def clear(name: str | None = None) -> int:
    """Remove a dataset, or all of them, with what was built of it; return the bytes set free.

    Raises
    ------
    DataNotFoundError
        If there is no dataset of this name.
    """
    pattern = "*" if name is None else f"{_stem(_full_name(name))}*"
    files = sorted(_folder().glob(pattern), key=lambda path: path.suffix != ".json")
    if name is not None and not files:
        get(name)
    built = cache_dir() / "built"
    stems = ["*"] if name is None else [f"{p.stem}-*" for p in files if p.suffix != ".json"]
    files += [folder for stem in stems for folder in sorted(built.glob(stem))]
    freed = 0
    with disk_errors():
        for path in files:
            if path.is_dir():
                freed += sum(part.stat().st_size for part in path.iterdir() if part.is_file())
                shutil.rmtree(path, ignore_errors=True)
            else:
                freed += path.stat().st_size
                path.unlink(missing_ok=True)
    return freed


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn what the disk refuses into a `CacheError` that says what to do."""
    try:
        yield
    except (EezkitError, BrokenPipeError):
        # A pipe is whatever shows progress, not the disk.
        raise
    except OSError as error:
        raise _unusable(error) from error


def _unusable(error: OSError) -> CacheError:
    return CacheError(
        f"The cache {cache_dir()} cannot be used: {error.strerror or error}. Free some space or"
        " set the permissions right, or set EEZKIT_CACHE_DIR to another folder."
    )


def _folder() -> Path:
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


def _read(path: Path) -> CachedDataset | None:
    """Return the dataset of a manifest, or None where the manifest or the data are missing."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if (version := values.pop("schema_version")) != SCHEMA_VERSION:
            raise ValueError(f"schema_version {version}")
        manifest = Manifest(**{**values, "terms": tuple(values["terms"])})
        found = CachedDataset(path.with_name(manifest.file), manifest)
        size = found.path.stat().st_size
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(error) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CacheError(
            f"The manifest {path} is damaged, or of another version of eezkit ({error})."
            " Remove it with `eezkit data clear`, and fetch or add the dataset anew."
        ) from error
    if size != manifest.size:
        raise CacheError(
            f"{found.path} is damaged: it has {size} bytes, the manifest says {manifest.size}."
            f" Get it anew: {_anew(manifest.name)}."
        )
    return found


def _anew(name: str) -> str:
    return f"`eezkit data clear '{name}'`, then fetch or add it"


def _sweep() -> None:
    """Remove what killed processes left: files of no manifest, older than a day."""
    with suppress(CacheError):
        used = {dataset.path for dataset in datasets()}
        for path in _folder().iterdir():
            with suppress(FileNotFoundError):
                if path in used or time.time() - path.stat().st_mtime < _LEFTOVER_AGE:
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                elif path.suffix != ".json":
                    path.unlink()
