"""Draw a layout of sites: the sites, who goes where, and what is reached from them in time."""

import geopandas as gpd
import pandas as pd

from ...data import GeometryError, OptionError, TableError
from ..plan.inputs import Inputs
from ..plan.misfits import RESERVED
from ..plan.siting_plan import SitingPlan, siting_faulty
from .compare_access import Situations
from .siting_inputs import SitingInputs
from .travel_between import travel_between

__all__ = ["reached_in_situations", "siting_shapes"]

_NAMES = ["name_en", "name_zh"]


def siting_shapes(inputs: Inputs, sites: pd.DataFrame, ways: pd.DataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Return the points of sites and the lines from places to their sites; what has no position is left out.

    Parameters
    ----------
    inputs : Inputs
    sites : DataFrame
        ``place``, ``role``, and what is shown of each.
    ways : DataFrame
        ``place``, ``site``, ``demand``, ``cost``.
    """
    from ...geo.cut_at_180 import line_between

    at = _positions(inputs)
    own = sites[sites["place"].isin(at.index)].drop(columns=_NAMES).merge(at, left_on="place", right_index=True)
    points = gpd.GeoDataFrame(
        own.drop(columns=["lon", "lat"]), geometry=gpd.points_from_xy(own["lon"], own["lat"]), crs=4326
    )
    known = ways[ways["place"].isin(at.index) & ways["site"].isin(at.index) & (ways["place"] != ways["site"])]
    spots = at[["lon", "lat"]].apply(tuple, axis=1)
    named = {
        name: [f"{at[name][a]} → {at[name][b]}" for a, b in zip(known["place"], known["site"], strict=True)]
        for name in _NAMES
    }
    shapes = [line_between([spots[a], spots[b]]) for a, b in zip(known["place"], known["site"], strict=True)]
    role = known["site"].map(sites.set_index("place")["role"])
    lines = gpd.GeoDataFrame(known.assign(role=role, **named), geometry=shapes, crs=4326)
    apart = lines.geometry.is_empty.to_numpy()
    return {"sites": points.reset_index(drop=True), "siting_ways": lines[~apart].reset_index(drop=True)}


def reached_in_situations(
    inputs: Inputs, plan: SitingPlan, given: SitingInputs, sites: list[str], changed: Situations
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Return the area that each site reaches in each time, and rings of what is reached from any of them.

    Both have a column ``scenario``: as it is, and under each scenario that changes costs.

    Raises
    ------
    StudyError
        If no place has a position.
    """
    situations = {RESERVED[0]: inputs} | {name: own for name, (own, _) in changed.items()}
    found = {name: _reached_areas(own, plan, given, sites) for name, own in situations.items()}
    tables, rings = ([pair[i].assign(scenario=name) for name, pair in found.items()] for i in (0, 1))
    return pd.concat(tables, ignore_index=True), gpd.GeoDataFrame(pd.concat(rings, ignore_index=True), crs=4326)


def _reached_areas(
    inputs: Inputs, plan: SitingPlan, given: SitingInputs, sites: list[str]
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    from ...geo import isochrones

    asked = plan.isochrones
    assert asked is not None  # noqa: S101 - who asks knows
    every = sorted({*given.demand["place"], *given.sites})
    at = _positions(inputs).reindex(every).dropna(subset=["lon", "lat"]).rename_axis("place").reset_index()
    if at.empty:
        raise siting_faulty("faults.siting.no_position", "isochrones", places=every)
    times = travel_between(inputs, plan, every, given.year, minutes=True)
    try:
        areas = isochrones(times, at, within=asked.minutes, speed=asked.speed, origins=sites)
    except (GeometryError, OptionError, TableError) as error:
        raise siting_faulty("faults.siting.unfit", "isochrones", error=error) from None
    rings, inner = [], None
    for minutes, own in areas.groupby("minutes"):
        whole = own.geometry.union_all()
        rings.append({"minutes": float(minutes), "geometry": whole if inner is None else whole.difference(inner)})  # pyright: ignore[reportArgumentType]
        inner = whole
    frame = gpd.GeoDataFrame(pd.DataFrame(rings, columns=["minutes", "geometry"]), geometry="geometry", crs=4326)
    return pd.DataFrame(areas.drop(columns="geometry")), frame[~frame.geometry.is_empty].reset_index(drop=True)


def _positions(inputs: Inputs) -> pd.DataFrame:
    """Return ``lon``, ``lat`` and both names of every place that stands at a point."""
    placed = inputs.places.dropna(subset=["lon", "lat"]).set_index("place")
    names = inputs.names.reindex(placed.index)
    own = pd.Series(placed.index, index=placed.index, dtype=object)
    found = {name: names[name].astype(object).where(names[name].notna(), own) for name in _NAMES}
    return placed[["lon", "lat"]].astype(float).assign(**found)
