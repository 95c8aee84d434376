// Take things away: pictures of charts, tables as CSV, links to headings, the citation; tables sort by their headings.
(() => {
  const tools = document.getElementById("tools");
  if (!tools) return;
  const root = document.documentElement;
  const says = (name) => tools.content.querySelector(`[data-tool=${name}]`).cloneNode(true);
  const put = (parent, name, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.take = name;
    button.append(says(name));
    button.addEventListener("click", () => act(button));
    parent.append(button);
    return button;
  };
  // a text as the reader sees it: languages that the page hides are left out
  const seen = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || getComputedStyle(node).display === "none") return "";
    if (node.localName === "br") return " ";
    return [...node.childNodes].map(seen).join("");
  };
  const said = (node) => [...node.childNodes].map(seen).join("").replace(/\s+/g, " ").trim();
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  // headings
  for (const section of document.querySelectorAll("main > section[id]")) {
    section.querySelectorAll("h2, h3").forEach((heading, i) => {
      if (!heading.id) heading.id = `${section.id}-${i}`;
      const link = document.createElement("a");
      link.className = "anchor";
      link.href = `#${heading.id}`;
      link.textContent = "#";
      link.setAttribute("aria-label", says("anchor").textContent);
      heading.append(link);
    });
  }
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();

  // charts: styles are written into a copy, as a picture has no style sheet
  const STYLES = ["fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity",
    "stroke-linejoin", "opacity", "font-size", "font-weight", "font-family", "text-anchor", "paint-order"];
  const picture = (svg) => {
    const copy = svg.cloneNode(true);
    const theirs = [...svg.querySelectorAll("*")];
    [...copy.querySelectorAll("*")].forEach((node, i) => {
      const style = getComputedStyle(theirs[i]);
      if (style.display === "none" && !["title", "desc"].includes(node.localName)) node.dataset.gone = "";
      for (const name of STYLES) node.style.setProperty(name, style.getPropertyValue(name));
    });
    copy.querySelectorAll("[data-gone]").forEach((node) => node.remove());
    const box = svg.viewBox.baseVal;
    copy.setAttribute("width", box.width);
    copy.setAttribute("height", box.height);
    return { text: new XMLSerializer().serializeToString(copy), width: box.width, height: box.height };
  };
  const shown = (figure) => [...figure.querySelectorAll("svg")].filter((svg) => svg.getBoundingClientRect().width);
  const asSvg = (svg, name) => save(new Blob([picture(svg).text], { type: "image/svg+xml" }), `${name}.svg`);
  const asPng = (svg, name) => {
    const { text, width, height } = picture(svg);
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = 3 * width;
      canvas.height = 3 * height;
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, `${name}.png`), "image/png");
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  };
  for (const figure of document.querySelectorAll("figure")) {
    const name = figure.querySelector("figcaption")?.id || "figure";
    const bar = document.createElement("div");
    bar.className = "take";
    const all = (act) => () => shown(figure).forEach((svg, i) => act(svg, i ? `${name}-${i + 1}` : name));
    put(bar, "svg", all(asSvg));
    put(bar, "png", all(asPng));
    figure.append(bar);
  }

  // tables
  const cell = (text) => {
    const number = /^[−-]?[\d,.]+%?$/.test(text);
    const plain = number ? text.replace(/−/g, "-").replace(/,/g, "") : text;
    // a program that opens the file must not take a text for a formula
    const safe = !number && /^[=+\-@\t]/.test(plain) ? `'${plain}` : plain;
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  const value = (row, k) => {
    const text = row.cells[k] ? said(row.cells[k]) : "";
    const number = Number.parseFloat(text.replace(/−/g, "-").replace(/^[<>+]/, "").replace(/,/g, ""));
    return { text, number, blank: text === "" || text === "–" };
  };
  const sort = (table, k, down) => {
    const body = table.tBodies[0];
    const blocks = [[]];
    for (const row of [...body.rows]) {
      if (row.classList.contains("heading")) blocks.push([row], []);
      else blocks[blocks.length - 1].push(row);
    }
    for (const rows of blocks) {
      const found = rows.map((row) => ({ row, ...value(row, k) }));
      const numeric = found.every((one) => one.blank || !Number.isNaN(one.number));
      found.sort((a, b) => a.blank - b.blank || (down ? -1 : 1)
        * (numeric ? a.number - b.number : a.text.localeCompare(b.text, root.lang)));
      body.append(...found.map((one) => one.row));
    }
  };
  document.querySelectorAll("main table").forEach((table, n) => {
    const heads = table.tHead ? [...table.tHead.rows[0].cells] : [];
    const rows = table.tBodies[0] ? [...table.tBodies[0].rows] : [];
    const plain = rows.every((row) => row.classList.contains("heading") || row.cells.length === heads.length);
    if (!heads.length || rows.length < 2 || !plain) return;
    heads.forEach((head, k) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.title = says("sort").textContent;
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, k, down);
      });
    });
    const bar = document.createElement("div");
    bar.className = "take";
    put(bar, "csv", () => {
      const lines = [heads, ...[...table.tBodies[0].rows].map((row) => [...row.cells])];
      const text = lines.map((line) => line.map((one) => cell(said(one))).join(",")).join("\r\n");
      save(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }), `table-${n + 1}.csv`);
    });
    (table.closest(".wide") || table).after(bar);
  });

  // the citation
  const citation = document.getElementById("citation");
  if (citation) {
    const button = put(citation.parentElement, "cite", async () => {
      try {
        await navigator.clipboard.writeText(said(citation));
        button.replaceChildren(says("copied"));
      } catch {
        getSelection().selectAllChildren(citation);
      }
    });
    button.className = "copy";
  }
})();
