// What stands for several places: a hollow sign with its name, inside its area and on no place.
(function () {
  "use strict";
  const { at, el, svg, word } = innoscape;

  const sign = () => {
    const mark = svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, class: "innoscape-several", "aria-hidden": "true" });
    mark.append(svg("rect", { x: -6, y: -6, width: 12, height: 12, rx: 3 }));
    return mark;
  };

  innoscape.aggregates = function (map, group, data) {
    const atlas = at(map);
    data.rows.forEach((row, index) => {
      atlas.learn(row);
      const size = atlas.coarse ? 28 : 18;
      const icon = L.divIcon({ html: sign(), className: "innoscape-point innoscape-aggregate", iconSize: [size, size], popupAnchor: [0, -8] });
      const made = L.marker(row.at, { icon, pane: "centers", keyboard: true }).addTo(group);
      const card = () => atlas.card(row, [atlas.badge("several", "plain")], atlas.flowFacts(row.p), word("several_note"));
      made.bindPopup(card, { maxWidth: 300, minWidth: 190 });
      const show = () => { atlas.hover(3, card, map.latLngToContainerPoint(row.at)); atlas.fire("focus", row.p); };
      const hide = () => { atlas.hover(3, null); atlas.fire("focus", null); };
      made.on("mouseover", show);
      made.on("mouseout remove", hide);
      made.on("popupopen", () => atlas.hover(3, null));
      made.on("add", () => {
        const node = made.getElement();
        node.dataset.place = row.p;
        atlas.sayAs(node, "aria-label", row);
        node.addEventListener("focus", show);
        node.addEventListener("blur", hide);
      });
      atlas.several = (atlas.several || new Set()).add(row.p);
      atlas.labels.push({ at: row.at, names: row, cls: "landmark several", size: 7, owner: group, rank: 2.5e6 + index, place: row.p });
      atlas.found.push({ names: row, key: row.p, kind: word("several"), rank: 7, go: () => {
        if (!map.hasLayer(group)) group.addTo(map);
        atlas.touched = true;
        map.setView(row.at, Math.max(7, map.getZoom()), { animate: !atlas.still });
        made.openPopup();
      } });
    });
  };
  innoscape.several = sign;
})();
