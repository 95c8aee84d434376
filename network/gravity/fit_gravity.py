"""Estimate gravity models of flows by Poisson pseudo-maximum likelihood.

A value is the expected flow of an ordered pair; zeros are data, missing pairs are left out and counted. Effects of
origins and destinations are solved for exactly, so the size of the model is that of the table of pairs.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice, check_columns, check_number
from ...data.wording.catalogue import few, join_texts, text
from ..flows.coefficient_table import coefficient_table
from .diagnostics import COVARIANCES, covariance_of
from .model import Gravity
from .pairs import PairTable, names_of, read_pairs, settled, warn
from .poisson import PairModel, fit_poisson
from .terms import CONSTRAINTS, DECAYS, Inputs, Mass, Terms, check_separation, end_terms, pair_terms, standardized

__all__ = ["fit_gravity"]

Absent = Literal["zero", "missing"]
ABSENT: tuple[str, ...] = get_args(Absent)
_SHAPES = {
    "power": "d<sub>ij</sub><sup>θ</sup>",
    "exponential": "e<sup>λ d<sub>ij</sub></sup>",
    "tanner": "d<sub>ij</sub><sup>θ</sup> e<sup>λ d<sub>ij</sub></sup>",
}


def _formula(options: Mapping[str, Any]) -> str:
    """Return the expected flow under a constraint and a decay."""
    effects = CONSTRAINTS[options.get("constraint", "none")]
    origin = "A<sub>i</sub>" if effects[0] else "M<sub>i</sub><sup>α</sup>"
    destination = "B<sub>j</sub>" if effects[1] else "M<sub>j</sub><sup>β</sup>"
    constant = "" if any(effects) else "k "
    more = " e<sup>γ x<sub>ij</sub></sup>" if options.get("pairs") else ""
    return f"μ<sub>ij</sub> = {constant}{origin} {destination} {_SHAPES[options.get('decay', 'power')]}{more}"


@documented("santossilva2006", "wilson1971", "lenormand2016", formula=_formula)
def fit_gravity(
    flows: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    mass: Mass | None = None,
    origin_mass: Mass | None = None,
    destination_mass: Mass | None = None,
    pairs: Mapping[str, pd.DataFrame] | None = None,
    constraint: Literal["none", "production", "attraction", "double"] = "none",
    decay: Literal["power", "exponential", "tanner"] = "power",
    covariance: Literal["robust", "cluster_origin", "cluster_destination", "two_way", "poisson"] = "robust",
    constant: bool = True,
    diagonal: bool = False,
    absent: Absent = "zero",
    confidence_level: float = 0.95,
    max_iterations: int = 60,
) -> Gravity:
    r"""Fit a gravity model of flows y between origins i and destinations j.

    The expected flow is ``mu[i, j] = A[i] B[j] f(c[i, j]) exp(sum over g of gamma[g] x[g, i, j])`` with::

        constraint     A[i]                              B[j]                    totals met exactly
        none           exp(constant) mass[i] ** alpha    mass[j] ** beta         the grand total (with a constant)
        production     an effect of each origin          mass[j] ** beta         of every origin
        attraction     mass[i] ** alpha                  an effect of each       of every destination
        double         an effect of each                 an effect of each       both

        decay          f(c)                              coefficients
        power          c ** theta                        log_cost
        exponential    exp(theta c)                      cost
        tanner         c ** theta exp(lambda c)          log_cost, cost

    Coefficients maximize the Poisson likelihood, ``sum y log mu - mu``. They are consistent whenever the mean is right:
    flows need be neither Poisson nor whole numbers (Santos Silva and Tenreyro). Decay coefficients are negative where
    flows fall with cost; `Gravity.exponent` and `Gravity.rate` are their negatives, as `estimate_flows` takes them.

    Standard errors, from the scores s = (y - mu) times each term net of effects, H their information matrix:

    =================== =========================================================================================
    robust              ``H^-1 (sum s s') H^-1 N / (N - 1)``, N pairs
    cluster_origin      scores added by origin first, ``G / (G - 1)``, G origins
    cluster_destination the same by destination
    two_way             origin + destination - robust; negative eigenvalues set to 0, with a warning
    poisson             ``H^-1``: right only if the variance is the mean
    =================== =========================================================================================

    Measures in ``Gravity.fit``, N the pairs fitted:

    ============== ==============================================================================================
    deviance       ``2 sum [y log(y / mu) - (y - mu)]``, with the second term, which vanishes only with a
                   constant or effects
    d2             ``1 - deviance / null_deviance``; null is one mean for all pairs, also where the model has no
                   constant
    mcfadden       ``1 - log_likelihood / null_log_likelihood``, with log y!
    dispersion     Pearson's chi-squared by degrees of freedom
    srmse          ``sqrt(sum (y - mu)^2 / N) / mean y``; 0 is perfect
    cpc            common part of commuters, ``2 sum min(y, mu) / (sum y + sum mu)``; 1 is perfect
    aic, bic       ``2 k - 2 log_likelihood``, ``k log N - 2 log_likelihood``, k parameters with effects; of counts only
    ssi            Sorensen similarity, the mean over pairs of ``2 min(y, mu) / (y + mu)``; 1 is perfect
    r2             squared correlation of y and mu
    ============== ==============================================================================================

    - Scaling all flows by one factor changes the constant or the effects only, and no robust error; scaling costs
      leaves a power decay as it is.
    - A pair that a long table does not name has flow 0 (``absent="zero"``) or was not looked at (``"missing"``). In a
      matrix nan means not looked at. Pairs of one place with itself are left out unless ``diagonal=True``.
    - An origin with an effect that sends nothing, or a destination that receives nothing, is fitted with 0 and an
      effect of -inf; its pairs say nothing about the rest, are left out, counted as ``separated`` and warned of. With
      effects of both sides every group of pairs that they can drive to 0 is found.
    - A pair variable that differs only among zeros is refused, as is one that effects or other terms determine.
      Separation by several terms jointly is not searched for: the fit then does not settle, and says so.
    - Without decay in the data (flows proportional to the product of totals) the decay coefficient is 0.
    - The order of rows, labels and threads changes no bit.

    Parameters
    ----------
    flows : DataFrame
        Long (``source, target, value``; rows of one pair are summed) or a matrix, rows are origins.
    costs : DataFrame
        Matrix n x m (km, minutes), rows are origins, or long. Its places are those of the model.
    mass, origin_mass, destination_mass : Series or DataFrame, optional
        Positive masses by place; several columns are several terms. They may name
        further places, which have no part. ``mass`` stands for each side that has neither an
        effect nor a mass of its own, and is refused where there is none.
    pairs : mapping of str to DataFrame, optional
        Further variables of pairs (same province, shared border), entering the exponent as they are.
    constraint : {"none", "production", "attraction", "double"}
        Which totals are met.
    decay : {"power", "exponential", "tanner"}
        Shape of the decay.
    covariance : {"robust", "cluster_origin", "cluster_destination", "two_way", "poisson"}
        Which standard errors.
    constant : bool
        Whether an unconstrained model has a constant.
    diagonal : bool
        Whether flows of a place to itself belong to the model; they then need a cost.
    absent : {"zero", "missing"}
        What a pair is that a long table of flows does not name.
    confidence_level : float
        Of confidence intervals.
    max_iterations : int
        Newton steps after which the fit is given up.

    Returns
    -------
    Gravity

    Raises
    ------
    TableError
        If a table lacks columns, places or pairs, or holds values out of range.
    UnknownPlaceError
        If flows name a place without costs, or masses do and lack a place of the model.
    OptionError
        If an option is unknown or has no part, places lack masses, terms are collinear or separate zeros from the rest,
        or the fit does not settle.

    References
    ----------
    Wilson (1971) *Environment and Planning* 3; Flowerdew & Aitkin (1982) *Journal of Regional Science* 22; Santos Silva
    & Tenreyro (2006) *Review of Economics and Statistics* 88; Guimaraes & Portugal (2010) *Stata Journal* 10; Correia,
    Guimaraes & Zylkin (2020) *Stata Journal* 20; Cameron, Gelbach & Miller (2011) *Journal of Business & Economic
    Statistics* 29.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> places = list("abcdef")
    >>> at = np.arange(1.0, 7)
    >>> costs = pd.DataFrame(np.abs(at[:, None] - at), index=places, columns=places)
    >>> flows = np.round(100 / costs.where(costs > 0, 1.0) ** 1.5)
    >>> fit = fit_gravity(flows, costs, constraint="double")
    >>> fit.coefficients[["variable", "estimate", "standard_error"]].round(3)
       variable  estimate  standard_error
    0  log_cost    -1.516           0.002
    """
    _check(constraint, decay, covariance, absent, confidence_level, constant=constant)
    origin_effects, destination_effects = CONSTRAINTS[constraint]
    for side, own, absorbed in (
        ("origin", origin_mass, origin_effects),
        ("destination", destination_mass, destination_effects),
    ):
        if own is not None and absorbed:
            raise OptionError(
                text("faults.calls.fit_gravity.constraint_gives_every_effect", constraint=repr(constraint), side=side)
            )
    sides = ((origin_mass, origin_effects), (destination_mass, destination_effects))
    if mass is not None and all(own is not None or effects for own, effects in sides):
        raise OptionError(text("faults.calls.fit_gravity.mass_part_constraint_where", constraint=repr(constraint)))
    check_columns(costs, "costs", ())
    inputs = Inputs(
        costs.copy(deep=False),
        mass if origin_mass is None else origin_mass,
        mass if destination_mass is None else destination_mass,
        {str(name): table.copy(deep=False) for name, table in (pairs or {}).items()},
        constraint,
        decay,
        constant,
        diagonal,
    )
    taken = {*DECAYS[decay], "constant"} & set(inputs.pairs)
    if taken:
        raise OptionError(text("faults.calls.fit_gravity.pair_variable_must_named", taken=join_texts(sorted(taken))))
    table = read_pairs(flows, costs, diagonal=diagonal, absent=absent, positive=decay != "exponential")
    table = settled(table, rows=origin_effects, columns=destination_effects)
    terms = _terms_of(table, inputs, max_iterations)
    return _result(table, inputs, terms, covariance, confidence_level)


def _check(
    constraint: str, decay: str, covariance: str, absent: str, confidence_level: float, *, constant: bool
) -> None:
    check_choice("constraint", constraint, CONSTRAINTS)
    check_choice("decay", decay, DECAYS)
    check_choice("covariance", covariance, COVARIANCES)
    check_choice("absent", absent, ABSENT)
    check_number("confidence_level", confidence_level, above=0, below=1)
    if not constant and constraint != "none":
        raise OptionError("constant=False is for constraint='none'; effects already hold the constant")


def _terms_of(table: PairTable, inputs: Inputs, max_iterations: int) -> Terms:
    """Build the standardized model of a table and solve it."""
    origin_effects, destination_effects = CONSTRAINTS[inputs.constraint]
    turned = destination_effects and not origin_effects
    origin_names, at_origin, destination_names, at_destination = end_terms(inputs, table.origins, table.destinations)
    pair_names, x = pair_terms(table.cost, table.used, inputs, table.origins, table.destinations)
    check_separation(x, table.flow, table.used, pair_names)
    y, used = table.flow, table.used
    row_terms, column_terms = at_origin, at_destination
    if turned:
        x, y, used = (np.ascontiguousarray(np.swapaxes(a, -1, -2)) for a in (x, y, used))
        row_terms, column_terms = at_destination, at_origin
    rows, columns = np.asarray(used.any(axis=1)), np.asarray(used.any(axis=0))
    if not (origin_effects or destination_effects):
        rows[:] = True
    if not (origin_effects and destination_effects):
        columns[:] = True
    if not (rows.all() and columns.all()):
        x = np.ascontiguousarray(x[:, rows][:, :, columns])
        y, used = (np.ascontiguousarray(a[np.ix_(rows, columns)]) for a in (y, used))
        row_terms, column_terms = row_terms[:, rows], column_terms[:, columns]
    centered = inputs.constant or inputs.constraint != "none"
    names = [*(destination_names if turned else origin_names), *(origin_names if turned else destination_names)]
    center, scale = standardized(x, used, table.counts["used"], centered=centered, names=pair_names)
    # a level common to all places would be mistaken for a large constant
    shift = np.zeros(len(names))
    for t, term in enumerate([*row_terms, *column_terms]):
        shift[t] = term.mean() if centered and names[t] != "constant" else 0.0
    row_terms = row_terms - shift[: len(row_terms), None]
    column_terms = column_terms - shift[len(row_terms) :, None]
    model = PairModel(
        x,
        y,
        used,
        row_terms,
        column_terms,
        origin_effects or destination_effects,
        origin_effects and destination_effects,
    )
    fit = fit_poisson(model, max_iterations=max_iterations)
    names = [*names, *pair_names]
    if fit.collinear.any():
        mixed = ", ".join(n for n, one in zip(names, fit.collinear, strict=True) if one)
        raise OptionError(text("faults.calls.fit_gravity.cannot_distinguished_effects_another", mixed=mixed))
    return Terms(
        names,
        np.concatenate([shift, center]),
        np.concatenate([np.ones(len(shift)), scale]),
        model,
        fit,
        turned,
        rows,
        columns,
    )


def _result(table: PairTable, inputs: Inputs, terms: Terms, covariance: str, confidence_level: float) -> Gravity:
    """Bring a solved model back to the units and the order of the input."""
    _warn_of_lost(table, terms)
    back = _back(terms)
    solved = covariance_of(terms.model, terms.fit, covariance, turned=terms.turned)
    order = _order(terms)
    names = [terms.names[i] for i in order]
    estimate = np.einsum("ij,j->i", back, terms.fit.theta)[order]
    found = np.einsum("ij,jk,lk->il", back, solved, back)[np.ix_(order, order)]
    return Gravity(
        inputs.constraint,
        inputs.decay,
        covariance,
        coefficient_table(names, estimate, found, confidence_level),
        confidence_level,
        terms.fit.iterations,
        table,
        terms,
        inputs,
        found,
    )


def _warn_of_lost(table: PairTable, terms: Terms) -> None:
    """Warn of the places whose effect is minus infinity."""
    ends = (table.origins, table.destinations)
    for axis, key in ((0, "warnings.gravity.lost_origins"), (1, "warnings.gravity.lost_destinations")):
        active = terms.active[axis]
        lost = [] if active.all() else names_of(ends[axis], ~active & table.seen.any(axis=1 - axis))
        if lost:
            warn(key, n=len(lost), places=few(lost), stacklevel=4)


def _back(terms: Terms) -> np.ndarray:
    """Return the matrix that takes coefficients of standardized terms to those of the terms given."""
    back = np.diag(1.0 / terms.scale)
    if "constant" in terms.names:
        at = terms.names.index("constant")
        back[at] -= terms.center / terms.scale
        back[at, at] = 1.0
    return back


def _order(terms: Terms) -> list[int]:
    """Return the order in which terms are listed: constant, origin, destination, pairs."""
    rank = {"constant": 0}
    ends = len(terms.names) - len(terms.model.x)
    keys = [(rank.get(n, 1 if n.startswith("origin_") else 2) if i < ends else 3, i) for i, n in enumerate(terms.names)]
    return [i for _, i in sorted(keys)]
