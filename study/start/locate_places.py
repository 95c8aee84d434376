"""Locate the places that tables name: in tables of places of the user's, in a gazetteer, in files of areas."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import pandas as pd

from ...data import Gazetteer, GeometryError, MissingExtraError, OptionError, load
from ...data.places.names import NameIndex
from ...data.sources.recognize_table import RecognizedTable
from ...data.wording.catalogue import few, text
from .draft import Draft
from .gather_tables import Table

__all__ = ["Locator", "usual_gazetteer"]

_KINDS = {"province": "province", "prefecture": "city", "county": "county", "country": "country", "city": "city"}
_COLUMNS = ("place", "lon", "lat", "name_en", "name_zh", "tier", "part_of", "kind")
_EXAMPLES = 5


def usual_gazetteer() -> Gazetteer:
    """Return the units of China and the cities of the world, or the shipped places without the extra ``gazetteer``."""
    try:
        return Gazetteer.china() + Gazetteer.world()
    except MissingExtraError:
        return Gazetteer.shipped()


class Found(NamedTuple):
    """The keys of the places of a column, and the level that most of them have."""

    keys: pd.Series
    level: str


class Locator:
    """Finds the keys of places by the names that tables give them, and keeps the table of those that were found.

    Parameters
    ----------
    gazetteer : Gazetteer
    own : list of Table
        Tables of places of the user's, which come first.
    areas : list of RecognizedTable
        Files of areas, by whose codes and names places are located that are found nowhere else.
    draft : Draft
        Where unknown names are noted.
    """

    def __init__(
        self, gazetteer: Gazetteer, own: Sequence[Table], areas: Sequence[RecognizedTable], draft: Draft
    ) -> None:
        self._gazetteer, self._draft = gazetteer, draft
        self._rows: dict[str, dict[str, object]] = {}
        self._levels: dict[str, str] = {}
        self._former: dict[str, str] = {}
        # names that were found nowhere
        self.lost: set[str] = set()
        self._own = self._gathered(own)
        self._index = None if self._own.empty else NameIndex(self._own)
        self.ground = ""
        self._areas = self._area_points(areas)
        self._area_index = None if self._areas.empty else NameIndex(self._areas)
        self._shipped = load("places")
        known = gazetteer.table.set_index("place")
        self._known = known[~known.index.duplicated()]

    def _gathered(self, own: Sequence[Table]) -> pd.DataFrame:
        """Put the tables of places together; a place that stands in two is that of the first."""
        if not own:
            return pd.DataFrame({"place": pd.Series(dtype="str")})
        parts = []
        for table in own:
            frame = table.frame[[name for name in (*_COLUMNS, "member_of", "role") if name in table.frame]]
            parts.append(frame)
            self._draft.understood.append(text("start.places_of", table=table.of.name, n=len(frame)))
        joined = pd.concat(parts, ignore_index=True)
        again = joined["place"].duplicated()
        if again.any():
            names = few(joined.loc[again, "place"].tolist(), most=_EXAMPLES)
            where = own[-1].of.name
            self._draft.leave("repeated", where, column="place", n=int(again.sum()), names=names)
        joined = joined[~again].reset_index(drop=True)
        if "part_of" in joined:
            joined["part_of"] = joined["part_of"].where(joined["part_of"].isin(joined["place"]))
        return joined

    def _area_points(self, areas: Sequence[RecognizedTable]) -> pd.DataFrame:
        from ...geo import boundaries

        parts = []
        for one in areas:
            try:
                frame = boundaries(one.file)
            except (GeometryError, OptionError) as error:
                self._draft.leave("areas", one.file.name, reason=str(error).partition("\n")[0])
                continue
            points = frame.geometry.representative_point()
            place = frame["code"].where(frame["code"].notna(), frame["name"])
            part = pd.DataFrame({"place": place, "lon": points.x.round(4), "lat": points.y.round(4)})
            for name, column in (("name_en", "name_en"), ("name_zh", "name")):
                part[name] = frame[column] if column in frame else None
            parts.append(part)
            if not self.ground:
                self.ground = f"{one.file.name.split('.')[0]}.geojson"
                self._draft.further[self.ground] = frame.to_json(ensure_ascii=False)
            self._draft.understood.append(text("start.areas_of", table=one.file.name, n=len(frame)))
        if not parts:
            return pd.DataFrame({"place": pd.Series(dtype="str")})
        return pd.concat(parts, ignore_index=True).dropna(subset=["place"]).drop_duplicates("place", ignore_index=True)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Look places up without keeping those that are found."""
        rows, levels = dict(self._rows), dict(self._levels)
        yield
        self._rows, self._levels = rows, levels

    def keys(self, names: pd.Series, where: str, *, quiet: bool = False, keyed: bool = False) -> Found:
        """Return the key of each name, nothing where there is none; what was not found is noted unless quiet.

        Names that are ``keyed`` may be keys of the gazetteer already, which are taken as they are.
        """
        given = [name for name in names.dropna().unique().tolist() if str(name).strip()]
        found, how = self._look_up(given, keyed=keyed)
        levels = Counter(self._levels.get(key, "") for key in found.values())
        level = levels.most_common(1)[0][0] if levels else ""
        former = [name for name in given if name in self._former]
        if former and not quiet:
            pairs = [text("warnings.printed.pair", given=name, name=self._former.pop(name)) for name in former]
            self._draft.understood.append(text("start.former", table=where, names=few(pairs, most=_EXAMPLES)))
        lost = [name for name in given if name not in found]
        if lost and not quiet:
            self.lost |= {*map(str, lost)}
            rows = names.value_counts()
            said = [f"{name} ({rows[name]})" for name in lost]
            near = [text("faults.start.near_pair", given=name, name=how[name]) for name in lost if how.get(name)]
            self._draft.leave(
                "places",
                where,
                column=str(names.name),
                n=int(names.isin(lost).sum()),
                names=few(said, most=_EXAMPLES),
                near=text("faults.start.near", names=few(near, most=_EXAMPLES)) if near else "",
            )
        return Found(names.map(found).astype("str"), level)

    def _look_up(self, given: list[str], *, keyed: bool) -> tuple[dict[str, str], dict[str, str]]:
        """Return the keys of names, and the nearest names or the candidates of others."""
        found: dict[str, str] = {}
        if self._index is not None:
            self._take(given, found, self._index, self._own)
        rest = [name for name in given if name not in found]
        how: dict[str, str] = {}
        if rest:
            how = self._from_gazetteer(rest, found, keyed=keyed)
        rest = [name for name in given if name not in found]
        if rest and self._area_index is not None:
            self._take(rest, found, self._area_index, self._areas)
        return found, how

    def _take(self, given: Iterable[str], found: dict[str, str], index: NameIndex, table: pd.DataFrame) -> None:
        rows = table.set_index("place")
        for name in given:
            keys, _ = index.lookup(str(name))
            if len(keys) == 1:
                found[name] = keys[0]
                self._add(keys[0], {str(k): v for k, v in rows.loc[keys[0]].items()})

    def _from_gazetteer(self, given: list[str], found: dict[str, str], *, keyed: bool) -> dict[str, str]:
        """Look names up, of several levels at that which most of the others have."""
        table = self._gazetteer.resolve(given, ambiguous="leave")
        first = Counter(
            level.split("; ")[-1] if len(level.split("; ")) > 1 else level
            for level in table["level"].dropna()
            if len(level.split("; ")) == 1
        )
        level = first.most_common(1)[0][0] if first else None
        if level is not None:
            table = self._gazetteer.resolve(given, level=[level, None], ambiguous="leave")  # pyright: ignore[reportArgumentType]
            unknown = table.loc[table["how"].eq("unknown"), "given"].tolist()
            near = self._gazetteer.resolve(unknown, level=level, ambiguous="leave").set_index("given")["suggestion"]
            table["suggestion"] = table["given"].map(near)
        how = {}
        former = table[table["how"].str.startswith(("former", "later")) & table["place"].notna()]
        self._former |= dict(zip(former["given"], former["place"], strict=True))
        for name, resolved, nearby, candidates in table[["given", "place", "suggestion", "candidates"]].itertuples(
            index=False
        ):
            key = name if keyed and name in self._known.index else resolved
            if isinstance(key, str) and key in self._known.index:
                row = self._known.loc[key]
                if pd.isna(row["lon"]):
                    if self._add_elsewhere(key, name, row):
                        found[name] = key
                else:
                    found[name] = key
                    self._levels[key] = (
                        level if level and level in str(row["level"]).split("; ") else str(row["level"]).split("; ")[0]
                    )
                    self._add(key, self._as_place(row))
            elif isinstance(candidates, str):
                how[name] = candidates.replace("; ", " / ")
            elif isinstance(nearby, str):
                how[name] = nearby.replace("; ", " / ")
        return how

    def _add_elsewhere(self, key: str, name: str, row: pd.Series) -> bool:
        """Take the point of a place from files of areas, else from the shipped places."""
        for index, table in ((self._area_index, self._areas), (NameIndex(self._shipped), self._shipped)):
            keys = index.lookup(str(name))[0] if index is not None else []
            if len(keys) == 1:
                point = table.set_index("place").loc[keys[0]]
                self._add(key, self._as_place(row) | {"lon": point["lon"], "lat": point["lat"]})
                return True
        return False

    def _as_place(self, row: pd.Series) -> dict[str, object]:
        levels = str(row["level"]).split("; ")
        kind = "municipality" if {"province", "prefecture"} <= {*levels} else _KINDS.get(levels[0], levels[0])
        return {name: row[name] for name in ("lon", "lat", "name_en", "name_zh")} | {
            "kind": kind,
            "part_of": row["parent"],
            "coord_source": "gazetteer",
        }

    def _add(self, key: str, row: dict[str, object]) -> None:
        self._rows.setdefault(key, {"place": key} | row)

    def keep_own(self) -> None:
        """Keep every place of the user's own tables, also those that no other table names."""
        for row in self._own.to_dict("records"):
            self._add(str(row.pop("place")), {str(k): v for k, v in row.items()})

    def table(self) -> pd.DataFrame:
        """Return the places that were found, in the form of the contract, sorted by key."""
        frame = pd.DataFrame([self._rows[key] for key in sorted(self._rows)])
        if frame.empty:
            return pd.DataFrame({"place": pd.Series(dtype="str")})
        if "part_of" in frame:
            frame["part_of"] = frame["part_of"].where(frame["part_of"].isin(frame["place"]))
        order = [name for name in (*_COLUMNS, "member_of", "role", "coord_source") if name in frame]
        frame = frame[order]
        return frame.loc[:, frame.notna().any()]

    def level_of(self, key: str) -> str:
        """Return the level of a place that the gazetteer knows, or its kind."""
        return self._levels.get(key) or str(self._rows.get(key, {}).get("kind", ""))
