"""Write what econcomplex 1.0.1 computes of a small table, for `test_specialization`.

Run with an interpreter that has econcomplex: ``python tests/oracles/write_econcomplex.py``.
"""

from pathlib import Path

import econcomplex
import numpy as np
import pandas as pd

i, c = np.indices((7, 8))
x = np.where((i * c + 2 * c) % 5 == 0, 0, ((3 * i + 5 * c + i * c * c) % 11) ** 2 * (1 + (i + c) % 3)) + (i == c)
table = pd.DataFrame(x, [f"p{k}" for k in range(7)], [f"c{k}" for k in range(8)]).astype(float)
fitness, complexity = econcomplex.fitness_complexity(table, iterations=2000, tol=1e-13)
found = {
    "herfindahl": econcomplex.herfindahl(table, normalize=False),
    "entropy": econcomplex.shannon_entropy(table, base=np.e),
    "hachman": econcomplex.hachman_index(table),
    "krugman": econcomplex.krugman_index(table),
    "locational_gini": 2 * econcomplex.locational_gini(table),
    "fitness": fitness,
    "complexity": complexity,
}
rows = [(name, label, float(value)) for name, series in found.items() for label, value in series.items()]
proximity = econcomplex.proximity(table, method="max", compute="product")["product"]
rows += [("proximity", f"{a} {b}", float(proximity.loc[a, b])) for a in table for b in table if a < b]
cells = [("table", f"{a} {b}", float(table.loc[a, b])) for a in table.index for b in table.columns]
frame = pd.DataFrame([*cells, *rows], columns=["measure", "label", "value"])
frame.to_csv(Path(__file__).with_name("econcomplex.csv"), index=False, float_format="%.12g")
