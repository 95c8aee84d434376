// Networks: which ties are kept, what then follows for measures, communities and roles, on the map and in a table.
import { keepLink, taken } from "./explorer_link.js";
import { keyed, lighting, Map } from "./explorer_map.js";
import { amount, csv, el, keep as save, number, option, same, say, word } from "./explorer_parts.js";

const $ = (id) => document.getElementById(id);
// told apart by people who do not see red or green
const GROUPS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#8d4a8d", "#7a7f87"];
const SHADES = ["#f0dfa0", "#b9cfae", "#61a0b5", "#2a6f97", "#0b3c5d"];
const MOST_LINES = 600, EYE = 150;
const COLORS = ["community", "role", "core", "tier", "measure"];
const usual = { network: "", keep: 1, measure: "strength", color: "community" }, state = { ...usual };
let study, map, light, ties, measures, held = null, found = null;

function chooser(name, label, options, changed) {
  const select = el("select", { name });
  select.append(...options.map(({ key, name: text }) => option(key, text)));
  select.value = state[name];
  select.addEventListener("change", () => { state[name] = select.value; changed(); remember(); });
  return el("label", {}, say(label), select);
}

function choices(given) {
  const { networks, measures: known } = study.graphs;
  const keep = el("input", { type: "range", name: "keep", min: 1, max: 100, step: 1 }), out = el("output");
  const say_keep = () => { keep.value = String(Math.round(100 * state.keep)); out.textContent = keep.value + "%"; };
  const start = () => {
    // of many ties, as many as an eye can follow
    state.keep = Math.max(0.01, Math.min(1, Math.round((100 * EYE) / networks.find(({ name }) => name === state.network).ties) / 100));
    say_keep();
  };
  if (given > 0 && given <= 1) { state.keep = given; say_keep(); } else start();
  keep.addEventListener("input", () => {
    state.keep = Number(keep.value) / 100;
    out.textContent = keep.value + "%";
    draw();
    remember();
    measures({ network: state.network, keep: state.keep });
  });
  const colors = COLORS.map((key) => ({ key, name: word("by_" + key) }));
  $("network-choices").replaceChildren(
    chooser("network", word("network"), networks.map(({ name }) => ({ key: name, name: study.names[name] || same(name) })), () => { start(); choose(); }),
    el("label", {}, say(word("keep_ties")), el("span", { class: "row two" }, keep, out)),
    chooser("measure", word("size_by"), known, () => { table(); draw(); }),
    chooser("color", word("color_by"), colors, () => draw()));
}

const remember = () => keepLink("networks", { ...state, place: light.kept() });
function choose() {
  held = found = null;
  ties({ network: state.network });
  measures({ network: state.network, keep: state.keep });
}

const value = (row) => row[state.measure] ?? null;
const tierOf = (place) => study.centers.find((one) => one.place === place)?.tier;

// classes of equal width of the measure, lowest first
function shade(row, most) {
  return value(row) === null || !most ? "#fff" : SHADES[Math.min(SHADES.length - 1, Math.floor((value(row) / most) * SHADES.length))];
}

function kinds() {
  const { rows } = found, by = state.color;
  if (by === "measure") return [];
  if (by === "tier") return study.tiers.map((t) => ({ key: t, name: study.tier_names[t], fill: study.tier_colors[t] }));
  if (by === "core") return [true, false].map((key, i) => ({ key, name: word(key ? "in_core" : "outside_core"), fill: ["#0b3c5d", "#f0dfa0"][i] }));
  const keys = [...new Set(rows.map((row) => row[by]).filter((v) => v !== null && v !== undefined))].sort((a, b) => (a < b ? -1 : 1));
  return keys.map((key, i) => ({ key, name: by === "role" ? word(key) : word("community_n", { n: key }), fill: GROUPS[Math.min(i, GROUPS.length - 1)] }));
}

const kindOf = (row) => (state.color === "tier" ? tierOf(row.place) : row[state.color]);

function draw() {
  if (!held || !found) return;
  const rows = [...found.rows].sort((a, b) => (value(b) ?? 0) - (value(a) ?? 0)), most = Math.max(0, ...rows.map((row) => value(row) ?? 0));
  const groups = kinds(), fills = new globalThis.Map(groups.map(({ key, fill }) => [key, fill]));
  const marks = rows.map((row, i) => ({
    place: row.place, r: 3.5 + 10 * Math.sqrt(most ? Math.max(0, value(row) ?? 0) / most : 0), strong: i < 3,
    fill: state.color === "measure" ? shade(row, most) : fills.get(kindOf(row)) || "#fff",
  }));
  const kept = held.ties.slice(0, Math.max(1, Math.round(state.keep * held.count))), top = kept.length ? kept[0][2] : 1;
  const lines = kept.slice(0, MOST_LINES).map(([source, target, v]) => ({ source, target, width: 0.6 + 5.4 * Math.sqrt(v / top), strong: v >= top / 4 }));
  map.show(marks, lines);
  const off = rows.filter((row) => !study.spots[row.place]).length;
  const said = [off ? word("off_map", { n: off }) : null, kept.length > MOST_LINES ? word("most_lines", { n: MOST_LINES }) : null].filter(Boolean);
  $("network-off").replaceChildren(...said.flatMap((text) => [say(text), " "]));
  const scale = SHADES.map((fill, i) => keyed(fill, 5, i ? same(`> ${number((most * i) / SHADES.length, 2)}`) : same(`0–${number(most / SHADES.length, 2)}`)));
  $("network-key").replaceChildren(...(state.color === "measure" ? scale : groups.map(({ fill, name }) => keyed(fill, 5, name))));
}

function summary() {
  const { summary: s } = found, rows = [
    [word("ties_kept"), same(s.ties)], [word("flow_kept"), same(number(100 * s.share, 1) + "%")], [word("weakest_kept"), amount(s.least)],
    [word("density"), same(number(s.density, 3))], ...(s.modularity === undefined ? [] : [[word("modularity"), same(number(s.modularity, 3))]])];
  $("network-summary").replaceChildren(...rows.map(([name, text]) => el("div", {}, el("dt", {}, say(name)), el("dd", {}, say(text)))));
  $("network-notes").replaceChildren(...found.notes.map((note) => el("li", {}, say(note))));
}

function table() {
  if (!found) return;
  const named = study.graphs.measures.find(({ key }) => key === state.measure).name;
  const heads = [[same("#"), "n"], [word("place"), ""], [named, "n"], [word("community"), "n"], [word("role"), ""], [word("core"), ""]];
  const rows = [...found.rows].sort((a, b) => (value(b) ?? -1) - (value(a) ?? -1));
  const head = el("thead", {}, el("tr", {}, ...heads.map(([text, cls]) => el("th", { scope: "col", class: cls }, say(text)))));
  const body = rows.map((row, i) => el("tr", { "data-place": row.place },
    el("td", { class: "n" }, String(i + 1)), el("td", {}, say(study.names[row.place] || same(row.place))),
    el("td", { class: "n" }, value(row) === null ? "" : say(amount(value(row)))), el("td", { class: "n" }, row.community === undefined ? "" : String(row.community)),
    el("td", {}, row.role ? say(word(row.role)) : ""), el("td", {}, row.core ? "●" : "")));
  light.around(() => $("network-table").replaceChildren(head, el("tbody", {}, ...body)));
}

function download() {
  const names = Object.keys(found.rows[0] || { place: "" });
  save(csv([names, ...found.rows.map((row) => names.map((name) => row[name]))]), `${state.network}.csv`, "text/csv");
}

export function openNetworks(pages) {
  study = pages.study;
  const { networks } = study.graphs;
  $("page-networks").classList.toggle("without", !networks.length);
  if (!networks.length) return;
  light = lighting($("network-table"), () => map, remember);
  map = new Map(study, $("network-map"), (place) => light(place), word("network_label"));
  map.zooming($("page-networks"));
  ties = pages.asking("network", (content) => { held = content; draw(); });
  measures = pages.asking("measures", (content) => { found = content; summary(); table(); draw(); });
  $("network-csv").addEventListener("click", download);
  pages.spoken.push(() => map.draw());
  pages.views.networks = restore;
  restore();
}

function restore() {
  const asked = taken("networks"), { networks, measures: known } = study.graphs;
  // the one that says most opens first
  Object.assign(state, usual, { network: [...networks].sort((a, b) => b.ties - a.ties)[0].name });
  const among = { network: networks.map((one) => one.name), measure: known.map(({ key }) => key), color: COLORS };
  for (const [key, values] of Object.entries(among)) if (values.includes(String(asked[key]))) state[key] = String(asked[key]);
  light.keep(asked.place ? String(asked.place) : null);
  choices(asked.keep);
  choose();
  remember();
}
