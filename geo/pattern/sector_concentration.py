"""Measure how concentrated sectors are over places, and how specialized places are in sectors."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from ...data.concentration import gini, herfindahl
from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice, finite_series, idle_faults, listed, name_faults, refuse
from .place_sectors import PlaceSectors, as_place_sectors

__all__ = ["krugman_index", "place_specialization", "sector_concentration"]

Reference = Literal["all", "others"]


@documented(
    "krugman1991",
    "ellison1997",
    formula="γ = (G / (1 − Σ x<sub>r</sub>²) − H) / (1 − H), G = Σ (s<sub>r</sub> − x<sub>r</sub>)²",
)
def sector_concentration(
    employment: pd.DataFrame,
    *,
    measures: Sequence[str] = ("locational_gini", "krugman"),
    firm_herfindahl: pd.Series | None = None,
    reference: Reference = "all",
    by: str | None = "year",
) -> pd.DataFrame:
    r"""Measure how unevenly each sector lies over places, against all sectors together.

    With s a place's share of the sector and x its share of all sectors:

    ==================== ==================================================================== ===============
    measure              definition                                                           bounds
    ==================== ==================================================================== ===============
    ``locational_gini``  Gini of the location quotients s / x, places weighted by x           0 to 1
    ``krugman``          :math:`\sum_r |s_r - x_r|`                                           0 to 2
    ``raw``              :math:`G = \sum_r (s_r - x_r)^2`                                     0 to 2
    ``ellison_glaeser``  :math:`\gamma = (G / (1 - \sum_r x_r^2) - H) / (1 - H)`, H the       about 0: as
                         Herfindahl of firm sizes                                             random as darts
    ==================== ==================================================================== ===============

    - A sector of size 0 in a year, or Ellison-Glaeser with H of 1 or with all of the economy in one place:
      ``undefined`` (not a number).

    Parameters
    ----------
    employment : DataFrame
        ``place``, ``sector``, ``value`` (jobs or output, at least 0) and the column of years; a pair without row has 0.
    measures : sequence of str
        Of the table.
    firm_herfindahl : Series, optional
        By sector, the Herfindahl index of its firms' sizes, 0 to 1; needed by ``ellison_glaeser``.
    reference : {"all", "others"}
        Whether ``krugman`` compares a sector with all sectors, itself among them, or with the others.
    by : str or None
        Column of years.

    Returns
    -------
    DataFrame
        ``year``, ``sector``, ``measure``, ``value``, ``convention``, ``status``.

    Raises
    ------
    OptionError, TableError
        Negative or missing numbers, pairs that stand twice, missing columns, a sector without ``firm_herfindahl``.

    References
    ----------
    Krugman, P. (1991). Geography and Trade. MIT Press.
    Ellison, G., Glaeser, E. L. (1997). Geographic concentration in U.S. manufacturing industries. Journal of Political
    Economy 105 (5), 889-927.

    Examples
    --------
    >>> jobs = pd.DataFrame({"place": list("aabb"), "sector": ["x", "y", "x", "y"], "value": [30, 10, 10, 30]})
    >>> sector_concentration(jobs, by=None)[["sector", "measure", "value"]]
      sector          measure  value
    0      x  locational_gini   0.25
    1      x          krugman   0.50
    2      y  locational_gini   0.25
    3      y          krugman   0.50
    """
    known = ("locational_gini", "krugman", "raw", "ellison_glaeser")
    measures = _checked(measures, known, reference)
    if "ellison_glaeser" not in measures:
        refuse(idle_faults(sector_concentration, "without ellison_glaeser", firm_herfindahl=firm_herfindahl))
    if "krugman" not in measures:
        refuse(idle_faults(sector_concentration, "without krugman", reference=reference))
    read = as_place_sectors(employment, by=by)
    own, base, others = _shares(read.sizes.swapaxes(1, 2))

    def ellison_glaeser() -> np.ndarray:
        if firm_herfindahl is None:
            raise OptionError("firm_herfindahl: needed a number by sector for ellison_glaeser, got none")
        firms = finite_series(firm_herfindahl, name="firm_herfindahl").set_axis(firm_herfindahl.index.astype(str))
        absent = [name for name in read.sectors if name not in firms.index]
        if absent or not firms.between(0, 1).all():
            got = f"none for {', '.join(absent)}" if absent else ", ".join(map(str, firms[~firms.between(0, 1)]))
            raise OptionError(f"firm_herfindahl: needed a number from 0 to 1 for every sector, got {got}")
        size = firms[list(read.sectors)].to_numpy()
        size = np.where(size < 1, size, np.nan)
        apart = 1.0 - (base**2).sum(axis=2)
        return (((own - base) ** 2).sum(axis=2) / np.where(apart > 0, apart, np.nan) - size) / (1.0 - size)

    compute = {
        "locational_gini": lambda: _locational(own, base),
        "krugman": lambda: np.abs(own - (base if reference == "all" else others)).sum(axis=2),
        "raw": lambda: ((own - base) ** 2).sum(axis=2),
        "ellison_glaeser": ellison_glaeser,
    }
    return _tidy(read, "sector", read.sectors, {name: compute[name] for name in measures}, reference)


@documented(
    "krugman1991",
    "hachman1995",
    formula="K = Σ<sub>j</sub> |s<sub>j</sub> − x<sub>j</sub>|, "
    "Hachman = 1 / Σ<sub>j</sub> (s<sub>j</sub>² / x<sub>j</sub>)",
)
def place_specialization(
    employment: pd.DataFrame,
    *,
    measures: Sequence[str] = ("krugman", "hachman", "gini"),
    reference: Reference = "all",
    by: str | None = "year",
) -> pd.DataFrame:
    r"""Measure how far the mix of sectors of each place departs from that of all places.

    With s a sector's share of the place and x its share of all places: ``krugman`` :math:`\sum_j |s_j - x_j|`, 0 (the
    same mix) to 2; ``hachman`` :math:`1 / \sum_j s_j^2 / x_j`, above 0 to 1 (the same mix); ``gini`` the Gini of the
    location quotients s / x, sectors weighted by x. Without comparison: ``herfindahl`` :math:`\sum_j s_j^2`, 1/n to 1;
    ``entropy`` :math:`-\sum_j s_j \ln s_j`, 0 (one sector) to :math:`\ln n`.

    - A place of size 0 in a year: ``undefined`` (not a number).

    Parameters
    ----------
    employment, by
        As in `sector_concentration`.
    measures : sequence of {"krugman", "hachman", "gini", "herfindahl", "entropy"}
    reference : {"all", "others"}
        Whether ``krugman`` compares a place with all places, itself among them, or with the others.

    Returns
    -------
    DataFrame
        ``year``, ``place``, ``measure``, ``value``, ``convention``, ``status``.

    Raises
    ------
    OptionError, TableError
        As in `sector_concentration`.

    References
    ----------
    Krugman, P. (1991). Geography and Trade. MIT Press.

    Examples
    --------
    >>> jobs = pd.DataFrame({"place": list("aabb"), "sector": ["x", "y", "x", "y"], "value": [30, 10, 10, 30]})
    >>> place_specialization(jobs, measures=["krugman", "hachman"], by=None)["value"].tolist()
    [0.5, 0.8, 0.5, 0.8]
    """
    measures = _checked(measures, ("krugman", "hachman", "gini", "herfindahl", "entropy"), reference)
    if "krugman" not in measures:
        refuse(idle_faults(place_specialization, "without krugman", reference=reference))
    read = as_place_sectors(employment, by=by)
    own, base, others = _shares(read.sizes)
    compute = {
        "krugman": lambda: np.abs(own - (base if reference == "all" else others)).sum(axis=2),
        "hachman": lambda: 1.0 / (own**2 / np.where(base > 0, base, 1.0)).sum(axis=2),
        "gini": lambda: _locational(own, base),
        "herfindahl": lambda: herfindahl(own),
        "entropy": lambda: -(own * np.log(np.where(own > 0, own, 1.0))).sum(axis=2),
    }
    return _tidy(read, "place", read.places, {name: compute[name] for name in measures}, reference)


@documented("krugman1991", formula="K = Σ<sub>j</sub> |s<sub>j</sub> − x<sub>j</sub>|")
def krugman_index(
    employment: pd.DataFrame,
    *,
    of: Literal["place", "sector"] = "place",
    reference: Reference = "all",
    by: str | None = "year",
) -> pd.DataFrame:
    """Return Krugman's index of each place (specialization) or of each sector (concentration), 0 to 2.

    Half of it is the coefficient of specialization, or of localization (Hoover). The numbers are those of ``krugman``
    in `place_specialization` and `sector_concentration`.

    Parameters
    ----------
    employment, reference, by
        As in `sector_concentration`.
    of : {"place", "sector"}
        Whose index.

    Returns
    -------
    DataFrame
        ``year``, ``place`` or ``sector``, ``value``, ``convention``, ``status``.

    Raises
    ------
    OptionError, TableError
        As in `sector_concentration`.

    References
    ----------
    Krugman, P. (1991). Geography and Trade. MIT Press.

    Examples
    --------
    >>> jobs = pd.DataFrame({"place": list("aabb"), "sector": ["x", "y", "x", "y"], "value": [30, 10, 10, 30]})
    >>> krugman_index(jobs, by=None)[["place", "value"]].values.tolist()
    [['a', 0.5], ['b', 0.5]]
    """
    check_choice("of", of, ("place", "sector"))
    measure = place_specialization if of == "place" else sector_concentration
    return measure(employment, measures=["krugman"], reference=reference, by=by).drop(columns="measure")


def _checked(measures: Sequence[str], known: tuple[str, ...], reference: str) -> list[str]:
    chosen = [str(name) for name in listed(measures, name="measures")]
    refuse(name_faults(chosen, known, name="measures"))
    check_choice("reference", reference, ("all", "others"))
    return chosen


def _shares(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the shares within each row, within all rows, and within all rows but one's own."""
    whole = sizes.sum(axis=1, keepdims=True)
    rest = whole - sizes
    return _over(sizes), _over(whole), _over(rest)


def _over(sizes: np.ndarray) -> np.ndarray:
    total = sizes.sum(axis=2, keepdims=True)
    return sizes / np.where(total > 0, total, np.nan)


def _locational(own: np.ndarray, base: np.ndarray) -> np.ndarray:
    base = np.broadcast_to(base, own.shape)
    return gini(own / np.where(base > 0, base, 1.0), base)


def _tidy(
    read: PlaceSectors, unit: str, keys: np.ndarray, found: dict[str, Callable[[], np.ndarray]], reference: str
) -> pd.DataFrame:
    value = np.stack([compute() for compute in found.values()], axis=2) if found else np.empty((0, 0, 0))
    years, units, many = len(read.periods), len(keys), len(found)
    own = {"krugman": f"against {reference}", "herfindahl": "of itself", "entropy": "of itself"}
    convention = [own.get(name, "against all") for name in found]
    return pd.DataFrame(
        ({} if read.by is None else {read.by: np.repeat(read.periods, units * many)})
        | {
            unit: np.tile(np.repeat(keys, many), years),
            "measure": [*found] * (years * units),
            "value": value.ravel(),
            "convention": convention * (years * units),
            "status": np.where(np.isnan(value.ravel()), "undefined", "computed"),
        }
    )
