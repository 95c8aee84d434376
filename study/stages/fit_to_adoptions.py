"""Fit the diffusion of a study to the dates at which places adopted."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, InnoscapeWarning, TableError
from ...data.wording.catalogue import few
from ...network import DiffusionFit as Fitted
from ...network import cross_validate, fit_diffusion
from ..plan.diffusion_fit import EXTERNAL, DiffusionFit, Effect
from ..plan.table_desk import DATASET
from ..wording.notices import Notice
from .build_chain import Chain
from .found_fit import FoundFit
from .rate_inputs import rate_inputs
from .spread_numbers import Numbers, covariates_of, tier_receptivity

__all__ = ["fit_to_adoptions"]


def fit_to_adoptions(plan: DiffusionFit, chain: Chain, assumed: Numbers, free: list[str]) -> FoundFit:
    """Fit the numbers that are free to the adoptions at centers, the others as assumed.

    Raises
    ------
    StudyError, TableError
        If no adoption at a center is left to explain, or one lies before the start.
    """
    adoptions, away = _adoptions(plan, chain)
    given = rate_inputs(chain)
    centers = given["centers"]
    centers = centers[~centers["place"].isin(plan.leave_out)].reset_index(drop=True)
    kept = set(centers["place"])
    options: dict[str, Any] = {
        **given,
        "centers": centers,
        "channels": assumed.channels,
        "horizon": plan.until,
        "receptivity": tier_receptivity(chain)[list(centers["place"])],
        "external": True if EXTERNAL in free else assumed.external,
        "free": [name for name in free if name != EXTERNAL],
        "shared": plan.shared,
        "start": plan.start,
        **({"seeds": plan.seeds} if plan.seeds is not None else {}),
    }
    values = None
    if plan.covariates:
        values = covariates_of(chain, plan.covariates).loc[sorted(kept)]
        options["covariates"] = values.rename_axis("place").reset_index()
    with warnings.catch_warnings():
        # what is not identifiable is judged by the caller, and ties are said with the fit
        warnings.simplefilter("ignore", InnoscapeWarning)
        found = fit_diffusion(adoptions, confidence_level=plan.confidence_level, **options)
        scores = _cross_validated(plan, adoptions, options)
    tests = found.tests.set_index("term")["p_value"]
    term = found.estimates["parameter"].str.removesuffix(".rate")
    tables = {
        "fit_measures": _measures(found, scores, len(centers)),
        **({} if scores is None else {"cross_validation": scores}),
    }
    effects = ()
    if values is not None:
        size = found.estimates.set_index("parameter")["value"]
        effects = tuple(Effect(n, float(size[f"receptivity.{n}"]), float(values[n].mean())) for n in plan.covariates)
    return FoundFit(
        found.estimates.assign(p_value=term.map(tests)),
        found.correlation,
        found.unidentified(),
        tables,
        effects,
        tuple([Notice("notice", "notices.fit_away", {"places": away})] if away else []),
        lambda: {"fit_calibration": found.calibration(), "fit_goodness": found.goodness(seed=0)},
    )


def _adoptions(plan: DiffusionFit, chain: Chain) -> tuple[pd.DataFrame, list[str]]:
    """Return the adoptions at centers that could adopt, and the places of the others."""
    table, where = chain.inputs.adoptions, str(plan.adoptions).removeprefix(DATASET)
    assert table is not None  # noqa: S101 - read with the other tables
    centers = set(chain.layers.centers["place"]) - {*plan.leave_out}
    own = table[table["place"].isin(centers)]
    away = sorted({*table["place"]} - centers - {*plan.leave_out})
    column: dict[str, Any] = {"column": "time"}
    if own.empty:
        raise TableError([Fault.of("faults.fit.no_center", where, column="place", got=few(sorted({*table["place"]})))])
    if plan.start is not None:
        early = own[(own["time"] < plan.start) & ~own["place"].isin(plan.seeds or [])]
        if len(early):
            raise TableError(
                Fault.of(
                    "faults.fit.early", where, row=int(row) + 2, **column, got=f"{time:g}", start=f"{plan.start:g}",
                    place=place,
                )
                for row, place, time in zip(early.index, early["place"], early["time"], strict=True)
            )  # fmt: skip
    assert plan.until is not None  # noqa: S101 - a fit to adoptions says until when
    seen = own[own["time"] <= plan.until]
    if plan.seeds is not None:
        left = seen[~seen["place"].isin(plan.seeds)]
    else:
        by = seen["innovation"].fillna("") if "innovation" in seen else pd.Series("", index=seen.index)
        left = seen[seen["time"] > seen.groupby(by)["time"].transform("min")]
    if seen.empty:
        first, until = f"{own['time'].min():g}", f"{plan.until:g}"
        raise TableError([Fault.of("faults.fit.too_late", where, **column, until=until, got=first)])
    if left.empty:
        said = {"n": len(seen), "until": f"{plan.until:g}", "got": few(f"{t:g}" for t in sorted({*seen["time"]}))}
        raise TableError([Fault.of("faults.fit.one_date", where, **column, **said)])
    return own.reset_index(drop=True), away


def _cross_validated(plan: DiffusionFit, adoptions: pd.DataFrame, options: dict[str, Any]) -> pd.DataFrame | None:
    if not plan.cross_validate:
        return None
    several = "innovation" in adoptions and len(set(adoptions["innovation"])) > 1
    after = plan.after
    if after is None and not several:
        # the later half is scored by what is fitted to the earlier one
        after = float(np.quantile(adoptions["time"][adoptions["time"] <= plan.until], 0.5, method="lower"))
    return cross_validate(adoptions, after=after, **options)


def _measures(found: Fitted, scores: pd.DataFrame | None, centers: int) -> pd.DataFrame:
    history = found.problem.history
    rate = history.events / float(history.outside.sum())
    constant = history.events * np.log(rate) - history.events
    rows: dict[str, float] = {
        "adoptions": history.events,
        "centers": centers,
        "innovations": len(history.innovations),
        "tied": history.tied,
        "log_likelihood": found.loglik,
        "log_likelihood_constant_rate": constant,
        "aic": found.aic,
        "aic_constant_rate": 2.0 - 2.0 * constant,
    }
    if scores is not None:
        rows["cross_validated_gain"] = float(scores["gain"].iloc[-1])
    return pd.DataFrame({"measure": list(rows), "value": list(rows.values())}).astype({"value": float})
