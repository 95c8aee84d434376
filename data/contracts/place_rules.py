"""Check a table of places: positions, containers, and names that read as if they stood for several."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pandas as pd

from ..places.names import NameIndex, normalize_name
from ..places.nesting import SEPARATOR, shown_way
from ..spellings import spellings
from ..wording.catalogue import text
from .positions import doubtful_positions
from .rules import TOTALS, Check, Rule, resolve, show, unknown_name

__all__ = ["MOST_NESTED", "PLACE_RULES"]

# containers around one another: streets, districts, cities, provinces and countries need five
MOST_NESTED = 64


def _check_coordinates(check: Check) -> None:
    if not {"lon", "lat"} <= set(check.frame.columns):
        return
    lon, lat = check.frame["lon"], check.frame["lat"]
    far_lon, far_lat = lon.abs() > 180, lat.abs() > 90
    swapped = far_lat & (lon.abs() <= 90) & (lat.abs() <= 180)
    for at in np.flatnonzero((far_lon | far_lat).to_numpy(dtype=bool)):
        came = {"lon": f"{lon.iloc[at]:g}", "lat": f"{lat.iloc[at]:g}"}
        key = "faults.position.swapped" if swapped.iloc[at] else "faults.position.degrees"
        check.fault(key, at=int(at), column="lat" if far_lat.iloc[at] else "lon", **came)
    doubts = doubtful_positions(lon.to_numpy(dtype=float), lat.to_numpy(dtype=float))
    for at, kind in doubts.items():
        came = {"lon": f"{lon.iloc[at]:g}", "lat": f"{lat.iloc[at]:g}"}
        check.doubt(f"doubts.positions.{kind}", at=at, column="lon", **came)


def _check_part_of(check: Check) -> None:
    if not {"place", "part_of"} <= set(check.frame.columns):
        return
    tables = [check.frame] if check.places is None else [check.frame, check.places]
    known = pd.concat(tables, ignore_index=True)
    known = known.dropna(subset=["place"]).drop_duplicates("place")
    listed = check.frame["part_of"].str.contains(SEPARATOR, regex=False).eq(True)
    check.faults_at(listed.to_numpy(dtype=bool), "part_of", "faults.place.one_container")
    check.frame["part_of"] = check.frame["part_of"].mask(listed)
    resolve(check, "part_of", NameIndex(known), needed=text("faults.place.key"))
    parents = dict(zip(check.frame["place"], check.frame["part_of"], strict=True))
    for at, place in enumerate(check.frame["place"]):
        # nobody nests so deep, and what walks outwards from every place need not
        way = [place, *islice(_outwards(place, parents), MOST_NESTED + 1)]
        if place in way[1:]:
            check.fault("faults.cell.circle", at=at, column="part_of", way=shown_way(way[: way.index(place, 1) + 1]))
        elif len(set(way)) > MOST_NESTED + 1:
            check.fault("faults.cell.depth", at=at, column="part_of", most=MOST_NESTED, way=shown_way(way))


def _check_member_of(check: Check) -> None:
    """Match each of the containers that a cell lists."""
    if not {"place", "member_of"} <= set(check.frame.columns):
        return
    tables = [check.frame] if check.places is None else [check.frame, check.places]
    known = NameIndex(pd.concat(tables, ignore_index=True).dropna(subset=["place"]).drop_duplicates("place"))
    cells: list[str | None] = []
    for at, cell in enumerate(check.frame["member_of"]):
        keys = []
        for given in filter(None, map(str.strip, cell.split(SEPARATOR) if isinstance(cell, str) else ())):
            found, _ = known.lookup(given)
            keys += found[:1]
            if len(found) != 1:
                needed, fix = unknown_name(given, found, known, text("faults.place.key"))
                check.fault("faults.place", at=at, column="member_of", needed=needed, got=show(given), fix=fix)
        cells.append(f"{SEPARATOR} ".join(keys) or None)
    check.frame["member_of"] = pd.Series(cells, index=check.frame.index, dtype="str")


def _outwards(place: str, parents: dict[str, object]) -> Iterator[str]:
    while isinstance(outer := parents.get(place), str):
        yield outer
        place = outer


def _doubt_aggregates(check: Check) -> None:
    """Doubt places that read as if they stood for several, and are not marked so."""
    if "place" not in check.frame:
        return
    spelled = spellings("aggregates")
    kinds = check.frame["kind"] if "kind" in check.frame else pd.Series(index=check.frame.index, dtype=object)
    for at, (place, kind) in enumerate(zip(check.frame["place"], kinds, strict=True)):
        if not isinstance(place, str) or kind == "aggregate":
            continue
        name = place.casefold()
        if (
            normalize_name(place) in TOTALS
            or name.startswith(tuple(spelled["begin"]))
            or name.endswith(tuple(spelled["end"]))
        ):
            check.doubt("doubts.like_aggregate", at=at, column="kind", name=show(place))


PLACE_RULES: tuple[Rule, ...] = (_check_coordinates, _check_part_of, _check_member_of, _doubt_aggregates)
