"""Find the patterns that a study asks for: whether and where like values lie near each other, how far they spread."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data import Fault, GeometryError, OptionError, StudyError
from ...data.contracts.results import result_tables
from ...data.errors import warn
from ..plan.pattern_plan import PatternPlan
from ..plan.schema import STUDY_FILE
from ..plan.variables import Variable
from ..plan.weights_plan import weights_named
from .analyzed import Analyzed
from .build_chain import Chain
from .place_areas import place_areas
from .place_variables import values_of_variable, without_containers
from .place_weights import place_weights

if TYPE_CHECKING:
    from ...geo import SpatialWeights
    from ...geo.pattern.autocorrelation import Statistic

__all__ = ["find_pattern"]

# no statistic says anything of fewer
LEAST = 4


@dataclass(frozen=True, eq=False)
class _Look:
    """The values of one variable in one year."""

    variable: Variable
    year: int | None
    numbers: pd.Series

    def dated(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the name of the variable and its year in front."""
        year = pd.array([self.year] * len(table), dtype="Int64")
        table = table.drop(columns=["variable", "year"], errors="ignore")
        return table.assign(variable=self.variable.key, year=year)


def find_pattern(chain: Chain, plan: PatternPlan, *, trial: bool = False) -> Analyzed:
    """Find the patterns of a study.

    Parameters
    ----------
    chain : Chain
    plan : PatternPlan
    trial : bool
        Whether only what can fail is tried: nothing is drawn at random.

    Returns
    -------
    Analyzed
        ``autocorrelation``, ``clusters``, ``ellipses``; layers ``clusters`` (areas where all places have one, else
        points), ``ellipses`` and ``density``.

    Raises
    ------
    StudyError
        If a variable has no values, weights cannot be built, or a statistic cannot be computed.
    """
    permutations = 0 if trial else plan.permutations
    names = plan.weights or [*weights_named(chain.inputs.study)][:1]
    parts: dict[str, list[pd.DataFrame]] = {"autocorrelation": [], "clusters": [], "ellipses": [], "density": []}
    for at, looks in _looks(chain, plan):
        for look in looks:
            for n, name in enumerate(names):
                weights = place_weights(chain, name, list(look.numbers.index), year=look.year)
                values = look.numbers.reindex(weights.places)
                with _refusing(at, look):
                    parts["autocorrelation"] += [
                        look.dated(_whole(values, weights, name, one, permutations, plan)) for one in plan.statistics
                    ]
                    if n == 0:
                        parts["clusters"].append(look.dated(_local(values, weights, permutations, plan)))
        with _refusing(at, looks[-1]):
            parts["ellipses"] += _ellipses(chain, looks, plan)
            if not trial:
                parts["density"] += _density(chain, looks[-1], plan)
    tables = {name: pd.concat(own, ignore_index=True) for name, own in parts.items() if own}
    layers = {name: gpd.GeoDataFrame(tables[name], crs=4326) for name in ("ellipses", "density") if name in tables}
    tables.pop("density", None)
    if not trial and "clusters" in tables:
        layers["clusters"] = _cluster_layer(chain, tables["clusters"])
    return Analyzed({name: _as_contract(name, table) for name, table in tables.items()}, layers)


def _looks(chain: Chain, plan: PatternPlan) -> Iterator[tuple[str, list[_Look]]]:
    """Give each variable's key path and its values year by year."""
    for i, variable in enumerate(plan.variables, 1):
        at = f"pattern.variables[{i}]" if len(plan.variables) > 1 else "pattern.variables"
        table = values_of_variable(chain, variable, at)
        if plan.places is not None:
            if lost := sorted({*plan.places} - {*table["place"]}):
                raise StudyError(
                    [Fault.of("faults.variables.places", STUDY_FILE, column="pattern.places", places=lost)]
                )
            table = table[table["place"].isin(plan.places)]
        else:
            table = table[table["place"].isin(without_containers(chain, table["place"]))]
        looks = [
            _Look(variable, None if pd.isna(year) else int(year), own.set_index("place")["value"])
            for year, own in table.groupby("year", dropna=False)
        ]
        enough = [look for look in looks if len(look.numbers) >= LEAST]
        if not enough:
            most = max(len(look.numbers) for look in looks)
            raise StudyError([Fault.of("faults.pattern.few", STUDY_FILE, column=at, n=most, least=LEAST)])
        if few := [look.year for look in looks if len(look.numbers) < LEAST]:
            warn("warnings.pattern.few", name=variable.key, years=few, least=LEAST, stacklevel=3)
        yield at, enough[-1:] if plan.years == "latest" else enough


@contextmanager
def _refusing(at: str, look: _Look) -> Iterator[None]:
    """Turn what a statistic refuses into a fault of a variable in a year."""
    try:
        yield
    except (OptionError, GeometryError) as error:
        got = look.variable.key if look.year is None else f"{look.variable.key} ({look.year})"
        fault = Fault.of("faults.pattern.unfit", STUDY_FILE, column=at, got=got, error=error)
        raise StudyError([fault]) from None


def _whole(
    values: pd.Series,
    weights: "SpatialWeights",
    name: str,
    statistic: "Statistic",
    permutations: int,
    plan: PatternPlan,
) -> pd.DataFrame:
    from ...geo import autocorrelation

    table = autocorrelation(values, weights, statistic=statistic, permutations=permutations, seed=plan.seed)
    return table.assign(weights=name)


def _local(values: pd.Series, weights: "SpatialWeights", permutations: int, plan: PatternPlan) -> pd.DataFrame:
    from ...geo import local_autocorrelation

    return local_autocorrelation(
        values,
        weights,
        statistic=plan.local,
        permutations=permutations,
        correction=plan.correction,
        level=plan.level,
        seed=plan.seed,
    )


def _points(chain: Chain, look: _Look) -> pd.DataFrame:
    """Return the places of a look that have a position and a weight above 0."""
    known = chain.inputs.places.dropna(subset=["lon", "lat"]).set_index("place")[["lon", "lat"]].astype(float)
    values = look.numbers.rename("value")
    table = known.join(values, how="inner").query("value >= 0")
    return table.rename_axis("place").reset_index().assign(year=0 if look.year is None else look.year)


def _ellipses(chain: Chain, looks: list[_Look], plan: PatternPlan) -> list[pd.DataFrame]:
    """Return the ellipse of a variable in each year; values below 0 weigh nothing, so there is none of such."""
    if plan.ellipse is None or any((look.numbers < 0).any() for look in looks):
        return []
    from ...geo import deviational_ellipse

    points = pd.concat([_points(chain, look) for look in looks], ignore_index=True)
    if points.empty:
        return []
    found = deviational_ellipse(points, weights="value", convention=plan.ellipse, by="year")
    dated = [pd.NA] * len(found) if looks[-1].year is None else found["year"].tolist()
    return [found.assign(variable=looks[0].variable.key, year=pd.array(dated, dtype="Int64"))]


def _density(chain: Chain, look: _Look, plan: PatternPlan) -> list[pd.DataFrame]:
    """Return the density of a variable on the land of its places, where their areas are known."""
    if plan.density is None or (look.numbers < 0).any():
        return []
    from ...geo import kernel_density

    points = _points(chain, look)
    areas = place_areas(chain.inputs, points["place"])
    found = kernel_density(points, weights="value", bandwidth=plan.density, mask=areas)
    return [look.dated(found.cells(least=float(np.nanmax(found.density)) / 100))]


def _cluster_layer(chain: Chain, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the clusters of the last year of each variable as areas, or as points where some place has no area."""
    last = table["year"].isna() | (table["year"] == table.groupby("variable")["year"].transform("max"))
    own = table[last.fillna(value=True).to_numpy(dtype=bool)]
    areas = place_areas(chain.inputs, own["place"].unique())
    if areas is None:
        known = chain.inputs.places.dropna(subset=["lon", "lat"])
        known = known[known["place"].isin(own["place"])]
        shapes = gpd.points_from_xy(known["lon"].astype(float), known["lat"].astype(float))
        names = {name: known["place"].map(chain.inputs.names[name]).to_numpy() for name in ("name_en", "name_zh")}
        areas = gpd.GeoDataFrame({"place": known["place"].to_numpy(), **names}, geometry=shapes, crs=4326)
    return areas.merge(own, on="place").sort_values(["variable", "place"], ignore_index=True)


def _as_contract(name: str, table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(table).reindex(columns=list(result_tables()[name].fixed))
