// The state of the page in its address: layers, measure, sizes, view, time, scenario, flows and language.
innoscape.linking = function (atlas) {
  "use strict";
  const { map } = atlas;
  // one map writes the address, and none within another page
  if (window.parent !== window || innoscape.all.values().next().value !== atlas) return;
  const short = (value, digits) => String(Number(value.toFixed(digits)));
  const on = () => atlas.layers.map(({ layer }) => (map.hasLayer(layer) ? 1 : 0)).join("");
  const whole = (text, below) => { const value = Number(text); return Number.isInteger(value) && value >= 0 && value < below ? value : null; };
  const tinted = atlas.layers.map((one) => one.measures).filter(Boolean);
  const time = () => atlas.time;
  let kept = null;

  // each: what it is called in the address, how it is read from the page, how it is put back
  const parts = {
    lang: [() => atlas.language, (key) => { if (innoscape.speech.languages.some((one) => one.key === key)) atlas.speak(key); }],
    scenario: [() => (time() ? time().state.scenario.key : ""), (key) => {
      const index = time() ? time().data.scenarios.findIndex((one) => one.key === key) : -1;
      if (index >= 0) time().turn(index);
    }],
    view: [() => (time() && time().state.view) || "", (name) => { if (time() && time().state.show && ["arrival", "difference", "beside"].includes(name)) time().state.show(name); }],
    at: [() => {
      const { lat, lng } = map.getCenter();
      return atlas.touched ? [short(lat, 4), short(lng, 4), short(map.getZoom(), 2)].join(",") : "";
    }, (text) => {
      if (text === "" && atlas.fit) { kept = null; atlas.touched = false; atlas.fit(); return; }
      const [lat, lng, zoom] = text.split(",").map(Number);
      if (![lat, lng, zoom].every(Number.isFinite) || Math.abs(lat) > 90) return;
      atlas.touched = true;
      kept = [[lat, lng], zoom];
      map.setView(...kept, { reset: true });
    }],
    layers: [on, (text) => [...text].forEach((bit, i) => {
      const one = atlas.layers[i];
      if (!one || map.hasLayer(one.layer) === (bit === "1")) return;
      if (bit === "1") one.layer.addTo(map); else one.layer.remove();
    })],
    tint: [() => tinted.map((one) => one.index).join("."), (text) => text.split(".").forEach((value, i) => {
      const index = tinted[i] && whole(value, tinted[i].list.length);
      if (index !== null && index !== undefined) tinted[i].pick(index);
    })],
    size: [() => (atlas.sizing ? atlas.sizing.by : ""), (name) => { if (atlas.sizing && atlas.sizing.modes.some(([one]) => one === name)) atlas.sizing.pick(name); }],
    flows: [() => atlas.flowLayers.map((one) => one.index + "-" + one.top).join("."), (text) => text.split(".").forEach((pair, i) => {
      const one = atlas.flowLayers[i], [year, top] = pair.split("-");
      if (!one) return;
      const index = whole(year, one.data.slices.length);
      if (index !== null && index !== one.index) one.turn(index);
      const count = whole(top, one.data.v.length + 1);
      if (count) one.show(count);
      for (const tell of one.told) tell();
    })],
    t: [() => (time() && time().state.active ? short(time().state.t, 2) : ""), (text) => {
      if (!time()) return;
      if (text === "") time().leave(); else if (Number.isFinite(Number(text))) time().go(Number(text));
    }],
  };
  const read = () => Object.fromEntries(Object.entries(parts).map(([name, [now]]) => [name, now()]));
  const usual = read();
  const fragment = () => Object.entries(read()).filter(([name, value]) => value !== usual[name] && value !== "")
    .map(([name, value]) => name + "=" + encodeURIComponent(value)).join("&");

  // the page is laid out anew around what the address asks for, until the reader moves the map
  map.on("resize", () => { if (kept) map.setView(...kept, { reset: true }); });
  for (const name of ["pointerdown", "wheel", "touchstart", "keydown"]) atlas.root.addEventListener(name, () => { kept = null; }, { passive: true, capture: true });

  let waiting = 0, own = location.hash;
  const write = () => {
    waiting = 0;
    if (time() && time().state.playing) { later(); return; }
    const said = fragment(), hash = said && "#" + said;
    if (hash === location.hash) return;
    own = hash;
    history.replaceState(null, "", hash || location.pathname + location.search);
  };
  const later = () => { if (!waiting) waiting = setTimeout(write, 250); };
  // what the address leaves out stands as it was when the page opened, but for the language
  const restore = (all) => {
    const wanted = new Map(location.hash.slice(1).split("&").map((part) => {
      const [name, value = ""] = part.split("=");
      try { return [name, decodeURIComponent(value)]; } catch { return [name, ""]; }
    }));
    for (const [name, [now, put]] of Object.entries(parts)) {
      const text = wanted.has(name) ? wanted.get(name) : all && name !== "lang" ? usual[name] : null;
      if (text !== null && text !== now()) put(text);
    }
  };
  atlas.link = () => { const said = fragment(); return location.href.split("#")[0] + (said && "#" + said); };
  restore();
  for (const name of ["click", "change", "input", "keyup"]) atlas.root.addEventListener(name, later);
  map.on("moveend", later);
  addEventListener("hashchange", () => { if (location.hash !== own) { own = location.hash; restore(true); } });
};
