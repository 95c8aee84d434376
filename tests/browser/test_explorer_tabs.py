"""What a reader sees on the explorer's pages: from dropped files to ranks, networks and two scenarios."""

import csv
import io

import pytest
from served import Served, Visit, slide, until

from innoscape.data import Gazetteer
from innoscape.study.explorer import office
from innoscape.study.explorer.intake import Intake
from innoscape.study.plan.write_template import write_template

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

HOSTILE = "<img src=x onerror=alert(1)>"
CITIES = f"town,rd,patents\n北京,9,8\n上海,7,6\n武汉,3,few\n西安,2,3\n=1+1,4,4\n{HOSTILE},1,1\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("home"))
        patch.setattr(office, "Intake", lambda: Intake(Gazetteer.shipped()))
        with Served(None) as one:
            yield one


@pytest.mark.browser
def test_a_weight_that_moves_moves_ranks_weights_and_intervals(browser, served, tmp_path):
    visit = Visit(browser, served, "index", viewport={"width": 1280, "height": 900})
    page = visit.page
    page.wait_for_selector("#index-ranking .whisker", state="attached")
    weight = page.locator("[data-indicator=rd_intensity]")
    assert weight.inner_text() == "10.0%"
    assert page.locator("#index-ranking tbody tr").count() == page.locator("#index-map .mark").count() == 14
    slide(page.locator(".row", has=weight).locator("input"), 3)
    until(page, "document.querySelector('[data-indicator=rd_intensity]').textContent === '25.0%'")
    page.wait_for_selector("#index-ranking tbody .good")
    # circles have the color of the tier that the table names
    page.select_option("[name=tiers]", "k_means")
    page.wait_for_selector("#index-ranking .moved-tier")
    with page.expect_download() as given:
        page.click("#index-csv")
    given.value.save_as(tmp_path / "ranks.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "ranks.csv").read_text(encoding="utf-8-sig"))))
    assert rows[0][:3] == ["place", "rank", "score"]
    weights = dict(row for row in rows[16:] if len(row) == 2)
    assert float(weights["rd_intensity"]) == pytest.approx(0.25)
    # the table fits its frame
    frame, table = (page.locator(s).bounding_box() for s in ("#page-index .scroll", "#index-ranking"))
    assert table["width"] <= frame["width"] + 1
    page.click("[data-language=zh]")
    assert page.inner_text("#index-title") == "权重与方案"
    # chosen once, it stays
    page.reload()
    page.wait_for_selector("#index-title:not(:empty)")
    assert page.inner_text("#index-title") == "权重与方案"
    visit.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("tab", "lever"), [("index", "#tree input"), ("networks", "[name=keep]"), ("scenarios", "#sections input")]
)
def test_a_phone_shows_the_picture_beside_the_lever(browser, served, tab, lever):
    visit = Visit(browser, served, tab, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = visit.page
    page.wait_for_selector("html[data-answered]")
    node = page.locator(f"#page-{tab} {lever}").last if tab == "index" else page.locator(f"#page-{tab} {lever}").first
    node.evaluate("node => node.scrollIntoView({block: 'end'})")
    # the browser scrolls in steps
    settled = """async (node) => { for (let last = -1; last !== scrollY;) {
        last = scrollY; await new Promise((done) => setTimeout(done, 300)); } }"""
    node.evaluate(settled)
    mark, hand = page.locator(f"#page-{tab} .lead .map-box svg").first.bounding_box(), node.bounding_box()
    assert 0 <= mark["y"] < mark["y"] + mark["height"] <= hand["y"] + 1
    assert hand["y"] + hand["height"] <= 845
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.locator(".charts svg.chart text:visible").evaluate_all(
        "all => all.map((n) => n.getBBox().height * n.getScreenCTM().d)"
    )
    assert min(sizes, default=12) > 9
    assert bool(sizes) == (tab == "scenarios")
    visit.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("tab", "table", "lever", "value", "answered"),
    [
        ("index", "#index-ranking", "#tree input >> nth=1", 3, "!document.querySelector('#index-ranking tbody').old"),
        ("networks", "#network-table", "[name=keep]", 5, "!document.querySelector('#network-table tbody').old"),
        (
            "scenarios",
            "#ranking",
            "[data-channel=peer] input >> nth=0",
            0.4,
            "document.querySelector('#ranking .good, #ranking .bad')",
        ),
    ],
)
def test_the_keyboard_stays_with_its_place_while_answers_come(browser, served, tab, table, lever, value, answered):
    visit = Visit(browser, served, tab, viewport={"width": 1280, "height": 900})
    page = visit.page
    page.wait_for_selector(f"{table} tbody tr[tabindex='0']")
    page.wait_for_load_state("networkidle")
    page.locator(f"{table} tbody tr[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    stood = page.evaluate("document.activeElement.dataset.place")
    page.evaluate(f"document.querySelector('{table} tbody').old = true")
    slide(page.locator(lever), value)
    until(page, answered)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.activeElement.dataset.place") == stood
    page.keyboard.press("Enter")
    assert page.locator(f"{table} tr[aria-current]").get_attribute("data-place") == stood
    visit.close()


@pytest.mark.browser
def test_fewer_ties_are_fewer_lines_and_other_measures(browser, served):
    visit = Visit(browser, served, "networks", viewport={"width": 1280, "height": 900})
    page = visit.page
    page.wait_for_selector("#network-map .tie", state="attached")
    page.wait_for_selector("#network-summary dd")
    before = page.locator("#network-map .tie").count()
    slide(page.locator("[name=keep]"), 5)
    until(page, "document.querySelector('#network-summary dd').textContent === '56'")
    assert page.locator("#network-map .tie").count() == 56 < before
    page.select_option("[name=color]", "role")
    assert "beneficiary" in page.inner_text("#network-key")
    biggest = page.locator("#network-map .mark").evaluate_all(
        "all => all.sort((a, b) => b.getAttribute('r') - a.getAttribute('r'))[0].dataset.place"
    )
    assert page.locator("#network-table tbody tr").first.get_attribute("data-place") == biggest
    visit.close()


@pytest.mark.browser
def test_of_a_long_table_the_lines_in_sight_are_written_first_and_then_all_others(browser, served):
    visit = Visit(browser, served, "scenarios", viewport={"width": 1280, "height": 900})
    visit.page.wait_for_selector("html[data-answered='1']")
    first, told, last = visit.page.evaluate("""async () => {
        const { Arrivals } = await import(location.pathname + "explorer_arrivals.js");
        const box = document.createElement("div"), node = document.createElement("table");
        box.style.cssText = "height: 200px; overflow: auto";
        box.append(node);
        document.querySelector("#page-scenarios .shown").append(box);
        let told = 0;
        const study = { horizon: 400, names: {}, tiers: ["a"], tier_names: {} };
        const table = new Arrivals(node, study, (write) => { write(); told += 1; });
        const show = (turn) => table.show(Array.from({ length: 300 }, (_, i) => ({
            place: `${turn} ${i}`, tier: "a", median: i, low: i, high: i })));
        const written = (turn) => [...node.querySelectorAll("tbody tr")]
            .filter((row, i) => row.dataset.place === `${turn} ${i}`).length;
        const frames = async (n) => { for (; n; n--) await new Promise((done) => requestAnimationFrame(done)); };
        show("one");
        await frames(4);
        box.scrollTop = box.scrollHeight;
        await frames(3);
        // an answer that is overtaken writes nothing more
        show("two");
        show("three");
        const first = written("three"), end = node.querySelector("tbody").lastChild.dataset.place;
        await frames(4);
        return [[first, end], told, written("three")];
    }""")
    assert 15 < first[0] < 60
    assert first[1] == "three 299"
    assert (told, last) == (5, 300)
    visit.close()


@pytest.mark.browser
def test_two_scenarios_stand_side_by_side(browser, served):
    visit = Visit(browser, served, "scenarios", viewport={"width": 1440, "height": 900})
    page = visit.page
    page.wait_for_selector("html[data-answered='1']")
    assert page.locator("#beside-map").is_hidden()
    page.select_option("#beside", label="Beijing sells 30% of its contracts to Tianjin and Hebei")
    page.wait_for_selector("#beside-map .mark")
    one, other = (page.locator(f"#{name} > svg").bounding_box() for name in ("beside-map", "map"))
    assert one["x"] + one["width"] <= other["x"]
    assert abs(one["width"] - other["width"]) < 2
    # the levers stand at rest, and Tianjin is later than in the scenario beside
    assert page.locator("#ranking tr[data-place='天津'] td").last.inner_text().startswith("+")
    page.select_option("#beside", "study")
    until(page, "[...document.querySelectorAll('#ranking tbody tr td:last-child')].every((n) => n.textContent === '0')")
    page.select_option("#beside", "none")
    assert page.locator("#beside-map").is_hidden()
    visit.close()


@pytest.mark.browser
def test_dropped_files_become_a_study_and_hostile_cells_stay_text(browser, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(office, "Intake", lambda: Intake(Gazetteer.shipped()))
    (tmp_path / "cities.csv").write_text(CITIES, encoding="utf-8")
    flows = f"from,to,deals\n北京,上海,30\n上海,武汉,24\n武汉,西安,3\n北京,{HOSTILE},3\n"
    (tmp_path / "deals.csv").write_text(flows, encoding="utf-8")
    with Served(write_template(tmp_path / "first").parent) as one:
        visit = Visit(browser, one, "data", viewport={"width": 1280, "height": 1000})
        page = visit.page
        page.wait_for_selector("html[data-taken]")
        page.set_input_files("#files", [tmp_path / "cities.csv", tmp_path / "deals.csv"])
        wrong = page.locator("#cells td.fault input")
        wrong.wait_for()
        assert wrong.input_value() == "few"
        assert "number" in wrong.locator("..").get_attribute("title")
        assert page.locator("#doubts").inner_text().count("cities.csv") >= 1
        assert page.locator("#cells tbody tr").nth(6).locator("input").first.input_value() == HOSTILE
        assert page.locator("#page-data img").count() == 0
        # what is typed while the answer to the cell before comes is kept, and so is the caret
        wrong.fill("4")
        wrong.press("Tab")
        page.keyboard.press("End")
        page.keyboard.insert_text("市")
        until(page, "!document.querySelector('#cells td.fault')")
        assert page.evaluate("[document.activeElement.value, document.activeElement.selectionEnd]") == ["西安市", 3]
        page.keyboard.press("Enter")
        until(page, "document.querySelectorAll('#cells tbody tr')[4].querySelector('input').defaultValue === '西安市'")
        # another name for a place that is none
        page.locator("#cells tbody tr").nth(6).locator("input").first.fill("天津")
        page.locator("#cells tbody tr").nth(6).locator("input").first.press("Enter")
        until(page, "document.querySelector('#makes').textContent.includes('5 places')")
        page.fill("#start [name=folder]", "mine")
        page.press("#start [name=folder]", "Enter")
        page.locator("h1", has_text="mine").wait_for()
        page.wait_for_selector("#index-ranking tbody tr")
        assert page.locator("#index-ranking tbody tr").count() == 5
        page.click("#tab-scenarios")
        assert page.locator("#page-scenarios .missing").is_visible()
        page.click("#tab-data")
        with page.expect_download() as given:
            page.click("[data-pack='study.zip']")
        assert given.value.suggested_filename == "mine-study.zip"
        visit.close()
    assert (tmp_path / "mine" / "study.toml").exists()


@pytest.mark.browser
def test_the_tabs_are_reached_by_keys(browser, served):
    visit = Visit(browser, served, "index", viewport={"width": 1280, "height": 900})
    page = visit.page
    page.wait_for_selector("#index-ranking tbody tr")
    page.focus("#tab-index")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#network-map .mark")
    assert page.get_attribute("#tab-networks", "aria-selected") == "true"
    assert page.locator("#page-index").is_hidden()
    assert page.locator("[role=tab][tabindex='0']").count() == 1
    # on a wide screen too they stand between the title and the page, each in full
    page.set_viewport_size({"width": 1600, "height": 900})
    title, below = page.locator("#title").bounding_box(), page.locator("#page-networks").bounding_box()
    for tab in page.locator("[role=tab]").all():
        box = tab.bounding_box()
        assert title["y"] + title["height"] <= box["y"] < box["y"] + box["height"] <= below["y"]
    assert (
        page.evaluate("(({scrollWidth, clientWidth}) => scrollWidth - clientWidth)(document.querySelector('.tabs'))")
        == 0
    )
    visit.close()


@pytest.mark.browser
def test_the_chosen_tab_and_language_stand_out_in_forced_colors(browser, served):
    visit = Visit(browser, served, "index", forced_colors="active", color_scheme="dark")
    visit.page.wait_for_selector("[role=tab][aria-selected=true]")
    for chosen, other in (
        ("[role=tab][aria-selected=true]", "[role=tab][aria-selected=false]"),
        (".switch button[aria-pressed=true]", ".switch button[aria-pressed=false]"),
    ):
        grounds = [
            visit.page.locator(one).first.evaluate("node => getComputedStyle(node).backgroundColor")
            for one in (chosen, other)
        ]
        assert grounds[0] != grounds[1], chosen
    visit.close()
