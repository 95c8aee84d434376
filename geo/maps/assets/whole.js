// The whole of China: where the view begins, a button back to it, and what the boundaries may be used for.
(function () {
  "use strict";
  const { el, svg, word } = innoscape;

  // all that the ground holds of China, its islands and the dashed line
  innoscape.wholeOf = (atlas) => {
    const { sea } = atlas;
    if (!sea || !sea.china || !sea.provinces.length) return null;
    return L.latLngBounds(sea.provinces.concat(sea.dashes).flat());
  };

  // a study of one province opens on its own places
  innoscape.opens = function (atlas, given) {
    const whole = innoscape.wholeOf(atlas), { lat, lng } = given.getCenter();
    // a single place is seen with the land around it
    const extent = given.getSouthWest().equals(given.getNorthEast()) ? L.latLngBounds([lat - 2, lng - 3], [lat + 2, lng + 3]) : given;
    if (!whole) return extent;
    const wide = (box) => [box.getEast() - box.getWest(), box.getNorth() - box.getSouth()];
    const [own, all] = [wide(extent), wide(whole)];
    if (own[0] <= all[0] / 4 && own[1] <= all[1] / 4) return extent;
    return Object.assign(L.latLngBounds(extent.getSouthWest(), extent.getNorthEast()).extend(whole), { whole: true });
  };

  innoscape.whole = function (atlas) {
    const { map, sea } = atlas;
    if (sea && sea.standing) {
      const note = L.control({ position: "bottomright" });
      note.onAdd = () => atlas.text("div", "innoscape-standing" + (sea.approved ? " approved" : ""), sea.standing);
      note.addTo(map);
      map.on("layeradd layerremove", () => { note.getContainer().hidden = !map.hasLayer(sea.group); });
    }
    if (!innoscape.wholeOf(atlas)) return;
    const control = L.control({ position: "topright" });
    control.onAdd = () => {
      const bar = el("div", "leaflet-bar innoscape-whole"), button = el("button");
      button.type = "button";
      atlas.sayAs(button, "aria-label", word("whole"));
      button.title = atlas.in(word("whole"));
      atlas.on("language", () => { button.title = atlas.in(word("whole")); });
      const picture = svg("svg", { viewBox: "0 0 20 20", width: 16, height: 16, "aria-hidden": "true" });
      picture.append(svg("path", { d: "M2 7V2h5M13 2h5v5M18 13v5h-5M7 18H2v-5", fill: "none", stroke: "currentColor", "stroke-width": 2 }));
      button.append(picture);
      L.DomEvent.disableClickPropagation(bar);
      button.addEventListener("click", () => {
        atlas.touched = true;
        map.fitBounds(innoscape.wholeOf(atlas), { padding: [8, 8], animate: !atlas.still });
      });
      bar.append(button);
      return bar;
    };
    control.addTo(map);
  };
})();
