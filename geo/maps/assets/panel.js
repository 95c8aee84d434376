// The panel beside the map: title, language, search; and what is done once every layer is known.
(function () {
  "use strict";
  const { at, el, svg, word, speech, pick, same } = innoscape;

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
      for (const { key, name, tag } of speech.languages) {
        const button = el("button", "", name);
        button.type = "button";
        button.lang = tag;
        button.dataset.code = key;
        button.addEventListener("click", () => { readerLanguage.keep(key); atlas.speak(key); });
        group.append(button);
      }
      const mark = () => group.querySelectorAll("button").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.code === atlas.language)));
      atlas.on("language", () => { mark(); if (title) document.title = atlas.in(title); });
      mark();
      head.append(group);
    }
    if (title) {
      head.append(atlas.text("h1", "", title));
      // read out where the panel is folded away
      const apart = el("header", "innoscape-title");
      apart.append(atlas.text("h1", "", title));
      atlas.root.append(apart);
    }
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
    list.id = atlas.root.id + "_found";
    field.setAttribute("aria-controls", list.id);
    atlas.sayAs(list, "aria-label", word("search"));
    list.hidden = true;
    box.append(field, list);
    panelOf(atlas).append(box);
    let hits = [], chosen = 0;
    const close = () => { list.hidden = true; field.setAttribute("aria-expanded", "false"); };
    const go = (hit) => { close(); field.value = atlas.in(hit.names); hit.go(); };
    const mark = () => [...list.children].forEach((item, i) => {
      if (!hits.length) { field.removeAttribute("aria-activedescendant"); return; }
      item.id = list.id + "_" + i;
      item.setAttribute("aria-selected", String(i === chosen));
      if (i === chosen) field.setAttribute("aria-activedescendant", item.id);
    });
    const fold = (text) => String(text).toLowerCase().replace(/[\s'’]/g, "");
    field.addEventListener("input", () => {
      const wanted = fold(field.value);
      if (!wanted) { close(); return; }
      // a whole name first, then the nearer to its beginning the better
      const score = (one) => Math.min(...[...speech.languages.map(({ key }) => pick(one.names, key)), one.key].map(fold).map((text) => {
        const i = text.indexOf(wanted);
        return text === wanted ? -1 : i < 0 ? 99 : Math.min(i, 20);
      }));
      hits = atlas.found.map((one) => [score(one), one]).filter(([s]) => s < 99)
        .sort((a, b) => a[0] - b[0] || (a[1].rank || 0) - (b[1].rank || 0)).slice(0, 8).map(([, one]) => one);
      chosen = 0;
      list.replaceChildren(...hits.map((hit) => {
        const item = el("li");
        item.setAttribute("role", "option");
        item.append(el("span", "", atlas.in(hit.names)), el("small", "", atlas.in(hit.kind)));
        item.addEventListener("mousedown", (event) => { event.preventDefault(); go(hit); });
        return item;
      }));
      if (!hits.length) list.append(el("li", "none", atlas.in(word("nothing"))));
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

  // show all that is there, and again whenever the window changes, until the reader has moved the map
  function fitting(atlas) {
    const { map } = atlas, box = map.getContainer();
    const places = [...atlas.centers.values()].map((one) => one.at);
    const ends = atlas.flowLayers.flatMap((one) => one.data.places.map((place) => place.at));
    const points = places.length ? places : ends;
    let extent = L.latLngBounds(points);
    // tinted areas are what the map is about
    for (const group of atlas.shades || []) group.eachLayer((one) => extent.extend(one.getBounds()));
    if (!extent.isValid()) return;
    extent = innoscape.opens(atlas, extent);
    const fit = () => {
      const size = map.getSize();
      if (atlas.touched || size.x < 2 || size.y < 2) return;
      const narrow = size.x < 520;
      map.fitBounds(extent, { padding: extent.whole ? [6, 6] : narrow ? [26, 30] : [48, 40], maxZoom: 9, animate: false });
    };
    fit();
    atlas.fit = fit;
    for (const name of ["pointerdown", "wheel", "touchstart", "keydown"])
      box.addEventListener(name, (event) => { if (event.key !== "Tab") atlas.touched = true; }, { passive: true, capture: true });
    map.on("resize", fit);
  }

  // paper takes the size of the window: canvases would print blank if the map were laid out anew; the notes open
  function printing(atlas) {
    const { root, panel } = atlas, sheet = el("style");
    let open = false;
    window.addEventListener("beforeprint", () => {
      const { width, height } = root.getBoundingClientRect();
      sheet.textContent = "@page { size: " + Math.ceil(width) + "px " + Math.ceil(height) + "px; margin: 0 }";
      document.head.append(sheet);
      Object.assign(root.style, { width: width + "px", height: height + "px" });
      root.classList.add("innoscape-printing");
      if (!atlas.notes) return;
      open = atlas.notes.open;
      atlas.notes.open = true;
      const wide = panel.offsetWidth, shrink = Math.max(0.5, Math.min(1, height / panel.scrollHeight));
      Object.assign(panel.style, { zoom: shrink, width: wide / shrink + "px" });
    });
    window.addEventListener("afterprint", () => {
      sheet.remove();
      root.classList.remove("innoscape-printing");
      Object.assign(root.style, { width: "", height: "" });
      if (!atlas.notes) return;
      atlas.notes.open = open;
      Object.assign(panel.style, { zoom: "", width: "" });
    });
  }

  // groups of plain folium and tiles are listed too; tiles belong to the ground
  const listed = ([layer, name]) => {
    const tiles = layer instanceof L.TileLayer, names = typeof name === "string" ? same(name) : name;
    return { layer, about: { names, group: tiles ? "base" : "other", key: tiles ? { symbol: "tiles" } : {} } };
  };

  // scripts of plugins that could not be fetched: what they draw is not there, and the page says so
  function losses(atlas) {
    const names = (window.innoscape_lost || []).map((address) => address.split("/").pop());
    if (!names.length) return;
    const note = atlas.text("p", "innoscape-lost", word("lost", { names: innoscape.join(names.map(same)) }));
    note.setAttribute("role", "alert");
    atlas.stage.append(note);
  }

  // a page that frames the map may choose its language; nothing else is heard
  function following(atlas) {
    if (window.parent === window) return;
    addEventListener("message", ({ source, data }) => {
      if (source === window.parent && data && speech.languages.some(({ key }) => key === data.language)) atlas.speak(data.language);
    });
  }

  innoscape.finish = function (map, options, ...others) {
    const atlas = at(map);
    atlas.flowFacts = () => [];
    atlas.timeFacts = () => [];
    innoscape.turning(atlas);
    if (options.graticule) atlas.graticule = innoscape.graticule(atlas);
    if (options.title || options.languages) heading(atlas, options.title, options.languages);
    if (options.search) search(atlas);
    if (options.arrivals) innoscape.timing(atlas, options.arrivals);
    innoscape.sizing(atlas, options.size_by);
    innoscape.flowing(atlas);
    innoscape.tiling(atlas);
    if (options.legend) {
      panelOf(atlas);
      innoscape.legend(atlas, options.legend, others.filter(([layer]) => layer).map(listed));
    }
    innoscape.taking(atlas);
    north(atlas);
    innoscape.whole(atlas);
    innoscape.inset(atlas);
    innoscape.placing(atlas);
    innoscape.skipping(atlas);
    atlas.root.dataset.language = atlas.language;
    document.documentElement.lang = speech.languages.find(({ key }) => key === atlas.language).tag;
    map.getContainer().setAttribute("role", "region");
    atlas.sayAs(map.getContainer(), "aria-label", word("map_label"));
    map.invalidateSize({ animate: false });
    // Leaflet's own Escape works only while the map itself has the focus
    atlas.root.addEventListener("keydown", (event) => { if (event.key === "Escape") map.closePopup(); });
    if (options.fit) fitting(atlas);
    // a frame may be laid out after its page has run
    printing(atlas);
    losses(atlas);
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(map.getContainer());
    innoscape.labelling(atlas);
    following(atlas);
    // where nothing switches the language, it is the page's own
    const opens = options.languages ? readerLanguage.first(speech.languages.map(({ key }) => key), atlas.own) : atlas.language;
    if (opens !== atlas.language) atlas.speak(opens);
    atlas.ready = true;
    for (const one of atlas.flowLayers) if (one._map) one._reset();
    innoscape.linking(atlas);
    atlas.root.classList.add("innoscape-ready");
  };
})();
