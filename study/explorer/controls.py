"""Describe the verbs of scenarios to the page, which draws a control for every field."""

from dataclasses import asdict
from typing import Any

from ...data.wording.catalogue import text
from ..plan.study_verbs import STUDY_VERBS

__all__ = ["controls"]


def controls() -> list[dict[str, Any]]:
    """Return every verb in the order in which a scenario of the page applies them, with its words and fields."""
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
    ]
