from .cli import main
from .config import Study
from .pipeline import bundled_study, check, run
from .profile_page import write_profile
from .reading import read_study
from .report import render_report
from .results import StudyResults
from .workbook import write_workbook

__all__ = [
    "Study",
    "StudyResults",
    "bundled_study",
    "check",
    "main",
    "read_study",
    "render_report",
    "run",
    "write_profile",
    "write_workbook",
]
