"""Bad input gives a right result, or one line that names file, row, need and remedy; the remedy works."""

import warnings

import pandas as pd
import pytest
from samples import edit

from innoscape.data import InnoscapeWarning, StudyError, TableError, read_table
from innoscape.study import check, run

NO_TIERS = "place,lon,lat\nA,116.4,39.9\nB,121.5,31.2\nC,114.3,30.6\n"
CHANNEL = '[[diffusion.channels]]\nname = "hierarchical"'


def _line(folder):
    """Return the one line that a check says."""
    with pytest.raises((StudyError, TableError)) as caught:
        check(folder)
    (line,) = str(caught.value).splitlines()
    return line


def _write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")


def _cut(folder, start):
    """Leave out the study file from a section on."""
    text = (folder / "study.toml").read_text(encoding="utf-8")
    _write(folder, "study.toml", text[: text.index(start)])


def test_scores_and_no_tiers_are_a_study(study):
    _write(study, "places.csv", NO_TIERS)
    _cut(study, "[[networks]]")
    with warnings.catch_warnings(record=True):
        results = run(study)
    assert results.tables["scores"]["place"].tolist() == ["B", "A", "C"]
    (notice,) = results.tables["notices"]["text"]
    assert 'write tiers = "scores" under [centers]' in notice


def test_a_spread_between_no_centers_is_one_line_and_each_way_out_works(study):
    _write(study, "places.csv", NO_TIERS)
    line = _line(study)
    assert line.startswith("study.toml, key centers.tiers: needed places with a tier")
    assert 'write tiers = "scores" under [centers]' in line
    edit(study, "study.toml", "[tiers]", '[centers]\ntiers = "scores"\n\n[tiers]')
    assert len(check(study).places) == 3
    edit(study, "study.toml", 'tiers = "scores"', 'assumed_tiers = { A = "national", B = "local", C = "local" }')
    assert len(check(study).places) == 3


def test_a_kind_that_no_place_has_is_told_with_what_there_is(study):
    edit(study, "study.toml", "[tiers]", '[centers]\nkinds = ["city"]\n\n[tiers]')
    assert "got tiers of other kinds alone: no kind; name a kind" in _line(study)


def test_a_blank_tier_makes_no_center_and_is_scored_all_the_same(study):
    edit(study, "places.csv", "上海,national", "上海,")
    tables = run(study, until="simulate").tables
    assert tables["centers"]["place"].tolist() == ["A", "C"]
    assert set(tables["scores"]["place"]) == {"A", "B", "C"}


def test_own_names_of_tiers_are_told_with_the_section_that_declares_them(study):
    edit(study, "places.csv", "上海,national", "上海,kernel")
    line = _line(study)
    assert line.startswith(
        "places.csv, row 3, column tier: needed one of international, national, regional, local, got"
    )
    assert "declare the tiers of your own under [[tiers.scale]]" in line
    scale = "".join(f'[[tiers.scale]]\nkey = "{key}"\n' for key in ("international", "kernel", "national", "regional"))
    edit(study, "study.toml", "[tiers]\n", f"{scale}[tiers]\n")
    assert run(study, until="score").tables["centers"]["tier"].tolist() == ["international", "kernel", "regional"]


@pytest.mark.parametrize("way", ['panel = "yearly"', "year = 2021"])
def test_twelve_years_of_indicators_are_told_with_both_ways_out(study, way):
    table = pd.read_csv(study / "indicators.csv")
    years = [table.assign(year=year, value=table["value"] + year % 7) for year in range(2010, 2022)]
    pd.concat(years).to_csv(study / "indicators.csv", index=False)
    line = _line(study)
    assert line.startswith("indicators.csv, column year")
    assert way in line
    edit(study, "study.toml", "[index]", f"[index]\n{way}")
    assert len(check(study).places) == 3


def test_three_years_of_flows_are_three_networks(study):
    table = pd.read_csv(study / "flows.csv")
    pd.concat([table.assign(year=year) for year in (2018, 2019, 2020)]).to_csv(study / "flows.csv", index=False)
    tables = run(study, until="centrality").tables
    assert sorted(tables["flows"]["year"].unique()) == [2018, 2019, 2020]
    assert tables["flows"].groupby("year")["value"].sum().tolist() == [18.0, 18.0, 18.0]


def test_flows_of_zero_alone_leave_a_network_without_ties(study):
    _write(study, "flows.csv", "source,target,value\nA,B,0\nA,C,0\n")
    results = run(study, until="simulate")
    assert results.tables["notices"]["text"].str.contains("2 rows of trade are 0").any()
    assert results.tables["centrality"]["degree"].tolist() == [0, 0, 0]


MARGINS = """
name = "made"
title = "Made"
[tables]
places = ["places.csv"]
[[networks]]
name = "deals"
directed = true
[networks.estimate]
outgoing = "sold.csv"
incoming = "bought.csv"
"""


@pytest.mark.parametrize(
    ("way", "sent"),
    [("rest_of_world = true", 35.0), ('balance = "scale_in"', 35.0), ('balance = "scale_out"', 30.0)],
)
def test_margins_that_do_not_add_up_are_told_with_three_ways_out(study, way, sent):
    _write(study, "study.toml", MARGINS)
    _write(study, "sold.csv", "place,value\nA,20\nB,10\nC,5\n")
    _write(study, "bought.csv", "place,value\nA,10\nB,10\nC,10\n")
    line = _line(study)
    assert "needed what places send (sold.csv) and what they receive (bought.csv) to add up to the same" in line
    assert "got 35 and 30" in line
    assert way.partition(" = ")[0] in line
    _write(study, "study.toml", MARGINS + way)
    flows = run(study, until="centrality").tables["flows"]
    assert flows["value"].sum() == pytest.approx(sent)


def test_provinces_none_of_which_is_a_center_are_told_with_both_ways_out(study):
    provinces = [f"P{i}" for i in range(10)]
    places = pd.read_csv(study / "places.csv")
    more = pd.DataFrame({"place": provinces, "lon": [100.0 + i for i in range(10)], "lat": 30.0})
    pd.concat([places, more]).to_csv(study / "places.csv", index=False)
    ends = zip(provinces, [*provinces[1:], "P0"], strict=True)
    pd.DataFrame(ends, columns=["source", "target"]).assign(value=3).to_csv(study / "flows.csv", index=False)
    line = _line(study)
    assert line.startswith(
        "study.toml, key diffusion.tie_network: needed a network between centers, got flows between P0"
    )
    assert "take tie_network and the channel tie out" in line
    text = (study / "study.toml").read_text(encoding="utf-8")
    tie = text[text.index('[[diffusion.channels]]\nname = "tie"') : text.index("[[scenarios]]")]
    _write(study, "study.toml", text.replace(tie, "").replace('tie_network = "trade"\n', ""))
    assert len(check(study).places) == 13
    pd.concat([places, more.assign(tier="local")]).to_csv(study / "places.csv", index=False)
    _write(study, "study.toml", text)
    assert len(check(study).places) == 13


def test_a_channel_of_ties_without_a_network_is_told_at_its_key(study):
    edit(study, "study.toml", 'tie_network = "trade"\n', "")
    line = _line(study)
    assert "key diffusion.tie_network: needed a network whose flows the channel tie follows, got none" in line
    edit(study, "study.toml", "runs = 50", 'runs = 50\ntie_network = "trade"')
    assert len(check(study).places) == 3


def test_scopes_that_share_places_are_told_at_the_key_of_the_units(study):
    _write(study, "members.csv", "place,container\nC,A\nC,B\n")
    edit(study, "study.toml", "[index]", 'memberships = "members.csv"\n\n[index]')
    edit(study, "study.toml", 'units = ["A", "B", "C"]', 'units = ["A", "B"]')
    edit(study, "study.toml", "counts = [1, 1, 1]", "counts = [1, 1]")
    with pytest.warns(match="contain one another"):
        line = _line(study)
    assert line.startswith("study.toml, key index.units: needed places that share no others, got A and B")
    edit(study, "study.toml", "[index]", '[index]\nnested = "allow"')
    with pytest.warns(InnoscapeWarning):
        assert len(check(study).places) == 3


def _fitted(study, adoptions, keys=""):
    _write(study, "adoptions.csv", "place,time\n" + adoptions)
    fit = f'[diffusion.fit]\nadoptions = "adoptions.csv"\nuntil = 2020\n{keys}\n\n{CHANNEL}'
    edit(study, "study.toml", CHANNEL, fit)


def test_adoptions_of_one_date_are_told_and_kept_out_where_the_study_says_so(study):
    _fitted(study, "A,2010\nB,2010\nC,2010\n")
    line = _line(study)
    assert line.startswith("adoptions.csv, column time: needed adoptions at two or more times up to 2020")
    assert "got 3 adoptions, at 2010" in line
    edit(study, "study.toml", "until = 2020", 'until = 2020\notherwise = "assumed"')
    with pytest.warns(match="assumed numbers are kept"):
        check(study)


def test_adoptions_after_the_last_date_that_was_seen_are_told(study):
    _fitted(study, "A,2010\nB,2012\nC,2015\n")
    edit(study, "study.toml", "until = 2020", "until = 2009")
    assert "needed adoptions up to 2009, until when they were observed, got the first at 2010" in _line(study)


def test_a_number_that_is_not_identifiable_is_named_with_what_to_write(study):
    _fitted(study, "A,2010\nB,2012\nC,2015\n")
    line = _line(study)
    assert "needed data that identify hierarchical.rate" in line
    assert 'write free = ["tie.rate"]' in line
    edit(study, "study.toml", "until = 2020", 'until = 2020\nfree = ["tie.rate"]')
    fitted = run(study, until="simulate").tables["fitted"]
    assert fitted[["parameter", "status"]].to_numpy().tolist() == [["tie.rate", "fitted"]]
    edit(study, "study.toml", 'free = ["tie.rate"]', 'otherwise = "assumed"')
    fitted = run(study, until="simulate").tables["fitted"].set_index("parameter")["status"]
    assert fitted.to_dict() == {"tie.rate": "fitted", "hierarchical.rate": "assumed"}


def test_of_channels_that_act_alike_one_can_be_fitted(study):
    _fitted(study, "A,2010\nB,2010\nC,2012\n")
    with pytest.raises(StudyError) as caught:
        check(study)
    assert all(
        'write free = ["hierarchical.rate"]' in str(fault) or "tie.rate" in str(fault) for fault in caught.value.faults
    )
    edit(study, "study.toml", "until = 2020", 'until = 2020\nfree = ["tie.rate"]')
    assert len(check(study).places) == 3


SET_TIER = '{ verb = "set_tier", place = "C", tier = "national" }'
EMPTY = "D,115.0,38.0,East,东,\nC,114.3"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            '{ verb = "scale_receptivity", places = "D", factor = 2.0 }',
            "[1].places: needed a center, or a place that contains one, got 'D', which contains none of the 3 centers",
        ),
        (
            '{ verb = "redirect_flow", source = "A", within = "D", share = 0.2 }',
            "[1].within: needed a center, or a place that contains one, got 'D', which contains none of the 3 centers",
        ),
        (
            '{ verb = "scale_flow", sources = ["D"], factor = 0.2 }',
            "[1].sources: needed a center, or a place that contains one, got 'D', which contains none of the 3 centers",
        ),
        ('{ verb = "add_center", place = "B", tier = "local" }', "'B' is already a center; use set_tier to move it"),
    ],
)
def test_scenarios_that_change_nothing_are_told_at_their_key(study, step, said):
    edit(study, "places.csv", "C,114.3", EMPTY)
    edit(study, "study.toml", SET_TIER, step)
    assert said in _line(study)


def test_places_that_a_list_names_twice_are_told_in_either_spelling(study):
    edit(study, "study.toml", 'units = ["A"', 'units = ["Beijing", "A"')
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["A", "A"]')
    with pytest.raises(StudyError) as caught:
        check(study)
    keys = [(fault.column, str(fault.got)) for fault in caught.value.faults]
    assert keys == [("index.units", "'A' again"), ("diffusion.seeds", "'A' again")]


@pytest.mark.parametrize("step", [SET_TIER, '{ verb = "seed", places = ["B"] }'])
def test_what_begins_after_the_last_year_is_doubted(study, step):
    edit(study, "study.toml", SET_TIER, step.replace(" }", ", start = 12.0 }"))
    with pytest.warns(match=r"scenarios\[1\]\.interventions\[1\]\.start: needed a start within the 10 years .* got 12"):
        check(study)


def test_origins_of_what_the_study_does_not_assume_are_doubted(study):
    keys = ("diffusion.chanels", "diffusion.receptivity", "scenarios", "map")
    rows = "\n".join(f'"{key}" = {{ source = "x" }}' for key in keys)
    edit(study, "study.toml", "[diffusion]", f"[origins]\n{rows}\n\n[diffusion]")
    with pytest.warns(InnoscapeWarning) as caught:
        check(study)
    said = [str(one.message) for one in caught]
    assert len(said) == 2
    assert "got 'diffusion.chanels'; did you mean" in said[0]
    assert "got 'map'" in said[1]


def test_published_tiers_are_told_by_their_rows(study):
    _write(study, "published.csv", "place,tier\nA,international\nA; B,national\nQ,natonal\n")
    edit(study, "study.toml", "[diffusion]", '[tiers.published]\ntable = "published.csv"\n\n[diffusion]')
    with pytest.raises(TableError) as caught:
        check(study)
    rows = [(fault.row, fault.column) for fault in caught.value.faults]
    assert rows == [(4, "place"), (3, "place"), (4, "tier")]


def test_one_indicator_as_a_mass_needs_no_list(study):
    edit(
        study,
        "study.toml",
        'flows = "flows.csv"',
        'flows = "flows.csv"\ngravity = { constraint = "none", origin_mass = "lab", destination_mass = "labs" }',
    )
    assert "key networks[1].gravity.origin_mass: needed an indicator of tables.indicators, got 'lab'" in _line(study)


@pytest.mark.parametrize("mark", ["nan", "NaN", "NA", "None", "null"])
def test_what_programs_write_for_a_blank_tier_is_blank(study, mark):
    table = pd.read_csv(study / "places.csv")
    table.loc[2, "tier"] = mark
    table.to_csv(study / "places.csv", index=False)
    tiers = read_table(study / "places.csv", "places").set_index("place")["tier"]
    assert tiers.isna()["C"]
    assert not tiers.isna()["A"]


def test_flows_too_small_to_be_turned_over_are_refused(study):
    _write(study, "flows.csv", "source,target,value\nA,B,1e-310\nB,C,3\n")
    assert _line(study).startswith("flows.csv, column value: needed flows of at least 1e-100, or 0, got 1e-310")


def test_an_indicator_that_is_a_mass_twice_is_named(study):
    masses = 'constraint = "none"\norigin_mass = ["labs", "labs"]\ndestination_mass = ["firms"]'
    edit(study, "study.toml", "[diffusion]", f"[networks.gravity]\n{masses}\n\n[diffusion]")
    assert "key networks[1].gravity.origin_mass: needed indicators named once each, got 'labs' again" in _line(study)


def test_centers_at_one_position_run_and_are_told(study):
    table = pd.read_csv(study / "places.csv")
    table.loc[table["place"] == "B", ["lon", "lat"]] = table.loc[table["place"] == "A", ["lon", "lat"]].to_numpy()
    table.to_csv(study / "places.csv", index=False)
    check(study)
    told = run(study).tables["notices"]["text"].tolist()
    assert "the map draws no hinterlands: A, B do not each stand at a position of their own" in told


def test_a_network_without_any_tie_left_runs(study):
    cut = 'interventions = [{ verb = "scale_flow", factor = 0 }]'
    _cut(study, "[[scenarios]]")
    file = study / "study.toml"
    _write(study, "study.toml", file.read_text(encoding="utf-8") + f'[[scenarios]]\nname = "cut"\n{cut}\n')
    check(study)
    found = run(study, until="simulate").tables
    sent = found["chain_changes"].query("measure == 'out_strength' and place == 'A'")[["baseline", "value"]]
    assert sent["value"].tolist() == [0.0]
    # nor does one whose flows are all 0 to begin with
    _cut(study, "[[scenarios]]")
    _write(study, "flows.csv", "source,target,value\nA,B,0\nB,C,0\n")
    check(study)
    assert not run(study, until="simulate").tables["arrivals"].empty


def test_many_unknown_places_are_one_line(study):
    _write(study, "flows.csv", "source,target,value\n" + "".join(f"A,x{i},5\n" for i in range(1, 13)))
    assert _line(study) == (
        "flows.csv, 12 rows (2, 3, 4, 5, 6 and 7 more), column target: needed a known place, "
        "got x1, x2, x3, x4, x5 and 7 more; add the place to the places table"
    )


def test_many_cells_with_remedies_of_their_own_are_one_line(study):
    pairs = [(a, b) for a in "ABC" for b in "ABC" if a != b]
    rows = [f"{a},{b},{10 * k + i}%,{k}\n" for k in (2019, 2020) for i, (a, b) in enumerate(pairs)]
    _write(study, "flows.csv", "source,target,value,year\n" + "".join(rows))
    line = _line(study)
    assert line.startswith("flows.csv, 12 rows (2, 3, 4, 5, 6 and 7 more), column value: needed a number, got 20190%, ")
    assert line.endswith(
        "; for 20190%: write the number alone, 20190, and its unit in column unit; likewise for the others"
    )
