"""Find the patterns that a study asks for: whether and where like values lie near each other, how far they spread."""

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data import GeometryError
from ...data.contracts.results import result_tables
from ...data.errors import warn
from ..plan.pattern_plan import PatternPlan
from ..plan.weights_plan import weights_named
from .analyzed import Analyzed
from .build_chain import Chain
from .place_areas import place_areas
from .place_weights import place_weights
from .yearly_values import YearOfValues, refusing, yearly_values

if TYPE_CHECKING:
    from ...geo import SpatialWeights
    from ...geo.pattern.autocorrelation import Statistic

__all__ = ["find_pattern"]

# no statistic says anything of fewer
LEAST = 4


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
    options = {"places": plan.places, "latest": plan.years == "latest", "least": LEAST}
    for looks in yearly_values(chain, "pattern", plan.variables, **options):
        for look in looks:
            for n, name in enumerate(names):
                weights = place_weights(chain, name, list(look.numbers.index), year=look.year)
                values = look.numbers.reindex(weights.places)
                with refusing(look):
                    parts["autocorrelation"] += [
                        look.dated(_whole(values, weights, name, one, permutations, plan)) for one in plan.statistics
                    ]
                    if n == 0:
                        parts["clusters"].append(look.dated(_local(values, weights, permutations, plan)))
        drawn = plan.ellipse is not None or plan.density is not None
        if drawn and looks[0].variable.additive and any((look.numbers < 0).any() for look in looks):
            warn("warnings.pattern.below", name=looks[0].variable.key)
        with refusing(looks[-1]):
            parts["ellipses"] += _ellipses(chain, looks, plan)
        with refusing(looks[-1], "faults.pattern.density", at="pattern.density"):
            parts["density"] += _density(chain, looks[-1], plan, trial=trial)
    tables = {name: pd.concat(own, ignore_index=True) for name, own in parts.items() if own}
    layers = {name: gpd.GeoDataFrame(tables[name], crs=4326) for name in ("ellipses", "density") if name in tables}
    tables.pop("density", None)
    if not trial and "clusters" in tables:
        layers["clusters"] = _cluster_layer(chain, tables["clusters"])
    return Analyzed({name: _as_contract(name, table) for name, table in tables.items()}, layers)


def _whole(
    values: pd.Series,
    weights: "SpatialWeights",
    name: str,
    statistic: "Statistic",
    permutations: int,
    plan: PatternPlan,
) -> pd.DataFrame:
    from ...geo import autocorrelation

    table = autocorrelation(
        values,
        weights,
        statistic=statistic,
        permutations=permutations,
        seed=plan.seed,
        convention=plan.convention,
    )
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
        convention=plan.convention,
    )


def _points(chain: Chain, look: YearOfValues) -> pd.DataFrame:
    """Return the places of a look that have a position and a weight above 0."""
    known = chain.inputs.places.dropna(subset=["lon", "lat"]).set_index("place")[["lon", "lat"]].astype(float)
    values = look.numbers.rename("value")
    table = known.join(values, how="inner").query("value >= 0")
    return table.rename_axis("place").reset_index().assign(year=0 if look.year is None else look.year)


def _ellipses(chain: Chain, looks: list[YearOfValues], plan: PatternPlan) -> list[pd.DataFrame]:
    """Return the ellipse of a variable in each year, where its values weigh: they add up, and none is below 0."""
    if plan.ellipse is None or not looks[0].variable.additive or any((look.numbers < 0).any() for look in looks):
        return []
    from ...geo import deviational_ellipse

    points = pd.concat([_points(chain, look) for look in looks], ignore_index=True)
    if points.empty:
        return []
    try:
        found = deviational_ellipse(points, weights="value", by="year", **_axes(plan.ellipse))
    except GeometryError as error:
        warn("warnings.pattern.no_ellipse", name=looks[-1].variable.key, error=error)
        return []
    dated = [pd.NA] * len(found) if looks[-1].year is None else found["year"].tolist()
    return [found.assign(variable=looks[0].variable.key, year=pd.array(dated, dtype="Int64"))]


def _axes(named: str) -> dict[str, Any]:
    """Return the option by which an ellipse has axes, or follows a program."""
    from ...geo.pattern.deviational_ellipse import AXES

    return {"axes" if named in AXES else "convention": named}


def _density(chain: Chain, look: YearOfValues, plan: PatternPlan, *, trial: bool) -> list[pd.DataFrame]:
    """Return the density of a variable on the land of its places, where their areas are known and hold some of them."""
    if plan.density is None or not look.variable.additive or (look.numbers < 0).any():
        return []
    from ...geo import kernel_density

    points = _points(chain, look)
    options = {"weights": "value", "bandwidth": plan.density}
    # areas take long to look up and refuse nothing
    areas = None if trial else place_areas(chain.inputs, points["place"])
    at = gpd.points_from_xy(points["lon"], points["lat"])
    held = areas is not None and areas.to_crs(4326).sindex.query(at, predicate="intersects").size > 0
    found = kernel_density(points, mask=areas if held else None, **options)
    if np.isnan(found.density).all():
        # areas smaller than any cell
        found = kernel_density(points, **options)
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
