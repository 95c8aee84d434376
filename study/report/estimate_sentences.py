"""Say of estimated flows what they rest on and what they cannot know."""

from ...data.wording.catalogue import Text
from ..facts.rows import Row
from ..wording.markup import listed, tell
from ..wording.phrases import Words
from .numbers import number, percent

__all__ = ["estimate"]

# groups of centers that are named
_SHOWN = 4


def estimate(fact: Row, words: Words) -> list[Text]:
    """Return the sentences on one estimated network."""
    plan = fact["estimate"]
    said = [tell("report.estimate.margins" if plan.from_margins else "report.estimate.masses")]
    said += [_decay(row, words) for row in fact["parameters"]]
    if fact["within_share"] is not None:
        said.append(tell("report.estimate.within", share=percent(fact["within_share"], 1)))
    if fact["shared"]:
        said.append(tell("report.estimate.shared", groups=_groups([rows for _, rows in fact["shared"]], words)))
    if fact["alike"]:
        said.append(tell("report.estimate.alike", groups=_groups(fact["alike"], words)))
    if fact["both_ways"]:
        said.append(tell("report.estimate.both_ways"))
    return said


def _groups(groups: list[list[Row]], words: Words) -> Text:
    named = [words.few(sorted(row["place"] for row in rows)) for rows in groups]
    shown, more = listed(named[:_SHOWN], by="list.semicolon"), len(named) - _SHOWN
    return tell("list.and_more", names=shown, n=more, total=len(named)) if more > 0 else shown


def _decay(row: Row, words: Words) -> Text:
    key = f"report.estimate.{row['parameter']}"
    value = f"{row['value']:.4g}"
    if row["status"] != "fitted":
        return tell(f"{key}.assumed", value=value)
    numbers = {"value": value, "error": f"{row['standard_error']:.2g}", "low": f"{row['low']:.4g}"}
    numbers |= {"high": f"{row['high']:.4g}", "flows": number(row["n"], 0)}
    if row["fitted_to"] == "known":
        return tell(f"{key}.known", **numbers)
    return tell(f"{key}.fitted", network=words.network_text(row["fitted_to"]), **numbers)
