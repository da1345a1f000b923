"""Every error and warning eezkit raises, in one tree.

::

    EezkitError
    ├── CoordinateError     (ValueError)         a position is not on the globe, or not readable
    ├── OptionError         (ValueError)         an argument or option makes no sense
    ├── DataNotFoundError   (FileNotFoundError)  a file, a sidecar or a cached dataset is missing
    ├── DataFormatError     (ValueError)         a file is not what it claims to be
    ├── SchemaError         (ValueError)         columns or values that no schema explains
    ├── BaselineError       (ValueError)         a baseline no limit can be drawn from
    ├── UnknownZoneError    (LookupError)        no zone of the dataset answers to a name
    ├── UnknownPlaceError   (LookupError)        no named place answers to a name
    ├── UnknownDatasetError (LookupError)        no dataset or layer answers to a name
    ├── FetchError          (OSError)            the server did not give what was asked for
    ├── CacheError          (OSError)            the cache cannot be written or is damaged
    └── MissingExtraError   (ImportError)        an optional dependency is not installed
    EezkitWarning           (UserWarning)
    ├── SchemaWarning       an unknown value was loaded as UNKNOWN
    ├── GeometryWarning     a geometry is not valid, or was repaired
    ├── AreaWarning         the computed area is not the published one
    ├── CoverageWarning     an answer rests on less than the whole dataset
    ├── TrackWarning        fixes of a ship were left out, or put in order
    └── SizeWarning         an output is larger than its reader will like

A message says what, which one, the value, what is accepted, and the likely cause or next step.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = [
    "AreaWarning",
    "BaselineError",
    "CacheError",
    "CoordinateError",
    "CoverageWarning",
    "DataFormatError",
    "DataNotFoundError",
    "EezkitError",
    "EezkitWarning",
    "FetchError",
    "GeometryWarning",
    "MissingExtraError",
    "OptionError",
    "SchemaError",
    "SchemaWarning",
    "SizeWarning",
    "TrackWarning",
    "UnknownDatasetError",
    "UnknownPlaceError",
    "UnknownZoneError",
    "closest",
    "did_you_mean",
]


class EezkitError(Exception):
    """Root of all errors that eezkit raises on purpose."""


class CoordinateError(EezkitError, ValueError):
    """A position is not on the globe, or cannot be read."""


class OptionError(EezkitError, ValueError):
    """An argument or command-line option makes no sense."""


class DataNotFoundError(EezkitError, FileNotFoundError):
    """A file, one of its sidecars, or a cached dataset is missing."""


class DataFormatError(EezkitError, ValueError):
    """A file is not what it claims to be: truncated, empty, of the wrong kind."""


class SchemaError(EezkitError, ValueError):
    """Columns or values that no known schema explains."""


class BaselineError(EezkitError, ValueError):
    """A baseline from which no limit can be drawn."""


class UnknownZoneError(EezkitError, LookupError):
    """No zone of the dataset answers to this name, code or MRGID."""


class UnknownPlaceError(EezkitError, LookupError):
    """No named place answers to this name."""


class UnknownDatasetError(EezkitError, LookupError):
    """No dataset or layer answers to this name."""


class FetchError(EezkitError, OSError):
    """The server did not give what was asked for."""


class CacheError(EezkitError, OSError):
    """The cache cannot be read or written, or holds something damaged."""


class MissingExtraError(EezkitError, ImportError):
    """An optional dependency is not installed."""


class EezkitWarning(UserWarning):
    """Root of all warnings that eezkit gives."""


class SchemaWarning(EezkitWarning):
    """An unknown value was loaded as UNKNOWN."""


class GeometryWarning(EezkitWarning):
    """A geometry is not valid, or was repaired."""


class AreaWarning(EezkitWarning):
    """The computed area of a zone is not the published one."""


class CoverageWarning(EezkitWarning):
    """An answer rests on less than the whole dataset."""


class TrackWarning(EezkitWarning):
    """Fixes of a ship were left out, or put in order."""


class SizeWarning(EezkitWarning):
    """An output is larger than its reader will like."""


def closest(word: str, known: Iterable[str], *, n: int = 3, cutoff: float = 0.6) -> list[str]:
    """Give those of the known words that come close to one, the closest first.

    Parameters
    ----------
    word : str
    known : iterable of str
    n : int
        How many at most.
    cutoff : float
        How alike they must be, from 0 to 1; upper and lower case are alike.

    Returns
    -------
    list of str
        As they are known.
    """
    import difflib

    by_case = {name.casefold(): name for name in reversed([*known])}
    found = difflib.get_close_matches(word.casefold(), by_case, n=n, cutoff=cutoff)
    return [by_case[name] for name in found]


def did_you_mean(word: str, known: Iterable[str], *, n: int = 1) -> str:
    """Ask whether a known word was meant; "" where none comes close.

    Examples
    --------
    >>> did_you_mean("soverein", ["name", "sovereign"])
    " Did you mean 'sovereign'?"
    """
    near = closest(word, known, n=n)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
