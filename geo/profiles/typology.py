"""Class centers as driven by the supply of research or pulled by the demand of industry, by several named criteria."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.framework import Framework
from ...data.methods import documented
from ...data.options import check_columns, check_known_places, check_names, check_number, refuse
from ...data.wording.catalogue import text
from ..ranks import rank_descending
from .indicator_matrix import cells_of, indicator_matrix, listed_cells

__all__ = ["TYPOLOGY_CRITERIA", "Typology", "typology"]

CLASSES = ("supply_driven", "demand_pull", "undecided")
# how far ahead places are in a group of indicators, by their ranks among n places or their shares of the best value
Criterion = Callable[[np.ndarray, int], np.ndarray]
TYPOLOGY_CRITERIA: Mapping[str, Criterion] = MappingProxyType(
    {
        "firsts": lambda ranks, _: (ranks == 1).mean(axis=1),
        "not_last": lambda ranks, n: (ranks < n).mean(axis=1),
        "mean_rank": lambda ranks, n: ((n - ranks) / (n - 1)).mean(axis=1),
        "level": lambda shares, _: shares.mean(axis=1),
    }
)


@dataclass(frozen=True)
class Typology:
    """What `typology` found.

    Parameters
    ----------
    table : DataFrame
        ``place``, ``class`` (that of most criteria; ``undecided`` where none has more than half), ``agreement`` (share
        of the criteria that say so, of those that could be computed), ``supply_driven``, ``demand_pull``,
        ``undecided`` (numbers of criteria).
    criteria : DataFrame
        ``place``, ``criterion``, ``science``, ``industry`` (from 0 to 1), ``lead`` (their difference),
        ``lead_low``, ``lead_high`` (its range where any one indicator is left out), ``class``, ``science_of``,
        ``industry_of`` (indicators that it rests on), ``flips``, ``without`` (indicators each of which, left out alone,
        changes the class: how many, and which, joined by ``"; "``).
    firsts : DataFrame
        ``group``, ``place``, ``firsts``, ``of``: indicators in which a place is first, for every first-level group.
    open_ranks : DataFrame
        ``place``, ``indicator``, ``rank``: ranks that are not given and stand at the mean of those left.
    """

    table: pd.DataFrame
    criteria: pd.DataFrame = field(repr=False)
    firsts: pd.DataFrame = field(repr=False)
    open_ranks: pd.DataFrame = field(repr=False)


@documented(formula="ℓ<sub>ic</sub> = m<sub>c</sub>(i, science) − m<sub>c</sub>(i, industry)")
def typology(
    positions: pd.DataFrame,
    framework: Framework,
    *,
    values: pd.DataFrame | None = None,
    evidence: pd.DataFrame | None = None,
    science: str = "science",
    industry: str = "industry",
    criteria: Iterable[str] | None = None,
    margin: float = 0.0,
) -> Typology:
    r"""Class each place by whether its science is ahead of its industry among the places compared.

    A center is driven by the supply of research where its system of science is ahead of its system of industry, and
    pulled by demand where industry is ahead. How far a place is ahead in a group of indicators is measured, among n
    places, by

    - ``"firsts"``: the share of the indicators in which it is first;
    - ``"not_last"``: the share in which it is not last;
    - ``"mean_rank"``: the mean of :math:`(n - r) / (n - 1)`, its rank being r;
    - ``"level"``: the mean of its value over that of the best place, for indicators that every place has (over the
      best, :math:`\min / x`, where less is better).

    The lead is the measure of science less that of industry; above ``margin`` the place is supply-driven, below
    ``-margin`` pulled by demand, else undecided. Each criterion is computed again without each indicator, so that it is
    seen which classes hang on a single one.

    - A rank that is not given is set to the mean of the ranks left over in its indicator, and listed.
    - An indicator without any rank plays no part. A criterion that has no indicator in a group has no class.
    - Criteria may disagree: then no class has more than half of them and the place is undecided.

    Parameters
    ----------
    positions : DataFrame
        ``place``, ``indicator``, ``rank`` (1 is the best), or ``value``, from which ranks follow.
    framework : Framework
        Its first-level groups hold the indicators of science and industry.
    values : DataFrame, optional
        ``place``, ``indicator``, ``value``, for ``"level"``; ``positions`` itself where it has values.
    evidence : DataFrame, optional
        ``place``, ``criterion``, ``lead``: further criteria measured elsewhere, such as the lead of `lead_lag` or the
        share of knowledge among links abroad less that of production; above 0 science is ahead.
    science, industry : str
        Names of the two groups.
    criteria : iterable of str, optional
        Some of the four; all that the tables allow when not given.
    margin : float
        Lead, from 0 to 1, up to which a place is undecided.

    Returns
    -------
    Typology
        Classes, criteria, first places by group, open ranks.

    Raises
    ------
    TableError
        A column is lacking.
    OptionError
        An unknown criterion or group, fewer than two places, ranks outside 1 to n, ``"level"`` without values or with
        values that are not above 0.

    References
    ----------
    The dataset ``sources`` cites the paper that names the two types and their criterion (Ran et al. 2022, section 1).

    Examples
    --------
    >>> from innoscape.data import Framework, load
    >>> ranks = load("framework_ranks").query("framework == '3-9-32'")
    >>> found = typology(ranks, Framework.from_shipped("3-9-32"))
    >>> found.firsts.query("place == '北京'")[["group", "firsts", "of"]].to_string(index=False).splitlines()[1:]
    ['   science       5   5', 'technology       4  11', '  industry       5  16']
    >>> found.criteria.query("place == '上海'")[["criterion", "class"]].to_string(index=False).splitlines()[1:]
    ['   firsts   demand_pull', ' not_last supply_driven', 'mean_rank supply_driven']
    """
    check_number("margin", margin, least=0, most=1)
    groups = framework.groups()
    refuse(f"{option}: needed a group of the framework ({', '.join(groups)}), got {name!r}"
           for option, name in (("science", science), ("industry", industry)) if name not in groups)  # fmt: skip
    kind = "rank" if "rank" in positions else "value"
    own = positions if values is None and kind == "value" else values
    wanted = _criteria(criteria, leveled=own is not None)
    table = indicator_matrix(positions, framework, kind, "positions")
    refuse(["positions: needed at least two places, got fewer"] if len(table) < 2 else [])
    ranks, opened = _ranks(table if kind == "rank" else _ranked(table, framework))
    shares = pd.DataFrame(index=ranks.index)
    if "level" in wanted and own is not None:
        shares = _shares(indicator_matrix(own, framework, "value", "values"), framework).reindex(ranks.index)
    of = {"science": groups[science], "industry": groups[industry]}
    rows = [row for name in wanted for row in _judged(name, shares if name == "level" else ranks, of, margin)]
    judged = pd.DataFrame(rows + _further(evidence, ranks.index, margin))
    judged = judged.sort_values("place", kind="stable", ignore_index=True)
    counts = pd.crosstab(judged["place"], judged["class"]).reindex(
        index=ranks.index, columns=list(CLASSES), fill_value=0
    )
    most, computed = counts.max(axis=1), counts.sum(axis=1)
    classes = counts.idxmax(axis=1).where(2 * most > computed, "undecided")
    summary = pd.DataFrame({"class": classes, "agreement": most / computed.where(computed > 0)}).join(counts)
    return Typology(
        table=summary.rename_axis("place").reset_index(),
        criteria=judged,
        firsts=_firsts(ranks, groups),
        open_ranks=opened,
    )


def _criteria(given: Iterable[str] | None, *, leveled: bool) -> list[str]:
    wanted = [name for name in TYPOLOGY_CRITERIA if leveled or name != "level"] if given is None else [*given]
    check_names("criteria", wanted, TYPOLOGY_CRITERIA)
    if not wanted or ("level" in wanted and not leveled):
        got = "none" if not wanted else text("faults.calls.typology.level_without_values")
        raise OptionError(text("faults.calls.typology.criteria_tables_allow_values", got=got))
    return wanted


def _ranked(matrix: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Rank where every place has a value: one without leaves the ranks of the others open."""
    cells, sign = matrix.to_numpy(), framework.direction.to_numpy()
    found = np.full(cells.shape, np.nan)
    for column in np.flatnonzero(~np.isnan(cells).any(axis=0)):
        found[:, column] = rank_descending(cells[:, column] * sign[column])
    return pd.DataFrame(found, index=matrix.index, columns=matrix.columns)


def _ranks(given: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill open ranks with the mean of those left over, and list them; indicators without a rank are left out."""
    n = len(given)
    got = listed_cells(given, given.notna() & ~((given >= 1) & (given <= n)))
    refuse([f"positions: needed ranks from 1 to {n}, the number of places, got {got}"] if got else [])
    ranks = given.loc[:, given.notna().any()]
    opened = ranks.isna()
    left = (n * (n + 1) / 2 - ranks.sum()) / opened.sum().replace(0, np.nan)
    filled = ranks.fillna(left)
    return filled, pd.DataFrame(cells_of(filled, opened), columns=["place", "indicator", "rank"])


def _shares(matrix: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    whole = matrix.loc[:, matrix.notna().all(axis=0)]
    if (whole <= 0).any(axis=None):
        raise OptionError(text("faults.calls.typology.values_values_above_0"))
    raised = whole ** framework.direction[whole.columns]
    return raised / raised.max()


def _judged(
    name: str, cells: pd.DataFrame, of: Mapping[str, tuple[str, ...]], margin: float
) -> list[dict[str, object]]:
    """Judge all places by a criterion, with and without each indicator."""
    numbers, n, place_of = cells.to_numpy(), len(cells), {one: i for i, one in enumerate(cells)}
    held = {side: [one for one in members if one in place_of] for side, members in of.items()}

    def at(side: str, left_out: str = "") -> np.ndarray:
        kept = [place_of[one] for one in held[side] if one != left_out]
        return TYPOLOGY_CRITERIA[name](numbers[:, kept], n) if kept else np.full(n, np.nan)

    science, industry = at("science"), at("industry")
    again = {one: at("science", one) - industry for one in held["science"]}
    again |= {one: science - at("industry", one) for one in held["industry"]}
    leads = science - industry
    # the lead itself is among them, so that there is one where nothing can be left out
    every = np.vstack([leads, *again.values()])
    low, high = np.fmin.reduce(every), np.fmax.reduce(every)
    rows = []
    for i, place in enumerate(cells.index):
        judged = _class(leads[i], margin)
        others = {one: _class(lead[i], margin) for one, lead in again.items()}
        without = [one for one, other in others.items() if judged and other not in (judged, "")]
        rows.append(
            {
                "place": place,
                "criterion": name,
                "science": science[i],
                "industry": industry[i],
                "lead": leads[i],
                "lead_low": low[i],
                "lead_high": high[i],
                "class": judged or None,
                "science_of": len(held["science"]),
                "industry_of": len(held["industry"]),
                "flips": len(without),
                "without": "; ".join(without),
            }
        )
    return rows


def _further(evidence: pd.DataFrame | None, places: pd.Index, margin: float) -> list[dict[str, object]]:
    """Judge places by criteria that were measured elsewhere."""
    if evidence is None:
        return []
    check_columns(evidence, "evidence", ("place", "criterion", "lead"))
    check_known_places("evidence", evidence["place"], places)
    own = sorted({*evidence["criterion"]} & {*TYPOLOGY_CRITERIA})
    twice = evidence.duplicated(["place", "criterion"]).any()
    refuse([f"evidence: needed criteria of other names, got {', '.join(own)}"] if own else [])
    refuse(["evidence: needed one lead a place and criterion, got several"] if twice else [])
    return [
        {"place": row.place, "criterion": row.criterion, "science": np.nan, "industry": np.nan, "lead": lead,
         "lead_low": lead, "lead_high": lead, "class": _class(lead, margin) or None, "science_of": 0, "industry_of": 0,
         "flips": 0, "without": ""}
        for row in evidence.itertuples()
        for lead in (float(row.lead),)
    ]  # fmt: skip


def _class(lead: float, margin: float) -> str:
    """Class a lead; nothing where there is none."""
    if np.isnan(lead):
        return ""
    slack = margin + 1e-12
    return CLASSES[0] if lead > slack else CLASSES[1] if lead < -slack else CLASSES[2]


def _firsts(ranks: pd.DataFrame, groups: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    first = ranks == 1
    rows = [
        (group, place, int(number), len(kept))
        for group, members in groups.items()
        if (kept := [one for one in members if one in ranks])
        for place, number in first[kept].sum(axis=1).items()
    ]
    return pd.DataFrame(rows, columns=["group", "place", "firsts", "of"])
