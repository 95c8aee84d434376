"""Follow places from class to class over the years, beside neighbors of each class."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_number
from ..markov_chain import Homogeneity, first_passage, homogeneity, move_counts, probabilities, steady_state
from .local_autocorrelation import local_autocorrelation
from .spatial_weights import SpatialWeights
from .variables_of import columns_by_place

__all__ = ["QuadrantMarkov", "SpatialMarkov", "quadrant_markov", "spatial_markov"]

_QUADRANTS = ("high-high", "low-high", "low-low", "high-low")


@dataclass(frozen=True)
class SpatialMarkov:
    """What `spatial_markov` found.

    Parameters
    ----------
    breaks : tuple of float
        Highest value of each class but the last.
    counts, probabilities : DataFrame
        Moves and their shares, by ``neighbors`` (the class of the neighbors' mean) and ``from``; columns the class
        moved to. The group ``all`` counts every place.
    steady : DataFrame
        Share of time in each class in the long run, by group.
    passage : DataFrame
        Mean years until a class is first reached, by ``neighbors`` and ``from``;
        infinite where it may never be reached, missing in a group that lacks moves from some class.
    homogeneity : Homogeneity
        Whether places beside neighbors of different classes move alike.
    """

    breaks: tuple[float, ...]
    counts: pd.DataFrame = field(repr=False)
    probabilities: pd.DataFrame = field(repr=False)
    steady: pd.DataFrame
    passage: pd.DataFrame = field(repr=False)
    homogeneity: Homogeneity


@dataclass(frozen=True)
class QuadrantMarkov:
    """What `quadrant_markov` found: moves between the quadrants of the Moran scatter plot."""

    counts: pd.DataFrame
    probabilities: pd.DataFrame
    steady: pd.Series
    passage: pd.DataFrame
    moves: pd.DataFrame = field(repr=False)


def _years(values: pd.DataFrame, weights: SpatialWeights) -> pd.DataFrame:
    if not isinstance(values, pd.DataFrame) or values.shape[1] < 2:
        raise OptionError("values: needed a table of places with a column for each of two or more years")
    return columns_by_place(values, weights.places, name="values").sort_index().sort_index(axis=1)


@documented("rey2001", "bickenbach2003")
def spatial_markov(
    values: pd.DataFrame, weights: SpatialWeights, *, classes: int = 4, relative: bool = True
) -> SpatialMarkov:
    r"""Estimate how the chance of moving between classes depends on the class of the neighbors.

    Values of all years together are cut at their quantiles into ``classes``; neighbors' means likewise at the same
    breaks. :math:`p_{ij|k}` is the share of moves from class i to j among places whose neighbors are of class k in the
    year before.

    Parameters
    ----------
    values : DataFrame
        By place, one column a year.
    weights : SpatialWeights
        Who is whose neighbor; neighbors' means are taken by row-scaled weights.
    classes : int
        Number of classes.
    relative : bool
        Divide values by the mean of their year, so that growth of all moves nobody.

    Returns
    -------
    SpatialMarkov

    Raises
    ------
    OptionError
        Fewer than two years, missing values, islands, a mean of 0.

    References
    ----------
    Rey, S. J. (2001). Spatial empirics for economic growth and convergence. Geographical Analysis 33 (3), 195-214.
    Bickenbach, F., Bode, E. (2003). Evaluating the Markov property in studies of economic convergence. International
    Regional Science Review 26 (3), 363-392.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights
    >>> line = pd.DataFrame({"origin": list("abcbcd"), "destination": list("bcdabc"), "value": 1.0})
    >>> values = pd.DataFrame({2018: [1, 2, 3, 4], 2019: [1, 3, 2, 4]}, index=list("abcd"))
    >>> found = spatial_markov(values, SpatialWeights.from_table(line), classes=2)
    >>> found.counts.loc["all"].to_numpy().tolist()
    [[1, 1], [1, 1]]
    """
    check_number("classes", classes, least=2, whole=True)
    if weights.islands:
        raise OptionError(f"weights: needed a neighbor of every place, got none of {', '.join(weights.islands)}")
    table = _years(values, weights)
    means = table.mean()
    if relative and (means == 0).any():
        raise OptionError(f"values: needed means other than 0, got 0 in {', '.join(map(str, means.index[means == 0]))}")
    scaled = table / means if relative else table
    lagged = weights.of(table.index).scaled("row").lag(scaled).to_numpy()
    x = scaled.to_numpy()
    breaks = np.quantile(x, np.arange(1, classes) / classes)
    own, beside = (np.searchsorted(breaks, field_, side="left") for field_ in (x, lagged))
    before, after, groups = own[:, :-1], own[:, 1:], beside[:, :-1]
    counts = np.stack([move_counts(before[groups == k], after[groups == k], classes) for k in range(classes)])
    named = {k + 1: counts[k] for k in range(classes)} | {"all": counts.sum(axis=0)}
    columns = pd.Index(range(1, classes + 1), name="to")
    p = {name: probabilities(moves) for name, moves in named.items()}

    def stacked(parts: Mapping[Any, np.ndarray]) -> pd.DataFrame:
        frames = {
            name: pd.DataFrame(part, index=columns.rename("from"), columns=columns) for name, part in parts.items()
        }
        return pd.concat(frames, names=["neighbors"])

    steady = pd.DataFrame({name: steady_state(part) for name, part in p.items()}, index=columns.rename("class")).T
    return SpatialMarkov(
        breaks=tuple(map(float, breaks)),
        counts=stacked(named),
        probabilities=stacked(p),
        steady=steady.rename_axis("neighbors"),
        passage=stacked({name: first_passage(part) for name, part in p.items()}),
        homogeneity=homogeneity(counts),
    )


@documented("rey2001")
def quadrant_markov(values: pd.DataFrame, weights: SpatialWeights) -> QuadrantMarkov:
    """Follow places between the quadrants of the Moran scatter plot (LISA Markov).

    Each move says whether the place itself, its neighbors, both or neither crossed the mean.

    Parameters
    ----------
    values : DataFrame
        By place, one column a year.
    weights : SpatialWeights
        Who is whose neighbor.

    Returns
    -------
    QuadrantMarkov
        ``moves``: ``place``, ``year``, ``from``, ``to``, ``crossed`` (``own``, ``neighbors``, ``both``, ``neither``).

    Raises
    ------
    OptionError
        Fewer than two years, missing values, islands.

    References
    ----------
    Rey, S. J. (2001). Spatial empirics for economic growth and convergence. Geographical Analysis 33 (3), 195-214.

    Examples
    --------
    >>> from innoscape.geo import SpatialWeights
    >>> line = pd.DataFrame({"origin": list("abcbcd"), "destination": list("bcdabc"), "value": 1.0})
    >>> values = pd.DataFrame({2018: [1, 2, 3, 4], 2019: [4, 2, 3, 4]}, index=list("abcd"))
    >>> quadrant_markov(values, SpatialWeights.from_table(line).scaled("row")).moves["crossed"].tolist()
    ['own', 'neighbors', 'both', 'neighbors']
    """
    if weights.islands:
        raise OptionError(f"weights: needed a neighbor of every place, got none of {', '.join(weights.islands)}")
    table = _years(values, weights)
    found = local_autocorrelation(table, weights.of(table.index), permutations=0)
    wide = found.pivot_table(index="place", columns="variable", values="quadrant", aggfunc="first", sort=False)
    codes = wide[table.columns].apply(lambda year: year.map(_QUADRANTS.index)).to_numpy(dtype=int)
    before, after = codes[:, :-1], codes[:, 1:]
    counts = move_counts(before, after, len(_QUADRANTS))
    p = probabilities(counts)
    own_high, beside_high = np.isin(codes, (0, 3)), np.isin(codes, (0, 1))
    own, beside = own_high[:, :-1] != own_high[:, 1:], beside_high[:, :-1] != beside_high[:, 1:]
    names = np.array(_QUADRANTS, dtype=object)
    moves = pd.DataFrame(
        {
            "place": np.repeat(wide.index.to_numpy(), before.shape[1]),
            "year": np.tile(table.columns[1:], len(wide)),
            "from": names[before.ravel()],
            "to": names[after.ravel()],
            "crossed": np.select([own & beside, own, beside], ["both", "own", "neighbors"], "neither").ravel(),
        }
    )
    states = pd.Index(_QUADRANTS)
    frame = {"index": states.rename("from"), "columns": states.rename("to")}
    return QuadrantMarkov(
        counts=pd.DataFrame(counts, **frame),
        probabilities=pd.DataFrame(p, **frame),
        steady=pd.Series(steady_state(p), states.rename("quadrant"), name="share"),
        passage=pd.DataFrame(first_passage(p), **frame),
        moves=moves.sort_values(["year", "place"], ignore_index=True),
    )
