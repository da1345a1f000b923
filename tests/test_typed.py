"""After the README's install a type checker in any folder knows the types of eezkit."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """\
import eezkit

reveal_type(eezkit.load().at(lon=155.0, lat=23.3))
"""


def test_mypy_in_an_empty_folder_knows_what_an_atlas_answers(tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy comes with the extra lint")
    (tmp_path / "script.py").write_text(SCRIPT)
    found = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), "script.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert 'Revealed type is "eezkit.answers.answer.Answer"' in found.stdout, found.stdout
