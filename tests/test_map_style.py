"""Colours and patterns that everybody can tell apart, and the land that maps show."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
import shapely

from eezkit import maps
from eezkit.maps import style
from eezkit.maps.land import land_layer
from eezkit.zones import EdgeKind, Regime
from maps_cases import (
    decode,
)

ON_PANEL = ["ink", "quiet", "accent", "yes", "no", "focus"]
ON_SEA = ["ink", "quiet"]
MARKS = ["limit", "focus", "sole", "joint", "overlapping", "unknown"]


def contrast(colour: str, background: str) -> float:
    """Contrast ratio of two colours, ``#rrggbb``, as WCAG 2 defines it: 1 to 21."""
    lighter, darker = sorted((luminance(colour), luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1])
def test_text_and_lines_keep_the_contrast_of_wcag_aa(theme):
    colour = {name: pair[theme] for name, pair in style.COLOURS.items()}
    for name in ON_PANEL:
        assert contrast(colour[name], colour["panel"]) >= 4.5, name
    for name, ground in itertools.product(ON_SEA, ["sea", "land"]):
        assert contrast(colour[name], colour[ground]) >= 4.5, (name, ground)
    for name in MARKS:
        assert contrast(colour[name], colour["sea"]) >= 3.0, name


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def seen_by(colour: str, matrix: list[list[float]]) -> np.ndarray:
    """A colour as CIE Lab, as a colour-blind eye sees it (Machado 2009, severity 1)."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(matrix) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = (np.array(to_xyz) @ linear) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


PROTAN = [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
]
DEUTAN = [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.011820, 0.042940, 0.968881],
]


@pytest.mark.parametrize("matrix", [np.eye(3).tolist(), PROTAN, DEUTAN])
@pytest.mark.parametrize("theme", [0, 1])
def test_colour_blind_readers_tell_the_regimes_apart(matrix, theme):
    names = ["sole", "joint", "overlapping", "unknown"]
    seen = [seen_by(style.COLOURS[name][theme], matrix) for name in names]
    for (a, x), (b, y) in itertools.combinations(zip(names, seen, strict=True), 2):
        assert np.linalg.norm(x - y) > 10, (a, b)


def test_regimes_differ_by_pattern_and_every_kind_of_line_by_colour_or_dash():
    assert set(style.REGIMES) == set(Regime)
    patterns = [area.pattern for area in style.REGIMES.values()]
    assert len(set(patterns)) == len(patterns)
    assert {kind.value for kind in EdgeKind} <= set(style.LINES)
    looks = [(line.colour, line.dash) for line in style.LINES.values()]
    assert len(set(looks)) == len(looks)


def test_the_style_sheet_has_a_class_for_every_entry_of_the_table():
    sheet = style.style_sheet()
    for regime in Regime:
        assert f".eez-{regime.value}{{" in sheet
    for kind in style.LINES:
        assert f".eez-line-{kind}{{" in sheet
    own = Path(style.__file__).with_name("web").joinpath("controls.css").read_text()
    used = set(re.findall(r"var\(--eez-([a-z]+)\)", sheet + own)) - {"own"}
    assert used <= set(style.COLOURS)


def embedded_land() -> shapely.Geometry:
    layer = land_layer()
    polygons = []
    for rings in layer["parts"]:
        shell, *holes = (decode(ring, layer["decimals"]) for ring in rings)
        polygons.append(shapely.Polygon(shell, holes).buffer(0))
    return shapely.union_all(polygons)


def test_the_embedded_land_is_where_land_is():
    land = embedded_land()
    on_land = [(138.3, 36.2), (179.0, 67.5), (-100, 40), (20, -80), (-175.0, 67.0), (178.0, -17.9)]
    at_sea = [(155, 23.3), (0, 0), (-150, 30), (51.0, 42.0), (179.5, -25)]
    for lon, lat in on_land:
        assert land.contains(shapely.Point(lon, lat)) or land.contains(
            shapely.Point(lon + 360, lat)
        )
    for lon, lat in at_sea:
        assert not land.contains(shapely.Point(lon, lat)), (lon, lat)
    assert land_layer()["licence"] == "public domain"


def test_the_embedded_land_stays_small():
    assert Path(maps.__file__).with_name("land_50m.json").stat().st_size < 300_000
