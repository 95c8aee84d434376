// Time: the curve of reach is the track of the slider; centers fill as knowledge arrives.
innoscape.timing = function (atlas, data) {
  "use strict";
  const { el, svg, word, join, pick, same, number } = innoscape;
  const state = { scenario: data.scenarios[0], t: 0, active: false, playing: false, speed: 1 };
  const SECONDS = 14;

  const bar = el("section", "innoscape-time");
  atlas.sayAs(bar, "aria-label", word("spread"));
  const head = el("div", "innoscape-time-head");
  const play = el("button", "innoscape-play");
  play.type = "button";
  const picture = svg("svg", { viewBox: "0 0 20 20", width: 18, height: 18, "aria-hidden": "true" });
  const path = svg("path", { d: "M5 3v14l12-7Z" });
  picture.append(path);
  play.append(picture);
  const name = atlas.text("strong", "", word("spread"));
  const choose = el("select");
  atlas.sayAs(choose, "aria-label", word("scenario"));
  data.scenarios.forEach((one, index) => {
    const option = atlas.text("option", "", one);
    option.value = index;
    choose.append(option);
  });
  choose.hidden = data.scenarios.length < 2;
  const speed = el("select", "innoscape-speed");
  atlas.sayAs(speed, "aria-label", word("speed"));
  for (const factor of [0.5, 1, 2, 4]) {
    const option = el("option", "", factor + "×");
    option.value = factor;
    option.selected = factor === 1;
    speed.append(option);
  }
  const readout = el("output", "innoscape-readout");
  const leave = el("button", "innoscape-leave", "×");
  leave.type = "button";
  atlas.sayAs(leave, "aria-label", word("leave"));
  head.append(play, name, choose, speed, readout, leave);

  const track = el("div", "innoscape-track");
  const chart = svg("svg", { class: "innoscape-curve", preserveAspectRatio: "none", "aria-hidden": "true" });
  const slider = el("input");
  slider.type = "range";
  slider.min = 0;
  slider.max = 1000;
  slider.step = 1;
  slider.value = 0;
  atlas.sayAs(slider, "aria-label", word("time"));
  track.append(chart, slider);

  const key = el("div", "innoscape-time-key");
  for (const [cls, label] of [["", "not_yet"], ["maybe", "some_runs"], ["adopted", "half_the_runs"], ["adopted seed", "origin"]]) {
    const item = el("span");
    const mark = svg("svg", { viewBox: "-7 -7 14 14", width: 14, height: 14, class: "innoscape-mark key " + cls, "aria-hidden": "true" });
    if (cls.includes("seed")) mark.append(svg("circle", { r: 6, class: "origin" }));
    mark.append(svg("circle", { r: 3.6, class: "core", "stroke-width": 1.4 }));
    item.append(mark, atlas.text("span", "", word(label)));
    key.append(item);
  }
  // the channel by which most runs reach a center colors it
  const channels = data.channels || [];
  if (channels.length) {
    key.children[2].remove();
    channels.forEach((one) => {
      const item = el("span"), mark = svg("svg", { viewBox: "-7 -7 14 14", width: 14, height: 14, class: "innoscape-mark key adopted", "aria-hidden": "true" });
      mark.style.setProperty("--new", one.color);
      mark.append(svg("circle", { r: 3.6, class: "core", "stroke-width": 1.4 }));
      item.append(mark, atlas.text("span", "", word(one.key)));
      key.insertBefore(item, key.lastChild);
    });
  }
  bar.append(head, track, key);
  atlas.stage.append(bar);

  const INSET = 9;
  function reachCurve({ level, pathOf }) {
    const first = data.scenarios[0].curve;
    const { time, mean, low, high } = state.scenario.curve;
    // without a curve there is nothing to read at a level
    for (const v of first.time.length || time.length ? [0, 0.5, 1] : [0]) level(v, v ? 100 * v + "%" : "");
    if (state.scenario !== data.scenarios[0] && first.time.length)
      chart.append(svg("path", { d: pathOf(first.time, first.mean), class: "reference" }));
    if (low.length && high.length && low.every((v) => v !== null) && high.every((v) => v !== null))
      chart.append(svg("path", { d: pathOf(time, high) + pathOf([...time].reverse(), [...low].reverse()).replace("M", "L") + "Z", class: "band" }));
    if (time.length) chart.append(svg("path", { d: pathOf(time, mean), class: "mean" }));
  }

  function redraw() {
    const w = track.clientWidth || 600, h = track.clientHeight || 62, base = h - 18, top = 5;
    const X = (t) => INSET + (t / data.horizon) * (w - 2 * INSET), Y = (v) => base - v * (base - top);
    chart.setAttribute("viewBox", "0 0 " + w + " " + h);
    chart.replaceChildren();
    const pathOf = (times, values) => times.map((t, i) => (i ? "L" : "M") + X(t).toFixed(1) + " " + Y(values[i]).toFixed(1)).join("");
    const level = (v, label) => {
      chart.append(svg("line", { x1: INSET, x2: w - INSET, y1: Y(v), y2: Y(v), class: "grid" }));
      if (!label) return;
      const mark = svg("text", { x: INSET + 3, y: Y(v) + 10, class: "tick" });
      mark.textContent = label;
      chart.append(mark);
    };
    const rough = data.horizon / 8, power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= rough);
    for (let t = 0; t <= data.horizon + 1e-9; t += step) {
      const mark = svg("text", { x: X(t), y: h - 1, class: "tick", "text-anchor": t === 0 ? "start" : X(t) > w - 20 ? "end" : "middle" });
      mark.textContent = number(Math.round((t + data.start) * 1e6) / 1e6);
      chart.append(mark);
    }
    if (state.paint) state.paint({ chart, X, w, base, top, level, pathOf, inset: INSET });
    else reachCurve({ level, pathOf });
    state.scenario.place.forEach((place, i) => {
      const center = atlas.centers.get(place), t = state.scenario.median[i];
      if (center && t !== null && t <= data.horizon)
        chart.append(svg("line", { x1: X(t), x2: X(t), y1: base + 1, y2: base + 5 + 3 - atlas.step(center.tier), class: "arrival " + atlas.tierClass(center.tier) }));
    });
    chart.append(svg("line", { x1: X(state.t), x2: X(state.t), y1: top - 4, y2: base + 2, class: "now" }));
    state.cursor = chart.lastChild;
    state.X = X;
  }

  // the mean between two grid times
  function reachAt(t) {
    const { time, mean, low, high } = state.scenario.curve;
    if (!time.length) return null;
    let i = 1;
    while (i < time.length - 1 && time[i] < t) i++;
    const u = time.length < 2 ? 0 : Math.max(0, Math.min(1, (t - time[i - 1]) / (time[i] - time[i - 1] || 1)));
    const mix = (v) => v.length > 1 && v[i - 1] !== null && v[i] !== null ? v[i - 1] + u * (v[i] - v[i - 1]) : v[0];
    return { mean: mix(mean), low: low.length ? mix(low) : null, high: high.length ? mix(high) : null };
  }

  // a center's symbol under one scenario, at the time shown
  function mark(node, one, i) {
    const seed = i !== undefined && one.seed.includes(i);
    const median = i === undefined ? null : one.median[i], low = i === undefined ? null : one.low[i];
    const adopted = state.active && (seed || (median !== null && median <= state.t));
    const maybe = state.active && !adopted && low !== null && low <= state.t;
    const news = adopted && !node.classList.contains("adopted") && state.playing;
    node.classList.toggle("adopted", Boolean(adopted));
    node.classList.toggle("maybe", Boolean(maybe));
    node.classList.toggle("seed", Boolean(state.active && seed));
    const channel = i === undefined || !one.channel.length || seed ? null : one.channel[i];
    node.style.setProperty("--new", channel === null || channel === undefined ? "" : channels[channel].color);
    if (news) {
      node.classList.remove("news");
      void node.offsetWidth;
      node.classList.add("news");
    }
  }

  function apply() {
    atlas.root.classList.toggle("innoscape-timed", state.active);
    const one = state.scenario, marks = new Map();
    one.place.forEach((place, i) => marks.set(place, i));
    for (const [place, center] of atlas.centers) {
      const node = center.marker.getElement();
      if (!node) continue;
      mark(node, one, marks.get(place));
    }
    if (state.cursor) { state.cursor.setAttribute("x1", state.X(state.t)); state.cursor.setAttribute("x2", state.X(state.t)); }
    const at = reachAt(state.t), percent = (v) => Math.round(100 * v) + "%";
    const band = at && at.low !== null && at.high !== null ? " (" + percent(at.low) + "–" + percent(at.high) + ")" : "";
    const year = (state.t + data.start).toFixed(data.horizon < 20 ? 1 : 0);
    const when = data.start ? word("in_year", { year }) : word("after", { year, unit: data.unit });
    const reached = at ? [word("reached", { share: percent(at.mean), band })] : [];
    const told = state.tell ? [state.tell()] : reached;
    atlas.say(readout, state.active ? join([when, ...told], "  ·  ") : state.tell ? state.tell(true) : word("press"));
    leave.hidden = !state.active;
    slider.setAttribute("aria-valuetext", readout.textContent);
    atlas.fire("time", state);
  }

  function go(t, stay) {
    state.active = true;
    state.t = Math.max(0, Math.min(data.horizon, t));
    if (!stay) slider.value = Math.round((1000 * state.t) / data.horizon);
    apply();
  }
  let last = 0;
  function frame(now) {
    if (!state.playing) return;
    go(state.t + ((now - last) / 1000) * state.speed * (data.horizon / SECONDS));
    last = now;
    if (state.t >= data.horizon) run(false);
    else requestAnimationFrame(frame);
  }
  function run(on) {
    state.playing = on;
    atlas.sayAs(play, "aria-label", word(on ? "pause" : "play"));
    path.setAttribute("d", on ? "M4 3h4v14H4ZM12 3h4v14h-4Z" : "M5 3v14l12-7Z");
    bar.classList.toggle("playing", on);
    if (!on) return;
    if (!state.active || state.t >= data.horizon) go(0);
    last = performance.now();
    requestAnimationFrame(frame);
  }

  play.addEventListener("click", () => run(!state.playing));
  slider.addEventListener("input", () => { run(false); go((slider.value / 1000) * data.horizon, true); });
  speed.addEventListener("change", () => { state.speed = Number(speed.value); });
  const turn = (index) => {
    state.scenario = data.scenarios[index];
    choose.value = index;
    atlas.fire("scenario", state);
    redraw();
    apply();
  };
  choose.addEventListener("change", () => turn(Number(choose.value)));
  const rest = () => { run(false); state.active = false; state.t = 0; slider.value = 0; apply(); };
  leave.addEventListener("click", rest);
  atlas.on("language", () => { redraw(); apply(); });
  atlas.on("layers", apply);
  new ResizeObserver(redraw).observe(track);

  atlas.timeFacts = (place) => {
    const i = state.scenario.place.indexOf(place);
    if (i < 0) return [];
    const one = state.scenario, many = data.scenarios.length > 1;
    const label = join([word("arrival"), ...(many ? [one] : [])], " · ");
    if (one.seed.includes(i)) return [[label, word("origin")]];
    if (one.median[i] === null) return [[label, word("never")]];
    const show = (v) => (v === null ? ">" : "") + ((v ?? data.horizon) + data.start).toFixed(1);
    const range = one.low[i] === null && one.high[i] === null ? "" : "(" + show(one.low[i]) + "–" + show(one.high[i]) + ")";
    const by = one.channel.length && one.channel[i] !== null ? channels[one.channel[i]] : null;
    const channel = by ? [[word("channel"), word(by.key)]] : [];
    return [[label, join([same(show(one.median[i])), data.unit, same(range)], " ")]].concat(channel);
  };
  run(false);
  atlas.time = { data, state, go, turn, leave: rest };
  innoscape.differing(atlas, { data, state, bar, head, readout, track, key, choose, turn, mark, redraw, apply });
  turn(0);
};
