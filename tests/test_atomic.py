"""Outputs appear whole or not at all."""

from pathlib import Path

import pytest

from eezkit._atomic import atomic_path


def test_a_file_appears_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out.csv"
    with atomic_path(target) as path:
        path.write_text("whole")
        assert not target.exists()
        assert path.suffix == ".csv"
    assert target.read_text() == "whole"
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), atomic_path(target) as path:
        path.write_text(str(1 / 0))
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
