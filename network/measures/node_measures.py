"""Compute node measures of a network already read, those of paths exactly or from a sample of places."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...data.budget import Budget, require
from ...data.errors import OptionError
from ...data.options import check_number, name_faults, refuse
from ..flows.canonical import check_seed
from ..flows.ticks import Progress, Ticks
from ..flows.too_large import bytes_of, too_large
from . import neighborhoods as near
from . import spectral
from . import structural_holes as holes
from .paths import Paths
from .pivots import Pivots, Sums, added, draw_pivots, path_sums, seconds_each
from .ties import Ties

__all__ = [
    "ALL_MEASURES",
    "DAMPING",
    "EXACT_WORK",
    "FUNCTIONS",
    "NORMALIZED",
    "PATH_MEASURES",
    "SUGGESTED",
    "Factors",
    "Plan",
    "Scale",
    "Unreachable",
    "known_measures",
    "measured",
    "measured_from",
    "plan_paths",
]

# places times ties up to which all paths are followed unasked
EXACT_WORK = 1_000_000_000
# copies of the ties that engines and products hold, and seconds of a path's tie
_ARRAYS, _PATH = 32, 2e-8
SUGGESTED = 500
Unreachable = Literal["absent", "left_out", "n", "beyond", "infinite"]
Scale = Literal["length", "maximum", "sum"]
# measures of paths that are divided by what they could be at most
NORMALIZED = ("betweenness", "closeness", "harmonic")
# of PageRank, where nothing else is asked for
DAMPING = 0.85


@dataclass(frozen=True)
class Factors:
    """Damping of PageRank, attenuation of Katz, tuning of degree, and the options in which programs differ."""

    damping: float = 0.0
    attenuation: float = 0.0
    tuning: float = 1.0
    normalized: tuple[str, ...] = NORMALIZED
    unreachable: Unreachable = "absent"
    scale: Scale = "length"


_OfPaths = Callable[[Paths | Sums, np.ndarray, Ties, Factors], np.ndarray]


@dataclass(frozen=True)
class Plan:
    """From which places paths start (None: from all, exactly), and whom to tell of each step."""

    pivots: Pivots | None
    tick: Callable[[], None]


def plan_paths(
    ties: Ties, measures: list[str], *, readings: int, sample: int | None, seed: int, progress: Progress | None
) -> Plan:
    """Plan the work, or refuse what is too large; ``readings`` says how often paths are followed."""
    paths = [measure for measure in measures if measure in PATH_MEASURES]
    check_seed(seed)
    if sample is not None:
        check_number("sample", sample, least=2, whole=True)
    pivots = draw_pivots(ties.places, sample, seed) if sample is not None and paths else None
    if pivots is None and paths and ties.paths.work > EXACT_WORK * Budget.current().longer:
        raise _refused(ties, paths, readings)
    _check_size(ties, paths, readings if pivots is None else 0)
    if pivots is not None and "eccentricity" in paths and pivots.size < pivots.whole:
        raise OptionError(
            "eccentricity is a maximum, which a sample cannot estimate; leave it out, or pass sample=" + str(len(ties))
        )
    steps = len(pivots.batches) if pivots else len(paths)
    return Plan(pivots, Ticks(progress, len(measures) - len(paths) + readings * steps))


def _check_size(ties: Ties, paths: list[str], readings: int) -> None:
    """Refuse a network whose measures would take more memory, or whose paths more time, than is allowed."""
    require(
        f"centrality of {len(ties):,} places and {ties.weight.nnz // (1 if ties.directed else 2):,} ties",
        "leave measures out, or take the backbone first",
        memory=bytes_of(ties.weight.nnz, arrays=_ARRAYS),
        seconds=readings * len(paths) * ties.paths.work * _PATH if paths else 0.0,
    )


def known_measures(measures: Iterable[str], choices: tuple[str, ...]) -> list[str]:
    """Return the measures asked for, refusing those that are unknown."""
    wanted = [measures] if isinstance(measures, str) else list(measures)
    refuse(name_faults(wanted, choices, name="measures"))
    return wanted


def measured(ties: Ties, measures: list[str], factors: Factors, plan: Plan) -> dict[str, np.ndarray]:
    """Return the numbers of all places for each measure, and behind a sampled one its standard errors."""
    found: dict[str, np.ndarray] = {}
    paths = [measure for measure in measures if measure in PATH_MEASURES]
    pivots = plan.pivots
    parts = [] if pivots is None else path_sums(ties.paths, pivots, _sums_of(paths), plan.tick)
    for measure in measures:
        if pivots is None or measure not in PATH_MEASURES:
            found[measure] = FUNCTIONS[measure](ties, factors)
            plan.tick()
            continue
        found[measure], found[f"{measure}_error"] = measured_from(pivots, parts, measure, ties, factors)
    return found


def measured_from(
    pivots: Pivots, parts: list[Sums], measure: str, ties: Ties, factors: Factors | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return a measure of paths from the sums of each batch of pivots, and its standard error."""

    def of(kept: list[int]) -> np.ndarray:
        sums = added(parts, kept)
        return _OF_PATHS[measure](sums, sums.others, ties, factors or Factors())

    return pivots.estimate(of)


def _sums_of(paths: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys("between" if measure == "betweenness" else "distance" for measure in paths))


def _refused(ties: Ties, paths: list[str], readings: int) -> OptionError:
    """Time the paths from a few places, and say what those from all would take."""
    each = readings * seconds_each([ties.paths], lambda few: path_sums(ties.paths, few, _sums_of(paths)))
    return too_large(
        f"{', '.join(paths)}{' under both meanings of the weight' if readings > 1 else ''}",
        len(ties),
        ties.weight.nnz // (1 if ties.directed else 2),
        f"pass sample={SUGGESTED} to estimate {'it' if len(paths) == 1 else 'them'} with standard errors (about "
        f"{max(each * SUGGESTED, 1):.0f} seconds), "
        + ("say which weight_meaning holds, " if readings > 1 else "")
        + "leave measures out, take the backbone first, or pass as sample the number of places to compute all",
        seconds=each * len(ties),
        memory=bytes_of(ties.weight.nnz, arrays=16),
    )


def _betweenness(paths: Paths | Sums, others: np.ndarray, ties: Ties, factors: Factors) -> np.ndarray:
    pairs = np.maximum(others * (len(ties) - 2) / (1 if ties.directed else 2), 1)
    if "betweenness" in factors.normalized:
        return paths.between / pairs
    # a sample stands for all places
    return paths.between * (len(ties) - 1) / np.maximum(others, 1)


def _closeness(paths: Paths | Sums, others: np.ndarray, ties: Ties, factors: Factors) -> np.ndarray:
    reached, distance = paths.count, paths.distance
    missing = paths.farthest.max(initial=0.0) + 1.0 if factors.unreachable == "beyond" else len(ties)
    apart = (others, distance + (others - reached) * missing)
    above, below = {
        "absent": (reached**2, others * distance),
        "left_out": (reached, distance),
        "n": apart,
        "beyond": apart,
        "infinite": (np.where(reached == others, others, 0), distance),
    }[factors.unreachable]
    known = below > 0
    close = np.divide(above, below, out=np.zeros(len(ties)), where=known)
    if "closeness" in factors.normalized:
        return close
    counted = reached / np.maximum(others, 1) if factors.unreachable == "left_out" else 1.0
    return np.divide(close, counted * (len(ties) - 1), out=np.zeros(len(ties)), where=close > 0)


def _harmonic(paths: Paths | Sums, others: np.ndarray, ties: Ties, factors: Factors) -> np.ndarray:
    mean = paths.inverse / np.maximum(others, 1)
    return mean if "harmonic" in factors.normalized else mean * (len(ties) - 1)


_OF_PATHS: dict[str, _OfPaths] = {
    "betweenness": _betweenness,
    "closeness": _closeness,
    "harmonic": _harmonic,
    "eccentricity": lambda paths, *_: paths.farthest,
}
PATH_MEASURES = tuple(_OF_PATHS)


def _exact(measure: str) -> Callable[[Ties, Factors], np.ndarray]:
    return lambda ties, factors: _OF_PATHS[measure](ties.paths, np.asarray(len(ties) - 1), ties, factors)


def _eigenvector(ties: Ties, factors: Factors) -> np.ndarray:
    score = spectral.eigenvector(ties)
    whole = {"length": 1.0, "maximum": score.max(initial=0.0), "sum": score.sum()}[factors.scale]
    return score / (whole or 1.0)


def _degree_opsahl(ties: Ties, factors: Factors) -> np.ndarray:
    # an island has 0 neighbors, and 0 to a negative power is no number
    known = ties.degree > 0
    degree = np.where(known, ties.degree, 1.0)
    return np.where(known, degree ** (1.0 - factors.tuning) * ties.total**factors.tuning, 0.0)


FUNCTIONS: dict[str, Callable[[Ties, Factors], np.ndarray]] = {
    "degree": lambda ties, _: ties.degree,
    "strength": lambda ties, _: ties.total,
    "in_strength": lambda ties, _: ties.strength.sum(axis=0),
    "out_strength": lambda ties, _: ties.strength.sum(axis=1),
    "betweenness": _exact("betweenness"),
    "closeness": _exact("closeness"),
    "eigenvector": _eigenvector,
    "pagerank": lambda ties, factors: spectral.pagerank(ties, factors.damping),
    "harmonic": _exact("harmonic"),
    "eccentricity": _exact("eccentricity"),
    "hits_hub": lambda ties, _: spectral.hits(ties)[0],
    "hits_authority": lambda ties, _: spectral.hits(ties)[1],
    "katz": lambda ties, factors: spectral.katz(ties, factors.attenuation),
    "k_core": lambda ties, _: near.k_core(ties),
    "s_core": lambda ties, _: near.s_core(ties),
    "constraint": lambda ties, _: holes.constraint(ties),
    "effective_size": lambda ties, _: holes.effective_size(ties),
    "efficiency": lambda ties, _: holes.efficiency(ties),
    "clustering": lambda ties, _: near.clustering(ties),
    "clustering_barrat": lambda ties, _: near.clustering_barrat(ties),
    "clustering_onnela": lambda ties, _: near.clustering_onnela(ties),
    "neighbor_degree": lambda ties, _: near.average_neighbor_degree(ties),
    "neighbor_strength": lambda ties, _: near.average_neighbor_strength(ties),
    "degree_opsahl": _degree_opsahl,
}
ALL_MEASURES = tuple(FUNCTIONS)
