"""Datasets on this machine: found by name, whole or absent, whatever happened meanwhile."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eezkit._entry import MANIFEST, digest
from eezkit.errors import CacheError, DataNotFoundError, UnknownDatasetError
from eezkit.sources.cache import datasets as cache
from eezkit.sources.marine_regions.registry import layer

DAY = 86_400.0


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "cache"))


def keep(content: bytes, name: str = "eez", **options: str) -> cache.CachedDataset:
    with cache.workroom() as room:
        file = room / "some.zip"
        file.write_bytes(content)
        return cache.keep(file, layer(name), origin="file", source="some.zip", **options)


def folder() -> Path:
    return cache.cache_dir() / "datasets"


# Where


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EEZKIT_CACHE_DIR", "~/some/where")
    assert cache.cache_dir() == Path.home() / "some" / "where"


def test_the_cache_is_else_the_users_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EEZKIT_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache.cache_dir().name == "eezkit"
    assert cache.cache_dir().is_relative_to(tmp_path)


def test_looking_makes_nothing() -> None:
    assert cache.listed().datasets == ()
    assert cache.find("eez") is None
    assert not cache.cache_dir().exists()


# Names


def test_a_layer_goes_by_its_name_and_by_its_version() -> None:
    kept = keep(b"twelve")
    assert kept.name == "eez@12"
    assert cache.find("eez") == cache.find("eez@12") == cache.find(" EEZ ") == kept


def test_versions_and_variants_do_not_stand_in_for_each_other() -> None:
    eleven = keep(b"eleven", version="11")
    low = keep(b"low", variant="LR")
    assert cache.find("eez") is None
    assert cache.find("eez@11") == eleven
    assert cache.find("eez@12-LR") == low
    assert (low.manifest.version, eleven.manifest.version) == ("12", "11")
    assert eleven.manifest.doi == "10.14284/386"


def test_a_new_version_in_the_registry_does_not_answer_with_the_old_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep(b"twelve")
    monkeypatch.setattr(type(layer("eez")), "version", property(lambda self: "13"), raising=True)
    assert cache.find("eez") is None
    assert cache.find("eez@12") is not None


def test_a_selection_is_part_of_the_name() -> None:
    kept = keep(b"japan", sovereign="JPN")
    assert kept.name == "eez@12:JPN"
    assert cache.find("eez:jpn") == kept
    assert cache.find("eez") is None
    assert cache.find("eez:Japan") is None
    both = keep(b"both", sovereign="Trinidad and Tobago", where="mrgid > 3")
    assert both.name.startswith("eez@12:Trinidad and Tobago+where-")
    assert cache.get(both.name) == both


@pytest.mark.parametrize("name", ["", "nonsense", "../../etc/passwd", "eez@", ":", "eez.zip", "é"])
def test_what_is_no_name_is_not_found(name: str) -> None:
    keep(b"twelve")
    assert cache.find(name) is None


def test_what_is_not_cached_is_an_error_that_lists_what_is() -> None:
    keep(b"japan", sovereign="JPN")
    with pytest.raises(DataNotFoundError, match=r"'eez:FJI'.*holds eez@12:JPN.*eezkit data fetch"):
        cache.get("eez:FJI")


def test_a_description_needs_no_data() -> None:
    known = cache.describe("eez@11")
    assert known["version"] == "11"
    assert known["doi"] == "10.14284/386"
    assert known["cached"] is None
    assert keep(b"x", version="11").to_json() == cache.describe("eez@11")["cached"]
    with pytest.raises(UnknownDatasetError, match="Did you mean 'goas'"):
        cache.describe("goass")


# Keeping


def test_what_is_kept_is_whole_and_its_workroom_is_gone() -> None:
    kept = keep(b"data")
    assert kept.path.read_bytes() == b"data"
    assert kept.manifest.sha256 == digest(kept.path)
    kept.verify()
    assert len(list(folder().iterdir())) == 1
    assert len(list(kept.path.parent.iterdir())) == 2


def test_the_new_takes_the_place_of_the_old() -> None:
    old = keep(b"old")
    new = keep(b"new")
    assert not old.path.exists()
    assert cache.listed().datasets == (new,)


def test_a_file_that_does_not_read_back_the_same_is_not_kept() -> None:
    with cache.workroom() as room:
        file = room / "x.zip"
        file.write_bytes(b"data")
        with pytest.raises(CacheError, match="does not read back the same"):
            cache.keep(file, layer("eez"), origin="file", source="x", sha256="0" * 64)
    assert list(folder().iterdir()) == []


def test_data_changed_on_disk_are_found_out() -> None:
    kept = keep(b"data")
    kept.path.write_bytes(b"dato")
    assert cache.find("eez") == kept
    with pytest.raises(CacheError, match=r"damaged.*SHA-256.*eezkit data clear 'eez@12'"):
        kept.check()
    with pytest.raises(CacheError, match=r"damaged.*SHA-256.*eezkit data clear 'eez@12'"):
        kept.verify()


DAMAGE = ["", "{", "[]", "{}", '{"format": 4, "name": "eez@12"}', "null"]


@pytest.mark.parametrize("manifest", DAMAGE)
def test_a_damaged_manifest_is_an_error_that_says_what_to_do(manifest: str) -> None:
    keep(b"data")
    (path,) = folder().glob(f"*/{MANIFEST}")
    path.write_text(manifest)
    with pytest.raises(CacheError, match=r"missing or damaged.*eezkit data clear 'eez@12'"):
        cache.find("eez")
    assert cache.clear("eez") > 0
    assert cache.find("eez") is None


@pytest.mark.parametrize("manifest", DAMAGE)
def test_one_damaged_dataset_does_not_hide_the_others(manifest: str) -> None:
    good = keep(b"data", name="goas")
    (keep(b"data").path.parent / MANIFEST).write_text(manifest)
    (folder() / "garbage").write_text("garbage")
    (folder() / "nothing").mkdir()
    found = cache.listed()
    assert found.datasets == (good,)
    assert len(found.damaged) == 2
    with pytest.raises(DataNotFoundError, match="holds goas@1"):
        cache.get("eez:JPN")


def test_an_entry_that_is_no_dataset_is_damage() -> None:
    entry = keep(b"data").entry
    entry.described({"name": "eez@12", "terms": []})
    with pytest.raises(CacheError, match="it is no dataset"):
        cache.find("eez")


def test_a_damaged_manifest_does_not_stand_in_the_way_of_new_data() -> None:
    keep(b"data")
    (path,) = folder().glob(f"*/{MANIFEST}")
    path.write_text("{")
    keep(b"new").verify()
    assert cache.get("eez").path.read_bytes() == b"new"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_says_what_to_do() -> None:
    keep(b"data")
    folder().chmod(0o500)
    try:
        with pytest.raises(CacheError, match=r"Permission denied.*EEZKIT_CACHE_DIR"):
            keep(b"new")
    finally:
        folder().chmod(0o700)


# Clearing


def test_one_dataset_is_cleared_and_no_other() -> None:
    keep(b"all")
    keep(b"japan", sovereign="JPN")
    assert cache.clear("eez:JPN") > 5
    assert [kept.name for kept in cache.listed().datasets] == ["eez@12"]


def test_all_datasets_are_cleared() -> None:
    keep(b"all")
    keep(b"japan", sovereign="JPN")
    (folder() / ".left").mkdir()
    cache.clear()
    assert list(folder().iterdir()) == []
    assert cache.clear() == 0


def test_what_is_not_there_cannot_be_cleared() -> None:
    with pytest.raises(DataNotFoundError, match="'eez:JPN' is not in the cache"):
        cache.clear("eez:JPN")


# Processes that die

KILLED = """
import os, pathlib, sys
from eezkit.sources.cache import datasets as cache
from eezkit.sources.marine_regions.registry import layer

step, real, n_calls = int(sys.argv[1]), os.replace, 0

def replace(*args, **kwargs):
    global n_calls
    n_calls += 1
    if n_calls == step:
        os._exit(9)
    real(*args, **kwargs)

os.replace = pathlib.os.replace = replace
with cache.workroom() as room:
    (room / "some.zip").write_bytes(b"new")
    cache.keep(room / "some.zip", layer("eez"), origin="file", source="some.zip")
os._exit(0)
"""
STEPS = 2
"""Moves that `cache.keep` makes: the data, the manifest."""


@pytest.mark.parametrize("step", range(1, STEPS + 2))
def test_a_process_killed_at_any_step_leaves_the_old_or_the_new(step: int) -> None:
    keep(b"old")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(step)], cwd=Path(__file__).parents[1], check=False
    )
    assert done.returncode == (9 if step <= STEPS else 0)
    kept = cache.get("eez")
    kept.verify()
    assert kept.path.read_bytes() == (b"old" if step <= STEPS else b"new")
    keep(b"newer").verify()
    assert [one.path.read_bytes() for one in cache.listed().datasets] == [b"newer"]


def test_what_killed_processes_left_is_swept_up_a_day_later() -> None:
    keep(b"old")
    room, orphan, young = (folder() / name for name in (".room", "orphan.zip", "young.zip"))
    room.mkdir()
    (room / "half.zip").write_bytes(b"half")
    orphan.write_bytes(b"orphan")
    young.write_bytes(b"young")
    long_ago = time.time() - 2 * DAY
    for path in (room, orphan, *folder().glob("eez*"), *folder().glob("eez*/*")):
        os.utime(path, (long_ago, long_ago))
    keep(b"another", name="goas")
    assert not room.exists()
    assert not orphan.exists()
    assert young.exists()
    assert [one.name for one in cache.listed().datasets] == ["eez@12", "goas@1"]
