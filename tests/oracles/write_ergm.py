"""Write ergm.csv, maximum pseudo-likelihood by pyERGM 0.3.0 of the network of `test_brokerage`.

Run with an interpreter that has pyERGM: ``python tests/oracles/write_ergm.py``. It climbs to five digits.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from pyERGM.ergm import ERGM
from pyERGM.metrics import NodeAttrSumIn, NodeAttrSumOut, NumberOfEdgesDirected, TotalReciprocity

N = 16
i, j = np.indices((N, N))
ties = np.where(i == j, 0, (7 * i + 11 * j + i * j) % 10 < 3).astype(int)
score = np.arange(N) * 5 % 7
terms = [NumberOfEdgesDirected(), TotalReciprocity(), NodeAttrSumOut(score), NodeAttrSumIn(score)]
model = ERGM(N, terms, is_directed=True, verbose=False, fix_collinearity=False)
found, _ = model._mple_fit(ties)
names = ["edges", "mutual", "sender score", "receiver score"]
table = pd.DataFrame({"term": names, "coefficient": found})
table.to_csv(Path(__file__).with_name("ergm.csv"), index=False, float_format="%.8g", lineterminator="\n")
