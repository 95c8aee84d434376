"""Results are written whole or not at all, the same bytes for any order of rows, and hostile names as text."""

import os

import pytest
from samples import edit

from innoscape.data import OutputError
from innoscape.study import run


def test_hostile_names_appear_as_text(study, tmp_path):
    hostile = "<script>alert(1)</script>"
    for name in ("places.csv", "indicators.csv", "flows.csv"):
        text = (study / name).read_text(encoding="utf-8")
        lines = [",".join(hostile if cell == "B" else cell for cell in line.split(",")) for line in text.splitlines()]
        (study / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    edit(study, "study.toml", '"B"', f"'{hostile}'")
    edit(study, "places.csv", "Shanghai", hostile)
    run(study, tmp_path / "out")
    for page in ("map.html", "report.html", "brief.html"):
        html = (tmp_path / "out" / page).read_text(encoding="utf-8")
        assert hostile not in html
        assert "alert(1)" in html


def test_a_folder_that_cannot_be_written_is_named(study, tmp_path, monkeypatch):
    # the superuser may write anywhere, so the answer of the system is stood in for
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="give another --out"):
        run(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


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
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file()}

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("innoscape.study.results.write_results.write_graph", fail)
    with pytest.raises(OutputError, match="No space left"):
        run(study, out)
    assert {p: p.read_bytes() for p in out.rglob("*") if p.is_file()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "study"]


def test_a_scored_center_that_holds_no_other_is_drawn_once(study):
    layers = run(study).layers
    assert "scopes" not in layers
    assert layers["centers"]["score"].notna().all()
    edit(study, "places.csv", "name_zh,tier", "name_zh,tier,part_of")
    for tier in ("international", "national", "regional"):
        edit(study, "places.csv", f",{tier}\n", f",{tier},\n")
    edit(study, "places.csv", "regional,\n", "regional,\nD,117.2,39.1,Tianjin,天津,local,A\n")
    assert run(study).layers["scopes"][["place", "members"]].to_numpy().tolist() == [["A", "D"]]
