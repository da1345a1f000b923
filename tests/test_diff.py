"""What differs between two datasets: found where it is, and nothing where there is nothing."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eezkit.__main__ import run
from eezkit.atlas import Atlas
from eezkit.compare.diff import Difference, diff
from eezkit.errors import OptionError
from eezkit.zones import Party
from layers import CLAIM, A, B, atlas_of, square, two_neighbours, zone

N = 40_000
GLOBE_KM2 = 510_065_621.7241


def changed(before: Atlas, after: Atlas, **options: int) -> Difference:
    """Compare with positions enough for layers of ten degrees."""
    return diff(before, after, **{"n": N, **options})


def test_a_dataset_does_not_differ_from_itself() -> None:
    found = changed(two_neighbours(), two_neighbours())
    assert not found
    assert found.to_json()["differs"] is False
    assert found.share_by_sovereign == found.share_by_zone == 0.0
    assert found.n_positions == N
    assert N - 10 < found.n_at_sea <= N
    assert "No difference." in found.to_markdown()


def test_a_moved_boundary_changes_areas_and_answers_where_it_moved() -> None:
    before = atlas_of({A: square(0, -5, 10, 5), B: square(10, -5, 20, 5)})
    after = atlas_of({A: square(0, -5, 12, 5), B: square(12, -5, 20, 5)})
    found = changed(before, after)
    assert (found.added, found.gone, found.renamed) == ((), (), ())
    gain, loss = sorted(found.area_changes, key=lambda one: one.zone)
    assert (gain.zone, loss.zone) == (A.name, B.name)
    strip = gain.after_km2 / 12 * 2
    assert gain.change_km2 == pytest.approx(strip, rel=1e-9)
    assert loss.change_km2 == pytest.approx(-strip, rel=1e-9)
    (moved,) = found.by_sovereign
    assert (moved.before, moved.after) == (("BBB",), ("AAA",))
    assert 10 < moved.lon < 12
    assert -5 < moved.lat < 5
    expected = N * strip / GLOBE_KM2
    # Five standard deviations of a count.
    assert abs(moved.n_positions - expected) < 5 * math.sqrt(expected)
    assert moved.area_km2 == pytest.approx(moved.n_positions / N * GLOBE_KM2)
    assert found.share_by_sovereign == moved.n_positions / found.n_compared
    (by_zone,) = found.by_zone
    assert (by_zone.before, by_zone.after) == ((B.name,), (A.name,))


def test_zones_added_and_gone_are_named() -> None:
    before = atlas_of({A: square(0, -5, 10, 5), B: square(10, -5, 20, 5)})
    after = atlas_of({A: square(0, -5, 10, 5), CLAIM: square(40, -5, 50, 5)})
    found = changed(before, after)
    assert found.added == (CLAIM.name,)
    assert found.gone == (B.name,)
    assert {(one.before, one.after) for one in found.by_sovereign} == {
        (("BBB",), ()),
        ((), ("AAA", "BBB")),
    }


def test_a_claim_laid_over_a_zone_is_a_difference_of_sovereigns_and_zones() -> None:
    before = atlas_of({A: square(0, -5, 10, 5)})
    after = atlas_of({A: square(0, -5, 10, 5), CLAIM: square(5, -5, 10, 5)})
    found = changed(before, after)
    assert [(one.before, one.after) for one in found.by_sovereign] == [(("AAA",), ("AAA", "BBB"))]
    assert [one.after for one in found.by_zone] == [tuple(sorted((A.name, CLAIM.name)))]


def test_a_new_name_under_the_same_mrgid_is_a_renaming_and_moves_no_position() -> None:
    found = changed(
        atlas_of({A: square(0, -5, 10, 5)}),
        atlas_of({replace(A, name="New name"): square(0, -5, 10, 5)}),
    )
    assert found
    assert [(one.before, one.after, one.matched_by) for one in found.renamed] == [
        (A.name, "New name", "mrgid")
    ]
    assert found.by_zone == found.by_sovereign == ()
    assert found.added == found.gone == found.area_changes == ()


def test_without_mrgid_a_zone_is_known_by_its_parties() -> None:
    old, new = zone("Old name", "AAA"), zone("New name", "AAA")
    found = changed(atlas_of({old: square(0, 0, 9, 9)}), atlas_of({new: square(0, 0, 9, 9)}))
    assert [one.matched_by for one in found.renamed] == ["parties"]


def test_the_same_parties_far_away_are_another_zone() -> None:
    old, new = zone("Old name", "AAA"), zone("New name", "AAA")
    found = changed(atlas_of({old: square(0, 0, 9, 9)}), atlas_of({new: square(50, 0, 59, 9)}))
    assert found.renamed == ()
    assert (found.added, found.gone) == (("New name",), ("Old name",))


def test_without_mrgid_and_parties_a_zone_is_known_by_where_it_lies() -> None:
    old, new = zone("Old name", "AAA"), zone("New name", "BBB")
    found = changed(atlas_of({old: square(0, 0, 9, 9)}), atlas_of({new: square(0, 0, 9, 8)}))
    assert [one.matched_by for one in found.renamed] == ["overlap"]
    assert [(one.before, one.after) for one in found.by_sovereign] == [
        (("AAA",), ("BBB",)),
        (("AAA",), ()),
    ]


def test_zones_of_one_name_are_told_apart() -> None:
    one, other = zone("Same", "AAA"), zone("Same", "AAA", territory="Elsewhere")
    both = {one: square(0, 0, 9, 9), other: square(20, 0, 29, 9)}
    swapped = {other: square(0, 0, 9, 9), one: square(20, 0, 29, 9)}
    assert not changed(atlas_of(both), atlas_of(both))
    found = changed(atlas_of(both), atlas_of(swapped))
    assert found.by_sovereign == ()


def test_land_that_either_knows_is_not_at_sea() -> None:
    island = square(0, 0, 20, 20)
    with_land = atlas_of({A: square(-1, -1, 21, 21, island)}, land=[island])
    without = atlas_of({A: square(-1, -1, 21, 21, island)})
    found = changed(with_land, without)
    everywhere = changed(without, atlas_of({A: square(-1, -1, 21, 21)}))
    assert found.n_at_sea < 0.993 * N
    assert not found.by_zone
    assert [one.before for one in everywhere.by_zone] == [()]


def test_a_selection_is_compared_as_what_it_selects() -> None:
    whole = two_neighbours()
    found = changed(whole, whole.select("AAA"))
    assert found.gone == (B.name,)
    assert [(one.before, one.after) for one in found.by_sovereign] == [(("BBB",), ())]


def test_what_is_not_covered_is_not_compared() -> None:
    from eezkit.coverage import Coverage

    part = atlas_of({A: square(0, -5, 10, 5)}, coverage=Coverage.zones_only())
    found = changed(part, atlas_of({A: square(0, -5, 10, 5), B: square(10, -5, 20, 5)}))
    assert found.added == (B.name,)
    assert found.by_zone == ()
    assert found.n_compared < 0.02 * N


def test_positions_are_uniform_by_area_and_the_same_for_the_same_seed() -> None:
    from eezkit.compare.diff import _uniform

    lon, lat = _uniform(100_000, 3)
    assert np.array_equal(lat, _uniform(100_000, 3)[1])
    assert not np.array_equal(lat, _uniform(100_000, 4)[1])
    # On the ellipsoid half the area lies within 29.9 degrees of the equator, and less than
    # on a sphere: 30. A cap north of 60 N has 0.0667 of the whole.
    assert np.mean(lat > 60) == pytest.approx(0.0667, abs=0.003)
    assert np.mean(lat > 0) == pytest.approx(0.5, abs=0.008)
    assert np.mean(lon > 90) == pytest.approx(0.25, abs=0.007)


def test_no_positions_are_refused() -> None:
    with pytest.raises(OptionError, match="0 positions"):
        diff(two_neighbours(), two_neighbours(), n=0)


def test_the_markdown_escapes_and_shortens_its_tables() -> None:
    many = {zone(f"a|b {k}", "AAA", mrgid=100 + k): square(k, 0, k + 1, 1) for k in range(30)}
    text = changed(atlas_of({A: square(0, 50, 9, 59)}), atlas_of(many)).to_markdown()
    assert "## Added: 30" in text
    assert "| a\\|b 19 |\n" in text
    assert "| a\\|b 20 |\n" not in text
    assert "And 10 more." in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_the_json_is_json_and_says_all() -> None:
    before = atlas_of({A: square(0, -5, 10, 5), B: square(10, -5, 20, 5)})
    after = atlas_of({replace(A, name="New"): square(0, -5, 12, 5), CLAIM: square(30, 0, 40, 9)})
    value = json.loads(json.dumps(changed(before, after).to_json()))
    assert value["schema_version"] == 1
    assert value["differs"] is True
    assert value["added"] == [CLAIM.name]
    assert value["renamed"][0] == {
        "before": A.name, "after": "New", "mrgid": 1, "matched_by": "mrgid",
    }  # fmt: skip
    assert value["area_changes"][0]["change_km2"] > 0
    assert value["by_sovereign"][0]["n_positions"] > 0
    assert 0 < value["share_by_sovereign"] < 1


def test_parties_are_compared_by_code_not_by_how_a_source_writes_names() -> None:
    old = replace(zone("Old", "AAA"), parties=(Party("AAA", "AAA", "A-land"),))
    new = replace(zone("New", "AAA"), parties=(Party("AAA", "AAA", "Republic of A"),))
    found = changed(atlas_of({old: square(0, 0, 9, 9)}), atlas_of({new: square(0, 0, 9, 9)}))
    assert [one.matched_by for one in found.renamed] == ["parties"]


# -- on the command line ----------------------------------------------------------------------


def written(path: Path, east: float) -> str:
    """A GeoJSON file with the columns of the Marine Regions service and one zone."""
    import geopandas

    columns = {
        "mrgid": [8487], "geoname": ["Zone of A"], "pol_type": ["200NM"],
        "mrgid_ter1": [1], "mrgid_sov1": [1], "territory1": ["A"], "iso_ter1": ["AAA"],
        "sovereign1": ["A"], "iso_sov1": ["AAA"],
    }  # fmt: skip
    table = geopandas.GeoDataFrame(columns, geometry=[square(0, -5, east, 5)], crs="EPSG:4326")
    table.to_file(path, driver="GeoJSON")
    return str(path)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Two files that differ."""
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))
    return written(tmp_path / "a.geojson", 10), written(tmp_path / "b.geojson", 12)


def test_exit_0_means_no_difference_and_1_a_difference(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = files
    assert run(["data", "diff", a, a, "--positions", "5000"]) == 0
    assert "No difference." in capsys.readouterr().out
    assert run(["data", "diff", a, b, "--positions", "5000"]) == 1
    assert "Of another area: 1" in capsys.readouterr().out


def test_exit_2_means_failure(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["data", "diff", files[0], "nowhere.geojson"]) == 2
    assert run(["data", "diff", files[0], files[1], "--positions", "0"]) == 2
    assert capsys.readouterr().out == ""


def test_json_seed_and_output_do_what_they_say(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = files
    words = ["data", "diff", a, b, "--positions", "60000", "--json"]
    assert run(words) == 1
    first = json.loads(capsys.readouterr().out)
    assert first["n_positions"] == 60_000
    assert run([*words, "--seed", "5", "-o", str(tmp_path / "out.json")]) == 1
    capsys.readouterr()
    second = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert second["n_compared"] != first["n_compared"]


def test_build_prints_the_folder_and_says_the_rest(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["data", "build", files[0]]) == 0
    said = capsys.readouterr()
    folder = Path(said.out.strip())
    assert folder.is_dir()
    assert "1 zones" in said.err
    assert run(["data", "build", files[0], "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["path"] == str(folder)
    assert value["is_new"] is False
    assert run(["data", "build", files[0], "--json", "--refresh"]) == 0
    assert json.loads(capsys.readouterr().out)["is_new"] is True


def test_build_verify_says_what_is_damaged_on_stderr(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["data", "build", files[0]]) == 0
    folder = Path(capsys.readouterr().out.strip())
    (arrays,) = folder.glob("arrays-*.bin")
    data = bytearray(arrays.read_bytes())
    data[100] ^= 1
    arrays.write_bytes(data)
    assert run(["data", "build", files[0]]) == 0
    assert "damaged in" in capsys.readouterr().err  # what was written to is read through at once
    assert run(["data", "build", files[0], "--verify"]) == 0
    assert "damaged" not in capsys.readouterr().err


def test_the_group_lists_both_commands() -> None:
    from eezkit.cli.data import data

    out = CliRunner().invoke(data, ["--help"]).output
    assert " build " in out
    assert " diff " in out
