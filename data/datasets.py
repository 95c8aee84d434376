"""Find and load the figures that ship with innoscape.

Every dataset is a UTF-8 CSV file; ``catalogue.toml`` says where its figures were read, in what unit,
and which cells are repaired or suspect. Values as printed stay beside repaired ones.
"""

import hashlib
import io
import tomllib
from functools import cache
from typing import Any

import pandas as pd

from .errors import UnknownDatasetError
from .files import read_shipped
from .options import hint
from .wording.catalogue import join_texts, text

__all__ = ["describe", "list_datasets", "load"]

_LISTED = ("title", "unit", "year", "source", "place_in_source")


@cache
def _catalogue() -> dict[str, dict[str, Any]]:
    return tomllib.loads(read_shipped("catalogue.toml").decode("utf-8"))


def _entry(name: str) -> dict[str, Any]:
    catalogue = _catalogue()
    if name in catalogue:
        return _with_source(catalogue[name])
    raise UnknownDatasetError(
        text(
            "faults.calls.datasets.dataset_shipped",
            name=repr(name),
            name2=hint(name, catalogue),
            catalogue=join_texts(catalogue),
        )
    )


def _with_source(entry: dict[str, Any]) -> dict[str, Any]:
    """Add which papers an entry cites, and say where a credit is cited in full."""
    cites = entry.get("cites", [])
    credit = entry.get("credit", entry.get("source", ""))
    several = "s" if len(cites) > 1 else ""
    cited = f"{credit} (full citation{several}: dataset sources, key{several} {', '.join(cites)})"
    return {"source": cited, **entry, "credit": credit, "cites": cites}


@cache
def _frame(name: str) -> pd.DataFrame:
    entry = _entry(name)
    frame = pd.read_csv(io.BytesIO(read_shipped(f"{name}.csv")), dtype=str, keep_default_na=False, na_values=[""])
    for column in entry.get("numbers", ()):
        frame[column] = pd.to_numeric(frame[column]).astype("float64")
    for column in entry.get("integers", ()):
        frame[column] = pd.to_numeric(frame[column]).astype("Int64")
    return frame


def load(name: str) -> pd.DataFrame:
    """Load a shipped dataset.

    Parameters
    ----------
    name : str
        Name as in `list_datasets`.

    Returns
    -------
    pandas.DataFrame
        A fresh copy: text columns as text (an empty cell is missing), numbers as ``float64``,
        years and directions as ``Int64``. Units and notes are in `describe`.

    Raises
    ------
    UnknownDatasetError
        If no dataset has that name; the message offers the nearest one.

    Examples
    --------
    >>> flows = load("contracts")
    >>> f"{flows['value'][0] / flows['value'].sum():.2%}"
    '9.86%'
    """
    return _frame(name).copy()


def describe(name: str) -> dict[str, Any]:
    """Describe a shipped dataset.

    Parameters
    ----------
    name : str
        Name as in `list_datasets`.

    Returns
    -------
    dict
        ``name``, ``title``, ``description``, ``unit``, ``year``, ``source`` (citation), ``credit`` (the same in
        short), ``cites`` (keys of the dataset ``sources``), ``place_in_source``,
        ``contract`` (the table contract it satisfies, or ``None``), ``license``, ``notes`` (list of str, on
        repaired and suspect cells), ``rows``, ``columns`` (names), ``file`` and its ``sha256``.

    Raises
    ------
    UnknownDatasetError
        If no dataset has that name.

    Examples
    --------
    >>> describe("copatents")["unit"]
    'patents'
    >>> len(describe("copatents")["notes"])
    4
    """
    entry = {key: value for key, value in _entry(name).items() if key not in ("numbers", "integers")}
    frame = _frame(name)
    return {
        "name": name,
        "contract": None,
        **entry,
        "cites": list(entry["cites"]),
        "notes": list(entry["notes"]),
        "rows": len(frame),
        "columns": list(frame.columns),
        "file": f"{name}.csv",
        "sha256": hashlib.sha256(read_shipped(f"{name}.csv")).hexdigest(),
    }


def list_datasets() -> pd.DataFrame:
    """List the shipped datasets.

    Returns
    -------
    pandas.DataFrame
        One row a dataset: ``name``, ``title``, ``unit``, ``year`` (of the data, text), ``source``,
        ``place_in_source``, ``rows``, ``columns`` and ``notes`` (how many; read them with `describe`).

    Examples
    --------
    >>> datasets = list_datasets().set_index("name")
    >>> int(datasets.loc["places", "rows"])
    153
    """
    rows = []
    for name in _catalogue():
        entry = describe(name)
        row = {"name": name} | {key: entry[key] for key in _LISTED}
        rows.append(row | {"rows": entry["rows"], "columns": len(entry["columns"]), "notes": len(entry["notes"])})
    return pd.DataFrame(rows)
