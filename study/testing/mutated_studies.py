"""Draw studies that differ in a few things from one that runs."""

import csv
import io
import math
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.testing.spoil_cells import spoil_cells
from ...data.testing.strategies import strategies
from ..plan.schema import STUDY_FILE
from .file_texts import csv_text, toml_text

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["mutated_studies"]

Draw = Callable[[Any], Any]
# what stands where something else is needed
_ODD = (
    "",
    "x",
    "\u5317\u4eac",
    "none",
    0,
    1,
    -1,
    2,
    0.5,
    1e308,
    math.inf,
    math.nan,
    True,
    False,
    [],
    {},
    [""],
    10**12,
    "1",
    " ",
    "\x00",
    date(2019, 5, 1),
    [[]],
    [{}],
    [["x"], 1],
    {"x": 1},
)


def mutated_studies(folder: str | Path, *, most: int = 3) -> "SearchStrategy[dict[str, str]]":
    """Return a strategy that draws the files of a study with one to several things changed.

    A change is of ``study.toml`` (a value, a key, an entry of a list; lost, twice, or another), or of a table (a cell,
    row, column or name; see `innoscape.data.spoiled_tables`), or a file that is not there or empty. What is drawn may
    or may not be a study: whatever `check` accepts, `run` completes, and what is refused is refused by an
    `innoscape.data.InnoscapeError`.

    Parameters
    ----------
    folder : str or Path
        A study: ``study.toml`` and tables as CSV.
    most : int
        Most changes at once.

    Returns
    -------
    SearchStrategy
        Of dictionaries: name of a file -> its text.

    Raises
    ------
    MissingExtraError
        If hypothesis is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from hypothesis import given, settings
    >>> from innoscape.study import write_template
    >>> with tempfile.TemporaryDirectory() as home:
    ...     _ = write_template(Path(home, "mine"), template="provinces")
    ...     strategy = mutated_studies(Path(home, "mine"))
    >>> @settings(max_examples=3, database=None, deadline=None)
    ... @given(strategy)
    ... def test_there_is_a_study_file(files):
    ...     assert "study.toml" in files
    >>> test_there_is_a_study_file()
    """
    st = strategies()
    here = Path(folder)
    plan = tomllib.loads((here / STUDY_FILE).read_text(encoding="utf-8"))
    tables = {
        file.name: [*csv.reader(io.StringIO(file.read_text(encoding="utf-8")))] for file in sorted(here.glob("*.csv"))
    }

    @st.composite
    def drawn(draw: Draw) -> dict[str, str]:
        content, rows, texts = _copy(plan), dict(tables), {}
        for _ in range(draw(st.integers(1, most))):
            name = draw(st.sampled_from([STUDY_FILE, STUDY_FILE, STUDY_FILE, *rows])) if rows else STUDY_FILE
            if name == STUDY_FILE:
                _change(draw, content)
            elif draw(st.integers(0, 19)) == 0:
                texts |= {name: ""} if draw(st.booleans()) else {}
                del rows[name]
            else:
                rows[name] = spoil_cells(draw, rows[name])
        return {**texts, **{name: csv_text(one) for name, one in rows.items()}, STUDY_FILE: toml_text(content)}

    return drawn()


def _copy(value: Any) -> Any:  # noqa: ANN401 - a value of a study file
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def _parts(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """Yield each part of a study file that can be changed: what holds it, and its key or number there."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in [*pairs]:
        yield value, key
        yield from _parts(one)


def _change(draw: Draw, content: dict[str, Any]) -> None:
    """Change one thing in the content of a study file."""
    st = strategies()
    # without name and title the rest would not be looked at
    parts = [(holder, key) for holder, key in _parts(content) if not (holder is content and key in ("name", "title"))]
    if not parts:
        return
    # long lists would take all changes
    kinds: dict[int, list[tuple[Any, Any]]] = {}
    for holder, key in parts:
        kinds.setdefault(id(holder), []).append((holder, key))
    holder, key = draw(st.sampled_from(draw(st.sampled_from([*kinds.values()]))))
    value = holder[key]
    what = draw(st.sampled_from(["less", "odd", "of kind", "of another", "inside", "renamed", "taken", "twice"]))
    if what == "less":
        del holder[key]
    elif what == "odd":
        holder[key] = _copy(draw(st.sampled_from(_ODD)))
    elif what == "of kind":
        holder[key] = draw(st.sampled_from(_near(value)))
    elif what == "of another":
        # a word where another word stands, a number where another number stands
        alike = [one[at] for one, at in parts if type(one[at]) is type(value)]
        holder[key] = _copy(draw(st.sampled_from(alike)))
    elif what == "inside":
        # what no list holds stands in one, beside what is right
        holders = [one[at] for one, at in parts if isinstance(one[at], list)] or [[]]
        draw(st.sampled_from(holders)).append(_copy(draw(st.sampled_from([*_ODD, value]))))
    elif isinstance(holder, list):
        holder.append(_copy(value) if what == "twice" else draw(st.sampled_from(_near(value))))
    elif what == "renamed":
        holder[draw(st.sampled_from([f"{key}s", key[:-1], key.upper(), "x"]))] = holder.pop(key)
    else:
        # a key of one section in another
        other, name = draw(st.sampled_from([(one, at) for one, at in parts if isinstance(one, dict)]))
        holder[name] = _copy(other[name])


def _near(value: Any) -> list[Any]:  # noqa: ANN401
    """Return values of the kind of another."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [0, 1, 2, -value, value * 10, value * 100, value / 10, value + 1, value - 1, float(value)]
    if isinstance(value, str):
        return ["", value.upper(), f" {value} ", value[:-1], f"{value}x", f"{value}; {value}", [value], [[value]]]
    if isinstance(value, list):
        return [[], value[:1], value[1:], value[::-1], value + value[:1], [value]]
    return [{}, {key: value[key] for key in [*value][:1]}, {key: value[key] for key in [*value][1:]}]
