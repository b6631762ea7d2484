/* What follows the pointer, on a canvas of its own: hover, fan-out, selection, box, measure, frame. */
(function () {
  "use strict";
  const gisapp = (window.gisapp = window.gisapp || {});
  const FAN_RING = 14;

  gisapp.Tools = gisapp.Canvas.extend({
    options: { padding: 0.3, pane: "markerPane" },

    initialize: function (scene, options) {
      gisapp.Canvas.prototype.initialize.call(this, options);
      this.scene = scene;
      this.hover = null;
      this.fan = null;
      this.selection = { layer: "", rows: new Set(), places: [] };
      this.flashes = [];
      this.box = null;
      this.measure = null;
      this.frame = null;
      this.handle = null;
    },

    // --- fan-out -------------------------------------------------------------------------------

    /** Spread the sites of one spot on rings around it; positions are layer points. */
    openFan: function (x, y, spot) {
      const members = spot.filter((point) => point.layer.opacity > 0.5);
      if (members.length < 2) return;
      const items = [];
      let start = 0;
      for (let ring = 0; start < members.length; ring++) {
        const room = FAN_RING + ring * 8;
        const here = members.slice(start, start + room);
        const radius = Math.max(20, (here.length * 15) / (2 * Math.PI)) + ring * 18;
        here.forEach((point, i) => {
          const angle = (2 * Math.PI * i) / here.length - Math.PI / 2;
          items.push({ point, x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) });
        });
        start += room;
        this._reach = radius + 16;
      }
      this.fan = { x, y, items };
    },

    /** Return the site of the open fan at a layer point; closes the fan far from it. */
    inFan: function (x, y) {
      if (!this.fan) return null;
      if (Math.hypot(x - this.fan.x, y - this.fan.y) > this._reach) {
        this.fan = null;
        return null;
      }
      let best = null;
      for (const item of this.fan.items) {
        const away = Math.hypot(item.x - x, item.y - y);
        if (away < 9 && (!best || away < best.away)) best = { away, item };
      }
      if (!best) return null;
      const point = best.item.point;
      const size = this.scene.sizeOf(point, point.layer, this._map.getZoom());
      return { kind: "point", layer: point.layer, p: point.p, x: best.item.x, y: best.item.y, size, point,
        fanned: true };
    },

    /** Return the radius of the open fan. */
    reach: function () {
      return this._reach;
    },

    // --- drawing -------------------------------------------------------------------------------

    _draw: function (ctx, at) {
      const colors = gisapp.theme.colors;
      if (this.frame) this.frame.draw(ctx, at, this._bounds);
      this._selected(ctx, at);
      if (this.fan) this._fan(ctx, at);
      if (this.hover && this.hover.kind === "point") {
        gisapp.ring(ctx, this.hover.x, this.hover.y, this.hover.size / 2 + 3.5, colors.text, 1.4);
      } else if (this.hover && this.hover.drawn) {
        this._retrace(ctx, this.hover.drawn, colors.text, 2.2);
      }
      for (const flash of this.flashes) this._flash(ctx, at, flash);
      if (this.box) {
        const { x0, y0, x1, y1 } = this.box;
        ctx.setLineDash([]);
        ctx.fillStyle = colors.accent + "22";
        ctx.strokeStyle = colors.accent;
        ctx.lineWidth = 1;
        ctx.fillRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
        ctx.strokeRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
      }
      if (this.measure) this._measure(ctx, at);
      if (this.handle) this._handle(ctx, at);
    },

    _retrace: function (ctx, drawn, color, width) {
      ctx.beginPath();
      for (let i = 0; i < drawn.count; i++) {
        if (i) ctx.lineTo(drawn.xs[i], drawn.ys[i]);
        else ctx.moveTo(drawn.xs[i], drawn.ys[i]);
      }
      ctx.setLineDash([]);
      ctx.lineJoin = "round";
      ctx.strokeStyle = gisapp.theme.colors.halo;
      ctx.lineWidth = width + 2.5;
      ctx.stroke();
      ctx.strokeStyle = color;
      ctx.lineWidth = width;
      ctx.stroke();
    },

    _selected: function (ctx, at) {
      const { layer, rows, places } = this.selection;
      if (!rows.size) return;
      const accent = gisapp.theme.colors.accent;
      for (const [lon, lat] of places) {
        const wx = gisapp.worldX(lon);
        const y = gisapp.worldY(lat) * at.side - at.oy;
        for (let k = Math.ceil(at.view[0] - wx); wx + k <= at.view[2]; k++) {
          gisapp.ring(ctx, (wx + k) * at.side - at.ox, y, 6.5, accent, 2);
        }
      }
      for (const hit of this.scene.hits.points) {
        if (hit.layer.id !== layer || !rows.has(hit.point.p.r)) continue;
        gisapp.ring(ctx, hit.x, hit.y, hit.size / 2 + 3.5, accent, 2);
      }
      for (const hit of this.scene.hits.lines) {
        if (hit.layer && hit.layer.id === layer && rows.has(hit.line.p.r)) {
          this._retrace(ctx, hit.drawn, accent, hit.line.look.width + 1.2);
        }
      }
      for (const hit of this.scene.hits.areas) {
        if (hit.layer.id !== layer || !rows.has(hit.area.p.r)) continue;
        for (const path of hit.area.paths) {
          ctx.beginPath();
          const drawn = this.scene._trace(ctx, at, hit.k, path);
          if (drawn) this._retrace(ctx, drawn, accent, 2);
        }
      }
    },

    _fan: function (ctx, at) {
      const colors = gisapp.theme.colors;
      ctx.fillStyle = colors.panel;
      ctx.globalAlpha = 0.82;
      ctx.beginPath();
      ctx.arc(this.fan.x, this.fan.y, this._reach - 4, 0, 2 * Math.PI);
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.setLineDash([]);
      ctx.strokeStyle = colors.rule;
      ctx.lineWidth = 1;
      ctx.stroke();
      ctx.strokeStyle = colors.muted;
      for (const item of this.fan.items) {
        ctx.beginPath();
        ctx.moveTo(this.fan.x, this.fan.y);
        ctx.lineTo(item.x, item.y);
        ctx.lineWidth = 0.8;
        ctx.stroke();
      }
      for (const item of this.fan.items) {
        const size = this.scene.sizeOf(item.point, item.point.layer, at.zoom);
        gisapp.drawSymbol(ctx, item.point.look, item.x, item.y, Math.min(size, 16), this.ratio);
      }
    },

    flash: function (lon, lat) {
      const flash = { x: gisapp.worldX(lon), y: gisapp.worldY(lat), since: performance.now() };
      this.flashes.push(flash);
      const step = () => {
        this.flashes = this.flashes.filter((each) => performance.now() - each.since < 1400);
        this.redraw();
        if (this.flashes.length) requestAnimationFrame(step);
      };
      requestAnimationFrame(step);
    },

    _flash: function (ctx, at, flash) {
      const t = (performance.now() - flash.since) / 1400;
      const phase = (t * 2) % 1;
      const k = Math.round((at.view[0] + at.view[2]) / 2 - flash.x);
      ctx.globalAlpha = 1 - phase;
      gisapp.ring(ctx, (flash.x + k) * at.side - at.ox, flash.y * at.side - at.oy, 6 + 24 * phase,
        gisapp.theme.colors.accent, 2.5);
      ctx.globalAlpha = 1;
    },

    _measure: function (ctx, at) {
      const { path, legs, total } = this.measure;
      const colors = gisapp.theme.colors;
      if (path.length > 1) {
        ctx.beginPath();
        const k = this.measure.copy || 0;
        const drawn = this.scene._trace(ctx, Object.assign({}, at, { view: [-1e9, -1e9, 1e9, 1e9] }), k,
          gisapp.project(path));
        this._retrace(ctx, drawn, colors.accent, 2);
      }
      this.measure.points.forEach((point) => {
        const [x, y] = this._place(at, point);
        gisapp.ring(ctx, x, y, 3.5, colors.accent, 2);
      });
      for (const leg of legs) {
        const [x, y] = this._place(at, leg.at);
        gisapp.text(ctx, leg.text, x, y - 9, { size: 11, weight: 500 });
      }
      if (total) {
        const [x, y] = this._place(at, path[path.length - 1]);
        gisapp.text(ctx, total, x + 10, y + 14, { size: 12.5, weight: 700, align: "left" });
      }
    },

    /** Draw the handle of a point that is moved, with where it stands. */
    _handle: function (ctx, at) {
      const colors = gisapp.theme.colors;
      const k = Math.round((at.view[0] + at.view[2]) / 2 - gisapp.worldX(this.handle.lon));
      const x = (gisapp.worldX(this.handle.lon) + k) * at.side - at.ox;
      const y = gisapp.worldY(this.handle.lat) * at.side - at.oy;
      gisapp.ring(ctx, x, y, 10, colors.accent, 2.5);
      ctx.strokeStyle = colors.accent;
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        ctx.moveTo(x + 6 * dx, y + 6 * dy);
        ctx.lineTo(x + 15 * dx, y + 15 * dy);
      }
      ctx.stroke();
      const words = `${this.handle.lat.toFixed(5)}, ${this.handle.lon.toFixed(5)}`.replace(/-/g, "\u2212");
      gisapp.text(ctx, words, x + 18, y - 14, { size: 11.5, weight: 600, align: "left" });
    },

    _place: function (at, lonlat) {
      return [gisapp.worldX(lonlat[0]) * at.side - at.ox, gisapp.worldY(lonlat[1]) * at.side - at.oy];
    },
  });
})();
