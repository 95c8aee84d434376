// The page reads without this script; it adds the language switch and marks the current section.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const frames = document.querySelectorAll("iframe[srcdoc]");
  // a framed map speaks one language; where all are shown it keeps its own. Its origin is opaque, so the target is any
  const tell = (frame) => {
    if (root.dataset.show !== "all") frame.contentWindow.postMessage({ language: root.dataset.show }, "*");
  };
  for (const frame of frames) {
    frame.addEventListener("load", () => tell(frame));
    tell(frame);
  }
  for (const input of document.querySelectorAll("input[name=show]")) {
    input.checked = root.dataset.show === input.value;
    input.addEventListener("change", () => {
      root.dataset.show = input.value;
      root.lang = input.lang;
      readerLanguage.keep(input.value);
      frames.forEach(tell);
    });
  }
  if (!("IntersectionObserver" in window)) return;
  // a map measures its frame once, so it is loaded into a frame that has its size already
  for (const frame of frames) {
    const page = frame.srcdoc;
    frame.removeAttribute("srcdoc");
    frame.loading = "eager";
    const near = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      requestAnimationFrame(() => { frame.srcdoc = page; });
    }, { rootMargin: "600px" });
    near.observe(frame);
  }
  const links = new Map([...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-10% 0px -80% 0px" });
  for (const section of document.querySelectorAll("main > section[id]")) watcher.observe(section);
})();
