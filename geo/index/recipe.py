"""Name every choice of a composite index, so that an index can be rebuilt with one choice changed."""

from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, fields
from inspect import Parameter
from typing import Any, Literal, Self

import pandas as pd

from ...data.conventions import as_followed
from ...data.errors import OptionError
from ...data.methods import ChosenMethod, Method, method_of
from ...data.option_checks import Check
from ...data.options import check_choice, check_names
from ...data.wording.catalogue import text
from ..ranks import TIES
from .aggregate.tree import AGGREGATE_AT, AGGREGATES, check_aggregate
from .normalize import by_indicator
from .normalize import scale as normalize
from .prepare import denominate as denominators
from .prepare import impute, screen
from .prepare import outliers as treat
from .steps import Frozen, defaults_of, parse_step, split_step, thaw
from .weigh.check_weighing import check_weighing
from .weigh.registry import WEIGHINGS

__all__ = ["LEVELS", "ORDERS", "PANELS", "Recipe", "parse_choice"]

PANELS: dict[str, Method] = {
    "none": Method(),
    "yearly": Method(references=("oecd2008",)),
    "pooled": Method(references=("oecd2008",)),
}
ORDERS: dict[str, Method] = {
    "divide_impute": Method(references=("oecd2008",)),
    "impute_divide": Method(references=("oecd2008",)),
}
# a name, or a table of method and parameters
Step = str | Mapping[str, Any]
Imputer = Callable[[pd.DataFrame], pd.DataFrame]

LEVELS = ("index", "level1", "level2")
_STEPS: dict[str, tuple[Mapping[str, Any], Mapping[str, Check]]] = {
    "screen": (screen.SCREENS, screen.CHECKS),
    "impute": (impute.IMPUTATIONS, impute.CHECKS),
    "denominate": (denominators.DENOMINATIONS, denominators.CHECKS),
    "treat": (treat.TREATMENTS, treat.CHECKS),
    "normalize": (normalize.NORMALIZERS, normalize.CHECKS),
    "weigh": (WEIGHINGS, {}),
}
_CHOICES = {"order": ORDERS, "panel": PANELS, "ties": TIES}


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """The choices that turn indicators into scores; an unknown one raises `OptionError` with the nearest choice.

    A step is the name of a method, or a table ``{"method": name, …}`` with its parameters, as it stands in a study
    file. The steps are taken in the order listed here, but for ``denominate``, whose turn ``order`` says. Recipes that
    say the same are equal, whether a default is written out or not.

    Parameters
    ----------
    screen : {"none", "availability"}
        Which places and indicators are left out for lack of values; see `innoscape.geo.screen`.
    impute : {"none", "mean", "median", "group_mean", "group_median", "regression", "interpolate", "knn"} or callable
        What fills a missing cell; under ``"none"`` missing cells are refused, all of them listed. A function takes
        the table of places and indicators and returns it filled; it cannot stand in a study file.
    denominate : {"none", "divide"}
        Which indicators are divided by a size of the place: ``{"method": "divide", "by": {indicator: denominator}}``.
        Where a size is missing: ``missing="refuse"`` (default), ``"gap"`` or ``"impute"``; see `divide`.
    order : {"divide_impute", "impute_divide"}
        Whether sizes divide what is known and gaps are filled with quotients, or totals are imputed and then divided. A
        total imputed from large places says nothing of a small one.
    treat : {"none", "winsorize", "log", "boxcox"}
        How outlying indicators are treated; see `innoscape.geo.treat`.
    normalize : {"minmax", "zscore", "rank", "borda", "percentile_rank", "distance_to_target", …}
        How indicators are brought onto one scale; further ``"distance_to_reference"``, ``"distance_to_max"``,
        ``"goalposts"``, ``"optimum"``, ``"vector"``, ``"sum"``, and ``"by_indicator"``: a method for each indicator,
        from ``methods`` and the framework's column ``normalize``, and ``otherwise`` for the others. Parameters include
        ``lowest`` (min-max: the score of the worst place, at least 0 and below 1) and ``std`` (z-score:
        ``"population"``, the default, or ``"sample"``).
    weigh : {"equal", "equal_levels", "given", "entropy", …}
        How indicators are weighted: the keys of ``innoscape.geo.weights.WEIGHINGS``. ``"entropy"`` measures min-max
        values, or raw shares with ``on="raw"``; ``"given"`` takes those of the framework table, or its own
        ``weights`` by indicator.
    aggregate : {"arithmetic", "geometric", "harmonic", "power", …}
        How values become scores from the indicators up to the index: a key of ``innoscape.geo.aggregate.AGGREGATES``
        at every level, or with ``at="top"`` only for the step into the index, arithmetic means below; or a table by
        level, ``{"level1": "harmonic", "index": "geometric"}``: ``index`` is the step into the index, ``level1`` and
        ``level2`` those into the groups of that level, and a level not named takes the arithmetic mean.
    panel : {"none", "yearly", "pooled"}
        Whether years are kept apart. ``"none"``: one value for each place and indicator, whatever its year;
        ``"yearly"``: each year is normalized and weighted by itself; ``"pooled"``: all years together, so that scores
        of different years can be compared.
    ties : {"min", "max", "average", "dense"}
        Rank of equal scores; ``"min"`` is competition ranking (1, 2, 2, 4).
    convention : str, optional
        Program whose numbers are wanted, such as ``"coinr"``: parameters of steps that are left out take its values
        (see `innoscape.data.list_conventions`). The recipe holds these; it does not keep the name.

    Examples
    --------
    >>> Recipe(weigh={"method": "entropy", "on": "raw"}).to_dict()["weigh"]
    {'method': 'entropy', 'on': 'raw'}
    >>> Recipe.from_dict({"normalize": {"method": "minmax", "lowest": 0.0}}) == Recipe()
    True
    >>> Recipe(normalize="zscore", convention="coinr").normalize
    {'method': 'zscore', 'std': 'sample'}
    """

    screen: Step = "none"
    impute: Step | Imputer = "none"
    denominate: Step = "none"
    order: Literal["divide_impute", "impute_divide"] = "divide_impute"
    treat: Step = "none"
    normalize: Step = "minmax"
    weigh: Step = "equal"
    aggregate: Step = "arithmetic"
    panel: Literal["none", "yearly", "pooled"] = "none"
    ties: Literal["min", "max", "average", "dense"] = "min"
    convention: InitVar[str | None] = None

    def __post_init__(self, convention: str | None) -> None:
        if convention is not None:
            _follow(self, convention)
        for field in fields(self):
            object.__setattr__(self, field.name, parse_choice(field.name, getattr(self, field.name)))
        _check_together(self)

    def step(self, name: str) -> tuple[Any, dict[str, Any]]:
        """Return the method of a step and the parameters that differ from its defaults.

        Examples
        --------
        >>> Recipe(weigh={"method": "entropy", "on": "raw"}).step("weigh")
        ('entropy', {'on': 'raw'})
        """
        return split_step(getattr(self, name))

    def aggregates(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Return the aggregate of every level, with the parameters that differ from its defaults.

        Examples
        --------
        >>> Recipe(aggregate={"index": "geometric"}).aggregates()["level1"]
        ('arithmetic', {})
        """
        method, options = split_step(self.aggregate)
        if method == "by_level":
            return {level: split_step(options.get(level, "arithmetic")) for level in LEVELS}
        below = ("arithmetic", {}) if options.pop("at", "") == "top" else (method, options)
        return {"index": (method, options), "level1": below, "level2": below}

    def methods(self) -> list[ChosenMethod]:
        """Return the method of every step in the order in which the steps are taken, with the value of every option.

        Examples
        --------
        >>> chosen = Recipe(normalize={"method": "minmax", "lowest": 0.01}).methods()
        >>> [(one.name, dict(one.options)) for one in chosen if one.kind == "normalize"]
        [('minmax', {'lowest': 0.01, 'highest': 1.0})]
        """
        found: list[ChosenMethod] = []
        for kind in _STEPS:
            found += _chosen(kind, *self.step(kind))
            if kind == "denominate" and self.denominate != "none" and self.impute != "none":
                found.append(ChosenMethod("order", self.order, ORDERS[self.order]))
        levels = self.aggregates()
        below = levels["level1"] if levels["level1"] == levels["level2"] else None
        if below == levels["index"]:
            parts = {"": levels["index"]}
        elif below is not None:
            parts = {"groups": below, "index": levels["index"]}
        else:
            parts = {level: levels[level] for level in reversed(LEVELS)}
        for at, (name, options) in parts.items():
            aggregate = AGGREGATES[name]
            full = {**aggregate.parameters, **options}
            found.append(ChosenMethod("aggregate", name, method_of(aggregate.score), full, at))
        return [
            *found,
            ChosenMethod("panel", self.panel, PANELS[self.panel]),
            ChosenMethod("ties", self.ties, TIES[self.ties]),
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return every choice by name as it stands in a study file: text, numbers, lists and tables of them.

        Raises
        ------
        OptionError
            The imputation is a function, which no file can hold.
        """
        if callable(self.impute):
            raise OptionError(text("faults.calls.recipe.impute_function_cannot_stand"))
        return {field.name: thaw(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, choices: Mapping[str, object]) -> Self:
        """Make a recipe from choices by name; those left out take their defaults."""
        check_names("recipe", choices, [*(field.name for field in fields(cls)), "convention"])
        return cls(**choices)  # pyright: ignore[reportArgumentType]


def _follow(recipe: Recipe, convention: str) -> None:
    """Give the steps of a recipe the parameters of a program."""
    steps = {name: split_step(getattr(recipe, name)) for name in _STEPS if not callable(getattr(recipe, name))}
    given: dict[str, Any] = {name: method for name, (method, _) in steps.items()}
    for name, (method, options) in steps.items():
        given |= {f"{name}.{method}.{option}": value for option, value in options.items()}
    for option, value in as_followed("Recipe", convention, given, {}, stacklevel=5).items():
        name, method, parameter = option.split(".")
        steps[name][1][parameter] = value
        object.__setattr__(recipe, name, {"method": method, **steps[name][1]})


def parse_choice(name: str, given: object) -> Any:  # noqa: ANN401 - a name or a table
    """Return one choice of a recipe in its one form.

    Raises
    ------
    OptionError
        The choice is unknown or cannot work.

    Examples
    --------
    >>> parse_choice("normalize", {"method": "zscore", "std": "population"})
    'zscore'
    """
    if name == "impute" and callable(given):
        return given
    if name == "aggregate":
        return _parse_aggregate(given)
    if name == "convention":
        # known with the methods that it is about
        return given
    if name in _CHOICES:
        check_choice(name, given, _CHOICES[name])
        return given
    step = parse_step(name, given, *_STEPS[name])
    if name == "weigh":
        check_weighing(*split_step(step))
    return step


def _chosen(kind: str, method: Any, options: Mapping[str, Any], at: str = "") -> list[ChosenMethod]:  # noqa: ANN401
    """Return a method with the value of every option, and the methods that it combines."""
    if callable(method):
        name = getattr(method, "__name__", type(method).__name__)
        return [ChosenMethod(kind, "function", Method(), {"function": name}, at)]
    registered = _STEPS[kind][0][method]
    defaults = {name: value for name, value in (defaults_of(registered) or {}).items() if value is not Parameter.empty}
    full = {**defaults, **options}
    found = [ChosenMethod(kind, method, method_of(registered), full, at)]
    if method == "by_indicator":
        for step in by_indicator.parts_of(full):
            found += _chosen(kind, *split_step(step), "own")
    for part in ("first", "second"):
        if f"{part}_options" in full:
            found += _chosen(kind, full[part], full[f"{part}_options"] or {}, part)
    return found


def _parse_aggregate(given: object) -> Any:  # noqa: ANN401 - a name or a table
    if isinstance(given, Mapping) and "method" not in given:
        check_names("aggregate", given, LEVELS)
        levels = {level: _parse_one(f"aggregate.{level}", given.get(level, "arithmetic")) for level in LEVELS}
        if levels["level1"] != levels["level2"] or levels["level1"] not in ("arithmetic", levels["index"]):
            return Frozen({level: step for level, step in levels.items() if step != "arithmetic"})
        # one choice has one form
        given, at = levels["index"], "every_level" if levels["level1"] == levels["index"] else "top"
    elif isinstance(given, Mapping):
        at = given.get("at", "every_level")
        check_choice("aggregate.at", at, AGGREGATE_AT)
        given = {name: value for name, value in given.items() if name != "at"}
    else:
        at = "every_level"
    step = _parse_one("aggregate", given)
    if at == "every_level" or step == "arithmetic":
        return step
    return Frozen({**step, "at": at} if isinstance(step, Mapping) else {"method": step, "at": at})


def _parse_one(key: str, given: object) -> Any:  # noqa: ANN401 - a name or a table
    step = parse_step(key, given, AGGREGATES, {})
    check_aggregate(*split_step(step))
    return step


def _check_together(recipe: Recipe) -> None:
    _check_levels(recipe)
    _check_gaps(recipe)
    normalizer, options = recipe.step("normalize")
    own = by_indicator.parts_of(options) if normalizer == "by_indicator" else [normalizer]
    normalizers = {split_step(step)[0] for step in own}
    for method, _ in recipe.aggregates().values():
        if AGGREGATES[method].nonnegative and "zscore" in normalizers:
            raise OptionError(text("faults.calls.recipe.aggregate_needs_values_0", method=method))
    if recipe.step("impute")[0] == "interpolate" and recipe.panel == "none":
        raise OptionError(text("faults.calls.recipe.impute_interpolating_over_years"))
    if "distance_to_reference" in normalizers and recipe.panel == "pooled":
        raise OptionError(text("faults.calls.recipe.normalize_reference_place_value"))


def _check_levels(recipe: Recipe) -> None:
    levels = recipe.aggregates()
    for below, above in (("level2", "level1"), ("level1", "index")):
        lower, options = levels[below]
        if AGGREGATES[lower].may_be_negative(options) and AGGREGATES[levels[above][0]].nonnegative:
            raise OptionError(
                text("faults.calls.recipe.aggregate_needs_values_0_2", levels=levels[above][0], lower=lower)
            )


def _check_gaps(recipe: Recipe) -> None:
    missing = recipe.step("denominate")[1].get("missing", "refuse")
    if recipe.order == "impute_divide" and "none" in (recipe.denominate, recipe.impute):
        raise OptionError(text("faults.calls.recipe.order_impute_divide_needs_imputation"))
    if missing != "refuse" and recipe.impute == "none":
        raise OptionError(text("faults.calls.recipe.denominate_missing_needs_imputation", missing=missing))
    if missing == "gap" and recipe.order == "impute_divide":
        raise OptionError(text("faults.calls.recipe.denominate_missinggap_leaves_quotient"))
    if recipe.step("impute")[1].get("by_year") and recipe.panel != "pooled":
        raise OptionError(text("faults.calls.recipe.impute_by_year_needs_panelpooled"))
