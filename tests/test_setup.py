"""Installing where there is no compiler: the kernels run as Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(sys.platform == "win32", reason="there the compiler is not named by CC")
def test_without_a_compiler_the_build_succeeds_and_leaves_the_kernels_as_they_are(tmp_path):
    pytest.importorskip("Cython")
    pytest.importorskip("setuptools", minversion="77", reason="setuptools 77 reads our licence")
    done = subprocess.run(
        [sys.executable, "setup.py", "build", "-b", str(tmp_path)],
        env={**os.environ, "CC": "/bin/false", "EEZKIT_PURE": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "failed" in done.stderr
    assert not list(tmp_path.rglob("*.so"))
    assert list(tmp_path.rglob("eezkit/kernels/cells.py"))
