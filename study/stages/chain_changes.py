"""Tabulate what scenarios change before anything spreads: indicators, costs, scores, tiers, flows, rates."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ...data.concentration import gini, herfindahl
from ...network import Rates
from ...network.diffusion.scenarios.moved_places import moved_places
from ..plan.inputs import Inputs, Tables
from ..plan.schema import Network
from .build_chain import Chain
from .costs import cost_matrix
from .measure import balances_of
from .rate_inputs import ties_of
from .rate_numbers import inputs_of, rate_numbers
from .scenarios import BuiltScenario

__all__ = ["chain_changes"]

WHOLE = "all"
# measure, what it is of, place, unit, value
_Row = tuple[str, Any, Any, Any, float]
# network -> its flows, and their numbers
_Measured = dict[str, tuple[pd.DataFrame, list[_Row]]]
# rounding is no change
_CLOSE = 1e-8


def chain_changes(chain: Chain, model: Rates, scenarios: Sequence[BuiltScenario]) -> Tables:
    """Set the chain and the numbers of diffusion under each scenario, from each date on, beside the baseline.

    Parameters
    ----------
    chain : Chain
        The baseline.
    model : Rates
        Its rates.
    scenarios : sequence of BuiltScenario

    Returns
    -------
    dict
        ``chain_changes``: numbers, tiers and options that differ; ``tier_changes``: the tiers alone. A tier has its
        rank on the scale of the study as its number, 1 the highest.
    """
    names = chain.inputs.names["name_en"]
    measured: _Measured = {}
    base, given = _numbers(chain, measured), rate_numbers(inputs_of(model))
    numbers, tiers = [_NUMBERS], [_TIERS]
    for built in scenarios:
        for start, new, inputs in _by_date(chain, model, built):
            named = sorted({str(place) for edit in new.inputs.edits_of("costs") for _, place in edit.verb.named()})
            drawn = _drawn(new, inputs)
            known = base if new is chain and not drawn else _numbers(new, measured, drawn)
            before, after = (pd.concat([k, _costs(c, named)]) for c, k in ((chain, base), (new, known)))
            planted = {place: date for place, date in built.scenario.seeds.items() if date <= start}
            rates = _moved(given, rate_numbers(inputs, planted))
            steps = _tier_steps(chain, new)
            ranked = _ranked(steps, chain.inputs.study.tiers.order)
            moved = pd.concat([part for part in (_moved(before, after), ranked, rates) if len(part)] or [rates])
            head = {"scenario": built.scenario.name, "start": start}
            numbers.append(moved.assign(**head, name_en=moved["place"].map(names)))
            tiers.append(steps.assign(**head, name_en=steps["place"].map(names)))
    return {"chain_changes": _stacked(numbers), "tier_changes": _stacked(tiers)}


def _by_date(chain: Chain, model: Rates, built: BuiltScenario) -> Iterator[tuple[float, Chain, dict[str, Any]]]:
    """Return each date of a scenario with the chain and the inputs of the rates from then on."""
    now = chain
    for date, inputs in built.scenario.inputs(model).items():
        now = built.chains.get(date, now)
        yield date, now, inputs


def _drawn(chain: Chain, inputs: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the flows that ties follow, where what changes the rates alone changes them too."""
    options, networks = chain.inputs.study.diffusion, chain.networks
    name = None if options is None else options.tie_network
    flows, drawn = ties_of(chain), inputs["flows"]
    if name is None or moved_places({"flows": flows}, {"flows": drawn}) is not None:
        return {}
    if not networks.graphs[name].is_directed():
        # both directions of a pair stand for it
        ends = np.sort(drawn[["source", "target"]].to_numpy(dtype=object), axis=1)
        drawn = drawn.assign(source=ends[:, 0], target=ends[:, 1], value=drawn["value"] / 2)
    summed = drawn.groupby(["source", "target"], as_index=False)["value"].sum()
    known = networks.flows[name]
    unit = known["unit"].iloc[0] if "unit" in known and len(known) else None
    return {name: summed.assign(unit=unit, status="assumed")}


_KEY = ["measure", "of", "place", "unit"]
_NUMBERS = pd.DataFrame(
    {"scenario": pd.Series(dtype=object), "start": pd.Series(dtype=float)}
    | {name: pd.Series(dtype=object) for name in ("measure", "of", "place", "name_en", "unit")}
    | {name: pd.Series(dtype=float) for name in ("baseline", "value", "difference")}
    | {name: pd.Series(dtype=object) for name in ("baseline_word", "value_word")}
)
_TIERS = pd.DataFrame(
    {"scenario": pd.Series(dtype=object), "start": pd.Series(dtype=float)}
    | {name: pd.Series(dtype=object) for name in ("place", "name_en", "baseline", "value")}
)


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    full = [part for part in parts if len(part)]
    return pd.concat(full, ignore_index=True)[list(parts[0])] if full else parts[0]


def _moved(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    order = dict.fromkeys([*before.index, *after.index])
    given = {"baseline": before.reindex([*order]), "value": after.reindex([*order])}
    rows = pd.DataFrame({end: pd.to_numeric(one, errors="coerce") for end, one in given.items()})
    # an option such as the kind of decay is a word
    words = {end: [v if isinstance(v, str) else None for v in one] for end, one in given.items()}
    rows.index = pd.MultiIndex.from_tuples([*order], names=_KEY)
    # a place without flows has a strength of 0
    flowing = rows.index.get_level_values("measure").isin(["strength", "out_strength", "in_strength"])
    rows = rows.mask(rows.isna() & flowing[:, None], 0.0)
    rows["difference"] = rows["value"] - rows["baseline"]
    same = np.isclose(rows["baseline"], rows["value"], rtol=_CLOSE, atol=0.0, equal_nan=True)
    same &= np.array([one == other for one, other in zip(*words.values(), strict=True)], dtype=bool)
    # a link that is cut has no cost
    rows = rows.replace([np.inf, -np.inf], np.nan)
    for end, one in words.items():
        rows[f"{end}_word"] = pd.Series(one, rows.index, dtype=object)
    return rows[~same].reset_index()


def _tier_steps(before: Chain, after: Chain) -> pd.DataFrame:
    old, new = (c.layers.centers.set_index("place")["tier"].astype(str) for c in (before, after))
    places = sorted({*old.index, *new.index})
    rows = pd.DataFrame(
        {"place": places, "baseline": [old.get(p) for p in places], "value": [new.get(p) for p in places]}
    )
    return rows[rows["baseline"] != rows["value"]].reset_index(drop=True)


def _ranked(steps: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    """Return tiers as words and as ranks."""
    ends = {end: steps[end].map({tier: rank for rank, tier in enumerate(order, 1)}) for end in ("baseline", "value")}
    without = pd.Series(None, index=steps.index, dtype="str")
    rows = pd.DataFrame({"measure": "tier", "of": without, "place": steps["place"], "unit": without, **ends})
    rows = rows.astype({"baseline": float, "value": float})
    words = {f"{end}_word": steps[end].astype(object).where(steps[end].notna(), None) for end in ends}
    return rows.assign(difference=rows["value"] - rows["baseline"], **words)


def _numbers(chain: Chain, measured: _Measured, drawn: Mapping[str, pd.DataFrame] | None = None) -> pd.Series:
    """Return every number of a chain that a scenario may change, by measure, what it is of, place and unit.

    Flows that have been measured already are not measured again.
    """
    rows: list[_Row] = [*_cells(chain), *_scores(chain)]
    networks = {network.name: network for network in chain.inputs.study.networks}
    for name, flows in {**chain.networks.flows, **(drawn or {})}.items():
        before, known = measured.get(name, (None, []))
        if before is not flows:
            known = [*_flows(networks[name], flows, chain.inputs)]
            measured.setdefault(name, (flows, known))
        rows += known
    return pd.Series({row[:4]: float(row[4]) for row in rows}, dtype=float)


def _costs(chain: Chain, named: list[str]) -> pd.Series:
    """Return the cost of every pair of places."""
    if not named:
        return pd.Series(dtype=float)
    costs = cost_matrix(chain.inputs, named)
    pairs = combinations(named, 2)
    return pd.Series({("cost", there, here, None): costs.loc[here, there] for here, there in pairs}, dtype=float)


def _cells(chain: Chain) -> Iterator[_Row]:
    inputs = chain.inputs
    if inputs.indicators is None or inputs.framework is None:
        return
    by = ["place", "indicator", *({"year"} & {*inputs.indicators})]
    cells = inputs.indicators.sort_values(by, na_position="first")
    units = inputs.framework.table.set_index("indicator").reindex(columns=["unit"])["unit"]
    for place, name, value in cells[["place", "indicator", "value"]].itertuples(index=False):
        unit = units.get(name)
        yield "indicator", name, place, unit if isinstance(unit, str) else None, value


def _scores(chain: Chain) -> Iterator[_Row]:
    index = chain.inputs.study.index
    if "scores" not in chain.tables or index is None:
        return
    recipe, table = index.recipes[0].name, chain.tables["scores"]
    for place, score, rank in table[["place", "score", "rank"]].itertuples(index=False):
        yield "score", recipe, place, None, score
        yield "rank", recipe, place, None, rank
    yield "score_gini", recipe, WHOLE, None, float(gini(table["score"].dropna().to_numpy(dtype=float)))


def _flows(network: Network, flows: pd.DataFrame, inputs: Inputs) -> Iterator[_Row]:
    name, units = network.name, flows["unit"].dropna().unique() if "unit" in flows else []
    unit = units[0] if len(units) == 1 else None
    apart = flows[flows["source"] != flows["target"]].sort_values(["source", "target", "value"], kind="stable")
    out, into = (apart.groupby(end)["value"].sum() for end in ("source", "target"))
    strength = out.add(into, fill_value=0.0)
    parts = {"strength": strength} | ({"out_strength": out, "in_strength": into} if network.directed else {})
    for measure, values in parts.items():
        for place, value in values.items():
            yield measure, name, place, unit, value
    balance = balances_of(network, flows, inputs)
    for group, share in balance[["group", "localization_share"]].itertuples(index=False):
        yield "localization_share", name, group, None, share
    own = strength.drop([place for place in strength.index if place in inputs.aggregates])
    yield "strength_gini", name, WHOLE, None, float(gini(own.dropna().to_numpy(dtype=float)))
    yield "flow_concentration", name, WHOLE, None, float(herfindahl(apart["value"].to_numpy(dtype=float)))
