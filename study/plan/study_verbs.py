"""Gather the verbs of a study's scenarios: those of a model of diffusion, and those of tables that only a study has.

A verb with a ``table`` changes that table of the study, and the chain is built anew: indicators, centers, costs, or the
flows of a network, which a study names. What borders cost matters to the siting alone.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, make_dataclass
from types import MappingProxyType
from typing import Annotated, Any, TypeAlias

import pandas as pd

from ...data.distinct import distinct
from ...data.options import Wrong, nearest
from ...data.wording.catalogue import Text, join_texts, plain, text
from ...network import VERBS, Verb, VerbField

__all__ = ["STUDY_VERBS", "nearest_indicators"]

Scored: TypeAlias = Annotated[Iterable[Hashable], VerbField("places", among="scored", scope=True)]
Indicators: TypeAlias = Annotated[Iterable[str], VerbField("indicators")]
Inside: TypeAlias = Annotated[Iterable[Hashable], VerbField("places", scope=True)]
NetworkName: Any = Annotated[str, VerbField("network")]
Factor: TypeAlias = Annotated[float, VerbField("number", least=0.0, usual=1.2, assumed=True)]
Amount: TypeAlias = Annotated[float, VerbField("number", usual=1.0, assumed=True)]

CELL = ["place", "indicator"]


@dataclass(frozen=True)
class ScaleIndicator(Verb):
    """Multiply indicators of some places; of several years the latest changes.

    - A factor of 1 changes nothing.
    """

    table = "indicators"
    places: Scored
    _: KW_ONLY
    indicators: Indicators
    factor: Factor

    def misfits(self, inputs: Mapping[str, Any]) -> Iterator[Wrong]:
        yield from _unknown_indicators(self, inputs)
        yield from _without_value(self, inputs["indicators"])

    def change(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        cells = inputs["indicators"]
        rows = _latest(cells, self.places, self.indicators)
        return {"indicators": _with_values(cells, rows, cells.loc[rows, "value"].astype(float) * self.factor)}


@dataclass(frozen=True)
class SetIndicator(Verb):
    """Set indicators of some places to a value, or add an amount to them; of several years the latest changes.

    - The value that they have already, and an amount of 0, change nothing.
    - A value may be set where there is none.
    """

    table = "indicators"
    places: Scored
    _: KW_ONLY
    indicators: Indicators
    value: Amount | None = None
    added: Amount | None = None

    def _conflicts(self) -> Iterator[Wrong]:
        if (self.value is None) == (self.added is None):
            yield text(
                "faults.calls.study_verbs.either_value_added",
                v=text("faults.calls.study_verbs.neither" if self.value is None else "faults.calls.study_verbs.both"),
            )

    def misfits(self, inputs: Mapping[str, Any]) -> Iterator[Wrong]:
        yield from _unknown_indicators(self, inputs)
        if self.added is not None:
            yield from _without_value(self, inputs["indicators"])

    def change(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        cells = inputs["indicators"]
        rows = _latest(cells, self.places, self.indicators)
        held = cells.loc[rows, "value"].astype(float)
        changed = _with_values(cells, rows, pd.Series(self.value, rows) if self.added is None else held + self.added)
        have = set(cells.loc[rows, CELL].itertuples(index=False, name=None))
        absent = [(p, i) for p in self.places for i in self.indicators if (p, i) not in have]
        if not absent:
            return {"indicators": changed}
        more = pd.DataFrame(absent, columns=CELL).assign(value=self.value)
        for column in {"year", "unit"} & {*cells}:
            more[column] = more["indicator"].map(cells.groupby("indicator")[column].max()).astype(cells[column].dtype)
        if "status" in cells:
            more["status"] = _ASSUMED
        return {"indicators": pd.concat([changed, more.reindex(columns=cells.columns)], ignore_index=True)}


@dataclass(frozen=True)
class ScaleBorder(Verb):
    """Multiply the minutes for crossing the borders of the customs territories that some places lie in.

    - A factor of 1 changes nothing; 0 opens the border.
    """

    table = "borders"
    places: Inside
    _: KW_ONLY
    to: Inside | None = None
    factor: Factor


_ASSUMED = "assumed"


def _unknown_indicators(verb: Any, inputs: Mapping[str, Any]) -> Iterator[Wrong]:  # noqa: ANN401 - a verb of indicators
    titles = inputs["known_indicators"]
    unknown = [name for name in verb.indicators if name not in titles]
    if unknown:
        known = join_texts(_titled(key, [*own]) for key, own in titles.items())
        near = {name: nearest_indicators(name, titles) for name in unknown}
        got = join_texts(
            text("faults.options.near", got=repr(name), near=repr(found[0])) if found else repr(name)
            for name, found in near.items()
        )
        yield text("faults.calls.study_verbs.indicators", known=known, got=got)


def _titled(key: str, titles: list[str]) -> Text:
    """Return the key of an indicator with its title: the first in English, the last in Chinese."""
    if not titles:
        return plain(key)
    named = Text.of(en=titles[0], zh=titles[-1])
    return text("faults.calls.study_verbs.titled", name=key, title=named)


def nearest_indicators(name: str, titles: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the indicators whose key or title is most like a name, the closest first.

    Examples
    --------
    >>> nearest_indicators("research labs", {"labs": ["research laboratories"], "firms": ["companies"]})
    ['labs']
    """
    words = {str(word).casefold(): key for key, own in titles.items() for word in (key, *own)}
    held = [key for word, key in words.items() if name.casefold() in word]
    close = nearest(name.casefold(), words, most=len(words) or 1, cutoff=0.5)
    return [*dict.fromkeys([*held, *(words[word] for word in close)])]


def _without_value(verb: Any, cells: pd.DataFrame) -> Iterator[Wrong]:  # noqa: ANN401
    held = cells.dropna(subset=["value"])
    wanted = [name for name in verb.indicators if name in distinct(cells["indicator"])]
    have = set(zip(*(held[name].tolist() for name in CELL), strict=True))
    absent = [f"{place}, {name}" for place in verb.places for name in wanted if (place, name) not in have]
    if absent:
        named = "; ".join(absent[:5])
        full = [p for p in distinct(held["place"]) if all((p, name) in have for name in wanted)]
        some = text("faults.calls.study_verbs.such_as", places=join_texts(full[:5])) if full else ""
        fix = text("faults.calls.study_verbs.name_places_them_indicators", some=some)
        yield text("faults.calls.study_verbs.places_values_change_none", named=named, absent=len(absent), fix=fix)


def _latest(cells: pd.DataFrame, places: Iterable[Hashable], indicators: Iterable[str]) -> pd.Index:
    """Return the rows of the latest year of each place and indicator."""
    rows = cells[cells["place"].isin(list(places)) & cells["indicator"].isin(list(indicators))]
    if "year" not in cells:
        return rows.index
    year = pd.to_numeric(rows["year"])
    return rows.index[year.isna() | (year == year.groupby([rows[c] for c in CELL]).transform("max"))]


def _with_values(cells: pd.DataFrame, rows: pd.Index, values: pd.Series) -> pd.DataFrame:
    changed = cells.assign(value=cells["value"].astype(float))
    moved = rows[(changed.loc[rows, "value"] != values).to_numpy()]
    changed.loc[rows, "value"] = values
    if "status" in cells:
        changed["status"] = cells["status"].astype(object)
        changed.loc[moved, "status"] = _ASSUMED
    return changed


def _of_network(verb: type[Verb]) -> type[Verb]:
    """Return a verb of flows as a study has it: with the network whose flows it changes."""
    maybe: Any = NetworkName | None
    named = [("network", maybe, field(default=None, kw_only=True))]
    made = make_dataclass(verb.__name__, named, bases=(verb,), frozen=True, namespace={"__doc__": verb.__doc__})
    made.__module__ = __name__
    return made


STUDY_VERBS: Mapping[str, type[Verb]] = MappingProxyType(
    {verb.verb: verb for verb in (ScaleIndicator, SetIndicator)}
    | {name: _of_network(verb) if verb.table == "flows" else verb for name, verb in VERBS.items()}
    | {ScaleBorder.verb: ScaleBorder}
)
