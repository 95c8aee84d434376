// Where cards stand: popups inside the map without moving it, tooltips beside what they light; links that skip ahead.
(function () {
  "use strict";
  const { el, word } = innoscape;
  const GAP = 14;

  // a popup that does not fit above its point moves to where it does, and then has no tip
  function keepInside(atlas, popup) {
    const box = popup.getElement(), map = atlas.map;
    if (!box) return;
    Object.assign(box.style, { marginLeft: "", marginBottom: "" });
    box.classList.remove("innoscape-moved");
    const frame = map.getContainer().getBoundingClientRect(), own = box.getBoundingClientRect();
    const point = map.latLngToContainerPoint(popup.getLatLng());
    let dx = Math.max(frame.left + 6 - own.left, 0) + Math.min(frame.right - 6 - own.right, 0);
    let dy = Math.max(frame.top + 6 - own.top, 0);
    if (dy > 0 || Math.abs(dx) > own.width / 2 - 24) {
      // beside the point, on the side with more room
      const right = point.x < frame.width / 2;
      dx = frame.left + (right ? point.x + GAP : point.x - GAP - own.width) - own.left;
      const low = frame.bottom - 6 - own.bottom;
      dy = Math.min(low, Math.max(dy, frame.top + point.y - own.height / 2 - own.top));
      dy = Math.max(dy, frame.top + 6 - own.top);
    }
    if (!dx && !dy) return;
    box.classList.add("innoscape-moved");
    // Leaflet hangs popups by their lower edge
    Object.assign(box.style, { marginLeft: dx + "px", marginBottom: parseFloat(getComputedStyle(box).marginBottom) - dy + "px" });
  }

  // points along what a center lights: its flows, from end to end
  function litBy(atlas, place) {
    const start = atlas.centers.get(place), points = [];
    if (!start) return points;
    const a = atlas.map.latLngToContainerPoint(start.at);
    for (const layer of atlas.flowLayers) {
      if (!layer._map) continue;
      const { data } = layer;
      const number = data.places.findIndex((one) => one.p === place);
      if (number < 0) continue;
      for (let k = 0, n = 0; k < data.v.length && n < 200; k++) {
        const other = data.s[k] === number ? data.t[k] : data.t[k] === number ? data.s[k] : -1;
        if (other < 0) continue;
        n += 1;
        const b = atlas.map.latLngToContainerPoint(data.places[other].at);
        for (const u of [0.25, 0.5, 0.75, 1]) points.push([a.x + u * (b.x - a.x), a.y + u * (b.y - a.y), u === 1 ? 4 : 1]);
      }
    }
    return points;
  }

  innoscape.placing = function (atlas) {
    const { map } = atlas;
    map.on("popupopen", ({ popup }) => keepInside(atlas, popup));
    map.on("zoomend moveend", () => { if (map._popup && map._popup.isOpen()) keepInside(atlas, map._popup); });
    let lit = [];
    atlas.on("focus", (place) => { lit = place === null ? [] : litBy(atlas, place); });
    const usual = atlas.place.bind(atlas);
    atlas.place = (point, place) => {
      if (place !== undefined) lit = litBy(atlas, place);
      if (!lit.length) { usual(point); return; }
      const size = map.getSize(), w = atlas.tip.offsetWidth, h = atlas.tip.offsetHeight;
      // nearest first, ever further out on all sides; controls stand in the corners
      const steps = [0, 50, 100, 160, 230, 310, 400];
      const xs = steps.flatMap((far) => [point.x + 18 + far, point.x - w - 18 - far]);
      const ys = [...steps.flatMap((far) => [point.y + 16 + far, point.y - h - 16 - far]), point.y - h / 2];
      const spots = [...xs, point.x - w / 2].flatMap((x) => ys.map((y) => [x, y]));
      const inside = ([x, y]) => x >= 4 && y >= 4 && x + w <= size.x - 4 && y + h <= size.y - 4 && (y > 46 || (x > 48 && x + w < size.x - 52));
      const gap = ([x, y]) => Math.hypot(Math.max(x - point.x, 0, point.x - x - w), Math.max(y - point.y, 0, point.y - y - h));
      const over = ([x, y]) => (point.x > x - 12 && point.x < x + w + 12 && point.y > y - 12 && point.y < y + h + 12 ? 1e3 : 0)
        + lit.reduce((sum, [a, b, weight]) => sum + (a > x - 6 && a < x + w + 6 && b > y - 6 && b < y + h + 6 ? weight : 0), 0);
      const fitting = spots.filter(inside).map((spot) => [over(spot) + gap(spot) / 120, spot]);
      const [x, y] = fitting.length ? fitting.reduce((a, b) => (b[0] < a[0] ? b : a))[1] : [4, 4];
      atlas.tip.style.transform = "translate(" + Math.round(x) + "px," + Math.round(y) + "px)";
    };
  };

  // the first things that Tab reaches: past the panel to the map, past its centers to the time control
  innoscape.skipping = function (atlas) {
    const goals = [["skip_map", atlas.map.getContainer()]];
    const play = atlas.root.querySelector(".innoscape-play");
    if (play) goals.push(["skip_time", play]);
    const box = el("div", "innoscape-skips");
    for (const [key, goal] of goals) {
      const button = atlas.text("button", "", word(key));
      button.type = "button";
      button.addEventListener("click", () => goal.focus());
      box.append(button);
    }
    atlas.root.prepend(box);
  };
})();
