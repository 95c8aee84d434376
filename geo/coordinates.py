"""Check that places have coordinates that work, and that lengths are meters."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..data.errors import Fault, GeometryError, TableError
from ..data.options import check_columns

if TYPE_CHECKING:
    from pyproj import CRS

__all__ = ["joined", "locate", "require_metric"]

# degrees by which a way around the back of the earth must be shorter to be taken
_CLEARLY = 1.0


def locate(places: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return ``places`` with numeric coordinates, or raise naming every place whose coordinates do not work."""
    check_columns(places, name, ("place", "lon", "lat"))
    if not places["place"].is_unique:
        double = sorted(places.loc[places["place"].duplicated(), "place"].astype(str).unique())
        raise TableError(
            Fault(name, "each place once", f"{place} more than once", "remove the copies", column="place")
            for place in double
        )
    lon, lat = (pd.to_numeric(places[column], errors="coerce").astype(float) for column in ("lon", "lat"))
    at = np.abs(np.column_stack([lon.to_numpy(), lat.to_numpy()]))
    missing, outside = (
        places.loc[lost, "place"].tolist() if lost.any() else []
        for lost in (np.isnan(at).any(axis=1), (at > [180.0, 90.0]).any(axis=1))
    )
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


def require_metric(crs: "CRS | None") -> None:
    """Raise `GeometryError` unless lengths in a reference system are meters."""
    units = [] if crs is None else [axis.unit_name for axis in crs.axis_info]
    if crs is None or not crs.is_projected or set(units) != {"metre"}:
        came = "none" if crs is None else crs.name
        raise GeometryError(f"needed a projected reference system in meters, got {came}; reproject with to_crs first")


def joined(lon: np.ndarray) -> np.ndarray:
    """Return longitudes on the shorter way around: those west of the widest gap continue beyond 180 degrees.

    Examples
    --------
    >>> joined(np.array([179.5, -179.5])).tolist(), joined(np.array([-70.0, 10.0])).tolist()
    ([179.5, 180.5], [-70.0, 10.0])
    """
    order = np.unique(lon)
    gaps = np.diff(order)
    if not gaps.size or gaps.max() <= 360.0 - (order[-1] - order[0]) + _CLEARLY:
        return lon
    return np.where(lon <= order[np.argmax(gaps)], lon + 360.0, lon)
