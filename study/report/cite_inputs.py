"""Cite the papers behind the shipped tables that a study rests on, each in full, once."""

import re
from collections.abc import Iterable

from ...data import describe, list_datasets, load
from ...data.wording.catalogue import Text
from ..facts.rows import Row

__all__ = ["cite_inputs"]

# between the sources of a table, and in place of those beyond the first few
_BETWEEN, _MORE = re.compile("[,;]"), "…"


def cite_inputs(inputs: Iterable[Row]) -> Row:
    """List the papers that the inputs cite, numbered in the order of the catalog.

    Shipped tables are looked up, and keys of the dataset ``sources`` that a table of the study holds as its source, as
    the tables of a template do; whatever else users write of their own tables stands as they wrote it.

    Parameters
    ----------
    inputs : iterable of dict
        Rows with ``dataset`` and ``source``.

    Returns
    -------
    dict
        ``works`` (rows of the papers with ``number``), ``numbers`` (dataset -> numbers of its papers), ``credits``
        (dataset -> what to print beside them), ``others`` (sources without a paper), ``own`` (those of them that
        no shipped table has).

    Examples
    --------
    >>> found = cite_inputs([{"dataset": "copatents", "source": ""}, {"dataset": "mine.csv", "source": "my survey"}])
    >>> [(work["number"], work["source"]) for work in found["works"]], found["others"]
    ([(1, 'ye')], ['my survey'])
    """
    shipped = set(list_datasets()["name"])
    rows = {str(r["dataset"]): r["source"] or "" for r in inputs}
    known = {name: describe(name) for name in rows if name in shipped}
    table = load("sources")
    papers = table.astype(object).where(table.notna(), None).to_dict(orient="records")
    keys = {paper["source"] for paper in papers}
    cites = {name: about["cites"] for name, about in known.items()}
    rests = {name: "" if cites[name] else about["credit"] for name, about in known.items()}
    for name, source in rows.items():
        if name not in known:
            parts = [part.strip() for part in _BETWEEN.split(str(source))]
            cites[name] = list(dict.fromkeys(part for part in parts if part in keys))
            rest = [part for part in parts if part not in keys and part != _MORE]
            rests[name] = ", ".join(rest) if cites[name] else str(source)
    cited = {key for found in cites.values() for key in found}
    works = [paper for paper in papers if paper["source"] in cited]
    number = {work["source"]: i for i, work in enumerate(works, 1)}
    sources = {name: known[name]["credit"] if name in known else source for name, source in rows.items()}
    return {
        "works": [{**work, "number": number[work["source"]], "note": _note(work)} for work in works],
        "numbers": {name: sorted(number[key] for key in found) for name, found in cites.items()},
        "credits": sources,
        "others": list(dict.fromkeys(rest for rest in rests.values() if rest)),
        "own": list(dict.fromkeys(rest for name, rest in rests.items() if rest and name not in known)),
    }


def _note(work: Row) -> Text | None:
    return Text.of(en=work["note"], zh=work["note_zh"] or "") if work["note"] else None
