// The page: languages, tabs, and one script for each of them, which runs when its tab is first opened.
import { readerLanguage } from "./explorer_words.js";
import { ask, asking } from "./explorer_ask.js";
import { linked, linkTo, strange } from "./explorer_link.js";
import { openIndex } from "./explorer_index.js";
import { openNetworks } from "./explorer_networks.js";
import { openSpread } from "./explorer_spread.js";
import { openData } from "./explorer_data.js";
import { el, announce, join, say, speak, speech, word } from "./explorer_parts.js";

const $ = (id) => document.getElementById(id);
const opened = { data: openData, index: openIndex, networks: openNetworks, scenarios: openSpread };
// views: how each page that is open shows what the address asks for
const page = { study: null, spoken: [], views: {}, $ };

function choose(language) {
  speak(language);
  document.documentElement.dataset.show = language;
  document.documentElement.lang = speech.languages.find(({ key }) => key === language).tag;
  for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  for (const draw of page.spoken) draw();
}

page.status = (text) => $("status").replaceChildren(say(text));
page.faults = (lines) => {
  $("faults").hidden = !lines.length;
  $("faults").replaceChildren(say(join(lines, "\n")));
};
// asks whenever a lever of the page moves, and counts what was answered
page.asking = (name, answered) => asking(name, {
  answered: (content, told) => {
    page.faults([]);
    answered(content, told);
    const shown = document.documentElement.dataset;
    shown.answered = String(Number(shown.answered || 0) + 1);
    page.took = Math.round(performance.now() - told.began);
    if (!content.runs) page.status(word("took_ms", { ms: page.took }));
  },
  refused: page.faults,
  ended: () => page.faults([word("ended")]),
});

const tabs = () => [...document.querySelectorAll("[role=tab]")];
function open(name) {
  page.open = name;
  for (const tab of tabs()) {
    const here = tab.dataset.page === name;
    tab.setAttribute("aria-selected", String(here));
    tab.tabIndex = here ? 0 : -1;
    $("page-" + tab.dataset.page).hidden = !here;
  }
  page.faults([]);
  const first = opened[name];
  if (first) { opened[name] = null; first(page); }
}

function listen() {
  const list = tabs();
  for (const tab of list) tab.addEventListener("click", () => { location.hash = linkTo(tab.dataset.page); });
  list[0].parentNode.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const usable = list.filter((tab) => !tab.disabled);
    const next = usable[(usable.indexOf(document.activeElement) + step + usable.length) % usable.length];
    next.focus();
    next.click();
    event.preventDefault();
  });
  window.addEventListener("hashchange", () => {
    const name = asked(), view = strange() && linked().name === name ? page.views[name] : null;
    if (name !== page.open) open(name);
    if (view) view();
  });
}
const asked = () => {
  const { study } = page, wanted = linked().name;
  if (study.found) return "data";
  return Object.hasOwn(opened, wanted) ? wanted : study.spreads ? "scenarios" : study.scored.length ? "index" : study.networks.length ? "networks" : "data";
};

async function start() {
  // charts come with every language; one shows
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(speech.languages.map(({ key }) => `svg .${key} { display: none } [data-show=${key}] svg .${key} { display: inline }`).join("\n"));
  document.adoptedStyleSheets = [sheet];
  for (const { key, name, tag } of speech.languages) {
    const button = el("button", { type: "button", "data-language": key, lang: tag }, name);
    button.addEventListener("click", () => { readerLanguage.keep(key); choose(key); });
    $("languages").append(button);
  }
  for (const node of document.querySelectorAll("[data-word]")) node.replaceWith(say(word(node.dataset.word)));
  for (const node of document.querySelectorAll("[data-label]")) announce(node, word(node.dataset.label));
  choose(readerLanguage.first(speech.languages.map(({ key }) => key)));
  page.study = (await ask("study")).content;
  document.title = page.study.title.en + " · innoscape";
  $("title").append(say(page.study.title));
  // a study with faults has nothing else to show
  if (page.study.found) for (const tab of tabs()) tab.disabled = tab.dataset.page !== "data";
  listen();
  open(asked());
}
start();
