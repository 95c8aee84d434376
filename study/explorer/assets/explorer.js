// The page: asks where the levers lead, one question at a time, and shows the answer.
import { Levers } from "./explorer_levers.js";
import { Map } from "./explorer_map.js";
import { el, announce, number, option, pick, same, say, signed, speak, speech, svg, word } from "./explorer_parts.js";

const $ = (id) => document.getElementById(id);
const page = { study: null, answer: null, levers: null, map: null, steps: [] };

function choose(language) {
  speak(language);
  document.documentElement.dataset.show = language;
  document.documentElement.lang = speech.languages.find(({ key }) => key === language).tag;
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  try { localStorage.setItem("innoscape-language", language); } catch { /* a private window keeps nothing */ }
  page.map?.draw();
}

async function ask(path, body) {
  const response = await fetch(path, body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const text = await response.text();
  let content;
  try { content = JSON.parse(text); } catch { content = { faults: [text || response.statusText] }; }
  return { ok: response.ok, content, took: response.headers.get("server-timing") };
}

// while one answer is under way, only the newest question waits
let busy = false, waiting = null;
async function run(steps) {
  if (busy) { waiting = steps; return; }
  busy = true;
  document.body.classList.add("working");
  const began = performance.now();
  try {
    const { ok, content } = await ask("run", { interventions: steps });
    const faults = $("faults");
    faults.hidden = ok;
    faults.textContent = ok ? "" : content.faults.join("\n");
    if (ok) {
      page.steps = steps;
      show(content);
      const ms = Math.round(performance.now() - began), n = content.runs.toLocaleString("en");
      $("status").replaceChildren(say(word("took", { n, ms })));
    }
  } catch {
    $("faults").hidden = false;
    $("faults").textContent = pick(word("ended"));
  }
  busy = false;
  document.body.classList.remove("working");
  if (waiting) { const next = waiting; waiting = null; run(next); }
}

function show(answer) {
  page.answer = answer;
  summary(answer);
  tiers(answer);
  ranking(answer);
  const gaps = answer.arrivals.map((r) => (r.gap && r.gap.difference !== null ? Math.abs(r.gap.difference) : 0));
  page.map.show(answer, Math.max(0.05, ...gaps));
  $("key").replaceChildren(...page.map.key());
  // drawn by the server, which escapes every text
  for (const name of ["reach", "credit"]) $(name).innerHTML = answer[name];
  document.documentElement.dataset.answered = String(Number(document.documentElement.dataset.answered || 0) + 1);
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
  const heads = [["mean_arrival", ""], ["study", "n"], ["now", "n"], ["change_interval", "n"], ["runs_earlier", "n"]];
  const head = el("thead", {}, el("tr", {}, ...heads.map(([key, cls]) => el("th", { scope: "col", class: cls }, say(word(key))))));
  $("tiers").replaceChildren(head, el("tbody", {}, ...wanted.map((row) => {
    const name = row.place === "all" ? say(word("all")) : el("span", { class: "tier t" + page.study.tiers.indexOf(row.place) }, say(page.study.tier_names[row.place]));
    const still = Math.abs(row.difference) < 5e-4, none = row.negligible;
    const change = el("span", { class: still || none ? "" : row.difference < 0 ? "good" : "bad" },
      still ? "0" : `${none ? "≈ " : ""}${signed(row.difference, 2)} [${signed(row.low, 2)}, ${signed(row.high, 2)}]`);
    return el("tr", { "data-tier": row.place }, el("td", {}, name), ...[number(row.baseline, 2), number(row.value, 2), change, number(100 * row.better, 0) + "%"].map((c) => el("td", { class: "n" }, c)));
  })));
}

function whiskers(row, horizon) {
  const width = 132, x = (t) => 4 + (Math.min(t, horizon) / horizon) * (width - 8), node = svg("svg", { viewBox: `0 0 ${width} 16`, "aria-hidden": "true" });
  const low = row.low ?? horizon, high = row.high ?? horizon;
  node.append(svg("line", { x1: x(low), x2: x(high), y1: 8, y2: 8, class: "whisker" }));
  if (row.high === null) node.append(svg("path", { d: `M${width - 8} 4.5L${width - 3} 8L${width - 8} 11.5`, class: "whisker", fill: "none" }));
  if (row.was && row.was.median !== null) node.append(svg("line", { x1: x(row.was.median), x2: x(row.was.median), y1: 2, y2: 14, class: "was" }));
  if (row.median !== null) node.append(svg("circle", { cx: x(row.median), cy: 8, r: 4, class: "spot", fill: "#e39a00" }));
  return node;
}

function ranking({ arrivals }) {
  const { study } = page, head = el("thead");
  const heads = [[same("#"), "n"], [word("center"), ""], [word("tier"), ""], [word("years"), "n"], [same(`0–${study.horizon}`), ""], [word("change"), "n"]];
  head.append(el("tr", {}, ...heads.map(([text, cls]) => el("th", { scope: "col", class: cls }, say(text)))));
  const body = el("tbody");
  arrivals.forEach((row, i) => {
    const tier = el("span", { class: "tier t" + study.tiers.indexOf(row.tier) }, say(study.tier_names[row.tier] || same(row.tier)));
    const gap = row.gap && row.gap.difference !== null ? row.gap : null;
    const none = gap && gap.negligible, cls = !gap || none ? "" : gap.difference < 0 ? "good" : "bad";
    let change = row.seed ? say(word("seeded")) : row.was ? "" : say(word("added"));
    if (gap) {
      change = el("span", { class: cls, title: `[${signed(gap.low, 3)}, ${signed(gap.high, 3)}]` }, Math.abs(gap.difference) < 5e-4 ? "0" : (none ? "≈ " : "") + signed(gap.difference, 2));
    }
    const line = el("tr", { "data-place": row.place, class: row.was && row.was.tier !== row.tier ? "moved-tier" : "" },
      el("td", { class: "n" }, String(i + 1)), el("td", {}, say(study.names[row.place] || same(row.place))), el("td", {}, tier),
      el("td", { class: "n" }, row.median === null ? "> " + study.horizon : number(row.median, 1)), el("td", {}, whiskers(row, study.horizon)), el("td", { class: "n" }, change));
    body.append(line);
  });
  $("ranking").replaceChildren(head, body);
  light(page.map.chosen || null);
}

function light(place) {
  for (const row of $("ranking").querySelectorAll("tbody tr")) row.classList.toggle("lit", row.dataset.place === place);
  if ((page.map.chosen || null) === place) return;
  page.map.chosen = place;
  page.map.draw();
}

function presets() {
  const select = $("preset");
  select.replaceChildren(option("", word("as_it_is")), ...page.study.presets.map((p, i) => option(String(i), p.title)));
}

async function save(event) {
  event.preventDefault();
  const form = $("save"), note = $("saved"), order = { interventions: page.levers.collect() };
  for (const key of ["name", "title", "title_zh"]) order[key] = form.elements[key].value;
  if (page.study.bundled) order.folder = form.elements.folder.value;
  const tell = (text, bad) => { note.className = bad ? "bad" : ""; note.replaceChildren(say(text)); };
  if (!order.interventions.length) { tell(word("move_first"), true); return; }
  if (page.study.bundled && !order.folder) { tell(word("name_folder"), true); form.elements.folder.focus(); return; }
  const { ok, content } = await ask("save", order);
  if (!ok) { tell(same(content.faults.join("\n")), true); return; }
  tell(word("saved", content), false);
  Object.assign(page.study, (await ask("study")).content);
  bundle();
  presets();
}

function bundle() {
  $("folder").hidden = !page.study.bundled;
  $("save-note").replaceChildren(say(word(page.study.bundled ? "saved_as_new" : "saved_into")));
}

async function start() {
  const known = (language) => speech.languages.some(({ key }) => key === language);
  let language = navigator.language.split("-")[0];
  try { language = localStorage.getItem("innoscape-language") || language; } catch { /* as above */ }
  if (!known(language)) language = "en";
  // charts come with every language; one shows
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(speech.languages.map(({ key }) => `svg .${key} { display: none } [data-show=${key}] svg .${key} { display: inline }`).join("\n"));
  document.adoptedStyleSheets = [sheet];
  for (const { key, name, tag } of speech.languages) {
    const button = el("button", { type: "button", "data-language": key, lang: tag }, name);
    button.addEventListener("click", () => choose(key));
    $("languages").append(button);
  }
  for (const node of document.querySelectorAll("[data-word]")) node.replaceWith(say(word(node.dataset.word)));
  for (const node of document.querySelectorAll("[data-label]")) announce(node, word(node.dataset.label));
  choose(language);
  const { content } = await ask("study"), study = (page.study = content);
  document.title = study.title.en + " · innoscape";
  $("title").append(say(study.title));
  page.map = new Map(study, $("map"), light);
  page.levers = new Levers(content, $("sections"), run);
  presets();
  bundle();
  $("preset").addEventListener("change", () => { const i = $("preset").value; page.levers.load(i === "" ? [] : study.presets[i].interventions); page.levers.tell(); });
  $("reset").addEventListener("click", () => { $("preset").value = ""; page.levers.load([]); page.levers.tell(); });
  $("save").addEventListener("submit", save);
  for (const button of $("zoom").children) button.addEventListener("click", () => page.map.zoom(button.dataset.zoom));
  for (const button of $("paint").children) button.addEventListener("click", () => {
    page.map.paint = button.dataset.paint;
    for (const other of $("paint").children) other.setAttribute("aria-pressed", String(other === button));
    page.map.draw();
    $("key").replaceChildren(...page.map.key());
  });
  $("ranking").addEventListener("pointerover", (event) => light(event.target.closest("tbody tr")?.dataset.place || null));
  if (study.ground.note) $("ground-note").append(say(study.ground.note), " ");
  if (study.ground.shapes.some((shape) => shape.kind === "scope")) $("ground-note").append(say(word("dashed")));
  $("method").append(say(word("method", { seed: study.seed })));
  await run([]);
}
start();
