"""Name the tables of an audit in faults by the files that hold them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..errors import TableError

__all__ = ["files_named"]


@contextmanager
def files_named(**names: str) -> Iterator[None]:
    """Name tables in faults by the files that hold them."""
    try:
        yield
    except TableError as error:
        raise TableError(
            replace(fault, where=names.get(fault.where) or fault.where) for fault in error.faults
        ) from None
