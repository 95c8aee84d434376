"""What a study of space cannot use is one fault at its key, or a result with a note; what passes a check runs."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, StudyError
from innoscape.study import check, run

NAMES = [f"p{n:02d}" for n in range(12)]
YEARS = (2018, 2019, 2020)
HEAD = """name = "s"
title = "S"
[tables]
places = ["places.csv"]
indicators = "cells.csv"
"""
PATTERN = '[pattern]\nvariables = ["y"]\npermutations = 99\nyears = "latest"\n'
CONCENTRATION = '[concentration]\nvariables = ["y"]\ngroups = "tier"\n'
REGRESSION = '[regression]\noutcome = "y"\nterms = ["x"]\nmodels = ["ols"]\n'
ISLANDS = '[[weights]]\nname = "w"\nmethod = "band"\nradius = 1\nislands = "leave_out"\n'

GLOBE = {"lon": np.linspace(-170, 170, 12), "lat": np.tile([-40.0, 0.0, 40.0], 4)}
CONTROL = CONCENTRATION + 'controls = ["x"]\n'
ITSELF = CONCENTRATION + 'controls = [{ value = "y", log = true }]\n'
THEIL_L = CONCENTRATION + 'decomposition = "theil_l"\n'


def _values():
    drawn = np.random.default_rng(2).random((len(YEARS), 12, 3)).round(3)
    grown = 10 + np.arange(12)[None, :, None] + np.arange(len(YEARS))[:, None, None] + 5 * drawn
    return pd.DataFrame(
        [
            (p, k, grown[t, i, j], year)
            for t, year in enumerate(YEARS)
            for i, p in enumerate(NAMES)
            for j, k in enumerate("yxz")
        ],
        columns=["place", "indicator", "value", "year"],
    )


@pytest.fixture
def study(tmp_path):
    """Write a study; cells as (indicator, value, place, year) that replace others, positions by column."""

    def write(text, *cells, rows=slice(None), **positions):
        places = pd.DataFrame({"place": NAMES, "lon": 110.0 + np.arange(12) % 4, "lat": 30.0 + np.arange(12) // 4})
        places = places.assign(tier=["national", *["regional"] * 4, *["local"] * 7]).assign(**positions)
        values = _values()
        for indicator, value, place, year in cells:
            of = values["indicator"] == indicator
            of &= (values["place"] == place) | (place is None)
            of &= (values["year"] == year) | (year is None)
            values.loc[of, "value"] = value
        places = places.iloc[rows]
        places.to_csv(tmp_path / "places.csv", index=False)
        values.dropna()[lambda t: t["place"].isin(places["place"])].to_csv(tmp_path / "cells.csv", index=False)
        (tmp_path / "study.toml").write_text(HEAD + text, encoding="utf-8")
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("text", "cell", "key", "said"),
    [
        (PATTERN, ("y", 5.0, None, 2020), "pattern.variables", "y (2020): values value: needed values that differ"),
        (PATTERN + "ellipse = true\n", ("y", 9.0, "p00", 2018), "pattern.ellipse", "one of none, sqrt2, sqrt2_n2, "),
        (PATTERN + "ellipse = true\n", ("y", 9.0, "p00", 2018), "pattern.ellipse", "false"),
        (
            CONCENTRATION + 'controls = ["x"]\n',
            ("x", 1.0, None, 2018),
            "concentration.controls",
            "is 1 at all 12 of them in 2018",
        ),
        (
            CONCENTRATION + 'controls = ["x"]\n',
            ("x", None, "p02", 2018),
            "concentration.controls",
            "none for p02 in 2018",
        ),
        (
            CONCENTRATION + 'controls = [{ value = "y", log = true }]\n',
            ("y", 9.0, "p00", 2018),
            "concentration.controls",
            "log y",
        ),
        (CONCENTRATION + 'weight_by = "x"\n', ("x", -1.0, "p02", None), "concentration.weight_by", "at p02"),
        (
            CONCENTRATION + 'decomposition = "theil_l"\n',
            ("y", 0.0, "p02", None),
            "concentration.decomposition",
            "above 0",
        ),
        (REGRESSION, ("x", 3.0, None, None), "regression.terms", "which is 3 everywhere"),
        (REGRESSION, ("x", None, "p02", 2019), "regression.terms", "none at p02 (2019)"),
    ],
)
def test_what_cannot_be_used_is_one_fault_at_its_key(study, text, cell, key, said):
    with pytest.raises(StudyError) as caught:
        check(study(text, cell))
    (fault,) = caught.value.faults
    assert fault.column == key
    assert said in str(fault)


@pytest.mark.parametrize(
    ("text", "cell", "positions", "absent", "note"),
    [
        (CONCENTRATION, ("y", 5.0, None, 2018), {}, "convergence", "y is 5 at all 12 places in 2018"),
        (CONCENTRATION, ("y", 0.0, "p02", None), {}, "convergence", "values of 0"),
        (PATTERN, ("y", -1.0, "p02", None), {}, "ellipses", "values below 0"),
        (PATTERN, ("y", 9.0, "p02", None), GLOBE, "ellipses", "around the globe"),
    ],
)
def test_what_cannot_be_computed_is_left_out_with_a_note(study, text, cell, positions, absent, note):
    at = study(text, cell, **positions)
    with pytest.warns(InnoscapeWarning, match=note):
        check(at)
    results = run(at, until="centrality")
    assert absent not in results.tables
    assert any(note in str(one.plain) for one in results.notices)


def test_few_places_with_neighbors_are_regressed_without_a_test_of_residuals(study):
    at = study(REGRESSION + ISLANDS, lon=[110.0, 110.0, *range(111, 121)], lat=30.0)
    with pytest.warns(InnoscapeWarning, match="no neighbor"):
        check(at)
    tests = run(at, until="centrality").tables["regression_tests"]
    assert "moran_residuals" not in set(tests["test"])


def test_two_places_are_no_convergence_and_the_nearest_of_few_are_all_others(study):
    with pytest.warns(InnoscapeWarning, match="convergence needs 3"):
        check(study(CONCENTRATION, rows=slice(2)))
    check(study(PATTERN, rows=slice(4)))


def test_centers_across_the_180th_meridian_and_around_a_pole_lie_among_their_places(study):
    ends = np.array([178.0, 179.0, -179.0, -178.0] * 3)
    found = run(study(PATTERN, lon=ends, lat=np.repeat([-17.0, -18.0, -19.0], 4)), until="centrality").tables[
        "ellipses"
    ]
    assert (found["lon"].abs() > 178).all()
    assert found["lat"].between(-19, -17).all()
    ring = run(study(PATTERN, lon=np.linspace(-165, 165, 12), lat=85.0), until="centrality").tables["ellipses"]
    assert (ring["lat"] > 85).all()
