"""Score places on a framework of which many cells are missing, and say on how many cells each score rests."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.framework import Framework
from ...data.option_checks import a_share
from ...data.options import check_choice, check_columns, check_known_places, refuse
from ...data.places.keys import as_keys
from ...data.wording.catalogue import Text, text
from ..ranks import rank_descending
from .indicator_matrix import cells_of, indicator_matrix, listed_cells

__all__ = ["FrameworkProfile", "framework_profile"]

ProfileScale = Literal["minmax", "ratio", "rank"]
PROFILE_SCALES: tuple[str, ...] = get_args(ProfileScale)
MissingRule = Literal["known", "common"]
MISSING_RULES: tuple[str, ...] = get_args(MissingRule)
_COLUMNS = ["level", "name", "group", "place", "value", "score", "rank", "known", "scored", "of", "status"]


@dataclass(frozen=True)
class FrameworkProfile:
    """What `framework_profile` found.

    Parameters
    ----------
    table : DataFrame
        One row a place and row of the framework, from the whole (``index``) over its groups to its indicators:
        ``level``, ``name``, ``group`` (first-level group), ``place``, ``value`` (of indicators), ``score``, ``rank``
        (among the places with a score), ``known`` (cells with a value), ``scored`` (cells that the score rests on),
        ``of`` (cells there are), ``status``: ``complete`` (every cell is scored), ``partial``, ``empty`` (no score).
    missing : DataFrame
        ``place``, ``indicator``: the cells without a value.
    scale, rule : str
        How cells are scored, and which of them count.
    """

    table: pd.DataFrame
    missing: pd.DataFrame = field(repr=False)
    scale: str
    rule: str

    def said(self, place: str) -> Text:
        """Say on how many cells of the framework the profile of a place rests."""
        rows = self.table[(self.table["level"] == "index") & (self.table["place"] == place)]
        check_known_places("place", [place], self.table["place"].unique())
        whole = rows.iloc[0]
        key = "profile.cells.common" if self.rule == "common" else "profile.cells.known"
        return text(key, **{name: int(whole[name]) for name in ("scored", "known", "of")})


def framework_profile(
    values: pd.DataFrame,
    framework: Framework,
    *,
    places: Iterable[str] | None = None,
    scale: ProfileScale = "minmax",
    benchmark: str | None = None,
    missing: MissingRule = "known",
    least: float = 0.0,
) -> FrameworkProfile:
    r"""Score places on the groups of a framework by the cells that are known, without filling any.

    A cell is scored where it can be compared, i.e. where at least two places have the indicator (one, where ranks are
    given). With :math:`x` turned so that more is better:

    - ``"minmax"``: :math:`(x - \min) / (\max - \min)` over the places that have it, 1/2 where all are equal;
    - ``"ratio"``: :math:`x / x_b`, over the value of the ``benchmark``, else of the best place (inverted where less is
      better); values must be above 0;
    - ``"rank"``: :math:`(n - r) / (n - 1)` with the rank r among the n places, ties sharing their mean rank; ranks may
      be given in place of values, with the number of places compared in ``of``.

    The score of a group is the mean of its scored cells, weighted as the framework says (a geometric mean under
    ``"ratio"``): the weight of a missing cell falls to the others of the same row.

    - A cell without a value stays missing; a row without a scored cell has no score.
    - ``missing="common"`` counts only indicators that every place has, so that all scores rest on the same cells.
    - With no missing cell, equal weights and ``"minmax"``, the score of the whole is that of `score`.

    Parameters
    ----------
    values : DataFrame
        ``place``, ``indicator``, and ``value`` or (with ``scale="rank"``) ``rank`` and ``of``; indicators that the
        framework does not name play no part.
    framework : Framework
        Groups, directions and weights.
    places : iterable of str, optional
        The places to compare; all of the table when not given.
    scale : {"minmax", "ratio", "rank"}
        How cells are scored.
    benchmark : str, optional
        The place that ``"ratio"`` compares with.
    missing : {"known", "common"}
        Which cells count.
    least : float
        Share of the cells of a row, from 0 to 1, that must be scored for the row to have a score.

    Returns
    -------
    FrameworkProfile
        Table, missing cells and rule; `FrameworkProfile.said` says on how many cells a score rests.

    Raises
    ------
    TableError
        A column is lacking.
    UnknownPlaceError
        A place that the table does not hold.
    OptionError
        An option outside its choices, a cell given twice, values that are no numbers or (under ``"ratio"``) not
        above 0, a benchmark without ``"ratio"``, a rank below 1 or above the places compared.

    References
    ----------
    The dataset ``sources`` cites the papers whose frameworks are shipped (`innoscape.data.Framework.from_shipped`).

    Examples
    --------
    >>> from innoscape.data import load
    >>> values = load("framework_values").query("framework == '3-9-32'")
    >>> found = framework_profile(values, Framework.from_shipped("3-9-32"), missing="common")
    >>> print(found.said("北京"))
    Scored on the 9 of 32 indicators that every place has; 18 are known of this one.
    >>> whole = found.table.query("level == 'level1' and place == '北京'")
    >>> print(whole[["name", "score", "rank", "scored", "of"]].round(2).to_string(index=False))
          name  score  rank  scored  of
       science   1.00     1       2   5
    technology   0.62     1       4  11
      industry   0.45     2       3  16
    """
    check_choice("scale", scale, PROFILE_SCALES)
    check_choice("missing", missing, MISSING_RULES)
    a_share("least", least)
    ranked = scale == "rank" and "value" not in values
    check_columns(values, "values", ("place", "indicator", *(("rank", "of") if ranked else ("value",))))
    given = values.assign(place=as_keys(values["place"]))
    if places is not None:
        wanted = list(dict.fromkeys(str(place) for place in places))
        check_known_places("places", wanted, given["place"].unique())
        given = given[given["place"].isin(wanted)]
    matrix = indicator_matrix(given, framework, "rank" if ranked else "value", "values")
    if benchmark is not None:
        refuse([f'benchmark: needed scale="ratio", which compares with it, got {scale!r}'] if scale != "ratio" else [])
        check_known_places("benchmark", [benchmark], matrix.index)
    scores = _from_ranks(given, framework, matrix) if ranked else _scored(matrix, framework, scale, benchmark)
    if missing == "common":
        scores.loc[:, matrix.isna().any()] = np.nan
    weights = framework.given_weights
    weights = pd.Series(1.0, index=matrix.columns) if weights is None else weights
    at = {name: column for column, name in enumerate(matrix.columns)}
    rows = [
        _row(matrix.to_numpy(), scores.to_numpy(), weights.to_numpy(), columns, least, geometric=scale == "ratio")
        | {"level": level, "name": name, "group": group, "place": matrix.index, "of": len(columns)}
        | {"value": matrix[name].to_numpy() if level == "indicator" else np.nan}
        for level, name, group, members in _branches(framework)
        for columns in ([at[member] for member in members],)
    ]
    table = pd.concat([pd.DataFrame(row) for row in rows], ignore_index=True)
    table["rank"] = table["rank"].astype("Int64")
    gaps = [(place, name) for place, name, _ in cells_of(matrix, matrix.isna())]
    return FrameworkProfile(
        table=table[_COLUMNS],
        missing=pd.DataFrame(gaps, columns=["place", "indicator"]),
        scale=scale,
        rule=missing,
    )


def _scored(matrix: pd.DataFrame, framework: Framework, scale: str, benchmark: str | None) -> pd.DataFrame:
    cells, sign = matrix.to_numpy(), framework.direction.to_numpy()
    known = ~np.isnan(cells)
    compared = known & (known.sum(axis=0) >= 2)
    turned = np.where(compared, cells * sign, np.nan)
    found = np.full(cells.shape, np.nan)
    if scale == "ratio":
        if (cells <= 0).any():
            listed = listed_cells(matrix, cells <= 0)
            raise OptionError(f'scale="ratio": needed values above 0, got {listed}; use "minmax" or "rank"')
        raised = np.where(compared, cells, np.nan) ** sign
        best = np.fmax.reduce(raised) if benchmark is None else raised[matrix.index.get_loc(benchmark)]
        found = raised / best
    elif scale == "minmax":
        low, spread = np.fmin.reduce(turned), np.fmax.reduce(turned) - np.fmin.reduce(turned)
        equal = np.where(compared, 0.5, np.nan)
        found = np.where(spread > 0, (turned - low) / np.where(spread > 0, spread, 1.0), equal)
    else:
        places = compared.sum(axis=0)
        for column in np.flatnonzero(places):
            found[:, column] = (places[column] - _ranks(turned[:, column])) / (places[column] - 1)
    return pd.DataFrame(found, index=matrix.index, columns=matrix.columns)


def _ranks(column: np.ndarray, ties: str = "average") -> np.ndarray:
    known, found = ~np.isnan(column), np.full(column.size, np.nan)
    found[known] = rank_descending(column[known], ties=ties)
    return found


def _from_ranks(given: pd.DataFrame, framework: Framework, matrix: pd.DataFrame) -> pd.DataFrame:
    of = indicator_matrix(given, framework, "of", "values")
    wrong = matrix.notna() & ~((matrix >= 1) & (matrix <= of) & (of >= 2))
    got = listed_cells(matrix, wrong)
    refuse([f"values: needed ranks from 1 to the places compared (of), at least 2, got {got}"] if got else [])
    return (of - matrix) / (of - 1)


def _branches(framework: Framework) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """List the whole, every group and every indicator as level, name, first-level group and indicators."""
    found = [("index", "index", "", framework.indicators)]
    top = {name: group for group, names in (framework.groups() if framework.levels else {}).items() for name in names}
    second = framework.groups("level2") if "level2" in framework.levels else {}
    for group, members in (framework.groups() if framework.levels else {"": framework.indicators}).items():
        found += [("level1", group, group, members)] * bool(group)
        found += [("level2", name, group, own) for name, own in second.items() if top[own[0]] == group]
        found += [("indicator", name, group, (name,)) for name in members]
    return found


def _row(
    cells: np.ndarray, scores: np.ndarray, weights: np.ndarray, columns: list[int], least: float, *, geometric: bool
) -> dict[str, Any]:
    """Score a row of the framework at every place."""
    own = np.log(scores[:, columns]) if geometric else scores[:, columns]
    weight = ~np.isnan(own) * weights[columns]
    total, scored = weight.sum(axis=1), (~np.isnan(own)).sum(axis=1)
    mean = np.nansum(own * weight, axis=1) / np.where(total > 0, total, np.nan)
    score = np.where(scored >= least * len(columns), np.exp(mean) if geometric else mean, np.nan)
    status = np.where(np.isnan(score), "empty", np.where(scored == len(columns), "complete", "partial"))
    known = (~np.isnan(cells[:, columns])).sum(axis=1)
    return {"score": score, "rank": _ranks(score, "min"), "known": known, "scored": scored, "status": status}
