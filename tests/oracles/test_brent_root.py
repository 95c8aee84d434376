"""Zeros of functions are those that brentq of scipy 1.17 finds, call by call and bit by bit."""

import math

import pytest
from scipy.optimize import brentq

from innoscape.network.diffusion.fit.profile_likelihood import find_root

FUNCTIONS = {
    "cubic": (lambda x: x**3 - 2.0, 0.0, 2.0),
    "falling": (lambda x: math.exp(-x) - 0.3, 5.0, 0.0),
    "flat": (lambda x: (x - 1.0) ** 9, -3.0, 2.5),
    "step": (lambda x: -1.0 if x < 0.3 else 1.0, 0.0, 1.0),
    "likelihood": (lambda x: 2 * (x - 3 * math.log(x)) - 1.2, 3.0, 12.0),
    "zero at an end": (lambda x: x - 2.0, 2.0, 3.0),
    "zero at the other": (lambda x: x - 3.0, 2.0, 3.0),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("xtol", [1e-3, 1e-12])
def test_a_root_is_the_one_of_brentq(name, xtol):
    function, a, b = FUNCTIONS[name]
    asked: list[float] = []
    theirs: list[float] = []
    ours = find_root(lambda x: asked.append(x) or function(x), a, b, xtol=xtol, rtol=1e-9)
    assert ours == brentq(lambda x: theirs.append(x) or function(x), a, b, xtol=xtol, rtol=1e-9)
    assert asked == theirs
