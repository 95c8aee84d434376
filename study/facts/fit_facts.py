"""Read what a fit of the diffusion found, and how sure it is, as facts a report can say."""

import math
from collections.abc import Mapping

import pandas as pd

from .rows import Row, read_rows

__all__ = ["fit_facts"]


def fit_facts(tables: Mapping[str, pd.DataFrame]) -> Row:
    """Gather fitted numbers, the data they depend on, scores on what was left out, and what their doubt adds."""
    rows = read_rows(tables, "fitted")
    measures = {str(r["measure"]): r["value"] for r in read_rows(tables, "fit_measures")}
    fitted = [r for r in rows if r["status"] == "fitted"]
    ratios = [r["high"] / r["low"] for r in fitted if r["low"] and r["high"] is not None]
    scores = read_rows(tables, "cross_validation")
    source = next((r for r in read_rows(tables, "inputs") if r["table"] == "diffusion.fit.adoptions"), None)
    shares = [
        r["parameter_share"]
        for r in read_rows(tables, "arrivals")
        if r["scenario"] == "baseline" and not r["seed"] and r["parameter_share"] is not None
    ]
    reach = [r for r in read_rows(tables, "reach") if r["scenario"] == "baseline" and r["chance_low"] is not None]
    middle = min(reach, key=lambda r: abs((r["mean"] or 0.0) - 0.5), default=None)
    return {
        "rows": rows,
        "fitted": fitted,
        "measures": measures,
        "widest": max(ratios, default=None),
        "scores": scores[-1] if scores else None,
        "source": source["title"] if source else None,
        "share": math.fsum(shares) / len(shares) if shares else None,
        "middle": middle,
        "decomposition": read_rows(tables, "decomposition"),
    }
