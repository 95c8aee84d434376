"""Score an index under many weightings and cut tiers, beside numpy, pandas, pymcdm and mapclassify."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from harness import Case, workload

TOPIC = "Composite index"
PLACES, INDICATORS = 300, 30


def drawn(places: int, indicators: int) -> tuple[pd.DataFrame, Any]:
    """Return a table of skewed values and a framework of eight groups in two."""
    from innoscape.data import Framework

    rng = np.random.default_rng(0)
    names = [f"i{number:03d}" for number in range(indicators)]
    keys = [f"p{number:04d}" for number in range(places)]
    quality = rng.normal(size=(places, 1))
    values = np.exp(0.6 * quality + 0.8 * rng.normal(size=(places, indicators)))
    table = pd.DataFrame(values, index=keys, columns=names).rename_axis("place").reset_index()
    pillars = [number * 8 // indicators for number in range(indicators)]
    frame = pd.DataFrame({"indicator": names})
    frame["level1"] = [f"index {pillar // 4}" for pillar in pillars]
    frame["level2"] = [f"pillar {pillar}" for pillar in pillars]
    return table.melt("place", var_name="indicator", value_name="value"), Framework.from_table(frame)


def _dimensions(size: int) -> tuple[int, int]:
    return (PLACES, INDICATORS) if size >= 100 else (12, 8)


def same_scores(ours: tuple[Any, Any], theirs: tuple[Any, Any]) -> None:
    np.testing.assert_allclose(ours[0], np.asarray(theirs[0])[: len(ours[0])], rtol=1e-9)
    np.testing.assert_array_equal(ours[1], np.asarray(theirs[1])[: len(ours[1])])


@workload(
    "300 places x 30 indicators under many weightings: scores and ranks alone",
    topic=TOPIC,
    unit="weightings",
    largest=10_000,
    tiny=20,
)
def weightings(size: int, _: str) -> Case:
    from innoscape.geo import score, uncertainty
    from innoscape.geo.robustness.batch import Branches, batch_means, batch_ranks

    table, framework = drawn(*_dimensions(size))
    names = sorted(framework.indicators)
    frame = score(table, framework).normalized.set_index("place").sort_index()[names]
    values, weights = frame.to_numpy(), uncertainty(table, framework, runs=size).samples[names].to_numpy()
    flat, methods = Branches(dict.fromkeys(names, ())), {f: ("arithmetic", {}) for f in ("index", "level1", "level2")}

    def ours() -> tuple[np.ndarray, np.ndarray]:
        scores = batch_means(values, flat, weights, methods=methods)
        return scores, batch_ranks(scores)

    case = Case(ours, same_scores)

    @case.peer("numpy")
    def _() -> Callable[[], tuple[Any, Any]]:
        def run() -> tuple[Any, Any]:
            scores = weights @ values.T
            return scores, (-scores).argsort(axis=1).argsort(axis=1) + 1

        return run

    @case.peer("pandas")
    def _() -> Callable[[], tuple[Any, Any]]:
        def run() -> tuple[Any, Any]:
            scores = pd.DataFrame(weights) @ frame.T.set_axis(range(values.shape[1]))
            return scores, scores.rank(axis=1, ascending=False, method="min")

        return run

    @case.peer("pymcdm")
    def _() -> Callable[[], tuple[Any, Any]]:
        from pymcdm.methods import WSM

        def run() -> tuple[Any, Any]:
            sums, types = WSM(lambda column, **_: column), np.ones(values.shape[1])
            scores = [sums(values, one, types) for one in weights]
            return scores, [sums.rank(one) for one in scores]

        return run

    return case


@workload(
    "the whole of it: drawn weights, ranks with intervals, chances of four tiers by natural breaks",
    topic=TOPIC,
    unit="weightings",
    largest=10_000,
    tiny=20,
    limit=1.0,
)
def uncertain_tiers(size: int, _: str) -> Case:
    from innoscape.geo import score, uncertainty

    table, framework = drawn(*_dimensions(size))
    names = sorted(framework.indicators)
    frame = score(table, framework).normalized.set_index("place").sort_index()[names]
    weights = uncertainty(table, framework, runs=size).samples[names].to_numpy()

    def ours() -> tuple[np.ndarray, np.ndarray]:
        found = uncertainty(table, framework, runs=size, tiers={"k": 4})
        scores = found.score_samples[list(frame.index)]
        return scores.to_numpy(), scores.rank(axis=1, ascending=False, method="min").to_numpy()

    case = Case(ours, same_scores)

    @case.peer("numpy and mapclassify", "mapclassify")
    def _() -> Callable[[], tuple[Any, Any]]:
        import mapclassify

        def run() -> tuple[Any, Any]:
            scores = frame.to_numpy() @ weights.T
            ranks = (-scores).argsort(axis=0).argsort(axis=0) + 1
            np.quantile(ranks, [0.025, 0.5, 0.975], axis=1)
            classes = np.array([mapclassify.FisherJenks(one, k=4).yb for one in scores.T])
            [(classes == tier).mean(axis=0) for tier in range(4)]
            return scores.T, ranks.T

        return run

    return case


@workload(
    "51 places x 49 indicators under three recipes: drawn weights, scores, ranks, tiers",
    topic=TOPIC,
    unit="runs",
    largest=8000,
    tiny=20,
)
def recipes(size: int, _: str) -> Case:
    """The loop is handed the normalized values and the weights; it only multiplies, adds up and ranks."""
    from innoscape.geo import Recipe, score, uncertainty

    table, framework = drawn(51, 49) if size >= 100 else drawn(10, 16)
    every = {
        "arithmetic": Recipe(),
        "z-scores": Recipe(normalize="zscore"),
        "geometric": Recipe(normalize={"method": "minmax", "lowest": 0.01}, aggregate="geometric"),
    }

    def varied() -> Any:
        return uncertainty(table, framework, recipes=every, weight_noise=0.25, runs=size, tiers={"k": 4})

    samples = varied().samples
    values = {
        name: score(table, framework, recipe).normalized.set_index("place").sort_index()
        for name, recipe in every.items()
    }

    def ours() -> tuple[pd.DataFrame, pd.DataFrame]:
        scores = varied().score_samples
        scores = scores[values["arithmetic"].index]
        return scores, scores.rank(axis=1, ascending=False, method="min")

    case = Case(ours, same_scores)

    @case.peer("pandas")
    def _() -> Callable[[], tuple[Any, Any]]:
        def run() -> tuple[Any, Any]:
            scores, ranks = [], []
            for _, row in samples.iterrows():
                own = values[row["recipe"]]
                weights = row[own.columns].astype(float)
                if row["recipe"] == "geometric":
                    found = np.exp(np.log(own).mul(weights, axis=1).sum(axis=1))
                else:
                    found = own.mul(weights, axis=1).sum(axis=1)
                scores.append(found)
                ranks.append(found.rank(ascending=False, method="min"))
            return pd.DataFrame(scores), pd.DataFrame(ranks)

        return run

    return case


@workload("four tiers by natural breaks, exactly", topic=TOPIC, unit="places", largest=4000, tiny=40)
def natural_breaks(size: int, _: str) -> Case:
    from innoscape.geo import assign_tiers

    values = pd.Series(np.random.default_rng(0).lognormal(size=size), [f"p{n:06d}" for n in range(size)])
    case = Case(lambda: 3 - assign_tiers(values).cat.codes.to_numpy(), np.testing.assert_array_equal)

    @case.peer("mapclassify")
    def _() -> Callable[[], np.ndarray]:
        import mapclassify

        return lambda: mapclassify.FisherJenks(values, k=4).yb

    return case
