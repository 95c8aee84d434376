"""Set the numbers that each policy lever names before and after it, in the bundled study.

    python docs/list_lever_changes.py

For each of I1 to I16: what its source says it moves, and every number of indicators, costs, tiers and diffusion that it
changes, with the share of flows that stays in its region where it changes that.
"""

import sys
from collections.abc import Iterator

import pandas as pd

from innoscape.network import levers
from innoscape.study import bundled_study
from innoscape.study.plan.inputs import read_inputs
from innoscape.study.plan.read import study_of
from innoscape.study.plan.schema import Study
from innoscape.study.stages.build_chain import build_chain
from innoscape.study.stages.chain_changes import chain_changes
from innoscape.study.stages.scenarios import build_scenario
from innoscape.study.stages.spread import baseline_rates
from innoscape.study.stages.spread_numbers import assumed_numbers

REGION, HUBS = "Beijing-Tianjin-Hebei", ["Beijing", "Shanghai"]
CORE = {"places": ["Beijing"], "scope": REGION}
GIVEN = {
    **{name: {"places": HUBS} for name in levers()["lever"]},
    **{name: {"places": REGION} for name in ("I1", "I9")},
    **dict.fromkeys(("I4", "I13", "I16"), CORE),
    **{name: {"places": REGION, "scope": REGION} for name in ("I6", "I7")},
    "I10": {"places": ["Beijing"], "scope": ["Tianjin", "Shijiazhuang"]},
    "I11": {"places": ["Hefei", "Nanjing"]},
    "I14": {"places": REGION, "scope": ["Beijing"]},
}
# those of scores and of all the flows follow from the others
NAMED = ("indicator", "cost", "localization_share", "receptivity", "external", "people", "channel_rate", "pair")
TIER = "tier"


def study() -> Study:
    """Return the bundled study with one scenario a lever."""
    plan = bundled_study()
    content = plan.model_dump() | {"origins": {}, "folder": plan.folder}
    content["diffusion"]["fit"] = None
    content["scenarios"] = [{"name": name, "lever": name, **given} for name, given in GIVEN.items()]
    return study_of(content)


def changes() -> pd.DataFrame:
    """Return what every lever changes: numbers, and tiers by their words."""
    chain = build_chain(read_inputs(study()))
    (model,) = baseline_rates(chain, [assumed_numbers(chain)])
    built = [build_scenario(s.name, s.steps, chain, at="s") for s in chain.inputs.study.scenarios]
    found = chain_changes(chain, model, built)
    pairs = []
    for one in built:
        for date, new in one.chains.items():
            before, after = (_between(c.networks.flows["contract_estimated"]) for c in (chain, new))
            moved = pd.DataFrame({"baseline": before, "value": after}).reset_index()
            moved = moved[(moved["value"] / moved["baseline"] - 1).abs() > 1e-8]
            moved = moved.rename(columns={"source": "of", "target": "place"})
            pairs.append(moved.assign(scenario=one.scenario.name, start=date, measure="pair"))
    return pd.concat([found["chain_changes"], *pairs], ignore_index=True)


def _between(flows: pd.DataFrame) -> pd.Series:
    """Return the flows between the hubs, and from Beijing to its region."""
    wanted = [("北京", "上海"), ("上海", "北京"), ("北京", "天津"), ("北京", "石家庄")]
    return flows.groupby(["source", "target"])["value"].sum().reindex(wanted)


def table() -> Iterator[tuple[str, str, str]]:
    """Yield each lever with what it moves by its source and by the study."""
    moves = levers().set_index("lever")["moves"]
    numbers = changes()
    for name, moved in moves.items():
        own = numbers[(numbers["scenario"] == name) & numbers["measure"].isin(NAMED)]
        own = own[(own["measure"] != "localization_share") | (own["place"] == "京津冀")]
        own = own[(own["measure"] != "pair") | (own["place"].isin(["天津", "石家庄"]) == (name not in {"I2", "I15"}))]
        said = [
            f"{f'{start:g}: ' if start else ''}{row.measure}{'' if pd.isna(row.of) else f' {row.of}'}"
            f" {row.place} {row.baseline:.5g} -> {row.value:.5g}"
            for start, part in own.groupby("start")
            for row in part.itertuples()
        ]
        steps = numbers[(numbers["scenario"] == name) & (numbers["measure"] == TIER)]
        said += [f"{TIER} {row.place} {row.baseline_word} -> {row.value_word}" for row in steps.itertuples()]
        yield str(name), str(moved), "; ".join(said)


if __name__ == "__main__":
    for lever, moved, said in table():
        sys.stdout.write(f"{lever} ({moved})\n    {said}\n")
