"""Tiers of centers come from the places, from scores or from flows, and everything downstream follows them."""

import json

import pandas as pd
import pytest
from samples import QUIET, edit

from innoscape.data import InnoscapeWarning, StudyError, TableError
from innoscape.data.wording.catalogue import keys, look_up, text
from innoscape.study import check, render_report, run
from innoscape.study.stages.draw import draw_pages

PLACES = [f"P{i}" for i in range(9)]
SCORES = [90, 60, 55, 30, 28, 26, 24, 5, 4]
PUBLISHED = '[tiers.published]\ntable = "printed.csv"\n'


@pytest.fixture
def wide(study):
    """A study of nine places without tiers, scored, joined by flows to the second, and simulated from the first."""
    table = pd.DataFrame({"place": PLACES, "lon": [100 + 2 * i for i in range(9)], "lat": 30, "tier": None})
    table.to_csv(study / "places.csv", index=False)
    rows = [(p, i, v + (i == "firms")) for p, v in zip(PLACES, SCORES, strict=True) for i in ("labs", "firms")]
    pd.DataFrame(rows, columns=["place", "indicator", "value"]).to_csv(study / "indicators.csv", index=False)
    flows = [(p, "P1", 10 + i) for i, p in enumerate(PLACES) if p != "P1"] + [("P1", "P8", 20), ("P8", "P2", 3)]
    pd.DataFrame(flows, columns=["source", "target", "value"]).to_csv(study / "flows.csv", index=False)
    edit(study, "study.toml", 'units = ["A", "B", "C"]', f"units = {PLACES}".replace("'", '"'))
    edit(study, "study.toml", 'method = "counts"\ncounts = [1, 1, 1]', 'method = "natural_breaks"')
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["P0"]')
    edit(study, "study.toml", 'place = "C"', 'place = "P8"')
    return study


def sources(study, tiers, more=""):
    edit(study, "study.toml", "[[networks]]", f"{more}\n[centers]\ntiers = {tiers}\n\n[[networks]]")
    return study


def give(study, tiers):
    table = pd.read_csv(study / "places.csv")
    table.assign(tier=[*tiers, *[None] * (9 - len(tiers))]).to_csv(study / "places.csv", index=False)


def tiers_of(results):
    return results.tables["centers"].set_index("place")["tier"].astype(str).to_dict()


def test_tiers_from_scores_place_centers_and_a_tier_method_changes_arrivals(wide):
    sources(wide, '"scores"')
    results = run(wide, runs=200)
    scored = results.tables["scores"].set_index("place")["tier"].astype(str)
    assert tiers_of(results) == scored.to_dict()
    assert set(results.tables["centers"]["tier_status"]) == {"computed"}
    edit(wide, "study.toml", 'method = "natural_breaks"', 'method = "quantiles"')
    again = run(wide, runs=200)
    assert tiers_of(again) != tiers_of(results)
    first, second = (r.tables["arrivals"].query("scenario == 'baseline'").set_index("place") for r in (results, again))
    assert not first["mean"].equals(second["mean"])


def test_tiers_from_flows_name_the_hub_that_the_flows_lead_to(wide):
    sources(wide, '"flows"', '[tiers.flows]\nnetwork = "trade"\n')
    results = run(wide, until="centrality")
    assert [place for place, tier in tiers_of(results).items() if tier == "international"] == ["P1"]
    # tiers found from these flows are no second opinion on them
    assert results.tables["tier_agreements"].empty


def test_tiers_given_for_some_places_are_kept_and_the_others_computed(wide):
    give(wide, ["local"])
    results = run(sources(wide, '["given", "scores"]'), until="score")
    centers = results.tables["centers"].set_index("place")
    assert (centers.loc["P0", "tier"], centers.loc["P0", "tier_status"]) == ("local", "given")
    assert set(centers.drop(index="P0")["tier_status"]) == {"computed"}
    assert len(centers) == 9


def test_only_the_published_table_publishes(wide):
    give(wide, ["national", "national"])
    edit(wide, "study.toml", 'place = "P8"', 'place = "P1"')
    results = run(sources(wide, '"given"'), until="score")
    assert results.tables["scores"]["published_tier"].isna().all()
    (wide / "printed.csv").write_text("names,level\nP0; P2,national\nP1,regional\n", encoding="utf-8")
    edit(wide, "study.toml", "[centers]", PUBLISHED + 'place = "names"\ntier = "level"\n\n[centers]')
    results = run(wide, until="score")
    centers = results.tables["centers"].set_index("place")[["tier", "tier_status"]].astype(str)
    assert centers.T.to_dict("list") == {
        "P0": ["national", "published"],
        "P1": ["national", "given"],
        "P2": ["national", "published"],
    }
    published = results.tables["scores"].set_index("place")["published_tier"].dropna().astype(str)
    assert published.to_dict() == {"P0": "national", "P1": "regional", "P2": "national"}


@QUIET
def test_without_any_tier_scores_and_flows_are_drawn_and_diffusion_is_refused_by_name(wide, tmp_path):
    with pytest.raises(StudyError, match=r"key centers\.tiers: needed places with a tier"):
        check(wide)
    text = (wide / "study.toml").read_text(encoding="utf-8")
    (wide / "study.toml").write_text(text[: text.index("[diffusion]")], encoding="utf-8")
    results = run(wide, tmp_path / "out")
    assert results.tables["centers"].empty
    assert len(results.layers["untiered"]) == 9
    assert "places without a tier" in (tmp_path / "out" / "map.html").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize(
    ("tiers", "more", "said"),
    [
        ('"flows"', "", r"key centers\.tiers: needed a network"),
        ('"flows"', '[tiers.flows]\nnetwork = "trad"\n', r"tiers\.flows\.network: needed a network .*mean 'trade'"),
        ('"guess"', "", r"centers\.tiers"),
    ],
)
def test_a_source_of_tiers_that_is_not_there_is_named(wide, tiers, more, said):
    with pytest.raises(StudyError, match=said):
        check(sources(wide, tiers, more))


def test_a_tier_that_two_published_rows_contradict_is_a_fault_of_the_table(wide):
    (wide / "printed.csv").write_text("place,tier\nP0,national\nP0,local\nPx,local\n", encoding="utf-8")
    edit(wide, "study.toml", "[[networks]]", PUBLISHED + "\n[[networks]]")
    with pytest.raises(TableError, match=r"(?s)Px.*one tier a place.*P0"):
        check(wide)


@pytest.mark.parametrize(
    ("tiers", "at", "said"),
    [
        (
            '"score"',
            "centers.tiers",
            "needed 'given', 'scores' or 'flows' or a list, got 'score'; .*did you mean 'scores'",
        ),
        (
            '["given", "flow"]',
            r"centers.tiers\[2\]",
            "needed 'given', 'scores' or 'flows', got 'flow'; .*'flows'",
        ),
        ("3", "centers.tiers", "needed 'given', 'scores' or 'flows' or a list, got 3"),
    ],
)
def test_a_source_of_tiers_that_there_is_not_is_one_fault_at_its_key(wide, tiers, at, said):
    sources(wide, tiers)
    with pytest.raises(StudyError, match=f"{at}: {said}") as caught:
        check(wide)
    assert len(caught.value.faults) == 1


def test_a_key_of_several_forms_is_told_by_the_form_that_was_meant(wide):
    sources(wide, '"given"', '[tiers.published]\ntable = "printed.csv"\nplace = ["city", 5]\n')
    with pytest.raises(StudyError, match=r"tiers.published.place\[2\]: needed a text in quotes, got 5") as caught:
        check(wide)
    assert [fault.column for fault in caught.value.faults].count("tiers.published.place[2]") == 1


@pytest.mark.parametrize(
    ("more", "tiers", "said"),
    [
        ("", [], "no place is a center without one, got none, with tiers from: given"),
        ('kinds = ["town"]', ["national"], "no place is a center without one, got tiers of other kinds alone: city"),
        ('kinds = ["city", "town"]', ["national"], "kinds that places have: city, got town"),
    ],
)
def test_a_study_without_centers_or_with_strange_kinds_is_doubted(wide, more, tiers, said):
    give(wide, tiers)
    table = pd.read_csv(wide / "places.csv").assign(kind="city")
    table.to_csv(wide / "places.csv", index=False)
    plan = (wide / "study.toml").read_text(encoding="utf-8")
    (wide / "study.toml").write_text(plan[: plan.index("[diffusion]")], encoding="utf-8")
    sources(wide, f'"given"\n{more}')
    with pytest.warns(InnoscapeWarning, match=said):
        check(wide)
    assert [said in str(notice) for notice in run(wide, until="score").notices] == [True]
    give(wide, ["national"])
    table.assign(tier="national").to_csv(wide / "places.csv", index=False)
    edit(wide, "study.toml", more, "")
    assert not run(wide, until="score").notices


def test_a_study_without_published_tiers_estimates_or_scopes_says_nothing_of_them(wide):
    results = run(sources(wide, '"scores"'), runs=20)
    for language in ("en", "zh"):
        said = render_report(results, map_html="<p>map</p>", language=language)
        for key in ("scores.table", "scores.table_intervals", "scores.intro", "columns.published_tier", "map.note"):
            assert text(f"report.{key}").in_(language) not in said
        assert text("report.scores.table_alone").in_(language) in said
    assert not set(results.tables["structure"]["measure"]) & {"within_scopes", "adjusted_rand_with_scopes", "ei_scopes"}
    assert "brokerage" not in results.tables
    page = draw_pages(check(wide), results)[1]["map.html"]
    of_all = [key for key in keys("map.notes.") if not key.endswith((".one", ".other"))]
    held = {key: json.dumps(text(key).in_("en"))[1:-1] in page for key in of_all}
    assert set(held) == {"map.notes.estimated", "map.notes.assumed", "map.notes.scopes"}
    assert [key for key, is_said in held.items() if is_said] == ["map.notes.assumed"]


def test_what_a_table_of_the_user_says_of_its_numbers_stands_among_the_inputs(wide):
    table = pd.read_csv(wide / "indicators.csv")
    table["year"], table["source"] = 2022, "a yearbook"
    table["unit"] = table["indicator"].map({"labs": "labs", "firms": "firms"})
    table.to_csv(wide / "indicators.csv", index=False)
    inputs = run(sources(wide, '"scores"'), until="score").tables["inputs"].set_index("table")
    told = inputs[["unit", "year", "source"]]
    assert told.loc["tables.indicators"].tolist() == ["firms, labs", "2022", "a yearbook"]
    assert inputs.filter(like="networks", axis=0)["source"].tolist() == [""]


def test_the_report_explains_the_mark_of_every_status_that_it_shows(wide):
    page = render_report(run(sources(wide, '"scores"'), until="score"))
    for language in ("en", "zh"):
        assert look_up(language, "report.data.mark.computed") in page
        assert look_up(language, "report.data.mark.published") not in page


def test_an_assumed_tier_of_a_place_that_has_one_from_elsewhere_is_not_listed_as_assumed(wide):
    give(wide, ["national"])
    sources(wide, '"given"')
    edit(wide, "study.toml", "[centers]\n", '[centers]\nassumed_tiers = { P0 = "local", P8 = "regional" }\n')
    results = run(wide, until="score")
    keys = results.tables["assumptions"]["key"]
    assert keys[keys.str.startswith("centers.")].tolist() == ["centers.assumed_tiers.P8"]
