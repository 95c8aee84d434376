"""What a reader takes away from the report: pictures, tables, links, the citation; and how it looks on a phone."""

import csv
import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from report_sample import make_sample

from innoscape.study.report.render_brief import render_brief
from innoscape.study.report.render_report import render_report

FORMULA = '=HYPERLINK("x")'


@pytest.fixture(scope="module")
def page_of_scores():
    sample = make_sample()
    tables = sample.tables
    scores = tables["scores"].assign(name_en=tables["scores"]["name_en"].replace({"Yunnan": FORMULA}))
    groups = ["input"] * 5 + ["output"] * 5
    keys = tables["weights"]["indicator"].drop_duplicates().tolist()
    values = {key: scores["score"] / 10 + (i % 3) * scores.index / 1e6 for i, key in enumerate(keys)}
    values[keys[0]] = scores["score"] - pd.DataFrame(values)[keys[1:]].sum(axis=1)
    parts = pd.DataFrame({"place": scores["place"], **values, "recipe": "equal"})
    framework = pd.DataFrame({"indicator": keys, "level1": groups, "level1_zh": None})
    more = {"scores": scores, "contributions": parts, "normalized": parts, "framework": framework}
    return render_report(replace(sample, tables={**tables, **more}))


@pytest.fixture
def opened(visit, page_of_scores, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(page_of_scores, encoding="utf-8")
    return visit(file)


def taken(opened, button):
    with opened.expect_download() as download:
        button.click()
    return download.value


@pytest.mark.browser
def test_a_chart_is_taken_as_svg_that_needs_no_style_sheet(opened, tmp_path):
    figure = opened.locator("#scores figure").first
    found = taken(opened, figure.locator("[data-take=svg]"))
    assert re.fullmatch(r"figure-\d+\.svg", found.suggested_filename)
    drawn = found.path().read_text(encoding="utf-8")
    assert "rgb(" in drawn
    # one language: the names that the page hides are not in the picture
    assert "95% interval" not in drawn or "95%区间" not in drawn
    shown = opened.context.new_page()
    file = tmp_path / "chart.svg"
    file.write_text(drawn, encoding="utf-8")
    shown.goto(file.as_uri())
    first = shown.locator("rect.bar").first
    assert first.evaluate("bar => getComputedStyle(bar).fill") != "rgb(0, 0, 0)"
    shown.close()


@pytest.mark.browser
def test_a_chart_is_taken_as_a_picture(opened):
    found = taken(opened, opened.locator("#scores figure").first.locator("[data-take=png]"))
    data = found.path().read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(data[16:20], "big") == 3 * 760


@pytest.mark.browser
def test_a_table_is_taken_as_shown_and_holds_no_formula(opened):
    table = opened.locator("#scores table").first
    found = taken(opened, opened.locator("#scores .take [data-take=csv]").first)
    text = found.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 1 + table.locator("tbody tr").count()
    assert rows[1][2] == "0.785"
    assert any(cell.startswith("'=HYPERLINK") for row in rows for cell in row)
    assert not any(cell.startswith("=") for row in rows for cell in row)


@pytest.mark.browser
def test_a_table_is_sorted_by_its_heading_and_back(opened):
    table = opened.locator("#scores table").first
    column = table.locator("thead th").nth(2)

    def scores():
        return [float(one) for one in table.locator("tbody tr td:nth-child(3)").all_inner_texts()]

    before = scores()
    column.locator("button").click()
    assert scores() == sorted(before)
    assert column.get_attribute("aria-sort") == "ascending"
    column.locator("button").focus()
    opened.keyboard.press("Enter")
    assert scores() == sorted(before, reverse=True)
    assert table.locator("th[aria-sort]").count() == 1


@pytest.mark.browser
def test_headings_have_links_that_lead_to_them(opened):
    links = opened.locator("main h2 a.anchor, main h3 a.anchor")
    targets = links.evaluate_all("all => all.map(a => document.getElementById(a.hash.slice(1)) === a.parentElement)")
    assert len(targets) > 8
    assert all(targets)


@pytest.mark.browser
def test_the_citation_is_copied(opened):
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened.locator("[data-take=cite]").click()
    opened.locator("[data-tool=copied]").wait_for()
    assert "science and technology innovation centers. Report of a study" in opened.evaluate(
        "navigator.clipboard.readText()"
    )


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_charts_are_legible_on_a_phone(opened, language):
    opened.set_viewport_size({"width": 390, "height": 800})
    opened.locator(f"input[name=show][value={language}]").check(force=True)
    sizes = opened.evaluate(
        """() => [...document.querySelectorAll("svg.chart:not(.map) text")].filter(t => t.getBoundingClientRect().width)
            .map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"""
    )
    assert len(sizes) > 100
    assert min(sizes) >= 9.5
    sideways = opened.evaluate(
        """() => [...document.querySelectorAll("figure .wide")].filter(one => one.clientWidth
            && one.scrollWidth > one.clientWidth + 1).length"""
    )
    assert sideways == 0


@pytest.mark.browser
@pytest.mark.parametrize("width", [1200, 390])
def test_labels_stand_at_the_height_of_their_bars_in_chinese(opened, width):
    opened.set_viewport_size({"width": width, "height": 800})
    opened.locator("input[name=show][value=zh]").check(force=True)
    off = opened.evaluate(
        """() => {
            const svg = [...document.querySelectorAll("#scores figure svg")].find(s => s.getBoundingClientRect().width);
            const middle = (one) => { const r = one.getBoundingClientRect(); return r.top + r.height / 2; };
            const labels = [...svg.querySelectorAll("text.label")].filter(t => t.getBoundingClientRect().width);
            const bars = [...svg.querySelectorAll("rect.bar")];
            return [labels.length, bars.length, ...labels.map((one, i) => middle(bars[i]) - middle(one))];
        }"""
    )
    labels, bars, *gaps = off
    assert labels == bars == 14
    # beside its bar, or on a phone right above it
    assert max(gaps) - min(gaps) < 2
    assert abs(gaps[0]) < 3 if width > 720 else 10 < gaps[0] < 24


@pytest.mark.browser
def test_figures_are_numbered_through_the_page(opened):
    numbers = opened.locator("figcaption[id^=figure-] > b > .en").all_text_contents()
    assert numbers == [f"Figure {n}." for n in range(1, len(numbers) + 1)]
    assert len(numbers) > 8


@pytest.mark.browser
def test_the_brief_takes_two_sheets_in_each_language(visit, tmp_path):
    for language in ("en", "zh"):
        file = tmp_path / f"brief_{language}.html"
        file.write_text(render_brief(make_sample(), language=language), encoding="utf-8")
        pdf = visit(file).pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
