"""Say in one line what a place is, by its attributes and their classes."""

from collections.abc import Iterable

import pandas as pd

from ...data.options import check_columns
from ...data.places.keys import as_keys
from ...data.vocabulary import name_of, terms
from ...data.wording.catalogue import Text, join_texts, text
from .layer_columns import text_cells

__all__ = ["attribute_texts", "class_names"]


def class_names(attributes: pd.DataFrame) -> pd.Series:
    """Return the name of the class of each row: in each language the one given, else the other, else the class itself.

    Examples
    --------
    >>> table = pd.DataFrame({"attribute": "driver", "class": ["led_by_firms"]})
    >>> [class_names(one)[0].in_("zh") for one in (table, table.assign(name_zh="企业引领"))]
    ['led by firms', '企业引领']
    """
    english, chinese = (text_cells(attributes, f"name_{language}") for language in ("en", "zh"))
    bare = [str(one).replace("_", " ") for one in attributes["class"].tolist()]
    pairs = zip(english, chinese, bare, strict=True)
    return pd.Series([Text.of(en=en or zh or key, zh=zh or en or key) for en, zh, key in pairs], index=attributes.index)


def attribute_texts(attributes: pd.DataFrame, places: Iterable[str]) -> list[Text]:
    """Say the attributes of each place, those that the vocabulary knows first and in its order.

    Parameters
    ----------
    attributes : DataFrame
        ``place``, ``attribute``, ``class``; ``name_en``, ``name_zh`` of the classes where there are.
    places : iterable of str
        The places, in the order wanted.

    Returns
    -------
    list of Text
        One for each place, empty where it has no attribute.

    Raises
    ------
    TableError
        A column is lacking.

    Examples
    --------
    >>> table = pd.DataFrame({"place": "a", "attribute": ["sector", "role", "sector"], "class": ["x", "gateway", "y"]})
    >>> [str(said) for said in attribute_texts(table, ["a", "b"])]
    ['role: gateway; sector: x, y', '']
    """
    check_columns(attributes, "attributes", ("place", "attribute", "class"))
    known = list(terms("attributes"))
    own = attributes.assign(place=as_keys(attributes["place"]))
    wanted = [*places]
    own = own[own["place"].isin(wanted) & own["attribute"].notna()]
    held: dict[str, dict[str, list[Text]]] = {}
    for place, attribute, said in zip(own["place"].tolist(), own["attribute"].tolist(), class_names(own), strict=True):
        held.setdefault(place, {}).setdefault(str(attribute), []).append(said)
    order = {name: (known.index(name) if name in known else len(known), name) for one in held.values() for name in one}

    def said_of(classes: dict[str, list[Text]]) -> Text:
        lines = (
            text("list.attribute", name=name_of(one, "attributes"), classes=join_texts(classes[one]))
            for one in sorted(classes, key=order.__getitem__)
        )
        return join_texts(lines, by="list.semicolon")

    return [said_of(held.get(place, {})) for place in wanted]
