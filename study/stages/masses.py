"""Share masses among centers: what rows of indicators, or the scores of scopes, say of the places inside them."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...data import Fault, StudyError, container
from ...data.distinct import distinct
from ..plan.estimates import Estimate, Weights
from ..plan.inputs import Inputs, Tables
from ..plan.schema import STUDY_FILE
from ..wording.notices import Notice

__all__ = ["CenterMasses", "RowMasses", "center_masses", "latest_values", "row_masses"]


@dataclass(frozen=True, eq=False)
class CenterMasses:
    """What each center is taken to send and receive, up to a factor.

    Attributes
    ----------
    table : DataFrame
        ``sent``, ``received``, ``row`` (the place whose figures it shares) and ``sharing`` (centers that share them),
        by center, for those that send or receive.
    without : list of str
        The other centers.
    negative : list of str
        Rows smaller than the rows inside them in some indicator; nothing is left for their other centers there.
    """

    table: pd.DataFrame
    without: list[str]
    negative: list[str]

    @property
    def notices(self) -> list[Notice]:
        """What a reader should know of them."""
        said = {"notices.no_mass": self.without, "notices.negative_mass": self.negative}
        return [Notice("notice", key, {"places": places}) for key, places in said.items() if places]


@dataclass(frozen=True, eq=False)
class RowMasses:
    """What each row of indicators sends and receives beyond the rows inside it, whatever the centers are.

    Attributes
    ----------
    rows : list of str
    sent, received : Series
        By row.
    negative : list of str
        As in `CenterMasses`, of all rows.
    """

    rows: list[str]
    sent: pd.Series
    received: pd.Series
    negative: list[str]


def row_masses(estimate: Estimate, inputs: Inputs, at: str) -> RowMasses | None:
    """Return the masses of the rows of indicators that an estimate rests on; None where it rests on scores.

    Raises
    ------
    StudyError
        If an indicator has no values.
    """
    if estimate.masses is None:
        return None
    rows, cells = _rows(estimate, inputs, at), inputs.indicators
    assert cells is not None  # noqa: S101 - rows are of indicators
    inside = container(rows, inputs.places, rows)
    both = estimate.masses.outgoing, estimate.masses.incoming
    values = latest_values(cells[cells["indicator"].isin([*both[0], *both[1]])], estimate.year)
    known = distinct(cells["indicator"])
    sent, below = _mass(both[0], f"{at}.masses.outgoing", values, known, rows, inside)
    received, short = _mass(both[1], f"{at}.masses.incoming", values, known, rows, inside)
    return RowMasses(rows, sent, received, [*below, *short])


def center_masses(
    estimate: Estimate, inputs: Inputs, tables: Tables, centers: pd.DataFrame, given: RowMasses | None, at: str
) -> CenterMasses:
    """Return the masses of the centers.

    A center belongs to the innermost row that contains it. What a row holds beyond the rows inside it is shared among
    its own centers by the weights of their tiers, or by weights of their own.

    Raises
    ------
    StudyError
        If a tier has no weight, or fewer than two centers send or receive anything.
    """
    keys = pd.Index(centers["place"].astype(str))
    tier = dict(zip(keys.tolist(), map(str, centers["tier"].tolist()), strict=True))
    weights = [_weights(estimate, own, tier, at) for own in (estimate.outgoing_weights, estimate.incoming_weights)]
    if given is None:
        scores = dict(zip(*(tables["scores"][of].tolist() for of in ("place", "score")), strict=True))
        # a scored place that is a center itself keeps its score
        row = centers["scope"].where(centers["scope"].notna(), centers["place"]).set_axis(keys)
        both = [scores, scores]
        negative: list[str] = []
    else:
        row = container(keys, inputs.places, given.rows, include_self=True)
        both = [given.sent.to_dict(), given.received.to_dict()]
        negative = sorted({*given.negative} & {*distinct(row)})
    # a center without weight has no part in its row
    row = row.where((weights[0] > 0) | (weights[1] > 0))
    rows = [one if isinstance(one, str) else None for one in row.tolist()]
    sent, received = (_shared(rows, mass, weight) for mass, weight in zip(both, weights, strict=True))
    count = Counter(rows)
    sharing = [np.nan if one is None else count[one] for one in rows]
    table = pd.DataFrame({"sent": sent, "received": received, "row": row, "sharing": sharing}, index=keys)
    some = (table["sent"] > 0) | (table["received"] > 0)
    kept = table[some].sort_index().fillna({"sent": 0.0, "received": 0.0})
    if len(kept) < 2:
        counts = {"scored": len(kept), "centers": len(centers)}
        raise StudyError([Fault.of("faults.estimate.masses", STUDY_FILE, column=at, **counts)])
    return CenterMasses(kept, sorted(table.index[~some]), negative)


def _shared(rows: list[str | None], mass: Mapping[str, float], weight: np.ndarray) -> list[float]:
    """Return what each center has of the mass of its row, by the weights of all its centers; nan without a row."""
    held: dict[str | None, list[float]] = {}
    for row, one in zip(rows, weight.tolist(), strict=True):
        held.setdefault(row, []).append(one)
    total = {row: math.fsum(given) for row, given in held.items()}
    return [
        math.nan if row is None else mass.get(row, math.nan) * (one / total[row] if total[row] > 0 else 0.0)
        for row, one in zip(rows, weight.tolist(), strict=True)
    ]


def _weights(estimate: Estimate, side: Weights, tier: Mapping[str, str], at: str) -> np.ndarray:
    """Return the weight of each center within its row: of one side, else of both, else of its tier."""
    own = {**estimate.center_weights, **side}
    found = [own.get(place, estimate.tier_weights.get(one)) for place, one in tier.items()]
    if lacking := sorted({one for one, weight in zip(tier.values(), found, strict=True) if weight is None}):
        raise StudyError(
            [Fault.of("faults.estimate.tier_weights", STUDY_FILE, column=f"{at}.tier_weights", tiers=lacking)]
        )
    return np.array(found, dtype=float)


def _rows(estimate: Estimate, inputs: Inputs, at: str) -> list[str]:
    """Return the places whose indicators are shared: those named, else the scored ones."""
    masses, study = estimate.masses, inputs.study
    assert masses is not None  # noqa: S101
    rows = masses.places or (study.index.units if study.index else [])
    have = set(() if inputs.indicators is None else inputs.indicators["place"])
    rows = list(dict.fromkeys(rows or sorted(have)))
    if strange := [row for row in rows if row not in have]:
        raise StudyError(
            [Fault.of("faults.study.unit", STUDY_FILE, column=f"{at}.masses.places", got=repr(row)) for row in strange]
        )
    return rows


def _mass(
    weights: Weights, at: str, values: pd.DataFrame, known: list[str], rows: list[str], inside: pd.Series
) -> tuple[pd.Series, list[str]]:
    """Return the weighted mean of each row's shares of the indicators, less the rows inside it, and rows below 0."""
    if strange := [name for name in weights if name not in known]:
        said = {"column": at, "names": sorted(known)}
        raise StudyError([Fault.of("faults.estimate.indicator", STUDY_FILE, got=repr(n), **said) for n in strange])
    value = values.reindex(index=rows, columns=[*weights])
    lacking = ~(value.to_numpy() >= 0)
    if lacking.any():
        raise StudyError(
            Fault.of("faults.estimate.mass_value", STUDY_FILE, column=f"{at}.{name}", places=[*value.index[missing]])
            for name, missing in zip(weights, lacking.T, strict=True)
            if missing.any()
        )
    inner = value.groupby(inside).sum().reindex(rows).fillna(0.0).to_numpy()
    own = value.to_numpy() - inner
    below = sorted(row for row, short in zip(rows, (own < 0).any(axis=1), strict=True) if short)
    # an indicator that leaves nothing to share has no part
    columns = zip(weights.values(), own.clip(min=0.0).T.copy(), strict=True)
    shares = [weight * column / column.sum() for weight, column in columns if column.any()]
    total = sum(shares, np.zeros(len(rows))) / float(np.sum([*weights.values()]))
    return pd.Series(total, index=rows), below


def latest_values(cells: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """Return one value by place and indicator: that of the year asked for where there is one, else of the last year."""
    if "year" in cells:
        cells = cells.sort_values("year", kind="stable", na_position="first")
        if year is not None:
            own = cells["year"].eq(year).fillna(value=False).astype(bool)
            cells = pd.concat([cells[~own], cells[own]])
    last = cells.drop_duplicates(["place", "indicator"], keep="last")
    return last.set_index(["place", "indicator"])["value"].unstack()  # noqa: PD010 - one value a cell, nothing to pool
