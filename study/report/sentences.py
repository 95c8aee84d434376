"""Say the findings of a study: which sentences of the catalogues hold, and with which numbers.

Each function returns texts whose halves are markup; a page writes them with `innoscape.study.wording.markup.spans`.
"""

from collections.abc import Sequence

from markupsafe import Markup

from ...data.tier_scale import TierScale
from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text, keys, text
from ..facts.rows import Row
from ..plan.schema import Study
from ..wording.markup import listed, tell
from ..wording.phrases import Words, amount_text, badge
from .numbers import chance, fit_decimals, is_percentual, number, percent

__all__ = ["Finding", "contrast", "doubts", "findings", "left_out", "scenario_effect", "structure"]

# a sentence and whether it rests on what is assumed
Finding = tuple[Text, bool]


def _paragraph(parts: Sequence[Text | None]) -> Text:
    return listed(parts, by="list.sentence")


def findings(facts: Row, study: Study, words: Words) -> list[Finding]:
    """Say the key findings of a study, what bears most on its question first, and no number twice."""
    spread, compared = facts["spread"], facts["scenarios"]["strongest"]
    said = [(one, False) for one in (*_scores(facts["scores"], words), *_agreement(facts, study, words))]
    said += [(_outflow(b, words), False) for b in facts["balances"] if b["telling"]]
    said += [(_strongest_place(n, words), False) for n in _apart(facts["networks"])]
    if spread["final"] is not None:
        said.append((_reached(spread, study, words), True))
    said += [(scenario_effect(s, words), True) for s in compared if s["ends"]]
    said += [(one, True) for one in _sure(facts, words)]
    if spread["tiers"] and not spread["still"]:
        tiers = listed((_tier_years(t, words.tiers) for t in spread["tiers"]), by="list.clause")
        said.append((tell("report.findings.tiers", tiers=tiers), True))
    return [*said, *((scenario_effect(s, words), True) for s in compared if not s["ends"])]


def _apart(networks: Sequence[Row]) -> list[Row]:
    """Leave out estimates, and networks whose first place has the strength that one before told already."""
    told: dict[tuple[str, float], Row] = {}
    for one in networks:
        if one["measured"] and len(one["leaders"]) > 1:
            told.setdefault((one["leaders"][0]["place"], one["leaders"][0]["strength"]), one)
    return [*told.values()]


def _scores(scores: Row, words: Words) -> list[Text]:
    if not (top := [r for r in scores["rows"] if r["score"] is not None]):
        return []
    first = top[0]
    lead = {"place": words.name(first["place"]), "total": len(top), "score": number(first["score"], 3)}
    alike = [r["place"] for r in top if number(r["score"], 3) == lead["score"]]
    if len(alike) > 1:
        values = {"places": words.few(alike, last="list.and"), "total": len(top), "score": lead["score"]}
        said = [tell("report.findings.first_together", **values)]
    elif len(top) > 2:
        after = {
            **lead, "second": words.name(top[1]["place"]), "second_score": number(top[1]["score"], 3),
            "third": words.name(top[2]["place"]), "third_score": number(top[2]["score"], 3),
        }  # fmt: skip
        said = [tell("report.findings.first_ahead", **after)]
    else:
        said = [tell("report.findings.first", **lead)]
    for other in scores["leaders"]:
        recipe, n = name_of(other["recipe"]), len(other["places"])
        if sorted(alike) == other["places"]:
            said.append(tell("report.findings.first_again", recipe=recipe, n=n))
        elif n:
            places = words.few(other["places"], last="list.and")
            said.append(tell("report.findings.first_other", recipe=recipe, places=places, n=n))
    return [_paragraph(said)]


def _agreement(facts: Row, study: Study, words: Words) -> list[Text]:
    agreement = facts["scores"]["agreement"]
    if not agreement:
        return []
    main, *others = agreement
    given = study.tiers.method == "counts"
    if main["missed"]:
        key = "report.findings.agreement_counts_missed" if given else "report.findings.agreement_missed"
    else:
        key = "report.findings.agreement_counts" if given else "report.findings.agreement"
    said = [tell(key, agreed=main["agreed"], total=main["total"], places=words.few(main["missed"]))]
    for other in others:
        key = "report.findings.agreement_other_missed" if other["missed"] else "report.findings.agreement_other"
        values = {"recipe": name_of(other["recipe"]), "agreed": other["agreed"], "total": other["total"]}
        said.append(tell(key, **values, places=words.few(other["missed"])))
    return [_paragraph(said)]


def _sure(facts: Row, words: Words) -> list[Text]:
    doubt = facts["doubt"]
    if not doubt["total"]:
        return []
    if facts["scores"]["others"]:
        varied = text("report.varied.all" if doubt["cell_noise"] else "report.varied.recipes")
    else:
        varied = text("report.varied.cells" if doubt["cell_noise"] else "report.varied.weights")
    counts = {"sure": doubt["sure"], "total": doubt["total"], "threshold": percent(doubt["threshold"], 0)}
    return [_paragraph([tell("report.findings.sure", varied=varied, **counts), _unsure(doubt, words, 4, brief=True)])]


def _unsure(doubt: Row, words: Words, shown: int, *, brief: bool) -> Text | None:
    """Name the places whose tier is unsure, each with its chances."""
    rows = doubt["unsure"]
    if not rows:
        return None
    items: list[Text] = []
    for row in rows[:shown]:
        name = words.name(row["place"]) if brief else Markup("<strong>{}</strong>").format(words.name(row["place"]))
        values = {"place": name, "tier": words.tiers.name(row["tier"]), "share": chance(row["probability"])}
        other = None if brief else row["other"]
        if other is not None and row[other]:
            values |= {"other": words.tiers.name(other), "other_share": chance(row[other])}
            items.append(tell("report.tier_shares", **values))
        else:
            items.append(tell("report.tier_share", **values))
    places = listed(items, last="list.and" if len(rows) <= shown else None)
    if len(rows) > shown:
        places = tell("list.and_more", names=places, n=len(rows) - shown, total=len(rows))
    return tell("report.doubt.unsure", n=len(rows), places=places)


def _strongest_place(network: Row, words: Words) -> Text:
    first, *rest = network["leaders"]
    amounts = [amount_text(r["strength"], network["units"]) for r in network["leaders"]]
    others = [
        tell("report.findings.strongest_item", place=words.name(r["place"]), value=amount)
        for r, amount in zip(rest, amounts[1:], strict=True)
    ]
    alike = [r for r, amount in zip(rest, amounts[1:], strict=True) if amount == amounts[0]]
    values = {"network": words.cited(network["kind"], network["years"]), "value": amounts[0]}
    if alike:
        places, left = words.few((r["place"] for r in (first, *alike)), last="list.and"), others[len(alike) :]
        said = tell("report.findings.strongest_together", places=places, **values)
        return tell("report.findings.then", said=said, others=listed(left, last="list.and")) if left else said
    values |= {"place": words.name(first["place"]), "others": listed(others, last="list.and")}
    return tell("report.findings.strongest_next", n=len(rest), **values)


def _outflow(balance: Row, words: Words) -> Text:
    sender = text("report.findings.members")
    if balance["sender"] is not None:
        sender = tell("report.findings.sender", place=words.name(balance["sender"]))
    values = {
        "share": percent(balance["localization_share"], 2),
        "sender": sender,
        "network": words.cited(balance["kind"], balance["years"]),
        "group": words.name(balance["group"]),
    }
    if balance["inside"] is None or balance["total"] is None:
        return tell("report.findings.outflow", **values)
    values |= {key: amount_text(balance[key], balance["unit"]) for key in ("inside", "total")}
    return tell("report.findings.outflow_amount", **values)


def _reached(spread: Row, study: Study, words: Words) -> Text:
    final = spread["final"]
    seeds = study.diffusion.seeds if study.diffusion else []
    values = {
        "seeds": words.places(seeds) if seeds else text("report.findings.seeds"),
        "share": percent(final["mean"], 0),
        "time": number(final["time"], fit_decimals([final["time"]])),
    }
    if spread["still"]:
        return tell("report.findings.reach_none", **values)
    if spread["half"] is None:
        said = tell("report.findings.reach", **values)
    else:
        said = tell("report.findings.reach_half", **values, half=number(spread["half"], 1))
    if final["low"] is None or final["high"] is None:
        return said
    ends = {"low": percent(final["low"], 0), "high": percent(final["high"], 0)}
    return _paragraph([said, tell("report.findings.reach_interval", **ends)])


def _tier_years(fact: Row, tiers: TierScale) -> Text:
    tier = tiers.name(fact["tier"])
    if fact["median"] is None:
        return tell("report.findings.tier_late", tier=tier)
    return tell("report.findings.tier_years", tier=tier, years=number(fact["median"], 1))


def scenario_effect(fact: Row, words: Words) -> Text:
    """Say which scenario lowers a measure most and which raises it most, or in a count of one what each does."""
    measure, count, percentual = name_of(fact["measure"]), fact["count"], is_percentual(fact["measure"])
    if not fact["ends"]:
        return tell("report.findings.no_effect", n=count, measure=measure)
    factor, unit = (100, "%") if percentual else (1, "")
    moves = fit_decimals([row["difference"] for row in fact["ends"]], rough=True)
    decimals = 1 if percentual else max(fit_decimals([fact["baseline"]], rough=True), moves, 2)

    def amount(value: float | None) -> str:
        return "–" if value is None else number(factor * value, decimals) + unit

    effects: list[Text] = []
    for row in fact["ends"]:
        key = "report.findings.lowers" if row["difference"] < 0 else "report.findings.raises"
        effect = tell(key, n=count, scenario=words.title(row["scenario"]), value=amount(row["value"]))
        if row["noisy"]:
            ends = {end: number(factor * row[end], max(decimals, 2)) for end in ("difference", "low", "high")}
            key = "report.findings.interval_points" if percentual else "report.findings.interval"
            effect = tell(key, effect=effect, **ends)
        effects.append(effect)
    values = {"measure": measure, "effects": listed(effects, by="list.clause", last="list.clause_and")}
    if fact["baseline"] is None:
        return tell("report.findings.compared_unknown", n=count, **values)
    return tell("report.findings.compared", n=count, **values, baseline=amount(fact["baseline"]))


def doubts(doubt: Row, scores: Row, words: Words) -> list[Finding]:
    """Say what was varied, how often, and what came of ranks and tiers."""
    if doubt["runs"] is None:
        said: list[Text | None] = [tell("report.doubt.runs_many")]
    else:
        said = [tell("report.doubt.runs", n=doubt["runs"])]
    choices: list[Text] = []
    if scores["others"]:
        recipes = listed(name_of(recipe) for recipe in (scores["main"], *scores["others"]))
        choices.append(tell("report.doubt.draw_recipe", recipes=recipes))
    if doubt["weight_noise"]:
        choices.append(tell("report.doubt.draw_weights", noise=percent(doubt["weight_noise"], 0)))
    for status, noise in doubt["cell_noise"]:
        choices.append(tell("report.doubt.draw_cells", status=badge(status), noise=percent(noise, 0)))
    if choices:
        said.append(tell("report.doubt.drawn", choices=listed(choices, by="list.clause", last="list.clause_and")))
    found: list[Finding] = [(_paragraph(said), True)]
    if doubt["total"]:
        found.append((_paragraph(_certainty(doubt, words)), False))
    return found


def _certainty(doubt: Row, words: Words) -> list[Text | None]:
    counts = {"sure": doubt["sure"], "total": doubt["total"], "threshold": percent(doubt["threshold"], 0)}
    if doubt["least"] is not None and doubt["least"] < 1:
        said: list[Text | None] = [tell("report.doubt.sure_least", **counts, least=chance(doubt["least"]))]
    else:
        said = [tell("report.doubt.sure", **counts)]
    said.append(_unsure(doubt, words, 5, brief=False))
    if doubt["moved"]:
        said.append(tell("report.doubt.moved", places=words.few(r["place"] for r in doubt["moved"])))
    widest = doubt["widest"]
    if widest is not None:
        values = {"place": words.name(widest["place"]), "n": doubt["fixed"]}
        ends = {end: number(widest[f"rank_{end}"], 0) for end in ("low", "high")}
        said.append(tell("report.doubt.fixed_widest", **values, **ends))
    elif doubt["ranked"]:
        said.append(tell("report.doubt.fixed", n=doubt["fixed"]))
    return said


def left_out(facts: Row) -> Text:
    """Say which indicators move ranks most when they are left out."""
    strongest, indicators = facts["strongest"], len(facts["rows"])
    if not strongest:
        return tell("report.doubt.left_none", indicators=indicators)
    names = [Text.of(en=f["names"][0], zh=f["names"][1]) for f in strongest[:3]]
    shown = [tell("report.doubt.left_name", name=name) for name in names]
    all_names = listed(shown, last="list.and" if len(strongest) <= 3 else None)
    if len(strongest) > 3:
        all_names = tell("list.and_more", names=all_names, n=len(strongest) - 3, total=len(strongest))
    largest = strongest[0]["largest"]
    shift = (
        tell("report.doubt.shift_one") if largest == 1 else tell("report.doubt.shift_most", shift=number(largest, 0))
    )
    values = {"moved": len(strongest[0]["moves"]), "places": facts["places"], "shift": shift}
    return _paragraph(
        [
            tell("report.doubt.left_some", n=facts["idle"], indicators=indicators)
            if facts["idle"]
            else tell("report.doubt.left_each", indicators=indicators),
            tell("report.doubt.left_most", n=len(strongest), names=all_names, **values),
        ]
    )


def structure(facts: Row, words: Words) -> list[Text]:
    """Say the communities, the core, the hubs, the blocks and the suggested tiers of a network."""
    said = [_communities(facts, words), _core(facts, words), _hubs(facts, words), _blocks(facts, words), _tiers(facts)]
    return [one for one in said if one is not None]


def _communities(facts: Row, words: Words) -> Text | None:
    found, measures = facts["communities"], facts["measures"]
    if not found:
        return None
    groups = listed(
        (tell("report.structure.community", n=len(m), places=words.places(m[:2])) for _, m in found[:6]),
        by="list.semicolon",
    )
    if len(found) > 6:
        groups = tell("list.and_more", names=groups, n=len(found) - 6, total=len(found))
    said = [tell("report.structure.communities", n=len(found), groups=groups)]
    if "modularity" in measures:
        said.append(tell("report.structure.modularity", value=number(measures["modularity"])))
    if "adjusted_rand_with_scopes" in measures:
        said.append(tell("report.structure.agree_scopes", value=number(measures["adjusted_rand_with_scopes"])))
    if "within_scopes" in measures:
        said.append(tell("report.structure.within_scopes", share=percent(measures["within_scopes"], 0)))
    return _paragraph(said)


def _core(facts: Row, words: Words) -> Text | None:
    core = facts["core"]
    if not core:
        return None
    return tell("report.structure.core", places=words.few(core), core=len(core), total=len(facts["places"]))


def _hubs(facts: Row, words: Words) -> Text | None:
    hubs, below, alone = facts["hubs"][:5], facts["subhubs"][:5], facts["alone"]
    if not hubs and not alone:
        return None
    said: list[Text] = [tell("report.structure.hubs")]
    if hubs:
        leads = (tell("report.structure.leads", n=h["hinterland"], place=words.name(h["place"])) for h in hubs)
        said.append(tell("report.structure.leading", leads=listed(leads, by="list.semicolon")))
    if below:
        own = (tell("report.structure.subhub", n=h["hinterland"], place=words.name(h["place"])) for h in below)
        said.append(tell("report.structure.subhubs", n=len(facts["hubs"]), places=listed(own)))
    if alone:
        said.append(tell("report.structure.alone", n=len(alone), places=words.few(alone)))
    return _paragraph(said)


def _blocks(facts: Row, words: Words) -> Text | None:
    if not facts["blocks"]:
        return None
    blocks: list[Text] = []
    for block in facts["blocks"][:8]:
        values = {"members": len(block["members"]), "place": words.name(block["members"][0])}
        if block["role"]:
            blocks.append(tell("report.structure.block_role", **values, role=name_of(block["role"], "block_roles")))
        else:
            blocks.append(tell("report.structure.block", **values))
    said = [tell("report.structure.blocks", n=len(facts["blocks"]), blocks=listed(blocks, by="list.semicolon"))]
    if any(block["role"] for block in facts["blocks"]):
        said.append(tell("report.structure.role_basis"))
    if facts["cutoff"]:
        said.append(tell("report.structure.ties", cutoff=_cutoff(facts["cutoff"])))
    if facts["margin"]:
        said.append(tell("report.structure.undecided", margin=percent(facts["margin"], 0)))
    return _paragraph(said)


def _cutoff(cutoff: str) -> Text:
    key = f"report.structure.cutoff.{cutoff}"
    return tell(key if key in keys("report.structure.cutoff.") else "report.structure.cutoff.number", value=cutoff)


def _tiers(facts: Row) -> Text | None:
    if not facts["agreements"]:
        return tell("report.structure.circular" if facts["circular"] else "report.structure.none_to_compare")
    items: list[Text] = []
    for row in facts["agreements"]:
        by = (
            text("methods.network.strength.name") if row["by"] == "strength" else name_of(row["by"], "network_measures")
        )
        item = tell("report.structure.kappa", by=by, kappa=number(row["kappa"]))
        if row["standard_error"] is not None:
            item = tell("report.structure.error", kappa=item, error=number(row["standard_error"]))
        if row["exact_agreement"] is not None:
            item = tell("report.structure.exact", kappa=item, share=percent(row["exact_agreement"], 0))
        items.append(item)
    listing = listed(items, by="list.semicolon")
    if facts["compared"]:
        said = tell("report.structure.agreement", compared=facts["compared"], items=listing)
    else:
        said = tell("report.structure.agreement_all", items=listing)
    return said


def contrast(fact: Row, words: Words) -> Text:
    """Set the share of a group's estimated outflow beside the measured share of one place's."""
    row, told = fact["row"], fact["told"]
    sender = words.name(told["sender"])
    said = tell(
        "report.balances.contrast",
        share=percent(row["localization_share"]), status=badge(row["status"]), group=words.name(row["group"]),
        measured=percent(told["localization_share"], 2), measured_status=badge(told["status"]), sender=sender,
    )  # fmt: skip
    own = fact["own"]
    if own is None:
        return said
    same = abs(own - told["localization_share"]) < 0.00005
    key = "report.balances.contrast_same" if same else "report.balances.contrast_own"
    return _paragraph([said, tell(key, sender=sender, share=percent(own, 2))])
