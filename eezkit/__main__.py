"""The command line's one entrance: it runs a command and turns every end into an exit code.

0 yes or done; 1 no (only `check` and `data diff` say it); 2 wrong use or failure; 3 undecided or
not covered; 130 interrupted; 141 broken pipe. A failure must never read as "outside".
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from typing import TextIO

import click

from eezkit.errors import EezkitError, EezkitWarning

__all__ = ["main", "run"]


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
    from eezkit.cli import eezkit

    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        warnings.simplefilter("always", EezkitWarning)
        try:
            code = eezkit.main(arguments, prog_name="eezkit", standalone_mode=False)
            sys.stdout.flush()
            return code if isinstance(code, int) else 0
        except click.exceptions.Exit as stop:
            return stop.exit_code
        except click.ClickException as error:
            error.show()
            return 2
        except (click.Abort, KeyboardInterrupt):
            click.echo("eezkit: interrupted", err=True)
            return 130
        except (BrokenPipeError, SystemExit):
            # click turns a broken pipe into an exit with 1, which reads as "outside".
            # What is left in the buffer has no reader; the interpreter must not try again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 141
        except (EezkitError, OSError, MemoryError) as error:
            return _fail(str(error) or type(error).__name__)
        except Exception as error:
            if os.environ.get("EEZKIT_TRACEBACK"):
                raise
            # The last net: Python itself would exit with 1, which reads as "outside".
            return _fail(
                f"this is a bug in eezkit: {type(error).__name__}: {error}. "
                "Please report it; EEZKIT_TRACEBACK=1 shows where it happened."
            )


def _fail(message: str) -> int:
    click.echo(f"eezkit: {message}", err=True)
    return 2


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    if issubclass(category, EezkitWarning):
        click.echo(f"eezkit: warning: {message}", err=True)


if __name__ == "__main__":
    main()
