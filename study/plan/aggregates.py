"""Know the places that stand for several, which are neither scored nor centers."""

from collections.abc import Iterator

import pandas as pd

from ...data import Fault
from .schema import STUDY_FILE, Study

__all__ = ["aggregate_faults", "aggregates_of"]

AGGREGATE = "aggregate"


def aggregates_of(places: pd.DataFrame) -> frozenset[str]:
    """Return the places that stand for several others."""
    if "kind" not in places:
        return frozenset()
    return frozenset(
        place
        for place, kind in zip(places["place"].tolist(), places["kind"].tolist(), strict=True)
        if isinstance(kind, str) and kind == AGGREGATE
    )


def aggregate_faults(study: Study, places: pd.DataFrame) -> Iterator[Fault]:
    """Refuse to score, to place on a tier or to seed what stands for several places."""
    several = aggregates_of(places)
    named = {
        "index.units": study.index.units if study.index else (),
        "centers.assumed_tiers": study.centers.assumed_tiers,
        "diffusion.seeds": study.diffusion.seeds if study.diffusion else (),
    }
    for key, names in named.items():
        for name in names:
            if name in several:
                yield Fault.of("faults.study.aggregate", STUDY_FILE, column=key, got=repr(name))
