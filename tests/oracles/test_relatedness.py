"""Relatedness follows EconGeo; complexity agrees with ecomplexity 0.5.3 and Hidalgo and Hausmann (2009)."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from innoscape.network import complexity, relatedness


def simple():
    """Return the network of Hidalgo & Hausmann (2009), supporting information."""
    rows = [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    return pd.DataFrame(rows, index=["C1", "C2", "C3", "C4"], columns=["P1", "P2", "P3", "P4"])


def amounts():
    i, c = np.indices((7, 8))
    x = ((3 * i + 5 * c + i * c * c) % 11) ** 2 * (1 + (i + c) % 3)
    x = np.where((i * c + 2 * c) % 5 == 0, 0, x)
    return pd.DataFrame(x, index=[f"p{k}" for k in range(7)], columns=[f"c{k}" for k in range(8)])


def steps(found, axis, step):
    k = found.reflections
    return k[(k["axis"] == axis) & (k["step"] == step)].set_index("name")["value"].to_dict()


def test_relatedness_by_cooccurrence_follows_the_formulas_of_econgeo():
    # EconGeo's relatedness(): totals of co-occurrences are 3, 3, 4, 4, together 14; the diagonal is 0
    found = {
        m: relatedness(simple(), method=m, totals="cooccurrence", threshold=None)
        for m in ("association", "probability", "cosine", "jaccard")
    }
    s, t = Fraction(4), Fraction(14)
    expected = (s / t * (s / (t - s)) + s / t * (s / (t - s))) * t / 2
    assert found["probability"].loc["P3", "P4"] == pytest.approx(float(2 / expected))
    assert found["association"].loc["P3", "P4"] == pytest.approx(float((2 / t) / (s / t * s / t)))
    assert found["cosine"].loc["P3", "P4"] == pytest.approx(2 / 4)
    assert found["jaccard"].loc["P3", "P4"] == pytest.approx(2 / (4 + 4 - 2))
    assert all((np.diag(m) == 0).all() for m in found.values())


def test_reflections_of_the_printed_network():
    # Hidalgo & Hausmann (2009), supporting information, section on the method of reflections
    found = complexity(simple(), method="reflections", iterations=4, threshold=None)
    assert steps(found, "place", 0) == {"C1": 4, "C2": 1, "C3": 2, "C4": 1}
    assert steps(found, "class", 0) == {"P1": 1, "P2": 2, "P3": 2, "P4": 3}
    assert steps(found, "place", 1) == {"C1": 2, "C2": 2, "C3": 2.5, "C4": 3}
    assert steps(found, "class", 1) == {"P1": 4, "P2": 2.5, "P3": 3, "P4": pytest.approx(7 / 3)}
    exact = {"C1": Fraction(71, 24), "C2": Fraction(5, 2), "C3": Fraction(8, 3), "C4": Fraction(7, 3)}
    assert steps(found, "place", 2) == {k: pytest.approx(float(v)) for k, v in exact.items()}
    second = complexity(simple(), method="reflections", iterations=2, threshold=None).places
    values = np.array([float(v) for v in exact.values()])
    np.testing.assert_allclose(second["complexity"], (values - values.mean()) / values.std())


def test_complexity_agrees_with_py_ecomplexity():
    # ecomplexity 0.5.3 on the same table
    with np.errstate(all="raise"):
        found = complexity(amounts())
    eci = [1.513384299569, 0.645669881925, -1.467452198837, np.nan, 0.22583179664, -1.036436561916, 0.119002782619]
    pci = [np.nan, 0.618023803502, 1.533377468792, -1.500984853744, 1.493391130347, np.nan, -1.43391954393]
    np.testing.assert_allclose(found.places["complexity"], eci, atol=1e-11)
    np.testing.assert_allclose(found.classes["complexity"], [*pci, -0.174405288075], atol=1e-11)
    assert found.places["part"].tolist() == [1, 1, 1, 0, 1, 1, 1]
