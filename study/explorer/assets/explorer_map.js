// The map: outlines, scopes and centers colored by arrival or by change; drawn as SVG, nothing fetched.
import { el, announce, number, pick, same, say, svg, word } from "./explorer_parts.js";

export const STEPS = ["#0b3c5d", "#2a6f97", "#61a0b5", "#b9cfae", "#f0dfa0"];
const GAPS = ["#0b3c5d", "#6aa5d8", "#f4f1ea", "#f2a65a", "#b5400b"];

export class Map {
  constructor(study, host, lit) {
    this.study = study;
    this.lit = lit;
    const [west, south, east, north] = study.ground.box;
    const flat = Math.cos(((south + north) / 2) * Math.PI / 180);
    this.at = (lon, lat) => [lon * flat, -lat];
    const pad = Math.max(1, 0.04 * (north - south));
    this.home = { x: west * flat - pad, y: -north - pad, w: (east - west) * flat + 2 * pad, h: north - south + 2 * pad };
    this.view = { ...this.home };
    this.node = svg("svg", { tabindex: 0, role: "application" });
    announce(this.node, word("map_label"));
    this.ground = svg("g");
    for (const shape of study.ground.shapes) {
      const d = shape.lines.map((line) => {
        let text = "";
        for (let i = 0; i < line.length; i += 2) text += (i ? "L" : "M") + this.at(line[i], line[i + 1]).map((v) => v.toFixed(2)).join(" ");
        return text + (shape.kind === "line" ? "" : "Z");
      }).join("");
      this.ground.append(svg("path", { d, class: shape.kind }));
    }
    this.marks = svg("g");
    this.texts = svg("g", { "aria-hidden": "true" });
    this.node.append(this.ground, this.marks, this.texts);
    host.append(this.node);
    this.spots = new globalThis.Map([...study.centers, ...study.addable].map((c) => [c.place, this.at(c.lon, c.lat)]));
    this.answer = null;
    this.paint = "time";
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.node);
  }

  listen() {
    const zoomAt = (factor, px, py) => {
      const { view } = this, box = this.scale();
      const x = view.x + view.w / 2 + (px - box.width / 2) / box.k, y = view.y + view.h / 2 + (py - box.height / 2) / box.k;
      const w = Math.min(this.home.w, Math.max(this.home.w / 40, view.w / factor)), f = w / view.w;
      this.view = { x: x - (x - view.x) * f, y: y - (y - view.y) * f, w, h: view.h * f };
      this.draw();
    };
    this.zoom = (how) => {
      const box = this.scale();
      if (how === "all") { this.view = { ...this.home }; this.draw(); } else zoomAt(how === "in" ? 1.6 : 1 / 1.6, box.width / 2, box.height / 2);
    };
    this.node.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = this.node.getBoundingClientRect();
      zoomAt(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    let from = null;
    this.node.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY]; this.node.setPointerCapture(event.pointerId); });
    this.node.addEventListener("pointermove", (event) => {
      if (from) {
        const { k } = this.scale();
        this.view.x -= (event.clientX - from[0]) / k;
        this.view.y -= (event.clientY - from[1]) / k;
        from = [event.clientX, event.clientY];
        this.draw();
      } else this.lit(event.target.dataset ? event.target.dataset.place || null : null);
    });
    for (const end of ["pointerup", "pointercancel"]) this.node.addEventListener(end, () => { from = null; });
    this.node.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (move) { this.view.x += move[0] * this.view.w / 10; this.view.y += move[1] * this.view.h / 10; this.draw(); }
      else if (event.key === "+" || event.key === "=") this.zoom("in");
      else if (event.key === "-") this.zoom("out");
      else if (event.key === "0") this.zoom("all");
      else return;
      event.preventDefault();
    });
  }

  // pixels a unit of the view takes
  scale() {
    const width = this.node.clientWidth || 600, height = this.node.clientHeight || 500;
    return { width, height, k: Math.min(width / this.view.w, height / this.view.h) };
  }

  show(answer, widest) {
    this.answer = answer;
    this.widest = widest;
    this.draw();
  }

  color(row) {
    if (this.paint === "gap") {
      if (!row.gap || row.gap.difference === null) return row.seed ? "#1c2430" : "#fff";
      const u = row.gap.negligible ? 0 : row.gap.difference / (this.widest || 1);
      return GAPS[u < -0.5 ? 0 : u < -0.05 ? 1 : u <= 0.05 ? 2 : u <= 0.5 ? 3 : 4];
    }
    if (row.median === null) return "#fff";
    return STEPS[Math.min(STEPS.length - 1, Math.floor((row.median / this.study.horizon) * STEPS.length))];
  }

  draw() {
    const { width, height, k } = this.scale();
    const middle = [this.view.x + this.view.w / 2, this.view.y + this.view.h / 2];
    this.ground.setAttribute("transform", `translate(${width / 2} ${height / 2}) scale(${k}) translate(${-middle[0]} ${-middle[1]})`);
    if (!this.answer) return;
    const where = (place) => { const [x, y] = this.spots.get(place); return [(x - middle[0]) * k + width / 2, (y - middle[1]) * k + height / 2]; };
    const order = this.study.tiers, rows = this.answer.arrivals.filter((r) => this.spots.has(r.place));
    rows.sort((a, b) => order.indexOf(b.tier) - order.indexOf(a.tier));
    const drawn = [];
    for (const row of rows) {
      const [cx, cy] = where(row.place), r = this.study.radii[row.tier];
      const mark = svg("circle", { cx, cy, r, class: "mark" + (row.median === null ? " never" : ""), fill: this.color(row), "data-place": row.place });
      drawn.push(mark);
      if (row.seed) drawn.push(svg("circle", { cx, cy, r: r + 3, class: "ring" }));
      if (row.place === this.chosen) drawn.push(svg("circle", { cx, cy, r: r + 4.5, class: "lit" }));
    }
    this.marks.replaceChildren(...drawn);
    this.label(rows.reverse(), where, width, height);
  }

  // names that fit, higher tiers first
  label(rows, where, width, height) {
    const taken = rows.map((row) => { const [x, y] = where(row.place), r = this.study.radii[row.tier]; return [x - r, y - r, x + r, y + r]; });
    const texts = [];
    const chosen = rows.findIndex((r) => r.place === this.chosen);
    const turn = chosen < 0 ? rows : [rows[chosen], ...rows.filter((_, i) => i !== chosen)];
    for (const row of turn) {
      const name = pick(this.study.names[row.place] || same(row.place)), big = row.tier === this.study.tiers[0];
      const [x, y] = where(row.place), r = this.study.radii[row.tier] + (row.seed ? 3 : 0), wide = [...name].reduce((sum, c) => sum + (c >= "\u2e80" ? 13 : big ? 7.4 : 6.5), 0);
      if (x < 0 || y < 0 || x > width || y > height) continue;
      const spots = [[x + r + 3, "start", x + r + 3], [x - r - 3, "end", x - r - 3 - wide]];
      for (const [at, anchor, left] of spots) {
        const box = [left, y - 7, left + wide, y + 7], own = rows.indexOf(row);
        if (row.place !== this.chosen && (left < 0 || left + wide > width || taken.some((t, i) => i !== own && t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3]))) continue;
        taken.push(box);
        const text = svg("text", { x: at, y: y + 4, "text-anchor": anchor, class: big ? "strong" : "" });
        text.textContent = name;
        texts.push(text);
        break;
      }
    }
    this.texts.replaceChildren(...texts);
  }

  key() {
    const dot = (fill, r, cls) => { const s = svg("svg", { width: 2 * r + 8, height: 2 * r + 8, viewBox: [-r - 4, -r - 4, 2 * r + 8, 2 * r + 8].join(" "), "aria-hidden": "true" }); s.append(svg("circle", { r, fill, stroke: "#1c2430" })); if (cls) s.append(svg("circle", { r: r + 3, fill: "none", stroke: "#1c2430", "stroke-width": 1.6 })); return s; };
    const item = (mark, names) => el("span", { class: "item" }, mark, say(names));
    const keys = [], step = this.study.horizon / STEPS.length;
    if (this.paint === "time") {
      STEPS.forEach((fill, i) => { const t = number(i * step, 1) + "–" + number((i + 1) * step, 1); keys.push(item(dot(fill, 5), i ? same(t) : word("in_years", { t }))); });
      keys.push(item(dot("#fff", 5), word("beyond")));
    } else {
      const w = number(this.widest, 2), s = number(this.widest / 20, 2);
      keys.push(item(dot(GAPS[0], 5), word("much_earlier", { w })), item(dot(GAPS[1], 5), word("earlier")),
        item(dot(GAPS[2], 5), word("within", { s })), item(dot(GAPS[3], 5), word("later")), item(dot(GAPS[4], 5), word("much_later", { w })));
    }
    keys.push(item(dot("#8a93a0", 4, true), word("seeded")));
    const sizes = this.study.tiers.map((t) => item(dot("#fff", this.study.radii[t]), this.study.tier_names[t]));
    return [...keys, ...sizes];
  }
}
