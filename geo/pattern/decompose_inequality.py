"""Decompose inequality within and between groups: Theil T and L exactly, level by level, the Gini after Dagum."""

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from ...data.concentration import gini
from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice
from ...data.wording.catalogue import join_texts, text
from .place_values import Given, PlaceValues, as_place_values

__all__ = ["decompose_inequality"]

_Row = dict[str, Any]
_COLUMNS = ("level", "part", "group", "other", "contribution", "share", "index")


@documented(
    "shorrocks1980",
    "dagum1997",
    formula="T = Σ<sub>g</sub> s<sub>g</sub> ln(s<sub>g</sub> / p<sub>g</sub>) "
    "+ Σ<sub>g</sub> s<sub>g</sub> T<sub>g</sub>, "
    "L = Σ<sub>g</sub> p<sub>g</sub> ln(p<sub>g</sub> / s<sub>g</sub>) + Σ<sub>g</sub> p<sub>g</sub> L<sub>g</sub>, "
    "G = G<sub>within</sub> + G<sub>between</sub> + G<sub>transvariation</sub>",
)
def decompose_inequality(
    values: pd.DataFrame | pd.Series,
    *,
    groups: str | Sequence[str] | pd.Series | pd.DataFrame,
    measure: Literal["theil_t", "theil_l", "gini"] = "theil_t",
    weights: Given = None,
    by: str | None = "year",
) -> pd.DataFrame:
    r"""Take the inequality of values apart into what lies within groups of places and what lies between them.

    Theil: :math:`T = \sum_g s_g \ln(s_g / p_g) + \sum_g s_g T_g` with the group's share s of the total and p of the
    weight; L has weights p instead. With two nested levels the part within the outer groups is taken apart again:
    total = between(outer) + between(inner) + within(inner), to rounding.

    Gini: with :math:`\Delta_{gh}` the mean absolute difference of a place of g and one of h, the pair holds
    :math:`p_g p_h \Delta_{gh} / \mu`: ``between`` (net) :math:`p_g p_h |\mu_g - \mu_h| / \mu` and ``transvariation``,
    the rest, from places of the poorer group that are richer. total = within + between + transvariation.

    - The groups may change over the years, as tiers do.
    - A group of one place contributes 0 within; a group whose total is 0 has no index of its own (not a number,
      ``undefined``).
    - A missing value leaves its place out of that year.

    Parameters
    ----------
    values, weights, by
        As in `inequality`; for ``theil_l`` values must lie above 0.
    groups : str, sequence of str, Series or DataFrame
        Column of ``values``, or several from the outer to the inner level; or the same by place.
    measure : {"theil_t", "theil_l", "gini"}

    Returns
    -------
    DataFrame
        ``year``, ``measure``, ``level``, ``part`` (``total``, ``between``, ``within``, ``transvariation``), ``group``
        (``all``: the whole part) and ``other`` (second group of a pair), ``contribution``, ``share`` of the total,
        ``index`` (of the group, or Gini of the pair), ``convention``, ``status``.

    Raises
    ------
    OptionError
        A place without group, an inner group in two outer ones, several levels for ``gini``, numbers as in
        `inequality`.
    TableError
        A missing column, or a place that stands twice in a year.

    References
    ----------
    Shorrocks, A. F. (1980). The class of additively decomposable inequality measures. Econometrica 48 (3), 613-625.
    Dagum, C. (1997). A new approach to the decomposition of the Gini income inequality ratio. Empirical Economics 22,
    515-531.

    Examples
    --------
    >>> gdp = pd.Series({"a": 1.0, "b": 3.0, "c": 4.0, "d": 8.0})
    >>> sides = pd.Series({"a": "west", "b": "west", "c": "east", "d": "east"}, name="side")
    >>> table = decompose_inequality(gdp, groups=sides)
    >>> table.loc[table["group"] == "all", ["part", "contribution"]].round(4)
          part  contribution
    0    total        0.2060
    1  between        0.1308
    2   within        0.0752
    """
    check_choice("measure", measure, ("theil_t", "theil_l", "gini"))
    read = as_place_values(values, weights=weights, groups=groups, by=by, positive=measure == "theil_l")
    if not read.groups:
        raise OptionError(text("faults.calls.decompose_inequality.groups_level_groups_none"))
    if measure == "gini" and len(read.groups) > 1:
        raise OptionError(
            text("faults.calls.decompose_inequality.groups_level_gini_choose", groups=join_texts(read.groups))
        )
    rows: list[_Row] = []
    for year in range(len(read.periods)):
        parts = _dagum(read, year) if measure == "gini" else _theil(read, year, measure)
        head: _Row = {} if read.by is None else {read.by: read.periods[year]}
        rows += [head | row for row in parts]
    table = pd.DataFrame(rows, columns=[*read.years_column(), *_COLUMNS])
    table.insert(len(read.years_column()), "measure", measure)
    table["convention"] = "places weighted" if read.weighted else "places equal"
    lacking = table["contribution"].isna() | (
        table["index"].isna() & table["part"].eq("within") & table["group"].ne("all")
    )
    table["status"] = np.where(lacking, "undefined", "computed")
    return table


def _row(level: Hashable, part: str, contribution: float, whole: float, **more: object) -> _Row:
    share = contribution / whole if whole > 0 else np.nan
    row: _Row = {"level": level, "part": part, "group": "all", "other": None, "contribution": contribution}
    return row | {"share": share, "index": np.nan} | more


def _shares(read: PlaceValues, year: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return which places count in a year, their shares of the total and of the weight."""
    here = read.weights[year] > 0
    weight, product = read.weights[year, here], (read.weights * read.numbers)[year, here]
    total = product.sum()
    return here, product / (total if total > 0 else np.nan), weight / weight.sum()


def _theil(read: PlaceValues, year: int, measure: str) -> Iterator[_Row]:
    here, share, people = _shares(read, year)
    # T weighs by the total and compares it with the weight; L does the reverse
    own, base = (share, people) if measure == "theil_t" else (people, share)
    defined = bool(here.any()) and not np.isnan(share).any()
    whole = float(_divergence(own, base).sum()) if defined else np.nan
    yield _row("", "total", whole, whole, index=whole)
    above, above_own, above_base = np.zeros(here.sum(), int), np.ones(1), np.ones(1)
    outer = ""
    for level, (codes, names) in read.groups.items():
        code = codes[year, here]
        inside = np.zeros(len(names), int)
        inside[code] = above
        if (inside[code] != above).any():
            torn = sorted({str(names[c]) for c in code[inside[code] != above]})
            raise OptionError(
                text(
                    "faults.calls.decompose_inequality.groups_each_within_several",
                    level=level,
                    outer=outer,
                    torn=join_texts(torn),
                )
            )
        group_own, group_base = (np.bincount(code, a, len(names)) for a in (own, base))
        ratio = np.where(above_own > 0, above_own, 1.0) / np.where(above_base > 0, above_base, 1.0)
        between = _divergence(group_own, group_base * ratio[inside])
        scale = np.where(group_base > 0, group_own / np.where(group_base > 0, group_base, 1.0), 0.0)
        within = np.bincount(code, _divergence(own, base * scale[code]), len(names))
        yield _row(level, "between", float(between.sum()) if defined else np.nan, whole)
        yield _row(level, "within", float(within.sum()) if defined else np.nan, whole)
        for number in np.unique(code):
            index = within[number] / group_own[number] if group_own[number] > 0 else np.nan
            yield _row(level, "within", float(within[number]), whole, group=names[number], index=index)
        above, above_own, above_base, outer = code, group_own, group_base, level


def _divergence(own: np.ndarray, base: np.ndarray) -> np.ndarray:
    held = own > 0
    return np.where(held, own * np.log(np.where(held, own, 1.0) / np.where(held, base, 1.0)), 0.0)


def _dagum(read: PlaceValues, year: int) -> Iterator[_Row]:
    level, (codes, names) = next(iter(read.groups.items()))
    here, _, people = _shares(read, year)
    x = read.numbers[year, here]
    whole = float(gini(x, people)) if here.any() else np.nan
    yield _row(level, "total", whole, whole, index=whole)
    order = np.argsort(x, kind="stable")
    present, code = np.unique(codes[year, here][order], return_inverse=True)
    weight = np.bincount(code, people[order], len(present))
    member = np.arange(len(present))[:, None] == code
    below = np.cumsum(np.where(member, people[order], 0.0), axis=1)[:, :-1] / weight[:, None]
    # mean amount by which a place of the column's group exceeds one of the row's group
    excess = (below * np.diff(x[order])) @ (1.0 - below).T
    apart, mean, overall = excess + excess.T, np.bincount(code, (people * x)[order], len(present)) / weight, people @ x
    overall = overall if overall > 0 else np.nan
    pairs = weight[:, None] * weight * apart / overall
    net = weight[:, None] * weight * np.abs(mean[:, None] - mean) / overall
    upper = np.triu(np.ones_like(pairs, bool), 1)
    sums = {"within": np.trace(pairs) / 2.0, "between": net[upper].sum(), "transvariation": (pairs - net)[upper].sum()}
    for part, contribution in sums.items():
        yield _row(level, part, float(contribution) if overall > 0 else np.nan, whole)
    shown = [names[number] for number in present]
    for g, name in enumerate(shown):
        index = apart[g, g] / (2.0 * mean[g]) if mean[g] > 0 else np.nan
        yield _row(level, "within", float(pairs[g, g]) / 2.0, whole, group=name, index=index)
    for g, h in zip(*np.nonzero(upper), strict=True):
        both = mean[g] + mean[h]
        of: _Row = {"group": shown[g], "other": shown[h], "index": apart[g, h] / both if both > 0 else np.nan}
        yield _row(level, "between", float(net[g, h]), whole, **of)
        yield _row(level, "transvariation", max(float(pairs[g, h] - net[g, h]), 0.0), whole, **of)
