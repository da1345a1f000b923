"""A ring across ±180° that is not cut there has two readings; none is taken in silence."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import shapely

import eezkit
import published
from eezkit.__main__ import run
from eezkit.errors import DataFormatError, GeometryWarning, OptionError
from eezkit.limits import Baseline
from eezkit.sources import read_baseline
from eezkit.sources.files.layers import read_lines, read_table

RING = [(175, -20), (-175, -20), (-175, -10), (175, -10)]
"""10° wide across ±180°, 350° wide round the rest of the globe."""


def drawn(path: Path, *shapes: shapely.Geometry, **options: object) -> Path:
    rows = tuple(
        published.Row(f"Zone {n}", n + 1, "200NM", (published.by("Fiji", "FJI"),), shape, 1.0)
        for n, shape in enumerate(shapes)
    )
    table = published.frame(
        {"GEONAME": [row.name for row in rows], "POL_TYPE": ["200NM"] * len(rows),
         "TERRITORY1": ["Fiji"] * len(rows), "SOVEREIGN1": ["Fiji"] * len(rows)},
        [row.shape for row in rows], **options,
    )  # fmt: skip
    table.to_file(path)
    return path


def test_such_a_ring_is_refused_by_name_with_both_readings(tmp_path: Path) -> None:
    path = drawn(tmp_path / "z.geojson", shapely.box(0, 0, 1, 1), shapely.Polygon(RING))
    with pytest.raises(DataFormatError) as refused:
        read_table(path)
    said = str(refused.value)
    assert "1 zone drawn across ±180°" in said
    assert "'Zone 1': 10° wide, 1,1" in said
    assert "350° wide, 41,5" in said, "the area of a belt from 10 to 20 degrees, less a 36th"
    assert 'across_180="cut" or "as-drawn" (--across-180 cut)' in said


def test_either_reading_can_be_had(tmp_path: Path) -> None:
    path = drawn(tmp_path / "z.geojson", shapely.Polygon(RING))
    with pytest.warns(GeometryWarning, match=r"cut at ±180°: Zone 0"):
        cut, _ = read_table(path, across_180="cut")
    assert shapely.area(cut.geometry[0]) == pytest.approx(100)
    assert shapely.contains_xy(cut.geometry[0], [179, -179, 0], [-15, -15, -15]).tolist() == [
        True, True, False,
    ]  # fmt: skip
    kept, _ = read_table(path, across_180="as-drawn")
    assert shapely.area(kept.geometry[0]) == pytest.approx(3500)
    with pytest.raises(OptionError, match="across_180='split' is not one of"):
        read_table(path, across_180="split")


def test_a_hole_goes_with_its_shell(tmp_path: Path) -> None:
    hole = [(-178, -16), (-177, -16), (-177, -15), (-178, -15)]
    path = drawn(tmp_path / "z.gpkg", shapely.Polygon(RING, [hole]))
    with pytest.warns(GeometryWarning):
        cut, _ = read_table(path, across_180="cut")
    assert shapely.area(cut.geometry[0]) == pytest.approx(99)
    assert not shapely.contains_xy(cut.geometry[0], -177.5, -15.5)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(-180, -20, 180, 20),
        shapely.Polygon([(-180, -90), (180, -90), (180, -70), (60, -65), (-60, -65), (-180, -70)]),
        shapely.Polygon([(-170, -90), (175, -90), (60, -65), (-60, -65)]),
        shapely.MultiPolygon([shapely.box(175, 0, 180, 1), shapely.box(-180, 0, -175, 1)]),
        shapely.Polygon([(-175, 0), (0, 0), (175, 0), (175, 9), (0, 9), (-175, 9)]),
    ],
)
def test_what_can_be_read_in_one_way_only_is_read(tmp_path: Path, shape: shapely.Geometry) -> None:
    path = drawn(tmp_path / "z.gpkg", shape)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table, _ = read_table(path)
    assert shapely.area(table.geometry[0]) == pytest.approx(shapely.area(shape))


def test_a_ring_round_a_pole_that_is_not_cut_cannot_be_cut(tmp_path: Path) -> None:
    ring = [(-150, -70), (-50, -70), (50, -70), (150, -70)]
    path = drawn(tmp_path / "z.gpkg", shapely.Polygon(ring))
    with pytest.raises(DataFormatError, match="round a pole that is not cut at ±180°"):
        read_table(path)


def test_the_command_line_offers_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(drawn(tmp_path / "z.geojson", shapely.Polygon(RING)))]
    assert run(["check", "-15", "179.9", *data]) == 2
    assert "--across-180 cut" in capsys.readouterr().err
    assert run(["check", "-15", "179.9", "--zone", "Fiji", *data, "--across-180", "cut"]) == 0
    assert run(["check", "-15", "0", "--zone", "Fiji", *data, "--across-180", "as-drawn"]) == 0
    assert run(["check", "-15", "0", *data, "--across-180", "cut"]) == 3
    with pytest.warns(GeometryWarning):
        atlas = eezkit.load(data[1], across_180="cut")
    assert atlas.at(lon=180, lat=-15).zones


def test_lines_run_the_short_way(tmp_path: Path) -> None:
    columns = published.line_fields("eez_boundaries", ["Treaty"])
    path = tmp_path / "eez_boundaries.gpkg"
    published.frame(columns, [shapely.LineString([(175, 0), (-175, 1)])]).to_file(path)
    with pytest.warns(GeometryWarning, match="cut at ±180°"):
        table, _ = read_lines(path)
    assert shapely.length(table.geometry[0]) == pytest.approx(np.hypot(10, 1))


def test_land_behind_a_baseline_across_180_is_where_its_edges_are(tmp_path: Path) -> None:
    baseline = Baseline.from_geometry(shapely.Polygon(RING))
    inside = baseline.on_land(np.array([179.0, -179.0, 180.0, 0.0]), np.full(4, -15.0))
    assert inside.tolist() == [True, True, True, False]
    path = drawn(tmp_path / "z.gpkg", shapely.box(0, 0, 1, 1), shapely.Polygon(RING))
    with pytest.warns(GeometryWarning, match=r"jumps across ±180° in 1 of 2 features: 2\. .*short"):
        read_baseline(path)
