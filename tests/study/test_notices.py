"""Notices come with what matters most first; report and command line show the first of them, the table holds all."""

import re
import sys
import tomllib
from importlib.resources import files

import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning
from innoscape.data.errors import Fault, warn_of
from innoscape.data.wording.catalogue import Text
from innoscape.study import run
from innoscape.study.cli.app import main
from innoscape.study.cli.say import told_notice
from innoscape.study.wording.notices import MOST_NOTICES, Notice, notice_table, ranked_notices


def test_what_makes_numbers_wrong_comes_before_other_warnings_and_these_before_notices():
    with pytest.warns(InnoscapeWarning) as minor:
        warn_of(Fault.of("doubts.receptivity", "study.toml", tiers="local", value=1))
    with pytest.warns(InnoscapeWarning) as grave:
        warn_of(Fault.of("doubts.nested_ends", "flows.csv", network="n", pairs="A in B"))
    warned = [Notice.of(one[0].message) for one in (minor, grave)]
    found = ranked_notices([Notice("notice", "notices.no_mass", {"places": ["A"]}), *warned])
    assert [notice.weight for notice in found] == [0, 1, 2]
    assert "A in B" in str(found[0])


def test_report_and_command_line_show_the_first_and_say_where_the_others_are(study, tmp_path, monkeypatch, capsys):
    flows = pd.read_csv(study / "flows.csv")
    places = [f"lost{i}" for i in range(9)]
    table = pd.read_csv(study / "places.csv")
    more = pd.DataFrame({"place": places, "kind": "aggregate"})
    pd.concat([table, more]).to_csv(study / "places.csv", index=False)
    for i, place in enumerate(places):
        lost = pd.DataFrame({"source": [place], "target": [flows["target"].iloc[0]], "value": [1.0]})
        pd.concat([flows[["source", "target", "value"]], lost]).to_csv(study / f"flows{i}.csv", index=False)
        network = f'[[networks]]\nname = "n{i}"\ndirected = true\nflows = "flows{i}.csv"\n'
        text = (study / "study.toml").read_text(encoding="utf-8")
        (study / "study.toml").write_text(text + "\n" + network, encoding="utf-8")
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["innoscape", "run", str(study), "--out", str(out)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    errors = capsys.readouterr().err
    held = pd.read_csv(out / "notices.csv")
    assert len(held) == 9 > MOST_NOTICES
    assert errors.count("notice:") == MOST_NOTICES
    assert f"and {len(held) - MOST_NOTICES} more, see {out / 'notices.csv'}" in errors
    report = (out / "report.html").read_text(encoding="utf-8")
    assert report.count('class="warning"><b>') == MOST_NOTICES
    assert "And 3 more in</span>" in report


def test_the_table_holds_what_was_found_while_drawing(study):
    results = run(study)
    assert len(results.tables["notices"]) == len(results.notices)


def sayings(part):
    """Return every sentence of a part of a catalogue."""
    return [said for one in part.values() for said in (sayings(one) if isinstance(one, dict) else [one])]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_remedy_that_only_python_has_says_so_beside_one_for_study_folders(language):
    only = re.compile(r"attrs\[|\b(?:choose|separator|unit|sample)=")
    catalogue = (files("innoscape.data.wording") / f"{language}.toml").read_text(encoding="utf-8")
    found = [said for said in sayings(tomllib.loads(catalogue)) if only.search(said)]
    assert len(found) > 5
    assert [said for said in found if "Python" not in said] == []


def test_a_notice_names_the_first_five_where_it_is_read_and_all_in_the_table():
    names = [f"<{letter}>" for letter in "abcdefg"]
    long, short = (Notice("notice", "notices.no_coordinates", {"places": names[:n]}) for n in (7, 5))
    assert long.cut
    assert not short.cut
    shown = long.named({}, most=5)
    assert shown.in_("en") == "the map leaves out flows of <a>, <b>, <c>, <d>, <e> and 2 more: no coordinates"
    assert "等7个" in shown.in_("zh")
    assert "&lt;e&gt; and 2 more" in long.said().in_("en")
    assert str(long).endswith("<f>, <g>: no coordinates")
    assert "more" not in short.named({}, most=5).in_("en")


def test_the_table_of_notices_holds_both_languages_and_chinese_ones_name_places():
    names = {"rest_of_world": Text.of(en="Rest of the world", zh="世界其他地区")}
    notice = Notice("notice", "notices.no_coordinates", {"places": ["rest_of_world", "X"]})
    (row,) = notice_table([notice], names).to_dict("records")
    assert list(row) == ["level", "text", "text_zh"]
    assert "rest_of_world, X" in row["text"]
    assert row["text_zh"].startswith("世界其他地区、X没有坐标")
    assert "世界其他地区" in told_notice(notice, "zh", names=names)
    assert "Rest of the world" in told_notice(notice, "en", names=names)
