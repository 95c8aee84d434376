"""A difference that chance makes, or that is too small to matter, is no effect."""

import pytest
from samples import edit

from innoscape.study import check, run


def whole(results):
    table = results.tables["scenarios"]
    return table[table["place"] == "all"].set_index(["scenario", "measure"])


def test_what_chance_alone_can_make_is_negligible(study):
    results = run(study, until="simulate")
    table = results.tables["scenarios"]
    noisy = table[(table["low"] <= 0) & (table["high"] >= 0) & table["difference"].notna()]
    assert len(noisy)
    assert noisy["negligible"].all()


def test_the_study_says_from_which_share_on_a_difference_counts(study):
    edit(study, "study.toml", "[diffusion]\n", "[diffusion]\nnegligible = 0.0\n")
    strict = run(study, study / "out", until="map")
    sure = strict.tables["scenarios"].query("low > 0 or high < 0")
    assert len(sure)
    assert not sure["negligible"].any()
    edit(study, "study.toml", "negligible = 0.0\n", "negligible = 1.0\n")
    lax = run(study, study / "out2", until="map")
    measured = lax.tables["scenarios"].query("measure == 'mean_arrival_time'")
    assert measured["negligible"].all()
    report = (study / "out2" / "report.html").read_text(encoding="utf-8")
    assert "below 100% of the baseline" in report
    # what is negligible is told neither as an effect nor with a star
    times = [line for line in report.split("<li>") if "mean arrival time" in line]
    assert not any("lowers" in line or "raises" in line for line in times)


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_a_share_outside_0_to_1_is_refused(study, share):
    edit(study, "study.toml", "[diffusion]\n", f"[diffusion]\nnegligible = {share}\n")
    with pytest.raises(Exception, match=r"diffusion\.negligible"):
        check(study)
