"""Say on how many indicators of a group a place stands above each peer, on how many below, and by how much."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import (
    column_faults,
    known_place_faults,
    name_faults,
    number_faults,
    numeric,
    refuse,
)
from ...data.places.keys import key_text
from ...data.wording.catalogue import Text, sentence, text
from .ratio_wording import ratio_wording, read_ratio

__all__ = ["RelativePosition", "relative_position"]

_RELATIONS = ("above", "equal", "below", "missing")


@dataclass(frozen=True, eq=False)
class RelativePosition:
    """Where a place stands against each peer.

    Attributes
    ----------
    place : str
        The place.
    table : DataFrame
        One row for each indicator and peer: ``group, indicator, peer, value, peer_value, ratio`` (place over peer),
        ``low, high`` (bounds of the ratio), ``relation`` (``above``, ``equal``, ``below``, ``missing``),
        ``basis`` (``levels``, ``wording`` or ``none``), ``wording, wording_zh``.
    counts : DataFrame
        One row for each group and peer: ``group, peer, indicators, above, equal, below, missing, pattern,
        pattern_zh``.
    """

    place: str
    table: pd.DataFrame = field(repr=False)
    counts: pd.DataFrame


def relative_position(
    levels: pd.DataFrame,
    place: str,
    *,
    peers: Iterable[str] | None = None,
    groups: Mapping[str, str] | None = None,
    worded: pd.DataFrame | None = None,
    lower_is_better: Iterable[str] = (),
    tolerance: float = 0.0,
) -> RelativePosition:
    r"""Compare a place with each peer, indicator by indicator, and count the positions by group.

    The ratio is :math:`r = x_{place} / x_{peer}`; the place is ``above`` where r exceeds 1 by more than ``tolerance``,
    ``below`` where it falls short of 1 by more, and ``equal`` in between. Where a level is not printed, a worded
    comparison (see `read_ratio`) decides if its bounds lie on one side of 1.

    - A pair with neither levels nor a deciding wording is ``missing`` and is counted as such; nothing is filled in.
    - Levels of 0 or below have no ratio; the relation then follows from their difference.
    - Exchanging place and peer exchanges ``above`` and ``below``.

    Parameters
    ----------
    levels : DataFrame
        ``place, indicator, value``, one year; a cell may be empty.
    place : str
        The place.
    peers : iterable of str, optional
        The places to compare with; all others of ``levels`` and ``worded`` if not given.
    groups : mapping, optional
        Indicator -> group; all indicators are one group (``""``) if not given. Indicators without a group are left out,
        those without any value are missing.
    worded : DataFrame, optional
        ``indicator, peer, wording`` of the place against the peer, such as ``≈16×`` or ``below``.
    lower_is_better : iterable of str
        Indicators on which a lower value stands above.
    tolerance : float
        Share by which values may differ and still count as equal.

    Returns
    -------
    RelativePosition
        The comparisons and their counts; groups and indicators in the order in which they first come.

    Raises
    ------
    TableError
        A table lacks a column.
    UnknownPlaceError
        The place or a peer stands in no table.
    OptionError
        Values that stand twice or are no numbers, a wording that cannot be read, an unknown indicator, or no peer.

    Examples
    --------
    >>> levels = pd.DataFrame(
    ...     [("甲", "labs", 9.0), ("乙", "labs", 3.0), ("甲", "firms", 2.0), ("乙", "firms", 16.9)],
    ...     columns=["place", "indicator", "value"])
    >>> found = relative_position(levels, "甲")
    >>> found.table[["indicator", "peer", "relation", "wording"]]
      indicator peer relation        wording
    0      labs    乙    above        3 times
    1     firms    乙    below  less than 1/8
    >>> found.counts["pattern"].tolist(), found.counts["pattern_zh"].tolist()
    (['one above, one below'], ['一高一低'])
    """
    refuse(
        [
            *column_faults(levels, "levels", ("place", "indicator", "value")),
            *(() if worded is None else column_faults(worded, "worded", ("indicator", "peer", "wording"))),
            *number_faults("tolerance", tolerance, least=0, below=1),
        ]
    )
    place = str(key_text(place))
    values = _values(levels)
    said = _said(worded, place)
    known = dict.fromkeys([*(p for p, _ in values), *(p for _, p in said)])
    wanted = sorted({str(key_text(p)) for p in peers}) if peers is not None else sorted(set(known) - {place})
    given = dict.fromkeys([*(i for _, i in values), *(i for i, _ in said)])
    reversed_ = {str(name) for name in lower_is_better}
    refuse(
        [
            *known_place_faults("place", [place], [place, *known] if said else known),
            *known_place_faults("peers", wanted, known),
            *name_faults(sorted(reversed_), given, name="lower_is_better", among="indicators of the tables"),
            *([] if set(wanted) - {place} else ["peers: needed at least one place besides the place itself, got none"]),
        ]
    )
    listed = dict.fromkeys(given, "") if groups is None else {str(n): str(g) for n, g in groups.items()}
    order = {group: at for at, group in enumerate(dict.fromkeys(listed.values()))}
    rows = [
        (group, name, peer, *_compare(values, said, place, name, peer, tolerance, flip=name in reversed_))
        for name, group in sorted(listed.items(), key=lambda item: order[item[1]])
        for peer in wanted
        if peer != place
    ]
    columns = ["group", "indicator", "peer", "value", "peer_value", "ratio", "low", "high", "relation", "basis"]
    table = pd.DataFrame(rows, columns=[*columns, "wording", "wording_zh"])
    return RelativePosition(place, table, _counts(table))


def _values(levels: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the levels by place and indicator, without empty cells."""
    with numeric("value of levels"):
        numbers = levels["value"].to_numpy(dtype=float, na_value=np.nan)
    keys = [(str(key_text(p)), str(i)) for p, i in zip(levels["place"], levels["indicator"], strict=True)]
    twice = _twice(keys)
    if twice or np.isinf(numbers).any():
        came = "; ".join(f"{place}, {name} more than once" for place, name in twice) or "infinite numbers"
        raise OptionError(f"levels: needed one finite value for each place and indicator, got {came}; keep one year")
    return dict(zip(keys, numbers.tolist(), strict=True))


def _twice(keys: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(key for key, number in Counter(keys).items() if number > 1)


def _said(worded: pd.DataFrame | None, place: str) -> dict[tuple[str, str], str]:
    """Return the wordings by indicator and peer."""
    if worded is None:
        return {}
    keys = [(str(i), str(key_text(p))) for i, p in zip(worded["indicator"], worded["peer"], strict=True)]
    faults = [f"worded: needed one wording for each indicator and peer, got several of {i}, {p}"
              for i, p in _twice(keys)]  # fmt: skip
    faults += [f"worded: needed peers of {place}, got {place} itself"] if any(p == place for _, p in keys) else []
    for (name, peer), wording in zip(keys, worded["wording"], strict=True):
        try:
            read_ratio(wording)
        except OptionError as error:
            faults.append(f"worded, {name} against {peer}: {error}")
    refuse(faults)
    return dict(zip(keys, worded["wording"].astype(str), strict=True))


def _compare(
    values: dict[tuple[str, str], float],
    said: dict[tuple[str, str], str],
    place: str,
    name: str,
    peer: str,
    tolerance: float,
    *,
    flip: bool,
) -> tuple[float, float, float, float, float, str, str, str, str]:
    """Compare one indicator with one peer."""
    own, other = values.get((place, name), np.nan), values.get((peer, name), np.nan)
    ratio = low = high = np.nan
    relation, basis, words = "missing", "none", Text.of(en="", zh="")
    if np.isfinite(own) and np.isfinite(other):
        basis = "levels"
        if own > 0 and other > 0:
            ratio = low = high = own / other
            words = ratio_wording(ratio)
        gap, room = own - other, tolerance * abs(other)
        relation = "equal" if abs(gap) <= room else "above" if gap > 0 else "below"
    elif (name, peer) in said:
        found = read_ratio(said[name, peer])
        low, high, relation, basis = found.low, found.high, found.relation, "wording"
        words = Text.of(en=said[name, peer], zh=said[name, peer])
        relation = "missing" if relation == "undecided" else relation
    if flip:
        relation = {"above": "below", "below": "above"}.get(relation, relation)
    return own, other, ratio, low, high, relation, basis, words.in_("en"), words.in_("zh")


def _counts(table: pd.DataFrame) -> pd.DataFrame:
    """Count relations by group and peer, and word the pattern."""
    rows = []
    for (group, peer), part in table.groupby(["group", "peer"], sort=False):
        number = {name: int((part["relation"] == name).sum()) for name in _RELATIONS}
        pattern = _pattern(**number)
        rows.append((group, peer, len(part), *number.values(), pattern.in_("en"), pattern.in_("zh")))
    return pd.DataFrame(rows, columns=["group", "peer", "indicators", *_RELATIONS, "pattern", "pattern_zh"])


def _pattern(*, above: int, equal: int, below: int, missing: int) -> Text:
    if missing and not above + equal + below:
        return text("positions.none")
    key = "positions.pattern_with_equal" if equal else "positions.pattern"
    return text(key, above=_numeral(above), equal=_numeral(equal), below=_numeral(below))


def _numeral(number: int) -> Text:
    """Write a number up to ten in words."""
    return sentence("positions.numerals").map(lambda said: dict(enumerate(said.split())).get(number, str(number)))
