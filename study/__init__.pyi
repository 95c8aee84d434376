from .cli import main
from .config import Study
from .exports import export_results
from .figures import FIGURES, draw_figure, write_figures
from .pipeline import bundled_study, check, run
from .profile_page import write_profile
from .reading import read_study
from .report import render_report
from .results import StudyResults
from .sweeps import draw_sweep
from .text_tables import write_tables
from .workbook import write_workbook

__all__ = [
    "FIGURES",
    "Study",
    "StudyResults",
    "bundled_study",
    "check",
    "draw_figure",
    "draw_sweep",
    "export_results",
    "main",
    "read_study",
    "render_report",
    "run",
    "write_figures",
    "write_profile",
    "write_tables",
    "write_workbook",
]
