"""Set models of one outcome side by side, as papers print them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ...data.errors import OptionError
from ..pattern.spatial_weights import SpatialWeights
from .spatial_regression import SpatialRegression, spatial_regression

__all__ = ["compare_weights", "regression_table"]

_STARS = ((0.01, "***"), (0.05, "**"), (0.1, "*"))
_FOOT = ("observations", "log_likelihood", "aic", "bic", "sigma2", "level_variance", "r2")


def regression_table(
    models: Mapping[str, SpatialRegression], *, impacts: bool = False, decimals: int = 3
) -> pd.DataFrame:
    """Return a three-line table: estimates with stars, standard errors in brackets, and the fit below.

    Parameters
    ----------
    models : mapping
        Heading -> model.
    impacts : bool
        Direct, indirect and total effects in place of the coefficients.
    decimals : int
        Digits behind the point.

    Returns
    -------
    DataFrame
        Text, one column a model; rows by ``term`` (and ``effect``) in the order in which models name them. Stars: p up
        to 0.01 (***), 0.05 (**), 0.1 (*).

    Raises
    ------
    OptionError
        No model.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights
    >>> ring = pd.DataFrame({"origin": list("abcdefgh"), "destination": list("bcdefgha"), "value": 1.0})
    >>> weights = SpatialWeights.from_table(ring).symmetrized("max").scaled("row")
    >>> table = pd.DataFrame({"place": list("abcdefgh"), "x": [1, 2, 4, 3, 5, 2, 1, 0], "y": [3, 5, 8, 8, 9, 6, 3, 2]})
    >>> fits = {m: spatial_regression(table, weights, outcome="y", terms=["x"], model=m) for m in ("ols", "lag")}
    >>> regression_table(fits).loc["x"].tolist()
    ['1.538*** (0.181)', '0.977*** (0.091)']
    """
    if not models:
        raise OptionError("models: needed at least one, got none")
    keys = ["term", "effect"] if impacts else ["term"]
    levels = any(model.level_variance is not None for model in models.values())
    below = [name for name in _FOOT if levels or name != "level_variance"]
    columns = {}
    for heading, model in models.items():
        rows = (model.impacts if impacts else model.coefficients).set_index(keys)
        cells = {key: _cell(row, decimals) for key, row in rows.iterrows()}
        foot = {}
        for name in below:
            value = getattr(model, name)
            foot[(name, "") if impacts else name] = (
                "" if value is None else f"{value:.{0 if name == 'observations' else decimals}f}"
            )
        columns[heading] = cells | foot
    order = [key for cells in columns.values() for key in cells]
    foot_keys = [(name, "") if impacts else name for name in below]
    rows = [key for key in dict.fromkeys(order) if key not in foot_keys] + foot_keys
    index = pd.MultiIndex.from_tuples(rows, names=keys) if impacts else pd.Index(rows, name="term")
    return pd.DataFrame(
        {heading: [cells.get(key, "") for key in rows] for heading, cells in columns.items()}, index=index
    )


def _cell(row: pd.Series, decimals: int) -> str:
    stars = next((mark for most, mark in _STARS if row["p_value"] <= most), "")
    error = "" if pd.isna(row["standard_error"]) else f" ({row['standard_error']:.{decimals}f})"
    return f"{row['estimate']:.{decimals}f}{stars}{error}"


def compare_weights(
    data: pd.DataFrame,
    weights: Mapping[str, SpatialWeights],
    *,
    outcome: str,
    terms: Sequence[str],
    **options: Any,  # noqa: ANN401
) -> dict[str, SpatialRegression]:
    """Fit one model under several weights, to see whether what it says hangs on who counts as a neighbor.

    Parameters
    ----------
    data, outcome, terms
        As `spatial_regression`.
    weights : mapping
        Heading -> weights.
    **options
        Of `spatial_regression`.

    Returns
    -------
    dict
        Heading -> model, for `regression_table`.

    Raises
    ------
    OptionError
        As `spatial_regression`, naming the weights concerned.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights
    >>> ring = pd.DataFrame({"origin": list("abcdefgh"), "destination": list("bcdefgha"), "value": 1.0})
    >>> ties = SpatialWeights.from_table(ring).symmetrized("max")
    >>> table = pd.DataFrame({"place": list("abcdefgh"), "x": [1, 2, 4, 3, 5, 2, 1, 0], "y": [3, 5, 8, 8, 9, 6, 3, 2]})
    >>> choices = {"row": ties.scaled("row"), "spectral": ties.scaled("spectral")}
    >>> found = compare_weights(table, choices, outcome="y", terms=["x"], model="lag")
    >>> [f"{model.log_likelihood:.3f}" for model in found.values()]
    ['-1.063', '-1.063']
    """
    found = {}
    for heading, one in weights.items():
        try:
            found[heading] = spatial_regression(data, one, outcome=outcome, terms=terms, **options)
        except OptionError as error:
            raise type(error)(f"weights {heading}: {error}") from None
    return found
