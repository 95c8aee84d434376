"""Draw the picture of the README from the map of the bundled study: ``python docs/draw_map.py [map.html]``.

Without a map it runs the study. It needs Chromium, playwright and Pillow, and opens no address of the network.
"""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from innoscape.study import bundled_study, run

TARGET = Path(__file__).resolve().parent / "map.png"
# a README shows about 830 points: letters of the page are then about as large as its own
WIDTH, HEIGHT, DENSITY = 1040, 760, 1.75
COLORS = 256


def photograph(page: Path) -> Image.Image:
    """Take a picture of a map as it opens: the whole country, the result, its legend."""
    with sync_playwright() as programs:
        browser = programs.chromium.launch(executable_path=shutil.which("chromium"))
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=DENSITY, reduced_motion="reduce"
        )
        context.set_offline(True)
        tab = context.new_page()
        tab.goto(page.resolve().as_uri())
        tab.locator(".innoscape-ready").wait_for()
        tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        picture = Image.open(io.BytesIO(tab.screenshot()))
        browser.close()
    return picture


def main() -> None:
    """Write the picture with as few colors as it needs."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(sys.argv[1]) if len(sys.argv) > 1 else run(bundled_study(), folder).folder / "map.html"
        photograph(page).convert("RGB").quantize(COLORS, kmeans=3, dither=Image.Dither.NONE).save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
