// Flows on one canvas: curves computed from their ends, widening towards the goal; a second canvas for what is lit.
(function () {
  "use strict";
  const { at, word } = innoscape, { rgba, faded, curve, sample, paint } = innoscape.curves;
  const WIDEST = 15;

  // what is the same both ways counts twice
  const worth = ({ v, b }, i) => (b.length && b[i] ? 2 * v[i] : v[i]);
  const total = (flows, top = flows.v.length) => {
    let sum = 0;
    for (let i = 0; i < top; i++) sum += worth(flows, i);
    return sum;
  };

  const FlowLayer = L.Renderer.extend({
    options: { pane: "flows", padding: 0.25 },

    initialize: function (atlas, about, data, color) {
      L.Renderer.prototype.initialize.call(this, {});
      Object.assign(this, { atlas, about, data, color, shown: [], order: atlas.flowLayers.length, hidden: new Set() });
      this.soft = data.statuses.map((one) => atlas.soft.has(one));
      this.told = [];
      // which places are drawn as one must not change from year to year
      this.weights = data.places.map(() => 0);
      for (const { s, t, v } of data.slices) v.forEach((value, i) => { this.weights[s[i]] += value; this.weights[t[i]] += value; });
      this.pick(data.slices.length - 1);
    },

    // take the flows of one year
    pick: function (index) {
      this.index = index;
      this.slice = this.data.slices[index];
      this.wanted = total(this.slice, this.slice.top) / (total(this.slice) || 1);
      this.regroup();
    },

    // merge what lies together at this zoom, and keep the share that is drawn
    regroup: function () {
      const { data, slice } = this, { map } = this.atlas;
      const merged = data.slices.map((one) => innoscape.merge(map, data, one, this.weights));
      this.max = Math.max(...merged.map((one) => one.v[0] || 0));
      Object.assign(data, { year: slice.year, undrawn: slice.undrawn }, merged[this.index]);
      const goal = this.wanted * total(data) * (1 - 1e-9);
      let k = 0;
      for (let sum = 0; k < data.v.length && sum < goal; k++) sum += worth(data, k);
      this.top = Math.max(1, k);
      // flows between the same two points, of this layer or another, bow apart
      const twins = new Map();
      const where = data.ends.map((place) => place.at.join());
      this.bow = data.v.map((_, i) => {
        const ends = [where[data.s[i]], where[data.t[i]]];
        const key = (data.directed ? ends : ends.sort()).join("|");
        twins.set(key, (twins.get(key) || 0) + 1);
        return 0.11 + 0.05 * this.order + 0.09 * (twins.get(key) - 1);
      });
    },

    // whether a flow points somewhere: not where it is the same both ways
    worth: function (i) { return worth(this.data, i); },
    points: function (i) { return this.data.directed && !(this.data.b.length && this.data.b[i]); },
    share: function (i) { return Math.sqrt(this.data.v[i] / this.max); },

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
      this._container.style.zIndex = this.soft.every(Boolean) ? 1 : 2;
      if (this.merged !== map.getZoom()) {
        this.merged = map.getZoom();
        this.regroup();
        for (const tell of this.told) tell();
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
      const points = data.ends.map((place) => map.latLngToLayerPoint(place.at));
      const rings = (this.rings = data.ends.map((place, i) => (place.more && place.more.length ? Math.max(...place.more.map((one) => points[i].distanceTo(map.latLngToLayerPoint(one.at)))) + 5 : 0)));
      const clear = data.ends.map((place, i) => Math.max(rings[i], innoscape.clearance(this.atlas, place.p)));
      this.spots = points;
      const drawn = Math.min(this.top, data.v.length), pairs = [];
      for (let i = 0; i < drawn; i++) pairs.push([data.s[i], data.t[i]]);
      const between = innoscape.bundle(points, pairs);
      this.curve = (i) => curve(points[data.s[i]], points[data.t[i]], clear[data.s[i]], clear[data.t[i]], this.bow[i], this.points(i), between(data.s[i], data.t[i]));
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
      this.ring(pen);
      for (const flow of this.shown) {
        const soft = this.soft[this.data.k[flow.i]], color = faded(this.tint(flow.i), Math.round(5 * this.share(flow.i)) / 5);
        if (flow.w >= this.shape) continue;
        const width = flow.w < 1.15 ? 0.7 : Math.round(flow.w), key = color + soft + width;
        if (!thin.has(key)) thin.set(key, { soft, color, width, flows: [] });
        thin.get(key).flows.push(flow);
      }
      for (const { soft, color, width, flows } of [...thin.values()].sort((a, b) => a.width - b.width)) {
        pen.strokeStyle = rgba(color, (soft ? 0.28 : 0.4) * Math.max(0.1, Math.min(1, 700 / this.shown.length)));
        pen.lineWidth = width;
        for (let k = 0; k < flows.length; k += 16) {
          pen.beginPath();
          for (const { line } of flows.slice(k, k + 16)) {
            pen.moveTo(line.ax, line.ay);
            if (line.way) { sample(line); for (let j = 1; j <= line.n; j++) pen.lineTo(line.x[j], line.y[j]); }
            else pen.quadraticCurveTo(line.cx, line.cy, line.bx, line.by);
          }
          pen.stroke();
        }
      }
      for (const flow of this.shown) {
        const soft = this.soft[this.data.k[flow.i]], share = this.share(flow.i);
        if (flow.w >= this.shape) paint(pen, flow, faded(this.tint(flow.i), share), (soft ? 0.42 : 0.6) + 0.35 * share, false, this.points(flow.i));
      }
    },

    // a ring around places that are drawn as one
    ring: function (pen) {
      const used = new Set(this.shown.flatMap(({ i }) => [this.data.s[i], this.data.t[i]]));
      pen.strokeStyle = rgba(this.color, 0.5);
      pen.lineWidth = 1;
      for (const end of used) {
        if (!this.rings[end]) continue;
        pen.beginPath();
        pen.arc(this.spots[end].x, this.spots[end].y, this.rings[end], 0, 2 * Math.PI);
        pen.stroke();
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
        paint(pen, { ...flow, w: Math.max(flow.w, 2) }, color || this.tint(flow.i), 0.95, this.soft[this.data.k[flow.i]], this.points(flow.i));
    },

    lightPlace: function (place) {
      if (!this._map || !this.curve) return;
      if (place === null) { this.light(null); return; }
      const raw = this.data.places.findIndex((one) => one.p === place);
      const index = raw >= 0 && this.data.group ? this.data.group[raw] : raw;
      const own = [];
      for (let i = 0; i < this.data.v.length && own.length < 200 && index >= 0; i++) {
        if ((this.data.s[i] !== index && this.data.t[i] !== index) || this.hidden.has(this.data.g[i])) continue;
        const line = this.curve(i);
        const leaving = this.points(i) && !this.data.g.length && this.data.s[i] === index;
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
      const named = ({ p, more }) => (more && more.length ? word("and_more", { name: atlas.nameOf(p), n: more.length }) : atlas.nameOf(p));
      const a = named(data.ends[data.s[i]]), b = named(data.ends[data.t[i]]);
      const arrow = this.points(i) ? " → " : " – ";
      const box = innoscape.el("div", "innoscape-card");
      box.append(atlas.text("div", "innoscape-card-name", innoscape.join([a, b], arrow)));
      const value = innoscape.el("div", "innoscape-card-value");
      const amount = innoscape.amount(data.v[i], data.unit);
      value.append(atlas.text("b", "", data.directed && !this.points(i) ? word("each_way", { amount }) : amount));
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
      const joined = [data.s[i], data.t[i]].map((end) => data.ends[end]).filter((end) => end.more && end.more.length);
      if (joined.length) {
        box.append(atlas.text("p", "innoscape-card-note", word("sum_of", { n: data.n[i] })));
        for (const { p, more } of joined) {
          const names = [p, ...more.map((one) => one.p)].slice(0, 6).map((one) => atlas.nameOf(one));
          const rest = more.length + 1 - names.length, list = innoscape.join(names);
          box.append(atlas.text("p", "innoscape-card-note", rest ? word("and_more", { name: list, n: rest }) : list));
        }
      }
      return box;
    },

    groupNames: function (g) {
      const group = this.data.groups[g];
      return group.names || word(group.key || "unknown");
    },

    show: function (top) {
      this.top = top;
      this.wanted = total(this.data, top) / (total(this.data) || 1);
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
        for (let i = 0, { s, t, v, b } = this.slice; i < v.length; i++) {
          const both = b.length && b[i];
          if (s[i] === index || (both && t[i] === index)) out += v[i];
          if (t[i] === index || (both && s[i] === index)) into += v[i];
        }
      return { out, into };
    },
  });

  innoscape.flows = function (map, group, data) {
    const atlas = at(map);
    for (const place of data.places) atlas.learn(place);
    const entry = atlas.layers.find((one) => one.layer === group);
    const color = /^#[0-9a-f]{6}$/i.test(data.color || "") ? data.color : atlas.flowColors[atlas.flowLayers.length % atlas.flowColors.length];
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
