"""The elbow of a curve is its point farthest from the chord, on the side of the gains."""

import numpy as np
import pytest

from innoscape.geo.space.elbow import elbow


def by_hand(x, y):
    chord = np.interp(x, [x[0], x[-1]], [y[0], y[-1]])
    gains = (chord - y) * np.sign(y[0] - y[-1])
    return int(np.argmax(gains)) if gains.max() > 1e-9 * abs(y[0] - y[-1]) else None


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_point_farthest_from_the_chord(seed):
    noise = np.random.default_rng(seed)
    x = np.cumsum(noise.integers(1, 4, 8)).astype(float)
    y = np.cumsum(noise.uniform(-3, 1, 8))
    assert elbow(x, y) == by_hand(x, y)
    # neither units nor direction matter
    assert elbow(10 * x + 3, 7 - 0.1 * y) == elbow(x, y)


def test_curves_that_do_not_bend_have_none():
    assert elbow([0, 1], [5, 1]) is None
    assert elbow([0, 1, 2], [3, 2, 1]) is None
    assert elbow([0, 1, 2], [3, 3, 3]) is None
    assert elbow([0, 1, 2, 3], [10, 9, 7, 0]) is None
