// Arrivals: the rows of an answer, and their table, whose lines are made once: an answer changes what differs in them.
import { el, number, resay, same, say, signed, svg, word } from "./explorer_parts.js";

// columns as rows; each place with where it was and how far it moved
export function rowsOf({ arrivals, before, gaps }) {
  const rows = (columns) => columns.place.map((_, i) => Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]])));
  const byPlace = (columns) => new Map(rows(columns).map((row) => [row.place, row]));
  const was = byPlace(before), moved = byPlace(gaps);
  return rows(arrivals).map((row) => ({ ...row, was: was.get(row.place), gap: moved.get(row.place) }));
}

const set = (node, name, value) => { if (node.getAttribute(name) !== value) node.setAttribute(name, value); };

const WIDTH = 132;
function interval(horizon) {
  const node = svg("svg", { viewBox: `0 0 ${WIDTH} 16`, "aria-hidden": "true" });
  const line = svg("line", { y1: 8, y2: 8, class: "whisker" }), was = svg("line", { y1: 2, y2: 14, class: "was" });
  const open = svg("path", { d: `M${WIDTH - 8} 4.5L${WIDTH - 3} 8L${WIDTH - 8} 11.5`, class: "whisker", fill: "none" });
  const spot = svg("circle", { cy: 8, r: 4, class: "spot", fill: "#e39a00" });
  const x = (t) => (4 + (Math.min(t, horizon) / horizon) * (WIDTH - 8)).toFixed(1);
  node.append(line, open, was, spot);
  const shown = (one, there) => { if (there) one.removeAttribute("display"); else set(one, "display", "none"); };
  const show = ({ median, low, high, was: then }) => {
    const past = then ? then.median : null;
    set(line, "x1", x(low ?? horizon));
    set(line, "x2", x(high ?? horizon));
    shown(open, high === null);
    shown(was, past !== null);
    if (past !== null) for (const end of ["x1", "x2"]) set(was, end, x(past));
    shown(spot, median !== null);
    if (median !== null) set(spot, "cx", x(median));
  };
  return { node: el("td", {}, node), show };
}

// a cell: its words or its number, the class of these, what a pointer is told
function cell(cls) {
  const said = say(same("")), node = el("td", cls ? { class: cls } : {}, said);
  const show = (text, kind = "", title = "") => {
    resay(said, typeof text === "object" ? text : same(text));
    if (said.className !== kind) said.className = kind;
    if (said.title !== title) said.title = title;
  };
  return { node, show };
}

// lines beyond those in sight that are written with them
const NEAR = 15;

export class Arrivals {
  // around: called with whatever writes lines
  constructor(table, study, around) {
    this.study = study;
    this.around = around;
    this.head = el("thead");
    this.body = el("tbody");
    table.replaceChildren(this.head, this.body);
    const box = table.parentNode;
    this.seen = [0, NEAR];
    // asked when the page has just been laid out
    const look = () => {
      const lines = (this.lines || []).length / (box.scrollHeight || 1);
      this.seen = [box.scrollTop * lines, (box.scrollTop + box.clientHeight) * lines];
    };
    box.addEventListener("scroll", look, { passive: true });
    new ResizeObserver(look).observe(box);
  }

  // beside: rows of another scenario
  show(rows, beside) {
    const others = new Map((beside || []).map((row) => [row.place, row.mean]));
    const put = (row, i) => this.lines[i].show(row, i, others.get(row.place));
    const [first, last] = this.seen, held = this.body.querySelector("tr:focus")?.dataset.place;
    const near = (i) => (i > first - NEAR && i < last + NEAR) || rows[i].place === held;
    const turn = this.turn = {};
    this.around(() => {
      this.count(rows.length, beside);
      rows.forEach((row, i) => { if (near(i)) put(row, i); });
    });
    // the lines out of sight once those in sight are painted
    if (!rows.every((_, i) => near(i))) requestAnimationFrame(() => requestAnimationFrame(() => {
      if (turn === this.turn) this.around(() => rows.forEach((row, i) => { if (!near(i)) put(row, i); }));
    }));
  }

  // as many lines as rows, with columns for another scenario or without
  count(n, beside) {
    const { study } = this;
    if (this.two !== Boolean(beside)) {
      this.two = Boolean(beside);
      const heads = [[same("#"), "n"], [word("center"), ""], [word("tier"), ""], [word("years"), "n"], [same(`0–${study.horizon}`), ""], [word("change"), "n"],
        ...(beside ? [[word("mean_here"), "n"], [word("beside"), "n"], [word("difference"), "n"]] : [])];
      this.head.replaceChildren(el("tr", {}, ...heads.map(([text, cls]) => el("th", { scope: "col", class: cls }, say(text)))));
      this.body.replaceChildren();
      this.lines = [];
    }
    while (this.lines.length < n) this.lines.push(this.line());
    for (const line of this.lines.splice(n)) line.node.remove();
  }

  // a line of the table, whichever place stands there
  line() {
    const { study, two } = this, rank = cell("n"), name = cell(), tier = cell(), years = cell("n"), span = interval(study.horizon), change = cell("n");
    const against = two ? [cell("n"), cell("n"), cell("n")] : [], all = [rank, name, tier, years, span, change, ...against];
    const node = el("tr", {}, ...all.map((one) => one.node));
    this.body.append(node);
    const show = (row, i, then) => {
      set(node, "data-place", row.place);
      node.classList.toggle("moved-tier", Boolean(row.was && row.was.tier !== row.tier));
      rank.show(String(i + 1));
      name.show(study.names[row.place] || same(row.place));
      tier.show(study.tier_names[row.tier] || same(row.tier), "tier t" + study.tiers.indexOf(row.tier));
      years.show(row.median === null ? "> " + study.horizon : number(row.median, 1));
      span.show(row);
      const gap = row.gap && row.gap.difference !== null ? row.gap : null, none = gap && gap.negligible;
      if (gap) change.show(Math.abs(gap.difference) < 5e-4 ? "0" : (none ? "≈ " : "") + signed(gap.difference, 2), none ? "" : gap.difference < 0 ? "good" : "bad", `[${signed(gap.low, 3)}, ${signed(gap.high, 3)}]`);
      else change.show(row.seed ? word("seeded") : row.was ? "" : word("added"));
      if (!two) return;
      // mean arrival here, in the scenario beside, and their difference: both rest on the same noise
      const known = then !== undefined && then !== null, apart = known && row.mean !== null ? row.mean - then : null;
      const still = apart === null || Math.abs(apart) < 5e-3;
      against[0].show(row.mean === null ? "–" : number(row.mean, 2));
      against[1].show(known ? number(then, 2) : "–");
      against[2].show(apart === null ? "–" : still ? "0" : signed(apart, 2), still ? "" : apart < 0 ? "good" : "bad");
    };
    return { node, show };
  }
}
