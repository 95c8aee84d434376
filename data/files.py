"""Read the files that ship inside the package."""

from functools import cache
from importlib.resources import files

__all__ = ["read_shipped"]


@cache
def read_shipped(name: str) -> bytes:
    """Return the content of a file of the folder ``shipped``."""
    return files(__name__.rpartition(".")[0]).joinpath("shipped", name).read_bytes()
