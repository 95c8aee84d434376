"""The pages before the scenarios: files become a study, weights move ranks, thresholds move measures."""

import base64
import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from served import Served

from innoscape.data import Gazetteer, InnoscapeError, OptionError, OutputError
from innoscape.network import centrality
from innoscape.study import check, read_study, run
from innoscape.study.explorer import office
from innoscape.study.explorer.intake import Intake
from innoscape.study.explorer.measure_network import list_ties, measure_network
from innoscape.study.explorer.pack_study import pack_study
from innoscape.study.explorer.rank_places import describe_index, rank_intervals, rank_places
from innoscape.study.explorer.request import (
    CellOrder,
    DropOrder,
    FilesOrder,
    IndexOrder,
    MeasureOrder,
    NetworkOrder,
    PlaceOrder,
    StudyOrder,
)
from innoscape.study.explorer.session import open_chain
from innoscape.study.plan.write_template import write_template
from innoscape.study.stages.run import bundled_study

pytest.importorskip("uvicorn")
pytest.importorskip("starlette")

CITIES = "town,rd,patents\n北京,9,8\n上海,7,6\n武汉,3,few\n西安,2,3\nAtlantis,1,1\n"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def chain():
    return open_chain(bundled_study())


@pytest.fixture
def intake():
    return Intake(Gazetteer.shipped())


def given(**files):
    def coded(content):
        return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()

    return FilesOrder(files=[{"name": name, "content": coded(content)} for name, content in files.items()])


def ranks(answer):
    return {row["place"]: row["rank"] for row in answer["rows"]}


def test_sliders_at_rest_give_the_scores_of_a_run(chain):
    table = run(until="score").tables["scores"].set_index("place")
    answer = rank_places(chain, IndexOrder())
    for row in answer["rows"]:
        assert (row["score"], row["rank"], row["tier"]) == (
            table.loc[row["place"], "score"],
            table.loc[row["place"], "rank"],
            table.loc[row["place"], "tier"],
        )
    assert sum(answer["weights"].values()) == pytest.approx(1)


def test_a_factor_multiplies_a_weight_and_the_rest_shrinks_in_proportion(chain):
    weights = rank_places(chain, IndexOrder(factors={"rd_intensity": 3.0, "national_laboratories": 0.0}))["weights"]
    # ten equal weights: one of them thrice, one gone
    assert weights["rd_intensity"] == pytest.approx(3 / 11)
    assert weights["national_laboratories"] == 0
    assert weights["maker_spaces_share"] == pytest.approx(1 / 11)


def test_one_indicator_alone_ranks_as_its_values_do(chain):
    framework = chain.inputs.framework
    factors = {name: 0.0 for name in framework.indicators if name != "rd_intensity"}
    cells = chain.inputs.indicators
    values = cells[cells["indicator"] == "rd_intensity"].set_index("place")["value"]
    found = ranks(rank_places(chain, IndexOrder(factors=factors)))
    assert found == values.reindex(found).rank(ascending=False, method="min").astype(int).to_dict()


def test_equal_factors_on_everything_change_nothing(chain):
    all_twice = dict.fromkeys(chain.inputs.framework.indicators, 2.0)
    for recipe in ("equal", "entropy"):
        one = rank_places(chain, IndexOrder(recipe=recipe))
        other = rank_places(chain, IndexOrder(recipe=recipe, factors=all_twice))
        assert [r["score"] for r in one["rows"]] == pytest.approx([r["score"] for r in other["rows"]])


@pytest.mark.filterwarnings("ignore:.*mean is 0 where:innoscape.data.InnoscapeWarning")
@pytest.mark.filterwarnings("ignore:counts would part equal values:innoscape.data.InnoscapeWarning")
@pytest.mark.parametrize("step", ["normalize", "weigh", "aggregate"])
def test_every_step_that_the_page_offers_can_be_scored(chain, step):
    for method in describe_index(chain)["steps"][step]:
        try:
            answer = rank_places(chain, IndexOrder(steps={step: method["key"]}))
        except InnoscapeError as error:
            # what does not fit these data is refused by name
            assert method["key"] in str(error)  # noqa: PT017
        else:
            assert len(answer["rows"]) == 14


def test_tiers_follow_the_method_that_is_chosen(chain):
    answer = rank_places(chain, IndexOrder(tiers={"method": "k_means", "k": 2}))
    assert {row["tier"] for row in answer["rows"]} == {"international", "national"}
    with pytest.raises(OptionError, match=r"tiers\.k: needed at most 4"):
        rank_places(chain, IndexOrder(tiers={"method": "k_means", "k": 7}))


@pytest.mark.parametrize(
    ("order", "says"),
    [
        ({"factors": {"luck": 2.0}}, "luck"),
        ({"recipe": "best"}, "recipe"),
        ({"steps": {"weigh": "ahp"}}, r"steps\.weigh"),
    ],
)
def test_an_order_that_cannot_be_scored_is_refused_by_name(chain, order, says):
    with pytest.raises(OptionError, match=says):
        rank_places(chain, IndexOrder.model_validate(order))


def test_no_weight_at_all_is_refused(chain):
    with pytest.raises(OptionError, match="one weight above 0"):
        rank_places(chain, IndexOrder(factors=dict.fromkeys(chain.inputs.framework.indicators, 0.0)))


def test_intervals_hold_the_ranks_and_repeat(chain):
    order = IndexOrder(factors={"rd_intensity": 2.0})
    found, again = (rank_intervals(chain, order)["intervals"] for _ in range(2))
    for place, rank in ranks(rank_places(chain, order)).items():
        low, high, likely = found[place]
        assert low <= rank <= high
        assert 0 <= likely <= 1
    assert found == again
    assert any(low < high for low, high, _ in found.values())


def test_all_ties_give_the_measures_of_the_network(chain):
    graph = chain.networks.shown("contract_estimated").between_places(chain.inputs.aggregates).graph
    expected = centrality(graph, weight_meaning="strength").set_index("place")
    answer = measure_network(chain, MeasureOrder(network="contract_estimated"))
    found = pd.DataFrame(answer["rows"]).set_index("place").loc[expected.index]
    for name in ("strength", "betweenness", "pagerank"):
        np.testing.assert_allclose(found[name].astype(float), expected[name], rtol=1e-9)
    assert answer["summary"]["share"] == pytest.approx(1)


def test_the_strongest_ties_are_kept(chain):
    ties = list_ties(chain, NetworkOrder(network="contract_estimated"))
    values = [value for *_, value in ties["ties"]]
    assert values == sorted(values, reverse=True)
    summary = measure_network(chain, MeasureOrder(network="contract_estimated", keep=0.25))["summary"]
    kept = [value for value in values if value >= summary["least"]]
    assert summary["ties"] == len(kept) >= round(0.25 * ties["count"])
    assert summary["share"] == pytest.approx(sum(kept) / ties["total"])


def test_a_network_without_ties_is_no_fault(chain):
    answer = measure_network(chain, MeasureOrder(network="contract", keep=0.5))
    assert answer["summary"]["ties"] == 0
    with pytest.raises(OptionError, match="network"):
        measure_network(chain, MeasureOrder(network="roads"))


def test_files_are_recognized_and_a_fault_has_its_place(intake):
    answer = intake.add(given(**{"cities.csv": CITIES}))
    (table,) = answer["tables"]
    assert (table["kind"], table["columns"], table["rows"][0]) == (
        "indicators",
        {"town": "place"},
        CITIES[:15].split(","),
    )
    fault = next(f for f in answer["faults_found"] if f["column"] == "patents")
    assert (fault["where"], fault["rows"], fault["got"]["en"]) == ("cities.csv", [4], "few")
    assert fault["needed"]["en"] == "a number"
    assert fault["fix"]["zh"]


def test_a_cell_and_a_header_are_changed_and_the_study_is_saved(intake, tmp_path):
    intake.add(given(**{"cities.csv": CITIES}))
    cells = [{"row": 4, "column": 3, "value": "4"}, {"row": 1, "column": 1, "value": "place"}]
    answer = intake.change(CellOrder(file="cities.csv", cells=cells))
    assert not [f for f in answer["faults_found"] if f["column"] == "patents"]
    assert answer["tables"][0]["rows"][0][0] == "place"
    answer = intake.place(PlaceOrder(place="Atlantis", name="天津"))
    assert "天津" in {spot["place"] for spot in answer["places"]}
    file = intake.save(tmp_path / "mine", "en")
    assert set(read_study(file.parent).index.units) == {"北京", "上海", "武汉", "西安", "天津"}
    assert len(check(file.parent).places) == 5


def test_coordinates_that_a_reader_gives_place_what_no_gazetteer_knows(intake):
    intake.add(given(**{"deals.csv": "from,to,deals\n北京,上海,30\n上海,武汉,24\n武汉,Atlantis,3\n"}))
    answer = intake.place(PlaceOrder(place="Atlantis", lon=110.5, lat=30.25))
    spot = next(spot for spot in answer["places"] if spot["place"] == "Atlantis")
    assert (spot["lon"], spot["lat"]) == (110.5, 30.25)
    assert answer["draft"]["sections"]["networks"][0]["en"] == "network deals: 4 places, 3 flows"
    assert not [f for f in answer["faults_found"] if "Atlantis" in f["got"]["en"]]


def test_a_sheet_of_a_workbook_is_changed_beside_the_others(intake):
    book = io.BytesIO()
    with pd.ExcelWriter(book) as writer:
        pd.read_csv(io.StringIO(CITIES)).to_excel(writer, sheet_name="cities", index=False)
        pd.DataFrame({"from": ["北京"], "to": ["上海"], "deals": [3]}).to_excel(writer, sheet_name="deals", index=False)
    answer = intake.add(given(**{"book.xlsx": book.getvalue()}))
    assert [table["name"] for table in answer["tables"]] == ["book.xlsx#cities", "book.xlsx#deals"]
    answer = intake.change(CellOrder(file="book.xlsx", sheet="cities", cells=[{"row": 4, "column": 3, "value": "4"}]))
    assert answer["files"] == ["book_cities.csv", "book_deals.csv"]
    assert answer["tables"][0]["rows"][3] == ["武汉", "3", "4"]
    assert answer["tables"][1]["rows"][1] == ["北京", "上海", "3"]


def test_names_of_files_lead_nowhere_and_stay_text(intake):
    answer = intake.add(
        given(**{"../../etc/cities.csv": CITIES, "C:\\x\\.deals.csv": f"from,to,deals\n{HOSTILE},北京,1\n"})
    )
    assert answer["files"] == ["cities.csv", "deals.csv"]
    assert answer["tables"][1]["rows"][1][0] == HOSTILE
    for name in ("run.py", "a.csv/..", "..", "x.zip"):
        with pytest.raises(OptionError, match="needed a name"):
            intake.add(given(**{name: "x"}))
    with pytest.raises(OptionError, match="file: needed one of"):
        intake.drop(DropOrder(file="../cities.csv"))
    assert intake.drop(DropOrder(file="deals.csv"))["files"] == ["cities.csv"]


def test_files_that_make_no_study_are_refused_and_nothing_is_written(intake, tmp_path):
    answer = intake.add(given(**{"notes.csv": "a,b\nx,y\n"}))
    assert not answer["draft"]["whole"]
    with pytest.raises(InnoscapeError):
        intake.save(tmp_path / "mine", "en")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "a.txt").write_text("mine")
    with pytest.raises(OutputError, match="used"):
        intake.save(tmp_path / "used", "en")


def test_a_workbook_far_larger_unpacked_is_refused(intake, monkeypatch):
    monkeypatch.setattr("innoscape.study.explorer.intake._MOST_UNPACKED", 1000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("a.xml", "0" * 5000)
    with pytest.raises(OptionError, match="unpacked"):
        intake.add(given(**{"book.xlsx": packed.getvalue()}))
    assert intake.look()["files"] == []


@pytest.mark.parametrize("name", ["../mine", "a/b", "a\\b", ".hidden", "-x", "", "a b", "x" * 61, "mine\n"])
def test_a_new_folder_is_a_name_and_no_path(name):
    with pytest.raises(ValueError, match="folder"):
        StudyOrder(folder=name)


def test_a_packed_study_holds_its_files_and_no_others(tmp_path):
    (tmp_path / "secret").write_text("key")
    folder = write_template(tmp_path / "mine").parent
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / ".hidden").write_text("x")
    with zipfile.ZipFile(io.BytesIO(pack_study(folder))) as packed:
        names = packed.namelist()
        assert packed.read("study.toml") == (folder / "study.toml").read_bytes()
    assert not {"link", ".hidden"} & set(names)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("home"))
        patch.setattr(office, "Intake", lambda: Intake(Gazetteer.shipped()))
        with Served(None) as one:
            yield one


def post(served, name, **body):
    response, text = served.ask("POST", served.path + name, json.dumps(body))
    return response.status, json.loads(text)


def test_parts_that_the_page_holds_are_not_sent_again():
    # a page of its own: others open another study
    with Served(None) as served:
        answered_in_parts(served)


def answered_in_parts(served):
    _, first = post(served, "index", factors={"rd_intensity": 2.0})
    _, again = post(served, "index", factors={"rd_intensity": 2.0}, known=first["marks"])
    assert again == {"marks": first["marks"]}
    _, other = post(
        served, "index", factors={"rd_intensity": 2.0}, tiers={"method": "k_means", "k": 3}, known=first["marks"]
    )
    # weights and contributions are as before; tiers are not
    assert "rows" in other
    assert "weights" not in other


def test_a_larger_body_is_taken_for_files_alone(served):
    files = [{"name": "cities.csv", "content": base64.b64encode(CITIES.encode() + b"\n" * 90000).decode()}]
    assert post(served, "files", files=files)[0] == 200
    response, _ = served.ask("POST", served.path + "index", json.dumps({"recipe": "x" * 70000}))
    assert response.status == 413
    chunks = {"transfer_encoding": "chunked", "content_length": "12"}
    response, _ = served.ask("POST", served.path + "index", "2\r\n{}\r\n0\r\n\r\n", **chunks)
    assert response.status == 413


def test_a_study_of_files_becomes_the_one_that_is_open(served):
    content = base64.b64encode(CITIES.replace("few", "4").encode()).decode()
    post(served, "files", files=[{"name": "cities.csv", "content": content}])
    status, answer = post(served, "start", folder="../outside")
    assert (status, answer["faults"][0]["en"].split(":")[0]) == (422, "folder")
    status, answer = post(served, "start", folder="mine")
    assert (status, answer["name"]) == (200, "mine")
    study = json.loads(served.ask("GET", served.path + "study")[1])
    assert (study["scored"], study["spreads"], study["bundled"]) == (["上海", "北京", "武汉", "西安"], False, False)
    status, answer = post(served, "run", interventions=[])
    assert status == 422
    assert "diffusion" in answer["faults"][0]["en"]
    status, answer = post(served, "start", folder="mine")
    assert status == 422
    assert "in use" in answer["faults"][0]["en"]
