"""Declare which printed figures are compared with one another and which claims are recomputed, an `AuditPlan`."""

from pydantic import Field

from .fields import Assumed, Part, Reference
from .variables import Variable

__all__ = ["AuditPlan"]


class AuditPlan(Part):
    """Whether a source adds up; see `innoscape.data.audit_folder`."""

    figures: Reference = Field(description="numbers as printed")
    claims: Reference | None = Field(None, description="what a text says of them")
    most_per_head: float = Assumed("assumptions.most_per_head", default=0.05, gt=0)

    @property
    def variables_used(self) -> list[Variable]:
        """What it takes from each place: nothing, as it reads tables of its own."""
        return []
