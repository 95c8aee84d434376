"""Audit the sources that a study names: recompute their claims, and compare their figures with one another."""

from itertools import chain as chained

from ..plan.audit_plan import AuditPlan
from ..plan.table_desk import DATASET
from .analyzed import Analyzed
from .build_chain import Chain

__all__ = ["audit_sources"]

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
    figures = chain.inputs.further["audit", "figures"]
    claims = None if plan.claims is None else chain.inputs.further["audit", "claims"]
    if trial and _shipped(plan):
        return Analyzed({})
    # the arithmetic of intervals is not needed by studies without an audit
    from ...data.audit.audit_folder import files_named
    from ...data.audit.audit_table import audit_table
    from ...data.audit.claims import check_claims, claim_findings
    from ...data.audit.consistency import figure_findings
    from ...data.audit.printed_figures import printed_figures

    names = {key: str(getattr(plan, key)).removeprefix(DATASET) for key in _TABLES}
    with files_named(**names):
        if trial:
            if claims is not None:
                check_claims(claims, figures)
            else:
                printed_figures(figures)
            return Analyzed({})
        claimed = [] if claims is None else claim_findings(claims, figures)
        compared = figure_findings(figures, places=chain.inputs.places, most_per_head=plan.most_per_head)
    findings = [*chained(claimed, compared)]
    table = audit_table(findings, language="en").rename(columns={"subject": "subject_en", "meaning": "meaning_en"})
    for name in ("subject", "meaning"):
        said = [getattr(one, name).in_("zh") for one in findings]
        table.insert(table.columns.get_loc(f"{name}_en") + 1, f"{name}_zh", said)  # pyright: ignore[reportArgumentType, reportOperatorIssue]
    counts = table.groupby(["check", "verdict"], sort=True).size().rename("findings").reset_index()
    return Analyzed({"audit": table, "audit_verdicts": counts})


def _shipped(plan: AuditPlan) -> bool:
    return all(str(getattr(plan, key) or DATASET).startswith(DATASET) for key in _TABLES)
