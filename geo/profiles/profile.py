"""Set a place beside its peers, indicator by indicator: where it is strong, where it is weak."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.framework import Framework
from ...data.options import check_choice, check_columns, check_known_places, check_number, idle_faults, refuse
from ...data.places.keys import key_text
from ..index.one_year import one_year
from ..index.score import Scores
from ..ranks import TOLERANCE, rank_descending

__all__ = ["PROFILE_RULES", "Profile", "profile"]

ProfileRule = Literal["quartile", "third", "gap"]
PROFILE_RULES: tuple[str, ...] = get_args(ProfileRule)
VERDICTS = ("strength", "average", "weakness")


@dataclass(frozen=True)
class Profile:
    """A place beside its peers.

    Parameters
    ----------
    place, name_en, name_zh : str
        The place; the key stands for a name that is not known.
    peers : tuple of str
        The places it is compared with.
    peer_names : tuple of (str, str)
        Their English and Chinese names.
    rule : str
        What makes a strength or a weakness.
    table : DataFrame
        One row for the index, then each group followed by its indicators: ``level`` (``index``, ``level1``,
        ``level2``, ``indicator``), ``name``, ``group`` (first-level group), ``name_en``, ``name_zh``, ``unit``,
        ``weight`` (share of the index), ``value`` (as observed, in ``unit``), ``score`` (normalized, higher is
        better), ``rank`` and ``of`` (among the place and its peers), ``peer_low``, ``peer_median``, ``peer_high``
        (quartiles of the peers), ``gap`` (score less the median), ``points`` (weight times gap), ``verdict``.
    """

    place: str
    name_en: str
    name_zh: str
    peers: tuple[str, ...]
    peer_names: tuple[tuple[str, str], ...] = field(repr=False)
    rule: str
    table: pd.DataFrame = field(repr=False)

    @property
    def strengths(self) -> pd.DataFrame:
        """Indicators that are strengths, the one worth most points first."""
        return self._only("strength", ascending=False)

    @property
    def weaknesses(self) -> pd.DataFrame:
        """Indicators that are weaknesses, the one that costs most points first."""
        return self._only("weakness", ascending=True)

    def _only(self, verdict: str, *, ascending: bool) -> pd.DataFrame:
        rows = self.table[(self.table["level"] == "indicator") & (self.table["verdict"] == verdict)]
        # rounded, so that equal points are distinguished by name and not by their last digit
        return rows.assign(key=rows["points"].round(12)).sort_values(
            ["key", "name"], ascending=[ascending, True], ignore_index=True
        ).drop(columns="key")  # fmt: skip


def profile(
    scores: Scores,
    place: str,
    *,
    peers: Iterable[str] | None = None,
    rule: ProfileRule = "quartile",
    margin: float = 0.1,
    values: pd.DataFrame | None = None,
    framework: Framework | None = None,
    year: int | None = None,
    places: pd.DataFrame | None = None,
) -> Profile:
    """Compare a place with its peers on the index, its groups and its indicators.

    A row is a strength or a weakness by ``rule``:

    - ``"quartile"``: at or above the upper quartile of the peers and above their median; or at or below the lower
      quartile and below the median. Quartiles are interpolated linearly.
    - ``"third"``: ahead of at least two thirds of the peers; or of at most one third (a tie counts half), and off their
      median.
    - ``"gap"``: at least ``margin`` above or below the median of the peers.

    Everything else is average.

    - With one peer all three quartiles are its score.
    - Where the place and its peers are all equal the row is average.
    - Under an arithmetic mean the points of the indicators add up to the gap of the score where medians add up, as with
      one peer.

    Parameters
    ----------
    scores : Scores
        What `score` found.
    place : str
        The place.
    peers : iterable of str, optional
        The places to compare with, such as those of its tier; all other scored places when not given.
    rule : {"quartile", "third", "gap"}
        What makes a strength or a weakness.
    margin : float
        Distance from the median for ``rule="gap"``, above 0.
    values : DataFrame, optional
        ``place``, ``indicator``, ``value``, for the observed values.
    framework : Framework, optional
        For names and units of the indicators; groups may be named in columns such as ``level1_zh``.
    year : int, optional
        The year to compare in; needed for the scores of a panel.
    places : DataFrame, optional
        ``place``, ``name_en``, ``name_zh``, for names of the places.

    Returns
    -------
    Profile
        The table, and its strengths and weaknesses.

    Raises
    ------
    TableError
        ``values`` lacks a column.
    UnknownPlaceError
        The place or a peer has no score.
    OptionError
        An option outside its choices, no peers, a panel without a year, or several values of one indicator.

    Examples
    --------
    >>> from innoscape.data import Framework
    >>> from innoscape.geo import score
    >>> table = pd.DataFrame(
    ...     [("甲", "labs", 9), ("乙", "labs", 5), ("丙", "labs", 1), ("甲", "firms", 2), ("乙", "firms", 4),
    ...      ("丙", "firms", 3)], columns=["place", "indicator", "value"])
    >>> found = score(table, Framework.from_table(pd.DataFrame({"indicator": ["labs", "firms"]})))
    >>> profile(found, "甲").table[["name", "score", "rank", "peer_median", "gap", "verdict"]]
        name  score  rank  peer_median   gap   verdict
    0  index    0.5     2         0.50  0.00   average
    1   labs    1.0     1         0.25  0.75  strength
    2  firms    0.0     3         0.75 -0.75  weakness
    """
    check_choice("rule", rule, PROFILE_RULES)
    check_number("margin", margin, above=0)
    if rule != "gap":
        refuse(idle_faults(profile, f"with rule={rule!r}", margin=margin))
    scores = one_year(scores, year)
    scored = scores.normalized["place"].astype(str).tolist()
    place = str(key_text(place))
    check_known_places("place", [place], scored)
    wanted = sorted({str(key_text(p)) for p in peers} - {place}) if peers is not None else sorted(set(scored) - {place})
    check_known_places("peers", wanted, scored)
    if not wanted:
        raise OptionError(f"peers: needed at least one place besides {place}, got none")
    rows = []
    for level, name, group, weight, column in _rows(scores):
        compared = column[[place, *wanted]].to_numpy(dtype=float)
        rows.append((level, name, group, weight, *_compare(compared, rule, margin)))
    columns = ["level", "name", "group", "weight", "score", "rank", "of", "peer_low", "peer_median", "peer_high"]
    table = pd.DataFrame(rows, columns=[*columns, "gap", "verdict"])
    table.insert(11, "points", table["weight"] * table["gap"])
    table.insert(4, "value", _values(_of_year(values, year), place, table))
    for at, column in enumerate(("name_en", "name_zh", "unit"), 3):
        table.insert(at, column, _named(framework, column, table))
    (english, chinese), *others = _place_names(places, [place, *wanted])
    return Profile(
        place=place,
        name_en=english,
        name_zh=chinese,
        peers=tuple(wanted),
        peer_names=tuple(others),
        rule=rule,
        table=table,
    )


def _rows(scores: Scores) -> list[tuple[str, str, str, float, pd.Series]]:
    """List the index, then every group followed by what it holds, as level, name, top group, weight and scores."""
    normalized = scores.normalized.set_index("place")
    total = scores.scores.set_index("place")["score"]
    found: list[tuple[str, str, str, float, pd.Series]] = [("index", "index", "", 1.0, total)]

    def descend(parent: str, top: str) -> None:
        for branch in scores.weights[scores.weights["parent"] == parent].to_dict("records"):
            level, name, weight = str(branch["level"]), str(branch["name"]), float(branch["effective_weight"])
            if level == "indicator":
                found.append((level, name, top, weight, normalized[name]))
                continue
            held = scores.levels
            held = held[(held["level"] == level) & (held["group"] == name) & (held["parent"] == parent)]
            found.append((level, name, top or name, weight, held.set_index("place")["score"]))
            descend(f"{parent} / {name}" if parent else name, top or name)

    descend("", "")
    return found


def _compare(compared: np.ndarray, rule: str, margin: float) -> tuple[float, int, int, float, float, float, float, str]:
    """Compare the first value with the others."""
    own, others = float(compared[0]), compared[1:]
    low, middle, high = (float(q) for q in np.quantile(others, [0.25, 0.5, 0.75]))
    slack = TOLERANCE * max(1.0, float(np.max(np.abs(compared))))
    gap = own - middle if abs(own - middle) > slack else 0.0
    if rule == "gap":
        above, below = gap >= margin - slack, -gap >= margin - slack
    elif rule == "quartile":
        above, below = gap > 0 and own >= high - slack, gap < 0 and own <= low + slack
    else:
        beaten = float((own > others + slack).sum() + (np.abs(own - others) <= slack).sum() / 2) / len(others)
        above, below = gap > 0 and beaten >= 2 / 3 - slack, gap < 0 and beaten <= 1 / 3 + slack
    verdict = "strength" if above else "weakness" if below else "average"
    return own, int(rank_descending(compared)[0]), len(compared), low, middle, high, gap, verdict


def _of_year(values: pd.DataFrame | None, year: int | None) -> pd.DataFrame | None:
    return values if values is None or year is None or "year" not in values else values[values["year"] == year]


def _values(values: pd.DataFrame | None, place: str, table: pd.DataFrame) -> list[float]:
    if values is None:
        return [float("nan")] * len(table)
    check_columns(values, "values", ("place", "indicator", "value"))
    own = values[(values["place"] == place) & values["indicator"].isin(table["name"])]
    repeated = sorted(set(own["indicator"][own["indicator"].duplicated()]))
    if repeated:
        raise OptionError(f"values: needed one value of each indicator, got several of {', '.join(repeated)}")
    known = dict(zip(own["indicator"], own["value"].astype(float), strict=True))
    of_indicators = zip(table["name"], table["level"], strict=True)
    return [known.get(name, float("nan")) if level == "indicator" else float("nan") for name, level in of_indicators]


def _named(framework: Framework | None, column: str, table: pd.DataFrame) -> list[str]:
    """Return a column of the framework for every row; names that it does not give are the keys themselves."""
    known: dict[tuple[str, str], object] = {}
    given = None if framework is None else framework.table
    if given is not None and column in given:
        known |= {("indicator", key): cell for key, cell in zip(given["indicator"], given[column], strict=True)}
    ending = column.removeprefix("name")
    for level in ("level1", "level2"):
        # a framework may name its groups in columns such as level1_zh
        if given is not None and level in given and level + ending in given and column != "unit":
            known |= {(level, key): cell for key, cell in zip(given[level], given[level + ending], strict=True)}
    found = [known.get((level, name)) for level, name in zip(table["level"], table["name"], strict=True)]
    keys = [""] * len(table) if column == "unit" else table["name"].tolist()
    return [_or_key(cell, key) for cell, key in zip(found, keys, strict=True)]


def _place_names(places: pd.DataFrame | None, wanted: list[str]) -> list[tuple[str, str]]:
    """Return English and Chinese names; a name that is not known is the key itself."""
    if places is None:
        return [(place, place) for place in wanted]
    rows = places.drop_duplicates("place").set_index("place").reindex(wanted)
    columns = [rows[c].tolist() if c in rows else [None] * len(rows) for c in ("name_en", "name_zh")]
    known = zip(wanted, *columns, strict=True)
    return [(_or_key(english, key), _or_key(chinese, key)) for key, english, chinese in known]


def _or_key(cell: object, key: str) -> str:
    return cell if isinstance(cell, str) and cell else key
