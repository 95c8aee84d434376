"""Fit exponential random graph models by maximum pseudo-likelihood, from the change statistics of every pair.

A change statistic is what a tie adds to a statistic of the network, all other ties staying as they are.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
from scipy import stats

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import absent_place_faults, check_number, refuse
from ...data.wording.catalogue import few
from ..flows.canonical import every_group, tie_matrix
from ..flows.check_graph import by_place
from ..flows.matrices import square
from ..flows.too_large import check_square
from .logit_kernels import deviance, fit_logit

__all__ = ["Ergm", "change_statistics", "fit_ergm"]

_ByPlace = Mapping[Hashable, float] | pd.Series
_Numbers = Mapping[str, _ByPlace]
_Groups = Mapping[str, Mapping[Hashable, Hashable] | pd.Series]
_Matrices = Mapping[str, pd.DataFrame]
_TOLERANCE = 1e-7


@dataclass(frozen=True, eq=False)
class Ergm:
    """An exponential random graph model fitted by maximum pseudo-likelihood.

    Attributes
    ----------
    table : DataFrame
        One row a term: ``term, coefficient, odds_ratio, standard_error, z, p_value``.
    deviance, null_deviance : float
        -2 log pseudo-likelihood of the model, and with every tie as likely as not.
    aic, bic : float
        Deviance + 2 k, and + k log(pairs), with k terms.
    pairs, ties : int
        Pairs of places (ordered when directed), and those tied.
    independent : bool
        Whether pairs are independent under the model: pseudo-likelihood then is likelihood, and everything exact.
    """

    table: pd.DataFrame
    deviance: float
    null_deviance: float
    aic: float
    bic: float
    pairs: int
    ties: int
    independent: bool


@documented(
    "strauss1990",
    "frank1986",
    "hunter2006",
    formula="logit P(x<sub>ij</sub> = 1 | rest) = Σ<sub>k</sub> θ<sub>k</sub> δ<sub>k</sub>(i, j)",
)
def fit_ergm(
    graph: nx.Graph,
    *,
    mutual: bool = False,
    gwesp: float | None = None,
    node_covariates: _Numbers | None = None,
    sender_covariates: _Numbers | None = None,
    receiver_covariates: _Numbers | None = None,
    node_match: _Groups | None = None,
    edge_covariates: _Matrices | None = None,
    weight: str | None = "weight",
) -> Ergm:
    """Fit an exponential random graph model by maximum pseudo-likelihood: a logistic regression on change statistics.

    ::

        P(network) ~ exp(sum of theta[k] * statistic[k])
        log odds of a tie, given all others = sum of theta[k] * change[k]

    Terms are those of `change_statistics`; ``edges`` is always one. Without ``mutual`` and ``gwesp`` pairs are
    independent and the fit is the maximum likelihood one, as R's ergm gives it. With them it is an approximation:
    coefficients are close where dependence is weak, and standard errors are too small, of which a warning is raised.
    Use such a fit to compare or as a start; for tests take R's ergm, which simulates.

    - Changing the unit of a covariate changes its coefficient alone; so does moving its zero, and that of ``edges``.
    - Renaming places changes nothing.

    Parameters
    ----------
    graph, mutual, gwesp, node_covariates, sender_covariates, receiver_covariates, node_match, edge_covariates, weight
        As in `change_statistics`.

    Returns
    -------
    Ergm

    Raises
    ------
    OptionError
        As `change_statistics`, or if a term follows from the others, or terms separate ties from gaps.
    SizeError
        If matrices of all pairs would not fit in memory.

    Warns
    -----
    InnoscapeWarning
        If ties depend on one another under the model.

    References
    ----------
    Frank & Strauss (1986) and Strauss & Ikeda (1990) *Journal of the American Statistical Association* 81 and 85;
    Hunter & Handcock (2006) *Journal of Computational and Graphical Statistics* 15.

    Examples
    --------
    Marriages of 16 Florentine families and their wealth, as in the tutorials of R's ergm:

    >>> import networkx as nx
    >>> marriages = nx.florentine_families_graph()
    >>> marriages.add_node("Pucci")
    >>> wealth = {"Acciaiuoli": 10, "Albizzi": 36, "Barbadori": 55, "Bischeri": 44, "Castellani": 20, "Ginori": 32}
    >>> wealth |= {"Guadagni": 8, "Lamberteschi": 42, "Medici": 103, "Pazzi": 48, "Peruzzi": 49, "Ridolfi": 27}
    >>> wealth |= {"Pucci": 3, "Salviati": 10, "Strozzi": 146, "Tornabuoni": 48}
    >>> found = fit_ergm(marriages, node_covariates={"wealth": wealth})
    >>> found.table[["term", "coefficient", "standard_error"]].round(4)
                   term  coefficient  standard_error
    0             edges      -2.5949          0.5361
    1  node_cov(wealth)       0.0105          0.0047
    """
    read = _Model.read(
        graph,
        mutual=mutual,
        gwesp=gwesp,
        node_covariates=node_covariates,
        sender_covariates=sender_covariates,
        receiver_covariates=receiver_covariates,
        node_match=node_match,
        edge_covariates=edge_covariates,
        weight=weight,
    )
    x, ties = read.columns, read.ties
    if not 0 < ties.sum() < len(ties):
        raise OptionError(
            f"a model needs pairs with a tie and pairs without, got {int(ties.sum())} of {len(ties)} tied"
        )
    scale = np.sqrt((x**2).mean(axis=1))
    _check_terms(x, scale, read.terms)
    beta, errors = np.zeros(len(x)), np.empty(len(x))
    scaled = np.ascontiguousarray(x / scale[:, None])
    if not fit_logit(scaled, ties, np.ones_like(ties), beta, errors):
        raise OptionError("the fit does not converge: the terms separate ties from gaps without fault; drop a term")
    lack = deviance(scaled, ties, beta)
    if read.dependent:
        warn("warnings.association.pseudo_likelihood", terms=few(read.dependent), stacklevel=2)
    z = beta / errors
    with np.errstate(over="ignore"):
        odds = np.exp(beta / scale)
    return Ergm(
        table=pd.DataFrame(
            {
                "term": read.terms,
                "coefficient": beta / scale,
                "odds_ratio": odds,
                "standard_error": errors / scale,
                "z": z,
                "p_value": 2 * stats.norm.sf(np.abs(z)),
            }
        ),
        deviance=lack,
        null_deviance=float(2 * len(ties) * np.log(2)),
        aic=lack + 2 * len(beta),
        bic=lack + len(beta) * float(np.log(len(ties))),
        pairs=len(ties),
        ties=int(ties.sum()),
        independent=not read.dependent,
    )


@documented("hunter2006", formula="δ<sub>k</sub>(i, j) = g<sub>k</sub>(x with ij) − g<sub>k</sub>(x without ij)")
def change_statistics(
    graph: nx.Graph,
    *,
    mutual: bool = False,
    gwesp: float | None = None,
    node_covariates: _Numbers | None = None,
    sender_covariates: _Numbers | None = None,
    receiver_covariates: _Numbers | None = None,
    node_match: _Groups | None = None,
    edge_covariates: _Matrices | None = None,
    weight: str | None = "weight",
) -> pd.DataFrame:
    """Compute what a tie between each pair of places would add to the statistics of the network.

    With x[i, j] = 1 where a tie is (present or absent, whatever its weight):

    - ``edges``: the number of ties. ``mutual``: pairs tied in both directions (directed graphs only).
    - ``gwesp(a)``: ``exp(a) * sum over ties of (1 - (1 - exp(-a))^s)``, where s counts the partners that the two ends
      of a tie share; when directed, those on a path from the source by one partner to the target (ergm's ``OTP``).
    - ``node_cov``, ``sender_cov``, ``receiver_cov``: the sum over ties of a number at both ends, at the source, or at
      the target (the latter two for directed graphs only).
    - ``node_match``: ties whose ends are of one group. ``edge_cov``: the sum over ties of a cell of a matrix.

    Parameters
    ----------
    graph : networkx.Graph or networkx.DiGraph
        Ties of weight 0 and self-loops are left out.
    mutual : bool
        Whether mutual ties are a term.
    gwesp : float, optional
        Decay a, at least 0, of the shared partners' term.
    node_covariates, sender_covariates, receiver_covariates : mapping, optional
        Name -> (place -> number).
    node_match : mapping, optional
        Name -> (place -> group).
    edge_covariates : mapping, optional
        Name -> labeled square matrix about the same places, rows are sources; symmetric if the graph is undirected.
    weight : str or None
        Edge attribute by which ties of weight 0 are left out.

    Returns
    -------
    DataFrame
        ``source, target, tie`` (0 or 1), then one column a term, one row a pair (each once if undirected).

    Raises
    ------
    TableError
        If a matrix is not about the places of the graph or has missing cells.
    OptionError
        If a term does not go with the graph, a place lacks a number or group, or there are fewer than 3 places.
    SizeError
        If matrices of all pairs would not fit in memory.

    References
    ----------
    Hunter & Handcock (2006) *Journal of Computational and Graphical Statistics* 15.

    Examples
    --------
    >>> import networkx as nx
    >>> change_statistics(nx.Graph([("B", "T"), ("T", "H"), ("H", "S")]), gwesp=0.5).head(3).round(2)
      source target  tie  edges  gwesp(0.5)
    0      B      H    0    1.0         3.0
    1      B      S    0    1.0         0.0
    2      B      T    1    1.0         0.0
    """
    read = _Model.read(
        graph,
        mutual=mutual,
        gwesp=gwesp,
        node_covariates=node_covariates,
        sender_covariates=sender_covariates,
        receiver_covariates=receiver_covariates,
        node_match=node_match,
        edge_covariates=edge_covariates,
        weight=weight,
    )
    names = pd.Series(read.places, dtype=object)
    return pd.DataFrame(
        {
            "source": names.iloc[read.ends[0]].to_numpy(),
            "target": names.iloc[read.ends[1]].to_numpy(),
            "tie": read.ties.astype(int),
            **dict(zip(read.terms, read.columns, strict=True)),
        }
    )


@dataclass(frozen=True, eq=False)
class _Model:
    """Pairs of places, which are tied, and the change statistics (terms x pairs)."""

    places: list
    ends: tuple[np.ndarray, np.ndarray]
    ties: np.ndarray
    terms: list[str]
    columns: np.ndarray
    dependent: list[str]

    @classmethod
    def read(
        cls,
        graph: nx.Graph,
        *,
        mutual: bool,
        gwesp: float | None,
        node_covariates: _Numbers | None,
        sender_covariates: _Numbers | None,
        receiver_covariates: _Numbers | None,
        node_match: _Groups | None,
        edge_covariates: _Matrices | None,
        weight: str | None,
    ) -> "_Model":
        places, matrix = tie_matrix(graph, weight)
        n, directed = len(places), graph.is_directed()
        if n < 3:
            raise OptionError(f"a model needs at least 3 places, got {n}")
        given = {"mutual": mutual, "sender_covariates": sender_covariates, "receiver_covariates": receiver_covariates}
        if odd := [name for name, one in given.items() if one and not directed]:
            raise OptionError(f"{few(odd)}: needed a directed graph, got an undirected one")
        kinds = (node_covariates, sender_covariates, receiver_covariates, node_match, edge_covariates)
        terms = 1 + sum(len(kind or {}) for kind in kinds) + mutual + (gwesp is not None)
        check_square(
            "a model of ties", n, matrix.nnz, "group places, or take a part of the network", arrays=8 + 3 * terms
        )
        x = (matrix.toarray() > 0).astype(float)
        rows, columns = np.nonzero(~np.eye(n, dtype=bool) if directed else np.triu(np.ones((n, n), dtype=bool), 1))
        ends = (rows, columns)
        made: dict[str, np.ndarray] = {"edges": np.ones(len(ends[0]))}
        dependent = []
        if mutual:
            made["mutual"] = x.T[ends]
            dependent.append("mutual")
        if gwesp is not None:
            check_number("gwesp", gwesp, least=0)
            made[f"gwesp({gwesp:g})"] = _gwesp(x, float(gwesp))[ends]
            dependent.append(f"gwesp({gwesp:g})")
        sides = {"node_cov": node_covariates, "sender_cov": sender_covariates, "receiver_cov": receiver_covariates}
        for kind, numbers in sides.items():
            for name, values in (numbers or {}).items():
                made[f"{kind}({name})"] = _at_ends(_number(values, f"{kind}({name})", places), kind, ends)
        for name, groups in (node_match or {}).items():
            codes, _ = every_group(groups, places)
            made[f"node_match({name})"] = (codes[ends[0]] == codes[ends[1]]).astype(float)
        for name, cells in (edge_covariates or {}).items():
            made[f"edge_cov({name})"] = _cells(cells, f"edge_cov({name})", places, directed=directed)[ends]
        return cls(places, ends, x[ends], list(made), np.vstack(list(made.values())), dependent)


def _gwesp(x: np.ndarray, decay: float) -> np.ndarray:
    """Return the change in the weighted sum of shared partners (n x n)."""
    keep = 1.0 - np.exp(-decay)
    shared = x @ x
    own = np.exp(decay) * (1.0 - keep**shared)

    def others(less: float) -> np.ndarray:
        """Sum over the ties of which this one completes a path what one more partner adds to each."""
        gain = x * keep ** np.maximum(shared - less, 0.0)
        return gain @ x.T + x.T @ gain

    # where a tie is, it is among the partners counted
    return own + np.where(x > 0, others(1.0), others(0.0))


def _number(values: _ByPlace, name: str, places: list) -> np.ndarray:
    found = by_place(values, name, numeric=True)
    refuse(absent_place_faults(name, found.dropna().index, places))
    numbers = found.reindex(places).to_numpy(dtype=float)
    if not np.isfinite(numbers).all():
        raise OptionError(f"{name}: needed finite numbers")
    return numbers


def _at_ends(values: np.ndarray, kind: str, ends: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    if kind == "node_cov":
        return values[ends[0]] + values[ends[1]]
    return values[ends[0] if kind == "sender_cov" else ends[1]]


def _cells(table: pd.DataFrame, name: str, places: list, *, directed: bool) -> np.ndarray:
    labels, values = square(table, name)
    if labels != places:
        raise OptionError(f"{name}: needed the {len(places)} places of the graph, got {len(labels)} others")
    off = ~np.eye(len(places), dtype=bool)
    if np.isnan(values[off]).any():
        raise OptionError(f"{name}: needed a number for every pair, got empty cells")
    if not directed and not np.allclose(values[off], values.T[off], rtol=1e-9, atol=0.0):
        raise OptionError(f"{name}: needed a symmetric matrix for an undirected graph; add both directions together")
    return values


def _check_terms(x: np.ndarray, scale: np.ndarray, terms: list[str]) -> None:
    """Refuse a term that follows from those before it."""
    for k, name in enumerate(terms):
        left = x[k] / (scale[k] or 1.0)
        if k:
            rest = (x[:k] / scale[:k, None]).T
            left = left - rest @ np.linalg.lstsq(rest, left, rcond=None)[0]
        if not np.sqrt((left**2).mean()) > _TOLERANCE:
            raise OptionError(f"the term {name} follows from the terms before it, or is 0 for all pairs; leave it out")
