"""Cite the papers behind the shipped tables that a study rests on, each in full, once."""

from collections.abc import Iterable

from ...data import describe, list_datasets, load
from ...data.wording.catalogue import Text
from ..facts.rows import Row

__all__ = ["cite_inputs"]


def cite_inputs(inputs: Iterable[Row]) -> Row:
    """List the papers that the inputs cite, numbered in the order of the catalog.

    Only shipped tables are looked up: what users write of their own tables stands as they wrote it.

    Parameters
    ----------
    inputs : iterable of dict
        Rows with ``dataset`` and ``source``.

    Returns
    -------
    dict
        ``works`` (rows of the papers with ``number``), ``numbers`` (dataset -> numbers of its papers), ``credits``
        (dataset -> what to print beside them), ``others`` (sources without a paper).

    Examples
    --------
    >>> found = cite_inputs([{"dataset": "copatents", "source": ""}, {"dataset": "mine.csv", "source": "my survey"}])
    >>> [(work["number"], work["source"]) for work in found["works"]], found["others"]
    ([(1, 'ye')], ['my survey'])
    """
    shipped = set(list_datasets()["name"])
    rows = {str(r["dataset"]): r["source"] for r in inputs}
    known = {name: describe(name) for name in rows if name in shipped}
    cited = {key for about in known.values() for key in about["cites"]}
    table = load("sources") if cited else None
    papers = [] if table is None else table.astype(object).where(table.notna(), None).to_dict(orient="records")
    works = [paper for paper in papers if paper["source"] in cited]
    number = {work["source"]: i for i, work in enumerate(works, 1)}
    sources = {name: known[name]["credit"] if name in known else source for name, source in rows.items()}
    uncited = [str(s) for name, s in sources.items() if s and not (name in known and known[name]["cites"])]
    return {
        "works": [{**work, "number": number[work["source"]], "note": _note(work)} for work in works],
        "numbers": {name: sorted(number[key] for key in about["cites"]) for name, about in known.items()},
        "credits": sources,
        "others": list(dict.fromkeys(uncited)),
    }


def _note(work: Row) -> Text | None:
    return Text.of(en=work["note"], zh=work["note_zh"] or "") if work["note"] else None
