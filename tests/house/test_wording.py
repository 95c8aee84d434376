"""Everything that people read stands in the catalogues: complete, used, and in no other place."""

import ast
import io
import re
import string
import tokenize

import pytest
from catalogues import ROOMS, ROOT, WORDING, catalogue
from pydantic_core import PydanticKnownError

from innoscape.data import Fault, InnoscapeWarning
from innoscape.data.errors import warn, warn_of
from innoscape.data.wording.catalogue import keys, look_up, text
from innoscape.study.wording.markup import listed, t
from innoscape.study.wording.notices import Notice

LANGUAGES = sorted(file.stem for file in WORDING.glob("*.toml"))
CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
TABLES = ("report.", "profile.", "charts.", "notices.", "assumptions.", "warnings.", "faults.", "audit.")
# said by a key that is put together: after these, the name of a section, status, level, column, label, rule or verdict
FAMILIES = ("report.sections.", "report.structure.cutoff.",
            "report.estimate.aggregate_cost.", "report.estimate.exponent.", "report.estimate.rate.",
            "report.data.level.", "report.data.mark.", "report.columns.", "report.labels.",
            "report.weights.",
            "profile.columns.", "profile.rule.", "profile.verdict.", "warnings.records.",
            "warnings.scores.means.", "faults.forms.", "faults.kinds.", "faults.start.", "faults.system.",
            "faults.file.", "faults.options.limit.", "faults.purposes.", "audit.check.", "audit.claim.",
            "report.regression.",
            "warnings.regression.")  # fmt: skip
# given more values than each language needs
DIFFER = {"map.page.after", "list.and_more", "faults.table.column.needed", "faults.study.dataset.fix"}
# the sentences of one fault, which are said together
PARTS = re.compile(r"^((?:faults|doubts)\..+)\.(needed|got|fix)$")


def whole(key):
    """Name a sentence without the form that a number chooses."""
    return re.sub(r"\.(one|other)$", "", key)


def braces(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_the_catalogues_hold_the_same_sentences_with_the_same_values():
    english = catalogue("en")
    for language in LANGUAGES:
        other = catalogue(language)
        assert {whole(key) for key in other} == {whole(key) for key in english}, language
        assert not [key for key, said in other.items() if not said and not key.startswith(("list.", "figures.gap"))]
        values = {}
        for held in (english, other):
            found = {}
            for key, said in held.items():
                found.setdefault(whole(key), set()).update(braces(said))
            values[held is other] = found
        for key, wanted in values[True].items():
            assert wanted == values[False][key] or key in DIFFER, (language, key)


def test_chinese_names_a_unit_in_one_way():
    assert [key for key, said in catalogue("zh").items() if "千米" in said] == []
    assert any("公里" in said for said in catalogue("zh").values())


def test_a_catalogue_read_table_by_table_holds_what_the_whole_file_does():
    for language in LANGUAGES:
        whole_file = catalogue(language)
        assert sorted(keys(language=language)) == sorted(whole_file)
        assert {key: look_up(language, key) for key in whole_file} == whole_file
        for prefix in ("report.", "report.structure.", "report.struc"):
            assert sorted(keys(prefix, language=language)) == sorted(k for k in whole_file if k.startswith(prefix))
        assert look_up(language, "report.structure") is None


def test_no_section_says_the_same_twice():
    said = {language: catalogue(language) for language in LANGUAGES}
    seen = {}
    for key in said["en"]:
        section = key.rpartition(".")[0]
        if not section.startswith(("map", "figures", "tables", "workbook", "command")):
            continue
        words = (section, *(held.get(key) for held in said.values()))
        assert words not in seen, (key, seen[words])
        seen[words] = key


def code_of(file):
    """Return a program without its comments and docstrings."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        return re.sub(r"^\s*//[^\n]*$|/\*.*?\*/|\{#.*?#\}|<!--.*?-->", "", source, flags=re.MULTILINE | re.DOTALL)
    kept, before = [], tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        docstring = token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        if token.type != tokenize.COMMENT and not docstring:
            kept.append(token.string)
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type
    return "\n".join(kept)


def programs():
    kinds = {".py", ".js", ".css", ".html", ".j2", ".jinja"}
    files = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*")) if file.suffix in kinds)
    return {file.relative_to(ROOT).as_posix(): file for file in files}


def test_no_chinese_stands_outside_the_catalogues_and_tables():
    wrong = {
        name: CHINESE.findall(code_of(file))[:5] for name, file in programs().items() if CHINESE.search(code_of(file))
    }
    assert not wrong


@pytest.fixture(scope="module")
def code():
    return "\n".join(file.read_text(encoding="utf-8") for file in programs().values() if file.suffix in {".py", ".j2"})


@pytest.fixture(scope="module")
def own():
    return {PARTS.sub(r"\1", whole(key)) for table in TABLES for key in keys(table)}


def test_a_fault_says_what_was_needed_what_came_and_how_to_fix_it():
    parts = {}
    for key in filter(PARTS.match, map(whole, catalogue("en"))):
        parts.setdefault(PARTS.sub(r"\1", key), set()).add(PARTS.sub(r"\2", key))
    assert len(parts) > 100
    assert not {key: said for key, said in parts.items() if said != {"needed", "got", "fix"}}


def test_a_part_of_a_fault_does_not_say_again_what_the_whole_says():
    whole_fault = catalogue("zh")["faults.said"]
    needed, _, got = whole_fault.partition("{needed}")
    heads = {"needed": needed.rpartition("：")[2], "got": got.partition("{got}")[0].strip("；：，")}
    parts = {key: said for key, said in catalogue("zh").items() if PARTS.match(key)}
    assert not {key: said for key, said in parts.items() if said.startswith(heads.get(key.rpartition(".")[2]) or "\0")}


@pytest.mark.parametrize("kind", sorted({key.split(".")[2] for key in keys("faults.kinds.")}))
def test_a_value_of_the_wrong_kind_is_a_kind_of_pydantic_and_is_said_from_its_values(kind):
    context = {
        "greater_than": {"gt": 0}, "greater_than_equal": {"ge": 1}, "less_than": {"lt": 2.5},
        "less_than_equal": {"le": 1},
        "literal_error": {"expected": "'a', 'b' or 'c'"}, "model_type": {"class_name": "Study"},
        "too_short": {"field_type": "List", "min_length": 2, "actual_length": 1}, "string_too_short": {"min_length": 1},
        "too_long": {"field_type": "List", "max_length": 2, "actual_length": 3},
        "union_tag_not_found": {"discriminator": "'verb'"},
    }  # fmt: skip
    values = context.get(kind, {})
    assert PydanticKnownError(kind, values or None).type == kind
    for count in (1, 2):
        said = text(f"faults.kinds.{kind}", n=count, **values)
        assert all(said.in_(language) and "{" not in said.in_(language) for language in LANGUAGES)


def test_every_key_that_is_named_stands_in_the_catalogues(code, own):
    named = {key for key in re.findall(r'"([\w.]+\w)"', code) if key.startswith(TABLES)}
    named = {key for key in named if not key.endswith((".css", ".js", ".html", ".html.j2", ".csv"))}
    assert named
    assert sorted(named - own) == []


def test_every_sentence_is_said(code, own):
    named = set(re.findall(r'"([a-z_]+(?:\.\w+)+)"', code))
    assert sorted(key for key in own - named if not key.startswith(FAMILIES)) == []


def test_every_column_and_label_of_the_templates_is_said(code, own):
    given = [text for call in re.findall(r"parts\.head\((.+?)\) }}", code) for text in re.findall(r'"([^"]*)"', call)]
    heads = {one.partition(":")[0] for found in given for one in found.split()}
    heads |= {one.partition(":")[0] for one in re.findall(r'difference_head = "([^"]+)"', code)[0].split()}
    heads |= set(re.findall(r'col\("(\w+)"\)', code)) | set(re.findall(r'_column\(\s*"(\w+)"', code))
    columns = {f"report.columns.{key}" for key in heads}
    labels = {f"report.labels.{key}" for key in re.findall(r'aria\("(\w+)"\)', code)}
    assert {key for key in own if key.startswith("report.labels.")} == labels
    assert {key for key in own if key.startswith("report.columns.")} <= columns


def test_what_stands_in_a_sentence_is_escaped():
    said = t("report.findings.first_again", n=1, recipe="<b>")
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
    fault = Fault("flows.csv", "a number", "x", "correct it", row=3, column="value")
    with pytest.warns(InnoscapeWarning) as caught:
        warn_of(fault)
    assert str(caught[0].message) == str(fault) == "flows.csv, row 3, column value: needed a number, got x; correct it"


# what a user types in a file or on the command line stands apart from Chinese, whatever else does not
CODE_VALUES = {
    "capacities", "cell", "channel", "column", "columns", "constraint", "contract", "decay", "discriminator", "file",
    "formula", "functions", "header", "incoming", "key", "lever", "levels", "lower", "method", "network", "option",
    "options", "outgoing", "parameter", "parameters", "path", "preference", "sheet", "side", "table", "takes",
    "variables", "verbs", "wanted", "weight",
}  # fmt: skip
MESSAGES = ("faults.", "warnings.", "doubts.", "notices.", "command.", "start.", "audit.", "cite.")
HAN = r"[\u3400-\u9fff]"
CODE = r"(?:\[\[?[a-z]|--[a-z]|[A-Za-z]+_[A-Za-z]|[a-z][a-z]+\s=\s|[a-z_.]+\.(?:toml|csv|html|json|xlsx)\b)"


def wrongly_spaced(key, said):
    """Say where a sentence has a space that it should not have, or lacks one beside code."""
    plain = re.sub(r"= \{\w+\}", "= 0x", said)
    found = re.findall(rf"{HAN} \d[\d.]*(?![\w.]*[_=])|(?<![=\w.\] \"-])\d[\d.]* {HAN}", plain)
    found += re.findall(rf"{HAN} [A-Z][A-Za-z-]+(?![\w]*[_=.])|(?<![=\w.\"_-])[A-Z][A-Za-z-]+ {HAN}", plain)
    for name, of in re.findall(rf"(?={HAN} \{{(\w+)[^}}]*\}}|\{{(\w+)[^}}]*\}} {HAN})", plain):
        value = name or of
        if value != "name" and not (value in CODE_VALUES and key.startswith(MESSAGES)):
            found.append(value)
    if key.startswith(MESSAGES):
        found += [a or b for a, b in re.findall(rf"(?={HAN}\{{(\w+)[^}}]*\}}|\{{(\w+)[^}}]*\}}{HAN})", plain)
                  if (a or b) in CODE_VALUES]  # fmt: skip
    return found + re.findall(rf"{HAN}{CODE}", plain)


def test_chinese_has_no_space_beside_digits_and_words_of_other_scripts_and_one_beside_code():
    assert wrongly_spaced("faults.x", "至少 3 个")
    assert wrongly_spaced("faults.x", "另存为 UTF-8 文本")
    assert wrongly_spaced("faults.x", "见source_file列")
    assert wrongly_spaced("faults.x", "{places} 没有")
    assert wrongly_spaced("faults.x", "列{column}没有")
    assert not wrongly_spaced("faults.x", "请在 [index] 中写 year = {year} 只评价该年，至少3个UTF-8文本，{places}没有")
    wrong = {key: found for key, said in catalogue("zh").items() if (found := wrongly_spaced(key, said))}
    # numbers beside powers of ten are a list, an attribution is as its owner writes it
    free = ("language.multiples", "language.steps", "map.layers.gaode_attribution")
    assert {key: found for key, found in wrong.items() if key not in free} == {}


# files whose refusals a study or a command can meet; what only a caller in Python can do wrong is in English elsewhere
REFUSING = (
    "data/budget.py", "data/datasets.py", "data/files.py", "data/option_checks.py", "data/options.py",
    "data/tier_scale.py", "geo/index/", "geo/pattern/place_values.py", "geo/robustness/", "geo/space/cost_matrix.py",
    "geo/space/siting", "geo/space/travel_network.py", "geo/tiers/", "network/diffusion/fit/history.py",
    "network/diffusion/scenarios/levers.py", "network/diffusion/scenarios/table_verbs.py",
    "network/diffusion/scenarios/verb", "network/flows/estimate.py", "study/cli/", "study/figures/", "study/plan/",
    "study/report/", "study/results/", "study/stages/", "study/start/", "study/tables/",
)  # fmt: skip
ERRORS = {"GeometryError", "OptionError", "OutputError", "ShortageError", "SizeError", "UnknownDatasetError"}
SENTENCE = re.compile(r"[A-Za-z]{2,}[^.]* [a-z]{2,}|[a-z]{2,} $|^ [a-z]{2,}")


def english_refusals(source):
    """Return the sentences that are written in the code which raises or yields them."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Yield):
            given = [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            given = node.args[:1]
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Fault", "table_fault")
        ):
            given = node.args[1:4]
        else:
            continue
        for one in given:
            parts = one.values if isinstance(one, ast.JoinedStr) else [one]
            words = "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in parts)
            if isinstance(one, ast.JoinedStr | ast.Constant) and SENTENCE.search(words):
                found.append(ast.unparse(one))
    return found


def test_what_a_study_or_a_command_is_refused_for_stands_in_the_catalogues():
    assert english_refusals('raise OptionError(f"runs: needed a number, got {given!r}")')
    assert english_refusals('yield Fault("a.csv", "a place", text("x"), "fix it now")')
    assert not english_refusals('raise OptionError(text("faults.x"))')
    files = {name: file for name, file in programs().items() if name.startswith(REFUSING) and file.suffix == ".py"}
    assert len(files) > 200
    wrong = {name: english_refusals(file.read_text(encoding="utf-8")) for name, file in files.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_what_was_needed_does_not_begin_with_code_which_would_touch_the_word_before_it():
    code = re.compile(r"\{(?:" + "|".join(sorted(CODE_VALUES | {"name"})) + r")\b|\[|(?!gzip|innoscape)[a-z]")
    needed = {
        key: said for key, said in catalogue("zh").items() if key.startswith("faults.") and key.endswith("needed")
    }
    assert len(needed) > 300
    assert {key: said for key, said in needed.items() if code.match(said)} == {}
