// Baseline and scenario side by side: a second map with the same ground and centers, which moves with the first.
(function () {
  "use strict";
  const { el, word } = innoscape;
  const PANES = ["boundaries", "areas", "scopes", "corridors", "centers", "labels"];

  function caption(atlas, host) {
    const node = el("div", "innoscape-beside-title");
    host.append(node);
    return node;
  }

  function twinOf(atlas, time) {
    const { map } = atlas, box = map.getContainer();
    const pair = el("div", "innoscape-pair"), host = el("div", "innoscape-half"), own = el("div", "innoscape-half"), node = el("div", "innoscape-twin");
    box.before(pair);
    host.append(node);
    own.append(box);
    pair.append(host, own);
    atlas.sayAs(node, "aria-label", word("baseline_map"));
    node.setAttribute("role", "region");
    const view = L.map(node, {
      crs: map.options.crs, zoomSnap: 0, minZoom: map.options.minZoom, maxZoom: map.options.maxZoom,
      zoomControl: false, attributionControl: false, zoomAnimation: false, keyboard: true, wheelPxPerZoomLevel: 100,
      center: map.getCenter(), zoom: map.getZoom(),
    });
    for (const name of PANES) {
      const given = map.getPane(name), pane = view.createPane(name);
      if (given) pane.style.zIndex = given.style.zIndex;
      if (name !== "centers") pane.style.pointerEvents = "none";
    }
    const drawn = {};
    const ground = L.featureGroup().addTo(view), symbols = L.featureGroup().addTo(view);
    const twin = Object.create(atlas);
    Object.assign(twin, { map: view, centers: new Map() });

    function copy() {
      ground.clearLayers();
      symbols.clearLayers();
      twin.centers.clear();
      map.eachLayer((layer) => {
        const { pane } = layer.options;
        if (!(layer instanceof L.Polyline) || !PANES.includes(pane)) return;
        const renderer = (drawn[pane] = drawn[pane] || L.canvas({ pane, padding: 0.3 }));
        const Shape = layer instanceof L.Polygon ? L.Polygon : L.Polyline;
        new Shape(layer.getLatLngs(), { ...layer.options, renderer, interactive: false }).addTo(ground);
      });
      const base = new Set(time.data.scenarios[0].place), added = new Set((atlas.newCenters || []).map((one) => one.row.p));
      for (const [place, center] of atlas.centers) {
        if (!map.hasLayer(center.group) || (added.has(place) && !base.has(place))) continue;
        const icon = center.marker.options.icon.options;
        const marker = L.marker(center.at, {
          icon: L.divIcon({ ...icon, html: icon.html.cloneNode(true) }), pane: "centers", keyboard: false,
          zIndexOffset: center.marker.options.zIndexOffset, title: atlas.in(center.names),
        }).addTo(symbols);
        twin.centers.set(place, { ...center, marker, group: symbols });
      }
      // names of what is drawn here belong to this map
      twin.labels = atlas.labels.filter((label) => map.hasLayer(label.owner) && (!label.place || twin.centers.has(label.place)))
        .map((label) => ({ ...label, owner: symbols }));
    }
    copy();
    innoscape.labelling(twin);

    let busy = false;
    const follow = (from, to) => () => {
      if (busy || !pair.classList.contains("both")) return;
      busy = true;
      to.setView(from.getCenter(), from.getZoom(), { animate: false });
      busy = false;
    };
    map.on("move zoomend", follow(map, view));
    view.on("move zoomend", () => { if (!busy) atlas.touched = true; follow(view, map)(); });
    const titles = [caption(atlas, host), caption(atlas, own)];
    const mark = () => {
      if (!pair.classList.contains("both")) return;
      const [base] = time.data.scenarios, order = new Map(base.place.map((place, i) => [place, i]));
      for (const [place, center] of twin.centers) time.mark(center.marker.getElement(), base, order.get(place));
      atlas.say(titles[0], base);
      atlas.say(titles[1], time.state.scenario);
    };
    atlas.on("time", mark);
    return {
      map: view,
      show(on) {
        pair.classList.toggle("both", on);
        atlas.root.classList.toggle("innoscape-beside", on);
        map.invalidateSize({ animate: false });
        if (!on) return;
        view.invalidateSize({ animate: false });
        copy();
        follow(map, view)();
        view.fire("moveend");
        mark();
      },
    };
  }

  innoscape.beside = function (atlas, time, on) {
    if (!atlas.twin && !on) return;
    atlas.twin = atlas.twin || twinOf(atlas, time);
    atlas.twin.show(on);
  };
})();
