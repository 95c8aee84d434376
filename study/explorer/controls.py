"""Describe the verbs of scenarios to the page, which draws a control for every field."""

from dataclasses import asdict
from typing import Any

from ...data.wording.catalogue import text
from ..plan.misfits import lacked
from ..plan.schema import Study
from ..plan.study_verbs import STUDY_VERBS

__all__ = ["controls"]


def controls(study: Study) -> list[dict[str, Any]]:
    """Return every verb that moves something of a study, in the order in which the page applies them.

    Each has its words and its fields. What borders cost moves a siting alone, which the page does not show.
    """
    return [
        {
            "verb": name,
            **{word: text(f"verbs.{name}.{word}").to_dict() for word in ("title", "add", "meaning")},
            "fields": [
                {**asdict(one), "label": text(f"verbs.{name}.{one.name}").to_dict()}
                for one in verb.fields().values()
                if one.name != "start"
            ],
        }
        for name, verb in STUDY_VERBS.items()
        if verb.table != "borders" and lacked(study, verb.table) is None
    ]
