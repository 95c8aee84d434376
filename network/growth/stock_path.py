"""Read the path of stocks that have moved: amounts, openings, times to targets, equilibrium and its stability."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import name_faults, number_faults, refuse
from .first_crossing import first_crossing
from .stability import Stability, judge_stability
from .stock_equations import StockEquations
from .stock_model import ByName, StockModel, by_name

__all__ = ["StockPath"]

# steps within which the rest is to be found, and change relative to the largest amount that counts as none
_STEPS, _NOUGHT = 60, 1e-11


@dataclass(frozen=True, eq=False)
class StockPath:
    """Stocks over time, and what follows from them.

    Attributes
    ----------
    stocks : DataFrame
        Index ``time``, one column a stock.
    under_way : DataFrame
        Index ``time``, one column a delayed transfer: what has left its source and not reached its target.
    openings : DataFrame
        ``transfer, stock, threshold, time, status``: when each threshold was first reached (nan with the status
        ``not reached``); the threshold is the one in force at the end.
    model : StockModel
    equations : StockEquations
        The equations with all their numbers.
    """

    stocks: pd.DataFrame
    under_way: pd.DataFrame
    openings: pd.DataFrame
    model: StockModel
    equations: StockEquations = field(repr=False)
    states: np.ndarray = field(repr=False)

    @classmethod
    def of(
        cls, model: StockModel, equations: StockEquations, time: np.ndarray, states: np.ndarray, opened: np.ndarray
    ) -> "StockPath":
        """Make a path of the states at some times and of when each gate opened (nan: closed)."""
        index, n = pd.Index(time, name="time"), len(equations.stocks)
        waiting = pd.DataFrame(states[:, n:].T, index=list(equations.under_way))
        summed = waiting.groupby(level=0, sort=False).sum().T if n < states.shape[1] else pd.DataFrame(index=index)
        openings = pd.DataFrame(
            {
                "transfer": [gate.transfer for gate in equations.gates],
                "stock": [gate.stock for gate in equations.gates],
                "threshold": equations.levels_at(time[-1]),
                "time": opened,
                "status": np.where(np.isnan(opened), "not reached", "reached"),
            }
        )
        return cls(
            stocks=pd.DataFrame(states[:, :n], index=index, columns=list(equations.stocks)),
            under_way=summed.set_axis(index),
            openings=openings,
            model=model,
            equations=equations,
            states=states,
        )

    @property
    def amounts(self) -> pd.DataFrame:
        """What leaves by each transfer per unit of time; index ``time``, one column a transfer."""
        names = pd.Index(self.equations.transfers)
        time, opened = self.stocks.index.to_numpy(), self.openings["time"].to_numpy()
        rows = [
            self.equations.amounts(state, self.equations.rates_at(now, opened <= now))
            for now, state in zip(time, self.states, strict=True)
        ]
        first = ~names.duplicated()
        return pd.DataFrame(np.array(rows)[:, first], index=self.stocks.index, columns=names[first])

    def first_times(self, targets: ByName) -> pd.DataFrame:
        """Date when each stock first stands at or above its target.

        Parameters
        ----------
        targets : mapping or Series
            Stock -> target.

        Returns
        -------
        DataFrame
            ``stock, target, time, status``: linear between the times of ``stocks``; nan with the status ``not
            reached``.

        Raises
        ------
        OptionError
            If a stock is unknown or a target is no number.
        """
        targets = by_name(targets, name="targets")
        faults = [*name_faults(targets, self.stocks.columns, name="targets")]
        refuse([*faults, *(f for name, one in targets.items() for f in number_faults(f"target of {name!r}", one))])
        time = self.stocks.index.to_numpy(dtype=float)
        found = [first_crossing(time, self.stocks[name].to_numpy(), float(one)) for name, one in targets.items()]
        status = np.where(np.isnan(found), "not reached", "reached")
        return pd.DataFrame({"stock": [*targets], "target": [*targets.values()], "time": found, "status": status})

    def equilibrium(self) -> pd.Series:
        """Find stocks that no longer change under the rates and openings of the end, stable or not.

        Sums that no transfer changes, such as that of all zones, are kept as they are at the end.

        Returns
        -------
        Series
            Stock -> value.

        Raises
        ------
        OptionError
            If there is none with stocks of at least 0 near the end.
        """
        return pd.Series(self._rest()[: self.stocks.shape[1]], index=self._index, name="equilibrium")

    def jacobian(self) -> pd.DataFrame:
        """Return how the change of each state (rows) answers each (columns) at the end.

        States are the stocks, then each step of what is under way, which has no name.
        """
        labels = [*self.equations.stocks, *([""] * len(self.equations.under_way))]
        return pd.DataFrame(self.equations.jacobian(self.states[-1], self._rates), index=labels, columns=labels)

    def stability(self, *, tolerance: float = 1e-9) -> Stability:
        """Judge by the eigenvalues of the Jacobian at the equilibrium how small departures develop.

        A linear model has one Jacobian and needs no equilibrium. Departures that change a sum that no transfer does,
        such as that of all zones, cannot occur and are left out.

        Parameters
        ----------
        tolerance : float
            Real parts within this of 0 count as 0, per unit of time.

        Raises
        ------
        OptionError
            As in `equilibrium`, where the model is not linear.
        """
        state = self.states[-1] if self.equations.linear else self._rest()
        matrix, names = self.equations.jacobian(state, self._rates), [*self.equations.stocks, *self.equations.under_way]
        kept = self.equations.kept
        basis = np.linalg.svd(kept)[2][len(kept) :].T if len(kept) else np.eye(len(names))
        whole = np.ones(len(names))
        return judge_stability(matrix, names, relative_to=whole, label="stock", tolerance=tolerance, basis=basis)

    @property
    def _index(self) -> pd.Index:
        return pd.Index(self.stocks.columns, name="stock")

    @property
    def _rates(self) -> np.ndarray:
        opened = self.openings["status"].to_numpy() == "reached"
        return self.equations.rates_at(float(self.stocks.index[-1]), opened)

    def _rest(self) -> np.ndarray:
        rates, kept = self._rates, self.equations.kept
        state = start = self.states[-1]
        scale = np.abs(self.equations.amounts(start, rates)).max(initial=1e-300)
        for _ in range(_STEPS):
            amounts = self.equations.amounts(state, rates)
            change = np.concatenate([self.equations.moves @ amounts, kept @ (state - start)])
            if np.abs(change).max() <= _NOUGHT * np.abs(amounts).max(initial=scale):
                break
            slope = np.vstack([self.equations.jacobian(state, rates), kept])
            state = state - np.linalg.lstsq(slope, change, rcond=None)[0]
            if not np.isfinite(state).all():
                break
        least = -1e-9 * max(1.0, float(np.abs(start).max()))
        amounts = self.equations.amounts(state, rates)
        left = np.abs(self.equations.moves @ amounts).max(initial=0.0)
        if not (state >= least).all() or not left <= 1e-8 * np.abs(amounts).max(initial=scale):
            raise OptionError(
                "found no equilibrium with stocks of at least 0 near the end of the path; "
                "the stocks may grow for ever, or a later horizon may be needed"
            )
        return np.maximum(state, 0.0)
