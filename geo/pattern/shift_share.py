"""Take the growth of sectors in places apart by shift-share: of the whole, of the sector, of the place."""

from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice
from .place_sectors import as_place_sectors

__all__ = ["shift_share"]


@documented(
    "dunn1960",
    "esteban1972",
    formula="ΔE<sub>ij</sub> = E<sub>ij</sub> g + E<sub>ij</sub> (g<sub>j</sub> − g) "
    "+ E<sub>ij</sub> (g<sub>ij</sub> − g<sub>j</sub>)",
)
def shift_share(
    employment: pd.DataFrame,
    *,
    method: Literal["classic", "esteban_marquillas"] = "classic",
    steps: Literal["ends", "years"] = "ends",
    by: str = "year",
) -> pd.DataFrame:
    r"""Take the change of every sector in every place apart into national growth, industry mix and competitive effect.

    With :math:`E_{ij}` the size of sector j in place i at the start and g rates of growth (of all, of the sector, of
    the sector in the place): national :math:`E_{ij} g`, industry :math:`E_{ij} (g_j - g)`, competitive
    :math:`E_{ij} (g_{ij} - g_j)`; the three add up to the change. Esteban-Marquillas takes the competitive effect on
    the size :math:`E'_{ij} = E_{i \cdot} E_{\cdot j} / E` that the sector would have with the mix of the whole,
    :math:`E'_{ij} (g_{ij} - g_j)`, and adds an allocation effect :math:`(E_{ij} - E'_{ij}) (g_{ij} - g_j)`: positive
    where a place is specialized in what it does well.

    - A sector that a place lacks at the start has no rate of growth there: its change is competitive in the classic
      method and allocation in the other; its ``status`` is ``new``.
    - The whole is the sum of the places given; it must lie above 0 at each start.

    Parameters
    ----------
    employment : DataFrame
        ``place``, ``sector``, ``value`` (at least 0) and the column of years, at least two; a pair without row has 0.
    method : {"classic", "esteban_marquillas"}
    steps : {"ends", "years"}
        From the first to the last year at once, or from each year to the next.
    by : str
        Column of years.

    Returns
    -------
    DataFrame
        ``from``, ``to``, ``place``, ``sector`` (``all``: sum over sectors), ``start``, ``end``, ``change``,
        ``national``, ``industry``, ``competitive``, with Esteban-Marquillas ``allocation`` and ``advantage``
        (``specialized`` or ``not specialized``, with or without ``advantage``); ``status``.

    Raises
    ------
    OptionError, TableError
        As in `sector_concentration`, or fewer than two years.

    References
    ----------
    Dunn, E. S. (1960). A statistical and analytical technique for regional analysis. Papers of the RSA 6, 97-112.
    Esteban-Marquillas, J. M. (1972). A reinterpretation of shift-share analysis. Regional and Urban Economics 2,
    249-255.

    Examples
    --------
    >>> jobs = pd.DataFrame(
    ...     {"place": list("aabb") * 2, "sector": ["x", "y"] * 4, "year": [2010] * 4 + [2020] * 4,
    ...      "value": [50, 50, 50, 50, 80, 50, 60, 70]})
    >>> shift_share(jobs).loc[0, ["change", "national", "industry", "competitive"]].round(9).tolist()
    [30.0, 15.0, 5.0, 10.0]
    """
    check_choice("method", method, ("classic", "esteban_marquillas"))
    check_choice("steps", steps, ("ends", "years"))
    read = as_place_sectors(employment, by=by)
    if len(read.periods) < 2:
        raise OptionError(f"employment: needed at least two values of {by}, got {len(read.periods)}")
    count = len(read.periods)
    spans = [(0, count - 1)] if steps == "ends" else list(pairwise(range(count)))
    parts = []
    for one, two in spans:
        if not read.sizes[one].sum() > 0:
            raise OptionError(f"employment: needed a total above 0 at the start, got 0 in {read.periods[one]}")
        columns, status = _effects(read.sizes[one], read.sizes[two], method)
        # the last column of every array is the sum over sectors
        wide = {name: np.column_stack([a, a.sum(axis=1)]).ravel() for name, a in columns.items()}
        places, sectors = len(read.places), [*read.sectors, "all"]
        head = {
            "from": read.periods[one],
            "to": read.periods[two],
            "place": np.repeat(read.places, len(sectors)),
            "sector": sectors * places,
        }
        part = pd.DataFrame(head | wide)
        if method == "esteban_marquillas":
            own = np.column_stack([_advantage(columns, read.sizes[one]), np.full(places, None)])
            part["advantage"] = own.ravel()
        part["status"] = np.column_stack([status, np.full(places, "computed")]).ravel()
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _effects(start: np.ndarray, end: np.ndarray, method: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    before, after = start.sum(axis=0), end.sum(axis=0)
    growth = after.sum() / before.sum() - 1.0
    rate = np.where(before > 0, after / np.where(before > 0, before, 1.0) - 1.0, growth)
    change = end - start
    columns = {
        "start": start,
        "end": end,
        "change": change,
        "national": start * growth,
        "industry": start * (rate - growth),
        "competitive": change - start * rate,
    }
    new = (start == 0) & (end > 0)
    if method == "esteban_marquillas":
        like = _like(start)
        lead = columns["competitive"] / np.where(start > 0, start, 1.0)
        columns["allocation"] = np.where(start > 0, (start - like) * lead, columns["competitive"])
        columns["competitive"] = np.where(start > 0, like * lead, 0.0)
    return columns, np.where(new, "new", "computed")


def _like(start: np.ndarray) -> np.ndarray:
    return start.sum(axis=1, keepdims=True) * start.sum(axis=0) / start.sum()


def _advantage(columns: dict[str, np.ndarray], start: np.ndarray) -> np.ndarray:
    close = 1e-12 * start.sum()
    special = np.where(start - _like(start) > close, "specialized", "not specialized")
    ahead = np.where(columns["competitive"] > close, "advantage", "no advantage")
    named = np.char.add(np.char.add(special, ", "), ahead).astype(object)
    named[start == 0] = None
    return named
