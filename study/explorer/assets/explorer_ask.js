// The one way to the server: a question by name, its answer by parts; parts that the page holds are not sent again.
import { same } from "./explorer_parts.js";

const held = {};

export async function ask(name, body) {
  const own = (held[name] ||= { marks: {}, parts: {} });
  const sent = body === undefined ? {} : {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...body, known: own.marks }),
  };
  const response = await fetch(name, sent), text = await response.text();
  let content;
  try { content = JSON.parse(text); } catch { content = { faults: [same(text || response.statusText)] }; }
  if (!response.ok) return { ok: false, content, changed: new Set() };
  const { marks, ...came } = content;
  if (!marks) return { ok: true, content: came, changed: new Set(Object.keys(came)) };
  const parts = Object.fromEntries(Object.keys(marks).map((part) => [part, part in came ? came[part] : own.parts[part]]));
  held[name] = { marks, parts };
  return { ok: true, content: parts, changed: new Set(Object.keys(came)) };
}

// a question that is asked again and again: while one answer is under way, only the newest question waits
export function asking(name, { answered, refused, ended }) {
  let busy = false, waiting = null;
  return async function put(body) {
    if (busy) { waiting = body; return; }
    busy = true;
    document.body.classList.add("working");
    const began = performance.now();
    try {
      const { ok, content, changed } = await ask(name, body);
      if (ok) answered(content, { changed, body, began }); else refused(content.faults);
    } catch (error) {
      if (error instanceof TypeError) ended(); else throw error;
    } finally {
      busy = false;
      document.body.classList.remove("working");
    }
    if (waiting) { const next = waiting; waiting = null; put(next); }
  };
}
