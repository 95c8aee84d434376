"""Turn flows at current prices into flows at the prices of one year."""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.options import check_choice, check_columns, numeric
from .check_graph import by_place

__all__ = ["IndexBase", "deflate"]

IndexBase = Literal["one_year", "year_before"]
_INDEX_BASES: tuple[str, ...] = get_args(IndexBase)
# an index of the year before stays close to 100; a level of prices leaves it or rises
_CLOSE = (90.0, 115.0)
_FEWEST_YEARS = 3


def deflate(
    flows: pd.DataFrame,
    deflator: Mapping[Any, float] | pd.Series,
    *,
    base_year: int,
    index_base: IndexBase | None = None,
) -> pd.DataFrame:
    """Turn values at current prices into values at the prices of one year.

    ``value * level[base_year] / level[year]``. The column ``unit``, where there is one, gains the words
    ``at <base_year> prices``. Counts, such as patents, have no prices and are left to the caller to keep apart.

    - An index with one base for all years is the level itself; whether that base is 1 or 100 does not matter.
    - An index of the year before (each year against the one before it, which is 100) is multiplied up to levels.

    Parameters
    ----------
    flows : DataFrame
        Columns ``value`` and ``year``.
    deflator : mapping
        Year -> price index.
    base_year : int
        Year whose prices are used.
    index_base : {"one_year", "year_before"}, optional
        Which of the two the index is. Yearbooks print both; left out, it is read as that of one year.

    Returns
    -------
    DataFrame
        The flows at constant prices.

    Raises
    ------
    TableError
        If a column is missing.
    OptionError
        If a year has no index (for ``year_before`` any year from the first to the last), or an index is not positive.

    Warns
    -----
    InnoscapeWarning
        If `index_base` is left out and the index looks like one of the year before: close to 100 in three or more
        years, 100 in none, and neither rising nor falling throughout.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": "B", "target": "T", "value": [100.0, 110.0], "year": [2018, 2019]})
    >>> deflate(flows, {2018: 100.0, 2019: 110.0}, base_year=2018)["value"].round(9).tolist()
    [100.0, 100.0]
    >>> deflate(flows, {2019: 110.0}, base_year=2018, index_base="year_before")["value"].round(9).tolist()
    [100.0, 100.0]
    """
    check_columns(flows, "flows at constant prices", ("value", "year"))
    if index_base is not None:
        check_choice("index_base", index_base, _INDEX_BASES)
    index = by_place(deflator, "deflator", numeric=True)
    if flows["year"].isna().any():
        raise OptionError("the deflator needs a positive price index for flows without a year")
    years = sorted({*flows["year"].unique(), base_year})
    if index_base == "year_before":
        level = _chained(index, years)
    else:
        level = _positive(index, years)
        if index_base is None and _looks_chained(index):
            warn("warnings.flows.price_index", stacklevel=2)
    with numeric("flow values"):
        value = flows["value"].astype(float)
    table = flows.assign(value=value * (level[base_year] / flows["year"].map(level)).to_numpy())
    if "unit" in table:
        table["unit"] = table["unit"].where(table["unit"].isna(), table["unit"].astype(str) + f" at {base_year} prices")
    return table


def _positive(index: pd.Series, years: list) -> pd.Series:
    """Return the index of the years asked for, refusing those without one."""
    found = index.reindex(years)
    lacking = [str(year) for year, value in found.items() if not (value > 0 and np.isfinite(value))]
    if lacking:
        raise OptionError(f"the deflator needs a positive price index for {', '.join(lacking)}")
    return found


def _chained(index: pd.Series, years: list) -> pd.Series:
    """Return levels of prices, 1 in the first year, from indices of the year before."""
    span = range(int(min(years)), int(max(years)) + 1)
    steps = _positive(index, list(span)[1:])
    if (steps < 10).any():
        small = steps[steps < 10]
        raise OptionError(
            f"deflator: needed indices with the year before as 100, got {small.iloc[0]:g} for {small.index[0]}; "
            "multiply them by 100"
        )
    return pd.Series(np.cumprod([1.0, *(steps / 100.0)]), index=list(span))


def _looks_chained(index: pd.Series) -> bool:
    values = index.dropna().sort_index().to_numpy()
    if len(values) < _FEWEST_YEARS or not ((values > _CLOSE[0]) & (values < _CLOSE[1])).all():
        return False
    steps = np.diff(values)
    return not ((values == 100.0).any() or (steps >= 0).all() or (steps <= 0).all())
