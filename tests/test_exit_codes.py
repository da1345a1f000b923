"""1 means no and nothing else: whatever fails ends with 2, 130 or 141."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embedded_cache import link_embedded

ROOT = Path(__file__).parents[1]
INSIDE = ["check", "23.325487", "155.017583", "--zone", "JPN"]
OUTSIDE = ["check", "0", "-140", "--zone", "JPN"]
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of a machine where the embedded atlas is built."""
    cache = tmp_path_factory.mktemp("cache")
    link_embedded(cache)
    return {**os.environ, "EEZKIT_CACHE_DIR": str(cache)}


def code_of(shell: str, environment: dict[str, str], words: list[str] = INSIDE) -> tuple[int, str]:
    """Run a command with redirections as a shell has them; its exit code, and what is on stderr."""
    line = f'"$0" -m eezkit "$@" {shell}'
    done = subprocess.run(
        ["bash", "-c", line, sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment,
    )
    return done.returncode, done.stderr


def test_without_a_failure_the_answers_are_0_and_1(environment: dict[str, str]) -> None:
    assert code_of("", environment)[0] == 0
    assert code_of("", environment, OUTSIDE)[0] == 1


@needs_full
@pytest.mark.parametrize(
    "shell", ["2>/dev/full", ">/dev/full", ">/dev/full 2>/dev/full", ">&-", ">&- 2>/dev/full"]
)
@pytest.mark.parametrize("words", [INSIDE, OUTSIDE, [*INSIDE, "--json"]], ids=["in", "out", "json"])
def test_a_stream_that_cannot_be_written_is_a_failure(
    environment: dict[str, str], shell: str, words: list[str]
) -> None:
    code, said = code_of(shell, environment, words)
    assert code == 2
    assert "Traceback" not in said
    if "2>" not in shell:
        assert "eezkit: " in said


@needs_full
@pytest.mark.parametrize(
    "words",
    [
        ["data", "list"],
        ["data", "cite", "eez"],
        ["report", "23.3", "155"],
        ["distance", "23.3", "155"],
        ["check", "nowhere at all"],
        ["check", "1", "2", "--nope"],
        ["check", "1", "2", "--data", "absent.gpkg"],
        ["--help"],
        ["--version"],
    ],
    ids=lambda words: "-".join(words),
)
@pytest.mark.parametrize("shell", [">/dev/full 2>/dev/full", ">&- 2>&-"])
def test_no_command_ends_in_1_where_nothing_can_be_written(
    environment: dict[str, str], words: list[str], shell: str
) -> None:
    assert code_of(shell, environment, words)[0] in (0, 2)
    if "full" in shell:
        assert code_of(shell, environment, words)[0] == 2


def test_stderr_that_is_closed_changes_no_answer(environment: dict[str, str]) -> None:
    assert code_of("2>&-", environment)[0] == 0
    assert code_of("2>&-", environment, OUTSIDE)[0] == 1


@pytest.mark.parametrize("shell", ["| true", "2>&1 >/dev/null | true", "2>&1 | true"])
def test_a_pipe_that_closes_ends_in_141_or_with_the_answer(
    environment: dict[str, str], shell: str
) -> None:
    code, said = code_of(f"{shell}; exit ${{PIPESTATUS[0]}}", environment, OUTSIDE)
    assert code in (141, 1)
    assert "Traceback" not in said


FAILING = """
import sys
from eezkit import cli
from eezkit.__main__ import run

class Full:
    def write(self, text): {on_write}
    def flush(self): pass
    def isatty(self): return False

def fail(*_, **__): {failure}

cli.eezkit.main = fail
sys.stderr = Full()
sys.exit(run(["check"]))
"""


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ("raise MemoryError", 2),
        ("raise RuntimeError('a bug')", 2),
        ("raise OSError(28, 'No space left on device')", 2),
        ("raise RecursionError", 2),
        ("raise SystemError('of the interpreter')", 2),
        ("raise KeyboardInterrupt", 130),
        ("raise BrokenPipeError", 141),
    ],
)
@pytest.mark.parametrize(
    "on_write", ["return len(text)", "raise OSError(28, 'full')", "raise MemoryError"]
)
def test_a_failure_that_cannot_even_be_told_is_still_one(
    failure: str, code: int, on_write: str
) -> None:
    script = FAILING.format(failure=failure, on_write=on_write)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=False, cwd=ROOT
    )
    told = "return" in on_write or code == 141
    assert done.returncode == (code if told else 2)


def test_what_is_missing_of_the_installation_is_no_answer() -> None:
    script = "import sys; sys.modules['click'] = None\nfrom eezkit.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script, *INSIDE], capture_output=True, check=False, cwd=ROOT
    )
    assert done.returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupt_at_any_moment_is_no_answer(environment: dict[str, str]) -> None:
    """Once Python itself has started: until then it says 1 of its own."""
    codes = set()
    script = "import signal, runpy, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script += "print('started', flush=True)\n"
    script += (
        "sys.argv = ['eezkit', *sys.argv[1:]]; runpy.run_module('eezkit', run_name='__main__')"
    )
    for step in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", script, *OUTSIDE],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=ROOT,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline() == b"started\n"
            time.sleep(0.05 * step)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate()
        assert process.returncode != 1 or b"outside" in out
        codes.add(process.returncode)
    assert codes <= {130, -signal.SIGINT, 1}


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory")
@pytest.mark.parametrize("megabytes", [150, 300, 500])
def test_too_little_memory_is_no_answer(environment: dict[str, str], megabytes: int) -> None:
    """1 is also what Python says where it cannot import numpy: here it must not."""
    limit = f"ulimit -v {megabytes * 1000};"
    line = f'{limit} "$0" -m eezkit "$@"'
    done = subprocess.run(
        ["bash", "-c", line, sys.executable, *INSIDE],
        capture_output=True, text=True, check=False, cwd=ROOT, env=environment,
    )  # fmt: skip
    assert done.returncode != 1, done.stderr[-300:]
