"""Make the maps in this folder.

    python maps/build.py [--check] [NAME …]

Each is one self-contained page. The same data and lock file give the same bytes.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import story

import eezkit
from eezkit import maps
from eezkit.reports import report

HERE = Path(__file__).parent
COMMAND = "python maps/build.py"
WORLD_ZOOM = 4.5
"""Closest zoom at which the zones of the world look as published; it keeps the page small."""


def flagship(atlas, _name):
    """The 2026 site off Minami-Torishima, and every claim of its story beside the geometry."""
    found = story.ask(atlas, "minamitorishima-2026")
    found = replace(
        report(found.answer, atlas, n_places=20, note=found.note),
        title=found.title,
        command=f"eezkit report minamitorishima-2026 --zone JPN   # with the claims: {COMMAND}",
    )
    rows, states = story.claims(atlas)
    claims = maps.Section(
        "The story, claim by claim",
        ("Every figure of the third column was computed when this page was made.",),
        story.COLUMNS,
        rows,
        states,
    )
    return story.add_contrasts(maps.report_page(found, sections=[claims]))


def world(atlas, _name):
    """All zones of the embedded atlas."""
    return maps.atlas_map(atlas, title="Maritime zones of the world", zoom=WORLD_ZOOM)


def position(title):
    """Make a page that reports on the position of a page's name."""

    def page(atlas, name):
        lat, lon = POSITIONS[name]
        found = report(
            answer_of(name, atlas),
            atlas,
            title=title,
            command=f"eezkit report {lat} {lon}   # in this folder: {COMMAND}",
        )
        return maps.report_page(found)

    return page


def answer_of(name, atlas):
    """The answer that a page is about."""
    if name in POSITIONS:
        lat, lon = POSITIONS[name]
        return atlas.at(lon=lon, lat=lat)
    return story.ask(atlas, "minamitorishima-2026").answer


POSITIONS = {"overlapping-claim.html": (-51.0, -55.0), "fiji.html": (-17.0, 179.9)}
PAGES = {
    # name: (what makes it, bytes it may take)
    "minami-torishima.html": (flagship, 1_000_000),
    "world.html": (world, 2_000_000),
    "overlapping-claim.html": (position("A zone that two States claim"), 1_000_000),
    "fiji.html": (position("Fiji, on either side of 180°"), 1_000_000),
}


def main():
    """Write the maps, or check that those here are what would be written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("names", nargs="*", choices=[*PAGES, []], help="default: all")
    options = parser.parse_args()
    atlas = eezkit.load()
    wrong = 0
    for name in options.names or PAGES:
        make, most = PAGES[name]
        with tempfile.TemporaryDirectory() as room:
            made = maps.save(make(atlas, name), Path(room) / name).read_bytes()
        target = HERE / name
        faults = [f"larger than {most / 1e6:g} MB"] if len(made) > most else []
        if options.check and (not target.is_file() or target.read_bytes() != made):
            faults.append("stale")
        elif not options.check:
            target.write_bytes(made)
        print(", ".join([f"{name}: {len(made) / 1000:.0f} kB", *faults]))
        wrong += bool(faults)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
