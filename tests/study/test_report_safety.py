"""Text of users and of the map stays text in the report, which asks for nothing outside itself."""

import re
from dataclasses import replace
from html import escape

import pytest
from report_sample import Page, make_study

from innoscape.data import InnoscapeWarning
from innoscape.study.plan.assumed import assumptions
from innoscape.study.report.render_report import render_report
from innoscape.study.tables.write_tables import escape_latex, escape_markdown
from innoscape.study.wording.notices import Notice

HOSTILE = "<script>alert(1)</script>"
# the page's own: one chooses the language before anything shows, one serves the page
SCRIPTS = 2


@pytest.fixture(scope="module")
def hostile(sample):
    tables = {}
    for name, frame in sample.tables.items():
        columns = [c for c in frame if frame[c].dtype.kind not in "fib" and c not in {"tier", "published_tier"}]
        tables[name] = frame.assign(**{c: frame[c].astype(object).where(frame[c].isna(), HOSTILE) for c in columns})
    networks = [{"name": "copatent", "title": HOSTILE, "title_zh": HOSTILE, "directed": False, "flows": HOSTILE}]
    channel = {"name": "peer", "rate": 1.0, "decay": "none"}
    study = make_study(
        title=HOSTILE, title_zh=HOSTILE + "2", description=HOSTILE, networks=networks,
        diffusion={"seeds": [HOSTILE], "channels": [channel]},
        index={"units": [HOSTILE], "recipes": [{"name": "main"}], "robustness": {"data_noise": {HOSTILE: 0.1}}},
        origins={"diffusion": {"source": HOSTILE, "at": HOSTILE}},
    )  # fmt: skip
    results = replace(
        sample,
        study=study,
        tables=tables,
        assumed=assumptions(study),
        notices=(Notice("notice", "notices.plain", {"text": HOSTILE}), Notice.of(InnoscapeWarning(HOSTILE))),
        manifest={HOSTILE: HOSTILE},
    )
    # what the map holds is its own affair: here it is text already
    return render_report(results, map_html=f'<p title="\'">{escape(HOSTILE)}</p>')


def test_hostile_text_stays_text(hostile):
    assert hostile.count("<script>") == SCRIPTS
    assert hostile.count("</script>") == SCRIPTS
    once = escape(HOSTILE)
    assert "alert(1)" not in hostile.replace(once, "").replace(escape(once), "")
    assert HOSTILE in Page(hostile).words


def test_map_cannot_leave_its_frame(sample):
    html = render_report(sample, map_html='"><script>alert(2)</script>')
    assert html.count("<script>") == SCRIPTS
    assert 'srcdoc="&#34;&gt;&lt;script&gt;alert(2)' in html


def test_page_refers_to_nothing_outside(html):
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)
    assert "@import" not in html
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html


@pytest.mark.browser
def test_hostile_text_runs_nothing(visit, hostile, tmp_path):
    file = tmp_path / "hostile.html"
    file.write_text(hostile, encoding="utf-8")
    page = visit(file)
    page.locator("iframe").scroll_into_view_if_needed()
    page.frame_locator("iframe").get_by_text(HOSTILE).first.wait_for()


def test_texts_are_escaped_for_their_format():
    assert escape_latex(r"a_b\50%") == r"a\_b\textbackslash{}50\%"
    assert escape_latex("[1]") == "{[}1{]}"
    assert escape_markdown("<i>a|b</i>\nc") == r"\<i\>a\|b\</i\> c"
