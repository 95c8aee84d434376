"""Change a model of stocks by small verbs with numbers, each from its date on, and compare what follows.

Every number in a scenario is an assumption.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import Wrong, choice_faults, name_faults, noted, number_faults, refuse
from ..diffusion.scenarios.compare_scenarios import BASELINE
from .run_stocks import run_stocks
from .stepped import as_steps
from .stock_model import ByName, StockModel, Transfer, by_name

__all__ = ["StockScenario", "compare_stocks"]


@dataclass(frozen=True)
class _Change:
    verb: str
    on: str
    value: float
    start: float | None
    stock: str = ""

    @property
    def since(self) -> float:
        """Time from which it holds."""
        return -np.inf if self.start is None else self.start

    def faults(self, model: StockModel) -> Iterator[Wrong]:
        known = model.stocks if self.verb == "add_input" else [one.name for one in model.transfers]
        yield from choice_faults("stock" if self.verb == "add_input" else "transfer", self.on, known)
        yield from number_faults("a number", self.value, least=0.0)
        yield from () if self.start is None else number_faults("start", self.start)
        if self.verb == "shift_threshold" and self.on in known:
            after = model.transfer(self.on).after
            if not after:
                yield f"transfer {self.on!r}: needed one that waits for a threshold, got one without"
            else:
                yield from choice_faults("stock", self.stock, after)

    def change(self, model: StockModel) -> StockModel:
        if self.verb == "add_input":
            names = {one.name for one in model.transfers}
            title = f"added to {self.on}"
            tried = (title if i == 1 else f"{title} ({i})" for i in range(1, len(names) + 2))
            name = next(one for one in tried if one not in names)
            return replace(
                model, transfers=[*model.transfers, Transfer(name, target=self.on, rate={self.since: self.value})]
            )
        old = model.transfer(self.on)
        if self.verb == "scale_rate":
            new = replace(old, rate=as_steps(old.rate, name="rate").scaled(self.value, since=self.since))
        else:
            levels = as_steps(old.after[self.stock], name="after").until(self.since) | {self.since: self.value}
            new = replace(old, after=dict(old.after) | {self.stock: levels})
        return replace(model, transfers=[new if one is old else one for one in model.transfers])


@dataclass(frozen=True)
class StockScenario:
    """A named sequence of changes of a model of stocks, applied in order.

    Each verb returns a new scenario. ``start`` is the time from which it holds; without one it holds from the
    beginning.

    Parameters
    ----------
    name : str
        Name in every table of results.

    Examples
    --------
    >>> StockScenario("angels").add_input("finance", amount=2.0, start=2025).scale_rate("investment", factor=1.5)
    StockScenario('angels': add_input from 2025, scale_rate)
    """

    name: str
    changes: tuple[_Change, ...] = ()

    def __repr__(self) -> str:
        steps = (one.verb + (f" from {one.start:g}" if one.start is not None else "") for one in self.changes)
        return f"StockScenario({self.name!r}: {', '.join(steps) or 'no change'})"

    def scale_rate(self, transfer: str, *, factor: float, start: float | None = None) -> "StockScenario":
        """Multiply the rate of a transfer; a factor of 0 closes it, 1 changes nothing."""
        return self._with("scale_rate", transfer, factor, start)

    def add_input(self, stock: str, *, amount: float, start: float | None = None) -> "StockScenario":
        """Let an amount per unit of time enter a stock from outside."""
        return self._with("add_input", stock, amount, start)

    def shift_threshold(
        self, transfer: str, *, stock: str, threshold: float, start: float | None = None
    ) -> "StockScenario":
        """Move the threshold of a stock that opens a transfer; what has opened before stays open."""
        return self._with("shift_threshold", transfer, threshold, start, stock)

    def _with(self, verb: str, on: str, value: float, start: float | None, stock: str = "") -> "StockScenario":
        return replace(self, changes=(*self.changes, _Change(verb, on, value, start, stock)))

    def apply(self, model: StockModel) -> StockModel:
        """Return the model under this scenario.

        Raises
        ------
        OptionError
            If a change names what the model lacks, or a number is outside its range; one error holds all faults.
        """
        faults: list[Wrong] = []
        for one in self.changes:
            with noted(faults, within=f"scenario {self.name!r}, {one.verb}"):
                refuse(one.faults(model))
                model = one.change(model)
        refuse(faults)
        return model


def compare_stocks(
    baseline: StockModel,
    scenarios: Sequence[StockScenario],
    *,
    horizon: float,
    targets: ByName | None = None,
    points: int = 401,
) -> pd.DataFrame:
    """Run a model of stocks and every scenario of it, and compare them at the horizon.

    Parameters
    ----------
    baseline : StockModel
    scenarios : sequence of StockScenario
        With distinct names, none of them ``baseline``.
    horizon, points
        As in `run_stocks`.
    targets : mapping or Series, optional
        Stock -> target whose first time is compared.

    Returns
    -------
    DataFrame
        ``scenario, measure, stock, baseline, value, difference, status``: the ``stock`` (``at the horizon``), and the
        ``first time`` at which each target is reached (``reached``, ``only the scenario``, ``only the baseline`` or
        ``not reached``).

    Raises
    ------
    OptionError
        If names repeat or a change does not fit, or as in `run_stocks`.

    Examples
    --------
    >>> from innoscape.network import StockModel, Transfer
    >>> model = StockModel({"firms": 0.0}, [Transfer("entry", target="firms", rate=10.0)])
    >>> faster = StockScenario("faster").scale_rate("entry", factor=2.0, start=2.0)
    >>> compare_stocks(model, [faster], horizon=5.0, targets={"firms": 40.0}).drop(columns="scenario")
          measure  stock  baseline  value  difference          status
    0       stock  firms      50.0   80.0        30.0  at the horizon
    1  first time  firms       4.0    3.0        -1.0         reached
    """
    goals = by_name(targets, name="targets")
    names = [one.name for one in scenarios]
    if len({*names, BASELINE}) < len(names) + 1:
        raise OptionError(f"scenarios: needed distinct names, none of them {BASELINE!r}, got {', '.join(names)}")
    faults: list[Wrong] = [*name_faults(goals, baseline.stocks, name="targets")]
    models: dict[str, StockModel] = {}
    for one in scenarios:
        with noted(faults):
            models[one.name] = one.apply(baseline)
    refuse(faults)

    def measured(model: StockModel) -> pd.DataFrame:
        path = run_stocks(model, horizon=horizon, points=points)
        times = path.first_times(goals)
        ends = pd.DataFrame(
            {"measure": "stock", "stock": path.stocks.columns, "value": path.stocks.iloc[-1].to_numpy()}
        )
        first = pd.DataFrame({"measure": "first time", "stock": times["stock"], "value": times["time"]})
        return pd.concat([ends, first.astype({"value": float})], ignore_index=True) if len(first) else ends

    before = measured(baseline)
    parts = []
    for name, model in models.items():
        after = measured(model)
        there, here = before["value"].notna(), after["value"].notna()
        kinds = ["at the horizon", "reached", "only the scenario", "only the baseline"]
        held = after["measure"] == "stock"
        status = np.select([held, there & here, here, there], kinds, "not reached")
        parts.append(
            after.assign(
                scenario=name, baseline=before["value"], difference=after["value"] - before["value"], status=status
            )
        )
    columns = ["scenario", "measure", "stock", "baseline", "value", "difference", "status"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
