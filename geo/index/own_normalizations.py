"""Take the normalizations that a framework names for its indicators into a recipe."""

from dataclasses import replace

from ...data.errors import OptionError
from ...data.framework import Framework
from ...data.options import name_faults, refuse
from ...data.wording.catalogue import text
from .normalize.by_indicator import listed_methods
from .recipe import Recipe

__all__ = ["with_own_normalizations"]


def with_own_normalizations(recipe: Recipe, framework: Framework) -> Recipe:
    """Return a recipe that normalizes by indicator with the methods of the framework's column ``normalize`` filled in.

    What the recipe says of an indicator goes before the column; any other recipe is returned as it is.

    Raises
    ------
    OptionError
        Neither names a method, or one names an indicator that the framework lacks.

    Examples
    --------
    >>> import pandas as pd
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["a", "b"], "normalize": ["rank", None]}))
    >>> with_own_normalizations(Recipe(normalize="by_indicator"), framework).step("normalize")
    ('by_indicator', {'methods': {'a': 'rank'}})
    """
    method, options = recipe.step("normalize")
    if method != "by_indicator":
        return recipe
    named = options.get("methods") or {}
    refuse(name_faults(named, framework.indicators, name="normalize.methods", among="indicators of the framework"))
    methods = {**listed_methods(framework), **named}
    if not methods:
        raise OptionError(text("faults.calls.own_normalizations.normalize_by_indicator_needs_methods"))
    return replace(recipe, normalize={**options, "method": method, "methods": methods})
