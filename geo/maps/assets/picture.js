// The map as a picture: what stands on the page now, panel and map, written as one SVG, or drawn from it as PNG.
(function () {
  "use strict";
  const { el, svg, word } = innoscape;
  // browsers draw nothing on a canvas with a longer side
  const MARGIN = 8, SCALE = 3, LONGEST = 16384;
  const KEPT = ["fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap",
    "stroke-linejoin", "opacity", "font-size", "font-weight", "font-style", "font-family", "letter-spacing", "text-anchor", "paint-order"];
  const short = (value) => String(Math.round(value * 100) / 100);
  const seen = (style) => style.display !== "none" && style.visibility !== "hidden" && Number(style.opacity) > 0 && style.clipPath === "none";
  const colored = (color) => color && color !== "transparent" && !/,\s*0\)$/.test(color);

  // a copy of a drawing with its styles written into it, as a picture has no style sheet
  function styled(drawing) {
    const copy = drawing.cloneNode(true), theirs = [...drawing.querySelectorAll("*")], gone = [];
    [...copy.querySelectorAll("*")].forEach((node, i) => {
      const style = getComputedStyle(theirs[i]);
      if (style.display === "none") gone.push(node);
      node.removeAttribute("class");
      for (const name of KEPT) node.style.setProperty(name, style.getPropertyValue(name).replace(/url\("?[^#"]*#([\w-]+)"?\)/, "url(#$1)"));
    });
    gone.forEach((node) => node.remove());
    for (const name of ["class", "style", "tabindex"]) copy.removeAttribute(name);
    return copy;
  }

  // what a canvas is asked to draw, as paths
  function recorder(out, dx, dy) {
    let d = "";
    const at = (x, y) => short(x + dx) + " " + short(y + dy);
    const put = (attributes) => { if (d) out.append(svg("path", { d, ...attributes })); };
    return {
      beginPath() { d = ""; },
      moveTo(x, y) { d += "M" + at(x, y); },
      lineTo(x, y) { d += "L" + at(x, y); },
      quadraticCurveTo(a, b, x, y) { d += "Q" + at(a, b) + " " + at(x, y); },
      arc(x, y, r) { d += "M" + at(x - r, y) + "a" + r + " " + r + " 0 1 1 " + 2 * r + " 0a" + r + " " + r + " 0 1 1 " + -2 * r + " 0"; },
      closePath() { d += "Z"; },
      fill() { put({ fill: this.fillStyle }); },
      stroke() { put({ fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth }); },
    };
  }

  // lines and areas that Leaflet keeps on a canvas
  function ofCanvas(renderer, out, dx, dy) {
    for (let one = renderer._drawFirst; one; one = one.next) {
      const { layer } = one, { options: given } = layer;
      if (!layer._parts || !layer._parts.length) continue;
      const closed = layer instanceof L.Polygon, d = layer._parts.map((part) =>
        "M" + part.map((point) => short(point.x + dx) + " " + short(point.y + dy)).join("L") + (closed ? "Z" : "")).join("");
      out.append(svg("path", {
        d, "fill-rule": "evenodd", "stroke-linejoin": given.lineJoin, "stroke-linecap": given.lineCap,
        fill: closed && given.fill ? given.fillColor || given.color : "none", "fill-opacity": given.fillOpacity,
        stroke: given.stroke ? given.color : "none", "stroke-width": given.weight, "stroke-opacity": given.opacity,
        ...(given.dashArray ? { "stroke-dasharray": given.dashArray } : {}),
      }));
    }
  }

  const pen = document.createElement("canvas").getContext("2d");
  // the words of a text node, line by line, where the page has them
  function written(node, style, frame, out) {
    const range = document.createRange(), lines = [];
    for (const found of node.data.matchAll(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+/g)) {
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const box = range.getBoundingClientRect(), last = lines[lines.length - 1];
      if (!box.width) continue;
      if (last && Math.abs(last.box.top - box.top) < box.height / 2) {
        last.text += (/\s/.test(node.data[found.index - 1] || "") ? " " : "") + found[0];
        last.right = box.right;
      } else lines.push({ text: found[0], box, right: box.right });
    }
    pen.font = style.fontWeight + " " + style.fontSize + " " + style.fontFamily;
    const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = pen.measureText("x");
    for (const { text, box, right } of lines) {
      const said = svg("text", {
        x: short(box.left - frame.x), y: short(box.top - frame.y + (box.height * above) / (above + below)), fill: style.color,
        "font-family": style.fontFamily, "font-size": style.fontSize, "font-weight": style.fontWeight, "font-style": style.fontStyle,
        textLength: short(right - box.left), lengthAdjust: "spacingAndGlyphs",
        ...(style.letterSpacing === "normal" ? {} : { "letter-spacing": style.letterSpacing }),
        ...(style.textDecorationLine === "none" ? {} : { "text-decoration": style.textDecorationLine }),
        ...(style.textShadow === "none" ? {} : { "paint-order": "stroke", stroke: "#fff", "stroke-width": 2.6, "stroke-linejoin": "round" }),
      });
      said.textContent = style.textTransform === "uppercase" ? text.toUpperCase() : text;
      out.append(said);
    }
  }

  // ground and edges of a box
  function framed(box, style, frame, out) {
    const x = box.left - frame.x, y = box.top - frame.y, { width, height } = box;
    const round = Math.min(parseFloat(style.borderTopLeftRadius) || 0, height / 2);
    const inner = /^(rgba?\([^)]*\)) 0px 0px 0px 1px inset/.exec(style.boxShadow), sides = ["Top", "Right", "Bottom", "Left"].map((side) => {
      const line = style["border" + side + "Style"];
      return line === "none" || line === "hidden" ? 0 : parseFloat(style["border" + side + "Width"]);
    });
    const whole = sides.every(Boolean), edge = inner ? inner[1] : whole ? style.borderTopColor : "none";
    if (colored(style.backgroundColor) || edge !== "none")
      out.append(svg("rect", {
        x: short(x + (edge === "none" ? 0 : 0.5)), y: short(y + (edge === "none" ? 0 : 0.5)), rx: round,
        width: short(Math.max(0, width - (edge === "none" ? 0 : 1))), height: short(Math.max(0, height - (edge === "none" ? 0 : 1))),
        fill: colored(style.backgroundColor) ? style.backgroundColor : "none", stroke: edge,
        ...(whole && /dash|dot/.test(style.borderTopStyle) ? { "stroke-dasharray": "4 3" } : {}),
      }));
    if (whole) return;
    const ends = [[x, y, x + width, y], [x + width, y, x + width, y + height], [x, y + height, x + width, y + height], [x, y, x, y + height]];
    sides.forEach((wide, i) => {
      if (!wide) return;
      const [x1, y1, x2, y2] = ends[i].map(short), side = ["Top", "Right", "Bottom", "Left"][i];
      out.append(svg("line", { x1, y1, x2, y2, stroke: style["border" + side + "Color"], "stroke-width": wide }));
    });
  }

  // rings that style sheets put around centers
  function ringed(node, frame, out) {
    const ring = getComputedStyle(node, "::before"), box = node.getBoundingClientRect();
    if (ring.content === "none" || !node.classList.contains("innoscape-point")) return;
    const grow = new DOMMatrixReadOnly(ring.transform === "none" ? "" : ring.transform).a, line = parseFloat(ring.borderTopWidth);
    out.append(svg("circle", {
      cx: short(box.left + box.width / 2 - frame.x), cy: short(box.top + box.height / 2 - frame.y), r: short(((parseFloat(ring.width) - line) / 2) * grow),
      fill: "none", stroke: ring.borderTopColor, "stroke-width": line, ...(ring.borderTopStyle === "dashed" ? { "stroke-dasharray": "4 3" } : {}),
    }));
  }

  function walk(node, frame, out, atlas) {
    if (node.nodeType === Node.TEXT_NODE) { written(node, getComputedStyle(node.parentNode), frame, out); return; }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    const style = getComputedStyle(node);
    if (!seen(style)) return;
    const box = node.getBoundingClientRect();
    if (node.localName === "svg") {
      if (!box.width || !box.height) return;
      const copy = styled(node), port = node.getAttribute("viewBox");
      for (const [name, value] of [["x", box.left - frame.x], ["y", box.top - frame.y], ["width", box.width], ["height", box.height]]) copy.setAttribute(name, short(value));
      if (!port) copy.setAttribute("viewBox", "0 0 " + node.clientWidth + " " + node.clientHeight);
      if (style.overflow === "visible") copy.setAttribute("overflow", "visible");
      if (Number(style.opacity) < 1) copy.setAttribute("opacity", style.opacity);
      out.append(copy);
      return;
    }
    if (node.classList.contains("innoscape-flows")) {
      const layer = atlas.flowLayers.find((one) => one._container === node);
      const corner = atlas.map.containerPointToLayerPoint([0, 0]), port = atlas.map.getContainer().getBoundingClientRect();
      const ghost = Object.create(layer), group = svg("g"), faint = Number(getComputedStyle(layer.canvases[0]).opacity) * Number(style.opacity);
      group.setAttribute("opacity", faint);
      ghost.wipe = () => recorder(group, port.left - frame.x - corner.x, port.top - frame.y - corner.y);
      ghost.draw();
      out.append(group);
      return;
    }
    if (node.localName === "canvas") {
      let drawn = null;
      atlas.map.eachLayer((one) => { if (one instanceof L.Canvas && one._container === node) drawn = one; });
      const corner = atlas.map.containerPointToLayerPoint([0, 0]), port = atlas.map.getContainer().getBoundingClientRect();
      if (drawn) ofCanvas(drawn, out, port.left - frame.x - corner.x, port.top - frame.y - corner.y);
      return;
    }
    if (node.localName === "img") {
      // pictures of the page itself; those of the network are not its own
      if (/^data:/.test(node.src) && box.width)
        out.append(svg("image", { href: node.src, x: short(box.left - frame.x), y: short(box.top - frame.y), width: short(box.width), height: short(box.height) }));
      return;
    }
    if (node.localName === "input") return;
    if (node.localName === "select") {
      const chosen = node.selectedOptions[0];
      if (!chosen) return;
      const said = svg("text", { x: short(box.left - frame.x), "font-weight": 600, y: short(box.top - frame.y + box.height / 2 + parseFloat(style.fontSize) * 0.36), fill: style.color, "font-family": style.fontFamily, "font-size": style.fontSize });
      said.textContent = chosen.textContent;
      out.append(said);
      return;
    }
    if (box.width && box.height) framed(box, style, frame, out);
    ringed(node, frame, out);
    // what is folded away takes no part
    const inside = node.localName === "details" && !node.open ? node.querySelectorAll(":scope > summary") : node.childNodes;
    for (const child of inside) walk(child, frame, out, atlas);
  }

  // one map: its panes from the lowest, then what stands on it
  function ground(atlas, out, left, stage) {
    const box = atlas.map.getContainer(), port = box.getBoundingClientRect();
    const view = svg("svg", { x: left + port.left - stage.left, y: port.top - stage.top, width: port.width, height: port.height, overflow: "hidden" });
    view.append(svg("rect", { width: port.width, height: port.height, fill: getComputedStyle(box).backgroundColor }));
    const level = (pane) => Number(getComputedStyle(pane).zIndex) || 0;
    const panes = Object.entries(atlas.map.getPanes()).filter(([name]) => name !== "mapPane").map(([, pane]) => pane);
    for (const pane of panes.sort((a, b) => level(a) - level(b)))
      for (const child of [...pane.children].filter((one) => !one.classList.contains("leaflet-pane")).sort((a, b) => level(a) - level(b))) walk(child, port, view, atlas);
    const controls = box.querySelector(".leaflet-control-container");
    if (controls) walk(controls, port, view, atlas);
    out.append(view);
  }

  // how far down the last thing in the panel reaches
  const end = (panel) => Math.max(0, ...[...panel.children].map((one) => one.getBoundingClientRect().bottom)) - panel.getBoundingClientRect().top + panel.scrollTop;

  /* Everything is read in one go, while the page is laid out as it is printed, so that nothing is seen of it. */
  innoscape.picture = function (atlas) {
    const { root, panel, notes, map } = atlas, held = root.className;
    root.classList.add("innoscape-printing");
    root.classList.remove("innoscape-folded");
    const out = svg("svg", { xmlns: "http://www.w3.org/2000/svg" });
    const twin = root.classList.contains("innoscape-beside") ? atlas.twin : null;
    const port = (twin ? map.getContainer().closest(".innoscape-pair") : map.getContainer()).getBoundingClientRect(), bar = root.querySelector(".innoscape-time");
    const told = bar && (root.matches(".innoscape-timed, .innoscape-differing, .innoscape-beside")) ? bar : null;
    const below = told ? told.getBoundingClientRect() : null, foot = port.height + (below ? below.height : 0);
    // notes and sources stand under the map, as wide as it is
    const remarks = notes ? notes.cloneNode(true) : null;
    if (remarks) {
      remarks.open = true;
      Object.assign(remarks.style, { position: "absolute", left: 0, top: 0, width: port.width + "px", padding: MARGIN + "px", margin: 0 });
      root.append(remarks);
      notes.style.display = "none";
    }
    const under = remarks ? remarks.getBoundingClientRect() : null;
    const wide = panel ? panel.offsetWidth : 0, tall = panel ? end(panel) + MARGIN : 0;
    const width = wide + port.width, height = Math.max(tall, foot + (under ? under.height : 0));
    for (const [name, value] of Object.entries({ width, height, viewBox: "0 0 " + width + " " + height })) out.setAttribute(name, value);
    out.append(svg("title"));
    out.firstChild.textContent = document.title;
    const sheet = svg("defs");
    sheet.append(...[...root.querySelectorAll("pattern[id^=innoscape-]")].map((one) => one.cloneNode(true)));
    out.append(sheet, svg("rect", { width, height, fill: getComputedStyle(root).backgroundColor }));
    ground(atlas, out, wide, port);
    if (twin) {
      ground({ map: twin.map, flowLayers: [] }, out, wide, port);
      const beside = { x: port.left - wide, y: port.top };
      for (const said of root.querySelectorAll(".innoscape-beside-title")) walk(said, beside, out, atlas);
      const { left, top, width: w, height: h } = map.getContainer().getBoundingClientRect(), x = wide + left - port.left, y = top - port.top;
      out.append(svg("path", { d: y > 1 ? "M" + x + " " + y + "h" + w : "M" + x + " " + y + "v" + h, stroke: "#22303a", "stroke-width": 3 }));
    }
    if (told) {
      const group = svg("g");
      out.append(group);
      walk(told, { x: below.left - wide, y: below.top - port.height }, group, atlas);
    }
    if (panel) {
      const own = panel.getBoundingClientRect();
      walk(panel, { x: own.left, y: own.top - panel.scrollTop }, out, atlas);
      out.append(svg("line", { x1: wide, x2: wide, y1: 0, y2: height, stroke: getComputedStyle(panel).borderRightColor }));
    }
    if (remarks) {
      const group = svg("g");
      out.append(group);
      walk(remarks, { x: under.left - wide, y: under.top - foot }, group, atlas);
      remarks.remove();
      notes.style.display = "";
    }
    root.className = held;
    return { text: new XMLSerializer().serializeToString(out), width, height };
  };

  function save(blob, name) {
    const link = el("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  const acts = {
    svg: (atlas) => save(new Blob([innoscape.picture(atlas).text], { type: "image/svg+xml" }), "map.svg"),
    png: (atlas) => {
      const { text, width, height } = innoscape.picture(atlas), image = new Image();
      image.onload = () => {
        const canvas = el("canvas"), context = canvas.getContext("2d");
        const scale = Math.min(SCALE, LONGEST / Math.max(width, height));
        Object.assign(canvas, { width: scale * width, height: scale * height });
        context.drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob((blob) => save(blob, "map.png"), "image/png");
      };
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    },
    link: (atlas, button) => {
      const field = el("textarea");
      field.value = atlas.link ? atlas.link() : location.href;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
      atlas.say(button, word("link_copied"));
      setTimeout(() => atlas.say(button, word("take_link")), 2500);
    },
  };

  innoscape.taking = function (atlas) {
    if (!atlas.panel) return;
    const box = el("div", "innoscape-take");
    box.setAttribute("role", "group");
    atlas.sayAs(box, "aria-label", word("take"));
    // a page that frames the map has an address of its own
    for (const name of window.parent === window ? ["png", "svg", "link"] : ["png", "svg"]) {
      const button = atlas.text("button", "", word("take_" + name));
      button.type = "button";
      button.dataset.take = name;
      button.addEventListener("click", () => acts[name](atlas, button));
      box.append(button);
    }
    atlas.panel.append(box);
  };
})();
