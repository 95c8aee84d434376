"""Draw a map of many flows beside folium's lines and pydeck's arcs: time to build, and time to paint in a browser."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from harness import Case, scratch, workload

TOPIC = "Maps"
CURVE = 12
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
MAP = "Object.values(window).find((one) => window.L && one instanceof L.Map)"
# how many flows each page says it has drawn
COUNTS = {
    "ours": "innoscape.at(map_1).flowLayers[0].shown.length",
    "lines": f"(() => {{ let n = 0; {MAP}.eachLayer((one) => {{ n += one instanceof L.Polyline; }}); return n; }})()",
}
# the next frame after the page has loaded, and one after each of five moves by a half of the window
FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))"
MOVE = f"""async () => {{ const map = {MAP}; await {FRAME};
  for (let i = 0; i < 5; i++) {{ map.panBy([i % 2 ? 700 : -700, 0], {{ animate: false }}); await {FRAME}; }} }}"""


def drawn(size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return places whose pairs are about so many flows, and the flows."""
    draw, n = np.random.default_rng(1), max(round(size**0.5), 3)
    places = pd.DataFrame({"place": [f"c{k:04d}" for k in range(n)]})
    places["lon"], places["lat"] = draw.uniform(90, 122, n), draw.uniform(22, 45, n)
    one, two = np.nonzero(~np.eye(n, dtype=bool))
    names = places["place"].to_numpy()
    return places, pd.DataFrame({"source": names[one], "target": names[two], "value": draw.lognormal(0, 1, len(one))})


def curves(places: pd.DataFrame, flows: pd.DataFrame) -> np.ndarray:
    """Give each flow as the points of a curve, as a user of folium would have to."""
    at = places.set_index("place")[["lat", "lon"]]
    start, end = at.loc[flows["source"]].to_numpy(), at.loc[flows["target"]].to_numpy()
    bend = (start + end) / 2 + 0.12 * (end - start)[:, ::-1] * [1, -1]
    t = np.linspace(0, 1, CURVE)[:, None, None]
    return np.moveaxis((1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end, 0, 1)


def ours(places: pd.DataFrame, flows: pd.DataFrame, path: Path) -> None:
    from innoscape.geo import AtlasMap, add_flows, save_map

    save_map(add_flows(AtlasMap(), flows, places, top=len(flows)), path)


def poly_lines(places: pd.DataFrame, flows: pd.DataFrame, path: Path) -> None:
    import folium

    page = folium.Map([33, 106], zoom_start=4, tiles=None, prefer_canvas=True)
    for row, line in zip(flows.itertuples(), curves(places, flows).round(5).tolist(), strict=True):
        folium.PolyLine(line, weight=row.value, tooltip=f"{row.source} → {row.target}: {row.value:.3f}").add_to(page)
    page.save(path)


def geo_json(places: pd.DataFrame, flows: pd.DataFrame, path: Path) -> None:
    import folium

    features = [
        {
            "type": "Feature",
            "properties": {"source": row.source, "target": row.target, "value": round(row.value, 3)},
            "geometry": {"type": "LineString", "coordinates": line},
        }
        for row, line in zip(flows.itertuples(), curves(places, flows)[:, :, ::-1].round(5).tolist(), strict=True)
    ]
    page = folium.Map([33, 106], zoom_start=4, tiles=None, prefer_canvas=True)
    tip = folium.GeoJsonTooltip(["source", "target", "value"])
    folium.GeoJson({"type": "FeatureCollection", "features": features}, tooltip=tip).add_to(page)
    page.save(path)


def arcs(places: pd.DataFrame, flows: pd.DataFrame, path: Path) -> None:
    import pydeck

    at = places.set_index("place")[["lon", "lat"]].round(5)
    start, end = (at.loc[flows[name]].to_numpy().tolist() for name in ("source", "target"))
    table = flows.assign(start=start, end=end)
    layer = pydeck.Layer(
        "ArcLayer", table, get_source_position="start", get_target_position="end", get_width="value", pickable=True
    )
    view = pydeck.ViewState(longitude=106, latitude=33, zoom=3)
    pydeck.Deck([layer], initial_view_state=view, map_provider=None).to_html(str(path), open_browser=False)


WAYS = {"folium, PolyLine": ("folium", poly_lines), "folium, GeoJson": ("folium", geo_json), "pydeck": ("pydeck", arcs)}


def names_both_ends(pages: tuple[Path, int], others: tuple[Path, int]) -> None:
    """Every page must hold the first flow and the last; that all are drawn is checked where pages are painted."""
    for path, count in (pages, others):
        text = path.read_text(encoding="utf-8")
        if "c0000" not in text or f"c{count - 1:04d}" not in text:
            raise AssertionError(f"{path.name} lacks flows")


@workload("build a page of flows that are pointed at and named", topic=TOPIC, unit="flows", largest=10_000, tiny=12)
def flow_maps(size: int, _: str) -> Case:
    places, flows = drawn(size)

    def job(draw: Callable[..., None], name: str) -> Callable[[], tuple[Path, int]]:
        def run() -> tuple[Path, int]:
            draw(places, flows, path := scratch() / f"{name}-{size}.html")
            return path, len(places)

        return run

    case = Case(job(ours, "ours"), names_both_ends, f"{len(flows):,} flows")
    for name, (module, draw) in WAYS.items():
        case.peer(name, module)(lambda draw=draw: job(draw, draw.__name__))
    return case


@cache
def browser() -> Any:
    from playwright.sync_api import sync_playwright

    return sync_playwright().start().chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)


def offline(path: Path) -> Path:
    """Give a page of folium whose scripts are those of innoscape, so that it opens without a network as well."""
    from innoscape.geo import AtlasMap

    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if "https://" not in line or "L." in line]
    blank = AtlasMap().get_root().render()
    head = blank[blank.index("<head>") + 6 : blank.index("</head>")]
    result = path.with_suffix(".offline.html")
    result.write_text("\n".join(kept).replace("<head>", "<head>" + head, 1), encoding="utf-8")
    return result


def painted(path: Path, count: str) -> int:
    """Open a page, move it five times and return how many flows it draws."""
    context = browser().new_context(viewport={"width": 1400, "height": 900})
    context.set_offline(True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate(MOVE)
    drawn_flows = int(page.evaluate(count))
    context.close()
    return drawn_flows


@workload(
    "open a page of flows in Chromium and move it five times (wall clock)",
    topic=TOPIC,
    unit="flows",
    largest=10_000,
    tiny=12,
    by_default=False,
)
def painted_maps(size: int, _: str) -> Case:
    places, flows = drawn(size)
    ours(places, flows, page := scratch() / f"painted-{size}.html")
    case = Case(lambda: painted(page, COUNTS["ours"]), np.testing.assert_equal, f"{len(flows):,} flows")

    @case.peer("folium, PolyLine", "folium")
    def _() -> Callable[[], int]:
        poly_lines(places, flows, lines := scratch() / f"painted-lines-{size}.html")
        other = offline(lines)
        return lambda: painted(other, COUNTS["lines"])

    return case
