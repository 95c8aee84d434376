"""Draw the pictures of the gallery from the bundled study: ``python docs/draw_gallery.py``."""

import tempfile
from pathlib import Path

from PIL import Image

from innoscape.study import run, write_figures

TARGET = Path(__file__).resolve().parent / "gallery"
FIGURES = {
    "choropleth": {},
    "tiers": {},
    "contributions": {},
    "chord": {"kind": "contract_estimated", "most": 12},
    "network": {"kind": "contract_estimated", "top": 60},
    "arrival_map": {},
    "reach": {},
    "scenarios": {},
}
DENSITY, COLORS = 150, 128


def main() -> None:
    """Write each picture in English with as few colors as it needs."""
    TARGET.mkdir(exist_ok=True)
    results = run(until="simulate")
    with tempfile.TemporaryDirectory() as folder:
        for name, choices in FIGURES.items():
            (drawn,) = write_figures(results, folder, figures=[name], formats=["png"], dpi=DENSITY, **choices)
            picture = Image.open(drawn).convert("RGB").quantize(COLORS, kmeans=2, dither=Image.Dither.NONE)
            picture.save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
