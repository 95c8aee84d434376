"""Say when equal places part, and compare how scenarios let stocks grow."""

from collections.abc import Hashable, Sequence
from inspect import signature
from typing import Any

import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice, name_faults, number_faults, refuse
from ..diffusion.model.hazard_rates import Rates
from ..diffusion.scenarios.compare_scenarios import BASELINE, scenario_models
from ..diffusion.scenarios.scenario import Scenario
from .equations import SPILLS, Given, Spill
from .grow import grow
from .outcome import Growth

__all__ = ["compare_growth", "critical_return"]


def critical_return(
    *,
    depreciation: float,
    spillover: float = 0.0,
    siphoning: float = 0.0,
    attraction: float = 2.0,
    spill: Spill = "gap",
) -> float:
    """Return the elasticity of production above which two equal places part after a small shock.

    Two places with equal numbers rest at the same stock K, where each produces g(K) with elasticity
    e = K g'(K) / g(K). Let the first hold h more and the second h less. To first order in h the difference changes at
    the rate::

        g'(K) - depreciation  -  spillover  +  siphoning * (attraction - 1)
        own production            spread       backwash

    because a gap of 2h makes the second gain ``spillover * 2h``, and siphoning moves
    ``siphoning * (attraction - 1) * h`` from the second to the first. At rest g(K) = m K, so that g'(K) = e m, with
    m = depreciation ("gap", where equals learn nothing) or m = depreciation - spillover ("level"). The rate is 0 at::

        e = (depreciation + spillover - siphoning * (attraction - 1)) / m

    Below, spread wins and the places converge; above, backwash and returns win and they part.

    Parameters
    ----------
    depreciation : float
        Share of the stock that is lost per unit of time, positive.
    spillover : float
        Rate of spill-over from each to the other, as ``Rates.total()`` holds it.
    siphoning, attraction, spill
        As in `grow`.

    Returns
    -------
    float
        To be compared with ``elasticity`` of `Growth.terms` at the equilibrium. Without terms of agglomeration that is
        the option ``returns``; with them it is more, and circular causation sets in at lower returns.

    Raises
    ------
    OptionError
        If a number is outside its range, or spill-over of the level is not below depreciation.

    Notes
    -----
    The common movement of both places has the rate m (e - 1): it is stable for e below 1. Without siphoning the
    critical value is at least 1, so that places part only where the stocks themselves run away; with siphoning above
    spill-over it is below 1, and the places part toward a new, unequal equilibrium. The sign of
    siphoning * (attraction - 1) - spillover is Myrdal's backwash against spread.

    References
    ----------
    Myrdal (1957) *Economic Theory and Under-Developed Regions*, ch. 3.

    Examples
    --------
    >>> round(critical_return(depreciation=0.1, spillover=0.01, siphoning=0.05), 6)
    0.6
    >>> round(critical_return(depreciation=0.1, spillover=0.01), 6)
    1.1
    """
    check_choice("spill", spill, SPILLS)
    numbers = {"spillover": spillover, "siphoning": siphoning, "attraction": attraction}
    faults = [fault for name, value in numbers.items() for fault in number_faults(name, value, least=0.0)]
    refuse([*faults, *number_faults("depreciation", depreciation, above=0.0)])
    rest = depreciation - (spillover if spill == "level" else 0.0)
    if not rest > 0:
        raise OptionError(f"depreciation: needed more than spill-over of the level, got {depreciation!r}")
    return (depreciation + spillover - siphoning * (attraction - 1.0)) / rest


def compare_growth(
    baseline: Rates,
    scenarios: Sequence[Scenario],
    stocks: Given,
    *,
    horizon: float,
    **options: Any,  # noqa: ANN401 - handed on
) -> pd.DataFrame:
    """Let stocks grow under the baseline and under every scenario, and compare them at the horizon.

    Parameters
    ----------
    baseline : Rates
    scenarios : sequence of Scenario
        With distinct names, none of them ``baseline``.
    stocks, horizon
        As in `grow`; stocks must name the places that a scenario adds.
    **options
        As in `grow`.

    Returns
    -------
    DataFrame
        ``scenario, measure, place, baseline, value, difference``: ``stock`` and ``share`` of each place; ``total``,
        ``theil``, ``gini`` and ``largest`` of all. A place that the baseline lacks has no difference.

    Raises
    ------
    TableError, UnknownPlaceError
        As in `Scenario.apply` and `grow`.
    OptionError
        If names repeat, an intervention does not fit, or as in `grow`.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, Scenario, hazard_rates
    >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    >>> costs = pd.DataFrame(300.0, index=["W", "C"], columns=["W", "C"])
    >>> down = Channel("hierarchical", rate=0.02, half_distance=300.0)
    >>> model = hazard_rates(pd.DataFrame({"place": ["W", "C"], "tier": tier}), [down], costs=costs)
    >>> rail = Scenario("rail").scale_cost(["W", "C"], factor=0.5)
    >>> table = compare_growth(model, [rail], {"W": 9.0, "C": 1.0}, horizon=10.0).set_index(["measure", "place"])
    >>> bool(table.loc[("theil", "all"), "difference"] < 0)
    True
    """
    known = [name for name in signature(grow).parameters if name not in {"rates", "stocks", "horizon"}]
    refuse(name_faults(options, known, name="options of grow"))
    models = {name: first for name, (first,) in scenario_models([baseline], scenarios).items()}
    before = _measures(grow(models.pop(BASELINE), stocks, horizon=horizon, **options))
    columns = ["scenario", "measure", "place", "baseline", "value", "difference"]
    parts = [pd.DataFrame(columns=columns)] if not scenarios else []
    for name, model in models.items():
        after = _measures(grow(model, stocks, horizon=horizon, **options))
        table = pd.DataFrame({"baseline": before.reindex(after.index), "value": after})
        table = table.assign(difference=table["value"] - table["baseline"], scenario=name)
        parts.append(table.rename_axis(["measure", "place"]).reset_index()[columns])
    return pd.concat(parts, ignore_index=True)


def _measures(growth: Growth) -> pd.Series:
    """Return the measures at the horizon, indexed by (measure, place)."""
    values: dict[tuple[str, Hashable], float] = {}
    for name, frame in (("stock", growth.stocks), ("share", growth.shares)):
        values |= {(name, place): float(value) for place, value in frame.iloc[-1].items()}
    values["total", "all"] = float(growth.stocks.iloc[-1].sum())
    values |= {(str(name), "all"): float(value) for name, value in growth.inequality().iloc[-1].items()}
    return pd.Series(values)
