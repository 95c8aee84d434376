"""Work out standard errors of the fixed effects of a gravity model."""

import numpy as np
import pandas as pd
from scipy import sparse

from ...data.errors import OptionError, SizeError
from ...data.wording.catalogue import text
from .terms import Terms

__all__ = ["effect_errors"]

# beyond, the covariance of all effects is too large to be worked out unasked
_MOST = 4000


def effect_errors(terms: Terms, effects: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the effects with their standard errors; `Gravity.effect_errors` says more."""
    model, fit = terms.model, terms.fit
    if not model.row_effects:
        raise OptionError(text("faults.calls.effect_errors.constraint_gives_places_effects"))
    n, m = model.y.shape
    both = model.column_effects
    many = n + (m if both else 0)
    if many > _MOST:
        raise SizeError(text("faults.calls.effect_errors.effects_most_errors_all", most=f"{_MOST:,}", many=f"{many:,}"))
    rows, columns = np.nonzero(model.used)
    y, mean = model.y[rows, columns], fit.means[rows, columns]
    solved = [
        *(one[rows] for one in model.row_terms),
        *(one[columns] for one in model.column_terms),
        *(one[rows, columns] for one in model.x),
    ]
    # terms as given, so that effects are those of the table
    given = [c + s * one for c, s, one in zip(terms.center, terms.scale, solved, strict=True)]
    dummies = [sparse.csr_array((np.ones(len(y)), (np.arange(len(y)), at)), shape=(len(y), size))
               for at, size in ((rows, n), (columns, m))]  # fmt: skip
    parts = [sparse.csr_array(np.column_stack(given))] if given else []
    design = sparse.csr_array(sparse.hstack([*parts, *(dummies if both else dummies[:1])]))
    information = (design.T @ (design * mean[:, None])).toarray()
    # effects of both sides hold one level too many
    scale = np.sqrt(np.diag(information))
    inverse = np.linalg.pinv(information / np.outer(scale, scale), hermitian=True) / np.outer(scale, scale)
    covariance = inverse
    if kind != "poisson":
        scores = design * (y - mean)[:, None]
        sums = {"robust": scores, "rows": dummies[0].T @ scores, "columns": dummies[1].T @ scores}
        side = "columns" if (kind == "cluster_destination") != terms.turned else "rows"
        signs = {"robust": {"robust": 1}, "two_way": {"rows": 1, "columns": 1, "robust": -1}}.get(kind, {side: 1})
        meat = np.zeros_like(inverse)
        for name, sign in signs.items():
            groups = sums[name].shape[0]
            meat += sign * (sums[name].T @ sums[name]).toarray() * (groups / (groups - 1) if groups > 1 else np.nan)
        covariance = inverse @ meat @ inverse
    k = len(given)
    turn = np.zeros((many, k + many))
    turn[:n, k : k + n] = np.eye(n)
    if both:
        # effects of columns have mean 0, those of rows take up that mean
        turn[:n, k + n :] = 1.0 / m
        turn[n:, k + n :] = np.eye(m) - 1.0 / m
    spread = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", turn, covariance, turn), 0.0))
    sides = [(terms.active_rows, spread[:n]), *([(terms.active_columns, spread[n:])] if both else [])]
    found = []
    for active, errors in reversed(sides) if terms.turned else sides:
        column = np.full(len(active), np.nan)
        column[active] = errors
        found.append(column)
    return effects.assign(standard_error=np.concatenate(found))
