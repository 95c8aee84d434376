"""Say which prefecture of a year each county of today lay in, and by which names one area went over the years.

A change counts from the end of its year. Areas are those of whole counties of today: a town that moved is not followed.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from ..datasets import load
from ..options import check_number
from .unit_names import short_name

__all__ = ["FIRST_YEAR", "Prefectures", "names_over_time", "prefectures_in"]

FIRST_YEAR = 2000
_SAME_AREA = ("renamed", "became a city")


class Prefectures(NamedTuple):
    """Code of the prefecture of each county, names of those that are no more, codes of those with another area."""

    of_county: dict[str, str]
    former: pd.DataFrame
    mixed: list[str]


def prefectures_in(year: int, today: Mapping[str, str]) -> Prefectures:
    """Return the prefectures at the end of a year, from 2000 on.

    Parameters
    ----------
    year : int
        The year.
    today : mapping of str to str
        Code of each county of today to that of its prefecture of today.

    Returns
    -------
    Prefectures
        ``of_county``: code of the prefecture then; ``former``: ``code``, ``name_zh``, ``name_en`` of those that were
        renamed or are no more; ``mixed``: codes of prefectures whose area was not that of counties of today.

    Examples
    --------
    >>> then = prefectures_in(2010, {"340181": "340100", "340111": "340100", "420602": "420600"})
    >>> then.of_county, then.former["name_zh"].tolist()
    ({'340181': '341400', '340111': '340100', '420602': '420600'}, ['巢湖市'])
    """
    check_number("year", year, least=FIRST_YEAR, whole=True)
    changes = load("place_changes")
    # of several changes to come the first says how it was
    ahead = changes[changes["until"] >= year].sort_values("until", kind="stable")
    moved = ahead[ahead["kind"] == "moved"].drop_duplicates("code").set_index("code")["parent"].to_dict()
    same = ahead[ahead["kind"].isin(_SAME_AREA)].drop_duplicates("successors")
    then = dict(zip(same["successors"], same["code"], strict=True))
    # 思茅地区 became 思茅市, and that 普洱市
    of_county = {county: _last(moved.get(county, prefecture), then) for county, prefecture in today.items()}
    named = ahead[ahead["name_zh"].notna()].drop_duplicates("code")
    former = named.loc[named["code"].isin(set(of_county.values())), ["code", "name_zh", "name_en"]]
    mixed = sorted({then.get(code, code) for code in ahead.loc[ahead["kind"] == "mixed", "code"]})
    return Prefectures(of_county, former.reset_index(drop=True), mixed)


def names_over_time(codes: Iterable[str], today: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return the codes and names that the areas of prefectures had in other years, by code.

    Only of areas that stayed whole: 襄樊 is 襄阳, 莱芜 is not 济南.

    Parameters
    ----------
    codes : iterable of str
        Codes of prefectures, of today or of another year.
    today : mapping of str to iterable of str
        Names of prefectures of today by code.

    Examples
    --------
    >>> names_over_time(["530800", "370100"], {"530800": ["普洱市", "Pu'er"]})
    {'530800': ['532700', '思茅地区', '思茅', 'Simao', '思茅市', '普洱市', "Pu'er"], '370100': []}
    """
    changes = load("place_changes")
    apart = set(changes.loc[changes["kind"] == "moved", "parent"])
    same = changes[changes["kind"].isin(_SAME_AREA) & ~changes["code"].isin(apart)].sort_values("until")
    after = dict(zip(same["code"], same["successors"], strict=True))
    lines: dict[str, list[str]] = {}
    for code, chinese, english in same[["code", "name_zh", "name_en"]].itertuples(index=False):
        lines.setdefault(_last(code, after), []).extend([code, chinese, short_name(chinese), english])
    for code, names in lines.items():
        names += [code, *today.get(code, ())]
    found = {code: lines.get(_last(code, after), []) for code in codes}
    return {code: [name for name in dict.fromkeys(names) if name != code] for code, names in found.items()}


def _last(code: str, after: Mapping[str, str]) -> str:
    seen: set[str] = set()
    while code in after and code not in seen:
        seen.add(code)
        code = after[code]
    return code
