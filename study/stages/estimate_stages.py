"""Estimate what each stage of a run will take, from the sizes of its chain, before any of them begins.

Figures hold for compiled code on one common processor; what networks too large for all paths take is that of a sample.
"""

from collections.abc import Iterator, Mapping

from ...data import Fault, StudyError
from ...data.budget import MEMORY, MINUTES, Budget, Estimate, available_memory
from ...data.wording.catalogue import Text, text
from ..plan.schema import STUDY_FILE
from ..report.profile_paths import MOST_PROFILES
from .build_chain import Chain

__all__ = ["check_estimates", "estimate_stages"]

# a stage makes several calls, each within the budget
_CALLS = 4.0
# bytes that hold libraries and pages, whatever the sizes
_BASE = 6e7
# places times ties up to which all paths are followed, paths of a sample, and places up to which blocks are sought
_EXACT, _SAMPLE, _BLOCKS = 1e9, 500, 5000
# seconds: to load and compile for a stage, of a score drawn, of a path's tie, of a pair of places in a search, of a tie
_LOAD, _SCORED, _PATH, _PAIR, _TIE = 0.7, 1.5e-7, 2e-7, 2e-6, 2e-5
# seconds of a run for each pair of centers, with what is credited; of a flow drawn, and of a row of a table written
_SPREAD, _DRAWN, _WRITTEN = 3e-9, 3e-5, 8e-5
# seconds of a place on the map, of one in the report, and of a page of its own
_SHOWN, _LISTED, _PAGE = 4.5e-3, 1e-3, 0.06


def estimate_stages(chain: Chain) -> dict[str, Estimate]:
    """Return what each stage of a run will take, by its key: vary, measure, describe, spread, map, report.

    Stages that a study does not ask for are lacking.
    """
    return dict(_estimates(chain))


def check_estimates(estimates: Mapping[str, Estimate]) -> None:
    """Refuse stages that would take more than the budget, or more memory than is free; all of them at once.

    Raises
    ------
    StudyError
        What each would take, what there is, and the way out.
    """
    budget, free = Budget.current(), available_memory()
    most = min(budget.bytes, free if free is not None else budget.bytes)
    faults = []
    for stage, one in estimates.items():
        if one.bytes <= most and one.seconds <= budget.seconds * _CALLS:
            continue
        said = {
            "stage": stage_name(stage),
            "gigabytes": f"{one.bytes / 1e9:.2g}",
            "minutes": f"{one.seconds / 60:,.0f}",
            "most": f"{most / 1e9:.2g}",
            "longest": f"{budget.minutes * _CALLS:g}",
            "variables": f"{MEMORY}, {MINUTES}",
        }
        faults.append(Fault.of("faults.study.size", STUDY_FILE, **said))
    if faults:
        raise StudyError(faults)


def stage_name(stage: str) -> Text:
    """Return what a stage is called."""
    return text(f"command.stage.{stage}")


def _estimates(chain: Chain) -> Iterator[tuple[str, Estimate]]:
    study, inputs = chain.inputs.study, chain.inputs
    index, cells = study.index, inputs.indicators
    if index is not None and index.robustness is not None and cells is not None:
        units, indicators, runs = len(index.units), cells["indicator"].nunique(), index.robustness.runs
        seconds = runs * units * indicators * _SCORED + indicators * len(index.recipes) * 0.05
        yield "vary", Estimate(_BASE + 8.0 * runs * (6 * units + 3 * indicators), _LOAD + seconds)
    sizes = [
        (max(one.flows["source"].nunique(), one.flows["target"].nunique()), len(one.flows), shown)
        for years in chain.networks.by_year.values()
        for shown, one in zip([*[False] * (len(years) - 1), True], years.values(), strict=True)
    ]
    flows = sum(ties for _, ties, _ in sizes)
    if sizes:
        widest = max(ties for _, ties, _ in sizes)
        paths = sum(min(n * ties, _EXACT if n * ties <= _EXACT else _SAMPLE * ties) for n, ties, _ in sizes)
        yield "measure", Estimate(_BASE + 600.0 * widest + 400.0 * flows, _LOAD + paths * _PATH + flows * _TIE)
        shown = [(n, ties) for n, ties, last in sizes if last]
        blocks = max((n for n, _ in shown if n <= _BLOCKS), default=0)
        seconds = sum(min(n, 2000) ** 2 * _PAIR + ties * _TIE * 5 for n, ties in shown) + blocks**3 / 3e8
        yield "describe", Estimate(_BASE + 8.0 * 14 * blocks**2 + 600.0 * widest, _LOAD + seconds)
    centers, rows = len(chain.layers.centers), 0.0
    if study.diffusion is not None:
        options = study.diffusion
        simulated = 1 + len(study.scenarios)
        rows = float(centers) * simulated
        memory = 8.0 * centers**2 * (len(options.channels) + 3) * simulated + 24.0 * options.runs * rows
        seconds = _LOAD + options.runs * simulated * centers**2 * _SPREAD * (1 + len(options.channels))
        yield "spread", Estimate(_BASE + memory, seconds + 0.5 * len(study.scenarios))
    drawn = flows + rows + centers
    places = len({*chain.layers.centers["place"], *(index.units if index else [])})
    yield "map", Estimate(_BASE + 600.0 * drawn, 2 * _LOAD + drawn * _DRAWN + places * _SHOWN)
    seconds = drawn * _WRITTEN + places * _LISTED + min(places, MOST_PROFILES) * _PAGE
    yield "report", Estimate(2 * _BASE + 2000.0 * drawn, 3 * _LOAD + seconds)
