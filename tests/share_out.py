"""Share the tests out among workers, so that none is left with a long file when the others are done.

Files go whole, as module fixtures ask for. Tests of files that share nothing go one by one: the notebooks and the
random studies first, the examples of the modules last, where they fill what is left. Files that read one run of the
bundled study go together, and so do those that ask Spark.
"""

from pathlib import PurePath

from xdist.scheduler import LoadScopeScheduling

FIRST = (
    "test_records_spark.py",
    "test_export_networks.py",
    "test_notebooks.py",
    "test_studies.py",
    "test_site.py",
    "test_china.py",
    "test_further_language.py",
    "test_large_study.py",
    "test_figures.py",
)
LAST = ("test_doctests.py",)
APART = {"test_notebooks.py", "test_studies.py", "test_doctests.py"}
# the files that take one fixture bundled_run, and those that start Java for Spark, once where they run
TOGETHER = {
    **dict.fromkeys(("test_contracts.py", "test_exports.py", "test_figure_kinds.py", "test_figures.py"), "bundled run"),
    **dict.fromkeys(("test_records_spark.py", "test_export_networks.py"), "spark"),
}


class ShareOut(LoadScopeScheduling):
    """Hand out files, single tests of some files, and some files together, in the order of the collection."""

    def _split_scope(self, nodeid):
        name = PurePath(nodeid.split("::", 1)[0]).name
        if name in APART:
            return nodeid
        return TOGETHER.get(name, nodeid.split("::", 1)[0])


def place_of(name):
    """Return where a file stands in the order: those that take long first, small pieces last."""
    if name in FIRST:
        return FIRST.index(name)
    return len(FIRST) + (name in LAST)
