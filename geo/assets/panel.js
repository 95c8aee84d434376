// The panel beside the map: title, language, search, and a legend whose keys switch the layers.
(function () {
  "use strict";
  const { at, el, svg, word, unitOf, number } = innoscape;

  function panelOf(atlas) {
    if (atlas.panel) return atlas.panel;
    const panel = el("aside", "innoscape-panel");
    atlas.sayAs(panel, "aria-label", word("panel"));
    const fold = el("button", "innoscape-fold");
    fold.type = "button";
    fold.setAttribute("aria-expanded", "true");
    atlas.sayAs(fold, "aria-label", word("panel"));
    fold.addEventListener("click", () => {
      const folded = atlas.root.classList.toggle("innoscape-folded");
      fold.setAttribute("aria-expanded", String(!folded));
      atlas.map.invalidateSize();
    });
    atlas.root.prepend(panel);
    atlas.stage.append(fold);
    atlas.root.classList.add("innoscape-with-panel");
    if (window.innerWidth < 720) fold.click();
    atlas.panel = panel;
    return panel;
  }

  function heading(atlas, title, languages) {
    const head = el("header", "innoscape-head");
    if (languages) {
      const group = el("div", "innoscape-languages");
      group.setAttribute("role", "group");
      atlas.sayAs(group, "aria-label", word("language"));
      for (const [code, text] of [["en", "English"], ["zh", "中文"]]) {
        const button = el("button", "", text);
        button.type = "button";
        button.lang = code;
        button.dataset.code = code;
        button.addEventListener("click", () => atlas.speak(code));
        group.append(button);
      }
      const mark = () => group.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.code === atlas.language)));
      atlas.on("language", () => { mark(); if (title) document.title = title[atlas.language]; });
      mark();
      head.append(group);
    }
    if (title) head.append(atlas.text("h1", "", title));
    panelOf(atlas).append(head);
  }

  function search(atlas) {
    const box = el("div", "innoscape-search");
    const field = el("input");
    field.type = "search";
    field.autocomplete = "off";
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "false");
    atlas.sayAs(field, "placeholder", word("search"));
    const list = el("ul");
    list.setAttribute("role", "listbox");
    list.hidden = true;
    box.append(field, list);
    panelOf(atlas).append(box);
    let hits = [], chosen = 0;
    const close = () => { list.hidden = true; field.setAttribute("aria-expanded", "false"); };
    const go = (hit) => { close(); field.value = hit.names[atlas.language]; hit.go(); };
    const mark = () => [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    const fold = (text) => String(text).toLowerCase().replace(/[\s'’]/g, "");
    field.addEventListener("input", () => {
      const wanted = fold(field.value);
      if (!wanted) { close(); return; }
      const score = (one) => Math.min(...[one.names.en, one.names.zh, one.key].map((text) => {
        const i = fold(text).indexOf(wanted);
        return i < 0 ? 99 : Math.min(i, 20);
      }));
      hits = atlas.found.map((one) => [score(one), one]).filter(([s]) => s < 99)
        .sort((a, b) => a[0] - b[0] || (a[1].rank || 0) - (b[1].rank || 0)).slice(0, 8).map(([, one]) => one);
      chosen = 0;
      list.replaceChildren(...hits.map((hit) => {
        const item = el("li");
        item.setAttribute("role", "option");
        item.append(el("span", "", hit.names[atlas.language]), el("small", "", hit.kind[atlas.language]));
        item.addEventListener("mousedown", (event) => { event.preventDefault(); go(hit); });
        return item;
      }));
      if (!hits.length) list.append(el("li", "none", word("nothing")[atlas.language]));
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
      mark();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      if (list.hidden || !hits.length) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        chosen = (chosen + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
        mark();
        event.preventDefault();
      }
      if (event.key === "Enter") go(hits[chosen]);
    });
    field.addEventListener("blur", close);
  }

  // the picture before a layer's name
  function swatch(entry) {
    const { key } = entry.about;
    const box = el("span", "innoscape-swatch");
    if (key.symbol === "center") { box.append(innoscape.symbol(key.tier)); return box; }
    if (key.symbol === "landmark") { box.append(innoscape.sign(key.roles[0])); return box; }
    const mark = svg("svg", { viewBox: "0 0 26 16", width: 26, height: 16, "aria-hidden": "true" });
    if (key.symbol === "scope")
      mark.append(svg("rect", { x: 2, y: 2, width: 22, height: 12, rx: 5, fill: "#c2412d", "fill-opacity": 0.1, stroke: "#c2412d", "stroke-opacity": 0.7, "stroke-dasharray": "4 3" }));
    else if (key.symbol === "corridor")
      mark.append(svg("path", { d: "M1 11C9 3 17 13 25 5", fill: "none", stroke: "#3c7a70", "stroke-width": 5, "stroke-opacity": 0.75 }), svg("path", { d: "M1 11C9 3 17 13 25 5", fill: "none", stroke: "#f7fbf9", "stroke-width": 2.4 }));
    else if (key.symbol === "boundary")
      mark.append(svg("rect", { x: 2.5, y: 2.5, width: 21, height: 11, fill: "#fdfcf9", stroke: "#aaa596" }), svg("path", { d: "M13 2.5v11M2.5 8H13", stroke: "#d5d0c4" }));
    else if (key.symbol === "graticule") mark.append(svg("path", { d: "M0 5h26M0 11h26M8 0v16M18 0v16", stroke: "#9db3bd", fill: "none" }));
    else if (key.symbol === "flow") mark.append(...ribbon(entry.flows, 0, 26, 8, 5));
    else mark.append(svg("circle", { cx: 13, cy: 8, r: 4, fill: "none", stroke: "#6d675f" }));
    box.append(mark);
    return box;
  }

  function ribbon(flows, x, w, y, width) {
    const soft = flows.soft.every(Boolean), fill = { fill: flows.color, "fill-opacity": soft ? 0.5 : 0.8 };
    const head = flows.data.directed ? 3 + width * 0.9 : 0, body = w - head, parts = [];
    const half = (d) => flows.data.directed ? (width / 2) * (0.3 + (0.7 * d) / body) : width / 2;
    for (let d = 0; d < body; d += soft ? 8.5 : body + 1) {
      const e = Math.min(body, soft ? d + 5.5 : body);
      parts.push(svg("path", { ...fill, d: "M" + (x + d) + " " + (y - half(d)) + "L" + (x + e) + " " + (y - half(e)) + "V" + (y + half(e)) + "L" + (x + d) + " " + (y + half(d)) + "Z" }));
    }
    if (head) {
      const wing = width * 0.6 + 1.6;
      parts.push(svg("path", { ...fill, d: "M" + (x + w) + " " + y + "L" + (x + body) + " " + (y - wing) + "V" + (y + wing) + "Z" }));
    }
    return parts;
  }

  // below a flow layer: how many are drawn, and what the widths mean
  function flowDetail(atlas, flows) {
    const { data } = flows, box = el("div", "innoscape-detail"), n = data.v.length;
    const unit = unitOf(data.unit);
    const scale = el("div", "innoscape-widths");
    const nice = (v) => { const p = Math.pow(10, Math.floor(Math.log10(v))); return p * [1, 2, 5].filter((m) => m * p <= v).pop(); };
    const big = nice(flows.max), floor = data.v[n - 1];
    const measure = () => {
      scale.replaceChildren();
      for (const value of [...new Set([big, nice(big / 4), nice(big / 20)])].filter((v) => v === big || v >= floor)) {
        const item = el("span"), w = flows.width(value), h = Math.max(14, w * 1.4 + 6);
        const mark = svg("svg", { viewBox: "0 0 30 " + h, width: 30, height: h, "aria-hidden": "true" });
        mark.append(...ribbon(flows, 0, 30, h / 2, w));
        item.append(mark, el("small", "", number(value)));
        scale.append(item);
      }
    };
    measure();
    atlas.map.on("zoomend", measure);
    const known = (lang, comma) => [unit[lang], data.year].filter(Boolean).join(comma);
    box.append(scale, atlas.text("small", "caption", { en: known("en", ", "), zh: known("zh", "，") }));
    if (n > 12) {
      const slider = el("input");
      slider.type = "range";
      slider.min = 0;
      slider.max = 1000;
      const base = n > 150 ? (v) => Math.max(1, Math.round(Math.pow(n, v / 1000))) : (v) => Math.max(1, Math.round(1 + ((n - 1) * v) / 1000));
      const back = n > 150 ? (k) => (1000 * Math.log(k)) / Math.log(n) : (k) => (1000 * (k - 1)) / (n - 1);
      slider.value = Math.round(back(flows.top));
      const sums = [0];
      for (const value of data.v) sums.push(sums[sums.length - 1] + value);
      const caption = el("small", "caption");
      const tell = (k) => {
        const part = Math.round((100 * sums[k]) / sums[n]) + "%";
        atlas.say(caption, { en: k === n ? "all " + number(n) + " flows" : number(k) + " strongest of " + number(n) + ", " + part + " of the total",
          zh: k === n ? "全部 " + n + " 条" : "共 " + n + " 条，最强 " + k + " 条占总量 " + part });
      };
      atlas.sayAs(slider, "aria-label", { en: "Strongest flows shown: " + flows.about.en, zh: "显示最强联系：" + flows.about.zh });
      slider.addEventListener("input", () => { const k = Math.min(n, base(Number(slider.value))); flows.show(k); tell(k); });
      tell(flows.top);
      box.append(slider, caption);
    }
    if (data.inside) box.append(atlas.text("small", "caption", { en: number(data.inside) + " " + unit.en + " " + word("inside").en, zh: word("inside").zh + " " + number(data.inside) + " " + unit.zh }));
    if (data.undrawn) box.append(atlas.text("small", "caption", { en: data.undrawn + " " + word("undrawn").en, zh: data.undrawn + " 条" + word("undrawn").zh }));
    return box;
  }

  // what is a corridor, what a belt, and how an assumed route looks
  function corridorKey(atlas, kinds) {
    const box = el("div", "innoscape-roles");
    const add = (belt, assumed, names) => {
      const item = el("span"), mark = svg("svg", { viewBox: "0 0 24 10", width: 24, height: 10, "aria-hidden": "true" });
      mark.append(
        svg("path", { d: "M0 5h24", stroke: "#3c7a70", "stroke-width": belt ? 9 : 5, "stroke-opacity": belt ? 0.2 : 0.75 }),
        svg("path", { d: "M0 5h24", stroke: belt ? "#3c7a70" : "#f7fbf9", "stroke-width": belt ? 1.3 : 2.6, ...(assumed ? { "stroke-dasharray": belt ? "3 4" : "7 4" } : {}) }),
      );
      item.append(mark, atlas.text("small", "", names));
      box.append(item);
    };
    for (const kind of ["corridor", "belt"])
      if (kinds.some((one) => one[0] === kind)) add(kind === "belt", false, word(kind + "Short"));
    const doubtful = kinds.find((one) => one[1]);
    if (doubtful) add(doubtful[0] === "belt", true, word("assumedRoute"));
    return box;
  }

  function row(atlas, entry) {
    const { about } = entry, { key } = about;
    const line = el("li"), label = el("label"), box = el("input");
    box.type = "checkbox";
    box.checked = atlas.map.hasLayer(entry.layer);
    box.addEventListener("change", () => { if (box.checked) entry.layer.addTo(atlas.map); else entry.layer.remove(); });
    atlas.map.on("layeradd layerremove", (event) => { if (event.layer === entry.layer) box.checked = atlas.map.hasLayer(entry.layer); });
    label.append(box, swatch(entry), atlas.text("span", "name", about));
    if (key.count) label.append(el("small", "count", String(key.count)));
    line.append(label);
    for (const status of key.soft || []) {
      const pair = word(status);
      label.append(atlas.text("span", "innoscape-badge soft", key.all ? pair : { en: "dashed: " + pair.en, zh: "虚线：" + pair.zh }));
    }
    if (key.assumed) {
      const all = key.assumed === key.count;
      label.append(atlas.text("span", "innoscape-badge soft", { en: all ? "assumed" : key.assumed + " assumed", zh: all ? "假定" : key.assumed + " 个假定" }));
    }
    if (key.symbol === "scope") line.append(atlas.text("small", "caption", word("extent")));
    if (key.symbol === "landmark") {
      const roles = el("div", "innoscape-roles");
      for (const role of key.roles) { const item = el("span"); item.append(innoscape.sign(role), atlas.text("small", "", word(role))); roles.append(item); }
      roles.append(atlas.text("small", "", word("zoomin")));
      line.append(roles);
    }
    if (key.symbol === "corridor" && key.kinds) line.append(corridorKey(atlas, key.kinds));
    if (entry.flows) line.append(flowDetail(atlas, entry.flows));
    return line;
  }

  function legend(atlas, options, others) {
    const panel = panelOf(atlas);
    const box = el("nav", "innoscape-legend");
    box.append(atlas.text("h2", "", options.title));
    const entries = atlas.layers.concat(others);
    if (atlas.graticule)
      entries.push({ layer: atlas.graticule, about: { ...word("graticule"), group: "base", key: { symbol: "graticule" } } });
    for (const group of ["centers", "flows", "areas", "base", "other"]) {
      const own = entries.filter((one) => one.about.group === group);
      if (!own.length) continue;
      const list = el("ul");
      list.append(...own.map((one) => row(atlas, one)));
      box.append(atlas.text("h3", "", word(group)), list);
    }
    panel.append(box);
    const foot = el("footer", "innoscape-notes");
    for (const note of options.notes) foot.append(atlas.text("p", "", note));
    for (const source of atlas.sources) foot.append(atlas.text("p", "", source));
    foot.append(el("p", "made", "innoscape · Leaflet"));
    panel.append(foot);
  }

  function north(atlas) {
    const mark = L.control({ position: "bottomleft" });
    mark.onAdd = () => {
      const box = el("div", "innoscape-north");
      const picture = svg("svg", { viewBox: "0 0 20 30", width: 18, height: 27, "aria-hidden": "true" });
      picture.append(svg("path", { d: "M10 9 15 27 10 23Z", fill: "#fff", stroke: "#4a545c", "stroke-width": 0.9 }), svg("path", { d: "M10 9 5 27 10 23Z", fill: "#4a545c" }));
      const letter = svg("text", { x: 10, y: 7.4, "text-anchor": "middle", "font-size": 8.5, "font-weight": 700, fill: "#4a545c" });
      letter.textContent = "N";
      picture.append(letter);
      box.append(picture);
      return box;
    };
    mark.addTo(atlas.map);
  }

  innoscape.finish = function (map, options, ...others) {
    const atlas = at(map);
    atlas.flowFacts = () => [];
    atlas.timeFacts = () => [];
    if (options.graticule) atlas.graticule = innoscape.graticule(atlas);
    if (options.title || options.languages) heading(atlas, options.title, options.languages);
    if (options.search) search(atlas);
    if (options.arrivals) innoscape.timing(atlas, options.arrivals);
    innoscape.flowing(atlas);
    if (options.legend)
      legend(atlas, options.legend, others.map(([layer, name]) => ({ layer, about: { en: name, zh: name, group: "other", key: {} } })));
    north(atlas);
    innoscape.inset(atlas);
    atlas.root.dataset.language = atlas.language;
    document.documentElement.lang = atlas.language === "zh" ? "zh-CN" : "en";
    map.invalidateSize({ animate: false });
    const places = [...atlas.centers.values()].map((one) => one.at);
    const ends = atlas.flowLayers.flatMap((one) => one.data.places.map((place) => place.at));
    const points = places.length ? places : ends;
    if (options.fit && points.length) map.fitBounds(L.latLngBounds(points), { padding: [48, 40], maxZoom: 9, animate: false });
    innoscape.labelling(atlas);
    atlas.root.classList.add("innoscape-ready");
  };
})();
