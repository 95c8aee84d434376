"""Shapes across the 180th meridian are as large as anywhere else, and lie within -180 and 180 degrees."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from innoscape.geo import centers_layer, corridors_layer, hinterlands, scopes_layer

# three ports of an ocean, and how far east each lies of the middle one
EAST = {"Oda": -1.5, "Pel": 0.0, "Ruu": 1.25}
LAT = {"Oda": 10.0, "Pel": 11.0, "Ruu": 9.5}


def _ports(middle: float) -> pd.DataFrame:
    lon = [(middle + east + 180) % 360 - 180 for east in EAST.values()]
    table = pd.DataFrame({"place": [*EAST], "lon": lon, "lat": [*LAT.values()], "tier": "local", "part_of": "Ocean"})
    ocean = pd.DataFrame({"place": ["Ocean"], "lon": [(middle + 180) % 360 - 180], "lat": [10.0]})
    return pd.concat([table, ocean], ignore_index=True)


def _area(shape) -> float:
    return abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(shape))[0]) / 1e6


def _within(layer: gpd.GeoDataFrame) -> bool:
    west, _, east, _ = layer.total_bounds
    return west >= -180 and east <= 180 and all(shapely.is_valid(layer.geometry.to_numpy()))


@pytest.mark.parametrize("middle", [180.0, -179.5, 179.0])
def test_a_scope_across_the_meridian_has_the_area_of_one_elsewhere(middle):
    places, elsewhere = _ports(middle), _ports(20.0)
    drawn, other = (scopes_layer(t, centers_layer(t, scopes=["Ocean"]), scopes=["Ocean"]) for t in (places, elsewhere))
    assert drawn.geometry[0].geom_type == "MultiPolygon"
    assert len(drawn.geometry[0].geoms) == 2
    assert other.geometry[0].geom_type == "Polygon"
    assert _within(drawn)
    assert _area(drawn.geometry[0]) == pytest.approx(_area(other.geometry[0]), rel=1e-3)


def test_a_disk_on_the_meridian_is_a_disk():
    places = _ports(180.0).query("place in ['Pel', 'Ocean']")
    drawn = scopes_layer(places, centers_layer(places, scopes=["Ocean"]), scopes=["Ocean"], buffer_km=50.0)
    assert _area(drawn.geometry[0]) == pytest.approx(math.pi * 50**2, rel=5e-3)


@pytest.mark.parametrize("method", ["voronoi", "weighted"])
def test_hinterlands_across_the_meridian_are_those_of_centers_elsewhere(method):
    def divided(middle, extent=None):
        ports = _ports(middle).head(3)
        points = gpd.points_from_xy(ports["lon"], ports["lat"])
        centers = gpd.GeoDataFrame(ports.assign(score=[1.0, 4.0, 2.0]), geometry=points, crs=4326)
        return hinterlands(centers, method=method, extent=extent)

    across, elsewhere = divided(180.0), divided(20.0)
    assert _within(across)
    assert across["area_km2"].to_numpy() == pytest.approx(elsewhere["area_km2"].to_numpy(), rel=1e-6)
    assert [_area(shape) for shape in across.geometry] == pytest.approx(across["area_km2"].tolist(), rel=1e-6)
    box = divided(180.0, (178.0, 9.0, -178.0, 12.0))
    parts = shapely.multipolygons([shapely.box(178, 9, 180, 12), shapely.box(-180, 9, -178, 12)])
    projected = gpd.GeoSeries([parts], crs=4326).to_crs("+proj=laea +lat_0=10 +lon_0=180")
    named, there = divided(180.0, parts), divided(20.0, (18.0, 9.0, 22.0, 12.0))
    assert divided(180.0, projected)["area_km2"].sum() == pytest.approx(there["area_km2"].sum(), rel=1e-3)
    for found in (box, named):
        assert found["area_km2"].to_numpy() == pytest.approx(there["area_km2"].to_numpy(), rel=1e-6)


def test_an_extent_of_the_whole_earth_stays_whole():
    ports = gpd.GeoDataFrame({"place": ["a", "b"]}, geometry=gpd.points_from_xy([-60, 60], [0, 0]), crs=4326)
    found = hinterlands(ports, extent=(-180, -60, 180, 60), crs="ESRI:54034")
    # the zone between two latitudes of a sphere of the same surface
    assert found["area_km2"].sum() == pytest.approx(4 * math.pi * 6371.0072**2 * math.sin(math.pi / 3), rel=3e-3)


def test_a_corridor_takes_the_shorter_way_around():
    table = pd.DataFrame({"corridor": ["strait"], "members": ["Oda; Pel; Ruu"]})
    (line,) = corridors_layer(table, _ports(180.0)).geometry
    (other,) = corridors_layer(table, _ports(20.0)).geometry
    assert line.geom_type == "MultiLineString"
    assert line.length == pytest.approx(other.length)
    assert np.abs(line.bounds[::2]).max() == 180.0
