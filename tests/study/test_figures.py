"""Figures and tables for a paper: the same bytes every time, nothing of the user's changed, no name over another."""

import builtins
import io
import logging
import re
import sys
import zipfile
from dataclasses import replace

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from matplotlib import font_manager
from PIL import Image

from innoscape.data import InnoscapeError, InnoscapeWarning, MissingExtraError, OptionError, OutputError
from innoscape.geo.space.basemaps import basemap
from innoscape.study import FIGURES, draw_figure, run, write_figures, write_tables
from innoscape.study.figures import style
from innoscape.study.figures.map_basemap import choose_projection
from innoscape.study.figures.map_flows import legend_values, pick_flows, ribbon, written_value
from innoscape.study.figures.map_labels import Name, place_names
from innoscape.study.figures.static_map import static_map
from innoscape.study.figures.style import figure_bytes
from innoscape.study.plan.schema import Map

HOSTILE = "<b>$x^2$ & 50%_{a}|*b*\\ \x07\n~#"
# the bundled study looks for no patterns
BUNDLED = [name for name in FIGURES if name not in ("moran", "ellipses")]
CHINESE = any(entry.name in style._CHINESE for entry in font_manager.fontManager.ttflist)


@pytest.fixture(scope="module")
def results(bundled_run):
    return bundled_run


def texts(figure):
    figure.draw_without_rendering()
    return [t.get_text() for t in figure.findobj(mpl.text.Text) if t.get_visible() and t.get_text().strip()]


def with_names(results, name):
    """Rename every place, scenario and network."""
    tables = {k: t.assign(**{c: name for c in ("name_en", "title") if c in t}) for k, t in results.tables.items()}
    layers = {k: t.assign(**{c: name for c in ("name_en",) if c in t}) for k, t in results.layers.items()}
    networks = [n.model_copy(update={"title": name, "title_zh": name}) for n in results.study.networks]
    return replace(results, study=results.study.model_copy(update={"networks": networks}), tables=tables, layers=layers)


def shuffled(results):
    mix = np.random.default_rng(1)

    def rows(table):
        return table.iloc[mix.permutation(len(table))]

    # scenario titles keep the order of the study
    kept = results.tables["scenario_titles"]
    tables = {k: rows(t) for k, t in results.tables.items()} | {"scenario_titles": kept}
    return replace(results, tables=tables, layers={k: rows(t) for k, t in results.layers.items()})


@pytest.mark.parametrize("name", BUNDLED)
def test_the_same_results_give_the_same_bytes_whatever_the_row_order(results, name, tmp_path):
    forms = ("pdf", "svg", "png") if name == "map" else ("svg",)
    one = write_figures(results, tmp_path / "a", figures=[name], formats=forms, dpi=72)
    two = write_figures(shuffled(results), tmp_path / "b", figures=[name], formats=forms, dpi=72)
    assert [p.name for p in one] == [f"{name}_en.{form}" for form in forms]
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


def test_files_carry_no_date_and_no_version(results, tmp_path):
    pdf, svg, png = (p.read_bytes() for p in write_figures(results, tmp_path, figures=["channels"], dpi=72))
    assert b"CreationDate" not in pdf
    assert b"Matplotlib v" not in pdf + svg
    assert b"<dc:date>" not in svg
    assert Image.open(io.BytesIO(png)).text == {}


def test_png_has_the_size_and_resolution_asked_for(results, tmp_path):
    (path,) = write_figures(results, tmp_path, figures=["scores"], formats=["png"], width="column", dpi=300)
    with Image.open(path) as image:
        assert image.width == pytest.approx(90 / 25.4 * 300, abs=1)


@pytest.mark.parametrize(("width", "millimeters"), [("column", 90), ("page", 190), (120.0, 120), (None, 90)])
def test_widths_are_those_of_journal_columns(results, width, millimeters):
    assert draw_figure(results, "scores", width=width).get_figwidth() * 25.4 == pytest.approx(millimeters)


def test_settings_backend_and_log_of_the_user_stay_as_they_are(results, tmp_path):
    with mpl.rc_context():
        mpl.rcParams.update({"font.size": 31.0, "lines.linewidth": 9.0, "axes.facecolor": "red"})
        before, backend = dict(mpl.rcParams), mpl.get_backend(auto_select=False)
        level = logging.getLogger("matplotlib.font_manager").level
        (loud,) = write_figures(results, tmp_path / "a", figures=["channels"], formats=["svg"])
        assert dict(mpl.rcParams) == before
        assert mpl.get_backend(auto_select=False) == backend
        assert logging.getLogger("matplotlib.font_manager").level == level
    (plain,) = write_figures(results, tmp_path / "b", figures=["channels"], formats=["svg"])
    assert loud.read_bytes() == plain.read_bytes()


def test_pyplot_is_never_loaded(results, tmp_path, monkeypatch):
    for name in [n for n in sys.modules if n.startswith("matplotlib.pyplot")]:
        monkeypatch.delitem(sys.modules, name)
    write_figures(results, tmp_path, figures=["reach"], formats=["png"], dpi=72)
    assert "matplotlib.pyplot" not in sys.modules


def test_without_matplotlib_the_extra_is_named(results, tmp_path, monkeypatch):
    real = builtins.__import__

    def no_matplotlib(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_matplotlib)
    with pytest.raises(MissingExtraError, match=r"innoscape\[figures\]"):
        write_figures(results, tmp_path)


def test_without_a_chinese_font_chinese_is_refused_and_english_still_drawn(results, monkeypatch):
    latin = [entry for entry in font_manager.fontManager.ttflist if entry.name not in style._CHINESE]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", latin)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with pytest.raises(OutputError, match="fonts-noto-cjk") as caught:
        draw_figure(results, "channels", language="zh")
    assert isinstance(caught.value, InnoscapeError)
    assert draw_figure(results, "channels", language="en")


def test_characters_that_no_font_has_are_told(results, tmp_path):
    strange = with_names(results, "\U00013000")
    with pytest.warns(InnoscapeWarning, match="\U00013000"):
        write_figures(strange, tmp_path, figures=["scores"], formats=["png"], dpi=72)


@pytest.mark.skipif(not CHINESE, reason="no font with Chinese characters")
@pytest.mark.parametrize("name", BUNDLED)
def test_chinese_figures_speak_chinese(results, name):
    words = " ".join(texts(draw_figure(results, name, language="zh")))
    assert re.search("[\u4e00-\u9fff]", words)
    assert not re.search(r"(?<!Pa)[A-Za-z]{4,}", re.sub("frykit|Spearman", "", words))


@pytest.mark.skipif(not CHINESE, reason="no font with Chinese characters")
def test_both_languages_write_each_figure_twice(results, tmp_path):
    paths = write_figures(results, tmp_path, figures=["channels"], formats=["svg"], language="all")
    assert [p.name for p in paths] == ["channels_en.svg", "channels_zh.svg"]


@pytest.mark.parametrize("name", BUNDLED)
def test_hostile_names_are_drawn_as_text(results, name):
    figure = draw_figure(with_names(results, HOSTILE), name)
    shown = " ".join(texts(figure))
    assert figure_bytes(figure, "pdf", dpi=72).startswith(b"%PDF")
    assert "\x07" not in shown
    if name != "channels":
        assert "$x^2$" in shown


def test_no_two_names_on_the_map_overlap(results):
    figure = draw_figure(results, "map")
    figure.draw_without_rendering()
    names = set(results.layers["centers"]["name_en"])
    boxes = [t.get_window_extent() for t in figure.axes[0].texts if t.get_text() in names]
    assert len(boxes) == len(names)
    # type has air above and below that may meet
    boxes = [box.shrunk_to_aspect(box.height / box.width).padded(-0.08 * box.height) for box in boxes]
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", ["column", "page"])
def test_the_foot_of_the_map_stays_within_the_figure_and_below_the_map(results, width, language):
    figure = draw_figure(results, "map", width=width, language=language)
    figure.draw_without_rendering()
    (foot,) = [text.get_window_extent() for text in figure.texts]
    assert foot.x1 < figure.bbox.x1
    assert foot.y0 >= 0
    assert foot.y1 < min(axes.get_window_extent().y0 for axes in figure.axes)


def test_the_map_shows_every_center_and_says_what_is_estimated_or_assumed(results):
    words = texts(draw_figure(results, "map", top=25))
    assert set(results.layers["centers"]["name_en"]) <= set(words)
    joined = " ".join(words).replace("\n", " ")
    drawn = results.tables["flows"]["kind"].eq("contract_estimated").sum()
    assert f"The strongest 25 of {drawn:,} flows" in joined
    assert "Estimated, not measured" in joined
    assert "tier assumed" in joined
    assert "Albers equal-area (25° N and 47° N, 105° E)" in joined
    assert "South China Sea" in joined


def in_hubei(results):
    centers = results.layers["centers"].head(3).assign(place=["武汉", "宜昌", "襄阳"])
    spots = gpd.points_from_xy([114.3, 111.28, 112.14], [30.59, 30.69, 32.04])
    return replace(results, layers={"centers": centers.set_geometry(spots, crs=4326)})


def test_maps_of_one_province_open_at_it_and_others_at_the_country(results):
    one = in_hubei(results)
    drawn = [draw_figure(*of) for of in ((one, "map"), (results, "map"))] + [draw_figure(one, "map", extent="country")]
    near, far, asked = (float(np.ptp(figure.axes[0].get_xlim())) for figure in drawn)
    assert asked == pytest.approx(far, rel=0.05)
    assert near < far / 3


@pytest.mark.parametrize("asked", [True, False])
def test_the_map_on_paper_fills_its_width_with_the_places_of_one_province(results, asked):
    study = in_hubei(results) if asked else results
    names = [str(name) for name in study.layers["centers"]["name_en"].head(3)]
    svg = static_map(study, basemap("china-provinces", [study.layers["centers"]])).svg
    spots = [float(re.search(rf'<text[^>]* x="([-\d.]+)"[^>]*>(?:<[^>]*>)*{name}', svg)[1]) for name in names]
    assert (max(spots) - min(spots) > 300) == asked


def test_a_study_elsewhere_needs_no_boundaries_and_gets_its_own_projection(results):
    europe = {"巴黎": (2.35, 48.86), "柏林": (13.4, 52.52), "马德里": (-3.7, 40.42)}
    centers = results.layers["centers"].head(3).assign(place=list(europe), name_en=["Paris", "Berlin", "Madrid"])
    centers = gpd.GeoDataFrame(centers, geometry=[shapely.Point(p) for p in europe.values()], crs=4326)
    study = results.study.model_copy(update={"map": Map(boundaries="none")})
    abroad = replace(results, study=study, layers={"centers": centers}, tables={})
    for width in ("column", "page"):
        words = " ".join(texts(draw_figure(abroad, "map", width=width))).replace("\n", " ")
        assert "Albers equal-area (standard parallels 42.44° and 50.5°, central meridian 4.85°)" in words
        assert "South China Sea" not in words
    own = gpd.GeoDataFrame(geometry=[shapely.box(-10, 36, 20, 56)], crs=4326)
    assert len(draw_figure(abroad, "map", boundaries=own).axes[0].collections) > len(
        draw_figure(abroad, "map").axes[0].collections
    )


@pytest.mark.parametrize("bounds", [(-10, 36, 30, 60), (-80, -5, -75, 2), (-170, -50, 170, 70), (10, 75, 30, 85)])
def test_projections_keep_areas_true(bounds):
    crs, _ = choose_projection(bounds)
    to = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    center = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    cell = shapely.segmentize(shapely.box(center[0], center[1], center[0] + 1, center[1] + 1), 0.05)
    drawn = shapely.transform(cell, lambda c: np.column_stack(to.transform(c[:, 0], c[:, 1]))).area
    true, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(cell)
    assert drawn == pytest.approx(true, rel=2e-3)


def test_flows_without_direction_are_added_and_drawn_once(results):
    flows = pd.DataFrame({"kind": "k", "source": ["b", "a", "a"], "target": ["a", "b", "a"], "value": [1.0, 2.0, 9.0]})
    graph = type(results.graphs["copatent"])()
    study = replace(results, tables={"flows": flows}, graphs={"k": graph})
    found = pick_flows(study, {"a", "b"}, style.Voice("en", {}), kind=None, top=5)
    assert found.pairs.to_dict("records") == [{"source": "a", "target": "b", "value": 3.0}]
    assert not found.directed


def test_a_tapered_ribbon_grows_towards_its_goal():
    outline = ribbon((0, 0), (10, 0), 1.0, taper=True)
    half = len(outline) // 2
    widths = np.hypot(*(outline[:half] - outline[half:][::-1]).T)
    assert (np.diff(widths) > 0).all()
    assert widths[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("most", [0.003, 1.0, 224.2, 9.99e6])
def test_legend_values_are_round_and_within_the_flows(most):
    values = legend_values(most)
    assert len(values) == 3
    assert values[0] <= most < 2.5 * values[0]


@pytest.mark.parametrize("most", [3e-9, 0.003, 1.0, 9.99e6, 3e12])
def test_legend_values_are_written_in_full(most):
    for value in legend_values(most):
        written = written_value(value)
        assert "e" not in written
        assert float(written.replace(",", "")) == pytest.approx(value)


def test_names_without_room_are_reported():
    with style.house_style("en", None):
        figure = style.new_figure(60, 60, constrained=False)
        axes = figure.add_axes((0, 0, 1, 1))
        names = [Name("a long name of a place", 0.5, 0.5, 3.0, {"size": 12}) for _ in range(60)]
        lost = place_names(axes, names)
    assert 0 < len(lost) < 60


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"formats": ["jpeg"]}, "'pdf', 'svg', 'png', 'tiff'"),
        ({"language": "fr"}, "'en', 'zh', 'all'"),
        ({"width": "wide"}, "'column', 'middle', 'page'"),
        ({"width": 10}, "from 60 to 400"),
        ({"dpi": 7}, "from 72 to 1200"),
        ({"figures": ["maps"]}, "'map', 'choropleth'"),
        ({"extent": "world"}, "'auto', 'country', 'centers'"),
        ({"kind": "trade"}, "contract, contract_estimated"),
        ({"top": 0}, "at least 1"),
        ({"font": "No Such Font"}, "font"),
    ],
)
def test_wrong_options_are_named(results, tmp_path, options, told):
    with pytest.raises(OptionError, match=told):
        write_figures(results, tmp_path, **{"figures": ["map"], "formats": ["png"], "dpi": 72, **options})
    assert not list(tmp_path.iterdir())


def test_a_figure_without_its_table_is_refused_and_left_out_by_default(tmp_path):
    scored = run(until="score")
    with pytest.raises(OptionError, match="table reach"):
        draw_figure(scored, "reach")
    paths = write_figures(replace(scored, layers={}), tmp_path, formats=["png"], dpi=72)
    drawn = ["choropleth", "scores", "tiers", "contributions", "correlations", "lorenz"]
    assert [path.stem for path in paths] == [f"{name}_en" for name in drawn]


def test_a_folder_that_is_a_file_is_refused(results, tmp_path):
    (tmp_path / "taken").write_text("x")
    with pytest.raises(OutputError, match="taken"):
        write_tables(results, tmp_path / "taken", formats=["md"])


# tables


def test_tables_say_what_the_sources_print(results, tmp_path):
    write_tables(results, tmp_path, formats=["md"], language="all")
    centrality = (tmp_path / "centrality.md").read_text(encoding="utf-8")
    # Ye and Wang: co-patents of Beijing with Tianjin and Hebei in 2018; Beijing's contracts of 2019
    assert re.search(r"\| Beijing +\| 北京 +\| +7,333 \|", centrality)
    balances = (tmp_path / "balances.md").read_text(encoding="utf-8")
    assert re.search(r"282\.8 \| +2,585\.3 \| +0\.0 \| +2,585\.3 \| +9\.86 \|", balances)
    write_tables(results, tmp_path, tables=["balances", "centrality"], formats=["md"], language="zh")
    headings = re.findall(
        r"\*\*(.+?)\*\*", "".join((tmp_path / f"{n}.md").read_text("utf-8") for n in ("balances", "centrality"))
    )
    assert any(heading.endswith("（亿元），推算") for heading in headings)
    assert not re.search("[(),a-z]", "".join(headings))
    assert "Rest of Hebei\\*" in centrality


def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head(results, tmp_path):
    for path in write_tables(with_names(results, HOSTILE), tmp_path, formats=["md"]):
        lines = [x for x in path.read_text(encoding="utf-8").splitlines() if x.startswith("|")]
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1


def test_every_row_of_a_latex_table_has_as_many_cells_as_its_head(results, tmp_path):
    for path in write_tables(with_names(results, HOSTILE), tmp_path, formats=["tex"]):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert r"\toprule" in lines
        assert r"\midrule" in lines
        assert r"\bottomrule" in lines
        assert not re.search(r"\\hline|\|", "\n".join(lines))
        cells = {len(re.findall(r"(?<!\\)&", x)) for x in lines if x.endswith(r"\\") and "&" in x.replace(r"\&", "")}
        assert len(cells) == 1
        opened, closed = (re.findall(rf"\\{word}{{(\w+)}}", "\n".join(lines)) for word in ("begin", "end"))
        assert opened == closed[::-1]


def test_word_tables_have_three_rules_and_open_in_another_reader(results, tmp_path):
    import docx

    (path,) = write_tables(with_names(results, HOSTILE), tmp_path, formats=["docx"])
    book = docx.Document(str(path))
    assert len(book.tables) == 4
    table = book.tables[0]
    assert table.cell(0, 0).text == "Rank 位次"
    assert "<b>$x^2$ & 50%_{a}|*b*" in table.cell(1, 1).text
    document = zipfile.ZipFile(path).read("word/document.xml").decode()
    assert set(re.findall(r"<w:(top|bottom|left|right|insideH|insideV) w:val=", document)) == {"top", "bottom"}


def test_tables_are_the_same_bytes_whatever_the_row_order(results, tmp_path):
    one, two = (write_tables(r, tmp_path / n) for r, n in ((results, "a"), (shuffled(results), "b")))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


def test_without_python_docx_the_extra_is_named(results, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingExtraError, match=r"innoscape\[figures\]"):
        write_tables(results, tmp_path)
    assert write_tables(results, tmp_path, formats=["tex"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_language_gives_one_column_of_names(results, tmp_path, language):
    write_tables(results, tmp_path, formats=["md"], tables=["scores"], language=language)
    head = (tmp_path / "scores.md").read_text(encoding="utf-8").splitlines()[2]
    assert ("Place" in head, "地区" in head) == (language == "en", language == "zh")
