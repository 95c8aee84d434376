"""Put the places of a study on tiers and lay them out: centers, places without a tier, scopes, corridors, landmarks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...data import Fault, OptionError, StudyError
from ...data.distinct import distinct
from ...data.errors import warn_of
from ...data.wording.catalogue import few, text
from ...geo import assign_tiers, flow_tiers
from ...geo.space.layer_tables import center_table, corridor_table, landmark_table, scope_table, with_attributes
from ..plan.edits import Edit, edited
from ..plan.inputs import Inputs, Tables
from ..plan.schema import STUDY_FILE
from .networks import Networks, rest_on_same
from .score_places import option_fault, tier_options

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Layers", "doubt_centers", "place_centers"]


@dataclass(frozen=True, eq=False)
class Layers:
    """What the spatial layers of a study show: their rows, of which shapes are made when they are drawn.

    Attributes
    ----------
    centers : DataFrame
        The places with a tier; empty where there is none.
    untiered : DataFrame
        Places without a tier that are scored or are ends of flows.
    scopes, corridors, landmarks : DataFrame or None
        None where the study names none.
    tiers : DataFrame
        ``tier``, ``tier_status`` and ``tier_source`` (``given``, ``scores``, ``flows``, ``assumed``), indexed by the
        places that have a tier.
    centered : DataFrame
        Those of the centers.
    basis : tuple
        What the tiers were taken from.
    edits : tuple of Edit
        The changes of centers among them.
    attributes : DataFrame or None
        What the study says of its places.
    """

    centers: pd.DataFrame
    untiered: pd.DataFrame
    scopes: pd.DataFrame
    corridors: pd.DataFrame | None
    landmarks: pd.DataFrame | None
    tiers: pd.DataFrame
    centered: pd.DataFrame
    basis: tuple[object, ...]
    edits: tuple[Edit, ...]
    attributes: pd.DataFrame | None = field(repr=False)

    @cached_property
    def center_tiers(self) -> pd.DataFrame:
        """``place`` and ``tier`` of the centers alone."""
        return self.centers[["place", "tier"]]

    @cached_property
    def described(self) -> pd.DataFrame:
        """The centers with what their attributes say."""
        return with_attributes(self.centers, self.attributes)

    @cached_property
    def drawn(self) -> "dict[str, gpd.GeoDataFrame]":
        """The layers of these tables in EPSG:4326, by name."""
        # a check draws nothing
        from ...geo.space.drawn_table import drawn_points
        from ...geo.space.landmarks import draw_corridors, draw_landmarks
        from ...geo.space.layers import draw_scopes

        draw: Mapping[str, Callable[[pd.DataFrame], gpd.GeoDataFrame]] = {
            "centers": drawn_points,
            "untiered": drawn_points,
            "scopes": draw_scopes,
            "corridors": draw_corridors,
            "landmarks": draw_landmarks,
        }
        tables = {name: getattr(self, name) for name in draw} | {
            "centers": self.described,
            "untiered": with_attributes(self.untiered, self.attributes),
        }
        return {name: draw[name](table) for name, table in tables.items() if table is not None}


def place_centers(inputs: Inputs, tables: Tables, networks: Networks, *, like: Layers | None = None) -> Layers:
    """Put places on tiers and build the layers.

    A scored place that is a center and holds no other is drawn as a center alone; the centers then carry their scores.

    Parameters
    ----------
    inputs : Inputs
    tables : dict
        With ``scores``, where the study has an index.
    networks : Networks
        The networks that have a table of flows.
    like : Layers, optional
        Those of the same places, which are returned where no tier differs; their scores may. Where one does, scopes,
        corridors and landmarks are still theirs.

    Raises
    ------
    StudyError
        If tiers cannot be computed as the study asks.
    GeometryError
        If a center has no coordinates.
    """
    study = inputs.study
    # an aggregate among the scored places has been refused, and lies nowhere
    units = [unit for unit in (study.index.units if study.index else ()) if unit not in inputs.aggregates]
    edits = inputs.edits_of("centers")
    # the scores follow from the indicators
    basis = (vars(inputs).get("indicators"), *(networks.by_year.values() if inputs.study.tiers.flows else ()))
    same = like is not None and rest_on_same(basis, like.basis)
    if like is not None and same and rest_on_same(edits, like.edits):
        return like
    tiers = like.tiers if like is not None and same else _tiers(inputs, tables, networks)
    places = inputs.places.drop(columns=["tier", "tier_status"], errors="ignore")
    kind, kinds = inputs.kinds, study.centers.kinds
    allowed = kind.index if kinds is None else kind.index[kind.isin(kinds)]
    centered = _edited(tiers[tiers.index.isin(allowed) | (tiers["tier_source"] == "assumed")], inputs)
    if like is not None and centered.equals(like.centered) and tiers.equals(like.tiers):
        return like
    layer = center_table(
        places,
        tiers=centered.rename_axis("place").reset_index(),
        untiered=_shown(inputs, networks, set(centered.index), units),
        corridors=inputs.corridors,
        scopes=units,
        tier_scale=study.tiers.order,
    )
    # places without a tier come last
    tiered = int(layer["tier"].notna().sum())
    centers, untiered = layer.iloc[:tiered], layer.iloc[tiered:].reset_index(drop=True)
    if like is not None:
        return replace(
            like, centers=centers, untiered=untiered, tiers=tiers, centered=centered, basis=basis, edits=edits
        )
    scores = tables["scores"].set_index("place")["score"] if "scores" in tables else None
    scopes = scope_table(
        places,
        centers,
        scopes=units,
        tiers=tiers.loc[tiers.index.isin(units), "tier"],
        scores=scores,
        tier_scale=study.tiers.order,
    )
    empty = (scopes["members"] == "") | (scopes["members"] == scopes["place"])
    alone = empty & scopes["place"].isin([*centers["place"], *untiered["place"]])
    if alone.any() and scores is not None:
        for points in (centers, untiered):
            points["score"] = points["place"].map(scores)
    return Layers(
        centers=centers,
        untiered=untiered,
        scopes=scopes[~alone].reset_index(drop=True),
        corridors=None
        if inputs.corridors is None
        else corridor_table(inputs.corridors, inputs.places, undrawable="leave_out"),
        landmarks=None if inputs.landmarks is None else landmark_table(inputs.landmarks, inputs.places),
        tiers=tiers,
        centered=centered,
        basis=basis,
        edits=edits,
        attributes=inputs.attributes,
    )


def doubt_centers(inputs: Inputs, layers: Layers) -> None:
    """Warn of a study without centers, which cannot simulate, and of kinds of centers that no place has.

    Raises
    ------
    StudyError
        If knowledge is to spread between no centers.
    """
    plan, kind, tiers = inputs.study.centers, inputs.kinds, layers.tiers
    kinds, known = plan.kinds or [], sorted(set(kind.dropna()))
    strange = [name for name in kinds if name not in known]
    values: dict[str, Any]
    if tiers.empty:
        key, column, values = "no_center", "centers.tiers", {"sources": few(plan.tier_sources)}
    elif layers.centers.empty:
        others = few(sorted(set(kind.reindex(tiers.index).dropna())) or [text("doubts.no_kind")])
        key, column, values = "no_center_of_kinds", "centers.kinds", {"kinds": few(kinds), "others": others}
    elif strange:
        key, column, values = "no_such_kind", "centers.kinds", {"kinds": few(known), "given": few(strange)}
    else:
        return
    fault = Fault.of(f"doubts.{key}", STUDY_FILE, column=column, **values)
    if layers.centers.empty and inputs.study.diffusion is not None:
        raise StudyError([fault])
    warn_of(fault, stacklevel=3)


def _tiers(inputs: Inputs, tables: Tables, networks: Networks) -> pd.DataFrame:
    """Return tier, status and source by place: of several sources the first that has a tier for the place."""
    sources: Mapping[str, Callable[[], pd.DataFrame]] = {
        "given": lambda: _given(inputs),
        "scores": lambda: _computed(tables["scores"].set_index("place")["tier"]),
        "flows": lambda: _computed(_from_flows(inputs, networks)),
        "assumed": lambda: _with_status(pd.Series(inputs.study.centers.assumed_tiers, dtype=object), "assumed"),
    }
    wanted = (*dict.fromkeys(inputs.study.centers.tier_sources), "assumed")
    found = pd.concat([sources[name]().assign(tier_source=name) for name in wanted])
    # what stands for several places is no center, whatever a table says of it
    return found[~found.index.duplicated() & ~found.index.isin(inputs.aggregates)]


def _edited(centered: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return tiers as a scenario changes them: what it sets is assumed."""
    edits = inputs.edits_of("centers")
    if not edits:
        return centered
    faults = [
        Fault.of("faults.study.position", STUDY_FILE, column=f"{edit.at}.{name.name}", got=repr(place))
        for edit in edits
        for name, place in edit.verb.named()
        if name.among == "new" and place not in inputs.placed
    ]
    if faults:
        raise StudyError(faults)
    scale = pd.CategoricalDtype(list(inputs.study.tiers.order), ordered=True)
    centers = pd.DataFrame({"place": list(centered.index), "tier": pd.Categorical(centered["tier"], dtype=scale)})
    accept = pd.Series(0.0, index=list(centered.index))
    given = {"centers": centers, "receptivity": accept, "flows": None, "channels": ()}
    after = edited(edits, given)["centers"].set_index("place")["tier"].astype(object)
    moved = after[after != centered["tier"].reindex(after.index)]
    kept = centered.loc[[place for place in centered.index if place in after.index and place not in moved.index]]
    return pd.concat([kept, _with_status(moved, "assumed").assign(tier_source="assumed")])


def _given(inputs: Inputs) -> pd.DataFrame:
    """Return the tiers of the places table, published where the published table says the same, then published ones."""
    published = inputs.published.astype(object)
    own = inputs.places.set_index("place")["tier"].dropna().astype(object) if "tier" in inputs.places else published[:0]
    tiers = own.combine_first(published)
    same = published.reindex(tiers.index) == tiers
    return _with_status(tiers, same.map({True: "published", False: "given"}))


def _computed(tiers: pd.Series) -> pd.DataFrame:
    return _with_status(tiers.dropna().astype(object), "computed")


def _with_status(tiers: pd.Series, status: str | pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"tier": tiers, "tier_status": status}, index=tiers.index)


def _from_flows(inputs: Inputs, networks: Networks) -> pd.Series:
    """Return tiers from the flows of the network that the study names; aggregates are no places and take no part."""
    # a check need not load what measures structure unless tiers are taken from it
    from ...network import core_periphery, dominant_flows, to_graph

    wanted = inputs.study.tiers.flows
    assert wanted is not None  # noqa: S101 - a study that takes tiers from flows names the network
    one = networks.shown(wanted.network).between_places(inputs.aggregates)
    directed, flows = one.directed, one.flows.query("value > 0")
    graph = to_graph(flows, directed=directed)
    strength = pd.Series(dict(graph.degree(weight="weight")), dtype=float)
    options = tier_options(inputs)
    try:
        if wanted.by == "strength":
            return assign_tiers(strength, **options)
        labels = options["labels"]
        if wanted.by == "dominant_flows":
            return flow_tiers(strength, dominant=dominant_flows(flows, directed=directed), labels=labels)
        seed = inputs.study.diffusion.seed if inputs.study.diffusion else 0
        core = core_periphery(graph, seed=seed).table
        return flow_tiers(strength, core=core, labels=labels, method=options["method"], k=options.get("k"))
    except OptionError as error:
        raise StudyError([option_fault("tiers.flows", error)]) from None


def _shown(inputs: Inputs, networks: Networks, centers: set[str], units: list[str]) -> list[str]:
    """Name the places with a position that are drawn though they have no tier: ends of flows, and scored places alone.

    A scored place that contains others is a scope, and an aggregate stands for no point.
    """
    containers = {*distinct(inputs.places["part_of"])} if "part_of" in inputs.places else set()
    ends = set().union(*(networks.shown(name).ends for name in networks.by_year))
    return sorted(({*ends, *units} & inputs.placed) - centers - containers - inputs.aggregates)
