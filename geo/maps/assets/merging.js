// Places too near to each other to be told apart at a zoom are drawn as one, their flows added up.
(function () {
  "use strict";
  // points closer than so many pixels are one; from this zoom on only those at one point
  const NEAR = 18, APART = 7;

  // the number of the group of each place: the heaviest first takes those around it
  function grouped(map, places, weights, crowded) {
    const points = places.map((place) => map.project(place.at));
    const order = places.map((_, i) => i).sort((a, b) => weights[b] - weights[a] || (places[a].p < places[b].p ? -1 : 1));
    const near = crowded && map.getZoom() < APART ? NEAR : 0.5, heads = [], cells = new Map(), group = new Array(places.length);
    const cell = (x, y) => Math.floor(x / NEAR) + "," + Math.floor(y / NEAR);
    for (const i of order) {
      const { x, y } = points[i];
      let best = null;
      for (const dx of [-NEAR, 0, NEAR]) for (const dy of [-NEAR, 0, NEAR])
        for (const head of cells.get(cell(x + dx, y + dy)) || []) {
          const far = Math.hypot(points[head].x - x, points[head].y - y);
          if (far < near && (!best || far < best.far)) best = { far, head };
        }
      if (best) { group[i] = group[best.head]; heads[group[i]].push(i); continue; }
      group[i] = heads.length;
      heads.push([i]);
      const key = cell(x, y);
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(i);
    }
    return { group, heads };
  }

  // the flows between groups, strongest first; within a pair those of one color, the least certain status counts
  function summed(slice, group, directed) {
    const found = new Map();
    let inside = 0;
    for (let i = 0; i < slice.v.length; i++) {
      let s = group[slice.s[i]], t = group[slice.t[i]];
      const v = slice.v[i], both = slice.b.length ? slice.b[i] : 0;
      if (s === t) { inside += both ? 2 * v : v; continue; }
      if (!directed && s > t) [s, t] = [t, s];
      // a flow that is the same both ways is one each way once others join it
      for (const [from, to] of both ? [[s, t], [t, s]] : [[s, t]]) {
        const key = from + "," + to + "," + (slice.g.length ? slice.g[i] : 0), one = found.get(key);
        if (!one) found.set(key, { s: from, t: to, v, k: slice.k.length ? slice.k[i] : 0, g: slice.g.length ? slice.g[i] : 0, n: 1 });
        else { one.v += v; one.n += 1; one.k = Math.max(one.k, slice.k.length ? slice.k[i] : 0); }
      }
    }
    for (const one of [...found.values()]) {
      const back = found.get(one.t + "," + one.s + "," + one.g);
      if (!directed || !back || one.gone || back.gone || Math.abs(back.v - one.v) > 1e-9 * one.v) continue;
      one.b = 1;
      back.gone = true;
    }
    const rows = [...found.values()].filter((one) => !one.gone).sort((a, b) => b.v - a.v || a.s - b.s || a.t - b.t);
    const column = (name) => rows.map((one) => one[name] || 0);
    return { s: column("s"), t: column("t"), v: column("v"), k: column("k"), g: slice.g.length ? column("g") : [], b: slice.b.length ? column("b") : [], n: column("n"), inside };
  }

  // the slice as it is where no two places are one
  innoscape.merge = function (map, data, slice, weights) {
    const { group, heads } = grouped(map, data.places, weights, slice.v.length > 40);
    if (heads.length === data.places.length) return { ...slice, k: slice.k.length ? slice.k : slice.v.map(() => 0), n: null, ends: data.places, group: null, within: 0 };
    const sums = summed(slice, group, data.directed);
    const ends = heads.map(([first, ...rest]) => ({ ...data.places[first], more: rest.map((i) => data.places[i]) }));
    return { ...sums, ends, group, within: sums.inside, inside: slice.inside };
  };
})();
