"""Whatever a check passes, a run completes: over studies with a few things changed."""

import tempfile
import warnings
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from many_places import TABLES, write_many
from small_studies import SMALL_STUDIES, write_files

from innoscape.data import InnoscapeError, InnoscapeWarning
from innoscape.study import check, mutated_studies, read_study, run
from innoscape.study.plan.salvage import salvage


@pytest.fixture(scope="module")
def mutants(tmp_path_factory):
    """A strategy of changed studies by the name of what they were changed from."""
    home = tmp_path_factory.mktemp("studies")
    return {name: mutated_studies(write_files(files, home / name), most=2) for name, files in SMALL_STUDIES.items()}


@pytest.mark.parametrize("name", SMALL_STUDIES)
@given(data=st.data())
@settings(max_examples=3, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_a_changed_study_runs_or_is_refused_by_name(name, data, mutants):
    files = data.draw(mutants[name])
    with tempfile.TemporaryDirectory() as temporary, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        folder = write_files(files, Path(temporary))
        refusal = None
        try:
            check(folder)
        except InnoscapeError as error:
            refusal = error
        if refusal is None:
            assert (run(folder, folder / "out").folder / "report.html").exists()
        else:
            with pytest.raises(type(refusal)):
                run(folder)
    assert [str(one.message) for one in caught if not issubclass(one.category, InnoscapeWarning)] == []


@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
def test_a_framework_with_a_fault_is_refused_beside_its_indicators(tmp_path):
    files = SMALL_STUDIES["flows"]
    files = {**files, "framework.csv": files["framework.csv"].replace("a,science", "a,")}
    with pytest.raises(InnoscapeError, match=r"framework\.csv, row 2, column level1: needed a group"):
        check(write_files(files, tmp_path / "study"))


@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
def test_a_changed_study_file_is_read_or_refused_by_name(tmp_path):
    plans = [write_many(tmp_path / "many"), write_files(SMALL_STUDIES["spread"], tmp_path / "spread")]
    for folder in plans:
        for table in folder.glob("*.csv"):
            table.unlink()

    @given(st.sampled_from(plans).flatmap(mutated_studies))
    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def test(files):
        with tempfile.TemporaryDirectory() as temporary:
            folder = write_files(files, Path(temporary))
            with suppress(InnoscapeError):
                read_study(folder)
            salvage(folder)

    test()


@pytest.mark.parametrize("name", ["year", "value", "place"])
@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
def test_a_column_that_stands_twice_is_told_of_every_table(tmp_path, name):
    folder = write_many(tmp_path / "study")
    for file, text in TABLES.items():
        head, *rows = text.splitlines()
        twice = [f"{head},{name},{name}", *(f"{row},2019,2020" for row in rows), ""]
        write_files({file: "\n".join(twice)}, folder)
    with pytest.raises(InnoscapeError) as refused:
        check(folder)
    assert {fault.where for fault in refused.value.faults} >= {*TABLES}
