"""Take a file that was downloaded by hand into the cache, once it is known to be one.

Marine Regions hands out its files behind a form, which is for people; what they download is as
good as what `fetch_files` gets.
"""

from __future__ import annotations

import re
import shutil
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from eezkit._entry import disk_errors
from eezkit.errors import DataFormatError, DataNotFoundError, OptionError
from eezkit.sources.cache import datasets as cache
from eezkit.sources.files.containers import MAX_SIZE, check_packed
from eezkit.sources.marine_regions.registry import layer as registered
from eezkit.sources.marine_regions.registry import layers
from eezkit.sources.marine_regions.wfs import exception_text, is_html

if TYPE_CHECKING:
    import os

    from eezkit.sources.cache.datasets import CachedDataset
    from eezkit.sources.marine_regions.registry import Layer

__all__ = ["add_file"]

_GEOPACKAGE = b"SQLite format 3\0"
_VARIANTS = ("LR", "0_360")
"""Files of one version that differ: low resolution, longitudes from 0 to 360."""


def add_file(
    path: str | os.PathLike[str], *, layer: str | None = None, max_size: int | None = None
) -> CachedDataset:
    """Copy a downloaded file into the cache, where it answers to the name of its layer.

    Parameters
    ----------
    path : path-like
        A zip with a shapefile or GeoPackage in it, as Marine Regions hands it out, or a
        GeoPackage.
    layer : str, optional
        Which layer of the registry it is, with a version where that is not the current one:
        ``eez``, ``eez@11``. By default the file name says, as ``World_EEZ_v12_20231025.zip``.
    max_size : int, optional
        Bytes that a zip may unpack to; by default 2 GB.

    Returns
    -------
    CachedDataset
        Named ``eez@12``, or ``eez@12-LR`` for a variant of the version.

    Raises
    ------
    DataNotFoundError
        If there is no such file.
    DataFormatError
        If it is not what its name says: a web page, a refusal of the service, an empty result,
        a zip that is truncated, damaged, or without a layer in it.
    OptionError
        If the file name says of no layer that it is it, and `layer` was not given.
    UnknownDatasetError
        If the registry has no such layer.
    CacheError
        If the file could not be kept.
    """
    source = Path(path).expanduser()
    if not source.is_file():
        raise DataNotFoundError(f"There is no file {str(source)!r} to add.")
    chosen, version, variant = _recognised(source.name, layer)
    n_features = _count_features(source, MAX_SIZE if max_size is None else max_size)
    with cache.workroom() as room:
        copy = room / source.name
        with disk_errors(room):
            shutil.copyfile(source, copy)
        return cache.keep(
            copy,
            chosen,
            origin="file",
            source=source.name,
            version=version,
            variant=variant,
            n_features=n_features,
        )


def _recognised(file_name: str, asked: str | None) -> tuple[Layer, str, str]:
    """Return layer, version and variant, by what was asked or else by the file name."""
    said = re.search(r"_v0*(\d+)", file_name, re.IGNORECASE)
    variant = next((mark for mark in _VARIANTS if f"_{mark}" in file_name), "")
    if asked is not None:
        name, _, version = asked.partition("@")
        chosen = registered(name)
        return chosen, version or (said[1] if said else chosen.version), variant
    for candidate in layers().values():
        stem = candidate.file_stem.lower()
        if said and stem and file_name.lower().startswith(f"{stem}_v"):
            return candidate, said[1], variant
    stems = ", ".join(f"{known.file_stem}_v…" for known in layers().values() if known.file_stem)
    raise OptionError(
        f"The name {file_name!r} does not say which layer the file is; Marine Regions names them"
        f" {stems}. Say it with --layer, such as --layer eez or --layer eez@11."
    )


def _count_features(path: Path, max_size: int) -> int | None:
    """Check that a file holds a layer; return how many features, or None if that is not plain."""
    with path.open("rb") as handle:
        start = handle.read(1 << 16)
    if start.startswith(_GEOPACKAGE):
        return None
    if is_html(start):
        raise DataFormatError(
            f"{path.name} is a web page, not data: the download form, or a log-in page, was saved"
            " under the name of the file. Download it again in a browser and look at its size."
        )
    if (refusal := exception_text(start)) is not None:
        raise DataFormatError(
            f"{path.name} is not data but a refusal of the service, saved under this name:"
            f" {refusal}. Ask again with a filter the layer understands."
        )
    if not zipfile.is_zipfile(path):
        cause = "it was cut off while downloading" if start.startswith(b"PK") else "it is another"
        raise DataFormatError(
            f"{path.name} is not a whole zip file ({path.stat().st_size} bytes): {cause}. Expected"
            " the zip file from Marine Regions, or a GeoPackage; any other file of zones needs no"
            " adding: name it with --data."
        )
    return _count_in_zip(path, max_size)


def _count_in_zip(path: Path, max_size: int) -> int | None:
    try:
        with zipfile.ZipFile(path) as archive:
            check_packed(archive.infolist(), path.name, max_size)
            names = archive.namelist()
            damaged = archive.testzip()
            counts = [_count_in_shapefile(archive, name) for name in names if _is(name, ".shp")]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataFormatError(f"{path.name} cannot be unzipped: {error}.") from error
    if damaged is not None:
        raise DataFormatError(
            f"{path.name} is damaged: {damaged} in it fails its check sum. Download it again."
        )
    if counts and not any(counts):
        cause = "it is the service's answer to a filter that matches nothing"
        raise DataFormatError(
            f"{path.name} has no feature in it"
            f"{f': {cause}' if 'README.TXT' in names else ''}. Download it again."
        )
    if not counts and not any(_is(name, ".gpkg") for name in names):
        raise DataFormatError(
            f"{path.name} has neither a shapefile nor a GeoPackage in it, only"
            f" {', '.join(names[:5]) or 'nothing'}."
        )
    return counts[0] if len(counts) == 1 else None


def _count_in_shapefile(archive: zipfile.ZipFile, shp: str) -> int:
    """Read the number of features from the header of the table beside a .shp."""
    beside = {name.lower(): name for name in archive.namelist()}
    stem = str(PurePosixPath(shp).with_suffix("")).lower()
    missing = [suffix for suffix in (".dbf", ".shx") if stem + suffix not in beside]
    if missing:
        raise DataFormatError(
            f"{Path(archive.filename or '').name} has {shp} without its {' and '.join(missing)}."
            " Zip all files of the shapefile, or download it again."
        )
    with archive.open(beside[f"{stem}.dbf"]) as table:
        header = table.read(8)
    if len(header) < 8:
        raise DataFormatError(f"{beside[f'{stem}.dbf']} is cut off. Download the file again.")
    return int(struct.unpack("<I", header[4:])[0])


def _is(name: str, suffix: str) -> bool:
    return PurePosixPath(name).suffix.lower() == suffix and not name.startswith("__MACOSX")
