"""One class and its words are all that a scenario verb needs: study file, docs, explorer and scenario follow."""

import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import innoscape
from innoscape.data import StudyError
from innoscape.network import VERBS
from innoscape.study import bundled_study, read_study
from innoscape.study.explorer.controls import controls
from innoscape.study.plan.interventions import STEPS
from innoscape.study.plan.schema import Study
from innoscape.study.plan.study_verbs import STUDY_VERBS

ROOT = Path(innoscape.__file__).parent
LOCALIZED = '{ verb = "set_tier", place = "C", tier = "national" }'

CLASS = '''
@dataclass(frozen=True)
class Quieten(Verb):
    """Take receptivity off some places."""

    toward: Centers
    _: KW_ONLY
    by: Annotated[float, VerbField("number", least=0.0, most=0.75, usual=0.1, assumed=True)]

    def change(self, inputs: Inputs) -> Changes:
        accept = inputs["receptivity"].copy()
        accept.loc[list(self.toward)] -= self.by
        return {"receptivity": accept}


'''
WORDS = '\n[verbs.quieten]\ntitle = "T"\nadd = "A"\nmeaning = "quietens places"\ntoward = "who"\nby = "how much"\n'
ASKED = """
import json, runpy, sys
import pandas as pd
from innoscape.network import VERBS, Channel, Scenario, hazard_rates
from innoscape.study import bundled_study
from innoscape.study.explorer.controls import controls
from innoscape.study.plan.walk_names import PLACE_KEYS
from innoscape.study.plan.interventions import STEPS, centers_needed

centers = pd.DataFrame({"place": ["A", "B"], "tier": pd.Categorical(["top", "top"], ordered=True)})
model = hazard_rates(centers, [Channel("peer", rate=1.0, decay="none")])
step = STEPS["quieten"].model_validate({"verb": "quieten", "toward": ["B"], "by": 0.5})
print(json.dumps({
    "scenario": Scenario("s").quieten(["B"], by=0.25).apply(model).receptivity["B"],
    "verbs": len(VERBS),
    "schema": STEPS["quieten"].model_json_schema()["properties"]["by"],
    "centers": list(centers_needed(step)),
    "matched": "toward" in PLACE_KEYS,
    "page": next(c for c in controls(bundled_study()) if c["verb"] == "quieten"),
    "docs": [page for _, page in runpy.run_path(sys.argv[1])["pages"]()],
}))
"""


def test_a_verb_is_one_class_and_its_words(tmp_path):
    copy = tmp_path / "innoscape"
    for part in ("data", "geo", "network", "study", "docs"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("__init__.py", "__init__.pyi"):
        shutil.copy(ROOT / part, copy / part)
    verbs = copy / "network" / "diffusion" / "scenarios" / "verbs.py"
    code = verbs.read_text(encoding="utf-8").replace("def _channels(", f"{CLASS.lstrip()}def _channels(", 1)
    verbs.write_text(f"{code}    quieten = _step(Quieten)\n", encoding="utf-8")
    for catalogue in (copy / "data" / "wording").glob("*.toml"):
        catalogue.write_text(catalogue.read_text(encoding="utf-8") + WORDS, encoding="utf-8")
    command = [sys.executable, "-c", ASKED, str(copy / "docs" / "write_verbs.py")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verbs"] == len(VERBS) + 1
    assert found["scenario"] == 0.75
    assert (found["schema"]["minimum"], found["schema"]["maximum"]) == (0.0, 0.75)
    assert found["schema"]["description"] == "how much"
    assert found["centers"] == [["toward", "B"]]
    assert found["matched"]
    assert [(f["name"], f["kind"]) for f in found["page"]["fields"]] == [("toward", "places"), ("by", "number")]
    assert "| `quieten` | quietens places |" in found["docs"][0]
    assert "| `quieten` | `toward` (who); `by` (how much, 0 to 0.75) |" in found["docs"][1]


def test_schema_page_and_scenario_know_the_same_verbs():
    assert [*STEPS] == [*STUDY_VERBS]
    assert {*VERBS} < {*STUDY_VERBS}
    for name, model in STEPS.items():
        assert {*model.model_fields} == {"verb", *STUDY_VERBS[name].fields()}


def test_the_page_offers_the_verbs_that_move_something_it_shows():
    travel = {"edges": "edges.csv", "territories": {"北京": "X"}, "border": 100.0}
    bordered = {"siting": {"demand": "people", "most": 1, "travel": travel}}
    tables = {"places": ["places.csv"]}
    for parts, left_out in (
        (bundled_study().model_dump(exclude={"siting"}), {"borders"}),
        (bundled_study().model_dump() | bordered, {"borders"}),
        ({"name": "bare", "title": "Bare", "tables": tables}, {"borders", "indicators", "flows"}),
    ):
        offered = [control["verb"] for control in controls(Study.model_validate(parts))]
        assert offered == [name for name, verb in STUDY_VERBS.items() if verb.table not in left_out]


def test_the_tables_of_verbs_in_the_docs_are_those_of_the_classes():
    for path, page in runpy.run_path(str(ROOT / "docs" / "write_verbs.py"))["pages"]():
        assert path.read_text(encoding="utf-8") == page, "run: python docs/write_verbs.py"


@pytest.mark.parametrize(
    ("step", "key", "needed"),
    [
        ('{ verb = "scale_flow", factor = -1 }', ".factor", "a number greater than or equal to 0"),
        ('{ verb = "scale_cost", places = [], factor = 1 }', ".places", "at least 1 entry"),
        ('{ verb = "set_channel", channel = "rail", rate = 1 }', ".channel", "one of hierarchical, tie"),
        ('{ verb = "set_channel", channel = "peer" }', "", "at least one of rate, half_distance"),
        ('{ verb = "siphon", to = "A", places = ["A"], share = 0.1 }', "", "cannot draw from itself"),
        ('{ verb = "phase_in", waves = [["A"], []], factor = 2, every = 1 }', ".waves[2]", "at least 1 entry"),
        ('{ verb = "fly" }', ".verb", "'fly'"),
        ('{ verb = "set_tiers", place = "A" }', ".verb", "did you mean 'set_tier'"),
    ],
)
def test_a_wrong_value_gives_one_fault_with_its_key(study, step, key, needed):
    file = study / "study.toml"
    text = file.read_text(encoding="utf-8")
    assert LOCALIZED in text
    file.write_text(text.replace(LOCALIZED, step), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_study(study)
    (fault,) = caught.value.faults
    assert fault.column == f"scenarios[1].interventions[1]{key}"
    assert needed in str(fault)
