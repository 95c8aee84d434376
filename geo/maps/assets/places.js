// Centers and landmarks: symbols that differ in size and shape before they differ in color.
(function () {
  "use strict";
  const { at, el, svg, word, join, each, pick, number } = innoscape;
  const RADII = [9.5, 7, 5, 3.4];

  // sizes given for four steps, for any number of tiers
  const between = (sizes, step) => {
    const low = Math.min(Math.floor(step), sizes.length - 2);
    return sizes[low] + (sizes[low + 1] - sizes[low]) * (step - low);
  };
  const radius = (atlas, tier) => between(RADII, atlas.step(tier));

  // disc in a ring, then ring and disc by turns, last a dot
  function symbol(atlas, tier) {
    const size = radius(atlas, tier), r = size + 2.2, last = tier === null || tier === atlas.tiers.length - 1;
    const mark = svg("svg", { viewBox: [-r, -r, 2 * r, 2 * r].join(" "), width: 2 * r, height: 2 * r, class: "innoscape-mark " + atlas.tierClass(tier), "aria-hidden": "true" });
    mark.append(svg("circle", { r: size + 1.3, class: "halo" }));
    if (tier === 0)
      mark.append(svg("circle", { r: 8.3, class: "ring", "stroke-width": 1.9 }), svg("circle", { r: 4.9, class: "core", "stroke-width": 1.4 }));
    else if (tier % 2 && !last)
      mark.append(svg("circle", { r: (size * 5.5) / 7, class: "core open", "stroke-width": (size * 2.8) / 7 }));
    else mark.append(svg("circle", { r: size - 0.8, class: "core", "stroke-width": 1.4 }));
    return mark;
  }

  const SIGNS = {
    core: "M0-5.5 5.5 0 0 5.5-5.5 0Z", nucleus: "M0-4.6 4.6 0 0 4.6-4.6 0Z", belt: "M-5-1.6h10v3.2h-10Z",
    park: "M-3.4-3.4h6.8v6.8h-6.8Z", platform: "M0-4.4 4.4 3.3h-8.8Z",
  };
  function sign(role) {
    const mark = svg("svg", { viewBox: "-7 -7 14 14", width: 14, height: 14, class: "innoscape-sign " + (SIGNS[role] ? role : "park"), "aria-hidden": "true" });
    mark.append(svg("path", { d: SIGNS[role] || SIGNS.park }));
    return mark;
  }

  function marker(atlas, row, picture, box, lift, cls) {
    // fingers need more room than a mouse
    const size = atlas.coarse ? Math.max(box, 28) : box;
    const icon = L.divIcon({ html: picture, className: "innoscape-point " + (cls || ""), iconSize: [size, size], popupAnchor: [0, -box / 2] });
    const made = L.marker(row.at, { icon, pane: "centers", keyboard: true, riseOnHover: true, zIndexOffset: lift });
    made.on("add", () => {
      const node = made.getElement();
      node.dataset.place = row.p;
      atlas.sayAs(node, "aria-label", row);
    });
    return made;
  }

  function hovering(atlas, made, card, place) {
    const point = () => atlas.map.latLngToContainerPoint(made.getLatLng());
    // what is lit comes first: the card stands beside it
    const show = () => { atlas.fire("focus", place); atlas.hover(3, card, point()); };
    const hide = () => { atlas.hover(3, null); atlas.fire("focus", null); };
    made.on("mouseover", show);
    made.on("mouseout remove", hide);
    made.on("popupopen", () => atlas.hover(3, null));
    made.on("add", () => {
      made.getElement().addEventListener("focus", show);
      made.getElement().addEventListener("blur", hide);
    });
  }

  function functionOf(row) {
    const some = row.function_en || row.function_zh;
    return some ? each((language) => row["function_" + language] || some) : "";
  }

  // centers whose symbols lie over each other at this zoom
  function neighbors(atlas, place) {
    const { map } = atlas, own = atlas.centers.get(place), here = map.latLngToLayerPoint(own.at);
    const slack = atlas.coarse ? 14 : 0, grow = innoscape.growth(map);
    return [...atlas.centers.values()].filter((one) => one !== own && map.hasLayer(one.group)
      && here.distanceTo(map.latLngToLayerPoint(one.at)) < (own.r + one.r) * 0.8 * grow + slack);
  }

  // a popup leads on to the page of its center; a path of several parts cannot be taken for a script
  function profiled(atlas, row, card) {
    // a map within a report may not leave it: browsers refuse files to a frame without an origin
    if (!row.profile || window.parent !== window) return card;
    const link = atlas.text("a", "innoscape-profile", word("profile"));
    link.href = "./" + row.profile.split("/").map(encodeURIComponent).join("/");
    link.target = "_top";
    card.append(link);
    return card;
  }

  // a popup leads on to the centers that its own center hides
  function crowd(atlas, place, card) {
    const near = neighbors(atlas, place);
    if (!near.length) return card;
    const box = el("div", "innoscape-crowd");
    box.append(atlas.text("span", "", word("here")));
    for (const one of near) {
      const button = atlas.text("button", "", one.names);
      button.type = "button";
      button.addEventListener("click", () => one.marker.openPopup());
      box.append(button);
    }
    card.append(box);
    return card;
  }

  innoscape.centers = function (map, group, data) {
    const atlas = at(map);
    const tier = data.tier, lift = tier === null ? 0 : (atlas.tiers.length - tier) * 1000;
    data.rows.forEach((row) => {
      atlas.learn(row);
      const cls = row.tier_status === "assumed" ? "assumed" : "";
      const made = marker(atlas, row, symbol(atlas, tier), Math.max(16, 2 * radius(atlas, tier) + 4), lift, cls).addTo(group);
      const badges = () => [atlas.tierBadge(tier), atlas.badge(row.tier_status, row.tier_status === "assumed" ? "soft" : "plain")];
      const brief = () => {
        const near = neighbors(atlas, row.p);
        const also = near.length ? [[word("here"), join(near.map((one) => one.names))]] : [];
        return atlas.card(row, badges(), atlas.flowFacts(row.p).concat(atlas.timeFacts(row.p), also), innoscape.lit(atlas, row.p));
      };
      const full = () => crowd(atlas, row.p, profiled(atlas, row, atlas.card(row, badges(), [
        [word("scope"), row.scope ? atlas.nameOf(row.scope) : ""],
        [word("corridors"), row.corridors ? atlas.namesOf(row.corridors) : ""],
        [word("role"), row.role ? each((language) => row["role_" + language] || pick(word(row.role), language)) : ""],
        [word("function"), functionOf(row)],
        [word("attributes"), row.attributes_en ? each((language) => row["attributes_" + language] || row.attributes_en) : ""],
        [word("score"), row.score === undefined ? "" : row.score.toFixed(3)],
        [word("strength"), row.strength === undefined ? "" : number(row.strength)],
      ].concat(atlas.flowFacts(row.p), atlas.timeFacts(row.p)))));
      made.bindPopup(full, { maxWidth: 300, minWidth: 190 });
      hovering(atlas, made, brief, row.p);
      const label = {
        at: row.at, names: row, cls: "center " + atlas.tierClass(tier), size: radius(atlas, tier), owner: group, text: data.labels, place: row.p,
        rank: atlas.step(tier) * 1e6 + (row.score === undefined ? 5e5 : (1 - row.score) * 4e5),
      };
      atlas.labels.push(label);
      atlas.centers.set(row.p, { marker: made, tier, group, at: row.at, names: row, row, label, r: radius(atlas, tier) });
      atlas.found.push({ names: row, key: row.p, kind: tier === null ? word("untiered") : atlas.tiers[tier].names, rank: tier === null ? 8 : tier, go: () => reveal(atlas, group, made, 7.5) });
    });
  };

  innoscape.landmarks = function (map, group, data) {
    const atlas = at(map);
    const near = () => atlas.root.classList.toggle("innoscape-near", map.getZoom() >= data.from);
    map.on("zoomend", near);
    near();
    data.rows.forEach((row, index) => {
      const center = atlas.centers.get(row.p);
      if (center) {
        // a landmark that is a center itself says what it does in the center's own popup
        center.row.function_en = row.function_en;
        center.row.function_zh = row.function_zh;
        return;
      }
      atlas.learn(row);
      const made = marker(atlas, row, sign(row.role), 14, 0, "innoscape-landmark").addTo(group);
      const card = () => atlas.card(row, [atlas.badge(row.role, "plain")], [
        [word("function"), functionOf(row)],
        [word("scope"), row.scope ? atlas.nameOf(row.scope) : ""],
      ]);
      made.bindPopup(card, { maxWidth: 300, minWidth: 190 });
      hovering(atlas, made, card, row.p);
      const weight = Object.keys(SIGNS).indexOf(row.role);
      atlas.labels.push({ at: row.at, names: row, cls: "landmark", size: 4, owner: group, from: data.from, rank: 4e6 + (weight < 0 ? 9 : weight) * 1e4 + index });
      atlas.found.push({ names: row, key: row.p, kind: word(row.role || "park"), rank: 9, go: () => reveal(atlas, group, made, Math.max(9.5, data.from)) });
    });
  };

  function reveal(atlas, group, made, zoom) {
    if (!atlas.map.hasLayer(group)) group.addTo(atlas.map);
    atlas.touched = true;
    atlas.map.setView(made.getLatLng(), Math.max(zoom, atlas.map.getZoom()), { animate: !atlas.still });
    made.openPopup();
  }

  // the radius a flow has to keep clear of
  innoscape.clearance = (atlas, place) => {
    const center = atlas.centers.get(place);
    if (atlas.several && atlas.several.has(place)) return 9 * innoscape.growth(atlas.map);
    return (center && atlas.map.hasLayer(center.group) ? center.r * innoscape.growth(atlas.map) : 1) + 2.5;
  };
  innoscape.growth = (map) => Math.max(0.8, Math.min(1.3, 0.8 + (map.getZoom() - 4) * 0.12));
  innoscape.symbol = symbol;
  innoscape.tierRadius = radius;
  innoscape.sign = sign;
  innoscape.between = between;
})();
