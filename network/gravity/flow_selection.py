"""Check whether the pairs that have a flow are a selection that biases a gravity model of their logarithms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import check_number, listed, name_faults, refuse
from ..flows.coefficient_table import coefficient_table
from ..flows.fit_binary import fit_binary
from .model import Gravity

__all__ = ["FlowSelection", "flow_selection"]


@dataclass(frozen=True, eq=False)
class FlowSelection:
    """Heckman's two steps on flows.

    Attributes
    ----------
    selection, flows : DataFrame
        ``variable, estimate, standard_error, z, p_value, low, high`` of the probit that a pair has a flow, and of the
        logarithm of the flow, with ``mills``.
    rho, sigma : float
        Correlation of the errors of both, and standard deviation of the second; their product is the coefficient of
        ``mills``. Where two steps lead to a rho beyond -1 or 1, it stands there, sigma follows (as in Stata and
        gretl), and a warning says that the model does not suit the flows.
    pairs, seen : int
        All pairs, and those with a flow.
    """

    selection: pd.DataFrame
    flows: pd.DataFrame
    rho: float
    sigma: float
    pairs: int
    seen: int


@documented("heckman1979", formula="E[ln y | y &gt; 0] = xβ + ρσ φ(zγ) / Φ(zγ)")
def flow_selection(fit: Gravity, *, only: Sequence[str] = (), confidence_level: float = 0.95) -> FlowSelection:
    """Fit Heckman's model of selection to the pairs and terms of an unconstrained gravity model, in two steps.

    A probit on all terms z says which pairs have a flow; the logarithm of the flow of those that do is regressed on the
    terms x and the inverse Mills ratio of the probit::

        P(y > 0) = Phi(z gamma)        E[log y | y > 0] = x beta + rho sigma phi(z gamma) / Phi(z gamma)

    A coefficient of ``mills`` that differs from 0 says that pairs with a flow differ from the others in what the terms
    do not hold. Errors of the second step hold the doubt about the first (Heckman 1979); those of the probit come from
    the observed information, as in gretl, Stata and R's sampleSelection.

    - It is a diagnostic: with the same terms in both steps the model is identified by the shape of the normal curve
      alone. Name terms of the selection alone in ``only``, and read errors that are large as that.
    - The unit of flows changes the constant of the second step and nothing else.

    Parameters
    ----------
    fit : Gravity
        From `fit_gravity` with ``constraint="none"``.
    only : sequence of str
        Terms that stand in the selection alone.
    confidence_level : float
        Of the intervals.

    Returns
    -------
    FlowSelection

    Raises
    ------
    OptionError
        If the model has effects, all pairs or none have a flow, a term is unknown, or terms separate pairs.

    References
    ----------
    Heckman (1979) *Econometrica* 47:153-161.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from innoscape.network import fit_gravity
    >>> at, draw = np.arange(1.0, 9), np.random.default_rng(7)
    >>> costs = pd.DataFrame(np.abs(at[:, None] - at), index=list("abcdefgh"), columns=list("abcdefgh"))
    >>> flows = costs * 0 + draw.poisson(9, (8, 8)) * (draw.uniform(size=(8, 8)) < 0.7)
    >>> plain = fit_gravity(flows, costs, mass=pd.Series(at, index=list("abcdefgh")))
    >>> found = flow_selection(plain)
    >>> found.pairs, found.seen
    (56, 41)
    """
    from scipy.special import log_ndtr

    check_number("confidence_level", confidence_level, above=0, below=1)
    z, names, y = fit.design()
    left_out = listed(only, name="only")
    refuse(name_faults(left_out, [name for name in names if name != "constant"], name="only"))
    seen = y > 0
    first = fit_binary(z, seen.astype(float), names, link="probit")
    line = first.linear[seen]
    side = np.where(seen, 1.0, -1.0)
    slope = side * np.exp(-(first.linear**2) / 2 - np.log(2 * np.pi) / 2 - log_ndtr(side * first.linear))
    first = replace(first, covariance=np.linalg.inv(z.T @ (z * (slope * (slope + first.linear))[:, None])))
    mills = slope[seen]
    keep = [i for i, name in enumerate(names) if name not in left_out]
    x = np.column_stack([z[seen][:, keep], mills])
    if len(x) <= x.shape[1]:
        raise OptionError(f"flows: needed more than {x.shape[1]} pairs with a flow, got {len(x)}")
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ np.log(y[seen])
    rest = np.log(y[seen]) - x @ beta
    delta = mills * (mills + line)
    sigma = float(np.sqrt((rest @ rest) / len(x) + beta[-1] ** 2 * delta.mean()))
    if sigma < abs(beta[-1]):
        warn("warnings.gravity.selection", rho=f"{beta[-1] / sigma:.3g}", stacklevel=2)
        sigma = float(abs(beta[-1]))
    rho = float(beta[-1] / sigma)
    # Heckman's covariance: spread that differs by pair, and the doubt about the probit
    cross = x.T @ (z[seen] * delta[:, None])
    inner = x.T @ (x * (1 - rho**2 * delta)[:, None]) + rho**2 * cross @ first.covariance @ cross.T
    covariance = sigma**2 * inverse @ inner @ inverse
    return FlowSelection(
        first.table(confidence_level),
        coefficient_table([*(names[i] for i in keep), "mills"], beta, covariance, confidence_level),
        rho,
        sigma,
        len(y),
        int(seen.sum()),
    )
