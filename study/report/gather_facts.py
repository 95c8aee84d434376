"""Gather what the tables of a study say, once for all of its pages: facts, and the words to say them with."""

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from ...data.wording.catalogue import Text
from ..facts import network_facts as flow_findings
from ..facts import rows as findings
from ..facts.attribute_facts import attribute_facts
from ..facts.chain_facts import chain_facts
from ..facts.doubt_facts import doubt_facts, leave_out_facts
from ..facts.estimate_facts import estimate_facts
from ..facts.fit_facts import fit_facts
from ..facts.gravity_facts import gravity_facts
from ..facts.rows import Row
from ..facts.spread_facts import scenario_facts, spread_facts
from ..facts.year_facts import year_facts
from ..plan.assumed import Assumption
from ..plan.schema import Study
from ..wording.notices import Notice
from ..wording.phrases import Words
from .cite_inputs import cite_inputs

__all__ = ["gather_facts", "words_of"]


class Results(Protocol):
    """What a report needs of a result: study, tables, those of the years shown, assumptions, notices, manifest."""

    @property
    def study(self) -> Study: ...
    @property
    def tables(self) -> Mapping[str, pd.DataFrame]: ...
    @property
    def shown(self) -> Mapping[str, pd.DataFrame]: ...
    @property
    def assumed(self) -> tuple[Assumption, ...]: ...
    @property
    def notices(self) -> tuple[Notice, ...]: ...
    @property
    def manifest(self) -> Mapping[str, Any]: ...


def gather_facts(results: Results) -> Row:
    """Read every table of the results as facts that pages say."""
    tables, study = results.shown, results.study
    main = study.index.recipes[0].name if study.index else "main"
    tiers = study.tiers.order
    spread = spread_facts(tables, tiers=tiers)
    weights = findings.weight_facts(tables, main)
    indicators = findings.indicator_names(weights)
    directed = {n.name for n in study.networks if n.directed}
    balances = flow_findings.balance_facts(tables, directed)
    inputs = findings.read_rows(tables, "inputs")
    # totals by tier shaped these flows, tables of totals did not
    estimated = {n.name for n in study.networks if n.estimate and not n.estimate.from_margins}
    return {
        "names": findings.place_names(tables),
        "scores": findings.score_facts(tables, main, tiers),
        "weights": weights,
        "indicators": indicators,
        "doubt": doubt_facts(tables, study.index.robustness if study.index else None, tiers),
        "left_out": leave_out_facts(tables, indicators),
        "cells": findings.cell_facts(tables),
        "imputed": findings.imputed_facts(results.tables.get("index_log"), main),
        "networks": flow_findings.network_facts(tables, [n.name for n in study.networks], directed),
        "estimates": estimate_facts(tables, study),
        "gravities": gravity_facts(tables, study),
        "structures": flow_findings.structure_facts(tables, estimated, tiers),
        "balances": balances,
        "years": year_facts({**tables, **_of_all_years(results)}, [n.name for n in study.networks], tiers),
        "contrasts": flow_findings.contrast_facts(tables, balances),
        "spread": spread,
        "fit_found": fit_facts(tables),
        "scenarios": scenario_facts(tables, spread["titles"], tiers=tiers),
        "chain": chain_facts(tables, spread["titles"]),
        "inputs": inputs,
        "citations": cite_inputs(inputs),
        "matches": findings.read_rows(tables, "matches"),
        "attributes": attribute_facts(tables),
        "placed": findings.tier_places(tables, tiers),
        "scoped": any(r["scope"] and r["scope"] != r["place"] for r in findings.read_rows(tables, "centers")),
    }


def words_of(study: Study, facts: Row) -> Words:
    """Return the names that a study gives its places, scenarios, networks, tiers and channels."""
    titles = {n.name: Text.of(en=n.title, zh=n.title_zh) for n in study.networks if n.title or n.title_zh}
    channels = study.diffusion.channel_titles if study.diffusion else {}
    return Words(facts["names"], facts["spread"]["titles"], titles, study.tiers.order, channels)


def _of_all_years(results: Results) -> dict[str, pd.DataFrame]:
    """Return the balances of every year, where there are several."""
    table = results.tables.get("balances")
    return {} if table is None or "year" not in table else {"balances": table}
