"""An atlas travels as a reference: kilobytes, opened where it arrives, and known again."""

import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import eezkit
from eezkit.atlas import build_atlas
from eezkit.coverage import Coverage
from eezkit.errors import CacheError, DataNotFoundError
from eezkit.geometry import Rings
from eezkit.zones import Party, Provenance, Regime, Zone, ZoneKind
from layers import square


def small(side: float = 10.0) -> eezkit.Atlas:
    zone = Zone("Here", ZoneKind.EEZ, Regime.SOLE, (Party("AAA", "AAA"),))
    return build_atlas(
        [zone],
        Rings.from_shapely([square(0, 0, side, side)]),
        provenance=Provenance("test"),
        coverage=Coverage.world(),
    )


@pytest.fixture
def kept(tmp_path: Path) -> eezkit.Atlas:
    small().save(tmp_path / "built" / "small")
    return eezkit.Atlas.open(tmp_path / "built" / "small")


def test_the_atlas_of_the_world_travels_in_kilobytes() -> None:
    atlas = eezkit.load()
    sent = pickle.dumps(atlas)
    assert len(sent) <= 10_000
    lon, lat = np.linspace(-180, 180, 500), np.linspace(-80, 80, 500)
    assert np.array_equal(pickle.loads(sent).locate(lon, lat).answer, atlas.locate(lon, lat).answer)


def test_a_selection_arrives_as_one() -> None:
    arrived = pickle.loads(pickle.dumps(eezkit.load().select("JPN")))
    assert len(arrived) == len(eezkit.load().select("JPN"))
    assert arrived.locate([155.0], [23.3]).answer > 0
    assert arrived.locate([2.5], [51.5]).answer <= 0


def test_a_process_of_its_own_opens_it(kept: eezkit.Atlas, tmp_path: Path) -> None:
    (tmp_path / "sent").write_bytes(pickle.dumps(kept))
    code = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).locate([5], [5]).answer)"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "sent")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(eezkit.__file__).parents[1])},
    )
    assert done.stdout == "[1]\n", done.stderr


def test_an_atlas_that_was_never_kept_goes_as_it_is() -> None:
    arrived = pickle.loads(pickle.dumps(small()))
    assert arrived.locate([5.0, 50.0], [5.0, 5.0]).answer.tolist() == [1, 0]


def test_a_worker_has_a_cache_of_its_own(
    kept: eezkit.Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = pickle.dumps(kept)
    (tmp_path / "built").rename(tmp_path / "gone")
    with pytest.raises(DataNotFoundError, match=r"not on this machine.*small.*eezkit data build"):
        pickle.loads(sent)
    monkeypatch.setenv("EEZKIT_CACHE_DIR", str(tmp_path / "worker"))
    shutil.copytree(tmp_path / "gone", tmp_path / "worker" / "built")
    assert pickle.loads(sent).locate([5.0], [5.0]).answer.tolist() == [1]


def test_another_atlas_of_the_same_name_is_refused(kept: eezkit.Atlas) -> None:
    sent = pickle.dumps(kept)
    assert kept.folder is not None
    small(20.0).save(kept.folder)
    with pytest.raises(CacheError, match="is another than the one that came as a reference"):
        pickle.loads(sent)
