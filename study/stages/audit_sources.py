"""Audit the sources that a study names: recompute their claims, and compare their figures with one another."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..plan.audit_plan import AuditPlan
from ..plan.inputs import Inputs, read_inputs
from ..plan.read import STUDY_FILE, read_study
from ..plan.table_desk import DATASET
from .analyzed import Analyzed
from .build_chain import Chain

if TYPE_CHECKING:
    from ...data.audit.audit_table import Finding

__all__ = ["audit_sources", "audit_study"]

_TABLES = ("figures", "claims")


def audit_sources(chain: Chain, plan: AuditPlan, *, trial: bool = False) -> Analyzed:
    """Audit the figures of a study, and the claims where it has any.

    Parameters
    ----------
    chain : Chain
    plan : AuditPlan
    trial : bool
        Read claims and figures for their faults, and compute nothing; shipped tables have none.

    Returns
    -------
    Analyzed
        ``audit`` (what `innoscape.data.audit_folder` returns, its sentences in every language) and ``audit_verdicts``.

    Raises
    ------
    TableError
        With every fault of both tables.
    """
    if trial and _shipped(plan):
        return Analyzed({})
    findings = _findings(chain.inputs, plan, trial=trial)
    if trial:
        return Analyzed({})
    from ...data.audit.audit_table import audit_table

    table = audit_table(findings, language="en").rename(columns={"subject": "subject_en", "meaning": "meaning_en"})
    for name in ("subject", "meaning"):
        said = [getattr(one, name).in_("zh") for one in findings]
        table.insert(table.columns.get_loc(f"{name}_en") + 1, f"{name}_zh", said)  # pyright: ignore[reportArgumentType, reportOperatorIssue]
    counts = table.groupby(["check", "verdict"], sort=True).size().rename("findings").reset_index()
    return Analyzed({"audit": table, "audit_verdicts": counts})


def audit_study(study: str | Path | None, *, language: str = "en") -> pd.DataFrame:
    """Audit what the section ``[audit]`` of a study names; a folder without one, or nothing, as `audit_folder` does.

    Parameters
    ----------
    study : str or Path, optional
        Folder of a study, its study file, or a folder with tables of figures and claims.
    language : str, default "en"
        Language of ``subject`` and ``meaning``.

    Returns
    -------
    pandas.DataFrame
        What `innoscape.data.audit_folder` returns.

    Raises
    ------
    StudyError, TableError
        With every fault of the study, or of the tables.
    """
    from ...data.audit.audit_folder import audit_folder
    from ...data.audit.audit_table import audit_table

    held = None if study is None else Path(study)
    if held is not None and (held.is_file() or (held / STUDY_FILE).is_file()):
        declared = read_study(held)
        if declared.audit is not None:
            return audit_table(_findings(read_inputs(declared), declared.audit), language=language)
    return audit_folder(study, language=language)


def _findings(inputs: Inputs, plan: AuditPlan, *, trial: bool = False) -> "list[Finding]":
    """Return what is found, or in a trial nothing once all faults are told."""
    # the arithmetic of intervals is not needed by studies without an audit
    from ...data.audit.claims import check_claims, claim_findings
    from ...data.audit.files_named import files_named
    from ...data.audit.printed_figures import printed_figures

    figures = inputs.further["audit", "figures"]
    claims = None if plan.claims is None else inputs.further["audit", "claims"]
    with files_named(**{key: str(getattr(plan, key)).removeprefix(DATASET) for key in _TABLES}):
        if trial:
            if claims is not None:
                check_claims(claims, figures)
            else:
                printed_figures(figures)
            return []
        from ...data.audit.consistency import figure_findings

        claimed = [] if claims is None else claim_findings(claims, figures)
        compared = figure_findings(figures, places=inputs.places, most_per_head=plan.most_per_head)
    return [*claimed, *compared]


def _shipped(plan: AuditPlan) -> bool:
    return all(str(getattr(plan, key) or DATASET).startswith(DATASET) for key in _TABLES)
