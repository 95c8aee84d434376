"""Describe the gravity models that were fitted: what the expected flow is made of, and how errors are found."""

from collections.abc import Iterator
from typing import Any

from ...data.methods import ChosenMethod, Method, method_of
from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text, join_texts, plain, text
from ...network.gravity.fit_gravity import fit_gravity
from ..plan.gravity_plan import GravityMass, GravityPlan
from ..plan.schema import Network, Study
from .lead_networks import Describe, lead_networks

__all__ = ["GRAVITY", "GRAVITY_PAIRS", "describe_gravities"]

GRAVITY = {"fit": fit_gravity}
# conventions: what two places may share, how pairs without a direction count, how misfits are ranked
GRAVITY_PAIRS = {name: Method() for name in ("scope", "corridor", "undirected", "misfits")}


def describe_gravities(study: Study, describe: Describe) -> list[Any]:
    """Return an entry for every choice of every gravity model, each network led in by its title among several.

    Parameters
    ----------
    study : Study
    describe : callable
        Turns a chosen method, and what leads it in, into an entry.
    """
    chosen = [(n, _chosen(n.gravity, n)) for n in study.networks if n.gravity is not None]
    return lead_networks(chosen, describe)


def _chosen(plan: GravityPlan, network: Network) -> Iterator[ChosenMethod]:
    masses = {side: _mass(mass) for side, mass in plan.masses.items()}
    options = {
        "constraint": text(f"methods.gravity.fit.constraint.{plan.constraint}", **masses),
        "decay": text(f"methods.gravity.fit.decay.{plan.decay}"),
        "absent": text(f"methods.gravity.fit.absent.{plan.absent}"),
        "covariance": text(f"methods.gravity.fit.covariance.{plan.covariance}"),
        "level": f"{100 * plan.confidence_level:g}",
    }
    method = method_of(GRAVITY["fit"])
    chosen = {"constraint": plan.constraint, "decay": plan.decay, "pairs": plan.same}
    yield ChosenMethod("gravity", "fit", Method(method.formula_for(chosen), method.references), options)
    undirected = [] if network.directed else ["undirected"]
    for name in (*plan.same, *undirected, *(["misfits"] if plan.misfits else [])):
        yield ChosenMethod("gravity_pairs", name, GRAVITY_PAIRS[name])


def _mass(mass: GravityMass | None) -> Text:
    names = [mass] if isinstance(mass, str) else mass or []
    return join_texts([name_of(name, "gravity_terms") for name in names]) if names else plain("")
