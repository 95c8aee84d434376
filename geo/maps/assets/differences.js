// What scenarios change: centers they add, colors of earlier and later, the difference curve, effects in a ranked table.
(function () {
  "use strict";
  const { at, el, svg, word, join, same } = innoscape;

  // centers that stand in one scenario only: each has a layer of its own, on while that scenario is chosen
  innoscape.newCenters = function (map, group, data) {
    const atlas = at(map);
    atlas.newCenters = data.rows.map((row) => {
      const own = L.featureGroup(), labels = atlas.labels.length, found = atlas.found.length;
      innoscape.centers(map, own, { tier: row.tier, rows: [{ ...row, tier_status: "assumed" }] });
      // the search finds what is always there
      atlas.found.length = found;
      for (const label of atlas.labels.slice(labels)) label.rank = -1;
      const entry = atlas.centers.get(row.p);
      atlas.centers.delete(row.p);
      entry.marker.on("add", () => entry.marker.getElement().classList.add("innoscape-new"));
      return { row, own, entry };
    });
    atlas.on("scenario", (state) => {
      for (const one of atlas.newCenters) if (one.row.scenario !== state.scenario.key && group.hasLayer(one.own)) {
        group.removeLayer(one.own);
        atlas.centers.delete(one.row.p);
      }
      for (const one of atlas.newCenters) if (one.row.scenario === state.scenario.key) {
        atlas.centers.set(one.row.p, one.entry);
        group.addLayer(one.own);
      }
      if (atlas.ready) atlas.fire("layers", group);
    });
  };

  // views of the time control: arrivals, differences from the baseline, both maps side by side
  innoscape.differing = function (atlas, time) {
    const { data, state, head, readout, key, choose, turn } = time;
    if (!data.effects || data.scenarios.length < 2) return;
    const { borders, colors, threshold } = data.effects, [base] = data.scenarios;
    const digits = Math.max(0, -Math.floor(Math.log10(borders[0])));
    const fixed = (value) => value.toFixed(digits);
    const shares = (value) => (Math.abs(value) < 0.0995 ? (100 * value).toFixed(1) : (100 * value).toFixed(0)).replace(/^-/, "−").replace(/^−?0\.0$/, "0.0") + "%";
    const effectsOf = () => new Map(state.scenario.effects.map((row) => [row.p, row]));
    state.view = "arrival";

    const group = el("div", "innoscape-views");
    group.setAttribute("role", "group");
    atlas.sayAs(group, "aria-label", word("view"));
    const views = ["arrival", "difference", "beside"].map((view) => {
      const button = atlas.text("button", "", word("view_" + view));
      button.type = "button";
      button.dataset.view = view;
      button.addEventListener("click", () => show(view));
      group.append(button);
      return button;
    });
    head.insertBefore(group, readout);

    const classOf = (row) => {
      if (!row || row.d === null) return null;
      if (row.n || row.d === 0) return 3;
      const size = Math.abs(row.d), step = size < borders[0] ? 1 : size < borders[1] ? 2 : 3;
      return 3 + Math.sign(row.d) * step;
    };

    const classes = el("div", "innoscape-time-key innoscape-difference-key");
    function swatch(color, cls) {
      const mark = svg("svg", { viewBox: "-7 -7 14 14", width: 14, height: 14, "aria-hidden": "true" });
      mark.append(svg("circle", { r: 5, fill: color, class: cls || "", stroke: "#4d6470", "stroke-width": 1 }));
      return mark;
    }
    const item = (mark, names) => { const one = el("span"); one.append(mark, atlas.text("span", "", names)); classes.append(one); };
    const [small, large] = borders.map(String), limit = innoscape.number(Math.round(1e4 * threshold) / 100) + "%";
    const sizes = [same("> " + large), same(small + "–" + large), same("< " + small)];
    classes.append(atlas.text("b", "", word("earlier_by", { unit: data.unit })));
    sizes.forEach((names, i) => item(swatch(colors[i]), names));
    item(swatch(colors[3]), word("negligible_under", { share: limit }));
    classes.append(atlas.text("b", "", word("later_by", { unit: data.unit })));
    [...sizes].reverse().forEach((names, i) => item(swatch(colors[4 + i]), names));
    if (atlas.newCenters) item(swatch("#fff", "added"), word("added"));
    key.after(classes);
    classes.hidden = true;

    // the share of centers reached, scenario minus baseline; one height for all scenarios
    const valueAt = ({ time, mean }, t) => {
      if (!time.length) return null;
      let i = 1;
      while (i < time.length - 1 && time[i] < t) i++;
      if (time.length < 2) return mean[0];
      const u = Math.max(0, Math.min(1, (t - time[i - 1]) / (time[i] - time[i - 1] || 1)));
      return mean[i - 1] + u * (mean[i] - mean[i - 1]);
    };
    const gap = (one, t) => { const own = valueAt(one.curve, t), usual = valueAt(base.curve, t); return own === null || usual === null ? null : own - usual; };
    const gaps = data.scenarios.map((one) => one.curve.time.map((t) => gap(one, t)).filter((v) => v !== null));
    const most = Math.max(0.001, ...gaps.flat().map(Math.abs));
    const round = (v) => { const p = Math.pow(10, Math.floor(Math.log10(v))); return p * [1, 2, 5, 10].find((m) => m * p >= v * (1 - 1e-9)); };
    const height = round(most);
    const points = (v) => (v > 0 ? "+" : v < 0 ? "−" : "") + Math.abs(100 * v).toFixed(height >= 0.1 ? 0 : height >= 0.01 ? 1 : 2);
    function differenceCurve({ chart, X, w, base: floor, top, inset }) {
      const middle = (floor + top) / 2, Y = (v) => middle - (v / height) * ((floor - top) / 2);
      for (const v of [height, 0, -height]) {
        chart.append(svg("line", { x1: inset, x2: w - inset, y1: Y(v), y2: Y(v), class: v ? "grid" : "zero" }));
        const mark = svg("text", { x: inset + 14, y: v < 0 ? Y(v) - 3 : Y(v) + 10, class: "tick" });
        if (v) { mark.textContent = points(v) + (v > 0 ? " " + atlas.in(word("points")) : ""); chart.append(mark); }
      }
      const times = state.scenario.curve.time, values = times.map((t) => gap(state.scenario, t));
      if (!times.length || values.includes(null)) return;
      const area = (clip) => "M" + X(times[0]) + " " + Y(0) + times.map((t, i) => "L" + X(t).toFixed(1) + " " + Y(clip(values[i])).toFixed(1)).join("") + "L" + X(times[times.length - 1]) + " " + Y(0) + "Z";
      chart.append(svg("path", { d: area((v) => Math.max(0, v)), fill: colors[1], "fill-opacity": 0.45, class: "gain" }));
      chart.append(svg("path", { d: area((v) => Math.min(0, v)), fill: colors[5], "fill-opacity": 0.45, class: "loss" }));
      chart.append(svg("path", { d: times.map((t, i) => (i ? "L" : "M") + X(t).toFixed(1) + " " + Y(values[i]).toFixed(1)).join(""), class: "gap" }));
    }

    // the ranked table: what is not negligible by size, the rest counted
    const table = el("section", "innoscape-effects");
    table.hidden = true;
    if (atlas.panel) atlas.panel.append(table); else time.bar.append(table);
    const signed = (value, margin) => (value < 0 ? "−" : "+") + fixed(Math.abs(value)) + " ± " + (margin < Math.pow(10, -digits) ? "<" + fixed(Math.pow(10, -digits)) : fixed(margin));
    function row(one) {
      const line = el("tr"), name = el("th"), button = atlas.text("button", "", atlas.nameOf(one.p)), center = atlas.centers.get(one.p);
      name.scope = "row";
      button.type = "button";
      button.disabled = !center;
      button.addEventListener("click", () => { if (center) center.marker.openPopup(); });
      const dot = swatch(colors[classOf(one) ?? 3]);
      name.append(dot, button);
      line.append(name, el("td", "", signed(one.d, one.m || 0)), el("td", "", one.s === null ? "" : shares(one.s)));
      if (one.n) line.lastChild.append(" ", atlas.text("small", "", word("negligible")));
      return line;
    }
    function fill() {
      const known = state.scenario.effects.filter((one) => one.d !== null && (atlas.names.has(one.p) || atlas.centers.has(one.p)));
      const telling = known.filter((one) => !one.n), rest = known.filter((one) => one.n);
      const grid = el("table"), head = el("tr"), body = el("tbody"), top = el("thead");
      for (const label of [word("center"), word("difference_unit", { unit: data.unit }), word("of_baseline")]) {
        const cell = atlas.text("th", "", label);
        cell.scope = "col";
        head.append(cell);
      }
      top.append(head);
      grid.append(atlas.text("caption", "", word("effects_of", { scenario: state.scenario })), top, body);
      body.append(...telling.map(row));
      table.replaceChildren(grid);
      if (!known.length) { table.replaceChildren(atlas.text("p", "", word("no_effects"))); return; }
      if (!telling.length) grid.hidden = true;
      if (!telling.length) table.append(atlas.text("p", "", word("all_negligible")));
      if (rest.length) {
        const more = el("details"), others = el("table"), list = el("tbody");
        list.append(...rest.map(row));
        others.append(list);
        more.append(atlas.text("summary", "", word("more_negligible", { n: rest.length })), others);
        table.append(more);
      }
      table.append(atlas.text("p", "caption", word("effects_note", { share: limit })));
    }

    state.marked = () => {
      const known = effectsOf();
      for (const [place, center] of atlas.centers) {
        const node = center.marker.getElement();
        if (!node) continue;
        const kind = state.view === "difference" ? classOf(known.get(place)) : null;
        node.dataset.effect = kind === null ? "" : String(kind);
        node.style.setProperty("--difference", kind === null ? "#fff" : colors[kind]);
      }
    };
    atlas.on("time", () => state.marked());
    const before = atlas.timeFacts;
    atlas.timeFacts = (place) => {
      const one = effectsOf().get(place), facts = before(place);
      if (state.scenario === base || !one || one.d === null) return facts;
      const said = [signed(one.d, one.m || 0), data.unit].map((part) => typeof part === "string" ? same(part) : part);
      return facts.concat([[word("difference"), join([join(said, " "), ...(one.n ? [word("negligible")] : [])], " · ")]]);
    };

    function show(view) {
      state.view = view;
      const comparing = view !== "arrival";
      if (comparing && state.scenario === base) turn(1);
      choose.options[0].disabled = comparing;
      state.paint = view === "difference" ? differenceCurve : null;
      state.tell = view === "difference" ? (resting) => {
        const value = gap(state.scenario, state.t);
        return resting || value === null ? word("difference_hint") : word("points_more", { points: points(value) });
      } : null;
      views.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.view === view)));
      atlas.root.classList.toggle("innoscape-differing", view === "difference");
      key.hidden = view === "difference";
      classes.hidden = view !== "difference";
      innoscape.beside(atlas, time, view === "beside");
      table.hidden = !comparing;
      fill();
      time.redraw();
      time.apply();
    }
    state.show = show;
    atlas.on("scenario", fill);
    views[0].setAttribute("aria-pressed", "true");
    views[1].setAttribute("aria-pressed", "false");
    views[2].setAttribute("aria-pressed", "false");
  };
})();
