// Small parts the page is made of. Every text becomes a text node, never markup.
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

// a text in both languages; the style sheet shows the one the reader chose
export function both([en, zh]) {
  const node = document.createDocumentFragment();
  if (en === zh) node.append(en);
  else node.append(el("span", { class: "en" }, en), el("span", { class: "zh", lang: "zh" }, zh));
  return node;
}
// what markup cannot hold twice: labels and options
const labeled = new Set();
both.language = "en";
both.label = (node, names) => { labeled.add([new WeakRef(node), "aria-label", names]); node.setAttribute("aria-label", names[both.language === "zh" ? 1 : 0]); };
export function option(value, names) {
  const node = el("option", { value });
  labeled.add([new WeakRef(node), "", names]);
  node.textContent = names[both.language === "zh" ? 1 : 0];
  return node;
}
both.speak = (language) => {
  both.language = language;
  for (const entry of labeled) {
    const [reference, attribute, names] = entry, node = reference.deref(), text = names[language === "zh" ? 1 : 0];
    if (!node) labeled.delete(entry);
    else if (attribute) node.setAttribute(attribute, text);
    else node.textContent = text;
  }
};
