"""Read the tables that a diffusion names: adoptions to fit to, and the pairs of the study's own channels."""

from collections.abc import Callable

import pandas as pd

from .schema import Study

__all__ = ["read_spread_tables"]


def read_spread_tables(
    study: Study, read: Callable[[str, str, str], pd.DataFrame | None]
) -> tuple[pd.DataFrame | None, dict[str, pd.DataFrame]]:
    """Return the adoptions, if the diffusion is fitted to some, and the matrix of pairs of each channel that has one.

    Parameters
    ----------
    study : Study
    read : callable
        Takes a key path, the table and its contract, and notes the faults of a table that it cannot return.
    """
    plan = study.diffusion
    asked = plan.fit.adoptions if plan and plan.fit else None
    adoptions = None if asked is None else read("diffusion.fit.adoptions", asked, "adoptions")
    pairs = {
        channel.name: table.pivot_table(index="source", columns="target", values="value")
        for i, channel in enumerate(plan.channels if plan else (), 1)
        if channel.pairs
        and (table := read(f"diffusion.channels[{i}].pairs", channel.pairs, "channel_pairs")) is not None
    }
    return adoptions, pairs
