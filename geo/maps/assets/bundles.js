// Where many flows run together they bend towards shared ways: the shortest ways over neighboring places, in which long
// steps cost more (after Wallinger and others, Edge-Path Bundling, 2022).
(function () {
  "use strict";
  // a way may be so much longer than the straight line; steps cost their length to this power
  const DETOUR = 1.22, POWER = 1.9;

  // neighbors: no third place lies in the circle over a pair
  function neighbors(points) {
    const links = points.map(() => []);
    for (let i = 0; i < points.length; i++)
      for (let j = i + 1; j < points.length; j++) {
        const a = points[i], b = points[j], x = (a.x + b.x) / 2, y = (a.y + b.y) / 2, r = ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) / 4;
        if (points.some((p, k) => k !== i && k !== j && (p.x - x) ** 2 + (p.y - y) ** 2 < r)) continue;
        links[i].push([j, 2 * Math.sqrt(r)]);
        links[j].push([i, 2 * Math.sqrt(r)]);
      }
    return links;
  }

  function ways(links, from) {
    const cost = links.map(() => Infinity), before = links.map(() => -1), done = links.map(() => false);
    cost[from] = 0;
    for (;;) {
      let at = -1;
      for (let i = 0; i < links.length; i++) if (!done[i] && cost[i] < Infinity && (at < 0 || cost[i] < cost[at])) at = i;
      if (at < 0) return before;
      done[at] = true;
      for (const [to, length] of links[at]) {
        const sum = cost[at] + length ** POWER;
        if (sum < cost[to]) { cost[to] = sum; before[to] = at; }
      }
    }
  }

  // for each pair of places the points between them that its curve bends towards, or nothing
  innoscape.bundle = function (points, pairs) {
    const used = [...new Set(pairs.flat())].sort((a, b) => a - b);
    if (used.length < 6 || used.length > 160 || pairs.length < 25 || pairs.length > 600) return () => null;
    const own = new Map(used.map((place, i) => [place, i])), spots = used.map((place) => points[place]);
    const links = neighbors(spots), from = new Map();
    return (s, t) => {
      const flip = s > t, [a, b] = flip ? [t, s] : [s, t];
      if (!own.has(a) || !own.has(b)) return null;
      if (!from.has(a)) from.set(a, ways(links, own.get(a)));
      const before = from.get(a), way = [];
      for (let at = own.get(b); at >= 0; at = before[at]) way.push(spots[at]);
      if (way.length < 3 || way[way.length - 1] !== points[a]) return null;
      let length = 0;
      for (let i = 1; i < way.length; i++) length += Math.hypot(way[i].x - way[i - 1].x, way[i].y - way[i - 1].y);
      if (length > DETOUR * Math.hypot(points[a].x - points[b].x, points[a].y - points[b].y)) return null;
      const inner = way.slice(1, -1);
      return flip ? inner : inner.reverse();
    };
  };
})();
