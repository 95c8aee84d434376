"""Maximize the likelihood of a spread whose hazards are sums of non-negative terms.

With a[e] what stood behind adoption e per unit of rate, and b the time at risk weighted alike::

    log L = sum over adoptions e of log(a[e] @ rate) - b @ rate

is concave in the rates. Distances, tacit shares and receptivity are searched around it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..model.channel import Channel
from .history import History

__all__ = ["Parameter", "Problem", "Solution", "has", "solve"]

_GRID = 9


def solve(
    a: np.ndarray, b: np.ndarray, *, weight: np.ndarray | None = None, offset: np.ndarray | float = 0.0
) -> tuple[np.ndarray, float]:
    """Maximize ``sum(weight * log(a @ x + offset)) - b @ x`` over x >= 0 by projected Newton steps.

    Returns x and the maximum; minus infinity where some row can have no hazard at all.
    """
    weight = np.ones(len(a)) if weight is None else weight
    total = float(weight.sum())
    if not b.size or not total:
        value = (
            np.log(offset + np.zeros(len(a))) @ weight if total and np.all(offset > 0) else (-np.inf if total else 0.0)
        )
        return np.zeros(b.size), float(value)
    # in units of expected events: x * b
    unit = a / b
    x = np.full(b.size, total / b.size)

    def height(x: np.ndarray) -> tuple[float, np.ndarray]:
        hazard = unit @ x + offset
        if not (hazard > 0).all():
            return -np.inf, hazard
        return float(weight @ np.log(hazard)) - float(x.sum()), hazard

    best, hazard = height(x)
    if not np.isfinite(best):
        return x / b, -np.inf
    for _ in range(200):
        share = weight / hazard
        slope = share @ unit - 1.0
        idle = (x <= 1e-9 * total) & (slope < 0)
        if (idle & (x > 0)).any():
            x = np.where(idle, 0.0, x)
            best, hazard = height(x)
            continue
        move = ~idle
        part = unit[:, move]
        curve = (part * (share / hazard)[:, None]).T @ part
        curve.flat[:: len(curve) + 1] += 1e-13 * np.trace(curve) + 1e-300
        step = np.zeros_like(x)
        step[move] = np.linalg.solve(curve, slope[move])
        if slope @ step <= 1e-15 * total and (x + step >= 0).all():
            x = x + step
            break
        found = _climb(height, x, step, slope, best)
        if found is None:
            # a multiplicative (EM) step does not lower the likelihood
            trial = x * (slope + 1.0)
            found = (*height(trial), trial)
            if not found[0] > best + 1e-14 * abs(best):
                break
        best, hazard, x = found
    return x / b, height(x)[0]


def _climb(
    height: Callable, x: np.ndarray, step: np.ndarray, slope: np.ndarray, best: float
) -> tuple[float, np.ndarray, np.ndarray] | None:
    """Go along the step, projected to x >= 0, as far as it rises enough."""
    size = 1.0
    for _ in range(30):
        trial = np.maximum(x + size * step, 0.0)
        value, hazard = height(trial)
        if value > best and value >= best + 1e-4 * float(slope @ (trial - x)):
            return value, hazard, trial
        size /= 2.0
    return None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the model: what kind, of which channel (or covariate), and between which bounds.

    Half-distances count as natural logarithms, effects of covariates per standard deviation.
    """

    name: str
    kind: str
    which: int | None
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Solution:
    """Numbers in the order of the parameters, and their log-likelihood."""

    numbers: np.ndarray
    height: float


@dataclass(frozen=True, eq=False)
class Problem:
    """The likelihood of one history under given channels.

    ``accept`` is the receptivity of each place besides the effects of traits. ``parameters`` holds one rate a channel
    and the external rate first (``linear`` of them), then what is searched.
    """

    history: History
    channels: tuple[Channel, ...]
    masks: np.ndarray
    cost: np.ndarray | None
    traits: np.ndarray
    accept: np.ndarray
    parameters: tuple[Parameter, ...]
    settled: tuple[tuple[np.ndarray, np.ndarray], ...] = field(init=False)

    def __post_init__(self) -> None:
        sums = tuple(self._sums(self._kernel(c, channel)) for c, channel in enumerate(self.channels))
        object.__setattr__(self, "settled", sums)

    @property
    def linear(self) -> int:
        """Number of rates: one a channel and the external one."""
        return len(self.channels) + 1

    @property
    def searched(self) -> tuple[Parameter, ...]:
        """The parameters that enter otherwise than as a rate."""
        return self.parameters[self.linear :]

    def _kernel(self, c: int, channel: Channel) -> np.ndarray:
        return self.masks[c] if self.cost is None else self.masks[c] * channel.weaken(self.cost)

    def _sums(self, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the kernel behind each event, and weighted by the time at risk for each place."""
        past = np.einsum("ei,ie->e", self.history.prior, kernel[:, self.history.event_at])
        return past, (kernel * self.history.exposure).sum(axis=0)

    def channels_at(self, theta: Sequence[float] | np.ndarray) -> tuple[Channel, ...]:
        """Return the channels with the searched numbers put in; rates stay."""
        changed = list(self.channels)
        for parameter, value in zip(self.searched, theta, strict=True):
            for c in self.reached(parameter):
                number = float(np.exp(value)) if parameter.kind == "half_distance" else float(np.clip(value, 0, 1))
                changed[c] = replace(changed[c], **{parameter.kind: number})
        return tuple(changed)

    def reached(self, parameter: Parameter) -> list[int]:
        """Return the channels that a searched parameter belongs to."""
        if parameter.kind == "trait":
            return []
        if parameter.which is not None:
            return [parameter.which]
        return [c for c, channel in enumerate(self.channels) if has(channel, parameter.kind)]

    def receptivity(self, theta: np.ndarray) -> np.ndarray:
        """Return the multiplier of each place's incoming rates."""
        effect = np.array([v for q, v in zip(self.searched, theta, strict=True) if q.kind == "trait"])
        return self.accept * np.exp(self.traits @ effect) if effect.size else self.accept

    def _pieces(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Channel, ...]]:
        """Return a (events x rates), time at risk by place (rates x n), receptivity, and the channels meant."""
        moving = {c for q in self.searched for c in self.reached(q)}
        channels = self.channels_at(theta) if moving else self.channels
        pieces = [
            self._sums(self._kernel(c, channel)) if c in moving else self.settled[c]
            for c, channel in enumerate(channels)
        ]
        accept = self.receptivity(theta)
        at = self.history.event_at
        a = np.column_stack([*(past * accept[at] for past, _ in pieces), np.ones(len(at))])
        by_place = np.array([*(held * accept for _, held in pieces), self.history.outside])
        return a, by_place, accept, channels

    def terms(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return a (events x rates) and b (rates)."""
        a, by_place, _, _ = self._pieces(theta)
        return a, by_place.sum(axis=1)

    def height(self, values: np.ndarray) -> float:
        """Return the log-likelihood."""
        a, b = self.terms(values[self.linear :])
        hazard = a @ values[: self.linear]
        return float(np.log(hazard).sum() - b @ values[: self.linear]) if (hazard > 0).all() else -np.inf

    def slope(self, values: np.ndarray) -> np.ndarray:
        """Return the derivative of the log-likelihood by every parameter."""
        rate, theta = values[: self.linear], values[self.linear :]
        a, by_place, accept, channels = self._pieces(theta)
        hazard = a @ rate
        found = np.empty(len(values))
        found[: self.linear] = (a / hazard[:, None]).sum(axis=0) - by_place.sum(axis=1)
        inside = hazard - rate[-1]
        trait = 0
        for p, parameter in enumerate(self.searched, start=self.linear):
            if parameter.kind == "trait":
                x = self.traits[:, trait]
                trait += 1
                found[p] = x[self.history.event_at] @ (inside / hazard) - (rate[:-1] @ by_place[:-1]) @ x
                continue
            found[p] = 0.0
            for c in self.reached(parameter):
                past, held = self._sums(self.masks[c] * _bend(channels[c], self.cost, parameter.kind))
                behind = past * accept[self.history.event_at]
                found[p] += rate[c] * ((behind / hazard).sum() - held @ accept)
        return found

    def maximize(self, fixed: Mapping[int, float], *, start: np.ndarray | None = None) -> Solution:
        """Maximize over all parameters but the fixed ones (position -> number).

        Without a start the half-distances are looked for on a coarse grid first.
        """
        k = self.linear
        free = [p for p in range(k, len(self.parameters)) if p not in fixed]
        theta = self.middle()
        for p in fixed:
            if p >= k:
                theta[p - k] = fixed[p]

        def at(point: np.ndarray) -> Solution:
            full = theta.copy()
            full[[p - k for p in free]] = point
            rate, height = self._rates(full, fixed)
            return Solution(np.concatenate([rate, full]), height)

        if not free:
            return at(np.zeros(0))
        bounds = [(self.parameters[p].low, self.parameters[p].high) for p in free]
        points = [start[free]] if start is not None else self._grid(free)
        first = max((at(point) for point in points), key=lambda s: s.height)
        scale = max(self.history.events, 1)

        def down(point: np.ndarray) -> tuple[float, np.ndarray]:
            here = at(point)
            if not np.isfinite(here.height):
                return 1e10, np.zeros(len(point))
            return -here.height / scale, -self.slope(here.numbers)[free] / scale

        from scipy.optimize import minimize

        found = minimize(
            down, first.numbers[free], jac=True, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-13, "gtol": 1e-9}
        )
        last = at(found.x)
        return last if last.height >= first.height else first

    def _rates(self, theta: np.ndarray, fixed: Mapping[int, float]) -> tuple[np.ndarray, float]:
        a, b = self.terms(theta)
        held = [p for p in range(self.linear) if p in fixed]
        loose = [p for p in range(self.linear) if p not in fixed]
        rate = np.zeros(self.linear)
        rate[held] = [fixed[p] for p in held]
        rate[loose], height = solve(a[:, loose], b[loose], offset=a[:, held] @ rate[held])
        return rate, height - float(b[held] @ rate[held])

    def middle(self) -> np.ndarray:
        """Return the searched numbers halfway between their bounds."""
        return np.array([(q.low + q.high) / 2 for q in self.searched])

    def _grid(self, free: list[int]) -> list[np.ndarray]:
        """Return points with one place in its range for all half-distances, and one for all tacit shares."""
        points = []
        for far in np.linspace(0.1, 0.9, _GRID):
            for tacit in (0.3, 0.9) if any(self.parameters[p].kind == "tacit_share" for p in free) else (0.0,):
                chosen = {"half_distance": far, "tacit_share": tacit}
                points.append(np.array([self._between(self.parameters[p], chosen) for p in free]))
        return points

    def _between(self, parameter: Parameter, chosen: Mapping[str, float]) -> float:
        if parameter.kind == "trait":
            return 0.0
        return parameter.low + chosen[parameter.kind] * (parameter.high - parameter.low)

    def information(self, values: np.ndarray, free: Sequence[int]) -> np.ndarray:
        """Return minus the second derivatives by the free parameters: the observed information."""
        k = self.linear
        a, _ = self.terms(values[k:])
        scaled = a / (a @ values[:k])[:, None]
        whole = np.zeros((len(values), len(values)))
        whole[:k, :k] = scaled.T @ scaled
        for p in free:
            if p < k:
                continue
            width = 1e-4 if self.parameters[p].kind != "tacit_share" else 1e-5
            up, down = values.copy(), values.copy()
            up[p] += width
            down[p] -= width
            row = -(self.slope(up) - self.slope(down)) / (2 * width)
            whole[p, :], whole[:, p] = row, row
        part = whole[np.ix_(free, free)]
        return (part + part.T) / 2


def has(channel: Channel, kind: str) -> bool:
    """Whether a channel has a rate, a half-distance or a tacit share to fit."""
    if kind == "half_distance":
        return channel.decay in {"exponential", "power"}
    return kind == "rate" or channel.decay != "none"


def _bend(channel: Channel, cost: np.ndarray | None, kind: str) -> np.ndarray:
    """Return the derivative of the decay factor by the logarithm of the half-distance or by the tacit share."""
    assert cost is not None  # noqa: S101 - what decays has costs
    if kind == "tacit_share":
        return replace(channel, tacit_share=1.0).weaken(cost) - 1.0
    assert channel.half_distance is not None  # noqa: S101
    relative = cost / channel.half_distance
    if channel.decay == "exponential":
        return channel.tacit_share * np.log(2.0) * relative * np.exp2(-relative)
    widen = 2.0 ** (1.0 / channel.exponent) - 1.0
    return (
        channel.tacit_share * channel.exponent * widen * relative * (1.0 + widen * relative) ** (-channel.exponent - 1)
    )
