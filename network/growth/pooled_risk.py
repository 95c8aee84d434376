"""Pool the risks of loans secured by intellectual property, and cut the pool into tranches."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ...data.errors import SizeError
from ...data.noise import draws, keys_of
from ...data.options import Wrong, check_columns, number_faults, refuse

__all__ = ["PooledRisk", "pooled_risk"]

# draws held at a time, and losses within this of one another, relative to the pool, count as one
_CHUNK, _SAME = 2_000_000, 1e-12
_MOST = 20_000_000_000


@dataclass(frozen=True, eq=False)
class PooledRisk:
    """What a pool of loans may lose.

    Attributes
    ----------
    summary : Series
        ``expected_loss``, ``standard_deviation``, ``value_at_risk`` and ``expected_shortfall`` at the confidence level,
        and ``any_loss`` (the chance of a loss at all); the first four as shares of what is lent.
    apart : DataFrame
        ``firm, exposure, expected_loss, standard_deviation, value_at_risk, expected_shortfall``: exact, of each loan
        alone, as shares of what it lends.
    tranches : DataFrame
        ``tranche, attach, detach, hit, expected_loss, wiped_out``: chance that losses reach the tranche, its expected
        loss as a share of it, chance that it is lost whole.
    losses : ndarray
        Loss of the pool in each run, as a share of what is lent.
    """

    summary: pd.Series
    apart: pd.DataFrame
    tranches: pd.DataFrame
    losses: np.ndarray = field(repr=False)


def pooled_risk(
    loans: pd.DataFrame,
    *,
    correlation: float = 0.1,
    tranches: Mapping[Hashable, float] | None = None,
    confidence_level: float = 0.99,
    runs: int = 10_000,
    seed: int = 0,
) -> PooledRisk:
    """Simulate the losses of a pool of loans to several firms, and of tranches that bear them in turn.

    A firm fails in a run where its standing falls below the level that its chance of default sets; standings of all
    firms share one normal factor (Vasicek 2002)::

        sqrt(correlation) * Z + sqrt(1 - correlation) * E[i]  <=  inverse normal of default[i]
        loss of the pool = sum of exposure[i] * (1 - recovery[i]) over those that fail / sum of exposure[i]

    Parameters
    ----------
    loans : DataFrame
        ``firm``, ``exposure`` (positive, in one unit), ``default`` (chance, 0 to 1); ``recovery`` (share that the
        pledged patents bring in after default, 0 to 1; 0 if the column is missing).
    correlation : float
        Of the standings, from 0 to 1.
    tranches : mapping, optional
        Name -> share of the pool up to which losses reach, rising to 1, the first to bear losses first. By default
        ``first loss`` 0.1, ``middle`` 0.3, ``senior`` 1.
    confidence_level : float
        Of value at risk (the smallest loss that is not exceeded with this chance) and of expected shortfall (mean loss
        in the worst 1 - confidence_level of runs).
    runs : int
    seed : int
        The draw of a firm in a run depends on the seed, the run and its name alone: pools with firms in common are
        compared on the same noise.

    Returns
    -------
    PooledRisk

    Raises
    ------
    TableError
        If a column is missing.
    OptionError
        If a number is outside its range, a firm stands twice, or tranches do not rise to 1.
    SizeError
        If firms times runs are more than 20 billion.

    Notes
    -----
    Limit cases, each tested:

    - equal loans without correlation: the number of defaults is binomial;
    - with correlation 1 and equal chances all fail together: pooling changes nothing;
    - many small loans: the share that fails follows Vasicek's distribution;
    - the expected loss of the pool is that of its loans, whatever the correlation; tranches weighted by their size add
      up to it.

    Ye and Wang (§3) propose to bundle the intellectual property of several small firms for finance, so that its cost
    and risk fall; they give no number.

    References
    ----------
    Vasicek (2002) *Risk* 15(12):160-162.

    Examples
    --------
    >>> firms = [f"firm {i}" for i in range(50)]
    >>> loans = pd.DataFrame({"firm": firms, "exposure": 1.0, "default": 0.05, "recovery": 0.4})
    >>> risk = pooled_risk(loans, correlation=0.1, tranches={"first loss": 0.1, "senior": 1.0})
    >>> risk.summary[["expected_loss", "value_at_risk"]].round(3).to_dict()
    {'expected_loss': 0.03, 'value_at_risk': 0.12}
    >>> float(risk.apart["value_at_risk"].iloc[0]), risk.tranches["hit"].round(3).tolist()
    (0.6, [0.815, 0.023])
    """
    check_columns(loans, "loans", ["firm", "exposure", "default"])
    cuts: dict[Hashable, float] = (
        {"first loss": 0.1, "middle": 0.3, "senior": 1.0} if tranches is None else dict(tranches)
    )
    firms = [str(name) for name in loans["firm"]]
    exposure, chance = loans["exposure"].to_numpy(), loans["default"].to_numpy()
    recovery = loans["recovery"].to_numpy() if "recovery" in loans else np.zeros(len(loans))

    def faults() -> Iterator[Wrong]:
        yield from number_faults("correlation", correlation, least=0.0, most=1.0)
        yield from number_faults("confidence_level", confidence_level, above=0.0, below=1.0)
        yield from number_faults("runs", runs, least=1, whole=True)
        yield from number_faults("seed", seed, whole=True)
        if not firms:
            yield "loans: needed at least one, got none"
        twice = sorted({name for name in firms if firms.count(name) > 1}) if len(set(firms)) < len(firms) else []
        if twice:
            yield f"loans: needed one row a firm, got several for {', '.join(twice)}"
        for name, lent, p, back in zip(firms, exposure, chance, recovery, strict=True):
            yield from number_faults(f"exposure of {name!r}", lent, above=0.0)
            yield from number_faults(f"default of {name!r}", p, least=0.0, most=1.0)
            yield from number_faults(f"recovery of {name!r}", back, least=0.0, most=1.0)
        for name, cut in cuts.items():
            yield from number_faults(f"tranche {name!r}", cut, above=0.0, most=1.0)
        ends = list(cuts.values())
        if not ends or ends != sorted(set(ends)) or ends[-1] != 1:
            yield f"tranches: needed shares that rise to 1, got {cuts!r}"

    refuse(faults())
    if len(firms) * runs > _MOST:
        raise SizeError(f"runs: needed at most {_MOST // len(firms)} for {len(firms)} firms, got {runs}")
    # the order of rows must not change a sum
    order = np.argsort(np.array(firms), kind="stable")
    sizes = (exposure / exposure.sum()).astype(float)[order]
    given, chances = (sizes * (1.0 - recovery.astype(float)[order])), chance.astype(float)[order]
    losses = _losses([firms[i] for i in order], given, chances, correlation, runs=runs, seed=seed)
    names = ["expected_loss", "standard_deviation", "value_at_risk", "expected_shortfall"]
    found = dict(zip(names, _moments(losses, confidence_level), strict=True))
    alone = np.array(
        [_alone(float(p), 1.0 - float(back), confidence_level) for p, back in zip(chance, recovery, strict=True)]
    )
    return PooledRisk(
        summary=pd.Series(found | {"any_loss": float((losses > 0).mean())}, name="pool"),
        apart=pd.DataFrame({"firm": firms, "exposure": exposure}).join(pd.DataFrame(alone, columns=names)),
        tranches=_tranches(losses, cuts),
        losses=losses,
    )


def _losses(
    firms: list[str], given: np.ndarray, chance: np.ndarray, correlation: float, *, runs: int, seed: int
) -> np.ndarray:
    keys, factor = keys_of(f"firm: {name}" for name in firms), keys_of(["common factor"])
    level = ndtri(chance)
    out = np.empty(runs)
    step = max(1, _CHUNK // len(firms))
    for begin in range(0, runs, step):
        rows = np.arange(begin, min(begin + step, runs))
        own = draws(seed, rows, keys)
        if correlation > 0:
            shared = ndtri(draws(seed, rows, factor))
            own = np.sqrt(correlation) * shared + np.sqrt(1.0 - correlation) * ndtri(own)
            failed = own <= level
        else:
            failed = own <= chance
        out[rows] = np.where(failed, given, 0.0).sum(axis=1)
    return out


def _moments(losses: np.ndarray, level: float) -> tuple[float, float, float, float]:
    """Return mean, standard deviation, value at risk and expected shortfall of equally likely losses."""
    ordered = np.sort(losses)
    at = min(max(int(np.ceil(level * len(ordered) - 1e-9)) - 1, 0), len(ordered) - 1)
    risk = ordered[at]
    # the mean of the worst 1 - level: what lies above, and of the rest of the share the value at risk itself
    worst = (1.0 - level) * len(ordered)
    above = ordered[at + 1 :]
    shortfall = (above.sum() + (worst - len(above)) * risk) / worst
    return float(losses.mean()), float(losses.std()), float(risk), float(shortfall)


def _alone(chance: float, lost: float, level: float) -> tuple[float, float, float, float]:
    """Return the same four of one loan, exactly."""
    risk = lost if chance > 1.0 - level + 1e-12 else 0.0
    return chance * lost, lost * np.sqrt(chance * (1.0 - chance)), risk, lost * min(1.0, chance / (1.0 - level))


def _tranches(losses: np.ndarray, cuts: Mapping[Hashable, float]) -> pd.DataFrame:
    ends = np.array(list(cuts.values()), dtype=float)
    begins = np.append(0.0, ends[:-1])
    borne = np.clip((losses[:, None] - begins) / (ends - begins), 0.0, 1.0)
    return pd.DataFrame(
        {
            "tranche": list(cuts),
            "attach": begins,
            "detach": ends,
            "hit": (losses[:, None] > begins + _SAME).mean(axis=0),
            "expected_loss": borne.mean(axis=0),
            "wiped_out": (losses[:, None] >= ends - _SAME).mean(axis=0),
        }
    )
