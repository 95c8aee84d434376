"""Make the core drive of a center a model of stocks: factors, three subsystems, government and market.

Every number is an assumption: the source (Ran et al. 2022, §1, Fig. 1) describes the model in words.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from ...data.options import Wrong, listed, name_faults, noted, number_faults, refuse
from .loops import SUBSYSTEMS
from .stepped import Stepped, Steps, as_steps
from .stock_model import ByName, StockModel, Transfer, by_name

__all__ = ["CORE_ACTORS", "CORE_FACTORS", "core_drive"]

CORE_FACTORS = ("knowledge", "technology", "talent", "capital")
# actor -> the subsystems that it takes part in
CORE_ACTORS: Mapping[str, tuple[str, ...]] = {
    "universities": ("science", "technology"),
    "institutes": ("science", "technology"),
    "leading firms": ("technology", "industry"),
    "small technology firms": ("technology", "industry"),
    "service agencies": ("science", "technology", "industry"),
}
# part of the support of a subsystem that is the government's; the market has the rest
_GOVERNED = {"science": 0.75, "technology": 0.5, "industry": 0.25}


def core_drive(
    *,
    government: Steps = 1.0,
    market: Steps = 1.0,
    governed: Mapping[str, float] | None = None,
    inflow: ByName | None = None,
    actors: Mapping[str, Sequence[str]] = CORE_ACTORS,
    formation: float = 0.1,
    coupling: float = 0.05,
    agglomeration: float = 0.02,
    spread: float = 0.2,
    depreciation: float = 0.2,
    start: ByName | None = None,
) -> StockModel:
    r"""Couple science, technology and industry with the factors that gather in a center, under government and market.

    With the factors F[k] gathered in the center, the subsystems S[s], and the support of a subsystem
    g[s] = government ** w[s] * market ** (1 - w[s])::

        dF[k]/dt = inflow[k] + agglomeration * (S[1] + S[2] + S[3]) - spread * F[k]
        dS[s]/dt = formation * g[s] * (F[1] + ... ) + coupling * sum_{r != s} common[r, s] * S[r] - depreciation * S[s]

    ``common[r, s]`` is the share of the actors that take part in both subsystems.

    - Neither input can do without the other: where one is 0, nothing forms out of the factors (0 < w < 1).
    - What the center has draws more factors (agglomeration in space); at the rate ``spread`` they leave along networks.
    - Without actors in common the subsystems are coupled by the factors alone.

    Parameters
    ----------
    government, market : float, mapping or Series
        The capable government and the effective market, at least 0: a number, or time -> number from then on.
    governed : mapping, optional
        Subsystem -> w, from 0 to 1: 0.75 for science, 0.5 for technology, 0.25 for industry if not given.
    inflow : mapping or Series, optional
        Factor -> what comes per unit of time; the names are the factors. 1 of each of `CORE_FACTORS` if not given.
    actors : mapping
        Actor -> the subsystems it takes part in; `CORE_ACTORS` if not given.
    formation, coupling, agglomeration : float
        Rates at which factors form subsystems, subsystems with all actors in common drive one another, and a subsystem
        draws each factor.
    spread, depreciation : float
        Shares of factors that leave and of subsystems that are lost per unit of time.
    start : mapping or Series, optional
        Stocks at time 0; 0 if not given.

    Returns
    -------
    StockModel
        Stocks ``science, technology, industry`` and ``factor X``. Transfers ``inflow of X``, ``factor X forms Y``,
        ``Y to Z``, ``agglomeration by Y of X``, ``spread of X``, ``depreciation of Y``.

    Raises
    ------
    OptionError
        If a name is unknown or a number is outside its range.

    Notes
    -----
    Factors, actors, subsystems and that both inputs are needed are those of Ran et al. (2022, §1, after the triple
    helix of Etzkowitz and Leydesdorff 1995). Which actor takes part in what, that the government weighs more in science
    and the market more in industry, the form of g and all numbers are our reading. `loop` is the same three subsystems
    in one order, without factors.

    Examples
    --------
    >>> from innoscape.network import run_stocks
    >>> def rest(**inputs):
    ...     return run_stocks(core_drive(**inputs), horizon=100.0).equilibrium()[["science", "industry"]]
    >>> rest().round(2).to_dict(), rest(market=0.0).round(2).to_dict()
    ({'science': 58.97, 'industry': 58.97}, {'science': 0.0, 'industry': 0.0})
    >>> rest(government=0.25).idxmax(), rest(market=0.25).idxmax()
    ('industry', 'science')
    """
    factors = dict.fromkeys(CORE_FACTORS, 1.0) if inflow is None else by_name(inflow, name="inflow")
    weights = _GOVERNED | dict(governed or {})
    inputs: dict[str, Steps] = {"government": government, "market": market}
    rates = {"formation": formation, "coupling": coupling, "agglomeration": agglomeration}
    rates |= {"spread": spread, "depreciation": depreciation}
    stocks = [*SUBSYSTEMS, *(f"factor {name}" for name in factors)]
    held = by_name(start, name="start")

    def faults() -> Iterator[Wrong]:
        if not factors:
            yield "inflow: needed at least one factor, got none"
        for name, value in {**rates, **{f"inflow of {name!r}": value for name, value in factors.items()}}.items():
            yield from number_faults(name, value, least=0.0)
        yield from name_faults(weights, SUBSYSTEMS, name="governed")
        for name, value in weights.items():
            yield from number_faults(f"governed, {name}", value, least=0.0, most=1.0)
        for actor, taken in actors.items():
            yield from name_faults(listed(taken, name=f"actors, {actor}"), SUBSYSTEMS, name=f"actors, {actor}")
        yield from name_faults(held, stocks, name="start")
        found: list[Wrong] = []
        for name, given in inputs.items():
            with noted(found):
                as_steps(given, name=name)
        yield from found

    refuse(faults())
    ruled, traded = (as_steps(given, name=name) for name, given in inputs.items())
    transfers = [Transfer(f"inflow of {name}", target=f"factor {name}", rate=rate) for name, rate in factors.items()]
    for name, system in itertools.product(factors, SUBSYSTEMS):
        own = f"factor {name}"
        support = _product(ruled, traded, weights[system], formation)
        transfers.append(Transfer(f"{own} forms {system}", target=system, rate=support, by=[own]))
        transfers.append(Transfer(f"agglomeration by {system} of {name}", target=own, rate=agglomeration, by=[system]))
    for one, other in itertools.permutations(SUBSYSTEMS, 2):
        common = sum({one, other} <= {*taken} for taken in actors.values()) / max(len(actors), 1)
        transfers.append(Transfer(f"{one} to {other}", target=other, rate=coupling * common, by=[one]))
    transfers += [Transfer(f"spread of {name}", f"factor {name}", rate=spread) for name in factors]
    transfers += [Transfer(f"depreciation of {name}", name, rate=depreciation) for name in SUBSYSTEMS]
    return StockModel({name: held.get(name, 0.0) for name in stocks}, transfers)


def _product(one: Stepped, other: Stepped, weight: float, factor: float) -> dict[float, float]:
    """Return ``factor * one ** weight * other ** (1 - weight)`` at every time from which one of the two changes."""
    times = sorted({*one.times, *other.times})
    return {time: factor * one.at(time) ** weight * other.at(time) ** (1.0 - weight) for time in times}
