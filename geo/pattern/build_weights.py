"""Build weights from geography, costs, ties or likeness."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod
from scipy import sparse
from scipy.spatial import KDTree

from ...data.conventions import follows_conventions
from ...data.errors import GeometryError, OptionError, warn
from ...data.methods import documented
from ...data.options import (
    absent_place_faults,
    check_choice,
    check_columns,
    check_names,
    check_number,
    finite_series,
    refuse,
    table_fault,
)
from ...data.places.keys import as_keys, key_index
from ...data.wording.catalogue import few, text
from ..coordinates import locate
from .spatial_weights import Scaling, SpatialWeights

__all__ = ["KERNELS", "METHODS", "spatial_weights"]

Method = Literal["queen", "rook", "nearest", "band", "inverse", "kernel", "likeness"]
# what a kernel gives at z = distance / bandwidth, up to z = 1 (the Gaussian beyond it too)
KERNELS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "triangular": lambda z: np.clip(1 - z, 0, None),
    "uniform": lambda z: np.where(z <= 1, 0.5, 0.0),
    "quadratic": lambda z: np.clip(0.75 * (1 - z**2), 0, None),
    "quartic": lambda z: np.where(z <= 1, 15 / 16 * (1 - z**2) ** 2, 0.0),
    "gaussian": lambda z: np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
}
_GEOD = Geod(ellps="WGS84")
_MEAN_RADIUS = 6371.0088
# the ellipsoid's lengths differ from the mean sphere's by less than this share
_ELLIPSOID = 0.006


@dataclass(frozen=True)
class _Pairs:
    """Ordered pairs of places with the distance or cost from one to the other."""

    places: pd.Index
    one: np.ndarray
    two: np.ndarray
    cost: np.ndarray
    unit: str

    def weights(self, values: np.ndarray, kind: str) -> SpatialWeights:
        """Return weights that hold a value for each pair."""
        size = len(self.places)
        matrix = sparse.coo_array((values, (self.one, self.two)), shape=(size, size))
        return SpatialWeights(sparse.csr_array(matrix), self.places, kind)

    def only(self, kept: np.ndarray) -> "_Pairs":
        """Keep some of the pairs."""
        return replace(self, one=self.one[kept], two=self.two[kept], cost=self.cost[kept])

    def rank(self) -> np.ndarray:
        """Return the rank of each pair among those of its first place, 0 the nearest, equal ones in order of names."""
        by_name = np.empty(len(self.places), dtype=int)
        by_name[np.argsort(self.places.astype(str).to_numpy(), kind="stable")] = np.arange(len(self.places))
        order = np.lexsort((by_name[self.two], self.cost, self.one))
        starts = np.searchsorted(self.one[order], np.arange(len(self.places)))
        ranks = np.empty(order.size, dtype=int)
        ranks[order] = np.arange(order.size) - starts[self.one[order]]
        return ranks


@documented("anselin1988")
@follows_conventions
def spatial_weights(
    places: pd.DataFrame,
    *,
    method: Method = "nearest",
    costs: pd.DataFrame | None = None,
    values: pd.Series | None = None,
    scaling: Scaling = "row",
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
    **options: Any,  # noqa: ANN401 - those of the method
) -> SpatialWeights:
    r"""Build the weights between places by one method.

    ========== ============================================= ==========================================
    method     weight of j for i                             options
    ========== ============================================= ==========================================
    queen      1 where the areas share a point               ``order`` (1)
    rook       1 where the areas share a line                ``order`` (1)
    nearest    1 for the k nearest                           ``neighbors`` (4)
    band       1 up to a distance                            ``radius``
    inverse    :math:`d_{ij}^{-\alpha}`                      ``power`` (1), ``radius`` (none)
    kernel     :math:`K(d_{ij} / h)`                         ``kernel`` ("triangular"), ``bandwidth``, or
                                                             ``neighbors`` for one of each place
    likeness   :math:`1 / |x_i - x_j|`                       ``power`` (1), ``least`` (none)
    ========== ============================================= ==========================================

    Distances are geodesic, in kilometers; with ``costs`` they are what is given there, in its unit. Without a radius,
    ``band`` takes the least at which every place has a neighbor. Weights made of flows or proximities come from
    `SpatialWeights.from_table` and `SpatialWeights.from_matrix`; the product of two from `SpatialWeights.nested`.

    - Equal distances at the edge of ``nearest`` are taken in order of the places' names, whatever the order of rows.
    - Places at one point have no inverse distance: they are refused by name.
    - Equal values have no inverse difference: they are refused by name, unless differences below ``least`` count as it;
      ``"smallest"`` takes the smallest difference above 0.
    - Islands are kept with an `InnoscapeWarning`; `SpatialWeights.without_islands` leaves them out.

    Parameters
    ----------
    places : GeoDataFrame or DataFrame
        ``place`` (unique) with ``lon``, ``lat`` in degrees, or areas (``queen``, ``rook``).
    method : str
        See the table.
    costs : DataFrame, optional
        Cost of reaching each place (columns) from each (rows), such as minutes; missing or infinite where it cannot be
        reached.
    values : Series, optional
        A number by place, such as product per head, for ``likeness``.
    scaling : str
        See `SpatialWeights.scaled`.
    convention : str, optional
        Program whose number is wanted, such as ``"geoda"``, ``"arcgis"`` or ``"pysal"``: options left out
        take its values (see `innoscape.data.list_conventions`).
    **options
        See the table.

    Returns
    -------
    SpatialWeights

    Raises
    ------
    OptionError
        Unknown methods or options, numbers out of range, costs that lack places.
    GeometryError
        Missing coordinates, no areas, or places at one point; all named.

    References
    ----------
    Anselin, L. (1988). Spatial econometrics: methods and models. Kluwer.

    Examples
    --------
    >>> from innoscape.data import load
    >>> cities = load("places").set_index("place").loc[["北京", "天津", "上海", "武汉"]].reset_index()
    >>> links = spatial_weights(cities, method="nearest", neighbors=1).table()
    >>> (links["origin"] + "→" + links["destination"]).tolist()
    ['上海→武汉', '北京→天津', '天津→北京', '武汉→上海']
    """
    check_choice("method", method, METHODS)
    check_columns(places, "places", ("place",))
    places = places.assign(place=as_keys(places["place"]))
    if places["place"].isna().any():
        rows = int(places["place"].isna().sum())
        raise table_fault(
            "places",
            text("faults.calls.alike.key_every_row"),
            text("faults.calls.build_weights.rows_without", rows=rows),
            text("faults.calls.alike.name_places"),
            "place",
        )
    if costs is not None:
        costs = costs.set_axis(key_index(costs.index), axis=0).set_axis(key_index(costs.columns), axis=1)
    if values is not None:
        values = values.set_axis(key_index(values.index))
    chosen = METHODS[method]
    check_names(f"spatial_weights({method!r})", options, chosen.options)
    given = {**chosen.options, **options}
    weights = chosen.build(places, costs, values, **given).scaled(scaling)
    if weights.islands:
        warn("warnings.islands", places=weights.islands, stacklevel=2)
    return weights


def _reached(places: pd.DataFrame, costs: pd.DataFrame | None, *, radius: float | None, neighbors: int = 0) -> _Pairs:
    """Return the pairs within a radius, or at least the nearest of each place, or all."""
    if costs is not None:
        return _by_cost(places, costs, radius)
    located = locate(places, "places")
    lon, lat = (np.radians(located[column].to_numpy(dtype=float)) for column in ("lon", "lat"))
    on_sphere = _MEAN_RADIUS * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    size = len(located)
    if radius is None and not neighbors:
        one, two = np.divmod(np.arange(size * size), max(size, 1))
    else:
        tree = KDTree(on_sphere)
        reach = np.full(size, 0.0 if radius is None else radius)
        if neighbors:
            # the k-th by the sphere bounds the k-th by the ellipsoid
            nearest = tree.query(on_sphere, k=[min(neighbors + 1, size)])[0][:, 0]
            reach = np.maximum(reach, _arc(nearest) * (1 + _ELLIPSOID) / (1 - _ELLIPSOID))
        chord = 2 * _MEAN_RADIUS * np.sin(np.minimum(reach * (1 + _ELLIPSOID) / _MEAN_RADIUS, np.pi) / 2)
        found = tree.query_ball_point(on_sphere, chord + 1e-6)
        one = np.repeat(np.arange(size), [len(these) for these in found])
        two = np.concatenate([*map(np.asarray, found), np.empty(0)]).astype(int)
    apart = one != two
    one, two = one[apart], two[apart]
    pairs = _Pairs(pd.Index(located["place"]), one, two, _geodesic(located, one, two), "km")
    return pairs if radius is None else pairs.only(pairs.cost <= radius)


def _arc(chord: np.ndarray) -> np.ndarray:
    return 2 * _MEAN_RADIUS * np.arcsin(np.minimum(chord / (2 * _MEAN_RADIUS), 1.0))


def _geodesic(located: pd.DataFrame, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    lon, lat = located["lon"].to_numpy(dtype=float), located["lat"].to_numpy(dtype=float)
    # the pair is measured from its western end, so that both directions are equal to the bit
    swap = (lon[one] > lon[two]) | ((lon[one] == lon[two]) & (lat[one] > lat[two]))
    start, end = np.where(swap, two, one), np.where(swap, one, two)
    return np.asarray(_GEOD.inv(lon[start], lat[start], lon[end], lat[end])[2]) / 1000.0


def _by_cost(places: pd.DataFrame, costs: pd.DataFrame, radius: float | None) -> _Pairs:
    check_columns(places, "places", ("place",))
    wanted = pd.Index(places["place"])
    refuse(
        [
            *absent_place_faults("costs (rows)", costs.index, wanted),
            *absent_place_faults("costs (columns)", costs.columns, wanted),
        ]
    )
    cost = costs.loc[wanted, wanted].to_numpy(dtype=float)
    if (cost < 0).any():
        raise OptionError(text("faults.calls.build_weights.costs_costs_0", np=f"{np.nanmin(cost):g}"))
    reached = np.isfinite(cost) & ~np.eye(len(wanted), dtype=bool)
    if radius is not None:
        reached &= cost <= radius
    one, two = np.nonzero(reached)
    return _Pairs(wanted, one, two, cost[one, two], "cost")


def _contiguity(places: pd.DataFrame, *, line: bool, order: int) -> SpatialWeights:
    check_number("order", order, least=1, whole=True)
    check_columns(places, "places", ("place",))
    if not isinstance(places, gpd.GeoDataFrame) or not (shapely.get_dimensions(places.geometry.to_numpy()) == 2).all():
        raise GeometryError(text("faults.calls.build_weights.places_area_every_place"))
    # outlines that cross themselves have no intersection with others
    areas = shapely.make_valid(places.geometry.to_numpy())
    one, two = _touching(areas, areas, line=line)
    if places.crs is not None and places.crs.is_geographic:
        # areas that meet at the 180th meridian are written at both ends of the map
        west, _, east, _ = shapely.bounds(areas).T
        first, last = np.nonzero(west <= -180.0)[0], np.nonzero(east >= 180.0)[0]
        moved = shapely.transform(areas[first], lambda corners: corners + np.array([360.0, 0.0]))
        over, under = (
            kept[found] for kept, found in zip((last, first), _touching(areas[last], moved, line=line), strict=True)
        )
        one, two = np.concatenate([one, over, under]), np.concatenate([two, under, over])
    apart = one != two
    one, two = one[apart], two[apart]
    size = len(places)
    direct = sparse.csr_array(sparse.coo_array((np.ones(one.size), (one, two)), shape=(size, size)))
    within = direct
    for _ in range(order - 1):
        within = within + within @ direct
    within.data[:] = 1.0
    kind = f"{'rook' if line else 'queen'} contiguity" + (f" up to order {order}" if order > 1 else "")
    return SpatialWeights(within, pd.Index(places["place"]), kind)


def _touching(areas: np.ndarray, others: np.ndarray, *, line: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return which areas share a point with which others, or with ``line`` more than points."""
    one, two = shapely.STRtree(others).query(areas, predicate="intersects")
    if line:
        along = shapely.length(shapely.intersection(areas[one], others[two])) > 0
        one, two = one[along], two[along]
    return one, two


def _nearest(places: pd.DataFrame, costs: pd.DataFrame | None, _values: object, *, neighbors: int) -> SpatialWeights:
    if len(places) < 2:
        raise OptionError(text("faults.calls.build_weights.places_two_method_nearest", places=len(places)))
    check_number("neighbors", neighbors, least=1, most=len(places) - 1, whole=True)
    pairs = _reached(places, costs, radius=None, neighbors=neighbors)
    pairs = pairs.only(pairs.rank() < neighbors)
    return pairs.weights(np.ones(pairs.one.size), f"{neighbors} nearest neighbors")


def _band(places: pd.DataFrame, costs: pd.DataFrame | None, _values: object, *, radius: float | None) -> SpatialWeights:
    if radius is None:
        nearest = _reached(places, costs, radius=None, neighbors=1)
        radius = float(nearest.cost[nearest.rank() == 0].max()) if nearest.one.size else 0.0
    check_number("radius", radius, least=0)
    pairs = _reached(places, costs, radius=radius)
    return pairs.weights(np.ones(pairs.one.size), f"up to {radius:g} {pairs.unit}")


def _inverse(
    places: pd.DataFrame, costs: pd.DataFrame | None, _values: object, *, power: float, radius: float | None
) -> SpatialWeights:
    check_number("power", power, above=0)
    pairs = _reached(places, costs, radius=radius)
    at_one = pairs.cost == 0
    if at_one.any():
        named = sorted(
            {
                f"{pairs.places[i]} and {pairs.places[j]}"
                for i, j in zip(pairs.one[at_one], pairs.two[at_one], strict=True)
                if i < j
            }
        )
        raise GeometryError(text("faults.calls.build_weights.places_distances_above_0", named=few(named)))
    within = "" if radius is None else f", up to {radius:g} {pairs.unit}"
    return pairs.weights(pairs.cost ** -float(power), f"1 / {pairs.unit}^{power:g}{within}")


def _kernel(
    places: pd.DataFrame,
    costs: pd.DataFrame | None,
    _values: object,
    *,
    kernel: str,
    bandwidth: float | None,
    neighbors: int | None,
) -> SpatialWeights:
    check_choice("kernel", kernel, KERNELS)
    if (bandwidth is None) == (neighbors is None):
        raise OptionError(text("faults.calls.build_weights.kernel_bandwidth_number_neighbors"))
    if bandwidth is not None:
        check_number("bandwidth", bandwidth, above=0)
        pairs = _reached(places, costs, radius=None if kernel == "gaussian" else bandwidth)
        width = np.full(len(pairs.places), float(bandwidth))
        kind = f"{kernel} kernel of {bandwidth:g} {pairs.unit}"
    else:
        check_number("neighbors", neighbors, least=1, most=max(len(places) - 1, 1), whole=True)
        pairs = _reached(places, costs, radius=None, neighbors=0 if kernel == "gaussian" else int(neighbors or 1))
        edge = pairs.rank() == int(neighbors or 1) - 1
        width = np.zeros(len(pairs.places))
        # a little beyond the k-th, so that it counts
        width[pairs.one[edge]] = pairs.cost[edge] * (1 + 1e-7)
        kind = f"{kernel} kernel to the neighbor {neighbors}"
    with np.errstate(divide="ignore", invalid="ignore"):
        values = KERNELS[kernel](np.where(pairs.cost == 0, 0.0, pairs.cost / width[pairs.one]))
    return pairs.weights(values, kind)


def _likeness(
    places: pd.DataFrame,
    _costs: object,
    values: pd.Series | None,
    *,
    power: float,
    least: float | Literal["smallest"] | None,
) -> SpatialWeights:
    check_number("power", power, above=0)
    if isinstance(least, str):
        check_choice("least", least, ("smallest",))
    elif least is not None:
        check_number("least", least, above=0)
    check_columns(places, "places", ("place",))
    wanted = pd.Index(places["place"])
    if values is None:
        raise OptionError(text("faults.calls.build_weights.values_number_place_method"))
    refuse(absent_place_faults("values", values.index, wanted))
    x = finite_series(values.loc[wanted]).to_numpy()
    one, two = np.nonzero(~np.eye(len(wanted), dtype=bool))
    apart = np.abs(x[one] - x[two])
    equal = apart == 0
    if equal.all() and equal.any() and least == "smallest":
        raise OptionError(text("faults.calls.build_weights.values_values_differ_same"))
    if equal.any() and least is None:
        named = few(sorted({str(wanted[i]) for i in one[equal]}))
        raise OptionError(text("faults.calls.build_weights.values_values_differ_equal", named=named))
    if least is not None and apart.size:
        apart = np.maximum(apart, apart[~equal].min() if isinstance(least, str) else float(least))
    name = "values" if values.name is None else str(values.name)
    from_ = "" if least is None else f", at least {apart.min() if isinstance(least, str) else least:g}"
    return _Pairs(wanted, one, two, apart, name).weights(apart ** -float(power), f"1 / difference of {name}{from_}")


@dataclass(frozen=True)
class _Way:
    """A way to build weights, with its options and their defaults."""

    build: Callable[..., SpatialWeights]
    options: Mapping[str, Any]


METHODS: Mapping[str, _Way] = {
    "queen": _Way(lambda places, *_, order: _contiguity(places, line=False, order=order), {"order": 1}),
    "rook": _Way(lambda places, *_, order: _contiguity(places, line=True, order=order), {"order": 1}),
    "nearest": _Way(_nearest, {"neighbors": 4}),
    "band": _Way(_band, {"radius": None}),
    "inverse": _Way(_inverse, {"power": 1.0, "radius": None}),
    "kernel": _Way(_kernel, {"kernel": "triangular", "bandwidth": None, "neighbors": None}),
    "likeness": _Way(_likeness, {"power": 1.0, "least": None}),
}
