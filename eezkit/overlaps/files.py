"""A file of areas or lines in, a table of shares out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eezkit._atomic import atomic_path
from eezkit.answers.cells import with_cells
from eezkit.errors import MissingExtraError, OptionError
from eezkit.overlaps.asking import overlap
from eezkit.overlaps.given import Edges
from eezkit.overlaps.rows import By
from eezkit.sources.files.opening import open_file

if TYPE_CHECKING:
    import pandas as pd

    from eezkit.atlas import Atlas

__all__ = ["Overlapped", "overlap_file"]

_SUFFIXES = {".csv": ",", ".tsv": "\t", ".txt": "\t"}


@dataclass(frozen=True, slots=True)
class Overlapped:
    """What was done with a file of areas.

    Parameters
    ----------
    n_areas, n_rows : int
        Areas and lines that were read; rows that were written.
    n_noted : int
        How many of them the column note has something to say of.
    edges : {"planar", "geodesic"}
        How edges of the areas were taken to run.
    by : {"zone", "set", "sovereign"}
    dataset, version : str
        Whose zones.
    """

    n_areas: int
    n_rows: int
    n_noted: int
    edges: Edges
    by: By
    dataset: str
    version: str

    def describe(self) -> str:
        """Say it in one line."""
        noted = f", {self.n_noted} with a note" if self.n_noted else ""
        return (
            f"{self.n_areas:,} areas, {self.n_rows:,} rows by {self.by}{noted}; edges "
            f"{self.edges}; zones of {' '.join(filter(None, [self.dataset, self.version]))}"
        )

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON has them."""
        return {
            "schema_version": 1,
            "areas": self.n_areas,
            "rows": self.n_rows,
            "noted": self.n_noted,
            "edges": self.edges,
            "by": self.by,
            "dataset": self.dataset,
            "version": self.version,
        }


def overlap_file(
    path: str | os.PathLike[str],
    output: str | os.PathLike[str],
    atlas: Atlas,
    *,
    by: By = "zone",
    edges: Edges | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    threads: int | None = None,
) -> Overlapped:
    """Write for each area or line of a file how much of it lies in which zone.

    Parameters
    ----------
    path : path-like
        Shapefile, GeoPackage, FlatGeobuf, GeoJSON, GeoParquet or another file that zones are read
        from, with polygons or lines, in any coordinate reference system.
    output : path-like
        Table to write: .csv, .tsv, .txt or .parquet; it appears whole or not at all.
    atlas : Atlas
        The zones.
    by : {"zone", "set", "sovereign"}
        As for `overlap`.
    edges : {"planar", "geodesic"}, optional
        How edges run; as the file itself says if None, and planar where it says nothing.
    layer, encoding : str, optional
        Of the file of areas.
    threads : int, optional

    Returns
    -------
    Overlapped

    Raises
    ------
    OptionError
        If the suffix of the output is unknown, or it is the input; else as of `overlap`.
    DataNotFoundError, DataFormatError
        As of reading zones.
    MissingExtraError
        If Parquet is to be written without pyarrow.
    """
    source, target = Path(path), Path(output)
    if target.suffix.lower() not in (*_SUFFIXES, ".parquet"):
        raise OptionError(
            f"{target.name}: cannot write {target.suffix or 'a file without suffix'}. Accepted "
            "are .csv, .tsv, .txt and .parquet."
        )
    if source.exists() and target.exists() and source.samefile(target):
        raise OptionError(f"{target.name} is the file of areas itself; name another output.")
    opened = open_file(source, layer=layer, encoding=encoding, shape="any")
    import geopandas

    areas = geopandas.GeoDataFrame(opened.fields, geometry=opened.geometry, crs="EPSG:4326")
    found = overlap(areas, atlas, by=by, edges=edges or _model(opened.edges), threads=threads)
    with atomic_path(target) as half:
        _write(found, half, target.suffix.lower())
    return Overlapped(
        len(areas),
        len(found),
        int((found["note"] != "").groupby(level=0).any().sum()),
        found.attrs["edges"],
        by,
        found.attrs["dataset"],
        found.attrs["version"],
    )


def _model(edges: str) -> Edges:
    return "geodesic" if edges == "geodesic" else "planar"


def _write(table: pd.DataFrame, path: Path, suffix: str) -> None:
    if suffix != ".parquet":
        with_cells(table).to_csv(
            path, sep=_SUFFIXES[suffix], index=False, encoding="utf-8", lineterminator="\n"
        )
        return
    try:
        table.to_parquet(path, index=False)
    except ImportError:
        raise MissingExtraError(
            "Writing Parquet needs pyarrow: pip install eezkit[parquet]"
        ) from None
