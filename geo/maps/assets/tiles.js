// Tiles from the network. Under Chinese tiles the whole map is projected by way of GCJ-02, so that every layer fits.
(function () {
  "use strict";
  const { at, word } = innoscape;
  const SHIFTED = /\.(autonavi\.com|amap\.com|gtimg\.com|map\.qq\.com|geoq\.cn|google\.cn)\//;
  const [AXIS, E2] = [6378245, 0.00669342162296594323];

  // the same formula as innoscape.geo.to_gcj02
  function shift(lat, lng) {
    if (!(lng >= 72.004 && lng <= 137.8347 && lat >= 0.8293 && lat <= 55.8271)) return [lat, lng];
    const x = lng - 105, y = lat - 35, { sin, sqrt, abs, PI } = Math;
    const ripple = 20 * sin(6 * PI * x) + 20 * sin(2 * PI * x);
    const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
      + ((ripple + 20 * sin(PI * y) + 40 * sin((PI * y) / 3) + 160 * sin((PI * y) / 12) + 320 * sin((PI * y) / 30)) * 2) / 3;
    const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
      + ((ripple + 20 * sin(PI * x) + 40 * sin((PI * x) / 3) + 150 * sin((PI * x) / 12) + 300 * sin((PI * x) / 30)) * 2) / 3;
    const phi = (lat * PI) / 180, root = sqrt(1 - E2 * sin(phi) * sin(phi)), turn = 180 / PI;
    return [lat + (north * turn * root * root * root) / (AXIS * (1 - E2)), lng + (east * turn * root) / (AXIS * Math.cos(phi))];
  }

  function back(lat, lng) {
    let [y, x] = [lat, lng];
    for (let i = 0; i < 6; i++) {
      const moved = shift(y, x);
      y += lat - moved[0];
      x += lng - moved[1];
    }
    return [y, x];
  }

  function through(crs) {
    const plain = crs.projection;
    const projection = L.extend({}, plain, {
      project: (p) => { const [lat, lng] = shift(p.lat, p.lng); return plain.project(L.latLng(lat, lng)); },
      unproject: (point) => { const p = plain.unproject(point); return L.latLng(back(p.lat, p.lng)); },
    });
    return L.extend({}, crs, { projection });
  }

  const isShifted = (tiles) => tiles.options.coordinates ? tiles.options.coordinates === "gcj02" : SHIFTED.test(tiles._url);

  innoscape.tiling = function (atlas) {
    const { map } = atlas, plain = map.options.crs;
    let moved = null;
    const look = () => {
      const tiles = [];
      map.eachLayer((one) => { if (one instanceof L.TileLayer) tiles.push(one); });
      atlas.root.classList.toggle("innoscape-tiled", tiles.length > 0);
      const wanted = tiles.some(isShifted) ? (moved = moved || through(plain)) : plain;
      atlas.shifted = wanted !== plain;
      if (map.options.crs === wanted) return;
      const middle = map.getCenter(), zoom = map.getZoom();
      map.options.crs = wanted;
      map.setView(middle, zoom, { animate: false, reset: true });
    };
    map.on("layeradd layerremove", (event) => { if (event.layer instanceof L.TileLayer) look(); });
    look();
  };

  // only one set of tiles at a time
  innoscape.alone = (map, layer) => map.eachLayer((one) => { if (one instanceof L.TileLayer && one !== layer) one.remove(); });
  innoscape.tileNote = (layer) => isShifted(layer) ? word("shifted_tiles") : word("tiles");
})();
