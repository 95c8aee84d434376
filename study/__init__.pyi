from .cli.app import main
from .figures.draw_axes import draw_axes
from .figures.draw_lorenz import draw_lorenz
from .figures.draw_moran import draw_moran
from .figures.draw_sweep import draw_sweep
from .figures.figures import FIGURES, draw_figure, write_figures
from .plan.pull_lever import pull_lever
from .plan.read import read_study
from .plan.schema import Study
from .plan.write_template import TEMPLATES, write_template
from .report.render_report import render_report
from .report.write_profile import write_profile
from .results.export import export_results
from .results.study_results import StudyResults
from .results.write_workbook import write_workbook
from .stages.cite_study import cite_study
from .stages.run import bundled_study, check, run
from .start.propose_study import propose_study
from .start.start_study import start_study
from .tables.write_tables import write_tables
from .testing.mutated_studies import mutated_studies
from .testing.valid_studies import valid_studies

__all__ = [
    "FIGURES",
    "TEMPLATES",
    "Study",
    "StudyResults",
    "bundled_study",
    "check",
    "cite_study",
    "draw_axes",
    "draw_figure",
    "draw_lorenz",
    "draw_moran",
    "draw_sweep",
    "export_results",
    "main",
    "mutated_studies",
    "propose_study",
    "pull_lever",
    "read_study",
    "render_report",
    "run",
    "start_study",
    "valid_studies",
    "write_figures",
    "write_profile",
    "write_tables",
    "write_template",
    "write_workbook",
]
