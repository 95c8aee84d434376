"""Put the records of several files of one source together, whichever further columns each has."""

from collections.abc import Sequence

import pandas as pd

from ...data.sources.description import Description

__all__ = ["one_source"]

_NUMBER = "application"
_SHARES = ("share", "reg_share")


def one_source(parts: Sequence[pd.DataFrame], source: Description) -> tuple[pd.DataFrame, int]:
    """Return the records of all parts, and how many of them stand in several; these count once.

    A record is the same where it has a number and agrees in what both files say of it; patents and their like where
    number, parties and places agree. A publication is known by the number of its application, where all files have it.
    Repeated rows of one file are left as they are. The file with most columns is the one whose rows are kept.

    Parameters
    ----------
    parts : sequence of DataFrame
    source : Description

    Examples
    --------
    >>> from ...data.sources.description import read_description
    >>> one = pd.DataFrame({"patent": ["A", "A"], "applicant": ["x", "y"], "place": ["北京", "上海"], "ipc": "H01"})
    >>> two = pd.DataFrame({"patent": ["A", "B"], "applicant": ["x", "z"], "place": ["北京", "武汉"]})
    >>> records, again = one_source([one, two], read_description("cn_patents"))
    >>> records["patent"].tolist(), again
    (['A', 'A', 'B'], 1)
    """
    ordered = sorted(parts, key=lambda part: -part.shape[1])
    turn = [at for at, part in enumerate(ordered) for _ in range(len(part))]
    shared = [name for name in ordered[0] if all(name in part for part in ordered)]
    # counted by shares alone where every file has them
    lacking = [name for name in _SHARES if name not in shared]
    records = pd.concat(ordered, ignore_index=True).drop(columns=lacking, errors="ignore")
    attrs = {"unit": parts[0].attrs.get("unit")}
    if len(parts) == 1 or source.id not in shared:
        records.attrs = attrs
        return records, 0
    if _NUMBER in shared:
        first = records.groupby(_NUMBER)[source.id].transform("first")
        records[source.id] = first.fillna(records[source.id])
    keys = shared
    if source.rows == "party":
        ends = [name for party in source.parties for name in (party.name, party.place)]
        keys = [name for name in (source.id, *ends, *_SHARES) if name in shared]
    order = pd.Series(turn)
    earlier = order.groupby([records[name] for name in keys], dropna=False).transform("min")
    again = (order > earlier) & records[source.id].notna()
    records = records[~again].reset_index(drop=True)
    records.attrs = attrs
    return records, int(again.sum())
