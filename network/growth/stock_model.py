"""State a model of stocks that move: named stocks, and the transfers that fill them, drain them and join them.

A transfer moves an amount per unit of time: its rate times the stocks that drive it. All else is made of these.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import pandas as pd

from ...data.errors import OptionError
from ...data.options import Wrong, choice_faults, name_faults, noted, number_faults, refuse
from .stepped import Steps, as_steps

__all__ = ["ByName", "StockModel", "Transfer", "by_name"]

ByName: TypeAlias = Mapping[str, float] | pd.Series


def by_name(given: ByName | None, *, name: str) -> dict[str, float]:
    """Return numbers by name, none if nothing is given."""
    if given is not None and not isinstance(given, Mapping | pd.Series):
        raise OptionError(f"{name}: needed numbers by name, got {type(given).__name__}")
    return {} if given is None else {str(key): value for key, value in given.items()}


@dataclass(frozen=True, eq=False)
class Transfer:
    """Something that moves at a rate: between two stocks, into one from outside, or out of one.

    The amount per unit of time is::

        rate(t) * product of the stocks in by

    Parameters
    ----------
    name : str
    source : str, optional
        Stock that loses the amount; None: it comes from outside, or is made without loss.
    target : str, optional
        Stock that gains it; None: it leaves the system.
    rate : float, mapping or Series
        Number of at least 0, or time -> rate from then on (0 before the first).
    by : sequence of str, optional
        Stocks that drive it; the source alone if not given, and nothing where there is no source: the rate is then
        an input per unit of time. A source must be among them, so that no stock falls below 0. A name that stands
        twice counts twice.
    after : mapping
        Stock -> threshold (a number, or time -> threshold from then on): nothing moves before each of these stocks has
        stood at or above its threshold once. What has opened stays open.
    delay : float
        Mean time between leaving the source and reaching the target.
    order : int
        Steps of equal mean into which the delay is cut: its times are Erlang distributed, with standard deviation
        delay / sqrt(order).

    Examples
    --------
    >>> Transfer("spin-off", "laboratory", "firms", rate=0.1, after={"laboratory": 20.0}, delay=2.0).driven_by
    ('laboratory',)
    """

    name: str
    source: str | None = None
    target: str | None = None
    rate: Steps = 0.0
    by: Sequence[str] | None = None
    after: Mapping[str, Steps] = field(default_factory=dict)
    delay: float = 0.0
    order: int = 3

    @property
    def driven_by(self) -> tuple[str, ...]:
        """The stocks that drive it."""
        if self.by is not None:
            return tuple(self.by)
        return () if self.source is None else (self.source,)

    def faults(self, stocks: Sequence[str]) -> Iterator[Wrong]:
        """Say what is wrong with it among the stocks of a model."""
        about = f"transfer {self.name!r}"
        if isinstance(self.by, str):
            yield f"{about}, by: needed several, got {self.by!r}; write [{self.by!r}]"
            return
        ends = [end for end in (self.source, self.target) if end is not None]
        if not ends or len(set(ends)) < len(ends):
            yield f"{about}: needed a source, a target or two different ones, got {self.source!r} and {self.target!r}"
        for part, given in (("ends", ends), ("by", self.driven_by), ("after", self.after)):
            yield from name_faults(given, stocks, name=f"{about}, {part}")
        if self.source is not None and self.source not in self.driven_by:
            got = ", ".join(self.driven_by) or "none"
            yield f"{about}, by: needed the source {self.source!r} among what drives it, got {got}"
        if self.target is None and self.delay:
            yield f"{about}, delay: needed a target that the delayed amount reaches, got none"
        found: list[Wrong] = []
        for part, given in (("rate", self.rate), *((f"after {stock}", one) for stock, one in self.after.items())):
            with noted(found):
                as_steps(given, name=f"{about}, {part}")
        yield from found
        yield from number_faults(f"{about}, delay", self.delay, least=0.0)
        yield from number_faults(f"{about}, order", self.order, least=1, whole=True)


@dataclass(frozen=True, eq=False)
class StockModel:
    """Stocks and the transfers that move them.

    Parameters
    ----------
    stocks : mapping or Series
        Name -> stock at ``begin``, at least 0.
    transfers : sequence of Transfer
        With distinct names.
    begin : float
        Time of the stocks, such as a year.

    Raises
    ------
    OptionError
        If names repeat or are unknown, or a number is outside its range; one error holds all faults.

    Notes
    -----
    Run it by `run_stocks`, change it by `StockScenario`, let `solve_rates` find the rates that meet targets. Its
    instances are `ring`, `finance_loop`, `obstacle_chain`, `firm_pyramid`, `hub_emergence`, `roll_out` and
    `siphoning`. A model whose transfers are each driven by one stock at most is linear between the dates and openings
    of its transfers, and is solved exactly.

    Examples
    --------
    >>> leak = Transfer("leak", "tank", rate=0.5)
    >>> model = StockModel({"tank": 0.0}, [Transfer("inlet", target="tank", rate=2.0), leak])
    >>> model
    StockModel(tank; inlet, leak)
    """

    stocks: ByName
    transfers: Sequence[Transfer]
    begin: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "stocks", by_name(self.stocks, name="stocks"))
        refuse(self._faults())
        object.__setattr__(self, "transfers", tuple(self.transfers))

    def __repr__(self) -> str:
        names = ", ".join(one.name for one in self.transfers)
        return f"StockModel({', '.join(map(str, self.stocks))}; {names})"

    def _faults(self) -> Iterator[Wrong]:
        if not len(self.stocks):
            yield "stocks: needed at least one, got none"
        for name, value in self.stocks.items():
            yield from number_faults(f"stock {name!r}", value, least=0.0)
        yield from number_faults("begin", self.begin)
        names = [one.name for one in self.transfers]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            yield f"transfers: needed different names, got {', '.join(map(repr, twice))} more than once"
        for one in self.transfers:
            yield from one.faults(list(self.stocks))

    def transfer(self, name: Hashable) -> Transfer:
        """Return a transfer by name."""
        known = {one.name: one for one in self.transfers}
        refuse(choice_faults("transfer", name, known))
        return known[name]  # type: ignore[index]

    @property
    def rates(self) -> pd.Series:
        """Rate of each transfer at the beginning, by name."""
        values = {one.name: as_steps(one.rate, name=one.name).at(self.begin) for one in self.transfers}
        return pd.Series(values, name="rate", dtype=float).rename_axis("transfer")
