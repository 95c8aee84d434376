"""Follow knowledge from basic research to industry, and find the hand-over that holds it up."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import is_number, listed, number_faults, refuse

__all__ = ["OBSTACLE_CHAIN", "pipeline"]

OBSTACLE_CHAIN = ("basic research", "applied research", "spin-off", "industry")


def pipeline(
    stages: Sequence[str],
    conversions: Mapping[str, float] | Sequence[float],
    *,
    delays: Mapping[str, float] | Sequence[float] | None = None,
    inflow: float = 1.0,
    step: float = 0.1,
    discount: float = 0.0,
) -> pd.DataFrame:
    """Follow what enters the first stage through the hand-overs to the last.

    At each hand-over the share c is passed on and the rest is lost::

        output[k] = inflow * c[1] * ... * c[k],        arrival[k] = d[1] + ... + d[k]

    A project at a hand-over is passed on at rate r = c / d or given up at rate q = (1 - c) / d, whichever comes first,
    d being the mean wait. The **elasticity** of the final output to r, with q as it is, is then 1 - c: the hand-over
    with the smallest c is the bottleneck. (To c itself the elasticity is 1 everywhere, which says nothing.) With a
    discount rate a hand-over is worth r / (r + q + discount) = c / (1 + discount * d), and the elasticity of the
    discounted output is 1 less that: long waits count.

    Parameters
    ----------
    stages : sequence of str
        At least two, in order, such as `OBSTACLE_CHAIN`: basic research, applied research, spin-off, industry.
    conversions : mapping or sequence
        Share passed on, above 0 and at most 1, by the stage it leads **into**, or in order.
    delays : mapping or sequence, optional
        Mean wait at each hand-over, likewise; 0 if not given.
    inflow : float
        What enters the first stage.
    step : float
        Rise of a conversion for ``gain``, in shares; a conversion ends at 1.
    discount : float
        Share of value lost per unit of waiting.

    Returns
    -------
    DataFrame
        One row a stage: ``stage, conversion, delay, output, lost`` (what the hand-over into it loses), ``arrival``,
        ``value`` (discounted output), ``elasticity``, ``gain`` (relative rise of the final output if this conversion
        alone rises by ``step``), ``bottleneck`` (greatest elasticity, all of them where tied). The first stage has no
        conversion, elasticity or gain.

    Raises
    ------
    OptionError
        If stages repeat or are fewer than two, a hand-over lacks its number, or a number is outside its range.

    Notes
    -----
    The chain and the gap at each hand-over ("valley of death", proof of concept) are those of Ran et al. (2022, §4).
    They give no rate, so every conversion and delay is an assumption. Raising c by
    ``Scenario.raise_conversion(before=c, after=...)`` does to diffusion what it does here to the output: both multiply
    by after / before.

    Examples
    --------
    >>> chain = pipeline(OBSTACLE_CHAIN, [0.5, 0.2, 0.4])
    >>> chain[["stage", "output", "elasticity", "gain", "bottleneck"]].round(3)
                  stage  output  elasticity  gain  bottleneck
    0    basic research    1.00         NaN   NaN       False
    1  applied research    0.50         0.5  0.20       False
    2          spin-off    0.10         0.8  0.50        True
    3          industry    0.04         0.6  0.25       False
    """
    names = list(stages)
    if isinstance(stages, str) or len(names) < 2 or len(set(names)) < len(names):
        raise OptionError(f"stages: needed at least two different names in order, got {stages!r}")
    numbers = {"inflow": inflow, "step": step, "discount": discount}
    refuse(fault for name, value in numbers.items() for fault in number_faults(name, value, least=0.0))
    share = _by_stage(conversions, names, name="conversions")
    wait = np.zeros(len(share)) if delays is None else _by_stage(delays, names, name="delays")
    if not ((share > 0) & (share <= 1)).all():
        raise OptionError(f"conversions: needed numbers above 0 and of at most 1, got {share.tolist()}")
    if not (np.isfinite(wait) & (wait >= 0)).all():
        raise OptionError(f"delays: needed finite numbers of at least 0, got {wait.tolist()}")
    worth = share / (1.0 + discount * wait)
    passed = np.concatenate([[1.0], np.cumprod(share)])
    elasticity = 1.0 - worth
    table = pd.DataFrame(
        {
            "stage": names,
            "conversion": [np.nan, *share],
            "delay": [0.0, *wait],
            "output": inflow * passed,
            "lost": [0.0, *(inflow * (passed[:-1] - passed[1:]))],
            "arrival": [0.0, *np.cumsum(wait)],
            "value": inflow * np.concatenate([[1.0], np.cumprod(worth)]),
            "elasticity": [np.nan, *elasticity],
            "gain": [np.nan, *(np.minimum(share + step, 1.0) / share - 1.0)],
        }
    )
    held_up = (elasticity > 0) & (elasticity >= elasticity.max() - 1e-12)
    return table.assign(bottleneck=[False, *held_up])


def _by_stage(given: Mapping[str, float] | Sequence[float], names: list[str], *, name: str) -> np.ndarray:
    """Return one number for each hand-over, in order."""
    if isinstance(given, Mapping | pd.Series):
        known = {str(key): value for key, value in given.items()}  # type: ignore[union-attr]
        wrong = [key for key in known if key not in names[1:]]
        missing = [stage for stage in names[1:] if stage not in known]
        if wrong or missing:
            raise OptionError(
                f"{name} must name every stage but the first; "
                f"missing: {', '.join(missing) or 'none'}; not such a stage: {', '.join(wrong) or 'none'}"
            )
        values = [known[stage] for stage in names[1:]]
    else:
        values = list(listed(given, name=name))
    if not all(map(is_number, values)):
        raise OptionError(f"{name}: needed finite numbers, got {', '.join(map(repr, values))}")
    if len(values) != len(names) - 1:
        raise OptionError(f"{name}: needed {len(names) - 1} numbers, one for each hand-over, got {len(values)}")
    return np.array(values, dtype=float)
