// The legend, which is the layer control as well: each key has a box that switches its layer.
(function () {
  "use strict";
  const { el, svg, word, join, amount, same, number } = innoscape;

  // the picture before a layer's name
  function swatch(atlas, entry) {
    const { key } = entry.about;
    const box = el("span", "innoscape-swatch");
    if (key.symbol === "center") { box.classList.toggle("new", Boolean(key.new)); box.append(innoscape.symbol(atlas, key.tier)); return box; }
    if (key.symbol === "aggregate") { box.append(innoscape.several()); return box; }
    if (key.symbol === "landmark") { box.append(innoscape.sign(key.roles[0])); return box; }
    const mark = svg("svg", { viewBox: "0 0 26 16", width: 26, height: 16, "aria-hidden": "true" });
    if (key.symbol === "scope")
      mark.append(svg("rect", { x: 2, y: 2, width: 22, height: 12, rx: 5, fill: atlas.tiers[1].ink, "fill-opacity": 0.1, stroke: atlas.tiers[1].ink, "stroke-opacity": 0.7, "stroke-dasharray": "4 3" }));
    else if (key.symbol === "corridor")
      mark.append(svg("path", { d: "M1 11C9 3 17 13 25 5", fill: "none", stroke: atlas.corridorColor, "stroke-width": 5, "stroke-opacity": 0.75 }), svg("path", { d: "M1 11C9 3 17 13 25 5", fill: "none", stroke: "#f7fbf9", "stroke-width": 2.4 }));
    else if (key.symbol === "boundary")
      mark.append(svg("rect", { x: 2.5, y: 2.5, width: 21, height: 11, fill: "#fdfcf9", stroke: "#aaa596" }), svg("path", { d: "M13 2.5v11M2.5 8H13", stroke: "#d5d0c4" }));
    else if (key.symbol === "graticule") mark.append(svg("path", { d: "M0 5h26M0 11h26M8 0v16M18 0v16", stroke: "#9db3bd", fill: "none" }));
    else if (key.symbol === "flow") mark.append(...ribbon(entry.flows, 0, 26, 8, 5, entry.flows.data.groups.length ? "#5d6b74" : null));
    else if (key.symbol === "hinterland")
      mark.append(svg("path", { d: "M1 1h24v14H1ZM13 1l-3 7 3 7M10 8H1M13 4.5 25 9", fill: "#4d6470", "fill-opacity": 0.07, stroke: "#4d6470", "stroke-opacity": 0.75 }));
    else if (key.symbol === "choropleth" || key.symbol === "measures")
      key.colors.forEach((color, i) => mark.append(svg("rect", { x: 1 + (i * 24) / key.colors.length, y: 2, width: 24 / key.colors.length, height: 12, fill: color })));
    else if (key.symbol === "classes")
      key.classes.slice(0, 4).forEach((one, i, all) => mark.append(svg("rect", { x: 1 + (i * 24) / all.length, y: 2, width: 24 / all.length, height: 12, fill: key.filled ? one.color : "none", stroke: key.filled ? "none" : one.color, "stroke-width": 2 })));
    else if (key.symbol === "tiles")
      mark.append(svg("path", { d: "M5 1h16v14H5ZM5 8h16M13 1v14", fill: "#e6eef1", stroke: "#7c93a0" }));
    else mark.append(svg("circle", { cx: 13, cy: 8, r: 4, fill: "none", stroke: "#66737c" }));
    box.append(mark);
    return box;
  }

  function ribbon(flows, x, w, y, width, color) {
    const soft = flows.soft.every(Boolean), fill = { fill: color || flows.color, "fill-opacity": soft ? 0.5 : 0.8 };
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

  function slide(max, value) {
    const slider = el("input");
    Object.assign(slider, { type: "range", min: 0, max, value });
    return slider;
  }

  // what the widths mean, in round values
  function widthKey(atlas, flows) {
    const scale = el("div", "innoscape-widths");
    const nice = (v) => { const p = Math.pow(10, Math.floor(Math.log10(v))); return p * [1, 2, 5].filter((m) => m * p <= v * (1 + 1e-12)).pop(); };
    const floor = Math.min(...flows.data.slices.filter((one) => one.v.length).map((one) => one.v[one.v.length - 1]));
    const measure = () => {
      scale.replaceChildren();
      const big = nice(flows.max);
      for (const value of [...new Set([big, nice(big / 4), nice(big / 20)])].filter((v) => v === big || v >= floor)) {
        const item = el("span"), w = flows.width(value), h = Math.max(12, w * 1.4 + 4);
        const mark = svg("svg", { viewBox: "0 0 30 " + h, width: 30, height: h, "aria-hidden": "true" });
        mark.append(...ribbon(flows, 0, 30, h / 2, w, flows.data.groups.length ? "#5d6b74" : null));
        item.append(mark, el("small", "", number(value)));
        scale.append(item);
      }
    };
    measure();
    flows.told.push(measure);
    return scale;
  }

  // the colors of flows, each a switch
  function groupKey(atlas, flows) {
    const box = el("div", "innoscape-groups");
    flows.data.groups.forEach((group, g) => {
      const button = el("button"), mark = svg("svg", { viewBox: "0 0 20 8", width: 20, height: 8, "aria-hidden": "true" });
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      mark.append(...ribbon(flows, 0, 20, 4, 4, group.color));
      button.append(mark, atlas.text("small", "", flows.groupNames(g)));
      button.addEventListener("click", () => {
        const off = !flows.hidden.delete(g);
        if (off) flows.hidden.add(g);
        button.setAttribute("aria-pressed", String(!off));
        flows.show(flows.top);
      });
      box.append(button);
    });
    return box;
  }

  // below a flow layer: widths, colors, year, and how many are drawn
  function flowDetail(atlas, flows) {
    const { data } = flows, box = el("div", "innoscape-detail");
    const measure = word(data.scale === "sqrt" ? "widths_sqrt" : "widths_linear"), known = el("small", "caption");
    const facts = el("small", "caption"), caption = el("small", "caption");
    const most = Math.max(...data.slices.map((one) => one.v.length));
    let sums = [0], wanted = null;
    box.append(widthKey(atlas, flows), known);
    if (data.groups.length) box.append(groupKey(atlas, flows));

    const log = most > 150, slider = slide(1000, 0), field = el("input");
    const count = () => data.v.length;
    const toCount = (v) => Math.max(1, Math.min(count(), Math.round(log ? Math.pow(count(), v / 1000) : 1 + ((count() - 1) * v) / 1000)));
    const toPlace = (k) => count() < 2 ? 1000 : Math.round(log ? (1000 * Math.log(k)) / Math.log(count()) : (1000 * (k - 1)) / (count() - 1));
    const part = (k) => (sums[count()] ? (100 * sums[k]) / sums[count()] : 0);
    const tell = (from) => {
      const k = flows.top, n = count(), share = Math.round(part(k)) + "%";
      if (from !== slider) slider.value = toPlace(Math.max(1, k));
      if (from !== field) field.value = Math.round(part(k));
      atlas.say(caption, word(k === n ? "all_flows" : "strongest_flows", { n: number(n), k: number(k), share }));
    };
    const show = (k, from) => { wanted = part(k); flows.show(k); tell(from); };
    const reaching = (percent) => {
      let k = 1;
      while (k < count() && part(k) < percent - 1e-9) k++;
      return k;
    };
    const read = () => {
      sums = [0];
      data.v.forEach((_, i) => sums.push(sums[i] + flows.worth(i)));
      const year = same(data.year || "");
      atlas.say(known, join([data.unit.en && data.year ? word("unit_year", { unit: data.unit, year }) : join([data.unit, year]), measure], " · "));
      const extra = [];
      if (data.group) extra.push(word("merged", { n: data.ends.filter((end) => end.more.length).length }));
      if (data.inside) extra.push(word("inside", { value: amount(data.inside, data.unit) }));
      if (data.undrawn) extra.push(word("undrawn", { n: data.undrawn }));
      atlas.say(facts, join(extra, " · "));
      facts.hidden = !extra.length;
      tell();
    };

    if (data.slices.length > 1) box.append(yearField(atlas, flows, () => {
      if (wanted !== null) { sums = [0]; data.v.forEach((_, i) => sums.push(sums[i] + flows.worth(i))); flows.show(reaching(wanted)); }
      read();
    }));
    if (most > 12) {
      atlas.sayAs(slider, "aria-label", word("flows_shown", { name: flows.about.names }));
      Object.assign(field, { type: "number", min: 1, max: 100, step: 1 });
      atlas.sayAs(field, "aria-label", word("share_field"));
      slider.addEventListener("input", () => show(toCount(Number(slider.value)), slider));
      field.addEventListener("input", () => { if (field.value > 0 && field.value <= 100) show(reaching(Number(field.value)), field); });
      field.addEventListener("change", () => tell());
      const line = el("div", "innoscape-top");
      line.append(slider, field, el("small", "", "%"));
      box.append(line, caption);
    }
    box.append(facts);
    flows.told.push(read);
    read();
    return box;
  }

  // the years of a flow layer: a slider that says which one is drawn
  function yearField(atlas, flows, after) {
    const { slices } = flows.data, line = el("div", "innoscape-years"), slider = slide(slices.length - 1, flows.index), out = el("output");
    atlas.sayAs(slider, "aria-label", word("year_of", { name: flows.about.names }));
    const tell = () => {
      out.textContent = slices[flows.index].year;
      slider.setAttribute("aria-valuetext", out.textContent);
    };
    slider.addEventListener("input", () => { flows.turn(Number(slider.value)); tell(); after(); });
    tell();
    line.append(slider, out);
    return line;
  }

  // what is a corridor, what a belt, and how an assumed route looks
  function corridorKey(atlas, kinds) {
    const box = el("div", "innoscape-roles");
    const add = (belt, assumed, names) => {
      const item = el("span"), mark = svg("svg", { viewBox: "0 0 24 10", width: 24, height: 10, "aria-hidden": "true" });
      mark.append(
        svg("path", { d: "M0 5h24", stroke: atlas.corridorColor, "stroke-width": belt ? 9 : 5, "stroke-opacity": belt ? 0.2 : 0.75 }),
        svg("path", { d: "M0 5h24", stroke: belt ? atlas.corridorColor : "#f7fbf9", "stroke-width": belt ? 1.3 : 2.6, ...(assumed ? { "stroke-dasharray": belt ? "3 4" : "7 4" } : {}) }),
      );
      item.append(mark, atlas.text("small", "", names));
      box.append(item);
    };
    for (const kind of ["corridor", "belt"])
      if (kinds.some((one) => one[0] === kind)) add(kind === "belt", false, word(kind + "_short"));
    const doubtful = kinds.find((one) => one[1]);
    if (doubtful) add(doubtful[0] === "belt", true, word("course_assumed"));
    return box;
  }

  function row(atlas, entry) {
    const { about } = entry, { key } = about;
    const line = el("li"), label = el("label"), box = el("input");
    box.type = "checkbox";
    box.checked = atlas.map.hasLayer(entry.layer);
    box.addEventListener("change", () => {
      if (box.checked && key.symbol === "tiles") innoscape.alone(atlas.map, entry.layer);
      if (box.checked) entry.layer.addTo(atlas.map); else entry.layer.remove();
    });
    atlas.map.on("layeradd layerremove", (event) => { if (event.layer === entry.layer) box.checked = atlas.map.hasLayer(entry.layer); });
    const named = el("span", "named");
    named.append(atlas.text("span", "name", about.names));
    const picture = label.appendChild(box) && label.appendChild(swatch(atlas, entry));
    label.append(named);
    // a key shows the centers as they are drawn
    if (key.symbol === "center" && atlas.sizing) {
      const redraw = () => picture.replaceChildren(atlas.sizing.by === "tier" ? innoscape.symbol(atlas, key.tier) : innoscape.sized(atlas, key.tier));
      atlas.sizing.told.push(redraw);
      redraw();
    }
    if (key.count) label.append(el("small", "count", String(key.count)));
    line.append(label);
    for (const status of key.soft || []) {
      named.append(" ", atlas.text("span", "innoscape-badge soft", key.all ? word(status) : word("partly", { status: word(status) })));
    }
    if (key.assumed) {
      const all = key.assumed === key.count, badge = el("span", "innoscape-badge soft assumed");
      badge.append(innoscape.symbol(atlas, key.tier), atlas.text("span", "", all ? word("assumed") : word("assumed_count", { n: key.assumed })));
      label.append(badge);
    }
    if (key.symbol === "scope") line.append(atlas.text("small", "caption", word("approximate")));
    if (key.symbol === "hinterland") line.append(atlas.text("small", "caption", innoscape.hinterlandNote(key)));
    if (key.symbol === "tiles") line.append(atlas.text("small", "caption", innoscape.tileNote(entry.layer)));
    if (key.symbol === "classes") line.append(innoscape.classKey(atlas, key));
    if (key.symbol === "choropleth") line.append(innoscape.shadeKey(atlas, key));
    if (key.symbol === "measures") line.append(innoscape.measureKey(atlas, entry));
    if (key.symbol === "landmark") {
      const roles = el("div", "innoscape-roles");
      for (const role of key.roles) { const item = el("span"); item.append(innoscape.sign(role), atlas.text("small", "", word(role))); roles.append(item); }
      roles.append(atlas.text("small", "", word("zoom_in")));
      line.append(roles);
    }
    if (key.symbol === "corridor" && key.kinds) line.append(corridorKey(atlas, key.kinds));
    if (entry.flows) line.append(flowDetail(atlas, entry.flows));
    return line;
  }

  function legend(atlas, options, others) {
    const { panel } = atlas;
    const box = el("nav", "innoscape-legend");
    box.append(atlas.text("h2", "", options.title));
    const entries = atlas.layers.concat(others);
    if (atlas.graticule)
      entries.push({ layer: atlas.graticule, about: { names: word("graticule"), group: "base", key: { symbol: "graticule" } } });
    for (const group of ["results", "centers", "flows", "areas", "base", "other"]) {
      const own = entries.filter((one) => one.about.group === group);
      if (!own.length) continue;
      const list = el("ul");
      list.append(...own.map((one) => row(atlas, one)));
      box.append(atlas.text("h3", "", word(group)), list);
      if (group === "centers" && atlas.sizing) box.append(innoscape.sizeKey(atlas));
    }
    panel.append(box);
    const foot = el("details", "innoscape-notes");
    foot.append(atlas.text("summary", "", word("notes")));
    for (const note of options.notes.concat(atlas.sources)) foot.append(atlas.text("p", "", note));
    foot.append(el("p", "made", "innoscape · Leaflet"));
    panel.append(foot);
    atlas.notes = foot;
  }

  innoscape.legend = legend;
})();
