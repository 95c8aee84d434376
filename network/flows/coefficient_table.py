"""Tabulate the coefficients of a fitted model."""

import numpy as np
import pandas as pd

__all__ = ["coefficient_table"]


def coefficient_table(
    names: list[str], estimate: np.ndarray, covariance: np.ndarray, confidence_level: float
) -> pd.DataFrame:
    """Return estimates with their normal tests and intervals.

    Returns
    -------
    DataFrame
        ``variable, estimate, standard_error, z, p_value, low, high``.

    Examples
    --------
    >>> coefficient_table(["a"], np.array([2.0]), np.array([[1.0]]), 0.95).round(3).to_numpy().tolist()
    [['a', 2.0, 1.0, 2.0, 0.046, 0.04, 3.96]]
    """
    from scipy.special import ndtr, ndtri

    error = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = estimate / error
    half = ndtri((1 + confidence_level) / 2) * error
    return pd.DataFrame(
        {
            "variable": names,
            "estimate": estimate,
            "standard_error": error,
            "z": z,
            "p_value": 2 * ndtr(-np.abs(z)),
            "low": estimate - half,
            "high": estimate + half,
        }
    )
