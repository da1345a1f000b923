"""The command line's one entrance: it runs a command and turns every end into an exit code.

0 yes or done; 1 no (only `check` and `data diff` say it); 2 wrong use or failure; 3 undecided or
not covered; 130 interrupted; 141 broken pipe. A failure must never read as "outside": of the
disk, of memory, of stdout or stderr, while a failure is being told.
"""

from __future__ import annotations

import os
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "run"]

_FAILED, _INTERRUPTED, _BROKEN_PIPE = 2, 130, 141


def main() -> None:
    """Run eezkit and exit."""
    sys.exit(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line; by default those of the process.

    Returns
    -------
    int
    """
    try:
        code = _run(arguments)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except BrokenPipeError:
        code = _BROKEN_PIPE
    except Exception:
        if os.environ.get("EEZKIT_TRACEBACK"):
            raise
        # Telling of a failure has failed as well, of want of memory or of room for stderr.
        code = _FAILED
    for stream in (sys.stdout, sys.stderr):
        code = _flushed(stream, code)
    return code


def _run(arguments: Sequence[str] | None) -> int:
    """Run a command, and tell of what ended it."""
    # Not above: what is missing or broken here must not end in 1 either.
    import click

    from eezkit.cli import eezkit
    from eezkit.cli.terminal import say
    from eezkit.errors import EezkitError, EezkitWarning

    def show_warning(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, EezkitWarning):
            say(f"eezkit: warning: {message}", err=True)

    with warnings.catch_warnings():
        warnings.showwarning = show_warning
        warnings.simplefilter("always", EezkitWarning)
        try:
            code = eezkit.main(arguments, prog_name="eezkit", standalone_mode=False)
        except click.exceptions.Exit as stop:
            return stop.exit_code
        except click.ClickException as error:
            usage = (
                error.ctx.get_usage() if isinstance(error, click.UsageError) and error.ctx else ""
            )
            say(f"{usage}\nError: {error.format_message()}".lstrip(), err=True)
            return _FAILED
        except (click.Abort, KeyboardInterrupt):
            say("eezkit: interrupted", err=True)
            return _INTERRUPTED
        except (BrokenPipeError, SystemExit):
            # click turns a broken pipe into an exit with 1, which reads as "outside".
            return _BROKEN_PIPE
        except (EezkitError, OSError, MemoryError) as error:
            say(f"eezkit: {error or type(error).__name__}", err=True)
            return _FAILED
        except Exception as error:
            if os.environ.get("EEZKIT_TRACEBACK"):
                raise
            # The last net: Python itself would exit with 1, which reads as "outside".
            say(
                f"eezkit: this is a bug in eezkit: {type(error).__name__}: {error}. "
                "Please report it; EEZKIT_TRACEBACK=1 shows where it happened.",
                err=True,
            )
            return _FAILED
        return code if isinstance(code, int) else 0


def _flushed(stream: TextIO | None, code: int) -> int:
    """Write out what is left in a stream; the exit code, which a failure changes."""
    try:
        if stream is not None:
            stream.flush()
    except BrokenPipeError:
        code = _BROKEN_PIPE
    except (OSError, ValueError):
        code = code if code > _FAILED and code != 3 else _FAILED
    else:
        if code != _BROKEN_PIPE:
            return code
    # What is left in the buffer has no reader; the interpreter must not try again, and exit 120.
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[union-attr]
    return code


if __name__ == "__main__":
    main()
