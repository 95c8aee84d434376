// The atlas of innoscape: state, words, text in two languages, hover, layers.
const innoscape = (function () {
  "use strict";

  const WORDS = {
    international: ["International", "国际级"], national: ["National", "国家级"],
    regional: ["Regional", "区域级"], local: ["Local", "地方级"],
    published: ["published", "已公布"], assumed: ["assumed", "假定"], given: ["given", "给定"],
    named: ["named in the source", "文献所列"], observed: ["observed", "观测"], derived: ["derived", "推算"],
    estimated: ["estimated", "估计"], substituted: ["substituted", "替代"],
    tier: ["Tier", "层级"], scope: ["Scope", "所属区域"], corridors: ["Corridors", "走廊与创新带"],
    role: ["Role", "角色"], score: ["Score", "得分"], strength: ["Strength", "联系强度"],
    members: ["Members", "成员"], fn: ["Function", "功能"], status: ["Status", "数据状态"],
    corridor: ["Innovation corridor", "创新走廊"], belt: ["Innovation belt", "创新带"],
    corridorShort: ["corridor", "走廊"], beltShort: ["belt", "创新带"],
    core: ["Core", "核心"], nucleus: ["Nucleus", "极核"], park: ["Park", "园区"], platform: ["Platform", "平台"],
    center: ["center", "中心"],
    southsea: ["South China Sea", "南海诸岛"],
    extent: ["Approximate extent around member places, not a boundary", "成员地区的大致范围，非行政界线"],
    centers: ["Centers", "创新中心"], areas: ["Areas", "区域"], flows: ["Flows", "创新联系"],
    base: ["Ground", "底图"], other: ["Other layers", "其他图层"],
    graticule: ["Graticule, 10°", "经纬网（10°）"],
    strongest: ["strongest", "最强"], of: ["of", "共"], share: ["of the total", "占总量"],
    inside: ["stays inside", "本地留存"], undrawn: ["not drawn: no position", "因缺少坐标未绘制"],
    out: ["out", "流出"], into: ["in", "流入"],
    search: ["Find a place", "查找地点"], nothing: ["Nothing found", "未找到"],
    play: ["Play", "播放"], pause: ["Pause", "暂停"], reset: ["Leave the time view", "退出时间视图"],
    speed: ["Speed", "速度"], scenario: ["Scenario", "情景"], time: ["Time", "时间"],
    year: ["Year", "第"], reach: ["of centers reached", "的中心已到达"],
    spread: ["Spread of knowledge", "知识扩散"], press: ["press play, or drag", "点击播放或拖动"],
    notyet: ["not yet", "未到达"], some: ["in some runs", "部分模拟到达"], half: ["in half the runs or more", "过半模拟到达"],
    origin: ["origin", "起点"], arrival: ["Arrival, median", "到达时间（中位数）"], never: ["not reached", "未到达"],
    zoomin: ["when zoomed in", "放大后显示"], from: ["from", "自"], panel: ["Panel", "面板"],
    language: ["Language", "语言"], baselineRef: ["baseline", "基准情景"], undirected: ["no direction", "无方向"],
    area: ["Area", "面积"], part: ["Share of the extent", "占范围"], hinterland: ["hinterland", "腹地"], nodata: ["no data", "无数据"],
    gcj: ["From the network; the map is drawn in GCJ-02 to fit", "来自网络；地图随之以 GCJ-02 坐标绘制"], tiles: ["From the network", "来自网络"],
    hierarchical: ["down the tiers", "自上而下"], peer: ["among equals", "同级之间"], neighbor: ["to neighbors", "邻近扩散"],
    tie: ["along ties", "沿联系"], external: ["from outside", "外部输入"], unknown: ["unknown", "未知"], channel: ["Channel", "渠道"],
    here: ["Also here", "此处另有"], widths: ["width ∝ √value", "线宽 ∝ √数值"], widthsLinear: ["width ∝ value", "线宽 ∝ 数值"],
    shareField: ["Share of the total shown, in percent", "显示占总量百分比"], notes: ["Notes and sources", "说明与来源"],
    mapLabel: ["Map: arrow keys move, plus and minus zoom, Tab goes from center to center", "地图：方向键移动，加减号缩放，Tab 键逐个选择中心"],
    lost: ["Not drawn, its script needs the network", "未绘制：所需脚本须联网获取"],
    approx: ["Approximate, not a boundary", "大致范围，非行政界线"],
    lit: ["Brown leaves, the layer's own color arrives", "棕色为流出，图层本色为流入"], assumedRoute: ["route assumed", "走向假定"],
  };
  const UNITS = {
    "100 million yuan": "亿元", "million yuan": "百万元", patents: "件", patent: "件", "co-patents": "件",
    contracts: "项", contract: "项", years: "年",
  };
  const atlases = new Map();

  const word = (key) => {
    const pair = Object.prototype.hasOwnProperty.call(WORDS, key) ? WORDS[key] : [String(key), String(key)];
    return { en: pair[0], zh: pair[1] };
  };
  const unitOf = (unit) => ({ en: unit.en, zh: unit.zh === unit.en && UNITS[unit.en] ? UNITS[unit.en] : unit.zh });

  function number(value) {
    const size = Math.abs(value);
    const digits = size >= 1000 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return value.toLocaleString("en-US", { maximumFractionDigits: digits });
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
      this.layers = [];
      this.names = new Map();
      this.centers = new Map();
      this.labels = [];
      this.flowLayers = [];
      this.found = [];
      this.sources = [];
      this.levels = [];
      this.handlers = { language: [], layers: [], focus: [], time: [] };
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
    say(node, pair) {
      node.dataset.en = pair.en;
      node.dataset.zh = pair.zh;
      node.textContent = pair[this.language];
      return node;
    }
    // an attribute that follows the language
    sayAs(node, attribute, pair) {
      node.dataset.sayAs = attribute;
      node.dataset.asEn = pair.en;
      node.dataset.asZh = pair.zh;
      node.setAttribute(attribute, pair[this.language]);
      return node;
    }
    text(tag, cls, pair) { return this.say(el(tag, cls), pair); }

    speak(language) {
      this.language = language;
      document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
      const key = language === "zh" ? "Zh" : "En";
      for (const node of this.root.querySelectorAll("[data-en]")) node.textContent = node.dataset[language];
      for (const node of this.root.querySelectorAll("[data-say-as]"))
        node.setAttribute(node.dataset.sayAs, node.dataset["as" + key]);
      this.root.dataset.language = language;
      this.fire("language", language);
    }

    nameOf(place) { return this.names.get(place) || { en: String(place), zh: String(place) }; }
    learn(row) { if (!this.names.has(row.p)) this.names.set(row.p, { en: row.en, zh: row.zh }); }
    namesOf(list) {
      const pairs = String(list).split(/\s*;\s*/).filter(Boolean).map((one) => this.nameOf(one));
      return { en: pairs.map((p) => p.en).join(", "), zh: pairs.map((p) => p.zh).join("、") };
    }

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

    // heading, badges and pairs of a popup or tooltip
    card(names, badges, facts, note) {
      const box = el("div", "innoscape-card");
      box.append(this.text("div", "innoscape-card-name", names));
      if (names.en !== names.zh)
        box.append(this.text("div", "innoscape-card-other", { en: names.zh, zh: names.en }));
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
    badge(key, cls) { return key ? this.text("span", "innoscape-badge " + (cls || ""), word(key)) : null; }
  }

  function start(map, settings) {
    // plugins of folium put controls before the map, which here does not stand in the body itself
    document.body.insertBefore = (node, next) => Node.prototype.insertBefore.call(next ? next.parentNode : document.body, node, next);
    for (const [name, z] of Object.entries(settings.panes)) map.createPane(name).style.zIndex = z;
    for (const quiet of ["boundaries", "labels", "flows"]) map.getPane(quiet).style.pointerEvents = "none";
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

  return { start, layer, at: (map) => atlases.get(map), all: atlases, el, svg, word, unitOf, number, decode };
})();
