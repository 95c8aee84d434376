"""Help and errors of the command line speak its language; flags have no type behind them."""

import os
import pickle
import re
import subprocess
import sys

import pytest
from samples import edit
from typer.testing import CliRunner

from innoscape.data import OptionError, StudyError
from innoscape.data.errors import InnoscapeError, MissingExtraError
from innoscape.data.options import check_choice, check_known_places, check_names, check_number, name_faults, refuse
from innoscape.data.wording.catalogue import keys
from innoscape.study import check
from innoscape.study.cli.app import app

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(
    r"needed|got|did you mean|Usage|Options|Arguments|Commands|default|Show this|<[a-z]+( range)?>|\[study\]|\{place\}"
)


@pytest.fixture(scope="module")
def in_chinese():
    """The help of every command, as a process of its own says it, since the language is that of the process."""
    code = (
        "from typer.testing import CliRunner\n"
        "from innoscape.study.cli.app import app\n"
        "names = ['', *(c.name or c.callback.__name__ for c in app.registered_commands)]\n"
        "print(''.join(CliRunner().invoke(app, [*([n] if n else []), '--help']).output for n in names))\n"
    )
    environment = os.environ | {"INNOSCAPE_LANGUAGE": "zh", "PYTHONIOENCODING": "utf-8", "COLUMNS": "80"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout


def test_help_in_chinese_has_no_english_heading_and_cuts_no_sentence(in_chinese):
    assert "用法：" in in_chinese
    assert "（默认：results）" in in_chinese
    assert not ENGLISH.search(in_chinese)
    assert "…" not in in_chinese


def test_flags_have_no_type_behind_them():
    said = CliRunner().invoke(app, ["score", "--help"], env={"COLUMNS": "100"}).output
    assert "<bool>" not in said
    assert re.search(r"-o, --out +<path> +Results folder\. \(default: results\)", said)
    assert re.search(r"--strict +Treat warnings as errors", said)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: check_choice("--language", "zhh", ["en", "zh"]),
        lambda: check_number("runs", 0, least=1, whole=True),
        lambda: check_number("share", 2, least=0, most=1),
        lambda: check_number("share", 2, above=0, below=1),
        lambda: check_names("rank", ["methd"], ["method"]),
        lambda: check_names("rank", ["methd"], []),
        lambda: refuse(name_faults(["labz"], ["labs"], name="indicators")),
        lambda: check_known_places("seeds", ["北平"], ["北京"]),
    ],
)
def test_checks_of_options_are_said_in_both_languages(refused):
    with pytest.raises(InnoscapeError, match=r"needed|unknown option|no such place") as caught:
        refused()
    (said,) = caught.value.lines
    assert said.in_("en") == str(caught.value)
    assert CHINESE.search(said.in_("zh"))
    assert not ENGLISH.search(said.in_("zh"))


def test_several_faults_of_options_are_one_sentence_that_survives_a_process_of_its_own():
    with pytest.raises(OptionError) as caught:
        refuse([*name_faults(["a"], ["b"], name="x"), "y: needed a list"])
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made here
    assert str(again) == "x: needed one of b, got 'a'; y: needed a list"
    assert again.said.in_("zh") == "x：需要下列之一：b；实际：'a'；y: needed a list"


def test_options_of_a_study_file_are_said_in_both_languages(study):
    edit(study, "study.toml", 'name = "equal"', 'name = "equal"\naggregate = "arithmetik"')
    with pytest.raises(StudyError) as caught:
        check(study)
    (said,) = caught.value.lines
    assert "aggregate: needed one of 'arithmetic'" in said.in_("en")
    assert "（是否指'arithmetic'？）" in said.in_("zh")
    assert not ENGLISH.search(said.in_("zh"))


def test_a_missing_extra_says_what_for_and_how_to_get_it():
    for purpose in (key.rpartition(".")[2] for key in keys("faults.purposes.")):
        english, chinese = MissingExtraError("records", purpose=purpose).said.said[:2]
        assert english.endswith('needs the extra "records": pip install "innoscape[records]"')
        assert "扩展组件" in chinese


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["chekc"], "没有命令 chekc（是否指 check？）"),
        (["run", "--hlep"], "没有选项 --hlep（是否指 --help？）"),
        (["profile"], "缺少地点"),
        (["run", "--runs", "1"], "--runs：需要不小于2的整数"),
        (["check", "a", "b", "c"], "多余的参数：b c"),
    ],
)
def test_a_call_that_cannot_be_parsed_is_refused_in_the_language_of_the_command_line(call, said):
    environment = os.environ | {"INNOSCAPE_LANGUAGE": "zh", "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "innoscape", *call], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "用法：" in done.stderr
    assert not ENGLISH.search(done.stderr)
