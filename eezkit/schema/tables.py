"""What comes out of a source: zones, or boundary lines, each with its geometry as published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eezkit.schema.parties import unique_codes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from eezkit.zones import EdgeKind, Party, Zone

__all__ = ["BoundaryLine", "LineTable", "ZoneTable"]


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """Zones as a source publishes them, one geometry each.

    Parameters
    ----------
    zones : tuple of Zone
    geometry : numpy.ndarray of shapely geometry, shape (n_zones,)
        Polygons and multipolygons in longitude and latitude (WGS 84, degrees), as published.
    layer : str or None
        The published layer, as Marine Regions calls it; None for another schema.
    layout : str
        "v8", "v9/v10", "v11/v12", "WFS", "eezkit" for what eezkit wrote itself, or "mapped" where
        `columns` said what is what.
    centres : numpy.ndarray of float64, shape (n_zones, 2)
        Longitude and latitude that the source gives as the middle of each zone; NaN for none.
    edges : str
        How edges run between vertices: "planar" (straight in longitude/latitude), "geodesic" or
        "loxodrome".
    """

    zones: tuple[Zone, ...]
    geometry: NDArray[np.object_]
    layer: str | None
    layout: str
    centres: NDArray[np.float64]
    edges: str = "planar"

    @property
    def codes(self) -> dict[str, str]:
        """ISO code of each name (casefolded) that has one and only one code in this table."""
        return unique_codes(
            pair
            for zone in self.zones
            for party in zone.parties
            for pair in (
                (party.sovereign_name, party.sovereign),
                (party.territory_name, party.territory),
            )
            if pair[0] != pair[1]
        )


@dataclass(frozen=True, slots=True)
class BoundaryLine:
    """A line of a boundary layer, with those on either side of it.

    Parameters
    ----------
    name : str
        As published.
    kind : EdgeKind
        A baseline counts as coast: it is the landward side of what is measured from it.
    parties : tuple of Party
        In the order of the source.
    published_kind : str
        The source's own word (LINE_TYPE).
    mrgids : tuple of int
        Identifiers of the zones that it bounds, where the source gives them.
    length_km : float or None
        Published length, in kilometres.
    """

    name: str
    kind: EdgeKind
    parties: tuple[Party, ...] = ()
    published_kind: str = ""
    mrgids: tuple[int, ...] = ()
    length_km: float | None = None


@dataclass(frozen=True, eq=False)
class LineTable:
    """Boundary lines as a source publishes them, one geometry each.

    Parameters
    ----------
    lines : tuple of BoundaryLine
    geometry : numpy.ndarray of shapely geometry, shape (n_lines,)
        Lines in longitude and latitude (WGS 84, degrees), as published.
    layer : str
        The published layer, as Marine Regions calls it.
    layout : str
        As of `ZoneTable`.
    """

    lines: tuple[BoundaryLine, ...]
    geometry: NDArray[np.object_]
    layer: str
    layout: str
