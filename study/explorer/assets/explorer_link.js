// The address holds the page and where its controls stand, so that a link opens the same view again.

// text stands as it is, all else in JSON
const read = (text) => { try { return JSON.parse(text); } catch { return text; } };
const write = (value) => (typeof value === "string" && read(value) === value ? value : JSON.stringify(value));
const blank = (value) => value === null || value === undefined || value === "" || (typeof value === "object" && !Object.keys(value).length);

export function linked() {
  const [name, query = ""] = location.hash.slice(1).split("?");
  return { name, state: Object.fromEntries([...new URLSearchParams(query)].map(([key, value]) => [key, read(value)])) };
}

// the address of each page as it was last left or taken
const left = {};
export const linkTo = (name) => left[name] || name;
// whether the address asks for another view of an open page than the page shows
export const strange = () => location.hash.slice(1) !== linkTo(linked().name);

// what the address asks of a page, which is about to show it
export function taken(name) {
  const asked = linked();
  if (asked.name !== name) return {};
  left[name] = location.hash.slice(1);
  return asked.state;
}

export function keepLink(name, state) {
  // an address that was given and is not shown yet stays
  const own = !location.hash || location.hash.slice(1) === linkTo(name);
  const query = new URLSearchParams(Object.entries(state).filter(([, value]) => !blank(value)).map(([key, value]) => [key, write(value)])).toString();
  left[name] = query ? `${name}?${query}` : name;
  if (own) history.replaceState(null, "", "#" + left[name]);
}
