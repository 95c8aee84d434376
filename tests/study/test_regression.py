"""A study explains an outcome by terms of places and of their neighbors as its file asks, or says why it cannot."""

import html

import numpy as np
import pandas as pd
import pytest
from markupsafe import escape

from innoscape.data import InnoscapeWarning, StudyError
from innoscape.data.wording.catalogue import LANGUAGES, look_up
from innoscape.geo import autocorrelation, compare_weights, spatial_regression, spatial_tests, spatial_weights
from innoscape.study import check, run
from innoscape.study.report.regression_sentences import amount

N, YEARS = 24, (2019, 2020, 2021, 2022)
CITIES = [f"c{i:02d}" for i in range(N)]
HEAD = 'name = "made"\ntitle = "Made"\n[tables]\nplaces = ["places.csv"]\nindicators = "numbers.csv"\n'
WEIGHTS = (
    '[[weights]]\nname = "near"\nmethod = "nearest"\nneighbors = 4\n[[weights]]\nname = "wide"\nmethod = "nearest"\n'
    "neighbors = 7\n"
)
PLAIN = 'outcome = "y"\nterms = ["x", "z"]\n'
QUICK = "draws = 100\n"
TABLES = ("regression", "regression_impacts", "regression_tests", "regression_fit", "regression_residuals")


def places():
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"place": CITIES, "lon": rng.uniform(100, 112, N), "lat": rng.uniform(24, 36, N)})
    table["kind"] = "city"
    table["tier"] = (["international"] * 5 + ["national"] * 7 + ["local"] * 12)[:N]
    rest = pd.DataFrame({"place": ["rest"], "kind": ["aggregate"]})
    return pd.concat([table, rest], ignore_index=True)


def numbers(years=YEARS, *, rho=0.5, theta=0.8, noise=0.3):
    """Make figures by a spatial Durbin model over the 4 nearest, with a level of each place."""
    rng = np.random.default_rng(7)
    w = spatial_weights(places().iloc[:N], method="nearest", neighbors=4).of(CITIES).matrix.toarray()
    level, rows = rng.normal(size=N), []
    for year in years:
        x, z = np.exp(rng.normal(size=N) / 2), rng.normal(size=N)
        known = 1.5 * x + theta * (w @ x) + 0 * z + level + noise * rng.normal(size=N)
        y = 20 + np.linalg.solve(np.eye(N) - rho * w, known)
        for name, values in {"y": y, "x": x, "z": z}.items():
            rows += [(c, name, v, year) for c, v in zip(CITIES, values, strict=True)]
    table = pd.DataFrame(rows, columns=["place", "indicator", "value", "year"])
    same = pd.DataFrame({"place": CITIES, "indicator": "same", "value": 3.0, "year": years[-1]})
    fixed = pd.DataFrame({"place": CITIES, "indicator": "fixed", "value": np.arange(N) % 5 + 1.0, "year": years[-1]})
    return pd.concat([table, same.astype({"year": int}), fixed.astype({"year": int})], ignore_index=True)


FIGURES = numbers()
DATA = FIGURES[FIGURES["indicator"].isin(["y", "x", "z"])].pivot_table(
    index=["place", "year"], columns="indicator", values="value"
)


def near(neighbors=4):
    return spatial_weights(places().iloc[:N], method="nearest", neighbors=neighbors)


@pytest.fixture
def study(tmp_path):
    def made(keys=PLAIN, *, weights=WEIGHTS, head=HEAD, **tables):
        for name, table in {"places": places(), "numbers": FIGURES, **tables}.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        text = f"{head}{weights}[regression]\n{keys}"
        text += QUICK if "draws" not in keys else ""
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return made


def found(folder):
    return run(folder, until="centrality").tables


def refused(folder):
    """Return key path, need and remedy of every fault of a check, which are those of a run."""
    with pytest.raises(StudyError) as caught:
        check(folder)
    with pytest.raises(StudyError) as again:
        run(folder, until="centrality")
    assert str(again.value) == str(caught.value)
    return {(fault.column, fault.key or "") for fault in caught.value.faults}, str(caught.value)


def test_the_models_are_those_of_the_library_on_the_same_panel(study):
    tables = found(study(PLAIN + 'effects = "individual"\nweights = ["near", "wide"]\n'))
    data, kwargs = DATA.reset_index(), {"outcome": "y", "terms": ["x", "z"], "effects": "individual", "draws": 100}
    rows = tables["regression"].query("weights == 'near'")
    for model in ("ols", "lag", "error", "durbin"):
        fit = spatial_regression(data, near(), model=model, **kwargs)
        own = rows[rows["model"] == model]
        for name in ("estimate", "standard_error", "z", "p_value", "low", "high"):
            assert own[name].tolist() == pytest.approx(fit.coefficients[name].tolist(), rel=1e-9), (model, name)
        effects = tables["regression_impacts"].query("weights == 'near' and model == @model")
        assert effects["low"].tolist() == pytest.approx(fit.impacts["low"].tolist(), rel=1e-9)
        size = tables["regression_fit"].query("weights == 'near' and model == @model").iloc[0]
        assert (size["places"], size["years"], size["observations"], size["free"]) == (N, 4, 4 * N, 3 * N)
        for name in ("log_likelihood", "aic", "bic", "r2", "sigma2"):
            assert size[name] == pytest.approx(getattr(fit, name))
    durbin = rows[rows["model"] == "durbin"]
    assert durbin["term"].tolist() == ["x", "z", "x", "z", "rho"]
    assert durbin["of"].tolist()[:4] == ["place", "place", "neighbors", "neighbors"]
    assert durbin.set_index("term").loc["rho", "low"] < 0.5 < durbin.set_index("term").loc["rho", "high"]
    tests = spatial_tests(data, near(), outcome="y", terms=["x", "z"], effects="individual")
    own = tables["regression_tests"].query("weights == 'near' and model == 'ols' and test != 'moran_residuals'")
    assert own["statistic"].tolist() == pytest.approx(tests["statistic"].tolist())
    assert set(own["recommended"]) == {tests.attrs["choice"]}


def test_the_main_model_is_fitted_again_under_the_other_weights(study):
    tables = found(study(PLAIN + 'models = ["lag", "ols"]\nweights = ["near", "wide"]\nyears = [2021]\n'))
    data = DATA.xs(2021, level="year").reset_index()
    fits = compare_weights(
        data, {"near": near(), "wide": near(7)}, outcome="y", terms=["x", "z"], model="lag", draws=100
    )
    rows = tables["regression"].query("model == 'lag'")
    for name, fit in fits.items():
        assert rows.loc[rows["weights"] == name, "estimate"].tolist() == pytest.approx(
            fit.coefficients["estimate"].tolist()
        )
    assert set(tables["regression"].query("model == 'ols'")["weights"]) == {"near"}


def test_residuals_and_their_pattern_are_kept_year_by_year(study):
    tables = found(study(PLAIN + 'models = ["durbin"]\neffects = "individual"\n'))
    rows = tables["regression_residuals"]
    assert len(rows) == 4 * N
    assert rows["standardized"].std(ddof=0) == pytest.approx(1)
    year = rows[rows["year"] == 2020].set_index("place")
    assert year["observed"].tolist() == pytest.approx(DATA.xs(2020, level="year")["y"].tolist())
    moran = tables["regression_tests"].query("test == 'moran_residuals'").set_index("year")
    expected = autocorrelation(year["residual"], near(), statistic="moran", permutations=0).iloc[0]
    assert moran.loc[2020, "value"] == pytest.approx(expected["value"])
    assert moran.loc[2020, "p_value"] == pytest.approx(expected["p_normal"])


def test_tiers_have_levels_and_slopes_of_their_own(study):
    tables = found(study('outcome = "y"\nterms = ["x", "tier", "x:tier"]\nmodels = ["ols"]\nyears = "latest"\n'))
    rows = tables["regression"]
    assert rows["term"].tolist() == ["intercept", "x", "tier", "tier", "x", "x"]
    assert rows["tier"].tolist()[2:] == ["national", "international"] * 2
    own = DATA.xs(2022, level="year").join(places().set_index("place")["tier"])
    lines = {tier: np.polyfit(part["x"], part["y"], 1) for tier, part in own.groupby("tier")}
    slopes = {tier: line[0] for tier, line in lines.items()}
    # levels are compared at the mean of the term whose slopes differ
    middle = {tier: np.polyval(line, own["x"].mean()) for tier, line in lines.items()}
    assert rows["estimate"].iloc[2] == pytest.approx(middle["national"] - middle["local"])
    assert rows["estimate"].iloc[1] == pytest.approx(slopes["local"])
    assert rows["estimate"].iloc[4] == pytest.approx(slopes["national"] - slopes["local"])
    assert rows["estimate"].iloc[5] == pytest.approx(slopes["international"] - slopes["local"])


def test_logarithms_are_taken_of_what_is_used_alone(study):
    table = FIGURES.copy()
    table.loc[(table["indicator"] == "x") & (table["year"] == 2019) & (table["place"] == "c03"), "value"] = 0.0
    keys = 'outcome = { value = "y", log = true }\nterms = [{ value = "x", log = true }]\nmodels = ["ols"]\n'
    rows = found(study(keys + 'years = "latest"\n', numbers=table))["regression"]
    own = DATA.xs(2022, level="year")
    slope = np.polyfit(np.log(own["x"]), np.log(own["y"]), 1)[0]
    assert rows.set_index("term").loc["log x", "estimate"] == pytest.approx(slope)
    faults, told = refused(study(keys, numbers=table))
    assert faults == {("regression.terms", "faults.regression.log")}
    assert "c03 (2019)" in told
    # the remedy works
    left = ", ".join(f'"{city}"' for city in CITIES if city != "c03")
    assert found(study(f"{keys}places = [{left}]\n", numbers=table))["regression_fit"]["places"].tolist() == [N - 1]


def test_gaps_are_named_and_left_out_by_a_rule(study):
    gone = (FIGURES["indicator"] == "z") & (FIGURES["place"] == "c05") & (FIGURES["year"] == 2020)
    table = FIGURES[~gone]
    faults, told = refused(study(numbers=table))
    assert faults == {("regression.terms[2]", "faults.regression.gaps")}
    assert all(word in told for word in ("c05 (2020)", '"leave_out_places"', '"leave_out_years"'))
    for rule, size, left in (("leave_out_places", [N - 1, 4], "c05"), ("leave_out_years", [N, 3], "2020")):
        tables = found(study(f'{PLAIN}models = ["slx"]\ngaps = "{rule}"\n', numbers=table))
        assert tables["regression_fit"][["places", "years"]].to_numpy().tolist() == [size]
        assert any(left in said and "regression" in said for said in tables["notices"]["text"])


def test_a_year_without_a_variable_is_left_out_and_told(study):
    table = FIGURES[~((FIGURES["indicator"] == "z") & (FIGURES["year"] == 2020))]
    tables = found(study(PLAIN + 'models = ["ols"]\n', numbers=table))
    assert tables["regression_fit"]["years"].tolist() == [3]
    assert any("2020" in said and "regression" in said for said in tables["notices"]["text"])
    faults, _ = refused(study(PLAIN + "years = [2020, 2021]\n", numbers=table))
    assert faults == {("regression.years", "faults.regression.years")}


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ('outcome = "y"\nterms = ["x", "x"]\n', {"regression.terms[2]"}),
        ('outcome = "y"\nterms = ["x", "y"]\n', {"regression.terms[2]"}),
        ('outcome = "y"\nterms = ["x", "z:tier"]\n', {"regression.terms[2]"}),
        (
            'outcome = "tier"\nterms = ["x", { value = "tier", log = true }]\n',
            {"regression.outcome", "regression.terms[2]"},
        ),
        ('outcome = "q"\nterms = ["nothing", "x"]\nyears = "latest"\n', {"regression.outcome", "regression.terms[1]"}),
        ('outcome = "y"\nterms = ["same", "x"]\nyears = "latest"\n', {"regression.terms[1]"}),
        ('outcome = "same"\nterms = ["x"]\nyears = "latest"\n', {"regression.outcome"}),
        (PLAIN + 'effects = "both"\nyears = "latest"\n', {"regression.effects"}),
        (PLAIN + 'effects = "both"\nyears = [2020]\n', {"regression.effects"}),
        (PLAIN + 'weights = ["far"]\nmodels = ["ols", "ols"]\n', {"regression.weights", "regression.models"}),
        (PLAIN + 'method = "gmm"\nmodels = ["ols", "slx"]\n', {"regression.method"}),
        ('outcome = "y"\nterms = ["x", { value = "y", per = "y" }]\n', {"regression.terms[2]"}),
        ('outcome = "y"\nterms = ["x", { value = "x", per = "same" }]\nyears = "latest"\n', {"regression.terms"}),
        (PLAIN + 'places = ["c00", "c01", "c02"]\nyears = "latest"\n', None),
        (PLAIN + 'places = ["c00"]\nyears = "latest"\n', None),
        (
            PLAIN + 'places = ["c00", "c01", "rest", "c02", "c03", "c04", "c05"]\n',
            {"regression.outcome", "regression.terms[1]", "regression.terms[2]"},
        ),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_check_as_by_run(study, keys, wanted):
    faults, _ = refused(study(keys))
    assert wanted is None or {at for at, _ in faults} == wanted


def test_terms_that_levels_hold_or_that_give_the_outcome_exactly_are_refused(study):
    held = pd.concat(
        [FIGURES, *(FIGURES.query("indicator == 'fixed'").assign(year=year) for year in YEARS[:-1])],
        ignore_index=True,
    )
    faults, told = refused(study('outcome = "y"\nterms = ["x", "fixed"]\neffects = "individual"\n', numbers=held))
    assert {at for at, _ in faults} == {"regression.terms"}
    assert "fixed" in told
    twice = FIGURES.query("indicator == 'x'").assign(indicator="twice", value=lambda t: 2 * t["value"] + 1)
    faults, told = refused(
        study('outcome = "twice"\nterms = ["x"]\n', numbers=pd.concat([FIGURES, twice], ignore_index=True))
    )
    assert {at for at, _ in faults} == {"regression.terms"}
    assert "leave a part of the outcome" in told


def test_weights_without_an_estimate_are_refused_and_islands_are_told(study, tmp_path):
    eight = ", ".join(f'"{city}"' for city in CITIES[:8])
    faults, told = refused(study(f'{PLAIN}places = [{eight}]\nweights = "wide"\nyears = "latest"\n'))
    assert "regression.weights" in {at for at, _ in faults}
    assert "fewer neighbors" in told
    band = '[[weights]]\nname = "band"\nmethod = "band"\nradius = 150\n'
    tables = run(study(PLAIN + 'years = "latest"\nmodels = ["lag"]\n', weights=band), tmp_path / "out").tables
    lone = tables["regression_fit"]["islands"].item()
    assert len(set(tables["regression_fit"]["island_places"].item().split("; "))) == lone
    with pytest.warns(InnoscapeWarning, match="without a neighbor"):
        assert lone == len(spatial_weights(places().iloc[:N], method="band", radius=150).islands) > 0
    assert f"{lone} places have no neighbor" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    left = tables["regression_fit"]["places"].item()
    out = found(study(PLAIN + 'years = "latest"\nmodels = ["lag"]\n', weights=band + 'islands = "leave_out"\n'))
    assert out["regression_fit"]["places"].item() == left - lone
    assert any("no neighbor" in said for said in out["notices"]["text"])


@pytest.mark.parametrize("method", ["ml", "gmm"])
def test_many_places_are_tried_without_dense_matrices(study, monkeypatch, method):
    monkeypatch.setattr("innoscape.study.stages.explain_outcome._QUICK", 0)
    monkeypatch.setattr("innoscape.geo.regression.fit_regression._eigenvalues", None)
    keys = f'{PLAIN}method = "{method}"\nyears = "latest"\n'
    check(study(keys))
    # five places determine three parameters, not five with those of the neighbors; two lie apart
    few = ", ".join(f'"{city}"' for city in [*CITIES[:4], "c16"])
    band = '[[weights]]\nname = "band"\nmethod = "band"\nradius = 560\n'
    with pytest.raises(StudyError) as caught:
        check(study(f'{keys}places = [{few}]\nmodels = ["durbin"]\n', weights=band))
    told = str(caught.value)
    assert "durbin, band" in told
    assert "more observations than terms" in told
    assert "without a neighbor: c02, c16" in told


def test_likelihoods_that_count_other_observations_are_not_set_side_by_side(study, tmp_path):
    more = WEIGHTS + '[[weights]]\nname = "band"\nmethod = "band"\nradius = 150\n'
    keys = PLAIN + 'models = ["lag"]\neffects = "time"\n'

    def page(names):
        run(study(f"{keys}weights = {names}\n", weights=more), tmp_path / "out")
        return html.unescape((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))

    alike, apart = page('["near", "wide"]'), page('["near", "band"]')
    assert alike.count("Log-likelihood<") == 2 * apart.count("Log-likelihood<") > 0
    assert "AIC and BIC are left out" in apart
    assert "AIC and BIC are left out" not in alike
    fits = found(study(f'{keys}weights = ["near", "band"]\n', weights=more))["regression_fit"]
    assert fits["free"].nunique() == 2


def test_a_place_that_contains_others_is_not_counted_beside_them(study):
    whole = pd.DataFrame({"place": ["all"], "lon": [106.0], "lat": [30.0], "kind": ["region"]})
    nested = pd.concat([places().assign(part_of=["all"] * N + [None]), whole], ignore_index=True)
    more = pd.concat(
        [FIGURES, FIGURES.query("place == 'c00'").assign(place="all", value=lambda t: 9 * t["value"])],
        ignore_index=True,
    )
    size = found(study(PLAIN + 'models = ["ols"]\n', places=nested, numbers=more))["regression_fit"]
    assert size["places"].tolist() == [N]


def test_names_with_colons_and_markup_are_kept_apart_and_escaped(study, tmp_path):
    table = FIGURES.assign(indicator=FIGURES["indicator"].replace({"x": "a:b", "z": "<i>W</i> place"}))
    keys = 'outcome = "y"\nterms = ["a:b", { value = "<i>W</i> place", title = "<script>1</script>" }]\n'
    folder = study(keys + 'models = ["durbin"]\n', numbers=table)
    results = run(folder, tmp_path / "out")
    assert results.tables["regression"]["term"].tolist()[1:3] == ["a:b", "<i>W</i> place"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script>1</script>" not in page
    assert "&lt;script&gt;1&lt;/script&gt;" in page


def test_results_do_not_depend_on_the_order_of_rows(study):
    keys = PLAIN + 'effects = "time"\nweights = ["near", "wide"]\n'
    first = found(study(keys))
    mixed = {"numbers": FIGURES.sample(frac=1, random_state=3), "places": places().iloc[::-1]}
    second = found(study(keys, **mixed))
    for name in TABLES:
        pd.testing.assert_frame_equal(first[name], second[name], check_exact=True)


@pytest.mark.parametrize("method", ["ml", "gmm"])
def test_the_report_says_what_was_found_in_every_language(study, tmp_path, method):
    keys = f'{PLAIN}effects = "individual"\nweights = ["near", "wide"]\nmethod = "{method}"\n'
    results = run(study(keys), tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    effects = results.tables["regression_impacts"].query("model == 'durbin' and weights == 'near' and term == 'x'")
    for effect in effects["estimate"]:
        assert f"+{amount(effect)}" in page
    assert "spatial Durbin (SDM)" in page
    # the figure is drawn for a page and for a phone
    own = page.split('<section id="regression"')[1].split("</section>")[0]
    assert own.count('class="at-phone"') == own.count('class="at-desk"') == 1
    assert "空间杜宾（SDM）" in page
    for language in LANGUAGES:
        for key in ("methods.regression.durbin.says", f"methods.regression.{method}.says"):
            assert str(escape(look_up(language, key))) in page
        assert look_up(language, "methods.regression.time.says") not in page
        assert look_up(language, "report.regression.axis") in page
    layer = results.layers["residuals"]
    assert sorted(layer["place"]) == CITIES
    assert set(layer["year"]) == {2022}
    assert "Unexplained: y" in (tmp_path / "out" / "map.html").read_text(encoding="utf-8")
