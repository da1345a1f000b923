"""How far long work has come, told to whoever asked: quiet unless somebody did."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress"]


class Progress(Protocol):
    """Is told again and again how far the work has come.

    Examples
    --------
    >>> def show(done: int, whole: int, note: str = "") -> None:
    ...     print(f"{done} of {whole} {note}")
    >>> show(3, 7, "1.2 MB")
    3 of 7 1.2 MB
    """

    def __call__(self, done: int, whole: int, note: str = "") -> None:
        """Take notice.

        Parameters
        ----------
        done, whole : int
            How much is done and how much there is, in whatever the work counts; ``whole`` may
            change, and is 0 while it is not known.
        note : str
            What else a reader would like to know, such as the bytes received.
        """
