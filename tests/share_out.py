"""Share the tests out among workers, so that none is left with a long file when the others are done.

Files go whole, as module fixtures ask for. Tests of files that share nothing go one by one: the notebooks and the
random studies first, the examples of the modules last, where they fill what is left. Files that read one run of the
bundled study go together.
"""

from pathlib import PurePath

from xdist.scheduler import LoadScopeScheduling

FIRST = ("test_notebooks.py", "test_studies.py", "test_china.py", "test_further_language.py", "test_large_study.py")
LAST = ("test_doctests.py",)
APART = {"test_notebooks.py", "test_studies.py", "test_doctests.py"}
# the files that take the fixture bundled_run
TOGETHER = {"test_contracts.py", "test_exports.py", "test_figures.py"}


class ShareOut(LoadScopeScheduling):
    """Hand out files, single tests of some files, and some files together, in the order of the collection."""

    def _split_scope(self, nodeid):
        name = PurePath(nodeid.split("::", 1)[0]).name
        if name in APART:
            return nodeid
        return "bundled run" if name in TOGETHER else nodeid.split("::", 1)[0]


def place_of(name):
    """Return where a file stands in the order: those that take long first, small pieces last."""
    if name in FIRST:
        return FIRST.index(name)
    return len(FIRST) + (name in LAST)
