"""Explain an outcome by terms of places and of their neighbors: models, tests, effects, and other neighbors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data import Fault, GeometryError, OptionError, StudyError
from ...data.contracts.results import result_tables
from ...data.errors import warn
from ...data.wording.catalogue import Text, few, plain, text
from ..plan.faults_together import FaultsTogether
from ..plan.regression_plan import LAGGED, SPACELESS, RegressionPlan
from ..plan.schema import STUDY_FILE
from ..plan.weights_plan import weights_named
from .analyzed import Analyzed
from .build_chain import Chain
from .place_shapes import place_shapes
from .place_weights import place_weights
from .regression_data import OUTCOME, Coefficient, RegressionData, regression_data

if TYPE_CHECKING:
    from ...geo import SpatialRegression, SpatialWeights

__all__ = ["explain_outcome"]

# places that the test of residuals needs
_TESTED = 4
# places up to which a trial estimates every model
_QUICK = 1000
_TRIED_DRAWS = 2
# what an error of the library begins with -> the key of the study file
_KEY_OF = {"terms": "terms", "data": "terms", "weights": "weights", "method": "method", "outcome": "outcome"}


def explain_outcome(chain: Chain, plan: RegressionPlan, *, trial: bool = False) -> Analyzed:
    """Fit the regressions of a study.

    Parameters
    ----------
    chain : Chain
    plan : RegressionPlan
    trial : bool
        Whether only what can fail is tried: effects get no intervals, and models of many places are not estimated.

    Returns
    -------
    Analyzed
        ``regression``, ``regression_impacts``, ``regression_tests``, ``regression_fit``, ``regression_residuals``; the
        layer ``residuals`` of the main model in the last year.

    Raises
    ------
    StudyError
        If a variable cannot be used, weights cannot be built, or a model cannot be estimated.
    """
    data = regression_data(chain, plan)
    under = _weights(chain, plan, data)
    found = _Found(plan, trial=trial)
    noted = FaultsTogether()
    said: set[str] = set()
    for n, (name, weights) in enumerate(under.items()):
        own = data.of(weights.places)
        small = not trial or len(own.places) <= _QUICK
        with noted.noted(), _refusing("regression.terms", "ols", name, weights, said):
            found.add_tests(own, name, weights)
        for model in plan.shown_models if n == 0 else plan.models[:1]:
            with noted.noted(), _refusing("regression.models", model, name, weights, said):
                if small:
                    found.add_model(own, name, weights, model)
                else:
                    found.check_model(own, weights, model)
    noted.done()
    if trial:
        return Analyzed({})
    tables = found.tables()
    residuals = tables["regression_residuals"]
    last = residuals["year"].isna() if data.years[-1] is None else residuals["year"] == data.years[-1]
    main = residuals[last & (residuals["model"] == plan.models[0]) & (residuals["weights"] == next(iter(under)))]
    return Analyzed(tables, {"residuals": place_shapes(chain.inputs, main)})


def _weights(chain: Chain, plan: RegressionPlan, data: RegressionData) -> dict[str, "SpatialWeights"]:
    """Return weights between the places by name; of flows those of the last year."""
    noted, under = FaultsTogether(), dict[str, Any]()
    names = plan.weights or [*weights_named(chain.inputs.study)][:1]
    for name in names:
        with noted.noted():
            under[name] = place_weights(chain, name, data.places, year=data.years[-1])
            if lost := sorted({*data.places} - {*under[name].places}):
                warn("warnings.regression.islands", name=name, n=len(lost), places=lost, stacklevel=3)
    noted.done()
    if len(under) < len(names):
        raise StudyError([])
    return under


@contextmanager
def _refusing(at: str, model: str, name: str, weights: "SpatialWeights", said: set[str]) -> Iterator[None]:
    """Turn what the library refuses into a fault of the study file, once whatever the model."""
    try:
        yield
    except (OptionError, GeometryError) as error:
        if str(error) in said:
            return
        said.add(str(error))
        about = str(error).partition(":")[0]
        at = f"regression.{_KEY_OF[about]}" if about in _KEY_OF else at
        got: Text = plain(f"{model}, {name}")
        if weights.islands:
            got = text("faults.regression.with_islands", got=got, places=few(weights.islands))
        raise StudyError([Fault.of("faults.regression.unfit", STUDY_FILE, column=at, got=got, error=error)]) from None


class _Found:
    """What the models of a study have found so far."""

    def __init__(self, plan: RegressionPlan, *, trial: bool) -> None:
        self.plan = plan
        self.draws = _TRIED_DRAWS if trial else plan.draws
        self.trial = trial
        self.parts: dict[str, list[pd.DataFrame]] = {
            name: []
            for name in (
                "regression",
                "regression_impacts",
                "regression_tests",
                "regression_fit",
                "regression_residuals",
            )
        }

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name."""
        return {name: _as_contract(name, parts) for name, parts in self.parts.items()}

    def _note(self, table: str, frame: pd.DataFrame, model: str, weights: str) -> None:
        self.parts[table].append(frame.assign(model=model, weights=weights))

    def add_tests(self, data: RegressionData, name: str, weights: "SpatialWeights") -> None:
        """Add the tests of least squares, and the model that they recommend."""
        from ...geo import spatial_tests

        level = 1 - self.plan.confidence_level
        tests = spatial_tests(
            data.frame, weights, outcome=OUTCOME, terms=data.columns, effects=self.plan.effects, level=level
        )
        self._note("regression_tests", tests.assign(recommended=tests.attrs["choice"]), "ols", name)

    def check_model(self, data: RegressionData, weights: "SpatialWeights", model: Any) -> None:  # noqa: ANN401 - a Literal
        """Refuse a model that cannot be estimated, as far as that is quickly known."""
        from ...geo.regression.check_estimable import check_estimable

        check_estimable(
            data.frame,
            weights,
            outcome=OUTCOME,
            terms=data.columns,
            model=model,
            effects=self.plan.effects,
            method=self.plan.method,
        )

    def add_model(self, data: RegressionData, name: str, weights: "SpatialWeights", model: Any) -> None:  # noqa: ANN401 - a Literal
        """Add a model under some weights."""
        from ...geo import spatial_regression

        plan = self.plan
        fit = spatial_regression(
            data.frame,
            weights,
            outcome=OUTCOME,
            terms=data.columns,
            model=model,
            effects=plan.effects,
            # least squares have no other method
            method="ml" if model in ("ols", "slx") and plan.effects != "random" else plan.method,
            draws=self.draws,
            level=plan.confidence_level,
            seed=plan.seed,
        )
        if self.trial:
            return
        terms = data.coefficients
        self._note("regression", _named(fit, terms), model, name)
        self._note("regression_impacts", _effects(fit.impacts, terms, data.spread), model, name)
        self._note("regression_tests", _restrictions(fit), model, name)
        size = {key: getattr(fit, key) for key in ("method", "effects", "places", "years", "observations", "free")}
        good = {key: getattr(fit, key) for key in ("log_likelihood", "aic", "bic", "r2", "sigma2")}
        self._note("regression_fit", pd.DataFrame([size | good | _alone(weights)]), model, name)
        residuals = _residuals(fit, data)
        self._note("regression_residuals", residuals, model, name)
        self._note("regression_tests", _moran(residuals, weights), model, name)


def _alone(weights: "SpatialWeights") -> dict[str, Any]:
    """Return how many places have no neighbor, and which."""
    return {"islands": len(weights.islands), "island_places": "; ".join(map(str, weights.islands)) or None}


def _as_contract(name: str, parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = result_tables()[name].columns
    rows = [row for part in parts for row in part.to_dict("records")]
    whole = {column.name: "Int64" for column in columns if column.dtype == "integer"}
    return pd.DataFrame(rows, columns=[column.name for column in columns]).astype(whole)


def _named(fit: "SpatialRegression", terms: Sequence[Coefficient]) -> pd.DataFrame:
    """Put the names of the study in place of those of the columns, in the order in which the library gives them."""
    named: list[tuple[str, str | None, str | None]] = [("intercept", None, None)] if fit.effects == "none" else []
    for of in ("place", "neighbors") if fit.model in LAGGED else ("place",):
        named += [(one.term, one.tier, of) for one in terms]
    if fit.model not in SPACELESS:
        named.append((str(fit.coefficients["term"].iloc[-1]), None, None))
    return fit.coefficients.assign(**dict(zip(("term", "tier", "of"), zip(*named, strict=True), strict=True)))


def _effects(table: pd.DataFrame, terms: Sequence[Coefficient], spread: float) -> pd.DataFrame:
    """Name the effects, and say by what each makes an effect of one standard deviation on the outcome in its own."""
    several = [*terms] * (len(table) // len(terms))
    return table.assign(
        term=[one.term for one in several],
        tier=[one.tier for one in several],
        scale=[(1.0 if one.spread is None else one.spread) / spread for one in several],
    )


def _restrictions(fit: "SpatialRegression") -> pd.DataFrame:
    table = fit.restrictions
    return table.assign(test="wald_" + table["restriction"].astype(str)).drop(columns="restriction")


def _residuals(fit: "SpatialRegression", data: RegressionData) -> pd.DataFrame:
    """Return residuals of every place and year, also in standard deviations."""
    keys = ["place", *(["year"] if "year" in data.frame else [])]
    table = fit.residuals.merge(data.frame[[*keys, OUTCOME]], on=keys)
    year = table["year"] if "year" in table else [data.years[0]] * len(table)
    spread = float(table["residual"].std(ddof=0))
    return table.assign(
        year=pd.array([*year], dtype="Int64"), observed=table[OUTCOME], standardized=table["residual"] / spread
    )


def _moran(residuals: pd.DataFrame, weights: "SpatialWeights") -> pd.DataFrame:
    """Say year by year whether residuals still lie by like ones."""
    from ...geo import autocorrelation

    rows = []
    for year, own in residuals.groupby("year", dropna=False):
        values = own.set_index("place")["residual"].reindex(weights.places)
        if len(values) < _TESTED or np.ptp(values) <= 0:
            # nothing can be said of so few, or of residuals that are all alike
            continue
        found = autocorrelation(values, weights, statistic="moran", permutations=0).iloc[0]
        rows.append(
            {
                "test": "moran_residuals",
                "year": None if pd.isna(year) else int(year),
                "value": found["value"],
                "statistic": found["z"],
                "p_value": found["p_normal"],
            }
        )
    columns = ["test", "year", "value", "statistic", "p_value"]
    return pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})
