"""Read which place contains which.

``part_of`` is a tree: each place names the one that directly contains it. ``member_of`` names further containers, which
may overlap: the Greater Bay Area holds nine cities of Guangdong and neither contains the other.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

import pandas as pd

from ..errors import Fault, TableError
from ..options import check_known_places
from .keys import key_text

__all__ = ["SEPARATOR", "container", "nested_pairs", "overlapping_pairs", "shown_way", "with_memberships"]


# between the containers of a place
SEPARATOR = ";"
# places of a way that are named
_SHOWN = 12


def _outers(places: pd.DataFrame) -> dict[str, list[str]]:
    """Return the direct containers of every place, that of the tree first."""
    found: dict[str, list[str]] = {}
    names = places["place"].tolist()
    for column in ("part_of", "member_of"):
        if column not in places:
            continue
        for name, container in zip(names, places[column].tolist(), strict=True):
            outer = key_text(container)
            if outer is None or (place := key_text(name)) is None:
                continue
            listed = outer.split(SEPARATOR) if column == "member_of" else [outer]
            found.setdefault(place, []).extend(key for one in listed if (key := one.strip()))
    return found


def _texts(keys: Iterable[object]) -> set[str]:
    return {key for given in keys if (key := key_text(given)) is not None}


def _containers(place: str, outers: dict[str, list[str]]) -> Iterator[str]:
    """Walk outwards, the nearest containers first; raise where the way comes back."""
    inner_of: dict[str, str | None] = {place: None}
    ahead = deque([place])
    while ahead:
        inner = ahead.popleft()
        for outer in outers.get(inner, ()):
            if outer not in inner_of:
                inner_of[outer] = inner
                ahead.append(outer)
                yield outer
            elif outer in (way := [*_way_to(inner, inner_of)]):
                said = shown_way([*reversed(way), outer])
                raise TableError([Fault.of("faults.places.tree", "places", column="part_of", way=said)])


def shown_way(way: Sequence[str]) -> str:
    """Write places one after another, of a long way the first and the last alone.

    Examples
    --------
    >>> shown_way(["Nanshan", "Shenzhen", "Guangdong"])
    'Nanshan -> Shenzhen -> Guangdong'
    """
    told = way if len(way) <= _SHOWN else [*way[: _SHOWN - 2], "\u2026", way[-1]]
    return " -> ".join(told)


def _way_to(place: str, inner_of: dict[str, str | None]) -> Iterator[str]:
    """Walk back inwards to where a walk began."""
    at: str | None = place
    while at is not None:
        yield at
        at = inner_of[at]


def container(
    place_keys: Iterable[Hashable], places: pd.DataFrame, among: Iterable[Hashable], *, include_self: bool = False
) -> pd.Series:
    """Find the place of a set that contains each place.

    ``part_of`` and ``member_of`` are climbed from the place outwards; the first key of ``among`` met on the way is the
    answer, that of the tree before those of ``member_of`` where both are as near.

    Parameters
    ----------
    place_keys : iterable of str
        Keys to ask for. Numeric codes are written as text, so 420100.0 is 420100.
    places : pandas.DataFrame
        Places contract with ``part_of``, ``member_of`` or both.
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
    outers, wanted = _outers(places), _texts(among)
    check_known_places("among", wanted, _texts(places["place"].tolist()).union(*outers.values()))
    keys = [str(key_text(key)) for key in place_keys]
    answers = []
    for key in keys:
        way = [key, *_containers(key, outers)] if include_self else list(_containers(key, outers))
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
        Places contract with ``part_of``, ``member_of`` or both.

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
    outers = _outers(places)
    return sorted((inner, outer) for inner in sorted(wanted) for outer in _containers(inner, outers) if outer in wanted)


def overlapping_pairs(keys: Iterable[Hashable], places: pd.DataFrame) -> list[tuple[str, str, list[str]]]:
    """List the pairs of places that share others, while neither contains the other.

    Parameters
    ----------
    keys : iterable of str
        Keys to compare.
    places : pandas.DataFrame
        Places contract with ``part_of``, ``member_of`` or both.

    Returns
    -------
    list of tuple
        (one, other, places in both), sorted; of places in both that contain one another the outermost.

    Raises
    ------
    TableError
        If containers run in a circle.

    Examples
    --------
    >>> from innoscape.data import load
    >>> overlapping_pairs(["广东", "粤港澳", "福建"], load("places"))[0][:2]
    ('广东', '粤港澳')
    """
    wanted, outers = _texts(keys), _outers(places)
    nested = {frozenset(pair) for pair in nested_pairs(wanted, places)}
    shared: dict[tuple[str, str], list[str]] = {}
    for place in sorted(outers):
        within = sorted(wanted.intersection(_containers(place, outers)))
        for pair in combinations(within, 2):
            if frozenset(pair) not in nested:
                shared.setdefault(pair, []).append(place)
    return [
        (*pair, [place for place in held if {*held}.isdisjoint(_containers(place, outers))])
        for pair, held in sorted(shared.items())
    ]


def with_memberships(places: pd.DataFrame, memberships: pd.DataFrame) -> pd.DataFrame:
    """Write a table of ``place`` and ``container`` into the column ``member_of`` of the places.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["Guangzhou", "Bay Area", "South"]})
    >>> pairs = pd.DataFrame({"place": ["Guangzhou"] * 2, "container": ["South", "Bay Area"]})
    >>> with_memberships(places, pairs)["member_of"].tolist()
    ['Bay Area; South', nan, nan]
    """
    added = memberships.groupby("place")["container"].agg(list).to_dict()
    own = dict(zip(places["place"], places["member_of"], strict=True)) if "member_of" in places else {}
    joined: list[str | None] = []
    for place in places["place"]:
        given = own.get(place)
        held = [one.strip() for one in given.split(SEPARATOR)] if isinstance(given, str) else []
        further = sorted(set(added.get(place, [])) - set(held))
        joined.append(f"{SEPARATOR} ".join([*held, *further]) or None)
    return places.assign(member_of=pd.Series(joined, index=places.index, dtype="str"))
