"""Built atlases in the cache: opened while what they were made from stays the same."""

import json
import os
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from eezkit._entry import MANIFEST, half_written, keep, open_entry, seen
from eezkit.atlas import Atlas
from eezkit.atlas.mapped import write_arrays
from eezkit.errors import AreaWarning, CacheError, EezkitWarning
from eezkit.sources import building
from eezkit.sources.cache import built as store
from layers import two_neighbours


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test alone."""
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file that an atlas is said to be made from."""
    file = tmp_path / "source.txt"
    file.write_text("first")
    return file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small file of zones."""
    import geopandas

    zones = {"geoname": ["A Zone", "B Zone"], "iso_sov1": ["AAA", "BBB"], "pol_type": ["200NM"] * 2}
    squares = [shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)]
    path = tmp_path / "zones.geojson"
    geopandas.GeoDataFrame(zones, geometry=squares, crs=4326).to_file(path)
    return path


class Builder:
    """Builds a small atlas and counts how often."""

    def __init__(self) -> None:
        self.n_built = 0

    def __call__(self) -> Atlas:
        self.n_built += 1
        return two_neighbours()


@pytest.fixture
def builder() -> Builder:
    """A builder that has built nothing."""
    return Builder()


def opened(source: Path, builder: Builder, **options: object) -> Atlas:
    """Open or build, without a word."""
    refresh = bool(options.pop("refresh", False))
    return store.open_or_build("test", [source], options, builder, refresh=refresh)


def test_it_is_built_once_and_then_mapped(source: Path, builder: Builder) -> None:
    atlases = [opened(source, builder) for _ in range(3)]
    assert builder.n_built == 1
    for atlas in atlases:
        assert atlas.folder == store.built_folder("test", [source], {})
        assert atlas.at(lon=1, lat=1, zone="AAA").inside is True


def test_other_options_are_another_atlas(source: Path, builder: Builder) -> None:
    one, other = opened(source, builder, strict=True), opened(source, builder, strict=False)
    assert builder.n_built == 2
    assert one.folder != other.folder


def test_folders_that_share_a_checksum_are_told_apart(
    source: Path, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zlib.crc32", lambda data: 7)
    opened(source, builder, strict=True)
    with pytest.warns(EezkitWarning, match="outdated"):
        opened(source, builder, strict=False)
    assert builder.n_built == 2


def test_a_changed_source_is_built_anew_and_said(source: Path, builder: Builder) -> None:
    opened(source, builder)
    source.write_text("second, longer")
    with pytest.warns(EezkitWarning, match=r"outdated.*built anew"):
        opened(source, builder)
    opened(source, builder)
    assert builder.n_built == 2


def test_a_change_that_keeps_the_size_is_seen(source: Path, builder: Builder) -> None:
    opened(source, builder)
    source.write_text("FIRST")
    os.utime(source, ns=(0, 0))
    with pytest.warns(EezkitWarning, match="outdated"):
        opened(source, builder)
    assert builder.n_built == 2


def test_a_source_only_touched_is_opened(
    source: Path, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(source, builder)
    os.utime(source, ns=(10**18, 10**18))
    opened(source, builder)
    assert builder.n_built == 1
    monkeypatch.setattr(store, "digest", lambda path: pytest.fail("hashed again"))
    opened(source, builder)


def test_opening_what_is_unchanged_hashes_nothing(
    source: Path, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(source, builder)
    monkeypatch.setattr("hashlib.sha256", lambda *_: pytest.fail("hashed"))
    monkeypatch.setattr("hashlib.file_digest", lambda *_: pytest.fail("hashed"))
    opened(source, builder)


def damage_manifest(folder: Path) -> None:
    (folder / MANIFEST).write_text("{")


def damage_length(folder: Path) -> None:
    os.truncate(open_entry(folder).file, 1000)


def damage_arrays(folder: Path) -> None:
    with open_entry(folder).file.open("r+b") as handle:
        handle.seek(1000)
        handle.write(b"\xff" * 8)


def damage_what_it_was_made_from(folder: Path) -> None:
    open_entry(folder).described({"nonsense": []})


def damage_kind(folder: Path) -> None:
    """A whole entry, and a whole file of arrays, but of no atlas."""
    about = open_entry(folder).about
    with half_written(folder, "arrays") as room:
        write_arrays(room / "x.bin", {"edges.ends": np.zeros(3)}, {})
        keep(folder, room / "x.bin", about, stem="arrays")


def damage_format(folder: Path) -> None:
    manifest = {**json.loads((folder / MANIFEST).read_bytes()), "format": 1}
    (folder / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    "damage",
    [
        damage_manifest,
        damage_length,
        damage_arrays,
        damage_what_it_was_made_from,
        damage_kind,
        damage_format,
    ],
)
def test_what_is_damaged_is_built_anew_and_said(
    source: Path, builder: Builder, damage: object
) -> None:
    folder = opened(source, builder).folder
    damage(folder)  # type: ignore[operator]
    with pytest.warns(EezkitWarning, match="built anew") as said:
        opened(source, builder)
    assert len(said) == 1
    opened(source, builder)
    assert builder.n_built == 2


def test_refresh_builds_anew_without_a_word(source: Path, builder: Builder) -> None:
    opened(source, builder)
    opened(source, builder, refresh=True)
    assert builder.n_built == 2


def test_a_source_that_changes_while_it_is_read_is_not_kept(source: Path) -> None:
    def build() -> Atlas:
        source.write_text("changed meanwhile")
        return two_neighbours()

    with pytest.warns(EezkitWarning, match="changed while it was read"):
        atlas = store.open_or_build("test", [source], {}, build)
    assert atlas.folder is None
    assert not store.built_folder("test", [source], {}).exists()


def test_what_the_builder_warned_of_is_said_each_time(source: Path) -> None:
    def build() -> Atlas:
        warnings.warn("An area is off.", AreaWarning, stacklevel=1)
        return two_neighbours()

    for _ in range(2):
        with pytest.warns(AreaWarning, match="An area is off"):
            store.open_or_build("test", [source], {}, build)


def test_a_cache_that_cannot_be_written_still_gives_an_atlas(
    source: Path, builder: Builder, cache: Path
) -> None:
    cache.write_text("a file where a folder should be")
    for _ in range(2):
        with pytest.warns(EezkitWarning, match="cannot be used.*built again next time"):
            atlas = opened(source, builder)
        assert atlas.folder is None
        assert atlas.at(lon=1, lat=1, zone="AAA").inside is True
    assert builder.n_built == 2


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_cache_is_opened_where_it_is_built(
    source: Path, builder: Builder, cache: Path
) -> None:
    folder = opened(source, builder).folder
    os.utime(source, ns=(10**18, 10**18))
    assert folder is not None
    folder.chmod(0o500)
    opened(source, builder)
    folder.chmod(0o700)
    assert builder.n_built == 1


def test_leftovers_of_killed_builders_are_swept_in_all_folders(
    source: Path, builder: Builder
) -> None:
    other = opened(source, builder, strict=True).folder
    assert other is not None
    left = other / ".arrays.abc"
    left.mkdir()
    (left / "arrays-1.bin").write_bytes(b"half")
    os.utime(left, (0, 0))
    opened(source, builder)
    assert not left.exists()
    open_entry(other).verify()


def test_what_was_built_from_a_file_that_is_gone_is_swept_a_week_later(
    source: Path, builder: Builder, tmp_path: Path
) -> None:
    gone = tmp_path / "gone.txt"
    gone.write_text("soon")
    old, young = opened(gone, builder).folder, opened(gone, builder, strict=True).folder
    assert old is not None
    assert young is not None
    gone.unlink()
    entry = open_entry(old)
    entry.described({**entry.about, "built": time.time() - 8 * 86_400})
    opened(source, builder)
    assert not old.exists()
    assert young.exists()


@pytest.mark.parametrize("home", ["~nobody/x", "~no-such-user/x"])
def test_without_a_home_the_answer_is_the_same(
    source: Path, builder: Builder, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("EEZKIT_CACHE_DIR", home)
    monkeypatch.setattr("os.mkdir", refuse)
    with pytest.warns(EezkitWarning, match="cannot be used") as said:
        atlas = opened(source, builder)
    assert len(said) == 1
    assert atlas.folder is None
    assert atlas.at(lon=1, lat=1, zone="AAA").inside is True


def refuse(*_: object) -> None:
    """As a disk that may not be written to."""
    raise PermissionError(13, "Permission denied")


PROGRAM = """
import sys
from pathlib import Path
from eezkit.sources.cache import built as store
sys.path.insert(0, "tests")
from layers import two_neighbours

def build():
    print("building", flush=True)
    if len(sys.argv) > 2:
        import resource
        limit = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    return two_neighbours()

atlas = store.open_or_build("test", [Path(sys.argv[1])], {}, build)
print("inside", atlas.at(lon=1, lat=1, zone="AAA").inside, "kept", atlas.folder is not None)
"""
ROOT = Path(__file__).parents[1]


def started(source: Path, *words: str) -> subprocess.Popen[str]:
    """Another process that opens or builds the same atlas."""
    run = [sys.executable, "-c", PROGRAM, source, *words]
    return subprocess.Popen(run, stdout=-1, stderr=-1, text=True, cwd=ROOT)


def test_two_processes_at_once_both_answer_and_one_whole_folder_is_left(
    source: Path, builder: Builder
) -> None:
    both = [started(source) for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=60)
        assert out.endswith("inside True kept True\n"), err
    folder = opened(source, builder).folder
    assert builder.n_built == 0
    assert folder is not None
    open_entry(folder).verify()


def test_a_process_killed_while_it_builds_leaves_the_next_one_to_build(
    source: Path, builder: Builder
) -> None:
    for delay in (0.0, 0.01, 0.02, 0.04):
        with started(source) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(delay)
            process.kill()
    folder = opened(source, builder).folder
    assert folder is not None
    open_entry(folder).verify()


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are POSIX")
def test_a_full_disk_still_gives_an_atlas(source: Path, builder: Builder) -> None:
    out, err = started(source, "3000").communicate(timeout=60)
    assert out.endswith("inside True kept False\n"), err
    assert "cannot be used: File too large" in err
    opened(source, builder)
    assert builder.n_built == 1


def test_build_reports_path_size_time_and_numbers(cache: Path, file: Path) -> None:
    first, second = building.build(file), building.build(file)
    assert first.is_new
    assert not second.is_new
    assert first.path == second.path
    assert first.path.is_relative_to(cache)
    assert first.n_bytes == sum(f.stat().st_size for f in first.path.iterdir())
    assert first.seconds == second.seconds > 0
    value = second.to_json()
    assert set(value) == {"path", "bytes", "seconds", "is_new", "zones", "vertices", "edges"}
    assert value["zones"] >= 1
    assert value["vertices"] >= 4
    assert value["edges"] >= 4
    json.dumps(value)


def test_build_verify_finds_damage_and_builds_anew(file: Path) -> None:
    built = building.build(file)
    arrays = open_entry(built.path).file
    data = bytearray(arrays.read_bytes())
    data[len(data) // 2] ^= 1
    arrays.write_bytes(data)
    # As if the disk had changed it by itself: nothing tells that anyone wrote.
    entry = open_entry(built.path)
    replace(entry, seen=seen(entry.file)).described(entry.about)
    assert not building.build(file).is_new
    with pytest.warns(EezkitWarning, match=r"SHA-256.*built anew"):
        assert building.build(file, verify=True).is_new
    assert not building.build(file, verify=True).is_new


def test_build_refresh_builds_anew(file: Path) -> None:
    building.build(file)
    assert building.build(file, refresh=True).is_new


def test_build_fails_where_nothing_can_be_kept(cache: Path, file: Path) -> None:
    cache.write_text("a file where a folder should be")
    with (
        pytest.warns(EezkitWarning, match="cannot be used"),
        pytest.raises(CacheError, match="cannot be kept"),
    ):
        building.build(file)
