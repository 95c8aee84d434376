"""Fit spatial panel models of 15 years, a lag with levels of places beside spreg."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from harness import Case, workload

TOPIC = "Spatial regression"


def panel(places: int, years: int) -> tuple[pd.DataFrame, Any]:
    from innoscape.geo import spatial_weights

    rng = np.random.default_rng(0)
    names = [f"p{i:05d}" for i in range(places)]
    lon, lat = rng.uniform(80, 130, places), rng.uniform(20, 50, places)
    weights = spatial_weights(pd.DataFrame({"place": names, "lon": lon, "lat": lat}), neighbors=5)
    inverse = np.linalg.inv(np.eye(places) - 0.4 * weights.matrix.toarray())
    level, rows = rng.normal(size=places), []
    for year in range(years):
        x, z, e = rng.normal(size=(3, places))
        value = inverse @ (x + z + level + 0.5 * e)
        rows.append(pd.DataFrame({"place": names, "year": year, "x": x, "z": z, "y": value}))
    return pd.concat(rows, ignore_index=True), weights


@workload(
    "a panel of 15 years by maximum likelihood; ours with effects from 1,000 draws",
    topic=TOPIC,
    unit="places",
    largest=300,
    tiny=20,
    kinds=("lag, levels of places", "Durbin, levels of places and years", "Durbin, random levels"),
    limit=2.0,
)
def panel_models(size: int, kind: str) -> Case:
    from innoscape.geo import spatial_regression

    data, weights = panel(size, 15 if size >= 30 else 5)
    model, effects = {"lag, levels of places": ("lag", "individual"),
                      "Durbin, levels of places and years": ("durbin", "both"),
                      "Durbin, random levels": ("durbin", "random")}[kind]  # fmt: skip

    def ours() -> np.ndarray:
        found = spatial_regression(data, weights, outcome="y", terms=["x", "z"], model=model, effects=effects)
        table = found.coefficients.set_index("term")["estimate"]
        return table[[term for term in table.index if term != "constant"]].to_numpy()

    case = Case(ours, lambda one, other: np.testing.assert_allclose(np.sort(one), np.sort(other), rtol=1e-3))
    if model == "lag":

        @case.peer("spreg")
        def _() -> Callable[[], Any]:
            import spreg
            from libpysal.graph import Graph

            w = Graph.from_sparse(weights.matrix.tocoo(), ids=weights.places).to_W()
            w.transform = "r"
            y, x = data[["y"]].to_numpy(), data[["x", "z"]].to_numpy()
            return lambda: np.ravel(spreg.Panel_FE_Lag(y, x, w).betas)

    return case
