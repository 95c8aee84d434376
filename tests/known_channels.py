"""A country of 24 places whose flows are made by three known channels."""

import numpy as np
import pandas as pd

from innoscape.network import Channel

TIERS = ["national", "regional", "local"]


def build_country():
    """Return centers, costs and masses."""
    rng = np.random.default_rng(4)
    n = 24
    names = [f"p{i:02d}" for i in range(n)]
    spot = rng.uniform(0.0, 1000.0, (n, 2))
    costs = pd.DataFrame(np.hypot(*(spot[:, None] - spot[None]).transpose(2, 0, 1)), index=names, columns=names)
    tier = pd.Categorical(np.repeat(TIERS, [4, 8, 12]), categories=TIERS, ordered=True)
    return pd.DataFrame({"place": names, "tier": tier}), costs, pd.Series(rng.uniform(1.0, 5.0, n), index=names)


def masks(centers):
    rank = centers["tier"].cat.codes.to_numpy()
    off = ~np.eye(len(rank), dtype=bool)
    return (rank[:, None] < rank) & off, (rank[:, None] == rank) & off, off


def table(matrix, names):
    i, j = np.nonzero(matrix)
    return pd.DataFrame({"source": np.array(names)[i], "target": np.array(names)[j], "value": matrix[i, j]})


CHANNELS = [Channel("hierarchical", half_distance=400.0), Channel("peer", half_distance=200.0)]


def made(country, seed=None):
    """Expected flows from three channels, or Poisson draws of them."""
    centers, costs, mass = country
    down, level, off = masks(centers)
    cost = costs.to_numpy()
    size = np.outer(mass, mass)
    mean = size * (6 * down * np.exp2(-cost / 400) + 9 * level * np.exp2(-cost / 200) + 0.5 * off)
    parts = [(size * 6 * down * np.exp2(-cost / 400)).sum(), (size * 9 * level * np.exp2(-cost / 200)).sum()]
    shares = [*(p / mean.sum() for p in parts), (size * 0.5 * off).sum() / mean.sum()]
    if seed is not None:
        mean = np.random.default_rng(seed).poisson(mean)
    return table(mean, list(centers["place"])), shares
