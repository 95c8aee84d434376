"""Measure structural holes: how far a place's contacts are tied to one another (Burt 1992).

All measures read the network without direction: what passes between two places is the sum of both directions. Sums run
in compiled code, those of full networks in matrix form, q over all third places, j over contacts.
"""

from typing import Literal, get_args

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from ...data.conventions import follows_conventions
from ...data.options import check_choice
from .hole_kernels import hole_reach, hole_redundancy
from .ties import MEANINGS, Meaning, Ties, as_read, is_full, warn_of_lacking

__all__ = ["constraint", "effective_size", "efficiency", "structural_holes"]

_Matrix = np.ndarray | sparse.csr_array
Scope = Literal["network", "ego"]


@follows_conventions
def structural_holes(
    graph: nx.Graph | Ties,
    *,
    weight: str | None = "weight",
    weight_meaning: Meaning = "strength",
    scope: Scope = "network",
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
) -> pd.DataFrame:
    """Measure constraint, effective size, efficiency and hierarchy of every place.

    With z[i, j] = A[i, j] + A[j, i] what passes between i and j, p[i, j] = z[i, j] / sum_k z[i, k] the share of j in
    what i exchanges, m[j, q] = z[j, q] / max_k z[j, k], and N the number of contacts of i::

        c[i, j]        = (p[i, j] + sum_q p[i, q] p[q, j]) ** 2     q other than i and j
        constraint     = sum_j c[i, j]                              over contacts j
        effective_size = sum_j (1 - sum_q p[i, q] m[j, q])
        efficiency     = effective_size / N
        hierarchy      = sum_j r[j] ln r[j] / (N ln N)              with r[j] = c[i, j] / (constraint / N)

    - High constraint means few structural holes. It can exceed 1 in small dense neighborhoods.
    - ``effective_size`` without weights equals N - 2 t / N with t ties among the contacts (Borgatti 1997).
    - A star's center has constraint 1/N, effective size N and efficiency 1; its leaves have constraint 1.
    - ``hierarchy`` is 0 where every contact constrains alike; nan with fewer than two contacts, where it is 0/0.
    - A place without contacts has 0 contacts and nan in every measure.
    - Self-loops are ignored; scaling all weights changes nothing.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph, or Ties
        Weights must be positive. Ties (see `read_ties`) must have been read with the same `weight_meaning`.
    weight : str or None
        Edge attribute; an edge without it counts 1, and so does every edge with None. A strength of 0 is no tie.
    weight_meaning : {"strength", "cost"}
        Under ``"cost"`` the inverse of the weight is the strength.
    scope : {"network", "ego"}
        Whose ties count when the shares p and m of a contact are taken: all of its ties, or those with the place and
        the place's other contacts alone, as if the rest of the network did not exist.
    convention : str, optional
        Program whose number is wanted, such as ``"ucinet"`` or ``"r-igraph"``: options left out
        take its values (see `innoscape.data.list_conventions`).

    Returns
    -------
    DataFrame
        ``place, contacts, constraint, effective_size, efficiency, hierarchy``, in node order.

    Raises
    ------
    OptionError
        If the meaning is unknown or a weight is negative (as a cost: not above 0) or not finite.

    References
    ----------
    Burt (1992) *Structural Holes*, pp. 50-71; Borgatti (1997) *Connections* 20(1): 35-38.

    Examples
    --------
    >>> import networkx as nx
    >>> structural_holes(nx.star_graph(["hub", "a", "b", "c"])).round(3)
      place  contacts  constraint  effective_size  efficiency  hierarchy
    0   hub         3       0.333             3.0         1.0        0.0
    1     a         1       1.000             1.0         1.0        NaN
    2     b         1       1.000             1.0         1.0        NaN
    3     c         1       1.000             1.0         1.0        NaN
    """
    check_choice("scope", scope, get_args(Scope))
    check_choice("weight_meaning", weight_meaning, MEANINGS)
    ties = as_read(graph, weight, weight_meaning)
    warn_of_lacking(graph, weight, ties, stacklevel=2)
    contacts = _contacts(ties)
    if scope == "ego":
        pairs, size = _by_ego(ties)
    else:
        pairs, size = _pair_constraint(ties), effective_size(ties)
    total = _where_tied(pairs.sum(axis=1), contacts)
    return pd.DataFrame(
        {
            "place": ties.places,
            "contacts": contacts,
            "constraint": total,
            "effective_size": size,
            "efficiency": _per_contact(size, contacts),
            "hierarchy": _hierarchy(pairs, total, contacts),
        }
    )


def _by_ego(ties: Ties) -> tuple[sparse.csr_array, np.ndarray]:
    """Return c[i, j] and effective sizes, each place in the network of its contacts alone."""
    mutual, n = ties.mutual, len(ties)
    rows, columns, values = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)], [np.zeros(0)]
    size = np.full(n, np.nan)
    for place in range(n):
        near = mutual.indices[mutual.indptr[place] : mutual.indptr[place + 1]]
        if not near.size:
            continue
        among = np.append(place, near)
        own = Ties([ties.places[k] for k in among], mutual[among][:, among].tocsr(), directed=False)
        pairs = _pair_constraint(own)
        rows.append(np.full(near.size, place))
        columns.append(near)
        values.append(np.asarray(pairs[[0]].todense() if not isinstance(pairs, np.ndarray) else pairs[[0]])[0, 1:])
        size[place] = effective_size(own)[0]
    cells = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_array(cells, shape=(n, n)), size


def constraint(ties: Ties) -> np.ndarray:
    """Return Burt's constraint of every place, nan without contacts."""
    return _where_tied(_pair_constraint(ties).sum(axis=1), _contacts(ties))


def effective_size(ties: Ties) -> np.ndarray:
    """Return Burt's effective size of every place, nan without contacts."""
    contacts = _contacts(ties)
    return _where_tied(contacts - _redundant(_exchange(ties)), contacts)


def efficiency(ties: Ties) -> np.ndarray:
    """Return effective size over number of contacts, nan without contacts."""
    return _per_contact(effective_size(ties), _contacts(ties))


def _contacts(ties: Ties) -> np.ndarray:
    return np.diff(ties.mutual.indptr).astype(np.int64)


def _pair_constraint(ties: Ties) -> _Matrix:
    """Return c[i, j] at every contact."""
    reach = _reach(_exchange(ties))
    return reach * reach


def _exchange(ties: Ties) -> _Matrix:
    """Return what passes between two places, in the form that products are faster on."""
    return ties.mutual.toarray() if is_full(ties.mutual) else ties.mutual


def _reach(exchange: _Matrix) -> _Matrix:
    """Return p[i, j] + sum_q p[i, q] p[q, j] at every contact."""
    share = _over(exchange, exchange.sum(axis=1))
    if isinstance(share, np.ndarray):
        return share + (share @ share) * (exchange > 0)
    through = hole_reach(share.indptr, share.indices, share.data)
    return sparse.csr_array((share.data + through, share.indices, share.indptr), shape=share.shape)


def _redundant(exchange: _Matrix) -> np.ndarray:
    """Return sum_jq p[i, q] m[j, q] of every place."""
    share = _over(exchange, exchange.sum(axis=1))
    if isinstance(exchange, np.ndarray):
        marginal = _over(exchange, exchange.max(axis=1))
        return ((share @ marginal.T) * (exchange > 0)).sum(axis=1)
    marginal = _over(exchange, _row_largest(exchange))
    return hole_redundancy(exchange.indptr, exchange.indices, np.asarray(share.data), np.asarray(marginal.data))


def _over(matrix: _Matrix, whole: np.ndarray) -> _Matrix:
    """Divide each row by its own number, rows of nothing by 1."""
    inverse = np.divide(1.0, whole, out=np.zeros(len(whole)), where=whole > 0)
    if isinstance(matrix, np.ndarray):
        return matrix * inverse[:, None]
    values = matrix.data * np.repeat(inverse, np.diff(matrix.indptr))
    return sparse.csr_array((values, matrix.indices, matrix.indptr), shape=matrix.shape)


def _row_largest(matrix: sparse.csr_array) -> np.ndarray:
    return matrix.max(axis=1).toarray().ravel() if matrix.nnz else np.zeros(matrix.shape[0])


def _where_tied(values: np.ndarray, contacts: np.ndarray) -> np.ndarray:
    return np.where(contacts > 0, values, np.nan)


def _per_contact(size: np.ndarray, contacts: np.ndarray) -> np.ndarray:
    return np.divide(size, contacts, out=np.full(len(size), np.nan), where=contacts > 0)


def _hierarchy(pairs: _Matrix, total: np.ndarray, contacts: np.ndarray) -> np.ndarray:
    entries = sparse.coo_array(pairs)
    ratio = entries.data * contacts[entries.row] / total[entries.row]
    inequality = np.bincount(entries.row, weights=ratio * np.log(ratio), minlength=len(total))
    several = contacts > 1
    unit = np.where(several, contacts * np.log(np.maximum(contacts, 2)), 1.0)
    # equal contacts leave a rounding error of either sign
    return np.where(several, np.maximum(inequality / unit, 0.0), np.nan)
