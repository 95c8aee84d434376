(() => {
  const root = document.documentElement, tags = TAGS;
  root.dataset.show = readerLanguage.first(Object.keys(tags), root.dataset.own);
  root.lang = tags[root.dataset.show];
})();
