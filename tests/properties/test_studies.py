"""Whatever a check passes, a run completes: over studies put together at random."""

import json
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeError
from innoscape.study import check, run

TIERS = ["international", "national", "regional", "local"]
SOURCES = ["given", "scores", "flows", ["given", "scores"], ["flows", "given"], ["given", "flows", "scores"]]
# a lever or interventions; first and last stand for cities
SCENARIOS = [
    {"lever": "I3", "places": "last"},
    {"lever": "I11", "places": "last", "tier": "national"},
    {"lever": "I10", "places": "first", "scope": "last"},
    {"lever": "I9", "places": "last", "indicators": ["a"]},
    {"interventions": [{"verb": "set_tier", "place": "c0", "tier": "local"}]},
    {"interventions": [{"verb": "scale_flow", "factor": 0.5, "start": 1.0}]},
    {"interventions": [{"verb": "scale_flow", "factor": 0.0}]},
    {"interventions": [{"verb": "scale_indicator", "places": ["c0"], "indicators": ["b"], "factor": 3.0}]},
    {"interventions": [{"verb": "remove_center", "place": "c1", "start": 2.0}]},
]


def toml(value):
    """Write a value as TOML, which writes lists, numbers and strings as JSON does."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def section(head, /, **keys):
    return f"\n{head}\n" + "".join(f"{key} = {toml(value)}\n" for key, value in keys.items())


def drawn_places(draw, cities, scopes):
    """Draw a table of places: tiers may be blank, scopes may hold cities, a city may stand nowhere or on another."""
    n = len(cities)
    blank = draw(st.sampled_from(["none", "some", "all"]))
    tiers = ["" if blank == "all" or (blank == "some" and i % 2) else TIERS[min(i, 3)] for i in range(n)]
    inside = [scopes[i % 2] for i in range(n)] if draw(st.booleans()) else [""] * n
    nowhere = n > 1 and draw(st.integers(0, 9)) == 0
    at = [0, *range(n - 1)] if draw(st.integers(0, 4)) == 0 else [*range(n)]
    where = draw(st.sampled_from([*["usual"] * 4, "north pole", "south pole", "180th meridian", "line"]))
    spots = {
        "usual": lambda i: (105.0 + 1.5 * i, 30.0 + (i % 3)),
        "north pole": lambda i: (35.0 * i - 180.0, 89.9 if i else 90.0),
        "south pole": lambda i: (35.0 * i - 180.0, -89.99),
        "180th meridian": lambda i: (179.99 - 0.3 * i if i % 2 else 0.3 * i - 180.0, 0.2 * i - 10.0),
        "line": lambda i: (100.0 + i, 30.0),
    }
    stands = [("", "") if nowhere and i == n - 1 else spots[where](at[i]) for i in range(n)]
    rows = [(city, *stands[i], tiers[i], inside[i], "city") for i, city in enumerate(cities)]
    rows += [(scope, 106.0 + 5 * i, 33.0, "", "", "region") for i, scope in enumerate(scopes)]
    rows.append(("rest", "", "", "", "", "aggregate"))
    return pd.DataFrame(rows, columns=["place", "lon", "lat", "tier", "part_of", "kind"])


def drawn_index(draw, units, files):
    """Draw an index over some places, now and then of values that do not differ, of one year or of several."""
    same, lost = draw(st.integers(0, 9)) == 0, draw(st.integers(0, 4)) == 0
    years = draw(st.sampled_from([[None], [None], [2019, 2020], [2018, 2019, 2021]]))
    values = [
        (u, k, 5.0 if same else 3.0 * ((i + y) % len(units)) + j, year)
        for i, u in enumerate(units)
        for j, k in enumerate(("a", "b"))
        for y, year in enumerate(years)
    ]
    table = pd.DataFrame(values, columns=["place", "indicator", "value", "year"]).dropna(axis="columns", how="all")
    files["indicators.csv"] = table.iloc[:-2] if lost and len(units) > 2 else table
    files["framework.csv"] = pd.DataFrame({"indicator": ["a", "b"]})
    panels = [{"panel": "yearly"}, {"panel": "pooled"}, {"panel": "yearly", "year": 2019}, {"year": 2019}, {}]
    keys = draw(st.sampled_from(panels if len(years) > 1 else [{}]))
    text = section("[index]", units=units, **keys) + section("[[index.recipes]]", name="main")
    return text + (section("[index.robustness]", runs=8) if draw(st.booleans()) else "")


def drawn_gravity(draw, *, directed, scored):
    """Draw a gravity model, of effects or masses, now and then one that does not suit the flows."""
    mass = draw(st.sampled_from(["strength", *([["b"], ["b"], ["a", "b"]] if scored else [])]))
    sides = {"none": ("origin", "destination"), "production": ("destination",), "attraction": ("origin",), "double": ()}
    suited = ["double", "double", "none", *(["production", "attraction"] if directed else [])]
    constraint = draw(st.sampled_from(suited))
    keys = {
        "constraint": constraint,
        "decay": draw(st.sampled_from(["power", "exponential", "tanner"])),
        "absent": draw(st.sampled_from(["zero", "missing"])),
        **{f"{side}_mass": mass for side in sides[constraint]},
        **draw(st.sampled_from([{}, {}, *([{"same": ["scope"]}] if scored else [])])),
        **draw(st.sampled_from([{}, *([{"covariance": "two_way"}] if directed else [])])),
    }
    return section("[networks.gravity]", **keys)


def drawn_networks(draw, ends, files, *, scored):
    """Draw a network between some places, of one year or several, and perhaps an estimated one beside it."""
    directed, least = draw(st.booleans()), draw(st.sampled_from([0, 1]))
    pairs = [(a, b, (3 * i + j) % 7 + least) for i, a in enumerate(ends) for j, b in enumerate(ends)]
    pairs = [(a, b, v) for a, b, v in pairs if a != b] or [(ends[0], ends[0], 1.0)]
    files["flows.csv"] = table = pd.DataFrame(pairs, columns=["source", "target", "value"])
    years = {}
    if draw(st.booleans()):
        # the first tie is absent in the second year
        files["flows.csv"] = pd.concat([table.assign(year=2018), table.iloc[1:].assign(year=2020)])
        chosen = [{}, {"years": "latest"}, {"years": [2018]}, {"years": "sum"}, {"years": {"sum": [2018, 2020]}}]
        years = draw(st.sampled_from([*chosen, *chosen, {"years": [2019]}]))
    text = section("[[networks]]", name="one", directed=directed, flows="flows.csv", **years)
    if len(ends) > 3 and draw(st.integers(0, 2)) == 0:
        text += drawn_gravity(draw, directed=directed, scored=scored)
    if scored and draw(st.booleans()):
        known = {"network": "one", "source": ends[0], "target": ends[-1], "spread_over": "others"}
        weights = dict(zip(TIERS, (4.0, 3.0, 2.0, 1.0), strict=True))
        text += section("[[networks]]", name="guess", directed=True)
        text += section("[networks.estimate]", known=[known], tier_weights=weights)
    return text


def drawn_margins(draw, cities, files):
    """Draw a network estimated from totals, of years or without, that may not add up, lack a place or a total."""
    years = draw(st.sampled_from([[None], [2020], [2020, 2021]]))
    lost = draw(st.integers(0, 9)) == 0
    for name, shift in (("sold", 1), ("bought", 2)):
        cells = [(city, year, (shift * i) % 5) for year in years for i, city in enumerate(cities)]
        rows = [(city, year, float(least + draw(st.integers(0, 3)))) for city, year, least in cells]
        table = pd.DataFrame(rows, columns=["place", "year", "value"])
        table = table.dropna(axis="columns", how="all")
        files[f"{name}.csv"] = table.iloc[1:] if lost and name == "sold" and len(table) > 1 else table
    keys = {
        "outgoing": "sold.csv",
        "incoming": "bought.csv",
        **draw(st.sampled_from([{"rest_of_world": True}, {"rest_of_world": 900.0}, {"balance": "scale_in"}, {}])),
        **draw(st.sampled_from([{}, {"within": True}, {"within": 0.3}])),
        **draw(st.sampled_from([{}, {"exponent": 2.0}, {"decay": "exponential", "rate": 0.001}])),
    }
    if draw(st.booleans()):
        keys |= {"exponent": "fitted", "fallback": 1.0, "fit_to": {"network": "one"}, "decay": "power"}
        keys.pop("rate", None)
    text = section("[[networks]]", name="margins", directed=draw(st.booleans()))
    return text + section("[networks.estimate]", **keys)


def drawn_fit(draw, cities, files, *, tied):
    """Draw what a diffusion is fitted to: flows, or dates that may be one, lie elsewhere or say nothing."""
    keys = {"otherwise": draw(st.sampled_from(["fault", "assumed", "assumed"]))}
    if tied and draw(st.booleans()):
        return section("[diffusion.fit]", flows="one", **keys)
    seen = cities[: draw(st.sampled_from([1, 3, 6]))] + draw(st.sampled_from([[], ["rest"]]))
    gap = draw(st.sampled_from([0.0, 0.5]))
    files["adoptions.csv"] = pd.DataFrame({"place": seen, "time": [2000.0 + gap * i for i in range(len(seen))]})
    free = draw(st.sampled_from([["rate"], ["rate", "external"], ["external"], ["rate", "half_distance"]]))
    if draw(st.booleans()):
        keys["cross_validate"] = True
    return section("[diffusion.fit]", adoptions="adoptions.csv", until="2004-06", free=free, **keys)


def drawn_diffusion(draw, cities, files, *, tied):
    """Draw a diffusion from the first city, perhaps fitted, and perhaps a scenario that promotes the last."""
    text = section("[diffusion]", seeds=cities[:1], horizon=5.0, runs=4, **({"tie_network": "one"} if tied else {}))
    for channel in draw(st.sampled_from([["hierarchical"], ["peer", "neighbor"], ["hierarchical", "tie"]])):
        reach = {"radius": 300.0} if channel == "neighbor" else {}
        decay = {"decay": "none"} if channel == "tie" else {"half_distance": 200.0}
        text += section("[[diffusion.channels]]", name=channel, rate=0.3, **decay, **reach)
    if draw(st.booleans()):
        text += drawn_fit(draw, cities, files, tied=tied)
    for i, changed in enumerate(draw(st.lists(st.sampled_from(SCENARIOS), max_size=2))):
        keys = {
            key: cities[-1:] if one == "last" else cities[:1] if one == "first" else one for key, one in changed.items()
        }
        text += section("[[scenarios]]", name=f"change{i}", **keys)
    return text


def drawn_centers(draw, cities, there):
    """Draw where tiers come from, mostly from what is there, and which places may be centers."""
    possible = [one for one in SOURCES if there.issuperset(one if isinstance(one, list) else [one])]
    keys = {"tiers": draw(st.sampled_from(possible if draw(st.integers(0, 9)) else SOURCES))}
    if kinds := draw(st.sampled_from([None, ["city"], ["port"]])):
        keys["kinds"] = kinds
    if draw(st.booleans()):
        keys["assumed_tiers"] = {cities[-1]: "local"}
    return section("[centers]", **keys)


def drawn_space(draw, *, scored, tied, several):
    """Draw analyses of space: of indicators, quotients, scores or networks, under weights that may not suit."""
    variables = []
    if scored:
        variables += ["score", "a", {"value": "b", "log": True}, {"value": "a", "per": "b"}]
    if tied:
        variables += ["one.strength", "one.betweenness"]
    methods = [
        {"method": "nearest", "neighbors": draw(st.sampled_from([1, 2]))},
        {"method": "band"},
        {"method": "inverse", "islands": "leave_out"},
        {"method": "queen"},
        *([{"method": "network", "network": "one"}] if tied else []),
        *([{"method": "likeness", "of": "a"}] if scored else []),
    ]
    chosen = draw(st.lists(st.sampled_from(range(len(variables))), min_size=1, max_size=2, unique=True))
    taken = [variables[i] for i in chosen]
    text = section("[[weights]]", name="w", **draw(st.sampled_from(methods)))
    if draw(st.booleans()):
        statistics = draw(st.sampled_from([["moran"], ["geary", "getis_ord"]]))
        keys = draw(
            st.sampled_from([{}, {"ellipse": "r"}, {"density": "scott"}, {"years": "latest"}, {"density": 100.0}])
        )
        text += section("[pattern]", variables=taken, statistics=statistics, permutations=99, **keys)
    if draw(st.booleans()):
        keys = draw(st.sampled_from([{}, {"groups": "tier"}, {"groups": "part_of", "decomposition": "gini"}]))
        keys |= draw(st.sampled_from([{}, {"weight_by": "b"}, {"controls": ["b"]}])) if scored and several else {}
        text += section("[concentration]", variables=taken, **keys)
    if draw(st.booleans()):
        keys = draw(st.sampled_from([{}, {"problem": "p_center"}, {"problem": "max_cover", "radius": 100.0}]))
        keys |= draw(st.sampled_from([{}, {"most": 1}, {"existing": []}, {"capacities": taken[-1]}]))
        text += section("[siting]", demand=taken[0], **keys)
    return text


@st.composite
def studies(draw, *, space=False):
    """Draw the files of a study: any of its parts may be missing, blank, or about other places."""
    cities, scopes = [f"c{i}" for i in range(draw(st.sampled_from([1, 2, 4, 6, 10])))], ["S0", "S1"]
    units = draw(st.sampled_from([None, cities, scopes]))
    ends = draw(st.sampled_from([None, [*cities, "rest"], scopes, cities[:1]]))
    files = {
        "places.csv": drawn_places(draw, cities, scopes),
        "published.csv": pd.DataFrame({"place": [cities[0], "S0"], "tier": ["national", "regional"]}),
    }
    scored = {} if units is None else {"indicators": "indicators.csv", "framework": "framework.csv"}
    text = section("[tables]", places=["places.csv"], **scored)
    text += drawn_index(draw, units, files) if scored else ""
    text += section("[tiers]", method=draw(st.sampled_from(["natural_breaks", "quantiles", "head_tail"])))
    text += section("[tiers.published]", table="published.csv") if draw(st.booleans()) else ""
    if ends is not None:
        by = draw(st.sampled_from(["strength", "dominant_flows", "core"]))
        text += section("[tiers.flows]", network="one", by=by)
    there = {"given", *(["scores"] if scored else []), *(["flows"] if ends is not None else [])}
    text += drawn_centers(draw, cities, there)
    text += drawn_networks(draw, ends, files, scored=bool(scored)) if ends is not None else ""
    text += drawn_margins(draw, cities, files) if ends is not None and draw(st.booleans()) else ""
    text += drawn_diffusion(draw, cities, files, tied=ends is not None) if not space and draw(st.booleans()) else ""
    if space and (scored or ends is not None):
        text += drawn_space(draw, scored=bool(scored), tied=ends is not None, several=len(cities) > 1)
    return 'name = "drawn"\ntitle = "Drawn"\n' + text, files


def written(drawn, folder):
    text, files = drawn
    for name, table in files.items():
        table.to_csv(folder / name, index=False)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def check_then_run(drawn):
    with tempfile.TemporaryDirectory() as temporary:
        folder = written(drawn, Path(temporary))
        refusal = None
        try:
            check(folder)
        except InnoscapeError as error:
            refusal = error
        if refusal is None:
            results = run(folder, folder / "out")
            assert (results.folder / "report.html").exists()
            assert (results.folder / "map.html").exists()
        else:
            assert "nan" not in str(refusal).lower().split()
            with pytest.raises(type(refusal)):
                run(folder)


@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
@given(studies())
@settings(max_examples=14, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_study_that_a_check_passes_runs_and_one_that_it_refuses_is_refused_by_name(drawn):
    check_then_run(drawn)


@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
@given(studies(space=True))
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_so_do_studies_with_analyses_of_space(drawn):
    check_then_run(drawn)
