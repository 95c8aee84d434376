"""Colors that mean different things stay apart for readers who do not distinguish red and green."""

from itertools import combinations, product

import numpy as np
import pytest

from innoscape.data.styles import (
    ARRIVAL,
    CORRIDOR,
    EARLIER,
    FLOWS,
    HUES,
    LATER,
    SOME_RUNS,
    UNCHANGED,
    map_styles,
    vocabulary_styles,
)
from innoscape.data.tier_scale import FOUR_TIERS
from innoscape.data.vocabulary import terms

# what is seen of linear red, green and blue: Machado, Oliveira and Fernandes 2009, severity 1, table of matrices
SIGHTS = {
    "usual": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
TIERS = {tier.key: tier.ink for tier in FOUR_TIERS.tiers}
LINES = {f"flow {n}": color for n, color in enumerate(FLOWS)} | {"corridor": CORRIDOR, "arrival": ARRIVAL}


def seen(color, sight):
    """Return a color in CIE Lab as it is seen."""
    shares = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(TO_XYZ @ np.clip(SIGHTS[sight] @ linear, 1e-4, 1) / [0.95047, 1, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def closest(pairs, sight):
    return min((float(np.linalg.norm(seen(a, sight) - seen(b, sight))), a, b) for a, b in pairs)


@pytest.mark.parametrize("sight", SIGHTS)
def test_colors_that_mean_different_things_stay_apart(sight):
    lines, tiers = LINES.values(), TIERS.values()
    assert closest([*combinations(lines, 2), *product(lines, tiers)], sight)[0] > 15
    effects = [*EARLIER[::-1], UNCHANGED, *LATER]
    channels = [term.color for term in terms("channels").values()]
    # an island is white, and its outline says so
    clusters = [term.color for key, term in terms("clusters").items() if key != "island"]
    for colors in (effects, channels, clusters, HUES, (ARRIVAL, SOME_RUNS, "#ffffff")):
        assert closest(combinations(colors, 2), sight)[0] > 17
    # tiers have shapes and sizes too
    assert closest(combinations(TIERS.values(), 2), sight)[0] > 12


def test_colors_that_look_alike_are_found_out():
    assert closest([("#3c7a70", "#0b7a75")], "protanopia")[0] < 15
    assert closest([("#0064a8", "#6b5aa8")], "protanopia")[0] < 15


def test_pages_take_the_colors_from_one_place():
    assert f"--new: {ARRIVAL};" in map_styles(within="#a")
    rules = vocabulary_styles().splitlines()[0]
    assert f"--s-3: {HUES[3]};" in rules
    assert f"--flow: {FLOWS[0]};" in rules
