// Ground, scopes, corridors, graticule.
(function () {
  "use strict";
  const { at, el, svg, word, decode } = innoscape;

  const renderer = (map, pane, canvas) => {
    const kept = (map._innoscapeRenderers = map._innoscapeRenderers || {});
    return (kept[pane] = kept[pane] || (canvas ? L.canvas : L.svg)({ pane, padding: 0.5 }));
  };

  // the rings of a shape, its own or those of the ground
  innoscape.ringsOf = (atlas, shape) => shape.g ? shape.g.map((part) => part.map(decode)) : atlas.grounds[shape.b];
  // the outer ring of the largest part, which comes first
  innoscape.largest = (rings) => (rings.length ? rings[0][0] : null);

  innoscape.boundaries = function (map, group, data) {
    const atlas = at(map);
    atlas.root.classList.add("innoscape-sea");
    if (data.source) atlas.sources.push(data.source);
    const draw = renderer(map, "boundaries", true);
    const common = { pane: "boundaries", renderer: draw, interactive: false };
    atlas.sea = { group, land: [], provinces: [], dashes: [], china: data.china, standing: data.standing, approved: data.approved };
    const areas = data.shapes.map((shape) => [shape, shape.g.map((part) => shape.k === "line" ? decode(part) : part.map(decode))]);
    // layers over the ground name its areas by number
    (atlas.grounds = atlas.grounds || []).push(...areas.map(([, g]) => g));
    const of = (kind) => areas.filter(([shape]) => shape.k === kind);
    for (const [, g] of of("land"))
      L.polygon(g, { ...common, color: "#d3d4cf", weight: 0.6, fillColor: "#eceae4", fillOpacity: 1 }).addTo(group);
    // wide strokes first: each province's own fill then hides the half that lies on land
    const halos = [["#f3f6f4", 7, 0.75], ["#aaa596", 2.2, 1]];
    for (const [color, weight, opacity] of halos)
      for (const [, g] of of("province"))
        L.polygon(g, { ...common, color, weight, opacity, fill: false, lineJoin: "round" }).addTo(group);
    for (const [, g] of of("province"))
      L.polygon(g, { ...common, color: "#d5d0c4", weight: 0.7, fillColor: "#fdfcf9", fillOpacity: 1 }).addTo(group);
    for (const [, g] of of("country"))
      L.polygon(g, { ...common, color: "#b9b4a7", weight: 0.8, fillColor: "#fdfcf9", fillOpacity: 1 }).addTo(group);
    for (const [, g] of of("prefecture"))
      L.polygon(g, { ...common, color: "#e2ded4", weight: 0.5, fill: false }).addTo(group);
    for (const [, g] of of("line")) L.polyline(g, { ...common, color: "#a39e90", weight: 1.4 }).addTo(group);
    for (const [kind, list] of [["land", "land"], ["province", "provinces"], ["line", "dashes"]])
      for (const [, g] of of(kind)) atlas.sea[list].push(...(kind === "line" ? g : g.map((part) => part[0])));
    for (const [shape, g] of [...of("province"), ...of("country")])
      if (shape.en !== shape.zh || (shape.en && shape.k === "country"))
        atlas.labels.push({ at: shape.at, names: shape, cls: "province", rank: 9e6, size: 0, rings: innoscape.largest(g), owner: group, from: shape.from || 4.25 });
  };

  innoscape.scopes = function (map, group, data) {
    const atlas = at(map);
    data.shapes.forEach((shape, index) => {
      atlas.learn(shape);
      const tint = atlas.tierInk(shape.t);
      const style = { color: tint, weight: 1.1, opacity: 0.6, dashArray: shape.whole ? null : "5 4", fillColor: tint, fillOpacity: shape.whole ? 0.12 : 0.06 };
      const rings = innoscape.ringsOf(atlas, shape);
      const area = L.polygon(rings, {
        pane: "scopes", renderer: renderer(map, "scopes"), smoothFactor: 0.6, className: "innoscape-scope", ...style,
      }).addTo(group);
      const card = (full) => atlas.card(shape, [atlas.tierBadge(shape.t)], [
        [word("score"), shape.score === undefined ? "" : shape.score.toFixed(3)],
        [word("members"), full && shape.members ? atlas.namesOf(shape.members) : ""],
      ], full && !shape.whole ? word("extent") : null);
      area.bindPopup(() => card(true), { maxWidth: 300, minWidth: 180 });
      area.on("mouseover mousemove", (event) => {
        area.setStyle({ fillOpacity: shape.whole ? 0.2 : 0.13 });
        atlas.hover(0, () => card(false), event.containerPoint);
      });
      area.on("mouseout", () => { area.setStyle(style); atlas.hover(0, null); });
      atlas.labels.push({ at: shape.at, rings: innoscape.largest(rings), lead: shape.t === 0, names: shape, cls: "scope " + atlas.tierClass(shape.t), rank: atlas.step(shape.t) * 1e6 + 6e5 + index, size: 0, owner: group });
      atlas.found.push({ names: shape, key: shape.p, kind: word("scope"), go: () => {
        atlas.touched = true;
        map.fitBounds(area.getBounds(), { padding: [30, 30], animate: !atlas.still });
        area.openPopup(area.getCenter());
      } });
    });
  };

  // a smooth line through its points (Catmull-Rom): corridors are drawn to be followed, not surveyed
  function smooth(points) {
    if (points.length < 3) return points;
    const out = [], at = (i) => points[Math.max(0, Math.min(points.length - 1, i))];
    for (let i = 0; i < points.length - 1; i++) {
      const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
      for (let k = 0; k < 10; k++) {
        const t = k / 10;
        out.push([0, 1].map((m) => 0.5 * (2 * b[m] + (c[m] - a[m]) * t + (2 * a[m] - 5 * b[m] + 4 * c[m] - d[m]) * t * t + (3 * b[m] - a[m] - 3 * c[m] + d[m]) * t * t * t)));
      }
    }
    return out.concat([at(points.length - 1)]);
  }

  // corridor: two rails; belt: a broad band with a thread; assumed: the inner line broken
  innoscape.corridors = function (map, group, data) {
    const atlas = at(map), line = atlas.corridorColor;
    for (const shape of data.shapes) {
      atlas.learn(shape);
      const belt = shape.kind === "belt";
      const common = { pane: "corridors", renderer: renderer(map, "corridors"), lineCap: "butt", lineJoin: "round" };
      const g = shape.g.map(decode).map(smooth);
      const outer = L.polyline(g, {
        ...common, color: line, weight: belt ? 9 : 5, opacity: belt ? 0.2 : 0.75, lineCap: "round", className: "innoscape-corridor",
      }).addTo(group);
      const dashArray = shape.status === "assumed" ? (belt ? "3 4" : "7 4") : null;
      const inner = belt ? { color: line, weight: 1.3, opacity: 0.9 } : { color: "#f7fbf9", weight: 2.6, opacity: 1 };
      L.polyline(g, { ...common, ...inner, dashArray, interactive: false }).addTo(group);
      const card = (full) => atlas.card(shape, [
        atlas.badge(belt ? "belt" : "corridor"), atlas.badge(shape.status, shape.status === "assumed" ? "soft" : ""),
      ], full ? [
        [word("scope"), shape.scope ? atlas.nameOf(shape.scope) : ""],
        [word("members"), shape.members ? atlas.namesOf(shape.members) : ""],
      ] : []);
      outer.bindPopup(() => card(true), { maxWidth: 300, minWidth: 180 });
      outer.on("mouseover mousemove", (event) => {
        outer.setStyle({ opacity: belt ? 0.45 : 1 });
        atlas.hover(1, () => card(false), event.containerPoint);
      });
      outer.on("mouseout", () => { outer.setStyle({ opacity: belt ? 0.2 : 0.75 }); atlas.hover(1, null); });
    }
  };

  // the South China Sea in a corner, whenever the map itself does not show it
  innoscape.inset = function (atlas) {
    const { map, sea } = atlas;
    if (!sea || !sea.dashes.length || !sea.provinces.length) return;
    const [west, east, south, north] = [105.5, 123.5, 2.2, 24.6], w = 92;
    const y = (lat) => (180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
    const h = Math.round((w * (y(north) - y(south))) / (east - west));
    const spot = ([lat, lon]) => [((lon - west) / (east - west)) * w, ((y(north) - y(lat)) / (y(north) - y(south))) * h];
    const path = (lines, close) => lines.map((line) => {
      const points = line.map(spot);
      if (!points.some(([a, b]) => a > -20 && a < w + 20 && b > -20 && b < h + 20)) return "";
      let last = [-9, -9], kept = "";
      points.forEach((p, i) => {
        if (i && Math.hypot(p[0] - last[0], p[1] - last[1]) < 0.35) return;
        kept += (kept ? "L" : "M") + p[0].toFixed(1) + " " + p[1].toFixed(1);
        last = p;
      });
      return kept + (close ? "Z" : "");
    }).join("");
    const picture = svg("svg", { viewBox: "0 0 " + w + " " + h, width: w, height: h, "aria-hidden": "true" });
    picture.append(
      svg("path", { d: path(sea.land, true), fill: "#eceae4" }),
      svg("path", { d: path(sea.provinces, true), fill: "#fdfcf9", stroke: "#aaa596", "stroke-width": 0.6 }),
      svg("path", { d: path(sea.dashes), fill: "none", stroke: "#8d8778", "stroke-width": 1.2 }),
    );
    const control = L.control({ position: "bottomright" });
    let box;
    control.onAdd = () => {
      box = el("div", "innoscape-inset");
      // a bar of 500 km in the middle of the inset
      const scale = el("span", "scale"), bar = el("i");
      bar.style.width = ((500 / (111.32 * Math.cos((((south + north) / 2) * Math.PI) / 180))) * w) / (east - west) + "px";
      scale.append(bar, el("b", "", "500 km"));
      box.append(picture, atlas.text("span", "", word("south_sea")), scale);
      return box;
    };
    control.addTo(map);
    const look = () => {
      const seen = map.getBounds();
      box.hidden = !map.hasLayer(sea.group) || map.getZoom() > 6.5 || (seen.getSouth() < 4 && seen.getWest() < 109 && seen.getEast() > 121);
    };
    map.on("moveend zoomend", look);
    atlas.on("layers", look);
    look();
  };

  innoscape.graticule = function (atlas) {
    const group = L.layerGroup();
    const style = { pane: "boundaries", renderer: renderer(atlas.map, "boundaries", true), interactive: false, color: "#9db3bd", weight: 0.6, opacity: 0.55 };
    const end = atlas.turned ? 540 : 180;
    for (let x = -180; x <= end; x += 10) L.polyline([[-80, x], [80, x]], style).addTo(group);
    for (let y = -80; y <= 80; y += 10) L.polyline([[y, -180], [y, end]], style).addTo(group);
    const ground = atlas.layers.some((one) => one.about.group === "base");
    group.addTo(atlas.map);
    // canvas draws in the order of adding: the graticule belongs under the land
    if (ground) group.eachLayer((line) => line.bringToBack());
    return group;
  };
})();
