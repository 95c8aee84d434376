"""A policy lever in a study file stands for interventions: it moves indicators, scores and ranks as they do."""

import pytest
from samples import edit

from innoscape.data import StudyError
from innoscape.network import levers
from innoscape.study import bundled_study, check, read_study, run
from innoscape.study.plan.assumed import assumptions
from innoscape.study.plan.inputs import read_inputs
from innoscape.study.plan.read import study_of
from innoscape.study.stages.build_chain import build_chain
from innoscape.study.stages.chain_changes import chain_changes
from innoscape.study.stages.scenarios import build_scenario
from innoscape.study.stages.spread import baseline_rates
from innoscape.study.stages.spread_numbers import assumed_numbers

WRITTEN = 'interventions = [{ verb = "set_tier", place = "C", tier = "national" }]'
WRONG = 'interventions = [{ verb = "siphon", to = "A", places = ["A"], share = 1 }, { verb = "fly" }]'


def with_scenarios(study, *bodies):
    """Put scenarios into the study file in place of its own."""
    file = study / "study.toml"
    text = file.read_text(encoding="utf-8").partition("[[scenarios]]")[0]
    parts = [f'[[scenarios]]\nname = "s{i}"\n{body}\n' for i, body in enumerate(bodies, 1)]
    file.write_text(text + "\n".join(parts), encoding="utf-8")
    return study


def changes(study, *bodies):
    """Return what the first scenario changes in the chain, by measure, what it is of and place: before and after."""
    plan = read_study(with_scenarios(study, *bodies))
    chain = build_chain(read_inputs(plan))
    built = [build_scenario(s.name, s.steps, chain, at="s") for s in plan.scenarios]
    (model,) = baseline_rates(chain, [assumed_numbers(chain)])
    found = chain_changes(chain, model, built)["chain_changes"]
    return found.set_index(["measure", "of", "place"])[["baseline", "value"]]


# scores by hand: the mean of labs and firms on min-max scales; before A has 2/3, B 3/4, C 0
@pytest.mark.parametrize(
    ("body", "moved", "score"),
    [
        (
            'lever = "I1"\nindicators = ["labs"]\ninputs = ["firms"]\nvalue = 4',
            {"labs": (9, 13), "firms": (4, 4.4)},
            0.7,
        ),
        ('lever = "I7"\nindicators = ["firms"]\nvalue = 2.0', {"firms": (4, 8)}, 1.0),
        ('lever = "I9"\nindicators = ["firms"]\nvalue = 1.5', {"firms": (4, 6)}, 5 / 6),
        ('lever = "I14"\nindicators = ["firms"]\nvalue = 1.75', {"firms": (4, 7)}, 11 / 12),
        ('lever = "I6"\nindicators = ["firms"]\nvalue = 1.5', {"firms": (4, 6)}, 5 / 6),
    ],
    ids=["I1", "I7", "I9", "I14", "I6"],
)
def test_a_lever_on_indicators_moves_them_the_score_and_the_rank(study, body, moved, score):
    found = changes(study, f'{body}\nplaces = ["A"]')
    for name, (before, after) in moved.items():
        assert found.loc[("indicator", name, "A")].tolist() == pytest.approx([before, after])
    assert {of for measure, of, _ in found.index if measure == "indicator"} == {*moved}
    assert found.loc[("score", "equal", "A")].tolist() == pytest.approx([2 / 3, score])
    assert found.loc[("rank", "equal", "A")].tolist() == [2.0, 1.0]


def test_a_lever_equals_the_interventions_that_it_stands_for(study):
    lever = 'lever = "I16"\nplaces = ["Beijing"]\nscope = ["B"]\nvalue = 0.9\nstart = 1.0'
    within = 'verb = "redirect_flow", source = "A", within = ["B"]'
    steps = [f"{{ {within}, share = {s}, start = {t} }}" for s, t in ((0.4 * 0.9, 1.0), (0.6 * 0.9, 6.0), (0.9, 11.0))]
    further = 'interventions = [{ verb = "set_tier", place = "C", tier = "national" }]'
    # the last step of the lever begins ten years after the first
    edit(study, "study.toml", "horizon = 10.0", "horizon = 12.0")
    bodies = lever, f"interventions = [{', '.join(steps)}]", f"{lever}\n{further}"
    plan = read_inputs(read_study(with_scenarios(study, *bodies))).study
    assert plan.scenarios[0].steps == plan.scenarios[1].steps
    assert plan.scenarios[2].steps == [*plan.scenarios[0].steps, *plan.scenarios[2].interventions]
    tables = run(plan, until="simulate").tables
    first, second = (tables["scenarios"].query("scenario == @name").drop(columns="scenario") for name in ("s1", "s2"))
    assert first.reset_index(drop=True).equals(second.reset_index(drop=True))
    assert study_of({**plan.model_dump(), "folder": plan.folder}).scenarios == plan.scenarios


def test_every_number_of_a_lever_is_assumed_with_its_source(study):
    bodies = ('lever = "I12"\nplaces = ["B"]', 'lever = "I3"\nplaces = ["B"]')
    plan = read_study(with_scenarios(study, *bodies))
    found = {a.key: (a.value, str(a.origin)) for a in assumptions(plan) if a.key.startswith("scenarios")}
    assert found == {
        "scenarios[s1].lever[1].factor": (1.2, "Zhuang §3"),
        "scenarios[s1].lever[2].before": (0.2, "Zhuang §3"),
        "scenarios[s1].lever[2].after": (0.24, "Zhuang §3"),
        "scenarios[s1].lever[3].rate": (0.01, "Zhuang §3"),
        "scenarios[s2].lever[1].before": (0.1, "Ran 2022 §4(2)"),
        "scenarios[s2].lever[1].after": (0.12, "Ran 2022 §4(2)"),
    }
    own = study_of({**plan.model_dump(), "origins": {"scenarios[s2]": {"source": "mine"}}})
    assert str(next(a for a in assumptions(own) if a.key.startswith("scenarios[s2]")).origin) == "mine"


def test_faults_of_levers_come_all_at_once_each_at_its_key(study):
    bodies = (
        f'lever = "I16"\nplaces = ["A"]\nscope = ["B"]\nvalue = 1.5\n{WRONG}',
        'lever = "I17"\nvalue = "much"',
        'lever = "I4"\nplaces = ["A"]',
        'lever = "I3"\nplaces = ["A"]\nscope = ["B"]',
        'places = ["A"]\n' + WRITTEN,
        'title = "nothing"',
        'lever = "I13"\nplaces = ["A"]\nscope = ["B"]\nlever_steps = [1]',
    )
    with pytest.raises(StudyError) as caught:
        read_study(with_scenarios(study, *bodies))
    columns = [fault.column for fault in caught.value.faults]
    assert sorted(columns) == [
        "scenarios[1].interventions[1]",
        "scenarios[1].interventions[2].verb",
        "scenarios[1].value",
        "scenarios[2].lever",
        "scenarios[2].value",
        "scenarios[3].lever",
        "scenarios[4].scope",
        "scenarios[5].places",
        "scenarios[6].interventions",
        "scenarios[7].lever_steps",
    ]
    said = str(caught.value)
    assert "scope, without which lever I4 says nothing" in said
    assert "'I17'" in said


def test_tiers_and_channels_that_a_study_lacks_are_told_at_their_keys(study):
    flows = 'lever = "I13"\nplaces = ["A"]\nscope = ["B"]'
    file = with_scenarios(study, 'lever = "I11"\nplaces = ["A", "B"]\ntier = "top"', flows) / "study.toml"
    text = (
        file.read_text(encoding="utf-8").replace('name = "tie"', 'name = "peer"').replace('tie_network = "trade"\n', "")
    )
    file.write_text(text.replace('normalize = "origin"\n', ""), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_study(study)
    assert [fault.column for fault in caught.value.faults] == ["scenarios[2].lever"] * 2 + ["scenarios[1].tier"]


def test_what_a_lever_names_that_a_study_lacks_is_told_at_its_key(study):
    bodies = (
        'lever = "I1"\nplaces = ["A"]',
        'lever = "I9"\nplaces = ["A"]\nindicators = ["lab"]',
        'lever = "I3"\nplaces = ["Peking"]',
    )
    with pytest.raises(StudyError) as caught:
        check(with_scenarios(study, *bodies))
    columns = {fault.column for fault in caught.value.faults}
    assert columns == {"scenarios[1].lever", "scenarios[2].lever", "scenarios[3].places"}
    assert "labs" in str(caught.value)


def test_a_lever_without_indicators_says_which_to_write_and_that_works(study):
    body = 'lever = "I1"\nplaces = ["A"]\ninputs = ["firms"]'
    with pytest.raises(StudyError) as caught:
        check(with_scenarios(study, body))
    (fault,) = caught.value.faults
    assert str(fault).endswith('write indicators = ["labs"] beside the lever, with one or more of labs, firms')
    assert "national_laboratories, which the study does not have" in str(fault)
    written = str(fault).partition("write ")[2].partition(" beside")[0]
    check(with_scenarios(study, f"{body}\n{written}"))


NAMED = [
    {"lever": "I14", "places": "Beijing-Tianjin-Hebei", "scope": "Beijing"},
    {"lever": "I14", "places": ["京津冀"], "scope": ["Beijing"]},
    {"lever": "I3", "places": ["京津冀", "Shanghai"]},
    {"lever": "I8", "places": "Beijing-Tianjin-Hebei"},
    {"lever": "I8", "places": ["京津冀"]},
    {"interventions": [{"verb": "phase_in", "waves": [["北京"], ["长三角"]], "factor": 2.0, "every": 1.0}]},
    {"interventions": [{"verb": "seed", "places": "成渝", "start": 2.0}]},
]


def test_places_go_by_any_name_alone_or_in_a_list_as_do_those_that_contain_centers():
    plan = bundled_study()
    content = plan.model_dump() | {"origins": {}, "folder": plan.folder}
    content["scenarios"] = [{"name": f"s{i}", **body} for i, body in enumerate(NAMED)]
    content["diffusion"]["fit"] = None
    chain = build_chain(read_inputs(study_of(content)))
    built = [build_scenario(s.name, s.steps, chain, at="s") for s in chain.inputs.study.scenarios]
    region = ("北京", "天津", "石家庄")
    assert [edit.verb.targets for one in built[:2] for edit in one.edits if edit.verb.table == "flows"] == [region] * 2
    assert {edit.verb.places for one in built[:2] for edit in one.edits if edit.verb.table != "flows"} == {("京津冀",)}
    assert built[2].scenario.interventions[0].places == (*region, "上海")
    assert [one.edits[0].verb.places for one in built[3:5]] == [region] * 2
    assert "杭州" in built[5].scenario.interventions[0].waves[1]
    assert built[6].scenario.interventions[0].places == ("成都", "重庆")


def test_what_stands_for_several_where_one_is_needed_says_which_to_write():
    plan = bundled_study()
    content = plan.model_dump() | {"origins": {}, "folder": plan.folder}
    content["diffusion"]["fit"] = None

    def checked(places, lever="I11"):
        content["scenarios"] = [{"name": "s", "lever": lever, "places": places}]
        check(study_of(content))

    with pytest.raises(StudyError) as caught:
        checked("京津冀")
    (fault,) = caught.value.faults
    assert fault.column == "scenarios[1].places"
    assert str(fault).endswith('write what it contains in its place: "北京", "天津", "石家庄"')
    checked(["北京", "天津", "石家庄"])
    with pytest.raises(StudyError, match="at least two places"):
        checked(["北京"], "I8")
    with pytest.raises(StudyError, match="such as 北京, 京津冀") as caught:
        checked(["天津"], "I14")
    with pytest.raises(StudyError, match="did you mean 'Chengdu-Chongqing metropolitan circle'"):
        checked("Chengdu-Chongqing", "I3")
    checked("Chengdu-Chongqing metropolitan circle", "I3")


def test_every_lever_works_in_the_bundled_study():
    plan = bundled_study()
    content = plan.model_dump() | {"origins": {}}
    hubs, region, scope = {"places": ["北京", "上海"]}, {"places": ["京津冀"]}, {"scope": "京津冀"}
    core = {"places": ["北京"], **scope}
    given = dict.fromkeys(levers()["lever"], hubs) | dict.fromkeys(["I4", "I13", "I16"], core)
    given |= dict.fromkeys(["I1", "I9"], region)
    given |= dict.fromkeys(["I6", "I7"], region | scope)
    given |= {"I10": {**core, "scope": ["天津", "石家庄"]}, "I14": {"places": "京津冀", "scope": ["北京"]}}
    given |= {"I11": {"places": ["合肥", "南京"]}}
    content["scenarios"] = [{"name": name, "lever": name, **options} for name, options in given.items()]
    study = study_of({**content, "folder": plan.folder})
    check(study)
    chain = build_chain(read_inputs(study))
    (model,) = baseline_rates(chain, [assumed_numbers(chain)])

    def after(name):
        (plan,) = [one for one in chain.inputs.study.scenarios if one.name == name]
        return build_scenario(name, plan.steps, chain, at="s").scenario.apply(model)

    def share(rates):
        sold = rates.flows[rates.flows["source"] == "北京"].set_index("target")["value"]
        return sold[["天津", "石家庄"]].sum() / sold.sum()

    assert share(model) == pytest.approx(0.0986, abs=1e-5)
    assert [share(after(name)) for name in ("I4", "I13", "I16")] == pytest.approx([0.2, 0.2, 0.5])
    assert model.receptivity[["合肥", "南京"]].tolist() == [0.4, 0.4]
    assert after("I11").receptivity[["合肥", "南京"]].tolist() == [0.7, 0.7]
    assert [s.lever for s in study.scenarios] == levers()["lever"].tolist()


def test_the_explorer_offers_a_lever_as_its_interventions():
    pytest.importorskip("uvicorn")
    from innoscape.study.explorer.request import Levers
    from innoscape.study.explorer.session import prepare

    plan = bundled_study()
    content = plan.model_dump() | {"folder": plan.folder, "origins": {}}
    content["scenarios"] = [{"name": "made", "lever": "I4", "places": ["北京"], "scope": "京津冀"}]
    desk = prepare(study_of(content), runs=60)
    (preset,) = desk.describe()["presets"]
    assert preset["interventions"] == [
        {"verb": "redirect_flow", "source": "北京", "within": "京津冀", "share": 0.2},
        {"verb": "raise_conversion", "places": ["北京", "天津", "石家庄"], "before": 0.2, "after": 0.24},
    ]
    assert desk.answer(Levers.model_validate({"interventions": preset["interventions"], "runs": 60}))["runs"] == 60
