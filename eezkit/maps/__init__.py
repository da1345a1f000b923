"""Maps: folium layers in eezkit's style, pages that need no network, pictures for paper.

Every ``add_…`` function takes a folium map, adds a layer and gives the map back; users' own folium
layers may stand between them. `save` writes one self-contained HTML file. The ``…_figure``
functions draw the same with matplotlib, and `save_figure` writes PNG, SVG or PDF.
"""

from eezkit.maps.exploring import explore
from eezkit.maps.paper.static import position_figure, save_figure, zones_figure
from eezkit.maps.views import atlas_map, position_map
from eezkit.maps.web.areas import add_zones
from eezkit.maps.web.layers import add_limits, base_map
from eezkit.maps.web.marks import add_geodesic, add_positions, add_table, add_uncertainty
from eezkit.maps.web.page import save
from eezkit.maps.web.report_page import report_page
from eezkit.maps.writing import check_suffix, write_map
from eezkit.reports import Section

__all__ = [
    "Section",
    "add_geodesic",
    "add_limits",
    "add_positions",
    "add_table",
    "add_uncertainty",
    "add_zones",
    "atlas_map",
    "base_map",
    "check_suffix",
    "explore",
    "position_figure",
    "position_map",
    "report_page",
    "save",
    "save_figure",
    "write_map",
    "zones_figure",
]
