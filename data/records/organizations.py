"""Know the places of organizations from a table that lists them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ..errors import Fault, TableError
from .engine import fetch, open_records, pick

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = ["known_organizations", "open_organizations"]

_ORGANIZATIONS = "organizations"


def open_organizations(given: object, con: "BaseBackend") -> "Table":
    """Return a mapping, a series or any table of ``organization`` and ``place`` as an Ibis table."""
    if isinstance(given, Mapping | pd.Series):
        given = pd.Series(given, dtype="str").rename("place").rename_axis("organization").reset_index()
    columns = {name: name for name in ("organization", "place")}
    return pick(open_records(given, con, where=_ORGANIZATIONS), columns, where=_ORGANIZATIONS, options=False)


def known_organizations(listed: "Table", nodes: "Table | None", con: "BaseBackend") -> "Table":
    """Return every organization once, with its place; several places of one are refused."""
    from . import query as expressions
    from . import written_cells as written

    if nodes is not None:
        listed = written.renamed(listed, nodes, "organization")
    known = expressions.known_organizations(listed)
    torn = fetch(known.filter(known["place"] < known["last"]), con, where=_ORGANIZATIONS)
    faults = [
        Fault.of(
            "faults.records.organization",
            _ORGANIZATIONS,
            name=row["organization"],
            first=row["place"],
            last=row["last"],
        )
        for row in torn.sort_values("organization").head(10).to_dict("records")
    ]
    if faults:
        raise TableError(faults)
    return known
