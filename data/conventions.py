"""Follow another program: fill in the options in which programs differ, from one table of conventions.

The table is ``conventions.toml``. A difference names a function, one of its options and the value that gives each
program's number, with reason, source and the test that proves it; where no option leads to a program's number, it says
how to get there.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from importlib.resources import files
from inspect import Parameter, signature
from typing import Any, ParamSpec, TypeVar

import pandas as pd

from .errors import OptionError, warn
from .options import hint
from .wording.catalogue import text

__all__ = ["Difference", "as_followed", "convention_words", "differences", "follows_conventions", "list_conventions"]

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Difference:
    """What one program does, where programs differ.

    Parameters
    ----------
    function, option : str
        Public function and its option; an option of a recipe's step is ``step.method.parameter``. No option where none
        leads to the program's number.
    program : str
        Name that ``convention=`` takes.
    value : object
        Of the option; words where there is no option.
    when : mapping
        Other options of the function and the values at which this one counts.
    reason : str
        Why programs differ.
    source : str
        Where the program says so.
    proved_by : str
        Test that compares the numbers.
    """

    function: str
    option: str
    program: str
    value: Any
    when: Mapping[str, Any]
    reason: str
    source: str
    proved_by: str


@cache
def differences() -> tuple[Difference, ...]:
    """Return every row of the table, function by function."""
    content = files(__name__.rpartition(".")[0]).joinpath("conventions.toml").read_text(encoding="utf-8")
    return tuple(
        Difference(
            function=one["function"],
            option=one.get("option", ""),
            program=program,
            value=given["value"],
            when=one.get("when", {}),
            reason=one["reason"],
            source=given["source"],
            proved_by=given.get("proved_by", ""),
        )
        for one in tomllib.loads(content)["differences"]
        for given in one["programs"]
        for program in given["names"]
    )


def list_conventions() -> pd.DataFrame:
    """List the differences between programs that are known, with the option that leads to each program's number.

    Returns
    -------
    DataFrame
        ``function``, ``option`` (empty where none leads there), ``convention``, ``value``, ``when`` (other options it
        depends on), ``reason``, ``source``.

    Examples
    --------
    >>> table = list_conventions()
    >>> own = table[(table["option"] == "variance") & (table["when"] == "statistic='moran'")]
    >>> own[["convention", "value"]].to_records(index=False).tolist()
    [('r-spdep', 'n'), ('esda', 'n-1'), ('geoda', 'n-1'), ('arcgis', 'others')]
    """
    rows = [
        (one.function, one.option, one.program, _shown(one.value), _conditions(one.when), one.reason, one.source)
        for one in differences()
    ]
    return pd.DataFrame(rows, columns=["function", "option", "convention", "value", "when", "reason", "source"])


def as_followed(
    function: str, convention: str, given: Mapping[str, Any], defaults: Mapping[str, Any], *, stacklevel: int = 2
) -> dict[str, Any]:
    """Return the options of a function that a convention fills in: those that were not given.

    An option given by hand wins; where it differs from the convention's, a warning says so (``stacklevel`` as `warn`
    counts it).

    Raises
    ------
    OptionError
        The convention is unknown or does not say anything of this function; the message lists those that do.

    Examples
    --------
    >>> as_followed("local_autocorrelation", "geoda", {}, {"statistic": "moran"})
    {'variance': 'n-1', 'alternative': 'directed'}
    """
    known = [one for one in differences() if one.function == function and one.option]
    options = {**defaults, **given}
    holding = [one for one in known if all(options.get(name) == value for name, value in one.when.items())]
    programs = list(dict.fromkeys(one.program for one in holding))
    if convention not in programs:
        conditions = dict.fromkeys(_conditions(one.when) for one in known if one.program == convention)
        here = f" with {' or '.join(conditions)}" if conditions else ""
        needed = ", ".join(map(repr, programs)) or "none with these options"
        also = f" ({convention!r} is known{here} only)" if conditions else hint(convention, programs)
        raise OptionError(
            text(
                "faults.calls.conventions.convention_knows",
                function=function,
                needed=needed,
                convention=repr(convention),
                also=also,
            )
        )
    filled: dict[str, Any] = {}
    for one in (one for one in holding if one.program == convention):
        if one.option not in given:
            filled[one.option] = one.value
        elif not _alike(given[one.option], one.value):
            warn(
                "warnings.not_the_convention",
                option=one.option,
                given=repr(given[one.option]),
                convention=convention,
                value=_shown(one.value),
                stacklevel=stacklevel,
            )
    return filled


def convention_words(convention: str, *functions: str, **chosen: Any) -> str:  # noqa: ANN401 - options of any type
    """Write out what a convention fills in for some functions, for the description of a study.

    ``chosen`` are options by which differences hold or not; those that are not chosen are not asked for.

    Examples
    --------
    >>> convention_words("geoda", "local_autocorrelation", statistic="moran")
    "local_autocorrelation(variance='n-1', alternative='directed')"
    """
    said: dict[str, list[str]] = {}
    for one in differences():
        holds = all(chosen.get(name, value) == value for name, value in one.when.items())
        if one.program == convention and one.function in functions and one.option and holds:
            value = tuple(one.value) if isinstance(one.value, list) else one.value
            said.setdefault(one.function, []).append(f"{one.option}={value!r}")
    return ", ".join(f"{name}({', '.join(options)})" for name, options in said.items())


def follows_conventions(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Let a function take ``convention=``: options that are not given take the values of that program.

    The function declares the keyword in its signature and describes it; it receives the options filled in.
    """
    name = function.__name__
    defaults = {one.name: one.default for one in signature(function).parameters.values()}
    defaults = {option: value for option, value in defaults.items() if value is not Parameter.empty}

    @wraps(function)
    def followed_convention(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        convention = kwargs.get("convention")
        if convention is not None:
            kwargs.update(as_followed(name, str(convention), kwargs, defaults))
        return function(*args, **kwargs)

    return followed_convention


def _alike(given: object, value: object) -> bool:
    """Say whether two options are the same; lists of names whatever their order."""
    if isinstance(value, list):
        return isinstance(given, Iterable) and not isinstance(given, str) and sorted(map(str, given)) == sorted(value)
    return given == value


def _shown(value: object) -> str:
    return repr(tuple(value)) if isinstance(value, list) else value if isinstance(value, str) else repr(value)


def _conditions(when: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in when.items())
