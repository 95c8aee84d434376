"""A cluster's workers give the bits that threads give."""

import numpy as np
import pandas as pd
import pytest

from innoscape.network import Channel, hazard_rates, simulate

distributed = pytest.importorskip("distributed")


@pytest.mark.filterwarnings("ignore")  # the cluster's own plumbing warns of ports and closing loops
def test_two_worker_processes_give_the_same_bits(tmp_path):
    rng = np.random.default_rng(1)
    names = [f"p{i:02d}" for i in range(20)]
    tier = pd.Categorical(["local"] * 20, categories=["local"], ordered=True)
    flows = pd.DataFrame([(a, b, rng.exponential()) for a in names for b in names if a != b])
    flows.columns = ["source", "target", "value"]
    channel = Channel("tie", rate=0.02, decay="none")
    model = hazard_rates(pd.DataFrame({"place": names, "tier": tier}), [channel], flows=flows)
    here = simulate(model, ["p00"], horizon=5.0, runs=1500)
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(tmp_path)
    )
    with cluster, distributed.Client(cluster) as client, client.get_executor() as executor:
        there = simulate(model, ["p00"], horizon=5.0, runs=1500, executor=executor)
    np.testing.assert_array_equal(here.times, there.times)
