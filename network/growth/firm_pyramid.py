"""Let firms climb a ladder of grades, and check that the grades form an upright pyramid."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import Wrong, is_number, listed, name_faults, number_faults, refuse
from .stepped import Steps
from .stock_model import ByName, StockModel, Transfer, by_name

__all__ = ["FIRM_LADDER", "firm_pyramid", "pyramid_steps"]

FIRM_LADDER = ("innovative", "specialized", "municipal little giant", "national little giant", "single champion")


def firm_pyramid(
    ladder: Sequence[str],
    *,
    entry: Steps,
    promotion: Mapping[str, float] | float = 0.1,
    exit: Mapping[str, float] | float = 0.05,  # noqa: A002 - the word of the trade
    start: ByName | None = None,
    begin: float = 0.0,
) -> StockModel:
    """Make a ladder of firms a model of stocks: firms enter the lowest grade, are promoted, and leave.

    ::

        dN[1]/dt = entry - (promotion[2] + exit[1]) * N[1]
        dN[k]/dt = promotion[k] * N[k-1] - (promotion[k+1] + exit[k]) * N[k]

    Parameters
    ----------
    ladder : sequence of str
        Grades from the lowest, such as `FIRM_LADDER`. Each firm counts in its highest grade alone.
    entry : float, mapping or Series
        Firms that enter the lowest grade per unit of time: a number, or time -> number from then on.
    promotion : mapping or float
        Share promoted per unit of time, by the grade that it leads **into**, or one number.
    exit : mapping or float
        Share that closes or loses its grade per unit of time, by grade, or one number.
    start : mapping or Series, optional
        Firms in each grade at the beginning; 0 if not given.
    begin : float
        Time of the beginning, such as 2021.

    Returns
    -------
    StockModel
        Transfers: ``entry``, ``promotion to X``, ``exit of X``.

    Raises
    ------
    OptionError
        If a grade is unknown or lacks its number, or a number is outside its range.

    Notes
    -----
    The ladder is that of Zhuang, Wu and Tan (§3(2)), whose targets for Beijing in 2025 are 5,000 specialized firms,
    1,000 municipal and 500 national little giants (§2(1)). They give neither rates nor present numbers: `solve_rates`
    finds the rates that lead from given numbers to the targets.

    Examples
    --------
    >>> from innoscape.network import run_stocks, solve_rates
    >>> model = firm_pyramid(FIRM_LADDER[1:4], entry=1000.0, exit=0.05, begin=2021.0)
    >>> targets = {"specialized": 5000, "municipal little giant": 1000, "national little giant": 500}
    >>> found = solve_rates(model, targets, time=2025.0, rates=[one.name for one in model.transfers[:3]])
    >>> found.rates.head(3).round(3).to_dict()
    {'entry': 1792.913, 'promotion to municipal little giant': 0.143, 'promotion to national little giant': 0.33}
    """
    grades = [str(name) for name in listed(ladder, name="ladder")]
    if len(grades) < 2 or len(set(grades)) < len(grades):
        raise OptionError(f"ladder: needed at least two different grades, got {', '.join(grades) or 'none'}")
    held = by_name(start, name="start")
    climbed = dict.fromkeys(grades[1:], promotion) if is_number(promotion) else promotion
    left = dict.fromkeys(grades, exit) if is_number(exit) else exit

    def faults() -> Iterator[Wrong]:
        for name, given, needed in (("promotion", climbed, grades[1:]), ("exit", left, grades)):
            if not isinstance(given, Mapping):
                yield f"{name}: needed a number, or one by grade, got {given!r}"
                continue
            yield from name_faults(given, needed, name=name)
            absent = [grade for grade in needed if grade not in given]
            if absent:
                yield f"{name}: needed a number for every grade, got none for {', '.join(absent)}"
            for grade, value in given.items():
                yield from number_faults(f"{name} of {grade!r}", value, least=0.0)
        yield from name_faults(held, grades, name="start")

    refuse(faults())
    transfers = [Transfer("entry", target=grades[0], rate=entry)]
    for low, high in itertools.pairwise(grades):
        transfers.append(Transfer(f"promotion to {high}", low, high, rate=climbed[high]))  # type: ignore[index]
    transfers += [Transfer(f"exit of {grade}", grade, rate=left[grade]) for grade in grades]  # type: ignore[index]
    return StockModel({grade: held.get(grade, 0.0) for grade in grades}, transfers, begin)


def pyramid_steps(counts: ByName) -> pd.DataFrame:
    """Check that each grade of a ladder holds fewer firms than the one below it.

    Parameters
    ----------
    counts : mapping or Series
        Grade -> firms, from the lowest grade, at least 0.

    Returns
    -------
    DataFrame
        ``grade, firms, per_firm_above`` (firms of this grade for each of the next), ``status``: ``upright`` where it
        holds more than the next, ``level``, ``inverted``, or ``top`` and ``no firms above``, which have no ratio.

    Raises
    ------
    OptionError
        If there are fewer than two grades, or a number is not one of at least 0.

    Examples
    --------
    The targets of Zhuang, Wu and Tan (§2(1)):

    >>> pyramid_steps({"specialized": 5000, "municipal little giant": 1000, "national little giant": 500})
                        grade   firms  per_firm_above   status
    0             specialized  5000.0             5.0  upright
    1  municipal little giant  1000.0             2.0  upright
    2   national little giant   500.0             NaN      top
    """
    given = by_name(counts, name="counts")
    faults = [fault for name, value in given.items() for fault in number_faults(f"firms of {name!r}", value, least=0.0)]
    refuse([*faults, *([] if len(given) > 1 else [f"counts: needed at least two grades, got {len(given)}"])])
    firms = np.array([float(value) for value in given.values()])
    above = np.append(firms[1:], np.nan)
    ratio = np.divide(firms, above, out=np.full(len(firms), np.nan), where=above > 0)
    kinds = ["no firms above", "upright", "level", "inverted"]
    status = np.select([above == 0, firms > above, firms == above, firms < above], kinds, "top")
    return pd.DataFrame({"grade": list(given), "firms": firms, "per_firm_above": ratio, "status": status})
