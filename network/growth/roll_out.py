"""Let a policy of pilots roll out to all zones, and measure how the lead of the pilot dilutes."""

from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import pandas as pd

from ...data.contracts.dates import parse_times
from ...data.errors import OptionError
from ...data.options import Wrong, check_columns, number_faults, refuse
from .stepped import Steps
from .stock_model import StockModel, Transfer

__all__ = ["dilution", "roll_out"]


def roll_out(
    *,
    zones: float,
    pilots: float = 1.0,
    approval: Steps = 0.05,
    imitation: float = 0.0,
    branches: Mapping[str, Steps] | None = None,
    begin: float = 0.0,
) -> StockModel:
    """Make the roll-out of a pilot policy, and the branches that the pilot plants, a model of stocks.

    With A zones that have the policy and W that wait for it::

        dA/dt = approval * W + imitation * W * A / zones,        dW/dt = -dA/dt
        dB[k]/dt = branches[k]

    Parameters
    ----------
    zones : float
        All zones, pilots among them.
    pilots : float
        Zones that have the policy at the beginning.
    approval : float, mapping or Series
        Share of the waiting zones that are approved per unit of time: a number, or time -> number from then on, such as
        0 until the national roll-out.
    imitation : float
        Coefficient of imitation.
    branches : mapping, optional
        Where branches stand, such as in the region, in the country, abroad -> branches opened per unit of time,
        likewise.
    begin : float
        Time of the pilot.

    Returns
    -------
    StockModel
        Stocks: ``waiting``, ``with the policy`` and one of branches for each place named; transfers ``approval``,
        ``imitation``, ``opened X``.

    Raises
    ------
    OptionError
        If a number is outside its range.

    Notes
    -----
    Ran et al. (§1) describe the path from pilot to national roll-out to global layout, and branch parks planted in
    Jing-Jin-Ji and the country, in words: every number is an assumption, but the dates of the zones, which the dataset
    ``demonstration_zones`` holds and `fit_bass` can fit. Without pilots the share that has adopted is that of `bass`.

    Examples
    --------
    >>> from innoscape.network import run_stocks
    >>> path = run_stocks(roll_out(zones=21, approval={5.0: 0.3}, branches={"abroad": {9.0: 2.0}}), horizon=11.0)
    >>> path.stocks.iloc[-1].round(1).to_dict()
    {'waiting': 3.3, 'with the policy': 17.7, 'branches abroad': 4.0}
    """
    numbers = {"zones": zones, "pilots": pilots, "imitation": imitation}
    refuse(fault for name, value in numbers.items() for fault in number_faults(name, value, least=0.0))
    if not zones > 0 or pilots > zones:
        raise OptionError(f"zones: needed more than 0 and at least the {pilots:g} pilots, got {zones:g}")
    wait, has = "waiting", "with the policy"
    transfers = [Transfer("approval", wait, has, rate=approval)]
    if imitation:
        transfers.append(Transfer("imitation", wait, has, rate=imitation / zones, by=[wait, has]))
    opened = {f"branches {where}": rate for where, rate in (branches or {}).items()}
    transfers += [Transfer(f"opened {name}", target=name, rate=rate) for name, rate in opened.items()]
    return StockModel({wait: zones - pilots, has: pilots} | dict.fromkeys(opened, 0.0), transfers, begin)


def dilution(adoptions: pd.DataFrame, *, pilot: Hashable) -> pd.DataFrame:
    """Measure how the lead of a pilot dilutes as others adopt its policy.

    ::

        lead(t) = 1 - others that have adopted by t / all others

    It is the mean difference between what the policy yields in the pilot and in the other places, in units of its
    yield, if it yields the same wherever it holds. After the last adoption it is 0.

    Parameters
    ----------
    adoptions : DataFrame
        ``place, time``: one row a place, all places that adopt in the end; times are numbers, or dates such as
        ``2009-03``, read as decimal years.
    pilot : hashable
        The first to adopt.

    Returns
    -------
    DataFrame
        ``time, adopted, share, lead``: one row a time of adoption, the pilot's first; ``adopted`` counts the others.

    Raises
    ------
    TableError
        If a column is missing.
    OptionError
        If the pilot is no place of the table, is not the first or is alone, a place stands twice, or a time is missing.

    Examples
    --------
    >>> from innoscape.data import load
    >>> table = dilution(load("demonstration_zones"), pilot="北京")
    >>> table[table["lead"] <= 0.5].round(2).iloc[0].to_dict()  # half of the others by September 2015
    {'time': 2015.67, 'adopted': 10.0, 'share': 0.5, 'lead': 0.5}
    """
    check_columns(adoptions, "adoptions", ["place", "time"])
    places, given = adoptions["place"], adoptions["time"]
    time = given if pd.api.types.is_numeric_dtype(given) else parse_times(given.astype(str))

    def faults() -> Iterator[Wrong]:
        twice = sorted(map(str, places[places.duplicated()].unique()))
        if twice:
            yield f"adoptions: needed one row a place, got several for {', '.join(twice)}"
        missing = [str(place) for place in places[~np.isfinite(time.astype(float))]]
        if missing:
            yield f"adoptions: needed a time for every place, got none for {', '.join(missing)}"
        if pilot not in set(places):
            yield f"pilot: needed a place of adoptions, got {pilot!r}"
        elif len(places) < 2:
            yield "adoptions: needed at least one place beside the pilot, got none"
        elif not missing and time[places == pilot].min() > time.min():
            yield f"pilot: needed the first to adopt, got {pilot!r}, after {places[time.idxmin()]!r}"

    refuse(faults())
    others = np.sort(time[places != pilot].to_numpy(dtype=float))
    times = np.unique(np.append(others, time[places == pilot].to_numpy(dtype=float)))
    adopted = np.searchsorted(others, times, side="right")
    share = adopted / len(others)
    return pd.DataFrame({"time": times, "adopted": adopted, "share": share, "lead": 1.0 - share})
