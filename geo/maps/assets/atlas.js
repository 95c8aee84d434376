// The atlas of innoscape: state, words, text that follows the language, hover, layers.
const innoscape = (function () {
  "use strict";

  // what Python hands over: the languages, and each word of the catalogues as language -> text
  const speech = { languages: [], words: {} };
  const atlases = new Map();

  // English stands in where a name has no other
  const pick = (text, language) => text[language] || text.en;
  const each = (make) => Object.fromEntries(speech.languages.map(({ key }) => [key, make(key)]));
  const same = (given) => each(() => String(given));
  const held = (key) => Object.prototype.hasOwnProperty.call(speech.words, key) ? speech.words[key] : same(key);
  const word = (key, values) => values ? each((language) => held(key)[language].replace(/\{(\w+)\}/g,
    (_, name) => typeof values[name] === "object" ? pick(values[name], language) : values[name])) : held(key);
  const join = (texts, by) => each((language) => texts.map((text) => pick(text, language)).filter(Boolean).join(by || pick(held("list.comma"), language)));

  function number(value) {
    const size = Math.abs(value);
    const digits = size >= 1000 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return value.toLocaleString("en-US", { maximumFractionDigits: digits });
  }

  // a value and its unit as each language writes them: 28.28 billion yuan; counts below a million stay whole
  function amount(value, unit) {
    const { power = 0, base = unit } = unit;
    return each((language) => {
      const full = value * 10 ** power;
      const steps = pick(held("amount_steps"), language).split(",").map((step) => step.trim().split(" "));
      const step = power || Math.abs(full) >= 1e6 ? steps.find(([zeros]) => Math.abs(full) >= 10 ** zeros) : undefined;
      const shown = step ? full / 10 ** step[0] : full;
      const digits = Math.abs(shown) >= 1000 ? 0 : 3 - Math.floor(Math.log10(Math.abs(shown) || 1));
      const said = [shown.toLocaleString("en-US", { maximumFractionDigits: Math.min(digits, 12) }).replace(/^-0$/, "0").replace("-", "−")];
      return said.concat(step ? step[1] : [], pick(base, language)).reduce((one, other) =>
        one + (!other || /^[%\u2e80-\uffff]/.test(other) ? "" : /^\d/.test(other) ? " × " : " ") + other);
    });
  }

  // an element with class and text; all text goes in as text
  function el(tag, cls, text) {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function svg(tag, attributes) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
    return node;
  }

  // one delta-coded list of longitude, latitude to Leaflet's pairs
  function decode(steps) {
    const out = [];
    let x = 0, y = 0;
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      out.push([y / 1e5, x / 1e5]);
    }
    return out;
  }

  class Atlas {
    constructor(map, settings) {
      this.map = map;
      this.root = document.getElementById(map.getContainer().id + "_atlas");
      this.stage = map.getContainer().parentNode;
      this.language = settings.language;
      this.own = settings.own;
      this.layers = [];
      this.names = new Map();
      this.centers = new Map();
      this.labels = [];
      this.flowLayers = [];
      this.found = [];
      this.sources = [];
      this.tiers = settings.tiers;
      this.untiered = settings.untiered;
      this.flowColors = settings.flows;
      this.soft = new Set(settings.soft);
      this.levels = [];
      this.handlers = { language: [], layers: [], focus: [], time: [], scenario: [] };
      this.still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.coarse = window.matchMedia("(pointer: coarse)").matches;
      this.tip = el("div", "innoscape-tip");
      this.tip.setAttribute("role", "status");
      this.tip.hidden = true;
      map.getContainer().appendChild(this.tip);
    }

    on(event, handler) { this.handlers[event].push(handler); }
    fire(event, value) { for (const handler of this.handlers[event]) handler(value); }

    // text that follows the language
    say(node, text) {
      node.dataset.says = "";
      node.says = text;
      node.textContent = pick(text, this.language);
      return node;
    }
    // an attribute that follows the language
    sayAs(node, attribute, text) {
      node.dataset.sayAs = attribute;
      node.saysAs = text;
      node.setAttribute(attribute, pick(text, this.language));
      return node;
    }
    text(tag, cls, text) { return this.say(el(tag, cls), text); }
    in(text) { return pick(text, this.language); }

    speak(language) {
      this.language = language;
      document.documentElement.lang = speech.languages.find((one) => one.key === language).tag;
      for (const node of this.root.querySelectorAll("[data-says]")) node.textContent = pick(node.says, language);
      for (const node of this.root.querySelectorAll("[data-say-as]"))
        node.setAttribute(node.dataset.sayAs, pick(node.saysAs, language));
      this.root.dataset.language = language;
      this.fire("language", language);
    }

    nameOf(place) { return this.names.get(place) || same(place); }
    learn(row) { if (!this.names.has(row.p)) this.names.set(row.p, each((language) => pick(row, language))); }
    namesOf(list) { return join(String(list).split(/\s*;\s*/).filter(Boolean).map((one) => this.nameOf(one))); }

    // hover: the topmost of center (3), flow (2), line (1), area (0) speaks
    hover(level, build, point) {
      this.levels[level] = build || null;
      let top = this.levels.length - 1;
      while (top >= 0 && !this.levels[top]) top -= 1;
      if (top < 0) { this.tip.hidden = true; return; }
      this.tip.replaceChildren(this.levels[top]());
      this.tip.hidden = false;
      if (point) this.place(point);
    }
    place(point) {
      const size = this.map.getSize();
      const w = this.tip.offsetWidth, h = this.tip.offsetHeight;
      const x = point.x + 16 + w > size.x ? point.x - w - 14 : point.x + 16;
      const y = Math.max(4, Math.min(size.y - h - 4, point.y + 14));
      this.tip.style.transform = "translate(" + Math.max(4, Math.round(x)) + "px," + Math.round(y) + "px)";
    }

    // heading, badges and facts of a popup or tooltip
    card(names, badges, facts, note) {
      const box = el("div", "innoscape-card");
      box.append(this.text("div", "innoscape-card-name", names));
      const all = speech.languages.map(({ key }) => pick(names, key));
      if (new Set(all).size > 1)
        box.append(this.text("div", "innoscape-card-other", each((language) => [...new Set(all)].filter((one) => one !== pick(names, language)).join(" · "))));
      const row = el("div", "innoscape-card-badges");
      for (const badge of badges) if (badge) row.append(badge);
      if (row.childNodes.length) box.append(row);
      const list = el("dl");
      for (const [label, value] of facts) {
        if (value === undefined || value === null || value === "") continue;
        list.append(this.text("dt", "", label));
        list.append(typeof value === "object" ? this.text("dd", "", value) : el("dd", "", value));
      }
      if (list.childNodes.length) box.append(list);
      if (note) box.append(this.text("p", "innoscape-card-note", note));
      return box;
    }
    // a place without a tier has tier null
    tierClass(tier) { return tier === null ? "untiered" : "t" + tier; }
    get corridorColor() { return getComputedStyle(this.root).getPropertyValue("--corridor").trim(); }
    tierInk(tier) { return tier === null ? this.untiered : this.tiers[tier].ink; }
    tierBadge(tier) { return tier === null ? null : this.text("span", "innoscape-badge t" + tier, this.tiers[tier].names); }
    // how far down the scale a tier is, on the four steps that sizes are given for
    step(tier) { return tier === null ? 3 : (3 * tier) / (this.tiers.length - 1); }
    badge(key, cls) { return key ? this.text("span", "innoscape-badge " + (cls || ""), word(key)) : null; }
  }

  function start(map, settings) {
    // plugins of folium put controls before the map, which here does not stand in the body itself
    document.body.insertBefore = (node, next) => Node.prototype.insertBefore.call(next ? next.parentNode : document.body, node, next);
    for (const [name, z] of Object.entries(settings.panes)) map.createPane(name).style.zIndex = z;
    for (const quiet of ["boundaries", "labels", "flows"]) map.getPane(quiet).style.pointerEvents = "none";
    // a popup finds room where the map stands
    L.Popup.mergeOptions({ autoPan: false });
    L.Icon.Default.imagePath = "";
    L.Icon.Default.mergeOptions(settings.icons);
    if (map.attributionControl) map.attributionControl.setPrefix(false);
    atlases.set(map, new Atlas(map, settings));
  }

  function layer(map, group, about) {
    const atlas = atlases.get(map);
    atlas.layers.push({ layer: group, about });
    map.on("layeradd layerremove", (event) => { if (event.layer === group) atlas.fire("layers", group); });
  }

  return { start, layer, at: (map) => atlases.get(map), all: atlases, speech, el, svg, word, join, each, pick, same, number, amount, decode };
})();
