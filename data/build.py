"""Build the world atlas that comes with eezkit, from open coastlines by the law of the sea.

    python data/build.py [--from STEP] [--check]

The steps are the programs in `data/world`, in the order of `STEPS`; each reads what those before
it left in the cache, so that one can start in the middle. All of them take a quarter of an hour on
two cores and 4 GB, and need the `parquet` extra. The same platform and lock file give the same
bytes. `--check` builds nothing: it says whether the files are those of the manifest.
"""

import argparse
import hashlib
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from eezkit._atomic import atomic_path

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "eezkit" / "data"
FILES = ("dataset.json", "atlas.npz")
MANIFEST = HERE / "manifest.sha256"
STEPS = (
    "sources",
    "coast",
    "attribution",
    "baselines",
    "divide",
    "belts",
    "overlay",
    "inland",
    "pack",
)


def manifest() -> str:
    """Return the checksums of the files, as `sha256sum` writes them."""
    sums = (hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() for name in FILES)
    return "".join(f"{digest}  {name}\n" for digest, name in zip(sums, FILES, strict=True))


def main() -> None:
    """Run the steps and write the manifest, or compare the files with it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="first", choices=STEPS, default=STEPS[0], metavar="STEP")
    parser.add_argument("--check", action="store_true", help="compare with the manifest only")
    options = parser.parse_args()
    if options.check:
        told, found = MANIFEST.read_text(encoding="ascii").splitlines(), manifest().splitlines()
        differ = [line.split()[1] for line in found if line not in told]
        raise SystemExit(f"Not as in {MANIFEST.name}: {', '.join(differ)}." if differ else 0)
    if find_spec("pyarrow") is None:
        raise SystemExit("pyarrow is missing: pip install -c requirements.lock -e '.[parquet]'")
    steps = STEPS[STEPS.index(options.first) :]
    for number, step in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {time.strftime('%H:%M:%S')} {step}", flush=True)
        done = subprocess.run([sys.executable, str(HERE / "world" / f"{step}.py")], check=False)
        if done.returncode:
            raise SystemExit(f"{step}.py failed; go on from there with --from {step}.")
    with atomic_path(MANIFEST) as path:
        path.write_text(manifest(), encoding="ascii")
    print(MANIFEST.read_text(encoding="ascii"), end="")


if __name__ == "__main__":
    main()
