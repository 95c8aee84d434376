"""Tables may write times as dates and pairs as a matrix."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from innoscape import data

PLACES = pd.DataFrame({"place": ["北京", "天津"], "name_en": ["Beijing", "Tianjin"]})


def fault_of(frame, contract, **options):
    with pytest.raises(data.TableError) as caught:
        data.check_table(frame, contract, where="t.csv", **options)
    (found,) = caught.value.faults
    return found


@pytest.mark.parametrize(
    ("cells", "years"),
    [
        ([0.5, 12], [0.5, 12.0]),
        (["2009", "2009.25"], [2009.0, 2009.25]),
        (["2009-04", "2010-01"], [2009.25, 2010.0]),
        (["2009年4月", "2009/4/16"], [2009.25, 2009.25 + 0.5 / 12]),
        ([dt.date(2009, 4, 1), dt.date(2009, 4, 16)], [2009.25, 2009.25 + 0.5 / 12]),
        (pd.to_datetime(["2009-04-01", "2012-12-01"]), [2009.25, 2012.0 + 11 / 12]),
    ],
)
def test_times_of_adoption_are_numbers_or_dates_read_as_years(cells, years):
    table = pd.DataFrame({"place": ["北京", "天津"], "time": cells})
    checked = data.check_table(table, "adoptions", places=PLACES)
    assert checked["time"].tolist() == pytest.approx(years)
    assert checked["time"].dtype == float


def test_an_infinite_time_is_none():
    assert fault_of(pd.DataFrame({"place": ["北京"], "time": [np.inf]}), "adoptions").column == "time"


def test_pairs_of_a_channel_may_be_a_matrix():
    matrix = pd.DataFrame({"source": ["北京", "天津"], "北京": ["", "2"], "Tianjin": [3, None]})
    checked = data.check_table(matrix, "channel_pairs", places=PLACES)
    assert checked[["source", "target", "value"]].to_numpy().tolist() == [["北京", "天津", 3.0], ["天津", "北京", 2.0]]
    wrong = fault_of(matrix.assign(Tianjin=[-3, None]), "channel_pairs", places=PLACES)
    assert (wrong.row, wrong.column) == (2, "Tianjin")


def test_places_that_flow_to_themselves_are_one_warning():
    frame = pd.DataFrame({"source": ["北京", "天津", "北京"], "target": ["北京", "天津", "河北"], "value": [1, 2, 3]})
    with pytest.warns(data.InnoscapeWarning, match="2 rows .*北京, 天津 to itself") as told:
        data.check_table(frame, "flows")
    assert len(told) == 1
