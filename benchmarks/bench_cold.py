"""How long a single check takes from a standing start, beside what others need to be imported.

    python benchmarks/bench_cold.py [N]

runs each command N times (default 21), one after the other in every round so that a busy machine
is busy for all, and prints medians of wall and processor time as a table in Markdown.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

CHECK = ["-m", "eezkit", "check", "23.325487", "155.017583", "--zone", "JPN"]
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    "import numpy, click": ["-c", "import numpy, click"],
    "eezkit check": CHECK,
    "import geopandas": ["-c", "import geopandas"],
}
_AGAINST = "import geopandas"
# Bytecode is kept, as of an installed package: the first, uncounted, round writes it.
_ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def run(arguments: list[str]) -> tuple[float, float]:
    """Run Python once; wall and processor seconds."""
    before, started = os.times(), time.perf_counter()
    command = [sys.executable, *arguments]
    subprocess.run(command, check=True, capture_output=True, env=_ENVIRONMENT)
    wall, after = time.perf_counter() - started, os.times()
    cpu = sum(after[i] - before[i] for i in (2, 3))
    return wall, cpu


def main() -> None:
    """Print the table."""
    n_rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    for arguments in COMMANDS.values():
        run(arguments)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for _ in range(n_rounds):
        for name, arguments in COMMANDS.items():
            taken[name].append(run(arguments))
    medians = {
        name: tuple(statistics.median(column) for column in zip(*rows, strict=True))
        for name, rows in taken.items()
    }
    wall_against, cpu_against = medians[_AGAINST]
    print(f"Medians of {n_rounds} interleaved runs, Python {sys.version.split()[0]}.\n")
    print(f"| command | wall, ms | of {_AGAINST} | processor, ms | of {_AGAINST} |")
    print("|---|---:|---:|---:|---:|")
    for name, (wall, cpu) in medians.items():
        print(
            f"| {name} | {wall * 1e3:.0f} | {wall / wall_against:.2f} "
            f"| {cpu * 1e3:.0f} | {cpu / cpu_against:.2f} |"
        )


if __name__ == "__main__":
    main()
