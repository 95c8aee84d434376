"""Say why no flows meet the margins of an estimate, and what would let them."""

from typing import Any

import numpy as np

from ...data import Fault, OptionError
from ...data.wording.catalogue import text
from ...network.flows.constraints import ROUNDING
from ..plan.estimates import Estimate
from ..plan.schema import STUDY_FILE
from ..plan.table_desk import DATASET
from .margins import Margins

__all__ = ["contradiction"]


def contradiction(estimate: Estimate, one: Margins, whole: float | None, at: str, error: OptionError) -> Fault:
    """Return the fault of margins that no flows meet.

    Parameters
    ----------
    estimate : Estimate
    one : Margins
        Of the year that failed.
    whole : float or None
        All flows, those with the rest of the world included, where that is known.
    at : str
        Key path of the estimate.
    error : OptionError
        What the estimate said.
    """
    if not estimate.from_margins:
        year = one.year
        said = error.said if year is None else text("faults.options.within", within=year, said=error.said)
        return Fault.of("faults.estimate.balance", STUDY_FILE, column=at, error=said)
    names: dict[str, Any] = {key: str(getattr(estimate, key)).removeprefix(DATASET) for key in ("outgoing", "incoming")}
    sent, received = float(one.sent.sum()), float(one.received.sum())
    values: dict[str, Any] = {**names, "sent": f"{sent:.10g}", "received": f"{received:.10g}"}
    values["when"] = "" if one.year is None else f" ({one.year})"

    def fault(key: str, **more: Any) -> Fault:  # noqa: ANN401 - of any sentence
        return Fault.of(key, STUDY_FILE, column=at, **values, **more)

    if estimate.rest_of_world:
        if whole is not None and whole < max(sent, received) * (1 - ROUNDING):
            return fault("faults.estimate.whole_small", whole=f"{whole:.10g}", least=f"{max(sent, received):.10g}")
        if whole is not None and whole > (sent + received) * (1 + ROUNDING) and not estimate.rest_within:
            return fault("faults.estimate.whole_large", whole=f"{whole:.10g}", most=f"{sent + received:.10g}")
    elif 0.0 in (sent, received) and sent != received:
        return fault("faults.estimate.one_side")
    elif estimate.balance == "raise" and not np.isclose(sent, received, rtol=ROUNDING, atol=0.0):
        return fault("faults.estimate.unequal")
    return fault("faults.estimate.margins", error=error.said)
