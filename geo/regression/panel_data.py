"""Lay a table of places, or of places and years, out as the columns of a regression."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from ...data.errors import OptionError
from ...data.options import (
    check_choice,
    column_faults,
    known_place_faults,
    listed,
    reach_faults,
    refuse,
    table_fault,
)
from ...data.places.keys import as_keys
from ...data.wording.catalogue import join_texts, text
from ..pattern.spatial_weights import SpatialWeights

__all__ = ["EFFECTS", "FIXED", "Effects", "PanelData", "check_singular", "panel_data"]

Effects = Literal["none", "individual", "time", "both", "random"]
EFFECTS: tuple[str, ...] = get_args(Effects)
FIXED = EFFECTS[:-1]
INTERCEPT = "intercept"


@dataclass(frozen=True)
class PanelData:
    """An outcome and its terms, years x places, with what effects take away from each."""

    places: pd.Index
    years: pd.Index | None
    y: np.ndarray
    x: np.ndarray
    terms: tuple[str, ...]
    w: sparse.csr_array
    effects: str

    @property
    def size(self) -> int:
        """Number of places."""
        return len(self.places)

    @property
    def periods(self) -> int:
        """Number of years, 1 without any."""
        return 1 if self.years is None else len(self.years)

    @property
    def free_periods(self) -> int:
        """Years that are left once each place has its own level."""
        return self.periods - (self.effects in {"individual", "both"})

    @property
    def centered(self) -> bool:
        """Whether years have levels and every row of the weights adds up to 1, so that lags keep them apart."""
        rows = np.asarray(self.w.sum(axis=1)).ravel()
        return self.effects in {"time", "both"} and bool(np.allclose(rows, 1.0, atol=1e-10))

    @property
    def free_places(self) -> int:
        """Places that are left once each year has its own level."""
        return self.size - self.centered

    @property
    def free(self) -> int:
        """Observations that are left once effects are taken away."""
        return self.free_places * self.free_periods

    def lag(self, values: np.ndarray) -> np.ndarray:
        """Return the neighbors' weighted sum within each year."""
        by_year = values.reshape(self.periods, self.size, -1)
        lagged = np.stack([self.w @ year for year in by_year])
        return lagged.reshape(values.shape)

    def within(self, values: np.ndarray) -> np.ndarray:
        """Take the levels of places and years away; random ones stay, as they belong to the error."""
        cube = values.reshape(self.periods, self.size, -1)
        if self.effects in {"individual", "both"}:
            cube = cube - cube.mean(axis=0, keepdims=True)
        if self.effects in {"time", "both"}:
            cube = cube - cube.mean(axis=1, keepdims=True)
        return cube.reshape(values.shape)

    def with_lags(self, terms: Sequence[str]) -> "PanelData":
        """Add the neighbors' values of some terms."""
        at = [self.terms.index(term) for term in terms]
        names = tuple(f"W {term}" for term in terms)
        return replace(self, x=np.column_stack([self.x, self.lag(self.x[:, at])]), terms=(*self.terms, *names))


def panel_data(
    data: pd.DataFrame,
    weights: SpatialWeights,
    *,
    outcome: str,
    terms: Sequence[str],
    effects: Effects = "none",
) -> PanelData:
    """Read a table, refusing all that a regression could not use.

    A term ``"a:b"`` is the product of two columns, of a column that is no number one for each level: of each but the
    first where ``a`` is a term too, so that slopes are set against the first level's. A column of levels alone, or
    times another, has one term for each level but the first.
    """
    check_choice("effects", effects, EFFECTS)
    names = [str(term) for term in listed(terms, name="terms")]
    parts = dict.fromkeys(part for term in names for part in term.split(":"))
    refuse(column_faults(data, "data", ["place", outcome, *parts]))
    if not isinstance(weights, SpatialWeights):
        raise OptionError(text("faults.calls.alike.weights_spatial_weights_see", name=type(weights).__name__))
    data = data.assign(place=as_keys(data["place"]))
    if data["place"].isna().any():
        rows = int(data["place"].isna().sum())
        raise table_fault(
            "data",
            text("faults.calls.alike.place_every_row"),
            text("faults.calls.panel_data.rows_without", rows=rows),
            text("faults.calls.alike.name_places"),
            "place",
        )
    with_years = "year" in data.columns
    if effects != "none" and not with_years:
        raise OptionError(text("faults.calls.panel_data.effects_column_year_effects", effects=repr(effects)))
    if not names:
        raise OptionError(text("faults.calls.panel_data.terms_column_none"))
    places = pd.Index(sorted(weights.places, key=str))
    faults = [*known_place_faults("data", data["place"].unique(), places)]
    years = pd.Index(sorted(data["year"].unique())) if with_years else None
    keys = ["year", "place"] if with_years else ["place"]
    twice = data.duplicated(keys)
    if twice.any():
        got = ", ".join(" ".join(map(str, row)) for row in data.loc[twice, keys].head(5).to_numpy())
        faults.append(f"data: needed one row of each {' and '.join(keys)}, got more of {got}")
    refuse(faults)
    wanted = pd.MultiIndex.from_product([years, places], names=keys) if years is not None else places
    table = data.set_index(keys).reindex(wanted)
    columns = _columns(table, names)
    numbers = pd.DataFrame({outcome: pd.to_numeric(table[outcome], errors="coerce"), **columns})
    missing = ~np.isfinite(numbers.to_numpy(dtype=float)).all(axis=1)
    if missing.any():
        got = [str(key) if not with_years else f"{key[1]} in {key[0]}" for key in wanted[missing]]
        more = f" and {len(got) - 8} more" if len(got) > 8 else ""
        raise OptionError(
            f"data: needed a number of {outcome} and every term for every place of the weights"
            f"{' in every year' if with_years else ''}, got none for {', '.join(got[:8])}{more}; fill the gaps, or "
            "leave these places or years out of data and weights"
        )
    refuse(fault for one in numbers for fault in reach_faults(numbers[one], name=str(one)))
    x = numbers[list(columns)].to_numpy(dtype=float)
    laid = PanelData(
        places, years, numbers[outcome].to_numpy(dtype=float), x, tuple(columns), weights.of(places).matrix, effects
    )
    if effects == "random" and laid.periods < 2:
        raise OptionError(text("faults.calls.panel_data.effects_two_years_effects"))
    if effects in {"none", "random"}:
        laid = replace(laid, x=np.column_stack([np.ones(len(x)), x]), terms=(INTERCEPT, *laid.terms))
    check_singular(laid)
    return laid


def _columns(table: pd.DataFrame, terms: Sequence[str]) -> dict[str, pd.Series]:
    columns: dict[str, pd.Series] = {}
    lost: list[str] = []
    for term in terms:
        made = {"": pd.Series(1.0, table.index)}
        parts = term.split(":")
        numbers = any(pd.api.types.is_numeric_dtype(table[part]) for part in parts)
        for k, part in enumerate(parts):
            values = table[part]
            if pd.api.types.is_numeric_dtype(values):
                levels = {part: values.astype(float)}
            else:
                order = (
                    values.cat.categories
                    if isinstance(values.dtype, pd.CategoricalDtype)
                    else sorted(values.dropna().unique())
                )
                held = [level for level in order if (values == level).any()]
                known = values.notna()
                rest = sorted(parts[:k] + parts[k + 1 :])
                first = 0 if numbers and rest not in (sorted(other.split(":")) for other in terms) else 1
                levels = {f"{part}[{level}]": (values == level).astype(float).where(known) for level in held[first:]}
            made = {":".join(filter(None, (a, b))): u * v for a, u in made.items() for b, v in levels.items()}
        columns |= made
        lost += [] if made else [term]
    if lost:
        raise OptionError(text("faults.calls.panel_data.terms_levels_compare_alone", lost=join_texts(lost)))
    return columns


def check_singular(laid: PanelData) -> None:
    """Refuse an outcome or terms that do not vary, terms that follow from others, and fewer observations than terms."""
    if laid.free <= len(laid.terms):
        raise OptionError(
            text("faults.calls.panel_data.data_more_observations_than", free=laid.free, terms=len(laid.terms))
        )
    y = laid.within(laid.y)
    held = laid.effects not in {"none", "random"}
    if not held:
        y = y - y.mean()
    if float(y @ y) <= 1e-20 * float(laid.y @ laid.y):
        raise OptionError(
            "outcome: needed an outcome that varies, got one that "
            + ("the effects hold" if held else "is the same everywhere")
        )
    x = laid.within(laid.x)
    length = np.sqrt((laid.x**2).sum(axis=0))
    still = [
        term
        for term, one, whole in zip(laid.terms, np.sqrt((x**2).sum(axis=0)), length, strict=True)
        if one <= 1e-10 * whole
    ]
    if still:
        what = "the effects hold it" if held else "it is 0 everywhere"
        raise OptionError(text("faults.calls.panel_data.terms_terms_vary_leave", still=join_texts(still), what=what))
    scaled = x / np.sqrt((x**2).sum(axis=0))
    keep, rank = [], 0
    for k, term in enumerate(laid.terms):
        grown = np.linalg.matrix_rank(scaled[:, : k + 1], tol=1e-9 * len(scaled) ** 0.5)
        if grown == rank:
            keep.append(term)
        rank = grown
    if keep:
        raise OptionError(text("faults.calls.panel_data.terms_terms_none_follows", keep=join_texts(keep)))
