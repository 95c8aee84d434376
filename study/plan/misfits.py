"""Find the parts of a study file that do not fit one another, each by its key path."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from pydantic_core import InitErrorDetails, PydanticCustomError

from ...data.options import nearest

__all__ = ["Key", "misfit", "misfits"]

Key: TypeAlias = tuple[str | int, ...]


def misfit(key: Key, needed: str, got: object, fix: str) -> InitErrorDetails:
    """Return the error of a part that does not fit another."""
    told = {"needed": needed, "got": str(got), "fix": fix}
    return InitErrorDetails(type=PydanticCustomError("misfit", "needed {needed}", told), loc=key, input=got)


def misfits(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study, which is checked here before it is whole
    """Find everything in a study that names what is not there or needs what is not given."""
    yield from _repeated(study)
    yield from _networks_named(study)
    yield from _sources_of_tiers(study)
    if study.index and not (study.tables.indicators and study.tables.framework):
        absent = [key for key in ("indicators", "framework") if not getattr(study.tables, key)]
        yield misfit(("index",), f"tables.{' and tables.'.join(absent)}", "none", "name them under [tables]")
    if study.scenarios and not study.diffusion:
        yield misfit(("scenarios",), "a section [diffusion]", "none", "add one, or remove the scenarios")


def _repeated(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    for key, parts in (
        (("networks",), study.networks),
        (("scenarios",), study.scenarios),
        (("index", "recipes"), study.index.recipes if study.index else []),
    ):
        names = [part.name for part in parts]
        for i, name in enumerate(names):
            if name in names[:i]:
                yield misfit((*key, i, "name"), "a name that is used once", repr(name), "give it another name")


def _networks_named(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    have = [network.name for network in study.networks]
    wanted: list[tuple[Key, str]] = []
    for i, network in enumerate(study.networks):
        if network.estimate is None:
            continue
        at = ("networks", i, "estimate")
        wanted += [((*at, "known", k, "network"), known.network) for k, known in enumerate(network.estimate.known)]
        if not study.index:
            yield misfit(at, "an index: the masses are the scores of the scopes", "none", "add a section [index]")
    if study.diffusion and study.diffusion.tie_network:
        wanted.append((("diffusion", "tie_network"), study.diffusion.tie_network))
    if study.tiers.flows:
        wanted.append((("tiers", "flows", "network"), study.tiers.flows.network))
    for key, name in wanted:
        if name not in have:
            near = nearest(name, have)
            listed = ", ".join(have) or "add a network first"
            yield misfit(key, "a network of this study", repr(name), f"did you mean {near[0]!r}?" if near else listed)


def _sources_of_tiers(study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    key, sources = ("centers", "tiers"), study.centers.tier_sources
    if "scores" in sources and not study.index:
        yield misfit(key, "an index, to take tiers from its scores", "none", "add a section [index]")
    if "flows" in sources and not study.tiers.flows:
        yield misfit(key, "a network, to take tiers from its flows", "none", "name it under [tiers.flows]")
    if study.tiers.flows:
        of = {network.name: network for network in study.networks}.get(study.tiers.flows.network)
        if of is not None and of.flows is None:
            fix = "name a network with a table of flows"
            yield misfit(("tiers", "flows", "network"), "flows that do not rest on tiers", "an estimated network", fix)
