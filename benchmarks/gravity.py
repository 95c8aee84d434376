"""Time gravity models against spint, pyfixest and statsmodels on the same flows, after checking that they agree.

    python benchmarks/gravity.py --size 300 --constraint double
    python benchmarks/gravity.py --size 1000 --repeats 5 --decay exponential
    python benchmarks/gravity.py --size 3000 --repeats 1 --alone

Every program starts from its own input, already made: ours from labeled matrices, the others from columns of pairs
without the diagonal. Ours includes robust errors, and measures of fit where it says so; the peers do what they do by
default, spint with measures, pyfixest with robust errors. The last lines time radiation and the modified gravity model
against the same formulas in numpy: as bare arrays, and put into the table of pairs that ours return.
"""

import argparse
import resource
import statistics
import time
import warnings
from collections.abc import Callable
from importlib import import_module

import numpy as np
import pandas as pd

from innoscape.network import fit_gravity, modified_gravity, radiation

# places above which a dense design matrix is left out
DENSE_LIMIT = 120


def peer(name: str):
    """Import a peer, or say that it is left out."""
    try:
        return import_module(name)
    except Exception as error:  # noqa: BLE001 - a peer may fail in any way at import
        print(f"{name} is left out: {type(error).__name__}")
        return None


def world(size: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Draw places, masses and overdispersed counts that fall with distance; about a third are zeros."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 1000, (size, 2))
    costs = np.hypot(*(at[:, None] - at).transpose(2, 0, 1))
    np.fill_diagonal(costs, 1.0)
    mass = np.exp(rng.normal(0, 1, size))
    means = np.outer(mass, mass) * (costs / 100) ** -1.2 * 5.0
    flows = rng.poisson(means * rng.gamma(2.0, 0.5, means.shape)).astype(float)
    np.fill_diagonal(flows, 0.0)
    places = [f"p{i:05d}" for i in range(size)]
    return (
        pd.DataFrame(flows, index=places, columns=places),
        pd.DataFrame(costs, index=places, columns=places),
        pd.Series(mass, index=places),
    )


def median(function: Callable[[], object], repeats: int) -> tuple[float, object]:
    """Return the median time in milliseconds and the last answer."""
    times, answer = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        answer = function()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times), answer


def columns_of(flows: pd.DataFrame, costs: pd.DataFrame, mass: pd.Series) -> pd.DataFrame:
    rows, columns = np.nonzero(~np.eye(len(flows), dtype=bool))
    logs = np.log(mass.to_numpy())
    cost = costs.to_numpy()[rows, columns]
    return pd.DataFrame(
        {
            "y": flows.to_numpy()[rows, columns],
            "o": rows,
            "d": columns,
            "cost": cost,
            "log_cost": np.log(cost),
            "mi": logs[rows],
            "mj": logs[columns],
        }
    )


def of_pyfixest(library, table: pd.DataFrame, term: str, constraint: str) -> Callable[[], float]:
    formula = {
        "none": f"y ~ mi + mj + {term}",
        "production": f"y ~ mj + {term} | o",
        "attraction": f"y ~ mi + {term} | d",
        "double": f"y ~ {term} | o + d",
    }[constraint]
    return lambda: float(library.fepois(formula, table, vcov="hetero").coef()[term])


def of_spint(library, table: pd.DataFrame, decay: str, constraint: str) -> Callable[[], float]:
    y, cost = table["y"].to_numpy().astype(int), table["cost"].to_numpy()
    mi, mj = np.exp(table["mi"].to_numpy()), np.exp(table["mj"].to_numpy())
    o, d = table["o"].to_numpy(), table["d"].to_numpy()
    shape = {"power": "pow", "exponential": "exp"}[decay]
    models = {
        "none": lambda: library.Gravity(y, mi, mj, cost, shape),
        "production": lambda: library.Production(y, o, mj, cost, shape),
        "attraction": lambda: library.Attraction(y, d, mi, cost, shape),
        "double": lambda: library.Doubly(y, o, d, cost, shape),
    }
    return lambda: float(models[constraint]().params[-1])


def of_statsmodels(library, table: pd.DataFrame, term: str, constraint: str) -> Callable[[], float]:
    size = table["o"].max() + 1
    parts = {
        "none": [np.ones(len(table)), table["mi"], table["mj"]],
        "production": [np.eye(size)[table["o"]], table["mj"]],
        "attraction": [np.eye(size)[table["d"]], table["mi"]],
        "double": [np.eye(size)[table["o"]], np.eye(size)[table["d"]][:, 1:]],
    }[constraint]
    design = np.column_stack([*parts, table[term]])
    family = library.families.Poisson()
    return lambda: float(library.GLM(table["y"].to_numpy(), design, family=family).fit(cov_type="HC0").params[-1])


def compare(name: str, theirs: Callable[[], float], own: Callable[[], float], repeats: int) -> None:
    """Time both in turn, so that other work falls on either, three runs at a time, so that both are warm."""
    pairs = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other, value = theirs(), own()
        pairs.extend((median(own, 3)[0], median(theirs, 3)[0]) for _ in range(repeats))
    ours, taken = (statistics.median(side) for side in zip(*pairs, strict=True))
    gap = abs(other - value) / abs(value)
    verdict = "agrees" if gap < 1e-5 else f"DIFFERS by {gap:.1e}"
    print(f"    {name:<12} {taken:11.1f} ms   ours {ours:9.1f} ms   ratio {taken / ours:8.1f}   {verdict}")


def plain_radiation(out: np.ndarray, mass: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Radiation written with numpy, one origin after another, ties as they come."""
    flows = np.zeros_like(cost)
    for i in range(len(mass)):
        order = np.argsort(cost[i])
        order = order[order != i]
        others = mass[order]
        inside = np.cumsum(others) - others
        flows[i, order] = out[i] * mass[i] * others / ((mass[i] + inside) * (mass[i] + others + inside))
    return flows


def formulas(flows: pd.DataFrame, costs: pd.DataFrame, mass: pd.Series, repeats: int) -> None:
    out = flows.sum(axis=1)
    apart = ~np.eye(len(mass), dtype=bool)
    m, c = mass.to_numpy(), costs.to_numpy()

    def plain_gravity() -> np.ndarray:
        return m[:, None] / (m[:, None] + m) * m[:, None] * m / c**2

    def plain() -> np.ndarray:
        return plain_radiation(out.to_numpy(), m, c)

    def tidy(array: np.ndarray, status: str) -> pd.DataFrame:
        rows, columns = np.nonzero(apart)
        ends = {"source": mass.index.take(rows), "target": mass.index.take(columns)}
        return pd.DataFrame({**ends, "value": array[apart], "status": status})

    for name, ours, theirs, status in (
        ("radiation", lambda: radiation(out, mass, costs), plain, "estimated"),
        ("modified", lambda: modified_gravity(mass, costs), plain_gravity, "assumed"),
    ):
        (mine, a), (other, b) = median(ours, repeats), median(theirs, repeats)
        whole, table = median(lambda make=theirs, says=status: tidy(make(), says), repeats)
        same = np.allclose(a["value"], b[apart], rtol=1e-9) and a.drop(columns="value").equals(
            table.drop(columns="value")
        )
        verdict = "agrees" if same else "DIFFERS"
        print(
            f"{name:<12} ours {mine:9.1f} ms as a table   numpy {whole:9.1f} ms as a table, "
            f"{other:.1f} ms as an array   {verdict}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--constraint", choices=("none", "production", "attraction", "double"), default="double")
    parser.add_argument("--decay", choices=("power", "exponential"), default="power")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help="leave all peers out")
    options = parser.parse_args()
    flows, costs, mass = world(options.size, options.seed)
    given = None if options.constraint == "double" else mass

    def own() -> float:
        fit = fit_gravity(flows, costs, mass=given, constraint=options.constraint, decay=options.decay)
        return float(fit.coefficients["estimate"].iloc[-1])

    def measured() -> float:
        fit = fit_gravity(flows, costs, mass=given, constraint=options.constraint, decay=options.decay)
        return float(fit.fit["d2"])

    own()
    ours, value = median(own, options.repeats)
    more, d2 = median(measured, options.repeats)
    share = (flows.to_numpy() == 0).mean()
    print(f"{options.size} places, {options.constraint}, {options.decay} decay, {share:.0%} zeros")
    print(f"ours {ours:9.1f} ms, decay {value:.6f}; {more:.1f} ms with measures of fit, d2 {d2:.4f}; medians")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory so far {peak:.0f} MB, with libraries and input")
    if not options.alone:
        table = columns_of(flows, costs, mass)
        term = {"power": "log_cost", "exponential": "cost"}[options.decay]
        if (library := peer("spint.gravity")) is not None:
            compare("spint", of_spint(library, table, options.decay, options.constraint), own, options.repeats)
        if (library := peer("pyfixest")) is not None:
            compare("pyfixest", of_pyfixest(library, table, term, options.constraint), own, options.repeats)
        if options.size > DENSE_LIMIT:
            print(f"    statsmodels is left out above {DENSE_LIMIT} places: its design matrix is dense")
        elif (library := peer("statsmodels.api")) is not None:
            theirs = of_statsmodels(library, table, term, options.constraint)
            compare("statsmodels", theirs, own, options.repeats)
    formulas(flows, costs, mass, options.repeats)


if __name__ == "__main__":
    main()
