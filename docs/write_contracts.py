"""Write the tables of ``tables.md`` from the contracts of input tables: ``python docs/write_contracts.py``."""

from pathlib import Path

from innoscape.data.contracts.input_tables import InputTable, input_tables

TARGET = Path(__file__).resolve().parent / "tables.md"
BEGIN, END = "<!-- tables: begin, written by docs/write_contracts.py -->\n", "<!-- tables: end -->\n"


def section(table: InputTable) -> str:
    """Describe one table: what a row is, its columns in order, and an example."""
    rows = [
        f"| `{c.name}` | {c.dtype} | {c.unit} | {'yes' if c.required else ''} | {c.example} "
        f"| {c.meaning.in_('en')} | {c.meaning.in_('zh')} |"
        for c in table.columns
    ]
    english = table.meaning.in_("en")
    head = [f"### {table.name}", "", f"{english[:1].upper()}{english[1:]}. {table.meaning.in_('zh')}。", ""]
    head += ["| column | type | unit | required | example | meaning | 含义 |", "|---|---|---|---|---|---|---|"]
    example = table.example.to_csv(index=False, lineterminator="\n")
    return "\n".join([*head, *rows, "", "```csv", f"{example}```", ""])


def page(text: str) -> str:
    """Return the page with its tables written anew."""
    before, rest = text.split(BEGIN)
    sections = "\n".join(section(table) for table in input_tables().values())
    return f"{before}{BEGIN}\n{sections}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
