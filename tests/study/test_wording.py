"""Every sentence that the report says stands in the catalogues of every language, and every one of them is said."""

import re
from pathlib import Path

import pytest

import innoscape
from innoscape.data import InnoscapeWarning
from innoscape.data.errors import warn, warn_of
from innoscape.data.wording.catalogue import LANGUAGES, keys
from innoscape.study.wording.markup import listed, t
from innoscape.study.wording.notices import Notice

ROOT = Path(innoscape.__file__).parent
TABLES = ("report.", "profile.", "charts.", "notices.", "assumptions.", "warnings.", "faults.")
# said by a key that is put together: after these, the name of a section, status, level, column, label, rule or verdict
FAMILIES = ("report.sections.", "report.data.level.", "report.data.mark.", "report.columns.", "report.labels.",
            "profile.columns.", "profile.rule.", "profile.verdict.", "warnings.records.",
            "warnings.scores.means.")  # fmt: skip
CHINESE = re.compile("[\u3400-\u9fff]")
# lines of examples in docstrings
EXAMPLE = re.compile(r"\s*(>>>|\.\.\.|\[?['(]|Markup\()")
SOURCES = [
    path
    for path in sorted(ROOT.rglob("*"))
    if path.suffix in {".py", ".j2"} and path.relative_to(ROOT).parts[0] in {"data", "geo", "network", "study"}
]


def stem(key: str) -> str:
    return re.sub(r"\.(one|other)$", "", key)


@pytest.fixture(scope="module")
def text():
    return "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)


@pytest.fixture(scope="module")
def own():
    return {stem(key) for table in TABLES for key in keys(table)}


def test_languages_have_the_same_keys():
    for language in LANGUAGES:
        assert {stem(key) for key in keys(language=language)} == {stem(key) for key in keys()}


def test_every_key_that_is_named_stands_in_the_catalogues(text, own):
    named = {key for key in re.findall(r'"([\w.]+\w)"', text) if key.startswith(TABLES)}
    named = {key for key in named if not key.endswith((".css", ".js", ".html", ".html.j2"))}
    assert named
    assert sorted(named - own) == []


def test_every_sentence_is_said(text, own):
    named = set(re.findall(r'"([a-z_]+(?:\.\w+)+)"', text))
    assert sorted(key for key in own - named if not key.startswith(FAMILIES)) == []


def test_every_column_and_label_of_the_templates_is_said(text, own):
    heads = {one.partition(":")[0] for found in re.findall(r'parts\.head\("([^"]+)"\)', text) for one in found.split()}
    heads |= {one.partition(":")[0] for one in re.findall(r'difference_head = "([^"]+)"', text)[0].split()}
    columns = {f"report.columns.{key}" for key in heads | set(re.findall(r'col\("(\w+)"\)', text))}
    labels = {f"report.labels.{key}" for key in re.findall(r'aria\("(\w+)"\)', text)}
    assert {key for key in own if key.startswith("report.labels.")} == labels
    assert {key for key in own if key.startswith("report.columns.")} <= columns


@pytest.mark.parametrize("folder", ["report", "charts", "wording", "stages"])
def test_no_chinese_stands_outside_the_catalogues(folder):
    for path in sorted((ROOT / "study" / folder).rglob("*.*")):
        if path.suffix in {".py", ".j2", ".js", ".css"} and path.name != "_methods.html.j2":
            lines = path.read_text(encoding="utf-8").splitlines()
            found = [line for line in lines if CHINESE.search(line) and not EXAMPLE.match(line)]
            assert not found, path.name


def test_what_stands_in_a_sentence_is_escaped():
    said = t("report.findings.first_again", recipe="<b>")
    assert "&lt;b&gt;" in said
    assert "<b>" not in said
    assert "A, B and C" in listed(["A", "B", "C"], last="list.and").in_("en")


def test_a_warning_is_said_in_every_language():
    with pytest.warns(InnoscapeWarning, match="not drawn: A, B") as caught:
        warn("warnings.short_corridors", names=["A", "B"])
    found = Notice.of(caught[0].message)
    assert str(found) == str(caught[0].message)
    assert CHINESE.search(found.said().in_("zh"))


def test_a_fault_that_warns_keeps_its_words():
    fault = innoscape.data.Fault("flows.csv", "a number", "x", "correct it", row=3, column="value")
    with pytest.warns(InnoscapeWarning) as caught:
        warn_of(fault)
    assert str(caught[0].message) == str(fault) == "flows.csv, row 3, column value: needed a number, got x; correct it"
