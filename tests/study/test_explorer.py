"""The explorer answers levers as a run would, saves what it finds, and speaks to nobody but its own page."""

import json
import math
import re
import socket
import sys
import tomllib

import pandas as pd
import pytest
from served import Served

from innoscape.data import InnoscapeError, MissingExtraError, OptionError, OutputError
from innoscape.study import check, read_study, run
from innoscape.study.explorer import server as explorer
from innoscape.study.explorer.request import Levers, SaveOrder
from innoscape.study.explorer.save import save_scenario, with_scenario
from innoscape.study.explorer.session import prepare
from innoscape.study.plan.write_template import write_template
from innoscape.study.stages.run import bundled_study

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

LOCAL = {"verb": "redirect_flow", "source": "北京", "within": "京津冀", "share": 0.3}
CORRIDOR = [
    {"verb": "add_center", "place": "雄安新区", "tier": "local"},
    {"verb": "scale_cost", "places": ["北京", "天津", "雄安新区"], "factor": 0.5},
]


@pytest.fixture(scope="module")
def desk():
    return prepare(bundled_study(), runs=300)


def ask(desk, *steps, **more):
    return desk.answer(Levers.model_validate({"interventions": list(steps), **more}))


def rows_of(answer):
    """Join the columns of an answer into a row a place, as the page does."""

    def by_place(part):
        return {row["place"]: row for row in pd.DataFrame(answer[part]).astype(object).to_dict("records")}

    was, gap = by_place("before"), by_place("gaps")
    return [
        row | {name: held[place] for name, held in (("was", was), ("gap", gap)) if place in held}
        for place, row in by_place("arrivals").items()
    ]


def row_of(answer, place):
    return next(r for r in rows_of(answer) if r["place"] == place)


@pytest.fixture(scope="module")
def served():
    with Served(None) as one:
        yield one


def test_more_localization_brings_tianjin_earlier_and_shanghai_later(desk):
    answers = [ask(desk, {**LOCAL, "share": share}) for share in (0.15, 0.3, 0.5)]
    tianjin = [row_of(a, "天津")["mean"] for a in answers]
    assert tianjin == sorted(tianjin, reverse=True)
    assert row_of(answers[1], "天津")["gap"]["high"] < 0
    assert row_of(answers[1], "上海")["gap"]["low"] > 0


def test_levers_at_rest_change_nothing(desk):
    answer = ask(desk)
    assert {r["gap"]["difference"] for r in rows_of(answer) if "gap" in r} == {0.0}


def test_the_same_levers_give_the_same_answer(desk):
    assert ask(desk, LOCAL, *CORRIDOR) == ask(desk, LOCAL, *CORRIDOR)


@pytest.mark.parametrize(
    ("change", "earlier"),
    [({"rate": 0.3}, True), ({"rate": 0.0}, False), ({"half_distance": 3000.0}, True), ({"tacit_share": 1.0}, False)],
)
def test_a_channel_pulls_the_way_it_should(desk, change, earlier):
    answer = ask(desk, {"verb": "set_channel", "channel": "peer", **change})
    mean = next(s for s in answer["summary"] if s["measure"] == "mean_arrival_time")
    assert (mean["high"] < 0) if earlier else (mean["low"] > 0)


def test_a_later_start_pulls_less(desk):
    now, later = (ask(desk, {**LOCAL, "start": start}) for start in (0.0, 8.0))
    assert row_of(now, "天津")["gap"]["difference"] < row_of(later, "天津")["gap"]["difference"] < 0


def test_an_added_center_a_raised_tier_and_a_seed_are_seen(desk):
    raised = {"verb": "set_tier", "place": "合肥", "tier": "national"}
    answer = ask(desk, *CORRIDOR, raised, {"verb": "seed", "places": ["上海"]})
    assert "was" not in row_of(answer, "雄安新区")
    assert (row_of(answer, "合肥")["was"]["tier"], row_of(answer, "合肥")["tier"]) == ("regional", "national")
    assert row_of(answer, "上海")["seed"]
    assert row_of(answer, "上海")["mean"] == 0.0


def test_an_answer_is_what_a_run_gives(desk):
    plan = bundled_study()
    tables = run(plan.model_copy(update={"scenarios": [s for s in plan.scenarios if s.name == "localization_30"]}),
                 until="simulate", runs=300).tables  # fmt: skip
    answer = ask(desk, LOCAL)
    told = tables["arrivals"].set_index(["scenario", "place"])
    for row in rows_of(answer):
        assert math.isclose(row["mean"], told.loc[("localization_30", row["place"]), "mean"], rel_tol=1e-12)
        assert math.isclose(row["was"]["mean"], told.loc[("baseline", row["place"]), "mean"], rel_tol=1e-12)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([{**LOCAL, "source": "Atlantis"}], r"interventions\[1\].*no such place: 'Atlantis'"),
        ([{"verb": "add_center", "place": "Atlantis", "tier": "local"}], "Atlantis: no place with coordinates"),
        ([CORRIDOR[0], CORRIDOR[0]], "already a center"),
        ([CORRIDOR[1]], r"interventions\[1\].places: '雄安新区'"),
    ],
)
def test_a_lever_that_does_not_fit_is_refused_by_name(desk, steps, says):
    with pytest.raises(InnoscapeError, match=says):
        ask(desk, *steps)


def test_a_study_without_diffusion_cannot_be_explored():
    plan = bundled_study().model_copy(update={"diffusion": None, "scenarios": []})
    with pytest.raises(OptionError, match="diffusion"):
        prepare(plan, runs=100)


def test_nothing_is_answered_without_the_token(served):
    for path in ("/", "/study", "/wrong/", "/wrong/study", f"{served.path[:-2]}/study"):
        response, text = served.ask("GET", path)
        assert response.status == 403, path
        assert "Innovation" not in text
    assert served.ask("POST", "/wrong/run", "{}")[0].status == 403
    assert served.ask("GET", served.path)[0].status == 200


def test_a_refused_request_is_heard_out_so_that_its_refusal_arrives(served):
    """Closing on unread bytes resets the line: without hearing them out, nine in ten of these refusals are lost."""
    name, port = served.host.split(":")
    for path, size, status in ((f"{served.path}run", 300000, 413), *[("/wrong/run", 60000, 403)] * 20):
        head = f"POST {path} HTTP/1.1\r\nHost: {served.host}\r\nContent-Type: application/json\r\n"
        with socket.create_connection((name, int(port)), timeout=30) as line:
            line.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode())
            line.sendall(b"{" * size)
            answer = line.makefile("rb").read()
        assert answer.startswith(f"HTTP/1.1 {status} ".encode())


def test_a_request_that_never_ends_is_refused_all_the_same(served, monkeypatch):
    monkeypatch.setattr(explorer, "_MOST_PATIENCE", 0.1)
    name, port = served.host.split(":")
    with socket.create_connection((name, int(port)), timeout=30) as line:
        line.sendall(f"POST /wrong/run HTTP/1.1\r\nHost: {served.host}\r\nContent-Length: 9\r\n\r\n{{".encode())
        assert line.recv(4096).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1.evil.example:{port}"])
def test_another_host_is_refused_though_it_resolves_here(served, host):
    port = served.host.split(":")[1]
    response, text = served.ask("GET", served.path + "study", host=host.format(port=port))
    assert response.status == 421
    assert "Innovation" not in text


def test_another_page_may_neither_ask_nor_read(served):
    response, _ = served.ask("POST", served.path + "run", "{}", origin="http://evil.example")
    assert response.status == 403
    response, _ = served.ask("POST", served.path + "run", "{}", content_type="text/plain")
    assert response.status == 415
    response, _ = served.ask("OPTIONS", served.path + "run", origin=f"http://{served.host}")
    assert response.status == 405
    response, _ = served.ask("GET", served.path + "study")
    assert not [name for name, _ in response.getheaders() if name.lower().startswith("access-control")]
    assert "default-src 'none'" in response.headers["content-security-policy"]
    response, _ = served.ask("POST", served.path + "run", json.dumps({"interventions": [LOCAL], "x": "x" * 70000}))
    assert response.status == 413


def test_bad_values_come_back_with_their_key(served):
    body = json.dumps({"interventions": [{**LOCAL, "share": 1.5}, {"verb": "fly"}], "runs": 3})
    response, text = served.ask("POST", served.path + "run", body)
    assert response.status == 422
    faults = json.loads(text)["faults"]
    assert [f["en"].split(":")[0] for f in faults] == ["interventions[1].share", "interventions[2]", "runs"]
    assert served.ask("POST", served.path + "run", "{")[0].status == 422
    _, text = served.ask("POST", served.path + "files", json.dumps({"files": [{"name": 3, "content": ""}]}))
    assert json.loads(text)["faults"][0]["en"].startswith("files[1].name:")


def test_a_run_over_the_wire_is_plain_json(served):
    response, text = served.ask("POST", served.path + "run", json.dumps({"interventions": [LOCAL]}))
    assert response.status == 200
    assert re.fullmatch(r"run;dur=\d+", response.headers["server-timing"])
    assert row_of(json.loads(text), "天津")["gap"]["difference"] < 0


def test_everything_the_page_needs_comes_from_itself(served):
    page = served.ask("GET", served.path)[1]
    linked = re.findall(r'(?:src|href)="([^"#]+)"', page)
    assert linked
    for name in linked:
        assert name.startswith("data:") or served.ask("GET", served.path + name)[0].status == 200
        if name.endswith(".js"):
            for part in re.findall(r'from "\./([^"]+)"', served.ask("GET", served.path + name)[1]):
                assert served.ask("GET", served.path + part)[0].status == 200


def order(**more):
    steps = more.pop("interventions", [LOCAL, *CORRIDOR])
    return SaveOrder.model_validate({"name": "found", "title": 'A "found" one', "interventions": steps, **more})


def test_a_saved_scenario_is_one_the_study_runs(tmp_path):
    file = write_template(tmp_path / "mine")
    before = file.read_text(encoding="utf-8")
    assert save_scenario(order(title_zh="发现"), file.parent) == file.resolve()
    after = file.read_text(encoding="utf-8")
    found = read_study(file.parent).scenarios[-1]
    assert (found.name, found.title, found.title_zh) == ("found", 'A "found" one', "发现")
    assert [s.verb for s in found.interventions] == ["redirect_flow", "add_center", "scale_cost"]
    assert len(check(file.parent).places) == 156
    # every line that stood there stands there still, in its order
    lines = iter(after.splitlines())
    assert all(line in lines for line in before.splitlines())
    assert after.index('name = "found"') < after.index("[map]")
    assert sorted(p.name for p in file.parent.iterdir() if p.name.startswith(".")) == []


def test_a_name_that_exists_is_refused_and_nothing_changes(tmp_path):
    file = write_template(tmp_path / "mine")
    before = file.read_bytes()
    with pytest.raises(OptionError, match="'corridor'"):
        save_scenario(order(name="corridor"), file.parent)
    with pytest.raises(OptionError, match="baseline"):
        save_scenario(order(name="baseline"), file.parent)
    with pytest.raises(OptionError, match="only letters"):
        save_scenario(order(name="../x"), file.parent)
    assert file.read_bytes() == before


def test_what_an_editor_saves_meanwhile_is_not_written_over(tmp_path, monkeypatch):
    file = write_template(tmp_path / "mine")
    edited = file.read_bytes() + b"# mine\n"
    monkeypatch.setattr("innoscape.study.explorer.save.check", lambda _: file.write_bytes(edited))
    with pytest.raises(OptionError, match="save again"):
        save_scenario(order(), file.parent)
    assert file.read_bytes() == edited


def test_the_bundled_study_is_saved_as_a_new_folder(tmp_path):
    with pytest.raises(OptionError, match="new study folder"):
        save_scenario(order(), None)
    file = save_scenario(order(folder=str(tmp_path / "new")), None)
    assert read_study(file.parent).scenarios[-1].name == "found"
    with pytest.raises(OutputError, match="in use"):
        save_scenario(order(folder=str(tmp_path / "new")), None)
    with pytest.raises(OptionError):
        save_scenario(order(folder=str(tmp_path / "other"), name="corridor"), None)
    assert not (tmp_path / "other").exists()


def test_a_channel_lever_is_saved_as_it_was_explored(tmp_path):
    file = write_template(tmp_path / "mine")
    lever = {"verb": "set_channel", "channel": "peer", "half_distance": 400.0, "start": 2.5}
    save_scenario(order(interventions=[lever]), file.parent)
    assert 'interventions = [\n    {verb = "set_channel", channel = "peer", half_distance = 400.0, start = 2.5},' in (
        file.read_text(encoding="utf-8")
    )
    saved = read_study(file.parent).scenarios[-1].interventions[0]
    assert saved.model_dump(exclude_none=True) == lever


def test_a_container_is_no_place_to_add(desk):
    assert "雄安新区" in desk.addable
    assert not {"河北", "京津冀", "全国", "北京"} & set(desk.addable)


ENTRY = {"name": "n", "interventions": [{"verb": "seed", "places": ["甲"]}]}


@pytest.mark.parametrize(
    "text",
    [
        "a = 1 # one\n",
        'a = 1\n[[scenarios]]\nname = "x" # kept\n\n# about the map\n[map]\nb = 2\n',
        'scenarios = [\n  { name = "x" }, # kept\n]\n[map]\nb = 2\n',
        '[[scenarios]]\nname = "x"\n[[scenarios.interventions]]\nverb = "seed"\n\n[map]\n',
        'a = """\n[[scenarios]]\n[x]\n"""\n',
        '[[scenarios]]\nname = "x"\nlist = [\n  ["a"]\n]\n[map]\nb = [\n ["c"]\n]\n',
        '[[scenarios]]\r\nname = "x"\r\n\r\n# about\r\n[map]\r\nb = 2\r\n',
    ],
)  # fmt: skip
def test_only_the_scenario_is_added_however_the_file_is_written(text):
    after = with_scenario(text, ENTRY)
    had = tomllib.loads(text)
    assert tomllib.loads(after) == {**had, "scenarios": [*had.get("scenarios", []), ENTRY]}
    rest = iter(after.splitlines())
    assert all(line in rest for line in text.splitlines())
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in text else 0)
    if "# about" in text:
        assert re.search(r"# about[^\r\n]*\r?\n\[map\]", after)


def test_a_port_in_use_is_named(served):
    with pytest.raises(OutputError, match=served.host.split(":")[1]):
        explorer.explore(None, port=int(served.host.split(":")[1]), open_browser=False)


def test_without_the_extra_its_name_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError, match=r"innoscape\[explore\]"):
        explorer.explore(None, open_browser=False)


@pytest.mark.browser
def test_a_lever_moved_in_a_browser_moves_the_answer(browser, tmp_path):
    file = write_template(tmp_path / "mine")
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace('title = "Innovation centers of China"', 'title = "<img src=x onerror=alert(1)>"'),
        encoding="utf-8",
    )
    with Served(file.parent) as one:
        context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="en-US")
        page, home = context.new_page(), f"http://{one.host}{one.path}"
        asked, complaints = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(home)
        page.wait_for_selector("html[data-answered='1']")
        assert page.inner_text("h1") == "<img src=x onerror=alert(1)>"
        share = page.locator("details[data-verb=redirect_flow] input[type=range]")
        share.focus()
        for _ in range(2):
            share.press("PageUp")
        page.wait_for_selector("#ranking tr[data-place='天津'] .good")
        assert page.locator("[data-measure=localization_share]").count() == 2
        page.click("[data-language=zh]")
        assert page.locator("#ranking tr[data-place='天津'] td").nth(1).inner_text() == "天津"
        assert page.inner_text("#levers-title").startswith("情景设定")
        page.fill("#save [name=name]", "from_browser")
        page.press("#save [name=name]", "Enter")
        page.wait_for_selector("#saved:not(.bad):not(:empty)")
        context.close()
    assert [url for url in asked if not url.startswith((home, "data:"))] == []
    assert complaints == []
    saved = read_study(file.parent).scenarios[-1]
    assert saved.name == "from_browser"
    assert saved.interventions[0].share == pytest.approx(0.3, abs=0.01)
