"""Ask which assumption matters: Sobol indices of a simulation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ....data.errors import MissingExtraError, OptionError
from ....data.options import is_number, number_faults, refuse

__all__ = ["Sensitivity", "sensitivity"]


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How much of an outcome's variation each assumption explains.

    Attributes
    ----------
    table : DataFrame
        ``parameter, first, first_error, total, total_error``: Sobol indices with bootstrap 95% half-widths.
    samples : DataFrame
        The sampled parameters and the outcome of each.
    """

    table: pd.DataFrame
    samples: pd.DataFrame = field(repr=False)


def sensitivity(
    outcome: Callable[..., float],
    bounds: Mapping[str, tuple[float, float]],
    *,
    samples: int = 256,
    seed: int = 0,
) -> Sensitivity:
    """Ask which assumed number an outcome depends on: Sobol indices over the ranges given.

    The first-order index of a parameter is the share of the outcome's variance that it explains alone, the total index
    the share that involves it in any way. Parameters vary independently and uniformly.

    Parameters
    ----------
    outcome : callable
        Takes one value of each parameter by name and returns a number, such as the mean arrival time of a model built
        from them. Simulate with a fixed seed inside, so that noise is shared.
    bounds : mapping
        Parameter -> (low, high).
    samples : int
        Base samples, a power of 2; the outcome is asked ``samples * (parameters + 2)`` times.
    seed : int

    Returns
    -------
    Influence

    Raises
    ------
    MissingExtraError
        Without the extra ``sensitivity`` (SALib).
    OptionError
        If a range is empty, samples are no power of 2, or the outcome does not vary or is not finite.

    References
    ----------
    Saltelli et al. (2010) *Computer Physics Communications* 181:259-270; Herman & Usher (2017) SALib.

    Examples
    --------
    >>> found = sensitivity(lambda a, b: 2.0 * a + 0.0 * b, {"a": (0.0, 1.0), "b": (0.0, 1.0)}, samples=64)
    >>> found.table.set_index("parameter")["total"].round(1).to_dict()
    {'a': 1.0, 'b': 0.0}
    """
    try:
        from SALib.analyze import sobol as analysis
        from SALib.sample import sobol as design
    except ImportError:
        raise MissingExtraError("sensitivity", purpose="assumptions") from None
    refuse(number_faults("samples", samples, least=2, whole=True))
    if samples & (samples - 1):
        raise OptionError(f"samples: needed a power of 2, got {samples!r}; take {1 << (samples - 1).bit_length()}")
    empty = [name for name, (low, high) in bounds.items() if not (is_number(low) and is_number(high) and low < high)]
    if empty or not bounds:
        raise OptionError(
            f"each parameter needs a range (low, high) with low < high; look at {', '.join(empty) or bounds!r}"
        )
    problem = {"num_vars": len(bounds), "names": list(bounds), "bounds": [list(b) for b in bounds.values()]}
    points = design.sample(problem, samples, calc_second_order=False, seed=seed)
    values = np.array([outcome(**dict(zip(bounds, map(float, point), strict=True))) for point in points])
    if not np.isfinite(values).all() or not np.ptp(values) > 0:
        raise OptionError("outcome: needed finite numbers that vary over the ranges, got others; change bounds")
    # indices do not depend on the outcome's origin, and are more exact around 0
    found = analysis.analyze(problem, values - values.mean(), calc_second_order=False, seed=seed)
    table = pd.DataFrame(
        {
            "parameter": list(bounds),
            "first": found["S1"],
            "first_error": found["S1_conf"],
            "total": found["ST"],
            "total_error": found["ST_conf"],
        }
    )
    return Sensitivity(table=table, samples=pd.DataFrame(points, columns=list(bounds)).assign(outcome=values))
