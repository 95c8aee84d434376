"""Find the parts of a study file that do not fit one another, each by its key path."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from pydantic_core import InitErrorDetails, PydanticCustomError

from ...data.errors import Fault
from ...data.options import nearest
from ...data.wording.catalogue import join_texts, text
from .fields import STUDY_FILE

__all__ = ["RESERVED", "TRAVELLED", "Key", "lacked", "misfit", "misfits"]

# names that tables of results give to what no scenario changes, and to what the explorer tries
RESERVED = ("baseline", "explored")
# tables whose changes the siting follows
TRAVELLED = ("costs", "borders")

Key: TypeAlias = tuple[str | int, ...]


def misfit(at: Key, key: str, **values: Any) -> InitErrorDetails:  # noqa: ANN401 - of any sentence
    """Return the error of a part that does not fit another, said by a fault of the catalogues."""
    fault = Fault.of(key, STUDY_FILE, **values)
    told = {"needed": fault.needed, "got": fault.got, "fix": fault.fix}
    return InitErrorDetails(type=PydanticCustomError("misfit", "needed {needed}", told), loc=at, input=str(fault.got))


def misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked here before it is whole
    """Find everything in a study that names what is not there or needs what is not given."""
    yield from _repeated(study)
    yield from _networks_named(study)
    yield from _sources_of_tiers(study)
    yield from _tables_changed(study)
    if study.index and not (study.tables.indicators and study.tables.framework):
        absent = [key for key in ("indicators", "framework") if not getattr(study.tables, key)]
        tables = join_texts((f"tables.{key}" for key in absent), by="faults.and")
        yield misfit(("index",), "faults.study.no_tables", tables=tables)
    if study.diffusion is None:
        yield from _without_diffusion(study)


def _without_diffusion(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    """Find scenarios that change more than the siting travels on, which nothing then follows from."""
    for s, scenario in enumerate(study.scenarios):
        beyond = sorted({step.verb for step in scenario.steps if study.siting is None or step.table not in TRAVELLED})
        if beyond:
            yield misfit(("scenarios", s), "faults.study.no_diffusion", verbs=join_texts(beyond))


def _repeated(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    for key, parts in (
        (("networks",), study.networks),
        (("scenarios",), study.scenarios),
        (("index", "recipes"), study.index.recipes if study.index else []),
    ):
        names = [part.name for part in parts]
        for i, name in enumerate(names):
            if name in names[:i]:
                yield misfit((*key, i, "name"), "faults.study.name_twice", got=repr(name))
    for i, scenario in enumerate(study.scenarios):
        if scenario.name in RESERVED:
            yield misfit(("scenarios", i, "name"), "faults.study.name_reserved", got=repr(scenario.name))


def _networks_named(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    have = [network.name for network in study.networks]
    wanted: list[tuple[Key, str]] = []
    for i, network in enumerate(study.networks):
        if network.estimate is None:
            continue
        at, estimate = ("networks", i, "estimate"), network.estimate
        named = [((*at, "known", k, "network"), known.network) for k, known in enumerate(estimate.known_list)]
        wanted += [(key, name) for key, name in named if name is not None]
        if estimate.fit_to is not None:
            wanted.append(((*at, "fit_to", "network"), estimate.fit_to.network))
    if study.diffusion and study.diffusion.tie_network:
        wanted.append((("diffusion", "tie_network"), study.diffusion.tie_network))
    if study.diffusion and study.diffusion.fit and study.diffusion.fit.flows:
        wanted.append((("diffusion", "fit", "flows"), study.diffusion.fit.flows))
    if study.tiers.flows:
        wanted.append((("tiers", "flows", "network"), study.tiers.flows.network))
    wanted += [((*at, "network"), step.network) for at, step in _steps(study) if getattr(step, "network", None)]
    for key, name in wanted:
        if name not in have:
            near = nearest(name, have)
            listed = (
                text("faults.advice.choose_from", names=join_texts(have)) if have else text("faults.advice.add_network")
            )
            fix = text("faults.advice.guess", name=near[0]) if near else listed
            yield misfit(key, "faults.study.network", got=repr(name), fix=fix)


def _steps(study: Any) -> Iterator[tuple[Key, Any]]:  # noqa: ANN401
    """Give every intervention with its place in the file."""
    for s, scenario in enumerate(study.scenarios):
        yield from ((("scenarios", s, *key), step) for key, step in scenario.located())


def _tables_changed(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    """Find interventions on tables that the study does not have."""
    tied = study.diffusion is not None and study.diffusion.tie_network is not None
    for at, step in _steps(study):
        fault = lacked(study, step.table)
        if step.table == "flows":
            # a network that the study lacks is told of by its name
            fault = None if step.network or tied else fault or "faults.study.no_network_changed"
        if fault:
            yield misfit(at, fault)


def lacked(study: Any, table: str) -> str | None:  # noqa: ANN401
    """Return the fault of a study without the table that a verb changes, or nothing where it has one."""
    if table == "indicators" and not study.index:
        return "faults.study.no_table_changed"
    if table == "borders" and not _bordered(study):
        return "faults.study.no_border_changed"
    if table == "flows" and not study.networks:
        return "faults.study.no_network_changed"
    return None


def _bordered(study: Any) -> bool:  # noqa: ANN401
    travel = study.siting.travel if study.siting else None
    return travel is not None and travel.border is not None and bool(travel.territories)


def _sources_of_tiers(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    key, sources = ("centers", "tiers"), study.centers.tier_sources
    if "scores" in sources and not study.index:
        yield misfit(key, "faults.study.no_scores")
    if "flows" in sources and not study.tiers.flows:
        yield misfit(key, "faults.study.no_flows")
    if study.tiers.flows:
        of = {network.name: network for network in study.networks}.get(study.tiers.flows.network)
        if of is not None and of.estimate is not None and not of.estimate.from_margins:
            yield misfit(("tiers", "flows", "network"), "faults.study.circular_tiers")
