"""Write the tables of scenario verbs into the docs from their classes: ``python docs/write_verbs.py``."""

import re
from collections.abc import Iterator
from pathlib import Path

from innoscape.data.wording.catalogue import text
from innoscape.network import VERBS, VerbField
from innoscape.study.plan.study_verbs import STUDY_VERBS

DOCS = Path(__file__).resolve().parent
BLOCK = re.compile(r"(<!-- verbs -->\n).*?(<!-- end of verbs -->)", re.DOTALL)


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
        block = "\n".join(table) + "\n"
        yield DOCS / name, BLOCK.sub(lambda found, block=block: found[1] + block + found[2], page)


if __name__ == "__main__":
    for path, page in pages():
        path.write_text(page, encoding="utf-8")
