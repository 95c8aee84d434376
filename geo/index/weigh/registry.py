"""Weigh the indicators of a composite index; weights are shares of 1.

A weight here is an **effective** weight: the share of the whole index that one indicator carries. Within a group
of the framework the weights are the effective ones divided by the group's sum.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from ....data.errors import Fault, InnoscapeWarning, OptionError, TableError, warn_of
from ....data.framework import Framework
from ....data.methods import documented
from ....data.options import check_names
from ....data.wording.catalogue import join_texts, text
from .ahp import Inconsistent, Judgements, ahp_consistency, ahp_weights, labelled, tree_judgements
from .combine import Combination, combine_weights
from .data_driven import (
    ENTROPY_ON,
    as_weights,
    contrast_weights,
    critic_weights,
    deviation_weights,
    entropy_weights,
    spread_weights,
    std_weights,
)
from .gini_weights import concentration_weights, gini_weights
from .impact_loss import cilos_weights, idocriw_weights, impact_weights, integrated_weights
from .lopcow_weights import log_change_weights, lopcow_weights
from .on_values import on_values
from .optimize import optimal_weights, optimize_weights
from .pca import component_weights, pca_weights
from .removal_weights import merec_weights, removal_weights

__all__ = [
    "ENTROPY_ON",
    "WEIGHINGS",
    "ahp_consistency",
    "ahp_weights",
    "cilos_weights",
    "combine_weights",
    "critic_weights",
    "entropy_weights",
    "equal_level_weights",
    "equal_weights",
    "gini_weights",
    "given_weights",
    "idocriw_weights",
    "level_paths",
    "lopcow_weights",
    "merec_weights",
    "optimize_weights",
    "pca_weights",
    "spread_weights",
    "std_weights",
]


def equal_weights(indicators: Sequence[str]) -> pd.Series:
    """Give every indicator the same weight, 1 / m.

    Examples
    --------
    >>> equal_weights(["a", "b"]).to_dict()
    {'a': 0.5, 'b': 0.5}
    """
    return as_weights({name: 1.0 / len(indicators) for name in indicators})


def equal_level_weights(paths: dict[str, tuple[str, ...]]) -> pd.Series:
    """Give equal weights at every branching of the framework tree.

    ``paths`` names for each indicator the groups it belongs to, from the top; the weight of an indicator is the
    product, down its path, of one over the number of branches.

    Examples
    --------
    >>> equal_level_weights({"a": ("input",), "b": ("input",), "c": ("output",)}).to_dict()
    {'a': 0.25, 'b': 0.25, 'c': 0.5}
    """
    children: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    steps = {name: [(*path[:depth],) for depth in range(len(path) + 1)] for name, path in paths.items()}
    for name, nodes in steps.items():
        for parent, child in zip(nodes, [*nodes[1:], ("", *nodes[-1], name)], strict=True):
            children.setdefault(parent, set()).add(child)
    return as_weights({name: 1.0 / math.prod(len(children[node]) for node in nodes) for name, nodes in steps.items()})


def given_weights(given: pd.Series | None, indicators: Sequence[str]) -> pd.Series:
    """Scale the weights of the framework table to sum to 1.

    A given weight is the indicator's share of the whole index; only the proportions matter.

    Raises
    ------
    TableError
        The framework has no weights, or a weight is missing, negative or infinite, or all are 0; every fault is listed.

    Examples
    --------
    >>> given_weights(pd.Series({"a": 30, "b": 10}), ["a", "b"]).to_dict()
    {'a': 0.75, 'b': 0.25}
    """
    fix = text("faults.calls.registry.fill_column_weight_weighequal")
    if given is None:
        raise TableError(
            [Fault("framework", "weights", text("faults.calls.registry.column_weight"), fix, column="weight")]
        )
    values = given.reindex(list(indicators)).astype(float)
    faults = [
        Fault(
            "framework",
            text("faults.calls.alike.weight_of_at_least_0"),
            text("faults.calls.alike.value_for", value=value, name=name),
            fix,
            column="weight",
        )
        for name, value in values.items()
        if not (math.isfinite(value) and value >= 0)
    ]
    if not faults and not math.fsum(values) > 0:
        faults = [
            Fault(
                "framework",
                text("faults.calls.registry.weight_above_0"),
                text("faults.calls.registry.zeros"),
                fix,
                column="weight",
            )
        ]
    if faults:
        raise TableError(faults)
    total = math.fsum(values)
    return as_weights({name: float(values.loc[name]) / total for name in indicators})


def level_paths(framework: Framework) -> dict[str, tuple[str, ...]]:
    """Return for each indicator the groups it belongs to, from the top."""
    paths: dict[str, tuple[str, ...]] = dict.fromkeys(framework.indicators, ())
    for level in framework.levels:
        for group, members in framework.groups(level).items():
            for name in members:
                paths[name] = (*paths[name], group)
    return paths


@documented("oecd2008", formula="w<sub>k</sub> = 1 / m")
def _equal(normalized: pd.DataFrame, raw: pd.DataFrame, direction: pd.Series, framework: Framework) -> pd.Series:
    del raw, direction, framework
    return equal_weights(list(normalized.columns))


@documented("oecd2008", formula="w<sub>k</sub> = Π<sub>g ∋ k</sub> 1 / b<sub>g</sub>")
def _equal_levels(normalized: pd.DataFrame, raw: pd.DataFrame, direction: pd.Series, framework: Framework) -> pd.Series:
    del raw, direction
    paths = level_paths(framework)
    return equal_level_weights({name: paths[name] for name in normalized.columns})


@documented("oecd2008", formula="w<sub>k</sub> = v<sub>k</sub> / Σ<sub>m</sub> v<sub>m</sub>")
def _given(
    normalized: pd.DataFrame,
    raw: pd.DataFrame,
    direction: pd.Series,
    framework: Framework,
    *,
    weights: Mapping[str, float] | None = None,
) -> pd.Series:
    del raw, direction
    if weights is None:
        return given_weights(framework.given_weights, list(normalized.columns))
    check_names("weights of weigh given", weights, framework.indicators)
    if lacking := [str(name) for name in normalized.columns if name not in weights]:
        raise OptionError(text("faults.calls.registry.weights_weigh_given_every", lacking=join_texts(lacking)))
    return given_weights(pd.Series(dict(weights)), list(normalized.columns))


@documented("shannon1948", "zou2006", formula=lambda options: _entropy_formula(options["on"], options["shift"]))
def _entropy_of(
    frame: pd.DataFrame, *, on: str = "minmax", shift: float = 0.0, direction: pd.Series | None = None
) -> pd.Series:
    return spread_weights(frame, on=on, shift=shift, direction=direction)


@documented("diakoulaki1995", formula="w<sub>k</sub> = σ<sub>k</sub> / Σ<sub>m</sub> σ<sub>m</sub>")
def _std(frame: pd.DataFrame, *, direction: pd.Series | None = None) -> pd.Series:
    del direction
    return deviation_weights(frame)


@documented(
    "diakoulaki1995",
    formula=(
        "C<sub>k</sub> = σ<sub>k</sub> Σ<sub>m</sub> (1 − ρ<sub>km</sub>), "
        "w<sub>k</sub> = C<sub>k</sub> / Σ<sub>m</sub> C<sub>m</sub>"
    ),
)
def _critic(
    normalized: pd.DataFrame,
    raw: pd.DataFrame,
    direction: pd.Series,
    framework: Framework,
    *,
    correlation: str = "pearson",
) -> pd.Series:
    del normalized, framework
    return _warned(*contrast_weights(raw, correlation=correlation, direction=direction))


@documented("oecd2008", "nicoletti1999", "kaiser1958", formula=lambda options: _PCA_FORMULAS[options["loadings"]])
def _pca(
    normalized: pd.DataFrame,
    raw: pd.DataFrame,
    direction: pd.Series,
    framework: Framework,
    *,
    loadings: str = "rotated",
    components: str | float = "kaiser",
    negative: str = "square",
) -> pd.Series:
    del normalized, framework
    return _warned(
        *component_weights(raw, loadings=loadings, components=components, negative=negative, direction=direction)
    )


@documented("saaty1980", formula="A w = λ<sub>max</sub> w, Σ<sub>k</sub> w<sub>k</sub> = 1")
def _ahp(
    normalized: pd.DataFrame,
    raw: pd.DataFrame,
    direction: pd.Series,
    framework: Framework,
    *,
    matrix: Judgements | None = None,
    matrices: Mapping[str, Judgements] | None = None,
    inconsistent: Inconsistent = "warn",
    limit: float = 0.1,
) -> pd.Series:
    del raw, direction
    # judgements without labels are in the order of the framework
    names = [name for name in framework.indicators if name in normalized.columns]
    if matrix is not None:
        found = ahp_weights(labelled(matrix, names), inconsistent=inconsistent, limit=limit)
    else:
        paths = level_paths(framework)
        found = tree_judgements(
            {name: paths[name] for name in names}, matrices or {}, inconsistent=inconsistent, limit=limit
        )
    return found.reindex(normalized.columns).rename_axis("indicator")


@documented("oecd2008", "csiszar1975", formula=lambda options: _mixed(options["how"], options["share"]))
def _combined(
    normalized: pd.DataFrame,
    raw: pd.DataFrame,
    direction: pd.Series,
    framework: Framework,
    *,
    first: str = "given",
    second: str = "entropy",
    first_options: Mapping[str, object] | None = None,
    second_options: Mapping[str, object] | None = None,
    how: Combination = "multiplicative",
    share: float | None = None,
) -> pd.Series:
    one, other = (
        WEIGHINGS[name](normalized, raw, direction, framework, **(options or {}))
        for name, options in ((first, first_options), (second, second_options))
    )
    return combine_weights(one, other, how=how, share=share)


@documented(
    "becker2017",
    formula=lambda options: (
        "I<sub>k</sub> = ρ<sub>k</sub><sup>2</sup> / Σ<sub>m</sub> ρ<sub>m</sub><sup>2</sup>"
        if options["importance"] == "squared"
        else "I<sub>k</sub> = ρ<sub>k</sub> / Σ<sub>m</sub> ρ<sub>m</sub>"
    ),
)
def _optimized(
    normalized: pd.DataFrame,
    raw: pd.DataFrame,
    direction: pd.Series,
    framework: Framework,
    *,
    targets: str | Mapping[str, float] = "equal",
    correlation: str = "pearson",
    importance: str = "squared",
) -> pd.Series:
    names = [str(name) for name in normalized.columns]
    goal = WEIGHINGS[targets](normalized, raw, direction, framework) if isinstance(targets, str) else targets
    table, concerns = optimal_weights(normalized[names], targets=goal, correlation=correlation, importance=importance)
    return _warned(table["weight"], concerns)


def _entropy_formula(on: str, shift: float) -> str:
    letter = "z" if on == "minmax" else "x"
    if shift:
        return f"{letter}′ = {letter} + {shift:g}, " + _entropy_formula(on, 0.0).replace(
            f"{letter}<sub>", f"{letter}′<sub>"
        )
    return (
        f"p<sub>ik</sub> = {letter}<sub>ik</sub> / Σ<sub>j</sub> {letter}<sub>jk</sub>, "
        "e<sub>k</sub> = −(1 / ln n) Σ<sub>i</sub> p<sub>ik</sub> ln p<sub>ik</sub>, "
        "w<sub>k</sub> = (1 − e<sub>k</sub>) / Σ<sub>m</sub> (1 − e<sub>m</sub>)"
    )


_PCA_FORMULAS = {
    "rotated": "w<sub>k</sub> ∝ ℓ<sub>k f(k)</sub><sup>2</sup>, ℓ<sub>kf</sub> = v<sub>kf</sub> √λ<sub>f</sub>",
    "first": "w<sub>k</sub> = v<sub>k1</sub><sup>2</sup>",
    "first_linear": "w<sub>k</sub> ∝ v<sub>k1</sub>",
}


def _mixed(how: str, share: float | None) -> str:
    part = 0.5 if share is None else share
    if how == "linear":
        return f"w<sub>k</sub> = {part:g} a<sub>k</sub> + {1 - part:g} b<sub>k</sub>"
    if how == "game_theory":
        return (
            "w<sub>k</sub> ∝ |α<sub>1</sub>| a<sub>k</sub> + |α<sub>2</sub>| b<sub>k</sub>, "
            "α<sub>1</sub> a·a + α<sub>2</sub> a·b = a·a, α<sub>1</sub> a·b + α<sub>2</sub> b·b = b·b"
        )
    if how == "geometric":
        return f"w<sub>k</sub> ∝ a<sub>k</sub><sup>{part:g}</sup> b<sub>k</sub><sup>{1 - part:g}</sup>"
    return "w<sub>k</sub> ∝ a<sub>k</sub> b<sub>k</sub>"


def _warned(weights: pd.Series, concerns: Sequence[InnoscapeWarning]) -> pd.Series:
    for concern in concerns:
        warn_of(concern, stacklevel=4)
    return weights


WEIGHINGS: dict[str, Callable[..., pd.Series]] = {
    "equal": _equal,
    "equal_levels": _equal_levels,
    "given": _given,
    "entropy": on_values(_entropy_of),
    "critic": _critic,
    "std": on_values(_std),
    "gini": on_values(concentration_weights),
    "merec": on_values(removal_weights),
    "cilos": on_values(impact_weights),
    "idocriw": on_values(integrated_weights),
    "lopcow": on_values(log_change_weights),
    "pca": _pca,
    "ahp": _ahp,
    "combined": _combined,
    "optimized": _optimized,
}
# targets of optimized weights by name
GOALS = ("equal", "equal_levels", "given")
