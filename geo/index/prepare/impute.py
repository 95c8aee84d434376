"""Fill missing cells of a table of places and indicators, saying of each where its value came from.

Every method takes the rows (places, or places and years) x indicators, missing cells being ``nan``, and returns a table
of the same shape with the note of each indicator or cell. Sums are rounded once, so the order of rows cannot show.
"""

import math
from collections.abc import Callable, Hashable, Mapping
from typing import Literal

import numpy as np
import pandas as pd

from ....data.errors import Fault, TableError
from ....data.methods import documented
from ....data.option_checks import Check, a_choice, a_flag, a_whole_number
from ....data.wording.catalogue import Text, plain, text

__all__ = ["CHECKS", "IMPUTATIONS", "Notes", "check_filled", "interpolate", "knn", "regression"]

# what a cell was filled with, by row and indicator
Notes = dict[tuple[Hashable, str], str]


def _none(matrix: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
    return matrix, {}


@documented("oecd2008", formula="x<sub>ik</sub> = x̄<sub>k</sub>")
def _mean_fill(matrix: pd.DataFrame, *, by_year: bool = False) -> tuple[pd.DataFrame, Notes]:
    return _fill(matrix, _mean, "mean", by_year=by_year)


@documented("oecd2008", formula="x<sub>ik</sub> = median<sub>k</sub>")
def _median_fill(matrix: pd.DataFrame, *, by_year: bool = False) -> tuple[pd.DataFrame, Notes]:
    return _fill(matrix, _median, "median", by_year=by_year)


@documented("oecd2008", formula="x<sub>ik</sub> = x̄<sub>g(i)k</sub>")
def group_mean(
    matrix: pd.DataFrame, *, groups: Mapping[str, object] | str, by_year: bool = False
) -> tuple[pd.DataFrame, Notes]:
    """Fill a cell with the mean of the indicator over the places of the same group.

    ``by_year`` takes the places of the group in the same year alone; years of a pooled panel are else taken together.

    - A place without a group, and a group without any value of the indicator, are refused: `TableError`.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1, 3, np.nan, 9]}, index=["甲", "乙", "丙", "丁"])
    >>> group_mean(table, groups={"甲": "east", "乙": "east", "丙": "east", "丁": "west"})[0]["a"].tolist()
    [1.0, 3.0, 2.0, 9.0]
    """
    return _by_group(matrix, groups, _mean, "mean", by_year=by_year)


@documented("oecd2008", formula="x<sub>ik</sub> = median<sub>g(i)k</sub>")
def group_median(
    matrix: pd.DataFrame, *, groups: Mapping[str, object] | str, by_year: bool = False
) -> tuple[pd.DataFrame, Notes]:
    """Fill a cell with the median of the indicator over the places of the same group; see `group_mean`."""
    return _by_group(matrix, groups, _median, "median", by_year=by_year)


@documented("little2002", formula="x<sub>ik</sub> = b<sub>0</sub> + Σ<sub>m</sub> b<sub>m</sub> x<sub>im</sub>")
def regression(matrix: pd.DataFrame, *, predictors: int = 1) -> tuple[pd.DataFrame, Notes]:
    r"""Predict a cell by least squares from the complete indicators that correlate best with its indicator.

    Candidates are the indicators without a gap that differ between the rows where the gappy one is known; the
    ``predictors`` with the largest absolute Pearson correlation over those rows are taken, ties by name. The
    prediction is :math:`b_0 + \sum_k b_k x_k` with the coefficients of least norm, so perfectly collinear predictors
    share their effect.

    - No complete indicator, or fewer than ``predictors`` + 2 known values: `TableError`.
    - An indicator whose known values are all the same is filled with that value.
    - A prediction may lie outside what was observed.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [2, 4, 6, np.nan], "b": [1, 2, 3, 5], "c": [1, 0, 1, 0]})
    >>> filled, notes = regression(table)
    >>> float(filled["a"][3].round(9)), notes[3, "a"]
    (10.0, 'regression on b (r 1.00)')
    """
    complete = sorted(name for name in matrix.columns if matrix[name].notna().all())
    filled, notes, faults = matrix.copy(), {}, []
    for name in matrix.columns:
        known = matrix[name].notna().to_numpy()
        if known.all():
            continue
        target = matrix[name].to_numpy(dtype=float)[known]
        if known.any() and target.min() == target.max():
            filled.loc[~known, name] = target[0]
            notes |= {(row, str(name)): "the indicator's only value" for row in matrix.index[~known]}
            continue
        rows = {other: matrix[other].to_numpy(dtype=float) for other in complete}
        strength = {other: _pearson(target, column[known]) for other, column in rows.items()}
        usable = [other for other, r in strength.items() if math.isfinite(r)]
        # rounded, so that equal correlations are distinguished by name and not by the last bit
        best = sorted(usable, key=lambda other: (-round(abs(strength[other]), 12), other))[:predictors]
        if not best or known.sum() < len(best) + 2:
            got = (
                text("faults.calls.impute.complete_indicator_differs")
                if not best
                else text("faults.calls.impute.known_values", known=known.sum())
            )
            fix = text("faults.calls.impute.impute_median_screen_indicator")
            faults.append(
                Fault("indicators", text("faults.calls.impute.something_predict", name=name), got, fix, column=name)
            )
            continue
        design = np.column_stack([np.ones(len(matrix)), *(rows[other] for other in best)])
        middle = design[known].mean(axis=0) * np.array([0.0, *[1.0] * len(best)])
        coefficients = np.linalg.lstsq(design[known] - middle, target, rcond=None)[0]
        filled.loc[~known, name] = (design[~known] - middle) @ coefficients
        source = ", ".join(f"{other} (r {strength[other]:.2f})" for other in best)
        notes |= {(row, str(name)): f"regression on {source}" for row in matrix.index[~known]}
    if faults:
        raise TableError(faults)
    return filled, notes


@documented(
    "little2002",
    formula="x<sub>it</sub> = x<sub>is</sub> + (x<sub>iu</sub> − x<sub>is</sub>) (t − s) / (u − s), s &lt; t &lt; u",
)
def interpolate(matrix: pd.DataFrame, *, ends: str = "hold") -> tuple[pd.DataFrame, Notes]:
    """Fill the years between two known ones linearly, for each place and indicator of a panel.

    Every year of the panel is filled for every place, whether the table has a row for it or not.

    - Before the first and after the last known year the nearest known value holds (``ends="hold"``) or the cell is
      left missing and so refused (``"raise"``).
    - A place that never has a value of the indicator stays missing and is refused.

    Examples
    --------
    >>> years = pd.MultiIndex.from_product([["甲"], [2018, 2020, 2021, 2022]], names=["place", "year"])
    >>> interpolate(pd.DataFrame({"a": [2, np.nan, 8, np.nan]}, index=years))[0]["a"].tolist()
    [2.0, 6.0, 8.0, 8.0]
    """
    filled, notes = matrix.copy(), {}
    years = matrix.index.get_level_values("year").to_numpy(dtype=float)
    for place, rows in matrix.groupby(level="place", sort=True).indices.items():
        for j, name in enumerate(matrix.columns):
            cells = matrix[name].to_numpy(dtype=float)[rows]
            known = np.isfinite(cells)
            if known.all() or not known.any():
                continue
            found, first, last = years[rows], years[rows][known].min(), years[rows][known].max()
            inside = (found >= first) & (found <= last)
            gaps = ~known if ends == "hold" else ~known & inside
            order = np.argsort(found[known])
            values = np.interp(found, found[known][order], cells[known][order])
            filled.iloc[rows[gaps], j] = values[gaps]
            for year, between in zip(found[gaps], inside[gaps], strict=True):
                how = "interpolated between years" if between else "nearest year held"
                notes[(place, int(year)), str(name)] = how
    return filled, notes


@documented(
    "troyanskaya2001",
    formula="x<sub>ik</sub> = Σ<sub>j ∈ N(i)</sub> ω<sub>ij</sub> x<sub>jk</sub> / Σ<sub>j ∈ N(i)</sub> ω<sub>ij</sub>",
)
def knn(
    matrix: pd.DataFrame, *, neighbors: int = 5, weights: Literal["uniform", "distance"] = "uniform"
) -> tuple[pd.DataFrame, Notes]:
    r"""Fill a cell with the mean of the indicator over the nearest places that have it.

    Indicators are standardized first (mean and population standard deviation of the known cells), so that units do not
    decide who is near. The distance of two places is :math:`\sqrt{m / m_{ij} \sum (z_{ik} - z_{jk})^2}` over the
    :math:`m_{ij}` of :math:`m` indicators that both have, as in scikit-learn's ``KNNImputer``.

    - Places as near as the last of the ``neighbors`` (to 1e-12) are averaged with them, so no order decides.
    - A place that shares no indicator with any place that has the value stays missing and is refused.

    Parameters
    ----------
    matrix : DataFrame
        Rows x indicators.
    neighbors : int
        Number of places to average; all of them where there are fewer.
    weights : {"uniform", "distance"}
        Whether nearer places count more (by the inverse of the distance; a place at no distance alone).

    References
    ----------
    Troyanskaya, O. et al. (2001). Missing value estimation methods for DNA microarrays. Bioinformatics 17 (6), 520-525.

    Examples
    --------
    >>> knn(pd.DataFrame({"a": [1, 1, 9, np.nan], "b": [1, 2, 8, 8]}), neighbors=1)[0]["a"].tolist()
    [1.0, 1.0, 9.0, 9.0]
    """
    # sorted, so that the order of the columns cannot change a distance in its last bit
    names = sorted(matrix.columns)
    shared = np.column_stack([_standardized(matrix[name]) for name in names])
    values, filled = matrix.to_numpy(dtype=float), matrix.copy()
    for i in np.flatnonzero(matrix.isna().any(axis=1)):
        both = ~np.isnan(shared) & ~np.isnan(shared[i])
        square = np.where(both, (shared - shared[i]) ** 2, 0.0).sum(axis=1)
        count = both.sum(axis=1)
        away = np.round(np.sqrt(square * len(names) / np.maximum(count, 1)), 12)
        for j in np.flatnonzero(np.isnan(values[i])):
            donors = np.flatnonzero(~np.isnan(values[:, j]) & (count > 0))
            if not donors.size:
                continue
            last = np.sort(away[donors])[min(neighbors, donors.size) - 1]
            near = donors[away[donors] <= last]
            if weights == "distance":
                touching = near[away[near] == 0]
                near = touching if touching.size else near
            share = 1.0 / away[near] if weights == "distance" and away[near].all() else np.ones(near.size)
            filled.iloc[i, j] = math.fsum(values[near, j] * share) / math.fsum(share)
    return _filled_with(matrix, filled, f"mean of the {neighbors} nearest places")


def by_function(matrix: pd.DataFrame, fill: Callable[[pd.DataFrame], pd.DataFrame]) -> tuple[pd.DataFrame, Notes]:
    """Fill cells by a function of the table, which must keep its shape and every known cell."""
    values = fill(matrix.copy())
    fix = text("faults.calls.impute.return_table_given_missing")
    if not isinstance(values, pd.DataFrame) or values.shape != matrix.shape:
        came = f"{'x'.join(map(str, np.shape(values)))}"
        raise TableError(
            [
                Fault(
                    "impute",
                    text("faults.calls.impute.table_x", shape=matrix.shape[0], shape2=matrix.shape[1]),
                    came,
                    fix,
                )
            ]
        )
    values = values.reindex(index=matrix.index, columns=matrix.columns).astype(float)
    changed = (values != matrix) & matrix.notna()
    if changed.any(axis=None):
        names = ", ".join(str(name) for name in matrix.columns[changed.any()])
        raise TableError(
            [
                Fault(
                    "impute",
                    text("faults.calls.impute.known_cells_they_were"),
                    text("faults.calls.impute.other_values", names=names),
                    fix,
                )
            ]
        )
    return _filled_with(matrix, values, f"by the function {getattr(fill, '__name__', type(fill).__name__)}")


def check_filled(matrix: pd.DataFrame, how: str, *, when: int | None = None) -> None:
    """Raise `TableError` naming every cell that is still missing, and every indicator without any value."""
    key = "faults.gap.unfilled" if how == "none" else "faults.gap.left"
    faults = []
    for name in matrix.columns:
        gaps = matrix.index[matrix[name].isna()]
        if len(gaps) == len(matrix):
            faults.append(Fault.of("faults.gap.empty", "indicators", n=len(gaps), indicator=_in_year(name, when)))
            continue
        faults += [Fault.of(key, "indicators", column="value", cell=_cell(row, name), how=how) for row in gaps]
    values = matrix.to_numpy(dtype=float)
    for i, j in np.argwhere(np.isinf(values)):
        cell = _cell(matrix.index[i], matrix.columns[j])
        faults.append(Fault.of("faults.gap.infinite", "impute", cell=cell, value=str(values[i, j]), how=how))
    if faults:
        raise TableError(faults)


def _by_group(
    matrix: pd.DataFrame,
    groups: Mapping[str, object] | str,
    middle: Callable[[pd.Series], float],
    what: str,
    *,
    by_year: bool,
) -> tuple[pd.DataFrame, Notes]:
    if isinstance(groups, str):
        raise TableError(
            [
                Fault(
                    "impute",
                    text("faults.calls.impute.places_column", groups=groups),
                    text("faults.calls.impute.places"),
                    text("faults.calls.impute.pass_places_score"),
                )
            ]
        )
    places = [str(row[0]) if isinstance(row, tuple) else str(row) for row in matrix.index]
    needing = dict(zip(places, matrix.isna().any(axis=1), strict=True))
    without = sorted({place for place in places if needing[place] and pd.isna(groups.get(place, np.nan))})  # pyright: ignore[reportArgumentType, reportCallIssue]
    faults = [
        Fault(
            "impute",
            text("faults.calls.impute.group"),
            text("faults.calls.impute.none", place=place),
            text("faults.calls.impute.name_group_groups"),
        )
        for place in without
    ]
    member = np.array([str(groups.get(place, "")) for place in places])
    if by_year:
        member = np.array([f"{one} in {row[1]}" for one, row in zip(member, matrix.index, strict=True)])
    filled, notes = matrix.copy(), {}
    for name in matrix.columns:
        for group in sorted(set(member)):
            inside = member == group
            gaps = inside & matrix[name].isna().to_numpy()
            known = matrix.loc[inside, name].dropna()
            if not gaps.any() or set(np.array(places)[gaps]) <= set(without):
                continue
            if known.empty:
                came = text("faults.calls.impute.none_group", name=name, group=group)
                faults.append(
                    Fault(
                        "impute",
                        text("faults.calls.impute.value_group"),
                        came,
                        text("faults.calls.impute.choose_larger_groups"),
                        column=str(name),
                    )
                )
                continue
            filled.loc[gaps, name] = middle(known)
            notes |= {(row, str(name)): f"{what} of the group {group}" for row in matrix.index[gaps]}
    if faults:
        raise TableError(faults)
    return filled, notes


def _fill(
    matrix: pd.DataFrame, middle: Callable[[pd.Series], float], what: str, *, by_year: bool
) -> tuple[pd.DataFrame, Notes]:
    if not by_year:
        fills = {name: middle(matrix[name]) for name in matrix.columns}
        values = pd.DataFrame(fills, index=matrix.index, columns=matrix.columns)
        return _filled_with(matrix, values, f"{what} of the indicator")
    years = matrix.index.get_level_values("year")
    parts = [_fill(matrix[years == year], middle, what, by_year=False) for year in sorted(set(years))]
    filled = pd.concat([part for part, _ in parts]).loc[matrix.index]
    return filled, {cell: f"{note} in {cell[0][1]}" for _, notes in parts for cell, note in notes.items()}  # pyright: ignore[reportIndexIssue]


def _filled_with(matrix: pd.DataFrame, values: pd.DataFrame, note: str) -> tuple[pd.DataFrame, Notes]:
    cells = [(row, str(name)) for name in matrix.columns for row in matrix.index[matrix[name].isna()]]
    return matrix.where(matrix.notna(), values), dict.fromkeys(cells, note)


def _mean(column: pd.Series) -> float:
    known = column.dropna().tolist()
    return math.fsum(known) / len(known) if known else math.nan


def _median(column: pd.Series) -> float:
    return float(column.median())


def _standardized(column: pd.Series) -> np.ndarray:
    values = column.to_numpy(dtype=float)
    known = values[~np.isnan(values)]
    away = values - (math.fsum(known) / known.size if known.size else 0.0)
    deviation = math.sqrt(math.fsum((away[~np.isnan(away)]) ** 2) / max(known.size, 1))
    return away / (deviation or 1.0)


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    if x.size < 2 or x.min() == x.max() or y.min() == y.max():
        return math.nan
    a, b = x - math.fsum(x) / x.size, y - math.fsum(y) / y.size
    return math.fsum(a * b) / math.sqrt(math.fsum(a * a) * math.fsum(b * b))


def _cell(row: Hashable, name: Hashable) -> Text:
    place, year = row if isinstance(row, tuple) else (row, None)
    return text("faults.gap.cell", indicator=name, place=_in_year(place, year))


def _in_year(what: Hashable, year: Hashable) -> Text:
    return plain(what) if year is None else text("faults.gap.in_year", what=what, year=year)


IMPUTATIONS: dict[str, Callable[..., tuple[pd.DataFrame, Notes]]] = {
    "none": _none,
    "mean": _mean_fill,
    "median": _median_fill,
    "group_mean": group_mean,
    "group_median": group_median,
    "regression": regression,
    "interpolate": interpolate,
    "knn": knn,
}
CHECKS: dict[str, Check] = {
    "predictors": a_whole_number(1),
    "neighbors": a_whole_number(1),
    "ends": a_choice("hold", "raise"),
    "weights": a_choice("uniform", "distance"),
    "by_year": a_flag,
}
