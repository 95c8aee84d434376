"""Compare an index with and without one of its parts."""

from collections.abc import Iterable
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.framework import Framework, Level
from ...data.methods import documented
from ...data.options import check_choice, idle_faults, refuse
from ...data.wording.catalogue import join_texts, text
from ..index.one_year import one_year
from ..index.recipe import Recipe
from ..index.score import Nested, Scores
from ..ranks import rank_descending, tie_groups
from .compare_recipes import scores_by_place
from .panel import panel_of
from .plan import Setting

__all__ = ["PARTS", "leave_out"]

Part = Literal["indicator", "group", "place"]
PARTS: tuple[str, ...] = get_args(Part)


@documented("oecd2008")
def leave_out(
    indicators: pd.DataFrame,
    framework: Framework,
    *,
    what: Part = "indicator",
    level: Level = "level1",
    recipe: Recipe | None = None,
    places: pd.DataFrame | None = None,
    among: Iterable[str] | None = None,
    year: int | None = None,
    nested: Nested = "raise",
) -> pd.DataFrame:
    """Rank every place with each indicator, group or place left out in turn.

    The index is built anew without the part: normalization, weights and screening see only what is left. Without a
    place, the ranks that a place is expected to take are its nominal ones among the places left; any other order is
    rank reversal.

    - A part that moves nothing has ``shift`` 0 and ``reversals`` 0 in every row.
    - The pairs that reverse by leaving out a part number half the sum of its ``reversals``.

    Parameters
    ----------
    indicators, framework, places, among, nested
        As for `score`.
    year : int, optional
        Keep the rows of one year; of a panel, which needs it, the year whose places are ranked.
    what : {"indicator", "group", "place"}
        What is left out in turn.
    level : {"level1", "level2"}
        Level of the groups under ``what="group"``.
    recipe : Recipe, optional
        The choices; ``Recipe()`` when not given.

    Returns
    -------
    DataFrame
        ``left_out``, ``place``, ``rank`` (nominal), ``expected`` (nominal, among the places left), ``rank_without``,
        ``shift`` (positive: higher without), ``reversals`` (places that change sides with it), ``reversed`` (whether
        there are any); parts in the order of the framework (places in the order of their keys), then by nominal rank.

    Raises
    ------
    OptionError
        ``what`` outside its choices, or nothing would be left: one indicator, one group, two places.
    TableError
        What is left cannot be scored, such as indicators that are all constant.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("甲", "labs", 9), ("乙", "labs", 5), ("丙", "labs", 1), ("甲", "firms", 2), ("乙", "firms", 5),
    ...      ("丙", "firms", 1)], columns=["place", "indicator", "value"])
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["labs", "firms"]}))
    >>> found = leave_out(table, framework)
    >>> print(found[["left_out", "place", "rank", "rank_without", "shift", "reversed"]].head(3).to_string(index=False))
    left_out place  rank  rank_without  shift  reversed
        labs     乙     1             1      0     False
        labs     甲     2             2      0     False
        labs     丙     3             3      0     False
    """
    check_choice("what", what, PARTS)
    if what != "group":
        refuse(idle_faults(leave_out, f"with what={what!r}", level=level))
    recipe = recipe or Recipe()
    shown = None if panel_of({"": recipe}, year) == "none" else year
    common: dict[str, Any] = {"places": places, "year": year if shown is None else None, "nested": nested}
    setting = Setting.of(indicators, framework, among=among, **common)
    whole = one_year(setting.score(recipe), shown)
    parts = _parts(whole, framework, what, level)
    nominal = scores_by_place(whole)
    frames = []
    for name, members in parts.items():
        if what == "place":
            kept = tuple(place for place in nominal.index if place != name)
            left = Setting.of(indicators, framework, among=kept, **common).score(recipe)
        else:
            table = framework.table
            left = setting.score(recipe, framework=Framework.from_table(table[~table["indicator"].isin(members)]))
        frames.append(_shifts(name, nominal, scores_by_place(one_year(left, shown)), recipe.ties))
    return pd.concat(frames, ignore_index=True)


def _parts(whole: Scores, framework: Framework, what: Part, level: Level) -> dict[str, tuple[str, ...]]:
    used = set(whole.effective_weights.index)
    if what == "place":
        parts = dict.fromkeys(sorted(whole.scores["place"]), ())
    elif what == "group":
        members = {group: set(names) & used for group, names in framework.groups(level).items()}
        parts = {group: framework.groups(level)[group] for group, names in members.items() if names}
    else:
        parts = {name: (name,) for name in framework.indicators if name in used}
    least = 3 if what == "place" else 2
    if len(parts) < least:
        raise OptionError(
            text("faults.calls.leave_out.what_leaving_out_needs", what=what, least=least, parts=join_texts(parts))
        )
    return parts


def _shifts(name: str, nominal: pd.Series, left: pd.Series, ties: str) -> pd.DataFrame:
    kept = nominal.loc[nominal.index.isin(left.index)]
    left = left.loc[kept.index]
    expected = rank_descending(kept.to_numpy(), ties=ties)
    without = rank_descending(left.to_numpy(), ties=ties)
    before, after = tie_groups(kept.to_numpy()), tie_groups(left.to_numpy())
    sides = np.sign(before[:, None] - before[None, :]) * np.sign(after[:, None] - after[None, :])
    reversals = (sides < 0).sum(axis=1)
    ranks = pd.Series(rank_descending(nominal.to_numpy(), ties=ties), index=nominal.index)
    frame = pd.DataFrame(
        {
            "left_out": name,
            "place": list(kept.index),
            "rank": ranks.loc[kept.index].to_numpy(),
            "expected": expected,
            "rank_without": without,
            "shift": expected - without,
            "reversals": reversals,
            "reversed": reversals > 0,
        }
    )
    return frame.sort_values(["rank", "place"], ignore_index=True)
