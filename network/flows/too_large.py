"""Refuse work on a large network before it begins, saying what it would take and what to do instead."""

from ...data.budget import Budget, Estimate, refusal, require
from ...data.errors import SizeError

__all__ = ["bytes_of", "check_square", "check_work", "too_large"]


def bytes_of(cells: float, *, arrays: float = 1.0, each: int = 8) -> float:
    """Return the memory of so many arrays of cells of ``each`` bytes."""
    return cells * arrays * each


def check_square(
    what: str,
    places: int,
    ties: int,
    way_out: str,
    *,
    arrays: float = 1.0,
    each: int = 8,
    work: float = 0.0,
    second: float = 1e8,
    most_work: float = 1e11,
) -> None:
    """Refuse matrices of places times places above the memory allowed, or work above ``most_work``.

    ``second`` is the work of a second; ``most_work`` that of a call of the usual length (see `Budget.longer`).
    """
    memory = bytes_of(float(places) ** 2, arrays=arrays, each=each)
    check_work(what, places, ties, way_out, memory=memory, work=work, second=second, most_work=most_work)


def check_work(
    what: str,
    places: int,
    ties: int,
    way_out: str,
    *,
    memory: float,
    work: float = 0.0,
    second: float = 1e8,
    most_work: float = 1e11,
) -> None:
    """Refuse work as `check_square` does, of which the memory in bytes is known."""
    if work > most_work * Budget.current().longer:
        raise too_large(what, places, ties, way_out, seconds=work / second, memory=memory)
    require(_named(what, places, ties), way_out, memory=memory)


def too_large(
    what: str, places: int, ties: int, way_out: str, *, seconds: float = 0.0, memory: float = 0.0
) -> SizeError:
    """Return the error of work that is refused for its size."""
    return refusal(_named(what, places, ties), way_out, Estimate(memory, seconds))


def _named(what: str, places: int, ties: int) -> str:
    return f"{what} of {places:,} places and {ties:,} ties"
