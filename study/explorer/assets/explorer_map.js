// The map: outlines, scopes, ties and places as a page colors them; drawn as SVG, nothing fetched.
import { announce, el, pick, same, say, svg } from "./explorer_parts.js";

export class Map {
  constructor(study, host, lit, label) {
    this.study = study;
    this.lit = lit;
    const [west, south, east, north] = study.ground.box;
    const flat = Math.cos(((south + north) / 2) * Math.PI / 180);
    this.at = (lon, lat) => [lon * flat, -lat];
    const pad = Math.max(1, 0.04 * (north - south));
    this.home = { x: west * flat - pad, y: -north - pad, w: (east - west) * flat + 2 * pad, h: north - south + 2 * pad };
    this.view = { ...this.home };
    this.node = svg("svg", { tabindex: 0, role: "application" });
    announce(this.node, label);
    this.ground = svg("g");
    for (const shape of study.ground.shapes) {
      const d = shape.lines.map((line) => {
        let text = "";
        for (let i = 0; i < line.length; i += 2) text += (i ? "L" : "M") + this.at(line[i], line[i + 1]).map((v) => v.toFixed(2)).join(" ");
        return text + (shape.kind === "line" ? "" : "Z");
      }).join("");
      this.ground.append(svg("path", { d, class: shape.kind }));
    }
    this.ties = svg("g", { class: "ties" });
    this.marks = svg("g");
    this.texts = svg("g", { "aria-hidden": "true" });
    this.node.append(this.ground, this.ties, this.marks, this.texts);
    host.append(this.node);
    this.spots = new globalThis.Map(Object.entries(study.spots).map(([place, [lon, lat]]) => [place, this.at(lon, lat)]));
    this.rows = [];
    this.lines = [];
    // maps beside one another move together
    this.mates = [];
    this.listen();
    // asking the page for the size would have it laid out at once
    this.size = null;
    new ResizeObserver(([{ contentRect: { width, height } }]) => { this.size = { width, height }; this.draw(); }).observe(this.node);
  }

  listen() {
    const zoomAt = (factor, px, py) => {
      const { view } = this, box = this.scale();
      const x = view.x + view.w / 2 + (px - box.width / 2) / box.k, y = view.y + view.h / 2 + (py - box.height / 2) / box.k;
      const w = Math.min(this.home.w, Math.max(this.home.w / 40, view.w / factor)), f = w / view.w;
      this.view = { x: x - (x - view.x) * f, y: y - (y - view.y) * f, w, h: view.h * f };
      this.moved();
    };
    this.zoom = (how) => {
      const box = this.scale();
      if (how === "all") { this.view = { ...this.home }; this.moved(); } else zoomAt(how === "in" ? 1.6 : 1 / 1.6, box.width / 2, box.height / 2);
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
        this.moved();
      } else this.lit(event.target.dataset ? event.target.dataset.place || null : null);
    });
    for (const end of ["pointerup", "pointercancel"]) this.node.addEventListener(end, () => { from = null; });
    this.node.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (move) { this.view.x += move[0] * this.view.w / 10; this.view.y += move[1] * this.view.h / 10; this.moved(); }
      else if (event.key === "+" || event.key === "=") this.zoom("in");
      else if (event.key === "-") this.zoom("out");
      else if (event.key === "0") this.zoom("all");
      else return;
      event.preventDefault();
    });
  }

  // pixels a unit of the view takes
  scale() {
    const width = this.size?.width || 600, height = this.size?.height || 500;
    return { width, height, k: Math.min(width / this.view.w, height / this.view.h) };
  }

  // rows: {place, r, fill, never, ring, strong}, the first on top; lines: {source, target, width, strong}
  show(rows, lines = []) {
    this.rows = rows.filter((row) => this.spots.has(row.place));
    this.lines = lines.filter((line) => this.spots.has(line.source) && this.spots.has(line.target));
    const form = JSON.stringify([this.rows.map(({ fill, never, ...rest }) => rest), this.lines]);
    if (form === this.form) this.fill();
    else { this.form = form; this.draw(); }
  }

  // the same places in the same spots: colors alone
  fill() {
    for (const { place, never, fill } of this.rows) {
      const circle = this.circles.get(place);
      if (circle.getAttribute("fill") !== fill) circle.setAttribute("fill", fill);
      if (circle.classList.contains("never") !== Boolean(never)) circle.classList.toggle("never");
    }
  }

  // the buttons of a page that zoom its map
  zooming(within) {
    for (const button of within.querySelectorAll(".zoom button")) button.addEventListener("click", () => this.zoom(button.dataset.zoom));
  }

  follow(other) {
    this.mates = [other];
    other.mates = [this];
  }

  moved() {
    this.draw();
    for (const mate of this.mates) { mate.view = { ...this.view }; mate.draw(); }
  }

  draw() {
    const { width, height, k } = this.scale();
    const middle = [this.view.x + this.view.w / 2, this.view.y + this.view.h / 2];
    this.ground.setAttribute("transform", `translate(${width / 2} ${height / 2}) scale(${k}) translate(${-middle[0]} ${-middle[1]})`);
    const where = (place) => { const [x, y] = this.spots.get(place); return [(x - middle[0]) * k + width / 2, (y - middle[1]) * k + height / 2]; };
    this.ties.replaceChildren(...this.lines.map((line) => {
      const [x1, y1] = where(line.source), [x2, y2] = where(line.target);
      return svg("line", { x1, y1, x2, y2, "stroke-width": line.width, class: line.strong ? "tie strong" : "tie" });
    }).reverse());
    const drawn = [];
    this.circles = new globalThis.Map();
    for (const row of [...this.rows].reverse()) {
      const [cx, cy] = where(row.place), { r } = row;
      const circle = svg("circle", { cx, cy, r, class: "mark" + (row.never ? " never" : ""), fill: row.fill, "data-place": row.place });
      this.circles.set(row.place, circle);
      drawn.push(circle);
      if (row.ring) drawn.push(svg("circle", { cx, cy, r: r + 3, class: "ring" }));
      if (row.place === this.chosen) drawn.push(svg("circle", { cx, cy, r: r + 4.5, class: "lit" }));
    }
    this.marks.replaceChildren(...drawn);
    this.label(this.rows, where, width, height);
  }

  // names that fit, higher tiers first; those of the highest may cover symbols, but no names
  label(rows, where, width, height) {
    const taken = rows.map((row) => { const [x, y] = where(row.place), r = row.r; return [x - r, y - r, x + r, y + r]; });
    const texts = [], symbols = taken.length;
    const chosen = rows.findIndex((r) => r.place === this.chosen);
    const turn = chosen < 0 ? rows : [rows[chosen], ...rows.filter((_, i) => i !== chosen)];
    for (const row of turn) {
      const name = pick(this.study.names[row.place] || same(row.place)), big = row.strong;
      const [x, y] = where(row.place), r = row.r + (row.ring ? 3 : 0), wide = [...name].reduce((sum, c) => sum + (c >= "\u2e80" ? 13 : big ? 7.4 : 6.5), 0);
      if (x < 0 || y < 0 || x > width || y > height) continue;
      const beside = [[x + r + 3, "start", x + r + 3, y], [x - r - 3, "end", x - r - 3 - wide, y]];
      const spots = big ? [...beside, [x, "middle", x - wide / 2, y - r - 8], [x, "middle", x - wide / 2, y + r + 8]] : beside;
      const turns = [...spots.map((spot) => [...spot, 0]), ...(big ? spots.map((spot) => [...spot, symbols]) : [])];
      for (const [at, anchor, left, middle, from] of turns) {
        const box = [left, middle - 7, left + wide, middle + 7], own = rows.indexOf(row);
        if (row.place !== this.chosen && (left < 0 || left + wide > width || taken.some((t, i) => i >= from && i !== own && t[0] < box[2] && box[0] < t[2] && t[1] < box[3] && box[1] < t[3]))) continue;
        taken.push(box);
        const text = svg("text", { x: at, y: middle + 4, "text-anchor": anchor, class: big ? "strong" : "" });
        text.textContent = name;
        texts.push(text);
        break;
      }
    }
    this.texts.replaceChildren(...texts);
  }
}

// a symbol of the map with what it stands for
export function keyed(fill, r, names, ring) {
  const s = svg("svg", { width: 2 * r + 8, height: 2 * r + 8, viewBox: [-r - 4, -r - 4, 2 * r + 8, 2 * r + 8].join(" "), "aria-hidden": "true" });
  s.append(svg("circle", { r, fill, stroke: "#1c2430" }));
  if (ring) s.append(svg("circle", { r: r + 3, fill: "none", stroke: "#1c2430", "stroke-width": 1.6 }));
  return el("span", { class: "item" }, s, say(names));
}

// lights a place on a map and in the table beside it; a click, or Enter on its row, keeps it lit
export function lighting(table, map, told = () => {}) {
  let kept = null;
  const rows = () => [...table.querySelectorAll("tbody tr")], placeAt = (event) => event.target.closest("tbody tr")?.dataset.place || null;
  const light = (place) => {
    const shown = place || kept, all = rows(), first = all.find((row) => row.dataset.place === shown) || all[0];
    for (const row of all) {
      row.classList.toggle("lit", row.dataset.place === shown);
      const turn = row === first ? 0 : -1;
      if (row.tabIndex !== turn || !row.hasAttribute("tabindex")) row.tabIndex = turn;
      if (row.dataset.place === kept) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
    }
    if (!map() || (map().chosen || null) === shown) return;
    map().chosen = shown;
    map().draw();
  };
  light.keep = (place) => { kept = place; light(null); };
  light.kept = () => kept;
  // writes rows anew and lights them; the keyboard stays with the place that it stood on
  light.around = (write) => {
    const inside = table.contains(document.activeElement), held = inside ? placeAt({ target: document.activeElement }) : null;
    write();
    light(map().chosen || null);
    if (!inside || (held && placeAt({ target: document.activeElement }) === held)) return;
    const row = rows().find((one) => one.dataset.place === held) || rows()[0];
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };
  const turn = (place) => { if (place) { light.keep(place === kept ? null : place); told(kept); } };
  table.addEventListener("pointerover", (event) => light(placeAt(event)));
  table.addEventListener("pointerleave", () => light(null));
  table.addEventListener("click", (event) => turn(placeAt(event)));
  table.addEventListener("focusin", (event) => { if (event.target.matches("tbody tr:focus-visible")) light(placeAt(event)); });
  table.addEventListener("keydown", (event) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    if (at < 0) return;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") turn(placeAt(event));
    else if (next !== undefined && all[next]) { all[next].tabIndex = 0; all[next].focus(); light(all[next].dataset.place); }
    else return;
    event.preventDefault();
  });
  return light;
}
