"""Read Pajek's networks: vertices, arcs, edges, their lists and matrices, and several relations in one file."""

import re
from pathlib import Path

from .network_parts import NetworkFile, Relation, assemble, check_size, number_in
from .refuse_file import refusal
from .text_cells import decoded_text

__all__ = ["read_pajek"]

_TOKEN = re.compile(r'"([^"]*)"|(\S+)')
# *Arcs :2 "co-patents"
_RELATION = re.compile(r':\s*(\d+)(?:\s+"([^"]*)")?')
_SECTIONS = ("*network", "*vertices", "*arcs", "*edges", "*arcslist", "*edgeslist", "*matrix")


def read_pajek(file: Path) -> NetworkFile:
    """Read a ``.net`` file.

    Labels become places; the first two coordinates of vertices ``x`` and ``y``. Arcs have a direction, edges have none;
    what follows the value of a line (``w``, ``c Blue``) is drawing and is left out.

    Raises
    ------
    TableError
        If a line cannot be read, or a section is none of a network.
    """
    whole = decoded_text(file)
    found = _Pajek(file, whole)
    for row, line in enumerate(whole.split("\n"), 1):
        if (text := line.strip()) and not text.startswith("%"):
            found.take(row, text)
    return found.network()


class _Pajek:
    """What was read so far."""

    def __init__(self, file: Path, whole: str) -> None:
        self.file, self.whole, self.section, self.count, self.across = file, whole, "", 0, 0
        self.labels: dict[int, str] = {}
        self.at: dict[int, list[float]] = {}
        self.relations: dict[str, Relation] = {}
        self.relation = Relation()

    def take(self, row: int, text: str) -> None:
        if text.startswith("*"):
            self._open(row, text)
        elif self.section == "*vertices":
            self._vertex(row, text)
        elif self.section in _SECTIONS[2:]:
            self._link(row, [a or b for a, b in _TOKEN.findall(text)])
        elif self.section != "*network":
            raise refusal(self.file, "pajek", row=row, sections=list(_SECTIONS), got=text[:40])

    def _open(self, row: int, text: str) -> None:
        self.section = text.split(maxsplit=1)[0].split(":", maxsplit=1)[0].lower()
        if self.section not in _SECTIONS:
            raise refusal(self.file, "pajek", row=row, sections=list(_SECTIONS), got=text[:40])
        if self.section == "*vertices":
            sizes = text.split()[1:]
            if not sizes or not all(size.isdecimal() and len(size) < 20 for size in sizes):
                raise refusal(self.file, "pajek_count", row=row, got=text[:40])
            self.count = int(sizes[0])
            check_size(self.file, self.count, self.whole, row=row)
            return
        self.across = 0
        number = _RELATION.search(text)
        key = number[1] if number else ""
        name = (number[2] or number[1]) if number else ""
        self.relation = self.relations.setdefault(key, Relation(name))

    def _vertex(self, row: int, text: str) -> None:
        tokens = [a or b for a, b in _TOKEN.findall(text)]
        i = self._end(row, tokens[0])
        self.labels[i] = tokens[1] if len(tokens) > 1 else tokens[0]
        try:
            self.at[i] = [float(token) for token in tokens[2:4]]
        except ValueError:
            # a shape or a color in place of coordinates
            self.at[i] = []

    def _end(self, row: int, token: str) -> int:
        if not token.isdecimal() or len(token) >= 20 or not 1 <= int(token) <= self.count:
            raise refusal(self.file, "network_end", row=row, got=token, n=self.count)
        return int(token)

    def _link(self, row: int, tokens: list[str]) -> None:
        links = self.relation.edges if self.section.startswith("*edges") else self.relation.arcs
        if self.section == "*matrix":
            self.across += 1
            if self.across > self.count or len(tokens) != self.count:
                raise refusal(self.file, "pajek_matrix", row=row, n=self.count, got=len(tokens))
            values = [number_in(self.file, row, token) for token in tokens]
            links += [(str(self.across), str(j), value) for j, value in enumerate(values, 1) if value]
        elif self.section.endswith("list"):
            first, *others = [self._end(row, token) for token in tokens]
            links += [(str(first), str(other), 1.0) for other in others]
        else:
            if len(tokens) < 2:
                raise refusal(self.file, "dl_link", row=row, got=" ".join(tokens))
            ends = [str(self._end(row, token)) for token in tokens[:2]]
            value = number_in(self.file, row, tokens[2]) if len(tokens) > 2 else 1.0
            links.append((ends[0], ends[1], value))

    def network(self) -> NetworkFile:
        if not self.count:
            raise refusal(self.file, "pajek_count", got="none")
        labels = [self.labels.get(i, str(i)) for i in range(1, self.count + 1)]
        if len(set(labels)) < len(labels):
            raise refusal(self.file, "network_twice")
        for one in self.relations.values():
            for links in (one.arcs, one.edges):
                links[:] = [(labels[int(a) - 1], labels[int(b) - 1], value) for a, b, value in links]
        places = [self.at.get(i, []) for i in range(1, self.count + 1)]
        drawn = all(len(point) == 2 for point in places)
        attributes = {axis: [point[k] for point in places] for k, axis in enumerate("xy")} if drawn else {}
        return assemble(labels, list(self.relations.values()), attributes)
