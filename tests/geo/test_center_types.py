"""What the centers are: types by several criteria, classes of attributes, their association, inherited functions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import Framework, OptionError, TableError, UnknownPlaceError, check_table, contract, load
from innoscape.geo import class_matrix, cross_table, inherited_functions, lead_lag, typology

ATTRIBUTES = load("center_attributes")
WORLD = ["below_alpha", "alpha_minus", "alpha", "alpha_plus", "alpha_plus_plus"]


def of_source(**options):
    ranks = load("framework_ranks").query("framework == '3-9-32'")
    values = load("framework_values").query("framework == '3-9-32'")
    return typology(ranks, Framework.from_shipped("3-9-32"), values=values, **options)


def classes(found, place):
    return found.criteria.query("place == @place").set_index("criterion")["class"].to_dict()


def own(attribute):
    return ATTRIBUTES[ATTRIBUTES["attribute"] == attribute].set_index("place")["class"]


def test_B1_beijing_is_driven_by_the_supply_of_research():
    found = of_source()
    firsts = found.firsts.query("place == '北京'").set_index("group")
    assert firsts[["firsts", "of"]].to_numpy().tolist() == [[5, 5], [4, 11], [5, 16]]
    assert set(classes(found, "北京").values()) == {"supply_driven"}
    row = found.table.set_index("place").loc["北京"]
    assert (row["class"], row["agreement"], row["supply_driven"]) == ("supply_driven", 1.0, 4)
    # no single indicator decides
    assert (found.criteria.query("place == '北京'")["flips"] == 0).all()


def test_B2_guangdong_is_pulled_by_demand_and_shanghai_flips_by_criterion():
    found = of_source()
    assert set(classes(found, "广东").values()) == {"demand_pull"}
    assert classes(found, "上海") == {
        "firsts": "demand_pull", "not_last": "supply_driven", "mean_rank": "supply_driven", "level": "supply_driven",
    }  # fmt: skip
    row = found.table.set_index("place").loc["上海"]
    assert (row["class"], row["agreement"]) == ("supply_driven", 0.75)
    # two of the four criteria hang on single indicators, some of them suspect in the source
    hang = found.criteria.query("place == '上海' and flips > 0").set_index("criterion")["without"]
    assert hang.to_dict() == {
        "firsts": "information_services_share", "level": "equipment_spending_rate; incubated_firms_rate",
    }  # fmt: skip
    # the source puts no type to Shanghai, and the shipped table none either
    assert "上海" not in own("type")
    assert own("type")["广东"] == "demand_pull"


def test_B2_open_ranks_are_listed_and_stand_at_the_mean_of_those_left():
    opened = of_source().open_ranks
    assert opened.groupby("place").size().to_dict() == {"上海": 10, "广东": 10}
    assert opened.query("indicator == 'high_tech_profit_rate'")["rank"].tolist() == [2.5, 2.5]
    assert opened.query("indicator == 'enterprise_rd_intensity'")["rank"].tolist() == [1.5, 1.5]


def test_B3_two_criteria_are_measured_on_series_and_links():
    rng = np.random.default_rng(3)
    science = rng.normal(size=24).cumsum()
    industry = np.concatenate([rng.normal(size=2), science[:-2]])
    series = pd.DataFrame({"place": "北京", "year": range(2000, 2024), "science": science, "industry": industry})
    mirror = series.assign(place="上海", science=industry, industry=science)
    found = lead_lag(pd.concat([mirror, series]))
    assert found[["place", "lag"]].to_numpy().tolist() == [["上海", -2], ["北京", 2]]
    assert found["correlation"].round(12).tolist() == [1, 1]
    assert found["lead"].iloc[0] == pytest.approx(-found["lead"].iloc[1])
    links = pd.DataFrame({"place": ["北京", "上海"], "criterion": "embedding", "lead": [0.6 - 0.2, 0.1 - 0.5]})
    moved = found[["place", "lead"]].assign(criterion="interaction")
    judged = of_source(evidence=pd.concat([links, moved]))
    assert classes(judged, "北京")["interaction"] == classes(judged, "北京")["embedding"] == "supply_driven"
    assert judged.table.set_index("place").loc["上海", ["class", "demand_pull"]].tolist() == ["undecided", 3]


def test_B4_centers_have_one_of_three_classes_of_governance():
    given = ATTRIBUTES.query("attribute == 'governance'")
    assert set(given["class"]) == {"self_organized", "government_intervention", "government_market"}
    assert given["evidence"].notna().all()
    # the source puts no place into a class
    assert set(given["status"]) == {"assumed"}


def test_B5_drivers_are_crossed_with_types_and_governance():
    assert set(own("driver")) <= {
        "government_led",
        "market_led",
        "university_driven",
        "enterprise_led",
        "comprehensive",
    }
    by_type = cross_table(ATTRIBUTES, "type", "driver")
    assert by_type.counts.to_numpy().sum() == by_type.places == 7
    assert by_type.counts.loc["demand_pull", "enterprise_led"] == 5
    assert by_type.counts.loc["supply_driven", "university_driven"] == 1
    by_governance = cross_table(ATTRIBUTES, "governance", "driver")
    assert by_governance.counts.loc["self_organized"].to_dict() == {
        "comprehensive": 0, "enterprise_led": 3, "government_led": 0, "university_driven": 0,
    }  # fmt: skip
    assert by_governance.test == "fisher, sampled"
    assert 0.1 < by_governance.p_value <= 1


def test_B7_strong_science_new_and_not_strong_industry():
    firsts = of_source().firsts.query("place == '北京'").set_index("group")
    share = firsts["firsts"] / firsts["of"]
    assert share["science"] > share["technology"] > share["industry"]


def test_C2_four_general_functions_and_four_features_of_the_highest_tier():
    functions = load("tier_functions")
    matrix = pd.crosstab(functions["function"], functions["tier"])
    everywhere = matrix.index[(matrix == 1).all(axis=1)]
    assert set(everywhere) == {"research", "technological_innovation", "industry_driving", "cultural_leadership"}
    top = functions.query("tier == 'international' and kind == 'special'")
    assert len(top) == 4
    assert functions.query("function == 'specialized_rd'")["kind"].tolist() == ["special"]


def test_C3_general_functions_are_inherited_and_special_ones_are_not():
    found = inherited_functions(load("tier_functions"))
    held = {tier: set(rows["function"]) for tier, rows in found.groupby("tier")}
    general = {tier: set(rows["function"]) for tier, rows in found.query("kind == 'general'").groupby("tier")}
    assert general["international"] >= general["national"] >= general["regional"] >= general["local"]
    special = set(found.query("kind == 'special' and tier == 'local'")["function"])
    assert not special & (held["international"] | held["national"] | held["regional"])
    assert found.query("function == 'upgrading' and status == 'inherited'")["inherited_from"].unique().tolist() == [
        "local"
    ]
    again = inherited_functions(found.drop(columns=["status", "inherited_from"]))
    assert (again["status"] == "listed").all()
    assert len(again) == len(found)


def test_C10_centers_of_high_tiers_are_world_cities_of_high_levels():
    places = load("places")
    tier = places.dropna(subset=["tier"])[["place", "tier"]].rename(columns={"tier": "class"}).assign(attribute="tier")
    abroad = ["纽约", "洛杉矶", "伦敦", "东京"]
    assert set(own("world_city")[abroad]) <= {*WORLD[2:]}
    both = pd.concat([ATTRIBUTES, tier])
    orders = {"tier": ["local", "regional", "national", "international"], "world_city": WORLD}
    found = cross_table(both, "tier", "world_city", orders=orders)
    assert found.places == 22
    assert round(found.tau_b, 2) == 0.66
    assert found.p_value < 0.001
    # every center that is a world city of an alpha level is international
    assert (
        found.counts.loc[["regional", "national"], [c for c in found.counts if c != "below_alpha"]].to_numpy().sum()
        == 0
    )


def test_C14_cities_of_one_center_have_roles_of_their_own():
    roles = own("role")
    assert (roles["香港"], roles["深圳"]) == ("gateway", "application")
    pairs = ["南京", "苏州", "杭州", "宁波", "合肥", "芜湖"]
    assert set(roles[pairs]) == {"provincial_driver"}
    tiers = load("hierarchy_cities").set_index("place")["center"]
    assert tiers["香港"] == tiers["深圳"]
    assert set(tiers[pairs]) == {"上海"}


def test_C15_sectors_of_eight_centers_and_those_that_several_plan():
    sectors = class_matrix(ATTRIBUTES, "sector")
    hierarchy = load("hierarchy").dropna(subset=["sectors_en"])
    assert len(hierarchy) == 8
    assert [hierarchy["sectors_en"].str.split("; ").str.len().agg(f) for f in ("min", "max")] == [5, 15]
    for row in hierarchy.itertuples():
        for city in row.cities.split("; "):
            assert int(sectors.loc[city].sum()) == len(row.sectors_en.split("; "))
    one_city = sectors.loc[[row.cities.split("; ")[0] for row in hierarchy.itertuples()]]
    planned = one_city.sum()
    assert planned["smart_manufacturing"] == 5
    assert (planned > 1).sum() == 15
    shared = one_city.astype(int) @ one_city.T.astype(int)
    assert shared.loc["北京", "武汉"] == 1


def test_H8_three_cities_and_one_area_have_four_roles():
    area = ["中关村科学城", "怀柔科学城", "未来科学城", "北京经济技术开发区"]
    assert own("role")[area].tolist() == ["original_innovation", "facility_cluster", "vitality", "industry_front"]
    assert set(area) <= set(own("platform")[["北京"]])


def test_shipped_attributes_repeat_the_hierarchy_exactly():
    """Functions, sectors and platforms of the cities are those that the hierarchy lists."""
    listed = load("hierarchy").query("tier != 'local'")
    for attribute, column in (("function", "priorities_en"), ("sector", "sectors_en")):
        mine = ATTRIBUTES.query("attribute == @attribute")
        wanted = {
            (c, n)
            for r in listed.dropna(subset=[column]).itertuples()
            for c in r.cities.split("; ")
            for n in getattr(r, column).split("; ")
        }
        assert set(zip(mine["place"], mine["name_en"], strict=True)) == wanted
        assert mine.groupby("class")[["name_en", "name_zh"]].nunique().max().max() == 1 or attribute == "sector"
    mine = ATTRIBUTES.query("attribute == 'platform'")
    wanted = {
        (c, p)
        for r in listed.dropna(subset=["platforms"]).itertuples()
        for c in r.cities.split("; ")
        for p in r.platforms.split("; ")
    }
    assert set(zip(mine["place"], mine["class"], strict=True)) == wanted


def test_the_contract_of_attributes():
    assert contract("attributes").query("required")["column"].tolist() == ["place", "attribute", "class"]
    table = pd.DataFrame({"place": ["a", "a"], "attribute": "sector", "class": ["x", "y"]})
    assert len(check_table(table, "attributes")) == 2
    with pytest.raises(TableError, match="class"):
        check_table(table.assign(**{"class": "x"}), "attributes")
    with pytest.raises(TableError, match="general"):
        check_table(table.assign(kind="usual"), "attributes")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 4), st.integers(2, 4))
def test_a_cross_table_is_symmetric_and_keeps_its_margins(seed, r, c):
    rng = np.random.default_rng(seed)
    places = [f"p{i}" for i in range(30)]
    one = pd.DataFrame({"place": places, "attribute": "one", "class": rng.integers(0, r, 30).astype(str)})
    two = pd.DataFrame({"place": places, "attribute": "two", "class": rng.integers(0, c, 30).astype(str)})
    table = pd.concat([one, two]).sample(frac=1, random_state=seed % 1000)
    found, turned = (cross_table(table, *pair, samples=199) for pair in (("one", "two"), ("two", "one")))
    assert found.counts.to_numpy().sum() == 30
    np.testing.assert_allclose(found.expected.sum(axis=1), found.counts.sum(axis=1))
    np.testing.assert_array_equal(found.counts.T, turned.counts)
    assert found.chi_square == pytest.approx(turned.chi_square)
    assert found.cramers_v == pytest.approx(turned.cramers_v, nan_ok=True)
    assert np.isnan(found.cramers_v) or 0 <= found.cramers_v <= 1 + 1e-12
    assert found.test == turned.test


def test_what_cannot_be_crossed_or_classed_is_refused():
    with pytest.raises(OptionError, match="sector: needed one class a place, got several of"):
        cross_table(ATTRIBUTES, "sector", "type")
    with pytest.raises(OptionError, match=r"attribute: needed one of .* got 'typ' \(did you mean 'type'\?\)"):
        cross_table(ATTRIBUTES, "typ", "driver")
    with pytest.raises(OptionError, match="got none with role and type"):
        cross_table(ATTRIBUTES.query("not (attribute == 'role' and place in ('北京', '上海'))"), "role", "type")
    with pytest.raises(OptionError, match="orders, type: needed every class, got none for demand_pull"):
        cross_table(ATTRIBUTES, "type", "driver", orders={"type": ["supply_driven"]})
    with pytest.raises(OptionError, match="science: needed a group of the framework"):
        of_source(science="research")
    with pytest.raises(OptionError, match="needed at least one that the tables allow"):
        typology(
            load("framework_ranks").query("framework == '3-9-32'"), Framework.from_shipped("3-9-32"), criteria=["level"]
        )
    with pytest.raises(UnknownPlaceError, match="武汉"):
        of_source(evidence=pd.DataFrame({"place": ["武汉"], "criterion": "x", "lead": 1.0}))
    with pytest.raises(TableError, match="without a gap"):
        lead_lag(pd.DataFrame({"place": "a", "year": [2000, 2002], "science": 1.0, "industry": 2.0}))
    with pytest.raises(OptionError, match="kind: needed one of general, special, got usual"):
        inherited_functions(load("tier_functions").assign(kind="usual"))


def test_types_follow_from_values_and_do_not_depend_on_the_order_of_rows():
    frame = pd.DataFrame(
        {"indicator": list("abcd"), "level1": ["science"] * 2 + ["industry"] * 2, "direction": [1, 1, 1, -1]}
    )
    cells = pd.DataFrame(
        {"place": ["p"] * 4 + ["q"] * 4, "indicator": list("abcd") * 2, "value": [9, 9, 1, 9, 1, 1, 9, 1.0]}
    )
    framework = Framework.from_table(frame)
    found = typology(cells, framework)
    assert found.table[["place", "class"]].to_numpy().tolist() == [["p", "supply_driven"], ["q", "demand_pull"]]
    again = typology(cells.sample(frac=1, random_state=2), framework)
    pd.testing.assert_frame_equal(found.criteria, again.criteria)
    wide = typology(cells, framework, margin=1.0).table
    assert set(wide["class"]) == {"undecided"}
