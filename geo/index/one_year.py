"""Take one year out of the scores of a panel."""

from dataclasses import fields, replace

import pandas as pd

from ...data.errors import OptionError
from ...data.wording.catalogue import join_texts, text
from .score import Scores

__all__ = ["one_year"]


def one_year(scores: Scores, year: int | None) -> Scores:
    """Return the scores of one year of a panel, without the column ``year``; others as they are.

    Raises
    ------
    OptionError
        A panel without a year, or a year that the scores do not have.
    """
    if "year" not in scores.scores:
        if year is not None:
            raise OptionError(text("faults.calls.one_year.year_used_scores_panel", year=year))
        return scores
    years = sorted({int(known) for known in scores.scores["year"]})
    if year not in years:
        raise OptionError(text("faults.calls.one_year.year", v=join_texts(map(str, years)), year=year))
    tables: dict[str, pd.DataFrame] = {}
    for field in fields(scores):
        table = getattr(scores, field.name)
        if isinstance(table, pd.DataFrame) and "year" in table:
            tables[field.name] = table[table["year"] == year].drop(columns="year").reset_index(drop=True)
    weights = scores.effective_weights
    if isinstance(weights.index, pd.MultiIndex):
        weights = weights.xs(year, level="year")
    return replace(scores, effective_weights=weights, **tables)
