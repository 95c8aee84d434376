// Small parts the page is made of. Every text becomes a text node, never markup.
import { languages, words } from "./explorer_words.js";

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
export function svg(name, attributes = {}) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
export const number = (v, digits) => v.toFixed(digits).replace(/^-/, "−");
export const signed = (v, digits) => (v > 0 ? "+" : "") + number(v, digits);

// a text is language -> words; English stands in where a name has no other
export const pick = (text) => text[speech.language] || text.en;
const each = (make) => Object.fromEntries(languages.map(({ key }) => [key, make(key)]));
export const same = (given) => each(() => String(given));
// a word of the catalogues, its braces filled
export const word = (key, values) => {
  const held = Object.hasOwn(words, key) ? words[key] : same(key);
  return values ? each((language) => held[language].replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "object" ? value[language] || value.en : value;
  })) : held;
};
export const join = (texts, by) => each((language) => texts.map((text) => text[language] || text.en).join(by || words["list.comma"][language]));

// whatever was said follows the language
export const speech = { language: "en", languages };
const said = new Set();
let pruned = 1000;
// node -> what it says
const kept = new WeakMap();
const follow = (node, attribute, text) => {
  const entry = [new WeakRef(node), attribute, text];
  if (!attribute) kept.set(node, entry);
  said.add(entry);
  // what has left the page is forgotten
  if (said.size > 2 * pruned) {
    for (const entry of said) if (!entry[0].deref()) said.delete(entry);
    pruned = Math.max(1000, said.size);
  }
  if (attribute) node.setAttribute(attribute, pick(text));
  else node.textContent = pick(text);
  return node;
};
export const say = (text) => follow(el("span"), "", text);
// has a node say something else
export function resay(node, text) {
  kept.get(node)[2] = text;
  const now = pick(text);
  if (node.textContent !== now) node.textContent = now;
}
export const announce = (node, text) => follow(node, "aria-label", text);
export const option = (value, text) => follow(el("option", { value }), "", text);
export function speak(language) {
  speech.language = language;
  for (const entry of said) {
    const [reference, attribute, text] = entry, node = reference.deref();
    if (!node) said.delete(entry);
    else if (attribute) node.setAttribute(attribute, pick(text));
    else node.textContent = pick(text);
  }
}

// fills a host anew; the control that the keyboard stood on keeps it, and what is being typed there
export function refill(host, ...nodes) {
  const controls = () => [...host.querySelectorAll("input, select, button")], at = controls().indexOf(document.activeElement), was = controls()[at];
  const typed = was?.matches("input") && was.value !== was.defaultValue ? was.value : null, caret = was?.matches("input") ? [was.selectionStart, was.selectionEnd] : null;
  host.replaceChildren(...nodes);
  const now = controls()[at];
  if (!now) return;
  now.focus({ preventScroll: true });
  if (typed !== null) now.value = typed;
  if (caret && now.matches("input")) now.setSelectionRange(...caret);
}

// four significant digits, grouped
export const amount = (v) => each((language) => v.toLocaleString(language === "zh" ? "zh-CN" : "en", { maximumSignificantDigits: 4 }));

// cells that a spreadsheet would run as formulas begin with a mark that makes them text
const cell = (value) => {
  const plain = value === null || value === undefined ? "" : String(value);
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(plain) ? "'" + plain : plain;
  return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
};
export const csv = (rows) => "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";

// hands the reader a file
export function keep(content, name, type) {
  const link = el("a", { href: URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
