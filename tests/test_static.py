"""Pictures on paper: the plane keeps areas and pieces, the files keep their bytes."""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod

from eezkit.errors import MissingExtraError, OptionError
from eezkit.maps.land import land_polygons
from eezkit.maps.paper import static
from eezkit.maps.paper.plane import Plane, plane_for, polar_plane
from eezkit.maps.paths import Box, draw_whole
from maps_cases import answer_in, circle, legs, sea, torn, zone_table

CENTRES = [(153.98, 24.29), (179.9, -17.0), (-30.0, 65.0), (-75.0, -35.0), (0.0, 85.0)]


def plane_at(lon: float, lat: float, *, half: float = 5.0) -> Plane:
    box = Box(lon - half, max(lat - half, -90), lon + half, min(lat + half, 90))
    return plane_for(box, aspect=1.4)


# -- the plane ------------------------------------------------------------------------------


@pytest.mark.parametrize(("lon", "lat"), CENTRES)
def test_a_zone_keeps_its_area_and_is_one_piece(lon, lat):
    shape = circle(lon, lat, 370_400.0, n=720)
    (drawn,) = plane_at(lon, lat, half=20.0).drawn([draw_whole(torn(shape))])
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(shape.reverse())
    assert len(shapely.get_parts(drawn)) == 1
    # The rim has corners, and its edges are straight in degrees: that is worth 1 in 10,000.
    assert drawn.area == pytest.approx(abs(area), rel=1e-4)


@pytest.mark.parametrize(("lon", "lat"), CENTRES)
def test_positions_come_back_from_the_plane(lon, lat):
    plane = plane_at(lon, lat)
    x = np.linspace(plane.extent[0], plane.extent[2], 7)
    back = plane.forward(*plane.back(x, x[::-1] / 2))
    assert np.abs(back[0] - x).max() < 0.01  # metres; PROJ's inverse is a series
    assert np.abs(back[1] - x[::-1] / 2).max() < 0.01


@pytest.mark.parametrize(
    ("lon", "lat", "what"),
    [
        (139.0, 36.0, True),
        (134.0, -25.0, True),
        (-40.0, 72.0, True),
        (0.0, -75.0, True),
        (-100.0, -50.0, False),
        (155.0, 23.3, False),
        (-30.0, 30.0, False),
        (-70.0, -50.0, True),  # its antipode is in Asia: the land turns inside out
        (75.0, -46.0, False),
    ],
)
def test_land_is_land_in_the_plane_wherever_the_antipode_is(lon, lat, what):
    plane = plane_at(lon, lat, half=8.0)
    land = shapely.union_all(plane.drawn(land_polygons()))
    x, y = plane.forward(lon, lat)
    assert shapely.contains_xy(land, float(x), float(y)) is np.bool_(what)


def test_the_window_of_the_world_loses_no_area_at_its_edge():
    plane = plane_for(Box(-180, -90, 180, 90), aspect=1.6)
    assert plane.kind == "world"
    shape = circle(179.0, -17.0, 370_400.0)
    (drawn,) = plane.drawn([draw_whole(torn(shape))])
    assert len(shapely.get_parts(drawn)) == 2
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(shape.reverse())
    assert drawn.area == pytest.approx(abs(area), rel=2e-4)


def test_a_polar_view_shows_the_pole_in_its_middle():
    for pole in (90, -90):
        plane = polar_plane(pole)
        assert plane.forward(0.0, float(pole)) == pytest.approx((0.0, 0.0), abs=1e-6)
        meridians = [line for line in plane.graticule() if line.is_meridian]
        assert len(meridians) == 12
        assert {line.name for line in meridians} >= {"0°", "90°E", "90°W", "180°"}


@pytest.mark.parametrize(("lon", "lat"), CENTRES)
def test_a_graticule_has_a_few_lines_each_way(lon, lat):
    lines = plane_at(lon, lat).graticule()
    n_meridians = sum(line.is_meridian for line in lines)
    assert 3 <= n_meridians <= 13
    assert 3 <= len(lines) - n_meridians <= 12
    assert len({line.name for line in lines}) == len(lines)


# -- the figures ----------------------------------------------------------------------------


def words(figure) -> str:
    axes = figure.axes[0]
    texts = [*figure.texts, *axes.texts, *axes.get_legend().get_texts()]
    return "\n".join(text.get_text() for text in texts)


@pytest.fixture
def _matplotlib() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib (the extra plot) is not installed")


@pytest.mark.usefixtures("_matplotlib")
@pytest.mark.parametrize("dark", [False, True])
def test_a_position_is_drawn_as_on_the_page(dark):
    atlas = sea()
    figure = static.position_figure(
        answer_in(atlas), atlas, title="The site", nearby=legs(atlas), dark=dark
    )
    said = words(figure)
    for text in ("Inside the zone of JPN by 119.0", "The site", "Outer limit, 200 nmi", "Far Town"):
        assert text in said
    assert "119.0\xa0nmi" in said.split("\n")
    assert "Not for legal or navigational use" in said
    for label in (
        "one claimant in these data",
        "outer limit",
        "12 nmi, territorial sea",
        "the position",
    ):
        assert label in said.split("\n")


@pytest.mark.usefixtures("_matplotlib")
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_the_same_figure_gives_the_same_bytes(tmp_path: Path, suffix):
    atlas = sea()
    files = [
        static.save_figure(static.position_figure(answer_in(atlas), atlas), tmp_path / name)
        for name in (f"a.{suffix}", f"b.{suffix}")
    ]
    a, b = (file.read_bytes() for file in files)
    assert a == b
    assert len(a) < 1_000_000


@pytest.mark.usefixtures("_matplotlib")
def test_every_regime_is_in_the_key_with_its_own_pattern():
    figure = static.zones_figure(zone_table(), title="Zones")
    handles = figure.axes[0].get_legend().legend_handles
    assert len({handle.get_hatch() for handle in handles}) == 4
    assert {"one claimant in these data", "joint regime", "overlapping claims"} <= set(
        words(figure).split("\n")
    )


@pytest.mark.usefixtures("_matplotlib")
@pytest.mark.parametrize("view", ["arctic", "antarctic"])
def test_polar_views_are_drawn(tmp_path: Path, view):
    belt = geopandas.GeoDataFrame(
        {"name": ["North", "South"]},
        geometry=[shapely.box(-180, 70, 180, 80), shapely.box(-180, -70, 180, -60)],
        crs="EPSG:4326",
    )
    figure = static.zones_figure(belt, view=view, title=view)
    assert static.save_figure(figure, tmp_path / "polar.png", dpi=50).stat().st_size > 5_000


@pytest.mark.usefixtures("_matplotlib")
def test_a_position_across_180_degrees_fills_the_picture():
    atlas = sea(lon=179.9, lat=-17.0)
    figure = static.position_figure(answer_in(atlas, azimuth=90.0), atlas)
    left, right = figure.axes[0].get_xlim()
    assert right - left < 1_500_000


def test_what_cannot_be_drawn_is_said(tmp_path: Path):
    with pytest.raises(OptionError, match="'fit', 'arctic'"):
        static.zones_figure(zone_table(), view="top")
    with pytest.raises(OptionError, match="no zone to draw"):
        static.zones_figure(zone_table().iloc[:0])


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    for module in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=r"eezkit\[plot\]"):
        static.zones_figure(zone_table())


@pytest.mark.usefixtures("_matplotlib")
def test_a_file_of_another_kind_is_refused(tmp_path: Path):
    figure = static.zones_figure(zone_table())
    with pytest.raises(OptionError, match=r"\.png, \.svg, \.pdf"):
        static.save_figure(figure, tmp_path / "map.gif")
    assert list(tmp_path.iterdir()) == []
