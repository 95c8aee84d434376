"""A wrong study gives one clear message a fault, exit code 2, no traceback and no half-written results."""

import os
import sys
import warnings

import pandas as pd
import pytest
from typer.testing import CliRunner

from innoscape.data import OutputError, StudyError, TableError
from innoscape.study import check, read_study, run
from innoscape.study.cli import main

STUDY = """
name = "small"
title = "A small study"

[tables]
places = ["places.csv"]
indicators = "indicators.csv"
framework = "framework.csv"

[index]
units = ["A", "B", "C"]

[[index.recipes]]
name = "equal"

[tiers]
method = "counts"
counts = [1, 1, 1]

[[networks]]
name = "trade"
directed = true
flows = "flows.csv"

[diffusion]
seeds = ["A"]
horizon = 10.0
runs = 50
tie_network = "trade"

[[diffusion.channels]]
name = "hierarchical"
rate = 0.2
half_distance = 500.0

[[diffusion.channels]]
name = "tie"
rate = 0.5
decay = "none"
normalize = "origin"

[[scenarios]]
name = "up"
interventions = [{ verb = "set_tier", place = "C", tier = "national" }]
"""
PLACES = """place,lon,lat,name_en,name_zh,tier
A,116.4,39.9,Beijing,北京,international
B,121.5,31.2,Shanghai,上海,national
C,114.3,30.6,Wuhan,武汉,regional
"""
INDICATORS = """place,indicator,value
A,labs,9
B,labs,5
C,labs,1
A,firms,4
B,firms,8
C,firms,2
"""
FLOWS = """source,target,value
A,B,10
A,C,5
B,C,3
"""


@pytest.fixture
def study(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    files = {
        "study.toml": STUDY,
        "places.csv": PLACES,
        "indicators.csv": INDICATORS,
        "framework.csv": "indicator\nlabs\nfirms\n",
        "flows.csv": FLOWS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def edit(study, name, old, new):
    path = study / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def command(monkeypatch, capsys, *arguments):
    """Run the command line in this process; return exit code and error text."""
    monkeypatch.setattr(sys, "argv", ["innoscape", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    captured = capsys.readouterr()
    return stop.value.code or 0, " ".join(captured.err.split())


def test_the_small_study_is_fine(study, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    code, errors = command(monkeypatch, capsys, "run", study, "--out", out)
    assert (code, errors) == (0, "")
    assert (out / "report.html").is_file()
    assert (out / "map.html").is_file()


FAULTS = {
    "unknown place in flows": ("flows.csv", "B,C,3", "B,Wuhann,3", ["flows.csv, row 4, column target", "Wuhan"]),
    "negative value": ("flows.csv", "A,C,5", "A,C,-5", ["flows.csv, row 3, column value", "-5"]),
    "duplicated place": ("places.csv", "C,114.3", "A,114.3", ["places.csv", "row", "column place", "A"]),
    "longitude and latitude swapped": ("places.csv", "116.4,39.9", "39.9,116.4", ["places.csv, row 2", "swapped"]),
    "latitude out of range": ("places.csv", "121.5,31.2", "121.5,310.2", ["places.csv, row 3, column lat", "310.2"]),
    "missing column": ("flows.csv", "source,target,value", "source,target,amount", ["flows.csv", "value"]),
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
    "wrong type": ("study.toml", "runs = 50", 'runs = "many"', ["diffusion.runs", "many"]),
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


def test_row_order_does_not_change_a_byte(study, tmp_path):
    run(study, tmp_path / "one")
    for name in ("flows.csv", "indicators.csv", "places.csv"):
        header, *rows = (study / name).read_text(encoding="utf-8").splitlines()
        (study / name).write_text("\n".join([header, *reversed(rows)]) + "\n", encoding="utf-8")
    run(study, tmp_path / "two")
    names = {p.name for p in (tmp_path / "one").iterdir()} - {
        "manifest.json",
        "inputs.csv",
        "inputs.parquet",
        "report.html",
    }
    # the record of inputs and the report name the hashes of the files, which do change
    assert [
        n for n in sorted(names) if (tmp_path / "one" / n).read_bytes() != (tmp_path / "two" / n).read_bytes()
    ] == []


def test_hostile_names_appear_as_text(study, tmp_path):
    hostile = "<script>alert(1)</script>"
    for name in ("places.csv", "indicators.csv", "flows.csv"):
        text = (study / name).read_text(encoding="utf-8")
        lines = [",".join(hostile if cell == "B" else cell for cell in line.split(",")) for line in text.splitlines()]
        (study / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    edit(study, "study.toml", '"B"', f"'{hostile}'")
    edit(study, "places.csv", "Shanghai", hostile)
    run(study, tmp_path / "out")
    for page in ("map.html", "report.html"):
        html = (tmp_path / "out" / page).read_text(encoding="utf-8")
        assert hostile not in html
        assert "alert(1)" in html


def test_a_doubt_while_drawing_is_noted_and_refused_under_strict(study, monkeypatch, tmp_path):
    from innoscape.data import InnoscapeWarning
    from innoscape.study import pages

    draw = pages.draw_pages

    def doubtful(*given):
        warnings.warn("the map has no ground", InnoscapeWarning, stacklevel=1)
        return draw(*given)

    monkeypatch.setattr(pages, "draw_pages", doubtful)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = run(study, tmp_path / "out", runs=50)
    assert ["warning", "the map has no ground"] in results.tables["notices"].to_numpy().tolist()
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


def test_a_folder_that_cannot_be_written_is_named(study, tmp_path, monkeypatch):
    # the superuser may write anywhere, so the answer of the system is stood in for
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="give another --out"):
        run(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_output_below_a_file_ends_the_command_with_2(study, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("mine")
    code, errors = command(monkeypatch, capsys, "run", study, "--out", tmp_path / "file" / "out")
    assert code == 2
    assert "give another --out" in errors


def test_a_file_in_the_way_and_a_folder_of_somebody_elses_are_refused(study, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("mine")
    with pytest.raises(OutputError, match="got a file"):
        run(study, blocked)
    with pytest.raises(OutputError, match="cannot"):
        run(study, blocked / "below")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"meow")
    with pytest.raises(OutputError, match="other files"):
        run(study, tmp_path / "photos")
    assert (tmp_path / "photos" / "cat.jpg").read_bytes() == b"meow"


def test_earlier_results_are_replaced_whole(study, tmp_path):
    out = tmp_path / "out"
    run(study, out)
    (out / "stale.csv").write_text("old")
    run(study, out, until="score")
    assert not (out / "stale.csv").exists()
    assert not (out / "map.html").exists()
    assert (out / "scores.csv").exists()


def test_a_failure_leaves_earlier_results_as_they_were(study, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run(study, out)
    before = {p.name: p.read_bytes() for p in out.iterdir()}

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("innoscape.study.results.nx.write_graphml", fail)
    with pytest.raises(OutputError, match="No space left"):
        run(study, out)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "study"]


def test_a_new_study_folder_runs_and_gives_the_bundled_results(tmp_path, monkeypatch, capsys):
    mine = tmp_path / "mine"
    assert command(monkeypatch, capsys, "init", mine)[0] == 0
    assert (mine / "regional_resources.csv").is_file()
    bundled, copied = run(until="score"), run(mine, until="score")
    pd.testing.assert_frame_equal(bundled.tables["scores"], copied.tables["scores"])
    code, errors = command(monkeypatch, capsys, "init", mine)
    assert code == 2
    assert "new or empty folder" in errors


@pytest.mark.parametrize("stage", ["score", "centrality", "simulate", "map"])
def test_each_stage_can_be_run_alone(study, tmp_path, monkeypatch, capsys, stage):
    out = tmp_path / "out"
    code, errors = command(monkeypatch, capsys, stage, study, "--out", out)
    assert (code, errors) == (0, "")
    assert (out / "manifest.json").is_file()
    assert (out / "scenarios.csv").exists() == (stage in {"simulate", "map"})


def test_every_verb_can_stand_in_a_study_file(study):
    verbs = """
    { verb = "scale_flow", sources = ["A"], factor = 1.5 },
    { verb = "add_corridor", places = ["A", "B", "C"], factor = 0.5 },
    { verb = "scale_receptivity", factor = 1.1, start = 2.0 },
    { verb = "loosen", places = ["wuhan"], before = 0.2, after = 0.3 },
    { verb = "pilot", waves = [["B"], ["C"]], factor = 1.2, every = 2.0 },
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
    assert any("did you mean 'place'" in f.mend for f in caught.value.faults)
    assert all("set_tier" not in (f.column or "") for f in caught.value.faults)


def test_quiet_prints_nothing(study, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["innoscape", "run", str(study), "--out", str(tmp_path / "out"), "--quiet"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    assert capsys.readouterr() == ("", "")


def test_help_names_every_command():
    from innoscape.study.cli import app

    text = CliRunner().invoke(app, ["--help"]).output
    for word in ("run", "check", "init", "score", "centrality", "simulate", "map", "datasets"):
        assert word in text
