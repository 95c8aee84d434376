"""Estimate how much of an outcome's variance comes from each factor, by Sobol indices.

The design and the estimators (Saltelli et al. 2010) are SALib's; every factor is a number between 0 and 1.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import MissingExtraError

__all__ = ["sobol_design", "sobol_table"]


def sobol_design(factors: Sequence[str], *, base: int, seed: int) -> np.ndarray:
    """Return the design: base x (number of factors + 2) rows, a column for each factor.

    Examples
    --------
    >>> sobol_design(["x", "y"], base=4, seed=0).shape
    (16, 2)
    """
    design = _salib("sample").sample(_problem(factors), base, calc_second_order=False, seed=seed)
    # a distribution function has no quantile at 0 and 1
    return np.clip(design, 2.0**-53, 1.0 - 2.0**-53)


def sobol_table(
    factors: Sequence[str], outcome: np.ndarray, *, resamples: int, confidence_level: float, seed: int
) -> pd.DataFrame:
    """Return first and total order indices of one outcome, with percentile intervals of resampled rows.

    An outcome that is the same in every row of the two base samples has no variance to share: its indices are missing.
    """
    empty = np.full(len(factors), np.nan)
    columns = dict.fromkeys(["first", "first_low", "first_high", "total", "total_low", "total_high"], empty)
    width = len(factors) + 2
    if np.ptp([outcome[::width], outcome[width - 1 :: width]]) > 0:
        # SALib takes a seed of 0 for none
        found = _salib("analyze").analyze(
            _problem(factors),
            outcome,
            calc_second_order=False,
            num_resamples=resamples,
            conf_level=confidence_level,
            keep_resamples=True,
            seed=seed + 1,
        )
        ends = [(1.0 - confidence_level) / 2.0, (1.0 + confidence_level) / 2.0]
        first, total = (np.quantile(found[f"{key}_conf_all"], ends, axis=0) for key in ("S1", "ST"))
        columns = {
            "first": np.asarray(found["S1"]),
            "first_low": first[0],
            "first_high": first[1],
            "total": np.asarray(found["ST"]),
            "total_low": total[0],
            "total_high": total[1],
        }
    return pd.DataFrame({"factor": list(factors), **columns})


def _problem(factors: Sequence[str]) -> dict[str, object]:
    return {"num_vars": len(factors), "names": list(factors), "bounds": [[0.0, 1.0]] * len(factors)}


def _salib(part: str) -> Any:  # noqa: ANN401 - a module of a library without types
    try:
        from SALib.analyze import sobol as analyze
        from SALib.sample import sobol as sample
    except ImportError as error:
        raise MissingExtraError("sensitivity", purpose="sobol") from error
    return {"sample": sample, "analyze": analyze}[part]
