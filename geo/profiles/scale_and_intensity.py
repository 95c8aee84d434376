"""Part a total into a number of units and an amount per unit, and compare ranks by scale with ranks by intensity."""

import numpy as np
import pandas as pd

from ...data.options import check_columns, check_known_places, numeric, refuse
from ..ranks import rank_descending

__all__ = ["scale_and_intensity"]


def scale_and_intensity(
    table: pd.DataFrame, *, total: str = "total", units: str = "units", reference: str | None = None
) -> pd.DataFrame:
    r"""Part totals into units and an amount per unit.

    For each place :math:`T = U \cdot t` with the units U (firms, persons) and :math:`t = T / U`. Against a reference
    place the logarithm of the ratio of totals is the sum of two parts:

    .. math:: \ln(T_i / T_0) = \ln(U_i / U_0) + \ln(t_i / t_0)

    ``scale_share`` is the first part over the whole. It is above 1 where a place has more units but less per unit, and
    below 0 where it has fewer units but a larger total.

    - The product of ``units_ratio`` and ``per_unit_ratio`` is ``total_ratio``.
    - Places with the total of the reference have no share (missing), though their parts may differ.
    - ``rank_change`` is the rank by total less the rank by amount per unit; it is below 0 where size alone ranks high.

    Parameters
    ----------
    table : DataFrame
        ``place`` and the columns of totals and units, all above 0, one row for each place.
    total, units : str
        Names of these columns.
    reference : str, optional
        The place to compare with.

    Returns
    -------
    DataFrame
        ``place, total, units, per_unit, rank_total, rank_per_unit, rank_change`` and, with a reference,
        ``total_ratio, units_ratio, per_unit_ratio, scale_share``; in the order given.

    Raises
    ------
    TableError
        A column is missing.
    UnknownPlaceError
        The reference is no place of the table.
    OptionError
        A place stands twice, or a number is missing or not above 0.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["甲", "乙"], "revenue": [800.0, 300.0], "firms": [400, 100]})
    >>> found = scale_and_intensity(table, total="revenue", units="firms", reference="乙")
    >>> found[["place", "per_unit", "rank_total", "rank_per_unit", "scale_share"]].round(3)
      place  per_unit  rank_total  rank_per_unit  scale_share
    0     甲       2.0           1              2        1.413
    1     乙       3.0           2              1          NaN
    """
    check_columns(table, "table", ("place", total, units))
    with numeric(f"{total}, {units}"):
        amounts = {name: table[name].to_numpy(dtype=float, na_value=np.nan) for name in (total, units)}
    places = table["place"].astype(str)
    twice = sorted(set(places[places.duplicated()]))
    refuse(
        [
            *(f"table: needed one row of each place, got several of {p}" for p in twice),
            *(
                f"{name}: needed a number above 0, got {value:g} of {place}"
                for name, given in amounts.items()
                for place, value in zip(places, given, strict=True)
                if not (np.isfinite(value) and value > 0)
            ),
        ]
    )
    whole, size = amounts[total], amounts[units]
    each = whole / size
    found = pd.DataFrame({"place": places.to_numpy(), "total": whole, "units": size, "per_unit": each})
    found["rank_total"], found["rank_per_unit"] = rank_descending(whole), rank_descending(each)
    found["rank_change"] = found["rank_total"] - found["rank_per_unit"]
    if reference is None:
        return found
    check_known_places("reference", [reference], places)
    at = places.tolist().index(reference)
    for name, given in (("total", whole), ("units", size), ("per_unit", each)):
        found[f"{name}_ratio"] = given / given[at]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.log(found["units_ratio"].to_numpy()) / np.log(found["total_ratio"].to_numpy())
    found["scale_share"] = np.where(np.abs(found["total_ratio"] - 1) > 1e-12, share, np.nan)
    return found
