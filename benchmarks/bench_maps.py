"""How large the pages in maps/ are and how soon they show a map, beside geopandas' explore().

    python benchmarks/bench_maps.py [--rounds 5] > docs/explanation/maps-sizes.md

Both draw the same zones, as the atlas holds them. Chromium opens every page anew, with no
network, the two sorts in turn, so that a busy machine is busy for both; the clock runs from the
start of navigation to the frame that shows the first zone, by `performance.now()`. A page of
`explore()` asks a CDN for its scripts, and shows nothing where that is out of reach: here the
scripts are handed to it from the disk at once, so that its times leave the network out.

Needs the test extra (playwright), and Chromium or Chrome on the path.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import types
from pathlib import Path

from playwright.sync_api import sync_playwright

import eezkit
from eezkit.maps.scene import scene_of

ROOT = Path(__file__).parents[1]
MAPS = ROOT / "maps"
HEAD = """# Sizes and load times of the maps

% not run: opens every page in a browser
```console
$ python benchmarks/bench_maps.py > docs/explanation/maps-sizes.md
```

The pages in `maps/`, each with all it needs in one file, beside what `geopandas.explore()` makes
of the same zones. Time runs from the start of navigation to the frame that shows the first zone:
the median of {rounds} openings in Chromium {version}. `explore()` got its scripts from the disk
at once; without a network it asks for {requests} files and shows nothing.

| page | zones | size | first map | `explore()`: size | first map |
|---|--:|--:|--:|--:|--:|
"""
FIRST_ZONE = """
window.firstZone = new Promise((done) => {
  const look = () => {
    const drawn = [...document.querySelectorAll(".leaflet-container path.leaflet-interactive")]
      .some((path) => path.getBoundingClientRect().width > 2);
    if (drawn) requestAnimationFrame(() => done(performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
"""


def zones_of(name, atlas):
    """The zones that a page draws, as a table."""
    if name == "world":
        return atlas.to_geodataframe("zones")
    import pandas

    sys.path.insert(0, str(MAPS))
    import build

    scene = scene_of(build.answer_of(f"{name}.html", atlas), atlas)
    return pandas.concat([scene.about, scene.near])


def from_disk(route):
    """Answer for the CDN: Leaflet itself, enough of jQuery, and nothing for the rest."""
    from xstatic.pkg import leaflet

    url = route.request.url
    room = Path(leaflet.BASE_DIR)
    if url.startswith("file:") or url.startswith("data:"):
        route.continue_()
    elif url.endswith("leaflet.js"):
        route.fulfill(path=room / "leaflet.js", content_type="text/javascript")
    elif url.endswith("leaflet.css"):
        route.fulfill(path=room / "leaflet.css", content_type="text/css")
    elif "jquery" in url or "awesome-markers.js" in url:
        standin = ROOT / "eezkit" / "maps" / "web" / "standin.js"
        route.fulfill(path=standin, content_type="text/javascript")
    else:
        route.fulfill(body="", content_type="text/css" if ".css" in url else "text/javascript")


def open_once(browser, path):
    """Open a page: milliseconds until its first zone is drawn, and how many files it asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/*", from_disk)
    page.add_init_script(FIRST_ZONE)
    page.goto(path.resolve().as_uri(), wait_until="commit")
    taken = page.evaluate("window.firstZone")
    remote = [url for url in asked if url.startswith("http")]
    context.close()
    return taken, len(remote)


def explored(table, path):
    """Write what `explore()` makes of a table, with the columns a reader of ours sees too."""
    # geopandas imports it always, and calls it for classes of colours only: not asked for here.
    classifier = types.ModuleType("mapclassify")
    classifier.classify = None
    sys.modules.setdefault("mapclassify", classifier)
    columns = ["name", "regime", "sovereign_name", "geometry"]
    table[columns].explore(tiles=None).save(str(path))
    return path


def main():
    """Print the page with the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    found = shutil.which("chromium") or shutil.which("google-chrome")
    atlas = eezkit.load()
    rows, requests = [], 0
    with tempfile.TemporaryDirectory() as room, sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        version = browser.version
        for page in sorted(MAPS.glob("*.html")):
            zones = zones_of(page.stem, atlas)
            theirs = explored(zones, Path(room) / page.name)
            times = {page: [], theirs: []}
            for _ in range(rounds):
                for path, taken in times.items():
                    milliseconds, asked = open_once(browser, path)
                    taken.append(milliseconds)
                    requests = max(requests, asked)
            cells = [page.stem, f"{len(zones):,}"]
            for path, taken in times.items():
                cells += [
                    f"{path.stat().st_size / 1e6:.2f} MB",
                    f"{statistics.median(taken) / 1000:.2f} s",
                ]
            rows.append(cells)
        browser.close()
    print(HEAD.format(rounds=rounds, version=version, requests=requests), end="")
    for cells in rows:
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
