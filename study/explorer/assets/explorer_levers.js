// The levers: cards that together say a list of interventions, in the words of the study file.
import { el, join, announce, option, same, say, word } from "./explorer_parts.js";

// shown first and open, with cards of their own
const FIRST = ["redirect_flow", "set_channel"];
const percent = (v) => (100 * v).toFixed(1).replace(/\.0$/, "") + "%";
const short = (v) => String(Number(v.toPrecision(4)));

export class Levers {
  constructor(study, host, changed) {
    this.study = study;
    this.changed = changed;
    this.verbs = new Map(study.verbs.map((verb) => [verb.verb, verb]));
    this.lists = {};
    const rank = (v) => (FIRST.includes(v.verb) ? FIRST.indexOf(v.verb) : FIRST.length);
    for (const { verb, title, add: words, meaning } of [...study.verbs].sort((a, b) => rank(a) - rank(b))) {
      if (verb === "redirect_flow" && !study.redirect.length) continue;
      const list = el("div"), count = el("span", { class: "count" });
      const part = el("details", { "data-verb": verb }, el("summary", {}, say(title), " ", count));
      if (!FIRST.includes(verb)) part.append(el("p", { class: "note" }, say(meaning)));
      part.append(list);
      part.open = FIRST.includes(verb);
      if (verb !== "set_channel") {
        const add = el("button", { type: "button", class: "add" }, "+ ", say(words));
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
    const rest = [...steps];
    for (const channel of this.study.channels) {
      const at = rest.findIndex((s) => s.verb === "set_channel" && s.channel === channel.name);
      this.add("set_channel", at < 0 ? {} : rest.splice(at, 1)[0], channel);
    }
    // what moves nothing here has no lever, and stays in the scenario
    this.carried = rest.filter((step) => !this.verbs.has(step.verb));
    for (const step of rest) this.add(step.verb, step);
    const first = this.lists.redirect_flow;
    if (first && !first.cards.length) this.add("redirect_flow", {});
    for (const [verb, one] of Object.entries(this.lists))
      if (verb !== "set_channel" && one.cards.some((c) => c.value())) one.list.parentNode.open = true;
    this.count();
  }

  collect() {
    const moved = [...this.verbs.keys()].flatMap((verb) => (this.lists[verb] ? this.lists[verb].cards.map((c) => c.value()).filter(Boolean) : []));
    return [...moved, ...this.carried];
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
    const card = verb === "redirect_flow" ? this.redirect_flow(step) : channel ? this.set_channel(step, channel) : this.card(verb, step);
    if (!card) return null;
    one.cards.push(card);
    one.list.append(card.node);
    card.node.addEventListener("input", () => this.tell());
    return card.node;
  }

  // a place, an indicator or a network by name, in every language
  name(key) {
    return this.study.names[key] || same(key);
  }

  remover(verb) {
    const names = this.verbs.get(verb).title;
    const button = el("button", { type: "button", class: "remove" }, "×");
    announce(button, word("remove", { name: names }));
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
    announce(node, label);
    for (const place of places) node.append(option(place, this.name(place)));
    if (chosen && !places.includes(chosen)) node.append(option(chosen, this.name(chosen)));
    if (chosen) node.value = chosen;
    return node;
  }

  // a card for any verb: one control a field, as the field is described
  card(verb, step) {
    const { fields } = this.verbs.get(verb), start = dated(step.start, this.study.horizon);
    const parts = [];
    for (const field of fields) parts.push([field, this.control(verb, field, step[field.name], fields, parts.map(([, part]) => part?.value()))]);
    if (parts.some(([, part]) => !part)) return null;
    const node = el("div", { class: "card" }, el("div", { class: "top" }, parts[0][1].node, this.remover(verb)), ...parts.slice(1).map(([, part]) => part.node), start.node);
    const value = () => {
      const given = { verb };
      for (const [field, part] of parts) {
        const one = part.value();
        if (one !== undefined) given[field.name] = one;
        else if (field.required) return false;
      }
      return { ...given, start: start.value() };
    };
    return { node, value };
  }

  control(verb, field, given, fields, taken) {
    const { kind, label } = field;
    if (kind === "place") {
      const places = field.among === "new" ? this.study.addable.map((r) => r.place) : this.places(true);
      const used = this.lists[verb].cards.map((c) => c.value()[field.name]);
      const preset = this.study.presets.flatMap((p) => p.interventions).find((s) => s.verb === verb && !used.includes(s[field.name]));
      const chosen = given ?? preset?.[field.name] ?? places.find((p) => !used.includes(p));
      if (!chosen) return null;
      const node = this.chooser(places, chosen, label);
      return { node, value: () => node.value };
    }
    if (kind === "indicators") return this.several(field, [].concat(given ?? this.study.indicators[0]));
    if (kind === "places") {
      const first = field.among === "scored" ? [this.study.scored[0]] : this.unseeded(taken);
      return this.several(field, [].concat(given ?? (field.required && field.count < 2 ? first : [])));
    }
    if (kind === "groups") return this.groups(field, given ?? [this.unseeded(taken)]);
    if (kind === "number" && field.required) {
      const { least, most, above, usual } = field, to = most ?? Math.max(2, 4 * usual), from = least ?? above + to / 100;
      const part = slider(label, { min: from, max: to, step: field.whole ? 1 : to / 100, value: given ?? usual, show: least === 0 && most === 1 ? percent : short });
      return part;
    }
    if (kind === "number") {
      const input = el("input", { type: "number", min: field.least ?? field.above ?? "", max: field.most ?? "", step: field.whole ? 1 : "any" });
      input.value = given ?? "";
      announce(input, label);
      return { node: el("div", { class: "row two" }, say(label), input), value: () => (input.value === "" ? undefined : Number(input.value)) };
    }
    const { tiers, channels } = this.study, words = kind === "tier" ? this.study.tier_names : this.study.words;
    const options = { tier: tiers, channel: channels.map((c) => c.name), choice: field.choices, network: this.study.networks }[kind];
    const node = el("select");
    announce(node, label);
    for (const one of field.required ? options : ["", ...options]) node.append(option(one, words[one] || same(one || "–")));
    node.value = given ?? (!field.required ? "" : kind !== "tier" ? options[0] : fields.some((f) => f.among === "new") ? options.at(-1) : options[Math.min(1, options.length - 1)]);
    return { node: el("div", { class: "row two" }, say(label), node), value: () => node.value || undefined };
  }

  unseeded(taken) {
    return [(this.study.centers.find((c) => ![...this.study.seeds, ...taken].includes(c.place)) || this.study.centers[0]).place];
  }

  // several places or indicators: chips that can be removed, and a chooser that adds to them
  several({ kind, among, label, count, required }, given) {
    let chosen = [...given];
    const from = kind === "indicators" ? this.study.indicators : among === "scored" ? this.study.scored : this.places(true);
    const chips = el("div", { class: "chips" }), more = this.chooser(["", ...from], "", label);
    more.firstChild.replaceWith(option("", word(kind === "indicators" ? "add_indicator" : "add_place")));
    more.value = "";
    const draw = () => {
      chips.replaceChildren(...chosen.map((place) => {
        const names = this.name(place);
        const chip = el("button", { type: "button" }, say(names), " ×");
        announce(chip, word("remove", { name: names }));
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
    const node = el("div", { class: "several" }, el("div", { class: "row two" }, say(label), more), chips);
    return { node, value: () => (chosen.length >= (required ? count : 1) ? [...chosen] : undefined) };
  }

  groups(field, given) {
    const parts = given.map((places) => this.several(field, places)), list = el("div", {}, ...parts.map((p) => p.node));
    const add = el("button", { type: "button", class: "add" }, "+");
    announce(add, field.label);
    add.addEventListener("click", () => {
      parts.push(this.several(field, []));
      list.append(parts.at(-1).node);
    });
    const value = () => {
      const groups = parts.map((p) => p.value()).filter(Boolean);
      return groups.length ? groups : undefined;
    };
    return { node: el("div", { class: "several" }, list, add), value };
  }

  redirect_flow(step) {
    const pairs = this.study.redirect;
    const own = (p) => p.source === this.study.seeds[0];
    const listed = this.study.presets.flatMap((p) => p.interventions).find((s) => s.verb === "redirect_flow");
    const wanted = step.source ? step : listed || pairs.find(own) || pairs[0];
    const select = el("select");
    announce(select, word("whose_flow"));
    pairs.forEach((p, i) => {
      select.append(option(String(i), word("flow_in", { source: this.name(p.source), scope: this.name(p.within) })));
    });
    let at = pairs.findIndex((p) => p.source === wanted.source && p.within === wanted.within);
    let given = null;
    if (at < 0 && step.source) {
      // a group of places that is no scope
      given = step.within;
      const scope = join([].concat(step.within).map((place) => this.name(place)));
      select.append(option("given", word("flow_in", { source: this.name(step.source), scope })));
      select.value = "given";
    } else select.value = String(Math.max(at, 0));
    const now = () => (select.value === "given" ? { source: step.source, within: given, share: step.share } : pairs[Number(select.value)]);
    const share = slider(word("share_kept"), { min: 0, max: 1, step: 0.01, value: step.share ?? now().share, show: percent });
    const was = el("output"), tell = () => { was.textContent = select.value === "given" ? "" : percent(now().share); };
    tell();
    let touched = step.share !== undefined;
    share.input.addEventListener("input", () => { touched = true; });
    select.addEventListener("input", () => { if (!touched) share.set(now().share); tell(); });
    const start = dated(step.start, this.study.horizon);
    const node = el("div", { class: "card" }, el("div", { class: "top" }, select, this.remover("redirect_flow")),
      share.node, el("div", { class: "row" }, say(word("in_the_study")), el("span"), was), start.node);
    const value = () => touched && { verb: "redirect_flow", source: now().source, within: now().within, share: share.value(), ...(step.network && { network: step.network }), start: start.value() };
    return { node, value };
  }

  set_channel(step, channel) {
    const far = channel.decay === "exponential" || channel.decay === "power";
    const km = word("half_distance"), rate = channel.rate || 0.05, half = channel.half_distance;
    const parts = { rate: slider(word("rate"), { min: 0, max: 4 * rate, step: rate / 20, value: step.rate ?? channel.rate, show: short }) };
    if (far) parts.half_distance = slider(km, { min: half / 5, max: 4 * half, step: half / 40, value: step.half_distance ?? half, show: (v) => short(v) + " km" });
    if (channel.decay !== "none") parts.tacit_share = slider(word("tacit_share"), { min: 0, max: 1, step: 0.01, value: step.tacit_share ?? channel.tacit_share, show: percent });
    const start = dated(step.start, this.study.horizon);
    const node = el("fieldset", { class: "card", "data-channel": channel.name }, el("legend", {}, say(this.study.words[channel.name])),
      ...Object.values(parts).map((p) => p.node), start.node);
    const value = () => {
      // options without a slider stay as they were given
      const changes = Object.fromEntries(Object.entries(step).filter(([key]) => !["verb", "channel", "start"].includes(key) && !(key in parts)));
      for (const [key, part] of Object.entries(parts))
        if (part.moved() || key in step) if (Math.abs(part.value() - channel[key]) > 1e-12) changes[key] = part.value();
      return Object.keys(changes).length && { verb: "set_channel", channel: channel.name, ...changes, start: start.value() };
    };
    return { node, value };
  }
}

function slider(names, { min, max, step, value, show }) {
  const input = el("input", { type: "range", min, max: Math.max(max, value), step: "any" });
  input.value = value;
  announce(input, names);
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
    node: el("div", { class: "row" }, say(names), input, output), input,
    value: () => exact, moved: () => moved,
    set: (v) => { exact = v; input.value = v; tell(); },
  };
}

function dated(start, horizon) {
  const input = el("input", { type: "number", min: 0, max: horizon, step: 0.5 });
  input.value = start || 0;
  announce(input, word("from_year"));
  const value = () => Math.max(0, Number(input.value) || 0);
  return { node: el("div", { class: "row two" }, say(word("from_year")), input), value };
}
