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

Programs compute one measure in several ways and give it one name. This page lists every difference that is known, with
its reason. Without `convention=` a function takes the value under "here"; with it, options that are not given take the
values of that program:

```python
geo.local_autocorrelation(values, weights, convention="geoda")
network.centrality(graph, measures=["betweenness"], convention="ucinet")
geo.Recipe(normalize="minmax", convention="coinr")
```

- An option given beside a convention wins; where it differs, a warning says so.
- A convention that says nothing of a function, or of the method chosen, is refused; the error lists those that do.
- A name stands for the program's defaults in the version under "source". What a program asks in a dialog is said there.
- `innoscape.data.list_conventions()` is this page as a table. It is made of `data/conventions.toml` by
  `docs/write_conventions.py`; each row with an option is tested under "proved by": against numbers that the
  program gave (esda, igraph, inequality, libpysal, mapclassify, networkx, pointpats, pymcdm, sna, spdep), or, where it
  was not at hand, against known numbers or the formula in its documentation (ArcGIS, aspace, classInt, COINr,
  CrimeStat, DescTools, EconGeo, GeoDa, Stata, UCINET).
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
    return "\n".join([*lines, *(["No option leads to these numbers:", "", *others, ""] if others else [])])


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
