// The levers: cards that together say a list of interventions, in the words of the study file.
import { el, both, option } from "./explorer_parts.js";

const TITLES = {
  redirect_flow: ["Localization: share that stays in a scope", "本地化：留在区域内的份额"],
  set_channel: ["Channels", "扩散渠道"],
  set_tier: ["Tiers of centers", "中心层级"],
  add_center: ["Added centers", "新增中心"],
  scale_cost: ["Corridors: costs inside", "走廊：内部成本"],
  seed: ["Further seeds", "新增源头"],
  other: ["Other interventions", "其他干预"],
};
// the order in which a scenario applies them: what is added can then be moved, joined and seeded
const ORDER = ["add_center", "set_tier", "scale_cost", "set_channel", "redirect_flow", "seed", "other"];
const ADD = {
  redirect_flow: ["Add a step", "添加一步"], set_tier: ["Move a center", "调整一个中心"], add_center: ["Add a center", "新增一个中心"],
  scale_cost: ["Add a corridor", "添加走廊"], seed: ["Add a seed", "添加源头"],
};
const percent = (v) => (100 * v).toFixed(1).replace(/\.0$/, "") + "%";
const short = (v) => String(Number(v.toPrecision(4)));

export class Levers {
  constructor(study, host, changed) {
    this.study = study;
    this.changed = changed;
    this.lists = {};
    for (const verb of Object.keys(TITLES)) {
      const list = el("div"), count = el("span", { class: "count" });
      const part = el("details", { "data-verb": verb }, el("summary", {}, both(TITLES[verb]), " ", count), list);
      part.open = verb === "redirect_flow" || verb === "set_channel";
      if (verb === "redirect_flow" && !study.redirect.length) continue;
      if (ADD[verb]) {
        const add = el("button", { type: "button", class: "add" }, "+ ", both(ADD[verb]));
        add.addEventListener("click", () => {
          const card = this.add(verb, {});
          if (!card) return;
          card.querySelector("select, input").focus();
          this.tell();
        });
        part.append(add);
      }
      host.append(part);
      this.lists[verb] = { list, count, cards: [] };
    }
    this.load([]);
  }

  // show a list of interventions
  load(steps) {
    for (const one of Object.values(this.lists)) {
      one.cards = [];
      one.list.replaceChildren();
    }
    for (const channel of this.study.channels) {
      const step = steps.find((s) => s.verb === "set_channel" && s.channel === channel.name) || {};
      this.add("set_channel", step, channel);
    }
    for (const step of steps) if (step.verb !== "set_channel") this.add(step.verb in ADD ? step.verb : "other", step);
    if (this.lists.other) this.lists.other.list.parentNode.hidden = !this.lists.other.cards.length;
    const first = this.lists.redirect_flow;
    if (first && !first.cards.length) this.add("redirect_flow", {});
    for (const [verb, one] of Object.entries(this.lists))
      if (verb !== "set_channel" && one.cards.some((c) => c.value())) one.list.parentNode.open = true;
    this.count();
  }

  collect() {
    return ORDER.flatMap((verb) => (this.lists[verb] ? this.lists[verb].cards.map((c) => c.value()).filter(Boolean) : []));
  }

  count() {
    for (const one of Object.values(this.lists)) {
      const moved = one.cards.filter((c) => c.value());
      one.count.textContent = moved.length ? "· " + moved.length : "";
      for (const card of one.cards) card.node.classList.toggle("moved", Boolean(card.value()));
    }
  }

  tell() {
    this.count();
    this.changed(this.collect());
  }

  add(verb, step, channel) {
    const one = this.lists[verb];
    if (!one) return null;
    const card = this[verb](step, channel);
    if (!card) return null;
    one.cards.push(card);
    one.list.append(card.node);
    card.node.addEventListener("input", () => this.tell());
    return card.node;
  }

  remover(verb, names) {
    const button = el("button", { type: "button", class: "remove" }, "×");
    both.label(button, ["Remove: " + names[0], "移除：" + names[1]]);
    button.addEventListener("click", () => {
      const one = this.lists[verb], node = button.closest(".card");
      one.cards = one.cards.filter((c) => c.node !== node);
      node.remove();
      one.list.parentNode.querySelector(".add")?.focus();
      this.tell();
    });
    return button;
  }

  places(all) {
    const rows = all ? [...this.study.centers, ...this.study.addable] : this.study.centers;
    return [...new Set(rows.map((r) => r.place))];
  }

  chooser(places, chosen, label) {
    const node = el("select");
    both.label(node, label);
    for (const place of places) node.append(option(place, this.study.names[place] || [place, place]));
    if (chosen && !places.includes(chosen)) node.append(option(chosen, this.study.names[chosen] || [chosen, chosen]));
    if (chosen) node.value = chosen;
    return node;
  }

  tiers(chosen) {
    const node = el("select");
    both.label(node, ["Tier", "层级"]);
    for (const tier of this.study.tiers) node.append(option(tier, this.study.words[tier]));
    node.value = chosen;
    return node;
  }

  redirect_flow(step) {
    const pairs = this.study.redirect;
    const own = (p) => p.source === this.study.seeds[0];
    const listed = this.study.presets.flatMap((p) => p.interventions).find((s) => s.verb === "redirect_flow");
    const wanted = step.source ? step : listed || pairs.find(own) || pairs[0];
    const select = el("select");
    both.label(select, ["Whose flow, within which scope", "谁的流，留在哪个区域"]);
    pairs.forEach((p, i) => {
      const [a, b] = [this.study.names[p.source], this.study.names[p.within]];
      select.append(option(String(i), [a[0] + " in " + b[0], a[1] + "：" + b[1]]));
    });
    let at = pairs.findIndex((p) => p.source === wanted.source && p.within === wanted.within);
    let given = null;
    if (at < 0 && step.source) {
      // a group of places that is no scope
      given = step.within;
      const names = [].concat(step.within).map((p) => this.study.names[p] || [p, p]);
      const from = this.study.names[step.source] || [step.source, step.source];
      select.append(option("given", [from[0] + " in " + names.map((n) => n[0]).join(", "), from[1] + "：" + names.map((n) => n[1]).join("、")]));
      select.value = "given";
    } else select.value = String(Math.max(at, 0));
    const now = () => (select.value === "given" ? { source: step.source, within: given, share: step.share } : pairs[Number(select.value)]);
    const share = slider(["Share kept", "留存份额"], { min: 0, max: 1, step: 0.01, value: step.share ?? now().share, show: percent });
    const was = el("output"), tell = () => { was.textContent = select.value === "given" ? "" : percent(now().share); };
    tell();
    let touched = step.share !== undefined;
    share.input.addEventListener("input", () => { touched = true; });
    select.addEventListener("input", () => { if (!touched) share.set(now().share); tell(); });
    const start = dated(step.start, this.study.horizon);
    const node = el("div", { class: "card" }, el("div", { class: "top" }, select, this.remover("redirect_flow", TITLES.redirect_flow)),
      share.node, el("div", { class: "row" }, both(["in the study", "原研究"]), el("span"), was), start.node);
    const value = () => touched && { verb: "redirect_flow", source: now().source, within: now().within, share: share.value(), start: start.value() };
    return { node, value };
  }

  set_channel(step, channel) {
    const far = channel.decay === "exponential" || channel.decay === "power";
    const km = ["Half-distance", "半衰距离"], rate = channel.rate || 0.05, half = channel.half_distance;
    const parts = { rate: slider(["Rate a year", "年速率"], { min: 0, max: 4 * rate, step: rate / 20, value: step.rate ?? channel.rate, show: short }) };
    if (far) parts.half_distance = slider(km, { min: half / 5, max: 4 * half, step: half / 40, value: step.half_distance ?? half, show: (v) => short(v) + " km" });
    if (channel.decay !== "none") parts.tacit_share = slider(["Tacit share", "隐性知识占比"], { min: 0, max: 1, step: 0.01, value: step.tacit_share ?? channel.tacit_share, show: percent });
    const start = dated(step.start, this.study.horizon);
    const node = el("fieldset", { class: "card", "data-channel": channel.name }, el("legend", {}, both(this.study.words[channel.name])),
      ...Object.values(parts).map((p) => p.node), start.node);
    const value = () => {
      const changes = {};
      for (const [key, part] of Object.entries(parts))
        if (part.moved() || key in step) if (Math.abs(part.value() - channel[key]) > 1e-12) changes[key] = part.value();
      return Object.keys(changes).length && { verb: "set_channel", channel: channel.name, ...changes, start: start.value() };
    };
    return { node, value };
  }

  set_tier(step) {
    const used = this.lists.set_tier.cards.map((c) => c.value().place), open = this.study.centers.filter((c) => !used.includes(c.place));
    const free = open.find((c) => c.tier !== "international" && c.tier_status === "assumed") || open[0] || this.study.centers[0];
    const place = this.chooser(this.places(true), step.place || free.place, ["Center", "中心"]);
    const tier = this.tiers(step.tier || "national"), start = dated(step.start, this.study.horizon);
    const node = el("div", { class: "card" }, el("div", { class: "top" }, place, this.remover("set_tier", TITLES.set_tier)),
      el("div", { class: "row two" }, both(["Tier", "层级"]), tier), start.node);
    return { node, value: () => keep(step, { verb: "set_tier", place: place.value, tier: tier.value, start: start.value() }) };
  }

  add_center(step) {
    const listed = this.study.presets.flatMap((p) => p.interventions).find((s) => s.verb === "add_center");
    const used = this.lists.add_center.cards.map((c) => c.value().place);
    const free = [listed && listed.place, ...this.study.addable.map((r) => r.place)].filter((p) => p && !used.includes(p));
    const first = step.place || free[0];
    if (!first) return null;
    const place = this.chooser(this.study.addable.map((r) => r.place), first, ["Place", "地点"]);
    const tier = this.tiers(step.tier || "local"), start = dated(step.start, this.study.horizon);
    const node = el("div", { class: "card" }, el("div", { class: "top" }, place, this.remover("add_center", TITLES.add_center)),
      el("div", { class: "row two" }, both(["Tier", "层级"]), tier), start.node);
    return { node, value: () => keep(step, { verb: "add_center", place: place.value, tier: tier.value, start: start.value() }) };
  }

  scale_cost(step) {
    let chosen = [...(step.places || [])];
    const chips = el("div", { class: "chips" });
    const more = this.chooser(["", ...this.places(true)], "", ["Add a place to the corridor", "向走廊添加地点"]);
    more.firstChild.replaceWith(option("", ["+ place", "+ 地点"]));
    more.value = "";
    const draw = () => {
      chips.replaceChildren(...chosen.map((place) => {
        const names = this.study.names[place] || [place, place];
        const chip = el("button", { type: "button" }, both(names), " ×");
        both.label(chip, ["Remove " + names[0], "移除" + names[1]]);
        chip.addEventListener("click", () => { chosen = chosen.filter((p) => p !== place); draw(); more.focus(); this.tell(); });
        return chip;
      }));
    };
    more.addEventListener("input", () => {
      if (more.value && !chosen.includes(more.value)) chosen.push(more.value);
      more.value = "";
      draw();
    });
    draw();
    const factor = slider(["Costs times", "成本倍数"], { min: 0.05, max: 2, step: 0.05, value: step.factor ?? 0.5, show: (v) => "× " + short(v) });
    const start = dated(step.start, this.study.horizon);
    const node = el("div", { class: "card" }, el("div", { class: "top" }, more, this.remover("scale_cost", TITLES.scale_cost)), chips, factor.node, start.node);
    return { node, value: () => chosen.length > 1 && { verb: "scale_cost", places: chosen, factor: factor.value(), start: start.value() } };
  }

  // interventions without controls of their own are shown, kept, and can be removed
  other(step) {
    const text = Object.entries(step).filter(([key]) => key !== "verb").map(([key, value]) => key + " = " + JSON.stringify(value)).join(", ");
    const node = el("div", { class: "card" }, el("div", { class: "top" }, el("code", {}, step.verb), this.remover("other", TITLES.other)), el("p", { class: "note" }, text));
    return { node, value: () => step };
  }

  seed(step) {
    const places = (step.places || [(this.study.centers.find((c) => !this.study.seeds.includes(c.place)) || this.study.centers[0]).place]).slice();
    const place = this.chooser(this.places(true), places[0], ["Center", "中心"]), rest = places.slice(1);
    const start = dated(step.start, this.study.horizon);
    const node = el("div", { class: "card" }, el("div", { class: "top" }, place, this.remover("seed", TITLES.seed)), start.node);
    return { node, value: () => ({ verb: "seed", places: [place.value, ...rest], start: start.value() }) };
  }
}

// numbers that no control shows stay as the scenario had them
function keep(step, value) {
  return step.receptivity === undefined || step.place !== value.place ? value : { ...value, receptivity: step.receptivity };
}

function slider(names, { min, max, step, value, show }) {
  const input = el("input", { type: "range", min, max: Math.max(max, value), step: "any" });
  input.value = value;
  both.label(input, names);
  // the pointer moves freely; what counts is the nearest step, but never what was given
  let exact = Number(value), moved = false;
  const output = el("output");
  const tell = () => { output.textContent = show(exact); input.setAttribute("aria-valuetext", show(exact)); };
  input.addEventListener("input", () => {
    moved = true;
    exact = Number((Math.round(Number(input.value) / step) * step).toPrecision(10));
    tell();
  });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!by) return;
    event.preventDefault();
    input.value = Math.min(Number(input.max), Math.max(min, exact + by * step));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  tell();
  return {
    node: el("div", { class: "row" }, both(names), input, output), input,
    value: () => exact, moved: () => moved,
    set: (v) => { exact = v; input.value = v; tell(); },
  };
}

function dated(start, horizon) {
  const input = el("input", { type: "number", min: 0, max: horizon, step: 0.5 });
  input.value = start || 0;
  both.label(input, ["From year", "起始年"]);
  const value = () => Math.max(0, Number(input.value) || 0);
  return { node: el("div", { class: "row two" }, both(["From year", "起始年"]), input), value };
}
