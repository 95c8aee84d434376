"""Keep the attributes of places and test which of them go together, tiers among them."""

import itertools

import pandas as pd

from ...geo import class_matrix, cross_table
from ...geo.space.attribute_texts import class_names
from ..plan.inputs import Inputs, Tables
from .place import Layers

__all__ = ["cross_attributes"]

# fewer places than this show no association that chance could not
_LEAST_PLACES = 6


def cross_attributes(inputs: Inputs, layers: Layers) -> Tables:
    """Return the tables ``attributes`` and ``attribute_tests``; none where the study has no table of attributes.

    Every two attributes are crossed of which at least six places have one class each, and which have two classes or
    more among these; the tier of the centers is one of the attributes.
    """
    given = inputs.attributes
    if given is None:
        return {}
    names = class_names(given)
    table = given.assign(class_en=[one.in_("en") for one in names], class_zh=[one.in_("zh") for one in names])
    table = table.reindex(
        columns=["place", "attribute", "class", "class_en", "class_zh", "kind", "evidence", "year", "status"]
    )
    for at, column in enumerate(("name_en", "name_zh"), 1):
        table.insert(at, column, table["place"].map(inputs.names[column]))
    tiers = layers.tiers["tier"].astype(str).rename("class").rename_axis("place").reset_index()
    plain = [table[["place", "attribute", "class"]]]
    if "tier" not in set(table["attribute"]):
        plain.append(tiers.assign(attribute="tier"))
    crossed = pd.concat(plain, ignore_index=True)
    single = {name: held for name in sorted(set(crossed["attribute"])) if (held := _single(crossed, name)) is not None}
    rows = []
    for one, other in itertools.combinations(single, 2):
        both = single[one].index.intersection(single[other].index)
        if len(both) < _LEAST_PLACES or any(single[name][both].nunique() < 2 for name in (one, other)):
            continue
        found = cross_table(crossed[crossed["place"].isin(both)], one, other)
        rows.append(
            {
                "one": one,
                "other": other,
                "places": found.places,
                "test": found.test,
                "p_value": found.p_value,
                "chi_square": found.chi_square,
                "degrees_of_freedom": found.degrees_of_freedom,
                "cramers_v": found.cramers_v,
            }
        )
    return {"attributes": table, **({"attribute_tests": pd.DataFrame(rows)} if rows else {})}


def _single(table: pd.DataFrame, attribute: str) -> pd.Series | None:
    """Return the class of each place, or nothing for an attribute of which places may have several."""
    held = class_matrix(table, attribute)
    return None if (held.sum(axis=1) > 1).any() else held.idxmax(axis=1)
