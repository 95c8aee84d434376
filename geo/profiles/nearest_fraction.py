"""Say which simple fraction a share is nearest to, and which whole totals a count and its printed share allow."""

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import finite_series, name_faults, number_faults, refuse

__all__ = ["nearest_fraction"]


def nearest_fraction(
    shares: pd.Series | Mapping[str, float],
    *,
    largest: int = 5,
    unit_only: bool = False,
    counts: pd.Series | Mapping[str, float] | None = None,
    decimals: int | None = None,
) -> pd.DataFrame:
    r"""Name the simple fraction nearest to each share.

    The fractions are all p/q in lowest terms with :math:`0 < p < q \le` ``largest``, and 1; with ``unit_only`` p is 1.
    With the count c of a place and its share s of a total, the total implied is :math:`N = c / s`; where the share is
    printed with d decimals of a percent, the whole totals that fit are those with :math:`|c / N - s| \le 0.5 \cdot
    10^{-d} / 100`.

    - A share halfway between two fractions takes the one with the smaller denominator.
    - A share below half of the smallest fraction still takes that fraction; ``gap`` says how far it is.

    Parameters
    ----------
    shares : Series or mapping
        Share by name, from 0 to 1; above 0 where there is a count.
    largest : int
        Largest denominator, at least 2.
    unit_only : bool
        Whether only 1/q count.
    counts : Series or mapping, optional
        Whole number of at least 1 behind some of the shares.
    decimals : int, optional
        Decimals of the percentage that is printed; needed for the totals that fit.

    Returns
    -------
    DataFrame
        ``name, share, fraction`` (such as ``1/3``), ``nearest`` (its value), ``gap`` (share less it); with ``counts``
        also ``count, total`` (implied), ``least_total, most_total`` (whole totals that fit; missing where none does or
        ``decimals`` is not given).

    Raises
    ------
    OptionError
        A share or number outside its range, or a count of a name without a share.

    Examples
    --------
    >>> shares = {"facilities": 0.363, "universities": 0.259, "engineering": 0.197}
    >>> nearest_fraction(shares, counts={"universities": 36}, decimals=1)[["name", "fraction", "total", "least_total"]]
               name fraction       total  least_total
    0    facilities      1/3         NaN         <NA>
    1  universities      1/4  138.996139          139
    2   engineering      1/5         NaN         <NA>
    """
    series = finite_series(shares, name="shares")
    held = finite_series(counts, name="counts") if counts is not None else pd.Series(dtype=float)
    empty = series.index[series == 0].intersection(held.index)
    refuse(
        [
            *number_faults("largest", largest, least=2, whole=True),
            *(() if decimals is None else number_faults("decimals", decimals, least=0, most=12, whole=True)),
            *(f"shares: needed a share from 0 to 1, got {s:g} of {n}" for n, s in series.items() if not 0 <= s <= 1),
            *(f"shares: needed a share above 0 where there is a count, got 0 of {name}" for name in empty),
            *(
                f"counts: needed whole numbers of at least 1, got {c:g} of {n}"
                for n, c in held.items()
                if c < 1 or c % 1
            ),
            *name_faults(held.index, series.index, name="counts", among="names of shares"),
            *(["counts: needed with decimals, got none"] if decimals is not None and counts is None else []),
        ]
    )
    known = _fractions(largest, unit_only=unit_only)
    found = [_nearest(share, known) for share in series]
    table = pd.DataFrame(
        {
            "name": series.index,
            "share": series.to_numpy(),
            "fraction": [f"{f.numerator}/{f.denominator}" for f in found],
        }
    )
    table["nearest"] = [float(f) for f in found]
    table["gap"] = table["share"] - table["nearest"]
    if counts is None:
        return table
    table["count"] = pd.array(held.reindex(series.index).astype("Int64"))
    table["total"] = held.reindex(series.index).to_numpy() / series.to_numpy()
    ends = [_totals(held.get(name), share, decimals) for name, share in series.items()]
    for at, column in enumerate(("least_total", "most_total")):
        table[column] = pd.array([end[at] for end in ends], dtype="Int64")
    return table


def _fractions(largest: int, *, unit_only: bool) -> list[Fraction]:
    found = {Fraction(p, q) for q in range(1, largest + 1) for p in range(1, 2 if unit_only else q + 1)}
    return sorted(found)


def _nearest(share: float, known: list[Fraction]) -> Fraction:
    # compared as decimal numbers are written, so that 0.45 lies halfway between 0.4 and 0.5
    exact = Fraction(f"{share:.12g}")
    return min(known, key=lambda f: (abs(f - exact), f.denominator))


def _totals(count: float | None, share: float, decimals: int | None) -> tuple[int | None, int | None]:
    """Return the least and greatest whole total with which the share rounds as printed."""
    if count is None or decimals is None or np.isnan(count):
        return None, None
    exact, half = Fraction(f"{share:.12g}"), Fraction(1, 2 * 10**decimals * 100)
    low = math.ceil(int(count) / (exact + half))
    if exact <= half:
        raise OptionError(f"decimals: needed a share above half of its last digit, got {share:g}; give more decimals")
    high = math.floor(int(count) / (exact - half))
    low = max(low, int(count))
    return (low, high) if low <= high else (None, None)
