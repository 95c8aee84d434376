"""Run a study from its tables to its results folder."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import pandas as pd

from ...data import Fault, InnoscapeWarning, StudyError, TableError
from ...data.budget import Estimate
from ...data.contracts.results import check_results, typed_results
from ...data.options import check_choice, check_number
from ...data.places.both_names import both_names
from ...data.wording.catalogue import Text, text
from ..plan.assumed import assumptions
from ..plan.diffusion_fit import fitted_keys
from ..plan.faults_together import FaultsTogether
from ..plan.inputs import Inputs, Tables, read_inputs
from ..plan.read import read_study
from ..plan.salvage import salvage
from ..plan.schema import STUDY_FILE, Study
from ..results.study_results import StudyResults
from ..wording.notices import Notice, notice_table, ranked_notices
from .analyze import analyze
from .analyzed import Analyzed
from .build_chain import Chain, build_chain
from .check_places import check_places
from .estimate_costs import with_costs_assumed
from .estimate_stages import check_estimates, estimate_stages
from .estimated_flows import estimate_tables
from .fit_gravities import fit_gravities
from .place import doubt_centers
from .score_places import index_tables, scored_year
from .spread import assumed_receptivity, plan_spread, spread_knowledge

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["STAGES", "bundled_study", "check", "run"]

Stage = Literal["score", "centrality", "simulate", "map"]
STAGES: tuple[str, ...] = get_args(Stage)
_Say = Callable[[Text], None]
_Estimated = Callable[[Mapping[str, Estimate]], None]
# what each stage to run up to adds
_ADDED: dict[str, tuple[str, ...]] = {
    "score": ("vary",), "centrality": ("measure", "describe"), "simulate": ("spread",), "map": ("map", "report"),
}  # fmt: skip


def _stage(name: str) -> Text:
    return text(f"command.stage.{name}")


def bundled_study() -> Study:
    """Return the study that ships with innoscape: the innovation centers of China.

    Examples
    --------
    >>> bundled_study().diffusion.seeds
    ['北京']
    """
    return read_study(Path(str(files("innoscape.study") / "china")))


def check(study: Study | str | Path, *, strict: bool = False, say: _Say = lambda _: None) -> Inputs:
    """Validate a study without running it: tables, names, and whether every stage fits its inputs.

    Scores, tiers, networks, rates and fits are built once; nothing is varied, measured, simulated or drawn.

    Parameters
    ----------
    study : Study, str or Path
        A study or its folder.
    strict : bool
        Whether warnings count as faults.
    say : callable
        Told of each stage as it begins.

    Returns
    -------
    Inputs

    Raises
    ------
    StudyError, TableError, OptionError
        With every fault that can be found.

    Examples
    --------
    >>> len(check(bundled_study()).places)
    156
    """
    say(_stage("plan"))
    with _noting([], strict=True) if strict else nullcontext():
        plan, found = _read(study)
        chain = _build(plan, found, strict=strict, say=say)
        _check_rest(chain, found)
        found.done()
    return chain.inputs


def _build(plan: Study, found: FaultsTogether, *, strict: bool, say: _Say) -> Chain:
    """Read the tables of a study and build its chain; what has faults is lacking in it."""
    say(_stage("tables"))
    inputs = read_inputs(plan, strict=strict, found=found)
    say(_stage("chain"))
    chain = build_chain(inputs, found=found)
    say(_stage("centers"))
    with found.noted():
        doubt_centers(inputs, chain.layers)
        check_places(chain)
    return chain


def _check_rest(chain: Chain, found: FaultsTogether) -> None:
    """Note the faults of what follows from a chain."""
    with found.noted():
        fit_gravities(chain.inputs, chain.observed, found)
    analyze(chain, found)
    if chain.inputs.study.diffusion is not None and not found.under("centers"):
        with found.noted():
            plan_spread(chain, found)


def run(
    study: Study | str | Path | None = None,
    out: str | Path | None = None,
    *,
    runs: int | None = None,
    until: Stage = "map",
    strict: bool = False,
    say: _Say = lambda _: None,
    progress: Callable[[int, int], None] | None = None,
    estimated: _Estimated = lambda _: None,
) -> StudyResults:
    """Run a study: score, place, connect, simulate, map and report.

    Parameters
    ----------
    study : Study, str or Path, optional
        A study or its folder; the bundled one when missing.
    out : str or Path, optional
        Results folder; nothing is written when missing.
    runs : int, optional
        Simulation runs, instead of the study's.
    until : {"score", "centrality", "simulate", "map"}
        Last stage; pages are made by ``map`` only.
    strict : bool
        Whether warnings count as faults.
    say : callable
        Told of each stage as it begins.
    progress : callable, optional
        Told (finished, all) steps of measures of networks and simulation runs, stage by stage.
    estimated : callable
        Told, before the work begins, what each stage will take: stage -> `Estimate`.

    Returns
    -------
    StudyResults

    Raises
    ------
    StudyError, TableError, OptionError
        If the study cannot be run, a stage would take more than the budget (see `innoscape.data.Budget`), or an option
        is outside its choices or limits.
    OutputError
        If the folder cannot be written.

    Examples
    --------
    >>> results = run(until="score")
    >>> results.tables["scores"].loc[:2, "place"].tolist()
    ['长三角', '京津冀', '粤港澳']
    """
    check_choice("until", until, STAGES)
    if runs is not None:
        check_number("runs", runs, least=1, whole=True)
    if out is None:
        return _run(study, runs, until, strict=strict, say=say, progress=progress, estimated=estimated)[0]
    # a check writes nothing
    from ..results.claim_folder import claim_folder
    from ..results.write_results import write_results

    with claim_folder(Path(out)):
        results, pages = _run(study, runs, until, strict=strict, say=say, progress=progress, estimated=estimated)
        say(_stage("write"))
        return replace(results, folder=write_results(results, out, pages=pages))


def _run(
    study: Study | str | Path | None,
    runs: int | None,
    until: Stage,
    *,
    strict: bool,
    say: _Say,
    progress: Callable[[int, int], None] | None,
    estimated: _Estimated,
) -> tuple[StudyResults, dict[str, str]]:
    """Compute what a study asks for, and draw its pages if it goes that far."""
    stages = STAGES[: STAGES.index(until) + 1]
    doubts: list[Notice] = []
    told: tuple[Notice, ...] = ()
    say(_stage("plan"))
    with _noting(doubts, strict=strict):
        plan, found = _read(bundled_study() if study is None else study)
    if runs is not None and plan.diffusion is not None:
        plan = plan.model_copy(update={"diffusion": plan.diffusion.model_copy(update={"runs": runs})})
    with _noting(doubts, strict=strict):
        chain = _build(plan, found, strict=strict, say=say)
        if found.faults:
            _check_rest(chain, found)
            found.done()
        inputs = chain.inputs
        wanted = {one for stage in stages for one in _ADDED[stage]}
        costs = {stage: cost for stage, cost in estimate_stages(chain).items() if stage in wanted}
        check_estimates(costs)
        estimated(costs)
        say(_stage("vary"))
        tables = chain.tables | index_tables(inputs, chain.found_scores) | _varied(chain) | _attributes(chain)
        analyzed = Analyzed({})
        if "centrality" in stages:
            analyzed = _connected(chain, say=say, progress=progress)
            tables |= analyzed.tables
        if "simulate" in stages and plan.diffusion is not None:
            say(_stage("spread"))
            spread, told = spread_knowledge(chain, progress=progress)
            tables |= spread
    notices = ranked_notices([*doubts, *chain.networks.notices, *told])
    results = _results(chain, tables, analyzed.layers, notices, connected="centrality" in stages)
    check_results(results.tables)
    if until != "map":
        return results, {}
    say(_stage("map"))
    from .draw import draw_pages

    late: list[Notice] = []
    with _noting(late, strict=strict):
        results, pages = draw_pages(inputs, results, say=lambda: say(_stage("report")))
    notices = ranked_notices([*results.notices, *late])
    return replace(
        results, notices=notices, tables={**results.tables, "notices": notice_table(notices, _names(inputs))}
    ), pages


def _connected(chain: Chain, *, say: _Say, progress: Callable[[int, int], None] | None) -> Analyzed:
    """Measure the networks of a chain, and run the analyses that the study asks for."""
    # measures rest on libraries that a check need not load
    from .describe import describe_structure
    from .follow_networks import follow_networks
    from .measure import measure_networks

    inputs, networks = chain.inputs, chain.networks
    say(_stage("measure"))
    tables = measure_networks(inputs, networks, progress=progress) | estimate_tables(networks, inputs)
    tables |= follow_networks(inputs, networks) | fit_gravities(inputs, networks)
    say(_stage("describe"))
    tables |= describe_structure(chain, progress=progress)
    found = analyze(chain)
    return Analyzed(tables | found.tables, found.layers)


def _varied(chain: Chain) -> Tables:
    # a check varies nothing
    from .follow_scores import follow_scores
    from .vary_scores import vary_scores

    return vary_scores(chain.inputs) | follow_scores(chain.inputs, chain.tables.get("scores"))


def _attributes(chain: Chain) -> Tables:
    # tests of association rest on a library that a check need not load
    from .cross_attributes import cross_attributes

    return cross_attributes(chain.inputs, chain.layers)


@contextmanager
def _noting(doubts: list[Notice], *, strict: bool) -> Iterator[None]:
    """Note warnings of ours as doubts, which are faults of a strict run; let others through."""
    found, failed = FaultsTogether(), None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        try:
            yield
        except (StudyError, TableError) as error:
            failed = error
            found.faults += error.faults
    for warning in caught:
        if isinstance(warning.message, InnoscapeWarning):
            doubt = Notice.of(warning.message)
            # stages that read the same table have the same to say of it
            if doubt not in doubts:
                doubts.append(doubt)
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if failed is not None and not strict:
        # who gets the faults gets the doubts as well
        failed.doubts = tuple(doubts)
        raise failed
    if strict:
        found.faults += [Fault.of("faults.study.doubted", STUDY_FILE, doubt=doubt.plain) for doubt in doubts]
        found.done()


def _read(study: Study | str | Path) -> tuple[Study, FaultsTogether]:
    """Read a study file; where it has faults, what is sound of it is checked on, so that all faults come together."""
    if isinstance(study, Study):
        return study, FaultsTogether()
    try:
        return read_study(study), FaultsTogether()
    except StudyError:
        sound = salvage(study)
        if sound is None:
            raise
        return sound.study, FaultsTogether(sound)


def _results(
    chain: Chain, tables: Tables, found: "dict[str, gpd.GeoDataFrame]", notices: tuple[Notice, ...], *, connected: bool
) -> StudyResults:
    from ..results.write_results import versions

    inputs, layers, study = chain.inputs, chain.layers, chain.inputs.study
    # an assumed tier of a place that has one from elsewhere has no effect
    used = layers.tiers.index[layers.tiers["tier_source"] == "assumed"]
    kept = {place: tier for place, tier in study.centers.assumed_tiers.items() if place in used}
    effective = study.model_copy(update={"centers": study.centers.model_copy(update={"assumed_tiers": kept})})
    effective = with_costs_assumed(effective, tables.get("estimate_parameters"))
    assumed = assumptions(
        effective,
        receptivity=assumed_receptivity(chain) if "arrivals" in tables else {},
        fitted=fitted_keys(study, tables.get("fitted")),
    )
    listed = pd.DataFrame(
        [(a.key, str(a.value), str(a.meaning), a.origin and str(a.origin)) for a in assumed],
        columns=["key", "value", "meaning", "idea_from"],
    )
    tables = {
        **typed_results(tables),
        **_scored_cells(inputs),
        "centers": layers.described,
        "assumptions": listed,
        "inputs": inputs.record,
        "matches": inputs.matches,
        "notices": notice_table(notices, _names(inputs)),
    }
    return StudyResults(
        study=study,
        tables=tables,
        layers={name: one for name, one in layers.drawn.items() if len(one) or name == "centers"} | found,
        graphs=chain.networks.graphs if connected else {},
        earlier_graphs=chain.networks.earlier_graphs if connected else {},
        assumed=assumed,
        notices=notices,
        index_year=chain.index_year,
        network_years=chain.networks.shown_years,
        manifest={
            "study": study.model_dump(mode="json"),
            "inputs": inputs.record.to_dict("records"),
            "assumed": listed.to_dict("records"),
            "versions": versions(),
        },
    )


def _names(inputs: Inputs) -> dict[str, Text]:
    pairs = ((str(place), both_names(place, en, zh)) for place, en, zh in inputs.names.itertuples())
    return {place: Text.of(en=en, zh=zh) for place, (en, zh) in pairs}


def _scored_cells(inputs: Inputs) -> dict[str, pd.DataFrame]:
    """Return the indicator cells that the scores rest on, in the order of the framework."""
    index = inputs.study.index
    if index is None or inputs.indicators is None or inputs.framework is None:
        return {}
    order = {name: i for i, name in enumerate(inputs.framework.indicators)}
    cells = inputs.indicators
    cells = cells[cells["place"].isin(index.units) & cells["indicator"].isin(list(order))]
    if index.panel == "none" and (year := scored_year(inputs)) is not None:
        cells = cells[cells["year"] == year]
    cells = cells.sort_values(["indicator", "place"], key=lambda c: c.map(order) if c.name == "indicator" else c)
    return {"indicators": cells.reset_index(drop=True), "framework": inputs.framework.table}
