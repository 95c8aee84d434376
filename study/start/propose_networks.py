"""Propose the networks of a study: tables of flows, records counted as flows, flows estimated from totals."""

import re

import numpy as np
import pandas as pd

from ...data import Gazetteer
from ...data.spellings import spellings
from ...data.wording.catalogue import Text, few, text
from .count_exports import Counted, count_exports, count_records
from .draft import Draft
from .gather_tables import Gathered, Table
from .locate_places import Locator

__all__ = ["propose_networks"]

_WORDS = spellings("start")
# years of which each is a network of its own
_MOST_YEARS = 6
# margins that differ by less are the same
_SAME = 1e-6


def propose_networks(gathered: Gathered, gazetteer: Gazetteer, locator: Locator, draft: Draft) -> None:
    """Add networks to a draft; totals that became the margins of one are taken from the tables of indicators."""
    for counted in [*count_exports(gathered, gazetteer, locator, draft), *count_records(gathered, locator, draft)]:
        _add_flows(counted, draft)
    costs, flows = [], []
    for table in gathered.of("flows"):
        (costs if _named(table, "costs") else flows).append(table)
    for table in flows:
        for counted in _counted(table, locator, draft):
            _add_flows(counted, draft)
    if costs:
        _add_costs(costs, locator, draft)
    _add_estimates(gathered, locator, draft)


def _named(table: Table, kind: str) -> bool:
    said = " ".join([table.of.name, *table.of.columns, *table.of.headers]).casefold()
    parts = {*re.findall(r"[a-z]+", said)}
    return any(word in parts or (not word.isascii() and word in said) for word in _WORDS[kind])


def _counted(table: Table, locator: Locator, draft: Draft) -> list[Counted]:
    """Return the flows of a table, one network a kind; a table whose matrix is symmetric has no direction."""
    frame = _with_keys(table, locator).dropna(subset=["source", "target", "value"])
    stem = table.stem
    kinds = frame["kind"].dropna().unique().tolist() if "kind" in frame else []
    parts = {f"{stem}_{kind}": frame[frame["kind"].eq(kind)] for kind in kinds} if len(kinds) > 1 else {stem: frame}
    if len(kinds) > 1 and frame["kind"].isna().any():
        parts[stem] = frame[frame["kind"].isna()]
    found = []
    for name, part in parts.items():
        between = part[part["source"] != part["target"]]
        if between.empty:
            draft.leave("no_pairs", table.of.name, n=len(part))
            continue
        if not between["value"].gt(0).any():
            draft.leave("no_flow", table.of.name, column="value", n=len(between))
            continue
        keys = [column for column in ("source", "target", "kind", "sector", "year") if column in part]
        summed = part.groupby(keys, dropna=False, sort=True, as_index=False).agg(
            {column: "sum" if column == "value" else "first" for column in part if column not in keys}
        )
        directed = not (_named(table, "undirected") or _symmetric(between))
        title = text("start.titles.table", table=name.replace("_", " "))
        found.append(Counted(name, directed, summed, title, "directed" if directed else None))
    return found


def _symmetric(flows: pd.DataFrame) -> bool:
    cells = flows.groupby(["source", "target"])["value"].sum()
    back = cells.copy()
    back.index = back.index.swaplevel()
    other = back.reindex(cells.index)
    return bool(other.notna().all() and np.allclose(cells, other))


def _with_keys(table: Table, locator: Locator) -> pd.DataFrame:
    ends = ["source", "target"]
    both = pd.concat([table.frame[end] for end in ends], ignore_index=True).rename("source, target")
    found = locator.keys(both, table.of.name)
    known = dict(zip(both, found.keys, strict=True))
    return table.frame.assign(**{end: table.frame[end].map(known) for end in ends})


def _add_flows(counted: Counted, draft: Draft) -> None:
    frame = counted.flows
    kept = [name for name in ("source", "target", "value", "kind", "year", "unit", "sector", "status") if name in frame]
    frame = frame[kept].loc[:, frame[kept].notna().any()]
    name = draft.file_name(counted.name)
    section = {"name": name.removesuffix(".csv"), **_titles(counted.title), "directed": counted.directed}
    at = f"networks[{section['name']}]"
    if "unit" not in frame:
        draft.assume(f"{at}.flows", "no_unit", network=section["name"])
    if counted.assumed:
        key = f"{at}.directed" if counted.assumed == "directed" else f"{at}.flows"
        draft.assume(key, counted.assumed, network=section["name"])
    years = sorted(frame["year"].dropna().unique()) if "year" in frame else []
    blank = "year" in frame and frame["year"].isna().any()
    if len(years) > _MOST_YEARS or (years and blank):
        section["years"] = "sum"
        draft.assume(f"{at}.years", "years_sum", network=section["name"], first=int(years[0]), last=int(years[-1]))
    draft.tables[name] = frame
    draft.content.setdefault("networks", []).append({**section, "flows": name})
    places = len({*frame["source"], *frame["target"]})
    draft.propose("networks", "network", name=section["name"], places=places, n=len(frame))


def _titles(title: Text) -> dict[str, str]:
    return {"title": title.in_("en"), "title_zh": title.in_("zh")}


def _add_costs(costs: list[Table], locator: Locator, draft: Draft) -> None:
    for spare in costs[1:]:
        draft.leave("second", spare.of.name, first=costs[0].of.name)
    frame = _with_keys(costs[0], locator).dropna(subset=["source", "target", "value"])
    frame = frame[["source", "target", "value"]].drop_duplicates(["source", "target"])
    if frame.empty:
        return
    draft.tables["costs.csv"] = frame
    draft.content["tables"]["costs"] = "costs.csv"
    draft.assume("tables.costs", "costs", table=costs[0].of.name)


def _add_estimates(gathered: Gathered, locator: Locator, draft: Draft) -> None:
    """Pair what places send with what they receive, measured alike."""
    tables = gathered.of("indicators")
    sides = {side: [table for table in tables if table.side == side] for side in ("outgoing", "incoming")}
    for side, several in sides.items():
        other = sides["incoming" if side == "outgoing" else "outgoing"]
        if several and not other:
            draft.leave("one_margin", several[0].of.name)
    if not all(sides.values()):
        return
    out, into = sides["outgoing"][0], sides["incoming"][0]
    pairs = _measured_alike(out, into)
    if not pairs:
        draft.leave("no_margins", into.of.name, other=out.of.name)
        return
    for several in sides.values():
        for spare in several[1:]:
            draft.leave("second_margin", spare.of.name, first=several[0].of.name)
    for name, (one, two) in pairs.items():
        margins = [_margin(table, key, locator) for table, key in ((out, one), (into, two))]
        title = text("start.titles.estimate", name=_called(out, one).replace("_", " "))
        _add_estimate(f"totals_{name}" if len(pairs) > 1 else "totals", title, margins, (out, into), draft)
    gathered.tables["indicators"] = [table for table in tables if table not in (out, into)]


def _measured_alike(out: Table, into: Table) -> dict[str, tuple[str, str]]:
    """Return name -> the indicators of both tables that have one name in words and one unit, or are the only ones."""

    def told(table: Table) -> dict[tuple[str, str], str]:
        frame = table.frame
        units = frame.groupby("indicator")["unit"].first() if "unit" in frame else pd.Series(dtype=object)
        names = [str(key) for key in frame["indicator"].unique()]
        return {(_called(table, key), str(units.get(key, ""))): key for key in names}

    one, two = told(out), told(into)
    if len(one) == len(two) == 1:
        return {"all": (next(iter(one.values())), next(iter(two.values())))}
    return {said[0]: (one[said], two[said]) for said in one if said in two}


def _called(table: Table, key: str) -> str:
    """Return the word that the table has for an indicator, by which it is known in other tables too."""
    return table.words.get(key, key)


def _margin(table: Table, key: str, locator: Locator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the totals of the places of one indicator, and those of all places together."""
    kept = [name for name in ("place", "value", "year", "unit", "status") if name in table.frame]
    frame = table.frame.loc[table.frame["indicator"].eq(key), kept].dropna(subset=["value"])
    found = locator.keys(frame["place"], table.of.name)
    frame = frame.assign(place=found.keys)[found.keys.notna().to_numpy()]
    frame = frame.drop_duplicates([name for name in ("place", "year") if name in frame])
    whole = table.whole
    whole = whole[whole["indicator"].eq(key)].dropna(subset=["value"]) if "indicator" in whole else whole.iloc[:0]
    return frame, whole.reindex(columns=kept)


def _add_estimate(
    name: str,
    title: Text,
    margins: list[tuple[pd.DataFrame, pd.DataFrame]],
    tables: tuple[Table, Table],
    draft: Draft,
) -> None:
    keys = ["place", *(["year"] if all("year" in frame for frame, _ in margins) else [])]
    both = margins[0][0][keys].merge(margins[1][0][keys])
    lone = _in_one_alone(*(frame[keys] for frame, _ in margins))
    if lone:
        said = {"other": tables[0].of.name, "network": name, "names": few(lone, most=8)}
        draft.leave("one_side", tables[1].of.name, column="place", **said)
    frames = [frame.merge(both).sort_values(keys, ignore_index=True) for frame, _ in margins]
    if both["place"].nunique() < 3:
        draft.leave("no_margins", tables[1].of.name, other=tables[0].of.name)
        return
    sums = [_by_year(frame, keys) for frame in frames]
    wholes = [_by_year(whole, keys) if len(whole) else pd.Series(dtype=float) for _, whole in margins]
    estimate: dict[str, object] = {}
    files = [draft.file_name(f"{name}_{side}") for side in ("outgoing", "incoming")]
    network = files[0].removesuffix("_outgoing.csv")
    estimated = f"networks[{network}].estimate"
    if all(len(whole) and whole.index.isin(part.index).any() for whole, part in zip(wholes, sums, strict=True)) and all(
        (whole.reindex(part.index) >= part * (1 - _SAME)).all() for whole, part in zip(wholes, sums, strict=True)
    ):
        called = str(margins[0][1]["place"].iloc[0])
        years = frames[0]["year"].unique() if "year" in keys else []
        for at, (_, whole) in enumerate(margins):
            rows = whole[whole["year"].isin(years)] if "year" in keys else whole
            frames[at] = pd.concat([frames[at], rows.assign(place=called)], ignore_index=True)
        estimate["rest_of_world"] = called
        draft.assume(f"{estimated}.rest_of_world", "rest_of_world", network=network, row=called)
    elif not np.allclose(sums[0], sums[1], rtol=_SAME):
        estimate["balance"] = "scale_in"
        draft.assume(f"{estimated}.balance", "balance", network=network)
    for file, frame in zip(files, frames, strict=True):
        draft.tables[file] = frame
    estimate = {"outgoing": files[0], "incoming": files[1], **estimate, "within": True, "exponent": 1.0}
    draft.assume(f"{estimated}.within", "estimate", network=network)
    section = {"name": network, **_titles(title), "directed": True}
    years = both["year"].nunique() if "year" in both else 1
    if years > _MOST_YEARS:
        latest = sorted(int(year) for year in both["year"].unique())[-_MOST_YEARS:]
        section["years"] = latest
        draft.assume(f"networks[{network}].years", "years_last", network=network, years=few(latest, most=_MOST_YEARS))
    draft.content.setdefault("networks", []).append({**section, "estimate": estimate})
    said = {"out": tables[0].of.name, "into": tables[1].of.name, "places": both["place"].nunique()}
    draft.propose("networks", "estimate", name=section["name"], **said)


def _in_one_alone(one: pd.DataFrame, other: pd.DataFrame) -> list[str]:
    """Return the places that stand in one of two tables alone, with the years where it is not in all."""
    sides = [{*frame.itertuples(index=False, name=None)} for frame in (one, other)]
    places = [{row[0] for row in side} for side in sides]
    odd = sides[0] ^ sides[1]
    return sorted({str(row[0]) if row[0] in places[0] ^ places[1] else " ".join(map(str, row)) for row in odd})


def _by_year(frame: pd.DataFrame, keys: list[str]) -> pd.Series:
    return frame.groupby("year")["value"].sum() if "year" in keys else pd.Series([frame["value"].sum()])
