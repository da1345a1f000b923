"""Take a picture of a page as a reader sees it, with no network: the README's picture.

    python tools/screenshot.py                       # docs/images/minami-torishima.png
    python tools/screenshot.py page.html out.png --size 390x844 --dark

Needs the test extra (playwright) and Chromium or Chrome on the path.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

README_PICTURE = Path(__file__).parents[1] / "docs" / "images" / "minami-torishima.png"


def flagship(folder):
    """Write the flagship page, as `eezkit map minamitorishima-2026 --zone JPN` does."""
    from eezkit.__main__ import run

    page = Path(folder) / "page.html"
    if run(["map", "minamitorishima-2026", "--zone", "JPN", "-o", str(page)]):
        raise SystemExit("eezkit map failed.")
    return page


def take(page, picture, *, width, height, dark, full=False):
    """Open a page in Chromium without a network, and keep what it shows as PNG."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if browser_path is None:
        raise SystemExit("Neither chromium nor google-chrome is on the path.")
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=browser_path,
            args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"],
        )
        shown = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
        )
        shown.goto(page.resolve().as_uri())
        shown.wait_for_selector(".eez-tools")
        # Only now are the fonts there by which labels find their room.
        shown.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        picture.parent.mkdir(parents=True, exist_ok=True)
        shown.screenshot(path=picture, full_page=full)
        browser.close()
    print(f"{picture}: {picture.stat().st_size / 1000:.0f} kB")


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", nargs="?", type=Path, help="default: the flagship page, made anew")
    parser.add_argument("picture", nargs="?", type=Path, default=README_PICTURE)
    parser.add_argument("--size", default="1280x800", help="WIDTHxHEIGHT in pixels")
    parser.add_argument("--dark", action="store_true", help="as in dark surroundings")
    parser.add_argument("--full", action="store_true", help="the page down to its end")
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        page = options.page or flagship(folder)
        look = {"dark": options.dark, "full": options.full}
        take(page, options.picture, width=width, height=height, **look)


if __name__ == "__main__":
    main()
