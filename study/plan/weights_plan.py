"""Declare who counts as whose neighbor, a `WeightsPlan`, for every analysis of a study that needs weights."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic_core import InitErrorDetails

from ...data.options import nearest
from ...data.wording.catalogue import Text, join_texts, text
from .fields import Name, Part, Slug
from .misfits import Key, misfit
from .variables import OneVariable, variable_misfits

__all__ = ["METHOD_KEYS", "WeightsPlan", "unknown_weights", "weights_misfits", "weights_named"]

# the keys that each method takes, with what they are where the study does not say
METHOD_KEYS: Mapping[str, Mapping[str, Any]] = {
    "queen": {"order": 1},
    "rook": {"order": 1},
    "nearest": {"neighbors": 4, "by": "distance"},
    "band": {"radius": None, "by": "distance"},
    "inverse": {"power": 1.0, "radius": None, "by": "distance"},
    "kernel": {"kernel": "triangular", "bandwidth": None, "neighbors": None, "by": "distance"},
    "likeness": {"of": None, "power": 1.0, "least": None},
    "network": {"network": None, "both_ways": True},
    "product": {"factors": None},
}
_NEEDED = {"likeness": "of", "network": "network", "product": "factors"}


class WeightsPlan(Part):
    """One way to say how much each place counts for each other; see `innoscape.geo.spatial_weights`."""

    name: Slug
    title: str = ""
    title_zh: str = ""
    method: Literal["queen", "rook", "nearest", "band", "inverse", "kernel", "likeness", "network", "product"]
    order: int | None = Field(None, ge=1, description="areas up to so many borders away")
    neighbors: int | None = Field(None, ge=1, description="how many of the nearest places")
    radius: float | None = Field(None, ge=0, description="up to which distance or cost")
    power: float | None = Field(None, gt=0, description="by which weights fall with distance, cost or difference")
    kernel: Literal["triangular", "uniform", "quadratic", "quartic", "gaussian"] | None = None
    bandwidth: float | None = Field(None, gt=0, description="distance or cost at which a kernel ends")
    by: Literal["distance", "costs"] | None = Field(None, description="geodesic km, or the table of costs")
    of: OneVariable | None = Field(None, description="what places are alike in")
    least: Annotated[float, Field(gt=0)] | Literal["smallest"] | None = Field(
        None, description="difference that smaller ones count as; the smallest above 0"
    )
    network: Name | None = Field(None, description="the network whose flows are the weights")
    both_ways: bool | None = Field(
        None, description="whether a tie counts the same for both ends: the mean of both ways"
    )
    factors: list[Name] | None = Field(None, min_length=2, max_length=2, description="two weights to multiply")
    islands: Literal["keep", "leave_out"] = Field("keep", description="what becomes of places without a neighbor")

    @property
    def options(self) -> dict[str, Any]:
        """The options of its method, those that are not given as they are by default."""
        given = {key: getattr(self, key) for key in METHOD_KEYS[self.method]}
        return {key: METHOD_KEYS[self.method][key] if value is None else value for key, value in given.items()}


def weights_named(study: Any) -> dict[str, WeightsPlan]:  # noqa: ANN401 - a Study
    """Return the weights of a study by name, the first of which an analysis takes that names none."""
    usual = {"name": "nearest", "method": "nearest"}
    return {one.name: one for one in study.weights or [WeightsPlan.model_validate(usual)]}


def weights_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find weights that lack what their method needs, have what it does not take, or name what is not there."""
    names = [one.name for one in study.weights]
    for i, plan in enumerate(study.weights):
        at: Key = ("weights", i)
        if plan.name in names[:i]:
            yield misfit((*at, "name"), "faults.study.name_twice", got=repr(plan.name))
        yield from _misfits_of_keys(plan, at)
        yield from _misfits_of_names(plan, at, names[:i], study)


def _misfits_of_keys(plan: WeightsPlan, at: Key) -> Iterator[InitErrorDetails]:
    takes = METHOD_KEYS[plan.method]
    for key in dict.fromkeys(key for keys in METHOD_KEYS.values() for key in keys):
        if key not in takes and getattr(plan, key) is not None:
            said = {"method": plan.method, "names": join_texts(takes)}
            yield misfit((*at, key), "faults.weights.option", got=repr(key), **said)
    needed = _NEEDED.get(plan.method)
    if needed and getattr(plan, needed) is None:
        yield misfit(at, "faults.weights.lacks", got=plan.method, name=needed)
    if plan.method == "kernel" and (plan.bandwidth is None) == (plan.neighbors is None):
        yield misfit(at, "faults.weights.kernel")


def _misfits_of_names(plan: WeightsPlan, at: Key, above: list[str], study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    if plan.by == "costs" and not study.tables.costs:
        yield misfit((*at, "by"), "faults.weights.no_costs")
    if plan.of is not None:
        yield from variable_misfits([plan.of], (*at, "of"), study)
    networks = [network.name for network in study.networks]
    if plan.network is not None and plan.network not in networks:
        fix = _advice(plan.network, networks)
        yield misfit((*at, "network"), "faults.study.network", got=repr(plan.network), fix=fix)
    for k, factor in enumerate(plan.factors or []):
        # those above it alone, so that none is made of itself
        if factor not in above:
            yield misfit((*at, "factors", k), "faults.weights.factor", got=repr(factor), fix=_advice(factor, above))


def unknown_weights(wanted: list[str], at: Key, study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study
    """Find weights that an analysis names and the study does not have."""
    known = [*weights_named(study)]
    for i, name in enumerate(wanted):
        if name not in known:
            yield misfit(
                (*at, i) if len(wanted) > 1 else at, "faults.weights.unknown", got=repr(name), fix=_advice(name, known)
            )


def _advice(name: str, known: list[str]) -> Text:
    near = nearest(name, known)
    if near:
        return text("faults.advice.guess", name=near[0])
    return text("faults.advice.choose_from", names=join_texts(known)) if known else text("faults.advice.add_weights")
