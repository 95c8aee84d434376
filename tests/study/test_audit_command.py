"""The command audits the shipped sources or a folder, and says what does not hold."""

import io
import json

import pandas as pd
import pytest
from samples import command
from typer.testing import CliRunner

from innoscape.data import TableError, contract
from innoscape.study.cli.app import app

FIGURES = "id,printed,kind,place,indicator,year\nx,2.05,flow,A,<b>patents</b>,2014\ny,5.69,flow,A,<b>patents</b>,2020\n"
CLAIMS = 'id,expression,claimed,subject\ngrowth,"cagr(x, y, 6)",18.55,growth\nmore,y / x,3.1,multiple [bold]\n'


def said(*args):
    done = CliRunner().invoke(app, ["audit", *map(str, args)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "figures.csv").write_text(FIGURES, encoding="utf-8")
    (tmp_path / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def test_the_shipped_sources_are_counted_and_what_fails_is_listed():
    out = said()
    assert "205 claims: 124 holds, 16 holds within rounding, 22 contradicted, 43 not checkable" in out
    assert "S3-C21  contradicted" in out
    assert "S3-C20" not in out


def test_one_source_is_asked_for_by_its_key():
    rows = pd.read_csv(io.StringIO(said("--source", "li", "--format", "csv")))
    assert rows["id"].tolist() == ["S3-C34"]
    both = pd.read_csv(io.StringIO(said("--source", "nbs2011", "--format", "csv")))
    assert set(both["source"]) == {"ye; nbs2011", "nbs2011; ye"}


def test_json_and_csv_hold_the_same_rows():
    rows, table = json.loads(said("-f", "json")), pd.read_csv(io.StringIO(said("-f", "csv")))
    assert len(rows) == len(table) > 205
    assert [row["verdict"] for row in rows] == table["verdict"].tolist()


def test_a_folder_of_ones_own_is_audited(folder):
    out = said(folder)
    assert "2 claims: 1 holds, 1 contradicted" in out
    # what a table says is shown as it stands
    assert "multiple [bold]" in out
    (folder / "claims.csv").unlink()
    assert "0 claims" in said(folder)


def test_a_workbook_and_a_title_above_the_header_are_read(tmp_path):
    pd.read_csv(io.StringIO(FIGURES), dtype=str).to_excel(tmp_path / "figures.xlsx", sheet_name="figures", index=False)
    (tmp_path / "claims.csv").write_text("Claims of the report\n\n" + CLAIMS, encoding="utf-8")
    assert "1 holds, 1 contradicted" in said(tmp_path)


def test_faults_end_the_command_with_2(folder, monkeypatch, capsys):
    (folder / "claims.csv").write_text(CLAIMS.replace("y / x", "y / q"), encoding="utf-8")
    code, errors = command(monkeypatch, capsys, "audit", folder)
    assert code == 2
    assert "claims.csv, row 3, column expression: needed a name of an input or figure, got q" in errors
    code, errors = command(monkeypatch, capsys, "audit", folder / "nowhere")
    assert code == 2
    assert "needed a folder with a table of figures" in errors
    code, errors = command(monkeypatch, capsys, "audit", "--source", "yee")
    assert code == 2
    assert "did you mean 'ye'?" in errors
    code, errors = command(monkeypatch, capsys, "audit", "--format", "xml")
    assert code == 2
    assert "--format: needed one of 'table', 'csv', 'json'" in errors


def test_the_contracts_of_both_tables_are_shown():
    assert "expression" in contract("claims")["column"].tolist()
    out = CliRunner().invoke(app, ["tables", "claims"]).output
    assert "one of equal, about, nearly" in out
    assert "one of missing, definition, outside, open" in out


def test_a_table_of_figures_is_needed(tmp_path):
    from innoscape.data import audit_folder

    (tmp_path / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    with pytest.raises(TableError, match=r"got claims\.csv"):
        audit_folder(tmp_path)


def test_a_source_is_asked_of_tables_that_name_none(folder, monkeypatch, capsys):
    code, errors = command(monkeypatch, capsys, "audit", folder, "--source", "mine")
    assert code == 2
    assert "fill in the column source of figures and claims, or leave --source out" in errors


def test_a_study_is_audited_by_the_tables_that_its_section_names(tmp_path):
    (tmp_path / "printed.csv").write_text(FIGURES, encoding="utf-8")
    (tmp_path / "said.csv").write_text(CLAIMS, encoding="utf-8")
    (tmp_path / "places.csv").write_text("place,lon,lat,tier\nA,116.4,39.9,national\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text(
        'name = "s"\ntitle = "S"\n[tables]\nplaces = "places.csv"\n'
        '[audit]\nfigures = "printed.csv"\nclaims = "said.csv"\n',
        encoding="utf-8",
    )
    rows = pd.read_csv(io.StringIO(said(tmp_path, "--format", "csv")))
    assert rows.loc[rows["check"] == "claim", "id"].tolist() == ["growth", "more"]
    assert said(tmp_path / "study.toml", "--format", "csv") == said(tmp_path, "--format", "csv")
