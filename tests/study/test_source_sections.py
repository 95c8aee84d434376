"""A study audits its sources and classes its centers as its file asks, or refuses by name."""

import html
import re

import pandas as pd
import pytest

from innoscape.data import Framework, InnoscapeError, audit_folder, load
from innoscape.geo import typology
from innoscape.geo.profiles.typology import TYPOLOGY_CRITERIA
from innoscape.study import bundled_study, check, run
from innoscape.study.report.render_report import render_report

from ..space_samples import write_grid

FIGURES = pd.DataFrame(
    [
        ("whole", "5.69", "patents", "2020", ""),
        ("b", "4.94", "patents of b", "2020", "whole"),
        ("h", "1.47", "patents of h", "2020", "whole"),
        ("before", "2.05", "patents", "2014", ""),
    ],
    columns=["id", "printed", "indicator", "year", "of"],
)
CLAIMS = pd.DataFrame(
    [
        ("growth", "cagr(before, whole, 6)", "equal", "18.60", "growth of <b>patents</b>"),
        ("twice", "whole / before", "equal", "2", "patents doubled"),
    ],
    columns=["id", "expression", "wording", "claimed", "subject"],
)
FRAMEWORK = pd.DataFrame(
    {"indicator": ["rd", "people"], "level1": ["science", "industry"], "name_en": ["R&D", "people"], "direction": 1}
)
AUDIT = '[audit]\nfigures = "figures.csv"\nclaims = "claims.csv"\n'
TYPES = '[typology]\nframework = "types.csv"\nplaces = ["p00", "p01", "p12"]\n'
SHIPPED = '\nframework = "dataset:frameworks"\nonly = "3-9-32"\nranks = "dataset:framework_ranks"\n'


@pytest.fixture(scope="module")
def bundled():
    return run(until="centrality")


@pytest.fixture
def study(tmp_path):
    def write(sections, **tables):
        folder = write_grid(tmp_path / "grid", sections)
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False)
        return folder

    return write


def refusal(folder):
    with pytest.raises(InnoscapeError) as caught:
        check(folder)
    return str(caught.value)


def said(results, section):
    page = html.unescape(render_report(results))
    found = re.search(rf'<section[^>]*id="{section}".*?</section>', page, re.DOTALL)
    return (
        ""
        if found is None
        else re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", re.sub(r'<span class="zh.*?</span>', "", found[0])))
    )


def test_the_audit_of_the_bundled_study_is_that_of_the_shipped_sources(bundled):
    table, expected = bundled.tables["audit"], audit_folder()
    names = {"subject_en": "subject", "meaning_en": "meaning"}
    own = table.rename(columns=names)[list(expected)]
    pd.testing.assert_frame_equal(own, expected, check_dtype=False)
    chinese = audit_folder(language="zh")
    assert table["meaning_zh"].tolist() == chinese["meaning"].tolist()
    counts = bundled.tables["audit_verdicts"]
    assert counts["findings"].sum() == len(table)
    assert counts.query("check == 'claim'").set_index("verdict")["findings"].to_dict() == {
        "contradicted": 22,
        "holds": 124,
        "not_checkable": 43,
        "within_rounding": 16,
    }


def test_the_types_of_the_bundled_study_are_those_of_the_library(bundled):
    framework = Framework.from_shipped("3-9-32")
    ranks, values = (load(name).query("framework == '3-9-32'") for name in ("framework_ranks", "framework_values"))
    expected = typology(ranks, framework, values=values)
    own = bundled.tables["typology"]
    pd.testing.assert_frame_equal(own[list(expected.table)], expected.table, check_dtype=False)
    criteria = bundled.tables["typology_criteria"]
    assert criteria["lead"].tolist() == expected.criteria["lead"].tolist()
    assert (criteria["lead_low"] <= criteria["lead"]).all()
    assert (criteria["lead"] <= criteria["lead_high"]).all()
    # a class that no indicator turns keeps the sign of its lead in the whole range
    firm = criteria[criteria["flips"] == 0]
    assert (firm["lead_low"] * firm["lead_high"] > 0).all()
    turned = criteria[criteria["flips"] > 0]
    assert (turned["lead_low"] * turned["lead_high"] <= 0).all()
    assert len(bundled.tables["typology_ranks"]) == 20


def test_the_report_says_what_is_contradicted_and_what_a_number_would_have_to_be(bundled):
    audit = said(bundled, "audit")
    assert "Of 205 claims, 124 hold, 16 hold within rounding, 22 are contradicted and 43 cannot be checked." in audit
    assert "one of them alone would have to be: Beijing 3.94, Hebei 0.47." in audit
    assert "recomputed 25.8348 (25.7243 to 25.9455 as rounded); claimed: exactly 8.26" in audit
    assert "Ran 2022" in audit
    types = said(bundled, "typology")
    assert "is driven by supply by 3 of 4 criteria, but pulled by demand by share of first places." in types
    assert "5 of 5 indicators of scientific research, 4 of 11 indicators of technological innovation" in types
    assert "20 ranks are not given" in types
    methods = said(bundled, "methods")
    assert "Claims were recomputed from the figures as printed" in methods
    assert "share of first places; share of places above the last; mean rank; level against the best" in methods


def test_a_study_audits_its_own_tables_and_escapes_their_words(study):
    results = run(study(AUDIT, figures=FIGURES, claims=CLAIMS), until="centrality")
    verdicts = results.tables["audit"].query("check == 'claim'").set_index("id")["verdict"].to_dict()
    assert verdicts == {"growth": "within_rounding", "twice": "contradicted"}
    assert results.tables["audit"].query("check == 'sum'")["verdict"].tolist() == ["contradicted"]
    page = render_report(results)
    assert "<b>patents</b>" not in page
    assert "patents doubled" in page
    assert {one.key: one.value for one in results.assumed}["audit.most_per_head"] == 0.05


def test_figures_alone_are_audited(study):
    results = run(study('[audit]\nfigures = "figures.csv"\n', figures=FIGURES), until="centrality")
    assert "claim" not in set(results.tables["audit"]["check"])
    assert "Claims recomputed" not in said(results, "audit")
    assert "Claims were recomputed" not in said(results, "methods")


def test_faults_of_claims_and_figures_name_their_file_and_row(study):
    claims = CLAIMS.assign(expression=["cagr(befor, whole, 6)", "whole / before"])
    figures = FIGURES.assign(printed=["5.69", "4.94", "many", "2.05"])
    told = refusal(study(AUDIT, figures=figures, claims=claims))
    assert "figures.csv, row 4, column printed" in told
    told = refusal(study(AUDIT, figures=FIGURES, claims=claims))
    assert "claims.csv, row 2, column expression" in told
    assert "befor" in told
    told = refusal(study('[audit]\nfigures = "dataset:copatents"\n'))
    assert "column id" in told
    assert "printed" in told


def test_a_study_classes_the_places_of_its_own_indicators(study):
    results = run(study(TYPES, types=FRAMEWORK), until="centrality")
    table = results.tables["typology"].set_index("place")
    assert table.index.tolist() == ["p00", "p01", "p12"]
    assert set(results.tables["typology_criteria"]["criterion"]) == set(TYPOLOGY_CRITERIA)
    assert table[["supply_driven", "demand_pull", "undecided"]].sum(axis=1).tolist() == [4, 4, 4]
    assert "R&D" in said(results, "typology") or results.tables["typology_criteria"]["flips"].eq(0).all()


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ("[typology]\n", ("typology.framework: needed a framework whose groups are science and industry",)),
        (TYPES + 'only = "x"\n', ("types.csv, column framework: needed a column framework",)),
        ('[typology]\nonly = "x"\n', ("typology.only: needed a table named as framework", "typology.framework")),
        (TYPES + 'science = "physics"\n', ("typology.science: needed a first-level group", "science, industry")),
        (TYPES + 'industry = "science"\n', ("typology.industry: needed two groups",)),
        (TYPES + 'criteria = ["level", "level"]\n', ("typology.criteria[2]", "once")),
        (TYPES.replace("p12", "p99"), ("typology.places", "p99")),
        (TYPES.replace(', "p01", "p12"', ""), ("typology: needed two places or more to compare",)),
        (TYPES + 'ranks = "ranks.csv"\ncriteria = ["level"]\n', ("typology.criteria[1]: needed values for",)),
        (TYPES + 'ranks = "ranks.csv"\n', ("typology: needed places that can be compared", "ranks from 1 to 3")),
        ('[typology]\nframework = "dataset:frameworks"\nonly = "4-4"\n', ("frameworks", "choose from 3-9-32")),
        (
            TYPES.partition("\n")[0] + SHIPPED + 'science = "art"\n',
            ("typology.science", "science, technology, industry"),
        ),
    ],
)
def test_what_cannot_be_classed_is_refused_by_name(study, sections, words):
    rows = [(place, name, n) for n, place in enumerate(("p00", "p01", "p12"), 2) for name in ("rd", "people")]
    ranks = pd.DataFrame(rows, columns=["place", "indicator", "rank"])
    told = refusal(study(sections, types=FRAMEWORK, ranks=ranks))
    for word in words:
        assert word in told


def test_shipped_ranks_need_no_trial():
    """A check takes shipped tables as they are: each of their frameworks with ranks can be classed."""
    ranks, values = load("framework_ranks"), load("framework_values")
    compared = ranks.groupby("framework")["place"].nunique()
    # those of one place alone are refused by a check
    several = compared[compared > 1].index.tolist()
    assert several
    for name in several:
        framework = Framework.from_shipped(name)
        science, industry = [*framework.groups()][:2]
        own = [table[table["framework"] == name] for table in (ranks, values)]
        options = {"science": science, "industry": industry}
        assert len(typology(own[0], framework, values=own[1], **options).table) > 1


def test_a_check_computes_nothing_of_shipped_tables(monkeypatch):
    from innoscape.data.audit import claims
    from innoscape.geo.profiles import typology as module

    def fail(*_):
        raise AssertionError

    monkeypatch.setattr(claims, "_ready", fail)
    monkeypatch.setattr(module, "_judged", fail)
    check(bundled_study())
