"""Make checks of options: each takes the option's name and what was given, and raises `OptionError`.

What is chosen by name declares them beside its options, as recipes and methods of tiers do.
"""

from collections.abc import Callable, Mapping

from .errors import OptionError
from .options import check_choice, check_number, is_number, number_faults, refuse
from .wording.catalogue import text

__all__ = [
    "Check",
    "a_choice",
    "a_flag",
    "a_name",
    "a_number",
    "a_share",
    "a_whole_number",
    "names",
    "numbers_by_name",
]

# takes the option's name and what was given
Check = Callable[[str, object], None]


def a_choice(*choices: str) -> Check:
    """Make a check that only lets the choices pass."""
    return lambda option, given: check_choice(option, given, choices)


def a_number(
    least: float | None = None,
    *,
    above: float | None = None,
    below: float | None = None,
    or_one_of: tuple[str, ...] = (),
) -> Check:
    """Make a check that lets finite numbers of at least ``least``, above ``above`` and below ``below`` pass."""

    def check(option: str, given: object) -> None:
        if isinstance(given, str) and given in or_one_of:
            return
        other = "".join(f" or {word!r}" for word in or_one_of)
        refuse(
            str(fault).replace(", got ", f"{other}, got ")
            for fault in number_faults(option, given, least=least, above=above, below=below)
        )

    return check


def a_share(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is a number from 0 to 1."""
    check_number(option, given, least=0, most=1)


def a_whole_number(least: int) -> Check:
    """Make a check that lets whole numbers of at least ``least`` pass."""
    return lambda option, given: check_number(option, given, least=least, whole=True)


def a_flag(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is true or false."""
    if not isinstance(given, bool):
        raise OptionError(text("faults.calls.option_checks.true_false", option=option, given=repr(given)))


def a_name(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is a name."""
    if not isinstance(given, str) or not given:
        raise OptionError(text("faults.calls.option_checks.name", option=option, given=repr(given)))


def names(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is a list of names."""
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        raise OptionError(text("faults.calls.option_checks.list_names", option=option, given=repr(given)))


def numbers_by_name(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is a number for all, or a table of names with a number each."""
    for value in given.values() if isinstance(given, Mapping) else [given]:
        if not is_number(value):
            raise OptionError(
                text("faults.calls.option_checks.number_table_indicators_numbers", option=option, value=repr(value))
            )
