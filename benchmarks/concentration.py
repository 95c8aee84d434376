"""Compare inequality, its parts and ellipses over many years with PySAL in a loop over the years, in the same run.

python benchmarks/concentration.py --places 3000 --years 20
"""

import argparse
from typing import Any

import geopandas as gpd
import inequality as pysal
import libpysal
import numpy as np
import pandas as pd
from pointpats import centrography
from timing import timed

from innoscape import geo


def panel(places: int, years: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    at = 1e6 * rng.uniform(size=(2, places))
    table = pd.DataFrame({"place": np.tile([f"p{number}" for number in range(places)], years)})
    table["year"] = np.repeat(np.arange(2001, 2001 + years), places)
    table["value"] = rng.lognormal(size=len(table))
    table["group"] = np.tile(rng.integers(0, 30, places), years)
    return table.assign(x=np.tile(at[0], years), y=np.tile(at[1] + 4e6, years))


def show(what: str, ours: tuple[float, Any], theirs: tuple[float, Any], close: float = 1e-6) -> None:
    np.testing.assert_allclose(np.asarray(ours[1], dtype=float), np.asarray(theirs[1], dtype=float), rtol=close)
    print(f"{what:34} innoscape {ours[0]:7.3f} s   PySAL {theirs[0]:7.3f} s   ratio {theirs[0] / ours[0]:6.1f}")


def by_year(table: pd.DataFrame) -> list[pd.DataFrame]:
    return [part for _, part in table.groupby("year")]


def concentration(table: pd.DataFrame, given: argparse.Namespace) -> None:
    def three() -> np.ndarray:
        found = geo.inequality(table, measures=["gini", "theil_t", "atkinson"], epsilon=0.5)
        return found["value"].to_numpy().reshape(-1, 3)

    def their_three() -> list[list[float]]:
        every = [part["value"].to_numpy() for part in by_year(table)]
        return [[pysal.gini.Gini(v).g, pysal.theil.Theil(v).T, pysal.atkinson.atkinson(v, 0.5)] for v in every]

    show("Gini, Theil, Atkinson", timed(three, given.repeats), timed(their_three, given.repeats))

    def parts() -> np.ndarray:
        found = geo.decompose_inequality(table, groups="group")
        return found[found["group"].eq("all") & found["part"].eq("between")]["contribution"].to_numpy()

    def their_parts() -> list[float]:
        return [
            np.ravel(pysal.theil.TheilD(p["value"].to_numpy(), p["group"].to_numpy()).bg)[0] for p in by_year(table)
        ]

    show("Theil between 30 groups", timed(parts, given.repeats), timed(their_parts, given.repeats))
    near = libpysal.weights.KNN(table.iloc[: given.places][["x", "y"]].to_numpy(), k=6).symmetrize()

    weights = geo.SpatialWeights(near.sparse, table["place"].iloc[: given.places])

    def space() -> np.ndarray:
        return geo.spatial_gini(table, weights, permutations=given.permutations)["others"].to_numpy()

    def their_space() -> list[float]:
        return [
            pysal.gini.Gini_Spatial(p["value"].to_numpy(), near, given.permutations).wcg_share for p in by_year(table)
        ]

    show(f"spatial Gini, {given.permutations} permutations", timed(space, 1), timed(their_space, 1))


def centers(table: pd.DataFrame, given: argparse.Namespace) -> None:
    layer = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["x"], table["y"]), crs="EPSG:32650")

    def ellipses() -> np.ndarray:
        found = geo.deviational_ellipse(layer, weights="value", convention="crimestat", by="year")
        return found[["major_km", "minor_km"]].to_numpy() * 1000

    def their_ellipses() -> list[list[float]]:
        every = [centrography.ellipse(p[["x", "y"]].to_numpy(), weights=p["value"].to_numpy()) for p in by_year(table)]
        return [sorted(axes[:2], reverse=True) for axes in every]

    show("ellipses with polygons and path", timed(ellipses, given.repeats), timed(their_ellipses, given.repeats))

    def medians() -> np.ndarray:
        return geo.median_center(layer, by="year")["mean_distance_km"].to_numpy() * 1000

    def their_medians() -> list[float]:
        every = [part[["x", "y"]].to_numpy() for part in by_year(table)]
        return [centrography.dtot(centrography.euclidean_median(at), at) / len(at) for at in every]

    # theirs stops earlier, farther from the smallest distance
    show("median centers", timed(medians, given.repeats), timed(their_medians, given.repeats), close=1e-4)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--places", type=int, default=3000)
    options.add_argument("--years", type=int, default=20)
    options.add_argument("--permutations", type=int, default=99)
    options.add_argument("--repeats", type=int, default=3)
    given = options.parse_args()
    table = panel(given.places, given.years)
    print(f"{given.years} years x {given.places} places, from a tidy table; the ratio is PySAL's time over ours")
    concentration(table, given)
    centers(table, given)


if __name__ == "__main__":
    main()
