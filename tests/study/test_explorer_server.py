"""The explorer's server asked over raw sockets, and a study with faults opened, watched and mended."""

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from many_places import write_many
from samples import edit
from served import Served

from innoscape.data import StudyError
from innoscape.study import read_study
from innoscape.study.explorer import office
from innoscape.study.explorer import server as explorer
from innoscape.study.explorer.append_entry import append_entry
from innoscape.study.explorer.rank_places import rank_places, recipe_entry
from innoscape.study.explorer.request import IndexOrder, RecipeOrder
from innoscape.study.explorer.save import preview_change, save_change, with_recipe
from innoscape.study.explorer.session import open_chain

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    home = tmp_path_factory.mktemp("served")
    (home / "secret.csv").write_text("hidden words", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setattr(explorer, "_MOST_PATIENCE", 0.1)
        with Served(write_many(home / "many")) as one:
            yield one


def raw(served, head, body=b""):
    """Send what no client library would, and return the status and the rest of the answer."""
    name, port = served.host.split(":")
    with socket.create_connection((name, int(port)), timeout=30) as line:
        line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
        answer = line.makefile("rb").read().decode("utf-8", "replace")
    return int(answer.split(" ")[1]), answer


@pytest.mark.parametrize(
    "path", ["../secret.csv", "..%2fsecret.csv", "%2e%2e/%2e%2e/secret.csv", "/etc/passwd", "explorer.css/../office.py"]
)
def test_no_path_leads_out_of_the_pages(served, path):
    status, answer = raw(served, f"GET {served.path}{path} HTTP/1.1\nHost: {served.host}\nConnection: close\n")
    assert status in {403, 404}
    assert "hidden words" not in answer
    assert "root:" not in answer


@pytest.mark.parametrize(
    "hosts", [[], ["{here}", "evil.example"], ["evil.example", "{here}"], ["0.0.0.0:{port}"], ["[::1]:{port}"]]
)
def test_one_host_of_this_machine_is_named_or_nothing_answers(served, hosts):
    port = served.host.split(":")[1]
    named = "".join(f"Host: {host.format(here=served.host, port=port)}\n" for host in hosts)
    status, answer = raw(served, f"GET {served.path}study HTTP/1.1\n{named}Connection: close\n")
    assert status in {400, 421}
    assert "Many places" not in answer


@pytest.mark.parametrize("length", ["-1", "1e3", "70000", "99999999999999999999", ""])
def test_a_body_of_no_sound_length_is_refused(served, length):
    head = f"POST {served.path}index HTTP/1.1\nHost: {served.host}\nContent-Type: application/json\n"
    status, _ = raw(served, f"{head}Content-Length: {length}\nConnection: close\n", b"{}")
    assert status in {400, 413}


def test_only_this_machine_can_reach_the_port(served):
    port = int(served.host.split(":")[1])
    assert explorer.HOST == "127.0.0.1"
    # every 127.* address is this machine; one that was not bound refuses
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port), timeout=5)


@pytest.mark.parametrize("name", ["../mine", "/mine", "mine/../..", ".."])
def test_a_recipe_is_saved_into_no_other_place(served, name):
    body = json.dumps({"name": "mine", "folder": name, "write": True})
    response, text = served.ask("POST", served.path + "recipe", body)
    assert response.status == 422
    assert json.loads(text)["faults"][0]["en"].startswith("folder")


def test_a_recipe_that_was_tried_is_shown_saved_and_scores_the_same(tmp_path):
    folder = write_many(tmp_path / "many")
    order = {"recipe": "equal", "factors": {"labs": 3.0}, "steps": {"normalize": "rank"}}
    inputs = open_chain(read_study(folder)).inputs
    entry = recipe_entry(inputs, RecipeOrder(name="mine", **order))
    assert entry["weigh"] == {"method": "given", "weights": {"labs": 0.75, "firms": 0.25}}
    before = (folder / "study.toml").read_bytes()
    shown = preview_change(lambda text: with_recipe(text, entry), folder)
    assert [line for line in shown if line.startswith("-")] == []
    assert next(line for line in shown if line.startswith("+weigh = ")).count("0.75") == 1
    assert (folder / "study.toml").read_bytes() == before
    save_change(lambda text: with_recipe(text, entry), folder, new=None)
    assert [one.name for one in read_study(folder).index.recipes] == ["equal", "entropy", "mine"]
    tried = rank_places(open_chain(read_study(folder)), IndexOrder(**order))
    saved = rank_places(open_chain(read_study(folder)), IndexOrder(recipe="mine"))
    assert [(r["place"], r["score"]) for r in saved["rows"]] == [(r["place"], r["score"]) for r in tried["rows"]]


@pytest.mark.parametrize(
    ("text", "says"), [("[tiers]\nk = 3\n", r"\[index\]"), ("[[index.recipes]]\nname = 'x'\n", "recipe 'x'")]
)
def test_a_recipe_without_a_place_or_a_new_name_is_refused(text, says):
    with pytest.raises(ValueError, match=says):
        append_entry(text, ("index", "recipes"), {"name": "x"}, what="recipe")


def test_a_study_with_faults_opens_on_them_and_whole_when_mended(tmp_path):
    folder = write_many(tmp_path / "many", [("flows.csv", "B,C,3", "B,C,x"), ("study.toml", "k = 3", "k = 30")])
    with Served(folder) as one:
        study = json.loads(one.ask("GET", one.path + "study")[1])
        assert {(fault["where"], *fault["rows"]) for fault in study["found"]} >= {("study.toml",)}
        response, text = one.ask("POST", one.path + "index", "{}")
        assert response.status == 422
        assert "without faults" in (told := json.loads(text)["faults"][0])["en"]
        assert "没有错误" in told["zh"]
        edit(folder, "study.toml", "k = 30", "k = 3")
        answer = json.loads(one.ask("GET", one.path + "mended")[1])
        assert (answer["whole"], answer["found"][0]["where"], answer["found"][0]["rows"]) == (False, "flows.csv", [3])
        edit(folder, "flows.csv", "B,C,x", "B,C,3")
        assert json.loads(one.ask("GET", one.path + "mended")[1]) == {"found": [], "whole": True}
        assert json.loads(one.ask("GET", one.path + "study")[1])["scored"] == ["A", "B", "C", "D"]


def test_a_table_that_lies_elsewhere_is_watched_too(tmp_path):
    folder = write_many(tmp_path / "many", [("flows.csv", "B,C,3", "B,C,x")])
    (tmp_path / "far").mkdir()
    (folder / "flows.csv").rename(tmp_path / "far" / "flows.csv")
    edit(folder, "study.toml", 'flows = "flows.csv"', 'flows = "../far/flows.csv"')
    one = office.Office(folder, runs=50)
    (fault,) = one.mended()["found"]
    assert (fault["where"].split("/")[-1], fault["rows"]) == ("flows.csv", [3])
    edit(tmp_path / "far", "flows.csv", "B,C,x", "B,C,3")
    assert one.mended() == {"found": [], "whole": True}


def test_one_question_is_computed_at_a_time(tmp_path, monkeypatch):
    alone = {}
    for name in ("rank_places", "rank_intervals", "list_ties", "measure_network"):
        monkeypatch.setattr(office, name, lambda *_, name=name: alone.update({name: one.counting.locked()}) or {})
    packed = []
    monkeypatch.setattr(office, "pack_results", lambda _: packed.append(one.counting.locked()) or b"zip")
    one = office.Office(write_many(tmp_path / "many"), runs=50)
    forms = {"index": {}, "intervals": {}, "network": {"network": "trade"}, "measures": {"network": "trade"}}
    for name, form in forms.items():
        question = one.questions[name]
        one.answer(name, question.form.model_validate(form))
    assert alone == dict.fromkeys(("rank_places", "rank_intervals", "list_ties", "measure_network"), True)
    with ThreadPoolExecutor(1) as aside:
        # a browser of other tests may have a loop running here
        assert aside.submit(asyncio.run, one.pack("results.zip", None)).result().body == b"zip"
    assert packed == [True]
    assert not one.counting.locked()


def test_a_folder_without_a_study_file_is_refused_at_once(tmp_path):
    with pytest.raises(StudyError, match=r"study\.toml"):
        explorer.explorer_app(tmp_path, token="t", port=1)  # noqa: S106 - no password
