"""Describe the audit: how claims were recomputed, and how figures were compared with one another."""

from typing import Any

from ...data.audit.claims import audit_claims
from ...data.audit.consistency import consistency
from ...data.methods import ChosenMethod, method_of
from ..plan.audit_plan import AuditPlan
from ..plan.schema import Study
from .lead_networks import Describe

__all__ = ["AUDIT", "describe_audit"]

AUDIT = {"claims": audit_claims, "figures": consistency}


def describe_audit(plan: AuditPlan, _study: Study, describe: Describe) -> list[Any]:
    """Return an entry on claims, where there are any, and one on figures."""
    options = {"most": f"{plan.most_per_head:g}"}
    ran = ["figures"] if plan.claims is None else ["claims", "figures"]
    return [describe(ChosenMethod("audit", name, method_of(AUDIT[name]), options)) for name in ran]
