"""Write numbers of other programs for weights and outranking: run once by hand, with pymcdm 1.4.0 and pyDecision 5.1.8.

    pip install --target /tmp/peers --no-deps pymcdm tabulate pyDecision
    PYTHONPATH=/tmp/peers python tests/oracles/make_index_numbers.py

Neither program is needed by the tests, which read the tables that this writes beside it.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "index_values.csv").to_numpy()
# more is better, but of the last
SIGNS = np.array([1, 1, 1, -1])
WEIGHTS = np.array([0.4, 0.3, 0.2, 0.1])


def peer(name):
    """Load one algorithm of pyDecision without the others, which need further programs."""
    root = Path(importlib.util.find_spec("pyDecision").submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location(name, root / "algorithm" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def weights():
    """Return the weights of the values by each method."""
    from pymcdm.weights import weights as theirs

    methods = ("merec", "cilos", "idocriw", "lopcow")
    found = {name: getattr(theirs, f"{name}_weights")(VALUES, SIGNS) for name in methods}
    return pd.DataFrame(found | {"gini": theirs.gini_weights(VALUES)})


def scores():
    """Return the scores of the min-max scaled values, and what ELECTRE III finds."""
    turned = VALUES * SIGNS
    scaled = (turned - turned.min(axis=0)) / (turned.max(axis=0) - turned.min(axis=0))
    low, high, veto = [0.05] * 4, [0.3] * 4, [0.8] * 4
    flows = {}
    for number, name in enumerate(("usual", "u_shape", "v_shape", "level", "linear", "gaussian"), 1):
        kinds = [f"t{number}"] * 4
        table = peer("p_ii").promethee_ii(scaled, WEIGHTS, low, high, high, kinds, sort=False, verbose=False)
        flows[f"promethee_{name}"] = table[:, 1]
    grades = peer("gra").gra_method(VALUES, ["max" if s > 0 else "min" for s in SIGNS], WEIGHTS, 0.5, False, False)
    # it divides by the number of places as well
    flows["grey"] = grades * len(VALUES)
    return pd.DataFrame(flows), peer("e_iii").electre_iii(scaled, P=high, Q=low, V=veto, W=list(WEIGHTS), graph=False)


if __name__ == "__main__":
    weights().to_csv(HERE / "index_weights.csv", index=False, float_format="%.10f")
    found, outranking = scores()
    found.to_csv(HERE / "index_scores.csv", index=False, float_format="%.10f")
    pd.DataFrame(outranking[1]).to_csv(HERE / "index_credibility.csv", index=False, float_format="%.10f")
    for name, ranking in zip(("descending", "ascending"), outranking[2:4], strict=True):
        pd.DataFrame({"places": ranking}).to_csv(HERE / f"index_{name}.csv", index=False)
