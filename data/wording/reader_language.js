// The language that a page opens in: what the reader chose before, else its own, else the browser's, else the first.
const readerLanguage = {
  first(known, own) {
    let kept = null;
    try { kept = localStorage.getItem("innoscape-language"); } catch { /* a frame or a private window keeps nothing */ }
    return [kept, own, ...navigator.languages.map((tag) => tag.split("-")[0])].find((one) => known.includes(one)) || known[0];
  },
  keep(language) {
    try { localStorage.setItem("innoscape-language", language); } catch { /* as above */ }
  },
};
