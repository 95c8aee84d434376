"""Efficiency is what its definition says on small data, and changes with nothing that should not matter."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import Framework, OptionError, TableError, check_table, load
from innoscape.geo import bootstrap_efficiency, efficiency, malmquist, scale_efficiency, score
from innoscape.geo.profiles.bootstrap_efficiency import draw_distances, reference_bandwidth
from innoscape.geo.profiles.frontier import ORIENTATIONS, RETURNS
from innoscape.geo.profiles.practices import Practice

COLUMNS = {"inputs": ["staff", "money"], "outputs": ["papers", "patents"]}


def sample(n=14, years=()):
    rng = np.random.default_rng(11)
    names = [f"p{i:02}" for i in range(n)]
    parts = [pd.DataFrame({"place": names} | ({"year": year} if year else {})) for year in years or (None,)]
    table = pd.concat(parts, ignore_index=True)
    for name in [*COLUMNS["inputs"], *COLUMNS["outputs"]]:
        table[name] = rng.uniform(1.0, 10.0, len(table))
    return table


TABLE = sample()


def scores(table=TABLE, **options):
    return efficiency(table, **COLUMNS | options).table["efficiency"].to_numpy()


def test_one_input_and_one_output_is_the_ratio_over_the_largest():
    found = scores(inputs=["staff"], outputs=["papers"])
    ratio = (TABLE["papers"] / TABLE["staff"]).to_numpy()
    assert found == pytest.approx(ratio / ratio.max())


def test_variable_returns_envelop_the_points():
    # the frontier runs (2, 1), (4, 4), (8, 6): D at 5 makes 4, which 4 units of input suffice for
    line = pd.DataFrame({"place": list("ABCD"), "x": [2.0, 4.0, 8.0, 5.0], "y": [1.0, 4.0, 6.0, 4.0]})
    options = {"inputs": ["x"], "outputs": ["y"], "returns": "variable"}
    assert efficiency(line, **options).table["efficiency"].tolist() == pytest.approx([1, 1, 1, 0.8])
    raised = efficiency(line, **options, orientation="output").table["efficiency"]
    assert raised.tolist() == pytest.approx([1, 1, 1, 4 / 4.5])
    peers = efficiency(line, **options, orientation="output").peers
    assert peers[peers["place"] == "D"].set_index("peer")["weight"].to_dict() == pytest.approx({"B": 0.75, "C": 0.25})


def test_returns_are_ordered_and_orientations_agree_where_they_must():
    found = {name: scores(returns=name) for name in RETURNS}
    assert (found["constant"] <= found["decreasing"] + 1e-9).all()
    assert (found["decreasing"] <= found["variable"] + 1e-9).all()
    assert (found["constant"] <= found["increasing"] + 1e-9).all()
    assert np.minimum(found["decreasing"], found["increasing"]) == pytest.approx(found["constant"])
    assert scores(orientation="output") == pytest.approx(found["constant"])
    assert np.abs(scores(returns="variable", orientation="output") - found["variable"]).max() > 0.01


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
def test_targets_are_efficient_and_made_of_the_peers(returns, orientation):
    found = efficiency(TABLE, **COLUMNS, returns=returns, orientation=orientation)
    wide = found.slacks.pivot_table(index="place", columns="column", values="target").reset_index()
    both = pd.concat([TABLE, wide.assign(place="t" + wide["place"])], ignore_index=True)
    again = efficiency(both, **COLUMNS, returns=returns, orientation=orientation).table.set_index("place")
    assert (again.loc["t" + wide["place"], "status"] == "efficient").all()
    assert again.loc[TABLE["place"], "efficiency"].to_numpy() == pytest.approx(found.table["efficiency"].to_numpy())
    weights = found.peers.pivot_table(index="place", columns="peer", values="weight").fillna(0.0)
    best = TABLE.set_index("place").loc[weights.columns]
    made = weights.to_numpy() @ best.to_numpy()
    target = wide.set_index("place").loc[weights.index, best.columns]
    assert made == pytest.approx(target.to_numpy(), rel=1e-6)
    assert set(weights.columns) <= set(found.table.loc[found.table["status"] == "efficient", "place"])
    total = weights.sum(axis=1).to_numpy()
    if returns == "variable":
        assert total == pytest.approx(1.0)


def test_units_of_columns_and_order_of_rows_change_nothing():
    other = TABLE.assign(staff=TABLE["staff"] * 1e6, patents=TABLE["patents"] / 300)
    assert scores(other) == pytest.approx(scores(), rel=1e-9)
    turned = TABLE.iloc[::-1].reset_index(drop=True)
    np.testing.assert_array_equal(scores(turned)[::-1], scores())
    again = efficiency(turned, **COLUMNS).peers.sort_values(["place", "peer"], ignore_index=True)
    first = efficiency(TABLE, **COLUMNS).peers.sort_values(["place", "peer"], ignore_index=True)
    pd.testing.assert_frame_equal(again, first, check_exact=True)


def test_each_year_has_its_own_best_practice():
    table = sample(years=(2019, 2020))
    found = efficiency(table, **COLUMNS).table
    for year in (2019, 2020):
        alone = efficiency(table[table["year"] == year].drop(columns="year"), **COLUMNS).table
        own = found[found["year"] == year]
        assert own["efficiency"].to_numpy() == pytest.approx(alone["efficiency"].to_numpy())
        assert own["status"].tolist() == alone["status"].tolist()


def test_super_efficiency_ranks_the_efficient_and_leaves_the_others():
    plain, above = scores(), scores(super_efficiency=True)
    best = plain == 1
    assert (above[best] >= 1).all()
    assert len(set(above[best].round(6))) == best.sum() > 1
    np.testing.assert_array_equal(above[~best], plain[~best])
    for i in np.flatnonzero(best):
        # measured against all others, by the definition: i with a score of 1 against a copy that is made efficient
        scaled = TABLE.copy()
        scaled.loc[i, COLUMNS["inputs"]] = TABLE.loc[i, COLUMNS["inputs"]] * above[i]
        assert scores(scaled)[i] == pytest.approx(1.0)
        scaled.loc[i, COLUMNS["inputs"]] *= 1.001
        assert scores(scaled)[i] < 1.0


def test_a_super_efficiency_that_cannot_be_reached_says_so():
    line = pd.DataFrame({"place": list("ABC"), "x": [2.0, 4.0, 8.0], "y": [1.0, 4.0, 6.0]})
    found = efficiency(line, inputs=["x"], outputs=["y"], returns="variable", super_efficiency=True)
    # no mean of A and B makes as much as C
    assert found.table["status"].tolist() == ["efficient", "efficient", "infeasible"]
    assert np.isnan(found.table["efficiency"].iloc[2])
    assert found.indicator()["place"].tolist() == ["A", "B"]


def test_scale_efficiency_says_who_is_too_small_and_who_too_large():
    found = scale_efficiency(TABLE, **COLUMNS)
    assert (found["constant"]).to_numpy() == pytest.approx((found["variable"] * found["scale"]).to_numpy())
    doubled = TABLE.assign(**{name: TABLE[name] * 1.01 for name in COLUMNS["inputs"] + COLUMNS["outputs"]})
    # a place with increasing returns gains from growing: its variable-returns score moves toward the other
    for place, row in found[found["returns"] != "constant"].set_index("place").iterrows():
        grown = TABLE.where(TABLE["place"] != place, doubled)
        scale = scale_efficiency(grown, **COLUMNS).set_index("place").loc[place, "scale"]
        assert scale >= row["scale"] - 1e-9 if row["returns"] == "increasing" else scale <= row["scale"] + 1e-9
    assert {"increasing", "constant"} <= set(found["returns"])


def test_scores_join_an_index_as_an_indicator():
    rows = efficiency(TABLE, **COLUMNS).indicator("efficiency")
    assert rows.columns.tolist() == ["place", "indicator", "value", "unit", "status"]
    # the contract of a study's table of indicators holds
    assert len(check_table(rows, "indicators")) == len(TABLE)
    others = pd.DataFrame({"place": TABLE["place"], "indicator": "papers", "value": TABLE["papers"]})
    framework = Framework.from_table(pd.DataFrame({"indicator": ["papers", "efficiency"]}))
    found = score(pd.concat([rows, others], ignore_index=True), framework)
    assert len(found.scores) == len(TABLE)


def test_efficiency_of_the_regions_of_the_sources():
    # 13 regions that hold no other (Zhang 2022, table 1): laboratories, institutions and firms with R&D make patents
    wide = load("regional_resources").pivot_table(index="place", columns="indicator", values="value").reset_index()
    apart = wide[~wide["place"].isin(["京津冀", "长三角", "粤港澳", "东北", "成渝"])]
    inputs = [
        name
        for name in wide.columns
        if name in ("national_key_laboratories", "research_institutions_share", "firms_with_rd_share")
    ]
    outputs = ["pct_applications_share", "patents_granted_share"]
    found = efficiency(apart, inputs=inputs, outputs=outputs).table.set_index("place")
    assert found["efficiency"].between(0, 1).all()
    assert found.loc["广东", "status"] == "efficient"
    assert found.loc["甘肃", "efficiency"] < found.loc["北京", "efficiency"]


def test_the_index_of_malmquist_with_one_input_and_one_output_is_the_ratio_of_productivities():
    table = sample(years=(2019, 2020, 2021))
    found = malmquist(table, inputs=["staff"], outputs=["papers"])
    ratio = (table["papers"] / table["staff"]).to_numpy().reshape(3, -1)
    assert found["malmquist"].to_numpy().reshape(2, -1) == pytest.approx(ratio[1:] / ratio[:-1])
    best = ratio.max(axis=1)
    technical = found["technical_change"].to_numpy().reshape(2, -1)
    assert technical == pytest.approx(np.broadcast_to((best[1:] / best[:-1])[:, None], technical.shape))


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_parts_of_malmquist_multiply_to_it(orientation):
    found = malmquist(sample(years=(2019, 2021)), **COLUMNS, orientation=orientation)
    assert (found["efficiency_change"] * found["technical_change"]).to_numpy() == pytest.approx(
        found["malmquist"].to_numpy()
    )
    assert (found["pure_efficiency_change"] * found["scale_change"]).to_numpy() == pytest.approx(
        found["efficiency_change"].to_numpy()
    )
    assert found[["year_from", "year_to"]].drop_duplicates().to_numpy().tolist() == [[2019, 2021]]


def test_growth_of_all_outputs_is_technical_change_alone():
    table = pd.concat([TABLE.assign(year=2019), TABLE.assign(year=2020)], ignore_index=True)
    same = malmquist(table, **COLUMNS)
    assert same.filter(like="change").to_numpy() == pytest.approx(1.0)
    late = table["year"] == 2020
    table.loc[late, COLUMNS["outputs"]] *= 1.25
    found = malmquist(table, **COLUMNS)
    assert found["technical_change"].to_numpy() == pytest.approx(1.25)
    assert found["efficiency_change"].to_numpy() == pytest.approx(1.0)


def test_a_place_of_one_year_alone_is_told():
    table = sample(n=6, years=(2019, 2020))
    table = table.drop(index=[0, len(table) - 1])
    found = malmquist(table, **COLUMNS).set_index("place")
    assert found.loc["p00", "status"] == "only in year_to"
    assert found.loc["p05", "status"] == "only in year_from"
    assert found["malmquist"].isna().sum() == 2
    assert (found["status"] == "computed").sum() == 4


def test_a_bootstrap_of_one_input_and_one_output_is_what_can_be_worked_out():
    found = bootstrap_efficiency(TABLE, inputs=["staff"], outputs=["papers"], resamples=60, bandwidth=0.1, seed=5)
    ratio = (TABLE["papers"] / TABLE["staff"]).to_numpy()
    distance = ratio.max() / ratio
    part = Practice(0.0, TABLE["place"].to_numpy(), *[np.empty(0)] * 4)
    drawn = draw_distances(part, distance, 0.1, 60, 5, correct_variance=False)
    # best practice of a resample: the place that was drawn nearest
    again = distance / drawn.min(axis=1)[:, None]
    corrected = 1.0 / (2.0 * distance - again.mean(axis=0))
    assert found["corrected"].to_numpy() == pytest.approx(corrected)
    high = 1.0 / (distance - np.quantile(again - distance, 0.975, axis=0))
    assert found["high"].to_numpy() == pytest.approx(high)
    assert (found["bias"] > 0).all()
    assert ((found["low"] < found["corrected"]) & (found["high"] <= found["efficiency"])).all()


@pytest.mark.parametrize(("n", "least", "most"), [(25, 0.88, 0.98), (100, 0.9, 0.99)])
def test_intervals_hold_the_truth_as_often_as_they_say(n, least, most):
    rng, hits = np.random.default_rng(3), []
    names = np.array([f"p{i}" for i in range(n)])
    for run in range(250):
        true = np.exp(-rng.exponential(0.3, n))
        distance = true.max() / true
        part = Practice(0.0, names, *[np.empty(0)] * 4)
        width = reference_bandwidth(distance)
        drawn = draw_distances(part, distance, width, 300, run, correct_variance=False)
        low, high = np.quantile(1.0 / drawn.min(axis=1) - 1.0, [0.025, 0.975])
        # all places share the error of best practice, which is the largest true efficiency
        hits.append(1.0 / (1.0 - low) <= true.max() <= 1.0 / (1.0 - high))
    assert least <= np.mean(hits) <= most


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_bootstrap_depends_on_seed_and_names_alone(orientation):
    small = TABLE.iloc[:8]
    options = COLUMNS | {"resamples": 40, "orientation": orientation, "returns": "variable"}
    one = bootstrap_efficiency(small, **options)
    turned = bootstrap_efficiency(small.iloc[::-1].reset_index(drop=True), **options)
    pd.testing.assert_frame_equal(one, turned.iloc[::-1].reset_index(drop=True), check_exact=True)
    assert (bootstrap_efficiency(small, **options, seed=1)["low"] != one["low"]).any()
    wider = bootstrap_efficiency(small, **options, confidence_level=0.5)
    assert ((wider["low"] >= one["low"]) & (wider["high"] <= one["high"])).all()
    closer = bootstrap_efficiency(small, **options, correct_variance=True)
    assert (closer["corrected"] < one["corrected"]).mean() > 0.5


def test_a_bootstrap_without_spread_says_so():
    level = pd.DataFrame({"place": ["a", "b"], "x": [1.0, 2.0], "y": [2.0, 4.0]})
    found = bootstrap_efficiency(level, inputs=["x"], outputs=["y"], resamples=5)
    assert found["status"].tolist() == ["no spread"] * 2
    assert found["low"].isna().all()


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"inputs": "staff"}, "inputs: needed several"),
        ({}, {"inputs": []}, "inputs: needed at least one column"),
        ({}, {"outputs": ["staff"]}, "got staff twice"),
        ({}, {"returns": "konstant"}, "returns: needed one of"),
        ({}, {"orientation": "both"}, "orientation: needed one of"),
        ({}, {"super_efficiency": 1}, "super_efficiency: needed true or false"),
        ({"staff": -1.0}, {}, "column 'staff': needed finite numbers of at least 0, got others at p00"),
        ({"papers": np.nan}, {}, "column 'papers'"),
        ({"papers": "many"}, {}, "column 'papers': needed numbers, got text"),
        ({"papers": 0.0, "patents": 0.0}, {}, "outputs: needed one above 0 for every row, got none at p00"),
        ({"place": "x"}, {}, "one row for each place, got several for x"),
    ],
)
def test_tables_and_options_that_cannot_work_are_refused(change, options, message):
    with pytest.raises(OptionError, match=message):
        efficiency(TABLE.assign(**change), **COLUMNS | options)


def test_more_that_cannot_work_is_refused():
    with pytest.raises(TableError, match="money"):
        efficiency(TABLE.drop(columns="money"), **COLUMNS)
    with pytest.raises(TableError, match="year"):
        malmquist(TABLE, **COLUMNS)
    with pytest.raises(OptionError, match="at least two years, got 2019"):
        malmquist(TABLE.assign(year=2019), **COLUMNS)
    with pytest.raises(OptionError, match=r"resamples.*confidence_level"):
        bootstrap_efficiency(TABLE, **COLUMNS, resamples=0, confidence_level=1.0)
    with pytest.raises(OptionError, match="at least one row, got none"):
        efficiency(TABLE.iloc[:0], **COLUMNS)


def test_numbers_too_far_apart_for_the_solver_are_refused():
    table = pd.DataFrame({"place": list("abc"), "x": [1e12, 1.0, 2.0], "y": [1.0, 1.0, 2.0]})
    with pytest.raises(OptionError, match=r"column 'x': .* factor of at most 1,000,000,000, .* got 1 to 1e"):
        efficiency(table, inputs=["x"], outputs=["y"])


def test_rows_without_place_or_year_are_refused():
    table = pd.DataFrame({"place": ["a", None], "year": [1.0, float("nan")], "x": [1.0, 2.0], "y": [1.0, 1.0]})
    with pytest.raises(OptionError, match=r"needed a place in every row, got 1 without.*needed a year in every row"):
        malmquist(table, inputs=["x"], outputs=["y"])
