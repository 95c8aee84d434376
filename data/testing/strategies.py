"""Hold the library of strategies, which only those who test have installed."""

from types import ModuleType

from ..errors import MissingExtraError

__all__ = ["strategies"]


def strategies() -> ModuleType:
    """Return `hypothesis.strategies`.

    Raises
    ------
    MissingExtraError
        If hypothesis is not installed.

    Examples
    --------
    >>> strategies().__name__
    'hypothesis.strategies'
    """
    try:
        import hypothesis.strategies as st
    except ImportError as error:
        raise MissingExtraError("testing", purpose="testing") from error
    return st
