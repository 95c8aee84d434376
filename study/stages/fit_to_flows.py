"""Fit how the channels of a study stand to one another to the flows of a network."""

import warnings
from statistics import NormalDist

import numpy as np
import pandas as pd

from ...data import InnoscapeWarning
from ...network import decompose
from ..plan.diffusion_fit import DiffusionFit
from .build_chain import Chain
from .found_fit import FoundFit
from .rate_inputs import rate_inputs
from .spread_numbers import Numbers

__all__ = ["fit_to_flows"]


def fit_to_flows(plan: DiffusionFit, chain: Chain, assumed: Numbers, free: list[str]) -> FoundFit:
    """Credit the flows of a network to the channels; their rates keep the sum that the study assumes.

    Flows say how many times a channel raises the exchange of two places above what their sizes give, not how fast
    knowledge spreads: the rates are those multiples times one number, which leaves the sum of the rates as assumed.
    """
    name, given = str(plan.flows), rate_inputs(chain)
    channels = [channel for channel in assumed.channels if f"{channel.name}.rate" in free]
    wanted = [f"{c.name}.half_distance" for c in channels if f"{c.name}.half_distance" in free]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        found = decompose(
            chain.networks.flows[name],
            given["centers"],
            channels,
            directed=chain.networks.shown(name).directed,
            costs=given["costs"],
            free=wanted,
            confidence_level=plan.confidence_level,
            seed=chain.inputs.study.diffusion.seed if chain.inputs.study.diffusion else 0,
        )
    rates = found.rates[found.rates["channel"].isin([c.name for c in channels])]
    whole = float(rates["rate"].sum())
    level = sum(c.rate for c in channels) / whole if whole > 0 else 0.0
    reach = NormalDist().inv_cdf(0.5 + plan.confidence_level / 2)
    value, error = level * rates["rate"].to_numpy(), level * rates["error"].to_numpy()
    estimates = pd.DataFrame(
        {
            "parameter": [f"{one}.rate" for one in rates["channel"]],
            "value": value,
            "error": error,
            "low": np.maximum(value - reach * error, 0.0),
            "high": value + reach * error,
            "p_value": np.nan,
        }
    )
    lost = {p: "bound" for p, e in zip(estimates["parameter"], error, strict=True) if not np.isfinite(e)}
    alike = [note for note in found.notes if "alike" in note]
    if alike:
        lost |= {p: "alike" for p in estimates["parameter"] if p.removesuffix(".rate") in alike[0]}
    halves = found.half_distances.set_index("channel")["half_distance"]
    points = pd.DataFrame({"parameter": wanted, "value": [halves[one.rpartition(".")[0]] for one in wanted]})
    # half-distances are points without an interval: every version keeps them
    points = points.assign(error=np.nan, low=points["value"], high=points["value"], p_value=np.nan)
    return FoundFit(
        pd.concat([estimates, points], ignore_index=True) if wanted else estimates,
        None,
        lost,
        {"decomposition": found.shares.assign(kind=name)[["kind", "channel", "flow", "share", "low", "high"]]},
    )
