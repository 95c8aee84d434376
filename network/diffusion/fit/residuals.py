"""Check a fitted spread by time rescaling: accumulated hazards are exponential of mean 1."""

import numpy as np
import pandas as pd

from .likelihood import Problem

__all__ = ["calibration", "goodness", "residuals", "total_kernel"]


def total_kernel(problem: Problem, values: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the fitted rates between places (n x n, rows are sources), and the external rate."""
    k = problem.linear
    channels = problem.channels_at(values[k:])
    total = np.zeros(problem.masks.shape[1:])
    for c, channel in enumerate(channels):
        weaken = 1.0 if problem.cost is None else channel.weaken(problem.cost)
        total += values[c] * problem.masks[c] * weaken
    return total * problem.receptivity(values[k:]), float(values[k - 1])


def residuals(problem: Problem, values: np.ndarray, centers: pd.DataFrame) -> pd.DataFrame:
    """Return the hazard that each place at risk had accumulated by its adoption or the horizon."""
    history = problem.history
    kernel, outside = total_kernel(problem, values)
    rows = []
    for m, name in enumerate(history.innovations):
        since = np.maximum(history.times[m], history.begin[m])
        held = np.maximum(history.end[m][None, :] - since[:, None], 0.0)
        sum_of = (kernel * held).sum(axis=0) + outside * np.maximum(history.end[m] - history.begin[m], 0.0)
        at = np.flatnonzero(history.risk[m])
        rows.append(
            pd.DataFrame(
                {
                    "innovation": name,
                    "place": [history.places[j] for j in at],
                    "tier": pd.Categorical(centers["tier"].iloc[at], dtype=centers["tier"].dtype),
                    "time": history.end[m, at],
                    "adopted": np.isfinite(history.times[m, at]),
                    "residual": sum_of[at],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _gaps(problem: Problem, values: np.ndarray) -> np.ndarray:
    """Return the hazard summed over places between one adoption of an innovation and the next."""
    history = problem.history
    kernel, outside = total_kernel(problem, values)
    found = []
    for m in range(len(history.innovations)):
        when = history.times[m]
        risk = history.risk[m].astype(float)
        held, last = 0.0, history.begin[m]
        present = when <= last
        hazard = float(present @ kernel @ risk + outside * risk.sum())
        for j in np.argsort(when, kind="stable"):
            if not np.isfinite(when[j]):
                break
            if present[j]:
                continue
            held += hazard * (when[j] - last)
            last = when[j]
            if risk[j]:
                found.append(held)
                held = 0.0
                hazard -= float(kernel[present, j].sum()) + outside
                risk[j] = 0.0
            present[j] = True
            hazard += float(kernel[j] @ risk)
    return np.array(found)


def goodness(problem: Problem, values: np.ndarray, table: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return the Kolmogorov-Smirnov tests of places and gaps against the exponential of mean 1."""
    # most fits are not tested, and the tests take long to load
    from scipy import stats

    draw = np.random.default_rng(seed).exponential(size=len(table))
    # an exponential allowance not used up by the horizon lacks another exponential
    whole = table["residual"].to_numpy() + np.where(table["adopted"], 0.0, draw)
    rows = []
    for check, sample in (("places", whole), ("gaps", _gaps(problem, values))):
        test = stats.kstest(sample, "expon") if len(sample) else None
        rows.append(
            {
                "check": check,
                "count": len(sample),
                "mean": float(sample.mean()) if len(sample) else np.nan,
                "statistic": float(test.statistic) if test is not None else np.nan,
                "p_value": float(test.pvalue) if test is not None else np.nan,
            }
        )
    return pd.DataFrame(rows)


def calibration(table: pd.DataFrame) -> pd.DataFrame:
    """Return observed and expected adoptions by tier."""
    sums = table.groupby("tier", observed=True)[["adopted", "residual"]].sum()
    sums = pd.concat(
        [pd.DataFrame([table[["adopted", "residual"]].sum()], index=["all"]), sums.set_index(sums.index.astype(str))]
    )
    found = sums.rename(columns={"adopted": "observed", "residual": "expected"}).astype(float)
    found["ratio"] = found["observed"] / found["expected"].where(found["expected"] > 0)
    # all expected are all observed but for the tolerance of the fit, whose sign means nothing
    off = (found["observed"] - found["expected"]).round(6) + 0.0
    found["z"] = off / np.sqrt(found["expected"].where(found["expected"] > 0))
    return found.rename_axis("tier").reset_index()
