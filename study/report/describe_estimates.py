"""Describe how flows were estimated: where totals come from, how flows fall with cost, what stays within places."""

from collections.abc import Iterator, Mapping
from typing import Any

from ...data.methods import ChosenMethod
from ...data.wording.catalogue import Text, join_texts, text
from ...network.flows.shapes import BALANCES, FITS, SHAPES, TOTALS, WITHIN
from ..plan.estimates import Estimate
from ..plan.schema import Study
from .lead_networks import Describe, lead_networks

__all__ = ["describe_estimates"]


def describe_estimates(study: Study, describe: Describe, indicators: Mapping[str, Text]) -> list[Any]:
    """Return an entry for every choice of every estimate, each network led in by its title where there are several.

    Parameters
    ----------
    study : Study
    describe : callable
        Turns a chosen method, and what leads it in, into an entry.
    indicators : mapping
        Name of each indicator that has one, by its key.
    """
    chosen = [(n, _chosen(n.estimate, study, indicators)) for n in study.networks if n.estimate is not None]
    return lead_networks(chosen, describe)


def _sided(estimate: Estimate) -> dict[Any, Text]:
    """Return the weights that hold for one side alone."""
    of = {"outgoing": estimate.outgoing_weights, "incoming": estimate.incoming_weights}
    names = dict.fromkeys([*of["outgoing"], *of["incoming"]])
    said: dict[Any, Text] = {}
    for name in names:
        own = {side: weights[name] for side, weights in of.items() if name in weights}
        said[name] = join_texts(text(f"methods.about.{side}", weight=f"{own[side]:g}") for side in own)
    return said


def _chosen(estimate: Estimate, study: Study, indicators: Mapping[str, Text]) -> Iterator[ChosenMethod]:
    values = {"exponent": estimate.exponent, "rate": estimate.rate}
    fitted = {name: text("methods.about.fitted") for name in estimate.fits}
    yield ChosenMethod("estimate", estimate.decay, SHAPES[estimate.decay], values | fitted)
    origin = "margins" if estimate.from_margins else "scores" if estimate.masses is None else "indicators"
    weights = {study.tiers.order.name(tier): weight for tier, weight in estimate.tier_weights.items()}
    shared: dict[Any, Any] = {**weights, **estimate.center_weights, **_sided(estimate)}
    options: dict[str, Any] = {"weights": shared}
    if estimate.masses is not None:
        sides = {"outgoing": estimate.masses.outgoing, "incoming": estimate.masses.incoming}
        for side, shares in sides.items():
            options[side] = {indicators.get(key, key): share for key, share in shares.items()}
    yield ChosenMethod("estimate_totals", origin, TOTALS[origin], options)
    if estimate.within is not False:
        kind = "decay" if estimate.within is True else "table" if isinstance(estimate.within, str) else "share"
        yield ChosenMethod("estimate_within", kind, WITHIN[kind], {"share": estimate.within})
    if estimate.rest_of_world or estimate.balance != "raise":
        balance = "rest_of_world" if estimate.rest_of_world else estimate.balance
        yield ChosenMethod("balance", balance, BALANCES[balance])
    if estimate.fits:
        to = "network" if estimate.fit_to else "known"
        yield ChosenMethod("estimate_fit", to, FITS[to])
