"""Make the layers that the map shows of the analyses of a study."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...data.wording.catalogue import Text, plain
from ...geo.maps.classes import ClassLayer
from ..facts.rows import indicator_names, place_names, weight_facts
from ..report.analysis_views import variable_names
from ..wording.phrases import Words
from .pattern_layers import pattern_layers
from .regression_layers import regression_layers
from .siting_layers import siting_layers

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["analysis_layers"]

_LAYERS: Mapping[str, Callable[["StudyResults", Callable[[str], Text]], Iterator[ClassLayer]]] = {
    "pattern": pattern_layers,
    "siting": siting_layers,
    "regression": regression_layers,
}


def analysis_layers(results: "StudyResults") -> list[ClassLayer]:
    """Return the layers of all analyses that a study asks for."""
    study, tables = results.study, results.shown
    indicators = indicator_names(weight_facts(tables, study.index.recipes[0].name if study.index else "main"))
    titles = {n.name: Text.of(en=n.title, zh=n.title_zh) for n in study.networks if n.title or n.title_zh}
    names = variable_names(study, indicators, Words(place_names(tables), {}, titles, study.tiers.order))

    def name_of(key: str) -> Text:
        return names.get(key) or plain(key)

    return [
        layer for key, make in _LAYERS.items() if getattr(study, key) is not None for layer in make(results, name_of)
    ]
