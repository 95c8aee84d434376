"""Walk through a section of a study file and visit every place that it names."""

from collections.abc import Callable, Mapping
from typing import Any

from .interventions import PLACE_FIELDS

__all__ = ["walk_names"]

PLACE_KEYS = (
    frozenset(
        {
            "units",
            "seeds",
            "scope",
            "group_into",
            "balance",
            "source",
            "target",
            "spread_over",
            "zeros",
            "leave_out",
            "places",
            "candidates",
            "existing",
        }
    )
    | PLACE_FIELDS
)
# keys of mappings whose own keys are places
_KEYED_BY_PLACE = frozenset({"center_weights", "outgoing_weights", "incoming_weights", "aggregate_cost"})


def walk_names(part: Any, path: str, visit: Callable[[str, str], str]) -> Any:  # noqa: ANN401 - parts of a TOML file
    """Visit every place name of a section and return the section with what the visits returned."""
    if isinstance(part, list):
        return [walk_names(item, f"{path}[{i}]", visit) for i, item in enumerate(part, 1)]
    if not isinstance(part, Mapping):
        return part
    return {key: _visited(key, value, f"{path}.{key}", visit) for key, value in part.items()}


def _visited(key: str, value: Any, path: str, visit: Callable[[str, str], str]) -> Any:  # noqa: ANN401
    # what an estimate says in a word is a table, an option or a row
    word = isinstance(value, str) and path.rpartition(".")[0].endswith(".estimate")
    if key in PLACE_KEYS and value != "others" and not word:
        return _visit_names(value, path, visit)
    if key in _KEYED_BY_PLACE and isinstance(value, Mapping):
        return {visit(name, path): number for name, number in value.items()}
    return value if key == "options" else walk_names(value, path, visit)


def _visit_names(value: Any, path: str, visit: Callable[[str, str], str]) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return visit(value, path)
    if isinstance(value, list | tuple):
        return [_visit_names(name, path, visit) for name in value]
    return value
