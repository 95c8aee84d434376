"""A wrong study gives one clear message a fault, exit code 2, no traceback and no half-written results."""

import os
import re
import subprocess
import sys
import warnings

import pandas as pd
import pytest
from samples import command, edit

from innoscape.data import StudyError, TableError
from innoscape.study import check, read_study, run

FAULTS = {
    "unknown place in flows": ("flows.csv", "B,C,3", "B,Wuhann,3", ["flows.csv, row 4, column target", "Wuhan"]),
    "negative value": ("flows.csv", "A,C,5", "A,C,-5", ["flows.csv, row 3, column value", "-5"]),
    "duplicated place": ("places.csv", "C,114.3", "A,114.3", ["places.csv", "row", "column place", "A"]),
    "longitude and latitude swapped": ("places.csv", "116.4,39.9", "39.9,116.4", ["places.csv, row 2", "swapped"]),
    "latitude out of range": ("places.csv", "121.5,31.2", "121.5,310.2", ["places.csv, row 3, column lat", "310.2"]),
    "missing column": ("flows.csv", "source,target,value", "source,target,valeu", ["flows.csv", "value"]),
    "text where a number is needed": ("indicators.csv", "A,labs,9", "A,labs,nine", ["indicators.csv, row 2", "nine"]),
    "misspelt key": (
        "study.toml",
        "horizon = 10.0",
        "horizonn = 10.0",
        ["diffusion.horizonn", "did you mean 'horizon'"],
    ),
    "misspelt recipe option": (
        "study.toml",
        'name = "equal"',
        'name = "equal"\nnormalise = "minmax"',
        ["index.recipes"],
    ),
    "seed that does not exist": ("study.toml", 'seeds = ["A"]', 'seeds = ["Peking"]', ["diffusion.seeds", "Peking"]),
    "unknown language": (
        "study.toml",
        'title = "',
        'language = "fr"\ntitle = "',
        ["language", "one of en, zh", "fr"],
    ),
    "wrong type": ("study.toml", "runs = 50", 'runs = "many"', ["diffusion.runs", "many"]),
    "number in quotes": (
        "study.toml",
        "horizon = 10.0",
        'horizon = "10"',
        ["diffusion.horizon", "a number, without quotes"],
    ),
    "truth for a number": ("study.toml", "runs = 50", "runs = true", ["diffusion.runs", "a whole number", "True"]),
    "a step of three": (
        "study.toml",
        'name = "hierarchical"',
        'name = "hierarchical"\nsteps = [[1, 2, 3]]',
        ["channels[1].steps[1]", "a list of at most 2 entries"],
    ),
    "broken TOML": ("study.toml", "[diffusion]", "[diffusion", ["study.toml", "valid TOML", "line"]),
    "network that does not exist": ("study.toml", 'tie_network = "trade"', 'tie_network = "tade"', ["tade", "trade"]),
    "missing file": ("study.toml", '"flows.csv"', '"flow.csv"', ["flow.csv"]),
    "unknown dataset": ("study.toml", '"flows.csv"', '"dataset:copatent"', ["dataset:copatent", "networks[1].flows"]),
    "scenario place that is no center": (
        "study.toml",
        'place = "C"',
        'place = "D"',
        ["scenarios[1].interventions[1]", "'D'"],
    ),
    "unit without indicators": ("indicators.csv", "C,firms,2\n", "", ["C", "firms"]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_gives_one_message_and_nothing_is_written(study, tmp_path, monkeypatch, capsys, fault):
    name, old, new, words = FAULTS[fault]
    edit(study, name, old, new)
    out = tmp_path / "out"
    code, errors = command(monkeypatch, capsys, "run", study, "--out", out)
    assert code == 2
    for word in words:
        assert word in errors
    assert "Traceback" not in errors
    assert errors.count("error:") == 1
    assert not out.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["study"]


def test_all_faults_of_all_tables_are_reported_at_once(study):
    edit(study, "flows.csv", "A,C,5", "A,X,-5")
    edit(study, "flows.csv", "B,C,3", "B,C,lots")
    edit(study, "indicators.csv", "A,labs,9", "Z,labs,9")
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["Q"]')
    with pytest.raises(StudyError) as caught:
        check(study)
    where = {(f.where, f.row, f.column) for f in caught.value.faults}
    assert {("flows.csv", 3, "target"), ("flows.csv", 3, "value"), ("flows.csv", 4, "value")} <= where
    assert ("indicators.csv", 2, "place") in where
    assert ("study.toml", None, "diffusion.seeds") in where


def test_all_faults_of_a_study_file_are_reported_at_once(study):
    edit(study, "study.toml", "horizon = 10.0", "horizon = -1")
    edit(study, "study.toml", "rate = 0.2", 'rate = "fast"')
    edit(study, "study.toml", 'method = "counts"', 'method = "guess"')
    with pytest.raises(StudyError) as caught:
        read_study(study)
    assert {f.column for f in caught.value.faults} == {
        "diffusion.horizon",
        "diffusion.channels[1].rate",
        "tiers.method",
    }


IN_THE_TABLES = [
    ("flows.csv", "A,C,5", "A,X,-5"),
    ("flows.csv", "B,C,3", "B,C,lots"),
    ("indicators.csv", "A,labs,9", "Z,labs,"),
    ("study.toml", 'seeds = ["A"]', 'seeds = ["Q"]'),
    ("study.toml", 'units = ["A"', 'units = ["nowhere", "A"'),
]
IN_THE_FILE = [
    ("study.toml", "horizon = 10.0", 'horizonn = 10.0\nexternal = -1\nhorizon = "long"'),
    ("study.toml", "runs = 50", "runs = 1.5"),
    ("study.toml", 'title = "', 'tilte = "x"\ntitle_zh = 3\ntitle = "'),
    ("study.toml", 'tie_network = "trade"', 'tie_network = "a network"'),
]
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [a-z]{2,}){2,}|\b(?:needed|got|did|add|correct|row|column)\b")


@pytest.mark.parametrize(("edits", "least"), [(IN_THE_TABLES, 5), (IN_THE_FILE, 6)], ids=["tables", "study.toml"])
def test_faults_are_said_in_the_language_that_is_asked_for(study, edits, least):
    for one in edits:
        edit(study, *one)
    env = os.environ | {"INNOSCAPE_LANGUAGE": "zh", "PYTHONUTF8": "1"}
    given = [sys.executable, "-m", "innoscape.study", "check", str(study)]
    done = subprocess.run(given, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    lines = [line.replace(str(study), "") for line in done.stderr.splitlines()]
    assert len(lines) > least
    assert [line for line in lines if ENGLISH.search(line)] == []
    assert all(re.search(r"[\u4e00-\u9fff]", line) for line in lines)


def test_an_empty_table_is_a_fault(study):
    (study / "flows.csv").write_text("source,target,value\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"flows.csv.*empty"):
        check(study)


def test_a_gb18030_table_reads_like_any_other(study):
    before = run(study).tables["scores"]
    text = (study / "places.csv").read_text(encoding="utf-8")
    (study / "places.csv").write_bytes(text.encode("gb18030"))
    results = run(study)
    after = results.tables["scores"]
    assert results.tables["notices"]["text"].str.contains("read as GB18030").any()
    pd.testing.assert_frame_equal(before, after)
    assert after.loc[after["place"] == "A", "name_zh"].tolist() == ["北京"]


def test_names_in_either_language_are_matched_and_the_match_is_reported(study):
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["beijing"]')
    edit(study, "flows.csv", "A,B,10", "北京市,上海,10")
    results = run(study, until="simulate")
    arrivals = results.tables["arrivals"]
    assert arrivals.loc[arrivals["seed"], "place"].unique().tolist() == ["A"]
    assert set(results.tables["matches"]["given"]) == {"beijing", "北京市", "上海"}


def test_a_doubt_while_drawing_is_noted_and_refused_under_strict(study, monkeypatch, tmp_path):
    from innoscape.data import InnoscapeWarning
    from innoscape.study.stages import draw as pages

    draw = pages.draw_pages

    def doubtful(*given, **options):
        warnings.warn("the map has no ground", InnoscapeWarning, stacklevel=1)
        return draw(*given, **options)

    monkeypatch.setattr(pages, "draw_pages", doubtful)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = run(study, tmp_path / "out", runs=50)
    notices = results.tables["notices"]
    assert ["warning", "the map has no ground"] in notices[["level", "text"]].to_numpy().tolist()
    assert "the map has no ground" in (tmp_path / "out" / "notices.csv").read_text("utf-8")
    with pytest.raises(StudyError, match="no ground"):
        run(study, tmp_path / "strict", runs=50, strict=True)
    assert not (tmp_path / "strict").exists()


def test_warnings_become_faults_under_strict(study):
    edit(study, "flows.csv", "A,C,5", "A,A,5")
    with pytest.warns(match="itself"):
        check(study)
    with pytest.raises(TableError, match="itself"):
        check(study, strict=True)
    notices = run(study, until="score").tables["notices"]
    assert notices["text"].str.contains("itself").any()


def test_every_verb_can_stand_in_a_study_file(study):
    verbs = """
    { verb = "scale_flow", sources = ["A"], factor = 1.5 },
    { verb = "add_corridor", places = ["A", "B", "C"], factor = 0.5 },
    { verb = "scale_receptivity", factor = 1.1, start = 2.0 },
    { verb = "raise_conversion", places = ["wuhan"], before = 0.2, after = 0.3 },
    { verb = "phase_in", waves = [["B"], ["C"]], factor = 1.2, every = 2.0 },
    { verb = "scale_channel", channel = "tie", factor = 2.0 },
    { verb = "siphon", to = "A", places = ["C"], share = 0.1 },
    { verb = "seed", places = ["B"], start = 3.0 },
    """
    edit(study, "study.toml", '{ verb = "set_tier", place = "C", tier = "national" }', verbs)
    results = run(study, until="simulate")
    assert len(results.tables["scenarios"])
    keys = results.tables["assumptions"]["key"].tolist()
    assert "scenarios[up].interventions[7].share" in keys
    assert "wuhan" in set(results.tables["matches"]["given"])


def test_a_misspelt_key_of_a_verb_is_named_with_its_nearest(study):
    edit(study, "study.toml", 'place = "C", tier', 'plac = "C", tier')
    with pytest.raises(StudyError) as caught:
        read_study(study)
    assert any("did you mean 'place'" in str(f.fix) for f in caught.value.faults)
    assert all("set_tier" not in (f.column or "") for f in caught.value.faults)


def _doubts(study, **options):
    """Return what a run of a study warns of."""
    notices = run(study, until="simulate", **options).tables["notices"]
    return notices.loc[notices["level"] == "warning", "text"].tolist()


def _rewrite(study, name, change):
    table = pd.read_csv(study / name)
    change(table).to_csv(study / name, index=False)


def test_flows_of_several_kinds_are_not_added_without_a_word(study):
    assert _doubts(study) == []
    _rewrite(study, "flows.csv", lambda t: t.assign(kind=["contract", "patent", "patent"]))
    (doubt,) = _doubts(study)
    assert doubt.startswith(
        "flows.csv, column kind: needed flows of one kind for the network trade, got contract, patent added up; keep"
    )
    with pytest.warns(match="needed flows of one kind"):
        check(study)
    _rewrite(study, "flows.csv", lambda t: t.assign(kind="contract"))
    assert _doubts(study) == []


def test_units_and_years_that_do_not_agree_within_an_indicator_are_told(study):
    _rewrite(study, "indicators.csv", lambda t: t.assign(unit=["count", "count", "%", "%", "%", "%"], year=2020))
    (study / "framework.csv").write_text("indicator,unit\nlabs,count\nfirms,count\n", encoding="utf-8")
    assert _doubts(study) == [
        (
            "indicators.csv, column unit: needed one unit for labs, got % (1 row), count (2 rows); "
            "give its values in one unit"
        ),
        (
            "indicators.csv, column unit: needed count for firms, as in the framework, got % (3 rows); "
            "bring the values to that unit, or correct the framework"
        ),
    ]
    _rewrite(study, "indicators.csv", lambda t: t.assign(unit="count", year=[2019, 2020, 2020, 2020, 2020, 2020]))
    (doubt,) = _doubts(study)
    assert "column year: needed one year for labs, got 2019 (1 row), 2020 (2 rows);" in doubt
    _rewrite(study, "indicators.csv", lambda t: t.assign(status=["substituted", *["observed"] * 5]))
    assert _doubts(study) == []


def test_a_tier_without_a_receptivity_is_listed_as_assumed_and_told(study):
    edit(study, "study.toml", "horizon = 10.0", "horizon = 10.0\nreceptivity = { international = 0.9, national = 0.7 }")
    results = run(study, until="simulate")
    (notice,) = results.tables["notices"]["text"]
    assert notice == (
        "study.toml, key diffusion.receptivity: needed a receptivity for every tier that is used, got none for "
        "regional; 1.0 is assumed: give a number of your own"
    )
    assumed = results.tables["assumptions"].set_index("key")["value"]
    assert assumed["diffusion.receptivity.regional"] == "1.0"
    assert "diffusion.receptivity.local" not in assumed
    assert read_study(study).diffusion.receptivity == {"international": 0.9, "national": 0.7}


def test_an_indicator_that_the_framework_does_not_know_is_told(study):
    edit(study, "indicators.csv", "C,firms,2\n", "C,firms,2\nA,schools,3\nB,schools,4\n")
    (doubt,) = _doubts(study)
    assert doubt == (
        "indicators.csv, column indicator: needed an indicator of the framework, got schools (2 rows, left out); "
        "add it to the framework, or take its rows out"
    )
    edit(
        study,
        "study.toml",
        'name = "equal"',
        'name = "equal"\ndenominate = { method = "divide", by = { labs = "schools" } }',
    )
    edit(study, "indicators.csv", "B,schools,4\n", "B,schools,4\nC,schools,4\n")
    assert _doubts(study) == []


def test_a_misspelt_indicator_is_named_beside_the_gap_it_leaves(study):
    edit(study, "indicators.csv", "C,firms,2", "C,firm,2")
    with pytest.raises(TableError) as caught:
        run(study, until="score")
    first, gap = caught.value.faults
    assert (str(first.got), str(first.fix)) == ("firm (1 row, left out)", 'did you mean "firms"?')
    assert str(gap.got) == "no firms of C"
    assert (gap.where, gap.column) == ("indicators.csv", "value")
    assert 'set impute = "median"' in str(gap.fix)
    assert 'study.toml under the [[index.recipes]] named "equal"' in str(gap.fix)
    assert "equal" in gap.said.in_("zh")
    assert "needed" not in gap.said.in_("zh")
