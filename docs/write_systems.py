"""Write the table of ``systems.md`` from the pages in ``systems``: ``python docs/write_systems.py``."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent
TARGET = DOCS / "systems.md"
BEGIN, END = "<!-- systems: begin, written by docs/write_systems.py -->\n", "<!-- systems: end -->\n"
#: What a row says of itself: all that the source describes is computed, a part of it, or nothing and why.
STATES = ("Computed", "In part", "Told")
_ENTRY = re.compile(r"^### ([A-J]\d+) (.+?)\n\n(.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)
_CALL = re.compile(r"^>>> from innoscape\S* import (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class System:
    """One system of the sources: its id, name, state, what is shown, the functions used, and where it stands."""

    id: str
    name: str
    state: str
    shown: str
    calls: tuple[str, ...]
    page: Path
    text: str

    @property
    def order(self) -> tuple[str, int]:
        """Letter and number, which the rows follow."""
        return self.id[0], int(self.id[1:])

    @property
    def link(self) -> str:
        """The id, leading to its example."""
        slug = re.sub(r"[^\w\- ]", "", f"{self.id} {self.name}".lower()).replace(" ", "-")
        return f"[{self.id}](systems/{self.page.name}#{slug})"


def read(page: Path) -> list[System]:
    """Read the systems of one page; each opens with its state and what its example shows."""
    found = []
    for name, title, text in _ENTRY.findall(page.read_text(encoding="utf-8")):
        first = " ".join(text.split("\n\n")[0].split())
        state, _, shown = first.partition(": ")
        names = {word.strip() for line in _CALL.findall(text) for word in line.split(",")}
        calls = tuple(sorted(names - {"load"}))
        found.append(System(name, title, state.strip("*"), shown, calls, page, text))
    return found


def systems() -> list[System]:
    """Read all systems in the order of their ids."""
    found = [system for page in sorted((DOCS / "systems").glob("*.md")) for system in read(page)]
    return sorted(found, key=lambda system: system.order)


def row(system: System) -> str:
    """One row: id, name, state, what is shown, with which functions."""
    calls = ", ".join(f"`{name}`" for name in system.calls) or "-"
    return f"| {system.link} | {system.name} | {system.state.lower()} | {system.shown} | {calls} |"


def page(text: str) -> str:
    """Return the page with its table written anew."""
    found = systems()
    counts = ", ".join(f"{sum(s.state == state for s in found)} {state.lower()}" for state in STATES)
    table = ["| id | system | state | shown | functions |", "|---|---|---|---|---|", *map(row, found)]
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{len(found)} systems: {counts}.\n\n" + "\n".join(table) + f"\n\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
