"""A check finds what would stop a run, and does none of the work that only a run needs."""

import subprocess
import sys

import pytest
from samples import edit

from innoscape.data import StudyError
from innoscape.geo import centers_layer, distance_matrix
from innoscape.study import check, run
from innoscape.study.explorer.session import prepare
from innoscape.study.plan.inputs import read_inputs
from innoscape.study.plan.read import read_study
from innoscape.study.plan.write_template import write_template
from innoscape.study.stages.build_chain import build_chain

ROBUST = '[index.robustness]\nruns = 5\nweight_noise = 0.1\n\n[[networks]]\nname = "trade"'
NETWORK = '[[networks]]\nname = "trade"'


def test_a_check_varies_and_measures_nothing(study, monkeypatch):
    from innoscape.study.stages import vary_scores

    edit(study, "study.toml", NETWORK, ROBUST)
    assert "score_intervals" in run(study, until="score").tables

    def refuse(*given, **options):
        pytest.fail("a check must not do the work of a run")

    monkeypatch.setattr(vary_scores, "uncertainty", refuse)
    monkeypatch.setattr(vary_scores, "leave_out", refuse)
    assert len(check(study).places) > 0


def test_a_check_loads_neither_measures_nor_simulation_nor_geometry_and_does_little(tmp_path):
    write_template(tmp_path / "china")
    code = (
        "import sys; from innoscape.study import check; calls = 0\n"
        "def count(*_):\n    global calls; calls += 1\n"
        "sys.setprofile(count); check(sys.argv[1]); sys.setprofile(None);"
        "heavy = {'igraph', 'matplotlib', 'networkx', 'numba', 'scipy', 'geopandas', 'pyproj', 'shapely'};"
        "heavy |= {'innoscape.network.diffusion.simulate.simulate', 'innoscape.study.stages.site_places'};"
        "print(sorted(heavy & set(sys.modules)), calls)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "china")]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded, calls = found.stdout.rsplit(maxsplit=1)
    assert loaded == "[]"
    # 4,467,427 calls and returns when written, those of imports among them, whatever the machine
    assert int(calls) < 5_100_000


@pytest.mark.parametrize(
    ("options", "key", "words"),
    [
        ("data_noise = { guessed = 0.2 }", "index.robustness.data_noise", "guessed"),
        ("data_noise = { observed = -0.2 }", "index.robustness.data_noise", "-0.2"),
        ("weight_noise = 2.0", "index.robustness.weight_noise", "2.0"),
        ("runs = 1", "index.robustness.runs", "1"),
    ],
)
def test_a_check_finds_faults_of_robustness(study, options, key, words):
    edit(study, "study.toml", NETWORK, f"[index.robustness]\n{options}\n\n{NETWORK}")
    with pytest.raises(StudyError) as caught:
        check(study)
    assert [fault.column for fault in caught.value.faults] == [key]
    assert words in str(caught.value)


def test_what_cannot_be_scored_without_an_indicator_costs_that_table_alone(study):
    edit(study, "study.toml", NETWORK, ROBUST)
    edit(study, "framework.csv", "firms\n", "")
    with pytest.warns(match="firms"):
        check(study)
    tables = run(study, until="score").tables
    assert "score_intervals" in tables
    assert "leave_one_out" not in tables
    assert tables["notices"]["text"].str.contains("ranks without each indicator are left out").any()


def test_a_tie_network_that_joins_no_centers_is_found(study):
    (study / "flows.csv").write_text("source,target,value\nX,Y,3\n", encoding="utf-8")
    with (study / "places.csv").open("a", encoding="utf-8") as file:
        file.write(_row(study, "X") + _row(study, "Y"))
    with pytest.raises(StudyError, match=r"diffusion.tie_network: needed a network between centers, got .* X, Y"):
        check(study)


def _row(study, place):
    header = (study / "places.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    cells = {"place": place, "lon": "100", "lat": "30", "kind": "park"}
    return ",".join(cells.get(name, "") for name in header) + "\n"


def test_a_scenario_that_does_not_fit_the_rates_is_found(study):
    old = '{ verb = "set_tier", place = "C", tier = "national" }'
    edit(study, "study.toml", old, '{ verb = "scale_channel", channel = "neighbor", factor = 2.0 }')
    with pytest.raises(StudyError, match=r"scenarios\[1\].*neighbor"):
        check(study)


def test_distances_are_measured_only_where_a_channel_depends_on_them(study, monkeypatch):
    from innoscape.study.stages import costs

    measured = []

    def measure(places):
        measured.append(len(places))
        return distance_matrix(places)

    monkeypatch.setattr(costs, "distance_matrix", measure)
    check(study)
    # of the three centers, once for the baseline and the scenario
    assert measured == [3]
    measured.clear()
    edit(study, "study.toml", "half_distance = 500.0", 'decay = "none"')
    tables = run(study, until="simulate").tables
    assert measured == []
    assert tables["chain_changes"]["measure"].eq("tier").sum() == 1
    decay = '[{ verb = "set_channel", channel = "tie", decay = "power", half_distance = 300.0 }]'
    edit(study, "study.toml", '[{ verb = "set_tier", place = "C", tier = "national" }]', decay)
    check(study)
    assert measured == [3]
    assert prepare(read_study(study), runs=2).model.costs is not None


def test_layers_that_a_check_leaves_undrawn_are_those_of_the_public_functions(study):
    chain = build_chain(read_inputs(read_study(study)))
    layers, inputs = chain.layers, chain.inputs
    drawn = layers.drawn["centers"]
    expected = centers_layer(
        inputs.places.drop(columns=["tier", "tier_status"], errors="ignore"),
        tiers=layers.centered.rename_axis("place").reset_index(),
        attributes=inputs.attributes,
        tier_scale=inputs.study.tiers.order,
    )
    assert drawn["place"].tolist() == expected["place"].tolist() == layers.centers["place"].tolist()
    assert drawn.geometry.geom_equals(expected.geometry).all()
    assert drawn.crs == expected.crs
    assert "geometry" not in layers.centers
