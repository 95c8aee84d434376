"""Take the cities of one center as one place, and say which of them a table lacks."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.options import choice_faults, column_faults, name_faults, numeric, refuse
from ...data.places.keys import key_text

__all__ = ["UNITE_RULES", "unite_places"]

UniteRule = Literal["sum", "mean", "max"]
UNITE_RULES: tuple[str, ...] = get_args(UniteRule)


def unite_places(
    values: pd.DataFrame,
    centers: Mapping[str, Iterable[str]],
    *,
    how: UniteRule | Mapping[str, UniteRule] = "sum",
    sizes: pd.Series | Mapping[str, float] | None = None,
    keep_others: bool = True,
) -> pd.DataFrame:
    r"""Unite the values of the cities of each center, such as a twin center or a core with its surroundings.

    Counts are added (``sum``), rates are averaged (``mean``), weighted by the sizes that they are per head of:
    :math:`x_C = \sum_{i \in C} s_i x_i / \sum_{i \in C} s_i`.

    - A center of one city keeps its values.
    - A city without a value is named in ``absent``, and the status is ``part``; a center none of whose cities has a
      value stands with an empty value and the status ``missing``. Nothing is filled in.
    - A city may belong to several centers, as a core does to itself and to its union; with overlapping centers totals
      count it twice.

    Parameters
    ----------
    values : DataFrame
        ``place, indicator, value``, one year.
    centers : mapping
        Center -> its cities.
    how : {"sum", "mean", "max"} or mapping
        One rule, or indicator -> rule; indicators that a mapping leaves out are added.
    sizes : Series or mapping, optional
        Place -> size above 0, for means; equal sizes if not given.
    keep_others : bool
        Whether places of no center stay as they are.

    Returns
    -------
    DataFrame
        ``place`` (the center), ``indicator, value, cities`` (number with a value), ``absent`` (the others, with
        semicolons), ``status`` (``complete``, ``part``, ``missing``), centers first, in the order given.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        A value that stands twice or is no number, a center without cities, an unknown rule, a size that is missing or
        not above 0, or sizes given where nothing is averaged.

    Examples
    --------
    >>> values = pd.DataFrame(
    ...     [("成都", "firms", 30), ("重庆", "firms", 20), ("西安", "firms", 10)],
    ...     columns=["place", "indicator", "value"])
    >>> unite_places(values, {"成都-重庆": ["成都", "重庆"], "济南-青岛": ["济南", "青岛"]})
       place indicator  value  cities absent    status
    0  成都-重庆     firms   50.0       2         complete
    1  济南-青岛     firms    NaN       0  济南; 青岛   missing
    2     西安     firms   10.0       1         complete
    """
    refuse([*column_faults(values, "values", ("place", "indicator", "value"))])
    with numeric("value of values"):
        numbers = values["value"].to_numpy(dtype=float, na_value=np.nan)
    names = values["indicator"].astype(str).to_numpy()
    rows = pd.DataFrame({"place": [str(key_text(p)) for p in values["place"]], "indicator": names, "value": numbers})
    members = {str(name): sorted({str(key_text(city)) for city in cities}) for name, cities in centers.items()}
    indicators = list(dict.fromkeys(rows["indicator"]))
    rules = dict.fromkeys(indicators, how) if isinstance(how, str) else dict.fromkeys(indicators, "sum") | dict(how)
    twice = rows[rows.duplicated(["place", "indicator"])]
    weight = None
    if sizes is not None:
        with numeric("sizes"):
            weight = {str(key_text(place)): float(size) for place, size in dict(sizes).items()}
    refuse(
        [
            *(
                f"values: needed one value for each place and indicator, got several of {p}, {i}; keep one year"
                for p, i in sorted(set(zip(twice["place"], twice["indicator"], strict=True)))
            ),
            *(["values: needed finite numbers, got infinite ones"] if np.isinf(numbers).any() else []),
            *(f"centers: needed at least one city of {name}, got none" for name in members if not members[name]),
            *name_faults(rules, indicators, name="how", among="indicators of values"),
            *(fault for name, rule in rules.items() for fault in choice_faults(f"how, {name}", rule, UNITE_RULES)),
            *_size_faults(weight, rules, rows, members),
        ]
    )
    held = rows.dropna(subset="value").set_index(["indicator", "place"])["value"].to_dict()
    found = [
        (center, name, *_united({c: held[name, c] for c in cities if (name, c) in held}, cities, rules[name], weight))
        for center, cities in members.items()
        for name in indicators
    ]
    if keep_others:
        inside = {city for cities in members.values() for city in cities}
        for place, name, value in rows[~rows["place"].isin(inside)].itertuples(index=False):
            known = {place: value} if np.isfinite(value) else {}
            found.append((place, name, *_united(known, [place], rules[name], weight)))
    return pd.DataFrame(found, columns=["place", "indicator", "value", "cities", "absent", "status"])


def _size_faults(
    weight: dict[str, float] | None, rules: Mapping[str, str], rows: pd.DataFrame, members: dict[str, list[str]]
) -> Iterator[str]:
    if weight is None:
        return
    averaged = rows[rows["indicator"].map(rules) == "mean"]
    if averaged.empty:
        yield "sizes: needed with how='mean' alone, got sums or maxima only; leave them out"
    inside = {city for cities in members.values() for city in cities}
    for place in sorted(inside.intersection(averaged["place"])):
        if not weight.get(place, 0.0) > 0 or np.isinf(weight[place]):
            yield f"sizes: needed a finite number above 0 for {place}, got {weight.get(place, 'none')}"


def _united(
    known: dict[str, float], cities: list[str], rule: str, weight: dict[str, float] | None
) -> tuple[float, int, str, str]:
    """Unite the values that are known, and say which are not."""
    absent = [city for city in cities if city not in known]
    status = "missing" if not known else "part" if absent else "complete"
    given = np.array([*known.values()])
    if not known:
        value = np.nan
    elif rule == "mean":
        of = [1.0 if weight is None or len(known) == 1 else weight[city] for city in known]
        value = float(np.average(given, weights=of))
    else:
        value = math.fsum(given) if rule == "sum" else float(given.max())
    return value, len(known), "; ".join(absent), status
