"""Small tables and recipes that several test modules work on."""

import numpy as np
import pandas as pd

from innoscape.data import Framework
from innoscape.geo import Recipe

COUNTS = {"method": "counts", "counts": (3, 5, 6)}
# six recipes that a careful author might have chosen
RECIPES = {
    "equal": Recipe(),
    "equal levels": Recipe(weigh="equal_levels"),
    "entropy": Recipe(weigh="entropy"),
    "z-scores": Recipe(normalize="zscore"),
    "ranks": Recipe(normalize="rank"),
    "geometric": Recipe(normalize={"method": "minmax", "lowest": 0.01}, aggregate="geometric"),
}

# eight places along a line
PLACES = list("abcdefgh")
AT = np.array([0, 1, 2.5, 4, 7, 8, 11, 13])
COSTS = pd.DataFrame(np.abs(AT[:, None] - AT), index=PLACES, columns=PLACES)
MASS = pd.Series([9.0, 2, 5, 1, 7, 3, 4, 6], index=PLACES)
FLOWS = pd.DataFrame(
    [
        [0, 31, 40, 3, 18, 5, 4, 9],
        [25, 0, 14, 1, 6, 2, 0, 3],
        [52, 17, 0, 6, 20, 6, 5, 8],
        [2, 0, 5, 0, 4, 1, 0, 0],
        [20, 4, 17, 5, 0, 28, 12, 14],
        [7, 1, 6, 0, 30, 0, 8, 6],
        [5, 2, 4, 1, 15, 7, 0, 31],
        [8, 1, 7, 2, 12, 9, 26, 0],
    ],
    index=PLACES,
    columns=PLACES,
    dtype=float,
)
APART = ~np.eye(8, dtype=bool)


def rows_of(columns, places="甲乙丙丁戊己庚辛"):
    rows = [(places[i], name, v) for name, values in columns.items() for i, v in enumerate(values) if v is not None]
    return pd.DataFrame(rows, columns=["place", "indicator", "value"])


def framework_of(names, **columns):
    return Framework.from_table(pd.DataFrame({"indicator": list(names), **columns}))


def tidy_flows(matrix):
    rows, columns = np.nonzero(~np.isnan(matrix.to_numpy()))
    return pd.DataFrame(
        {
            "source": matrix.index[rows],
            "target": matrix.columns[columns],
            "value": matrix.to_numpy()[rows, columns],
        }
    )
