"""Synthetic records are marked and come alike in pieces."""

import pandas as pd
import pytest

from innoscape.data import OptionError, copatent_flows, synthetic_contracts, synthetic_patents


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
