"""What contributors are told holds: hooks, targets, citation, environments and licenses agree with the code."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# those that only whoever works on the code needs
OURS = {"bench", "dev", "docs", "test"}
# packages that conda-forge calls otherwise
CONDA_NAMES = {"igraph": "python-igraph"}


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def recipe(target):
    """The commands of a target of the Makefile and of the targets it needs, without the folder of the programs."""
    head = re.search(rf"^{target}:([^#\n]*)[^\n]*\n((?:\t.*\n)*)", text_of("Makefile"), re.MULTILINE)
    own = [line.split(" #")[0].strip().removeprefix("$(BIN)/") for line in head[2].splitlines()]
    needed = [name for name in head[1].split() if name.isalpha()]
    return [command for name in needed for command in recipe(name)] + own


def settled(command):
    """A command without what only says where it runs: the interpreter, threads, the folder."""
    command = re.sub(r" --(threads \d+|pythonpath \S+)", "", command).removeprefix(".venv/bin/")
    return command.removesuffix(" .").strip()


def test_pre_commit_runs_what_continuous_integration_checks():
    hooks = yaml.safe_load(text_of(".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert sorted(settled(hook["entry"]) for hook in hooks) == sorted(map(settled, recipe("check")))
    assert set(recipe("check")) < set(recipe("test"))
    assert re.search("^make test ", text_of(".ci/run"), re.MULTILINE)


def test_the_citation_file_names_this_release():
    citation = yaml.safe_load(text_of("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert str(citation["version"]) == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in PROJECT["authors"]]
    assert citation["keywords"] == PROJECT["keywords"]


def test_the_conda_environment_asks_for_what_the_package_asks_for():
    *listed, by_pip = yaml.safe_load(text_of("environment.yml"))["dependencies"]
    asked = [re.sub(r"^[\w-]+", lambda name: CONDA_NAMES.get(name[0], name[0]), one) for one in PROJECT["dependencies"]]
    needed = {*asked, *EXTRAS["boundaries"], "python" + PROJECT["requires-python"], "pip", "--editable ."}
    assert {*listed, *by_pip["pip"]} == needed


def test_the_container_installs_known_extras_from_files_that_it_is_given():
    steps = re.findall(r"^([A-Z]+) (.+)$", text_of("Dockerfile"), re.MULTILINE)
    given = dict(value.partition("=")[::2] for step, value in steps if step == "ARG")
    chosen = set(given["EXTRAS"].split(","))
    assert chosen <= set(EXTRAS) - OURS
    for extra in chosen:
        assert f"`{extra}`" in text_of("docs/install.md").split("## In a container")[1].split("```")[0]
    (install,) = [value for step, value in steps if step == "RUN" and "pip install" in value]
    pinned = re.search(r"--constraint (\S+)", install)[1]
    built = tomllib.loads(text_of("pyproject.toml"))["tool"]["setuptools"]["packages"]
    folders = {name.split(".")[1] for name in built if "." in name}
    left_out = set(text_of(".dockerignore").split())
    for name in ("pyproject.toml", PROJECT["readme"], *PROJECT["license-files"], pinned, *folders):
        assert (ROOT / name).exists(), name
        assert name not in left_out, name
    order = [step for step, _ in steps]
    assert order.index("COPY") < order.index("RUN") < order.index("USER") < order.index("ENTRYPOINT")
    entry = re.fullmatch(r'\["(\w+)"\]', dict(steps)["ENTRYPOINT"])[1]
    assert entry in PROJECT["scripts"]


def test_the_page_of_libraries_lists_each_with_its_license():
    page = runpy.run_path(str(ROOT / "docs" / "write_dependencies.py"))
    written = text_of("docs/dependencies.md")
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", written, re.MULTILINE))
    for name, (bounds, parts) in page["declared"]().items():
        needed_by, asked, _version, license_, date = (cell.strip() for cell in rows.pop(name).split(" | "))
        assert (needed_by, asked) == (", ".join(parts), bounds)
        assert license_, name
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", date), name
    assert rows == {}


def test_the_page_on_installation_lists_every_extra_with_its_size():
    described, measured = text_of("docs/install.md").split("## Size and time")
    for extra in EXTRAS:
        assert f"`{extra}`" in described
    sizes = dict(re.findall(r"^\| `?(\w+)`? \| \d+ \| \d+ \| (\d+) \| \d+ \|$", measured, re.MULTILINE))
    assert set(sizes) == {"core", *EXTRAS} - OURS
    # boundaries are data alone
    assert int(sizes["boundaries"]) < 40


def test_oldest_tries_every_extra_that_users_choose_but_the_heaviest():
    tried = re.search(r"^TRIED := (.*)$", text_of("Makefile"), re.MULTILINE)[1].split(",")
    assert set(tried) == set(EXTRAS) - OURS - {"notebook", "spark"}


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/releasing.md"])
def test_every_file_that_a_page_names_exists(page):
    named = re.findall(r"`((?:tests|docs|data|study|geo|network)/[\w/.-]*)`", text_of(page))
    assert len(named) > 3
    assert [name for name in named if not (ROOT / name).exists()] == ["docs/performance.md"] * named.count(
        "docs/performance.md"
    )


def test_the_changelog_begins_with_what_is_unreleased_or_with_this_release():
    assert re.findall(r"^## (.*)$", text_of("CHANGELOG.md"), re.MULTILINE)[0] in ("Unreleased", PROJECT["version"])
