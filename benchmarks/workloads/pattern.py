"""Measure inequality, centers and local autocorrelation over many years, beside PySAL in a loop over the years."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from harness import Case, workload

TOPIC = "Inequality, centers and local patterns"
YEARS = 20


@cache
def panel(places: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    at = 1e6 * rng.uniform(size=(2, places))
    table = pd.DataFrame({"place": np.tile([f"p{number}" for number in range(places)], YEARS)})
    table["year"] = np.repeat(np.arange(2001, 2001 + YEARS), places)
    table["value"] = rng.lognormal(size=len(table))
    table["group"] = np.tile(rng.integers(0, 30, places), YEARS)
    return table.assign(x=np.tile(at[0], YEARS), y=np.tile(at[1] + 4e6, YEARS))


def by_year(table: pd.DataFrame) -> list[pd.DataFrame]:
    return [part for _, part in table.groupby("year")]


def close(relative: float = 1e-6) -> Callable[[Any, Any], None]:
    return lambda one, other: np.testing.assert_allclose(
        np.asarray(one, dtype=float), np.asarray(other, dtype=float), rtol=relative
    )


@workload("Gini, Theil and Atkinson of 20 years in one call", topic=TOPIC, unit="places", largest=3000, tiny=30)
def inequality(size: int, _: str) -> Case:
    from innoscape.geo import inequality as measured

    table = panel(size)

    def ours() -> np.ndarray:
        found = measured(table, measures=["gini", "theil_t", "atkinson"], epsilon=0.5)
        return found["value"].to_numpy().reshape(-1, 3)

    case = Case(ours, close())

    @case.peer("inequality (PySAL)", "inequality")
    def _() -> Callable[[], Any]:
        import inequality as pysal

        def run() -> Any:
            every = [part["value"].to_numpy() for part in by_year(table)]
            return [[pysal.gini.Gini(v).g, pysal.theil.Theil(v).T, pysal.atkinson.atkinson(v, 0.5)] for v in every]

        return run

    return case


@workload("Theil's T between 30 groups, 20 years in one call", topic=TOPIC, unit="places", largest=3000, tiny=40)
def decompose_inequality(size: int, _: str) -> Case:
    from innoscape.geo import decompose_inequality as decomposed

    table = panel(size)

    def ours() -> np.ndarray:
        found = decomposed(table, groups="group")
        return found[found["group"].eq("all") & found["part"].eq("between")]["contribution"].to_numpy()

    case = Case(ours, close())

    @case.peer("inequality (PySAL)", "inequality")
    def _() -> Callable[[], Any]:
        import inequality as pysal

        def run() -> Any:
            parts = [(part["value"].to_numpy(), part["group"].to_numpy()) for part in by_year(table)]
            return [np.ravel(pysal.theil.TheilD(values, groups).bg)[0] for values, groups in parts]

        return run

    return case


@workload("spatial Gini of 20 years, 99 permutations", topic=TOPIC, unit="places", largest=3000, tiny=30)
def spatial_gini(size: int, _: str) -> Case:
    import libpysal

    from innoscape.geo import SpatialWeights
    from innoscape.geo import spatial_gini as measured

    table = panel(size)
    near = libpysal.weights.KNN(table.iloc[:size][["x", "y"]].to_numpy(), k=6).symmetrize()
    weights = SpatialWeights(near.sparse, table["place"].iloc[:size])
    case = Case(lambda: measured(table, weights, permutations=99)["others"].to_numpy(), close())

    @case.peer("inequality (PySAL)", "inequality")
    def _() -> Callable[[], Any]:
        import inequality as pysal

        return lambda: [
            pysal.gini.Gini_Spatial(part["value"].to_numpy(), near, 99).wcg_share for part in by_year(table)
        ]

    return case


@workload("deviational ellipses of 20 years, with polygons and path", topic=TOPIC, unit="places", largest=3000, tiny=30)
def ellipses(size: int, _: str) -> Case:
    import geopandas as gpd

    from innoscape.geo import deviational_ellipse

    table = panel(size)
    layer = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["x"], table["y"]), crs="EPSG:32650")

    def ours() -> np.ndarray:
        found = deviational_ellipse(layer, weights="value", convention="crimestat", by="year")
        return found[["major_km", "minor_km"]].to_numpy() * 1000

    case = Case(ours, close())

    @case.peer("pointpats (PySAL)", "pointpats")
    def _() -> Callable[[], Any]:
        from pointpats import centrography

        def run() -> Any:
            axes = [
                centrography.ellipse(part[["x", "y"]].to_numpy(), weights=part["value"].to_numpy())[:2]
                for part in by_year(table)
            ]
            return [sorted(pair, reverse=True) for pair in axes]

        return run

    return case


@workload("median centers of 20 years", topic=TOPIC, unit="places", largest=3000, tiny=30)
def median_centers(size: int, _: str) -> Case:
    import geopandas as gpd

    from innoscape.geo import median_center

    table = panel(size)
    layer = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["x"], table["y"]), crs="EPSG:32650")
    # theirs stops earlier, farther from the smallest distance
    case = Case(lambda: median_center(layer, by="year")["mean_distance_km"].to_numpy() * 1000, close(1e-4))

    @case.peer("pointpats (PySAL)", "pointpats")
    def _() -> Callable[[], Any]:
        from pointpats import centrography

        def run() -> Any:
            every = [part[["x", "y"]].to_numpy() for part in by_year(table)]
            return [centrography.dtot(centrography.euclidean_median(at), at) / len(at) for at in every]

        return run

    return case


@workload("local Moran of 8 neighbors, 999 permutations", topic=TOPIC, unit="places", largest=3000, tiny=60)
def local_moran(size: int, _: str) -> Case:
    """esda runs compiled with numba on one core unless told otherwise, as its users call it."""
    from innoscape.geo import local_autocorrelation, spatial_weights

    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(80, 130, size), rng.uniform(20, 50, size)
    places = pd.DataFrame({"place": [f"p{i:06d}" for i in range(size)], "lon": lon, "lat": lat})
    values = pd.Series(rng.lognormal(size=size) + lon / 20, places["place"])
    weights, drawn = spatial_weights(places, neighbors=8), 999 if size >= 100 else 99
    case = Case(
        lambda: local_autocorrelation(values, weights, variance="n-1", permutations=drawn)["value"].to_numpy(),
        lambda one, other: np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9),
    )

    @case.peer("esda", compiles=True)
    def _() -> Callable[[], np.ndarray]:
        import esda

        graph = weights.to_graph()
        return lambda: esda.Moran_Local(values.to_numpy(), graph, permutations=drawn, seed=1).Is

    return case
