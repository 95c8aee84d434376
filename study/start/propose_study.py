"""Propose the study that follows from files: which tables it rests on, what it scores, connects and fits."""

import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ...data import Gazetteer
from ...data.errors import MissingExtraError
from ...data.wording.catalogue import few, text
from ..wording.notices import Notice
from .draft import Draft
from .gather_tables import Gathered, gather_tables
from .locate_places import Locator, usual_gazetteer
from .propose_index import propose_index
from .propose_networks import propose_networks
from .propose_siting import propose_siting
from .propose_spread import propose_spread, propose_tiers

__all__ = ["propose_study"]

_FEW = 3


def propose_study(
    files: Iterable[str | Path], *, name: str = "study", gazetteer: Gazetteer | None = None, classes: int = 4
) -> Draft:
    """Look at files, recognize each, and draft the study that follows from them.

    Parameters
    ----------
    files : iterable of paths
        Raw exports, tables of any contract, yearbook sheets, files of areas.
    name : str
        Name of the study.
    gazetteer : Gazetteer, optional
        Where places are looked up; by default units of China and cities of the world (extra ``gazetteer``), else the
        shipped places.
    classes : int
        Number of tiers.

    Returns
    -------
    Draft
        Without a section ``tables`` where nothing in the files makes a study.

    Raises
    ------
    OptionError
        If no file is given.

    Examples
    --------
    >>> import tempfile
    >>> lines = ["city,rd,patents", "北京,9,8", "上海,7,6", "武汉,3,4", "西安,2,3"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "cities.csv")
    ...     _ = file.write_text(chr(10).join(lines), encoding="utf-8")
    ...     draft = propose_study([file], gazetteer=Gazetteer.shipped())
    >>> draft.content["index"]["units"], sorted(draft.tables)
    (['上海', '北京', '武汉', '西安'], ['framework.csv', 'indicators.csv', 'places.csv'])
    """
    draft = Draft()
    own, gazetteer = gazetteer, usual_gazetteer() if gazetteer is None else gazetteer
    gathered = gather_tables(files, gazetteer, draft)
    locator = Locator(gazetteer, gathered.of("places"), gathered.areas, draft)
    slug = re.sub(r"[^\w-]+", "_", name).strip("_") or "study"
    draft.content = {"name": slug, "title": name, "title_zh": name, "tables": {"places": ["places.csv"]}}
    propose_networks(gathered, gazetteer, locator, draft)
    propose_index(gathered, locator, draft)
    locator.keep_own()
    places = locator.table()
    propose_tiers(gathered, places, draft, classes=classes)
    propose_spread(gathered, locator, draft)
    propose_siting(gathered, locator, draft)
    _leave_others(gathered, draft)
    _look_up_refused(gathered, locator, draft)
    unknown = bool(locator.lost) or any(fault.key == "faults.start.unknown" for fault in draft.unused)
    if own is None and unknown and not _has_extra():
        draft.notices.append(Notice("notice", "notices.no_gazetteer", {"n": len(gazetteer)}))
    places = locator.table()
    if "index" not in draft.content:
        draft.forget("tables.indicators", "tables.framework")
    if not {"index", "networks", "diffusion"} & set(draft.content) or len(places) < _FEW:
        draft.content = {}
        return draft
    draft.tables["places.csv"] = _tidied(places, draft)
    if locator.ground:
        draft.content["map"] = {"boundaries": locator.ground}
    draft.content = {key: draft.content[key] for key in sorted(draft.content, key=_order)}
    return draft


def _order(key: str) -> int:
    keys = (
        "name",
        "title",
        "title_zh",
        "tables",
        "index",
        "tiers",
        "centers",
        "networks",
        "siting",
        "diffusion",
        "map",
    )
    return keys.index(key)


def _look_up_refused(gathered: Gathered, locator: Locator, draft: Draft) -> None:
    """Note the unknown places of tables with other faults too, and those of another level, so that all are told."""
    for one, frame in gathered.refused:
        with locator.trying():
            for name in ("place", "source", "target"):
                if [*frame.columns].count(name) != 1:
                    continue
                cells = frame[name].astype(object)
                # a list in a cell is no name
                found = locator.keys(cells[[pd.api.types.is_scalar(cell) for cell in cells.tolist()]], one.name)
                other = sorted({key for key in found.keys.dropna() if locator.level_of(key) != found.level})
                if other and name == "place":
                    draft.leave("other_level", one.name, column=name, level=found.level, names=few(other, most=5))


def _has_extra() -> bool:
    try:
        Gazetteer.china(("province",))
    except MissingExtraError:
        return False
    return True


def _tidied(places: pd.DataFrame, draft: Draft) -> pd.DataFrame:
    """Say where coordinates came from, and leave out tiers that the study does not know."""
    if "coord_source" in places:
        taken = int(places["coord_source"].eq("gazetteer").sum())
        key = "coordinates_all" if taken == len(places) else "coordinates"
        draft.understood.append(text(f"start.{key}", n=taken, of=len(places)))
    return places


def _leave_others(gathered: Gathered, draft: Draft) -> None:
    """Note the tables of contracts that no section takes up."""
    taken = {"indicators", "framework", "places", "flows", "adoptions", "tiers", "contract_records", "patent_records",
             "transfer_records", "tie_records", "citation_records", "attributes",
             *(["network_edges", "station_access"] if "siting" in draft.content else []),
             *(["organizations"] if gathered.exports else [])}  # fmt: skip
    for contract, tables in gathered.tables.items():
        if contract not in taken:
            draft.leave("no_section", few([table.of.name for table in tables]).in_("en"), contract=contract)
