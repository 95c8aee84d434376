"""Read what places are, and which attributes go together, as facts a report can say."""

from collections.abc import Mapping

import pandas as pd

from ...data.vocabulary import terms
from .rows import Row, read_rows

__all__ = ["attribute_facts"]

# an attribute with more classes than this is listed by those that several places share
_MOST_CLASSES = 8
# chance alone passes one of the tests this often, all of them together (Bonferroni)
_LEVEL = 0.05


def attribute_facts(tables: Mapping[str, pd.DataFrame]) -> Row:
    """Gather the classes of each attribute with their places, the tests, and the clearest association.

    ``rows`` hold ``attribute``, ``class_en``, ``class_zh``, ``places`` (of which the most shared class comes first),
    ``many`` (whether its attribute has many classes) and ``assumed`` (whether all of it is).
    """
    known = list(terms("attributes"))
    held: dict[str, dict[str, list[Row]]] = {}
    for row in read_rows(tables, "attributes"):
        held.setdefault(str(row["attribute"]), {}).setdefault(str(row["class"]), []).append(row)
    rows = []
    for attribute in sorted(held, key=lambda name: (known.index(name) if name in known else len(known), name)):
        classes = held[attribute]
        least = 2 if len(classes) > _MOST_CLASSES else 1
        listed = sorted(classes.items(), key=lambda item: (-len(item[1]), item[0]))
        rows += [
            {
                "attribute": attribute,
                "class_en": own[0]["class_en"],
                "class_zh": own[0]["class_zh"],
                "places": sorted(str(row["place"]) for row in own),
                "many": least > 1,
                "assumed": all(row["status"] == "assumed" for row in own),
            }
            for _, own in listed
            if len(own) >= least
        ]
    tests = sorted(
        read_rows(tables, "attribute_tests"), key=lambda r: (r["p_value"], -r["cramers_v"], r["one"], r["other"])
    )
    clear = [row for row in tests if row["p_value"] * len(tests) < _LEVEL]
    return {"rows": rows, "tests": tests, "closest": clear[0] if clear else None}
