"""Join the values of places to areas by code or name, and list what found no partner."""

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from ...data.errors import Fault, MissingExtraError, OptionError, TableError, warn
from ...data.options import check_columns
from ...data.places.gazetteer import Gazetteer
from ...data.places.keys import as_keys
from ...data.places.unit_names import CHINESE
from ...data.wording.catalogue import few
from .china_unit_areas import names_in_other_years

__all__ = ["area_names", "join_boundaries", "join_by_names"]


def join_boundaries(
    areas: gpd.GeoDataFrame, table: pd.DataFrame, *, by: str = "place", columns: Sequence[str] | None = None
) -> gpd.GeoDataFrame:
    """Give each area the row of a table that means it, whatever spelling of its code or name the table uses.

    A code is compared first, also written as a number or with fewer digits, then names in Chinese, English and pinyin
    as in `Gazetteer`: 北京 means 北京市, and so does Beijing. A prefecture is known by the codes and names that its
    area had in other years too: 襄樊 means 襄阳, but 莱芜 is not 济南, which took it in (see ``year`` of `boundaries`).
    A name that fits several areas is left out and listed.

    Parameters
    ----------
    areas : GeoDataFrame
        What `boundaries` gives: ``code`` or ``name``; ``name_en``, ``name_zh``, ``kind``.
    table : DataFrame
        One row an area; several years or indicators must be chosen from or pivoted before.
    by : str
        Column of the table with the codes or names.
    columns : sequence of str, optional
        Columns of the table to join; all but `by` by default. One that the areas have too gets ``_table`` at its end.

    Returns
    -------
    GeoDataFrame
        All areas, values missing where no row means them. ``attrs["joined"]`` counts pairs, ``attrs["areas_left"]``
        lists areas without a row, ``attrs["rows_left"]`` names of rows without an area, ``attrs["ambiguous"]`` those
        among them that fit several areas.

    Raises
    ------
    TableError
        A column is missing, or rows mean the same area: each is listed.
    OptionError
        No row means any area.

    Warns
    -----
    InnoscapeWarning
        Rows without an area.

    Examples
    --------
    >>> import shapely
    >>> areas = gpd.GeoDataFrame(
    ...     {"code": ["110000", "320000"], "name": ["北京市", "江苏省"], "name_en": ["Beijing", "Jiangsu"]},
    ...     geometry=[shapely.box(i, 0, i + 1, 1) for i in range(2)],
    ...     crs=4326,
    ... )
    >>> joined = join_boundaries(areas, pd.DataFrame({"place": ["Jiangsu", "北京"], "value": [1.0, 2.0]}))
    >>> joined["value"].tolist(), joined.attrs["joined"]
    ([2.0, 1.0], 2)
    """
    check_columns(areas, "areas", ["name"])
    return join_by_names(areas, area_names(areas), table, by=by, columns=columns)


def area_names(areas: gpd.GeoDataFrame) -> Gazetteer:
    """Return the codes and names of areas as a gazetteer, whose keys are numbers, because names may repeat.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"name": ["A"], "code": ["1"]}, geometry=[None], crs=4326)
    >>> area_names(areas).table["place"].tolist()
    ['#0']
    """
    return Gazetteer.from_table(_as_places(areas))


def join_by_names(
    areas: gpd.GeoDataFrame,
    known: Gazetteer,
    table: pd.DataFrame,
    *,
    by: str = "place",
    columns: Sequence[str] | None = None,
) -> gpd.GeoDataFrame:
    """Do what `join_boundaries` does, with the `area_names` of the areas, which several tables may share.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"name": ["A"], "code": ["1"]}, geometry=[None], crs=4326)
    >>> join_by_names(areas, area_names(areas), pd.DataFrame({"place": ["a"], "value": [2.0]}))["value"].tolist()
    [2.0]
    """
    if by not in table:
        said = ", ".join(map(str, table.columns))
        raise TableError([Fault("table", f"the column {by}", said, 'name the column of places with by="…"', column=by)])
    check_columns(table, "table", list(columns or []))
    given = as_keys(table[by])
    if "kind" in areas and areas["kind"].eq("country").all():
        codes = _country_codes(given)
        given = given.map(lambda name: codes.get(name, name))
    found = known.resolve(given, ambiguous="leave", suggested=0)
    part = [_means_part(*pair) for pair in zip(found["given"], found["code"], strict=True)]
    found.loc[part, "place"] = None
    row_of = pd.Series(found["place"].to_numpy(), index=found["given"].to_numpy())
    area = given.map(row_of[row_of.index.notna()])
    twice = area[area.notna() & area.duplicated(keep=False)]
    if len(twice):
        remedy = "choose one year and one indicator, or pivot"
        pairs = table.loc[twice.index, by].astype(str).groupby(twice, sort=False).agg(", ".join)
        raise TableError([Fault("table", "one row an area", got, remedy, column=by) for got in pairs])
    left = as_keys(table[by])[area.isna()].dropna().tolist()
    if not area.notna().any():
        raise OptionError(f"by: needed codes or names of the areas in {by!r}, got {', '.join(left[:5]) or 'none'}")
    if left:
        warn("warnings.boundaries.rows_left", n=len(left), names=few(left), stacklevel=2)
    for name, whole in _held(areas, as_keys(table[by])[area.isna()], given):
        warn("warnings.boundaries.held", name=name, whole=whole, stacklevel=2)
    kept = table[list(columns)] if columns is not None else table.drop(columns=by)
    kept = kept.rename(columns={name: f"{name}_table" for name in kept.columns if name in areas.columns})
    numbers = pd.Series(range(len(areas)), index=_keys(len(areas)))
    partner = area.map(numbers)
    values = kept[partner.notna()].set_axis(partner.dropna().astype(int)).reindex(range(len(areas)))
    joined = areas.reset_index(drop=True).join(values)
    several = found.loc[found["how"] == "ambiguous", "given"].tolist()
    met = {*partner.dropna()}
    empty = [str(name) for number, name in enumerate(areas["name"].tolist()) if number not in met]
    joined.attrs = {"joined": int(area.notna().sum()), "areas_left": empty, "rows_left": left, "ambiguous": several}
    return joined


def _held(areas: gpd.GeoDataFrame, left: pd.Series, codes: pd.Series) -> list[tuple[str, str]]:
    """Return the rows left whose country is drawn as part of another, with the name of that."""
    holds = areas.attrs.get("holds", {})
    name_of = areas[areas["code"].isin(list(holds))].set_index("code")["name"] if holds else pd.Series(dtype="str")
    whole = {part: str(name) for code, name in name_of.items() for part in holds[code]}
    return [(str(name), whole[codes[row]]) for row, name in left.dropna().items() if codes[row] in whole]


def _means_part(given: object, code: object) -> bool:
    """Return whether a code of China is that of a unit inside the area that was found."""
    if not (isinstance(given, str) and isinstance(code, str) and given.isdecimal() and code.isdecimal()):
        return False
    return given.removeprefix("156" if len(given) == 9 else "").rstrip("0") != code.rstrip("0")


def _country_codes(names: pd.Series) -> dict[str, str]:
    """Return the codes of countries by any of their names, as far as the extra that knows them is installed."""
    try:
        world = Gazetteer.world()
    except MissingExtraError:
        return {}
    found = world.resolve(names.dropna(), level="country", ambiguous="leave", suggested=0).dropna(subset=["code"])
    # the value of a city or state is not that of its country
    found = found[~found["how"].str.contains("of a part")]
    return dict(zip(found["given"], found["code"], strict=True))


def _keys(n: int) -> list[str]:
    return [f"#{number}" for number in range(n)]


def _as_places(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"place": _keys(len(areas))})
    for column in ("code", "name_zh", "name_en"):
        table[column] = areas[column].to_numpy() if column in areas else None
    # a full name may be shortened in several ways, a short one not
    full = pd.Series(areas["name"].to_numpy(), dtype="str")
    table["aliases"] = table["name_zh"].fillna(full)
    if "kind" in areas and areas["kind"].eq("prefecture").any():
        other = names_in_other_years(table["code"].dropna().astype(str))
        further = table["code"].map(lambda code: other.get(str(code), []))
        table["codes"] = ["; ".join(name for name in names if name.isdecimal()) or None for names in further]
        table["aliases"] = [
            "; ".join([str(own), *(name for name in names if not name.isdecimal())])
            for own, names in zip(table["aliases"], further, strict=True)
        ]
    table["name_zh"] = full.where(full.str.contains(CHINESE, na=False), table["name_zh"])
    table["name_en"] = table["name_en"].fillna(full.where(table["name_zh"] != full))
    table["level"] = areas["kind"].to_numpy() if "kind" in areas else ""
    return table
