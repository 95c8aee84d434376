// How a flow is drawn: its curve, the ribbon along it, its colors.
innoscape.curves = (function () {
  "use strict";
  const rgba = (hex, alpha) => {
    const n = parseInt(hex.slice(1), 16);
    return "rgba(" + (n >> 16) + "," + ((n >> 8) & 255) + "," + (n & 255) + "," + alpha + ")";
  };

  // strong flows in the full color, weak ones towards white
  const faded = (hex, share) => {
    const n = parseInt(hex.slice(1), 16), part = 0.42 * (1 - share);
    const mix = [n >> 16, (n >> 8) & 255, n & 255].map((one) => Math.round(one + (255 - one) * part));
    return "#" + mix.map((one) => one.toString(16).padStart(2, "0")).join("");
  };

  // a quadratic curve kept clear of both symbols; its two directions bow to different sides
  function curve(a, b, clearA, clearB, bow, directed, between) {
    const dx = b.x - a.x, dy = b.y - a.y, length = Math.hypot(dx, dy);
    const room = length - clearA - clearB;
    if (room < 6) return null;
    const cx = (a.x + b.x) / 2 + dy * bow, cy = (a.y + b.y) / 2 - dx * bow;
    if (between) return bundled([a, ...between, b], length, clearA, clearB + (directed ? 1 : 0), room);
    const from = clearA / length, to = 1 - (clearB + (directed ? 1 : 0)) / length;
    const at = (t, p, c, q) => (1 - t) * (1 - t) * p + 2 * (1 - t) * t * c + t * t * q;
    const ax = at(from, a.x, cx, b.x), ay = at(from, a.y, cy, b.y), bx = at(to, a.x, cx, b.x), by = at(to, a.y, cy, b.y);
    // the curve stays within the triangle of its ends and its handle
    const x0 = Math.min(ax, bx, cx), x1 = Math.max(ax, bx, cx), y0 = Math.min(ay, by, cy), y1 = Math.max(ay, by, cy);
    return { a, b, cx, cy, ax, ay, bx, by, from, to, room, x0, x1, y0, y1, n: Math.max(8, Math.min(36, Math.round(length / 10))), x: null, y: null };
  }

  // a curve over several handles, which it bends towards without reaching them
  function bundled(way, length, clearA, clearB, room) {
    const n = Math.max(16, Math.min(48, Math.round(length / 8))), x = new Float32Array(n + 1), y = new Float32Array(n + 1);
    const spot = (t) => {
      let level = way;
      while (level.length > 1) level = level.slice(1).map((p, i) => ({ x: level[i].x + (p.x - level[i].x) * t, y: level[i].y + (p.y - level[i].y) * t }));
      return level[0];
    };
    const [a, b] = [way[0], way[way.length - 1]], far = (p, q) => Math.hypot(p.x - q.x, p.y - q.y);
    let from = 0, to = 1;
    while (from < 0.45 && far(spot(from), a) < clearA) from += 0.01;
    while (to > 0.55 && far(spot(to), b) < clearB) to -= 0.01;
    for (let j = 0; j <= n; j++) ({ x: x[j], y: y[j] } = spot(from + ((to - from) * j) / n));
    return { way, a, b, ax: x[0], ay: y[0], bx: x[n], by: y[n], room, n, x, y, x0: Math.min(...x), x1: Math.max(...x), y0: Math.min(...y), y1: Math.max(...y) };
  }

  // points along a curve, once they are needed
  function sample(line) {
    if (line.x) return line;
    const { a, b, cx, cy, from, to, n } = line;
    line.x = new Float32Array(n + 1);
    line.y = new Float32Array(n + 1);
    for (let j = 0; j <= n; j++) {
      const t = from + ((to - from) * j) / n, s = 1 - t;
      line.x[j] = s * s * a.x + 2 * s * t * cx + t * t * b.x;
      line.y[j] = s * s * a.y + 2 * s * t * cy + t * t * b.y;
    }
    return line;
  }

  // a ribbon from thin to wide with a head; in dashes when the value is not measured
  function paint(pen, { line, w }, color, alpha, dashed, directed) {
    const { n, x, y } = sample(line);
    const head = directed ? Math.min(line.room * 0.4, 3.5 + w * 1.15) : 0;
    const at = new Float32Array(n + 1);
    for (let j = 1; j <= n; j++) at[j] = at[j - 1] + Math.hypot(x[j] - x[j - 1], y[j] - y[j - 1]);
    const length = at[n], body = length - head;
    const spot = (d) => {
      let j = 1;
      while (j < n && at[j] < d) j++;
      const u = (d - at[j - 1]) / (at[j] - at[j - 1] || 1);
      const tx = x[j] - x[j - 1], ty = y[j] - y[j - 1], l = Math.hypot(tx, ty) || 1;
      return [x[j - 1] + u * tx, y[j - 1] + u * ty, -ty / l, tx / l];
    };
    const half = (d) => directed ? (w / 2) * (0.3 + 0.7 * (d / body)) : w / 2;
    pen.fillStyle = rgba(color, alpha);
    const dash = dashed ? 7 + w * 0.35 : body, gap = dashed ? 4.5 + w * 0.1 : 1;
    for (let d = 0; d < body - 0.5; d += dash + gap) {
      const end = Math.min(body, d + dash);
      const steps = Math.max(1, Math.ceil((end - d) / (dashed ? 6 : body / n)));
      const left = [], right = [];
      for (let k = 0; k <= steps; k++) {
        const where = d + ((end - d) * k) / steps;
        const [px, py, nx, ny] = spot(where), h = half(where);
        left.push([px + nx * h, py + ny * h]);
        right.push([px - nx * h, py - ny * h]);
      }
      pen.beginPath();
      left.forEach(([px, py], k) => k ? pen.lineTo(px, py) : pen.moveTo(px, py));
      right.reverse().forEach(([px, py]) => pen.lineTo(px, py));
      pen.closePath();
      pen.fill();
    }
    if (!directed) return;
    const [bx, by, nx, ny] = spot(body), wing = w * 0.85 + 1.6;
    pen.beginPath();
    pen.moveTo(x[n], y[n]);
    pen.lineTo(bx + nx * wing, by + ny * wing);
    pen.lineTo(bx - nx * wing, by - ny * wing);
    pen.closePath();
    pen.fill();
  }

  return { rgba, faded, curve, sample, paint };
})();
