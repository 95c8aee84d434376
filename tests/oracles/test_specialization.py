"""Specialization agrees with econcomplex 1.0.1 (see `write_econcomplex`), entries with statsmodels 0.14."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from innoscape.geo import krugman_index, place_specialization, sector_concentration
from innoscape.network import fit_entry, fitness_complexity, relatedness

STORED = pd.read_csv(Path(__file__).with_name("econcomplex.csv"))


def stored(measure):
    return STORED[STORED["measure"] == measure].set_index("label")["value"]


def table():
    cells = stored("table")
    cells.index = pd.MultiIndex.from_tuples([tuple(label.split()) for label in cells.index])
    return cells.unstack()  # noqa: PD010 - of a series


def jobs():
    return table().rename_axis("place").reset_index().melt("place", var_name="sector", value_name="value")


def test_indices_of_places_and_sectors():
    found = place_specialization(jobs(), measures=["herfindahl", "entropy", "hachman", "krugman"], by=None)
    for measure, rows in found.groupby("measure"):
        np.testing.assert_allclose(rows.set_index("place")["value"].sort_index(), stored(measure), rtol=1e-10)
    gini = sector_concentration(jobs(), measures=["locational_gini"], by=None)
    np.testing.assert_allclose(gini["value"], stored("locational_gini"), rtol=1e-9)
    np.testing.assert_allclose(krugman_index(jobs(), by=None)["value"], stored("krugman"), rtol=1e-10)


def test_fitness_and_complexity():
    found = fitness_complexity(table(), iterations=2000, tolerance=1e-13)
    np.testing.assert_allclose(found.places["fitness"], stored("fitness"), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(found.classes["complexity"], stored("complexity"), rtol=1e-6, atol=1e-9)


def test_minimum_conditional_probability():
    near = relatedness(table(), method="proximity")
    expected = stored("proximity")
    np.testing.assert_allclose([near.loc[tuple(pair.split())] for pair in expected.index], expected, rtol=1e-12)


@pytest.mark.parametrize("outcome", ["entry", "exit"])
def test_entries_agree_with_logit_and_dummies(outcome):
    draw = np.random.default_rng(4)
    old = pd.DataFrame(draw.integers(0, 2, (14, 10)), [f"p{i:02}" for i in range(14)], [f"c{i}" for i in range(10)])
    tables = {2010: old}
    for year in (2015, 2020):
        last = tables[year - 5]
        tables[year] = last.where(draw.uniform(size=last.shape) < 0.7, 1 - last)
    found = fit_entry(tables, outcome=outcome, threshold=None, effects=["class", "period"], errors="place")
    rows = found.rows
    dummies = pd.get_dummies(rows[["class", "period"]].astype(str), drop_first=True, dtype=float)
    model = sm.Logit(rows["event"], sm.add_constant(pd.concat([rows["density"], dummies], axis=1)))
    places = pd.factorize(rows["place"])[0]
    fit = model.fit(disp=0, tol=1e-12)
    assert found.coefficients["estimate"].tolist() == pytest.approx([fit.params["density"]], rel=1e-6)
    clustered = model.fit(disp=0, cov_type="cluster", cov_kwds={"groups": places, "use_correction": False}).bse[
        "density"
    ]
    groups = len(set(places))
    assert found.coefficients["standard_error"][0] == pytest.approx(
        clustered * (groups / (groups - 1)) ** 0.5, rel=1e-5
    )
    assert found.log_likelihood == pytest.approx(fit.llf)
