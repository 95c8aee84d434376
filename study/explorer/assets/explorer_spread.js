// Scenarios: asks where the levers lead and shows the answer.
import { ask } from "./explorer_ask.js";
import { Arrivals, rowsOf } from "./explorer_arrivals.js";
import { keepLink, taken } from "./explorer_link.js";
import { Levers } from "./explorer_levers.js";
import { keyed, lighting, Map } from "./explorer_map.js";
import { el, join, number, option, same, say, signed, svg, word } from "./explorer_parts.js";

const $ = (id) => document.getElementById(id);
const page = { study: null, answer: null, levers: null, map: null, steps: [], paint: "time", beside: null };
let light = null, run = null, besideAsked = 0;

const STEPS = ["#0b3c5d", "#2a6f97", "#61a0b5", "#b9cfae", "#f0dfa0"];
const GAPS = ["#0b3c5d", "#6aa5d8", "#f4f1ea", "#f2a65a", "#b5400b"];

function show(answer, { changed }) {
  page.answer = { ...answer, rows: rowsOf(answer) };
  remember();
  if (changed.has("summary")) { summary(answer); tiers(answer); }
  if (["arrivals", "before", "gaps"].some((part) => changed.has(part))) { ranking(page.answer); color(); }
  // drawn by the server, which escapes every text
  for (const name of ["reach", "credit"]) if (changed.has(name)) $(name).innerHTML = answer[name];
}

function fill(row, widest) {
  if (page.paint === "gap") {
    if (!row.gap || row.gap.difference === null) return row.seed ? "#1c2430" : "#fff";
    const u = row.gap.negligible ? 0 : row.gap.difference / widest;
    return GAPS[u < -0.5 ? 0 : u < -0.05 ? 1 : u <= 0.05 ? 2 : u <= 0.5 ? 3 : 4];
  }
  if (row.median === null) return "#fff";
  return STEPS[Math.min(STEPS.length - 1, Math.floor((row.median / page.study.horizon) * STEPS.length))];
}

// centers as the map draws them, higher tiers on top, in the order of the study: names stay where they are
function marks({ rows, before }, widest) {
  const { tiers: order, radii } = page.study, rank = new globalThis.Map(before.place.map((place, i) => [place, i]));
  const turn = (row) => order.indexOf(row.tier), at = (row) => rank.get(row.place) ?? rank.size;
  return [...rows].sort((a, b) => turn(a) - turn(b) || at(a) - at(b)).map((row) => ({
    place: row.place, r: radii[row.tier], fill: fill(row, widest), never: row.median === null, ring: row.seed, strong: row.tier === order[0],
  }));
}

const gapsOf = ({ rows }) => rows.map((r) => (r.gap && r.gap.difference !== null ? Math.abs(r.gap.difference) : 0));
function color() {
  const { answer, beside } = page;
  // one scale for both
  const widest = Math.max(0.05, ...gapsOf(answer), ...(beside ? gapsOf(beside.answer) : []));
  page.map.show(marks(answer, widest));
  if (beside) beside.map.show(marks(beside.answer, widest));
  $("key").replaceChildren(...key(widest));
}

// another scenario beside the levers: its map, its reach, and its arrivals in the table
async function besides(steps, title) {
  const turn = ++besideAsked, views = [document.querySelector("#page-scenarios .views"), document.querySelector("#page-scenarios .charts")];
  if (steps === null) page.beside = null;
  else {
    const { ok, content } = await ask("run", question(steps));
    // chosen anew meanwhile
    if (turn !== besideAsked) return;
    if (!ok) { page.refuse(content.faults); return; }
    if (!page.second) {
      page.second = new Map(page.study, $("beside-map"), light, word("map_label"));
      page.map.follow(page.second);
    }
    page.beside = { steps, title, answer: { ...content, rows: rowsOf(content) }, map: page.second };
    $("beside-title").replaceChildren(say(title));
    $("beside-reach-title").replaceChildren(say(word("reach_of", { name: title })));
    $("beside-reach").innerHTML = content.reach;
    const mean = content.summary.find((row) => row.measure === "mean_arrival_time" && row.place === "all");
    $("beside-summary").replaceChildren(...(mean ? [say(word("mean_of", { mean: number(mean.value, 2), moved: signed(mean.difference, 2) }))] : []));
  }
  for (const view of views) view.classList.toggle("two", page.beside !== null);
  $("map-title").replaceChildren(say(word(page.beside ? "your_levers" : "map")));
  if (!page.answer) return;
  ranking(page.answer);
  tiers(page.answer);
  color();
}

// what stands pinned has no name to be found by again
function remember() {
  const value = $("beside").value, beside = value in page.study.presets ? page.study.presets[value].name : value === "study" ? value : "";
  keepLink("scenarios", { steps: page.steps, paint: page.paint === "time" ? "" : page.paint, beside, place: light.kept() });
}

function chooseBeside() {
  const value = $("beside").value, { presets: known } = page.study;
  remember();
  if (value === "none") return besides(null);
  if (value === "study") return besides([], word("as_it_is"));
  if (value === "pin") return besides(page.levers.collect(), word("pinned"));
  return besides(known[value].interventions, known[value].title);
}

function key(widest) {
  const { study } = page, step = study.horizon / STEPS.length, keys = [];
  if (page.paint === "time") {
    STEPS.forEach((shade, i) => { const t = number(i * step, 1) + "–" + number((i + 1) * step, 1); keys.push(keyed(shade, 5, i ? same(t) : word("in_years", { t }))); });
    keys.push(keyed("#fff", 5, word("beyond")));
  } else {
    const w = number(widest, 2), s = number(widest / 20, 2);
    const said = [word("much_earlier", { w }), word("earlier"), word("within", { s }), word("later"), word("much_later", { w })];
    keys.push(...said.map((text, i) => keyed(GAPS[i], 5, text)));
  }
  keys.push(keyed("#8a93a0", 4, word("seeded"), true));
  return [...keys, ...study.tiers.map((t) => keyed("#fff", study.radii[t], study.tier_names[t]))];
}

const SHARES = new Set(["reach", "localization_share"]);
function summary({ summary: rows }) {
  const wanted = ["mean_arrival_time", "reach", "arrival_inequality", "localization_share"];
  const cards = rows.filter((r) => wanted.includes(r.measure)).sort((a, b) => wanted.indexOf(a.measure) - wanted.indexOf(b.measure));
  $("summary").replaceChildren(...cards.map((row) => {
    const share = SHARES.has(row.measure), k = share ? 100 : 1, digits = share ? 1 : row.measure === "arrival_inequality" ? 3 : 2, unit = share ? "%" : "";
    const name = row.place === "all" ? null : page.study.names[row.place] || same(row.place);
    const title = name ? word("measure_of", { measure: word(row.measure), name }) : word(row.measure);
    const still = row.difference === null || Math.abs(row.difference * k) < 0.5 * 10 ** -digits;
    const dd = el("dd", {}, number(row.value * k, digits) + unit);
    const good = row.negligible || row.measure === "localization_share" ? "" : (row.measure === "reach") === row.difference > 0 ? "good" : "bad";
    const range = row.low === row.high ? "" : ` [${signed(row.low * k, digits)}, ${signed(row.high * k, digits)}]`;
    const moved = (row.negligible ? "≈ " : "") + signed(row.difference * k, digits);
    dd.append(still ? el("small", {}, say(word("unmoved"))) : el("small", { class: good }, share ? say(word("points", { moved, range })) : moved + range));
    return el("div", { "data-measure": row.measure }, el("dt", {}, say(title)), dd);
  }));
}

function tiers({ summary: rows }) {
  const wanted = rows.filter((r) => r.measure === "tier_arrival_time" || r.measure === "mean_arrival_time");
  const order = ["all", ...page.study.tiers];
  wanted.sort((a, b) => order.indexOf(a.place) - order.indexOf(b.place));
  const { beside } = page;
  const heads = [[word("mean_arrival"), ""], [word("study"), "n"], [word("now"), "n"], [word("change_interval"), "n"], [word("runs_earlier"), "n"], ...(beside ? [[word("beside"), "n"]] : [])];
  const head = el("thead", {}, el("tr", {}, ...heads.map(([text, cls]) => el("th", { scope: "col", class: cls }, say(text)))));
  const besideOf = (row) => beside.answer.summary.find((r) => r.measure === row.measure && r.place === row.place);
  $("tiers").replaceChildren(head, el("tbody", {}, ...wanted.map((row) => {
    const name = row.place === "all" ? say(word("all")) : el("span", { class: "tier t" + page.study.tiers.indexOf(row.place) }, say(page.study.tier_names[row.place]));
    const still = Math.abs(row.difference) < 5e-4, none = row.negligible;
    const change = el("span", { class: still || none ? "" : row.difference < 0 ? "good" : "bad" },
      still ? "0" : `${none ? "≈ " : ""}${signed(row.difference, 2)} [${signed(row.low, 2)}, ${signed(row.high, 2)}]`);
    return el("tr", { "data-tier": row.place }, el("td", {}, name), ...[number(row.baseline, 2), number(row.value, 2), change, number(100 * row.better, 0) + "%", ...(beside ? [besideOf(row) ? number(besideOf(row).value, 2) : "–"] : [])].map((c) => el("td", { class: "n" }, c)));
  })));
}

// every answer changes the one table
function ranking({ rows }) {
  page.table ||= new Arrivals($("ranking"), page.study, light.around);
  page.table.show(rows, page.beside && page.beside.answer.rows);
}

function presets() {
  const select = $("preset");
  const known = () => page.study.presets.map((p, i) => option(String(i), p.title));
  select.replaceChildren(option("", word("as_it_is")), ...known());
  $("beside").replaceChildren(option("none", word("nothing_beside")), option("pin", word("pinned")), option("study", word("as_it_is")), ...known());
}

async function save(event) {
  event.preventDefault();
  const form = $("save"), note = $("saved"), order = { interventions: page.levers.collect() };
  for (const key of ["name", "title", "title_zh"]) order[key] = form.elements[key].value;
  if (page.study.bundled) order.folder = form.elements.folder.value;
  const tell = (text, bad) => { note.classList.toggle("bad", Boolean(bad)); note.replaceChildren(say(text)); };
  if (!order.interventions.length) { tell(word("move_first"), true); return; }
  if (page.study.bundled && !order.folder) { tell(word("name_folder"), true); form.elements.folder.focus(); return; }
  const { ok, content } = await ask("save", order);
  if (!ok) { tell(join(content.faults, "\n"), true); return; }
  tell(word("saved", content), false);
  Object.assign(page.study, (await ask("study")).content);
  bundle();
  presets();
}

function bundle() {
  $("folder").hidden = !page.study.bundled;
  $("save-note").replaceChildren(say(word(page.study.bundled ? "saved_as_new" : "saved_into")));
}

// where interventions lead, with charts as wide as this page takes
const question = (interventions) => ({ interventions, width: document.documentElement.clientWidth });

function runWith(interventions) {
  page.steps = interventions;
  run(question(interventions));
}

export function openSpread(pages) {
  const { study } = pages;
  page.study = study;
  $("page-scenarios").classList.toggle("without", !study.spreads);
  if (!study.spreads) return;
  light = lighting($("ranking"), () => page.map, () => remember());
  page.map = new Map(study, $("map"), light, word("map_label"));
  run = pages.asking("run", (answer, told) => {
    show(answer, told);
    pages.status(word("took", { n: answer.runs.toLocaleString("en"), ms: Math.round(performance.now() - told.began) }));
  });
  page.levers = new Levers(study, $("sections"), runWith);
  presets();
  bundle();
  $("preset").addEventListener("change", () => { const i = $("preset").value; page.levers.load(i === "" ? [] : study.presets[i].interventions); page.levers.tell(); });
  $("reset").addEventListener("click", () => { $("preset").value = ""; page.levers.load([]); page.levers.tell(); });
  $("save").addEventListener("submit", save);
  page.refuse = pages.faults;
  $("beside").addEventListener("change", chooseBeside);
  $("map-title").replaceChildren(say(word("map")));
  for (const button of $("zoom").children) button.addEventListener("click", () => page.map.zoom(button.dataset.zoom));
  for (const button of $("paint").children) button.addEventListener("click", () => {
    painted(button.dataset.paint);
    color();
    remember();
  });
  if (study.ground.note) $("ground-note").append(say(study.ground.note), " ");
  if (study.ground.shapes.some((shape) => shape.kind === "scope")) $("ground-note").append(say(word("dashed")));
  $("method").append(say(word("method", { seed: study.seed })));
  pages.spoken.push(() => { page.map.draw(); if (page.beside) page.beside.map.draw(); });
  // a phone that is turned
  matchMedia("(orientation: portrait)").addEventListener("change", () => { runWith(page.steps); if (page.beside) besides(page.beside.steps, page.beside.title); });
  pages.views.scenarios = restore;
  restore();
}

function painted(paint) {
  page.paint = paint;
  for (const one of $("paint").children) one.setAttribute("aria-pressed", String(one.dataset.paint === paint));
}

function restore() {
  const given = taken("scenarios");
  let steps = Array.isArray(given.steps) ? given.steps.filter((step) => step && typeof step === "object") : [];
  painted(given.paint === "gap" ? "gap" : "time");
  light.keep(given.place ? String(given.place) : null);
  // a link may be older than the study
  try { page.levers.load(steps); } catch { steps = []; page.levers.load(steps); }
  const at = page.study.presets.findIndex((one) => one.name === given.beside);
  const beside = at >= 0 ? String(at) : given.beside === "study" ? "study" : "none";
  $("preset").value = "";
  if ($("beside").value !== beside) { $("beside").value = beside; chooseBeside(); }
  runWith(steps);
}
