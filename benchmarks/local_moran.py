"""Compare local Moran statistics with esda on the same places, weights and number of permutations in the same run.

python benchmarks/local_moran.py --places 3000 --neighbors 8 --permutations 999
"""

import argparse
import warnings

import esda
import numpy as np
import pandas as pd
from timing import timed

from innoscape.geo import local_autocorrelation, spatial_weights


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--places", type=int, default=3000)
    options.add_argument("--neighbors", type=int, default=8)
    options.add_argument("--permutations", type=int, default=999)
    options.add_argument("--repeats", type=int, default=5)
    given = options.parse_args()
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(80, 130, given.places), rng.uniform(20, 50, given.places)
    places = pd.DataFrame({"place": [f"p{i:06d}" for i in range(given.places)], "lon": lon, "lat": lat})
    values = pd.Series(rng.lognormal(size=given.places) + lon / 20, places["place"])
    weights = spatial_weights(places, neighbors=given.neighbors)
    theirs = weights.to_graph()
    warnings.simplefilter("ignore")
    ours, found = timed(
        lambda: local_autocorrelation(values, weights, variance="n-1", permutations=given.permutations), given.repeats
    )
    peer, moran = timed(
        lambda: esda.Moran_Local(values.to_numpy(), theirs, permutations=given.permutations, seed=1), given.repeats
    )
    apart = float(np.abs(found["value"].to_numpy() - moran.Is).max())
    print(f"local Moran of {given.places} places, {given.permutations} permutations")
    print(f"innoscape {ours * 1e3:8.0f} ms   esda {peer * 1e3:8.0f} ms   ratio {peer / ours:5.1f}")
    print(f"largest difference of the statistic {apart:.1e}")


if __name__ == "__main__":
    main()
