"""A study of a network too large for exact paths and blocks samples the first, leaves out the second and says so."""

import numpy as np
import pandas as pd
import pytest

import innoscape.network.structure.block_roles as roles
from innoscape.data import Budget, StudyError
from innoscape.network.measures import node_measures, summary
from innoscape.study import check, render_report, run

STUDY = """
name = "many"
title = "Many"

[tables]
places = ["places.csv"]

[[networks]]
name = "trade"
directed = true
flows = "flows.csv"
"""


@pytest.fixture
def many(tmp_path, monkeypatch):
    rng = np.random.default_rng(1)
    names = [f"p{i:02d}" for i in range(40)]
    places = pd.DataFrame({"place": names, "lon": rng.uniform(100, 120, 40), "lat": rng.uniform(22, 40, 40)})
    places.assign(tier="regional").to_csv(tmp_path / "places.csv", index=False)
    pairs = [(a, b) for a in names for b in names if a != b]
    kept = rng.choice(len(pairs), 160, replace=False)
    flows = pd.DataFrame([pairs[i] for i in kept], columns=["source", "target"])
    flows.assign(value=rng.integers(1, 30, 160)).to_csv(tmp_path / "flows.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    monkeypatch.setattr(node_measures, "EXACT_WORK", 100)
    monkeypatch.setattr(summary, "EXACT_WORK", 100)
    monkeypatch.setattr(roles, "_MOST_PLACES", 20)
    monkeypatch.setattr("innoscape.study.stages.sized_measures._SAMPLE", 20)
    return tmp_path


def test_a_large_network_is_sampled_and_its_blocks_are_left_out_with_notices(many):
    told, stages = [], []
    results = run(
        many / "study.toml",
        say=lambda stage: stages.append(str(stage)),
        progress=lambda done, whole: told.append((len(stages), done, whole)),
    )
    # both stages of a network count their steps up to the last
    assert {at for at, done, whole in told if done == whole} == {at for at, *_ in told}
    assert len({at for at, *_ in told}) == 2
    said = "\n".join(map(str, results.notices))
    assert "betweenness and closeness are estimated from the paths of 20 places" in said
    assert "path lengths, reach, efficiency and centralization are estimated" in said
    assert "no blocks and roles (block roles of 40 places and 160 ties" in said
    central, structure, places = (results.tables[name] for name in ("centrality", "structure", "roles"))
    assert (central["betweenness_error"] >= 0).all()
    assert (central.loc[central["betweenness"] > 0, "betweenness_error"] > 0).all()
    errors = structure.set_index("measure")["standard_error"]
    assert errors["average_path"] > 0
    assert pd.isna(errors["density"])
    assert not structure["measure"].str.endswith("_error").any()
    assert places["block"].isna().all()
    assert places["core"].any()
    assert "p00" in render_report(results)


def test_too_many_centers_for_diffusion_are_refused_with_what_to_set(many):
    study = many / "study.toml"
    diffusion = (
        '\n[diffusion]\nseeds = ["p00"]\ntie_network = "trade"\n\n[[diffusion.channels]]\nname = "tie"\nrate = 0.4\n'
    )
    study.write_text(STUDY + diffusion + 'decay = "none"\n', encoding="utf-8")
    check(study)
    small = Budget(memory=20**2 * 8 * 4)
    with small, pytest.raises(StudyError, match=r"at most 20 centers for diffusion, got 40, .*; set centers\.kinds"):
        check(study)
    tiers = pd.read_csv(many / "places.csv")
    tiers.loc[20:, "tier"] = None
    tiers.to_csv(many / "places.csv", index=False)
    with small:
        check(study)


def test_stages_that_would_take_too_much_are_refused_together_before_any_begins(many):
    (many / "study.toml").write_text(STUDY, encoding="utf-8")
    begun, told = [], []
    run(many, until="centrality", estimated=told.append)
    assert {*told[0]} == {"measure", "describe"}
    words = r"(?s)at most 0\.05 GB of memory and 60 minutes.*measuring networks: about 0\.06 GB.*describing structure"
    with Budget(memory="50 MB"), pytest.raises(StudyError, match=words):
        run(many, until="centrality", say=lambda stage: begun.append(stage.in_("en")))
    assert begun[-1] == "checking centers and diffusion"
