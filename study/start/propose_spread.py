"""Propose tiers, and a model of diffusion where adoptions say how fast knowledge spread."""

import math
from typing import Any

import pandas as pd

from ...data.wording.catalogue import few, text
from .draft import Draft
from .gather_tables import Gathered
from .locate_places import Locator

__all__ = ["propose_spread", "propose_tiers"]

_FOUR = 4
# km at which a rate has halved, and adoptions a year by one adopter, where nothing tells
_HALF, _RATE, _TIE = 500.0, 0.05, 0.1


def propose_tiers(gathered: Gathered, places: pd.DataFrame, draft: Draft, *, classes: int) -> None:
    """Say where tiers come from: as given, else from the scores, else from the flows of the first network.

    Parameters
    ----------
    gathered : Gathered
    places : DataFrame
        The places of the study.
    draft : Draft
    classes : int
        Number of tiers that are cut.
    """
    content = draft.content
    sources = ["given"] if "tier" in places and places["tier"].notna().any() else []
    networks = content.get("networks", [])
    scored = ["scores"] if "index" in content else []
    # where cities are connected and provinces scored, each level has tiers of its own
    sources += (
        [*(["flows"] if networks else []), *scored]
        if _kinds(places, draft)
        else [*scored, *(["flows"] if networks else [])]
    )
    section: dict[str, object] = {"method": "natural_breaks", "k": classes}
    if networks:
        section["flows"] = {"network": networks[0]["name"], "by": "strength"}
    content["tiers"] = section
    if sources:
        content["centers"] = {"tiers": sources if len(sources) > 1 else sources[0]}
    if {*sources} & {"scores", "flows"}:
        by = text(f"start.tiers.{next(one for one in sources if one != 'given')}")
        draft.assume("tiers", "tiers", classes=classes, by=by)
    if kinds := _kinds(places, draft):
        content.setdefault("centers", {})["kinds"] = kinds
        draft.assume("centers.kinds", "kinds", kinds=few(kinds))
    for table in gathered.of("tiers"):
        draft.tables["tiers.csv"] = table.frame[["place", "tier"]]
        section["published"] = {"table": "tiers.csv"}
        break


def _ends(network: dict[str, Any], draft: Draft) -> set[str]:
    """Return the places of a network."""
    table = draft.tables[network.get("flows") or network["estimate"]["outgoing"]]
    return {str(name) for end in ("place", "source", "target") if end in table for name in table[end].dropna()}


def _kinds(places: pd.DataFrame, draft: Draft) -> list[str]:
    """Return the kinds of places that are centers, where others contain them: those of the first network."""
    networks = draft.content.get("networks", [])
    if not networks or "kind" not in places:
        return []
    ends = places["place"].isin(_ends(networks[0], draft))
    within, others = ({*places.loc[mask, "kind"].dropna()} for mask in (ends, ~ends))
    return sorted(within) if others - within else []


def propose_spread(gathered: Gathered, locator: Locator, draft: Draft) -> None:
    """Add the sections of diffusion and its fit, where there is a table of adoptions."""
    parts = []
    for table in gathered.of("adoptions"):
        found = locator.keys(table.frame["place"], table.of.name)
        frame = table.frame.assign(place=found.keys)[found.keys.notna().to_numpy()]
        parts.append(frame[[name for name in ("place", "time", "innovation") if name in frame]])
    if not parts:
        return
    frame = pd.concat(parts, ignore_index=True)
    keys = [name for name in ("innovation", "place") if name in frame]
    frame = frame.sort_values("time", kind="stable").drop_duplicates(keys).reset_index(drop=True)
    where = gathered.of("adoptions")[0].of.name
    if frame["place"].nunique() < _FOUR or frame["time"].nunique() < 2:
        draft.leave("few_adoptions", where, n=frame["place"].nunique())
        return
    draft.tables["adoptions.csv"] = frame
    first = frame.loc[frame["time"] == frame["time"].min(), "place"].drop_duplicates().tolist()
    # the year of the last adoption is taken to be seen to its end
    until = float(math.floor(frame["time"].max()) + 1)
    draft.assume("diffusion.fit.until", "until", until=f"{until:g}")
    tiered = "centers" in draft.content
    networks = draft.content.get("networks", [])
    channels = [{"name": "peer", "rate": _RATE, "half_distance": _HALF}]
    channels += [{"name": "hierarchical", "rate": _RATE, "half_distance": _HALF}] if tiered else []
    channels += [{"name": "tie", "rate": _TIE, "decay": "none", "normalize": "maximum"}] if networks else []
    diffusion: dict[str, object] = {"seeds": first, "horizon": 20.0, "runs": 500, "seed": 1}
    diffusion |= {"tie_network": networks[0]["name"]} if networks else {}
    diffusion["channels"] = channels
    diffusion["fit"] = {"adoptions": "adoptions.csv", "free": ["rate"], "until": until, "otherwise": "assumed"}
    draft.content["diffusion"] = diffusion
    draft.assume("diffusion.seeds", "seeds", names=few(first, most=5))
    draft.assume("diffusion.channels", "channels", names=few([str(one["name"]) for one in channels]))
    centers = draft.content.setdefault("centers", {})
    known = {*draft.content["index"]["units"]} if "index" in draft.content else set()
    for network in networks[:1]:
        known |= _ends(network, draft)
    others = [place for place in sorted(frame["place"].unique()) if place not in known]
    if others:
        centers["assumed_tiers"] = dict.fromkeys(others, "local")
        draft.assume("centers.assumed_tiers", "assumed_tiers", names=few(others, most=5))
    draft.propose("diffusion", "spread", table=where, n=len(frame), places=frame["place"].nunique())
