"""Summarize the rounds of a Delphi survey: where experts stand, how far they agree, and whether they still move."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import Fault, TableError
from ...data.methods import documented
from ...data.options import check_columns, check_number

__all__ = ["Delphi", "delphi"]


@dataclass(frozen=True)
class Delphi:
    """What `delphi` found.

    Parameters
    ----------
    items : DataFrame
        ``round, item, experts`` (who rated it), ``median, lower_quartile, upper_quartile, spread`` (between the
        quartiles), ``agreed`` (whether the spread is small enough), ``shift`` (median less that of the round before),
        ``moved`` (share of the experts of both rounds who changed their rating); the last two are missing where
        the item was not in the round before.
    rounds : DataFrame
        ``round, items, experts`` (who rated every item of the round), ``kendall_w, chi_square, degrees_of_freedom,
        p_value``, ``test`` (``chi-square``, or ``none`` where fewer than two such experts or items, or ratings without
        any order, leave nothing to test) and ``agreed`` (share of the items).
    """

    items: pd.DataFrame
    rounds: pd.DataFrame = field(repr=False)


@documented("kendall1939", formula="W = 12 S / (m²(n³ − n) − m Σ(t³ − t))")
def delphi(ratings: pd.DataFrame, *, most_spread: float = 1.0) -> Delphi:
    r"""Summarize what experts said of items, round by round.

    Of each item the median and the quartiles (interpolated) are taken; the item is agreed on where the quartiles lie
    at most ``most_spread`` apart. How far the m experts who rated all n items of a round agree on their order is
    Kendall's coefficient of concordance. With R the rank sums of the items over experts and t the sizes of groups of
    equal ratings of one expert,

    .. math:: W = \frac{12 \sum_i (R_i - m (n + 1) / 2)^2}{m^2 (n^3 - n) - m \sum (t^3 - t)}

    and :math:`m (n - 1) W` is compared with the :math:`\chi^2` distribution of n - 1 degrees of freedom.

    - W is 1 where all experts order the items alike, and about 1 / m where they order them at random.
    - With two experts without equal ratings, W is (1 + Spearman's correlation) / 2.
    - Monotone scales change no W: an expert who rates high all along counts as any other.
    - The order of rows changes nothing.
    - The comparison with :math:`\chi^2` is rough below about 8 items.

    Parameters
    ----------
    ratings : DataFrame
        ``expert``, ``item``, ``rating`` (on one scale), and ``round`` where there are several; one row a rating.
    most_spread : float
        Largest spread between quartiles that counts as agreed, in units of the scale, at least 0.

    Returns
    -------
    Delphi
        Items and rounds.

    Raises
    ------
    TableError
        A column that is lacking, no row, a rating that is no number, a cell without an expert, item or round, or an
        expert who rates an item twice in one round.
    OptionError
        ``most_spread`` below 0.

    References
    ----------
    Kendall, M. G., Babington Smith, B. (1939). The problem of m rankings. Annals of Mathematical Statistics 10 (3),
    275-287.

    Examples
    --------
    >>> first = pd.DataFrame([[5, 3, 1], [5, 4, 2], [2, 3, 1]], ["a", "b", "c"], ["chips", "biology", "space"])
    >>> rounds = pd.concat({1: first, 2: first.replace({2: 4})}, names=["round", "expert"]).reset_index()
    >>> found = delphi(rounds.melt(["round", "expert"], var_name="item", value_name="rating"))
    >>> found.items.query("item == 'chips'")[["round", "median", "spread", "agreed", "moved"]].round(2)
       round  median  spread  agreed  moved
    1      1     5.0     1.5   False    NaN
    4      2     5.0     0.5    True   0.33
    >>> found.rounds["kendall_w"].round(2).tolist()
    [0.78, 0.94]
    """
    check_number("most_spread", most_spread, least=0.0)
    table = _read(ratings)
    items, rounds = [], []
    before: pd.DataFrame | None = None
    for name, rows in table.groupby("round", sort=True):
        sheet = rows.pivot_table(index="expert", columns="item", values="rating")
        items.append(_items(name, sheet, before, most_spread))
        rounds.append({"round": name, **_concordance(sheet), "agreed": float(items[-1]["agreed"].mean())})
        before = sheet
    return Delphi(pd.concat(items, ignore_index=True), pd.DataFrame(rounds))


def _read(ratings: pd.DataFrame) -> pd.DataFrame:
    check_columns(ratings, "ratings", ("expert", "item", "rating"))
    named = ["round", "expert", "item"] if "round" in ratings else ["expert", "item"]
    table = ratings[[*named, "rating"]].assign(rating=pd.to_numeric(ratings["rating"], errors="coerce").astype(float))
    odd = ratings["rating"][~np.isfinite(table["rating"])]
    twice = table[table.duplicated(named)]
    faults = [
        Fault("ratings", "a name in every cell", f"{table[name].isna().sum()} without", "fill them in", column=name)
        for name in named
        if table[name].isna().any()
    ]
    if table.empty:
        faults.append(Fault("ratings", "a rating", "no row", "add rows"))
    if len(odd):
        shown = ", ".join(map(repr, odd.head(3)))
        faults.append(Fault("ratings", "numbers", shown, "leave out the rows of items not rated", column="rating"))
    if len(twice):
        shown = ", ".join(map(str, twice[named].iloc[0]))
        faults.append(
            Fault("ratings", "one rating of an item by each expert and round", f"several: {shown}", "keep one")
        )
    if faults:
        raise TableError(faults)
    return table if "round" in table else table.assign(round=1)


def _items(name: Hashable, sheet: pd.DataFrame, before: pd.DataFrame | None, most_spread: float) -> pd.DataFrame:
    low, middle, high = (sheet.quantile(share).to_numpy() for share in (0.25, 0.5, 0.75))
    table = pd.DataFrame({"round": name, "item": sheet.columns, "experts": sheet.count().to_numpy(), "median": middle})
    table = table.assign(lower_quartile=low, upper_quartile=high, spread=high - low)
    table["agreed"] = table["spread"] <= most_spread
    if before is None:
        return table.assign(shift=np.nan, moved=np.nan)
    old = before.reindex(index=sheet.index, columns=sheet.columns)
    both = sheet.notna() & old.notna()
    moved = (sheet.ne(old) & both).sum() / both.sum()
    return table.assign(shift=middle - before.median().reindex(sheet.columns).to_numpy(), moved=moved.to_numpy())


def _concordance(sheet: pd.DataFrame) -> dict[str, float | int | str]:
    # p-values are asked for here alone, and what they need takes long to load
    from scipy import stats

    ranks = sheet.dropna().rank(axis=1)
    experts, items = ranks.shape
    found = {"items": items, "experts": experts}
    ties = [np.unique(row, return_counts=True)[1] for row in ranks.to_numpy()]
    equal = sum(int((counts**3 - counts).sum()) for counts in ties)
    most = experts**2 * (items**3 - items) - experts * equal
    if experts < 2 or items < 2 or most <= 0:
        nothing = dict.fromkeys(("kendall_w", "chi_square", "degrees_of_freedom", "p_value"), np.nan)
        return {**found, **nothing, "test": "none"}
    deviations = ranks.sum().to_numpy() - experts * (items + 1) / 2
    w = float(12 * (deviations**2).sum() / most)
    chi_square = experts * (items - 1) * w
    p_value = float(stats.chi2.sf(chi_square, items - 1))
    tested = {"kendall_w": w, "chi_square": chi_square, "degrees_of_freedom": items - 1, "p_value": p_value}
    return {**found, **tested, "test": "chi-square"}
