"""Read which place contains which: ``part_of`` is a tree, each place names the one that directly contains it."""

from collections.abc import Hashable, Iterable, Iterator

import pandas as pd

from ..errors import Fault, TableError
from ..options import check_known_places
from .keys import as_keys, key_text

__all__ = ["container", "nested_pairs"]


def _parents(places: pd.DataFrame) -> dict[str, str]:
    if "part_of" not in places:
        return {}
    known = pd.DataFrame({"place": as_keys(places["place"]), "part_of": as_keys(places["part_of"])}).dropna()
    return dict(zip(known["place"], known["part_of"], strict=True))


def _texts(keys: Iterable[object]) -> set[str]:
    return {key for given in keys if (key := key_text(given)) is not None}


def _containers(place: str, parents: dict[str, str]) -> Iterator[str]:
    seen = [place]
    while (outer := parents.get(seen[-1])) is not None:
        if outer in seen:
            way = " -> ".join([*seen, outer])
            raise TableError([Fault.of("faults.places.tree", "places", column="part_of", way=way)])
        seen.append(outer)
        yield outer


def container(
    place_keys: Iterable[Hashable], places: pd.DataFrame, among: Iterable[Hashable], *, include_self: bool = False
) -> pd.Series:
    """Find the place of a set that contains each place.

    ``part_of`` is climbed from the place outwards; the first key of ``among`` met on the way is the answer.

    Parameters
    ----------
    place_keys : iterable of str
        Keys to ask for. Numeric codes are written as text, so 420100.0 is 420100.
    places : pandas.DataFrame
        Places contract with ``part_of``.
    among : iterable of str
        Keys that may answer, such as scopes; each a place of the table or what one is part of.
    include_self : bool, default False
        Whether a place that is itself in ``among`` counts as its own container.

    Returns
    -------
    pandas.Series
        Key of the container, indexed by place in the given order; missing where none contains it.

    Raises
    ------
    TableError
        If ``part_of`` runs in a circle.
    UnknownPlaceError
        If ``among`` names a place that the table does not hold.

    Examples
    --------
    >>> from innoscape.data import load
    >>> container(["石家庄", "郑州"], load("places"), ["京津冀", "长三角"]).to_dict()
    {'石家庄': '京津冀', '郑州': nan}
    """
    parents, wanted = _parents(places), _texts(among)
    check_known_places("among", wanted, _texts(places["place"]) | set(parents.values()))
    keys = [str(key_text(key)) for key in place_keys]
    answers = []
    for key in keys:
        way = [key, *_containers(key, parents)] if include_self else list(_containers(key, parents))
        answers.append(next((outer for outer in way if outer in wanted), None))
    return pd.Series(answers, index=pd.Index(keys, name="place", dtype="str"), name="container", dtype="str")


def nested_pairs(keys: Iterable[Hashable], places: pd.DataFrame) -> list[tuple[str, str]]:
    """List the pairs of which one place contains the other.

    Such places must not be scored, summed or ranked together. Nesting counts at any depth, also through places
    that are not among the keys.

    Parameters
    ----------
    keys : iterable of str
        Keys to compare.
    places : pandas.DataFrame
        Places contract with ``part_of``.

    Returns
    -------
    list of tuple of str
        Pairs (inner, outer), both among the keys, sorted.

    Raises
    ------
    TableError
        If ``part_of`` runs in a circle.

    Examples
    --------
    >>> from innoscape.data import load
    >>> nested_pairs(["北京", "京津冀", "辽宁", "东北", "福建"], load("places"))
    [('北京', '京津冀'), ('辽宁', '东北')]
    """
    wanted = _texts(keys)
    parents = _parents(places)
    return sorted((inner, outer) for inner in wanted for outer in _containers(inner, parents) if outer in wanted)
