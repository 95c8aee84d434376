"""Read knowledge stocks that have grown: rates, shares, inequality, terms, equilibrium and its stability."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy.integrate import solve_ivp

from ...data.concentration import gini, theil
from ...data.errors import OptionError
from .equations import Equations, Given, per_place
from .stability import Stability, judge_stability

__all__ = ["Growth"]

_OfLogarithms: TypeAlias = Callable[[np.ndarray], np.ndarray]
# time after which stocks count as at rest, in the unit of the rates
_LONG = 1e5
# logarithm of a stock beyond which it counts as endless, or as nothing
_FAR = 100.0
# relative change per unit of time that counts as none, and steps within which it is to be found
_NOUGHT, _STEPS = 1e-12, 100


@dataclass(frozen=True, eq=False)
class Growth:
    """Knowledge stocks over time, and what follows from them.

    Attributes
    ----------
    stocks : DataFrame
        Index ``time``, one column per place, in the unit of the stocks given.
    equations : Equations
        The equations with all their numbers.
    """

    stocks: pd.DataFrame
    equations: Equations = field(repr=False)

    @property
    def places(self) -> tuple[Hashable, ...]:
        """Keys of the places, in the order of every table."""
        return self.equations.places

    @property
    def growth_rates(self) -> pd.DataFrame:
        """Relative growth of each stock per unit of time, by the equations; nan where there is no stock."""
        held = self.stocks.where(self.stocks > 0)
        return self._over_time(self.equations.slope) / held

    @property
    def radiated(self) -> pd.DataFrame:
        """What the others receive from each place per unit of time by spill-over."""
        return self._over_time(self.equations.passed_on)

    @property
    def shares(self) -> pd.DataFrame:
        """Share of each place in the sum of all stocks."""
        return self.stocks.div(self.stocks.sum(axis=1), axis=0)

    def _over_time(self, measure: object) -> pd.DataFrame:
        phases = [self.equations.phase(time) for time in self.stocks.index]
        rows = [measure(row, phase) for row, phase in zip(self.stocks.to_numpy(), phases, strict=True)]  # type: ignore[operator]
        return pd.DataFrame(np.array(rows), index=self.stocks.index, columns=self.stocks.columns)

    def inequality(self) -> pd.DataFrame:
        """Measure how unequal the stocks are at each time.

        Returns
        -------
        DataFrame
            Index ``time``; ``theil`` (Theil's T, natural logarithm, 0 to ln n), ``gini`` (0 to 1 - 1/n, places
            unweighted), ``largest`` (share of the largest place).
        """
        stock = self.stocks.to_numpy()
        table = {"theil": theil(stock), "gini": gini(stock), "largest": stock.max(axis=1) / stock.sum(axis=1)}
        return pd.DataFrame(table, index=self.stocks.index)

    def terms(self, at: Given | None = None) -> pd.DataFrame:
        """Take the change of every stock apart into its terms.

        Parameters
        ----------
        at : float, mapping or Series, optional
            A time of ``stocks``, or stocks of every place (rates of the last phase); the end by default.

        Returns
        -------
        DataFrame
            Index ``place``; per unit of time ``production``, ``infrastructure``, ``knowledge``, ``spillover``,
            ``siphoning``, ``depreciation`` and their sum ``change``; ``elasticity`` of a place's own production to
            its stock (percent per percent: the returns with both terms of agglomeration).
        """
        stock, phase = self._point(at)
        table = pd.DataFrame(self.equations.terms(stock, phase), index=pd.Index(self.places, name="place"))
        return table.assign(change=self.equations.slope(stock, phase), elasticity=self.equations.elasticity(stock))

    def equilibrium(self, start: Given | None = None) -> pd.Series:
        """Find stocks that no longer change, stable or not, under the rates of the last phase.

        Parameters
        ----------
        start : mapping, Series or float, optional
            Stocks from which to search (a number: a time of ``stocks``); the end by default.

        Returns
        -------
        Series
            Place -> stock.

        Raises
        ------
        OptionError
            If there is none with positive stocks near the start.
        """
        stock, _ = self._point(start, positive=True)
        last = len(self.equations.starts) - 1

        def change(log: np.ndarray) -> np.ndarray:
            held = np.exp(np.clip(log, -2 * _FAR, 2 * _FAR))
            return np.nan_to_num(self.equations.slope(held, last) / held)

        def slope(log: np.ndarray) -> np.ndarray:
            held = np.exp(np.clip(log, -2 * _FAR, 2 * _FAR))
            return np.nan_to_num(self.equations.jacobian(held, last) * held / held[:, None]) - np.diag(change(log))

        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found = _rest(change, slope, np.log(stock))
            if found is None:
                found = _rest(change, slope, _followed(change, slope, np.log(stock)))
        if found is None:
            raise OptionError(
                "found no equilibrium with positive stocks near the start; the stocks may grow for ever, "
                "or another start may be needed"
            )
        return pd.Series(np.exp(found), index=pd.Index(self.places, name="place"), name="stock")

    def jacobian(self, at: Given | None = None) -> pd.DataFrame:
        """Return how the change of each stock (rows) answers a small rise of every stock (columns).

        Parameters
        ----------
        at : float, mapping or Series, optional
            A time of ``stocks``, or positive stocks of every place (rates of the last phase); the end by default.

        Notes
        -----
        Spill-over of the gap has a kink where two stocks are equal; there the mean of both sides is taken. For two
        places this is exact for the difference between them.
        """
        stock, phase = self._point(at, positive=True)
        return pd.DataFrame(self.equations.jacobian(stock, phase), index=self.places, columns=self.places)

    def stability(self, at: Given | None = None, *, tolerance: float = 1e-9) -> Stability:
        """Judge by the eigenvalues of the Jacobian how small departures develop.

        Parameters
        ----------
        at : float, mapping or Series, optional
            As in `jacobian`; the equilibrium near the end by default.
        tolerance : float
            Real parts within this of 0 count as 0, per unit of time.
        """
        place = self.equilibrium() if at is None else at
        stock, _ = self._point(place, positive=True)
        jacobian = self.jacobian(place).to_numpy()
        return judge_stability(jacobian, self.places, relative_to=stock, label="place", tolerance=tolerance)

    def _point(self, at: Given | None, *, positive: bool = False) -> tuple[np.ndarray, int]:
        """Return stocks and the phase in force."""
        time = float(self.stocks.index[-1]) if at is None else at
        if isinstance(time, int | float):
            near = int(np.abs(self.stocks.index.to_numpy() - time).argmin())
            if not np.isclose(self.stocks.index[near], time, rtol=0.0, atol=1e-9 * float(self.stocks.index[-1])):
                raise OptionError(f"time {time:g} is not among the times of the stocks; nearest is {self._time(near)}")
            stock, phase = self.stocks.to_numpy()[near], self.equations.phase(self.stocks.index[near])
        else:
            stock, phase = per_place(time, self.places, name="at"), len(self.equations.starts) - 1
        if positive and not (stock > 0).all():
            raise OptionError("stocks: needed numbers above 0, got others; give other stocks, or a later time")
        return stock, phase

    def _time(self, row: int) -> str:
        return f"{self.stocks.index[row]:g}"


def _rest(change: _OfLogarithms, slope: _OfLogarithms, log: np.ndarray) -> np.ndarray | None:
    """Return where nothing changes near the logarithms given, or None (damped Newton steps)."""
    left = change(log)
    for _ in range(_STEPS):
        size = np.abs(left).max()
        if size < _NOUGHT or np.abs(log).max() >= _FAR:
            break
        try:
            step = np.linalg.solve(slope(log), -left)
        except np.linalg.LinAlgError:
            return None
        # a stock moves by a factor of e at most
        step /= max(1.0, np.abs(step).max())
        for part in 0.5 ** np.arange(8):
            left = change(log + part * step)
            if np.abs(left).max() < size:
                break
        else:
            return None
        log = log + part * step
    return log if np.abs(left).max() < _NOUGHT and np.abs(log).max() < _FAR else None


def _followed(change: _OfLogarithms, slope: _OfLogarithms, log: np.ndarray) -> np.ndarray:
    """Follow the stocks for a long time, which leads where a direct search from afar does not."""

    def far(_: float, x: np.ndarray) -> float:
        return _FAR - float(np.abs(x).max())

    far.terminal = True  # type: ignore[attr-defined]
    path = solve_ivp(lambda _, x: change(x), (0.0, _LONG), log, method="BDF", jac=lambda _, x: slope(x), events=far)
    return path.y[:, -1] if path.status == 0 else np.full(len(log), _FAR)
