"""A file downloaded by hand is as good as a fetched one, once it is known to be one."""

import shutil
import zipfile
from pathlib import Path

import pytest

from eezkit.errors import DataFormatError, DataNotFoundError, OptionError, UnknownDatasetError
from eezkit.sources.cache import datasets as cache
from eezkit.sources.marine_regions.adding import add_file
from wfs_server import OWS, empty_result_zip, zipped

NAMES = {
    "World_EEZ_v12_20231025.zip": "eez@12",
    "World_EEZ_v12_20231025_gpkg.zip": "eez@12",
    "World_EEZ_v12_20231025_LR.zip": "eez@12-LR",
    "World_EEZ_v11_20191118_HR_0_360.zip": "eez@11-0_360",
    "World_EEZ_v10_20180221.zip": "eez@10",
    "world_eez_v8_2014.zip": "eez@8",
    "World_12NM_v4_20231025.zip": "eez_12nm@4",
    "World_24NM_v4_20231025.zip": "eez_24nm@4",
    "World_Internal_Waters_v4_20231025.zip": "eez_internal_waters@4",
    "World_Archipelagic_Waters_v4_20231025.zip": "eez_archipelagic_waters@4",
    "World_High_Seas_v2_20241010.zip": "high_seas@2",
    "World_ECS_v1_20221013.zip": "ecs@1",
    "Intersect_EEZ_IHO_v5_20241010.zip": "eez_iho@5",
    "EEZ_land_union_v4_202410.zip": "eez_land@4",
    "World_Seas_IHO_v3.zip": "iho@3",
    "GOaS_v1_20211214.zip": "goas@1",
}


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))


def shapefile(n_features: int = 3) -> dict[str, bytes]:
    """Members of a nested zip; only what adding looks at is true in them."""
    table = b"\x03\x7b\x06\x1c" + n_features.to_bytes(4, "little") + bytes(24) + b"\r\x1a"
    folder = "World_EEZ_v12_20231025/eez_v12"
    return {f"{folder}.shp": b"shp" * 99, f"{folder}.shx": b"shx", f"{folder}.dbf": table}


def file(folder: Path, content: bytes, name: str = "World_EEZ_v12_20231025.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED])
def test_a_file_that_unpacks_to_too_much_or_all_at_once_is_not_added(
    tmp_path: Path, method: int
) -> None:
    path = tmp_path / "World_EEZ_v12_20231025.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("eez_v12.gpkg", bytes(10_000_000))
    with pytest.raises(DataFormatError, match=r"cannot be unpacked|would unpack to 0"):
        add_file(path, max_size=9_999_999)
    assert cache.find("eez@12") is None


@pytest.mark.parametrize(("file_name", "name"), NAMES.items())
def test_a_file_name_says_which_layer_and_version_it_is(
    tmp_path: Path, file_name: str, name: str
) -> None:
    dataset = add_file(file(tmp_path, zipped(shapefile()), file_name))
    assert dataset.name == name
    assert cache.get(name) == dataset


def test_an_added_file_is_a_copy_with_a_manifest(tmp_path: Path) -> None:
    path = file(tmp_path, zipped(shapefile(285)), "World_EEZ_v11_20191118.zip")
    dataset = add_file(str(path))
    assert dataset.path.suffix == ".zip"
    assert dataset.path.read_bytes() == path.read_bytes()
    path.unlink()
    dataset.verify()
    kept = dataset.manifest
    assert (kept.origin, kept.source) == ("file", "World_EEZ_v11_20191118.zip")
    assert (kept.layer, kept.version, kept.n_features) == ("eez", "11", 285)
    assert "10.14284/386" in kept.citation
    assert kept.decimals is None


def test_the_current_version_answers_to_the_name_of_the_layer(tmp_path: Path) -> None:
    assert add_file(file(tmp_path, zipped(shapefile()))) == cache.find("eez")


@pytest.mark.parametrize(
    ("asked", "file_name", "name"),
    [
        ("eez", "my download.zip", "eez@12"),
        ("eez@11", "my download.zip", "eez@11"),
        ("eez", "eez_v9.zip", "eez@9"),
        ("eez_boundaries", "World_EEZ_v12_20231025.zip", "eez_boundaries@12"),
    ],
)
def test_the_layer_can_be_said(tmp_path: Path, asked: str, file_name: str, name: str) -> None:
    path = file(tmp_path, zipped(shapefile()), file_name)
    assert add_file(path, layer=asked).name == name


def test_a_file_of_unknown_name_needs_a_layer(tmp_path: Path) -> None:
    path = file(tmp_path, zipped(shapefile()), "zones.zip")
    with pytest.raises(OptionError, match=r"'zones.zip' does not say.*World_EEZ_v….*--layer eez@"):
        add_file(path)
    with pytest.raises(UnknownDatasetError, match="Did you mean 'eez'"):
        add_file(path, layer="ezz@12")


def test_a_geopackage_is_taken_zipped_or_not(tmp_path: Path) -> None:
    content = b"SQLite format 3\0" + bytes(100)
    assert add_file(file(tmp_path, content, "World_EEZ_v12.gpkg")).path.suffix == ".gpkg"
    packed = file(tmp_path, zipped({"a/eez_v12.gpkg": content}), "World_EEZ_v12_gpkg.zip")
    assert add_file(packed).manifest.n_features is None
    assert len(cache.listed().datasets) == 1


def test_the_number_of_features_is_left_open_where_a_zip_has_two_shapefiles(
    tmp_path: Path,
) -> None:
    both = shapefile() | {k.replace("eez_v12", "lines_v12"): v for k, v in shapefile(9).items()}
    assert add_file(file(tmp_path, zipped(both))).manifest.n_features is None


def test_real_answers_of_the_service_can_be_added(shared_data: Path) -> None:
    folder = shared_data / "marineregions_wfs"
    shelf = add_file(folder / "ecs-6413d9a2.zip", layer="ecs@1")
    lines = add_file(folder / "ecs_boundaries-641d920c.zip", layer="ecs_boundaries@1")
    assert (shelf.manifest.n_features, lines.manifest.n_features) == (1, 1)
    assert shelf.manifest.doi == "10.14284/577"


@pytest.mark.parametrize(
    ("capture", "message"),
    [
        ("eez-13c29b58.zip", "refusal of the service.*Illegal property name: notvalidparameter"),
        ("eez-419caace.zip", "refusal of the service.*XML document structures"),
        ("eez-713ad0ad.zip", "refusal of the service.*Cannot cast java.lang.String"),
        ("eez-bd5bffb0.zip", "no feature in it: it is the service's answer to a filter"),
    ],
)
def test_real_failures_saved_as_zip_are_told_apart(
    shared_data: Path, capture: str, message: str
) -> None:
    with pytest.raises(DataFormatError, match=message):
        add_file(shared_data / "marineregions_wfs" / capture, layer="eez")
    assert cache.listed().datasets == ()


GOOD = zipped(shapefile())
BAD = {
    "a web page": (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "is a web page, not data"),
    "a log-in page": (b"  <html lang='en'>", "is a web page, not data"),
    "a refusal": (OWS.format(code="x", text="No &lt;way&gt;").encode(), "refusal.*: No <way>"),
    "an empty result": (empty_result_zip(), "no feature in it: it is the service's answer"),
    "an empty layer": (zipped(shapefile(0)), "no feature in it. Download"),
    "a zip cut off": (GOOD[: len(GOOD) // 2], "not a whole zip.*cut off while downloading"),
    "a zip with wrong bytes": (
        GOOD[:60] + b"\xff\xff" + GOOD[62:],
        "fails its check sum|cannot be unzipped",
    ),
    "nothing": (b"", r"not a whole zip file \(0 bytes\)"),
    "another file": (b'{"type": "FeatureCollection"}', "not a whole zip.*name it with --data"),
    "a zip of something else": (zipped({"a.txt": b"a"}), "neither a shapefile.*only a.txt"),
    "an empty zip": (zipped({}), "neither a shapefile.*only nothing"),
    "a shapefile alone": (zipped({"a.shp": b"a"}), r"a.shp without its .dbf and .shx"),
    "a table cut off": (zipped({"a.shp": b"", "a.SHX": b"", "a.dbf": b"abc"}), "cut off"),
    "what a Mac adds": (zipped({"__MACOSX/._a.shp": b"a"}), "neither a shapefile"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_what_is_no_data_is_refused_and_not_kept(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(DataFormatError, match=message):
        add_file(file(tmp_path, content))
    assert cache.listed().datasets == ()


def test_a_refused_file_leaves_what_was_there(tmp_path: Path) -> None:
    kept = add_file(file(tmp_path, GOOD))
    with pytest.raises(DataFormatError):
        add_file(file(tmp_path, GOOD[:200]))
    assert cache.get("eez") == kept


@pytest.mark.parametrize("name", ["absent.zip", "."])
def test_what_is_no_file_cannot_be_added(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataNotFoundError, match="There is no file"):
        add_file(tmp_path / name)


def test_a_fetch_takes_what_was_added_and_asks_nobody(tmp_path: Path) -> None:
    from eezkit.sources.marine_regions.fetching import fetch_files

    added = add_file(file(tmp_path, GOOD))
    assert fetch_files("eez", base_url="http://nowhere.invalid/") == added


def test_adding_leaves_the_file_where_it_was(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD)
    before = shutil.copy2(path, tmp_path / "copy").read_bytes()
    add_file(path)
    assert path.read_bytes() == before
