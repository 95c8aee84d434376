// Where the name of an area may stand: wholly inside its own polygon, at the zoom that is shown.
(function () {
  "use strict";

  // room left to the edge, which is drawn a little simpler than it is
  const EDGE = 2;
  const known = new WeakMap();

  // the ring in points of the window, without corners that no one sees
  function pixels(map, ring) {
    let kept = known.get(ring);
    if (!kept || kept.zoom !== map.getZoom() || kept.crs !== map.options.crs) {
      kept = { zoom: map.getZoom(), crs: map.options.crs, points: [] };
      let last = null;
      for (const corner of ring) {
        const p = map.project(corner);
        if (last && Math.abs(p.x - last.x) < 1 && Math.abs(p.y - last.y) < 1) continue;
        kept.points.push(p);
        last = p;
      }
      known.set(ring, kept);
    }
    const { x, y } = map.getPixelOrigin().subtract(map.layerPointToContainerPoint([0, 0]));
    return kept.points.map((p) => ({ x: p.x - x, y: p.y - y }));
  }

  // the parts of a horizontal line that lie inside, as pairs of x
  function cuts(ring, y) {
    const xs = [];
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const a = ring[i], b = ring[j];
      if (a.y > y !== b.y > y) xs.push(((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x);
    }
    xs.sort((a, b) => a - b);
    const parts = [];
    for (let i = 0; i + 1 < xs.length; i += 2) parts.push([xs[i], xs[i + 1]]);
    return parts;
  }

  const both = (one, other) => {
    const out = [];
    for (const [a, b] of one) for (const [c, d] of other) if (Math.min(b, d) > Math.max(a, c)) out.push([Math.max(a, c), Math.min(b, d)]);
    return out;
  };

  // whether a box lies wholly inside
  innoscape.holds = function (map, ring, x, y, w, h) {
    [x, y, w, h] = [x - EDGE, y - EDGE, w + 2 * EDGE, h + 2 * EDGE];
    const shape = pixels(map, ring), rows = Math.max(2, Math.ceil(h / 3));
    for (let k = 0; k <= rows; k++)
      if (!cuts(shape, y + (h * k) / rows).some(([left, right]) => left <= x && x + w <= right)) return false;
    return true;
  };

  // left upper corners of boxes of this size that fit inside, the nearest to the given point first
  innoscape.rooms = function (map, ring, w, h, near) {
    const shape = pixels(map, ring);
    if (shape.length < 3) return [];
    [w, h] = [w + 2 * EDGE, h + 2 * EDGE];
    const size = map.getSize();
    let low = Infinity, high = -Infinity;
    for (const { y } of shape) { if (y < low) low = y; if (y > high) high = y; }
    low = Math.max(low, 0);
    high = Math.min(high, size.y);
    const step = Math.max(4, (high - low) / 24), rows = Math.max(2, Math.ceil(h / 3)), kept = new Map(), spots = [];
    const line = (y) => { const key = Math.round(y * 2); if (!kept.has(key)) kept.set(key, cuts(shape, y)); return kept.get(key); };
    for (let top = low; top + h <= high; top += step) {
      let parts = line(top);
      for (let k = 1; k <= rows && parts.length; k++) parts = both(parts, line(top + (h * k) / rows));
      for (const [left, right] of parts) {
        const from = Math.max(left, 2), to = Math.min(right, size.x - 2) - w;
        if (to < from) continue;
        const best = Math.max(from, Math.min(to, near.x - w / 2));
        // along the row as well, where the nearest is taken
        for (const x of [best, (from + to) / 2, from + (to - from) * 0.15, from + (to - from) * 0.85])
          spots.push([x, top, Math.hypot(x + w / 2 - near.x, (top + h / 2 - near.y) * 1.3)]);
      }
    }
    return spots.sort((a, b) => a[2] - b[2]).slice(0, 60).map(([x, y]) => [x + EDGE, y + EDGE]);
  };
})();
