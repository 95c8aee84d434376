"""Time panel models, and a spatial lag with levels of places beside spreg on the same panel in the same run.

python benchmarks/spatial_panel.py --places 300 --years 15
"""

import argparse
import warnings

import numpy as np
import pandas as pd
import spreg
from libpysal.graph import Graph
from timing import timed

from innoscape.geo import SpatialWeights, spatial_regression, spatial_weights


def case(places: int, years: int) -> tuple[pd.DataFrame, SpatialWeights]:
    rng = np.random.default_rng(0)
    names = [f"p{i:05d}" for i in range(places)]
    lon, lat = rng.uniform(80, 130, places), rng.uniform(20, 50, places)
    weights = spatial_weights(pd.DataFrame({"place": names, "lon": lon, "lat": lat}), neighbors=5)
    inverse = np.linalg.inv(np.eye(places) - 0.4 * weights.matrix.toarray())
    level, rows = rng.normal(size=places), []
    for year in range(years):
        x, z, e = rng.normal(size=(3, places))
        rows.append(
            pd.DataFrame({"place": names, "year": year, "x": x, "z": z, "y": inverse @ (x + z + level + 0.5 * e)})
        )
    return pd.concat(rows, ignore_index=True), weights


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--places", type=int, default=300)
    options.add_argument("--years", type=int, default=15)
    options.add_argument("--repeats", type=int, default=3)
    given = options.parse_args()
    data, weights = case(given.places, given.years)
    warnings.simplefilter("ignore")
    print(f"{given.places} places x {given.years} years, with 1,000 draws of the effects")

    def fit(model: str, effects: str) -> float:
        took, _ = timed(
            lambda: spatial_regression(data, weights, outcome="y", terms=["x", "z"], model=model, effects=effects),
            given.repeats,
        )
        print(f"{model:7} {effects:11} {took:6.2f} s")
        return took

    ours = fit("lag", "individual")
    fit("durbin", "both")
    fit("durbin", "random")
    fit("error", "random")
    w = Graph.from_sparse(weights.matrix.tocoo(), ids=weights.places).to_W()
    w.transform = "r"
    y, x = data[["y"]].to_numpy(), data[["x", "z"]].to_numpy()
    peer, _ = timed(lambda: spreg.Panel_FE_Lag(y, x, w), given.repeats)
    print(f"spreg, lag, individual {peer:.2f} s, without effects; ratio {peer / ours:.1f}")


if __name__ == "__main__":
    main()
