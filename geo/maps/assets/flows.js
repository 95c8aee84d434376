// Flows on one canvas: curves computed from their ends, widening towards the goal; a second canvas for what is lit.
(function () {
  "use strict";
  const { at, word } = innoscape;
  const COLORS = ["#2166ac", "#7a52a6", "#0f766e", "#8a6414"];
  const WIDEST = 15;

  const rgba = (hex, alpha) => {
    const n = parseInt(hex.slice(1), 16);
    return "rgba(" + (n >> 16) + "," + ((n >> 8) & 255) + "," + (n & 255) + "," + alpha + ")";
  };

  const FlowLayer = L.Renderer.extend({
    options: { pane: "flows", padding: 0.25 },

    initialize: function (atlas, about, data, color) {
      L.Renderer.prototype.initialize.call(this, {});
      Object.assign(this, { atlas, about, data, color, shown: [], order: atlas.flowLayers.length, hidden: new Set() });
      this.soft = data.statuses.map((one) => atlas.soft.has(one));
      this.max = Math.max(...data.slices.map((one) => one.v[0] || 0));
      this.pick(data.slices.length - 1);
    },

    // take the flows of one year
    pick: function (index) {
      const { data } = this;
      this.index = index;
      Object.assign(data, data.slices[index]);
      this.top = data.top;
      if (!data.k.length) data.k = data.v.map(() => 0);
      // flows between the same two points, of this layer or another, bow apart
      const twins = new Map();
      const where = data.places.map((place) => place.at.join());
      this.bow = data.v.map((_, i) => {
        const ends = [where[data.s[i]], where[data.t[i]]];
        const key = (data.directed ? ends : ends.sort()).join("|");
        twins.set(key, (twins.get(key) || 0) + 1);
        return 0.11 + 0.05 * this.order + 0.09 * (twins.get(key) - 1);
      });
    },

    tint: function (i) { return this.data.g.length ? this.data.groups[this.data.g[i]].color : this.color; },

    _initContainer: function () {
      this._container = L.DomUtil.create("div", "innoscape-flows");
      this.canvases = ["base", "light"].map((name) => L.DomUtil.create("canvas", name, this._container));
    },
    _destroyContainer: function () {
      this._container.remove();
      delete this._container;
      this.shown = [];
    },

    // what lies just outside the view is drawn as well, so a short pan costs nothing
    _update: function () {
      const { _map: map } = this;
      if ((map._animatingZoom && this._bounds) || (!this.atlas.ready && this._bounds)) return;
      const corner = map.containerPointToLayerPoint([0, 0]).round(), view = L.bounds(corner, corner.add(map.getSize()));
      const now = [map.getZoom(), map.getPixelOrigin(), map.getSize()].join();
      if (this.atlas.ready && this.covered === now && this._bounds.contains(view)) return;
      L.Renderer.prototype._update.call(this);
      if (!this.atlas.ready) return;
      this.covered = now;
      const size = this._bounds.getSize(), ratio = window.devicePixelRatio || 1;
      L.DomUtil.setPosition(this._container, this._bounds.min);
      for (const canvas of this.canvases) {
        canvas.width = size.x * ratio;
        canvas.height = size.y * ratio;
        canvas.style.width = size.x + "px";
        canvas.style.height = size.y + "px";
        canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, -this._bounds.min.x * ratio, -this._bounds.min.y * ratio);
      }
      this.project();
      this.draw();
    },

    zoomed: function () {
      return this._map ? Math.max(0.6, Math.min(1, 0.6 + (this._map.getZoom() - 4.5) * 0.16)) : 1;
    },

    width: function (value) {
      const share = this.data.scale === "sqrt" ? Math.sqrt(value / this.max) : value / this.max;
      return Math.max(0.8, share * WIDEST * this.zoomed());
    },

    // curves of the shown flows, in layer points; off-screen ones are left out
    project: function () {
      const { data, _map: map } = this;
      const points = data.places.map((place) => map.latLngToLayerPoint(place.at));
      const clear = data.places.map((place) => innoscape.clearance(this.atlas, place.p));
      this.curve = (i) => curve(points[data.s[i]], points[data.t[i]], clear[data.s[i]], clear[data.t[i]], this.bow[i], data.directed);
      const { min, max } = this._bounds;
      this.shown = [];
      for (let i = Math.min(this.top, data.v.length) - 1; i >= 0; i--) {
        if (this.hidden.size && this.hidden.has(data.g[i])) continue;
        const a = points[data.s[i]], b = points[data.t[i]];
        const reach = 0.25 * Math.hypot(a.x - b.x, a.y - b.y);
        if (Math.max(a.x, b.x) + reach < min.x || Math.min(a.x, b.x) - reach > max.x) continue;
        if (Math.max(a.y, b.y) + reach < min.y || Math.min(a.y, b.y) - reach > max.y) continue;
        const line = this.curve(i);
        if (line) this.shown.push({ i, line, w: this.width(data.v[i]) });
      }
      // among many flows only the wide ones are worth a shape of their own
      this.shape = this.shown.length > 2000 ? 4 : this.shown.length > 400 ? 1.15 : 0;
    },

    draw: function () {
      const pen = this.wipe(0), thin = new Map();
      for (const flow of this.shown) {
        const soft = this.soft[this.data.k[flow.i]], color = this.tint(flow.i);
        if (flow.w >= this.shape) continue;
        const width = flow.w < 1.15 ? 0.7 : Math.round(flow.w), key = color + soft + width;
        if (!thin.has(key)) thin.set(key, { soft, color, width, flows: [] });
        thin.get(key).flows.push(flow);
      }
      for (const { soft, color, width, flows } of [...thin.values()].sort((a, b) => a.width - b.width)) {
        pen.strokeStyle = rgba(color, (soft ? 0.28 : 0.4) * Math.max(0.1, Math.min(1, 700 / this.shown.length)));
        pen.lineWidth = width;
        // dashes of thousands cost seconds and are not seen
        pen.setLineDash(soft && flows.length < 600 ? [5, 4] : []);
        for (let k = 0; k < flows.length; k += 16) {
          pen.beginPath();
          for (const { line } of flows.slice(k, k + 16)) {
            pen.moveTo(line.ax, line.ay);
            pen.quadraticCurveTo(line.cx, line.cy, line.bx, line.by);
          }
          pen.stroke();
        }
        pen.setLineDash([]);
      }
      for (const flow of this.shown) {
        const soft = this.soft[this.data.k[flow.i]];
        if (flow.w >= this.shape) paint(pen, flow, this.tint(flow.i), soft ? 0.5 : 0.75, soft, this.data.directed);
      }
    },

    wipe: function (which) {
      const pen = this.canvases[which].getContext("2d");
      const { min, max } = this._bounds;
      pen.clearRect(min.x - 1, min.y - 1, max.x - min.x + 2, max.y - min.y + 2);
      return pen;
    },

    // light single flows, the rest steps back
    light: function (flows) {
      if (!this._container || !this.canvases) return;
      const pen = this.wipe(1);
      this._container.classList.toggle("dim", Boolean(flows));
      for (const [flow, color] of flows || [])
        paint(pen, { ...flow, w: Math.max(flow.w, 2) }, color || this.tint(flow.i), 0.95, this.soft[this.data.k[flow.i]], this.data.directed);
    },

    lightPlace: function (place) {
      if (!this._map || !this.curve) return;
      if (place === null) { this.light(null); return; }
      const index = this.data.places.findIndex((one) => one.p === place);
      const own = [];
      for (let i = 0; i < this.data.v.length && own.length < 200 && index >= 0; i++) {
        if ((this.data.s[i] !== index && this.data.t[i] !== index) || this.hidden.has(this.data.g[i])) continue;
        const line = this.curve(i);
        const leaving = this.data.directed && !this.data.g.length && this.data.s[i] === index;
        if (line) own.push([{ i, line, w: this.width(this.data.v[i]) }, leaving ? "#b35806" : this.tint(i)]);
      }
      this.light(own.length ? own.reverse() : null);
    },

    hit: function (p, slack) {
      let best = null;
      for (const flow of this.shown) {
        const { line } = flow;
        const margin = flow.w / 2 + slack + 1;
        if (p.x < line.x0 - margin || p.x > line.x1 + margin || p.y < line.y0 - margin || p.y > line.y1 + margin) continue;
        sample(line);
        for (let j = 0; j < line.n; j++) {
          const dx = line.x[j + 1] - line.x[j], dy = line.y[j + 1] - line.y[j];
          const u = Math.max(0, Math.min(1, ((p.x - line.x[j]) * dx + (p.y - line.y[j]) * dy) / (dx * dx + dy * dy || 1)));
          const d = Math.hypot(p.x - line.x[j] - u * dx, p.y - line.y[j] - u * dy) - flow.w / 2;
          if (d < slack && (!best || d < best.d)) best = { d, flow, layer: this };
        }
      }
      return best;
    },

    card: function (i) {
      const { atlas, data } = this;
      const a = atlas.nameOf(data.places[data.s[i]].p), b = atlas.nameOf(data.places[data.t[i]].p);
      const arrow = data.directed ? " → " : " – ";
      const box = innoscape.el("div", "innoscape-card");
      box.append(atlas.text("div", "innoscape-card-name", innoscape.join([a, b], arrow)));
      const value = innoscape.el("div", "innoscape-card-value");
      value.append(atlas.text("b", "", innoscape.amount(data.v[i], data.unit)));
      box.append(value);
      const badges = innoscape.el("div", "innoscape-card-badges");
      badges.append(atlas.text("span", "innoscape-badge plain", this.about.names));
      if (data.g.length) {
        const kind = atlas.text("span", "innoscape-badge", this.groupNames(data.g[i]));
        kind.style.background = this.tint(i);
        badges.append(kind);
      }
      const status = data.statuses[data.k[i]];
      if (status) badges.append(atlas.badge(status, atlas.soft.has(status) ? "soft" : "plain"));
      if (data.year) badges.append(innoscape.el("span", "innoscape-badge plain", String(data.year)));
      box.append(badges);
      return box;
    },

    groupNames: function (g) {
      const group = this.data.groups[g];
      return group.names || word(group.key || "unknown");
    },

    show: function (top) {
      this.top = top;
      if (this._map && this.atlas.ready) { this.project(); this.draw(); }
    },

    // go to another year
    turn: function (index) {
      this.pick(index);
      this.light(null);
      this.show(this.top);
    },

    // what leaves and reaches a place, over all flows of the layer
    sums: function (place) {
      const index = this.data.places.findIndex((one) => one.p === place);
      let out = 0, into = 0;
      if (index >= 0)
        for (let i = 0; i < this.data.v.length; i++) {
          if (this.data.s[i] === index) out += this.data.v[i];
          if (this.data.t[i] === index) into += this.data.v[i];
        }
      return { out, into };
    },
  });

  // a quadratic curve kept clear of both symbols; its two directions bow to different sides
  function curve(a, b, clearA, clearB, bow, directed) {
    const dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy);
    const room = length - clearA - clearB;
    if (room < 6) return null;
    const cx = (a.x + b.x) / 2 + dy * bow, cy = (a.y + b.y) / 2 - dx * bow;
    const from = clearA / length, to = 1 - (clearB + (directed ? 1 : 0)) / length;
    const at = (t, p, c, q) => (1 - t) * (1 - t) * p + 2 * (1 - t) * t * c + t * t * q;
    const ax = at(from, a.x, cx, b.x), ay = at(from, a.y, cy, b.y), bx = at(to, a.x, cx, b.x), by = at(to, a.y, cy, b.y);
    // the curve stays within the triangle of its ends and its handle
    const x0 = Math.min(ax, bx, cx), x1 = Math.max(ax, bx, cx), y0 = Math.min(ay, by, cy), y1 = Math.max(ay, by, cy);
    return { a, b, cx, cy, ax, ay, bx, by, from, to, room, x0, x1, y0, y1, n: Math.max(8, Math.min(36, Math.round(length / 10))), x: null, y: null };
  }

  // points along a curve, once they are needed
  function sample(line) {
    if (line.x) return line;
    const { a, b, cx, cy, from, to, n } = line;
    line.x = new Float32Array(n + 1);
    line.y = new Float32Array(n + 1);
    for (let j = 0; j <= n; j++) {
      const t = from + ((to - from) * j) / n, s = 1 - t;
      line.x[j] = s * s * a.x + 2 * s * t * cx + t * t * b.x;
      line.y[j] = s * s * a.y + 2 * s * t * cy + t * t * b.y;
    }
    return line;
  }

  // a ribbon from thin to wide with a head; in dashes when the value is not measured
  function paint(pen, { line, w }, color, alpha, dashed, directed) {
    const { n, x, y } = sample(line);
    const head = directed ? Math.min(line.room * 0.4, 3.5 + w * 1.15) : 0;
    const at = new Float32Array(n + 1);
    for (let j = 1; j <= n; j++) at[j] = at[j - 1] + Math.hypot(x[j] - x[j - 1], y[j] - y[j - 1]);
    const length = at[n], body = length - head;
    const spot = (d) => {
      let j = 1;
      while (j < n && at[j] < d) j++;
      const u = (d - at[j - 1]) / (at[j] - at[j - 1] || 1);
      const tx = x[j] - x[j - 1], ty = y[j] - y[j - 1], l = Math.hypot(tx, ty) || 1;
      return [x[j - 1] + u * tx, y[j - 1] + u * ty, -ty / l, tx / l];
    };
    const half = (d) => directed ? (w / 2) * (0.3 + 0.7 * (d / body)) : w / 2;
    pen.fillStyle = rgba(color, alpha);
    const dash = dashed ? 7 + w * 0.35 : body, gap = dashed ? 4.5 + w * 0.1 : 1;
    for (let d = 0; d < body - 0.5; d += dash + gap) {
      const end = Math.min(body, d + dash);
      const steps = Math.max(1, Math.ceil((end - d) / (dashed ? 6 : body / n)));
      const left = [], right = [];
      for (let k = 0; k <= steps; k++) {
        const where = d + ((end - d) * k) / steps;
        const [px, py, nx, ny] = spot(where), h = half(where);
        left.push([px + nx * h, py + ny * h]);
        right.push([px - nx * h, py - ny * h]);
      }
      pen.beginPath();
      left.forEach(([px, py], k) => k ? pen.lineTo(px, py) : pen.moveTo(px, py));
      right.reverse().forEach(([px, py]) => pen.lineTo(px, py));
      pen.closePath();
      pen.fill();
    }
    if (!directed) return;
    const [bx, by, nx, ny] = spot(body), wing = w * 0.85 + 1.6;
    pen.beginPath();
    pen.moveTo(x[n], y[n]);
    pen.lineTo(bx + nx * wing, by + ny * wing);
    pen.lineTo(bx - nx * wing, by - ny * wing);
    pen.closePath();
    pen.fill();
  }

  innoscape.flows = function (map, group, data) {
    const atlas = at(map);
    for (const place of data.places) atlas.learn(place);
    const entry = atlas.layers.find((one) => one.layer === group);
    const color = /^#[0-9a-f]{6}$/i.test(data.color || "") ? data.color : COLORS[atlas.flowLayers.length % COLORS.length];
    const made = new FlowLayer(atlas, entry.about, data, color);
    entry.flows = made;
    atlas.flowLayers.push(made);
    group.addLayer(made);
  };

  // what the colors of lit flows mean
  innoscape.lit = (atlas, place) => {
    const some = place && atlas.flowLayers.some((one) => one._map && one.data.directed && !one.data.g.length && Object.values(one.sums(place)).some(Boolean));
    return some ? word("lit") : null;
  };

  // one listener for all flow layers: the nearest flow speaks, unless a center is under the pointer
  innoscape.flowing = function (atlas) {
    const map = atlas.map;
    atlas.flowFacts = (place) => {
      const facts = [];
      for (const one of atlas.flowLayers) {
        if (!one._map) continue;
        const { out, into } = one.sums(place);
        if (!out && !into) continue;
        const { unit, directed } = one.data;
        facts.push([one.about.names, directed
          ? word("out_in", { out: innoscape.amount(out, unit), into: innoscape.amount(into, unit) })
          : innoscape.amount(out + into, unit)]);
      }
      return facts;
    };
    let waiting = null, active = null;
    const look = () => {
      const event = waiting;
      waiting = null;
      if (!event) return;
      const onMark = event.originalEvent.target.closest && event.originalEvent.target.closest(".innoscape-point, .leaflet-popup, .leaflet-control");
      let best = null;
      if (!onMark)
        for (const one of atlas.flowLayers) {
          const found = one._map && one.hit(event.layerPoint, atlas.coarse ? 12 : 4);
          if (found && (!best || found.d < best.d)) best = found;
        }
      if (best) {
        if (active && active !== best.layer) active.light(null);
        best.layer.light([[best.flow]]);
        active = best.layer;
        map.getContainer().style.cursor = "pointer";
        atlas.hover(2, () => best.layer.card(best.flow.i), event.containerPoint);
      } else if (active) forget();
    };
    map.on("mousemove click", (event) => {
      if (!waiting) requestAnimationFrame(look);
      waiting = event;
    });
    const forget = () => {
      waiting = null;
      if (active) active.light(null);
      active = null;
      map.getContainer().style.cursor = "";
      atlas.hover(2, null);
    };
    // Leaflet tells a layer under the pointer, not the map, that the pointer has left
    map.getContainer().addEventListener("mouseleave", forget);
    map.on("zoomstart", forget);
    atlas.on("focus", (place) => { for (const one of atlas.flowLayers) one.lightPlace(place); active = null; if (place !== null) atlas.hover(2, null); });
    atlas.on("layers", () => { for (const one of atlas.flowLayers) if (one._map && one.curve) one.show(one.top); });
  };
})();
