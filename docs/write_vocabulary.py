"""Write the page of the words that tables, maps and reports share: ``python docs/write_vocabulary.py``."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "vocabulary.md"
HEAD = """\
# Words of tables, maps and reports

Tables of results contain the word under "key"; pages show its name in the language of the reader. Tiers are listed
from the highest to the lowest, statuses from the most to the least certain. `docs/write_vocabulary.py` writes this
page from `data/vocabulary.toml`.
"""


def table(name: str, words: dict[str, dict[str, str]]) -> str:
    """Return the words of one kind as a table, with color and mark where they have any."""
    more = [column for column in ("color", "mark") if any(column in word for word in words.values())]
    lines = [
        f"\n## {name.replace('_', ' ').capitalize()}\n",
        "| " + " | ".join(["key", "English", "中文", *more]) + " |",
    ]
    lines.append("|---" * (3 + len(more)) + "|")
    for key, word in words.items():
        cells = [word.get(column, "") for column in more]
        shown = [f"`{cell}`" if cell.startswith("#") else cell for cell in cells]
        lines.append("| " + " | ".join([f"`{key}`", word["en"], word["zh"], *shown]) + " |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return the page."""
    words = tomllib.loads((ROOT / "data" / "vocabulary.toml").read_text(encoding="utf-8"))
    named = {
        name: kind for name, kind in words.items() if all(isinstance(w, dict) and "en" in w for w in kind.values())
    }
    return HEAD + "".join(table(name, kind) for name, kind in named.items())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
