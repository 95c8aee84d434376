"""Lead what is said of several networks in by the title of each."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from ...data.methods import ChosenMethod
from ...data.wording.catalogue import Text, text
from ..plan.schema import Network

__all__ = ["Describe", "lead_networks"]

# turns a chosen method, and what leads it in, into an entry
Describe: TypeAlias = Callable[..., Any]


def lead_networks(chosen: Sequence[tuple[Network, Iterable[ChosenMethod]]], describe: Describe) -> list[Any]:
    """Return an entry for every method of every network, the first led in by the title where there are several."""
    found = []
    for network, methods in chosen:
        title = Text.of(en=network.title or network.name, zh=network.title_zh)
        lead = text("methods.about.network", network=title) if len(chosen) > 1 else None
        first, *others = methods
        found += [describe(first, lead=lead), *map(describe, others)]
    return found
