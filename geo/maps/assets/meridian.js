// Places on both sides of the 180th meridian lie together: what is west of the widest gap between them moves round the world.
innoscape.turning = function (atlas) {
  "use strict";
  const { map } = atlas, ROUND = 360;
  const points = [...atlas.centers.values()].map((one) => one.at).concat(atlas.flowLayers.flatMap((one) => one.data.places.map((place) => place.at)));
  const lons = [...new Set(points.map(([, lon]) => lon))].sort((a, b) => a - b);
  if (lons.length < 2) return;
  let cut = null, widest = lons[0] + ROUND - lons[lons.length - 1];
  lons.forEach((lon, i) => { if (i && lon - lons[i - 1] > widest) { widest = lon - lons[i - 1]; cut = (lon + lons[i - 1]) / 2; } });
  if (cut === null) return;
  atlas.turned = true;

  // coordinates are shared by what stands at one place
  const done = new WeakSet();
  const move = (at) => {
    if (done.has(at)) return false;
    done.add(at);
    if (at[1] >= cut) return false;
    at[1] += ROUND;
    return true;
  };
  const shifted = (part) => Array.isArray(part) ? part.map(shifted) : L.latLng(part.lat, part.lng + ROUND);
  const middle = (layer) => layer.getBounds().getCenter().lng;
  const visit = (layer) => {
    if (layer instanceof L.LayerGroup) layer.eachLayer(visit);
    else if (layer instanceof L.Marker || layer instanceof L.CircleMarker) {
      const { lat, lng } = layer.getLatLng();
      if (lng < cut) layer.setLatLng([lat, lng + ROUND]);
    } else if (layer instanceof L.Polyline) {
      const parts = layer.getLatLngs(), nested = Array.isArray(parts[0]);
      // the ground goes on round the world, other areas lie on one side
      if (layer.options.pane === "boundaries") layer.setLatLngs(nested ? parts.concat(shifted(parts)) : [parts, shifted(parts)]);
      else if (parts.length && middle(layer) < cut) layer.setLatLngs(shifted(parts));
    }
  };
  for (const { layer } of atlas.layers) visit(layer);
  for (const { own, entry } of atlas.newCenters || []) { move(entry.at); visit(own); }
  for (const one of atlas.centers.values()) { move(one.at); one.marker.setLatLng(one.at); }
  for (const label of atlas.labels) if (move(label.at) && label.rings) for (const point of label.rings) move(point);
  for (const one of atlas.flowLayers) {
    for (const place of one.data.places) move(place.at);
    one.regroup();
  }
};
