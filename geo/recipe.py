"""Name every choice of a composite index, so that an index can be rebuilt with one choice changed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Self

from ..data.errors import OptionError
from ._options import check_choice, check_names
from ._ranks import TIES
from .aggregate import AGGREGATE_AT, AGGREGATES
from .normalize import NORMALIZERS, STD
from .weights import ENTROPY_ON, WEIGHINGS

__all__ = ["IMPUTATIONS", "Recipe"]

IMPUTATIONS = ("none", "median", "mean")

_CHOICES: dict[str, tuple[str, ...]] = {
    "impute": IMPUTATIONS,
    "normalize": tuple(NORMALIZERS),
    "weigh": WEIGHINGS,
    "aggregate": AGGREGATES,
    "std": STD,
    "entropy_on": ENTROPY_ON,
    "aggregate_at": AGGREGATE_AT,
    "ties": TIES,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """The choices that turn indicators into scores; an unknown one raises `OptionError` with the nearest choice.

    Parameters
    ----------
    impute : {"none", "median", "mean"}
        What fills a missing cell: nothing (missing cells are refused, all of them listed), or the median or mean of
        the indicator over the scored places. Every filled cell is in the log.
    normalize : {"minmax", "zscore", "rank"}
        ``"minmax"``: (x - min) / (max - min), 0 to 1. ``"zscore"``: (x - mean) / std. ``"rank"``: (n - rank) / (n - 1),
        ties sharing the mean rank. The direction of the indicator is applied first; a constant one gives 0.
    weigh : {"equal", "equal_levels", "given", "entropy"}
        ``"equal"``: the same for every indicator. ``"equal_levels"``: the same for every branch at each level of the
        framework. ``"given"``: the framework's column ``weight``, as shares of the whole index, scaled to sum to 1.
        ``"entropy"``: see `entropy_weights`.
    aggregate : {"arithmetic", "geometric"}
        Weighted mean used from the indicators up to the index.
    std : {"population", "sample"}
        Divisor of the standard deviation under ``normalize="zscore"``: n or n - 1.
    entropy_on : {"minmax", "raw"}
        What entropy weights measure; independent of ``normalize``.
    aggregate_at : {"every_level", "top"}
        Where the geometric mean is taken: at every level, or only of the top groups, indicators within a group
        being averaged arithmetically. No effect under ``aggregate="arithmetic"``.
    lowest : float
        Score of the worst place on an indicator under ``normalize="minmax"``, at least 0 and below 1. A geometric
        mean is 0 as soon as one value is 0: a ``lowest`` such as 0.01 keeps the worst place from erasing a score.
    ties : {"min", "max", "average", "dense"}
        Rank of equal scores; ``"min"`` is competition ranking (1, 2, 2, 4).

    Examples
    --------
    >>> Recipe(weigh="entropy").to_dict()["weigh"]
    'entropy'
    >>> Recipe.from_dict({"normalize": "zscore", "std": "sample"}).std
    'sample'
    """

    impute: str = "none"
    normalize: str = "minmax"
    weigh: str = "equal"
    aggregate: str = "arithmetic"
    std: str = "population"
    entropy_on: str = "minmax"
    aggregate_at: str = "every_level"
    lowest: float = 0.0
    ties: str = "min"

    def __post_init__(self) -> None:
        for option, choices in _CHOICES.items():
            check_choice(option, getattr(self, option), choices)
        _check_lowest(self.lowest)
        if self.aggregate == "geometric" and self.normalize == "zscore":
            raise OptionError(
                'aggregate: a geometric mean needs values of at least 0, and normalize="zscore" gives negative ones; '
                'use normalize="minmax" or "rank", or aggregate="arithmetic"'
            )

    def to_dict(self) -> dict[str, str | float]:
        """Return every choice by name, as it stands in a study file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, choices: Mapping[str, object]) -> Self:
        """Make a recipe from choices by name; those left out take their defaults."""
        check_names("recipe", choices, [field.name for field in fields(cls)])
        return cls(**choices)  # pyright: ignore[reportArgumentType]


def _check_lowest(lowest: float) -> None:
    number = isinstance(lowest, int | float) and not isinstance(lowest, bool)
    # a value from a study file may be of any type; nan fails both comparisons
    if not (number and 0 <= lowest < 1):
        raise OptionError(f"lowest: needed a number from 0 to below 1, got {lowest!r}")
