"""Say beside each method what it computes and which works describe it.

A function is documented where it is defined; its sentence stands in the catalogues under ``methods.<kind>.<name>``, and
its references are keys of the shipped table ``references``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from .datasets import load

__all__ = ["ChosenMethod", "Method", "Work", "documented", "method_of", "works"]

_Function = TypeVar("_Function", bound=Callable[..., Any])
# HTML that holds in every language; a function of the options where they change it
Formula: TypeAlias = str | Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Method:
    """What a method computes, and the works that describe it.

    Parameters
    ----------
    formula : str or callable
        HTML, or a function of the method's options that returns it; empty where there is none.
    references : tuple of str
        Keys of `works`.
    """

    formula: Formula = ""
    references: tuple[str, ...] = ()

    def formula_for(self, options: Mapping[str, Any]) -> str:
        """Return the formula under some options."""
        return self.formula if isinstance(self.formula, str) else self.formula(options)


@dataclass(frozen=True, slots=True)
class ChosenMethod:
    """A method that was chosen for one step, with the value of every option.

    Parameters
    ----------
    kind, name : str
        Kind of step and name of the method, as the catalogues know them.
    method : Method
    options : mapping
        Name -> value, defaults among them.
    at : str
        What the step applies to, such as a level of the framework; empty for the whole.
    """

    kind: str
    name: str
    method: Method = Method()
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    at: str = ""

    @property
    def formula(self) -> str:
        """The formula under the options."""
        return self.method.formula_for(self.options)


@dataclass(frozen=True, slots=True)
class Work:
    """A published work.

    Parameters
    ----------
    key, authors, year, title, journal, volume, pages, doi : str
        As in the table ``references``; empty where the work has none. Authors are parted by semicolons.
    """

    key: str
    authors: str
    year: str
    title: str
    journal: str
    volume: str
    pages: str
    doi: str

    @property
    def short(self) -> str:
        """Authors and year, as a text cites the work.

        Examples
        --------
        >>> works()["deming1940"].short, works()["saisana2005"].short
        ('Deming & Stephan 1940', 'Saisana et al. 2005')
        """
        names = [author.split(",")[0].strip() for author in self.authors.split(";")]
        listed = " & ".join(names) if len(names) < 3 else f"{names[0]} et al."
        return f"{listed} {self.year}"


def documented(*references: str, formula: Formula = "") -> Callable[[_Function], _Function]:
    """Document a function by its formula and the works that describe it; see `method_of`.

    Examples
    --------
    >>> @documented("oecd2008", formula="y = 2x")
    ... def double(x):
    ...     return 2 * x
    >>> method_of(double)
    Method(formula='y = 2x', references=('oecd2008',))
    """

    def note(function: _Function) -> _Function:
        _DOCUMENTED[function] = Method(formula, references)
        return function

    return note


def method_of(entry: object) -> Method:
    """Return what is documented of a function; nothing is known of a function of the user's own."""
    return entry if isinstance(entry, Method) else _DOCUMENTED.get(entry, Method())  # pyright: ignore[reportArgumentType, reportCallIssue]


@cache
def works() -> Mapping[str, Work]:
    """Return the works that methods refer to, by key.

    Examples
    --------
    >>> works()["shannon1948"].title
    'A mathematical theory of communication'
    """
    rows = load("references").fillna("").to_dict("records")
    return MappingProxyType({row["key"]: Work(**row) for row in rows})


_DOCUMENTED: dict[Callable[..., Any], Method] = {}
