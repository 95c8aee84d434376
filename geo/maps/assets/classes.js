// What was found: areas, lines and points in the color of their class.
(function () {
  "use strict";
  const { at, el, svg, join, same, decode } = innoscape;

  innoscape.classes = function (map, group, data) {
    const atlas = at(map), { about } = atlas.layers.find((one) => one.layer === group), { key } = about;
    for (const shape of data.shapes) {
      atlas.learn(shape);
      const color = key.colors[shape.c];
      const value = (v, unit) => (typeof v === "number" ? innoscape.amount(v, unit) : same(v === null ? "–" : v));
      const card = () => atlas.card(shape, [], [
        [about.names, key.names[shape.c]],
        ...key.fields.map(([name, unit], i) => [name, value(shape.v[i], unit)]),
      ]);
      if (shape.g) {
        const style = key.filled
          ? { color: "#fff", weight: key.edged ? 0.9 : 0, opacity: 1, fillColor: color, fillOpacity: key.edged ? 0.75 : 0.6, className: "innoscape-class" }
          : { color, weight: 2, opacity: 0.95, fillColor: color, fillOpacity: 0.04, className: "innoscape-class" };
        innoscape.area(atlas, group, shape, style, key.edged ? { weight: 2.6 } : { fillOpacity: 0.8 }, card);
        continue;
      }
      const options = { pane: "areas", renderer: innoscape.areaRenderer(map), color: shape.l ? color : "#fff", className: "innoscape-class" };
      const made = shape.l
        ? L.polyline(shape.l.map(decode), { ...options, weight: 3, opacity: 0.9 })
        : L.circleMarker(shape.at, { ...options, radius: 13, weight: 1, fillColor: color, fillOpacity: 0.8 });
      made.addTo(group).bindPopup(card, { maxWidth: 300, minWidth: 180 });
      made.on("mouseover mousemove", (event) => atlas.hover(0, card, event.containerPoint));
      made.on("mouseout", () => atlas.hover(0, null));
    }
  };

  // each class with its color and how many it holds
  innoscape.classKey = (atlas, key) => {
    const list = el("ul", "innoscape-classes");
    for (const one of key.classes) {
      const item = el("li"), mark = svg("svg", { width: 16, height: 10, "aria-hidden": "true" });
      mark.append(svg("rect", { x: 1, y: 1, width: 14, height: 8, fill: key.filled ? one.color : "none", stroke: key.filled ? "#8a8578" : one.color, "stroke-width": key.filled ? 0.5 : 2 }));
      item.append(mark, atlas.text("small", "", one.names));
      if (key.counted) item.append(el("small", "count", String(one.count)));
      list.append(item);
    }
    return list;
  };
})();
