"""Make the layer of the map that shows what a regression leaves unexplained."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...data.vocabulary import terms
from ...data.wording.catalogue import Text, text
from ...geo.maps.classes import ClassLayer

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["regression_layers"]

# standard deviations between the classes, from the lowest
_BORDERS = (-2.0, -1.0, 1.0, 2.0)


def regression_layers(results: "StudyResults", name_of: Callable[[str], Text]) -> Iterator[ClassLayer]:
    """Give the layer of the residuals of the main model.

    Parameters
    ----------
    results : StudyResults
    name_of : callable
        Variable -> what it is called.
    """
    own, plan = results.layers.get("residuals"), results.study.regression
    if own is None or plan is None:
        return
    order = [*terms("residuals")][::-1]
    step = np.searchsorted(_BORDERS, own["standardized"].to_numpy(dtype=float))
    classes = {kind: (term.name, term.color) for kind, term in terms("residuals").items()}
    fields = {
        "observed": (text("map.findings.own"), ""),
        "residual": (text("map.findings.residual"), ""),
        "standardized": (text("map.findings.standardized"), ""),
    }
    name = text("map.findings.residuals", variable=name_of(plan.outcome.key))
    yield ClassLayer(own.assign(step=[order[n] for n in step]), "step", classes, name, fields=fields)
