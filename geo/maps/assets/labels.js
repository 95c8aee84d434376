// Names that do not overlap: by priority, each in the first free place beside its point, at every zoom anew.
innoscape.labelling = function (atlas) {
  "use strict";
  const map = atlas.map;
  const pane = map.getPane("labels");
  const box = innoscape.el("div", "innoscape-labels leaflet-zoom-hide");
  pane.appendChild(box);
  const pen = document.createElement("canvas").getContext("2d");
  const FONT = getComputedStyle(map.getContainer()).fontFamily;
  const STYLES = {
    landmark: [10.5, 400], center: [11, 400], province: [10.5, 400], scope: [11.5, 600],
  };
  const widths = new Map();
  const centers = atlas.tiers.map((_, tier) => [
    innoscape.between([14.5, 13, 12, 11], atlas.step(tier)), 100 * Math.round(innoscape.between([7, 6, 5, 4], atlas.step(tier))),
  ]);
  const styleOf = (cls) => cls.startsWith("center t") ? centers[Number(cls.slice(8))] : STYLES[cls.split(" ")[0]];

  function wrap(text, limit) {
    const lines = [""];
    for (const part of text.split(/(?<=[\s-])/)) {
      if (lines[lines.length - 1] && (lines[lines.length - 1] + part).trim().length > limit) lines.push("");
      lines[lines.length - 1] += part;
    }
    return lines.map((line) => line.trim());
  }

  // a name too wide for the map ends in dots; its card holds it in full
  const shorten = (text, most) => {
    if (pen.measureText(text).width <= most) return text;
    const letters = [...text];
    while (letters.length > 1 && pen.measureText(letters.join("") + "…").width > most) letters.pop();
    return letters.join("").trimEnd() + "…";
  };

  function measure(label, text, most, limit, shrink) {
    const key = [label.cls, most, limit, shrink, text].join("|");
    if (!widths.has(key)) {
      const [full, weight] = styleOf(label.cls), size = shrink ? Math.min(full, shrink) : full;
      pen.font = weight + " " + size + "px " + FONT;
      const lines = label.cls.startsWith("scope") ? wrap(text, limit).map((line) => shorten(line, most)) : [shorten(text, most)];
      const spacing = /^(scope|province)/.test(label.cls) ? 0.1 * size : 0;
      const w = Math.max(...lines.map((line) => pen.measureText(line).width + spacing * line.length));
      widths.set(key, { w: Math.ceil(w) + 2, h: Math.ceil(size * 1.22 * lines.length), lines, size });
    }
    return widths.get(key);
  }

  // a coarse grid of taken boxes
  const taken = new Map();
  const cellsOf = (b) => {
    const cells = [];
    for (let x = Math.floor(b[0] / 64); x <= Math.floor(b[2] / 64); x++)
      for (let y = Math.floor(b[1] / 64); y <= Math.floor(b[3] / 64); y++) cells.push(x + "," + y);
    return cells;
  };
  const take = (b) => cellsOf(b).forEach((cell) => taken.has(cell) ? taken.get(cell).push(b) : taken.set(cell, [b]));
  const free = (b, self) => cellsOf(b).every((cell) => (taken.get(cell) || []).every((o) =>
    o[4] === self || b[2] <= o[0] || b[0] >= o[2] || b[3] <= o[1] || b[1] >= o[3]));

  const beside = (p, r, w, h, g = 3) => [
    [p.x + r + g, p.y - h / 2], [p.x - r - g - w, p.y - h / 2], [p.x - w / 2, p.y - r - h], [p.x - w / 2, p.y + r + 1],
    [p.x + r * 0.8, p.y - r * 0.7 - h], [p.x + r * 0.8, p.y + r * 0.7], [p.x - r * 0.8 - w, p.y - r * 0.7 - h], [p.x - r * 0.8 - w, p.y + r * 0.7],
  ];

  // free places inside the area that do not cover its point
  const housed = (ring, p, r, w, h, label) => beside(p, r, w, h).filter(([x, y]) => innoscape.holds(map, ring, x, y, w, h))
    .concat(innoscape.rooms(map, ring, w, h, p).filter(([x, y]) => x > p.x + r || x + w < p.x - r || y > p.y + r || y + h < p.y - r))
    .filter(([x, y]) => free([x - 1.5, y - 0.75, x + w + 1.5, y + h + 0.75], label));

  // places for a name beside its area, the nearest first
  const around = (p, w, h) => {
    const out = [];
    for (const far of [18, 28, 40, 56, 74, 94, 116, 140])
      for (let k = 0; k < 16; k++) {
        const turn = (k * Math.PI) / 8, x = p.x + far * 1.25 * Math.cos(turn), y = p.y + far * Math.sin(turn);
        out.push([x - w * (0.5 - 0.5 * Math.cos(turn)), y - h / 2]);
      }
    return out;
  };

  function leader([p, x, y, w, h, cls]) {
    const to = { x: Math.max(x, Math.min(x + w, p.x)), y: Math.max(y, Math.min(y + h, p.y)) };
    const left = Math.min(p.x, to.x) - 3, top = Math.min(p.y, to.y) - 3, at = map.containerPointToLayerPoint([left, top]);
    const wide = Math.abs(p.x - to.x) + 6, high = Math.abs(p.y - to.y) + 6;
    const line = innoscape.svg("svg", { width: wide, height: high, class: "innoscape-leader " + cls, "aria-hidden": "true", style: "left:" + Math.round(at.x) + "px;top:" + Math.round(at.y) + "px" });
    const ends = { x1: p.x - left, y1: p.y - top, x2: to.x - left, y2: to.y - top };
    line.append(innoscape.svg("line", { ...ends, class: "under" }), innoscape.svg("line", ends));
    return line;
  }

  function layout() {
    taken.clear();
    const zoom = map.getZoom();
    const growth = innoscape.growth(map);
    const size = map.getSize();
    const most = Math.round(Math.max(70, Math.min(240, 0.4 * size.x)));
    atlas.root.style.setProperty("--grow", growth.toFixed(3));
    const frame = map.getContainer().getBoundingClientRect();
    for (const control of map.getContainer().querySelectorAll(".leaflet-control")) {
      const { left, top, right, bottom } = control.getBoundingClientRect();
      if (right > left) take([left - frame.left, top - frame.top, right - frame.left, bottom - frame.top]);
    }
    const seen = [];
    // a province whose name a center or a scope already says needs no label of its own
    const said = new Set(atlas.labels.filter((one) => one.cls !== "province" && map.hasLayer(one.owner)).map((one) => one.names.en));
    for (const label of atlas.labels) {
      if (label.cls === "province" && (said.has(label.names.en) || atlas.root.classList.contains("innoscape-tiled"))) continue;
      if (!map.hasLayer(label.owner) || (label.from && zoom < label.from)) continue;
      const p = map.latLngToContainerPoint(label.at);
      if (p.x < -60 || p.y < -30 || p.x > size.x + 60 || p.y > size.y + 30) continue;
      const r = label.size * growth + (label.size ? 1 : 0);
      if (label.size) take([p.x - r, p.y - r, p.x + r, p.y + r, label]);
      if (label.text !== false) seen.push([label, p, r]);
    }
    seen.sort((a, b) => a[0].rank - b[0].rank);
    const nodes = [], leads = [];
    for (const [label, p, r] of seen) {
      const text = atlas.in(label.names);
      let { w, h, lines, size: letters } = measure(label, text, most, 18);
      // a narrow area may hold a name in more lines
      if (label.rings && label.cls.startsWith("scope") && !innoscape.rooms(map, label.rings, w, h, p).length) {
        const narrow = measure(label, text, most, 10);
        if (innoscape.rooms(map, label.rings, narrow.w, narrow.h, p).length) ({ w, h, lines, size: letters } = narrow);
      }
      const home = label.place && label.size && atlas.homes && atlas.homes.get(label.place), own = home && !home.rough && map.hasLayer(home.group);
      let spots = label.size ? beside(p, r, w, h) : label.rings ? innoscape.rooms(map, label.rings, w, h, p) : [[p.x - w / 2, p.y - h / 2]];
      // the name of a tinted area stands inside it, best beside its point, in smaller letters where it must
      if (own) {
        spots = [];
        for (const shrink of [null, 11, 9.5]) {
          ({ w, h, lines, size: letters } = measure(label, text, most, 18, shrink));
          spots = housed(home.ring, p, r, w, h, label);
          if (spots.length) break;
        }
        if (!spots.length) ({ w, h, lines, size: letters } = measure(label, text, most, 18));
      }
      const inside = spots.length;
      // the name of an area stands inside it, or a line leads to it, as to one of the first tier; others wait for a nearer zoom
      const leading = label.lead || label.cls === "center t0" || (own && label.cls === "center t1");
      if (leading) spots.push(...around(p, w, h));
      const pad = label.size ? 1.5 : 2;
      for (const [n, [x, y]] of spots.entries()) {
        const b = [x - pad, y - pad / 2, x + w + pad, y + h + pad / 2, label];
        if (x < 2 || y < 2 || x + w > size.x - 2 || y + h > size.y - 2) continue;
        if (!free(b, label)) continue;
        take(b);
        if (leading && n >= inside) leads.push([p, x, y, w, h, label.cls]);
        const at = map.containerPointToLayerPoint([x, y]);
        const node = innoscape.el("span", "innoscape-label " + label.cls);
        lines.forEach((line, i) => { if (i) node.append(document.createElement("br")); node.append(line); });
        node.style.cssText = "left:" + Math.round(at.x) + "px;top:" + Math.round(at.y) + "px;width:" + w + "px;font-size:" + letters + "px;font-weight:" + styleOf(label.cls)[1];
        nodes.push(node);
        break;
      }
    }
    box.replaceChildren(...leads.map(leader), ...nodes);
  }

  map.on("zoomend moveend resize viewreset", layout);
  atlas.on("language", layout);
  atlas.on("layers", layout);
  layout();
};
