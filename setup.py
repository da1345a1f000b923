"""Compile the numeric kernels: every module of eezkit/kernels is one extension.

The kernels are ordinary Python files. Where Cython and a C compiler are found they become
extension modules; where they are not, the same files run as Python, with the same answers.
"""

import os
import sys
from pathlib import Path

from setuptools import Extension, setup


def kernels():
    """One optional extension for each kernel module, or none where that is asked for."""
    if os.environ.get("EEZKIT_PURE"):
        return []
    sources = sorted(p for p in Path("eezkit/kernels").glob("*.py") if p.name != "__init__.py")
    is_windows = sys.platform == "win32"
    flags = ["/O2", "/fp:precise"] if is_windows else ["-O3", "-g0", "-ffp-contract=off"]
    extensions = [
        Extension(
            f"eezkit.kernels.{source.stem}",
            [source.as_posix()],
            extra_compile_args=flags,
        )
        for source in sources
    ]
    if not extensions:
        return []
    from Cython.Build import cythonize

    compiled = cythonize(
        extensions,
        build_dir="build/cython",
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "wraparound": False,
            "cdivision": True,
            "initializedcheck": False,
        },
    )
    for extension in compiled:
        # Said here, for cythonize forgets it.
        extension.optional = True
    return compiled


setup(ext_modules=kernels())
