"""Write the tables of scenario verbs and policy levers into the docs: ``python docs/write_verbs.py``."""

import re
from collections.abc import Iterator
from pathlib import Path

from innoscape.data import load
from innoscape.data.wording.catalogue import text
from innoscape.network import VERBS, VerbField, levers
from innoscape.study.plan.study_verbs import STUDY_VERBS

DOCS = Path(__file__).resolve().parent


def fields_of(verb: str) -> str:
    """List the fields of a verb with meaning, unit and limits, the start apart."""
    return "; ".join(_said(verb, one) for name, one in STUDY_VERBS[verb].fields().items() if name != "start")


def _said(verb: str, one: VerbField) -> str:
    notes = ", ".join(filter(None, (str(text(f"verbs.{verb}.{one.name}")), one.unit, one.limits, *one.choices)))
    return f"`{one.name}`{'' if one.required else '?'} ({notes})"


def pages() -> Iterator[tuple[Path, str]]:
    """Yield each page that holds a table of verbs, with the text that it should have."""
    changes = ["| verb | what it changes |", "|---|---|", *(f"| `{v}` | {text(f'verbs.{v}.meaning')} |" for v in VERBS)]
    numbers = ["| verb | fields |", "|---|---|", *(f"| `{v}` | {fields_of(v)} |" for v in STUDY_VERBS)]
    for name, table in (("diffusion.md", changes), ("study-file.md", numbers)):
        page = (DOCS / name).read_text(encoding="utf-8")
        page = written(page, "verbs", table)
        yield DOCS / name, written(page, "levers", levers_table()) if name == "study-file.md" else page


def written(page: str, block: str, table: list[str]) -> str:
    """Return a page with a table in place of what stands between the marks of a block."""
    marks = re.compile(rf"(<!-- {block} -->\n).*?(<!-- end of {block} -->)", re.DOTALL)
    return marks.sub(lambda found: found[1] + "\n".join(table) + "\n" + found[2], page)


def levers_table() -> list[str]:
    """List the levers with the numbers that each moves and the interventions that it stands for."""
    short = load("sources").set_index("source")["short"]
    rows = [["lever", "source", "what is done", "moves", "stands for", "`value`", "needs", "usual"], ["---"] * 8]
    for one in levers().to_dict("records"):
        source = f"{short[one['source']]} {one['at']}".strip()
        steps = "; ".join(f"`{step}`" for step in one["interventions"].split("; "))
        said = [one["meaning"], one["moves"], steps, f"{one['value']:g}", one["needs"] or "–", one["usual"] or "–"]
        rows.append([f"`{one['lever']}`", source, *said])
    return [f"| {' | '.join(row)} |" for row in rows]


if __name__ == "__main__":
    for path, page in pages():
        path.write_text(page, encoding="utf-8")
