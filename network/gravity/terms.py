"""Turn costs, masses and pair variables into the standardized terms of a gravity model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.wording.catalogue import text
from .pairs import PairTable, mass_terms, read_matrix
from .poisson import PairModel, PoissonFit

__all__ = ["DECAYS", "Inputs", "Terms", "effects_of", "end_terms", "pair_terms"]

DECAYS = {"power": ("log_cost",), "exponential": ("cost",), "tanner": ("log_cost", "cost")}
# constraint -> whether effects of origins and of destinations stand in the model
CONSTRAINTS = {"none": (False, False), "production": (True, False), "attraction": (False, True), "double": (True, True)}

Mass = pd.Series | pd.DataFrame | Mapping[Any, float]


@dataclass(frozen=True, eq=False)
class Inputs:
    """What the caller gave and a prediction may replace."""

    costs: pd.DataFrame
    origin_mass: Mass | None
    destination_mass: Mass | None
    pairs: dict[str, pd.DataFrame]
    constraint: str
    decay: str
    constant: bool
    diagonal: bool


@dataclass(frozen=True, eq=False)
class Terms:
    """The model that was solved: rows are destinations if ``turned``, and only active rows and columns stand in it.

    Terms stand in the order row, column, pair terms; a given term is ``center + scale * solved term``.
    """

    names: list[str]
    center: np.ndarray
    scale: np.ndarray
    model: PairModel
    fit: PoissonFit
    turned: bool
    active_rows: np.ndarray
    active_columns: np.ndarray

    @property
    def active(self) -> tuple[np.ndarray, np.ndarray]:
        """Which origins and which destinations stand in the model."""
        return (self.active_columns, self.active_rows) if self.turned else (self.active_rows, self.active_columns)


def pair_terms(
    cost: np.ndarray, used: np.ndarray, inputs: Inputs, origins: list[Any], destinations: list[Any]
) -> tuple[list[str], np.ndarray]:
    """Return names and values (k x n x m) of the terms of pairs, 0 where a pair is not used."""
    names = [*DECAYS[inputs.decay], *inputs.pairs]
    x = np.empty((len(names), *cost.shape))
    complete = bool(used.all())
    safe = cost if complete else np.where(used, cost, 1.0)
    for t, name in enumerate(names):
        if t < len(DECAYS[inputs.decay]):
            if name == "log_cost":
                np.log(safe, out=x[t])
            else:
                x[t] = cost
        else:
            x[t] = read_matrix(inputs.pairs[name], origins, destinations, f"pair variable {name!r}")
            if not np.isfinite(x[t][used]).all():
                raise OptionError(text("faults.calls.terms.pair_variable_missing_infinite", name=repr(name)))
        if not complete:
            x[t][~used] = 0.0
    return names, x


def end_terms(
    inputs: Inputs, origins: list[Any], destinations: list[Any]
) -> tuple[list[str], np.ndarray, list[str], np.ndarray]:
    """Return names and values of the terms of origins and of destinations that no effect replaces."""
    of_origins, of_destinations = CONSTRAINTS[inputs.constraint]
    origin_names: list[str] = []
    destination_names: list[str] = []
    at_origin, at_destination = np.empty((0, len(origins))), np.empty((0, len(destinations)))
    if not of_origins:
        origin_names, at_origin = mass_terms(inputs.origin_mass, origins, "origin")
    if not of_destinations:
        destination_names, at_destination = mass_terms(inputs.destination_mass, destinations, "destination")
    if inputs.constraint == "none" and inputs.constant:
        origin_names, at_origin = ["constant", *origin_names], np.vstack([np.ones(len(origins)), at_origin])
    return origin_names, at_origin, destination_names, at_destination


def standardized(
    x: np.ndarray, used: np.ndarray, count: int, *, centered: bool, names: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Center and scale pair terms in place over the used pairs; return centers and scales."""
    center, scale = np.zeros(len(x)), np.ones(len(x))
    complete = count == used.size
    for t, term in enumerate(x):
        if centered:
            center[t] = term.sum() / count
            x[t] -= center[t]
            if not complete:
                x[t] *= used
        spread = np.sqrt(np.einsum("ij,ij", term, term) / count)
        if not spread > 1e-12 * max(abs(center[t]), 1e-300):
            raise OptionError(text("faults.calls.terms.same_all_pairs_so", names=names[t]))
        scale[t] = spread
        x[t] /= spread
    return center, scale


def check_separation(x: np.ndarray, y: np.ndarray, used: np.ndarray, names: list[str]) -> None:
    """Refuse a pair term that is constant wherever flow is positive and lies to one side of that elsewhere."""
    seen = y > 0
    if np.count_nonzero(seen) == np.count_nonzero(used):
        return
    empty = used & ~seen
    first = int(np.argmax(seen))
    for term, name in zip(x, names, strict=True):
        value = term.flat[first]
        # a term that never differs is reported elsewhere
        if np.count_nonzero(seen & (term != value)) or not np.count_nonzero(empty & (term != value)):
            continue
        if term[empty].min() >= value or term[empty].max() <= value:
            raise OptionError(text("faults.calls.terms.differs_among_pairs_without", name=name))


def effects_of(pairs: PairTable, terms: Terms) -> pd.DataFrame:
    """List the effects of each side on the scale of the terms given, origins first."""
    model, fit = terms.model, terms.fit
    mean = fit.columns.mean() if model.column_effects else 0.0
    level = float((fit.theta / terms.scale * terms.center).sum())
    solved = [(model.row_effects, fit.rows + mean - level), (model.column_effects, fit.columns - mean)]
    if terms.turned:
        solved.reverse()
    parts = [pd.DataFrame(columns=["side", "place", "effect", "total", "status"])]
    ends = (("origin", pairs.origins), ("destination", pairs.destinations))
    for axis, ((side, places), active, (wanted, values)) in enumerate(zip(ends, terms.active, solved, strict=True)):
        if not wanted:
            continue
        looked = pairs.seen.any(axis=1 - axis)
        effect = np.where(looked, -np.inf, np.nan)
        effect[active] = values
        status = np.where(active, "estimated", np.where(looked, "separated", "unobserved"))
        total = np.where(looked, pairs.flow.sum(axis=1 - axis), np.nan)
        parts.append(pd.DataFrame({"side": side, "place": places, "effect": effect, "total": total, "status": status}))
    return pd.concat(parts[1:] or parts, ignore_index=True)
