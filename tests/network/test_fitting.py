"""Rates fitted to adoption times are those of the process, with intervals that hold what they promise."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from innoscape.data import InnoscapeWarning, OptionError, TableError, UnknownPlaceError
from innoscape.network import Channel, cross_validate, fit_diffusion, hazard_rates, simulate
from innoscape.network.diffusion.fit.likelihood import solve
from innoscape.network.diffusion.fit.residuals import total_kernel

TIERS = ["national", "regional", "local"]


def country(n=35, seed=1):
    """Places on a plane of 1000 km, with tiers and distances."""
    spot = np.random.default_rng(seed).uniform(0.0, 1000.0, (n, 2))
    names = [f"p{i:02d}" for i in range(n)]
    tier = pd.Categorical(np.repeat(TIERS, [5, n // 3, n - 5 - n // 3]), categories=TIERS, ordered=True)
    apart = np.hypot(*(spot[:, None] - spot[None]).transpose(2, 0, 1))
    return pd.DataFrame({"place": names, "tier": tier}), pd.DataFrame(apart, index=names, columns=names)


def history(outcome, runs):
    """Write some runs of a simulation as adoptions of as many innovations."""
    table = pd.DataFrame(outcome.times[list(runs)], columns=list(outcome.places), index=[f"i{r}" for r in runs])
    table = table.rename_axis("innovation").reset_index()
    return table.melt("innovation", var_name="place", value_name="time").dropna(ignore_index=True)


def star(n=6):
    tier = pd.Categorical(["national"] + ["regional"] * n, categories=TIERS[:2], ordered=True)
    return pd.DataFrame({"place": ["hub", *(f"r{i}" for i in range(n))], "tier": tier})


HIERARCHICAL = [Channel("hierarchical", decay="none")]


def test_one_rate_is_adoptions_over_time_at_risk():
    adoptions = pd.DataFrame({"place": ["hub", "r0", "r1", "r4"], "time": [2000.0, 2001.25, 2003.0, 2003.5]})
    found = fit_diffusion(adoptions, star(), HIERARCHICAL, horizon=2004.0, external=False)
    at_risk = 1.25 + 3.0 + 3.5 + 3 * 4.0
    estimate = found.estimates.iloc[0]
    assert estimate["value"] == pytest.approx(3 / at_risk, rel=1e-12)
    assert estimate["error"] == pytest.approx(3 / at_risk / np.sqrt(3), rel=1e-12)
    assert found.loglik == pytest.approx(3 * np.log(3 / at_risk) - 3, rel=1e-12)
    assert found.aic == pytest.approx(2 - 2 * found.loglik)
    # the interval holds where the log-likelihood has fallen by half the quantile of chi-square(1)
    for edge in estimate[["low", "high"]]:
        fallen = found.loglik - (3 * np.log(edge) - edge * at_risk)
        assert 2 * fallen == pytest.approx(stats.chi2.ppf(0.95, 1), rel=1e-3)


def test_adoption_from_outside_alone_is_adoptions_over_time():
    adoptions = pd.DataFrame({"place": ["r0", "r1"], "time": [1.0, 2.0]})
    found = fit_diffusion(adoptions, star(3), [], horizon=5.0, seeds=(), start=0.0)
    assert found.external == pytest.approx(2 / (1 + 2 + 5 + 5), rel=1e-12)


def test_the_hazard_grows_with_every_adopter():
    # a clique of three, one seed: adoptions at hazard 1 * b and 2 * b; b = 2 / (1 + 1 + 2 * 0.5)
    tier = pd.Categorical(["local"] * 3, categories=["local"], ordered=True)
    centers = pd.DataFrame({"place": list("abc"), "tier": tier})
    adoptions = pd.DataFrame({"place": list("abc"), "time": [0.0, 1.0, 1.5]})
    found = fit_diffusion(adoptions, centers, [Channel("peer", decay="none")], horizon=9.0, external=False)
    assert found.estimates["value"][0] == pytest.approx(2 / 3, rel=1e-12)
    assert found.residuals["residual"].tolist() == pytest.approx([2 / 3, 2 / 3 + 2 / 3])


def test_two_terms_are_those_a_general_optimizer_finds():
    rng = np.random.default_rng(5)
    a, b = rng.exponential(size=(40, 3)), np.array([30.0, 80.0, 500.0])
    rate, height = solve(a, b)
    from scipy.optimize import minimize

    peer = minimize(lambda x: b @ x - np.log(a @ x).sum(), np.full(3, 0.1), bounds=[(1e-12, None)] * 3, tol=1e-14)
    assert rate == pytest.approx(peer.x, abs=1e-5)
    assert height >= -peer.fun - 1e-9
    assert rate[2] == 0.0
    slope = (a / (a @ rate)[:, None]).sum(axis=0) - b
    assert np.abs(slope[:2] * rate[:2]).max() < 1e-8
    assert slope[2] < 0


@pytest.fixture(scope="module")
def spread():
    centers, costs = country()
    channels = [
        Channel("hierarchical", rate=0.05, half_distance=300.0),
        Channel("peer", rate=0.03, half_distance=300.0),
    ]
    model = hazard_rates(centers, channels, costs=costs, external=0.01)
    return centers, costs, channels, simulate(model, ["p00"], horizon=8.0, runs=1000, seed=5)


SEEDED = {"horizon": 8.0, "seeds": ["p00"], "start": 0.0}


def test_intervals_cover_the_truth_as_often_as_they_say(spread):
    centers, costs, channels, outcome = spread
    truth = {"hierarchical.rate": 0.05, "peer.rate": 0.03, "external": 0.01}
    draws, each = 100, 8
    inside = dict.fromkeys(truth, 0)
    for draw in range(draws):
        table = history(outcome, range(draw * each, draw * each + each))
        rows = fit_diffusion(table, centers, channels, costs=costs, **SEEDED).estimates.set_index("parameter")
        for name, value in truth.items():
            inside[name] += rows.loc[name, "low"] <= value <= rows.loc[name, "high"]
    for name, count in inside.items():
        assert 0.90 <= count / draws <= 0.99, name


def test_half_distance_and_tacit_share_are_recovered_from_much_data(spread):
    centers, costs, channels, outcome = spread
    found = fit_diffusion(
        history(outcome, range(200)),
        centers,
        channels,
        costs=costs,
        free=("rate", "half_distance"),
        intervals="wald",
        **SEEDED,
    )
    rows = found.estimates.set_index("parameter")
    for name, value in {"hierarchical.half_distance": 300.0, "peer.half_distance": 300.0, "external": 0.01}.items():
        assert abs(rows.loc[name, "value"] - value) < 3.3 * rows.loc[name, "error"]
        assert rows.loc[name, "error"] < 0.25 * value
    assert found.channels()[1].half_distance == rows.loc["peer.half_distance", "value"]
    assert found.rates().tensor.shape == (1, 2, 35, 35)
    tacit = fit_diffusion(
        history(outcome, range(200)),
        centers,
        channels,
        costs=costs,
        free=("rate", "tacit_share"),
        shared=True,
        intervals="wald",
        **SEEDED,
    ).estimates.set_index("parameter")
    assert tacit.loc["tacit_share", "value"] > 1 - 3.3 * np.nan_to_num(tacit.loc["tacit_share", "error"], nan=0.02)


def test_slopes_and_information_are_derivatives_of_the_likelihood(spread):
    centers, costs, _, outcome = spread
    channels = [
        Channel("hierarchical", half_distance=200.0, decay="power", exponent=1.5, tacit_share=0.6),
        Channel("peer", half_distance=300.0, tacit_share=0.7),
    ]
    traits = pd.DataFrame({"place": centers["place"], "gdp": np.linspace(0, 1, 35) ** 2})
    problem = fit_diffusion(
        history(outcome, range(6)), centers, channels, costs=costs, covariates=traits, intervals="wald",
        free=("rate", "half_distance", "peer.tacit_share"), **SEEDED,
    ).problem  # fmt: skip
    at = np.array([0.04, 0.02, 0.01, np.log(250.0), np.log(180.0), 0.6, 0.3])

    def numeric(f, k, width=1e-5):
        step = np.eye(len(at))[k] * width
        return (f(at + step) - f(at - step)) / (2 * width)

    assert problem.slope(at) == pytest.approx([numeric(problem.height, k) for k in range(len(at))], rel=1e-5, abs=1e-5)
    curve = -np.array([numeric(problem.slope, k) for k in range(len(at))])
    np.testing.assert_allclose(problem.information(at, list(range(len(at)))), curve, rtol=1e-3, atol=1e-2)


def test_receptivity_follows_a_covariate():
    centers, _ = country()
    trait = pd.Series(np.sin(np.arange(35.0)), index=centers["place"])
    truth = np.exp(0.8 * (trait - trait.mean()))
    model = hazard_rates(centers, [Channel("peer", rate=0.05, decay="none")], receptivity=truth, external=0.01)
    outcome = simulate(model, ["p00"], horizon=6.0, runs=40, seed=2)
    found = fit_diffusion(
        history(outcome, range(40)), centers, [Channel("peer", decay="none")], covariates=trait.to_frame("skill"),
        horizon=6.0, seeds=["p00"], start=0.0,
    )  # fmt: skip
    row = found.estimates.set_index("parameter").loc["receptivity.skill"]
    assert row["low"] < 0.8 < row["high"]
    assert row["error"] < 0.15
    assert found.receptivity["p03"] == pytest.approx(np.exp(row["value"] * (trait["p03"] - trait.mean())))
    assert found.tests.set_index("term").loc["receptivity.skill", "reference"] == "chi2(1)"


def test_a_channel_that_does_nothing_is_rejected_at_the_stated_level(spread):
    # under the null half of the statistics are 0 and 5% of the p-values lie below 0.05
    centers, costs, channels, _ = spread
    model = hazard_rates(centers, channels[:1], costs=costs, external=0.01)
    outcome = simulate(model, ["p00"], horizon=8.0, runs=280, seed=11)
    p_value = np.array(
        [
            fit_diffusion(
                history(outcome, range(4 * d, 4 * d + 4)), centers, channels, costs=costs, intervals="wald", **SEEDED
            )
            .tests.set_index("term")
            .loc["peer", "p_value"]
            for d in range(70)
        ]
    )
    assert 0.3 < (p_value == 1.0).mean() < 0.7
    assert (p_value < 0.05).mean() <= 0.12


def test_residuals_of_the_right_model_are_exponential_and_of_a_wrong_one_not(spread):
    centers, costs, channels, outcome = spread
    table = history(outcome, range(60))
    right = fit_diffusion(table, centers, channels, costs=costs, intervals="wald", **SEEDED)
    wrong = fit_diffusion(table, centers, [], intervals="wald", **SEEDED)
    assert (right.goodness()["p_value"] > 0.01).all()
    assert right.goodness()["mean"].to_numpy() == pytest.approx([1.0, 1.0], abs=0.1)
    assert (wrong.goodness()["p_value"] < [1e-4, 1e-2]).all()
    assert right.aic < wrong.aic
    # the hazard accumulated over all places equals the number of adoptions where the external rate is free
    row = right.calibration().set_index("tier").loc["all"]
    assert row["observed"] == right.events
    assert row["expected"] == pytest.approx(right.events, rel=1e-8)
    assert right.calibration()["tier"].tolist() == ["all", *TIERS]


def test_censored_and_later_adoptions_and_row_order_change_nothing(spread):
    centers, costs, channels, outcome = spread
    table = history(outcome, range(8))
    early = table[table["time"] <= 4.0]
    options = {"costs": costs, "seeds": ["p00"], "start": 0.0, "horizon": 4.0, "intervals": "wald"}
    one = fit_diffusion(early, centers, channels, **options)
    late = fit_diffusion(table, centers, channels, **options)
    mixed = fit_diffusion(
        table.sample(frac=1, random_state=3), centers.sample(frac=1, random_state=4), channels, **options
    )
    missing = pd.concat([early, pd.DataFrame({"innovation": ["i0"], "place": ["p34"], "time": [np.nan]})])
    missing = missing.drop_duplicates(["innovation", "place"])
    for other in (late, mixed, fit_diffusion(missing, centers, channels, **options)):
        pd.testing.assert_frame_equal(one.estimates, other.estimates, check_exact=True)


def test_held_out_adoptions_are_better_told_with_the_network(spread):
    centers, costs, channels, outcome = spread
    table = history(outcome, range(5))
    for options in ({"after": 4.0}, {}):
        scores = cross_validate(table, centers, channels, costs=costs, **SEEDED, **options)
        assert scores["gain"].iloc[-1] > 0
        assert scores["events"].iloc[-1] == scores["events"].iloc[:-1].sum()
    # the log score of all adoptions is the log-likelihood: of those until, and of those after
    whole = fit_diffusion(table, centers, channels, costs=costs, **SEEDED)
    part = fit_diffusion(table, centers, channels, costs=costs, **{**SEEDED, "horizon": 4.0})
    after = cross_validate(table, centers, channels, costs=costs, after=4.0, **SEEDED)["network"].iloc[0]
    assert whole.problem.height(part.values) == pytest.approx(part.loglik + after)


def test_fixed_numbers_stay_as_given(spread):
    centers, costs, channels, outcome = spread
    found = fit_diffusion(
        history(outcome, range(10)), centers, channels, costs=costs, free=("peer.rate",), external=0.01, **SEEDED
    )
    assert found.estimates["parameter"].tolist() == ["peer.rate"]
    assert found.channels()[0].rate == 0.05
    assert found.external == 0.01


@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
def test_every_kind_of_channel_enters_the_likelihood_as_it_enters_the_simulation():
    centers, costs = country(12)
    names = list(centers["place"])
    rng = np.random.default_rng(3)
    flows = pd.DataFrame({"source": names, "target": rng.permutation(names), "value": rng.uniform(1, 9, 12)})
    channels = [
        Channel("hierarchical", half_distance=300.0, decay="power", exponent=2.0, tacit_share=0.4, max_steps=1),
        Channel("neighbor", k=3, half_distance=100.0),
        Channel("tie", decay="none", normalize="maximum"),
        Channel("rail", decay="steps", steps=((300.0, 1.0), (700.0, 0.4)), mask=costs.map(lambda c: float(c > 50))),
    ]
    people = pd.DataFrame(rng.uniform(0.5, 2.0, (12, 12)), index=names, columns=names)
    trait = pd.DataFrame({"place": names, "skill": rng.normal(size=12)})
    adoptions = pd.DataFrame({"place": names[:9], "time": rng.uniform(0.0, 4.0, 9)})
    found = fit_diffusion(
        adoptions, centers, channels, costs=costs, flows=flows, people=people, covariates=trait, horizon=4.0,
        free=("rate", "neighbor.half_distance"), intervals="wald",
    )  # fmt: skip
    kernel, outside = total_kernel(found.problem, found.values)
    np.testing.assert_allclose(kernel, found.rates().total(), rtol=1e-12)
    assert outside == found.external
    # the log-likelihood, adoption by adoption
    when = adoptions.set_index("place")["time"].reindex(names).to_numpy()
    late, height = np.where(np.isnan(when), np.inf, when), 0.0
    for j in range(12):
        if late[j] == late.min():
            continue
        end = min(late[j], 4.0)
        held = np.maximum(end - late, 0.0)
        height -= kernel[:, j] @ held + outside * (end - late.min())
        height += np.log(kernel[late < end, j].sum() + outside) if np.isfinite(late[j]) else 0.0
    assert found.loglik == pytest.approx(height)


def test_what_the_data_cannot_tell_is_said():
    centers = star()
    adoptions = pd.DataFrame({"place": ["hub", "r0", "r1"], "time": [0.0, 1.0, 2.0]})
    same = pd.DataFrame(1.0, index=centers["place"], columns=centers["place"])
    with pytest.warns(InnoscapeWarning, match=r"hierarchical.rate and external act alike"):
        found = fit_diffusion(adoptions, centers, HIERARCHICAL, horizon=4.0)
    assert "few" in found.notes[-1]
    with pytest.raises(OptionError, match="half_distance is not identifiable: all pairs it acts on lie 1 apart"):
        fit_diffusion(
            adoptions,
            centers,
            [Channel("hierarchical", half_distance=1.0)],
            costs=same,
            horizon=4.0,
            free=("rate", "half_distance"),
        )
    with pytest.raises(OptionError, match="nothing to fit"):
        fit_diffusion(adoptions, centers, HIERARCHICAL, horizon=4.0, seeds=["hub", "r0", "r1"])
    with pytest.raises(OptionError, match="never acts on a place at risk"):
        fit_diffusion(
            adoptions.assign(place=["hub", "r0", "r1"]), centers, [*HIERARCHICAL, Channel("tie", decay="none")],
            flows=pd.DataFrame({"source": ["r0"], "target": ["hub"], "value": [1.0]}), horizon=4.0,
        )  # fmt: skip
    tied = pd.DataFrame({"place": ["hub", "r0", "r1", "r2"], "time": [0.0, 1.0, 1.0, 1.0]})
    with pytest.warns(InnoscapeWarning, match="share their time"):
        fit_diffusion(tied, centers, HIERARCHICAL, horizon=4.0, external=False)


@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
def test_a_rate_that_the_data_speak_against_is_zero_with_an_interval_from_zero():
    # the region adopts before the hub, so the hub cannot have sent anything until late
    adoptions = pd.DataFrame({"place": ["r0", "r1", "r2", "hub"], "time": [0.0, 0.5, 1.0, 1.5]})
    found = fit_diffusion(adoptions, star(), HIERARCHICAL, horizon=4.0)
    row = found.estimates.set_index("parameter").loc["hierarchical.rate"]
    assert row["value"] == row["low"] == 0.0
    assert np.isnan(row["error"])
    assert 0 < row["high"] < 1.5
    assert found.tests.set_index("term").loc["hierarchical", "p_value"] == 1.0


@pytest.mark.parametrize(
    ("rows", "options", "error", "message"),
    [
        ({"place": ["hub", "x"], "time": [0.0, 1.0]}, {}, UnknownPlaceError, "adoptions: no such place: 'x'"),
        (
            {"place": ["hub", "hub"], "time": [0.0, 1.0]},
            {},
            TableError,
            "one row a place and innovation, got several of hub",
        ),
        ({"place": ["hub", "r0"], "time": [0.0, "soon"]}, {}, TableError, "needed numbers"),
        ({"place": ["hub", "r0"], "time": pd.to_datetime(["2000", "2001"])}, {}, TableError, "needed numbers"),
        ({"place": ["hub", "r0"]}, {}, TableError, "the column time"),
        ({"place": ["hub", "r0"], "time": [0.0, 1.0]}, {"seeds": "last"}, OptionError, "seeds: needed 'first'"),
        ({"place": ["hub", "r0"], "time": [0.0, 1.0]}, {"seeds": ()}, OptionError, "start must say"),
        ({"place": ["hub", "r0"], "time": [3.0, 1.0]}, {"seeds": ["hub"]}, OptionError, "before the start"),
        ({"place": ["hub", "r0"], "time": [0.0, 1.0]}, {"free": ("rates",)}, OptionError, "did you mean 'rate'"),
        ({"place": ["hub", "r0"], "time": [0.0, 1.0]}, {"intervals": "exact"}, OptionError, "intervals: needed one of"),
        ({"place": ["r0", "hub"], "time": [0.0, 1.0]}, {"external": False}, OptionError, "no channel reached it"),
        (
            {"place": ["hub", "r0"], "time": [0.0, 1.0]},
            {"covariates": star().assign(x=1.0)[["place", "x"]]},
            OptionError,
            "same every",
        ),
        (
            {"place": ["hub", "r0"], "time": [0.0, 1.0]},
            {"horizon": np.inf},
            OptionError,
            "horizon: needed a finite number",
        ),
    ],
)
def test_what_cannot_work_is_refused(rows, options, error, message):
    with pytest.raises(error, match=message):
        fit_diffusion(pd.DataFrame(rows), star(), HIERARCHICAL, **{"horizon": 4.0, **options})


def test_a_receptivity_that_is_given_multiplies_the_time_at_risk():
    # r0 takes up half as readily: 2 / (0.5 * 1 + 3 + 4)
    adoptions = pd.DataFrame({"place": ["hub", "r0", "r1"], "time": [0.0, 1.0, 3.0]})
    found = fit_diffusion(
        adoptions, star(3), HIERARCHICAL, horizon=4.0, external=False, receptivity={"r0": 0.5}, intervals="wald"
    )
    assert found.estimates["value"].item() == pytest.approx(2.0 / (0.5 * 1.0 + 3.0 + 4.0))
    assert found.receptivity["r0"] == 0.5
    assert found.rates().receptivity["r0"] == 0.5
