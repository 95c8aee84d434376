"""The rooms show what they name, and a wheel carries all of them and nothing else."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import innoscape
from innoscape.data import load

ROOT = Path(innoscape.__file__).parent
ROOMS = ("data", "geo", "network", "study")
MODULES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_are_those_of_the_stub_and_none_is_a_module(room):
    package = import_module(f"innoscape.{room}")
    stub = ast.parse((ROOT / room / "__init__.pyi").read_text(encoding="utf-8"))
    imported = {a.asname or a.name for n in stub.body if isinstance(n, ast.ImportFrom) for a in n.names}
    assert sorted(package.__all__) == sorted(imported)
    for name in package.__all__:
        assert not isinstance(getattr(package, name), ModuleType), f"{name} is hidden by a module of the same name"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_offers(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "a module opens with one sentence"
    if path.name in {"__init__.py", "__main__.py"}:
        return
    module = import_module("innoscape." + ".".join(path.relative_to(ROOT).with_suffix("").parts))
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name)


def public_functions():
    for room in ROOMS:
        package = import_module(f"innoscape.{room}")
        for name in package.__all__:
            thing = getattr(package, name)
            if callable(thing) and not (isinstance(thing, type) and issubclass(thing, Exception)):
                yield pytest.param(thing, id=f"{room}.{name}")


@pytest.mark.parametrize("thing", list(public_functions()))
def test_every_public_name_is_documented(thing):
    assert thing.__doc__
    assert len(thing.__doc__.split()) >= 5


def test_functions_of_the_public_face_carry_an_example():
    without = {
        param.id
        for param in public_functions()
        if not isinstance(param.values[0], type) and ">>>" not in param.values[0].__doc__
    }
    # the command line is tried as a command
    assert without <= {"study.main"}


def test_importing_is_silent_and_loads_nothing_heavy():
    code = (
        "import sys, innoscape, innoscape.data, innoscape.geo, innoscape.network, innoscape.study;"
        "print(sorted({'pandas','numpy','geopandas','numba','folium','scipy','networkx','igraph'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout == "[]\n"
    assert done.stderr == ""


def test_the_house_names_no_machine_and_no_registry():
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=False, cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout")
    banned = re.compile("|".join(["/ho" + "me/", "/ro" + "ot/", "pypi" + r"\.org", "files\\.pytho" + "nhosted"]))
    bad = [
        name
        for name in listed.stdout.splitlines()
        if (ROOT / name).suffix in {".py", ".pyi", ".md", ".toml", ".txt", ".yaml", ".ipynb", ".js", ".css"}
        and banned.search((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert bad == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    home = tmp_path_factory.mktemp("wheel")
    # building leaves files behind, so it happens in a copy
    ignore = shutil.ignore_patterns(".*", "dist", "*.egg-info", "__pycache__")
    source, out = home / "source", home / "out"
    for name in (*ROOMS, "pyproject.toml", "README.md", "LICENSE", "__init__.py", "__init__.pyi", "py.typed"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=ignore)
        else:
            source.mkdir(exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    # the wheel is built from the archive of sources, so that both are tried
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_a_wheel_carries_every_module_and_every_table(wheel):
    inside = {n for n in wheel.namelist() if n.startswith("innoscape/")}
    wanted = {f"innoscape/{p.relative_to(ROOT)}" for p in MODULES}
    for pattern in ("data/shipped/*", "*/*/assets/*", "*/*/templates/*", "study/china/*", "*/__init__.pyi"):
        wanted |= {f"innoscape/{p.relative_to(ROOT)}" for p in ROOT.glob(pattern) if p.is_file()}
    wanted |= {"innoscape/__init__.py", "innoscape/__init__.pyi", "innoscape/py.typed"}
    assert wanted <= inside


def test_a_wheel_puts_nothing_but_the_package_into_site_packages(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"innoscape", f"innoscape-{innoscape.__version__}.dist-info"}
    assert not [n for n in wheel.namelist() if re.search(r"tests?/|notebooks/|benchmarks/|__pycache__", n)]


def test_what_a_wheel_holds_is_enough_to_read_the_shipped_study_and_its_tables(wheel, tmp_path):
    wheel.extractall(tmp_path)
    asked = """
from importlib import resources
from innoscape import data
from innoscape.study.plan.read import read_study
print(data.__file__, read_study(resources.files("innoscape.study") / "china").name, len(data.load("places")))
"""
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", asked]
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
    rooms = tmp_path / "innoscape" / "data" / "__init__.py"
    assert found.stdout.split() == [str(rooms), "china", str(len(load("places")))]


def test_the_version_is_told_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == innoscape.__version__
    assert f"## {innoscape.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_manifest_names_core_dependencies_only():
    from innoscape.study.results.write_results import versions

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = {re.split(r"[^A-Za-z0-9_-]", name)[0] for name in project["dependencies"]}
    assert set(versions()) - {"innoscape", "python"} <= core
