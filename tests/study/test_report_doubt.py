"""What the report says of doubt, structure and sources: sentences follow their tables, and every table may be absent.

The tables are made up, small enough to count by hand; the citations are those of the shipped catalog.
"""

import re
from html import escape
from html.parser import HTMLParser
from types import SimpleNamespace

import pandas as pd
import pytest

from innoscape.data import describe, list_datasets, load
from innoscape.study.facts.doubt_facts import doubt_facts
from innoscape.study.facts.network_facts import contrast_facts, structure_facts
from innoscape.study.plan.assumed import assumptions
from innoscape.study.plan.schema import Study
from innoscape.study.report.cite_inputs import cite_inputs
from innoscape.study.report.numbers import MOST_ROWS
from innoscape.study.report.render_report import render_report
from innoscape.study.wording.notices import Notice

HOSTILE = "<script>alert(1)</script>"
NAMES = {"甲": "Alpha", "乙": "Beta", "丙": "Gamma"}


NOTICES = (Notice("notice", "notices.no_mass", {"places": ["甲", "丙"]}),)


def frame(columns, *rows):
    return pd.DataFrame(rows, columns=columns.split())


def make_tables():
    chances = [(1.0, 0.0, "international"), (0.08, 0.92, "national"), (0.0004, 0.9996, "national")]
    network = [("net", p, NAMES[p]) for p in NAMES]
    roles = [
        (1, "net beneficiary", True, 0.7, 9.0),
        (1, "net beneficiary", False, 0.2, 5.0),
        (2, "broker", False, 0, 4),
    ]
    hubs = [("乙", True, 0, 1, 2), ("甲", False, 1, 1, 1), ("乙", False, 2, 0, 0)]
    return {
        "scores": frame(
            "place name_en name_zh score rank tier published_tier score_entropy",
            ("甲", "Alpha", "甲", 0.9, 1, "international", "international", 0.8),
            ("乙", "Beta", "乙", 0.5, 2, "national", "national", 0.4),
            ("丙", "Gamma", "丙", 0.1, 3, "national", "national", 0.2),
        ),
        "weights": frame(
            "recipe indicator name_en name_zh weight",
            ("equal", "labs", "laboratories", "实验室", 0.5),
            ("equal", "rd", "R&D intensity", "研发强度", 0.5),
        ),
        "score_intervals": frame(
            "place rank rank_low rank_high score score_low score_high",
            ("甲", 1, 1, 1, 0.9, 0.85, 0.95), ("乙", 2, 2, 3, 0.5, 0.42, 0.61), ("丙", 3, 2, 3, 0.1, 0.05, 0.19),
        ),
        "tier_probabilities": frame(
            "place international national tier probability most_likely_tier",
            *((p, a, b, t, max(a, b), t) for p, (a, b, t) in zip(NAMES, chances, strict=True)),
        ),
        "rank_acceptability": frame("place 1 2 3", ("甲", 1, 0, 0), ("乙", 0, 0.75, 0.25), ("丙", 0, 0.25, 0.75)),
        "leave_one_out": frame(
            "left_out place rank expected rank_without shift",
            *(("labs", p, k, k, w, k - w) for p, k, w in (("甲", 1, 1), ("乙", 2, 3), ("丙", 3, 2))),
            *(("rd", p, k, k, k, 0) for p, k in (("甲", 1), ("乙", 2), ("丙", 3))),
        ),
        "indicators": frame(
            "place indicator value status note",
            ("甲", "labs", 3.0, "observed", None), ("乙", "labs", 2.0, "substituted", "2019 substituted (table note)"),
        ),
        "flows": frame(
            "kind source target value unit year status",
            ("net", "甲", "乙", 20.0, "100 million yuan", 2019, "estimated"),
            ("net", "甲", "丙", 60.0, "100 million yuan", 2019, "estimated"),
            ("sold", "甲", "乙", 20.0, "100 million yuan", 2019, "observed"),
            ("sold", "甲", "其余", 60.0, "100 million yuan", 2019, "observed"),
        ),
        "centers": frame("place name_en tier tier_status scope", ("甲", "Alpha", None, None, "G"),
                         ("乙", "Beta", None, None, "G"), ("丙", "Gamma", None, None, None)),
        "balances": frame(
            "kind group name_en inside outside inflow net localization_share unit status partners",
            ("sold", "G", "Group", 20.0, 60.0, 0.0, 60.0, 0.25, "100 million yuan", "observed", 1),
            ("net", "G", "Group", 50.0, 50.0, 50.0, 0.0, 0.5, "100 million yuan", "estimated", 2),
        ),
        "structure": frame(
            "kind measure value status", ("net", "modularity", 0.31, "estimated"),
            ("net", "adjusted_rand_with_scopes", 0.42, "estimated"), ("net", "reciprocity_excess", None, "estimated"),
        ),
        "communities": frame(
            "kind place name_en community stability status",
            *((*head, c, 1.0, "estimated") for head, c in zip(network, (1, 1, 2), strict=True)),
        ),
        "roles": frame(
            "kind place name_en block role core coreness strength status",
            *((*head, *role, "estimated") for head, role in zip(network, roles, strict=True)),
        ),
        "dominant_flows": frame(
            "kind place name_en target terminal level subordinates hinterland status",
            *((*head, *hub, "estimated") for head, hub in zip(network, hubs, strict=True)),
        ),
        "flow_tiers": frame(
            "kind place name_en tier tier_by_strength tier_by_dominant_flows tier_by_core status",
            *((*head, "national", "national", "regional", "national", "estimated") for head in network),
        ),
        "tier_agreements": frame(
            "kind by kappa standard_error exact_agreement within_one_tier status",
            ("net", "core", 0.66, 0.07, 0.5, 1.0, "estimated"), ("net", "strength", 0.12, 0.2, 0.3, 0.9, "estimated"),
        ),
        "inputs": frame(
            "table dataset title unit year source rows sha256",
            ("networks[1].flows", "copatents", "Co-patents", "patents", 2018,
             "Ye and Wang (full citation: dataset sources, key ye)", 4, "ab" * 32),
            ("tables.places", "mine.csv", "mine.csv", "", "", "my own survey, zhang 2022", 3, "cd" * 32),
        ),
        "arrivals": frame(
            "scenario place tier median mean low high reached seed error",
            ("baseline", "甲", "national", 0.0, 0.0, 0.0, 0.0, 1.0, True, 0.0),
            ("baseline", "乙", "national", 4.0, 4.2, 1.0, 9.0, 1.0, False, 0.0731),
        ),
    }  # fmt: skip


ESTIMATE = {
    "known": [{"network": "sold", "source": "甲", "target": "乙", "spread_over": ["乙"]}],
    "tier_weights": {"national": 4.0},
}


def plan(title=("Contracts, guessed", "合同（估算）"), *, weight_noise=0.3, estimate=ESTIMATE):
    english, chinese = title
    origin = {"estimate": estimate} if estimate else {"flows": "net.csv"}
    return Study.model_validate(
        {
            "name": "t", "title": "T",
            "tables": {"places": ["p.csv"], "indicators": "i.csv", "framework": "f.csv"},
            "index": {
                "units": ["甲"], "recipes": [{"name": "equal"}],
                "robustness": {"runs": 1234, "weight_noise": weight_noise, "data_noise": {"substituted": 0.1}},
            },
            "networks": [
                {"name": "sold", "directed": True, "flows": "sold.csv"},
                {"name": "net", "title": english, "title_zh": chinese, "directed": True, **origin},
            ],
            "diffusion": {"seeds": ["甲"], "channels": [{"name": "peer", "rate": 1.0, "decay": "none"}]},
        }
    )  # fmt: skip


def render(tables, study=None, notices=NOTICES):
    study = study or plan()
    return render_report(
        SimpleNamespace(
            study=study, tables=tables, shown=tables, assumed=assumptions(study), notices=notices, manifest={}
        )
    )


class English(HTMLParser):
    """Collects the text that a reader of English sees, without Chinese names."""

    def __init__(self, html):
        super().__init__()
        self.hidden, self.text = 0, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if self.hidden and tag not in {"br", "input", "wbr"}:
            self.hidden += 1
        elif tag in {"style", "script", "iframe"} or {"zh", "n-zh"} & set((dict(attrs).get("class") or "").split()):
            self.hidden = 1

    def handle_startendtag(self, tag, attrs):
        """Self-closing parts of drawings hold no text."""

    def handle_endtag(self, tag):
        if self.hidden and tag not in {"br", "input", "wbr"}:
            self.hidden -= 1

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def said(html):
    text = " ".join("".join(English(html).text).split())
    return re.sub(r" (?=[,.;:)'])", "", text)


@pytest.fixture(scope="module")
def page():
    return render(make_tables())


def changed(table, column, row, value):
    tables = make_tables()
    one = tables[table].copy()
    one[column] = one[column].astype(object)
    one.loc[row, column] = value
    return render({**tables, table: one})


def test_uncertain_place_is_named_with_its_chances(page):
    text = said(page)
    assert "2 of 3 places keep the tier of their score in at least 95% of the runs" in text
    assert "Uncertain is Beta (national in 92.0%, international in 8.0%)" in text
    assert "(the least sure of them in >99.9%)" in text
    assert "Uncertain is" not in said(changed("tier_probabilities", "probability", 1, 0.97))


def test_what_was_varied_follows_the_study(page):
    text = said(page)
    assert "computed 1,234 times" in text
    assert "weights by up to 30% either way" in text
    assert "substituted with a relative standard deviation of 10%" in text
    assert "up to 45% either way" in said(render(make_tables(), plan(weight_noise=0.45)))


def test_widest_rank_interval_is_told(page):
    assert (
        "1 place keeps one rank in at least 95% of the runs; the widest interval is that of Beta, from 2 to 3"
        in said(page)
    )


def test_chances_neither_hide_the_rare_nor_the_doubtful(page):
    cells = re.findall(r'<td class="heat h-(\d+)( own)?">([^<]*)</td>', page)
    assert ("10", " own", "100%") in cells
    assert ("1", "", "&lt;0.1%") in cells
    assert ("0", "", "0") in cells


def test_score_intervals_are_drawn_and_tabled(page):
    chart = page[page.index("Scores by place, colored by tier") :]
    chart = chart[: chart.index("</svg>")]
    # one line and two ends a place, and the same in the legend
    assert chart.count('class="whisker"') == 3 * (3 + 1)
    assert "0.420 … 0.610" in page


def test_indicator_that_moves_ranks_most_is_named(page):
    text = said(page)
    assert "“laboratories” moves ranks most: 2 of 3 places, each by one" in text
    assert "1 changes no rank" in text
    tables = make_tables()
    still = tables["leave_one_out"].assign(shift=0, rank_without=lambda f: f["expected"])
    assert "No rank changes when any one of the 2 indicators" in said(render({**tables, "leave_one_out": still}))


def test_structure_is_told_with_its_status_and_the_title_of_the_study(page):
    start = page.index("<h4>")
    heading = page[start : page.index("</h4>", start)]
    assert "b-estimated" in heading
    text = said(page)
    assert "2 places around Alpha, Beta; 1 place around Gamma" in text
    assert "Core. Alpha (1 of 3 places)" in text
    assert "Alpha leads 2 places" in text
    assert "1 around Gamma (broker)" in text
    assert "by core and periphery 0.66 (± 0.07), 50% on the same tier; by strength 0.12" in text
    assert "Contracts, guessed" in text


def test_agreement_with_tiers_that_shaped_the_estimate_is_no_evidence(page):
    sentence = "not compared with those of the centers"
    assert sentence not in said(page)
    tables = make_tables()
    tables["tier_agreements"] = tables["tier_agreements"].iloc[:0]
    assert sentence in said(render(tables))
    assert "nothing to be compared with" in said(render(tables, plan(estimate=None)))


def test_two_localization_shares_are_kept_apart(page):
    text = said(page)
    assert "50.0% estimated is the share of Group in the estimated network, over the outflow of all its centers" in text
    assert "25.00% observed is that of Alpha's outflow alone" in text
    assert "Of Alpha's own outflow in the estimated network, 25.00% stays, as printed" in text
    tables = make_tables()
    tables["flows"].loc[0, "value"] = 60.0
    assert "50.00% stays." in said(render(tables))


def test_contrast_needs_both_shares():
    tables = make_tables()
    assert contrast_facts(tables, []) == []


def test_cells_that_are_not_observed_are_counted_and_listed(page):
    assert "depend on 2 indicator cells: 1 observed (50.0%), 1 substituted (50.0%)" in said(page)
    assert "以2019年数据替代（表注）" in page


def test_error_of_the_simulation_is_told(page):
    assert "Monte-Carlo error (standard error over the runs) of at most 0.07 years" in said(page)


def test_papers_are_cited_in_full_once_and_only_for_shipped_tables(page):
    ye = load("sources").set_index("source").loc["ye"]
    assert page.count(escape(ye["authors"])) == 1
    assert 'id="source-1"' in page
    assert 'id="source-2"' not in page
    assert '<a href="#source-1">1</a>' in page
    assert "full citation" not in page
    assert "my own survey, zhang 2022" in page


@pytest.mark.parametrize("name", sorted(list_datasets()["name"]))
def test_every_paper_that_a_dataset_cites_is_known(name):
    about = describe(name)
    found = cite_inputs([{"dataset": name, "source": about["source"]}])
    assert sorted(work["source"] for work in found["works"]) == sorted(about["cites"])
    assert found["others"] == ([] if about["cites"] else [about["source"]])


def test_notices_and_meanings_are_said_in_chinese_too(page):
    assert "no estimated flows for Alpha, Gamma: no place with figures gives them a mass" in said(page)
    assert "没有估计的流量，因为没有数据可计算其体量" in page
    assert "权重上下浮动的幅度" in page
    assert re.search("甲</span>、<span.*?丙</span>没有估计的流量", page)
    assert "亿元" in page


def test_one_further_place_or_cell_is_told_in_the_singular():
    tables = make_tables()
    chances = tables["tier_probabilities"]
    more = pd.concat([chances.iloc[[0]].assign(place=f"p{i}") for i in range(MOST_ROWS + 1 - len(chances))])
    text = said(render({**tables, "tier_probabilities": pd.concat([chances, more], ignore_index=True)}))
    assert "One other place" in text
    assert "The indicator cell that is not simply observed" in text


def test_text_of_users_stands_as_it_is():
    notices = (Notice("warning", "notices.plain", {"text": HOSTILE}),)
    assert f"</b> {escape(HOSTILE)}</p>" in render(make_tables(), notices=notices)


@pytest.mark.parametrize("table", sorted(make_tables()))
@pytest.mark.parametrize("how", ["missing", "empty", "bare"])
def test_any_table_may_be_missing_empty_or_bare(table, how):
    tables = make_tables()
    one = tables.pop(table)
    if how == "empty":
        tables[table] = one.iloc[:0]
    if how == "bare":
        tables[table] = one[one.columns[:1]]
    assert not re.search(r"\b(nan|NaN|None|NaT|undefined)\b", said(render(tables)))


@pytest.mark.parametrize("table", sorted(make_tables()))
def test_a_table_may_stand_alone(table):
    html = render({table: make_tables()[table]})
    assert not re.search(r"\b(nan|NaN|None|NaT|undefined)\b", said(html))


@pytest.mark.parametrize("table", sorted(make_tables()))
def test_any_cell_may_be_missing(table):
    tables = make_tables()
    for column in tables[table]:
        one = tables[table].assign(**{column: None})
        assert not re.search(r"\b(nan|NaN|None|NaT|undefined)\b", said(render({**tables, table: one}))), column


def test_hostile_text_stays_text():
    tables = {
        name: one.assign(
            **{c: HOSTILE for c in one if one[c].dtype.kind not in "fib" and c not in {"tier", "key", "kind"}}
        )
        for name, one in make_tables().items()
    }
    html = render(tables, plan((HOSTILE, HOSTILE)))
    # the page has two of its own
    assert html.count("<script>") == 2
    assert "alert(1)" not in html.replace(escape(HOSTILE), "")


def test_bytes_do_not_depend_on_the_order_of_rows():
    keep = {"inputs", "structure"}
    tables = make_tables()
    shuffled = {n: f if n in keep else f.iloc[::-1] for n, f in reversed(tables.items())}
    assert render(tables) == render(shuffled)


def test_facts_of_nothing_are_empty():
    assert doubt_facts({}, None)["rows"] == []
    assert structure_facts({}) == {}


def test_links_lead_to_what_lies_beside_the_page(page):
    for file in ("scores.xlsx", "manifest.json", "tier_probabilities.csv", "roles.csv", "./"):
        assert f'href="{file}"' in page
    tables = make_tables()
    del tables["scores"]
    assert "scores.xlsx" not in render(tables)
