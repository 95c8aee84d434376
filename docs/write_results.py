"""Write the tables of ``results.md`` from their contracts: ``python docs/write_results.py``."""

from pathlib import Path

from innoscape.data.contracts.results import ResultTable, result_tables

TARGET = Path(__file__).resolve().parent / "results.md"
BEGIN, END = "<!-- tables: begin, written by docs/write_results.py -->\n", "<!-- tables: end -->\n"
# tables of an index alone, which a results folder does not hold
ALONE = ("index_weights", "prepared")


def section(table: ResultTable) -> str:
    """Describe one table: what it holds, and its columns in order."""
    rows = [
        f"| `{c.name}` | {c.dtype} | {c.unit} | {c.meaning.in_('en')} | {c.meaning.in_('zh')} |" for c in table.columns
    ]
    english = table.meaning.in_("en")
    head = [f"### {table.name}", "", f"{english[:1].upper()}{english[1:]}. {table.meaning.in_('zh')}。", ""]
    return "\n".join([*head, "| column | type | unit | meaning | 含义 |", "|---|---|---|---|---|", *rows, ""])


def page(text: str) -> str:
    """Return the page with its tables written anew."""
    before, rest = text.split(BEGIN)
    sections = "\n".join(section(table) for name, table in result_tables().items() if name not in ALONE)
    return f"{before}{BEGIN}\n{sections}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
