"""Draw the pictures of the READMEs from the map of the bundled study: ``python docs/draw_map.py [map.html]``.

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

FOLDER = Path(__file__).resolve().parent
TARGETS = {"en": FOLDER / "map.png", "zh": FOLDER / "map.zh.png"}
# a README shows about 830 points: letters of the page are then about as large as its own
WIDTH, HEIGHT, DENSITY = 1040, 760, 1.75
COLORS = 256


def photograph(page: Path) -> dict[str, Image.Image]:
    """Take a picture of a map as it opens, in each language: the whole country, the result, its legend."""
    pictures = {}
    with sync_playwright() as programs:
        browser = programs.chromium.launch(executable_path=shutil.which("chromium"))
        for language in TARGETS:
            context = browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=DENSITY, reduced_motion="reduce"
            )
            context.set_offline(True)
            tab = context.new_page()
            tab.goto(page.resolve().as_uri())
            tab.locator(".innoscape-ready").wait_for()
            tab.click(f".innoscape-languages button[lang|={language}]")
            tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            pictures[language] = Image.open(io.BytesIO(tab.screenshot()))
        browser.close()
    return pictures


def main() -> None:
    """Write the pictures with as few colors as they need."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(sys.argv[1]) if len(sys.argv) > 1 else run(bundled_study(), folder).folder / "map.html"
        for language, picture in photograph(page).items():
            few = picture.convert("RGB").quantize(COLORS, kmeans=3, dither=Image.Dither.NONE)
            few.save(TARGETS[language], optimize=True)


if __name__ == "__main__":
    main()
