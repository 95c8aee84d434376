// Data: files are dropped, shown as they were recognized, changed cell by cell, and made a study.
import { ask } from "./explorer_ask.js";
import { announce, el, join, keep, number, option, pick, refill, same, say, speech, word } from "./explorer_parts.js";

const $ = (id) => document.getElementById(id);
let pages, taken = null, chosen = "";

const key = (table) => table.file + "\n" + table.sheet;
const remove = (name, act) => {
  const button = el("button", { type: "button" }, "×");
  announce(button, word("remove", { name }));
  button.addEventListener("click", act);
  return button;
};

// every question of this page answers with all that is known of the files
async function put(question, body) {
  document.body.classList.add("busy");
  try {
    const { ok, content } = await ask(question, body);
    pages.faults(ok ? [] : content.faults);
    if (ok) { taken = content; show(); }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    pages.faults([word("ended")]);
  } finally { document.body.classList.remove("busy"); }
}

const read = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done({ name: file.name, content: reader.result.slice(reader.result.indexOf(",") + 1) });
  reader.onerror = () => failed(reader.error);
  reader.readAsDataURL(file);
});

async function take(files) {
  const given = [...files];
  if (!given.length) return;
  const size = given.reduce((sum, { size: one }) => sum + one, 0);
  if (size > 28e6) { pages.faults([word("too_large", { mb: number(size / 1e6, 0) })]); return; }
  pages.status(word("reading"));
  await put("files", { files: await Promise.all(given.map(read)) });
  pages.status(same(""));
  $("files").value = "";
}

function list(items) {
  return el("ul", {}, ...items.map((text) => el("li", {}, say(text))));
}

function makes() {
  const { draft } = taken;
  if (!draft) return;
  const assumed = draft.assumed.map(({ key: at, said }) => word("assumed_at", { at, said }));
  const parts = [["understood", [...draft.understood, ...Object.values(draft.sections).flat()]], ["assumed_list", assumed]];
  $("makes").replaceChildren(...(draft.whole ? [] : [el("p", { class: "bad" }, say(word("makes_nothing")))]),
    ...parts.filter(([, items]) => items.length).flatMap(([name, items]) => [el("h3", {}, say(word(name))), list(items)]));
  for (const node of $("start").elements) node.disabled = !draft.whole;
}

const doubts = (found) => list_faults($("doubts"), found);
function list_faults(table, found) {
  const heads = ["where", "row", "column", "needed", "got", "fix"];
  const head = el("thead", {}, el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, say(word("fault_" + name))))));
  const rows = found.map((fault) => el("tr", {}, el("td", {}, fault.where), el("td", {}, fault.rows.slice(0, 5).join(", ") + (fault.rows.length > 5 ? "…" : "")),
    el("td", {}, fault.column || ""), ...["needed", "got", "fix"].map((part) => el("td", {}, say(fault[part])))));
  table.replaceChildren(...(rows.length ? [head, el("tbody", {}, ...rows)] : [el("tbody", {}, el("tr", {}, el("td", {}, say(word("no_doubts")))))]));
}

function field(value, named, changed) {
  const input = el("input", { value, spellcheck: "false", autocomplete: "off" });
  announce(input, named);
  input.addEventListener("change", () => {
    if (input.value === value) return;
    value = input.defaultValue = input.value;
    changed(value);
  });
  return input;
}

// faults by row of a table, and the column that they name
function faultsOf(table) {
  const rows = new Map();
  for (const fault of taken.faults_found) if (fault.where === table.name || fault.where === table.file)
    for (const row of fault.rows) rows.set(row, [...(rows.get(row) || []), fault]);
  return rows;
}

function cells() {
  const table = taken.tables.find((one) => key(one) === chosen) || taken.tables[0];
  refill($("table-list"), ...taken.tables.map((one) => {
    const button = el("button", { type: "button", "aria-pressed": String(one === table) }, one.name, ...(one.kind_name ? [": ", say(one.kind_name)] : []));
    button.addEventListener("click", () => { chosen = key(one); cells(); });
    return button;
  }));
  if (!table) { $("cells").replaceChildren(); return; }
  chosen = key(table);
  const said = [table.kind_name ? word("recognized", { kind: table.kind_name, confidence: table.confidence }) : word("not_recognized"), ...(table.reasons || [])];
  if (table.count > table.rows.length) said.push(word("first_rows", { n: table.rows.length, all: table.count }));
  $("table-note").replaceChildren(...said.flatMap((text, i) => (i ? ["; ", say(text)] : [say(text)])));
  const widths = table.rows.map((row) => row.length), wide = Math.max(0, ...widths), marked = faultsOf(table);
  // the header is the first row that holds a name the table was read by, else the first
  const known = Object.keys(table.columns || {}), at = Math.max(0, table.rows.findIndex((row) => row.some((cell) => known.includes(cell) || table.choices.includes(cell))));
  const names = table.rows[at] || [];
  const change = (row, column, value) => put("cells", { file: table.file, sheet: table.sheet, cells: [{ row, column, value }] });
  const head = el("tr", {}, el("th"), ...Array.from({ length: wide }, (_, j) => {
    const th = el("th", { scope: "col" }), current = (table.columns || {})[names[j]] || (table.choices.includes(names[j]) ? names[j] : "");
    if (!table.editable || !table.choices.length) return th;
    const select = el("select", {}, option("", word("as_written")), ...table.choices.map((name) => option(name, same(name))));
    announce(select, word("read_column_as", { name: names[j] || String(j + 1) }));
    select.value = current;
    select.addEventListener("change", () => { if (select.value) change(at + 1, j + 1, select.value); });
    th.append(select);
    return th;
  }));
  const body = table.rows.map((row, i) => el("tr", {}, el("th", { scope: "row" }, String(i + 1)), ...row.map((cell, j) => {
    const faults = (marked.get(i + 1) || []).filter(({ column }) => !column || column === names[j] || (table.columns || {})[names[j]] === column);
    const td = el("td", { class: [i === at ? "title-row" : "", faults.length ? "fault" : ""].join(" ") });
    if (faults.length) td.title = faults.map((f) => `${pick(f.needed)} · ${pick(f.got)} · ${pick(f.fix)}`).join("\n");
    if (table.editable) td.append(field(cell, word("cell_at", { row: i + 1, column: names[j] || String(j + 1) }), (value) => change(i + 1, j + 1, value)));
    else { td.classList.add("plain"); td.textContent = cell; }
    return td;
  })));
  refill($("cells"), el("thead", {}, head), el("tbody", {}, ...body));
}

function spots() {
  const heads = ["place", "name_en", "name_zh", "lon", "lat", "coord_source"];
  const head = el("thead", {}, el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, say(word("spot_" + name))))));
  const rows = taken.places.map((spot) => {
    const lies = { lon: spot.lon, lat: spot.lat };
    const degree = (axis) => field(spot[axis] === null || spot[axis] === undefined ? "" : String(spot[axis]), word("cell_at", { row: spot.place, column: axis }), (value) => {
      const v = Number(value);
      if (value.trim() === "" || Number.isNaN(v)) { pages.faults([word("a_degree", { value })]); return; }
      lies[axis] = v;
      if (typeof lies.lon === "number" && typeof lies.lat === "number") put("place", { place: spot.place, ...lies });
    });
    const named = field(spot.place, word("cell_at", { row: spot.place, column: "place" }), (name) => { if (name.trim()) put("place", { place: spot.place, name: name.trim() }); });
    const lost = typeof spot.lon !== "number" || typeof spot.lat !== "number";
    return el("tr", {}, el("td", {}, named), ...["name_en", "name_zh"].map((name) => el("td", { class: "plain" }, spot[name] || "")),
      ...["lon", "lat"].map((axis) => el("td", { class: lost ? "fault" : "" }, degree(axis))), el("td", { class: "plain" }, spot.coord_source || ""));
  });
  // a place that no file and no gazetteer knows
  const added = { place: "", lon: null, lat: null };
  const put_added = () => { if (added.place && added.lon !== null && added.lat !== null) put("place", added); };
  const blank = (axis) => field("", word("cell_at", { row: word("new_place"), column: axis }), (value) => {
    added[axis] = axis === "place" ? value.trim() : value.trim() === "" || Number.isNaN(Number(value)) ? null : Number(value);
    put_added();
  });
  const name = blank("place");
  name.placeholder = pick(word("new_place"));
  rows.push(el("tr", { class: "new" }, el("td", {}, name), el("td"), el("td"), ...["lon", "lat"].map((axis) => el("td", {}, blank(axis))), el("td")));
  refill($("spots"), head, el("tbody", {}, ...rows));
}

function show() {
  $("taken").hidden = !taken.files.length;
  refill($("file-list"), ...taken.files.map((file) => el("li", {}, file, remove(file, () => put("drop", { file })))));
  makes();
  doubts(taken.faults_found);
  cells();
  spots();
  document.documentElement.dataset.taken = String(Number(document.documentElement.dataset.taken || 0) + 1);
}

async function start(event) {
  event.preventDefault();
  const note = $("started"), folder = $("start").elements.folder.value.trim();
  note.className = "";
  note.replaceChildren(say(word("making")));
  const { ok, content } = await ask("start", { folder, language: speech.language });
  if (ok) {
    location.hash = "";
    location.reload();
    return;
  }
  note.className = "bad";
  note.replaceChildren(say(join(content.faults, "\n")));
  if (content.found && content.found.length) doubts(content.found);
}

async function pack(button) {
  const name = button.dataset.pack, note = $("packing");
  note.replaceChildren(say(word("packing")));
  button.disabled = true;
  const response = await fetch(name);
  button.disabled = false;
  if (response.ok) {
    keep(await response.blob(), `${pages.study.name}-${name}`, "application/zip");
    note.replaceChildren(say(word("packed", { name: `${pages.study.name}-${name}` })));
  } else note.replaceChildren(say(join((await response.json()).faults, "\n")));
}

// a study with faults is looked at again and again, and opens as soon as they are gone
function watch(found) {
  $("faulty").hidden = false;
  list_faults($("faulty-list"), found);
  let seen = JSON.stringify(found);
  const again = async () => {
    const { ok, content } = await ask("mended").catch(() => ({ ok: false }));
    if (!ok) { pages.faults([word("ended")]); return; }
    if (content.whole) { location.reload(); return; }
    if (JSON.stringify(content.found) !== seen) { seen = JSON.stringify(content.found); list_faults($("faulty-list"), content.found); }
    setTimeout(again, 2000);
  };
  setTimeout(again, 2000);
}

export function openData(given) {
  pages = given;
  if (pages.study.found) watch(pages.study.found);
  const drop = $("drop");
  $("opened").append(say(word(pages.study.found ? "opened_faulty" : pages.study.bundled ? "opened_bundled" : "opened_study", { title: pages.study.title })));
  $("files").addEventListener("change", () => take($("files").files));
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  drop.addEventListener("drop", (event) => take(event.dataTransfer.files));
  $("start").addEventListener("submit", start);
  for (const button of document.querySelectorAll("[data-pack]")) button.addEventListener("click", () => pack(button));
  pages.spoken.push(() => { if (taken && taken.files.length) cells(); });
  put("look", {});
}
