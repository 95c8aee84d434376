"""Measure what each extra costs to install and write it to ``docs/install.md``: ``python docs/measure_install.py``.

It makes environments in a temporary folder, downloads wheels from the registry that pip is set up with, and takes the
processor time of installing the downloaded files, bytecode included: elapsed time would depend on what else the machine
does. Versions are those of ``constraints.txt``.
"""

import datetime as dt
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "install.md"
# what development needs is no choice of a user
LEFT_OUT = ("test", "dev", "docs", "bench")
MB = 1_000_000


def main() -> None:
    """Measure the core and every extra, and write the table between the marks of the page."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        core, measured = _measure(work, "")
        rows = [measured, *(_measure(work, extra, core)[1] for extra in extras if extra not in LEFT_OUT)]
    written = TARGET.read_text(encoding="utf-8")
    marks = re.compile(r"(<!-- measured -->\n).*?(<!-- end -->)", re.DOTALL)
    TARGET.write_text(marks.sub(lambda found: found[1] + _table(rows) + found[2], written), encoding="utf-8")


def _measure(work: Path, extra: str, core: frozenset[str] = frozenset()) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the packages of the core with an extra, and the row on what comes beyond the core."""
    wheels, site = work / f"wheels-{extra}", work / f"site-{extra}"
    python = work / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"], check=True)
    pip = [str(python), "-m", "pip"]
    asked = f"{ROOT}[{extra}]" if extra else str(ROOT)
    report = work / "report.json"
    limits = ["--constraint", str(ROOT / "constraints.txt")]
    dry = ["install", "--quiet", "--dry-run", "--ignore-installed", "--report", str(report), *limits, asked]
    subprocess.run([*pip, *dry], check=True)
    found = {
        item["metadata"]["name"]: item["metadata"]["version"]
        for item in json.loads(report.read_text(encoding="utf-8"))["install"]
    }
    needed = [f"{name}=={version}" for name, version in found.items() if name != "innoscape" and name not in core]
    if not extra:
        needed.append(str(ROOT))
    subprocess.run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), *needed], check=True)
    files = sorted(map(str, wheels.iterdir()))
    before = _processor_seconds()
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", "--target", str(site), *files], check=True)
    seconds = _processor_seconds() - before
    row = (
        f"`{extra}`" if extra else "core",
        str(len(files)),
        f"{sum(Path(file).stat().st_size for file in files) / MB:.0f}",
        f"{sum(path.stat().st_size for path in site.rglob('*') if path.is_file()) / MB:.0f}",
        f"{seconds:.0f}",
    )
    sys.stdout.write(f"{' | '.join(row)}\n")
    return frozenset(found), row


def _processor_seconds() -> float:
    """Return what ended subprocesses have taken so far."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def _table(rows: list[tuple[str, ...]]) -> str:
    memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    machine = f"{os.cpu_count()} cores ({platform.machine()}), {memory} GiB of memory, {platform.system()}"
    today = dt.datetime.now(tz=dt.UTC).date()
    said = f"Measured on {today} with Python {platform.python_version()} on {machine}."
    head = ["", "packages", "MB to download", "MB installed", "processor seconds to install"]
    lines = [head, ["---", *["---:"] * 4], *rows]
    return f"\n{said}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


if __name__ == "__main__":
    main()
