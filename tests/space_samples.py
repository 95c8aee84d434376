"""A small study of a grid of places with borders, indicators of three years and a network, for analyses of space."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SIDE = 5
PLACES = [f"p{i:02d}" for i in range(SIDE * SIDE)]
YEARS = (2020, 2021, 2022)
HEAD = (
    'name = "grid"\ntitle = "Grid"\n[tables]\nplaces = ["places.csv"]\nindicators = "cells.csv"\n'
    '[map]\nboundaries = "areas.gpkg"\n'
)
NETWORK = '[[networks]]\nname = "deals"\ndirected = true\nflows = "flows.csv"\n'


def grid():
    """Return column and row of every place."""
    return np.divmod(np.arange(SIDE * SIDE), SIDE)


def places():
    column, row = grid()
    table = pd.DataFrame({"place": PLACES, "lon": 105.0 + column, "lat": 28.0 + row, "kind": "city"})
    table["tier"] = ["national", *[""] * (len(PLACES) - 2), "regional"]
    table["name_en"] = [f"Place {i}" for i in range(len(PLACES))]
    table["name_zh"] = [f"地{i}" for i in range(len(PLACES))]
    return table


def areas():
    column, row = grid()
    boxes = [shapely.box(104.5 + x, 27.5 + y, 105.5 + x, 28.5 + y) for x, y in zip(column, row, strict=True)]
    return gpd.GeoDataFrame({"name": PLACES}, geometry=boxes, crs=4326)


def cells():
    """Return a smooth surface, a noisy one, and people, in three years."""
    column, row = grid()
    draws = np.random.default_rng(7)
    parts = []
    for step, year in enumerate(YEARS):
        smooth = 10.0 + 3.0 * column + 2.0 * row + step
        noisy = draws.uniform(1, 9, SIDE * SIDE)
        people = 5.0 + (7 * np.arange(SIDE * SIDE)) % 11
        for name, values in (("rd", smooth), ("noise", noisy), ("people", people)):
            parts.append(pd.DataFrame({"place": PLACES, "indicator": name, "value": values, "year": year}))
    return pd.concat(parts, ignore_index=True)


def flows():
    pairs = [(a, b) for i, a in enumerate(PLACES) for j, b in enumerate(PLACES) if a != b and (3 * i + 5 * j) % 7 < 2]
    values = [1.0 + (i * 13) % 17 for i in range(len(pairs))]
    return pd.DataFrame(pairs, columns=["source", "target"]).assign(value=values)


def write_grid(folder, sections, **tables):
    """Write the study with some sections; tables of a name replace its own."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {"places": places(), "cells": cells(), "flows": flows()} | tables
    for name, table in content.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    areas().to_file(folder / "areas.gpkg")
    (folder / "study.toml").write_text(HEAD + NETWORK + sections, encoding="utf-8")
    return folder
