"""Check that higher tiers of centers have the general functions of lower ones."""

from collections.abc import Sequence

import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_columns, refuse
from ...data.tier_scale import FOUR_TIERS, TierScale, as_scale

__all__ = ["inherited_functions"]

_KINDS = ("general", "special")


def inherited_functions(functions: pd.DataFrame, *, tier_scale: TierScale | Sequence[str] = FOUR_TIERS) -> pd.DataFrame:
    """Return the functions of each tier, those among them that it has as a higher tier of others.

    A center of a higher tier usually has the general functions of lower tiers; special functions of a lower tier need
    not exist above. Each tier therefore has the functions that are listed for it and the general ones of every tier
    below it. A function that is inherited and not listed is where a table falls short of the rule.

    - The rule speaks of functions, not of dependence: centers of different tiers are not subordinate to each other.
    - A function that is general on one tier and special on a higher one counts there as listed.
    - Applying the rule twice adds nothing.

    Parameters
    ----------
    functions : DataFrame
        ``tier``, ``function``, ``kind`` (``general`` or ``special``); further columns, such as names, are kept.
    tier_scale : TierScale or sequence of str
        The tiers, highest first.

    Returns
    -------
    DataFrame
        The columns given, ``status`` (``listed``, ``inherited``) and ``inherited_from`` (the lowest tier that lists the
        function as general; empty where listed), by tier from the highest, in the order given.

    Raises
    ------
    TableError
        A column is lacking.
    OptionError
        An unknown tier or kind, a function listed twice for a tier.

    References
    ----------
    The dataset ``sources`` cites the paper that states the rule (Zhang 2022, section 1.1).

    Examples
    --------
    >>> from innoscape.data import load
    >>> found = inherited_functions(load("tier_functions"))
    >>> found.query("tier == 'international' and status == 'inherited'")["function"].tolist()
    ['promotion', 'conversion', 'industrialization', 'radiation', 'steering', 'upgrading']
    """
    check_columns(functions, "functions", ("tier", "function", "kind"))
    scale = as_scale(tier_scale)
    scale.check({str(row.function): str(row.tier) for row in functions.itertuples()})
    strange = sorted({str(kind) for kind in functions["kind"]} - {*_KINDS})
    twice = functions[functions.duplicated(["tier", "function"])]
    again = sorted({f"{row.function} of {row.tier}" for row in twice.itertuples()})
    refuse([f"kind: needed one of {', '.join(_KINDS)}, got {', '.join(strange)}"] if strange else [])
    if again:
        raise OptionError(f"functions: needed each once a tier, got several of {', '.join(again)}; drop the copies")
    tiers = list(scale)
    general = functions[functions["kind"] == "general"]
    parts = []
    for level, tier in enumerate(tiers):
        own = functions[functions["tier"] == tier]
        below = general[general["tier"].isin(tiers[level + 1 :]) & ~general["function"].isin(own["function"])]
        depth = below["tier"].map(tiers.index)
        lowest = below.loc[depth.groupby(below["function"]).idxmax()].sort_index() if len(below) else below
        parts.append(own.assign(status="listed", inherited_from=""))
        parts.append(lowest.assign(tier=tier, status="inherited", inherited_from=lowest["tier"]))
    return pd.concat(parts, ignore_index=True)
