"""Find the places at which flows end: terminals, and how varied the sources of each are."""

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented

__all__ = ["flow_terminals"]


@documented("nystuen1961", "rihll1991")
def flow_terminals(flows: pd.DataFrame, *, within: bool = True) -> pd.DataFrame:
    r"""Say of each place whether flows end there, by two rules, and from how many places it draws.

    With inflow :math:`D_j = \sum_i S_{ij}`:

    - ``nystuen_dacey``: the largest flow that the place sends goes to a place of smaller inflow, or to itself;
    - ``rihll_wilson``: its inflow exceeds the largest flow that it sends, :math:`D_j > \max_k S_{jk}`;
    - ``sources``: number of equally large origins with the same diversity of inflow,
      :math:`\exp(-\sum_i p_{ij} \ln p_{ij})` with :math:`p_{ij} = S_{ij} / D_j`; 0 without inflow.

    Parameters
    ----------
    flows : DataFrame
        Places x places, from rows to columns, at least 0; such as `CenterEquilibrium.flows` or estimated flows.
    within : bool
        Whether flows of a place to itself count, in the inflow as in the largest flow.

    Returns
    -------
    DataFrame
        ``place``, ``inflow``, ``largest_to`` (missing where nothing is sent), ``largest``, ``nystuen_dacey``,
        ``rihll_wilson``, ``sources``; in the order of rows.

    Raises
    ------
    OptionError
        Rows and columns of other places, flows below 0 or missing.

    References
    ----------
    Nystuen, J. D., Dacey, M. F. (1961). A graph theory interpretation of nodal regions. Papers of the Regional Science
    Association 7, 29-42.
    Rihll, T. E., Wilson, A. G. (1991). Modelling settlement structures in ancient Greece. In: City and country in the
    ancient world, 59-96. Routledge.

    Examples
    --------
    >>> flows = pd.DataFrame([[5, 1, 0], [4, 1, 1], [2, 0, 0]], index=list("abc"), columns=list("abc"))
    >>> flow_terminals(flows)[["place", "nystuen_dacey", "rihll_wilson"]].to_numpy().tolist()
    [['a', True, True], ['b', False, False], ['c', False, False]]
    """
    if set(flows.index) != set(flows.columns) or not (flows.index.is_unique and flows.columns.is_unique):
        raise OptionError("flows: needed the same places as rows and columns, each once, got others")
    s = flows.loc[:, flows.index].to_numpy(dtype=float).copy()
    if not (np.isfinite(s).all() and (s >= 0).all()):
        raise OptionError("flows: needed flows of at least 0 in every cell, got others")
    if not within:
        np.fill_diagonal(s, 0.0)
    inflow, largest = s.sum(axis=0), s.max(axis=1, initial=0.0)
    names = flows.index.astype(str).to_numpy()
    # of equally large flows the one to the place of larger inflow counts, then the first by name
    order = np.lexsort((names, -inflow))
    to = order[np.argmax(s[:, order] == largest[:, None], axis=1)]
    sends = largest > 0
    own = to == np.arange(len(s))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(inflow > 0, s / inflow, 0.0)
        diversity = np.exp(-np.where(p > 0, p * np.log(p), 0.0).sum(axis=0))
    return pd.DataFrame(
        {
            "place": flows.index,
            "inflow": inflow,
            "largest_to": pd.Series(flows.index.to_numpy()[to]).where(sends),
            "largest": largest,
            "nystuen_dacey": ~sends | own | (inflow[to] < inflow),
            "rihll_wilson": inflow > largest,
            "sources": np.where(inflow > 0, diversity, 0.0),
        }
    )
