"""Describe the indicators of an index before anything is done to them."""

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd

from ....data.framework import Framework, check_framework
from ....data.options import reach_faults, refuse
from ..cells import choose_cells
from .outliers import Rule, kurtosis, skew

__all__ = ["describe_indicators"]

# that of the treatments, unless set otherwise
_USUAL = Rule(skew=2.0, kurtosis=3.5, moments="sample")


def describe_indicators(
    indicators: pd.DataFrame, framework: Framework, *, among: Iterable[str] | None = None, year: int | None = None
) -> pd.DataFrame:
    """Return the statistics of every indicator over the places, before screening, imputation and treatment.

    Parameters
    ----------
    indicators, framework, among, year
        As for `score`; years are not mixed.

    Returns
    -------
    DataFrame
        ``indicator``, ``values`` and ``missing`` (numbers of places), ``distinct``, ``zeros``, ``mean``, ``std``
        (n - 1), ``variation`` (std over the size of the mean), ``minimum``, ``lower_quartile``, ``median``,
        ``upper_quartile``, ``maximum``, ``skewness`` and ``kurtosis`` (excess, both adjusted for sample size),
        ``outlying`` (absolute skewness above 2 and kurtosis above 3.5, the rule of the treatments); in the order of the
        framework. What too few values leave open is not a number.

    Raises
    ------
    TableError
        As `score`, but missing cells are counted instead of refused.

    References
    ----------
    OECD and JRC (2008). Handbook on Constructing Composite Indicators: Methodology and User Guide.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("甲", "labs", 9), ("乙", "labs", 5), ("丙", "labs", 1), ("甲", "firms", 2), ("乙", "firms", 0)],
    ...     columns=["place", "indicator", "value"])
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["labs", "firms"]}))
    >>> columns = ["indicator", "values", "missing", "zeros", "mean"]
    >>> print(describe_indicators(table, framework)[columns].to_string(index=False))
    indicator  values  missing  zeros  mean
         labs       3        0      0   5.0
        firms       2        1      1   1.0
    """
    check_framework(framework)
    matrix, _ = choose_cells(indicators, framework.indicators, among=among, year=year)
    refuse(fault for name in matrix for fault in reach_faults(matrix[name].dropna(), name=str(name)))
    return pd.DataFrame([_described(str(name), matrix[name]) for name in framework.indicators])


def _described(name: str, column: pd.Series) -> dict[str, object]:
    known = np.sort(column.dropna().to_numpy(dtype=float))
    n = known.size
    mean = math.fsum(known) / n if n else math.nan
    std = math.sqrt(math.fsum((known - mean) ** 2) / (n - 1)) if n > 1 else math.nan
    quartiles = np.quantile(known, (0.0, 0.25, 0.5, 0.75, 1.0)) if n else np.full(5, math.nan)
    varies = n > 0 and known[0] < known[-1]
    skewness = skew(known) if n > 2 and varies else math.nan
    excess = kurtosis(known) if n > 3 and varies else math.nan
    return {
        "indicator": name,
        "values": n,
        "missing": int(column.isna().sum()),
        "distinct": int(np.unique(known).size),
        "zeros": int((known == 0).sum()),
        "mean": mean,
        "std": std,
        "variation": std / abs(mean) if n and mean else math.nan,
        "minimum": quartiles[0],
        "lower_quartile": quartiles[1],
        "median": quartiles[2],
        "upper_quartile": quartiles[3],
        "maximum": quartiles[4],
        "skewness": skewness,
        "kurtosis": excess,
        "outlying": n > 3 and varies and bool(_USUAL.holds(known)),
    }
