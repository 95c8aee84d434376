"""Fit gravity models to the networks of a study that ask for one, each year alone, with `fit_gravities`.

Flows without a direction enter in both, so that both ends of a pair have the same effect or mass; errors and counts are
those of the pairs.
"""

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, InnoscapeWarning, OptionError, StudyError, TableError, container
from ...data.contracts.results import result_tables
from ...data.flow_ends import flow_ends
from ...data.wording.catalogue import text
from ...network import to_flows
from ..plan.faults_together import FaultsTogether
from ..plan.gravity_plan import STRENGTH, GravityMass, GravityPlan
from ..plan.inputs import Inputs, Tables
from ..plan.schema import STUDY_FILE, Network
from .estimate_costs import estimate_costs
from .masses import latest_values
from .networks import Networks, YearOfFlows

__all__ = ["fit_gravities"]

TABLES = ("gravity", "gravity_fit", "gravity_misfits")
_KEPT = ("d2", "mcfadden", "cpc", "srmse", "r2")


def fit_gravities(inputs: Inputs, networks: Networks, known: FaultsTogether | None = None) -> Tables:
    """Fit the gravity models of a study.

    Parameters
    ----------
    inputs : Inputs
    networks : Networks
    known : FaultsTogether, optional
        What is known to be wrong: networks that have faults are left out.

    Returns
    -------
    dict
        ``gravity``, ``gravity_fit`` and ``gravity_misfits``, see the result tables of these names; with a column
        ``year`` where a network has several years. Nothing where no network asks for one.

    Raises
    ------
    StudyError
        If a model cannot be fitted, with the faults of all.
    """
    asked = [
        network
        for i, network in enumerate(inputs.study.networks, 1)
        if network.gravity is not None and not (known and known.under(f"networks[{i}]"))
    ]
    if not asked:
        return {}
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    found = FaultsTogether()
    for network in asked:
        if network.name not in networks.by_year:
            continue
        years = networks.by_year[network.name]
        assert network.gravity is not None  # noqa: S101 - chosen above
        shown = [*years.items()][-1:] if network.gravity.years == "latest" else years.items()
        for year, one in shown:
            with found.noted():
                for name, table in _Desk(network, network.gravity, inputs, year, one).tables().items():
                    cell = year if len(years) > 1 else pd.NA
                    dated = table.assign(kind=network.name, year=pd.Series(cell, index=table.index, dtype="Int64"))
                    parts[name].append(dated)
    found.done()
    tables = {name: pd.concat(own, ignore_index=True) for name, own in parts.items() if own}
    hidden = () if networks.shown_years else ("year",)
    return {
        name: table.reindex(columns=[c for c in result_tables()[name].fixed if c not in hidden])
        for name, table in tables.items()
        if len(table)
    }


@dataclass(frozen=True, eq=False)
class _Desk:
    """What the steps of one fit share."""

    network: Network
    plan: GravityPlan
    inputs: Inputs
    year: int | None
    one: YearOfFlows

    @property
    def at(self) -> str:
        # names are unique, and a study is matched anew for every scenario
        names = [network.name for network in self.inputs.study.networks]
        return f"networks[{names.index(self.network.name) + 1}].gravity"

    def refused(self, key: str, column: str = "", **values: Any) -> StudyError:  # noqa: ANN401 - of any sentence
        """Return a fault of this model, which names the year where the network has several."""
        fault = Fault.of(key, STUDY_FILE, column=f"{self.at}{column}", **values)
        if self.year is not None:
            fault = replace(fault, got=text("faults.gravity.of_year", got=fault.got, year=self.year))
        return StudyError([fault])

    def tables(self) -> Tables:
        """Fit the model and write it as tables, without network and year."""
        # most studies fit no gravity model
        from ...network import fit_gravity

        plan, flows = self.plan, self._flows()
        places = sorted(flow_ends(flows))
        if len(places) < 3:
            raise self.refused("faults.gravity.few", places=len(places))
        costs = estimate_costs(self.inputs, places, self.at).matrix
        both = flows
        if not self.network.directed:
            costs = (costs + costs.T) / 2
            both = pd.concat([flows, flows.rename(columns={"source": "target", "target": "source"})], ignore_index=True)
        masses = {
            f"{side}_mass": self._mass(side, mass, both, places)
            for side, mass in plan.masses.items()
            if mass is not None
        }
        try:
            with warnings.catch_warnings():
                # places without flows and pairs left out are counted among the measures
                warnings.simplefilter("ignore", InnoscapeWarning)
                fit = fit_gravity(
                    both,
                    costs,
                    **masses,
                    pairs={f"same_{same}": self._same(same, places) for same in plan.same},
                    constraint=plan.constraint,
                    decay=plan.decay,
                    covariance=plan.covariance,
                    absent=plan.absent,
                    confidence_level=plan.confidence_level,
                )
        except (OptionError, TableError) as error:
            raise self.refused("faults.gravity.unfit", error=error) from None
        tables = _tables(fit, plan, places, directed=self.network.directed)
        measures = tables["gravity_fit"].set_index("measure")["value"]
        if measures["pairs"] <= measures["parameters"]:
            pairs, parameters = int(measures["pairs"]), int(measures["parameters"])
            raise self.refused("faults.gravity.few_pairs", pairs=pairs, parameters=parameters)
        used = fit.observed.to_numpy()[fit.used.to_numpy()]
        if np.ptp(used) == 0:
            raise self.refused("faults.gravity.alike", value=f"{used[0]:g}")
        numbers = tables["gravity"][["coefficient", "standard_error"]].to_numpy()
        if not np.isfinite(numbers).all():
            raise self.refused("faults.gravity.unfit", error="the standard errors are not finite")
        return tables

    def _flows(self) -> pd.DataFrame:
        """Return the flows between different places that stand for themselves, each pair once."""
        flows = to_flows(self.one.between_places(self.inputs.aggregates).graph)
        return flows.loc[flows["source"] != flows["target"], ["source", "target", "value"]].reset_index(drop=True)

    def _mass(self, side: str, mass: GravityMass, flows: pd.DataFrame, places: list[str]) -> pd.DataFrame:
        at = f".{side}_mass"
        if mass == STRENGTH:
            end = "source" if side == "origin" else "target"
            table = flows.groupby(end)["value"].sum().reindex(places).to_frame(STRENGTH)
        else:
            cells = self.inputs.indicators
            assert cells is not None  # noqa: S101 - a study without indicators is refused before
            known = sorted(set(cells["indicator"].astype(str)))
            if strange := [name for name in mass if name not in known]:
                key, names = "faults.estimate.indicator", ", ".join(map(repr, strange))
                raise self.refused(key, at, got=names, names=known)
            own = cells[cells["indicator"].isin(list(mass))]
            table = latest_values(own, self.year).reindex(index=places, columns=list(mass))
        for name in table:
            if lost := [place for place, value in table[name].items() if not value > 0]:
                raise self.refused("faults.gravity.mass_value", at, name=name, places=lost)
        return table

    def _same(self, same: str, places: list[str]) -> pd.DataFrame:
        """Return 1 where both places lie in one scored place, or on one corridor."""
        study, index = self.inputs.study, pd.Index(places)
        if same == "scope":
            units = study.index.units if study.index else []
            inside = container(places, self.inputs.places, units, include_self=True)
            groups = [set(own) for own in inside.groupby(inside).groups.values()]
        else:
            corridors = self.inputs.corridors
            members = [] if corridors is None else corridors["members"].astype(str)
            groups = [{name.strip() for name in cell.split(";")} for cell in members]
        shared = np.zeros((len(places), len(places)))
        for group in groups:
            inner = index.isin(list(group))
            shared[np.ix_(inner, inner)] = 1.0
        return pd.DataFrame(shared, index=index, columns=index)


def _tables(fit: Any, plan: GravityPlan, places: list[str], *, directed: bool) -> Tables:  # noqa: ANN401 - a Gravity
    pairs, parameters = float(fit.fit["pairs"]), float(fit.fit["parameters"])
    residuals = fit.residuals(kind="deviance")
    left_out = float(fit.counts["separated"] + fit.counts["flow_missing"])
    if directed:
        terms, covariance = fit.coefficients.set_index("variable")["estimate"], fit.covariance.to_numpy()
    else:
        terms, covariance = _undirected(fit)
        covariance = covariance * (pairs - 1) / (pairs / 2 - 1) if pairs > 2 else covariance * np.nan
        residuals = residuals[residuals["source"] < residuals["target"]]
        active = len(flow_ends(residuals))
        pairs, left_out = pairs / 2, left_out / 2
        parameters = len(terms) + (active if plan.effects else 0)
    used = residuals["value"]
    measures = {
        "places": len(places),
        "pairs": pairs,
        "positive": float((used > 0).sum()),
        "left_out": left_out,
        "parameters": parameters,
        **{name: float(fit.fit[name]) for name in _KEPT},
        "rmse": float(np.sqrt(((used - residuals["expected"]) ** 2).mean())),
    }
    return {
        "gravity": _coefficients(terms, covariance, plan.confidence_level),
        "gravity_fit": pd.DataFrame({"measure": list(measures), "value": [float(v) for v in measures.values()]}),
        "gravity_misfits": _misfits(residuals, plan.misfits),
    }


def _undirected(fit: Any) -> tuple[pd.Series, np.ndarray]:  # noqa: ANN401 - a Gravity
    """Return the terms of pairs that were given twice: one for the masses of both ends, half the sum of the two.

    Their covariance is still that of twice as many pairs.
    """
    estimate = fit.coefficients.set_index("variable")["estimate"]
    ends = {name: name.partition("_") for name in estimate.index}
    names = {
        name: f"both_{ends[name][2]}" if ends[name][0] in {"origin", "destination"} else name for name in estimate.index
    }
    terms = list(dict.fromkeys(names.values()))
    mean = np.array([[float(names[name] == term) for name in estimate.index] for term in terms])
    mean /= mean.sum(axis=1, keepdims=True)
    covariance = np.einsum("ij,jk,lk->il", mean, fit.covariance.to_numpy(), mean)
    return pd.Series(np.einsum("ij,j->i", mean, estimate.to_numpy()), index=terms), covariance


def _coefficients(terms: pd.Series, covariance: np.ndarray, level: float) -> pd.DataFrame:
    from scipy.special import ndtr, ndtri

    value, error = terms.to_numpy(dtype=float), np.sqrt(np.diag(covariance))
    half = ndtri((1 + level) / 2) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = 2 * ndtr(-np.abs(value / error))
    return pd.DataFrame(
        {
            "term": terms.index,
            "coefficient": value,
            "standard_error": error,
            "low": value - half,
            "high": value + half,
            "p_value": chance,
            "status": "fitted",
        }
    )


def _misfits(residuals: pd.DataFrame, shown: int) -> pd.DataFrame:
    """Return the pairs farthest above and below the model, by the signed root of their deviance."""
    # what differs in the last digits alone stands in the order of places
    far = residuals.assign(rank=residuals["residual"].abs().round(9))
    far = far[far["rank"] > 0].sort_values(["rank", "source", "target"], ascending=[False, True, True])
    parts = [
        far[over].head(shown).assign(side=side)
        for side, over in (("above", far["residual"] > 0), ("below", far["residual"] < 0))
    ]
    table = pd.concat(parts, ignore_index=True).rename(columns={"value": "observed"})
    return table.assign(ratio=table["observed"] / table["expected"], status="fitted")
