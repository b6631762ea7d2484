/* Symbols, lines and texts on a canvas. Looks come from the symbology table, as JSON. */
(function () {
  "use strict";
  const gisapp = (window.gisapp = window.gisapp || {});
  const TAU = 2 * Math.PI;
  let sprites = new Map();
  let family = "sans-serif";

  gisapp.theme = { colors: {}, shapes: {} };

  /** Take the palette: the page's own style reads it from custom properties. */
  gisapp.setTheme = function (theme) {
    gisapp.theme = theme;
    sprites = new Map();
    const root = document.documentElement;
    for (const [name, color] of Object.entries(theme.colors)) {
      root.style.setProperty("--" + name.replaceAll("_", "-"), color);
    }
    root.dataset.theme = theme.name;
    family = (theme.family ? JSON.stringify(theme.family) + ", " : "") + 'system-ui, "Segoe UI", "Noto Sans", sans-serif';
    root.style.setProperty("--family", family);
  };

  function trace(ctx, shape, x, y, size) {
    ctx.beginPath();
    if (shape === "circle") {
      ctx.arc(x, y, size / 2, 0, TAU);
      return;
    }
    for (const ring of gisapp.theme.shapes[shape] || gisapp.theme.shapes.diamond) {
      ring.forEach((c, i) => {
        if (i) ctx.lineTo(x + c[0] * size, y + c[1] * size);
        else ctx.moveTo(x + c[0] * size, y + c[1] * size);
      });
      if (shape !== "cross") ctx.closePath();
    }
  }

  /** Return how far a shape of size 1 reaches: icons are larger than dots. */
  function reach(shape) {
    let most = 0.75;
    for (const ring of gisapp.theme.shapes[shape]) {
      for (const c of ring) most = Math.max(most, Math.hypot(c[0], c[1]));
    }
    return most;
  }

  function paint(ctx, s, x, y, size) {
    ctx.setLineDash([]);
    ctx.lineJoin = "round";
    ctx.lineCap = "round";
    if (s.ring !== "none") {
      const radius = size / 2 + 2.6;
      ctx.beginPath();
      ctx.arc(x, y, radius, 0, TAU);
      ctx.strokeStyle = s.halo;
      ctx.lineWidth = 2.6;
      ctx.stroke();
      ctx.strokeStyle = s.ring_color;
      ctx.lineWidth = 1.1;
      if (s.ring === "dotted") ctx.setLineDash([0.1, (TAU * radius) / 10]);
      if (s.ring === "dotted") ctx.lineWidth = 1.5;
      ctx.stroke();
      ctx.setLineDash([]);
    }
    trace(ctx, s.shape, x, y, size);
    if (s.halo_width) {
      ctx.strokeStyle = s.halo;
      ctx.lineWidth = s.stroke_width + 2 * s.halo_width;
      ctx.stroke();
    }
    if (s.fill || s.hollow) {
      ctx.fillStyle = s.fill || s.halo;
      ctx.fill("evenodd");
    }
    if (s.stroke_width) {
      ctx.strokeStyle = s.stroke;
      ctx.lineWidth = s.stroke_width;
      ctx.stroke();
    }
  }

  /** Draw a symbol from a sprite that is made once per look, size and pixel ratio. */
  gisapp.drawSymbol = function (ctx, s, x, y, size, ratio) {
    const key = s.key + "/" + size.toFixed(1) + "/" + ratio;
    let sprite = sprites.get(key);
    if (!sprite) {
      const half = Math.ceil(size * (gisapp.theme.shapes[s.shape] ? reach(s.shape) : 0.75) + 6);
      sprite = document.createElement("canvas");
      sprite.width = sprite.height = Math.ceil(2 * half * ratio);
      sprite.half = half;
      const own = sprite.getContext("2d");
      own.scale(ratio, ratio);
      paint(own, s, half, half, size);
      sprites.set(key, sprite);
    }
    const side = sprite.width / ratio;
    const left = Math.round((x - sprite.half) * ratio) / ratio;
    const top = Math.round((y - sprite.half) * ratio) / ratio;
    ctx.drawImage(sprite, left, top, side, side);
  };

  /** Return a brush of diagonal lines, rising ("/") or falling to the right. */
  gisapp.hatch = function (ctx, color, direction, ratio) {
    const key = "hatch/" + color + direction + ratio;
    let cell = sprites.get(key);
    if (!cell) {
      const side = Math.round(7 * ratio);
      cell = document.createElement("canvas");
      cell.width = cell.height = side;
      const own = cell.getContext("2d");
      own.strokeStyle = color;
      own.lineWidth = 1.2 * ratio;
      const [first, last] = direction === "/" ? [side, 0] : [0, side];
      own.beginPath();
      for (const shift of [-side, 0, side]) {
        own.moveTo(shift, first);
        own.lineTo(shift + side, last);
      }
      own.stroke();
      sprites.set(key, cell);
    }
    const brush = ctx.createPattern(cell, "repeat");
    brush.setTransform(new DOMMatrix().scale(1 / ratio));
    return brush;
  };

  gisapp.ring = function (ctx, x, y, radius, color, width) {
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, TAU);
    ctx.strokeStyle = gisapp.theme.colors.halo;
    ctx.lineWidth = width + 2.4;
    ctx.stroke();
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.stroke();
  };

  gisapp.text = function (ctx, words, x, y, options) {
    const o = Object.assign({ size: 11, weight: 400, align: "center" }, options);
    ctx.font = `${o.weight} ${o.size}px ${family}`;
    ctx.textAlign = o.align;
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.setLineDash([]);
    ctx.strokeStyle = o.halo || gisapp.theme.colors.halo;
    ctx.lineWidth = 3;
    if (!o.bare) ctx.strokeText(words, x, y);
    ctx.fillStyle = o.color || gisapp.theme.colors.text;
    ctx.fillText(words, x, y);
  };

  gisapp.textWidth = function (ctx, words, size, weight) {
    ctx.font = `${weight} ${size}px ${family}`;
    return ctx.measureText(words).width;
  };

  /** Draw an arrowhead at the middle or end of a path of pixels, where it is long enough. */
  gisapp.arrow = function (ctx, xs, ys, first, last, color, width, place) {
    let length = 0;
    for (let i = first + 1; i < last; i++) length += Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]);
    if (length < 26) return;
    let left = place === "end" ? length - (3.2 + width * 1.4) : length / 2;
    for (let i = first + 1; i < last; i++) {
      const dx = xs[i] - xs[i - 1];
      const dy = ys[i] - ys[i - 1];
      const step = Math.hypot(dx, dy);
      if (step >= left && step > 0) {
        const t = left / step;
        const size = 3.2 + width * 1.4;
        ctx.save();
        ctx.translate(xs[i - 1] + dx * t, ys[i - 1] + dy * t);
        ctx.rotate(Math.atan2(dy, dx));
        ctx.beginPath();
        ctx.moveTo(size, 0);
        ctx.lineTo(-size * 0.7, size * 0.75);
        ctx.lineTo(-size * 0.35, 0);
        ctx.lineTo(-size * 0.7, -size * 0.75);
        ctx.closePath();
        ctx.setLineDash([]);
        ctx.fillStyle = color;
        ctx.fill();
        ctx.restore();
        return;
      }
      left -= step;
    }
  };
})();
