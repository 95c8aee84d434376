"""Compare a map of many flows with folium's lines and pydeck's arcs: size, time to build, time to paint, time to pan.

python benchmarks/map.py --size 101 --kind dense

Every program draws the same flows in the same run. Times to paint are from opening the file in headless Chromium,
without a network, to the first frame after the page has loaded and drawn; a pan is a tenth of the window, a jump half.
pydeck's page needs its script from the network, so it is not painted here.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import folium
import numpy as np
import pandas as pd

from innoscape.geo import AtlasMap, add_flows, save_map

CURVE = 12
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# how many flows each page says it has drawn
MAP = "Object.values(window).find((one) => window.L && one instanceof L.Map)"
COUNTS = {
    "innoscape": "innoscape.at(map_1).flowLayers[0].shown.length",
    "lines": f"(() => {{ let n = 0; {MAP}.eachLayer((one) => {{ n += one instanceof L.Polyline; }}); return n; }})()",
}
FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
MOVE = f"""async (step) => {{ const map = {MAP}, times = [];
  for (let i = 0; i < 9; i++) {{
    const start = performance.now();
    map.panBy([i % 2 ? step : -step, 0], {{ animate: false }});
    await {FRAME};
    times.push(performance.now() - start);
  }}
  return times.sort((a, b) => a - b)[4]; }}"""


def flows_of(kind: str, size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    draw = np.random.default_rng(1)
    places = pd.DataFrame({"place": [f"c{n:04d}" for n in range(size)]})
    places["lon"], places["lat"] = draw.uniform(90, 122, size), draw.uniform(22, 45, size)
    one, two = np.nonzero(~np.eye(size, dtype=bool))
    if kind == "sparse":
        keep = draw.random(len(one)) < 10 / size
        one, two = one[keep], two[keep]
    names = places["place"].to_numpy()
    flows = pd.DataFrame({"source": names[one], "target": names[two], "value": draw.lognormal(0, 1, len(one))})
    return places, flows


def curves(places: pd.DataFrame, flows: pd.DataFrame) -> np.ndarray:
    """Give each flow as the points of a curve, as a user of folium would have to."""
    at = places.set_index("place")[["lat", "lon"]]
    start, end = at.loc[flows["source"]].to_numpy(), at.loc[flows["target"]].to_numpy()
    bend = (start + end) / 2 + 0.12 * (end - start)[:, ::-1] * [1, -1]
    t = np.linspace(0, 1, CURVE)[:, None, None]
    return np.moveaxis((1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end, 0, 1)


def ours(places: pd.DataFrame, flows: pd.DataFrame, path: Path) -> None:
    save_map(add_flows(AtlasMap(), flows, places, top=len(flows)), path)


def poly_lines(places: pd.DataFrame, flows: pd.DataFrame, path: Path) -> None:
    page = folium.Map([33, 106], zoom_start=4, tiles=None, prefer_canvas=True)
    for row, line in zip(flows.itertuples(), curves(places, flows).round(5).tolist(), strict=True):
        folium.PolyLine(line, weight=row.value, tooltip=f"{row.source} → {row.target}: {row.value:.3f}").add_to(page)
    page.save(path)


def geo_json(places: pd.DataFrame, flows: pd.DataFrame, path: Path) -> None:
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


def deck(places: pd.DataFrame, flows: pd.DataFrame, path: Path) -> None:
    import pydeck

    at = places.set_index("place")[["lon", "lat"]]
    table = flows.assign(
        start=at.loc[flows["source"]].round(5).to_numpy().tolist(),
        end=at.loc[flows["target"]].round(5).to_numpy().tolist(),
    )
    layer = pydeck.Layer(
        "ArcLayer", table, get_source_position="start", get_target_position="end", get_width="value", pickable=True
    )
    view = pydeck.ViewState(longitude=106, latitude=33, zoom=3)
    pydeck.Deck([layer], initial_view_state=view, map_provider=None).to_html(str(path), open_browser=False)


def build_time(work: Callable[..., None], repeats: int, *given: object) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work(*given)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def offline(path: Path) -> Path:
    """Give a page of folium whose scripts are those of innoscape, so that it opens without a network as well."""
    page = path.read_text(encoding="utf-8")
    kept = [line for line in page.splitlines() if "https://" not in line or "L." in line]
    blank = AtlasMap().get_root().render()
    head = blank[blank.index("<head>") + 6 : blank.index("</head>")]
    result = path.with_suffix(".offline.html")
    result.write_text("\n".join(kept).replace("<head>", "<head>" + head, 1), encoding="utf-8")
    return result


def painted(path: Path, count: str, repeats: int) -> tuple[list[float], int]:
    """Give milliseconds to the first full frame, of a pan and of a jump, and how many flows are drawn."""
    from playwright.sync_api import sync_playwright

    times, drawn = [], 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for _ in range(repeats):
            context = browser.new_context(viewport={"width": 1400, "height": 900})
            context.set_offline(True)
            page = context.new_page()
            page.goto(path.as_uri())
            first = page.evaluate(f"() => {FRAME}")
            drawn = int(page.evaluate(count))
            times.append([first, page.evaluate(MOVE, 140), page.evaluate(MOVE, 700)])
            context.close()
        browser.close()
    return np.median(times, axis=0).tolist(), drawn


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", type=int, default=101, help="number of places")
    options.add_argument("--kind", choices=["dense", "sparse"], default="dense")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--no-browser", action="store_true")
    given = options.parse_args()
    places, flows = flows_of(given.kind, given.size)
    print(f"{given.kind}, {given.size} places, {len(flows)} flows")
    ours(places, flows.head(2), Path(tempfile.mkdtemp()) / "warm.html")
    works = {"innoscape": ours, "folium PolyLine": poly_lines, "folium GeoJson": geo_json, "pydeck ArcLayer": deck}
    empty = len(AtlasMap().get_root().render().encode())
    base: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, work in works.items():
            path = Path(folder) / f"{name}.html"
            try:
                seconds = build_time(work, given.repeats, places, flows, path)
            except ImportError:
                print(f"{name:16} not installed, skipped")
                continue
            size = path.stat().st_size - (empty if work is ours else 0)
            whole = path.stat().st_size / 1e6
            line = f"{name:16} build {seconds * 1e3:7.0f} ms   flows {size / 1e6:6.2f} MB   file {whole:6.2f} MB"
            if not base:
                base = {"build": seconds, "size": size}
            else:
                line += f"   build x{seconds / base['build']:.0f}, size x{size / base['size']:.0f}"
            print(line)
            if given.no_browser or work is deck:
                continue
            try:
                page, count = (path, COUNTS["innoscape"]) if work is ours else (offline(path), COUNTS["lines"])
                (first, pan, jump), drawn = painted(page, count, given.repeats)
            except ImportError:
                print(f"{'':16} playwright is not installed, not painted")
                continue
            if drawn < 0.99 * len(flows):
                print(f"{'':16} drew {drawn} of {len(flows)} flows")
            print(f"{'':16} paint {first:7.0f} ms   pan {pan:5.0f} ms   jump {jump:5.0f} ms")


if __name__ == "__main__":
    main()
