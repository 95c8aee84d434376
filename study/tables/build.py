"""Build the tables of a paper as plain text cells: scores, centrality, balances, scenarios.

Numbers of one column and block share their decimals, see `decimals`. A minus is the sign U+2212; a missing value
is a dash.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...data.vocabulary import name_of, unit_name
from ...data.wording.catalogue import LANGUAGES, Text, plain, text
from ..facts.network_facts import centrality_columns
from ..facts.rows import place_names

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

DASH = "–"
_MEASURES = ("mean_arrival_time", "tier_arrival_time", "reach", "arrival_inequality", "localization_share")
_PERCENT = ("reach", "localization_share")


@dataclass(frozen=True)
class Block:
    """Rows under one heading, which may be empty."""

    heading: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class TextTable:
    """A table ready to be set: captions, headers, which columns are numbers, blocks of rows, notes."""

    name: str
    caption: str
    headers: tuple[str, ...]
    numeric: tuple[bool, ...]
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()


class Speech:
    """Say headers and names in one language or in all."""

    def __init__(self, language: str, results: "StudyResults") -> None:
        self.language = language
        self.names = place_names(results.shown)
        self.tiers = results.study.tiers.order
        self.networks = {n.name: (n.title or n.name, n.title_zh) for n in results.study.networks}
        titles = results.shown.get("scenario_titles")
        rows = [] if titles is None else titles.astype(object).where(titles.notna(), "").itertuples()
        self.scenarios = {str(r.scenario): Text.of(en=str(r.title), zh=str(r.title_zh)) for r in rows}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it speaks, English before the others where all."""
        return LANGUAGES if self.language == "all" else (self.language,)

    def write(self, said: Text) -> str:
        """Write what each language says, with a space between."""
        return " ".join(dict.fromkeys(said.in_(language) for language in self.languages))

    def say(self, key: str, **values: object) -> str:
        """Write a sentence of the catalogues, by its key under ``tables``."""
        return self.write(text(f"tables.{key}", **values))

    def word(self, key: object) -> str:
        """Say a key with a capital."""
        name = self.tiers.name(key) if key in self.tiers else name_of(key)
        return DASH if key is None or pd.isna(key) else self.write(name.capital())

    def measure(self, key: str) -> str:
        """Say a centrality with a capital."""
        return self.write(text(f"methods.network.{key}.name").capital())

    def tier(self, key: object) -> str:
        """Say a tier, in small letters."""
        return DASH if key is None or pd.isna(key) else self.write(self.tiers.name(key))

    def place_headers(self) -> list[str]:
        """Head the columns of names."""
        return [text("tables.place").in_(language) for language in self.languages]

    def place(self, key: object) -> list[str]:
        """Name a place, in one column a language."""
        named = self.named(key)
        return [named.in_(language) for language in self.languages]

    def named(self, key: object) -> Text:
        """Return the name of a place."""
        english, chinese = self.names.get(str(key), (str(key), str(key)))
        return Text.of(en=english, zh=chinese)

    def network(self, kind: str, unit: str, status: str) -> str:
        """Name a kind of flow with its unit and status."""
        english, chinese = (*self.networks.get(kind, ()), "", "")[:2]
        title = Text.of(en=english, zh=chinese) if english or chinese else name_of(kind).capital()
        if unit:
            title = text("tables.with_unit", title=title, unit=unit_name(unit))
        if status:
            title = text("tables.with_status", title=title, status=name_of(status, "statuses"))
        return self.write(title)


def decimals(values: Iterable[float | None]) -> int:
    """Return how many decimals a column needs: none for whole numbers, else four digits for the largest value.

    - A number of 1,000 or more keeps one decimal if the column is not whole; none has more than four.

    Examples
    --------
    >>> decimals([7333.0, 12.0]), decimals([2868.15, 282.8]), decimals([0.7852, None]), decimals([12.34])
    (0, 1, 4, 2)
    """
    known = [abs(v) for v in values if v is not None and math.isfinite(v)]
    most = max(known, default=0.0)
    if all(math.isclose(v, round(v), abs_tol=1e-6) for v in known):
        return 0
    return min(4, max(1, 3 - math.floor(math.log10(most))))


def number(value: Any, places: int) -> str:  # noqa: ANN401
    """Write a number with so many decimals; zero has no sign.

    Examples
    --------
    >>> number(-1234.5, 1), number(-0.0001, 2), number(None, 2)
    ('−1,234.5', '0.00', '–')
    """
    if value is None or pd.isna(value) or not math.isfinite(value):
        return DASH
    rounded = round(float(value), places)
    return f"{rounded or 0.0:,.{places}f}".replace("-", "\N{MINUS SIGN}")


def column(rows: Sequence[Any], name: str, *, factor: float = 1.0, places: int | None = None) -> list[str]:
    """Write a column of numbers with decimals of their own."""
    raw = [getattr(row, name, None) for row in rows]
    values = [None if v is None or pd.isna(v) else factor * float(v) for v in raw]
    return [number(v, decimals(values) if places is None else places) for v in values]


def interval(low: str, high: str) -> str:
    """Write an interval."""
    return DASH if DASH in (low, high) else f"({low}, {high})"


def score_table(results: "StudyResults", speech: Speech) -> TextTable:
    """Set scores, ranks, intervals and tiers."""
    table = results.shown["scores"].sort_values(["rank", "place"])
    intervals = results.shown.get("score_intervals")
    ranged = False
    if intervals is not None and len(intervals):
        ranged = True
        table = table.merge(intervals[["place", "score_low", "score_high"]], on="place", how="left")
    rows = list(table.itertuples())
    others = sorted(c.removeprefix("score_") for c in results.shown["scores"].columns if c.startswith("score_"))
    headers = [speech.say("rank"), *speech.place_headers(), speech.say("score")]
    parts = [column(rows, "rank", places=0), *_named(rows, "place", speech), column(rows, "score", places=3)]
    if ranged:
        low, high = column(rows, "score_low", places=3), column(rows, "score_high", places=3)
        headers.append(speech.say("interval"))
        parts.append([interval(a, b) for a, b in zip(low, high, strict=True)])
    for other in others:
        headers.append(speech.say("with_unit", title=text("tables.score"), unit=name_of(other).capital()))
        parts.append(column(rows, f"score_{other}", places=3))
    numeric = [True] + [False] * len(speech.place_headers())
    numeric += [True] * (len(headers) - len(numeric))
    for name in ("tier", "published_tier"):
        if name in table and table[name].notna().any():
            headers.append(speech.say(name))
            parts.append([speech.tier(getattr(row, name)) for row in rows])
            numeric.append(False)
    caption = speech.say("scores")
    return TextTable("scores", caption, tuple(headers), tuple(numeric), (Block("", _turn(parts)),))


def centrality_table(results: "StudyResults", speech: Speech) -> TextTable:
    """Set the centrality of places, network by network."""
    table = results.shown["centrality"]
    measures = [one.name for one in centrality_columns(table)]
    blocks, marked = [], False
    for kind in _kinds(results, table):
        part = table[table["kind"].astype(str) == kind]
        part = part.sort_values(["strength", "place"], ascending=[False, True])
        rows = list(part.itertuples())
        parts = [column(rows, "rank", places=0), *_named(rows, "place", speech)]
        whole = [bool(getattr(row, "aggregate", False)) for row in rows]
        parts[1] = [name + "*" * mark for name, mark in zip(parts[1], whole, strict=True)]
        marked |= any(whole)
        parts += [column(rows, name) for name in measures]
        status = _one(part, "status")
        heading = speech.network(kind, _unit(results, kind), status)
        blocks.append(Block(heading, _turn(parts)))
    headers = [speech.say("rank"), *speech.place_headers(), *(speech.measure(name) for name in measures)]
    numeric = [True, *[False] * len(speech.place_headers()), *[True] * len(measures)]
    notes = [speech.say("aggregate_note")] if marked else []
    notes.append(speech.say("unit_note"))
    caption = speech.say("centrality")
    return TextTable("centrality", caption, tuple(headers), tuple(numeric), tuple(blocks), tuple(notes))


def balance_table(results: "StudyResults", speech: Speech) -> TextTable:
    """Set flows inside, out of and into groups, and their localization share."""
    table = results.shown["balances"]
    blocks = []
    for kind in _kinds(results, table):
        part = table[table["kind"].astype(str) == kind]
        part = part.sort_values(["outside", "inside", "group"], ascending=[False, False, True])
        rows = list(part.itertuples())
        top = decimals([float(v) for n in ("inside", "outside", "inflow") for v in part[n].dropna()])
        parts = _named(rows, "group", speech)
        parts += [column(rows, name, places=top) for name in ("inside", "outside", "inflow", "net")]
        parts.append(column(rows, "localization_share", factor=100, places=2))
        status = _one(part, "status")
        heading = speech.network(kind, _one(part, "unit"), status)
        blocks.append(Block(heading, _turn(parts)))
    words = (
        "inside", "outflow", "inflow", "net_outflow",
        "localization_share",
    )  # fmt: skip
    headers = [*speech.place_headers(), *(speech.say(key) for key in words)]
    numeric = [*[False] * len(speech.place_headers()), *[True] * len(words)]
    caption = speech.say("balances")
    return TextTable("balances", caption, tuple(headers), tuple(numeric), tuple(blocks))


def scenario_table(results: "StudyResults", speech: Speech) -> TextTable:
    """Set what scenarios change: the measures that stand for all places, a tier or a group."""
    table = results.shown["scenarios"]
    table = table[table["measure"].isin(_MEASURES)]
    blocks = []
    names = table["scenario"].astype(str)
    for scenario in dict.fromkeys([*speech.scenarios, *sorted(set(names))]):
        part = table[names == scenario]
        heading = speech.write(speech.scenarios.get(scenario, plain(scenario)))
        if len(part):
            blocks.append(Block(heading, _turn(_scenario_parts(part, speech))))
    words = (
        "measure", "where", "baseline", "scenario",
        "difference", "interval", "better",
    )  # fmt: skip
    headers = tuple(speech.say(key) for key in words)
    caption = speech.say("scenarios")
    notes = [speech.say("share_note")]
    if table["negligible"].any() and results.study.diffusion is not None:
        notes.append(speech.say("negligible_note", share=f"{100 * results.study.diffusion.negligible:g}%"))
    return TextTable("scenarios", caption, headers, (False, False, *[True] * 5), tuple(blocks), tuple(notes))


def _scenario_parts(part: pd.DataFrame, speech: Speech) -> list[list[str]]:
    parts: list[list[str]] = [[] for _ in range(7)]
    for measure in _MEASURES:
        some = part[part["measure"] == measure]
        rows = sorted(some.itertuples(), key=lambda r: (r.place != "all", speech.tiers.rank(r.place), str(r.place)))
        factor = 100.0 if measure in _PERCENT else 1.0
        digits = 4 if measure == "arrival_inequality" else 2
        low, high = (column(rows, name, factor=factor, places=digits) for name in ("low", "high"))
        cells = [
            [speech.word(measure) for _ in rows],
            [
                speech.word(r.place) if r.place in ("all", *speech.tiers) else speech.write(speech.named(r.place))
                for r in rows
            ],
            *(column(rows, name, factor=factor, places=digits) for name in ("baseline", "value")),
            [
                f"{said} ≈" if row.negligible else said
                for row, said in zip(rows, column(rows, "difference", factor=factor, places=digits), strict=True)
            ],
            [interval(a, b) for a, b in zip(low, high, strict=True)],
            column(rows, "better", factor=100, places=1),
        ]
        parts = [[*whole, *more] for whole, more in zip(parts, cells, strict=True)]
    return parts


def _named(rows: Sequence[Any], key: str, speech: Speech) -> list[list[str]]:
    names = [speech.place(getattr(row, key)) for row in rows]
    return [list(cells) for cells in zip(*names, strict=True)] if names else [[] for _ in speech.place_headers()]


def _turn(parts: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(zip(*parts, strict=True))


def _kinds(results: "StudyResults", table: pd.DataFrame) -> list[str]:
    """Return the kinds of flow in a table, in the order of the study's networks, others after them."""
    there = set(table["kind"].astype(str))
    return [kind for kind in dict.fromkeys([*results.graphs, *sorted(there)]) if kind in there]


def _one(part: pd.DataFrame, name: str) -> str:
    """Return the one value of a column, nothing where it has several."""
    values = {str(v) for v in part[name].dropna()} if name in part else set()
    return values.pop() if len(values) == 1 else ""


def _unit(results: "StudyResults", kind: str) -> str:
    flows = results.shown.get("flows")
    return "" if flows is None else _one(flows[flows["kind"].astype(str) == kind], "unit")
