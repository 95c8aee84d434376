"""Follow the scores of a study over the years: who rises, and how places move between tiers."""

import math
from itertools import pairwise, product

import pandas as pd

from ...data import OptionError
from ...data.errors import warn
from ...geo import tier_dtype, tier_mobility
from ..plan.inputs import Inputs, Tables

__all__ = ["follow_scores"]


def follow_scores(inputs: Inputs, scores: pd.DataFrame | None) -> Tables:
    """Compare the scores, ranks and tiers of each year with those of the year before.

    Parameters
    ----------
    inputs : Inputs
    scores : DataFrame or None
        The table of scores; without a column ``year``, or with one year alone, there is nothing to follow.

    Returns
    -------
    dict
        ``rank_changes`` (every place from year to year), and where places have tiers ``tier_transitions`` (the
        matrix), ``tier_moves`` (every change of tier) and ``tier_mobility`` (indices and long run).
    """
    if scores is None or "year" not in scores or scores["year"].nunique() < 2:
        return {}
    found: Tables = {"rank_changes": _rank_changes(inputs, scores)}
    tiers = scores[["place", "year", "tier"]] if "tier" in scores else scores.iloc[:0]
    if tiers["tier"].notna().any():
        try:
            found |= _mobility(inputs, tiers)
        except OptionError as error:
            warn("warnings.scores.no_mobility", reason=error.said, stacklevel=2)
    return found


def _rank_changes(inputs: Inputs, scores: pd.DataFrame) -> pd.DataFrame:
    # scores of years normalized apart measure a place against its own year alone
    comparable = inputs.study.index is not None and inputs.study.index.panel == "pooled"
    columns = ["place", "rank", "score"]
    parts = []
    for before, after in pairwise(sorted(scores["year"].unique())):
        earlier, later = (scores.loc[scores["year"] == year, columns] for year in (before, after))
        both = earlier.merge(later, on="place", suffixes=("_from", "_to"), validate="one_to_one")
        both = both.dropna(subset=["rank_from", "rank_to"])
        both.insert(1, "year_from", before)
        both.insert(2, "year_to", after)
        both["rank_change"] = both["rank_from"] - both["rank_to"]
        both["score_change"] = (both["score_to"] - both["score_from"]) if comparable else float("nan")
        parts.append(both.sort_values(["rank_to", "place"]))
    table = pd.concat(parts, ignore_index=True)
    table.insert(1, "name_en", table["place"].map(inputs.names["name_en"]))
    names = ["place", "name_en", "year_from", "year_to", "rank_from", "rank_to", "rank_change"]
    return table[[*names, "score_from", "score_to", "score_change"]]


def _mobility(inputs: Inputs, tiers: pd.DataFrame) -> Tables:
    dtype = tier_dtype(inputs.study.tiers.order)
    found = tier_mobility(tiers.astype({"tier": dtype}))
    held = [str(tier) for tier in found.counts.index]
    cells = pd.DataFrame(product(held, held), columns=["tier_from", "tier_to"])
    cells["moves"] = found.counts.to_numpy().ravel()
    cells["probability"] = found.probabilities.to_numpy().ravel()
    cells["standard_error"] = found.standard_errors.to_numpy().ravel()
    moves = found.moves.rename(columns={"year": "year_to"})
    moves.insert(1, "year_from", moves["year_to"].map({after: before for before, after in pairwise(found.years)}))
    moves.insert(1, "name_en", moves["place"].map(inputs.names["name_en"]))
    measures = [(name, None, value) for name, value in found.indices.items()]
    measures += [("half_life", None, found.half_life)]
    measures += [("long_run_share", tier, value) for tier, value in found.stationary.items()]
    measures += [("years_on_tier", tier, value) for tier, value in found.stay.items()]
    # what never ends is left empty, as a table may hold no infinite number
    measured = pd.DataFrame(measures, columns=["measure", "tier", "value"])
    measured["value"] = measured["value"].replace(math.inf, math.nan)
    kept = [tier for tier, stays in found.stay.items() if math.isinf(stays)]
    if kept and len(found.moves) and found.stationary.notna().all():
        # few years do not show that a tier is never left
        warn("warnings.scores.no_long_run", tiers=[inputs.study.tiers.order.name(tier) for tier in kept], stacklevel=3)
        lasting = measured["measure"].isin(["long_run_share", "half_life", "bartholomew", "leaving"])
        measured["value"] = measured["value"].mask(lasting)
    return {
        "tier_transitions": cells,
        "tier_moves": moves.astype({"tier_from": str, "tier_to": str}),
        "tier_mobility": measured,
    }
