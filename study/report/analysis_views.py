"""Show an analysis of a study in the report: blocks of sentences, figures and tables that one template lays out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from ...data.wording.catalogue import Text
from ..facts.rows import Pair
from ..plan.schema import Study
from ..plan.variables import Variable
from ..plan.weights_plan import weights_named
from ..wording.markup import listed, name_mark, spans, tell
from ..wording.phrases import Words
from .numbers import fit_decimals, number

__all__ = [
    "MOST_NAMED",
    "AnalysisBlock",
    "AnalysisTable",
    "Column",
    "Look",
    "View",
    "bare",
    "chance_column",
    "number_column",
    "text_column",
    "variable_name",
    "variable_names",
    "year_column",
]

# islands that are named
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, its cells as markup, and whether they are numbers."""

    heading: Text
    cells: Sequence[Markup | str]
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class AnalysisTable:
    """A table; a long one is folded behind its caption."""

    caption: Text
    columns: Sequence[Column]
    folded: bool = False

    @property
    def rows(self) -> list[tuple[Markup | str, ...]]:
        """Its cells, row by row."""
        return [*zip(*(column.cells for column in self.columns), strict=True)]


@dataclass(frozen=True, slots=True)
class AnalysisBlock:
    """What stands below one heading: sentences, figures with their captions (SVG of ours), tables, a note."""

    title: Text
    said: Sequence[Text] = ()
    figures: Sequence[tuple[Text, Markup]] = ()
    tables: Sequence[AnalysisTable] = ()
    notes: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What a view needs: the study, its tables, how places and variables are called."""

    study: Study
    tables: Mapping[str, pd.DataFrame]
    words: Words
    indicators: Mapping[str, Pair]

    def variable(self, key: object) -> Text:
        """Return what a variable is called: by its title, else by the names of what it is made of."""
        return variable_names(self.study, self.indicators, self.words).get(str(key)) or Text.of(
            en=str(key), zh=str(key)
        )

    def weights(self, name: str) -> Text:
        """Return what weights are called: by their title, else by their method."""
        plan = weights_named(self.study)[name]
        if plan.title or plan.title_zh:
            return Text.of(en=plan.title or plan.title_zh, zh=plan.title_zh or plan.title)
        said: dict[str, str | Text] = {key: str(value) for key, value in plan.options.items()}
        if "network" in said:
            said["network"] = self.words.network_text(str(said["network"]))
        if "factors" in plan.options:
            said["factors"] = listed([self.weights(factor) for factor in plan.options["factors"]])
        return tell(f"report.weights.{plan.method}", **said)


View = Callable[[Look], list[AnalysisBlock]]


def text_column(heading: str | Text, cells: Iterable[object]) -> Column:
    """Return a column of names or words; a missing one is a dash."""
    return Column(_heading(heading), [Markup("–") if cell is None else _mark(cell) for cell in cells])


def number_column(heading: str | Text, values: Iterable[float | None], *, decimals: int | None = None) -> Column:
    """Return a column of numbers, which share their decimals."""
    known = [None if value is None or pd.isna(value) else float(value) for value in values]
    digits = fit_decimals(known) if decimals is None else decimals
    return Column(_heading(heading), [number(value, digits) for value in known], numeric=True)


def chance_column(heading: str | Text, values: Iterable[float | None]) -> Column:
    """Return a column of p values."""
    said = ["–" if p is None or pd.isna(p) else "<0.001" if p < 0.001 else number(float(p), 3) for p in values]
    return Column(_heading(heading), said, numeric=True)


def year_column(years: Iterable[int | None]) -> list[Column]:
    """Return the column of years, or none where there are no years."""
    years = [*years]
    return [text_column("year", years)] if any(year is not None for year in years) else []


def bare(given: Text) -> Text:
    """Return a text without its markup, as charts take it."""
    return Text(tuple(one.striptags() if isinstance(one, Markup) else one for one in given.said))


def variable_names(study: Study, indicators: Mapping[str, Pair], words: Words) -> dict[str, Text]:
    """Return the names of all variables that the analyses of a study take, by key."""
    return {variable.key: variable_name(variable, indicators, words) for variable in study.variables}


def variable_name(variable: Variable, indicators: Mapping[str, Pair], words: Words) -> Text:
    """Return the name of a variable: its title, else what it is made of; of a logarithm, that it is one."""
    if variable.title or variable.title_zh:
        plain = Text.of(en=variable.title or variable.title_zh, zh=variable.title_zh or variable.title)
    else:
        parts = [_source_name(source, indicators, words) for source in variable.sources]
        plain = parts[0] if len(parts) == 1 else tell("report.variables.per", value=parts[0], per=parts[1])
    return tell("report.variables.log", value=plain) if variable.log else plain


def _source_name(source: str, indicators: Mapping[str, Pair], words: Words) -> Text:
    network, point, measure = source.partition(".")
    if source == "score":
        return tell("report.variables.score")
    if source in indicators:
        en, zh = indicators[source]
        return Text.of(en=en, zh=zh)
    if point:
        named = tell(f"methods.network.{measure}.name")
        return tell("report.variables.measure", measure=named, network=words.network_text(network))
    return Text.of(en=source, zh=source)


def _heading(heading: str | Text) -> Text:
    """Return a heading: of the catalogues by its key, or what is said already."""
    return heading if isinstance(heading, Text) else tell(f"report.columns.{heading}")


def _mark(cell: object) -> Markup | str:
    if isinstance(cell, Text):
        return spans(cell)
    if isinstance(cell, tuple):
        return name_mark(*cell)
    return cell if isinstance(cell, Markup) else str(cell)
