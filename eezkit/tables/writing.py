"""The one writer of features: zones, limits and lines, in every format that people open.

Whatever the format, a file says where its contents come from and on what terms, appears whole or
not at all, and has the same bytes for the same features.
"""

from __future__ import annotations

import csv
import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eezkit._atomic import atomic_path
from eezkit.answers.cells import as_cell
from eezkit.errors import MissingExtraError, OptionError, SizeWarning

if TYPE_CHECKING:
    import geopandas

__all__ = ["SUFFIXES", "check_suffix", "rows_of", "save_features"]

SUFFIXES = (".geojson", ".gpkg", ".parquet", ".kml", ".shp")
"""What features can be written as."""

_NO_DATE = "1970-01-01T00:00:00.000Z"
_KEY = "eezkit"
"""Under which a file keeps what it says of itself."""
_DBF_WIDTH, _DBF_NAME = 254, 10


def check_suffix(path: str | os.PathLike[str], accepted: tuple[str, ...] = SUFFIXES) -> str:
    """Give the suffix of a path in lower case, if it is one that is accepted.

    Raises
    ------
    OptionError
        If it is not.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in accepted:
        raise OptionError(f"{path} does not end in {', '.join(accepted[:-1])} or {accepted[-1]}.")
    return suffix


def save_features(
    path: str | os.PathLike[str],
    frame: geopandas.GeoDataFrame,
    *,
    layer: str,
    about: Mapping[str, Any],
    style: str | None = None,
) -> None:
    """Write features to a file.

    Parameters
    ----------
    path : path-like
        Its suffix, one of `SUFFIXES` or ``.csv`` (without the geometry), decides the format.
    frame : geopandas.GeoDataFrame
        In longitude and latitude on WGS 84.
    layer : str
        What to call them, where the format has layers.
    about : mapping
        Where they come from and on what terms, as JSON can hold it: the member ``eezkit`` of
        GeoJSON, metadata of GeoPackage and GeoParquet, the description in KML; for CSV and
        shapefiles a file beside it, ``NAME-metadata.json``.
    style : str, optional
        A style of QGIS (QML), kept in a GeoPackage.

    Raises
    ------
    OptionError
        If the suffix is none of these.
    MissingExtraError
        If pyarrow is needed and not installed.

    Warns
    -----
    SizeWarning
        If texts were cut at the 254 bytes that a shapefile holds.

    Examples
    --------
    >>> import geopandas, shapely, tempfile
    >>> from pathlib import Path
    >>> frame = geopandas.GeoDataFrame(
    ...     {"zone": ["A"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4326")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_features(f"{folder}/a.csv", frame, layer="zones", about={"licence": "CC0"})
    ...     sorted(file.name for file in Path(folder).iterdir())
    ['a.csv', 'a.csv-metadata.json']
    """
    suffix = check_suffix(path, (*SUFFIXES, ".csv"))
    told = json.dumps(dict(about), ensure_ascii=False, allow_nan=False)
    with atomic_path(path) as temporary:
        if suffix == ".geojson":
            _write_geojson(temporary, frame, about)
        elif suffix == ".gpkg":
            _write_geopackage(temporary, frame, layer, about, told, style)
        elif suffix == ".parquet":
            _write_parquet(temporary, frame, told)
        elif suffix == ".kml":
            _write_kml(temporary, frame, layer, about)
        else:
            if suffix == ".csv":
                _write_csv(temporary, frame)
            else:
                _write_shapefile(temporary, frame)
            beside = temporary.with_name(f"{temporary.name}-metadata.json")
            text = json.dumps(dict(about), ensure_ascii=False, allow_nan=False, indent=2)
            beside.write_text(text + "\n", encoding="utf-8")


def rows_of(frame: geopandas.GeoDataFrame) -> list[dict[str, Any]]:
    """Give rows without their geometry; None where there is no value."""
    import pandas as pd

    table = pd.DataFrame(frame.drop(columns=frame.geometry.name)).astype(object)
    records = table.where(table.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in records]


def _write_geojson(path: Path, frame: geopandas.GeoDataFrame, about: Mapping[str, Any]) -> None:
    """A feature collection with a feature on each line, longitude first (RFC 7946)."""
    import shapely

    features = (
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in zip(rows_of(frame), frame.geometry, strict=True)
    )
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    said = json.dumps(dict(about), ensure_ascii=False, allow_nan=False)
    path.write_text(
        f'{{"type": "FeatureCollection", "{_KEY}": {said}, "features": [\n{lines}\n]}}\n',
        encoding="utf-8",
    )


def _write_geopackage(
    path: Path,
    frame: geopandas.GeoDataFrame,
    layer: str,
    about: Mapping[str, Any],
    told: str,
    style: str | None,
) -> None:
    import pandas as pd
    import pyogrio

    # A GeoPackage holds the time of its last change; the same features shall give the same bytes.
    with _gdal(OGR_CURRENT_DATE=_NO_DATE):
        pyogrio.write_dataframe(
            frame,
            path,
            layer=layer,
            driver="GPKG",
            layer_options={"DESCRIPTION": _in_words(about)},
            layer_metadata={_KEY: told},
        )
        if style is not None:
            row = {
                "f_table_catalog": "",
                "f_table_schema": "",
                "f_table_name": layer,
                "f_geometry_column": "geom",
                "styleName": layer,
                "styleQML": style,
                "styleSLD": "",
                "useAsDefault": True,
                "description": "",
                "owner": "",
                "ui": "",
                "update_time": pd.Timestamp(0),
            }
            styles = pd.DataFrame([row])
            pyogrio.write_dataframe(styles, path, layer="layer_styles", driver="GPKG", append=True)


def _write_parquet(path: Path, frame: geopandas.GeoDataFrame, told: str) -> None:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError(
            "Writing GeoParquet needs pyarrow: pip install eezkit[parquet]"
        ) from None
    frame.to_parquet(path, index=False)
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, _KEY: told}), path)


def _write_kml(
    path: Path, frame: geopandas.GeoDataFrame, layer: str, about: Mapping[str, Any]
) -> None:
    import pyogrio

    # What a placemark is called; the column of that name stays.
    first = next(name for name in frame.columns if name != frame.geometry.name)
    named = frame.assign(Name=frame[first].astype(str))
    options = {"NAME": layer, "DESCRIPTION": _in_words(about)}
    pyogrio.write_dataframe(named, path, layer=layer, driver="LIBKML", dataset_options=options)


def _write_shapefile(path: Path, frame: geopandas.GeoDataFrame) -> None:
    import pyogrio

    # Ten letters of a name, as `eezkit.schema.exported` reads them back.
    frame = frame.rename(columns={n: n[:_DBF_NAME] for n in frame if n != frame.geometry.name})
    cut = []
    for name in frame.select_dtypes(include=["object", "string"]).columns:
        texts = frame[name].fillna("")
        short = texts.map(
            lambda text: text.encode()[:_DBF_WIDTH].decode(errors="ignore")  # whole letters
        )
        if not short.equals(texts):
            cut.append(name)
        frame[name] = short
    pyogrio.write_dataframe(
        frame,
        path,
        driver="ESRI Shapefile",
        encoding="UTF-8",
        layer_options={"DBF_DATE_LAST_UPDATE": _NO_DATE[:10]},
    )
    if cut:
        warnings.warn(
            f"{path.name}: texts in {', '.join(cut)} were cut: a shapefile holds {_DBF_WIDTH} "
            "bytes of each. Write .gpkg to keep them whole.",
            SizeWarning,
            stacklevel=4,
        )


def _write_csv(path: Path, frame: geopandas.GeoDataFrame) -> None:
    rows = rows_of(frame)
    names = [name for name in frame.columns if name != frame.geometry.name]
    # With the mark at its beginning Excel takes it for UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([_field(row[name]) for name in names] for row in rows)


def _field(value: Any) -> Any:
    return as_cell(value) if isinstance(value, str) else value


def _in_words(about: Mapping[str, Any]) -> str:
    """What a file says of itself, for people: one sentence after another."""
    texts = []
    for name, value in about.items():
        if isinstance(value, Mapping):
            texts.append(_in_words(value))
        elif isinstance(value, str | int | float) and value != "":
            texts.append(f"{name}: {value}")
        elif isinstance(value, list | tuple):
            texts += map(str, value)
    return "; ".join(text for text in texts if text)


@contextmanager
def _gdal(**options: str) -> Iterator[None]:
    """Set options of GDAL for a while."""
    import pyogrio

    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
