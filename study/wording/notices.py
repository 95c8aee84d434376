"""Hold what a run has to say besides its results as data: a sentence of the catalogues and its values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from ...data import InnoscapeWarning
from ...data.wording.catalogue import Text
from .markup import listed, tell

__all__ = ["Notice", "notice_table"]


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

    Examples
    --------
    >>> str(Notice("notice", "notices.no_coordinates", {"places": ["甲", "乙"]}))
    'the map leaves out flows of 甲, 乙: no coordinates'
    """

    level: Literal["notice", "warning"]
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, warning: InnoscapeWarning) -> "Notice":
        """Make a notice of a warning of the library."""
        if warning.key:
            return cls("warning", warning.key, warning.values)
        return cls("warning", "notices.plain", {"text": str(warning)})

    def said(self, name: Callable[[str], object] = str) -> Text:
        """Return the sentence in every language, with its names as they are to be written."""

        def filled(value: object) -> object:
            if not isinstance(value, list | tuple):
                return value
            return listed(one if isinstance(one, Text) else name(one) for one in value)

        return tell(self.key, **{key: filled(value) for key, value in self.values.items()})

    @property
    def plain(self) -> Text:
        """The sentence in every language as plain text, its names as they are."""
        return InnoscapeWarning(key=self.key, values=self.values).said

    def in_(self, language: str) -> str:
        """Return the sentence in one language as plain text, its names as they are."""
        return self.plain.in_(language)

    def __str__(self) -> str:
        return self.in_("en")


def notice_table(notices: Iterable[Notice]) -> pd.DataFrame:
    """Write notices as a table, in English."""
    return pd.DataFrame([(one.level, str(one)) for one in notices], columns=["level", "text"])
