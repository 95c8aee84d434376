// Index: weights as sliders on the framework, steps of the recipe, ways to tiers; ranks at once, intervals after.
import { ask } from "./explorer_ask.js";
import { keepLink, taken } from "./explorer_link.js";
import { keyed, lighting, Map } from "./explorer_map.js";
import { announce, csv, el, join, keep, number, option, same, say, svg, word } from "./explorer_parts.js";

const $ = (id) => document.getElementById(id);
const nothing = () => ({ recipe: "", steps: {}, tiers: null, factors: {}, groups: {} });
const state = nothing();
let study, index, map, light, ranks, spans, answer = null, intervals = {}, proposed = null;

// a factor of an indicator: its own times those of its groups
function order() {
  const factors = {};
  for (const { indicator, groups } of index.tree) {
    const all = groups.reduce((f, { key }, i) => f * (state.groups[i + "/" + key] ?? 1), state.factors[indicator] ?? 1);
    if (all !== 1) factors[indicator] = Math.min(100, Number(all.toPrecision(6)));
  }
  return { recipe: state.recipe, steps: state.steps, tiers: state.tiers, factors };
}

let later = 0;
function remember() {
  keepLink("index", { ...state, factors: moved(state.factors), groups: moved(state.groups), place: light.kept() });
}
const moved = (factors) => Object.fromEntries(Object.entries(factors).filter(([, v]) => v !== 1));

function tell() {
  remember();
  propose(null);
  ranks(order());
  clearTimeout(later);
  later = setTimeout(() => spans(order()), 350);
}

function chooser(name, label, options, current, changed, first) {
  const select = el("select", { name });
  select.append(...(first ? [option("", first)] : []), ...options.map(({ key, name: text }) => option(key, text)));
  select.value = current || "";
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  select.addEventListener("change", () => { changed(select.value); tell(); });
  return el("label", {}, say(label), select);
}

function choices() {
  const set = (kind) => (value) => { if (value) state.steps[kind] = value; else delete state.steps[kind]; };
  const classes = el("select", { name: "k" });
  for (let k = 2; k <= index.k; k += 1) classes.append(option(String(k), same(k)));
  classes.value = String(state.tiers?.k || index.k);
  classes.disabled = !state.tiers;
  classes.addEventListener("change", () => { state.tiers = { ...state.tiers, k: Number(classes.value) }; tell(); });
  const tiers = (method) => { classes.disabled = !method; state.tiers = method ? { method, k: Number(classes.value) } : null; };
  $("recipe").replaceChildren(
    chooser("recipe", word("recipe"), index.recipes.map(({ name, title }) => ({ key: name, name: title })), state.recipe, (v) => { state.recipe = v; }),
    ...Object.entries(index.steps).map(([kind, options]) => chooser(kind, word("step_" + kind), options, state.steps[kind], set(kind), word("as_recipe"))),
    chooser("tiers", word("tier_method"), index.tier_methods, state.tiers?.method, tiers, word("as_study")),
    el("label", {}, say(word("classes")), classes));
}

function slider(label, named, value, set) {
  const input = el("input", { type: "range", min: 0, max: 3, step: 0.05, value }), out = el("output");
  const show = () => { out.textContent = "×" + number(Number(input.value), 2).replace(/\.?0+$/, ""); };
  announce(input, named);
  show();
  input.addEventListener("input", () => {
    show();
    set(Number(input.value));
    tell();
  });
  return el("div", { class: "row" }, label, input, out);
}

function tree() {
  const host = $("tree"), parents = {};
  host.replaceChildren();
  for (const { indicator, groups, direction } of index.tree) {
    let into = host, path = "";
    groups.forEach(({ key, name }, level) => {
      path += "/" + key;
      if (!parents[path]) {
        const at = level + "/" + key, part = el("fieldset", { class: "card group" }, el("legend", {}, say(name)));
        part.append(slider(el("span", {}, say(word("all_of"))), name, state.groups[at] ?? 1, (v) => { state.groups[at] = v; }));
        parents[path] = part;
        into.append(part);
      }
      into = parents[path];
    });
    const text = study.names[indicator] || same(indicator);
    const label = el("span", { class: "indicator" }, say(text), direction < 0 ? " ↓" : "", el("small", { class: "weight", "data-indicator": indicator }));
    into.append(slider(label, text, state.factors[indicator] ?? 1, (v) => { state.factors[indicator] = v; }));
  }
}

function showWeights() {
  for (const node of $("tree").querySelectorAll(".weight")) node.textContent = number(100 * (answer.weights[node.dataset.indicator] || 0), 1) + "%";
}

function tier(key) {
  return key === null ? "" : el("span", { class: "tier t" + study.tiers.indexOf(key) }, say(study.tier_names[key] || same(key)));
}

function span(row, n) {
  const width = 84, x = (rank) => 6 + ((rank - 1) / Math.max(1, n - 1)) * (width - 12), node = svg("svg", { viewBox: `0 0 ${width} 16`, "aria-hidden": "true" });
  const held = intervals[row.place];
  if (held) node.append(svg("line", { x1: x(held[0]) - 1, x2: x(held[1]) + 1, y1: 8, y2: 8, class: "whisker" }));
  if (row.was) node.append(svg("line", { x1: x(row.was.rank), x2: x(row.was.rank), y1: 2, y2: 14, class: "was" }));
  node.append(svg("circle", { cx: x(row.rank), cy: 8, r: 4, class: "spot", fill: "#e39a00" }));
  return node;
}

function table() {
  const { rows } = answer;
  const heads = [["#", "n"], ["place", ""], ["tier", ""], ["score", "n"], ["rank_interval", ""], ["interval_95", "n"], ["change", "n"]];
  const head = el("thead", {}, el("tr", {}, ...heads.map(([key, cls]) => el("th", { scope: "col", class: cls }, say(word(key))))));
  const body = rows.map((row) => {
    const moved = row.was ? row.was.rank - row.rank : 0, held = intervals[row.place];
    return el("tr", { "data-place": row.place, class: row.was && row.was.tier !== row.tier ? "moved-tier" : "" },
      el("td", { class: "n" }, String(row.rank)), el("td", {}, say(study.names[row.place] || same(row.place))), el("td", {}, tier(row.tier)),
      el("td", { class: "n" }, number(row.score, 3)), el("td", {}, span(row, rows.length)), el("td", { class: "n" }, held ? `${held[0]}–${held[1]}` : ""),
      el("td", { class: "n" }, moved ? el("span", { class: moved > 0 ? "good" : "bad" }, (moved > 0 ? "▲ " : "▼ ") + Math.abs(moved)) : "·"));
  });
  light.around(() => $("index-ranking").replaceChildren(head, el("tbody", {}, ...body)));
}

function draw() {
  map.show(answer.rows.map((row) => ({
    place: row.place, r: study.radii[row.tier] || 4, fill: study.tier_colors[row.tier] || "#fff", strong: row.tier === study.tiers[0],
  })));
}

function show(content, { changed }) {
  answer = content;
  if (changed.has("weights")) showWeights();
  if (changed.has("rows")) { table(); draw(); }
  $("index-notes").replaceChildren(...content.notes.map((note) => el("li", {}, say(note))));
}

function download() {
  const { rows, weights } = answer, of = (place) => intervals[place] || ["", "", ""];
  const lines = [["place", "rank", "score", "tier", "rank_low", "rank_high", "tier_probability", "rank_study", "tier_study"],
    ...rows.map((r) => [r.place, r.rank, r.score, r.tier, ...of(r.place), r.was?.rank, r.was?.tier]), [],
    ["indicator", "weight"], ...Object.entries(weights)];
  keep(csv(lines), "ranks.csv", "text/csv");
}

// the change is shown first, and what was shown is written; what moves a control takes the proposal back
function propose(lines, recipe = null) {
  proposed = recipe;
  $("recipe-change").hidden = $("recipe-write").hidden = !lines;
  $("recipe-change").replaceChildren(...(lines || []).flatMap((line) => [el("span", { class: line.startsWith("+") ? "good" : line.startsWith("-") ? "bad" : "" }, line), "\n"]));
}

async function save(write) {
  const form = $("recipe-save"), note = $("recipe-saved"), sent = { ...order(), name: form.elements.name.value.trim() };
  let { tiers: _, ...recipe } = sent;
  const tell_of = (text, bad) => { note.classList.toggle("bad", Boolean(bad)); note.replaceChildren(say(text)); };
  if (!recipe.name) { form.elements.name.focus(); return; }
  if (study.bundled) recipe.folder = form.elements.folder.value.trim() || null;
  if (study.bundled && !recipe.folder) { tell_of(word("name_folder"), true); form.elements.folder.focus(); return; }
  if (write) recipe = proposed;
  const { ok, content } = await ask("recipe", { ...recipe, write });
  if (!ok) { tell_of(join(content.faults, "\n"), true); return; }
  if (!write) { propose(content.change, recipe); tell_of(word("recipe_proposed"), false); $("recipe-write").focus(); return; }
  propose(null);
  tell_of(word("saved", content), false);
  Object.assign(study, (await ask("study")).content);
  index = study.index;
  state.recipe = content.name;
  Object.assign(state, { steps: {}, factors: {}, groups: {} });
  choices();
  tree();
  ranks(order());
  remember();
  folder();
}

function folder() {
  $("recipe-folder").hidden = !study.bundled;
}

function restore() {
  const { recipe, steps, tiers, factors, groups, place } = taken("index");
  Object.assign(state, nothing());
  const table = (one) => (one && typeof one === "object" ? one : {});
  const numbers = (one) => Object.fromEntries(Object.entries(table(one)).filter(([, v]) => typeof v === "number" && v >= 0 && v <= 3));
  Object.assign(state, { factors: numbers(factors), groups: numbers(groups) });
  if (index.recipes.some((one) => one.name === String(recipe))) state.recipe = String(recipe);
  for (const [kind, options] of Object.entries(index.steps)) if (options.some(({ key }) => key === table(steps)[kind])) state.steps[kind] = steps[kind];
  if (index.tier_methods.some(({ key }) => key === table(tiers).method)) state.tiers = { method: tiers.method, k: Math.min(index.k, Math.max(2, Math.round(Number(tiers.k)) || index.k)) };
  light.keep(place ? String(place) : null);
}

function redo() {
  choices();
  tree();
  tell();
}

export function openIndex(pages) {
  study = pages.study;
  index = study.index;
  const without = !index.tree;
  $("page-index").classList.toggle("without", without);
  if (without) return;
  light = lighting($("index-ranking"), () => map, remember);
  map = new Map(study, $("index-map"), (place) => light(place), word("places_label"));
  map.zooming($("page-index"));
  ranks = pages.asking("index", show);
  spans = pages.asking("intervals", (content) => { intervals = content.intervals; if (answer) table(); });
  restore();
  folder();
  $("recipe-save").addEventListener("submit", (event) => { event.preventDefault(); save(false); });
  $("recipe-save").addEventListener("input", () => propose(null));
  $("recipe-write").addEventListener("click", () => save(true));
  $("index-note").append(say(word("index_note", { n: index.runs, noise: number(100 * index.noise, 0) })));
  $("index-key").replaceChildren(...study.tiers.map((t) => keyed(study.tier_colors[t], study.radii[t], study.tier_names[t])));
  $("index-reset").addEventListener("click", () => {
    Object.assign(state, nothing());
    redo();
  });
  $("index-csv").addEventListener("click", download);
  pages.spoken.push(() => map.draw());
  pages.views.index = () => { restore(); redo(); };
  redo();
}
