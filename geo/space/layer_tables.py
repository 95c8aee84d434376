"""Tabulate what the layers of places show, and check that all of it can be drawn; nothing is drawn here.

What becomes a line or an area has its points in the column ``points``: pairs of longitude and latitude.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from ...data.errors import GeometryError, OptionError, warn
from ...data.options import check_choice, check_columns, check_known_places, hint
from ...data.places.keys import as_keys, key_text
from ...data.places.nesting import container
from ...data.tier_scale import FOUR_TIERS, TierScale, as_scale
from ...data.vocabulary import terms
from ..coordinates import locate
from ..tiers.assign import tier_dtype
from .attribute_texts import attribute_texts
from .layer_columns import listed_places, names_of, text_cells, text_column

__all__ = ["center_table", "corridor_table", "landmark_table", "scope_table", "with_attributes"]

ROLES: tuple[str, ...] = tuple(terms("landmarks"))


def center_table(
    places: pd.DataFrame,
    *,
    tiers: Mapping[str, str] | pd.Series | pd.DataFrame | None = None,
    untiered: Iterable[str] = (),
    kinds: Iterable[str] | None = None,
    corridors: pd.DataFrame | None = None,
    scopes: Iterable[str] | None = None,
    scores: Mapping[str, float] | pd.Series | None = None,
    tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
) -> pd.DataFrame:
    """Return the rows of `centers_layer`, without their points and attributes."""
    check_columns(places, "places", ("place", "lon", "lat"))
    keys = as_keys(places["place"])
    tier_scale, also = as_scale(tier_scale), {str(key_text(name)) for name in untiered}
    check_known_places("untiered", also, keys)
    given = _placed("tiers", tiers, keys)
    placed = _placed("places", places if "tier" in places else None, keys) | given
    tier_scale.check({key: tier for key, (tier, _) in placed.items()})
    kept = keys.isin([*placed, *also])
    if kinds is not None:
        kept &= text_column(places, "kind").isin(set(kinds)) | keys.isin([*given, *also])
    centers = locate(places[kept], "places")
    names = as_keys(centers["place"]).tolist()
    english, chinese = names_of(centers)
    tier, status = zip(*(placed.get(name, (None, "")) for name in names), strict=True) if names else ((), ())
    step = {name: i for i, name in enumerate(tier_scale)}
    columns = {
        "place": names,
        "name_en": english,
        "name_zh": chinese,
        "lon": centers["lon"].to_numpy(),
        "lat": centers["lat"].to_numpy(),
        "tier": pd.Categorical(tier, dtype=tier_dtype(tier_scale)),
        "tier_status": list(status),
        "scope": _scope_of(names, places, scopes),
        "corridors": _corridors_of(names, keys, corridors),
        **{column: text_cells(centers, column) for column in ("role", "role_zh", "kind")},
    }
    if scores is not None:
        given_scores = dict(scores)
        columns["score"] = [float(given_scores.get(name, math.nan)) for name in names]
    order = sorted(range(len(names)), key=lambda i: (step.get(tier[i], len(step)), names[i]))
    return pd.DataFrame(columns).iloc[order].reset_index(drop=True)


def with_attributes(table: pd.DataFrame, attributes: pd.DataFrame | None) -> pd.DataFrame:
    """Return a table of centers with ``attributes_en`` and ``attributes_zh`` behind their kind."""
    if attributes is None:
        return table
    said, behind = attribute_texts(attributes, table["place"]), table.columns.get_loc("kind")
    table = table.copy()
    for at, language in enumerate(("en", "zh"), int(behind) + 1):
        table.insert(at, f"attributes_{language}", [one.in_(language) for one in said])
    return table


def scope_table(
    places: pd.DataFrame,
    centers: pd.DataFrame,
    *,
    scopes: Iterable[str] | None = None,
    tiers: Mapping[str, str] | pd.Series | None = None,
    scores: Mapping[str, float] | pd.Series | None = None,
    tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
) -> pd.DataFrame:
    """Return the rows of `scopes_layer`, with the points of their members for the hulls."""
    plain = pd.DataFrame(centers)
    members = {str(key): rows for key, rows in plain[plain["scope"].notna()].groupby("scope", observed=True)}
    wanted = sorted(members) if scopes is None else _wanted(scopes)
    check_known_places("scopes", wanted, as_keys(places["place"]))
    own = places.assign(place=as_keys(places["place"])).set_index("place", drop=False)
    given, ranked = _by_place("tiers", tiers, own.index), dict(scores) if scores is not None else {}
    bare = {*own.index[own[["lon", "lat"]].isna().any(axis=1)]}
    lost = [key for key in wanted if key not in members and key in bare]
    if lost:
        raise GeometryError(f"scopes: needed a center or coordinates, got neither for {', '.join(lost)}; add one")
    rows = []
    for key in wanted:
        inside = members[key] if key in members else own.loc[[key]]
        names = sorted(members[key]["place"]) if key in members else []
        tier = _scope_tier(key, given, own, members)
        points = [*zip(*(inside[name].astype(float).tolist() for name in ("lon", "lat")), strict=True)]
        rows.append((key, tier, "; ".join(names), float(ranked.get(key, math.nan)), points))
    frame = pd.DataFrame(rows, columns=["place", "tier", "members", "score", "points"])
    tier_scale = as_scale(tier_scale)
    tier_scale.check({key: tier for key, tier in zip(frame["place"], frame["tier"], strict=True) if pd.notna(tier)})
    frame["tier"] = pd.Categorical(frame["tier"], dtype=tier_dtype(tier_scale))
    name_en, name_zh = names_of(own.loc[wanted])
    frame.insert(1, "name_en", name_en)
    frame.insert(2, "name_zh", name_zh)
    return frame.sort_values(["tier", "place"], ignore_index=True)


def corridor_table(
    corridors: pd.DataFrame, places: pd.DataFrame, *, undrawable: Literal["warn", "leave_out"] = "warn"
) -> pd.DataFrame:
    """Return the rows of `corridors_layer`, with the points of their lines."""
    check_choice("undrawable", undrawable, ("warn", "leave_out"))
    check_columns(corridors, "corridors", ("corridor", "members"))
    members = [listed_places(cell) for cell in corridors["members"]]
    used = {name for names in members for name in names}
    check_known_places("corridors", used, as_keys(places["place"]))
    located = locate(places[as_keys(places["place"]).isin(used)], "places")
    points = dict(zip(as_keys(located["place"]), zip(located["lon"], located["lat"], strict=True), strict=True))
    frame = pd.DataFrame({"corridor": as_keys(corridors["corridor"]).tolist()})
    for column in ("name_en", "name_zh"):
        frame[column] = text_cells(corridors, column, fallback="corridor")
    for column in ("kind", "scope"):
        frame[column] = text_cells(corridors, column)
    frame["members"] = ["; ".join(names) for names in members]
    frame["status"] = text_cells(corridors, "status")
    lines = frame["points"] = [[points[name] for name in names] for names in members]
    drawable = np.array([len(set(line)) > 1 for line in lines], dtype=bool)
    if undrawable == "warn" and not drawable.all():
        short = ", ".join(sorted(frame.loc[~drawable, "corridor"]))
        warn("warnings.short_corridors", names=short, stacklevel=3)
    frame = frame[drawable]
    return frame.sort_values("corridor", ignore_index=True)


def landmark_table(structure: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `landmarks_layer`, without their points and attributes."""
    check_columns(structure, "structure", ("place", "role"))
    keys = as_keys(structure["place"]).tolist()
    check_known_places("structure", keys, as_keys(places["place"]))
    wrong = [
        f"{role!r} at {key}{hint(role, ROLES)}"
        for key, role in zip(keys, structure["role"], strict=True)
        if role not in ROLES
    ]
    if wrong:
        raise OptionError(f"structure: needed a role of {', '.join(ROLES)}, got {'; '.join(sorted(wrong))}")
    located = locate(places[as_keys(places["place"]).isin(keys)], "places")
    located = located.set_index(as_keys(located["place"])).loc[keys]
    frame = pd.DataFrame({"place": keys})
    frame["name_en"], frame["name_zh"] = names_of(located)
    frame["role"] = structure["role"].astype(str).tolist()
    for column in ("function_en", "function_zh", "scope"):
        frame[column] = text_cells(structure, column)
    frame["lon"], frame["lat"] = located["lon"].to_numpy(), located["lat"].to_numpy()
    order = frame.assign(step=frame["role"].map(ROLES.index)).sort_values(["step", "place"]).index
    return frame.loc[order].reset_index(drop=True)


def _placed(
    owner: str, tiers: Mapping[str, str] | pd.Series | pd.DataFrame | None, known: Iterable[str]
) -> dict[str, tuple[str, str]]:
    """Return tier and status by place, for the places that have a tier."""
    if isinstance(tiers, pd.DataFrame):
        check_columns(tiers, owner, ("place", "tier"))
        table = pd.DataFrame(tiers)
        names, status = as_keys(table["place"]), text_column(table, "tier_status")
        found = dict(zip(names, zip(table["tier"].astype(object), status, strict=True), strict=True))
    else:
        found = {name: (tier, "") for name, tier in _by_place(owner, tiers, known).items()}
    check_known_places(owner, found, known)
    return {
        name: (str(tier), status or "given") for name, (tier, status) in found.items() if pd.notna(tier) and tier != ""
    }


def _by_place(owner: str, values: Mapping[str, str] | pd.Series | None, known: Iterable[str]) -> dict[str, str]:
    found = {} if values is None else {str(key_text(key)): value for key, value in values.items()}
    check_known_places(owner, found, known)
    return found


def _wanted(scopes: Iterable[str]) -> list[str]:
    return sorted({str(key_text(scope)) for scope in scopes})


def _scope_of(names: list[str], places: pd.DataFrame, scopes: Iterable[str] | None) -> list[str | None]:
    wanted = [] if scopes is None else _wanted(scopes)
    check_known_places("scopes", wanted, as_keys(places["place"]))
    found = container(names, places, wanted)
    return [None if pd.isna(key) else str(key) for key in found]


def _corridors_of(names: list[str], known: Iterable[str], corridors: pd.DataFrame | None) -> list[str]:
    if corridors is None:
        return [""] * len(names)
    check_columns(corridors, "corridors", ("corridor", "members"))
    members = {str(row.corridor): listed_places(row.members) for row in corridors.itertuples(index=False)}
    check_known_places("corridors", {name for listed in members.values() for name in listed}, known)
    return ["; ".join(sorted(key for key, listed in members.items() if name in listed)) for name in names]


def _scope_tier(key: str, given: dict[str, str], own: pd.DataFrame, members: dict[str, pd.DataFrame]) -> object:
    if key in given:
        return given[key]
    # the highest tier of its members, where it has none of its own
    return text_column(own, "tier")[key] or (members[key]["tier"].min() if key in members else None)
