"""Write the libraries that innoscape asks for, with license and release: ``python docs/write_dependencies.py``.

License and version are those of the installed packages. The date of the newest release that pyproject.toml admits is
read from the lock file that uv writes in a temporary folder; without uv a library keeps the date on the page.
"""

import re
import shutil
import subprocess
import tempfile
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "dependencies.md"
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_ROW = re.compile(r"^\| `([^`]+)` \|.*\| (\S*) \|$", re.MULTILINE)
HEAD = """# Libraries and licenses

The libraries that `pyproject.toml` names: first those of the core, then those of each extra. License and version are
those that the installed package states; the release is the newest that `pyproject.toml` allows. `python
docs/write_dependencies.py` writes this page.

innoscape itself is under the MIT license. igraph, and country_converter of the extra `gazetteer`, are under the GNU
GPL: whoever distributes them together with innoscape must follow it.

| library | needed by | asked for | installed | license | newest release |
|---|---|---|---|---|---|
"""
# packages that refer to the license of the program inside
_READ = {"XStatic-jQuery": "MIT", "XStatic-Leaflet": "BSD-2-Clause"}


def declared() -> dict[str, tuple[str, list[str]]]:
    """Return what is asked for of each library, and the core or extras that need it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = {"core": project["dependencies"], **project["optional-dependencies"]}
    found: dict[str, tuple[str, list[str]]] = {}
    for part, requirements in parts.items():
        for requirement in requirements:
            name = _NAME.match(requirement)
            if name is None or name[0] == "innoscape":
                continue
            bounds = re.sub(r"^\[[^\]]*\]", "", requirement[name.end() :])
            found.setdefault(name[0], (bounds, []))[1].append(part)
    return found


def stated(name: str) -> tuple[str, str]:
    """Return the version and the license that an installed package states; dashes where it is not installed."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return "–", "–"
    classified = [line.split(" :: ")[-1] for line in about.get_all("Classifier", []) if line.startswith("License ::")]
    said = _READ.get(name) or about.get("License-Expression") or ", ".join(classified) or about.get("License") or ""
    return about["Version"], " ".join(said.split("\n")[0].split())


def page(dates: dict[str, str]) -> str:
    """Return the page."""
    rows = [
        f"| `{name}` | {', '.join(parts)} | {bounds} | {' | '.join(stated(name))} | {dates.get(canonical(name), '')} |"
        for name, (bounds, parts) in declared().items()
    ]
    return HEAD + "\n".join(rows) + "\n"


def canonical(name: str) -> str:
    """Return the name as lock files write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def known_dates() -> dict[str, str]:
    """Return the dates that stand on the page."""
    written = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    return {canonical(name): date for name, date in _ROW.findall(written)}


def locked_dates() -> dict[str, str]:
    """Return the date of the newest release of each library, or nothing without uv."""
    program = shutil.which("uv")
    if program is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, folder)
        subprocess.run([program, "lock", "--quiet", "--directory", folder], check=True)
        locked = tomllib.loads((Path(folder) / "uv.lock").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for package in locked["package"]:
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        days = [str(file["upload-time"])[:10] for file in files if "upload-time" in file]
        if days:
            found[package["name"]] = max(found.get(package["name"], ""), *days)
    return found


def main() -> None:
    """Write the page."""
    TARGET.write_text(page(known_dates() | locked_dates()), encoding="utf-8")


if __name__ == "__main__":
    main()
