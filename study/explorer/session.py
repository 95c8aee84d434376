"""Prepare a study once, and answer where the levers lead: arrivals, reach, channels, differences to the baseline."""

import math
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd

from ...data import OptionError
from ...data.json_value import json_value
from ...data.styles import channel_class
from ...data.vocabulary import CHANNELS, name_of
from ...data.wording.catalogue import Text, text
from ...network import Comparison, Rates, compare_scenarios
from ..charts.bars import Series, band_chart, stacked_bars
from ..charts.svg import NARROW, PHONE, WIDTH
from ..plan.diffusion_fit import KINDS
from ..plan.inputs import Inputs, read_inputs
from ..plan.interventions import Step, fields_of, places_added
from ..plan.schema import Study
from ..stages.build_chain import Chain, build_chain
from ..stages.fit_rates import fit_rates
from ..stages.negligible import negligible
from ..stages.place import Layers
from ..stages.scenarios import build_scenario, members_of
from ..stages.spread import baseline_rates, scopes_of
from .controls import controls
from .request import Levers, places_of, plain_steps

__all__ = ["Desk", "desk_of", "open_chain", "prepare"]

BASELINE, EXPLORED = "baseline", "explored"
_ALL = "all"
# kinds of places that are areas or lines, which no point stands for
_AREAS = frozenset(
    {"aggregate", "autonomous region", "belt", "corridor", "country", "country group", "foreign region", "macro-region",
     "province"}
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Desk:
    """A study made ready for many small questions."""

    chain: Chain
    model: Rates
    versions: tuple[Rates, ...]
    addable: tuple[str, ...]
    runs: int
    _busy: Lock = field(default_factory=Lock, repr=False)
    _aside: ThreadPoolExecutor = field(default_factory=partial(ThreadPoolExecutor, 1), repr=False)
    # number of runs -> a comparison, and arrivals, reach and credit of its baseline, which no lever moves
    _before: dict[int, tuple[Comparison, pd.DataFrame, pd.DataFrame, pd.DataFrame]] = field(
        default_factory=dict, repr=False
    )

    @property
    def inputs(self) -> Inputs:
        """The tables of the study."""
        return self.chain.inputs

    @property
    def layers(self) -> Layers:
        """The layers of the study."""
        return self.chain.layers

    @property
    def study(self) -> Study:
        """The study, with place names replaced by keys."""
        return self.inputs.study

    def answer(self, levers: Levers) -> dict[str, Any]:
        """Simulate the levers beside the baseline, under the study's own noise.

        Raises
        ------
        OptionError
            If an intervention names no center of the study or does not fit it.
        """
        options = self.study.diffusion
        assert options is not None  # noqa: S101 - prepare has refused a study without it
        self._check_places(levers)
        built = build_scenario(EXPLORED, levers.interventions, self.chain, at="interventions")
        built.check(self.model, options.seeds, build=False)
        runs = levers.runs or self.runs
        with self._busy:
            found = compare_scenarios(
                # fewer runs than versions leave some of these out, evenly
                self.versions[:: -(-2 * len(self.versions) // runs)],
                [built.scenario],
                seeds=options.seeds,
                horizon=options.horizon,
                runs=runs,
                seed=options.seed,
                groups=scopes_of(self.layers),
                like=self._before[runs][0] if runs in self._before else None,
            )
            after = found.outcomes[EXPLORED]
            # credit is counted in compiled code while all else is put into columns and charts
            moved = self._aside.submit(after.credit)
            if runs not in self._before:
                before = found.outcomes[BASELINE]
                self._before.clear()
                arrivals = before.arrivals().sort_values(["mean", "place"])
                self._before[runs] = (found, arrivals, before.reach(), before.credit())
            _, arrivals, reach, credit = self._before[runs]
        table = found.table.assign(negligible=negligible(found.table, options.negligible))
        return {
            "runs": runs,
            "seed": options.seed,
            # what no lever moves is a part of its own, which is sent once
            "before": _columns(arrivals, "place", "median", "mean", "reached", "tier"),
            "arrivals": _columns(
                after.arrivals().sort_values(["mean", "place"]),
                "place",
                "median",
                "mean",
                "low",
                "high",
                "reached",
                "seed",
                "tier",
            ),
            "gaps": _columns(
                table[table["measure"] == "arrival_time"], "place", "difference", "low", "high", "better", "negligible"
            ),
            "summary": _summary(table),
            "reach": _reach_chart(reach, after.reach() if levers.interventions else None, levers.width),
            "credit": _credit_chart(
                [(BASELINE, credit), (EXPLORED, moved.result())], options.channel_titles, levers.width
            ),
            "interventions": plain_steps(levers.interventions),
        }

    def _check_places(self, levers: Levers) -> None:
        centers = set(self.layers.centers["place"].tolist())
        added = places_added(levers.interventions)
        unknown = [p for p in sorted(added) if p not in self.addable and p not in centers]
        if unknown:
            raise OptionError(f"{', '.join(unknown)}: no place with coordinates and costs that could become a center")
        for key, place in places_of(levers.interventions):
            if place not in centers | added:
                raise OptionError(f"{key}: {place!r} is not among the centers")

    def describe(self) -> dict[str, Any]:
        """Tell the page what can be moved, and where it stands now."""
        study, options = self.study, self.study.diffusion
        assert options is not None  # noqa: S101
        spots = self.inputs.places.set_index("place").loc[list(self.addable), ["lon", "lat"]]
        index = study.index
        return {
            "horizon": options.horizon,
            "runs": self.runs,
            "seed": options.seed,
            "seeds": options.seeds,
            "addable": [json_value(row) for row in spots.reset_index().to_dict("records")],
            "words": {w: name_of(w).to_dict() for w in (_ALL, *CHANNELS, *_MEASURES)}
            | {name: title.to_dict() for name, title in options.channel_titles.items()},
            "channels": [
                {**c.model_dump(), **{name: getattr(m, name) for name in KINDS}}
                for c, m in zip(options.channels, self.model.channels, strict=True)
            ],
            "verbs": controls(study),
            "indicators": list(self.inputs.framework.indicators) if index and self.inputs.framework else [],
            "redirect": self._redirects(),
            "presets": [
                {"name": s.name, "title": Text.of(en=s.title or s.name, zh=s.title_zh).to_dict(),
                 "interventions": [self._listed(step) for step in s.steps]}
                for s in study.scenarios
            ],
        }  # fmt: skip

    def _listed(self, step: Step) -> dict[str, Any]:
        """Write an intervention as the page takes it, with the centers of a scope in place of its name."""
        (plain,) = plain_steps([step])
        # the page offers scopes for the flows that are redirected and the indicators that change
        own = step.verb == "redirect_flow" or step.table == "indicators"
        scopes = [] if own else [name for name, one in fields_of(step) if one.scope]
        return plain | {f: members_of(plain[f], self.chain) for f in scopes if isinstance(plain.get(f), str)}

    def _redirects(self) -> list[dict[str, Any]]:
        """List what each place sends and the share that stays in each scope, where both parts are there."""
        flows = self.model.flows
        if flows is None:
            return []
        flows = flows[flows["source"] != flows["target"]]
        inside = {s: set(members_of(s, self.chain)) for s in self.layers.scopes["place"]}
        rows = []
        for source, sent in flows.groupby("source", sort=True):
            total = math.fsum(sent["value"])
            for scope, members in inside.items():
                kept = math.fsum(sent.loc[sent["target"].isin(members), "value"])
                if source in members and 0 < kept < total:
                    rows.append({"source": source, "within": scope, "share": kept / total})
        return rows


def prepare(study: Study, *, runs: int) -> Desk:
    """Read, score, place and connect a study once, and fit its rates.

    Raises
    ------
    StudyError, TableError, OptionError
        If the study has faults.
    OptionError
        If it has no diffusion section.
    """
    _refuse_still(study)
    return desk_of(open_chain(study), runs=runs)


def open_chain(study: Study) -> Chain:
    """Read, score, place and connect a study.

    Raises
    ------
    StudyError, TableError, OptionError
        If the study has faults.
    """
    return build_chain(read_inputs(study).having(costs_open=True))


def desk_of(chain: Chain, *, runs: int) -> Desk:
    """Make a chain ready for small questions about its spread.

    Raises
    ------
    OptionError
        If the study has no diffusion section.
    """
    _refuse_still(chain.inputs.study)
    addable = _addable(chain.inputs, chain.layers)
    fitted = fit_rates(chain)
    chain = chain.having(inputs=chain.inputs.having(effects=fitted.effects))
    model, *versions = baseline_rates(chain, [fitted.estimate, *fitted.versions])
    return Desk(chain=chain, model=model, versions=tuple(versions), addable=tuple(addable), runs=runs)


def _refuse_still(study: Study) -> None:
    if study.diffusion is None:
        raise OptionError("scenarios need a study with a [diffusion] section; see: innoscape init DIR")


def _addable(inputs: Inputs, layers: Layers) -> list[str]:
    """Name the places that could become centers: located, containing no center, with costs to every center."""
    centers = set(layers.centers["place"])
    located = inputs.places.dropna(subset=["lon", "lat"])
    if "kind" in located:
        located = located[~located["kind"].isin(_AREAS)]
    spots = sorted(set(located["place"]) - centers - _containers(inputs, centers) - set(layers.scopes["place"]))
    if inputs.costs is None:
        return spots
    pairs = {frozenset(pair) for pair in zip(inputs.costs["source"], inputs.costs["target"], strict=True)}
    kept: list[str] = []
    for spot in spots:
        if all(frozenset((spot, other)) in pairs for other in (*centers, *kept)):
            kept.append(spot)
    return kept


def _containers(inputs: Inputs, centers: set[str]) -> set[str]:
    """Name the places that contain a center, at any depth."""
    if "part_of" not in inputs.places:
        return set()
    above = inputs.places.set_index("place")["part_of"].dropna().to_dict()
    found: set[str] = set()
    for place in centers:
        outer = above.get(place)
        while outer is not None and outer not in found:
            found.add(outer)
            outer = above.get(outer)
    return found


_MEASURES = ("mean_arrival_time", "reach", "arrival_inequality", "localization_share", "tier_arrival_time")


def _columns(table: pd.DataFrame, *names: str) -> dict[str, list[Any]]:
    """Return columns as strict JSON holds them; numbers that are missing or infinite become nothing."""
    found = {}
    for name in names:
        if name in ("place", "tier"):
            found[name] = list(map(str, table[name].tolist()))
        elif pd.api.types.is_bool_dtype(table[name]):
            found[name] = table[name].tolist()
        else:
            numbers = pd.to_numeric(table[name]).to_numpy(dtype=float)
            found[name] = [n if kept else None for n, kept in zip(numbers.tolist(), np.isfinite(numbers), strict=True)]
    return found


def _summary(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = table[table["measure"].isin(_MEASURES)]
    columns = ["measure", "place", "baseline", "value", "difference", "low", "high", "better", "negligible"]
    return [json_value(row) for row in rows[columns].to_dict("records")]


_NAMES = {name: text(f"explorer.{name}") for name in (BASELINE, EXPLORED)}


def _series(table: pd.DataFrame, name: str, style: str) -> Series:
    # every other point draws the same line
    table = table.iloc[::2]
    return Series(_NAMES[name], *(list(table[c]) for c in ("time", "mean", "low", "high")), style=style)


def _reach_chart(before: pd.DataFrame, after: pd.DataFrame | None, page: float) -> str:
    lines = [_series(before, BASELINE, "s-0"), *([] if after is None else [_series(after, EXPLORED, "s-2")])]
    return band_chart(
        lines,
        title=text("explorer.reach"),
        desc=text("explorer.reach_desc"),
        x_title=text("explorer.years_axis"),
        y_title=text("explorer.share_axis"),
        percent=True,
        y_range=(0.0, 1.0),
        width=PHONE if page <= NARROW else 620.0,
        height=300.0,
    )


def _credit_chart(parts: Iterable[tuple[str, pd.DataFrame]], titles: Mapping[str, Text], page: float) -> str:
    tables = {n: t[t["tier"] == _ALL].set_index("channel")["share"] for n, t in parts}
    channels = list(dict.fromkeys(c for t in tables.values() for c in t.index))
    return stacked_bars(
        [_NAMES[n] for n in tables],
        [[float(t.get(c, 0.0)) for t in tables.values()] for c in channels],
        names=[titles.get(c) or name_of(c, "channels") for c in channels],
        title=text("explorer.credit"),
        desc=text("explorer.credit_desc"),
        styles=[channel_class(c, i) for i, c in enumerate(channels)],
        width=PHONE if page <= NARROW else WIDTH,
    )
