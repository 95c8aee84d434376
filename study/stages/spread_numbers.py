"""Hold the numbers of a study's diffusion: channels, adoption from outside and receptivity, as assumed or as fitted."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...data import Fault, StudyError
from ...data.wording.catalogue import few
from ...network import Channel
from ..plan.schema import STUDY_FILE
from .build_chain import Chain

__all__ = ["DEFAULT_RECEPTIVITY", "Numbers", "assumed_numbers", "covariates_of", "receptivity_of", "tier_receptivity"]

# receptivity of a tier that the study gives none
DEFAULT_RECEPTIVITY = 1.0
COVARIATES = "diffusion.fit.covariates"


@dataclass(frozen=True, eq=False)
class Numbers:
    """One version of the numbers that rates are built from.

    Attributes
    ----------
    channels : tuple of Channel
    external : float
        Rate of adoption from outside.
    """

    channels: tuple[Channel, ...]
    external: float


def assumed_numbers(chain: Chain) -> Numbers:
    """Return the numbers that the study file sets, with the pairs that its own channels act on.

    Raises
    ------
    StudyError
        If the pairs of a channel run between none of the centers.
    """
    options = chain.inputs.study.diffusion
    assert options is not None  # noqa: S101 - asked only of studies that simulate diffusion
    pairs = chain.inputs.channel_pairs
    centers = {*chain.layers.centers["place"]}
    apart = [
        Fault.of("faults.study.channel_pairs", STUDY_FILE, column=f"diffusion.channels[{i}].pairs", **said)
        for i, c in enumerate(options.channels, 1)
        if c.name in pairs and not ({*pairs[c.name].index} & centers and {*pairs[c.name].columns} & centers)
        for ends in [sorted({*pairs[c.name].index, *pairs[c.name].columns} - centers)]
        for said in [{"channel": c.name, "got": few(ends), "n": len(centers), "table": str(c.pairs)}]
    ]
    if apart:
        raise StudyError(apart)
    channels = (channel.model for channel in options.channels)
    return Numbers(tuple(replace(c, mask=pairs[c.name]) if c.name in pairs else c for c in channels), options.external)


def tier_receptivity(chain: Chain) -> pd.Series:
    """Return the receptivity that the study gives the tier of every center."""
    options = chain.inputs.study.diffusion
    assert options is not None  # noqa: S101 - asked only of studies that simulate diffusion
    centers = chain.layers.centers
    accept = [options.receptivity.get(str(tier), DEFAULT_RECEPTIVITY) for tier in centers["tier"].tolist()]
    return pd.Series(accept, index=pd.Index(centers["place"]), name="tier", dtype=float)


def receptivity_of(chain: Chain) -> pd.Series:
    """Return the receptivity of every center: that of its tier, times the fitted effects of its covariates."""
    accept, effects = tier_receptivity(chain), chain.inputs.effects
    if not effects:
        return accept
    values = covariates_of(chain, [effect.covariate for effect in effects])
    total = sum(effect.size * (values[effect.covariate] - effect.mean) for effect in effects)
    return accept * np.exp(pd.Series(total, index=values.index)).reindex(accept.index)


def covariates_of(chain: Chain, names: list[str]) -> pd.DataFrame:
    """Return what receptivity may depend on, by center: the step below the highest tier, the score, or an indicator.

    A center without a value of its own takes that of its scope.

    Raises
    ------
    StudyError
        If nothing has such a name, or centers have no value.
    """
    centers = chain.layers.centers.set_index("place")
    order = list(chain.inputs.study.tiers.order)
    found, faults = {}, []
    for name in names:
        if name == "tier":
            found[name] = centers["tier"].astype(str).map(order.index).astype(float)
            continue
        given = _by_place(chain, name)
        if given is None:
            faults.append(Fault.of("faults.fit.covariate", STUDY_FILE, column=COVARIATES, name=name))
            continue
        own = pd.Series(centers.index, index=centers.index).map(given)
        found[name] = own.fillna(centers["scope"].map(given)).astype(float)
        if lacking := sorted(centers.index[found[name].isna()]):
            said = {"name": name, "places": few(lacking)}
            faults.append(Fault.of("faults.fit.covariate_lacks", STUDY_FILE, column=COVARIATES, **said))
    if faults:
        raise StudyError(faults)
    return pd.DataFrame(found, index=centers.index)


def _by_place(chain: Chain, name: str) -> pd.Series | None:
    if name == "score":
        scores = chain.tables.get("scores")
        return None if scores is None else scores.drop_duplicates("place").set_index("place")["score"]
    cells = chain.inputs.indicators
    rows = None if cells is None else cells[cells["indicator"] == name].dropna(subset=["value"])
    if rows is None or rows.empty:
        return None
    if "year" in rows:
        rows = rows.sort_values("year", kind="stable")
    return rows.drop_duplicates("place", keep="last").set_index("place")["value"]
