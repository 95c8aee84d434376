"""Names of sixty characters, and places at a pole, on the map, in tables and charts, on a phone and on paper."""

import pandas as pd
import pytest

from innoscape.study import run

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
N = 6
STUDY = f"""
name = "wide"
title = "{"T" * 60}"
title_zh = "{"创新" * 30}"
[tables]
places = ["places.csv"]
[[networks]]
name = "deals"
title = "{"N" * 60}"
directed = true
flows = "flows.csv"
[diffusion]
seeds = ["p0"]
runs = 20
[[diffusion.channels]]
name = "hierarchical"
rate = 0.1
half_distance = 500.0
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write a study of places with the widest names, one of them at the pole, and run it."""
    study = tmp_path_factory.mktemp("wide")
    places = [f"p{i}" for i in range(N)]
    table = {
        "place": places,
        "name_en": [chr(65 + i) * 30 + chr(97 + i) * 30 for i in range(N)],
        "name_zh": ["科技创新中心走廊" * 7 + f"第{i}区域" for i in range(N)],
        "lon": [100.0 + 3 * i for i in range(N)],
        "lat": [30.0, 31, 29, 28, 33, 90],
        "tier": ["international", "national", "regional", "local", "national", "local"],
    }
    pd.DataFrame(table).to_csv(study / "places.csv", index=False)
    flows = [(a, b, 1.0 + i * j) for i, a in enumerate(places) for j, b in enumerate(places) if a != b]
    pd.DataFrame(flows, columns=["source", "target", "value"]).to_csv(study / "flows.csv", index=False)
    (study / "study.toml").write_text(STUDY, encoding="utf-8")
    run(study, study / "out")
    return study / "out"


@pytest.mark.parametrize("language", ["en", "zh", "all"])
def test_the_report_never_scrolls_sideways_and_cuts_no_text_of_a_chart(visit, folder, language):
    page = visit(folder / "report.html")
    page.set_viewport_size(PHONE)
    page.locator(f"input[name=show][value={language}]").check(force=True)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    beyond = """() => [...document.querySelectorAll("main *, header *")].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width && box.right > innerWidth + 1 && !node.closest(".wide, svg");
    }).map((node) => node.textContent.slice(0, 20))"""
    assert page.evaluate(beyond) == []
    # no column is wider than the screen
    widest = "Math.max(...[...document.querySelectorAll('td')].map((cell) => cell.getBoundingClientRect().width))"
    assert page.evaluate(widest) < PHONE["width"]
    cut = """() => [...document.querySelectorAll("svg.chart text")].filter((text) => {
        const box = text.getBBox(), frame = text.ownerSVGElement.viewBox.baseVal;
        return box.width && (box.x < -2 || box.x + box.width > frame.width + 2);
    }).map((text) => text.textContent)"""
    assert page.evaluate(cut) == []


@pytest.mark.parametrize("width", [390, 1200])
def test_the_map_opens_on_all_places_with_their_names_cut_to_its_width(visit, folder, width):
    page = visit(folder / "map.html")
    page.set_viewport_size({"width": width, "height": 844})
    page.reload()
    center = page.evaluate("(() => { const c = map_1.getCenter(); return [c.lat, c.lng, map_1.getZoom()]; })()")
    assert all(abs(value) < 180 for value in center)
    points = page.locator(".innoscape-point").evaluate_all(
        "nodes => nodes.map((node) => { const b = node.getBoundingClientRect(); return [b.left, b.top]; })"
    )
    assert len(points) == N
    assert all(-20 <= x <= width and -20 <= y <= 844 for x, y in points)
    labels = page.locator(".innoscape-label[class*=' t']")
    assert any(name.endswith("…") for name in labels.all_inner_texts())
    boxes = labels.evaluate_all("nodes => nodes.map((node) => node.getBoundingClientRect().width)")
    assert max(boxes) <= 0.4 * width + 4


def test_paper_shows_a_map_and_a_short_record_in_place_of_what_only_a_screen_can_hold(visit, folder):
    page = visit(folder / "report.html")
    on_paper, frame, manifest = page.locator(".at-desk svg.map"), page.locator("iframe"), page.locator("#record pre")
    assert on_paper.is_visible()
    assert frame.is_visible()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert on_paper.is_visible()
    assert not frame.is_visible()
    assert not manifest.is_visible()
    assert page.get_by_text("stand in the file manifest.json").is_visible()
    assert not page.locator("#record .hash").first.is_visible()
    assert on_paper.locator(".dot").count() >= N
    assert on_paper.locator(".flow").count() == N * (N - 1)
    page.set_viewport_size({"width": 680, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
