"""Concentration of sectors, specialization of places and shift-share by hand, and their limits."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError
from innoscape.geo import place_specialization, sector_concentration, shift_share


def jobs(cells, places="ab", sectors="xy", year=2020):
    rows = [(p, s, year, v) for p, row in zip(places, cells, strict=True) for s, v in zip(sectors, row, strict=True)]
    return pd.DataFrame(rows, columns=["place", "sector", "year", "value"])


JOBS = jobs([[30, 10], [10, 50]])


def by_hand(table, unit, measure):
    return table[table["measure"] == measure].set_index(unit)["value"].to_dict()


def test_sectors_by_hand():
    firms = pd.Series({"x": 0.1, "y": 0.05})
    names = ["locational_gini", "krugman", "raw", "ellison_glaeser"]
    found = sector_concentration(JOBS, measures=names, firm_herfindahl=firms)
    # x: 0.75 and 0.25 of the sector against 0.4 and 0.6 of all
    assert by_hand(found, "sector", "krugman")["x"] == pytest.approx(0.35 + 0.35)
    assert by_hand(found, "sector", "raw")["x"] == pytest.approx(2 * 0.35**2)
    assert by_hand(found, "sector", "locational_gini")["x"] == pytest.approx(0.6 - 0.25)
    raw, apart = 2 * 0.35**2, 1 - 0.4**2 - 0.6**2
    assert by_hand(found, "sector", "ellison_glaeser")["x"] == pytest.approx((raw - apart * 0.1) / (apart * 0.9))
    others = sector_concentration(JOBS, measures=["krugman"], reference="others")
    assert by_hand(others, "sector", "krugman")["x"] == pytest.approx(2 * (30 / 40 - 10 / 60))


def test_firms_that_choose_places_like_darts_have_no_excess():
    rng = np.random.default_rng(3)
    chances, firms, found = np.array([0.5, 0.3, 0.2]), 40, []
    for _ in range(400):
        hits = rng.multinomial(firms, chances)
        # the other sectors are so large that they give the shares of all
        table = jobs([[h, 1e9 * c] for h, c in zip(hits, chances, strict=True)], places="abc")
        size = pd.Series({"x": 1 / firms, "y": 0.0})
        one = sector_concentration(table, measures=["ellison_glaeser"], firm_herfindahl=size)
        found.append(by_hand(one, "sector", "ellison_glaeser")["x"])
    assert abs(np.mean(found)) < 3 * np.std(found) / 20


def test_places_by_hand():
    found = place_specialization(JOBS)
    # a: 0.75 and 0.25 against 0.4 and 0.6
    assert by_hand(found, "place", "krugman")["a"] == pytest.approx(0.7)
    assert by_hand(found, "place", "hachman")["a"] == pytest.approx(1 / (0.75**2 / 0.4 + 0.25**2 / 0.6))
    assert by_hand(found, "place", "gini")["a"] == pytest.approx(0.6 - 0.25)
    same = place_specialization(jobs([[1, 3], [2, 6]]))
    assert by_hand(same, "place", "hachman")["a"] == pytest.approx(1)
    assert by_hand(same, "place", "krugman")["a"] == pytest.approx(0)


def test_empty_rows_and_columns_have_no_share():
    table = jobs([[30, 0], [0, 0]])
    assert sector_concentration(table).set_index("sector")["status"].to_dict() == {"x": "computed", "y": "undefined"}
    assert place_specialization(table).set_index("place").loc["b", "status"].eq("undefined").all()
    one = sector_concentration(table, measures=["ellison_glaeser"], firm_herfindahl=pd.Series({"x": 0.2, "y": 1.0}))
    assert one["status"].eq("undefined").all()


@pytest.mark.parametrize("cell", [-1, np.nan, np.inf, "many"])
def test_cells_that_are_no_sizes_are_refused(cell):
    table = JOBS.astype({"value": object})
    table.loc[1, "value"] = cell
    with pytest.raises(OptionError, match=r"employment: needed finite numbers of at least 0, .* for 2020 / a / y"):
        sector_concentration(table)


def test_copies_unknown_measures_and_lacking_firms_are_refused():
    with pytest.raises(TableError, match="2020 / a / x again"):
        place_specialization(JOBS.iloc[[0, 0, 1]])
    with pytest.raises(OptionError, match="did you mean 'krugman'"):
        place_specialization(JOBS, measures=["krugmann"])
    with pytest.raises(OptionError, match="got none for y"):
        sector_concentration(JOBS, measures=["ellison_glaeser"], firm_herfindahl=pd.Series({"x": 0.1}))
    with pytest.raises(OptionError, match="needed a number by sector"):
        sector_concentration(JOBS, measures=["ellison_glaeser"])
    with pytest.raises(OptionError, match="at least one row"):
        shift_share(JOBS.iloc[:0])


START, END = jobs([[100, 300], [300, 300]], year=2010), jobs([[150, 330], [300, 420]], year=2020)
BOTH = pd.concat([START, END])


def test_shift_share_by_hand():
    found = shift_share(BOTH).set_index(["place", "sector"])
    # all grow by 20 %, x by 12.5 %, y by 25 %
    assert found.loc[("a", "x"), ["national", "industry", "competitive"]].tolist() == pytest.approx([20, -7.5, 37.5])
    assert found.loc[("a", "y"), ["national", "industry", "competitive"]].tolist() == pytest.approx([60, 15, -45])
    assert found.loc[("a", "all"), ["national", "industry", "competitive"]].tolist() == pytest.approx([80, 7.5, -7.5])


def test_esteban_marquillas_by_hand():
    found = shift_share(BOTH, method="esteban_marquillas").set_index(["place", "sector"])
    # with the mix of the whole, a would have 160 in x
    row = found.loc[("a", "x")]
    assert row["competitive"] == pytest.approx(160 * 0.375)
    assert row["allocation"] == pytest.approx(-60 * 0.375)
    assert row["advantage"] == "not specialized, advantage"
    classic = shift_share(BOTH).set_index(["place", "sector"])
    assert (found["competitive"] + found["allocation"]).to_numpy() == pytest.approx(classic["competitive"].to_numpy())


@pytest.mark.parametrize("method", ["classic", "esteban_marquillas"])
def test_the_effects_add_up_also_where_sectors_come_and_go(method):
    rng = np.random.default_rng(2)
    sizes = rng.uniform(1, 9, (3, 4, 5)) * (rng.uniform(size=(3, 4, 5)) > 0.3)
    table = pd.concat([jobs(s, places="abcd", sectors="vwxyz", year=2000 + t) for t, s in enumerate(sizes)])
    found = shift_share(table, method=method, steps="years")
    effects = [name for name in ("national", "industry", "competitive", "allocation") if name in found]
    assert found[effects].sum(axis=1).to_numpy() == pytest.approx(found["change"].to_numpy())
    assert (found["status"] == "new").sum() == ((sizes[:-1] == 0) & (sizes[1:] > 0)).sum()
    assert not found.drop(columns="advantage", errors="ignore").isna().any(axis=None)
    whole = found[(found["sector"] != "all") & (found["from"] == 2000)]
    assert whole["industry"].sum() == pytest.approx(0, abs=1e-9)


def test_one_year_and_an_empty_start_are_refused():
    with pytest.raises(OptionError, match="at least two values of year"):
        shift_share(START)
    with pytest.raises(OptionError, match="above 0 at the start, got 0 in 2010"):
        shift_share(pd.concat([START.assign(value=0), END]))
