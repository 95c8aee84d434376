"""Score how well cities, or sites within a city, suit a center of innovation."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import pandas as pd

from ...data.contracts.check_table import check_table
from ...data.datasets import load
from ...data.errors import OptionError, warn
from ...data.framework import Framework
from ...data.methods import documented
from ...data.option_checks import a_share
from ...data.options import check_choice, hint, refuse
from ...data.wording.catalogue import few
from ..index.recipe import Recipe
from ..index.score import Scores, score

__all__ = ["Suitability", "suitability"]

SuitabilityOf = Literal["city", "site"]
SCALES: tuple[str, ...] = get_args(SuitabilityOf)


@dataclass(frozen=True)
class Suitability:
    """What `suitability` found.

    Parameters
    ----------
    table : DataFrame
        ``place``, ``score``, ``rank``, ``suitable`` (no group falls short), ``short_of`` (the groups that do, joined by
        ``"; "``), by rank.
    groups : DataFrame
        ``level``, ``group``, ``parent``, ``place``, ``score``, ``rank``: the scores of the groups of factors.
    optima : dict
        The value that is best, by factor, where the best lies in between.
    lacking : tuple of str
        Factors of the framework without values, which play no part.
    scores : Scores
        The index behind it, with weights, normalized values and contributions.
    """

    table: pd.DataFrame
    groups: pd.DataFrame = field(repr=False)
    optima: dict[str, float]
    lacking: tuple[str, ...] = field(repr=False)
    scores: Scores = field(repr=False)


@documented("oecd2008", formula="s<sub>i</sub> = Σ<sub>k</sub> w<sub>k</sub> z<sub>ik</sub>")
def suitability(
    values: pd.DataFrame,
    *,
    of: SuitabilityOf = "city",
    framework: Framework | None = None,
    optima: Mapping[str, float] | None = None,
    reach: Mapping[str, float] | None = None,
    recipe: Recipe | None = None,
    least: float | Mapping[str, float] = 0.0,
) -> Suitability:
    r"""Score places on the factors of location, and say which fall short of a threshold.

    The factors are those of the shipped tables: for cities basic conditions, macro factors (which city) and meso
    factors (what the city offers); for sites within a city micro factors (where in the city). Values are scaled from 0
    to 1, weights are equal at every branching, and the score is their sum. A factor whose best value lies in between,
    such as closeness to the center, is scaled by an inverted U: :math:`1 - ((x - b) / r)^2`.

    - A factor without any values plays no part; the groups that are left share the weight.
    - A place on the threshold is suitable.

    Parameters
    ----------
    values : DataFrame
        ``place``, ``indicator``, ``value``; or ``place`` and one column a factor.
    of : {"city", "site"}
        Which shipped framework: ``city_factors`` or ``site_factors`` (`innoscape.data.load`).
    framework : Framework, optional
        Another framework in its stead.
    optima : mapping, optional
        Best value by factor. Closeness to the center takes the middle between the least and the greatest value, which
        is assumed, where none is given.
    reach : mapping, optional
        Distance from the best value at which the factor counts 0; the largest among the places otherwise.
    recipe : Recipe, optional
        Other choices of the index; its normalization must be the default, as the optima replace it.
    least : float or mapping
        Least score, from 0 to 1, that every group of the first level, or each group named, must have.

    Returns
    -------
    Suitability
        Scores, groups, optima.

    Raises
    ------
    TableError
        Missing, repeated or wrong cells; one place alone; only constant factors.
    OptionError
        A factor or group that the framework does not name, a threshold outside 0 to 1, a recipe with another
        normalization.

    Warns
    -----
    InnoscapeWarning
        Factors without values.

    References
    ----------
    OECD and JRC (2008). Handbook on Constructing Composite Indicators: Methodology and User Guide.
    The dataset ``sources`` cites the paper that names the factors (Zhang 2022, section 2).

    Examples
    --------
    >>> from innoscape.data import Framework, load
    >>> table = load("site_factors").query("level1 in ('location', 'quiet')").iloc[[0, -1]]
    >>> sites = pd.DataFrame({"place": ["center", "edge", "outside"],
    ...     "closeness_to_center": [1.0, 0.5, 0.0], "quietness": [0.2, 0.6, 1.0]})
    >>> found = suitability(sites, of="site", framework=Framework.from_table(table), least=0.3)
    >>> found.table
         place  score  rank  suitable  short_of
    0     edge   0.75     1      True
    1  outside   0.50     2     False  location
    2   center   0.00     3     False  location; quiet
    """
    check_choice("of", of, SCALES)
    source = framework if framework is not None else Framework.from_table(load(f"{of}_factors"))
    table = check_table(values, "indicators", where="values")
    given = list(dict.fromkeys(table["indicator"]))
    unknown = [f"{name!r}{hint(name, source.indicators)}" for name in given if name not in source.indicators]
    refuse([f"values: needed factors of the framework, got {', '.join(unknown)}"] if unknown else [])
    lacking = tuple(name for name in source.indicators if name not in given)
    if lacking:
        warn("warnings.suitability.lacking", n=len(lacking), of=len(source), names=few(lacking), stacklevel=2)
    factors = source.table
    kept = Framework.from_table(factors[factors["indicator"].isin(given)])
    best = _optima(optima or {}, kept, table)
    chosen = Recipe(weigh="equal_levels") if recipe is None else recipe
    if chosen.normalize != "minmax":
        raise OptionError(f'recipe: needed normalize="minmax", which the optima replace, got {chosen.normalize!r}')
    if best or reach:
        step = {"method": "optimum", "best": best, **({"reach": dict(reach)} if reach else {})}
        chosen = replace(chosen, normalize=step)
    found = score(table, kept, chosen)
    short = _short_of(found, kept, least).to_dict()
    short_of = [short.get(place, "") for place in found.scores["place"]]
    listed = found.scores.assign(suitable=[not groups for groups in short_of], short_of=short_of)
    return Suitability(listed, found.levels, best, lacking, found)


def _optima(given: Mapping[str, float], framework: Framework, table: pd.DataFrame) -> dict[str, float]:
    """Return the best value of each factor that has one: as given, else the middle where the framework says so."""
    unknown = [f"{name!r}{hint(name, framework.indicators)}" for name in given if name not in framework.indicators]
    refuse([f"optima: needed factors with values, got {', '.join(unknown)}"] if unknown else [])
    factors = framework.table
    marked = factors.loc[factors["optimum"] == "middle", "indicator"] if "optimum" in factors else []
    ranges = table.groupby("indicator")["value"].agg(["min", "max"])
    middle = {str(name): float(ranges.loc[name].mean()) for name in marked if name not in given}
    return {**middle, **{name: float(value) for name, value in given.items()}}


def _short_of(found: Scores, framework: Framework, least: float | Mapping[str, float]) -> pd.Series:
    """Join the groups that fall short of their threshold, by place."""
    groups = list(framework.groups()) if framework.levels else []
    if not isinstance(least, Mapping):
        least = dict.fromkeys(groups, least)
    known = {name for level in framework.levels for name in framework.groups(level)}
    unknown = [f"{name!r}{hint(name, known)}" for name in least if name not in known]
    refuse([f"least: needed groups of the framework with values, got {', '.join(unknown)}"] if unknown else [])
    for group, threshold in least.items():
        a_share(f"least, {group}", threshold)
    held = found.levels[found.levels["group"].isin(list(least))]
    # scores that differ by rounding alone are equal
    below = held[held["score"] < held["group"].map(dict(least)).astype(float) - 1e-12]
    return below.groupby("place")["group"].agg("; ".join)
