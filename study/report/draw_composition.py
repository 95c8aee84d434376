"""Draw what an index is made of: its framework with weights, contributions to the scores, correlations."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.wording.catalogue import Text, text
from ..charts.bars import stacked_bars
from ..charts.heat_map import heat_map
from ..charts.screens import for_screens
from ..charts.weight_tree import Branch, weight_tree
from ..facts.rows import Row, read_rows
from ..wording.phrases import Words, phrase_text
from .numbers import MOST_ROWS

__all__ = ["draw_composition"]

# a larger square table says nothing at the width of a page, a longer tree takes more than a page
_WIDEST, _LEAVES = 24, 40


def draw_composition(tables: Mapping[str, pd.DataFrame], facts: Row, words: Words) -> dict[str, str]:
    """Draw the framework, the contributions and the correlations; what the tables do not allow is empty.

    Contributions are drawn where those of a place add up to its score, as under an arithmetic mean.
    """
    groups = _groups(tables, facts)
    return {
        "tree": _tree(groups, facts),
        "contributions": _contributions(tables, groups, facts, words),
        "correlations": _correlations(tables, facts),
    }


def _groups(tables: Mapping[str, pd.DataFrame], facts: Row) -> dict[str, tuple[Text, list[str]]]:
    """Return the name of each group of the first level and its indicators, in the order of the framework."""
    known = {str(row["indicator"]) for row in facts["weights"]["rows"]}
    found: dict[str, tuple[Text, list[str]]] = {}
    for row in read_rows(tables, "framework"):
        if row["level1"] and str(row["indicator"]) in known:
            said = row.get("level1_zh")
            name = Text.of(en=row["level1"], zh=said) if said else phrase_text(str(row["level1"]).replace("_", " "))
            found.setdefault(str(row["level1"]), (name, []))[1].append(str(row["indicator"]))
    return found


def _name(key: str, facts: Row) -> Text:
    english, chinese = facts["indicators"].get(key, (key, key))
    return Text.of(en=english, zh=chinese)


def _tree(groups: Mapping[str, tuple[Text, list[str]]], facts: Row) -> str:
    weights = facts["weights"]
    main = weights["recipes"][:1]
    own = {str(row["indicator"]): row["weight"].get(main[0]) for row in weights["rows"]} if main else {}
    if not groups or not 1 < len(own) <= _LEAVES:
        return ""
    branches = [
        Branch(name, [(_name(key, facts), own[key]) for key in keys], f"s-{1 + i % 7}")
        for i, (name, keys) in enumerate(groups.values())
    ]
    desc = text("charts.tree.desc", groups=len(branches), n=len(own))
    return for_screens(lambda width: weight_tree(branches, title=text("charts.tree.title"), desc=desc, width=width))


def _of_recipe(tables: Mapping[str, pd.DataFrame], name: str, facts: Row) -> list[Row]:
    return [row for row in read_rows(tables, name) if row["recipe"] in (None, facts["scores"]["main"])]


def _contributions(
    tables: Mapping[str, pd.DataFrame], groups: Mapping[str, tuple[Text, list[str]]], facts: Row, words: Words
) -> str:
    rows = {str(row["place"]): row for row in _of_recipe(tables, "contributions", facts)}
    ranked = [row for row in facts["scores"]["rows"] if row["score"] is not None and str(row["place"]) in rows]
    if len(groups) < 2 or not ranked:
        return ""
    own = [rows[str(row["place"])] for row in ranked]
    cells = [[row.get(key) for keys in (keys for _, keys in groups.values()) for key in keys] for row in own]
    if not all(_add_up(row, one["score"]) for row, one in zip(cells, ranked, strict=True)):
        return ""
    ranked, own = ranked[:MOST_ROWS], own[:MOST_ROWS]
    parts = [[math.fsum(row[key] or 0.0 for key in keys) for row in own] for _, keys in groups.values()]
    return for_screens(
        lambda width: stacked_bars(
            [words.pair(row["place"]) for row in ranked],
            parts,
            names=[name for name, _ in groups.values()],
            title=text("charts.contributions.title"),
            desc=text("charts.contributions.desc", n=len(ranked), groups=len(groups)),
            styles=[f"s-{1 + i % 7}" for i in range(len(groups))],
            totals=True,
            width=width,
        )
    )


def _add_up(parts: Sequence[float | None], score: float) -> bool:
    known = [part for part in parts if part is not None and part >= 0]
    return len(known) == len(parts) and math.isclose(math.fsum(known), score, rel_tol=1e-6, abs_tol=1e-6)


def _correlations(tables: Mapping[str, pd.DataFrame], facts: Row) -> str:
    keys = [str(row["indicator"]) for row in facts["weights"]["rows"]]
    rows = _of_recipe(tables, "normalized", facts)
    if not 2 < len(keys) <= _WIDEST or len(rows) < 4:
        return ""
    values = _correlated([[row.get(key) for row in rows] for key in keys])
    return for_screens(
        lambda width: heat_map(
            [_name(key, facts) for key in keys],
            values,
            title=text("charts.correlations.title"),
            desc=text("charts.correlations.desc", n=len(keys), places=len(rows)),
            signed=True,
            width=width,
        )
    )


def _correlated(columns: Sequence[Sequence[float | None]]) -> list[list[float | None]]:
    """Return Pearson's correlation of each pair over the places that have both; none where one does not vary."""
    data = np.array([[np.nan if value is None else value for value in column] for column in columns], dtype=float)
    found: list[list[float | None]] = []
    for i, one in enumerate(data):
        row: list[float | None] = []
        for j, other in enumerate(data):
            both = np.isfinite(one) & np.isfinite(other)
            a, b = (v[both] - v[both].mean() if both.any() else v[both] for v in (one, other))
            norm = float(np.sqrt((a @ a) * (b @ b)))
            row.append(1.0 if i == j and norm > 0 else float(a @ b) / norm if norm > 0 else None)
        found.append(row)
    return found
