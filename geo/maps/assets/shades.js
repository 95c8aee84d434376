// Computed areas: hinterlands, and areas tinted by a value.
(function () {
  "use strict";
  const { at, el, svg, word, join, same, decode, number } = innoscape;

  const renderer = (map) => (map._innoscapeAreas = map._innoscapeAreas || L.svg({ pane: "areas", padding: 0.5 }));

  // a hatch, for areas without a value; browsers find it by its name
  function hatch(atlas) {
    if (document.getElementById("innoscape-hatch")) return;
    const box = svg("svg", { width: 0, height: 0, "aria-hidden": "true", style: "position:absolute" });
    const pattern = svg("pattern", { id: "innoscape-hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    pattern.append(svg("rect", { width: 6, height: 6, fill: "#f4f3ef" }), svg("path", { d: "M0 0v6", stroke: "#b9b4a8", "stroke-width": 2.2 }));
    box.append(pattern);
    atlas.root.append(box);
  }

  // the same lines over a color of its own, for values that are not observed
  function softHatch(atlas, color) {
    hatch(atlas);
    const id = "innoscape-soft-" + color.slice(1);
    if (!document.getElementById(id)) {
      const pattern = svg("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
      pattern.append(svg("rect", { width: 6, height: 6, fill: color }), svg("path", { d: "M0 0v6", stroke: "#fff", "stroke-width": 3, "stroke-opacity": 0.75 }), svg("path", { d: "M0 0v6", stroke: "#22303a", "stroke-width": 1.1 }));
      document.getElementById("innoscape-hatch").parentNode.append(pattern);
    }
    return "url(#" + id + ")";
  }

  function area(atlas, group, shape, style, lit, card) {
    const { map } = atlas;
    const made = L.polygon(shape.g.map((part) => part.map(decode)), { pane: "areas", renderer: renderer(map), smoothFactor: 0.5, ...style }).addTo(group);
    made.bindPopup(card, { maxWidth: 300, minWidth: 180 });
    made.on("mouseover mousemove", (event) => {
      made.setStyle(lit);
      made.bringToFront();
      atlas.hover(0, card, event.containerPoint);
    });
    made.on("mouseout", () => { made.setStyle(style); atlas.hover(0, null); });
    return made;
  }

  innoscape.area = area;
  innoscape.hatch = hatch;
  innoscape.softHatch = softHatch;
  innoscape.areaRenderer = renderer;

  innoscape.hinterlands = function (map, group, data) {
    const atlas = at(map), { key } = atlas.layers.find((one) => one.layer === group).about;
    const how = innoscape.hinterlandNote(key);
    for (const shape of data.shapes) {
      atlas.learn(shape);
      const percent = (v) => number(Math.round(1000 * v) / 10) + "%";
      const style = { color: "#4d6470", weight: 1, opacity: 0.6, fillColor: atlas.tiers[shape.t].ink, fillOpacity: 0.05, className: "innoscape-hinterland" };
      area(atlas, group, shape, style, { weight: 2, opacity: 1, fillOpacity: 0.16 }, () => atlas.card(shape, [atlas.badge("hinterland", "plain")], [
        [word("area"), shape.area_km2 === undefined ? "" : number(Math.round(shape.area_km2)) + " km²"],
        [word("part"), shape.share === undefined ? "" : percent(shape.share)],
      ], how));
    }
  };

  innoscape.hinterlandNote = (key) => {
    if (key.method === "voronoi") return word("nearest");
    if (key.method !== "weighted") return word("computed_area");
    return word("weighted", { power: key.exponent === null || key.exponent === 1 ? "" : key.exponent === 2 ? "²" : "^" + number(key.exponent) });
  };

  innoscape.choropleth = function (map, group, data) {
    const atlas = at(map), { about } = atlas.layers.find((one) => one.layer === group), { key } = about;
    if (key.missing) hatch(atlas);
    const shades = (atlas.shades = atlas.shades || []);
    shades.push(group);
    atlas.on("layers", () => atlas.root.classList.toggle("innoscape-shaded", shades.some((one) => map.hasLayer(one))));
    for (const shape of data.shapes) {
      atlas.learn(shape);
      const none = shape.c === null;
      const style = { color: "#fff", weight: 0.9, opacity: 1, fillColor: none ? "#e2dfd7" : key.colors[shape.c], fillOpacity: none ? 0.9 : 0.85, className: none ? "innoscape-missing" : "innoscape-shade" };
      const value = none ? word("no_data") : innoscape.amount(shape.v, key.unit);
      area(atlas, group, shape, style, { color: "#22303a", weight: 1.8 }, () => atlas.card(shape, key.soft.map((one) => atlas.badge(one, "soft")), [
        [about.names, value],
      ]));
    }
  };

  // the classes as one strip, their borders below it
  innoscape.shadeKey = (atlas, key) => {
    const box = el("div", "innoscape-shades"), strip = el("div", "strip"), marks = el("div", "marks");
    const all = key.breaks, n = key.colors.length;
    key.colors.forEach((color, i) => {
      const part = el("span");
      part.style.background = color;
      part.title = number(all[i]) + " – " + number(all[i + 1]);
      strip.append(part);
    });
    const longest = Math.max(...all.map((value) => number(value).length)), step = Math.ceil(((longest * 5.6 + 6) * n) / 204);
    all.forEach((value, i) => {
      if (i && i !== n && (i % step || n - i < step)) return;
      const mark = el("small", "", number(value));
      mark.style.left = (100 * i) / n + "%";
      if (i === 0) mark.className = "first";
      if (i === n) mark.className = "last";
      marks.append(mark);
    });
    box.append(strip, marks);
    const foot = el("div", "foot");
    if (key.unit.en) foot.append(atlas.text("small", "caption", key.unit));
    if (key.missing) {
      const mark = svg("svg", { width: 16, height: 10, "aria-hidden": "true" });
      mark.append(svg("rect", { width: 16, height: 10, fill: "url(#innoscape-hatch)", stroke: "#c9c5ba" }));
      const none = el("span", "none");
      none.append(mark, atlas.text("small", "", word("no_data_count", { n: key.missing })));
      foot.append(none);
    }
    if (foot.childNodes.length) box.append(foot);
    return box;
  };
})();
