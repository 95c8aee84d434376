"""Name the route by which a local center grows, by ordered rules."""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.datasets import load
from ...data.errors import Fault, TableError
from ...data.methods import documented
from ...data.options import check_choice, check_columns
from ...data.places.keys import as_keys
from ..index.normalize.scale import percentile_rank

__all__ = ["center_routes"]

RouteScale = Literal["rank", "given"]
ROUTE_SCALES: tuple[str, ...] = get_args(RouteScale)


@documented(formula="route<sub>i</sub> = min {k : z<sub>if</sub> ≥ l<sub>kf</sub> for all f of k}")
def center_routes(
    values: pd.DataFrame, *, rules: pd.DataFrame | None = None, scale: RouteScale = "rank"
) -> pd.DataFrame:
    """Give each place the first route all of whose factors reach their thresholds.

    The shipped rules (dataset ``center_routes``) are, in this order: location, culture, education and technology make
    a base of research and development; concentrated population and industry with the ability to convert research make
    a cluster of specialized firms; livability, inclusiveness and vitality make an innovative small city. Their
    thresholds are assumed.

    - A place that meets several rules takes the first; one that meets none has no route, and the route that it comes
      closest to (fewest factors unmet, then the earlier rule).
    - More of a factor never takes a route away under ``scale="given"``, but may bring an earlier one.

    Parameters
    ----------
    values : DataFrame
        ``place`` (unique) and a column for each factor of the rules, more being better.
    rules : DataFrame, optional
        ``order``, ``route``, ``factor``, ``least``: one row a factor of a route.
    scale : {"rank", "given"}
        Whether a threshold is a share of the other places that a place is ahead of (a tie counts half), or a value of
        the factor itself.

    Returns
    -------
    DataFrame
        ``place``, ``route`` (empty where none), ``closest``, ``unmet`` (its factors that fall short, joined by
        ``"; "``), in the order given.

    Raises
    ------
    TableError
        A factor without a column, missing or infinite values, a place that stands twice, no rows; rules without
        columns, or with a threshold that is no number.
    OptionError
        An unknown scale.

    References
    ----------
    The dataset ``sources`` cites the paper that names the routes (Zhang 2022, section 4.4).

    Examples
    --------
    >>> rules = pd.DataFrame({"order": [1, 1, 2], "route": ["research", "research", "livable"],
    ...     "factor": ["science", "location", "air"], "least": [5, 5, 5]})
    >>> cities = pd.DataFrame({"place": ["a", "b", "c"], "science": [9, 1, 6], "location": [7, 2, 4], "air": [9, 6, 1]})
    >>> center_routes(cities, rules=rules, scale="given")
      place     route   closest     unmet
    0     a  research  research
    1     b   livable   livable
    2     c            research  location
    """
    check_choice("scale", scale, ROUTE_SCALES)
    given = load("center_routes") if rules is None else rules
    check_columns(given, "rules", ("order", "route", "factor", "least"))
    ordered = given.sort_values(["order"], kind="stable")
    factors = list(dict.fromkeys(ordered["factor"]))
    check_columns(values, "values", ("place", *factors))
    places = as_keys(values["place"])
    least = pd.to_numeric(ordered["least"], errors="coerce").to_numpy(dtype=float)
    table = values[factors].apply(pd.to_numeric, errors="coerce").astype(float)
    faults = [Fault("values", "at least one place", "none", "add one")] if values.empty else []
    faults += [Fault("values", "each place once", f"{place} more than once", "remove the copies", column="place")
               for place in sorted(places[places.duplicated()].unique())]  # fmt: skip
    faults += [Fault("values", "a finite number", f"{values[factors[j]].iloc[i]} at {places.iloc[i]}", "correct it",
                     column=factors[j]) for i, j in np.argwhere(~np.isfinite(table.to_numpy()))]  # fmt: skip
    faults += [Fault("rules", "a threshold that is a number", str(ordered["least"].iloc[i]), "correct it",
                     column="least") for i in np.flatnonzero(~np.isfinite(least))]  # fmt: skip
    if faults or ordered.empty:
        raise TableError(faults or [Fault("rules", "at least one row", "none", "add one")])
    if scale == "rank" and len(table) > 1:
        table = percentile_rank(table, pd.Series(1, index=factors), ties="average")
    met = table[ordered["factor"].tolist()].to_numpy() >= least
    routes = list(dict.fromkeys(ordered["route"]))
    held = [np.flatnonzero(ordered["route"].to_numpy() == route) for route in routes]
    unmet = np.column_stack([(~met[:, rows]).sum(axis=1) for rows in held])
    closest = unmet.argmin(axis=1)
    missed = [[ordered["factor"].iloc[row] for row in held[k] if not met[i, row]] for i, k in enumerate(closest)]
    names = [routes[k] for k in closest]
    return pd.DataFrame(
        {
            "place": places.tolist(),
            "route": [name if not short else "" for name, short in zip(names, missed, strict=True)],
            "closest": names,
            "unmet": ["; ".join(short) for short in missed],
        }
    )
