"""Hold what a run has to say besides its results as data: a sentence of the catalogues and its values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from ...data import InnoscapeWarning
from ...data.wording.catalogue import Text, few
from .markup import listed, tell

__all__ = ["MOST_NAMES", "MOST_NOTICES", "Notice", "notice_table", "ranked_notices"]

# more than these are left to the table
MOST_NOTICES = 6
# names that a notice lists where it is read; the table of notices holds all
MOST_NAMES = 5
# what makes numbers wrong: they count something twice, mix what cannot be added or follow from the wrong thing
_GRAVEST = (
    "doubts.total", "doubts.nested_", "doubts.several_", "doubts.other_unit", "doubts.loop", "doubts.like_aggregate",
    "doubts.no_center", "warnings.flows.", "warnings.nested_places", "notices.fell_back",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that a reader of the results should know.

    Parameters
    ----------
    level : {"notice", "warning"}
        Whether it follows from the study, or something is probably wrong with the input.
    key : str
        Sentence of the catalogues.
    values : mapping
        What stands in its braces; a list or tuple holds names, such as keys of places.
    about : str
        Which kind of notice it is, where the sentence does not tell.

    Examples
    --------
    >>> str(Notice("notice", "notices.no_coordinates", {"places": ["甲", "乙"]}))
    'the map leaves out flows of 甲, 乙: no coordinates'
    """

    level: Literal["notice", "warning"]
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    about: str = field(default="", compare=False)

    @classmethod
    def of(cls, warning: InnoscapeWarning) -> "Notice":
        """Make a notice of a warning of the library."""
        if warning.key:
            return cls("warning", warning.key, warning.values, warning.about)
        return cls("warning", "notices.plain", {"text": str(warning)})

    def said(self, name: Callable[[str], object] = str) -> Text:
        """Return the sentence in every language, with its first names as they are to be written."""

        def filled(value: object) -> object:
            if not isinstance(value, list | tuple):
                return value
            shown = listed(one if isinstance(one, Text) else name(one) for one in value[:MOST_NAMES])
            more = len(value) - MOST_NAMES
            return shown if more <= 0 else tell("list.and_more", names=shown, n=more, total=len(value))

        return tell(self.key, **{key: filled(value) for key, value in self.values.items()})

    @property
    def cut(self) -> bool:
        """Whether it has more names than `said` lists."""
        return any(len(value) > MOST_NAMES for value in self.values.values() if isinstance(value, list | tuple))

    @property
    def weight(self) -> int:
        """Its place: 0 where numbers may be wrong, 1 for other warnings, 2 for what follows from the study."""
        if (self.about or self.key).startswith(_GRAVEST):
            return 0
        return 1 if self.level == "warning" else 2

    @property
    def plain(self) -> Text:
        """The sentence in every language as plain text, its names as they are."""
        return InnoscapeWarning(key=self.key, values=self.values).said

    def named(self, names: Mapping[str, Text], *, most: int | None = None) -> Text:
        """Say the sentence in every language as plain text, with names of places, and no more of them than ``most``."""
        values = {key: _few(_by_name(value, names), most) for key, value in self.values.items()}
        return InnoscapeWarning(key=self.key, values=values).said

    def __str__(self) -> str:
        return self.plain.in_("en")


def _by_name(value: object, names: Mapping[str, Text]) -> object:
    return [names.get(str(one), one) for one in value] if isinstance(value, list | tuple) else value


def _few(value: object, most: int | None) -> object:
    """Return the first names of a list, and how many more there are."""
    return few(value, most=most) if most is not None and isinstance(value, list | tuple) else value


def ranked_notices(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Put what matters most first; what matters as much stays in order.

    Examples
    --------
    >>> found = ranked_notices([Notice("notice", "notices.no_mass"), Notice("warning", "warnings.flows.units")])
    >>> [notice.level for notice in found]
    ['warning', 'notice']
    """
    return tuple(sorted(notices, key=lambda notice: notice.weight))


def notice_table(notices: Iterable[Notice], names: Mapping[str, Text]) -> pd.DataFrame:
    """Write notices as a table: in English with places by their keys, in Chinese by their names."""
    rows = [(one.level, str(one), one.named(names).in_("zh")) for one in notices]
    return pd.DataFrame(rows, columns=["level", "text", "text_zh"])
