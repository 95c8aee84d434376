"""Check that places have coordinates that work, before anything is measured or drawn."""

import pandas as pd
from pyproj import CRS

from ..data.errors import Fault, GeometryError, TableError
from ..data.options import check_columns

__all__ = ["locate", "require_metric"]


def locate(places: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return ``places`` with numeric coordinates, or raise naming every place whose coordinates do not work."""
    check_columns(places, name, ("place", "lon", "lat"))
    double = sorted(places.loc[places["place"].duplicated(), "place"].astype(str).unique())
    if double:
        raise TableError(
            Fault(name, "each place once", f"{place} more than once", "remove the copies", column="place")
            for place in double
        )
    lon, lat = (pd.to_numeric(places[column], errors="coerce").astype(float) for column in ("lon", "lat"))
    missing = places.loc[lon.isna() | lat.isna(), "place"].tolist()
    outside = places.loc[(lon.abs() > 180) | (lat.abs() > 90), "place"].tolist()
    faults = []
    if missing:
        faults.append(f"{name}: needed lon and lat, got none for {', '.join(missing)}; add them or leave these out")
    if outside:
        faults.append(
            f"{name}: needed lon within -180 to 180 and lat within -90 to 90, got others for {', '.join(outside)}; "
            "are lon and lat swapped?"
        )
    if faults:
        raise GeometryError("\n".join(faults))
    return places.assign(lon=lon, lat=lat)


def require_metric(crs: CRS | None) -> None:
    """Raise `GeometryError` unless lengths in a reference system are meters."""
    units = [] if crs is None else [axis.unit_name for axis in crs.axis_info]
    if crs is None or not crs.is_projected or set(units) != {"metre"}:
        came = "none" if crs is None else crs.name
        raise GeometryError(f"needed a projected reference system in meters, got {came}; reproject with to_crs first")
