"""The numeric kernels: arrays in, arrays out, no meaning.

Each module here is one source at two speeds: a C compiler makes it an extension at install
(see ``setup.py``), and where there is none the same file runs as Python. ``EEZKIT_PURE=1`` in
the environment asks for the Python files although extensions were built; the tests use it to
show that both give the same answers.
"""

import os
import sys
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from types import ModuleType

__all__: list[str] = []


class _SourcesOnly:
    """Finds the kernels' Python files and overlooks the extensions built from them."""

    @staticmethod
    def find_spec(
        name: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(f"{__name__}."):
            return None
        return FileFinder(__path__[0], (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name)


if os.environ.get("EEZKIT_PURE"):
    sys.meta_path.insert(0, _SourcesOnly)
