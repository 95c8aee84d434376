// The pins of folium.Icon: names and options are those of Leaflet.awesome-markers, the drawing is our own.
(function () {
  "use strict";
  const { el, svg } = innoscape;
  const COLORS = {
    red: "#d63e2a", darkred: "#a23336", lightred: "#ff8e7f", orange: "#f69730", beige: "#ffcb92", green: "#72b026",
    darkgreen: "#728224", lightgreen: "#bbf970", blue: "#38aadd", darkblue: "#0067a3", lightblue: "#8adaff",
    purple: "#d252b9", darkpurple: "#5b396b", pink: "#ff91ea", cadetblue: "#436978", white: "#fbfbfb", gray: "#575757",
    lightgray: "#a3a3a3", black: "#303030",
  };

  const Pin = L.Icon.extend({
    options: {
      iconSize: [35, 45], iconAnchor: [17, 42], popupAnchor: [1, -32], tooltipAnchor: [14, -24], className: "innoscape-pin",
      markerColor: "blue", iconColor: "white", prefix: "glyphicon", icon: "home", extraClasses: "",
    },

    createIcon: function () {
      const { markerColor, iconColor, prefix, icon, extraClasses } = this.options;
      const box = el("div"), picture = svg("svg", { viewBox: "0 0 35 45", width: 35, height: 45, "aria-hidden": "true" });
      picture.append(svg("path", {
        d: "M17 2C9 2 3 8 3 16c0 10 10 14 14 26 4-12 14-16 14-26C31 8 25 2 17 2Z",
        fill: COLORS[markerColor] || markerColor, stroke: "#1c2b35", "stroke-opacity": 0.35,
      }));
      // a style sheet of icons fills this in; without one it is a dot
      const glyph = el("i", [prefix, icon.startsWith(prefix + "-") ? icon : prefix + "-" + icon, extraClasses].join(" "));
      const turn = /fa-rotate-(\d+)/.exec(extraClasses);
      Object.assign(glyph.style, { color: iconColor, transform: turn ? "rotate(" + turn[1] + "deg)" : "" });
      box.append(picture, glyph);
      this._setIconStyles(box, "icon");
      return box;
    },
    createShadow: () => null,
  });

  L.AwesomeMarkers = { Icon: Pin, icon: (options) => new Pin(options) };
})();
