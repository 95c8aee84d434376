"""Check that a regression can be estimated, as far as that takes no dense matrix."""

from collections.abc import Sequence

import pandas as pd

from ..pattern.spatial_weights import SpatialWeights
from .fit_regression import check_size, fit_linear
from .moments_fit import fit_error_by_moments, fit_lag_by_instruments
from .panel_data import INTERCEPT, Effects, check_singular, panel_data
from .spatial_regression import MODELS, Estimator, Model

__all__ = ["check_estimable"]


def check_estimable(
    data: pd.DataFrame,
    weights: SpatialWeights,
    *,
    outcome: str,
    terms: Sequence[str],
    model: Model,
    effects: Effects,
    method: Estimator,
) -> None:
    """Refuse what `spatial_regression` would refuse, as far as that is known without a dense matrix.

    These are sizes, the rank of the terms and of those of the neighbors, terms that give the outcome exactly, and
    instruments; where a likelihood has its maximum is not tried.

    Raises
    ------
    TableError, UnknownPlaceError, OptionError, SizeError
    """
    form = MODELS[model]
    laid = panel_data(data, weights, outcome=outcome, terms=terms, effects=effects)
    if form.where == "outcome" or (form.where and method == "ml"):
        check_size(laid.size)
    full = laid.with_lags([term for term in laid.terms if term != INTERCEPT]) if form.terms else laid
    if form.terms:
        check_singular(full)
    fit_linear(full)
    if form.where == "outcome" and method == "gmm":
        fit_lag_by_instruments(full, len(laid.terms))
    elif form.where and method == "gmm":
        fit_error_by_moments(full)
