"""Hold what could be read or computed of a study, and stop what asks for the rest without a fault of its own."""

from copy import copy
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ...data import StudyError

__all__ = ["Held", "Partial"]

Key = TypeVar("Key")
Value = TypeVar("Value")


class Held(dict[Key, Value]):
    """A mapping whose missing entries have been refused before: asking for one raises an error that holds no fault.

    Examples
    --------
    >>> Held(trade=1)["patents"]
    Traceback (most recent call last):
    innoscape.data.errors.StudyError
    """

    def __missing__(self, key: Key) -> Value:
        raise StudyError([])


class Partial:
    """A dataclass that may lack fields whose faults have been noted: asking for one raises an error without a fault."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of any field
            if name in {field.name for field in fields(self)}:
                raise StudyError([])
            raise AttributeError(name)

    def without(self, *names: str) -> Any:  # noqa: ANN401 - an object of the same class
        """Return the same without some fields, which have no default."""
        return self._kept({name: value for name, value in vars(self).items() if name not in names})

    def having(self, **changes: object) -> Any:  # noqa: ANN401 - an object of the same class
        """Return the same with other values in some fields; what is lacking stays so."""
        return self._kept({**vars(self), **changes})

    def _kept(self, values: dict[str, object]) -> Any:  # noqa: ANN401 - an object of the same class
        new = copy(self)
        own = cast("dict[str, object]", vars(new))
        own.clear()
        # what was worked out of the former fields is not kept
        own.update({field.name: values[field.name] for field in fields(cast("Any", self)) if field.name in values})
        return new
