"""Maps: folium layers in eezkit's style, and pages that need no network.

Every ``add_…`` function takes a folium map, adds a layer and gives the map back; users' own folium
layers may stand between them. `save` writes one self-contained HTML file.
"""

from eezkit.maps.areas import add_zones
from eezkit.maps.layers import add_limits, base_map
from eezkit.maps.marks import add_geodesic, add_positions, add_table, add_uncertainty
from eezkit.maps.page import save
from eezkit.maps.views import atlas_map, position_map

__all__ = [
    "add_geodesic",
    "add_limits",
    "add_positions",
    "add_table",
    "add_uncertainty",
    "add_zones",
    "atlas_map",
    "base_map",
    "position_map",
    "save",
]
