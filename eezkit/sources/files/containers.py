"""What lies behind a path: a file, a folder, a zip; and which layer of it is meant."""

from __future__ import annotations

import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from eezkit.errors import (
    DataFormatError,
    DataNotFoundError,
    OptionError,
    UnknownDatasetError,
    closest,
)
from eezkit.sources.files.intact import (
    FORMATS,
    SIDECARS,
    TABLES,
    check_content,
    check_whole,
    content_of,
    shape_of,
    sidecars,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["MAX_SIZE", "Container", "check_packed", "choose_layer", "opened", "source_files"]

MAX_SIZE = 2_000_000_000
"""Bytes that an archive may unpack to, unless its user allows more."""

AnyPath = TypeVar("AnyPath", Path, PurePosixPath)


@dataclass(frozen=True, slots=True)
class Container:
    """A file that a driver can read, found behind a path.

    Parameters
    ----------
    path : pathlib.Path
        The file; in a temporary folder where it came out of a zip.
    shown : str
        What to call it in messages.
    layer : str or None
        Layer asked for and not yet found: for formats with several layers in a file.
    """

    path: Path
    shown: str
    layer: str | None

    @property
    def format(self) -> str:
        """Name of the format."""
        return (FORMATS | TABLES)[self.path.suffix.lower()]


@contextmanager
def opened(
    path: Path, layer: str | None, shape: str = "polygons", max_size: int = MAX_SIZE
) -> Iterator[Container]:
    """Find the one file behind a path that is meant, whole and with its sidecars.

    Parameters
    ----------
    path : pathlib.Path
        A file, a folder, or a zip.
    layer : str, optional
        Which of several.
    shape : {"polygons", "lines", "any"}
        What is wanted, where no layer is named; any may be a table of positions.
    max_size : int
        Bytes that an archive may unpack to.

    Yields
    ------
    Container
        Whatever a zip held is deleted afterwards.

    Raises
    ------
    DataNotFoundError
        If the path or a sidecar does not exist.
    DataFormatError
        If it is truncated, of an unknown format, or not what its name says.
    OptionError
        If several layers of polygons could be meant.
    UnknownDatasetError
        If there is no layer of that name.
    """
    if not path.exists():
        raise DataNotFoundError(f"{path} does not exist.{_near_path(path)}")
    if path.is_dir():
        yield _in_folder(path, layer, shape)
    elif not path.is_file():
        raise DataFormatError(f"{path} is neither a file nor a folder, but a device or a pipe.")
    elif path.suffix.lower() in (".zip", ".kmz"):
        check_content(path, path.name)
        with tempfile.TemporaryDirectory(prefix="eezkit-") as room:
            yield _in_zip(path, layer, shape, Path(room), max_size)
    else:
        yield _checked(path, path.name, layer, shape)


def source_files(path: Path) -> list[Path]:
    """Give every file that the answer of reading `path` depends on.

    Parameters
    ----------
    path : pathlib.Path
        A file, a folder, or a zip. It need not exist.
    """
    if path.is_dir():
        found = (file for pattern in ("*", "*/*") for file in path.glob(pattern))
        return sorted(file for file in found if file.is_file())
    if path.suffix.lower() == ".shp":
        return sorted({path, *sidecars(path).values()})
    return [path]


def _near_path(path: Path) -> str:
    if not path.parent.is_dir():
        return f" Nor does the folder {path.parent}."
    names = [entry.name for entry in path.parent.iterdir()]
    near = closest(path.name, names)
    near += [name for name in names if Path(name).stem == path.stem and name not in near]
    return f" Did you mean {' or '.join(near)}?" if near else f" The folder {path.parent} does."


def choose_layer(
    names: Sequence[str],
    shapes: Sequence[str],
    wanted: str | None,
    shown: str,
    shape: str = "polygons",
) -> int:
    """Choose a layer by name, else the only one of a shape, else the one of EEZs.

    Parameters
    ----------
    names, shapes : sequence of str
        Of each layer; a shape is "polygons", "lines", "points" or "" where unknown.
    wanted : str or None
        Name asked for, in any case; its version may be left out ("eez" for "eez_v12").
    shown : str
        What to call the container in messages.
    shape : {"polygons", "lines"}
        What is wanted, where no layer is named.

    Returns
    -------
    int
        Index of the layer.
    """
    listed = ", ".join(
        f"{name} ({shape})" if shape else name for name, shape in zip(names, shapes, strict=True)
    )
    if wanted is not None:
        folded = [name.casefold() for name in names]
        exact = [i for i, name in enumerate(folded) if name == wanted.casefold()]
        versioned = re.compile(re.escape(wanted.casefold()) + r"_v[0-9].*")
        found = exact or [i for i, name in enumerate(folded) if versioned.fullmatch(name)]
        if len(found) != 1:
            raise UnknownDatasetError(
                f"{shown} has {'several layers' if found else 'no layer'} {wanted!r}. "
                f"It has: {listed}."
            )
        return found[0]
    if not names:
        raise DataFormatError(f"{shown} has no layer in it. It may be truncated or damaged.")
    found = [i for i, known in enumerate(shapes) if known in (shape, "")]
    found = found or list(range(len(names)))
    if len(found) > 1:
        eez = re.compile(r"(world_)?eez(_boundaries)?(_v[0-9].*)?", re.IGNORECASE)
        found = [i for i in found if eez.fullmatch(names[i])] or found
    if len(found) > 1:
        raise OptionError(
            f"{shown} has several layers: {listed}. Say which with layer= (--layer), "
            f'for example layer="{names[found[0]]}", or give the path of one file.'
        )
    return found[0]


def _in_folder(path: Path, layer: str | None, shape: str) -> Container:
    files = (file for pattern in ("*", "*/*") for file in sorted(path.glob(pattern)))
    found = _readable((file for file in files if file.is_file()), shape)
    if not found:
        held = sorted(entry.name for entry in path.iterdir())[:10]
        raise DataFormatError(
            f"The folder {path} holds no file that can be read ({_accepted(shape)}); it holds "
            f"{', '.join(held) or 'nothing'}."
        )
    shapes = [_shape_of_file(file) for file in found]
    if len(found) == 1 and found[0].suffix.lower() != ".shp":
        return _checked(found[0], found[0].name, layer, shape)
    chosen = found[choose_layer([file.stem for file in found], shapes, layer, str(path), shape)]
    return _checked(chosen, chosen.name, None, shape)


def _in_zip(path: Path, layer: str | None, shape: str, room: Path, max_size: int) -> Container:
    """Take the one file that is meant out of a zip, with its sidecars."""
    try:
        with zipfile.ZipFile(path) as archive:
            packed = {
                PurePosixPath(one.filename): one for one in archive.infolist() if not one.is_dir()
            }
            members = list(packed)
            _refuse_empty_answer(archive, members, path.name)
            found = _readable(members, shape)
            if not found:
                held = ", ".join(str(member) for member in members[:10])
                raise DataFormatError(
                    f"{path.name} holds no file that can be read ({_accepted(shape)}); it "
                    f"holds {held or 'nothing'}."
                )
            if path.suffix.lower() == ".kmz":
                found = _main_of_kmz(archive, found)
            several = len(found) > 1 or found[0].suffix.lower() == ".shp"
            shapes = [shape_of(_head(archive, member)) for member in found]
            names = [member.stem for member in found]
            chosen = (
                found[choose_layer(names, shapes, layer, path.name, shape)] if several else found[0]
            )
            wanted = [
                member
                for member in members
                if member.parent == chosen.parent and member.stem == chosen.stem
            ]
            check_packed((packed[member] for member in wanted), path.name, max_size)
            for member in wanted:
                # No more comes out of a member than the size it is listed with.
                with archive.open(str(member)) as source, (room / member.name).open("wb") as f:
                    shutil.copyfileobj(source, f)
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OverflowError) as error:
        raise DataFormatError(
            f"{path.name} is a damaged or truncated zip ({error}). Download it again."
        ) from None
    except (RuntimeError, NotImplementedError, UnicodeDecodeError, OSError) as error:
        raise DataFormatError(
            f"{path.name} cannot be unpacked: {error}. Unpack it by hand and read the folder."
        ) from None
    shown = f"{path.name}/{chosen}"
    return _checked(room / chosen.name, shown, None if several else layer, shape)


def _main_of_kmz(archive: zipfile.ZipFile, found: list[PurePosixPath]) -> list[PurePosixPath]:
    """The document of a .kmz, or where that only lists others of the archive, these."""
    main = PurePosixPath("doc.kml")
    if main not in found or len(found) == 1:
        return found
    if b"<Placemark" in _head(archive, main, 1_000_000):
        return [main]
    return [member for member in found if member != main]


def _shape_of_file(file: Path) -> str:
    with file.open("rb") as handle:
        return shape_of(handle.read(100))


def _readable(paths: Iterable[AnyPath], shape: str) -> list[AnyPath]:
    """Keep what has a known extension: what may be anything only where nothing else is."""
    found = [path for path in paths if not path.name.startswith("._")]
    for known in (FORMATS.keys() - {".json"}, {".json"}, _tables(shape)):
        if chosen := [path for path in found if path.suffix.lower() in known]:
            return chosen
    return []


def _tables(shape: str) -> dict[str, str]:
    """A table holds positions: where areas or lines are wanted it is of no use."""
    return TABLES if shape == "any" else {}


def _accepted(shape: str) -> str:
    return ", ".join([*FORMATS, ".kmz", *_tables(shape)])


def check_packed(members: Iterable[zipfile.ZipInfo], shown: str, max_size: int = MAX_SIZE) -> None:
    """Refuse members of an archive that unpack to too much, or all at once.

    Raises
    ------
    DataFormatError
    """
    size = 0
    for member in members:
        size += member.file_size
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataFormatError(
                f"{shown} cannot be unpacked: {member.filename} is packed by method "
                f"{member.compress_type}; stored and deflate are accepted. Unpack it by hand and "
                "read the folder."
            )
    if size > max_size:
        raise DataFormatError(
            f"{shown} would unpack to {size / 1e9:,.2f} GB, more than the {max_size / 1e9:,.2f} GB "
            "that are accepted. If that is right, raise it: max_size= (--max-size 10GB)."
        )


def _head(archive: zipfile.ZipFile, member: PurePosixPath, count: int = 100) -> bytes:
    # Of these few bytes no more is unpacked than they are, however large the member is.
    check_packed([archive.getinfo(str(member))], str(archive.filename), 1 << 62)
    with archive.open(str(member)) as file:
        return file.read(count)


def _refuse_empty_answer(
    archive: zipfile.ZipFile, members: Sequence[PurePosixPath], shown: str
) -> None:
    """Recognise the zip in which the Marine Regions service says that nothing matched."""
    for member in members:
        if member.name.upper() == "README.TXT":
            text = _head(archive, member, 4096).decode("latin-1")
            if "query result is empty" in text:
                raise DataFormatError(
                    f"{shown} is the service's answer that no feature matched the filter: an "
                    "empty shapefile of points and a README.TXT. Check the filter's names and "
                    "values, and fetch again."
                )


def _checked(path: Path, shown: str, layer: str | None, shape: str) -> Container:
    suffix = path.suffix.lower()
    if suffix in SIDECARS and suffix != ".shp":
        raise DataFormatError(
            f"{shown} is a part of a shapefile. Give the path of the .shp beside it."
        )
    if suffix not in FORMATS | _tables(shape):
        like = content_of(path)
        hint = f" Its content looks like {like}." if like else ""
        raise DataFormatError(
            f"{shown} has the unknown extension {suffix or '(none)'}.{hint} Accepted: "
            f"{_accepted(shape)}, or a .zip or folder with one of them."
        )
    check_content(path, shown)
    check_whole(path, shown)
    return Container(path, shown, layer)
