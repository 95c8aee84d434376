"""Write the page on the numbers of other programs: ``python docs/write_conventions.py``."""

import inspect
from itertools import groupby
from pathlib import Path

import innoscape.data
import innoscape.geo
import innoscape.network
from innoscape.data.conventions import Difference, differences
from innoscape.geo.index.normalize.scale import NORMALIZERS

PAGE = Path(__file__).resolve().parent / "conventions.md"
_ROOMS = (innoscape.data, innoscape.geo, innoscape.network)
PROOFS = "tests/oracles/test_conventions.py"

_HEAD = """\
# Which number will I get?

Programs often compute different numbers under the same name. This page lists the known differences between innoscape
and other programs, with their reasons. With `convention=` a function uses the defaults of the named program for all
options that you do not give; without it, it uses the value after the word "here":

```python
geo.local_autocorrelation(values, weights, convention="geoda")
network.centrality(graph, measures=["betweenness"], convention="ucinet")
geo.Recipe(normalize="minmax", convention="coinr")
```

- If you give an option as well as a convention, your option is used; a warning says where the two differ.
- A convention that does not apply to a function, or to the chosen method, is an error; the message lists the
  conventions that apply.
- A convention means the defaults of the program in the version under "source". Where the program asks for a value in
  a dialog, "source" says so.
- `innoscape.data.list_conventions()` returns this page as a table. `docs/write_conventions.py` writes the page from
  `data/conventions.toml`.
- The test under "proved by" checks each row with an option. It compares with numbers from the program itself (esda,
  igraph, inequality, libpysal, mapclassify, networkx, pointpats, pymcdm, sna, spdep). Programs that were not
  available (ArcGIS, aspace, classInt, COINr, CrimeStat, DescTools, EconGeo, GeoDa, Stata, UCINET) are compared by
  published numbers or by the formula in their documentation.
"""


def page() -> str:
    """Return the text that the page should have."""
    parts = [_HEAD, _programs()]
    for function, rows in groupby(sorted(differences(), key=lambda one: one.function), key=lambda one: one.function):
        parts.append(_section(function, list(rows)))
    return "\n".join(parts)


def proof(row: Difference) -> str:
    """Return the file and the name of the test that proves a row."""
    return row.proved_by if "::" in row.proved_by else f"{PROOFS}::{row.proved_by}"


def _programs() -> str:
    known = {}
    for row in differences():
        if row.option:
            known.setdefault(row.program, []).append(row.function)
    lines = [f"| `{name}` | {_listed(known[name])} |" for name in sorted(known)]
    return "\n".join(["| `convention=` | functions |", "|---|---|", *lines, ""])


def _section(function: str, rows: list[Difference]) -> str:
    lines = [f"## {function}", ""]
    with_option = [row for row in rows if row.option]
    for (option, when), group in groupby(with_option, key=lambda row: (row.option, tuple(row.when.items()))):
        some = list(group)
        under = "".join(f", with `{name}={value!r}`" for name, value in when if "." not in option)
        lines += [f"**`{option}`**{under}; here {_default(function, option)}. {some[0].reason}", ""]
        lines += ["| program | value | source | proved by |", "|---|---|---|---|"]
        lines += [f"| `{r.program}` | {_value(r.value)} | {r.source} | `{proof(r).split('::')[1]}` |" for r in some]
        lines.append("")
    others = [f"- `{row.program}`: {row.value} ({row.source}). {row.reason}" for row in rows if not row.option]
    return "\n".join([*lines, *(["No option gives these numbers:", "", *others, ""] if others else [])])


def _default(function: str, option: str) -> str:
    if "." in option:
        _, method, option = option.split(".")
        return _value(inspect.signature(NORMALIZERS[method]).parameters[option].default)
    thing = next(getattr(room, function) for room in _ROOMS if function in room.__all__)
    return _value(inspect.signature(thing).parameters[option].default)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: `{one}`" for name, one in value.items())
    if value is None:
        return "by the method"
    if isinstance(value, list | tuple):
        return ", ".join(f"`{one}`" for one in value) or "none"
    return f"`{value}`"


def _listed(functions: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(functions))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
