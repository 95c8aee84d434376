"""Commands run a study, one stage of it or a new one, and keep quiet when asked."""

import re
import sys

import pandas as pd
import pytest
from many_places import write_many
from rich.console import Console
from samples import command, edit
from typer.testing import CliRunner

from innoscape.data import Fault
from innoscape.data.errors import warn_of
from innoscape.study import run
from innoscape.study.cli.app import app, main
from innoscape.study.cli.say import say_warnings
from innoscape.study.cli.study_folder import study_folder


def test_the_small_study_is_fine(study, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    code, errors = command(monkeypatch, capsys, "run", study, "--out", out)
    assert (code, errors) == (0, "")
    assert (out / "report.html").is_file()
    assert (out / "map.html").is_file()


def test_a_command_within_a_study_folder_takes_that_study(study, monkeypatch):
    monkeypatch.chdir(study)
    here, named = (CliRunner().invoke(app, ["check", *given]) for given in ([], [str(study)]))
    assert here.exit_code == named.exit_code == 0
    assert here.output == named.output
    # a file that is named is taken, wherever the command is given
    (study / "study.toml").rename(study / "other.toml")
    assert study_folder(None) is None
    assert study_folder(study / "other.toml") == study / "other.toml"


def test_an_output_below_a_file_ends_the_command_with_2(study, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("mine")
    code, errors = command(monkeypatch, capsys, "run", study, "--out", tmp_path / "file" / "out")
    assert code == 2
    assert "give another --out" in errors


def test_a_new_study_folder_runs_and_gives_the_bundled_results(tmp_path, monkeypatch, capsys):
    mine = tmp_path / "mine"
    assert command(monkeypatch, capsys, "init", mine)[0] == 0
    assert (mine / "regional_resources.csv").is_file()
    bundled, copied = run(until="score"), run(mine, until="score")
    pd.testing.assert_frame_equal(bundled.tables["scores"], copied.tables["scores"])
    code, errors = command(monkeypatch, capsys, "init", mine)
    assert code == 2
    assert "new or empty folder" in errors


def test_the_template_of_provinces_goes_from_totals_to_changes_over_the_years(tmp_path, monkeypatch, capsys):
    mine = tmp_path / "mine"
    assert command(monkeypatch, capsys, "init", mine, "--template", "provinces")[0] == 0
    said = CliRunner().invoke(app, ["check", str(mine)]).output
    known = len(pd.read_csv(mine / "places.csv"))
    assert f"provinces: 5 tables, 31 scored places of {known} known, no faults" in said
    tables = run(mine, runs=20, until="simulate").tables
    assert set(tables["flows"]["year"]) == set(tables["scores"]["year"]) == set(range(2019, 2024))
    sold = pd.read_csv(mine / "sold.csv").set_index(["place", "year"])["value"]
    flows = tables["flows"].groupby(["source", "year"])["value"].sum()
    assert flows["北京", 2023] == pytest.approx(sold["北京", 2023])
    # the whole of the tables is the sum of all flows, the rest of the world's among them
    assert flows.xs(2023, level="year").sum() == pytest.approx(sold["全国", 2023])
    moved = tables["tier_changes"].query("scenario == 'hebei_research'")
    assert "河北" in set(moved["place"])
    code, errors = command(monkeypatch, capsys, "init", tmp_path / "other", "--template", "towns")
    assert code == 2
    assert "template: needed one of 'china', 'provinces', got 'towns'" in errors


@pytest.mark.parametrize("stage", ["score", "centrality", "simulate", "map"])
def test_each_stage_can_be_run_alone(study, tmp_path, monkeypatch, capsys, stage):
    out = tmp_path / "out"
    code, errors = command(monkeypatch, capsys, stage, study, "--out", out)
    assert (code, errors) == (0, "")
    assert (out / "manifest.json").is_file()
    assert (out / "scenarios.csv").exists() == (stage in {"simulate", "map"})


def test_quiet_prints_nothing(study, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["innoscape", "run", str(study), "--out", str(tmp_path / "out"), "--quiet"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    assert capsys.readouterr() == ("", "")


def test_help_names_every_command():
    from innoscape.study.cli.app import app

    text = CliRunner().invoke(app, ["--help"]).output
    for word in ("run", "check", "init", "score", "centrality", "simulate", "map", "datasets"):
        assert word in text


def test_timings_name_every_stage_and_leave_the_results_alone(study, tmp_path, monkeypatch, capsys):
    def told(*arguments):
        monkeypatch.setattr(sys, "argv", ["innoscape", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        assert not stop.value.code
        return capsys.readouterr().out

    timed = told("run", study, "--out", tmp_path / "timed", "--timings")
    assert timed.startswith("estimated: ")
    assert re.search(r"s  simulating diffusion \(estimated .* GB; memory rose by .* GB\)", timed)
    assert "s  writing results" in timed
    assert "s  together" in timed
    assert "s  scoring, placing and connecting centers" in told("check", study, "--timings")
    assert "s  together" not in told("run", study, "--out", tmp_path / "plain")
    manifests = [(tmp_path / name / "manifest.json").read_bytes() for name in ("timed", "plain")]
    assert manifests[0] == manifests[1]


@pytest.mark.parametrize("what", ["check", "run"])
def test_what_is_doubtful_is_told_beside_faults(study, tmp_path, monkeypatch, capsys, what):
    edit(study, "flows.csv", "B,C,3", "B,C,3\nA,A,2")
    edit(study, "study.toml", "horizon = 10.0", 'horizon = "long"')
    options = [] if what == "check" else ["--out", tmp_path / "out"]
    code, said = command(monkeypatch, capsys, what, study, *options)
    assert code == 2
    assert "A to itself" in said
    assert "diffusion.horizon" in said


def test_a_warning_that_several_steps_give_is_said_once(capsys):
    with say_warnings(Console(width=200)):
        for doubt in ("a", "b", "a"):
            warn_of(Fault("flows.csv", doubt, "none", "add it"))
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": needed ")[2][0] for line in lines] == ["a", "b"]


def test_what_nobody_foresaw_is_one_line_with_a_way_to_the_traceback(study, monkeypatch, capsys):
    def broken(*_, **__):
        raise ZeroDivisionError("division by\n[bold]zero[/]")

    monkeypatch.setattr("innoscape.study.stages.run.check", broken)
    code, errors = command(monkeypatch, capsys, "check", study)
    assert code == 1
    assert errors.startswith("error: ZeroDivisionError: division by [bold]zero[/]. This is a defect of innoscape")
    assert len(errors.splitlines()) == 1
    monkeypatch.setenv("INNOSCAPE_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        command(monkeypatch, capsys, "check", study)


def test_what_the_system_refuses_is_no_defect_of_the_program(study, monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "cells.csv")

    monkeypatch.setattr("innoscape.study.stages.run.check", full)
    code, errors = command(monkeypatch, capsys, "check", study)
    assert code == 2
    assert errors == "error: cells.csv: No space left on device"


def test_what_has_no_effect_or_nothing_to_show_is_said(tmp_path):
    folder = write_many(tmp_path / "many")
    plan = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(plan[: plan.index("[diffusion]")], encoding="utf-8")
    said = CliRunner().invoke(app, ["simulate", str(folder), "--runs", "9", "--out", str(tmp_path / "out")]).output
    assert "--runs has no effect" in said
    assert "nothing to show: study.toml has no section [diffusion]" in said
    turned = CliRunner().invoke(app, ["profile", str(folder)]).exception
    assert str(turned) == f"the place comes first, then the folder of the study: innoscape profile PLACE {folder}"
    misspelled = CliRunner().invoke(app, ["cite", str(folder), "--format", "bib"]).exception
    assert str(misspelled).startswith("--format: needed one of 'markdown'")


def test_names_that_are_read_as_places_are_told_in_words(tmp_path):
    folder = write_many(tmp_path / "many", [("flows.csv", "A,B,5", "Alpha,B,5")])
    said = CliRunner().invoke(app, ["check", str(folder)]).output
    assert "read Alpha as A (an English name)" in said
