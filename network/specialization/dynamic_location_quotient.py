"""Compare how fast classes grow in places with how fast they grow everywhere."""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.methods import documented
from ...data.options import check_choice, idle_faults, number_faults, refuse, table_fault
from .class_table import read_classes

__all__ = ["dynamic_location_quotient"]

Form = Literal["ratio", "annual"]
FORMS: tuple[str, ...] = get_args(Form)


@documented("balassa1965", formula="DLQ = (LQ<sub>1</sub> / LQ<sub>0</sub>)<sup>1/T</sup>")
def dynamic_location_quotient(
    before: pd.DataFrame, after: pd.DataFrame, *, periods: float = 1.0, form: Form = "ratio"
) -> pd.DataFrame:
    """Return how a place's growth in a class compares with the growth of both everywhere.

    With growth factors g from before to after, of the class in the place, of the place, of the class and of all::

        DLQ[p, c] = (g[p, c] / g[p]) / (g[c] / g)  =  LQ after / LQ before

    - 1: the class gains in the place as it does everywhere. Above 1 its specialization there grows.
    - ``form="annual"`` takes the root of order ``periods``: the factor of an average period.
    - Places or classes that had nothing before have none (nan); one that lost all has 0.

    Parameters
    ----------
    before, after : DataFrame
        Places x classes, amounts of at least 0, with the same labels.
    periods : float
        Periods between the two, for ``form="annual"``.
    form : {"ratio", "annual"}
        Over the whole time, or by period.

    Returns
    -------
    DataFrame
        Places x classes, in the order of ``before``.

    Raises
    ------
    TableError
        If a table breaks the rules of `location_quotient`, or the two differ in places or classes.
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.DataFrame({"chips": [10, 10], "drugs": [10, 10]}, index=["A", "B"])
    >>> after = pd.DataFrame({"chips": [30, 10], "drugs": [10, 10]}, index=["A", "B"])
    >>> dynamic_location_quotient(before, after).round(3).to_dict("index")
    {'A': {'chips': 1.125, 'drugs': 0.75}, 'B': {'chips': 0.75, 'drugs': 1.5}}
    """
    check_choice("form", form, FORMS)
    faults = [*number_faults("periods", periods, above=0)]
    if form == "ratio":
        faults += idle_faults(dynamic_location_quotient, "with form='ratio'", periods=periods)
    refuse(faults)
    one, other = read_classes(before), read_classes(after)
    if (one.places, one.classes) != (other.places, other.classes):
        raise table_fault("after", "the places and classes of before", "others", "reindex it, with 0 for nothing")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = other.quotient() / one.quotient()
    ratio[~np.isfinite(ratio)] = np.nan
    return one.back(ratio ** (1 / periods) if form == "annual" else ratio)
