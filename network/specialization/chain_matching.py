"""Match innovation ties with the industrial base, pair of places by pair and industry by industry."""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.options import choice_faults, column_faults, number_faults, numeric, refuse
from ..flows.check_graph import ordered
from .class_table import read_classes

__all__ = ["chain_matching"]

Against = Literal["pair", "all"]
AGAINST: tuple[str, ...] = get_args(Against)


def chain_matching(
    ties: pd.DataFrame,
    base: pd.DataFrame | None = None,
    *,
    against: Against = "pair",
    close: float = 1.0,
    strong: float = 1.0,
) -> pd.DataFrame:
    r"""Say in which industries an industry chain can follow the innovation ties of two places.

    With the ties w of a pair p in an industry c (co-patents, contracts) and the amounts x of place i in it, ties are
    close where their quotient Q reaches ``close``, and the base is strong where the quotient B reaches ``strong``:

    .. math:: Q_{pc} = \frac{w_{pc} / w_{p \cdot}}{q_c}, \quad
              B_{pc} = \max_{i \in p} \frac{x_{ic} / x_{i \cdot}}{x_{\cdot c} / x_{\cdot \cdot}}

    With ``against="pair"`` an industry is compared with the mean industry of the pair, :math:`q_c = 1 / K` for the K
    industries of the table; with ``"all"`` with the same industry among all pairs, :math:`q_c = w_{\cdot c} / w_{\cdot
    \cdot}` (see `location_quotient`): an industry in which every pair has many ties is then close for none.

    ``basis`` is ``ties and base``, ``ties``, ``base`` or ``none``. The score is :math:`\sqrt{Q B}`, or Q without a
    base; ranks are within the pair.

    - An industry without any tie between the two places is no match, however strong its base: it is left out.
    - Both directions of a pair are one pair. Multiplying all ties, or all of the base, by one number changes nothing.
    - With a base, an industry that it does not have, or of which neither place has anything, has a quotient of 0.

    Parameters
    ----------
    ties : DataFrame
        ``place, other, class, value`` of at least 0; rows of the same pair and class are added.
    base : DataFrame, optional
        Places x classes, amounts of at least 0 (output, jobs).
    against : {"pair", "all"}
        What the ties of an industry are compared with.
    close, strong : float
        Least quotients, above 0.

    Returns
    -------
    DataFrame
        ``place, other`` (sorted), ``class, value, tie_quotient, base_quotient`` (missing without a base), ``strongest``
        (the place with the larger base quotient), ``basis, score, rank``, by pair and rank.

    Raises
    ------
    TableError
        A column is missing, or the base is no table of amounts.
    OptionError
        Values that are no numbers of at least 0, a place tied to itself, or a number out of range.

    Examples
    --------
    >>> ties = pd.DataFrame(
    ...     [("京", "津", "chips", 30), ("京", "津", "metal", 10), ("京", "冀", "chips", 5), ("京", "冀", "metal", 20)],
    ...     columns=["place", "other", "class", "value"])
    >>> base = pd.DataFrame({"chips": [60, 30, 10], "metal": [10, 20, 70]}, index=["京", "津", "冀"])
    >>> chain_matching(ties, base)[["place", "other", "class", "basis", "rank"]]
      place other  class          basis  rank
    0     京     冀  metal  ties and base     1
    1     京     冀  chips           base     2
    2     京     津  chips  ties and base     1
    3     京     津  metal           none     2
    """
    refuse(
        [
            *column_faults(ties, "ties", ("place", "other", "class", "value")),
            *choice_faults("against", against, AGAINST),
            *number_faults("close", close, above=0),
            *number_faults("strong", strong, above=0),
        ]
    )
    with numeric("value of ties"):
        value = ties["value"].to_numpy(dtype=float, na_value=np.nan)
    same = (ties["place"] == ties["other"]).to_numpy(dtype=bool)
    gone = ties[["place", "other", "class"]].isna().any(axis=1)
    refuse(
        [
            *(f"ties: needed finite values of at least 0, got {v:g}" for v in value if not (np.isfinite(v) and v >= 0)),
            *(f"ties: needed two places, got {place} twice" for place in dict.fromkeys(ties["place"][same])),
            *(["ties: needed two places and a class in each row, got empty cells"] if gone.any() else []),
            *([] if len(ties) else ["ties: needed at least one row, got none"]),
        ]
    )
    pairs = [ordered(pair) for pair in zip(ties["place"], ties["other"], strict=True)]
    rows = pd.DataFrame(pairs, columns=["place", "other"]).assign(**{"class": ties["class"].to_numpy(), "value": value})
    # added from the least up, so that the order of rows has no part in the sums
    rows = rows.sort_values("value", kind="stable")
    rows = rows.groupby(["place", "other", "class"], as_index=False)["value"].sum().query("value > 0")
    of_pair, of_class = (rows.groupby(by)["value"].transform("sum") for by in (["place", "other"], "class"))
    usual = 1 / ties["class"].nunique() if against == "pair" else of_class / rows["value"].sum()
    rows["tie_quotient"] = rows["value"] / of_pair / usual
    rows["base_quotient"], rows["strongest"] = np.nan, None
    if base is not None:
        rows = _with_base(rows, base)
    tied = rows["tie_quotient"] >= close * (1 - 1e-12)
    based = rows["base_quotient"] >= strong * (1 - 1e-12)
    rows["basis"] = np.select([tied & based, tied, based], ["ties and base", "ties", "base"], "none")
    rows["score"] = np.sqrt(rows["tie_quotient"] * rows["base_quotient"]) if base is not None else rows["tie_quotient"]
    ranks = rows["score"].round(12).groupby([rows["place"], rows["other"]]).rank(ascending=False, method="min")
    rows["rank"] = ranks.astype(int)
    return rows.sort_values(["place", "other", "rank", "class"], ignore_index=True)


def _with_base(rows: pd.DataFrame, base: pd.DataFrame) -> pd.DataFrame:
    """Add the larger of the two base quotients of each row, and whose it is."""
    read = read_classes(base)
    quotient = pd.DataFrame(np.nan_to_num(read.quotient()), index=pd.Index(read.places), columns=pd.Index(read.classes))
    column = quotient.columns.get_indexer(pd.Index(rows["class"]))
    ends = []
    for end in ("place", "other"):
        at = quotient.index.get_indexer(pd.Index(rows[end]))
        ends.append(np.where((at >= 0) & (column >= 0), quotient.to_numpy()[at, column], 0.0))
    first = ends[0] >= ends[1]
    strongest = np.where(first, rows["place"], rows["other"])
    best = np.maximum(*ends)
    return rows.assign(base_quotient=best, strongest=np.where(best > 0, strongest, None))
