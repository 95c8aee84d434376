"""Audit a folder that holds a table of figures and one of claims, or the shipped sources."""

from pathlib import Path

import pandas as pd

from ..datasets import load
from ..errors import Fault, TableError
from ..reading.tables import read_frame, read_table
from ..wording.catalogue import Text, few
from .claims import audit_claims
from .consistency import consistency
from .files_named import files_named

__all__ = ["audit_folder"]

# endings of tables, in the order in which they are looked for
_ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")


def audit_folder(folder: str | Path | None = None, *, language: str = "en") -> pd.DataFrame:
    """Audit the tables of a folder: recompute its claims, and compare its figures with one another.

    Parameters
    ----------
    folder : str or Path, optional
        Holds a table named ``figures`` and, if there are any, ``claims`` and ``places`` (contracts of the same names),
        as CSV, Excel or Parquet; shipped places stand in for missing ones. Without a folder the shipped figures and
        claims of the sources are audited.
    language : str, default "en"
        Language of ``subject`` and ``meaning``.

    Returns
    -------
    pandas.DataFrame
        What `audit_claims` returns, then what `consistency` returns.

    Raises
    ------
    TableError
        If there is no table of figures, or with every fault of the tables.

    Examples
    --------
    >>> found = audit_folder()
    >>> found.loc[found["check"] == "claim", "verdict"].value_counts().to_dict()
    {'holds': 124, 'not_checkable': 43, 'contradicted': 22, 'within_rounding': 16}
    """
    if folder is None:
        return _audited(load("figures"), load("claims"), load("places"), language)
    figures, claims, places = (_table(Path(folder), name) for name in ("figures", "claims", "places"))
    if figures is None:
        raise TableError([Fault.of("faults.audit.folder", str(folder), got=_held(Path(folder)))])
    own = load("places") if places is None else read_table(places, "places")
    claimed = None if claims is None else read_frame(claims, contract="claims")
    with files_named(figures=figures.name, claims="" if claims is None else claims.name):
        return _audited(read_frame(figures, contract="figures"), claimed, own, language)


def _audited(figures: pd.DataFrame, claims: pd.DataFrame | None, places: pd.DataFrame, language: str) -> pd.DataFrame:
    parts = [] if claims is None else [audit_claims(claims, figures, language=language)]
    return pd.concat([*parts, consistency(figures, places=places, language=language)], ignore_index=True)


def _table(folder: Path, name: str) -> Path | None:
    return next((file for ending in _ENDINGS if (file := folder / f"{name}{ending}").is_file()), None)


def _held(folder: Path) -> str | Text:
    if not folder.is_dir():
        return str(folder)
    names = sorted(file.name for file in folder.iterdir())
    return few(names) if names else str(folder)
