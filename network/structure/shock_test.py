"""Cut layers of a network, and say what every place loses at first and in the end."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order
from scipy.sparse.linalg import spsolve

from ...data.errors import OptionError
from ...data.options import Wrong, is_number, known_place_faults, listed, name_faults, number_faults, refuse
from ..flows.canonical import ordered, tie_matrix

__all__ = ["ShockTest", "shock_test"]


@dataclass(frozen=True, eq=False)
class ShockTest:
    """What places lose when layers are cut.

    Attributes
    ----------
    places : DataFrame
        ``place, input`` (own and received), ``own_share``, ``reliance`` (share of the input that the shock touches),
        ``direct`` (loss before any place has passed on less), ``loss`` (in the end), ``indirect``, ``status``
        (``lossless``, ``loss``, ``no input``), the greatest loss first.
    summary : Series
        ``input``, ``direct`` and ``loss`` in all (amounts), ``loss_share``, ``hit`` (places that lose anything),
        ``multiplier`` (loss by direct loss; missing without one).
    """

    places: pd.DataFrame
    summary: pd.Series = field(repr=False)


def shock_test(
    graphs: Mapping[str, nx.Graph],
    cut: Mapping[str, float],
    *,
    own: Mapping[Hashable, float] | pd.Series | None = None,
    sources: Iterable[Hashable] | None = None,
    substitution: float = 0.0,
    weight: str | None = "weight",
) -> ShockTest:
    r"""Cut layers of a network, such as ties abroad, and follow the loss along those that are left.

    Place j has the input :math:`x_j = o_j + \sum_a \sum_i w^a_{ij}` of its own and from others. With the shares
    :math:`\kappa_a` that are cut and the share :math:`\sigma` of what is cut that can be replaced, its loss q (0: none,
    1: all of its input) is

    .. math:: q_j = \frac{1}{x_j} \Bigl( (1 - \sigma) \sum_a \kappa_a \sum_i w^a_{ij} + \sum_a (1 - \kappa_a) \sum_i
              w^a_{ij} q_i \Bigr)

    The first term is the direct loss. The second passes on what others have lost: a place sends less in proportion to
    its loss. This is the inoperability model on inputs (Haimes & Jiang), here with layers and with replacement.

    - A place that receives nothing sends as before; its loss is 0 and its status ``no input`` where it has nothing of
      its own either.
    - Loss grows with what is cut and falls with ``own`` and ``substitution``; nothing cut, or all replaced, is no loss.
    - All layers must have one unit, that of ``own``; one unit for all changes nothing but the amounts.
    - An undirected tie counts in each direction.

    Parameters
    ----------
    graphs : mapping
        Name of the layer -> graph, such as home and foreign ties.
    cut : mapping
        Layer -> share of its ties that is cut, from 0 to 1; layers that are not named stay whole.
    own : mapping or Series, optional
        Place -> input of its own, at least 0; 0 where missing.
    sources : iterable, optional
        Places whose outgoing ties are cut; all if not given.
    substitution : float
        Share of what is cut that is replaced, from 0 to 1.
    weight : str or None
        Edge attribute; None counts every tie as 1.

    Returns
    -------
    ShockTest

    Raises
    ------
    UnknownPlaceError
        If ``own`` or ``sources`` name a place without ties.
    OptionError
        If there is no layer, a layer is unknown, or a number or a weight is out of range.

    References
    ----------
    Haimes & Jiang (2001) *Journal of Infrastructure Systems* 7.

    Examples
    --------
    >>> import networkx as nx
    >>> foreign, home = nx.DiGraph(), nx.DiGraph()
    >>> foreign.add_edge("abroad", "hub", weight=20.0)
    >>> home.add_edge("hub", "town", weight=30.0)
    >>> found = shock_test({"home": home, "foreign": foreign}, {"foreign": 1.0}, own={"hub": 80.0, "town": 70.0})
    >>> found.places[["place", "reliance", "direct", "indirect", "loss"]]
        place  reliance  direct  indirect  loss
    0     hub       0.2     0.2      0.00  0.20
    1    town       0.0     0.0      0.06  0.06
    2  abroad       0.0     0.0      0.00  0.00
    """
    if not isinstance(graphs, Mapping) or not graphs:
        raise OptionError("graphs: needed at least one named graph, got none")
    everyone = ordered({node for graph in graphs.values() for node in graph})
    at = pd.Index(everyone, dtype=object)
    given: Mapping[Hashable, float] = {} if own is None else dict(own.items())
    refuse(_faults(graphs, cut, given, substitution))
    chosen = everyone if sources is None else list(listed(sources, name="sources"))
    refuse([*known_place_faults("own", given, everyone), *known_place_faults("sources", chosen, everyone)])
    shaken = np.isin(np.arange(len(everyone)), at.get_indexer(pd.Index(chosen, dtype=object)))
    n = len(everyone)
    whole, gone = sparse.csr_array((n, n)), sparse.csr_array((n, n))
    for name in sorted(graphs):
        ties = _over(at, graphs[name], weight)
        whole = whole + ties
        gone = gone + sparse.diags_array(shaken * float(cut.get(name, 0.0))) @ ties
    held = np.array([float(given.get(place, 0.0)) for place in everyone])
    total = held + whole.sum(axis=0)
    per = np.divide(1.0, total, out=np.zeros(n), where=total > 0)
    reliance = gone.sum(axis=0) * per
    direct = (1.0 - substitution) * reliance
    loss = _followed((whole - gone).T, per, direct)
    table = pd.DataFrame({"place": pd.Series(everyone, dtype=object), "input": total, "own_share": held * per})
    table["reliance"], table["direct"], table["loss"], table["indirect"] = reliance, direct, loss, loss - direct
    table["status"] = np.select([total == 0, loss > 0], ["no input", "loss"], "lossless")
    first, last = float(total @ direct), float(total @ loss)
    summary = {"input": float(total.sum()), "direct": first, "loss": last}
    summary |= {"loss_share": last / total.sum() if total.sum() else np.nan, "hit": int((loss > 0).sum())}
    order = np.lexsort([np.arange(n), -loss.round(12)])
    columns = ["place", "input", "own_share", "reliance", "direct", "indirect", "loss", "status"]
    return ShockTest(
        table.iloc[order][columns].reset_index(drop=True),
        pd.Series(summary | {"multiplier": last / first if first else np.nan}, dtype=object),
    )


def _over(everyone: pd.Index, graph: nx.Graph, weight: str | None) -> sparse.csr_array:
    """Return the ties of a layer over all places, those of a place with itself left out."""
    places, matrix = tie_matrix(graph, weight)
    entries, index = matrix.tocoo(), everyone.get_indexer(pd.Index(places, dtype=object))
    shape = (len(everyone), len(everyone))
    return sparse.csr_array((entries.data, (index[entries.row], index[entries.col])), shape=shape)


def _followed(kept: sparse.csr_array, per: np.ndarray, direct: np.ndarray) -> np.ndarray:
    """Follow the loss along the ties that are left, from the places that lose at once."""
    n, first = len(per), np.flatnonzero(direct > 0)
    if not len(first):
        return direct.copy()
    passed = sparse.csr_array(sparse.diags_array(per) @ kept)
    # a circle that no loss reaches has no input that is cut: its equations would have no single answer
    taken, given = passed.nonzero()
    ends = np.concatenate([given, np.full(len(first), n)]), np.concatenate([taken, first])
    ways = sparse.csr_array((np.ones(len(ends[0])), ends), shape=(n + 1, n + 1))
    found = breadth_first_order(ways, n, return_predecessors=False)
    reached = np.sort(found[found < n])
    part = sparse.csc_array(sparse.eye_array(len(reached)) - passed[reached][:, reached])
    loss = np.zeros(n)
    loss[reached] = np.clip(spsolve(part, direct[reached]), 0.0, 1.0)
    return loss


def _faults(
    graphs: Mapping[str, nx.Graph], cut: object, own: Mapping[Hashable, float], substitution: float
) -> Iterator[Wrong]:
    if not isinstance(cut, Mapping) or not cut:
        yield f"cut: needed layer -> share for at least one layer, got {cut!r}"
    else:
        yield from name_faults(cut, graphs, name="cut")
        for name, share in cut.items():
            yield from number_faults(f"cut of {name}", share, least=0.0, most=1.0)
    yield from number_faults("substitution", substitution, least=0.0, most=1.0)
    for place, value in own.items():
        if not (is_number(value) and value >= 0):
            yield f"own: needed finite numbers of at least 0, got {value!r} for {place}"
