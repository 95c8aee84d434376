// What the size of centers means: their tier, one size, or a value whose circles grow in area with it.
(function () {
  "use strict";
  const { el, svg, word, number } = innoscape;
  const WIDEST = 19, LEAST = 2.2, SMALL = 3.4;
  const FIELDS = [["score", "score"], ["strength", "strength"], ["strength_out", "strength_out"], ["strength_in", "strength_in"]];

  const circle = (tier, atlas, r) => {
    const box = r + 1.5;
    const mark = svg("svg", { viewBox: [-box, -box, 2 * box, 2 * box].join(" "), width: 2 * box, height: 2 * box, class: "innoscape-mark sized " + atlas.tierClass(tier), "aria-hidden": "true" });
    mark.append(svg("circle", { r, class: "core", "stroke-width": 1 }));
    return mark;
  };

  innoscape.sized = (atlas, tier) => circle(tier, atlas, 4.2);

  // area grows with the value
  const scaled = (value, most) => Math.max(LEAST, WIDEST * Math.sqrt(Math.max(0, value) / most));

  innoscape.sizing = function (atlas, by) {
    const own = [...atlas.centers.values()];
    const modes = [["tier"], ["one_size"]];
    for (const [field, name] of FIELDS) {
      const values = own.map(({ row }) => row[field]).filter((value) => typeof value === "number");
      const most = Math.max(...values);
      if (new Set(values).size > 1 && Math.min(...values) >= 0 && most > 0) modes.push([name, field, most]);
    }
    if (own.length < 2) return;
    const sizing = (atlas.sizing = { modes, by: null, told: [], pick: null, most: null });
    sizing.pick = (name) => {
      const [key, field, most] = modes.find((one) => one[0] === name) || modes[0];
      sizing.by = key;
      sizing.most = most || null;
      for (const one of own) {
        const known = field && typeof one.row[field] === "number";
        one.r = key === "tier" ? innoscape.tierRadius(atlas, one.tier) : known ? scaled(one.row[field], most) : key === "one_size" ? SMALL : LEAST;
        const picture = key === "tier" ? innoscape.symbol(atlas, one.tier) : circle(one.tier, atlas, one.r);
        const box = Math.max(16, 2 * one.r + 4), size = atlas.coarse ? Math.max(box, 28) : box, node = one.marker.getElement();
        Object.assign(one.marker.options.icon.options, { html: picture, iconSize: [size, size], popupAnchor: [0, -box / 2] });
        one.label.size = one.r;
        if (!node) continue;
        node.querySelector("svg").replaceWith(picture);
        Object.assign(node.style, { width: size + "px", height: size + "px", marginLeft: -size / 2 + "px", marginTop: -size / 2 + "px" });
      }
      for (const tell of sizing.told) tell();
      // names and flows keep clear of what has grown
      if (atlas.ready) atlas.fire("layers", null);
    };
    sizing.pick(by || "tier");
  };

  // the choice, and nested circles of round values
  innoscape.sizeKey = (atlas) => {
    const { sizing } = atlas, box = el("div", "innoscape-sizes"), choice = el("select"), line = el("label");
    for (const [name] of sizing.modes) {
      const option = atlas.text("option", "", word("by_" + name));
      option.value = name;
      choice.append(option);
    }
    line.append(atlas.text("small", "", word("size_by")), choice);
    const nest = el("div", "nest");
    const round = (v) => { const p = Math.pow(10, Math.floor(Math.log10(v))); return p * [1, 2, 5].filter((m) => m * p <= v * (1 + 1e-12)).pop(); };
    const tell = () => {
      choice.value = sizing.by;
      nest.replaceChildren();
      nest.hidden = !sizing.most;
      if (!sizing.most) return;
      const values = [...new Set([sizing.most, sizing.most / 4, sizing.most / 20].map(round))], grow = innoscape.growth(atlas.map);
      const radii = values.map((value) => scaled(value, sizing.most) * grow), r = radii[0], h = Math.max(2 * r + 4, 13 * values.length + 4);
      const mark = svg("svg", { viewBox: "0 0 170 " + h, width: 170, height: h, "aria-hidden": "true" });
      values.forEach((value, i) => {
        const top = h - 2 - 2 * radii[i], row = 10 + i * Math.max(13, (h - 14) / Math.max(1, values.length - 1) * 0.9);
        mark.append(svg("circle", { cx: r + 2, cy: h - 2 - radii[i], r: radii[i], fill: "none", stroke: "#4d6470", "stroke-width": 1 }));
        mark.append(svg("path", { d: "M" + (r + 2) + " " + top + "L" + (2 * r + 12) + " " + (row - 3.5), stroke: "#9aa6ad", "stroke-width": 0.7 }));
        const said = svg("text", { x: 2 * r + 15, y: row, "font-size": 11, fill: "#55636c" });
        said.textContent = number(value);
        mark.append(said);
      });
      nest.append(mark, atlas.text("small", "caption", word("area_by_value")));
    };
    choice.addEventListener("change", () => sizing.pick(choice.value));
    sizing.told.push(tell);
    atlas.map.on("zoomend", tell);
    tell();
    box.append(line, nest);
    return box;
  };
})();
