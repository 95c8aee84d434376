"""Follow what is converted from stage to stage and from place to place, as from research abroad to a firm at home."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import Wrong, column_faults, number_faults, numeric, refuse
from .stock_model import ByName

__all__ = ["ConversionChain", "conversion_chain"]

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class ConversionChain:
    """What reaches each place at each stage.

    Attributes
    ----------
    amounts : DataFrame
        ``stage`` (missing for what enters), ``place, amount, share`` (of the stage), ``arrival`` (mean wait until then,
        missing where nothing arrives).
    stages : DataFrame
        ``stage, amount, conversion`` (of what the stage before held), ``lost``.
    links : DataFrame
        ``stage, source, target, conversion, amount``, ``carried`` (share of the final output that came this way),
        ``gain`` (relative rise of the final output if this conversion alone rises by ``step``), ``bottleneck`` (the
        greatest gain, all of them where tied).
    routes : DataFrame
        For each place of entry and of the end the route that converts most: ``start, end, route, conversion, delay``.
    """

    amounts: pd.DataFrame
    stages: pd.DataFrame
    links: pd.DataFrame = field(repr=False)
    routes: pd.DataFrame = field(repr=False)


def conversion_chain(links: pd.DataFrame, inflow: ByName, *, step: float = 0.1) -> ConversionChain:
    r"""Follow amounts through hand-overs between places: each stage may stand at several, at home and abroad.

    With the conversion :math:`c^k_{ij}` of the hand-over into stage k from place i to place j,

    .. math:: y^k_j = \sum_i c^k_{ij} y^{k-1}_i, \qquad y^0 = \text{inflow}

    What a place does not pass on is lost, so its conversions at one hand-over add up to 1 at most. With one place at
    every stage this is `pipeline`.

    - The order of stages is that in which they first stand in the table; other orders of rows change nothing.
    - A conversion rises by ``step`` at most to what the others of the same source leave.
    - What comes to a place that passes nothing on, before the last stage, is lost there.

    Parameters
    ----------
    links : DataFrame
        ``stage`` (into which the link leads), ``source, target, conversion`` (0 to 1) and, where known, ``delay`` (mean
        wait, at least 0; 0 where missing).
    inflow : mapping or Series
        Place -> amount that enters there before the first hand-over, at least 0.
    step : float
        Rise of a conversion for ``gain``, in shares.

    Returns
    -------
    ConversionChain

    Raises
    ------
    TableError
        If a column is missing.
    OptionError
        If a link stands twice or has an empty cell, a number is outside its range, conversions of a place add up to
        more than 1, or a place of ``inflow`` passes nothing on.

    Notes
    -----
    The chain of research abroad, incubation and landing at home is that of Zhuang, Wu and Tan (§3(4)), who give no
    number.

    Examples
    --------
    >>> links = pd.DataFrame(
    ...     [("incubation", "lab abroad", "hub", 0.3), ("incubation", "lab abroad", "abroad", 0.2),
    ...      ("landing", "hub", "hub", 0.2), ("landing", "hub", "region", 0.3), ("landing", "abroad", "hub", 0.1)],
    ...     columns=["stage", "source", "target", "conversion"])
    >>> found = conversion_chain(links, {"lab abroad": 100.0})
    >>> found.stages.round(2)
            stage  amount  conversion  lost
    0  incubation    50.0        0.50  50.0
    1     landing    17.0        0.34  33.0
    >>> found.links.query("bottleneck")[["source", "target", "carried", "gain"]].round(3)
           source target  carried   gain
    1  lab abroad    hub    0.882  0.294
    """
    table, begin = _read(links, inflow, step)
    stages = list(dict.fromkeys(table["stage"]))
    held, waited, sums = begin, dict.fromkeys(begin, 0.0), []
    rows, parts = _rows(None, held, waited), []
    for stage in stages:
        part = table[table["stage"] == stage]
        given, late = (part["source"].map(one).fillna(0.0).astype(float) for one in (held, waited))
        part = part.assign(given=given, amount=given * part["conversion"])
        parts.append(part)
        whole, held = sum(held.values()), _sums(part["amount"], part["target"])
        moved = _sums(part["amount"] * (late + part["delay"]), part["target"])
        waited = {one: moved[one] / held[one] if held[one] else np.nan for one in held}
        passed = sum(held.values())
        sums.append((stage, passed, passed / whole if whole else np.nan, whole - passed))
        rows += _rows(stage, held, waited)
    return ConversionChain(
        pd.DataFrame(rows, columns=["stage", "place", "amount", "share", "arrival"]),
        pd.DataFrame(sums, columns=["stage", "amount", "conversion", "lost"]),
        _with_gains(parts, step).drop(columns=["delay", "given"]),
        _routes(parts, begin),
    )


def _sums(values: pd.Series, by: pd.Series) -> dict[Hashable, float]:
    """Add up by place."""
    return {place: float(part.sum()) for place, part in values.groupby(by)}


def _rows(stage: Hashable, held: Mapping[Hashable, float], waited: Mapping[Hashable, float]) -> list[tuple]:
    whole = sum(held.values())
    places = sorted(held, key=lambda place: (-held[place], str(place)))
    return [(stage, one, held[one], held[one] / whole if whole else np.nan, waited[one]) for one in places]


def _with_gains(parts: list[pd.DataFrame], step: float) -> pd.DataFrame:
    """Add to each link the share of the final output that it carries, and what a higher conversion would bring."""
    last = float(parts[-1]["amount"].sum())
    worth: dict[Hashable, float] | None = None
    found = []
    for part in reversed(parts):
        onward = pd.Series(1.0, part.index) if worth is None else part["target"].map(worth).fillna(0.0)
        room = 1.0 - part.groupby("source")["conversion"].transform("sum")
        carried, rise = part["amount"] * onward, np.minimum(step, room.clip(lower=0.0))
        gained = part["given"] * rise * onward
        found.append(part.assign(carried=carried / (last or np.nan), gain=gained / (last or np.nan)))
        worth = _sums(part["conversion"] * onward, part["source"])
    table = pd.concat(found[::-1])
    table["bottleneck"] = table["gain"] >= table["gain"].max() * (1 - _ROUNDING)
    return table


def _routes(parts: list[pd.DataFrame], begin: Mapping) -> pd.DataFrame:
    """Find for each place of entry and of the end the route that converts most."""
    rows = []
    for start in begin:
        best: dict[Hashable, tuple[float, float, list]] = {start: (1.0, 0.0, [start])}
        for part in parts:
            reached: dict[Hashable, tuple[float, float, list]] = {}
            for link in part.itertuples():
                if link.source not in best or not link.conversion:
                    continue
                share, wait, way = best[link.source]
                tried = (share * link.conversion, wait + link.delay, [*way, link.target])
                if link.target not in reached or tried[0] > reached[link.target][0] * (1 + _ROUNDING):
                    reached[link.target] = tried
            best = reached
        ends = sorted(best.items(), key=lambda item: (-item[1][0], str(item[0])))
        rows += [(start, end, " > ".join(map(str, way)), share, wait) for end, (share, wait, way) in ends]
    return pd.DataFrame(rows, columns=["start", "end", "route", "conversion", "delay"])


def _read(links: pd.DataFrame, inflow: ByName, step: float) -> tuple[pd.DataFrame, dict[Hashable, float]]:
    """Return the links, sorted within their stages, and the inflow, or refuse them with all that is wrong."""
    if not isinstance(inflow, Mapping | pd.Series) or not len(inflow):
        raise OptionError(f"inflow: needed place -> amount for at least one place, got {inflow!r}")
    begin = dict(inflow.items())
    ends = ["stage", "source", "target"]
    refuse(column_faults(links, "links", (*ends, "conversion")))
    if links.empty:
        raise OptionError("links: needed at least one hand-over, got none")
    with numeric("conversion and delay of links"):
        numbers = links.reindex(columns=["conversion", "delay"]).astype(float).reset_index(drop=True)
    table = links[ends].reset_index(drop=True).assign(**numbers.fillna({"delay": 0.0}))
    refuse(_faults(table, begin, ends, step))
    stages = list(dict.fromkeys(table["stage"]))
    table["stage"] = pd.Categorical(table["stage"], categories=stages)
    table = table.sort_values(ends, key=lambda s: s if s.name == "stage" else s.astype(str), ignore_index=True)
    return table.astype({"stage": object}), {one: float(begin[one]) for one in sorted(begin, key=str)}


def _faults(table: pd.DataFrame, begin: Mapping, ends: list[str], step: float) -> Iterator[Wrong]:
    yield from number_faults("step", step, least=0.0)
    if table[ends].isna().any(axis=None):
        yield "links: needed a stage, a source and a target in each row, got empty cells"
        return
    for row in table[table.duplicated(ends)].drop_duplicates(ends).itertuples():
        yield f"links: needed each once, got {row.stage}, {row.source} to {row.target} twice"
    odd = table[~((table["conversion"] >= 0) & (table["conversion"] <= 1))]
    yield from (
        f"links: needed conversions from 0 to 1, got {row.conversion:g} for {row.stage}, {row.source} to {row.target}"
        for row in odd.itertuples()
    )
    if not (np.isfinite(table["delay"]) & (table["delay"] >= 0)).all():
        yield "links: needed finite delays of at least 0, got others"
    for (stage, source), whole in table.groupby(["stage", "source"], sort=False)["conversion"].sum().items():
        if whole > 1 + _ROUNDING:
            got = f"{whole:g} for {stage}, {source}"
            yield f"links: needed conversions of one source that add up to at most 1, got {got}"
    first = set(table.loc[table["stage"] == table["stage"].iloc[0], "source"])
    for place, value in begin.items():
        yield from number_faults(f"inflow of {place}", value, least=0.0)
        if place not in first:
            these = ", ".join(sorted(map(str, first)))
            yield f"inflow: needed places that pass on at the first stage ({these}), got {place!r}"
