"""Find which of the papers behind the shipped tables a study rests on, and cite each in full, once."""

import re
from collections.abc import Iterable
from functools import cache

from ...data import list_datasets, load
from .facts.rows import Row

__all__ = ["cite_inputs"]

_KEYS = re.compile(r"\s*\(full citations?: dataset sources, keys? ([^()]+)\)")
_ALL = re.compile(r"\bpapers (?:of|named in) .*dataset sources\b")


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
        ``works`` (rows of the papers with ``number``), ``numbers`` (source as written -> numbers of its papers),
        ``texts`` (source as written -> the same without the hint where to look), ``others`` (sources without a paper).

    Examples
    --------
    >>> given = "Ye and Wang (full citation: dataset sources, key ye)"
    >>> found = cite_inputs([{"dataset": "copatents", "source": given}])
    >>> [(work["number"], work["source"]) for work in found["works"]], list(found["texts"].values())
    ([(1, 'ye')], ['Ye and Wang'])
    """
    cited = {str(r["source"]): _shipped(r["dataset"]) for r in inputs if r["source"]}
    keys = {text: _keys(text) if shipped else set() for text, shipped in cited.items()}
    works = [work for work in _papers() if any(work["source"] in own for own in keys.values())] if keys else []
    number = {str(work["source"]): i for i, work in enumerate(works, 1)}
    return {
        "works": [{**work, "number": number[str(work["source"])]} for work in works],
        "numbers": {text: sorted(number[key] for key in own) for text, own in keys.items()},
        "texts": {text: _KEYS.sub("", text) if keys[text] else text for text in cited},
        "others": [text for text, own in keys.items() if not own],
    }


def _shipped(name: object) -> bool:
    return str(name) in set(list_datasets()["name"])


@cache
def _papers() -> tuple[Row, ...]:
    table = load("sources")
    return tuple(table.astype(object).where(table.notna(), None).to_dict(orient="records"))


def _keys(text: str) -> set[str]:
    """Find the papers a source names: by key, by DOI, by author and year, or all of them at once."""
    papers = {str(p["source"]): p for p in _papers()}
    if _ALL.search(text):
        return set(papers)
    named = {key for group in _KEYS.findall(text) for key in re.split(r"[,\s]+", group)}
    named |= {key for key, paper in papers.items() if paper["doi"] and str(paper["doi"]) in text}
    for key in papers:
        parts = re.fullmatch(r"([a-z]+)(\d+)", key)
        if parts and re.search(rf"\b{parts[1]} {parts[2]}\b", text, re.IGNORECASE):
            named.add(key)
    return named & papers.keys()
