"""Make the maps in this folder.

    python maps/build.py [--check]

Each is one self-contained page. The same data and lock file give the same bytes.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import eezkit
from eezkit import maps
from eezkit.datasets import places
from eezkit.report import report

HERE = Path(__file__).parent


def flagship(path):
    """The 2026 site off Minami-Torishima: in Japan's zone, by what margin, whatever its sector."""
    atlas = eezkit.load()
    site = places.find("minamitorishima-2026")
    answer = atlas.at(
        lon=site.lon, lat=site.lat, zone="JPN", uncertainty=site.uncertainty, name=site.name
    )
    found = report(atlas, answer, places=places.all(), note=site.note)
    nearby = (*found.places, *found.neighbours)
    page = maps.position_map(answer, atlas, title=site.title, nearby=nearby, note=site.note)
    return maps.save(page, path)


MAPS = {"minami-torishima.html": flagship}


def main():
    """Write the maps, or check that those here are what would be written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    check = parser.parse_args().check
    stale = []
    for name, make in MAPS.items():
        with tempfile.TemporaryDirectory() as room:
            made = make(Path(room) / name).read_bytes()
        target = HERE / name
        if check and (not target.is_file() or target.read_bytes() != made):
            stale.append(name)
        elif not check:
            target.write_bytes(made)
        print(f"{name}: {len(made) / 1000:.0f} kB{', stale' if name in stale else ''}")
    sys.exit(1 if stale else 0)


if __name__ == "__main__":
    main()
