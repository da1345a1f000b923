"""Fetch a layer of Marine Regions once; afterwards it comes from the cache.

This is the only part of eezkit that uses the network.
"""

from __future__ import annotations

import hashlib
import json
import math
from itertools import chain
from typing import TYPE_CHECKING, Any

from eezkit._entry import disk_errors
from eezkit.errors import FetchError, OptionError
from eezkit.sources.cache import datasets as cache
from eezkit.sources.marine_regions.cql import as_published, party_filter, where_filter
from eezkit.sources.marine_regions.registry import default_service
from eezkit.sources.marine_regions.registry import layer as registered
from eezkit.sources.marine_regions.transport import BY_HAND, MAX_SIZE
from eezkit.sources.marine_regions.wfs import connect

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from eezkit._progress import Progress
    from eezkit.sources.cache.datasets import CachedDataset
    from eezkit.sources.marine_regions.registry import Layer
    from eezkit.sources.marine_regions.wfs import Service

__all__ = ["DEFAULT_TIMEOUT", "check_axis_order", "fetch_files"]

DEFAULT_TIMEOUT = 60.0
"""Seconds of silence from the service."""


def fetch_files(
    layer: str,
    *,
    sovereign: str | None = None,
    where: str | None = None,
    lines: bool = True,
    refresh: bool = False,
    timeout: float = DEFAULT_TIMEOUT,
    max_size: int = MAX_SIZE,
    base_url: str | None = None,
    progress: Progress | None = None,
) -> CachedDataset:
    """Give a layer of Marine Regions as a file, from the cache or else from the service.

    Parameters
    ----------
    layer : str
        A name of the registry, such as ``eez``.
    sovereign : str, optional
        Only features that name this State among their parties, in whichever place: an ISO
        3166-1 alpha-3 code, or a name exactly as published.
    where : str, optional
        Only features that pass this filter, in CQL on the layer's own attributes.
    lines : bool
        Fetch with zones the layer of lines, if there is one, that says what each edge is; the
        manifest says whether edges are told by it. What was added by hand stays as it is.
    refresh : bool
        Fetch even if cached. The cached dataset is replaced only once the new one is whole.
    timeout : float
        Seconds of silence from the service after which a request is given up.
    max_size : int
        Bytes that the service may send for one layer.
    base_url : str, optional
        Address of another service with the same layers; a user's name and password in it are
        kept nowhere.
    progress : Progress, optional
        Told of features received and in all; its note is the bytes received.

    Returns
    -------
    CachedDataset
        Path of a GeoJSON file, longitude first, and its manifest. A dataset that was added by
        hand under the same name is returned as it was added.

    Raises
    ------
    UnknownDatasetError
        If the registry has no such layer.
    OptionError
        If the filter or the time-out makes no sense, or the layer cannot be filtered so.
    FetchError
        If the service did not give what was asked for, wholly and consistently.
    CacheError
        If the file could not be kept.

    Notes
    -----
    The number of features received equals what the service announced, each is told apart by the
    layer's key, and the file reads back as written. Coordinates are those of the service's GeoJSON:
    the manifest says to how many decimals of a degree (8 are 1.1 mm).
    """
    chosen = registered(layer)
    sovereign = None if sovereign is None else _stated(sovereign)
    where = None if where is None else where_filter(where)
    if not (math.isfinite(timeout) and timeout > 0):
        raise OptionError(f"timeout is {timeout:g}; expected seconds, more than 0.")
    name = cache.dataset_name(chosen.name, chosen.version, sovereign=sovereign, where=where)
    dataset = None if refresh else cache.find(name)
    if dataset is None:
        url = base_url or default_service()
        dataset = _fetch(chosen, sovereign, where, url, timeout, max_size, progress)
    if dataset.manifest.origin == "file":
        return dataset
    if not (lines and chosen.lines):
        return cache.with_lines(dataset, None)
    try:
        told_by = fetch_files(
            chosen.lines,
            refresh=refresh,
            timeout=timeout,
            max_size=max_size,
            base_url=base_url,
            progress=progress,
        )
    except FetchError as error:
        raise FetchError(
            f"The lines {chosen.lines} that say what the edges of {chosen.name} are cannot be"
            f" fetched: {error} Without them, as lines=False or --no-lines has it, what an edge is"
            " is found out from the zones and the coast."
        ) from error
    return cache.with_lines(dataset, told_by.name)


def _fetch(
    chosen: Layer,
    sovereign: str | None,
    where: str | None,
    url: str,
    timeout: float,
    max_size: int,
    progress: Progress | None,
) -> CachedDataset:
    with connect(url, timeout=timeout, max_size=max_size) as service, cache.workroom() as room:
        cql = _filter(service, chosen, sovereign, where)
        n_features = service.count(chosen, cql)
        if n_features == 0:
            raise FetchError(_nothing(chosen, cql))
        file = room / f"{chosen.name}.geojson"
        sha256, decimals = _write(file, service.pages(chosen, cql, n_features, progress), chosen)
        return cache.keep(
            file,
            chosen,
            origin="service",
            source=service.url,
            sovereign=sovereign,
            where=where,
            cql=cql,
            n_features=n_features,
            decimals=decimals,
            sha256=sha256,
        )


def _stated(sovereign: str) -> str:
    if not sovereign.strip():
        raise OptionError(f"sovereign={sovereign!r} says nothing; leave it out for every feature.")
    return as_published(sovereign.strip())


def _filter(service: Service, layer: Layer, sovereign: str | None, where: str | None) -> str | None:
    parts = []
    if sovereign is not None:
        # The columns are asked for: how many parties a layer names is the publisher's to change.
        parts.append(party_filter(layer, sovereign, service.attributes(layer)))
    if where is not None:
        parts.append(where)
    return " AND ".join(f"({part})" for part in parts) or None


def _nothing(layer: Layer, cql: str | None) -> str:
    if cql is None:
        return f"The service has no features in {layer.type_name} at present. {BY_HAND}"
    return (
        f"No feature of {layer.name} passes the filter {cql}. States go by ISO 3166-1 alpha-3 code"
        " (JPN, not JP) or by name exactly as published ('United States'); text in where= is"
        " compared letter for letter, so 'guam' is not 'Guam'."
    )


def _write(file: Path, pages: Iterable[list[dict[str, Any]]], layer: Layer) -> tuple[str, int]:
    """Write pages as one GeoJSON collection, a feature a line; return SHA-256 and decimals.

    What the service adds to a page (dates, identifiers made up for one answer) is left out, so
    the same data give the same bytes.
    """
    sha256 = hashlib.sha256()
    decimals = 0
    before = '{"type":"FeatureCollection","name":' + json.dumps(layer.name) + ',"features":[\n'
    with disk_errors(file.parent), file.open("wb") as handle:
        for feature in chain.from_iterable(pages):
            check_axis_order(feature, layer)
            decimals = max(decimals, _decimals(feature["geometry"]))
            kept = {key: feature.get(key) for key in ("type", "properties", "geometry")}
            line = before + json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
            handle.write(line.encode())
            sha256.update(line.encode())
            before = ",\n"
        handle.write(b"\n]}\n")
        sha256.update(b"\n]}\n")
    return sha256.hexdigest(), decimals


def check_axis_order(feature: dict[str, Any], layer: Layer) -> None:
    """Refuse a feature whose coordinates cannot be longitude first.

    Notes
    -----
    Latitudes beyond ±90° prove a swap. Elsewhere the label point that Marine Regions publishes
    with a feature is compared: it lies in the feature's bounding box, or would if swapped.
    """
    geometry = feature.get("geometry")
    if not geometry:
        return
    try:
        west, south, east, north = _bounds(geometry["coordinates"])
    except (LookupError, TypeError, ValueError, RecursionError) as error:
        raise FetchError(
            f"A feature of {layer.type_name} has a geometry that is not GeoJSON:"
            f" {str(geometry)[:80]}…"
        ) from error
    swapped = south < -90 or north > 90
    label = [_number(feature["properties"].get(name)) for name in layer.label_point]
    if label and None not in label:
        lon, lat = label

        def holds(x: float, y: float) -> bool:
            return west - 1 <= x <= east + 1 and south - 1 <= y <= north + 1

        swapped = swapped or (not holds(lon, lat) and holds(lat, lon))  # type: ignore[arg-type]
    if swapped or not (-180.001 <= west <= east <= 180.001):
        raise FetchError(
            f"The service sent latitude before longitude, or no degrees at all: a feature of"
            f" {layer.type_name} spans {west:g}…{east:g}, {south:g}…{north:g} where longitude,"
            f" latitude was asked for. Nothing was kept. {BY_HAND}"
        )


def _bounds(coordinates: Any) -> tuple[float, float, float, float]:
    first = coordinates[0]
    if not isinstance(first, list):
        raise TypeError("a position where a line was expected")
    if isinstance(first[0], list):
        wests, souths, easts, norths = zip(*map(_bounds, coordinates), strict=True)
        return min(wests), min(souths), max(easts), max(norths)
    lons, lats, *_ = zip(*coordinates, strict=True)
    return float(min(lons)), float(min(lats)), float(max(lons)), float(max(lats))


def _number(value: object) -> float | None:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _decimals(geometry: dict[str, Any] | None) -> int:
    """Return the most decimals among the first positions of a geometry."""
    line = geometry and geometry["coordinates"]
    while line and isinstance(line[0][0], list):
        line = line[0]
    return max((len(str(x).partition(".")[2]) for at in (line or ())[:100] for x in at), default=0)
