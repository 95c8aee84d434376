// The page: asks where the levers lead, one question at a time, and shows the answer.
import { Levers } from "./explorer_levers.js";
import { Map } from "./explorer_map.js";
import { both, el, number, option, signed, svg } from "./explorer_parts.js";

const $ = (id) => document.getElementById(id);
const page = { study: null, answer: null, levers: null, map: null, steps: [] };

function choose(language) {
  both.speak(language);
  document.documentElement.dataset.show = language;
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
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
      $("status").replaceChildren(both([`${n} runs in ${ms} ms`, `${n} 次模拟，${ms} 毫秒`]));
    }
  } catch {
    $("faults").hidden = false;
    $("faults").textContent = "No answer: the explorer has ended. / 无响应：探索程序已结束。";
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
    const word = page.study.words[row.measure], name = row.place === "all" ? null : page.study.names[row.place] || [row.place, row.place];
    const title = name ? [word[0] + ": " + name[0], word[1] + "：" + name[1]] : word;
    const still = row.difference === null || Math.abs(row.difference * k) < 0.5 * 10 ** -digits;
    const dd = el("dd", {}, number(row.value * k, digits) + unit);
    const points = share ? [" points", " 个百分点"] : ["", ""];
    const good = row.measure === "localization_share" ? "" : (row.measure === "reach") === row.difference > 0 ? "good" : "bad";
    const range = row.low === row.high ? "" : ` [${signed(row.low * k, digits)}, ${signed(row.high * k, digits)}]`;
    dd.append(still ? el("small", {}, both(["as in the study", "与原研究相同"]))
      : el("small", { class: good }, both([`${signed(row.difference * k, digits)}${points[0]}${range}`, `${signed(row.difference * k, digits)}${points[1]}${range}`])));
    return el("div", { "data-measure": row.measure }, el("dt", {}, both(title)), dd);
  }));
}

function tiers({ summary: rows }) {
  const wanted = rows.filter((r) => r.measure === "tier_arrival_time" || r.measure === "mean_arrival_time");
  const order = ["all", ...page.study.tiers];
  wanted.sort((a, b) => order.indexOf(a.place) - order.indexOf(b.place));
  const heads = [["Mean arrival (years)", "平均到达（年）", ""], ["study", "原研究", "n"], ["now", "调整后", "n"], ["change [95%]", "变化 [95%]", "n"], ["runs earlier", "提前的模拟", "n"]];
  const head = el("thead", {}, el("tr", {}, ...heads.map(([en, zh, cls]) => el("th", { scope: "col", class: cls }, both([en, zh])))));
  $("tiers").replaceChildren(head, el("tbody", {}, ...wanted.map((row) => {
    const name = row.place === "all" ? both(page.study.words.all) : el("span", { class: "tier t-" + row.place }, both(page.study.words[row.place]));
    const still = Math.abs(row.difference) < 5e-4, none = row.low <= 0 && row.high >= 0;
    const change = el("span", { class: still || none ? "" : row.difference < 0 ? "good" : "bad" },
      still ? "0" : `${signed(row.difference, 2)} [${signed(row.low, 2)}, ${signed(row.high, 2)}]`);
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
  const heads = [["#", "#", "n"], ["Center", "中心", ""], ["Tier", "层级", ""], ["Years", "年", "n"], [`0–${study.horizon}`, `0–${study.horizon}`, ""], ["Change", "变化", "n"]];
  head.append(el("tr", {}, ...heads.map(([en, zh, cls]) => el("th", { scope: "col", class: cls }, both([en, zh])))));
  const body = el("tbody");
  arrivals.forEach((row, i) => {
    const tier = el("span", { class: "tier t-" + row.tier }, both(study.words[row.tier] || [row.tier, row.tier]));
    const gap = row.gap && row.gap.difference !== null ? row.gap : null;
    const none = gap && gap.low <= 0 && gap.high >= 0, cls = !gap || none ? "" : gap.difference < 0 ? "good" : "bad";
    let change = row.seed ? both(["seed", "源头"]) : row.was ? "" : both(["added", "新增"]);
    if (gap) {
      change = el("span", { class: cls, title: `[${signed(gap.low, 3)}, ${signed(gap.high, 3)}]` }, Math.abs(gap.difference) < 5e-4 ? "0" : signed(gap.difference, 2));
      if (none && Math.abs(gap.difference) >= 5e-4) change.append(" ±");
    }
    const line = el("tr", { "data-place": row.place, class: row.was && row.was.tier !== row.tier ? "moved-tier" : "" },
      el("td", { class: "n" }, String(i + 1)), el("td", {}, both(study.names[row.place] || [row.place, row.place])), el("td", {}, tier),
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
  select.replaceChildren(option("", ["the study as it is", "现有研究"]), ...page.study.presets.map((p, i) => option(String(i), p.title)));
}

async function save(event) {
  event.preventDefault();
  const form = $("save"), note = $("saved"), order = { interventions: page.levers.collect() };
  for (const key of ["name", "title", "title_zh"]) order[key] = form.elements[key].value;
  if (page.study.bundled) order.folder = form.elements.folder.value;
  const say = (names, bad) => { note.className = bad ? "bad" : ""; note.replaceChildren(both(names)); };
  if (!order.interventions.length) { say(["Move a lever first.", "请先调整杠杆。"], true); return; }
  if (page.study.bundled && !order.folder) { say(["Name a new study folder.", "请填写新研究文件夹。"], true); form.elements.folder.focus(); return; }
  const { ok, content } = await ask("save", order);
  if (!ok) { const text = content.faults.join("\n"); say([text, text], true); return; }
  say([`Saved as ${content.name} in ${content.file}`, `已保存：${content.file} 中的 ${content.name}`], false);
  page.study = Object.assign(page.study, (await ask("study")).content);
  bundle();
  presets();
}

function bundle() {
  $("folder").hidden = !page.study.bundled;
  $("save-note").replaceChildren(both(page.study.bundled
    ? ["The bundled study cannot be changed: it is saved as a new study folder that holds this scenario too.", "自带研究不可修改：将另存为包含该情景的新研究文件夹。"]
    : ["Appended to study.toml; comments and order of the file stay.", "追加到 study.toml；文件的注释与顺序保持不变。"]));
}

async function start() {
  let language = navigator.language.startsWith("zh") ? "zh" : "en";
  try { language = localStorage.getItem("innoscape-language") || language; } catch { /* as above */ }
  for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => choose(button.dataset.language));
  const study = (page.study = (await ask("study")).content);
  document.title = study.title[0] + " · innoscape";
  $("title").append(both(study.title));
  page.map = new Map(study, $("map"), light);
  page.levers = new Levers(study, $("sections"), run);
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
  if (study.ground.note) $("ground-note").append(both(study.ground.note), " ");
  $("ground-note").append(both(["Dashed shapes: approximate extent of the scopes, no boundaries.", "虚线：区域的大致范围，并非界线。"]));
  $("method").append(both([
    `All rates, half-distances, tacit shares, tiers marked assumed and scenarios are assumptions. Both sides of every comparison share their noise (seed ${study.seed}), so differences are due to the levers alone.`,
    `所有速率、半衰距离、隐性占比、标注为假设的层级与情景均为假设。比较双方使用相同随机数（种子 ${study.seed}），差异仅由杠杆引起。`]));
  choose(language);
  await run([]);
}
start();
