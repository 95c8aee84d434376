"""Assignment, matching of records, chains, shared benefit, coordination and tie strength, on the sources' numbers."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InfeasibleError, OptionError, SizeError, TableError, UnknownPlaceError, load
from innoscape.network import (
    assign,
    chain_coverage,
    chain_matching,
    coalition_flows,
    coordination_cost,
    match_records,
    overlap,
    share_benefit,
    tie_strength,
)

GRID = st.lists(st.lists(st.integers(-3, 9), min_size=3, max_size=3), min_size=2, max_size=5)


def table_of(rows):
    return pd.DataFrame(rows, index=[f"s{n}" for n in range(len(rows))], columns=["x", "y", "z"], dtype=float)


@settings(max_examples=30, deadline=None)
@given(GRID, st.randoms())
def test_an_assignment_keeps_its_limits_and_does_not_depend_on_order(rows, source):
    scores, capacity = table_of(rows), {"x": 1, "y": 2, "z": 0}
    found = assign(scores, capacity=capacity)
    assert (found.targets.set_index("target")["received"] <= pd.Series(capacity)).all()
    assert found.sources["assigned"].isin([0, 1]).all()
    assert (found.links["score"] > 0).all()
    order = source.sample(list(scores.index), len(scores))
    pd.testing.assert_frame_equal(found.links, assign(scores.loc[order, ["z", "x", "y"]], capacity=capacity).links)


@settings(max_examples=30, deadline=None)
@given(GRID, st.integers(0, 4))
def test_with_a_price_of_crowding_no_other_assignment_is_better(rows, price):
    scores = table_of(rows)
    found = assign(scores, crowding=price, complete=True)

    def worth(choice):
        counts = np.bincount(choice, minlength=3)
        return sum(row[at] for row, at in zip(rows, choice, strict=True)) - price * (counts * (counts - 1) / 2).sum()

    choices = np.stack(np.meshgrid(*[range(3)] * len(rows)), axis=-1).reshape(-1, len(rows))
    assert found.summary["objective"] == pytest.approx(max(worth(choice) for choice in choices))
    assert worth([int(found.to_table().loc[name].argmax()) for name in scores.index]) == pytest.approx(
        found.summary["objective"]
    )


def test_supply_that_has_no_room_is_refused_with_the_amount_that_lacks():
    scores = pd.DataFrame({"x": [1.0, None]}, index=["a", "b"])
    with pytest.raises(InfeasibleError, match=r"room for 3, got .* for 1; 1 sources have no link .* 2 more"):
        assign(scores, supply={"a": 2, "b": 1}, capacity={"x": 1}, complete=True)
    left = assign(scores, supply={"a": 2, "b": 1}, capacity={"x": 1})
    assert left.sources["left"].tolist() == [1.0, 1.0]


def test_faults_of_an_assignment_are_said():
    scores = pd.DataFrame({"x": [1.0]}, index=["a"])
    with pytest.raises(UnknownPlaceError, match=r"no such place: 'b'[\s\S]*none for a"):
        assign(scores, supply={"b": 1})
    with pytest.raises(OptionError, match="whole numbers where crowding has a price"):
        assign(scores, supply={"a": 1.5}, crowding=1)
    with pytest.raises(TableError, match="at least one source"):
        assign(scores.iloc[:0])
    assert assign(-scores).links.empty


def records():
    """Return the sectors that supply and ask for results, in the ranks of the source, one record each."""
    figures = load("figures").set_index("id")
    rows = figures.loc[[f"S3-0{n}" for n in range(48, 54)]]
    table = pd.DataFrame({"record": rows["place"] + rows["value"].astype(int).astype(str), "place": rows["place"]})
    table["sector"] = rows["indicator_zh"].str.split("：").str[1]
    return table[table["place"] == "北京"], table[table["place"] == "河北"]


def test_f15_supply_and_demand_meet_in_one_sector_and_the_missing_links_are_listed():
    found = match_records(*records())
    assert found.matches[["sector", "place", "target"]].to_numpy().tolist() == [["制造业", "北京", "河北"]]
    assert found.missing[["sector", "reason", "demands"]].to_numpy().tolist() == [
        ["建筑业", "no sector", 1], ["批发和零售业", "no sector", 1]]  # fmt: skip
    assert found.summary["share"] == pytest.approx(1 / 3)
    assert set(found.unused["sector"]) == {"科学研究和技术服务业", "信息传输、软件和信息技术服务业"}


def test_f12_results_are_recommended_only_if_evaluated_well_enough():
    # associations list problems, institutes answer, an evaluation rates maturity, novelty and advancement
    answers = pd.DataFrame({"record": ["institute 1", "institute 2", "institute 3"], "sector": ["a", "a", "b"],
                            "maturity": [7, 4, 9], "novelty": [3, 5, 1], "advancement": [4, 4, None]})  # fmt: skip
    problems = pd.DataFrame({"record": ["p1", "p2", "p3", "p4"], "sector": ["a", "a", "b", "c"],
                             "maturity": [6, 4, 8, 1], "novelty": [2, 5, 1, 1]})  # fmt: skip
    problems["advancement"] = [4, 4, 2, 1]
    terms = dict.fromkeys(["maturity", "novelty", "advancement"], "at_least")
    found = match_records(answers, problems, terms=terms)
    assert found.matches[["supply", "demand"]].to_numpy().tolist() == [["institute 1", "p1"], ["institute 2", "p2"]]
    # a rating that is missing meets no demand for it
    assert found.unmet.set_index("demand")["reason"].to_dict() == {"p3": "terms: advancement", "p4": "no sector"}
    unasked = match_records(answers, problems.assign(advancement=None), terms=terms)
    assert "p3" in unasked.matches["demand"].tolist()


def test_matches_go_to_the_near_the_related_and_what_is_left_says_why():
    supply = pd.DataFrame(
        {"record": ["s1", "s2"], "sector": ["chips", "lasers"], "place": ["A", "B"], "amount": [3, 2]}
    )
    demand = pd.DataFrame({"record": ["d1", "d2", "d3"], "sector": ["chips", "chips", "lasers"],
                           "place": ["A", "B", "C"], "amount": [2, 2, 1]})  # fmt: skip
    costs = pd.DataFrame([[0, 50, 900], [50, 0, 900], [900, 900, 0]], index=list("ABC"), columns=list("ABC"))
    related = pd.DataFrame([[1, 0.5], [0.5, 1]], index=["chips", "lasers"], columns=["chips", "lasers"])
    found = match_records(supply, demand, related=related, costs=costs, scale=50, farthest=100)
    amounts = found.matches.set_index(["supply", "demand"])["amount"].to_dict()
    # the two of s1 stay in A; its third and the lasers of B go to the chips of B, where both are worth one half
    assert amounts[("s1", "d1")] == 2
    assert sum(amounts.values()) == 4
    assert found.unmet[["demand", "reason"]].to_numpy().tolist() == [["d3", "too far"]]
    assert found.unused["amount"].sum() == 1
    alone = match_records(supply.iloc[:1], demand.iloc[:2].assign(amount=3))
    assert alone.unmet["reason"].tolist() == ["taken"]


def test_faults_of_records_come_together():
    supply = pd.DataFrame({"record": ["s", "s"], "sector": ["x", None], "amount": [1, -1]})
    with pytest.raises(OptionError, match=r"got s more than once[\s\S]*another of s[\s\S]*got none of s"):
        match_records(supply, supply)
    with pytest.raises(TableError, match=r"column price[\s\S]*needed with costs, got none"):
        match_records(supply, supply, terms={"price": "at_most"}, scale=3)
    with pytest.raises(OptionError, match="needed one of 'at_most', 'at_least', 'equal', got 'below'"):
        match_records(supply, supply, terms={"amount": "below"})


def jing_jin_ji():
    """Return the ties that the source calls close (3) or names (1), by pair and industry, and the base of Hebei."""
    named = {
        ("北京", "天津"): {"仪器仪表": 3, "电气机械": 3, "计算机通信电子": 3, "专用设备": 3},
        ("北京", "河北"): {"仪器仪表": 3, "电气机械": 3, "通用设备": 1, "专用设备": 1},
        ("天津", "河北"): {"金属制品": 1},
    }
    ties = [(*pair, industry, value) for pair, found in named.items() for industry, value in found.items()]
    base = pd.DataFrame(0, index=["北京", "天津", "河北"], columns=["通用设备", "专用设备", "金属制品", "其他"])
    base.loc["河北", ["通用设备", "专用设备"]] = 2
    base.loc[["天津", "河北"], "金属制品"] = 1
    base["其他"] = 2
    return pd.DataFrame(ties, columns=["place", "other", "class", "value"]), base


def test_f8_industries_by_pair_are_those_of_the_source():
    ties, base = jing_jin_ji()
    found = chain_matching(ties, base)
    matched = found[found["basis"] != "none"].groupby(["place", "other"])["class"].agg(set)
    assert matched[("北京", "天津")] == {"仪器仪表", "电气机械", "计算机通信电子", "专用设备"}
    assert matched[("北京", "河北")] == {"仪器仪表", "电气机械", "通用设备", "专用设备"}
    assert matched[("天津", "河北")] == {"金属制品"}
    hebei = found[found["place"] == "北京"].query("other == '河北'").set_index("class")
    # special equipment enters by the base of Hebei, not by its ties
    assert hebei["basis"].to_dict() == {
        "仪器仪表": "ties",
        "电气机械": "ties",
        "通用设备": "base",
        "专用设备": "base",
    }
    assert hebei.loc["专用设备", "strongest"] == "河北"
    first = {" ".join(pair): sorted(classes) for pair, classes in matched.items() if "北京" in pair}
    assert set(overlap(first).pairs["classes"].iloc[0].split("; ")) == {"仪器仪表", "电气机械", "专用设备"}


def test_pairs_are_read_either_way_and_faults_are_said():
    ties, base = jing_jin_ji()
    turned = ties.rename(columns={"place": "other", "other": "place"}).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(chain_matching(ties, base), chain_matching(turned, base * 10))
    with pytest.raises(OptionError, match=r"got -1[\s\S]*got 北京 twice"):
        chain_matching(ties.assign(other="北京", value=-1.0), base)
    assert chain_matching(ties)["base_quotient"].isna().all()


def test_f17_links_of_the_service_chain_that_parks_lack():
    chain = ["R&D design", "incubation", "inspection and testing", "technology transfer", "technology finance"]
    parks = pd.DataFrame(0, index=["天津滨海-中关村", "雄安中关村"], columns=chain)
    parks.iloc[0, [0, 1, 2]] = 1
    parks.iloc[1, [1, 3]] = 1
    found = chain_coverage(parks)
    assert found[["held", "of", "run"]].to_numpy().tolist() == [[3, 5, 3], [2, 5, 1], [4, 5, 4]]
    assert found["missing"].iloc[2] == "technology finance"
    assert found["missing"].iloc[1] == "R&D design; inspection and testing; technology finance"
    with pytest.raises(OptionError, match=r"got 'x' twice[\s\S]*least: needed a finite number"):
        chain_coverage(parks, ["x", "x"], least=-1)


def region_flows():
    """Return the co-patents of the three, with the cities of Hebei as one."""
    flows = load("copatents").replace({"石家庄": "河北", "河北其余": "河北"})
    return flows[flows["source"].isin(["北京", "天津", "河北"])]


def test_f13_shares_of_the_three_leave_no_coalition_better_off():
    flows = region_flows()
    found = share_benefit(coalition_flows(flows))
    shares = found.shares.set_index("partner")
    # half of the co-patents of each: 3056, 4277 and 1340 between pairs
    assert shares["shapley"].to_dict() == {"北京": 3666.5, "天津": 2198.0, "河北": 2808.5}
    assert shares["shapley"].sum() == found.summary["worth"] == 8673
    assert found.summary["shapley_in_core"]
    assert (shares["gain"] > 0).all()
    assert (found.coalitions["excess"] <= 0).all()


def test_f13_where_no_shares_are_stable_the_least_subsidy_is_said():
    # any two of three can have all
    majority = {"a": 0, "b": 0, "c": 0, ("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 1, ("a", "b", "c"): 1}
    found = share_benefit(majority)
    assert found.shares["shapley"].tolist() == pytest.approx([1 / 3] * 3)
    assert not found.summary["core_exists"]
    assert found.summary["least_excess"] == pytest.approx(1 / 3)
    assert found.shares["stable"].isna().all()
    # one left glove and two right ones: only the left one earns in the core, the Shapley value gives 1/6 to the others
    gloves = {"l": 0, "r": 0, "s": 0, ("l", "r"): 1, ("l", "s"): 1, ("r", "s"): 0, ("l", "r", "s"): 1}
    found = share_benefit(gloves)
    assert found.shares["shapley"].tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert not found.summary["shapley_in_core"]
    assert found.shares["stable"].tolist() == pytest.approx([1, 0, 0])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-5, 20), min_size=15, max_size=15))
def test_shapley_values_are_the_means_over_all_orders(numbers):
    names = "abcd"
    groups = [frozenset(n for at, n in enumerate(names) if bits >> at & 1) for bits in range(1, 16)]
    worth = dict(zip(groups, numbers, strict=True)) | {frozenset(): 0}
    found = share_benefit({g: v for g, v in worth.items() if g}).shares.set_index("partner")["shapley"]
    for name in names:
        added = [
            worth[frozenset(o[: o.index(name) + 1])] - worth[frozenset(o[: o.index(name)])] for o in permutations(names)
        ]
        assert found[name] == pytest.approx(np.mean(added))
    assert found.sum() == pytest.approx(worth[frozenset(names)])


def test_coalitions_without_worth_are_refused():
    with pytest.raises(OptionError, match="none for a; b"):
        share_benefit({"a": 1, "b": 2})
    with pytest.raises(OptionError, match="got several"):
        share_benefit({("a",): 1, "a": 1})
    with pytest.raises(SizeError, match="at most 12, got 13"):
        share_benefit({str(n): 1 for n in range(13)})


def layered(*, districts):
    """Return sixteen parks under districts and the city, with institutes under ministries of the center."""
    over = "district {}" if districts else "committee"
    rows = [(f"park {n:02}", over.format(n)) for n in range(16)]
    rows += [(name, "city") for name in dict.fromkeys(above for _, above in rows)]
    return pd.DataFrame(
        [*rows, ("city", "center"), ("institute", "ministry"), ("ministry", "center")], columns=["body", "over"]
    )


def test_g3_i15_coordination_costs_more_with_every_layer():
    parks = [f"park {n:02}" for n in range(16)]
    many, single = (coordination_cost(layered(districts=d), parks).summary for d in (True, False))
    assert (many["mean_layers"], single["mean_layers"]) == (2, 1)
    # 120 pairs of parks: 1 + 2 each under districts, 1 each under one committee
    assert (many["cost"], single["cost"]) == (360, 120)
    with_center = coordination_cost(layered(districts=True), ["park 01", "park 02", "institute"]).pairs
    assert with_center["layers"].tolist() == [3, 3, 2]
    assert with_center["through"].tolist() == ["center", "center", "city"]
    assert with_center["cost"].tolist() == [7, 7, 3]
    plain = coordination_cost(layered(districts=True), parks, growth=1).pairs
    assert (plain["cost"] == plain["layers"]).all()


def test_bodies_without_a_common_one_have_no_cost_and_circles_are_refused():
    apart = pd.DataFrame({"body": ["a", "b"], "over": ["x", "y"]})
    found = coordination_cost(apart)
    assert found.pairs["status"].tolist() == ["no common body"]
    assert found.pairs["cost"].isna().all()
    assert found.summary[["cost", "unlinked"]].tolist() == [0, 1]
    above = pd.DataFrame({"body": ["a", "b", "x", "y"], "over": ["x", "x", "y", "x"]})
    with pytest.raises(OptionError, match="over itself, in a circle"):
        coordination_cost(above)
    with pytest.raises(OptionError, match="over itself, in a circle"):
        coordination_cost(pd.DataFrame({"body": ["a", "x", "b"], "over": ["x", "a", "x"]}), ["a", "b"])
    with pytest.raises(OptionError, match=r"got 'c'[\s\S]*at least two, got 1"):
        coordination_cost(apart, ["c"])


def test_c5_ties_are_strong_or_weak_within_and_between_tiers():
    flows = load("copatents")
    cities = load("hierarchy_cities").set_index("place")
    tiers = cities["tier"].fillna(cities["suggested_tier"]).dropna().to_dict() | {"河北其余": "local"}
    found = tie_strength(flows, {place: tiers[place] for place in {*flows["source"], *flows["target"]}})
    assert found.threshold == pytest.approx(8673 / 4)
    assert found.ties.set_index(["source", "target"])["strength"].value_counts().to_dict() == {"strong": 2, "weak": 2}
    assert found.tiers["ties"].sum() == 4
    assert set(found.tiers["relation"]) == {"within", "between"}
    # the international center is tied to regional and to local places: a tier is skipped
    assert found.tiers.set_index(["tier", "other"]).loc[("international", "local"), "ties"] == 1


def test_c6_the_cities_of_a_twin_center_are_one_end_of_its_ties():
    flows = pd.DataFrame(
        {"source": ["成都", "重庆", "成都"], "target": ["北京", "北京", "重庆"], "value": [3.0, 4.0, 9.0]}
    )
    twin = {"成都": "成都-重庆", "重庆": "成都-重庆"}
    found = tie_strength(flows, {"北京": "international", "成都-重庆": "national"}, centers=twin)
    assert found.ties[["source", "target", "value"]].to_numpy().tolist() == [["北京", "成都-重庆", 7.0]]
    assert found.tiers["pairs"].tolist() == [0, 1, 0]
    with pytest.raises(UnknownPlaceError, match="none of 成都, 重庆"):
        tie_strength(flows, {"北京": "international"})


@pytest.mark.parametrize(
    ("rule", "threshold", "strong"),
    [
        ("mean", 2, ["A-B"]),
        ("quantile", 0.5, ["A-B", "A-C"]),
        ("share", 0.7, ["A-B", "C-D"]),
        ("value", 2, ["A-B", "A-C"]),
    ],
)
def test_each_rule_of_strength_by_hand(rule, threshold, strong):
    # strengths: A 11, B 9, C 3, D 1
    flows = pd.DataFrame({"source": ["A", "C", "D"], "target": ["B", "A", "C"], "value": [9.0, 2.0, 1.0]})
    found = tie_strength(flows, dict.fromkeys("ABCD", "national"), rule=rule, threshold=threshold).ties
    held = found[found["strength"] == "strong"]
    assert (held["source"] + "-" + held["target"]).tolist() == strong


def test_a_rule_without_its_threshold_or_with_one_out_of_range_is_refused():
    flows = pd.DataFrame({"source": ["A"], "target": ["B"], "value": [1.0]})
    with pytest.raises(OptionError, match="needed for rule 'value'"):
        tie_strength(flows, {}, rule="value")
    with pytest.raises(OptionError, match="threshold: needed a finite number from 0 to 1, got 2"):
        tie_strength(flows, {}, rule="quantile", threshold=2)
    with pytest.raises(OptionError, match="at least one tie"):
        tie_strength(flows.assign(target="A"), {"A": "local"})


@pytest.mark.parametrize("unit", [1e-12, 1.0, 1e200])
def test_the_unit_of_scores_changes_no_assignment(unit):
    scores = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 1.0]}, index=["a", "b"]) * unit
    assert assign(scores).links[["source", "target"]].to_numpy().tolist() == [["a", "y"], ["b", "x"]]


def test_slots_too_many_are_refused_before_they_are_made():
    scores = pd.DataFrame({"x": [1.0]}, index=["a"])
    with pytest.raises(SizeError, match="got 1,000,000,000,001; leave out weak links, or count in larger units"):
        assign(scores, supply={"a": 1e12}, crowding=1.0)
