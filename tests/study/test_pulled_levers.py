"""A policy lever pulled on tables changes them as it does in a model and in a study."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError, UnknownPlaceError, load
from innoscape.network import Channel, hazard_rates, lever, levers
from innoscape.study import pull_lever

CELLS = load("regional_resources")
MOVED = {
    "I1": {"national_laboratories": (9.0, 10.0), "rd_intensity": (3.99, 4.389)},
    "I6": {"double_first_class_universities": (32.0, 38.4)},
    "I7": {
        "research_institutions_share": (24.43, 31.759),
        "maker_spaces_share": (12.81, 16.653),
        "incubated_firms_share": (11.44, 14.872),
    },
    "I9": {"firms_with_rd_share": (4.73, 5.203)},
    "I14": {"rd_intensity": (3.99, 4.788)},
}
PLACES = list("ABCDE")


@pytest.fixture
def tables():
    tier = pd.Categorical(
        ["international", "international", "national", "regional", "regional"],
        categories=["international", "national", "regional"],
        ordered=True,
    )
    pairs = [(a, b, 1.0 + i + 2 * j) for i, a in enumerate(PLACES) for j, b in enumerate(PLACES) if a != b]
    costs = pd.DataFrame(np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0))), PLACES, PLACES)
    return {
        "centers": pd.DataFrame({"place": PLACES, "tier": tier}),
        "costs": costs,
        "flows": pd.DataFrame(pairs, columns=["source", "target", "value"]),
        "channels": [Channel("tie", rate=0.2, decay="none")],
    }


@pytest.mark.parametrize("name", MOVED)
def test_I1_I6_I7_I9_I14_move_the_indicators_that_they_name_and_no_other(name):
    given = {"indicators": CELLS, "centers": centers(["北京", "天津"])}
    after = pull_lever(name, given, places=["京津冀"], scope=["北京"] if name in {"I6", "I7"} else [])
    moved = after["indicators"]["value"] != CELLS["value"]
    both = CELLS[moved].assign(after=after["indicators"]["value"][moved])
    assert set(both["place"]) == {"京津冀"}
    found = {row.indicator: (row.value, row.after) for row in both.itertuples()}
    assert found.keys() == MOVED[name].keys()
    assert all(found[one] == pytest.approx(MOVED[name][one]) for one in found)
    assert set(after["indicators"]["status"][moved]) == {"assumed"}
    if name == "I6":
        assert after["people"]["北京"].tolist() == [1.2, 1.2]
        assert after["people"]["天津"].tolist() == [1.0, 1.0]
    if name == "I7":
        assert after["receptivity"].to_dict() == pytest.approx({"北京": 1.2, "天津": 1.0})


def centers(places):
    tier = pd.Categorical(["international"] * len(places), categories=["international"], ordered=True)
    return pd.DataFrame({"place": places, "tier": tier})


@pytest.mark.parametrize("name", [one for one in levers()["lever"] if one not in MOVED])
def test_other_levers_change_tables_as_they_change_a_model(tables, name):
    given: dict[str, Any] = {"places": ["A", "B"]} | (
        {"scope": ["D", "E"]} if name in {"I4", "I10", "I13", "I16"} else {}
    )
    given |= {"value": 0.9} if name == "I16" else {}
    after = pull_lever(name, tables, **given)
    model = lever(name, **given).apply(hazard_rates(tables["centers"], tables["channels"], **rest(tables)))
    for one in ("costs", "flows"):
        pd.testing.assert_frame_equal(after[one], getattr(model, one))
    pd.testing.assert_frame_equal(after["centers"], model.centers)
    for one in ("receptivity", "external"):
        if one in after:
            pd.testing.assert_series_equal(after[one], getattr(model, one))
        else:
            assert (getattr(model, one) == getattr(model, one).iloc[0]).all()
    assert [c.rate for c in after["channels"]] == [c.rate for c in model.channels]
    changed = {one for one in after if one not in tables or after[one] is not tables[one]}
    assert changed - {"centers"} or name == "I11"


def rest(tables):
    return {one: tables[one] for one in ("costs", "flows")}


def test_I16_rises_by_steps_up_to_the_year_asked_for():
    def share(until):
        given = {"flows": load("contracts")}
        sent = pull_lever("I16", given, places=["北京"], scope=["津冀"], until=until)["flows"]
        return sent.loc[sent["target"] == "津冀", "value"].sum() / sent["value"].sum()

    before = load("contracts")["value"]
    assert before.iloc[0] / before.sum() == pytest.approx(0.0986, abs=5e-5)
    assert [share(until) for until in (0.0, 4.9, 5.0, 10.0, None)] == pytest.approx([0.2, 0.2, 0.3, 0.5, 0.5])


def test_I14_narrows_the_gradient_of_input_and_raises_what_the_core_sends():
    sent = load("contracts")
    region = {"places": ["京津冀"], "scope": ["北京"], "members": {"京津冀": ["津冀"]}}
    after = pull_lever("I14", {"indicators": CELLS, "flows": sent}, **region)
    intensity = after["indicators"].query("indicator == 'rd_intensity'").set_index("place")["value"]
    assert [6.53 / 3.99, intensity["北京"] / intensity["京津冀"]] == pytest.approx([1.6366, 1.3638], abs=1e-4)
    assert (after["flows"]["value"] / sent["value"]).tolist() == pytest.approx([1.2, 1.0])


def test_tables_that_are_given_stay_as_they_were(tables):
    before = tables["flows"].copy(), CELLS.copy()
    pull_lever("I16", tables, places=["A"], scope=["D"], value=0.9)
    pull_lever("I14", {**tables, "indicators": CELLS}, places=["京津冀"])
    pd.testing.assert_frame_equal(tables["flows"], before[0])
    pd.testing.assert_frame_equal(CELLS, before[1])


@pytest.mark.parametrize(
    ("name", "given", "options", "error", "says"),
    [
        ("I1", {}, {"places": ["京津冀"]}, OptionError, "lever I1 needs indicators .*got none; give indicators"),
        ("I8", {"flows": load("contracts")}, {"places": ["北京", "津冀"]}, OptionError, "needs costs .scale_cost."),
        ("I13", {"flows": load("contracts")}, {"places": ["北京"], "scope": ["津冀"]}, OptionError, "needs channels"),
        ("I11", {"flows": load("contracts")}, {"places": ["北京"]}, OptionError, "needs centers .set_tier."),
        ("I17", {"flows": load("contracts")}, {}, OptionError, "no lever 'I17'"),
        ("I16", {"flow": load("contracts")}, {"places": ["北京"]}, OptionError, "tables: unknown option 'flow'"),
        ("I1", {"indicators": CELLS}, {"places": ["京津冀"], "indicators": ["lab"]}, OptionError, "lever I1.*'lab'"),
        ("I1", {"indicators": CELLS}, {"places": ["京"]}, OptionError, "none for 京"),
        ("I1", {"indicators": CELLS.drop(columns="value")}, {"places": ["京津冀"]}, TableError, "value"),
        ("I2", {"flows": load("contracts")}, {"places": ["北京", "X"]}, UnknownPlaceError, "'X'"),
        ("I9", {"indicators": CELLS}, {"places": ["京津冀"], "until": -1.0}, OptionError, "until"),
        ("I9", {"indicators": CELLS}, {"places": ["京津冀"], "scope": ["北京"]}, OptionError, "no use for it"),
    ],
)
def test_what_a_lever_cannot_act_on_is_told(name, given, options, error, says):
    with pytest.raises(error, match=says):
        pull_lever(name, given, **options)
