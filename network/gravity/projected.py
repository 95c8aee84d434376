"""Compute expected flows at other costs and masses, with the standard errors of their logarithms."""

from dataclasses import replace

import numpy as np

from ...data.errors import OptionError
from .poisson import PairModel, PoissonFit, fit_poisson
from .terms import Terms

__all__ = ["projected"]

# rows whose intervals are worked out together
_ROWS = 64


def projected(
    terms: Terms,
    covariance: np.ndarray,
    x: np.ndarray,
    at_origin: np.ndarray,
    at_destination: np.ndarray,
    wanted: np.ndarray,
    *,
    kept: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Return logarithms of the means and their standard errors, rows are origins; -inf where separated."""
    ends = len(terms.names) - len(x)
    row_terms, column_terms = (at_destination, at_origin) if terms.turned else (at_origin, at_destination)
    row_terms = (row_terms - terms.center[: len(row_terms), None]) if len(row_terms) else row_terms
    if "constant" in terms.names:
        row_terms[terms.names.index("constant")] = 1.0
    column_terms = column_terms - terms.center[len(row_terms) : ends, None]
    for t in range(len(x)):
        x[t] -= terms.center[ends + t]
        x[t] *= wanted / terms.scale[ends + t]
    if terms.turned:
        x, wanted = np.ascontiguousarray(np.swapaxes(x, 1, 2)), np.ascontiguousarray(wanted.T)
    fit, model = terms.fit, terms.model
    effects = model.row_effects or model.column_effects
    if kept and effects:
        fit = _rebalanced(terms, x, row_terms, column_terms, wanted)
    rows, columns, row_parts, column_parts = _widened(terms, fit, row_terms, column_terms)
    p = len(row_terms)
    across = columns + np.einsum("qj,q->j", column_terms, fit.theta[p:ends])
    logs, error = np.empty(wanted.shape), np.empty(wanted.shape)
    for start in range(0, len(rows), _ROWS):
        part = slice(start, start + _ROWS)
        logs[part] = rows[part, None] + across + np.einsum("kij,k->ij", x[:, part], fit.theta[ends:])
        net = row_parts[:, part, None] + column_parts[:, None, :]
        net[ends:] += x[:, part]
        error[part] = np.sqrt(np.maximum(np.einsum("sij,st,tij->ij", net, covariance, net), 0.0))
    error[np.isneginf(logs)] = 0.0
    return (logs.T, error.T) if terms.turned else (logs, error)


def _rebalanced(
    terms: Terms, x: np.ndarray, row_terms: np.ndarray, column_terms: np.ndarray, wanted: np.ndarray
) -> PoissonFit:
    """Solve for the effects at the fitted coefficients, over the pairs that were fitted and can still be reached."""
    cells = np.ix_(terms.active_rows, terms.active_columns)
    used = terms.model.used & wanted[cells]
    if not (used.any(axis=1).all() and (used.any(axis=0).all() or not terms.model.column_effects)):
        raise OptionError("at these costs a place that has a total can reach no other; use margins='free'")
    model: PairModel = replace(
        terms.model,
        x=x[:, terms.active_rows][:, :, terms.active_columns] * used,
        used=used,
        row_terms=row_terms[:, terms.active_rows],
        column_terms=column_terms[:, terms.active_columns],
    )
    return fit_poisson(model, theta=terms.fit.theta, free=False)


def _widened(
    terms: Terms, fit: PoissonFit, row_terms: np.ndarray, column_terms: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return effects and net parts of all places: -inf or nan, and parts of 0, where a place has no effect."""
    if not terms.model.row_effects:
        p, q, k = len(row_terms), len(column_terms), len(terms.model.x)
        rows = np.einsum("pi,p->i", row_terms, fit.theta[:p])
        row_parts = np.concatenate([row_terms, np.zeros((q + k, row_terms.shape[1]))])
        column_parts = np.concatenate(
            [np.zeros((p, column_terms.shape[1])), column_terms, np.zeros((k, column_terms.shape[1]))]
        )
        return rows, np.zeros(column_terms.shape[1]), row_parts, column_parts
    rows, columns = np.full(len(terms.active_rows), -np.inf), np.full(len(terms.active_columns), -np.inf)
    rows[terms.active_rows], columns[terms.active_columns] = fit.rows, fit.columns
    row_parts = np.zeros((len(fit.theta), len(rows)))
    column_parts = np.zeros((len(fit.theta), len(columns)))
    row_parts[:, terms.active_rows], column_parts[:, terms.active_columns] = fit.row_parts, fit.column_parts
    return rows, columns, row_parts, column_parts
