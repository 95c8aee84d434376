"""Tell exporters, importers and balanced hubs apart, and count the strong ties of each place."""

import numpy as np
import pandas as pd

from ...data.methods import documented
from ...data.options import check_number
from ..flows.check_graph import ordered, warn_of_units
from ..flows.summed_flows import summed_flows

__all__ = ["hub_types"]


@documented(
    "zhao2011",
    formula="h<sub>i</sub> = max {h: #{j: w<sub>ij</sub> ≥ h} ≥ h}; "
    "b<sub>i</sub> = (s<sup>out</sup> − s<sup>in</sup>) / (s<sup>out</sup> + s<sup>in</sup>)",
)
def hub_types(
    flows: pd.DataFrame, *, balance: float = 1 / 3, least_share: float = 0.0, unit: float = 1.0
) -> pd.DataFrame:
    """Say of each place whether it sends more than it takes, and how many strong partners it has.

    With what i sends and receives::

        net position b = (sent - received) / (sent + received)
        type = exporter if b > balance, importer if b < -balance, else balanced

    so that at 1/3 an exporter sends more than twice what it receives. The h-degree is the largest h such that at least
    h partners have a flow of at least h units with the place; ``h_out`` counts what it sends, ``h_in`` what it
    receives, ``h_degree`` both together.

    - A place whose share in all flow, sent and received, is below ``least_share`` is ``minor``; one without any flow
      is ``minor`` too, and its net position nan.
    - The h-degree compares flows with numbers of partners, so it depends on the unit: ``unit`` says what counts as 1.
    - Net position and type depend on no unit. Reversing all flows swaps exporters and importers.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``; rows of the same ends are summed. Directed; one kind and one year.
    balance : float
        Net position, from 0 to 1, beyond which a place is no longer balanced.
    least_share : float
        Share of (sent + received) over all places that a hub must have.
    unit : float
        Flow that counts as 1.

    Returns
    -------
    DataFrame
        ``place, sent, received, share, partners_out, partners_in, net_position, type, h_out, h_in, h_degree``,
        sorted by place.

    Raises
    ------
    TableError
        If a column is missing, an end is empty, or a value is no number, negative or not finite.
    OptionError
        If an option is out of range.

    References
    ----------
    Zhao, Rousseau & Ye (2011) *Journal of Informetrics* 5.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": list("BBBT"), "target": list("THSB"), "value": [6.0, 3.0, 2.0, 2.0]})
    >>> hub_types(flows)[["place", "net_position", "type", "h_out", "h_degree"]].round(2)
      place  net_position      type  h_out  h_degree
    0     B          0.69  exporter      2         2
    1     H         -1.00  importer      0         1
    2     S         -1.00  importer      0         1
    3     T         -0.50  importer      1         1
    """
    check_number("balance", balance, least=0, most=1)
    check_number("least_share", least_share, least=0, most=1)
    check_number("unit", unit, above=0)
    warn_of_units(flows, stacklevel=2)
    rows = summed_flows(flows)
    places = ordered([*flows["source"], *flows["target"]])
    turned = rows.rename(columns={"source": "target", "target": "source"})
    both = pd.concat([rows, turned]).groupby(["source", "target"], as_index=False)["value"].sum()

    def of(table: pd.DataFrame, how: str) -> np.ndarray:
        return table.groupby("source")["value"].agg(how).reindex(places, fill_value=0).to_numpy()

    def strong(table: pd.DataFrame) -> np.ndarray:
        rank = (-table["value"]).groupby(table["source"]).rank(method="first")
        return of(table[table["value"] / unit >= rank], "count").astype(np.int64)

    sent, received = of(rows, "sum").astype(float), of(turned, "sum").astype(float)
    total = sent + received
    share = total / total.sum() if total.sum() else np.zeros(len(places))
    net = np.divide(sent - received, total, out=np.full(len(places), np.nan), where=total > 0)
    kind = np.select(
        [(total == 0) | (share < least_share), net > balance, net < -balance],
        ["minor", "exporter", "importer"],
        "balanced",
    )
    return pd.DataFrame(
        {
            "place": pd.Series(places, dtype=object),
            "sent": sent,
            "received": received,
            "share": share,
            "partners_out": of(rows, "count").astype(np.int64),
            "partners_in": of(turned, "count").astype(np.int64),
            "net_position": net,
            "type": kind.astype(object),
            "h_out": strong(rows),
            "h_in": strong(turned),
            "h_degree": strong(both),
        }
    )
