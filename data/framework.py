"""Hold the indicators of a study, their groups, directions and weights.

A framework is a value: two of the same indicators are equal, and none can be changed after it is made.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Literal, Self, get_args

import pandas as pd

from .contracts.check_table import check_table
from .datasets import describe, list_datasets, load
from .errors import Fault, OptionError, TableError
from .options import check_choice
from .wording.catalogue import text

__all__ = ["Framework", "check_framework"]

Level = Literal["level1", "level2"]
_LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Framework:
    """Indicators with their groups, directions and given weights.

    Parameters
    ----------
    rows : tuple of dict items
        One tuple of (column, value) pairs an indicator; use `from_table` instead of building it by hand.

    Notes
    -----
    - Without a ``direction`` every indicator counts as "more is better" (+1).
    - Weights are given for all indicators or for none; at least one is above 0.
    - A level is present when any indicator has an entry for it; then every indicator must have one.
    - A second level sits inside the first: one ``level2`` group belongs to one ``level1`` group.

    Examples
    --------
    >>> from innoscape.data import load
    >>> framework = Framework.from_table(load("regional_framework"))
    >>> framework
    Framework: 10 indicators
      level1: institutions 4, input 2, output 2, incubation 2
      direction: 10 more is better
      weights: none given
    >>> framework.groups()["input"]
    ('rd_intensity', 'firms_with_rd_share')
    """

    rows: tuple[tuple[tuple[str, Hashable], ...], ...]
    _table: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        self._hold(check_table(pd.DataFrame([dict(row) for row in self.rows]), "framework", where="framework"))

    def _hold(self, table: pd.DataFrame) -> None:
        faults = _level_faults(table) + _nesting_faults(table) + _weight_faults(table)
        if faults:
            raise TableError(faults)
        object.__setattr__(self, "_table", table)

    @classmethod
    def from_table(cls, frame: pd.DataFrame) -> Self:
        """Make a framework from a table.

        Parameters
        ----------
        frame : pandas.DataFrame
            Framework contract (see `contract`).

        Returns
        -------
        Framework
            The checked value.

        Raises
        ------
        TableError
            With every fault of the table.
        """
        checked = check_table(frame, "framework", where="framework")
        new = object.__new__(cls)
        columns = [
            [cell if isinstance(cell, str) or not pd.isna(cell) else None for cell in cells.tolist()]
            for _, cells in checked.items()
        ]
        names = [*map(str, checked)]
        rows = tuple(tuple(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
        object.__setattr__(new, "rows", rows)
        # checked once
        new._hold(checked)
        return new

    @classmethod
    def from_shipped(cls, name: str) -> Self:
        """Make a framework of one that is shipped.

        Parameters
        ----------
        name : str
            Name in the column ``framework`` of the dataset ``frameworks``, such as ``"3-9-32"``, or a dataset that is
            a framework itself, such as ``"city_factors"``.

        Returns
        -------
        Framework
            Indicators without weights; columns such as ``level1_zh``, ``source`` and ``note`` stand beside them.

        Raises
        ------
        OptionError
            No such framework; the message lists those there are.

        Examples
        --------
        >>> Framework.from_shipped("6-10-23").groups()["foreign_capital"]
        ('hmt_enterprises', 'foreign_enterprises')
        """
        several = load("frameworks")
        alone = [one for one in list_datasets()["name"] if describe(one)["contract"] == "framework"]
        check_choice("name", name, [*several["framework"].unique(), *alone])
        own = load(name) if name in alone else several[several["framework"] == name].drop(columns="framework")
        return cls.from_table(own.dropna(axis="columns", how="all").reset_index(drop=True))

    @property
    def indicators(self) -> tuple[str, ...]:
        """Ids of the indicators, in the order of the table."""
        return tuple(self._table["indicator"])

    @property
    def table(self) -> pd.DataFrame:
        """The framework as a table, a fresh copy."""
        return self._table.copy()

    @property
    def direction(self) -> pd.Series:
        """+1 where more is better, -1 where less is better, indexed by indicator (``int64``)."""
        index = pd.Index(self.indicators, name="indicator")
        if "direction" not in self._table:
            return pd.Series(1, index=index, name="direction", dtype="int64")
        values = self._table["direction"].fillna(1).astype("int64").to_numpy()
        return pd.Series(values, index=index, name="direction")

    @property
    def given_weights(self) -> pd.Series | None:
        """Weights as given (not rescaled), indexed by indicator, or ``None`` where none are given."""
        if "weight" not in self._table or self._table["weight"].isna().all():
            return None
        index = pd.Index(self.indicators, name="indicator")
        return pd.Series(self._table["weight"].to_numpy(dtype="float64"), index=index, name="weight")

    @property
    def levels(self) -> tuple[Level, ...]:
        """Levels of groups that are present: none, ``("level1",)`` or ``("level1", "level2")``."""
        return tuple(level for level in _LEVELS if level in self._table and self._table[level].notna().any())

    def groups(self, level: Level = "level1") -> dict[str, tuple[str, ...]]:
        """Return the indicators of each group, groups and indicators in the order of the table.

        Parameters
        ----------
        level : {"level1", "level2"}, default "level1"
            Level of the groups.

        Returns
        -------
        dict of str to tuple of str
            Group to ids of its indicators.

        Raises
        ------
        OptionError
            If the framework has no such level.
        """
        if level not in self.levels:
            present = ", ".join(self.levels) or "none"
            raise OptionError(text("faults.calls.framework.level_present", present=present, level=level))
        found: dict[str, list[str]] = {}
        for group, indicator in zip(self._table[level], self._table["indicator"], strict=True):
            found.setdefault(str(group), []).append(str(indicator))
        return {group: tuple(members) for group, members in found.items()}

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        return self.rows == other.rows if isinstance(other, Framework) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.rows)

    def __repr__(self) -> str:
        lines = [f"Framework: {len(self)} indicators"]
        for level in self.levels:
            sizes = ", ".join(f"{group} {len(members)}" for group, members in self.groups(level).items())
            lines.append(f"  {level}: {sizes}")
        less = int((self.direction == -1).sum())
        lines.append(f"  direction: {len(self) - less} more is better" + (f", {less} less is better" if less else ""))
        weights = self.given_weights
        lines.append("  weights: " + ("none given" if weights is None else f"given, sum {weights.sum():g}"))
        return "\n".join(lines)


def _present(table: pd.DataFrame, column: str) -> bool:
    return column in table and bool(table[column].notna().any())


def _level_faults(table: pd.DataFrame) -> list[Fault]:
    faults: list[Fault] = []
    for level in _LEVELS:
        if _present(table, level):
            faults += [
                Fault.of("faults.framework.group", "framework", row=int(position) + 2, column=level)
                for position in table.index[table[level].isna()]
            ]
    if _present(table, "level2") and not _present(table, "level1"):
        faults.append(Fault.of("faults.framework.levels", "framework"))
    return faults


def _nesting_faults(table: pd.DataFrame) -> list[Fault]:
    if not (_present(table, "level1") and _present(table, "level2")):
        return []
    owners = table.dropna(subset=["level1", "level2"]).groupby("level2", sort=True)["level1"].unique()
    return [
        Fault.of("faults.framework.nesting", "framework", column="level2", names=list(owner), group=group)
        for group, owner in owners.items()
        if len(owner) > 1
    ]


def _weight_faults(table: pd.DataFrame) -> list[Fault]:
    if not _present(table, "weight"):
        return []
    weights = table["weight"]
    faults = [
        Fault.of("faults.framework.weight", "framework", row=int(position) + 2, column="weight")
        for position in table.index[weights.isna()]
    ]
    if not faults and not (weights > 0).any():
        faults.append(Fault.of("faults.framework.weightless", "framework", column="weight"))
    return faults


def check_framework(framework: object) -> None:
    """Raise `OptionError` unless indicators come with a framework."""
    if not isinstance(framework, Framework):
        raise OptionError(text("faults.calls.framework.framework_framework_make_table", name=type(framework).__name__))
