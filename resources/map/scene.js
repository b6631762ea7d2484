/* The scene: a Leaflet renderer that draws points, lines, areas and names on one canvas, on every
   copy of the world that is in view, and knows what stands under the pointer. */
(function () {
  "use strict";
  const gisapp = (window.gisapp = window.gisapp || {});
  const NEAR_ZOOM = 5;
  const NEAR_FACTOR = 9 / 7;
  const FAR_ZOOM = 4;
  /** Pixels from which on a line carries its length, and how many lengths are written at most. */
  const LONG_LINE = 110;
  const MOST_LENGTHS = 14;
  const MOST_OWN = 400;
  const SAME_SPOT = 1e-5; // of the world's width: some 400 m

  gisapp.worldX = (lon) => lon / 360 + 0.5;
  gisapp.worldY = function (lat) {
    const s = Math.sin((Math.max(-85.0511, Math.min(85.0511, lat)) * Math.PI) / 180);
    return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
  };

  /** Project one path once: world coordinates and their box. */
  function project(path) {
    const n = path.length;
    const xs = new Float64Array(n);
    const ys = new Float64Array(n);
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < n; i++) {
      xs[i] = gisapp.worldX(path[i][0]);
      ys[i] = gisapp.worldY(path[i][1]);
      if (xs[i] < box[0]) box[0] = xs[i];
      if (ys[i] < box[1]) box[1] = ys[i];
      if (xs[i] > box[2]) box[2] = xs[i];
      if (ys[i] > box[3]) box[3] = ys[i];
    }
    return { xs, ys, box };
  }

  /** Make what is drawn of a GeoJSON layer of ours. */
  gisapp.compile = function (key, collection) {
    const layer = { key, points: [], lines: [], areas: [], weighted: collection.weighted };
    collection.symbols.forEach((s, i) => (s.key = key + ":" + i));
    for (const feature of collection.features) {
      const p = feature.properties;
      const at = feature.geometry.coordinates;
      const kind = feature.geometry.type;
      if (kind === "Point" || kind === "MultiPoint") {
        for (const c of kind === "Point" ? [at] : at) {
          const x = gisapp.worldX(c[0]);
          layer.points.push({
            x, y: gisapp.worldY(c[1]), look: collection.symbols[p.s], size: p.d || 0, p, lonlat: c,
          });
        }
      } else if (kind === "MultiLineString") {
        layer.lines.push({ paths: at.map(project), look: collection.lines[p.s], p });
      } else {
        layer.areas.push({ paths: at.flat().map(project), look: collection.areas[p.s], p });
      }
    }
    // the large ones below, so that the small ones stay in sight
    if (layer.weighted) layer.points.sort((a, b) => b.size - a.size);
    return layer;
  };

  /** A canvas that follows the map as Leaflet's own renderers do; subclasses draw. */
  gisapp.Canvas = L.Renderer.extend({
    _initContainer: function () {
      const canvas = (this._container = document.createElement("canvas"));
      canvas.style.pointerEvents = "none";
      canvas.className = "leaflet-layer";
      this._ctx = canvas.getContext("2d");
    },
    _destroyContainer: function () {
      cancelAnimationFrame(this._frame);
      L.DomUtil.remove(this._container);
      delete this._container;
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const bounds = this._bounds;
      const size = bounds.getSize();
      const canvas = this._container;
      this.ratio = window.devicePixelRatio || 1;
      L.DomUtil.setPosition(canvas, bounds.min);
      canvas.width = Math.round(size.x * this.ratio);
      canvas.height = Math.round(size.y * this.ratio);
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
      this.redraw();
    },
    _onZoomEnd: function () {},
    _updatePaths: function () {},
    /** Draw now: positions are layer points. */
    redraw: function () {
      if (!this._map || !this._bounds || !this._container) return;
      const ctx = this._ctx;
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.clearRect(0, 0, this._container.width, this._container.height);
      this.paint(ctx, this._bounds.min);
    },
    /** Draw on any canvas, with this layer point at its top left. */
    paint: function (ctx, min) {
      ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      ctx.translate(-min.x, -min.y);
      const bounds = this._bounds;
      const zoom = this._map.getZoom();
      const origin = this._map.getPixelOrigin();
      const side = 256 * Math.pow(2, zoom);
      const view = [
        (bounds.min.x + origin.x) / side, (bounds.min.y + origin.y) / side,
        (bounds.max.x + origin.x) / side, (bounds.max.y + origin.y) / side,
      ];
      this._draw(ctx, { zoom, side, ox: origin.x, oy: origin.y, view });
    },
    /** Draw on the next frame, however often it is asked. */
    later: function () {
      cancelAnimationFrame(this._frame);
      this._frame = requestAnimationFrame(() => this.redraw());
    },
  });

  gisapp.Scene = gisapp.Canvas.extend({
    options: { padding: 0.3, pane: "overlayPane" },

    initialize: function (options) {
      gisapp.Canvas.prototype.initialize.call(this, options);
      this.layers = [];
      this.connections = [];
      this.labels = [];
      this.written = {};
      this.hits = { points: [], lines: [], areas: [] };
    },

    setLayers: function (layers) {
      this.layers = layers;
      // sites on one spot, over all layers, so that they can be counted and fanned out
      const spots = new Map();
      for (const layer of layers) {
        for (const point of layer.points) {
          const key = Math.round(point.x / SAME_SPOT) + "," + Math.round(point.y / SAME_SPOT);
          if (!spots.has(key)) spots.set(key, []);
          point.spot = spots.get(key);
          point.spot.push(point);
          point.layer = layer;
        }
      }
      this.spots = [...spots.values()].filter((spot) => spot.length > 1);
      this.later();
    },

    setConnections: function (connections) {
      this.connections = connections.items.map((item) => ({
        path: project(item.p), look: connections.lines[item.s], km: item.km, name: item.n,
      }));
      this.later();
    },

    setLabels: function (labels) {
      this.labels = labels.map((label) => ({
        text: label.text, x: gisapp.worldX(label.at[0]), y: gisapp.worldY(label.at[1]),
        own: !!label.own, size: label.size || 11, halo: label.halo !== false, zoom: label.zoom || 0,
      }));
      this.later();
    },

    /** Learn where country names stand on the tiles: by zoom, [x, y, half width, size]. */
    setWritten: function (written) {
      this.written = written;
      this.later();
    },

    /** Return the boxes of the country names in view, layer pixels. */
    _countries: function (at, copies) {
      const boxes = [];
      for (const [wx, wy, half, size] of this.written[at.zoom] || []) {
        for (const k of copies) {
          const x = (wx + k) * at.side - at.ox;
          const y = wy * at.side - at.oy;
          if (this._bounds.contains([x, y])) {
            boxes.push([x - half, y - size * 0.5, x + half, y + size * 0.5]);
          }
        }
      }
      return boxes;
    },

    sizeOf: function (point, layer, zoom) {
      if (layer.weighted) return point.size;
      return point.look.size * (zoom < NEAR_ZOOM ? 1 : NEAR_FACTOR);
    },

    _draw: function (ctx, at) {
      this.hits = { points: [], lines: [], areas: [] };
      const copies = [];
      for (let k = Math.floor(at.view[0]) - 1; k <= Math.floor(at.view[2]) + 1; k++) copies.push(k);
      for (const layer of this.layers) {
        if (!shows(layer, at.zoom)) continue;
        ctx.globalAlpha = layer.opacity;
        for (const area of layer.areas) this._area(ctx, at, copies, area, layer);
        for (const line of layer.lines) this._line(ctx, at, copies, line, layer);
      }
      ctx.globalAlpha = 1;
      this._avoided = this._countries(at, copies);
      this._connections(ctx, at, copies);
      const margin = 30 / at.side;
      for (const layer of this.layers) {
        if (!shows(layer, at.zoom)) continue;
        ctx.globalAlpha = layer.opacity;
        for (const point of layer.points) {
          if (point.y < at.view[1] - margin || point.y > at.view[3] + margin) continue;
          for (const k of copies) {
            const wx = point.x + k;
            if (wx < at.view[0] - margin || wx > at.view[2] + margin) continue;
            const x = wx * at.side - at.ox;
            const y = point.y * at.side - at.oy;
            const size = this.sizeOf(point, layer, at.zoom);
            gisapp.drawSymbol(ctx, point.look, x, y, size, this.ratio);
            this.hits.points.push({ x, y, size, point, layer });
          }
        }
      }
      ctx.globalAlpha = 1;
      this._counts(ctx, at, copies);
      this._names(ctx, at, copies);
      ctx.globalAlpha = 1;
    },

    /** Trace a path on every copy of the world where it shows; returns the pixels drawn. */
    _trace: function (ctx, at, k, path) {
      const box = path.box;
      if (box[2] + k < at.view[0] || box[0] + k > at.view[2]) return null;
      if (box[3] < at.view[1] || box[1] > at.view[3]) return null;
      const n = path.xs.length;
      const xs = new Float32Array(n);
      const ys = new Float32Array(n);
      let count = 0;
      for (let i = 0; i < n; i++) {
        const x = (path.xs[i] + k) * at.side - at.ox;
        const y = path.ys[i] * at.side - at.oy;
        if (count && i < n - 1 && Math.abs(x - xs[count - 1]) + Math.abs(y - ys[count - 1]) < 1) continue;
        xs[count] = x;
        ys[count] = y;
        if (count) ctx.lineTo(x, y);
        else ctx.moveTo(x, y);
        count++;
      }
      return { xs, ys, count };
    },

    _area: function (ctx, at, copies, area, layer) {
      const look = area.look;
      for (const k of copies) {
        ctx.beginPath();
        let seen = false;
        for (const path of area.paths) {
          if (this._trace(ctx, at, k, path)) {
            ctx.closePath();
            seen = true;
          }
        }
        if (!seen) continue;
        if (look.fill && look.alpha) {
          ctx.save();
          ctx.globalAlpha = layer.opacity * (look.hatch ? Math.min(1, look.alpha * 2) : look.alpha);
          ctx.fillStyle = look.hatch ? gisapp.hatch(ctx, look.fill, look.hatch, this.ratio) : look.fill;
          ctx.fill("evenodd");
          ctx.restore();
        }
        if (look.width) {
          ctx.setLineDash(look.dash);
          ctx.lineJoin = "round";
          ctx.strokeStyle = look.outline;
          ctx.lineWidth = look.width;
          ctx.stroke();
        }
        this.hits.areas.push({ area, layer, k });
      }
    },

    _line: function (ctx, at, copies, line, layer) {
      const look = line.look;
      for (const k of copies) {
        let longest = null;
        ctx.beginPath();
        for (const path of line.paths) {
          const drawn = this._trace(ctx, at, k, path);
          if (!drawn || drawn.count < 2) continue;
          this.hits.lines.push({ drawn, line, layer });
          if (!longest || path.xs.length > longest.xs.length) longest = drawn;
        }
        if (!longest) continue;
        this._pen(ctx, look, layer.opacity);
        ctx.stroke();
        if (look.arrow) {
          gisapp.arrow(ctx, longest.xs, longest.ys, 0, longest.count, look.color, look.width,
            look.arrow);
        }
        ctx.globalAlpha = layer.opacity;
      }
    },

    /** Set the pen: lines step back at world scale, where they are many and sites are the matter. */
    _pen: function (ctx, look, opacity) {
      const far = this._map.getZoom() < FAR_ZOOM;
      ctx.globalAlpha = opacity * look.opacity * (far && look.arrow ? 0.7 : 1);
      ctx.setLineDash(look.dash);
      ctx.lineCap = look.dash.length && look.dash[0] <= 1 ? "round" : "butt";
      ctx.lineJoin = "round";
      ctx.strokeStyle = look.color;
      ctx.lineWidth = look.width * (far && look.arrow ? 0.75 : 1);
    },

    _connections: function (ctx, at, copies) {
      const texts = [];
      for (const each of this.connections) {
        for (const k of copies) {
          ctx.beginPath();
          const drawn = this._trace(ctx, at, k, each.path);
          if (!drawn || drawn.count < 2) continue;
          this._pen(ctx, each.look, 1);
          ctx.stroke();
          this.hits.lines.push({ drawn, connection: each });
          const middle = gisapp.middle(drawn);
          if (middle && middle.length > LONG_LINE) texts.push({ each, middle });
        }
      }
      ctx.globalAlpha = 1;
      const taken = [];
      texts.sort((a, b) => b.middle.length - a.middle.length);
      for (const { each, middle } of texts) {
        if (taken.length >= MOST_LENGTHS) break;
        const half = gisapp.textWidth(ctx, each.km, 10.5, 500) / 2 + 4;
        const box = [middle.x - half, middle.y - 9, middle.x + half, middle.y + 9];
        const wide = [box[0] - 16, box[1] - 8, box[2] + 16, box[3] + 8];
        if (collides(taken, wide) || collides(this._avoided, box)) continue;
        taken.push(box);
        gisapp.text(ctx, each.km, middle.x, middle.y, { size: 10.5, weight: 500 });
      }
      this._taken = taken;
    },

    /** Count the sites that stand on one spot, at scales where they cannot be told apart. */
    _counts: function (ctx, at, copies) {
      if (at.zoom >= 7 || !this.spots) return;
      const most = at.zoom < 4 ? 4 : 3;
      for (const spot of this.spots) {
        const shown = spot.filter((point) => point.layer.opacity > 0.5 && shows(point.layer, at.zoom));
        if (shown.length < most) continue;
        for (const k of copies) {
          const x = (spot[0].x + k) * at.side - at.ox;
          const y = spot[0].y * at.side - at.oy;
          if (!this._bounds.contains([x, y])) continue;
          const words = String(shown.length);
          const width = gisapp.textWidth(ctx, words, 9.5, 700) + 7;
          const box = [x + 3, y - 16, x + 3 + width, y - 3];
          if (collides(this._taken, box)) continue;
          this._taken.push(box);
          ctx.beginPath();
          ctx.roundRect(box[0], box[1], width, 13, 6.5);
          ctx.fillStyle = gisapp.theme.colors.text;
          ctx.fill();
          gisapp.text(ctx, words, box[0] + width / 2, y - 9, {
            size: 9.5, weight: 700, color: gisapp.theme.colors.paper, halo: gisapp.theme.colors.text,
          });
        }
      }
    },

    /** Write the names that matter, where there is room in what is in view; most important first. */
    _names: function (ctx, at, copies) {
      const limit = at.zoom < 3 ? 6 : at.zoom < 5 ? 12 : 24;
      const bearable = at.zoom < 5 ? 2 : 4;
      const corner = this._map.containerPointToLayerPoint([0, 0]);
      const size = this._map.getSize();
      const solid = this.hits.points.filter((hit) => hit.layer.opacity > 0.5);
      let count = 0;
      let own = 0;
      for (const label of this.labels) {
        // names that a layer asked for are limited by their room alone
        if (label.own ? own >= MOST_OWN : count >= limit) continue;
        if (at.zoom < label.zoom) continue;
        const most = label.own ? 60 : 28;
        const text = label.text.length > most ? label.text.slice(0, most - 1) + "…" : label.text;
        const width = gisapp.textWidth(ctx, text, label.size, 500);
        const high = label.size * 0.72;
        for (const k of copies) {
          const x = (label.x + k) * at.side - at.ox;
          const y = label.y * at.side - at.oy;
          if (x < corner.x || x > corner.x + size.x || y < corner.y || y > corner.y + size.y) continue;
          const here = solid.filter((hit) => Math.abs(hit.x - x) < 2 && Math.abs(hit.y - y) < 2);
          const gap = here.length || !label.own ? Math.max(4, ...here.map((hit) => hit.size / 2)) + 4 : 0;
          let best = null;
          for (const [align, dx, dy] of [["left", gap, 0], ["right", -gap, 0], ["center", 0, -gap - 6], ["center", 0, gap + 6]]) {
            if (!gap && align !== "center") continue; // a name of an area stands in its middle
            const left = align === "left" ? x + dx : align === "right" ? x + dx - width : x - width / 2;
            const box = [left - 2, y + dy - high, left + width + 2, y + dy + high];
            if (box[0] < corner.x + 4 || box[2] > corner.x + size.x - 4) continue;
            if (box[1] < corner.y + 4 || box[3] > corner.y + size.y - 4) continue;
            if (collides(this._taken, box)) continue;
            const covered = solid.filter((hit) =>
              hit.x > box[0] - 3 && hit.x < box[2] + 3 && hit.y > box[1] - 3 && hit.y < box[3] + 3).length;
            if (covered > (label.own ? 0 : bearable)) continue;
            // a country's name is worse to stand on than a site
            const cost = covered + (collides(this._avoided, box) ? 3 : 0);
            if (cost <= bearable + 1 && (!best || cost < best.cost)) best = { align, dx, dy, box, cost };
          }
          if (!best) continue;
          this._taken.push(best.box);
          gisapp.text(ctx, text, x + best.dx, y + best.dy,
            { size: label.size, weight: 500, align: best.align, bare: !label.halo });
          if (label.own) own++;
          else count++;
        }
      }
    },

    /** Return the uppermost thing at a layer point: a site, then a line, then an area. */
    hit: function (x, y) {
      let best = null;
      for (let i = this.hits.points.length - 1; i >= 0; i--) {
        const each = this.hits.points[i];
        if (each.layer.opacity <= 0) continue;
        const reach = Math.max(each.size / 2 + 3, 6);
        const away = Math.hypot(each.x - x, each.y - y) - (each.layer.opacity < 0.5 ? 0 : 1);
        if (away <= reach && (!best || away < best.away)) best = { away, each };
      }
      if (best) {
        const each = best.each;
        return { kind: "point", layer: each.layer, p: each.point.p, x: each.x, y: each.y, size: each.size,
          point: each.point };
      }
      for (let i = this.hits.lines.length - 1; i >= 0; i--) {
        const each = this.hits.lines[i];
        if (nearPath(each.drawn, x, y, 4)) {
          if (each.connection) return { kind: "connection", connection: each.connection };
          return { kind: "line", layer: each.layer, p: each.line.p, drawn: each.drawn };
        }
      }
      const side = 256 * Math.pow(2, this._map.getZoom());
      const origin = this._map.getPixelOrigin();
      const wx = (x + origin.x) / side;
      const wy = (y + origin.y) / side;
      for (let i = this.hits.areas.length - 1; i >= 0; i--) {
        const each = this.hits.areas[i];
        if (inside(each.area.paths, wx - each.k, wy)) return { kind: "area", layer: each.layer, p: each.area.p };
      }
      return null;
    },
  });

  /** Return whether a layer is drawn at a zoom. */
  function shows(layer, zoom) {
    return layer.opacity > 0 && zoom >= layer.zooms[0] && zoom <= layer.zooms[1];
  }

  function collides(boxes, box) {
    return boxes.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]);
  }

  function nearPath(drawn, x, y, reach) {
    const { xs, ys, count } = drawn;
    for (let i = 1; i < count; i++) {
      const dx = xs[i] - xs[i - 1];
      const dy = ys[i] - ys[i - 1];
      const long = dx * dx + dy * dy;
      let t = long ? ((x - xs[i - 1]) * dx + (y - ys[i - 1]) * dy) / long : 0;
      t = Math.max(0, Math.min(1, t));
      if (Math.hypot(x - xs[i - 1] - t * dx, y - ys[i - 1] - t * dy) <= reach) return true;
    }
    return false;
  }

  function inside(paths, x, y) {
    let odd = false;
    for (const path of paths) {
      const b = path.box;
      if (x < b[0] || x > b[2] || y < b[1] || y > b[3]) continue;
      for (let i = 0, j = path.xs.length - 1; i < path.xs.length; j = i++) {
        if (path.ys[i] > y !== path.ys[j] > y &&
            x < ((path.xs[j] - path.xs[i]) * (y - path.ys[i])) / (path.ys[j] - path.ys[i]) + path.xs[i]) {
          odd = !odd;
        }
      }
    }
    return odd;
  }

  /** Return the point half way along a drawn path, and the path's length in pixels. */
  gisapp.middle = function (drawn) {
    const { xs, ys, count } = drawn;
    let length = 0;
    for (let i = 1; i < count; i++) length += Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]);
    let left = length / 2;
    for (let i = 1; i < count; i++) {
      const step = Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]);
      if (step >= left && step > 0) {
        const t = left / step;
        return { x: xs[i - 1] + (xs[i] - xs[i - 1]) * t, y: ys[i - 1] + (ys[i] - ys[i - 1]) * t, length };
      }
      left -= step;
    }
    return null;
  };

  gisapp.project = project;
  gisapp.nearPath = nearPath;
})();
