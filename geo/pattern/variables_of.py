"""Read the variables of a spatial statistic by place, refusing what it cannot use."""

import pandas as pd

from ...data.errors import OptionError
from ...data.options import absent_place_faults, finite_series, reach_faults, refuse
from ...data.places.keys import key_index
from ...data.wording.catalogue import few, join_texts, text
from .spatial_weights import SpatialWeights

__all__ = ["columns_by_place", "variables_of"]

# a difference below this share of the largest value is rounding
ROUNDING = 1e-12


def variables_of(
    values: pd.Series | pd.DataFrame,
    other: pd.Series | pd.DataFrame | None,
    weights: SpatialWeights,
    statistic: str,
    *,
    least: int,
) -> tuple[SpatialWeights, pd.DataFrame, pd.DataFrame | None]:
    """Return weights, values and the other variable in the order of names, or refuse what a statistic cannot use."""
    if not isinstance(weights, SpatialWeights):
        raise OptionError(text("faults.calls.alike.weights_spatial_weights_see", name=type(weights).__name__))
    w = weights.of(sorted(weights.places, key=str))
    if len(w) < least or not w.matrix.nnz:
        raise OptionError(text("faults.calls.variables_of.weights_places_link", least=least, weights=repr(weights)))
    table = columns_by_place(values, w.places, name="values")
    beside = None if other is None else columns_by_place(other, w.places, name="other", columns=table.columns)
    if (beside is None) == (statistic == "bivariate_moran"):
        needed, got = ("a second variable", "none") if beside is None else ("no second variable", "one")
        raise OptionError(text("faults.calls.variables_of.second", needed=needed, statistic=repr(statistic), got=got))
    _check_values(table, statistic)
    return w, table, beside


def columns_by_place(
    values: pd.Series | pd.DataFrame,
    places: pd.Index,
    *,
    name: str,
    columns: pd.Index | None = None,
) -> pd.DataFrame:
    """Return values as a table of floats in the order of places, or say which are missing.

    One column stands for all of ``columns``.
    """
    table = values.to_frame() if isinstance(values, pd.Series) else values
    if not isinstance(table, pd.DataFrame) or not table.shape[1]:
        raise OptionError(text("faults.calls.variables_of.column_table_place", name=name, name2=type(values).__name__))
    if "place" in table.columns and not table.index.isin(places).any():
        raise OptionError(text("faults.calls.variables_of.places_index_them_column", name=name))
    table = table.set_axis(key_index(table.index), axis=0)
    if not table.index.is_unique:
        raise OptionError(
            text(
                "faults.calls.variables_of.each_place_once_more",
                name=name,
                v=join_texts(map(str, table.index[table.index.duplicated()])),
            )
        )
    if not table.columns.is_unique:
        twice = ", ".join(map(str, table.columns[table.columns.duplicated()].unique()))
        raise OptionError(text("faults.calls.variables_of.each_column_once_more", name=name, twice=twice))
    refuse(absent_place_faults(name, table.index, places))
    table = pd.DataFrame(
        {column: finite_series(table.loc[places, column], name=f"{name} {column}") for column in table}
    )
    refuse(fault for column in table for fault in reach_faults(table[column], name=f"{name} {column}"))
    if columns is None:
        return table.set_axis(["value"], axis=1) if isinstance(values, pd.Series) and values.name is None else table
    if table.shape[1] == 1:
        return pd.DataFrame(dict.fromkeys(columns, table.iloc[:, 0]))
    if list(table.columns) != list(columns):
        raise OptionError(
            text(
                "faults.calls.variables_of.columns",
                name=name,
                v=join_texts(map(str, columns)),
                v2=join_texts(map(str, table.columns)),
            )
        )
    return table


def _check_values(table: pd.DataFrame, statistic: str) -> None:
    """Refuse constant columns and values that a statistic is not defined for, all at once."""
    faults = []
    for column in table:
        x = table[column]
        if x.max() - x.min() <= ROUNDING * x.abs().max():
            faults.append(f"values {column}: needed values that differ, got {x.iloc[0]:g} everywhere")
        if statistic == "getis_ord" and (x < 0).any():
            faults.append(f"values {column}: needed values of at least 0, got others at {few(x.index[x < 0])}")
        elif statistic == "getis_ord" and (x > 0).sum() < 2:
            faults.append(f"values {column}: needed at least two values above 0, got one, at {x.idxmax()}")
        if statistic == "join_count" and not x.isin([0, 1]).all():
            faults.append(f"values {column}: needed 0 and 1 alone, got others at {few(x.index[~x.isin([0, 1])])}")
    refuse(faults)
