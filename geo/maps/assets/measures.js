// Results: areas tinted by one of several measures, which the legend lets the reader choose.
(function () {
  "use strict";
  const { at, el, svg, word, join, each, pick, same, number } = innoscape;

  innoscape.measures = function (map, group, data) {
    const atlas = at(map), entry = atlas.layers.find((one) => one.layer === group);
    innoscape.hatch(atlas);
    const shades = (atlas.shades = atlas.shades || []);
    shades.push(group);
    const shaded = () => atlas.root.classList.toggle("innoscape-shaded", shades.some((one) => map.hasLayer(one)));
    atlas.on("layers", shaded);
    const made = [];
    const held = (entry.measures = { index: 0, list: data.measures, pick: null, told: [] });
    const now = () => data.measures[held.index];
    const style = (i) => {
      const { c, colors } = now(), none = c[i] === null, rough = data.shapes[i].rough;
      return { color: rough ? "#5d6b74" : "#fff", weight: rough ? 1.1 : 0.9, opacity: 1, dashArray: rough ? "4 3" : null, fillColor: none ? "#e2dfd7" : colors[c[i]], fillOpacity: none ? 0.9 : 0.85 };
    };
    const said = (i) => {
      const one = now();
      if (one.c[i] === null) return word("no_data");
      return one.groups ? one.groups[one.c[i]] : innoscape.amount(one.v[i], one.unit);
    };
    data.shapes.forEach((shape, i) => {
      atlas.learn(shape);
      const card = (full) => atlas.card(shape, [atlas.tierBadge(shape.t)], [
        [now().names, now().e && now().e[i] ? join([said(i), word("soft_areas")], " · ") : said(i)],
        [word("rank"), shape.rank === undefined ? "" : number(shape.rank)],
        [word("score"), shape.score === undefined || held.index === 0 ? "" : shape.score.toFixed(3)],
        [word("members"), full && shape.members ? atlas.namesOf(shape.members) : ""],
      ].concat(atlas.flowFacts(shape.p), atlas.timeFacts(shape.p)), shape.rough ? word("extent") : null);
      const area = L.polygon(innoscape.ringsOf(atlas, shape), { pane: "areas", renderer: innoscape.areaRenderer(map), smoothFactor: 0.5, className: "innoscape-result", ...style(i) }).addTo(group);
      area.bindPopup(() => card(true), { maxWidth: 300, minWidth: 180 });
      area.on("mouseover mousemove", (event) => {
        area.setStyle({ color: "#22303a", weight: 1.8 });
        area.bringToFront();
        atlas.hover(0, () => card(false), event.containerPoint);
      });
      area.on("mouseout", () => { area.setStyle(style(i)); atlas.hover(0, null); });
      const mark = () => {
        const node = area.getElement();
        if (!node) return;
        node.dataset.place = shape.p;
        // hatched by the sheet of styles, which an attribute would not outdo
        node.classList.toggle("innoscape-missing", now().c[i] === null);
        node.style.fill = now().c[i] !== null && now().e && now().e[i] ? innoscape.softHatch(atlas, now().colors[now().c[i]]) : "";
      };
      area.on("add", mark);
      (atlas.homes = atlas.homes || new Map()).set(shape.p, { ring: innoscape.largest(innoscape.ringsOf(atlas, shape)), group, rough: shape.rough });
      made.push({ area, mark });
      if (!atlas.found.some((one) => one.key === shape.p))
        atlas.found.push({ names: shape, key: shape.p, kind: word("areas"), rank: 5, go: () => {
          if (!map.hasLayer(group)) group.addTo(map);
          atlas.touched = true;
          map.fitBounds(area.getBounds(), { padding: [30, 30], animate: !atlas.still });
          area.openPopup(area.getCenter());
        } });
    });
    held.pick = (index) => {
      held.index = index;
      made.forEach(({ area, mark }, i) => { area.setStyle(style(i)); mark(); });
      for (const tell of held.told) tell();
    };
  };

  // the choice, and each class with its range and how many areas it holds
  innoscape.measureKey = (atlas, entry) => {
    const { measures: held } = entry, box = el("div", "innoscape-measures");
    const choice = el("select"), list = el("ul", "innoscape-ranges"), foot = el("small", "caption");
    atlas.sayAs(choice, "aria-label", word("shown_by"));
    const fill = () => {
      const groups = new Map();
      held.list.forEach((one, i) => {
        const heading = pick(one.heading, atlas.language);
        if (!groups.has(heading)) groups.set(heading, []);
        const option = el("option", "", pick(one.names, atlas.language));
        option.value = i;
        groups.get(heading).push(option);
      });
      choice.replaceChildren(...[...groups].flatMap(([heading, options]) => {
        if (!heading) return options;
        const part = el("optgroup");
        part.label = heading;
        part.append(...options);
        return [part];
      }));
      choice.value = held.index;
    };
    const row = (color, names, count) => {
      const item = el("li"), mark = svg("svg", { width: 18, height: 12, "aria-hidden": "true" });
      mark.append(svg("rect", { x: 0.5, y: 0.5, width: 17, height: 11, fill: color, "fill-opacity": 0.85, stroke: "#8a8578", "stroke-width": 0.5 }));
      item.append(mark, atlas.text("small", "", names), el("small", "count", String(count)));
      return item;
    };
    const tell = () => {
      const one = held.list[held.index], counts = one.colors.map((_, n) => one.c.filter((c) => c === n).length);
      const missing = one.c.filter((c) => c === null).length, total = one.c.length - missing;
      const ranges = one.groups || innoscape.ranges(one.breaks);
      const rows = one.colors.map((color, n) => row(color, ranges[n], counts[n]));
      // numbers fall from the top, as heights do
      list.replaceChildren(...(one.groups ? rows : rows.reverse()));
      if (missing) list.append(row("url(#innoscape-hatch)", word("no_data"), missing));
      const soft = (one.e || []).filter((e, i) => e && one.c[i] !== null).length;
      if (soft) list.append(row(innoscape.softHatch(atlas, one.colors[Math.floor(one.colors.length / 2)]), word("soft_areas"), soft));
      const how = one.groups ? "" : word(one.kind === "change" ? "steps_about_0" : one.method);
      const unit = one.unit && one.unit.en ? one.unit : "";
      atlas.say(foot, join([unit, how, word("areas_count", { n: total })].filter(Boolean), " · "));
      choice.value = held.index;
    };
    choice.addEventListener("change", () => held.pick(Number(choice.value)));
    held.told.push(tell);
    atlas.on("language", fill);
    fill();
    tell();
    if (held.list.length > 1) box.append(choice);
    else box.append(atlas.text("small", "caption", held.list[0].names));
    box.append(list, foot);
    if (entry.about.key.rough) box.append(atlas.text("small", "caption", word("rough_areas", { n: entry.about.key.rough })));
    return box;
  };

  // both ends of each class, with as many digits as tell the borders apart
  innoscape.ranges = (breaks) => {
    const whole = breaks.every(Number.isInteger), gaps = breaks.slice(1).map((high, n) => high - breaks[n]).filter((gap) => gap > 0);
    const digits = whole || !gaps.length ? 6 : Math.max(0, Math.min(6, -Math.floor(Math.log10(Math.min(...gaps)))));
    const least = whole || !gaps.length ? 0 : Math.min(digits, 2);
    const said = (value) => value.toLocaleString("en-US", { minimumFractionDigits: least, maximumFractionDigits: digits }).replace("-", "−").replace(/^−0$/, "0");
    return breaks.slice(1).map((high, n) => same(high === breaks[n] ? said(high) : said(breaks[n]) + " – " + said(high)));
  };
})();
