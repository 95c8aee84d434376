"""Declare which numbers of the diffusion are fitted, and to what; find what does not fit the rest of the study."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

import pandas as pd
from pydantic import BeforeValidator, Field
from pydantic_core import InitErrorDetails

from ...data.contracts.dates import decimal_years, parse_times
from ...data.options import nearest
from ...data.wording.catalogue import Text, join_texts, text
from ...network import Channel
from ...network.diffusion.fit.likelihood import has
from .fields import Name, Part, Reference, Slug, needed_error
from .misfits import Key, misfit

__all__ = ["EXTERNAL", "KINDS", "DiffusionFit", "Effect", "fit_misfits", "fitted_keys", "freed", "keys_of"]

EXTERNAL = "external"
KINDS = ("rate", "half_distance", "tacit_share")
# keys that say how adoptions were observed
_OF_ADOPTIONS = ("until", "start", "seeds", "leave_out", "covariates", "cross_validate", "after", "shared")


def _years(given: object) -> object:
    """Return a number, a month or a day as decimal years."""
    if isinstance(given, dt.date):
        return float(decimal_years(pd.to_datetime(pd.Series([given])))[0])
    if isinstance(given, str):
        read = float(parse_times(pd.Series([given]))[0])
        if math.isnan(read):
            raise needed_error("faults.needed.time")
        return read
    return given


Time: TypeAlias = Annotated[float, BeforeValidator(_years)]


@dataclass(frozen=True, slots=True)
class Effect:
    """A fitted effect on receptivity: its logarithm changes by ``size`` for each unit of a covariate above ``mean``."""

    covariate: str
    size: float
    mean: float


class DiffusionFit(Part):
    """Which numbers of the diffusion are fitted; see `innoscape.network.fit_diffusion` and `decompose`."""

    adoptions: Reference | None = Field(None, description="table of who adopted when, to which rates are fitted")
    flows: Slug | None = Field(None, description="network whose flows say how rates of channels stand to one another")
    free: list[Name] = Field(
        ["rate"],
        min_length=1,
        description="what is fitted: rate, half_distance, tacit_share, external, or of one channel",
    )
    until: Time | None = Field(None, description="until when adoptions were observed: a number or a date")
    start: Time | None = Field(None, description="from when places could adopt; the first adoption when missing")
    seeds: list[Name] | None = Field(
        None, description="adopters that are given, not explained; the earliest of each innovation when missing"
    )
    leave_out: list[Name] = Field([], description="centers that could not adopt, or of which it is not known")
    covariates: list[Name] = Field([], description="tier, score or indicators that receptivity depends on")
    shared: bool = Field(False, description="whether all channels share one half-distance and one tacit share")
    confidence_level: float = Field(0.95, gt=0, lt=1)
    cross_validate: bool = Field(False, description="whether to score the fit on adoptions left out of it")
    after: Time | None = Field(None, description="time that parts what is fitted from what is scored")
    otherwise: Literal["fault", "assumed"] = Field(
        "fault", description="what follows from a number that is not identifiable: a fault, or the assumed number"
    )
    draws: int = Field(40, ge=1, description="versions of the fitted numbers that the runs are shared among")


def freed(free: list[str], channels: Mapping[str, Channel]) -> list[str]:
    """Return every number that the words of a fit set free, such as ``peer.rate``, in the order of the channels."""
    every = [f"{name}.{kind}" for kind in KINDS for name, channel in channels.items() if has(channel, kind)]
    return [one for one in [*every, EXTERNAL] if one in free or one.rpartition(".")[2] in free]


def keys_of(parameter: str, channels: Mapping[str, Channel]) -> list[str]:
    """Return where the study file sets the number of a fitted parameter.

    Examples
    --------
    >>> keys_of("peer.rate", {})
    ['diffusion.channels[peer].rate']
    """
    if parameter == EXTERNAL:
        return ["diffusion.external"]
    name, _, kind = parameter.rpartition(".")
    if kind not in KINDS or name == "receptivity":
        return []
    of = [name] if name else [one for one, channel in channels.items() if has(channel, kind)]
    return [f"diffusion.channels[{one}].{kind}" for one in of]


def fitted_keys(study: Any, table: pd.DataFrame | None) -> list[str]:  # noqa: ANN401 - a Study
    """Return where the study file sets the numbers that a table of fitted ones has replaced."""
    if table is None or study.diffusion is None:
        return []
    channels = {channel.name: channel.model for channel in study.diffusion.channels}
    rows = table.loc[table["status"] == "fitted", "parameter"]
    return [key for parameter in rows for key in keys_of(str(parameter), channels)]


def fit_misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked before it is whole
    """Find what is fitted to nothing, or asks for what the study lacks."""
    fit = study.diffusion.fit if study.diffusion else None
    if fit is None:
        return
    at: Key = ("diffusion", "fit")
    channels = {channel.name: channel.model for channel in study.diffusion.channels}
    if (fit.adoptions is None) == (fit.flows is None):
        yield misfit(at, "faults.fit.origin")
    if fit.adoptions is not None and fit.until is None:
        yield misfit((*at, "until"), "faults.fit.until")
    if None not in (fit.start, fit.until) and fit.start >= fit.until:
        yield misfit((*at, "start"), "faults.fit.start", until=f"{fit.until:g}", got=f"{fit.start:g}")
    if fit.after is not None and not fit.cross_validate:
        yield misfit((*at, "after"), "faults.fit.after")
    words = [*KINDS, EXTERNAL, *(f"{n}.{k}" for k in KINDS for n, c in channels.items() if has(c, k))]
    if fit.flows is not None:
        yield from _flows_misfits(study, fit, channels)
        words = [w for w in words if w in {"rate", "half_distance"} or w.endswith(".half_distance")]
    for i, word in enumerate(fit.free):
        if word not in words:
            yield misfit((*at, "free", i), "faults.fit.free", got=repr(word), fix=_advice(word, words))


def _advice(word: str, words: list[str]) -> Text:
    near = nearest(word, words)
    if near:
        return text("faults.advice.guess", name=near[0])
    return text("faults.advice.choose_from", names=join_texts(words))


def _flows_misfits(
    study: Any,  # noqa: ANN401 - a Study
    fit: DiffusionFit,
    channels: Mapping[str, Channel],
) -> Iterator[InitErrorDetails]:
    at: Key = ("diffusion", "fit")
    of = {network.name: network for network in study.networks}.get(fit.flows)
    if of is not None and of.flows is None:
        yield misfit((*at, "flows"), "faults.fit.estimated", got=repr(fit.flows))
    for key in _OF_ADOPTIONS:
        if getattr(fit, key) not in (None, False, []):
            yield misfit((*at, key), "faults.fit.of_adoptions", name=key)
    if not any(name != "tie" for name in channels):
        yield misfit((*at, "flows"), "faults.fit.ties_alone")
