"""Measure the fitness of places and the complexity of classes by the nonlinear iteration of Tacchella and others."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import number_faults, refuse
from .class_table import read_classes

__all__ = ["FitnessComplexity", "fitness_complexity"]


@dataclass(frozen=True, eq=False)
class FitnessComplexity:
    """Fitness of places and complexity of classes.

    Attributes
    ----------
    places : DataFrame
        ``place, diversity, fitness, rank``, sorted by place; rank 1 is the fittest.
    classes : DataFrame
        ``class, ubiquity, complexity, rank``, sorted by class.
    iterations : int
        Rounds taken.
    change : float
        Largest relative change of the last round.
    """

    places: pd.DataFrame
    classes: pd.DataFrame
    iterations: int
    change: float


@documented(
    "tacchella2012",
    formula="F<sub>p</sub> = Σ<sub>c</sub> M<sub>pc</sub> Q<sub>c</sub>, "
    "Q<sub>c</sub> = 1 / Σ<sub>p</sub> (M<sub>pc</sub> / F<sub>p</sub>)",
)
def fitness_complexity(
    table: pd.DataFrame, *, iterations: int = 200, tolerance: float = 1e-10, threshold: float | None = 1.0
) -> FitnessComplexity:
    """Return the fitness of places and the complexity of classes.

    With M[p, c] = 1 where p is specialized in c, both start at 1 and are divided by their mean after each round::

        F[p] = sum over c of M[p, c] Q[c]          Q[c] = 1 / sum over p of M[p, c] / F[p]

    so a class is complex only if even the least fit place that has it is fit.

    - Means of F and Q are 1. Places and classes without specialization have 0 and nan.
    - Q uses the F of its own round, so k rounds take F and Q as far as 2 k - 1 and 2 k rounds of the paper, where both
      use the round before. What they settle at is the same.
    - Values of some places may fall towards 0 without end, where the diagonal of the ordered table of M crosses its
      empty part (Pugliese, Zaccaria & Pietronero 2016); ranks settle earlier. Rounds that run out raise a warning.

    Parameters
    ----------
    table : DataFrame
        Places x classes, amounts of at least 0.
    iterations : int
        Rounds at most.
    tolerance : float
        Change of a round, relative to the largest value, at which it ends; 0 takes all rounds.
    threshold : float or None
        Location quotient that makes a specialization; None takes the table as 0 and 1 already.

    Returns
    -------
    FitnessComplexity

    Raises
    ------
    TableError
        As in `location_quotient`.
    OptionError
        If a number is out of range, or no place is specialized in anything.

    References
    ----------
    Tacchella, Cristelli, Caldarelli, Gabrielli & Pietronero (2012) *Scientific Reports* 2:723.

    Examples
    --------
    >>> import pandas as pd
    >>> has = pd.DataFrame({"a": [1, 1, 1], "b": [1, 1, 0], "c": [1, 0, 0]}, index=["P", "Q", "R"])
    >>> fitness_complexity(has, threshold=None, iterations=3, tolerance=0).places["fitness"].round(3).tolist()
    [2.275, 0.589, 0.136]
    """
    faults = [*number_faults("iterations", iterations, least=1, whole=True)]
    refuse([*faults, *number_faults("tolerance", tolerance, least=0.0)])
    read = read_classes(table)
    has = read.specialized(threshold)
    if not has.any():
        raise OptionError("no place is specialized in any class; lower the threshold")
    diversity, ubiquity = has.sum(axis=1), has.sum(axis=0)
    rows, columns = diversity > 0, ubiquity > 0
    core = has[np.ix_(rows, columns)]
    fitness, worth = np.ones(rows.sum()), np.ones(columns.sum())
    change, taken = np.inf, 0
    for taken in range(1, iterations + 1):  # noqa: B007 - the rounds taken are told
        fresh = core @ worth
        fresh /= fresh.mean()
        # a fitness that has vanished leaves its classes without complexity
        scarce = 1.0 / (core.T @ (1.0 / np.maximum(fresh, 1e-300)))
        scarce /= scarce.mean()
        change = max(np.abs(fresh - fitness).max() / fitness.max(), np.abs(scarce - worth).max() / worth.max())
        fitness, worth = fresh, scarce
        if change <= tolerance:
            break
    if tolerance and change > tolerance:
        warn("warnings.complexity.unsettled", rounds=iterations, change=f"{change:.1g}", stacklevel=2)
    of_place, of_class = np.zeros(len(rows)), np.full(len(columns), np.nan)
    of_place[rows], of_class[columns] = fitness, worth
    return FitnessComplexity(
        _table("place", read.places, "diversity", diversity, "fitness", of_place),
        _table("class", read.classes, "ubiquity", ubiquity, "complexity", of_class),
        taken,
        float(change),
    )


def _table(kind: str, names: list, count: str, counts: np.ndarray, measure: str, values: np.ndarray) -> pd.DataFrame:
    rank = pd.Series(values).round(12).rank(ascending=False, method="min").astype("Int64")
    return pd.DataFrame({kind: names, count: counts.astype(int), measure: values, "rank": rank})
