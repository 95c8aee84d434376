"""Fit whether places enter classes, or leave them, to how related the classes are to what they have."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.budget import require
from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import choice_faults, listed, name_faults, number_faults, refuse, table_fault
from ...data.wording.catalogue import few
from ..flows.canonical import ordered
from ..flows.fit_binary import fit_binary
from ..flows.matrices import values_of
from ..flows.too_large import bytes_of
from .class_table import read_classes
from .relatedness import Method, relatedness, relatedness_density

__all__ = ["EntryFit", "fit_entry"]

Outcome = Literal["entry", "exit"]
OUTCOMES: tuple[str, ...] = get_args(Outcome)
Effect = Literal["place", "class", "period"]
EFFECTS: tuple[str, ...] = get_args(Effect)
Errors = Literal["likelihood", "place", "class"]
ERRORS: tuple[str, ...] = get_args(Errors)
# columns of rows that a covariate cannot be named after
_TAKEN = ("period", "place", "class", "event", "density", "chance", "constant")


@dataclass(frozen=True, eq=False)
class EntryFit:
    """A logit of entry or exit.

    Attributes
    ----------
    coefficients : DataFrame
        ``variable, estimate, standard_error, z, p_value, low, high``; the terms of effects are left out.
    rows : DataFrame
        ``period, place, class, event, density`` and covariates: what was fitted, and ``chance``.
    counts : Series
        ``given`` pairs at risk, ``no_density``, ``settled`` (left out because an effect alone explains them: all or
        none of its pairs had the event), ``used`` and ``events``.
    log_likelihood : float
    """

    coefficients: pd.DataFrame
    rows: pd.DataFrame = field(repr=False)
    counts: pd.Series
    log_likelihood: float


@documented(
    "hidalgo2007", "boschma2015", formula="logit P(entry) = β density + α<sub>p</sub> + γ<sub>c</sub> + δ<sub>t</sub>"
)
def fit_entry(
    tables: Mapping[Hashable, pd.DataFrame],
    *,
    outcome: Outcome = "entry",
    method: Method = "cosine",
    threshold: float | None = 1.0,
    covariates: Mapping[str, pd.DataFrame] | None = None,
    effects: Iterable[Effect] = (),
    errors: Errors = "likelihood",
    confidence_level: float = 0.95,
) -> EntryFit:
    """Fit a logit of entries into classes, or exits from them, on relatedness density.

    A place not specialized in a class in one period enters it if it is in the next; one that is exits if it no longer
    is. Density is that of the earlier period, by `relatedness` of that period::

        logit P(event[p, c, t + 1]) = constant + beta density[p, c, t] + covariates + effects

    - Effects are dummies, held in full: 110,000 pairs with 1,000 of them are refused.
    - A place, class or period of which all or none of the pairs had the event tells nothing about the rest: its pairs
      are left out and counted, again until none is left.
    - With effects and few periods logit coefficients are too large (incidental parameters).
    - Order of rows, classes and periods changes nothing.

    Parameters
    ----------
    tables : mapping
        Period -> places x classes, amounts of at least 0; at least two, with the same labels, taken in order.
    outcome : {"entry", "exit"}
        Which event.
    method : str
        Kind of `relatedness`.
    threshold : float or None
        Location quotient that makes a specialization; None takes tables as 0 and 1 already.
    covariates : mapping of str to DataFrame, optional
        Further terms, places x classes.
    effects : iterable of {"place", "class", "period"}
        Which fixed effects.
    errors : {"likelihood", "place", "class"}
        Standard errors of the likelihood, or clustered.
    confidence_level : float
        Of the intervals.

    Returns
    -------
    EntryFit

    Raises
    ------
    TableError
        If a table breaks the rules of `location_quotient`, or differs from the first in places or classes, or a
        covariate lacks a number.
    OptionError
        If an option is unknown, there are fewer than two periods, no event or nothing but events, or terms are
        collinear or separate events from the rest.
    SizeError
        If the pairs and effects would not fit in memory.

    References
    ----------
    Hidalgo, Klinger, Barabasi & Hausmann (2007) *Science* 317; Boschma, Balland & Kogler (2015) *Industrial and
    Corporate Change* 24.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> draw = np.random.default_rng(1)
    >>> old = pd.DataFrame(draw.integers(0, 2, (12, 9))).add_prefix("c")
    >>> new = old.where(draw.uniform(size=old.shape) < 0.8, 1 - old)
    >>> fit_entry({2015: old, 2020: new}, threshold=None).coefficients["variable"].tolist()
    ['constant', 'density']
    """
    faults = [*choice_faults("outcome", outcome, OUTCOMES), *choice_faults("errors", errors, ERRORS)]
    chosen = listed(effects, name="effects")
    faults += name_faults(chosen, EFFECTS, name="effects")
    refuse([*faults, *number_faults("confidence_level", confidence_level, above=0, below=1)])
    if not isinstance(tables, Mapping) or len(tables) < 2:
        raise OptionError("tables: needed a table for each of at least two periods; write {2015: …, 2020: …}")
    if taken := [name for name in covariates or {} if name in _TAKEN]:
        raise OptionError(f"covariates: needed names of their own, got {few(taken)}; rename them")
    rows = _at_risk(tables, outcome, method, threshold, covariates or {})
    counts = {"given": len(rows), "no_density": int(rows["density"].isna().sum())}
    rows = rows[rows["density"].notna()]
    known = len(rows)
    while True:
        settled = np.zeros(len(rows), bool)
        for effect in chosen:
            share = rows.groupby(effect, sort=False)["event"].transform("mean").to_numpy()
            settled |= (share == 0) | (share == 1)
        if not settled.any():
            break
        rows = rows[~settled]
    counts |= {"settled": known - len(rows), "used": len(rows), "events": int(rows["event"].sum())}
    terms = ["density", *(covariates or {})]
    columns, names = [np.ones(len(rows)), *(rows[name].to_numpy(dtype=float) for name in terms)], ["constant", *terms]
    many = sum(rows[effect].nunique() for effect in chosen)
    require(
        f"fit_entry: {len(rows):,} pairs with {many:,} effects",
        "leave out an effect, or group places or classes",
        memory=bytes_of(len(rows), arrays=5 * (len(columns) + many)),
    )
    for effect in chosen:
        for label in ordered(rows[effect])[1:]:
            columns.append((rows[effect] == label).to_numpy(dtype=float))
            names.append(f"{effect}[{label}]")
    clusters = None if errors == "likelihood" else pd.factorize(rows[errors])[0]
    found = fit_binary(np.column_stack(columns), rows["event"].to_numpy(dtype=float), names, clusters=clusters)
    table = found.table(confidence_level).head(1 + len(terms))
    if chosen:
        # the constant is the level of the places, classes and periods that sort first
        table = table.iloc[1:].reset_index(drop=True)
    return EntryFit(
        table,
        rows.assign(chance=found.chance).reset_index(drop=True),
        pd.Series(counts, name="pairs"),
        found.log_likelihood,
    )


def _at_risk(
    tables: Mapping[Hashable, pd.DataFrame],
    outcome: str,
    method: Method,
    threshold: float | None,
    covariates: Mapping[str, pd.DataFrame],
) -> pd.DataFrame:
    """List the pairs at risk in each period but the last, sorted."""
    periods = ordered(tables)
    read = {period: read_classes(tables[period]) for period in periods}
    first = read[periods[0]]
    for period in periods[1:]:
        if (read[period].places, read[period].classes) != (first.places, first.classes):
            fix = "reindex the tables, with 0 for nothing"
            raise table_fault(f"tables[{period!r}]", "the places and classes of the first", "others", fix)
    parts = []
    for period, after in pairwise(periods):
        has, has_then = (read[one].specialized(threshold) for one in (period, after))
        density = relatedness_density(
            tables[period], relatedness(tables[period], method=method, threshold=threshold), threshold=threshold
        ).reindex(index=first.places, columns=first.classes)
        i, j = np.nonzero(has == (0.0 if outcome == "entry" else 1.0))
        part = {
            "period": period,
            "place": pd.Index(first.places).take(i),
            "class": pd.Index(first.classes).take(j),
            "event": (has_then != has)[i, j].astype(int),
            "density": density.to_numpy()[i, j],
        }
        for name, table in covariates.items():
            cells = pd.DataFrame(values_of(table, str(name)), index=table.index, columns=table.columns)
            values = cells.reindex(index=first.places, columns=first.classes).to_numpy()[i, j]
            if not np.isfinite(values).all():
                raise table_fault(name, "a finite number for each place and class at risk", "none for some", "add them")
            part[name] = values
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)
