"""Studies with tiers of their own: scored, placed, simulated, drawn and reported by the names that they declare."""

import re
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Patch
from matplotlib.text import Text
from samples import edit

from innoscape.data import StudyError, TableError
from innoscape.data.methods import ChosenMethod
from innoscape.data.tier_scale import TierScale
from innoscape.network.flows.shapes import TOTALS
from innoscape.study import check, draw_figure, read_study, run
from innoscape.study.explorer.describe_study import describe_study
from innoscape.study.explorer.session import open_chain
from innoscape.study.facts.doubt_facts import doubt_facts
from innoscape.study.facts.spread_facts import scenario_facts
from innoscape.study.report.compose_methods import describe

THREE = [
    ("Hub", "hub <b>A</b>", "枢纽", "#123a5e"),
    ("结点", "junction", "", "#4f8a3c"),
    ("end point", "end point", "末端", "#f4e9b8"),
]
SEVEN = [(f"level {n}", "", f"第{n}级", f"#{16 + 30 * n:02x}3a{220 - 25 * n:02x}") for n in range(1, 8)]


def with_scale(study, scale):
    """Give a study a scale of its own, a place for each tier and two more."""
    keys = [tier[0] for tier in scale]
    text = "".join(
        f'\n[[tiers.scale]]\nkey = "{key}"\nname_en = "{en}"\nname_zh = "{zh}"\ncolor = "{color}"\n'
        for key, en, zh, color in scale
    )
    places = [f"P{n}" for n in range(len(keys) + 2)]
    tiers = [keys[min(n, len(keys) - 1)] for n in range(len(places))]
    edit(
        study,
        "study.toml",
        '[tiers]\nmethod = "counts"\ncounts = [1, 1, 1]\n',
        f"[tiers]\nmethod = 'quantiles'\n{text}",
    )
    edit(study, "study.toml", '["A", "B", "C"]', str(places).replace("'", '"'))
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["P0"]\nreceptivity = { "' + keys[0] + '" = 1.0 }')
    edit(study, "study.toml", 'place = "C", tier = "national"', f'place = "{places[-1]}", tier = "{keys[0]}"')
    table = pd.DataFrame({"place": places, "lon": [100 + 3 * n for n in range(len(places))], "lat": 30.0})
    table.assign(tier=[tier.upper() for tier in tiers]).to_csv(study / "places.csv", index=False)
    rows = [(p, i, 100 - 7 * n + (i == "firms")) for n, p in enumerate(places) for i in ("labs", "firms")]
    pd.DataFrame(rows, columns=["place", "indicator", "value"]).to_csv(study / "indicators.csv", index=False)
    ends = [(a, b, 1 + 3 * i + j) for i, a in enumerate(places) for j, b in enumerate(places) if a != b]
    pd.DataFrame(ends, columns=["source", "target", "value"]).to_csv(study / "flows.csv", index=False)
    return keys, places, tiers


@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
@pytest.mark.parametrize("scale", [SEVEN], ids=["seven"])
def test_a_study_with_tiers_of_its_own_runs_from_scores_to_pages(study, tmp_path, scale):
    keys, places, tiers = with_scale(study, scale)
    results = run(study, tmp_path / "out")
    tables = results.tables
    assert list(results.study.tiers.order) == keys
    assert list(tables["scores"]["tier"].cat.categories) == keys
    assert set(tables["scores"]["tier"]) == set(keys)
    assert dict(zip(tables["centers"]["place"], tables["centers"]["tier"], strict=True)) == dict(
        zip(places, tiers, strict=True)
    )
    assert {"all", *keys} >= set(tables["credit"]["tier"]) > {"all"}
    assert not {f"diffusion.receptivity.{key}" for key in keys} - set(tables["assumptions"]["key"])
    moved = tables["arrivals"].set_index(["scenario", "place"])["tier"]
    assert (moved["baseline", places[-1]], moved["up", places[-1]]) == (keys[-1], keys[0])
    if "flow_tiers" in tables:  # networks of a few places have none
        assert set(tables["flow_tiers"]["tier_by_strength"].dropna()) <= set(keys)


@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
def test_hierarchical_channels_pass_down_the_tiers_of_the_study_in_their_order(study):
    keys, places, _ = with_scale(study, SEVEN)
    edit(study, "study.toml", 'name = "hierarchical"\n', 'name = "hierarchical"\nmax_steps = 1\n')
    edit(study, "study.toml", "rate = 0.5\n", "rate = 0.0\n")
    arrivals = run(study, until="simulate").tables["arrivals"]
    base = arrivals[arrivals["scenario"] == "baseline"].set_index("place").loc[places]
    means = base["reached"].groupby(base["tier"].astype(str)).mean()[keys]
    assert means.is_monotonic_decreasing
    assert means.iloc[-1] < means.iloc[1] < 1.0 == means.iloc[0]


def test_every_tier_outside_the_scale_is_one_fault_with_the_nearest_named(study):
    with_scale(study, THREE)
    edit(study, "study.toml", '"Hub" = 1.0', '"Hubs" = 1.0')
    edit(study, "study.toml", 'tier = "Hub"', 'tier = "endpoint"')
    edit(study, "study.toml", "[diffusion]", '[centers.assumed_tiers]\nP1 = "national"\n\n[diffusion]')
    with pytest.raises(StudyError) as caught:
        read_study(study)
    said = str(caught.value)
    assert "centers.assumed_tiers.P1: needed one of Hub, 结点, end point, got 'national'" in said
    assert "diffusion.receptivity.Hubs" in said
    assert "did you mean 'Hub'?" in said
    assert "scenarios[1].interventions[1].tier" in said
    assert "did you mean 'end point'?" in said
    assert len(caught.value.faults) == 3


def test_a_tier_outside_the_scale_in_a_table_is_a_fault_of_its_row(study):
    with_scale(study, THREE)
    edit(study, "places.csv", "P1,103,30.0,结点", "P1,103,30.0,international")
    with pytest.raises(
        TableError, match=r"row 3, column tier: needed one of Hub, 结点, end point, got inter.*tiers of its own.*copy"
    ):
        check(study)


@pytest.mark.parametrize(
    ("got", "advice"), [("international", "tiers of its own.*copy"), ("endpoint", "did you mean .end point")]
)
def test_a_published_tier_outside_the_scale_is_a_fault_with_advice(study, got, advice):
    with_scale(study, THREE)
    edit(study, "study.toml", "[diffusion]", '[tiers.published]\ntable = "published.csv"\n\n[diffusion]')
    (study / "published.csv").write_text(f"place,tier\nP0,Hub\nP1,{got}\n", encoding="utf-8")
    with pytest.raises(TableError, match=f"needed one of Hub, 结点, end point, got '{got}'.*{advice}"):
        check(study)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('color = "#123a5e"', 'color = "red"', "needed a color as #rrggbb for 'Hub', got 'red'"),
        ('color = "#123a5e"', 'color = "#123a5e;}"', "needed a color as #rrggbb"),
        ('key = "end point"', 'key = "Hub"', "got 'Hub' again"),
        ('key = "end point"', 'key = "all"', "needed a key other than all, other"),
        ("method = 'quantiles'\n", "method = 'quantiles'\nk = 4\n", "3 tiers for 4 classes"),
        ('name_zh = "枢纽"', 'zh = "枢纽"', "a known key"),
    ],
)
def test_a_scale_that_cannot_be_used_is_refused(study, old, new, said):
    with_scale(study, THREE)
    edit(study, "study.toml", old, new)
    with pytest.raises(StudyError) as caught:
        read_study(study)
    assert said in str(caught.value)


def test_facts_order_tiers_by_rank_and_know_rows_of_scenarios_about_them():
    scale = TierScale.of("zenith", "middle", "abyss")
    row = {"scenario": "up", "measure": "tier_arrival_time", "difference": 1.0, "low": 0.5, "high": 1.5}
    scenarios = pd.DataFrame([row | {"place": place} for place in ("abyss", "P", "all", "middle", "zenith")])
    rows = scenario_facts({"scenarios": scenarios}, ["up"], tiers=scale)
    assert [(r["place"], r["level"]) for r in rows["telling"]] == [("all", "all"), ("P", "place")]
    assert [(r["place"], r["level"]) for r in rows["rest"]] == [(tier, "tier") for tier in scale]
    chances = pd.DataFrame({"place": ["P"], "tier": ["middle"], "probability": [0.5]})
    chances = chances.assign(most_likely_tier="middle", abyss=0.2, middle=0.5, zenith=0.3)
    assert doubt_facts({"tier_probabilities": chances}, None, scale)["tiers"] == list(scale)


@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
@pytest.mark.parametrize("scale", [THREE], ids=["three"])
def test_report_and_explorer_say_and_size_the_tiers_of_the_study(study, tmp_path, scale):
    keys, _, _ = with_scale(study, scale)
    run(study, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<b>A</b>" not in page
    assert all(zh in page for _, _, zh, _ in scale)
    said = describe_study(open_chain(read_study(study)))
    radii = [said["radii"][key] for key in keys]
    assert radii == sorted(set(radii), reverse=True)
    assert (radii[0], radii[-1]) == (9.0, 4.0)
    assert [said["tier_names"][key] for key in keys] == [{"en": en or key, "zh": zh or en} for key, en, zh, _ in scale]


@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
def test_figures_of_scores_and_tiers_carry_the_names_and_colors_of_the_study(study):
    with_scale(study, THREE)
    edit(study, "study.toml", "[tiers]\n", "[index.robustness]\nruns = 20\n\n[tiers]\n")
    results = run(study, until="score")
    for figure in ("scores", "tiers"):
        drawn = draw_figure(results, figure, language="zh")
        said = {text.get_text().lower() for text in drawn.findobj(Text)}
        fills = {to_hex(patch.get_facecolor()) for patch in drawn.findobj(Patch)}
        assert {zh or en for _, en, zh, _ in THREE} <= said
        assert {color for *_, color in THREE} <= fills


def test_the_scale_shown_in_the_documentation_can_be_declared(study):
    page = (Path(__file__).parents[2] / "docs" / "study-file.md").read_text(encoding="utf-8")
    shown = next(block for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[[tiers.scale]]" in block)
    edit(study, "study.toml", '[tiers]\nmethod = "counts"\ncounts = [1, 1, 1]\n', shown)
    edit(study, "study.toml", 'tier = "national"', 'tier = "junction"')
    found = read_study(study).tiers.order
    assert list(found) == ["hub", "junction", "end"]
    assert found.name("hub").in_("zh") == "枢纽"


def test_methods_say_options_by_tier_with_the_names_of_the_tiers():
    weights = {TierScale.of({"key": "hub", "name_zh": "枢纽"}, "end").name("hub"): 2.0}
    said = describe(ChosenMethod("estimate_totals", "scores", TOTALS["scores"], {"weights": weights})).says
    assert "hub: 2" in said.in_("en")
    assert "枢纽：2" in said.in_("zh")


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        (
            'color = "#123a5e"',
            'color = "blue"',
            "tiers.scale[1].color",
            "needed a color as #rrggbb for 'Hub', got 'blue'",
        ),
        ('key = "end point"', 'key = "Hub"', "tiers.scale[3].key", "needed each key once, got 'Hub' again"),
        (
            "method = 'quantiles'\n",
            "method = 'quantiles'\nk = 4\n",
            "tiers.k",
            "needed as many tiers as classes, got 3 tiers for 4 classes",
        ),
    ],
)
def test_a_fault_of_a_scale_is_told_once_at_its_key(study, old, new, at, said):
    with_scale(study, THREE)
    edit(study, "study.toml", old, new)
    with pytest.raises(StudyError) as caught:
        read_study(study)
    (fault,) = caught.value.faults
    assert fault.column == at
    assert f"{at}: {said}" in str(caught.value)
