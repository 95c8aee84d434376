"""Draw the rooms and their topic folders from the imports of the code: ``python docs/draw_architecture.py``.

Each room is a frame, each topic folder (or module beside the folders) a box, each box stands one floor above what it
imports. A line runs from a box down to every box it imports within its room; lines implied by others are left out.
"""

import ast
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "architecture.svg"
ROOMS = ("data", "geo", "network", "study")
WIDTH, BOX, GAP, FLOOR, PAD = 1120, (112, 30), 14, 58, 18
STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1c2430}.room{fill:#f5f6f8;stroke:#d5dae1}"
    ".title{font-weight:650;font-size:14px}"
    ".box{fill:#fff;stroke:#566070}.small{fill:#566070;font-size:10px}.long{font-size:10px}.line{stroke:#9aa4b0;fill:none}"
    ".law{stroke:#14477a;stroke-width:2;fill:none}"
)


def box_of(parts: tuple[str, ...]) -> str:
    """Name the box of a module: its topic folder, or the module itself where it stands beside the folders."""
    return parts[1] if len(parts) > 1 else ""


def imports(path: Path) -> set[tuple[str, ...]]:
    """Return the modules of the package that a module imports, as parts of their names."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            module = (*base, *(node.module.split(".") if node.module else ()))
            found |= {module} if node.module else {(*module, alias.name) for alias in node.names}
    return found


def folders(room: str) -> dict[str, set[str]]:
    """Return the boxes of a room and which others each imports."""
    graph: dict[str, set[str]] = {}
    for path in sorted((ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] in {"__init__", "__main__"}:
            continue
        own = box_of(parts)
        graph.setdefault(own, set())
        for target in imports(path):
            other = box_of(target)
            if target[:1] == (room,) and other and other != own:
                graph[own].add(other)
    return {box: {other for other in graph[box] if other in graph} for box in graph}


def floors(graph: dict[str, set[str]]) -> list[list[str]]:
    """Stack the boxes: each one floor above the highest that it imports."""
    height: dict[str, int] = {}

    def rise(box: str, way: tuple[str, ...] = ()) -> int:
        if box in way:
            raise SystemExit(f"a cycle of folders: {' -> '.join((*way, box))}")
        if box not in height:
            height[box] = 1 + max((rise(other, (*way, box)) for other in sorted(graph[box])), default=-1)
        return height[box]

    for box in sorted(graph):
        rise(box)
    return [sorted(box for box in height if height[box] == level) for level in range(max(height.values()) + 1)]


def reduced(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out lines that follow from others."""

    def below(box: str) -> set[str]:
        return graph[box] | {deep for other in graph[box] for deep in below(other)}

    return {box: {o for o in graph[box] if not any(o in below(via) for via in graph[box])} for box in graph}


def draw_room(room: str, left: float, top: float, width: float) -> tuple[str, float]:
    """Draw one room; return its markup and its height."""
    graph = folders(room)
    per_row = max(1, int((width - 2 * PAD + GAP) // (BOX[0] + GAP)))
    rows = [row[i : i + per_row] for row in reversed(floors(graph)) for i in range(0, len(row), per_row)]
    height = 30 + len(rows) * FLOOR
    middle: dict[str, tuple[float, float]] = {}
    for level, row in enumerate(rows):
        span = len(row) * BOX[0] + (len(row) - 1) * GAP
        for place, box in enumerate(row):
            x = left + (width - span) / 2 + place * (BOX[0] + GAP) + BOX[0] / 2
            middle[box] = (x, top + 30 + level * FLOOR + BOX[1] / 2 + 6)
    out = [f'<rect class="room" x="{left}" y="{top}" width="{width}" height="{height}" rx="6"/>']
    out.append(f'<text class="title" x="{left + PAD}" y="{top + 20}">{room}</text>')
    for box, others in sorted(reduced(graph).items()):
        for other in sorted(others):
            (x0, y0), (x1, y1) = middle[box], middle[other]
            half = BOX[1] / 2
            bend = f"C{x0:g} {y0 + half + 16:g} {x1:g} {y1 - half - 16:g} {x1:g} {y1 - half:g}"
            out.append(f'<path class="line" d="M{x0:g} {y0 + half:g}{bend}"/>')
    for box, (x, y) in middle.items():
        count = len(list((ROOT / room / box).rglob("*.py"))) - len(list((ROOT / room / box).rglob("__init__.py")))
        out.append(
            f'<rect class="box" x="{x - BOX[0] / 2:g}" y="{y - BOX[1] / 2:g}" width="{BOX[0]}" height="30" rx="3"/>'
        )
        size = ' class="long"' if len(box) > 16 else ""
        out.append(f'<text{size} x="{x:g}" y="{y + (0 if count else 4):g}" text-anchor="middle">{escape(box)}</text>')
        if count:
            word = "module" if count == 1 else "modules"
            out.append(f'<text class="small" x="{x:g}" y="{y + 11:g}" text-anchor="middle">{count} {word}</text>')
    return "\n".join(out), height


def draw() -> str:
    """Draw the house: data below, geo and network side by side above it, study on top."""
    side = (WIDTH - 3 * PAD) / 2
    heights = {
        room: draw_room(room, 0, 0, side if room in {"geo", "network"} else WIDTH - 2 * PAD)[1] for room in ROOMS
    }
    middle = max(heights["geo"], heights["network"])
    tops = [PAD, PAD + heights["study"] + 40, PAD + heights["study"] + 40 + middle + 40]
    out = [
        draw_room("study", PAD, tops[0], WIDTH - 2 * PAD)[0],
        draw_room("geo", PAD, tops[1], side)[0],
        draw_room("network", 2 * PAD + side, tops[1], side)[0],
        draw_room("data", PAD, tops[2], WIDTH - 2 * PAD)[0],
    ]
    for room, x in (("geo", PAD + side / 2), ("network", 2 * PAD + 1.5 * side)):
        ends = (tops[0] + heights["study"], tops[1]), (tops[1] + heights[room], tops[2])
        out += [f'<path class="law" d="M{x:g} {a:g}V{b - 6:g}m-5 -6l5 8l5 -8"/>' for a, b in ends]
    high = tops[2] + heights["data"] + PAD
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high:g}" width="{WIDTH}" height="{high:g}">'
    label = "<title>Rooms and topic folders; each box stands above what it imports</title>"
    return "\n".join([head, label, f"<style>{STYLE}</style>", *out, "</svg>", ""])


if __name__ == "__main__":
    TARGET.write_text(draw(), encoding="utf-8", newline="\n")
