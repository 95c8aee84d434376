"""Name the shapes by which an estimated flow falls with cost, and the ways of making margins add up."""

import numpy as np

from ...data.methods import Method

__all__ = ["BALANCES", "FITS", "SHAPES", "TOTALS", "WITHIN", "log_decay"]

_START = "x<sub>ij</sub> ∝ O<sub>i</sub> D<sub>j</sub>"
_FITTED = ("deming1940", "csiszar1975")
SHAPES: dict[str, Method] = {
    "power": Method(f"{_START} d<sub>ij</sub><sup>−α</sup>", (*_FITTED, "wilson1971")),
    "exponential": Method(f"{_START} e<sup>−β d<sub>ij</sub></sup>", (*_FITTED, "wilson1971")),
    "tanner": Method(f"{_START} d<sub>ij</sub><sup>−α</sup> e<sup>−β d<sub>ij</sub></sup>", (*_FITTED, "tanner1961")),
    "none": Method(_START, _FITTED),
}
BALANCES: dict[str, Method] = {
    "raise": Method("Σ<sub>i</sub> O<sub>i</sub> = Σ<sub>j</sub> D<sub>j</sub>"),
    "scale_in": Method("D<sub>j</sub> ← D<sub>j</sub> Σ O / Σ D"),
    "scale_out": Method("O<sub>i</sub> ← O<sub>i</sub> Σ D / Σ O"),
    "rest_of_world": Method("D<sub>0</sub> − O<sub>0</sub> = Σ O − Σ D"),
}
# where totals come from, what stays within places, and what a decay is fitted to
TOTALS: dict[str, Method] = {
    "margins": Method("Σ<sub>j</sub> x<sub>ij</sub> = O<sub>i</sub>, Σ<sub>i</sub> x<sub>ij</sub> = D<sub>j</sub>"),
    "scores": Method("O<sub>i</sub> ∝ D<sub>i</sub> ∝ S<sub>r</sub> w<sub>i</sub> / Σ<sub>k in r</sub> w<sub>k</sub>"),
    "indicators": Method(
        "m<sub>r</sub> = Σ<sub>k</sub> w<sub>k</sub> x<sub>rk</sub> / Σ<sub>s</sub> x<sub>sk</sub>, "
        "O<sub>i</sub> ∝ m<sub>r</sub> w<sub>i</sub> / Σ<sub>j in r</sub> w<sub>j</sub>"
    ),
}
WITHIN: dict[str, Method] = {
    "decay": Method("d<sub>ii</sub> = ½ min<sub>j≠i</sub> d<sub>ij</sub>"),
    "share": Method("x<sub>ii</sub> = s min(O<sub>i</sub>, D<sub>i</sub>)"),
    "table": Method("x<sub>ii</sub> = W<sub>i</sub>"),
}
FITS: dict[str, Method] = {
    "network": Method("E y<sub>ij</sub> = exp(a<sub>i</sub> + b<sub>j</sub>) f(d<sub>ij</sub>)", ("santossilva2006",)),
    "known": Method("max Σ<sub>k</sub> y<sub>k</sub> log x<sub>k</sub>(α) − x<sub>k</sub>(α)", ("santossilva2006",)),
}


def log_decay(cost: np.ndarray, decay: str, exponent: float, rate: float) -> np.ndarray:
    """Return the logarithm of the decay at each cost, minus infinite where nothing can flow."""
    finite = np.isfinite(cost)
    known = np.where(finite, cost, 1.0)
    logs = np.zeros_like(known)
    if decay in {"power", "tanner"}:
        logs -= exponent * np.log(known)
    if decay in {"exponential", "tanner"}:
        logs -= rate * known
    return np.where(finite, logs, -np.inf)
