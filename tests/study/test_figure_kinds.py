"""Shaded maps, scenarios, flows and panels: what is drawn is what the tables say, and lies where it should."""

import io
import math
from dataclasses import replace

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.colors import to_hex
from PIL import Image

from innoscape.data import OptionError
from innoscape.geo import lorenz
from innoscape.study import FIGURES, draw_figure, run, write_figures
from innoscape.study.figures.classed_map import change_classes, number_classes
from innoscape.study.figures.draw_network import stress_layout, tier_layout
from innoscape.study.figures.figure_kinds import FIGURE_KINDS, FigureChoices, drawable, read_choices
from innoscape.study.figures.style import Voice, figure_bytes

HOSTILE = "<b>$x^2$ & 50%_{a}|*b*\\ \x07\n~#"


@pytest.fixture(scope="module")
def results(bundled_run):
    return bundled_run


def texts(figure):
    figure.draw_without_rendering()
    return [t.get_text() for t in figure.findobj(mpl.text.Text) if t.get_visible() and t.get_text().strip()]


def legend_counts(figure):
    """Read how many places each class of a legend has."""
    found = [one.rsplit("(", 1) for one in texts(figure) if one.endswith(")") and one.rsplit("(", 1)[-1][:-1].isdigit()]
    return {label.strip(): int(count[:-1]) for label, count in found}


def test_a_choropleth_counts_every_scored_place_once(results):
    scores = results.shown["scores"]
    for measure in ("score", "rd_intensity", "level_output", "tier"):
        counts = legend_counts(draw_figure(results, "choropleth", measure=measure))
        assert sum(counts.values()) == len(scores)
    tiers = legend_counts(draw_figure(results, "choropleth", measure="tier"))
    assert tiers == {
        label.capitalize(): n
        for label, n in scores["tier"].astype(str).value_counts().items()
        if label in scores["tier"].array
    }


def test_a_darker_area_has_a_larger_value(results):
    values = results.shown["scores"].set_index("place")["score"]
    classes, of = number_classes(values, Voice("en", {}), classing="natural_breaks", classes=5)
    lightness = [sum(mpl.colors.to_rgb(one.color)) for one in classes]
    assert lightness == sorted(lightness, reverse=True)
    order = values.sort_values().index
    assert [of[place] for place in order] == sorted(of.values())


@pytest.mark.parametrize("classing", ["natural_breaks", "quantiles", "equal"])
def test_classes_of_equal_values_are_one(classing):
    values = pd.Series({"a": 2.0, "b": 2.0})
    classes, of = number_classes(values, Voice("en", {}), classing=classing, classes=5)
    assert [one.label for one in classes] == ["2"]
    assert of == {"a": 0, "b": 0}


def test_changes_are_parted_by_zero_and_never_share_a_color():
    values = pd.Series({"a": -3.0, "b": -0.1, "c": 0.2, "d": 5.0})
    classes, of = change_classes(values, Voice("en", {}), classing="quantiles", classes=4)
    assert max(of["a"], of["b"]) < min(of["c"], of["d"])
    assert len({one.color for one in classes}) == len(classes)
    nothing = change_classes(pd.Series({"a": 0.0}), Voice("en", {}), classing="quantiles", classes=4)
    assert nothing[1] == {"a": 0}


def test_areas_given_are_those_that_are_shaded(results):
    scores = results.shown["scores"].sort_values("place", ignore_index=True)
    boxes = [shapely.box(100 + 2 * i, 30, 101.5 + 2 * i, 32) for i in range(len(scores))]
    own = gpd.GeoDataFrame({"name": scores["place"]}, geometry=boxes, crs=4326)
    figure = draw_figure(results, "choropleth", boundaries=own)
    sized = [c for c in figure.axes[0].collections if c.get_zorder() == 2]
    assert len(sized) == len(scores)
    assert "approximate" not in " ".join(texts(figure))


def test_a_name_of_an_area_stands_inside_it(results):
    scores = results.shown["scores"].sort_values("place", ignore_index=True)
    boxes = [
        shapely.box(100 + 3 * (i % 5), 25 + 3 * (i // 5), 103 + 3 * (i % 5), 28 + 3 * (i // 5))
        for i in range(len(scores))
    ]
    own = gpd.GeoDataFrame({"name": scores["place"], "name_zh": scores["place"]}, geometry=boxes, crs=4326)
    figure = draw_figure(results, "choropleth", boundaries=own)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    shaded = [c.get_paths()[0].get_extents(axes.transData) for c in axes.collections if c.get_zorder() == 2]
    names = {t.get_text(): t.get_window_extent() for t in axes.texts if t.get_text() in {*scores["name_en"]}}
    for name in ("Shandong", "Hubei", "Henan"):
        middle = ((names[name].x0 + names[name].x1) / 2, (names[name].y0 + names[name].y1) / 2)
        assert any(box.contains(*middle) for box in shaded)


def test_arrivals_on_the_map_are_those_of_the_table(results):
    table = results.shown["arrivals"]
    table = table[table["scenario"] == "baseline"]
    counts = legend_counts(draw_figure(results, "arrival_map"))
    assert sum(counts.values()) == len(table)
    assert counts["Where knowledge starts"] == int(table["seed"].sum())


@pytest.mark.parametrize("scenario", ["localization_30", "hefei_national", "xiongan_national"])
def test_signs_of_differences_point_the_way_of_the_difference(results, scenario):
    table = results.shown["scenarios"]
    table = table[(table["scenario"] == scenario) & (table["measure"] == "arrival_time")]
    placed = {*results.layers["centers"]["place"]}
    known = table[table["place"].isin(placed) & ~table["negligible"].astype(bool)]
    figure = draw_figure(results, "difference_map", scenario=scenario)
    marks = [line.get_marker() for line in figure.axes[0].lines if line.get_marker() in ("<", ">")]
    assert marks.count("<") == int((known["difference"] < 0).sum())
    assert marks.count(">") == int((known["difference"] > 0).sum())


def test_small_maps_share_their_classes(results):
    figure = draw_figure(results, "scenario_maps")
    titles = {*results.shown["scenario_titles"]["title"]} - {"Baseline"}
    words = {"".join(one.split()) for one in texts(figure)}
    assert {"".join(title.split()) for title in titles} <= words
    colors: dict[str, set[str]] = {}
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_marker() in ("<", ">"):
                colors.setdefault(f"{line.get_marker()}{line.get_markersize():.2f}", set()).add(
                    to_hex(line.get_markerfacecolor())
                )
    assert colors
    assert all(len(one) == 1 for one in colors.values())


def test_cells_of_the_matrix_are_the_flows(results):
    figure = draw_figure(results, "flow_matrix", kind="contract_estimated", most=10)
    counts = legend_counts(figure)
    flows = results.shown["flows"]
    flows = flows[(flows["kind"] == "contract_estimated") & (flows["source"] != flows["target"]) & (flows["value"] > 0)]
    totals = flows.groupby("source")["value"].sum().add(flows.groupby("target")["value"].sum(), fill_value=0)
    strongest = totals.sort_values(ascending=False).index[:10]
    kept = flows[flows["source"].isin(strongest) & flows["target"].isin(strongest)]
    assert sum(counts.values()) == len(kept)
    share = f"{100 * kept['value'].sum() / flows['value'].sum():.0f}%"
    assert share in " ".join(texts(figure)).replace("\n", " ")
    # the classes count flows, which the note of a map's places must not call places
    chinese = draw_figure(results, "flow_matrix", kind="contract_estimated", most=10, language="zh")
    said = "".join(texts(chinese)).replace("\n", "")
    assert "括号内为该级个数" in said


def test_the_network_asked_for_is_drawn(results):
    titles = {network.name: network.title for network in results.study.networks}
    for kind in ("contract", "copatent"):
        for figure in ("flow_matrix", "chord", "network"):
            words = " ".join(texts(draw_figure(results, figure, kind=kind))).replace("\n", " ")
            assert titles[kind] in words
    with pytest.raises(OptionError, match="contract, contract_estimated"):
        draw_figure(results, "chord", kind="trade")


def test_arcs_are_as_long_as_what_places_send_and_receive():
    flows = pd.DataFrame(
        {"kind": "k", "source": ["a", "b"], "target": ["b", "c"], "value": [1.0, 3.0], "unit": "patents"}
    )
    study = run(until="score")
    figure = draw_figure(replace(study, tables={**study.tables, "flows": flows}), "chord")
    words = {one.replace("\n", " ") for one in texts(figure)}
    assert {"a 1", "b 4", "c 3"} <= words
    arcs = [patch for patch in figure.axes[0].patches if len(patch.get_xy() if hasattr(patch, "get_xy") else []) > 3]
    spans = sorted(
        np.unwrap(np.arctan2(*patch.get_xy()[: len(patch.get_xy()) // 2].T)).ptp()
        if hasattr(np.ndarray, "ptp")
        else np.ptp(np.unwrap(np.arctan2(*patch.get_xy()[: len(patch.get_xy()) // 2].T)))
        for patch in arcs
    )
    assert spans[1] / spans[0] == pytest.approx(3, rel=0.01)
    assert spans[2] / spans[0] == pytest.approx(4, rel=0.01)


def test_labels_of_arcs_do_not_overlap(results):
    figure = draw_figure(results, "chord", kind="contract_estimated")
    figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in figure.axes[0].texts]
    assert len(boxes) == 13
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]


def test_stress_keeps_the_distances_of_a_line_and_of_a_square():
    line = pd.DataFrame({"source": list("abc"), "target": list("bcd"), "value": 1.0})
    spots = stress_layout(list("abcd"), line)
    assert math.dist(spots["a"], spots["d"]) == pytest.approx(3.0, rel=1e-2)
    ring = pd.DataFrame({"source": list("abcd"), "target": list("bcda"), "value": 1.0})
    spots = stress_layout(list("abcd"), ring)
    sides = [math.dist(spots[s], spots[t]) for s, t in zip("abcd", "bcda", strict=True)]
    assert max(sides) == pytest.approx(min(sides), rel=1e-3)
    apart = pd.DataFrame({"source": ["a", "c"], "target": ["b", "d"], "value": 1.0})
    spots = stress_layout(list("abcd"), apart)
    assert math.dist(spots["a"], spots["c"]) > math.dist(spots["a"], spots["b"])


def test_higher_tiers_stand_further_inside():
    tiers = {"a": "international", "b": "national", "c": "local", "d": "local"}
    pairs = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "value": [1.0, 2.0]})
    spots = tier_layout(list("abcd"), pairs, tiers, Voice("en", {}))
    radius = {place: math.hypot(*spot) for place, spot in spots.items()}
    assert radius["a"] < radius["b"] < radius["c"] == pytest.approx(radius["d"])


def test_contributions_add_up_to_the_scores(results):
    figure = draw_figure(results, "contributions")
    axes = figure.axes[0]
    ends = {}
    for patch in axes.patches:
        row = round(patch.get_y() + patch.get_height() / 2)
        ends[row] = max(ends.get(row, 0.0), patch.get_x() + patch.get_width())
    scores = results.shown["scores"]["score"].sort_values(ascending=False).to_list()
    assert [ends[row] for row in sorted(ends)] == pytest.approx(scores)


def test_correlations_are_those_of_ranks(results):
    table = results.shown["normalized"]
    table = table[table["recipe"] == table["recipe"].iloc[0]]
    wanted = table["rd_intensity"].rank().corr(table["double_first_class_universities"].rank())
    words = texts(draw_figure(results, "correlations", width="page"))
    assert f"{wanted:.2f}" in words


def test_the_lorenz_curve_has_the_gini_of_the_indicator(results):
    table = results.shown["indicators"]
    own = table[table["indicator"] == "national_laboratories"].set_index("place")["value"].astype(float)
    curve = lorenz(own)
    area = np.trapezoid([0.0, *np.sort(curve["cumulative_share"])], [0.0, *np.sort(curve["cumulative_weight"])])
    words = " ".join(texts(draw_figure(results, "lorenz", measure="national_laboratories")))
    assert f"Gini {1 - 2 * area:.3f}" in words


def test_patterns_are_drawn_where_a_study_looks_for_them(results):
    places = results.layers["centers"]["place"].to_list()[:6]
    clusters = pd.DataFrame(
        {
            "variable": "rd_intensity",
            "year": 2020,
            "place": places,
            "own": [1.0, 2, 3, 4, 5, 7],
            "lag": [1.5, 2, 2, 4, 5, 6],
        }
    ).assign(cluster=["low-low", *["none"] * 4, "high-high"])
    rings = [shapely.Point(110 + i, 33).buffer(3) for i in range(2)]
    ellipses = gpd.GeoDataFrame(
        {"variable": "rd_intensity", "year": [2015, 2020], "lon": [110.0, 111.0], "lat": 33.0}, geometry=rings, crs=4326
    )
    found = replace(
        results,
        tables={**results.tables, "clusters": clusters},
        layers={**results.layers, "ellipses": ellipses},
    )
    assert {"moran", "ellipses"} <= {*drawable(found)}
    assert "Slope" in " ".join(texts(draw_figure(found, "moran")))
    assert {"2015", "2020"} <= {*texts(draw_figure(found, "ellipses"))}
    with pytest.raises(OptionError, match="rd_intensity"):
        draw_figure(found, "moran", variable="x")


def test_crowded_centers_are_drawn_again_larger_and_named_there(results):
    figure = draw_figure(results, "map", insets="always")
    figure.draw_without_rendering()
    first, *insets = [axes for axes in figure.axes if axes.texts]
    named = {*results.layers["centers"]["name_en"]}
    own = [{t.get_text() for t in axes.texts} & named for axes in insets]
    own = [names for names in own if names]
    assert len(own) >= 2
    assert {"Shenzhen", "Hong Kong", "Macao", "Guangzhou"} in own
    assert not {"Shenzhen", "Hong Kong", "Macao"} & {t.get_text() for t in first.texts}
    everywhere = set.union({t.get_text() for t in first.texts} & named, *own)
    assert everywhere == named
    never = draw_figure(results, "map", insets="never")
    assert figure.get_figheight() > never.get_figheight() + 1


def test_panels_are_lettered_and_look_as_they_do_alone(results):
    page = draw_figure(results, "scores+reach+chord", width="page", columns=2)
    page.draw_without_rendering()
    words = texts(page)
    assert [one for one in words if len(one) == 1 and one in "abcd"] == ["a", "d"]
    assert "b  Reach" in words
    assert "c  Difference from the baseline" in words
    alone = draw_figure(results, "scores", width=93.0)
    alone.draw_without_rendering()
    bars = [[patch.get_window_extent().width for patch in one.axes[0].patches] for one in (page.subfigs[0], alone)]
    assert bars[0] == pytest.approx(bars[1], rel=1e-6)
    boxes = [part.bbox for part in page.subfigs]
    assert not [
        1
        for i, a in enumerate(boxes)
        for b in boxes[:i]
        if min(a.x1, b.x1) > max(a.x0, b.x0) + 1 and min(a.y1, b.y1) > max(a.y0, b.y0) + 1
    ]


def test_panels_are_the_same_bytes_each_time(results, tmp_path):
    one, two = (
        write_figures(results, tmp_path / name, figures=["scores+network"], formats=["svg", "pdf"])
        for name in ("a", "b")
    )
    assert [p.name for p in one] == ["scores+network_en.svg", "scores+network_en.pdf"]
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


def test_tiff_has_no_transparency_and_says_its_resolution(results, tmp_path):
    (path,) = write_figures(results, tmp_path, figures=["channels"], formats=["tiff"], dpi=600, width="column")
    with Image.open(path) as image:
        assert image.mode == "RGB"
        assert image.info["dpi"] == (600, 600)
        assert image.width == pytest.approx(90 / 25.4 * 600, abs=1)
        assert image.info["compression"] == "tiff_lzw"
    again = figure_bytes(draw_figure(results, "channels", width="column"), "png", dpi=100)
    assert Image.open(io.BytesIO(again)).format == "PNG"


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_fits_each_width_of_journals(results, name):
    if name not in drawable(results):
        pytest.skip("the bundled study has no such table")
    # the middle width is tried on one figure: what fits beside it on both sides fits there
    widths = {"column": 90, "page": 190} | ({"middle": 140} if name == "scores" else {})
    for width, millimeters in widths.items():
        figure = draw_figure(results, name, width=width)
        figure.draw_without_rendering()
        assert figure.get_figwidth() * 25.4 == pytest.approx(millimeters)
        box = figure.get_tightbbox()
        assert box.x0 > -0.02
        assert box.y0 > -0.02
        assert box.x1 < figure.get_figwidth() + 0.02
        assert box.y1 < figure.get_figheight() + 0.02


def test_hostile_names_stay_text_in_panels(results, tmp_path):
    tables = {k: t.assign(**{c: HOSTILE for c in ("name_en", "title") if c in t}) for k, t in results.tables.items()}
    write_figures(replace(results, tables=tables), tmp_path, figures=["choropleth+chord"], formats=["svg"])
    page = (tmp_path / "choropleth+chord_en.svg").read_text("utf-8")
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("figure", "options", "told"),
    [
        ("scores", {"kind": "contract"}, "takes it"),
        ("map", {"measure": "score"}, "takes it"),
        ("map", {"colour": "red"}, "colour"),
        ("choropleth", {"measure": "wealth"}, "rd_intensity"),
        ("choropleth", {"years": (2019, 2020)}, "two different years"),
        ("choropleth", {"measure": "tier", "years": (2019, 2020)}, "in numbers"),
        ("choropleth", {"classes": 1}, "classes"),
        ("choropleth", {"classing": "guess"}, "natural_breaks"),
        ("difference_map", {"scenario": "peace"}, "hefei_national"),
        ("arrival_map", {"scenario": "peace"}, "baseline"),
        ("network", {"layout": "grid"}, "stress"),
        ("map", {"insets": "some"}, "always"),
        ("scores", {"columns": 2}, "joined by"),
        ("scores+tires", {}, "tires"),
        ("moran", {}, "a table clusters"),
        ("+".join(["arrivals"] * 9), {"columns": 1}, "400 mm"),
    ],
)
def test_wrong_choices_are_named(results, figure, options, told):
    with pytest.raises(OptionError, match=told):
        draw_figure(results, figure, **options)


@pytest.mark.parametrize("written", ["top", "colour=red", "top=many", "years=2015"])
def test_wrong_choices_of_the_command_are_named(written):
    with pytest.raises(OptionError, match="--set"):
        read_choices([written])


def test_every_option_of_a_figure_is_one_that_may_be_chosen():
    options = {option for kind in FIGURE_KINDS.values() for option in kind.options}
    assert options == {*FigureChoices.__annotations__}


def test_without_scores_or_centers_the_maps_say_what_they_need(results):
    scores = results.tables["scores"].head(3)
    nowhere = [f"nowhere {i}" for i in range(len(scores))]
    lost = scores.assign(place=nowhere, name_en=nowhere, name_zh=nowhere)
    bare = replace(results, layers={}, tables={"scores": lost})
    for name in ("choropleth", "arrival_map", "difference_map"):
        with pytest.raises(OptionError, match="needed"):
            draw_figure(bare, name)
    assert not {"choropleth", "map"} & {*drawable(bare)}
