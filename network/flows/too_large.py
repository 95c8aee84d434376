"""Refuse work on a large network before it begins, saying what it would take and what to do instead."""

from ...data.errors import SizeError

__all__ = ["MOST_GIGABYTES", "check_square", "gigabytes_of", "too_large"]

# memory that a call may take without asking
MOST_GIGABYTES = 4.0


def gigabytes_of(cells: float, *, arrays: float = 1.0, each: int = 8) -> float:
    """Return the memory of so many arrays of cells of ``each`` bytes."""
    return cells * arrays * each / 1e9


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

    ``second`` is the work of a second.
    """
    gigabytes = gigabytes_of(float(places) ** 2, arrays=arrays, each=each)
    if gigabytes > MOST_GIGABYTES or work > most_work:
        raise too_large(what, places, ties, way_out, seconds=work / second, gigabytes=gigabytes)


def too_large(
    what: str, places: int, ties: int, way_out: str, *, seconds: float | None = None, gigabytes: float | None = None
) -> SizeError:
    """Return the error of work that is refused for its size."""
    taken = (
        [f"{gigabytes:.2g} GB of memory" if gigabytes < 10 else f"{gigabytes:.0f} GB of memory"] if gigabytes else []
    )
    taken += [_duration(seconds)] if seconds else []
    return SizeError(f"{what} of {places:,} places and {ties:,} ties would take about {' and '.join(taken)}; {way_out}")


def _duration(seconds: float) -> str:
    for size, name in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{max(seconds, 1):.0f} seconds"
