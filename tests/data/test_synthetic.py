"""Synthetic records are marked and come alike in pieces."""

import pandas as pd
import pytest

from innoscape.data import (
    OptionError,
    copatent_flows,
    load,
    synthetic_contracts,
    synthetic_patents,
    synthetic_provinces,
)


def test_synthetic_records_are_marked_and_come_alike_in_pieces():
    for draw, number in ((synthetic_contracts, "contract"), (synthetic_patents, "application")):
        whole = draw(70_000, seed=2, untidy=0.05)
        pieces = [draw(40_000, seed=2, untidy=0.05), draw(30_000, skip=40_000, seed=2, untidy=0.05)]
        by = [name for name in ("patent", "order") if name in whole]
        tables = [
            table.sort_values([number, *by], ignore_index=True)
            for table in (whole, pd.concat(pieces, ignore_index=True))
        ]
        pd.testing.assert_frame_equal(*tables)
        assert whole.attrs["synthetic"]
        assert whole[number].str.startswith("SYN").all()
        assert not whole.equals(draw(70_000, seed=3, untidy=0.05))
    assert copatent_flows(synthetic_patents(100)).attrs["synthetic"]
    with pytest.raises(OptionError, match="records: needed a whole number"):
        synthetic_contracts(-1)


def test_synthetic_provinces_are_marked_and_their_totals_leave_a_rest():
    tables = synthetic_provinces(seed=4, start=2000, years=2)
    for table in tables.values():
        assert table.attrs["synthetic"]
        assert set(table["status"]) == {"assumed"}
        assert set(table["source"]) == {"synthetic"}
        assert set(table["year"]) == {2000, 2001}
    known = load("places").set_index("place")
    provinces = set(tables["indicators"]["place"])
    assert len(provinces) == 31
    assert set(known.loc[sorted(provinces), "kind"]) == {"province", "municipality", "autonomous region"}
    for name in ("sold", "bought"):
        known = tables[name]["place"].isin(provinces)
        parts, whole = (tables[name][of].groupby("year")["value"].sum() for of in (known, ~known))
        assert (whole > parts).all()
    again = synthetic_provinces(seed=4, start=2000, years=2)
    assert all(tables[name].equals(again[name]) for name in tables)
    with pytest.raises(OptionError, match="years: needed a whole number"):
        synthetic_provinces(years=0)
