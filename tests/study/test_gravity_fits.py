"""A gravity model is fitted to the flows of a network as the study file asks, or refused by name."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeError
from innoscape.data.contracts.results import result_tables
from innoscape.geo import distance_matrix
from innoscape.network import fit_gravity
from innoscape.study import check, run

N = 14
CITIES = [f"c{i:02d}" for i in range(N)]
HEAD = 'name = "made"\ntitle = "Made"\n[tables]\nplaces = ["places.csv"]\nindicators = "sizes.csv"\n'
NETWORK = '[[networks]]\nname = "deals"\ndirected = {directed}\nflows = "flows.csv"\n'
FREE = 'constraint = "none"\norigin_mass = ["gdp"]\ndestination_mass = ["people"]\n'
ONE_MASS = FREE.replace("people", "gdp")


def places():
    at = np.arange(N)
    lon, lat = 100 + (7 * at) % 13, 25 + (5 * at) % 11
    table = pd.DataFrame({"place": CITIES, "lon": lon * 1.0, "lat": lat * 1.0, "kind": "city"})
    table["tier"] = ["national", "regional", *[""] * (N - 2)]
    rest = pd.DataFrame({"place": ["rest"], "kind": ["aggregate"]})
    return pd.concat([table, rest], ignore_index=True)


def sizes():
    at = np.arange(N)
    gdp, people = 20 + (9 * at) % 41, 10 + (4 * at) % 23
    rows = [(c, "gdp", float(v)) for c, v in zip(CITIES, gdp, strict=True)]
    rows += [(c, "people", float(v)) for c, v in zip(CITIES, people, strict=True)]
    return pd.DataFrame(rows, columns=["place", "indicator", "value"])


def expected(*, exponent=0.8, origin=0.9, destination=0.6, near=0.0):
    """Return the flows a gravity model expects; those of the corridor c00, c01, c02 are e ** near times as much."""
    mass = sizes().pivot_table(index="place", columns="indicator", values="value")
    cost = distance_matrix(places().iloc[:N]).loc[CITIES, CITIES].to_numpy(copy=True)
    np.fill_diagonal(cost, 1.0)
    flow = 12 * np.outer(mass["gdp"] ** origin, mass["people"] ** destination) / cost**exponent
    flow[:3, :3] *= np.exp(near)
    return pd.DataFrame(flow, index=CITIES, columns=CITIES)


def drawn(seed=5, **keys):
    table = expected(**keys)
    counts = np.random.default_rng(seed).poisson(table.to_numpy())
    rows = [
        (s, t, float(counts[i, j]))
        for i, s in enumerate(CITIES)
        for j, t in enumerate(CITIES)
        if i != j and counts[i, j]
    ]
    return pd.DataFrame(rows, columns=["source", "target", "value"])


FLOWS = drawn()


@pytest.fixture
def study(tmp_path):
    def made(keys="", *, directed=True, head=HEAD, before="", network=NETWORK, **tables):
        for name, table in {"places": places(), "sizes": sizes(), "flows": FLOWS, **tables}.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        text = head + before + network.format(directed=str(directed).lower()) + "[networks.gravity]\n" + keys
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return made


def terms(folder):
    return run(folder, until="centrality").tables["gravity"].set_index("term")


def refusal(folder):
    with pytest.raises(InnoscapeError) as caught:
        check(folder)
    with pytest.raises(InnoscapeError) as again:
        run(folder, until="centrality")
    assert str(again.value) == str(caught.value)
    return str(caught.value)


def test_the_exponents_that_flows_were_drawn_with_lie_in_the_intervals(study):
    found = terms(study(FREE))
    for term, truth in {"log_cost": -0.8, "origin_gdp": 0.9, "destination_people": 0.6, "constant": np.log(12)}.items():
        assert found.loc[term, "low"] < truth < found.loc[term, "high"], term
    assert found.loc["log_cost", "coefficient"] == pytest.approx(-0.8, abs=0.05)
    assert set(found["status"]) == {"fitted"}


def test_the_model_is_that_of_the_library_on_the_same_flows(study):
    costs = distance_matrix(places().iloc[:N]).loc[CITIES, CITIES]
    for keys, options in (
        ("", {"constraint": "double"}),
        ('decay = "exponential"\ncovariance = "two_way"\n', {"decay": "exponential", "covariance": "two_way"}),
        ('decay = "tanner"\nabsent = "missing"\n', {"decay": "tanner", "absent": "missing"}),
    ):
        tables = run(study(keys), until="centrality").tables
        fit = fit_gravity(FLOWS, costs, **{"constraint": "double", **options})
        for ours, theirs in (("coefficient", "estimate"), ("standard_error",) * 2, ("low",) * 2, ("p_value",) * 2):
            assert tables["gravity"][ours].tolist() == pytest.approx(fit.coefficients[theirs].tolist(), rel=1e-9)
        measures = tables["gravity_fit"].set_index("measure")["value"]
        for name in ("pairs", "d2", "cpc", "mcfadden", "r2", "srmse", "parameters"):
            assert measures[name] == pytest.approx(fit.fit[name])
        assert measures["rmse"] == pytest.approx(np.sqrt((fit.residuals()["residual"] ** 2).mean()))


def test_an_effect_of_a_corridor_is_found_beside_distance(study):
    corridors = pd.DataFrame({"corridor": ["K"], "members": ["c00; c01; c02"]})
    head = HEAD + 'corridors = "corridors.csv"\n'
    keys = FREE + 'same = ["corridor"]\n'
    found = terms(study(keys, head=head, corridors=corridors, flows=drawn(near=1.2)))
    assert found.loc["same_corridor", "low"] < 1.2 < found.loc["same_corridor", "high"]
    assert found.loc["same_corridor", "low"] > 0.5


def test_flows_without_a_direction_count_once_and_have_one_mass(study):
    half = FLOWS[FLOWS["source"] < FLOWS["target"]]
    tables = run(study(ONE_MASS, directed=False, flows=half), until="centrality").tables
    assert tables["gravity"]["term"].tolist() == ["constant", "both_gdp", "log_cost"]
    measures = tables["gravity_fit"].set_index("measure")["value"]
    assert measures["pairs"] == N * (N - 1) / 2
    assert measures["positive"] == len(half)
    assert (tables["gravity_misfits"]["source"] < tables["gravity_misfits"]["target"]).all()
    turned = half.rename(columns={"source": "target", "target": "source"}).iloc[::-1]
    again = run(study(ONE_MASS, directed=False, flows=turned), until="centrality").tables
    for name in ("gravity", "gravity_fit", "gravity_misfits"):
        pd.testing.assert_frame_equal(tables[name], again[name], check_exact=True)


def test_a_cost_that_differs_by_direction_is_averaged_for_flows_without_one(study):
    half = FLOWS[FLOWS["source"] < FLOWS["target"]]
    back = PRICES.rename(columns={"source": "target", "target": "source"}).assign(value=lambda t: t["value"] + 4)
    one_way = study("", head=PRICED, directed=False, flows=half, costs=pd.concat([PRICES, back]))
    first = terms(one_way)
    second = terms(study("", head=PRICED, directed=False, flows=half, costs=PRICES.assign(value=PRICES["value"] + 2)))
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def test_pairs_within_one_scored_place_have_a_factor_of_their_own(study):
    inside = places().assign(
        part_of=lambda t: t["place"].map(dict.fromkeys(CITIES[:3], "S") | {"c09": "T", "c10": "T"})
    )
    scopes = pd.DataFrame({"place": ["S", "T"], "lon": [101.0, 108.0], "lat": [28.0, 30.0], "kind": "region"})
    index = '[index]\nunits = ["S", "T"]\n[[index.recipes]]\nname = "main"\n'
    cells = pd.DataFrame({"place": ["S", "T"], "indicator": "k", "value": [1.0, 2.0]})
    tables = {"places": pd.concat([inside, scopes]), "sizes": pd.concat([sizes(), cells])}
    tables["frame"] = pd.DataFrame({"indicator": ["k"]})
    head = HEAD + 'framework = "frame.csv"\n'
    keys = FREE + 'same = ["scope"]\n'
    found = terms(study(keys, head=head, before=index, flows=drawn(near=1.2), **tables))
    shared = pd.DataFrame(0.0, index=CITIES, columns=CITIES)
    for group in (CITIES[:3], ["c09", "c10"]):
        shared.loc[group, group] = 1.0
    mass = sizes().pivot_table(index="place", columns="indicator", values="value")
    costs = distance_matrix(places().iloc[:N]).loc[CITIES, CITIES]
    masses = {"origin_mass": mass[["gdp"]], "destination_mass": mass[["people"]]}
    fit = fit_gravity(drawn(near=1.2), costs, pairs={"same_scope": shared}, **masses)
    assert found["coefficient"].tolist() == pytest.approx(fit.coefficients["estimate"].tolist())
    assert found.index[-1] == "same_scope"


def test_misfits_are_the_pairs_that_were_changed(study):
    flows = FLOWS.copy()
    much = (flows["source"] == "c03") & (flows["target"] == "c08")
    little = (flows["source"] == "c05") & (flows["target"] == "c01")
    flows.loc[much, "value"] *= 4
    flows.loc[little, "value"] /= 20
    table = run(study("misfits = 3\n", flows=flows), until="centrality").tables["gravity_misfits"]
    assert table["side"].tolist() == ["above"] * 3 + ["below"] * 3
    first = table.drop_duplicates("side").set_index("side")
    assert first.loc["above", ["source", "target"]].tolist() == ["c03", "c08"]
    assert first.loc["below", ["source", "target"]].tolist() == ["c05", "c01"]
    assert first.loc["above", "ratio"] > 2
    assert first.loc["below", "ratio"] < 0.5
    assert table["ratio"].tolist() == pytest.approx((table["observed"] / table["expected"]).tolist())
    assert "gravity_misfits" not in run(study("misfits = 0\n"), until="centrality").tables


def test_tables_keep_to_their_contract_and_to_no_order_of_rows(study):
    first = run(study(FREE), until="centrality").tables
    second = run(study(FREE, flows=FLOWS.sample(frac=1, random_state=3)), until="centrality").tables
    for name in ("gravity", "gravity_fit", "gravity_misfits"):
        columns = [column.name for column in result_tables()[name].columns if column.name != "year"]
        assert first[name].columns.tolist() == columns
        pd.testing.assert_frame_equal(first[name], second[name], check_exact=True)


def test_each_year_is_fitted_alone_or_the_latest(study):
    dated = pd.concat([drawn(exponent=0.4).assign(year=2019), FLOWS.assign(year=2020)])
    table = run(study(FREE, flows=dated), until="centrality").tables["gravity"]
    found = table[table["term"] == "log_cost"].set_index("year")["coefficient"]
    assert found.to_dict() == pytest.approx({2019: -0.4, 2020: -0.8}, abs=0.06)
    later = run(study(FREE + 'years = "latest"\n', flows=dated), until="centrality")
    assert later.tables["gravity"]["year"].unique().tolist() == [2020]
    assert "year" not in later.shown["gravity"]


def test_places_that_stand_for_several_and_flows_within_places_take_no_part(study):
    more = pd.DataFrame({"source": ["c00", "rest", "c04"], "target": ["rest", "c01", "c04"], "value": [9e5, 7e5, 8e5]})
    assert terms(study(FREE, flows=pd.concat([FLOWS, more]))).equals(terms(study(FREE)))


def test_places_that_send_nothing_are_left_out_and_counted(study):
    silent = FLOWS[FLOWS["source"] != "c06"]
    results = run(study("", flows=silent), until="map")
    measures = results.tables["gravity_fit"].set_index("measure")["value"]
    assert measures["left_out"] == N - 1
    assert measures["pairs"] == (N - 1) ** 2


def test_the_report_says_it_in_both_languages_with_its_numbers(study):
    folder = study(FREE)
    results = run(folder, folder / "out")
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    row = results.tables["gravity"].set_index("term").loc["log_cost"]
    value, share = f"{-row['coefficient']:.3g}", f"{100 * (1 - 2 ** row['coefficient']):.0f}%"
    assert f"Flows fall with cost by the power {value} (95% interval {-row['high']:.3g} to" in page
    assert f"doubling the cost takes {share} off." in page
    assert f"成本加倍，流量减少{share}。" in page
    mass = results.tables["gravity"].set_index("term").loc["origin_gdp", "coefficient"]
    assert f"A sender of twice the mass (gdp) has {2**mass:.3g} times the flow" in page
    assert "A gravity model is fitted to flows" in page
    assert "以引力模型拟合流量" in page
    assert "Lenormand" in page
    assert "Masses are sums of the same flows" not in page
    for name in ("gravity", "gravity_fit", "gravity_misfits"):
        assert (folder / "out" / f"{name}.csv").exists()
        assert f'href="{name}.csv"' in page


def test_a_decay_that_is_not_seen_and_masses_of_the_flows_themselves_are_told(study):
    folder = study(
        'constraint = "none"\norigin_mass = "strength"\ndestination_mass = "strength"\n', flows=drawn(exponent=0.0)
    )
    run(folder, folder / "out")
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "these flows do not show whether cost matters" in page
    assert "Masses are sums of the same flows" in page
    assert "体量取自同一批流量之和" in page


BAD_SIZES = sizes().assign(value=lambda t: t["value"].where(~((t["place"] == "c07") & (t["indicator"] == "gdp")), 0.0))
FEW = pd.DataFrame({"source": ["c00", "c01"], "target": ["c01", "c00"], "value": [3.0, 4.0]})
SPARSE = pd.DataFrame({"source": ["c00", "c01", "c02"], "target": ["c01", "c02", "c00"], "value": [3.0, 4.0, 5.0]})
ALIKE = pd.DataFrame([(s, t, 2.0) for s in CITIES for t in CITIES if s != t], columns=["source", "target", "value"])
PRICES = pd.DataFrame([(s, t, float(i + 1)) for i, s in enumerate(CITIES) for t in CITIES[i + 1 :]])
PRICES.columns = ["source", "target", "value"]
PRICED = HEAD + 'costs = "costs.csv"\n'


@pytest.mark.parametrize(
    ("keys", "tables", "said"),
    [
        ("", {"flows": FEW}, "key networks[1].gravity: needed flows between at least 3 places"),
        ("", {"flows": SPARSE}, "key networks[1].gravity: needed a model that these flows can decide, got log_cost"),
        (
            ONE_MASS,
            {"flows": SPARSE, "directed": False},
            "more pairs than coefficients and effects together, got 3 pairs for 3",
        ),
        (FREE, {"flows": ALIKE}, "needed flows that differ, got 2 for every pair"),
        (FREE, {"sizes": BAD_SIZES}, "networks[1].gravity.origin_mass: needed a value above 0 of gdp"),
        (FREE, {"sizes": sizes().iloc[:-1]}, "none or less for c13"),
        (FREE.replace('"gdp"', '"gpd"'), {}, "needed an indicator of tables.indicators, got 'gpd'"),
        ("", {"head": PRICED, "costs": PRICES.iloc[1:]}, "needed a cost for every pair of places, got tables.costs"),
        ("", {"head": PRICED, "costs": PRICES.assign(value=5.0)}, "log_cost is the same for all pairs"),
        ('constraint = "none"\n', {}, "gravity.destination_mass: needed destination_mass with constraint"),
        ('origin_mass = "strength"\n', {}, "gravity.origin_mass: needed no origin_mass beside"),
        ('same = ["scope"]\n', {}, "gravity.same[1]: needed scored places"),
        ('same = ["corridor"]\n', {}, "gravity.same[1]: needed tables.corridors"),
        ('decay = "gauss"\n', {}, "networks[1].gravity.decay: needed 'power', 'exponential' or 'tanner', got 'gauss'"),
        ('constraint = "production"\ndestination_mass = "strength"\n', {"directed": False}, "have no direction"),
        (FREE, {"directed": False}, "needed the same mass at both ends"),
        ('covariance = "two_way"\n', {"directed": False}, "needed robust errors"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_name_before_a_run(study, keys, tables, said):
    assert said in refusal(study(keys, **tables))


def test_faults_of_several_models_and_years_come_together(study):
    dated = pd.concat([FLOWS.assign(year=2020), FEW.assign(year=2021)])
    other = NETWORK.format(directed="true").replace("deals", "more") + "[networks.gravity]\n" + FREE
    message = refusal(study("", before=other, flows=dated, sizes=BAD_SIZES))
    assert "networks[2].gravity: needed flows between at least 3 places" in message
    assert "got 2 (2021)" in message
    assert "networks[1].gravity.origin_mass" in message


def test_estimated_flows_are_refused_since_the_fit_would_find_what_was_assumed(study):
    totals = pd.DataFrame({"place": CITIES, "value": np.arange(10.0, 10 + N)})
    estimated = (
        '[[networks]]\nname = "deals"\ndirected = true\n[networks.estimate]\noutgoing = "t.csv"\nincoming = "t.csv"\n'
    )
    message = refusal(study("", network=estimated, t=totals))
    assert "networks[1].gravity: needed a network with a table of flows, got the estimated network 'deals'" in message


def test_a_fault_is_said_in_chinese_too(study):
    with pytest.raises(InnoscapeError) as caught:
        check(study(FREE, sizes=BAD_SIZES))
    (fault,) = caught.value.faults
    assert "c07缺失或不大于0" in fault.got.in_("zh")


def test_the_report_names_flows_that_are_not_measured(study):
    folder = study("", flows=FLOWS.assign(status="assumed"))
    run(folder, folder / "out")
    assert "Not all of these flows are measured" in (folder / "out" / "report.html").read_text(encoding="utf-8")
