"""Credit observed flows to channels: how hierarchical, peer-like and neighbor-like a network is.

The expected flow is a sum of non-negative terms, so that the parts can be identified::

    E[flow i -> j] = size[i, j] * ( rest + sum over channels c of  rate[c] * mask_c[i, j] * decay_c(cost[i, j]) )
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import pandas as pd

from ....data.errors import OptionError, warn_of
from ....data.methods import documented
from ....data.options import check_columns, choice_faults, listed, name_faults, number_faults, refuse, table_fault
from ....data.wording.catalogue import text
from ..model.channel import Channel
from ..model.hazard_rates import hazard_rates
from .decompose_pairs import Mass, Pairs
from .likelihood import has

__all__ = ["Decomposition", "decompose"]

Resample = Literal["pairs", "places"]
_RESAMPLE: tuple[str, ...] = get_args(Resample)


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Flows credited to channels.

    Attributes
    ----------
    shares : DataFrame
        ``channel, flow, share, low, high`` (with ``year`` first, by year): flow credited to each channel, its share
        of all flow, and the interval of that share. ``rest`` is what the sizes of two places explain by themselves,
        wherever they stand.
    rates : DataFrame
        ``channel, rate, error`` (with ``year``): fitted rates with robust (sandwich) standard errors, empty where a
        rate is 0.
    fitted : DataFrame
        ``source, target, value, expected`` and one column a channel; with ``year``, by year. Of an undirected network
        each pair stands once.
    dispersion : Series
        Pearson's chi-square over the degrees of freedom, by year or as ``all``: 1 if flows were Poisson counts.
    half_distances : DataFrame
        ``channel, half_distance`` (with ``year``) that were used.
    notes : tuple of str
        What these flows cannot identify.
    """

    shares: pd.DataFrame
    rates: pd.DataFrame
    fitted: pd.DataFrame = field(repr=False)
    dispersion: pd.Series
    half_distances: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...]


@documented(
    "santossilva2006",
    formula=(
        "E[F<sub>ij</sub>] = s<sub>ij</sub> (ρ + Σ<sub>c</sub> β<sub>c</sub> m<sub>c</sub>(i, j) "
        "f<sub>c</sub>(d<sub>ij</sub>))"
    ),
)
def decompose(
    flows: pd.DataFrame,
    centers: pd.DataFrame,
    channels: Sequence[Channel],
    *,
    directed: bool,
    costs: pd.DataFrame | None = None,
    mass: Mass = "margins",
    rest: bool = True,
    free: Iterable[str] = (),
    by_year: bool = False,
    resamples: int = 200,
    resample: Resample = "pairs",
    seed: int = 0,
    confidence_level: float = 0.95,
) -> Decomposition:
    """Credit observed flows to channels by a Poisson model whose expectation is a sum of channel terms.

    The rates, all at least 0, maximize the quasi-Poisson likelihood, which needs only the expectation to be right.
    Flow is credited to channels by their shares of its expectation. At the maximum, what a channel is credited with of
    the observed flows equals what it is expected to carry, and the credits add up to all flow.

    - Flows built from one channel alone are credited to it wholly.
    - Multiplying all flows by a number changes no share.

    Parameters
    ----------
    flows : DataFrame
        ``source, target, value`` and, by year, ``year``. Pairs without a row have flow 0; flows from a place to
        itself or beyond the centers are left out.
    centers : DataFrame
        ``place`` and ``tier``, as in `hazard_rates`.
    channels : sequence of Channel
        Masks and decays; their rates are fitted. ``tie`` is refused: flows cannot explain themselves.
    directed : bool
        Whether ``source -> target`` has a direction. Of an undirected network both directions of a pair are expected
        together, so ``hierarchical`` joins two tiers whichever way the table writes them.
    costs : DataFrame, optional
        As in `hazard_rates`.
    mass : "margins", mapping, or None
        Size of a pair: what i sends times what j receives over all flow (so that the rates say how many times the
        flow exceeds what the sizes of both places would give), product of given masses, or 1. Masses may name
        further places, which have no part.
    rest : bool
        Whether places exchange something wherever they stand.
    free : iterable of str
        ``half_distance`` for all channels or, such as ``peer.half_distance``, of one: fitted within each year.
    by_year : bool
        Fit each year by itself.
    resamples : int
        Bootstrap resamples for the intervals of shares (percentiles); 0 for none. Half-distances are kept in them.
    resample : {"pairs", "places"}
        What is drawn with replacement: pairs as if independent, or places with all their flows, which is wider where
        few large places shape everything (Snijders & Borgatti 1999).
    seed : int
        Seed of the bootstrap.
    confidence_level : float
        Of the intervals.

    Returns
    -------
    Decomposition

    Raises
    ------
    TableError
        If a table lacks columns or has cells that cannot be used, or a year is missing.
    UnknownPlaceError
        If ``mass`` lacks a center and names a place that is none.
    OptionError
        If an option is unknown, no flow lies between centers, or a flow has no channel and no rest.

    Warns
    -----
    InnoscapeWarning
        If channels act alike, so that the credit between them is arbitrary.

    References
    ----------
    Santos Silva & Tenreyro (2006) *Review of Economics and Statistics* 88(4):641-658. Snijders & Borgatti (1999)
    *Connections* 22(2):161-170.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel
    >>> tier = pd.Categorical(["n", "r", "r"], categories=["n", "r"], ordered=True)
    >>> centers = pd.DataFrame({"place": ["W", "A", "B"], "tier": tier})
    >>> flows = pd.DataFrame({"source": ["W", "W", "A", "A"], "target": ["A", "B", "B", "W"], "value": [8, 8, 2, 2.0]})
    >>> channels = [Channel("hierarchical", decay="none"), Channel("peer", decay="none")]
    >>> found = decompose(flows, centers, channels, directed=True, mass=None, resamples=0)
    >>> found.shares[["channel", "flow", "share"]].round(3)
            channel  flow  share
    0  hierarchical  14.0    0.7
    1          peer   0.0    0.0
    2          rest   6.0    0.3
    """
    faults = [*choice_faults("resample", resample, _RESAMPLE)]
    faults += number_faults("resamples", resamples, least=0, whole=True)
    refuse([*faults, *number_faults("confidence_level", confidence_level, above=0, below=1)])
    channels = tuple(channels)
    if any(c.name == "tie" for c in channels):
        raise OptionError(text("faults.calls.decompose.tie_channel_made_flows"))
    built = hazard_rates(centers, [replace(c, rate=1.0) for c in channels], costs=costs, flows=flows)
    loose = _freed(listed(free, name="free"), channels)
    years = _years(flows) if by_year else [None]
    parts = []
    for year in years:
        rows = flows if year is None else flows[flows["year"] == year]
        model = Pairs.of(rows, built, mass=mass, rest=rest, directed=directed)
        parts.append((year, model, model.fit(loose)))
    doubts = {str(doubt): doubt for _, model, found in parts for doubt in model.doubts(found[1])}
    for doubt in doubts.values():
        warn_of(doubt, stacklevel=2)
    stack: dict[str, list[pd.DataFrame]] = {"shares": [], "rates": [], "fitted": [], "half_distances": []}
    dispersion = {}
    for year, model, (found, terms) in parts:
        low, high = model.bootstrap(
            terms, resamples=resamples, resample=resample, seed=seed, confidence_level=confidence_level
        )
        tables = model.tables(found, terms, low, high)
        for name, table in tables.items():
            if year is not None:
                table.insert(0, "year", year)
            stack[name].append(table)
        dispersion["all" if year is None else year] = model.dispersion(terms)
    return Decomposition(
        **{name: pd.concat(tables, ignore_index=True) for name, tables in stack.items()},
        dispersion=pd.Series(dispersion, name="dispersion"),
        notes=tuple(doubts),
    )


def _freed(free: tuple[Hashable, ...], channels: Sequence[Channel]) -> list[int]:
    able = {c.name: i for i, c in enumerate(channels) if has(c, "half_distance")}
    known = {"half_distance": list(able.values())} | {f"{name}.half_distance": [i] for name, i in able.items()}
    refuse(name_faults(free, known, name="free", among=f"one of {', '.join(known)} (rates are always fitted)"))
    return sorted({i for word in free for i in known[str(word)]})


def _years(flows: pd.DataFrame) -> list[int]:
    check_columns(flows, "flows", ["year"])
    if flows["year"].isna().any():
        raise table_fault(
            "flows",
            text("faults.calls.decompose.year_every_row"),
            text("faults.calls.alike.empty_cells"),
            text("faults.calls.decompose.fill_them_leave_out"),
            "year",
        )
    return sorted(flows["year"].unique().tolist())
