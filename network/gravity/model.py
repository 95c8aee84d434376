"""Hold a fitted gravity model and predict flows at its own costs and masses, or at others."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice, check_number
from ...data.wording.catalogue import few
from .diagnostics import fit_measures
from .effect_errors import effect_errors
from .pairs import PairTable, pair_index, read_costs
from .projected import projected
from .terms import CONSTRAINTS, Inputs, Mass, Terms, effects_of, end_terms, pair_terms

__all__ = ["Gravity"]

Margin = Literal["kept", "free"]
Interval = Literal["expected", "flow"]
Residual = Literal["response", "pearson", "deviance"]


@dataclass(frozen=True, eq=False, repr=False)
class Gravity:
    """A gravity model fitted by Poisson pseudo-maximum likelihood.

    Coefficients come with the fit; all other tables are made when first asked for, and kept.

    Attributes
    ----------
    constraint, decay, covariance_kind : str
        As asked for.
    coefficients : DataFrame
        ``variable, estimate, standard_error, z, p_value, low, high``, one row a term that is not an effect.
    covariance : DataFrame
        Of the estimates.
    effects : DataFrame
        ``side, place, effect, total, status``: the logarithm of the balancing factor, -inf where every used flow is 0
        (``separated``), nan without any used pair (``unobserved``), else ``estimated``. With effects of both sides
        those of destinations have mean 0.
    fit : Series
        Measures of fit, see `fit_gravity`.
    overdispersion : DataFrame
        ``variance, alpha, standard_error, z, p_value``, see `check_gravity`.
    counts : Series
        Pairs given, left out by reason, and used.
    observed, expected, used : DataFrame
        n x m tables of flows (nan where not looked at), fitted means (0 where separated), and the pairs fitted.
    confidence_level : float
        Of the intervals.
    iterations : int
        Newton steps taken.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from innoscape.network import fit_gravity
    >>> at = np.arange(1.0, 6)
    >>> costs = pd.DataFrame(np.abs(at[:, None] - at), index=list("abcde"), columns=list("abcde"))
    >>> fit_gravity(60 / costs.where(costs > 0, 1.0), costs, constraint="double")
    Gravity(constraint='double', decay='power', pairs=20, log_cost=-1, d2=1, cpc=1)
    """

    constraint: str
    decay: str
    covariance_kind: str
    coefficients: pd.DataFrame
    confidence_level: float
    iterations: int
    _pairs: PairTable
    _terms: Terms
    _inputs: Inputs
    _covariance: np.ndarray

    def __repr__(self) -> str:
        decay = self.coefficients.set_index("variable")["estimate"]
        shown = "".join(f", {name}={decay[name]:.4g}" for name in ("log_cost", "cost") if name in decay.index)
        return (
            f"Gravity(constraint={self.constraint!r}, decay={self.decay!r}, pairs={self._pairs.counts['used']}{shown}, "
            f"d2={self.fit['d2']:.4g}, cpc={self.fit['cpc']:.4g})"
        )

    @cached_property
    def covariance(self) -> pd.DataFrame:
        """Covariance of the estimates."""
        names = self.coefficients["variable"].tolist()
        return pd.DataFrame(self._covariance, index=names, columns=names)

    @cached_property
    def counts(self) -> pd.Series:
        """Pairs given, left out by reason, and used."""
        return pd.Series(self._pairs.counts, name="pairs")

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Logarithms of the balancing factors."""
        return effects_of(self._pairs, self._terms)

    @property
    def fit(self) -> pd.Series:
        """Measures of fit."""
        return self._measured[0]

    @property
    def overdispersion(self) -> pd.DataFrame:
        """Tests of overdispersion."""
        return self._measured[1]

    @cached_property
    def _measured(self) -> tuple[pd.Series, pd.DataFrame]:
        return fit_measures(self._terms.model, self._terms.fit)

    @cached_property
    def observed(self) -> pd.DataFrame:
        """Flows, nan where not looked at."""
        return self._labeled(np.where(self._pairs.seen, self._pairs.flow, np.nan))

    @cached_property
    def expected(self) -> pd.DataFrame:
        """Fitted means, 0 where separated, nan where not looked at."""
        terms = self._terms
        means = np.zeros((len(terms.active_rows), len(terms.active_columns)))
        means[np.ix_(terms.active_rows, terms.active_columns)] = terms.fit.means
        return self._labeled(np.where(self._pairs.seen, means.T if terms.turned else means, np.nan))

    @cached_property
    def used(self) -> pd.DataFrame:
        """Whether a pair was fitted."""
        return self._labeled(self._pairs.used.copy())

    def _labeled(self, table: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(table, index=self._pairs.origins, columns=self._pairs.destinations, copy=False)

    @property
    def exponent(self) -> float:
        """Exponent of the power part of the decay, as `estimate_flows` takes it; 0 without one."""
        return -self._estimate("log_cost")

    @property
    def rate(self) -> float:
        """Rate of the exponential part of the decay per unit of cost, as `estimate_flows` takes it; 0 without one."""
        return -self._estimate("cost")

    def _estimate(self, variable: str) -> float:
        found = self.coefficients.loc[self.coefficients["variable"] == variable, "estimate"]
        return float(found.iloc[0]) if len(found) else -0.0

    def design(self) -> tuple[np.ndarray, list[str], np.ndarray]:
        """Return terms (pairs x terms, as given), their names, and flows of the pairs fitted; without effects only."""
        if any(CONSTRAINTS[self.constraint]):
            raise OptionError(f"constraint: needed 'none', whose terms stand alone, got {self.constraint!r}")
        terms, rows, columns = self._terms, *np.nonzero(self._pairs.used)
        parts = [
            *(one[rows] for one in terms.model.row_terms),
            *(one[columns] for one in terms.model.column_terms),
            *(one[rows, columns] for one in terms.model.x),
        ]
        names = self.coefficients["variable"].tolist()
        given = {n: c + s * x for n, c, s, x in zip(terms.names, terms.center, terms.scale, parts, strict=True)}
        return np.column_stack([given[name] for name in names]), names, self._pairs.flow[rows, columns]

    def effect_errors(self) -> pd.DataFrame:
        """Return the effects with their standard errors, of the kind of the fit.

        They come from the covariance of all coefficients and effects together, which is worked out when asked for and
        not kept: (n + m + terms)^2 numbers. Effects of destinations beside effects of origins have mean 0.

        Returns
        -------
        DataFrame
            `effects` with ``standard_error``; nan where an effect is not estimated.

        Raises
        ------
        OptionError
            If the model has no effects.
        SizeError
            If there are more than 4,000 effects.
        """
        return effect_errors(self._terms, self.effects, self.covariance_kind)

    def residuals(self, *, kind: Residual = "response") -> pd.DataFrame:
        """Return what each used pair has beyond its expected flow.

        ``response`` is y - mu, ``pearson`` that over sqrt(mu), ``deviance`` the signed root of the pair's deviance.

        Parameters
        ----------
        kind : {"response", "pearson", "deviance"}
            Scale of the residuals.

        Returns
        -------
        DataFrame
            ``source, target, value, expected, residual``, sorted by source and target.
        """
        check_choice("kind", kind, get_args(Residual))
        from scipy.special import xlogy

        rows, columns = np.nonzero(self._pairs.used)
        y, mean = self._pairs.flow[rows, columns], self.expected.to_numpy()[rows, columns]
        gap = y - mean
        safe = np.maximum(mean, 1e-300)
        if kind == "pearson":
            gap = gap / np.sqrt(safe)
        elif kind == "deviance":
            gap = np.sign(gap) * np.sqrt(np.maximum(2 * (xlogy(y, y / safe) - gap), 0.0))
        return pd.DataFrame(
            {
                "source": pd.Index(self._pairs.origins).take(rows),
                "target": pd.Index(self._pairs.destinations).take(columns),
                "value": y,
                "expected": mean,
                "residual": gap,
            }
        )

    def predict(
        self,
        *,
        costs: pd.DataFrame | None = None,
        mass: pd.Series | pd.DataFrame | None = None,
        origin_mass: pd.Series | pd.DataFrame | None = None,
        destination_mass: pd.Series | pd.DataFrame | None = None,
        pairs: Mapping[str, pd.DataFrame] | None = None,
        margins: Margin = "kept",
        interval: Interval = "expected",
        confidence_level: float | None = None,
    ) -> pd.DataFrame:
        """Predict flows, at the fitted costs and masses or at others, with intervals.

        Where totals of a side are constrained, ``margins="kept"`` balances the effects anew at the given costs, so that
        the observed totals of the used pairs are met again; ``"free"`` leaves the effects as fitted, so that totals
        move with the costs. Without changes both are the fitted means.

        The interval of the expected flow is ``mu exp(-+ z se)``, se by the delta method from the covariance of the
        coefficients, the totals of constrained sides taken as given. That of a flow to be seen adds the spread of
        counts: quantiles of a negative binomial with variance ``mu + (alpha + se^2) mu^2``, alpha (at least 0) from the
        test of overdispersion.

        - Pairs that were missing are predicted too; with ``margins="kept"`` they do not count towards the totals.
        - Separated pairs are predicted as 0, with an interval of 0 to 0.
        - An unconstrained model predicts any places that have costs and masses.

        Parameters
        ----------
        costs, mass, origin_mass, destination_mass, pairs : optional
            What changes; as `fit_gravity` takes them. What is not given stays as fitted.
        margins : {"kept", "free"}
            What stays when costs change.
        interval : {"expected", "flow"}
            Interval of the mean, or of a single flow (counts).
        confidence_level : float, optional
            Of the interval; that of the fit by default.

        Returns
        -------
        DataFrame
            ``source, target, value, standard_error, low, high, status`` (``estimated``); the standard error is that of
            the logarithm of the expected flow.
        """
        check_choice("margins", margins, get_args(Margin))
        check_choice("interval", interval, get_args(Interval))
        confidence_level = self.confidence_level if confidence_level is None else confidence_level
        check_number("confidence_level", confidence_level, above=0, below=1)
        inputs = self._changed(costs, mass, origin_mass, destination_mass, pairs)
        origins, destinations, cost = read_costs(inputs.costs)
        self._same_places(origins, destinations)
        wanted = np.isfinite(cost)
        if not inputs.diagonal:
            own = pair_index(origins, destinations)
            wanted[own[0], own[1]] = False
        low_cost = cost[wanted].min(initial=np.inf)
        if low_cost < 0 or (low_cost == 0 and inputs.decay != "exponential"):
            raise OptionError(f"this decay needs {'costs of at least 0' if low_cost < 0 else 'positive costs'}")
        _, x = pair_terms(cost, wanted, inputs, origins, destinations)
        _, at_origin, _, at_destination = end_terms(inputs, origins, destinations)
        logs, error = projected(
            self._terms, self._solved_covariance(), x, at_origin, at_destination, wanted, kept=margins == "kept"
        )
        rows, columns = np.nonzero(wanted)
        mean, error = np.exp(logs[rows, columns]), error[rows, columns]
        low, high = self._bounds(mean, error, interval, confidence_level)
        return pd.DataFrame(
            {
                "source": pd.Index(origins).take(rows),
                "target": pd.Index(destinations).take(columns),
                "value": mean,
                "standard_error": error,
                "low": low,
                "high": high,
                "status": "estimated",
            }
        )

    def _changed(
        self,
        costs: pd.DataFrame | None,
        mass: Mass | None,
        origin_mass: Mass | None,
        destination_mass: Mass | None,
        pairs: Mapping[str, pd.DataFrame] | None,
    ) -> Inputs:
        """Return the inputs of the fit with those replaced that are given."""
        known = self._inputs
        faults = []
        free = [not effects for effects in CONSTRAINTS[self.constraint]]
        if mass is not None and not any(
            one and own is None for one, own in zip(free, (origin_mass, destination_mass), strict=True)
        ):
            faults.append("mass")
        faults += [
            f"{side}_mass"
            for side, own, one in zip(("origin", "destination"), (origin_mass, destination_mass), free, strict=True)
            if own is not None and not one
        ]
        if faults:
            raise OptionError(f"{few(faults)}: no part in a model with constraint={self.constraint!r}; leave it out")
        strange = [name for name in pairs or {} if name not in known.pairs]
        if strange:
            raise OptionError(f"the model has no pair variable {few(strange)}")
        origin_mass = mass if origin_mass is None else origin_mass
        destination_mass = mass if destination_mass is None else destination_mass
        return replace(
            known,
            costs=known.costs if costs is None else costs,
            origin_mass=known.origin_mass if origin_mass is None else origin_mass,
            destination_mass=known.destination_mass if destination_mass is None else destination_mass,
            pairs={**known.pairs, **(pairs or {})},
        )

    def _same_places(self, origins: list[Any], destinations: list[Any]) -> None:
        """Refuse places of a constrained model other than those it was fitted on."""
        fitted = (self._pairs.origins, self._pairs.destinations)
        if any(CONSTRAINTS[self.constraint]) and (origins, destinations) != fitted:
            raise OptionError("a constrained model predicts the places it was fitted on: give costs of exactly those")

    def _solved_covariance(self) -> np.ndarray:
        """Return the covariance of the coefficients of the solved, standardized terms."""
        terms = self._terms
        forward = np.diag(terms.scale)
        if "constant" in terms.names:
            forward[terms.names.index("constant")] = np.where(np.array(terms.names) == "constant", 1.0, terms.center)
        given = self.covariance.loc[terms.names, terms.names].to_numpy()
        return np.einsum("ij,jk,lk->il", forward, given, forward)

    def _bounds(
        self, mean: np.ndarray, error: np.ndarray, interval: str, confidence_level: float
    ) -> tuple[np.ndarray, np.ndarray]:
        from scipy.stats import nbinom, norm, poisson

        if interval == "expected":
            factor = np.exp(norm.ppf((1 + confidence_level) / 2) * error)
            return mean / factor, mean * factor
        alpha = self.overdispersion.set_index("variance").loc["nb2", "alpha"]
        spread = max(float(alpha), 0.0) + error**2  # pyright: ignore[reportArgumentType]
        wide = (spread > 1e-12) & (mean > 0)
        bounds = []
        for tail in ((1 - confidence_level) / 2, (1 + confidence_level) / 2):
            bound = poisson.ppf(tail, mean)
            bound[wide] = nbinom.ppf(tail, 1 / spread[wide], 1 / (1 + spread[wide] * mean[wide]))
            bounds.append(np.where(mean > 0, bound, mean))
        return bounds[0], bounds[1]
