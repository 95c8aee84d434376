"""Read the gravity models of a study, and the pairs farthest from them, as facts a report can say."""

from collections.abc import Mapping

import pandas as pd

from ..plan.schema import Study
from .rows import MEASURED, Row, read_rows

__all__ = ["gravity_facts"]


def gravity_facts(tables: Mapping[str, pd.DataFrame], study: Study) -> dict[str, Row]:
    """Gather of each network with a gravity model its plan, coefficients, measures and misfits."""
    found = {name: read_rows(tables, name) for name in ("gravity", "gravity_fit", "gravity_misfits", "flows")}
    facts: dict[str, Row] = {}
    for network in study.networks:
        own = {name: [row for row in rows if row["kind"] == network.name] for name, rows in found.items()}
        if network.gravity is None or not own["gravity"]:
            continue
        misfits = own["gravity_misfits"]
        facts[network.name] = {
            "plan": network.gravity,
            "level": f"{100 * network.gravity.confidence_level:g}",
            "rows": own["gravity"],
            "measures": {str(row["measure"]): row["value"] for row in own["gravity_fit"]},
            "above": [row for row in misfits if row["side"] == "above"],
            "below": [row for row in misfits if row["side"] == "below"],
            "measured": all(row["status"] in MEASURED for row in own["flows"]),
        }
    return facts
