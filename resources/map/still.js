/* What the exported page has instead of tiles: countries as vectors, and layer switches. */
(function () {
  "use strict";
  const gisapp = window.gisapp;

  gisapp.Countries = gisapp.Canvas.extend({
    options: { padding: 0.3, pane: "tilePane" },

    initialize: function (inline, options) {
      gisapp.Canvas.prototype.initialize.call(this, options);
      this.countries = inline.countries.map((country) => ({
        code: country.c, paths: country.rings.map(gisapp.project),
      }));
      this.names = inline.names;
      this.shading = inline.shading.map((each) => Object.assign({}, each, { inside: new Set(each.inside) }));
    },

    _draw: function (ctx, at) {
      const colors = gisapp.theme.colors;
      const copies = [];
      for (let k = Math.floor(at.view[0]) - 1; k <= Math.floor(at.view[2]) + 1; k++) copies.push(k);
      ctx.lineJoin = "round";
      const each = (draw, codes) => {
        for (const country of this.countries) {
          if (codes && !codes.has(country.code)) continue;
          for (const k of copies) {
            ctx.beginPath();
            let seen = false;
            for (const path of country.paths) {
              if (this._trace(ctx, at, k, path)) {
                seen = true;
                ctx.closePath();
              }
            }
            if (seen) draw();
          }
        }
      };
      ctx.setLineDash([]);
      ctx.strokeStyle = colors.coast;
      ctx.lineWidth = 1.8;
      each(() => ctx.stroke());
      ctx.fillStyle = colors.land;
      each(() => ctx.fill("evenodd"));
      ctx.strokeStyle = colors.border;
      ctx.lineWidth = 0.7;
      each(() => ctx.stroke());
      for (const shade of this.shading) {
        each(() => {
          if (shade.fill) {
            ctx.globalAlpha = shade.hatch ? Math.min(1, shade.alpha * 2) : shade.alpha;
            ctx.fillStyle = shade.hatch ? hatch(ctx, shade, this.ratio, at.zoom < 4 ? 8 : 16) : shade.fill;
            ctx.fill("evenodd");
            ctx.globalAlpha = 1;
          }
          ctx.setLineDash(shade.dash);
          ctx.strokeStyle = shade.outline;
          ctx.lineWidth = shade.width;
          ctx.stroke();
          ctx.setLineDash([]);
        }, shade.inside);
      }
      const taken = [];
      for (const name of this.names) {
        const width = gisapp.textWidth(ctx, name.text, 11, 400);
        if (width > name.width * at.side * (at.zoom < 4 ? 0.75 : 1.1)) continue;
        for (const k of copies) {
          const x = (name.x + k) * at.side - at.ox;
          const y = name.y * at.side - at.oy;
          const box = [x - width / 2 - 6, y - 9, x + width / 2 + 6, y + 9];
          if (taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) continue;
          taken.push(box);
          gisapp.text(ctx, name.text, x, y, { size: 11, color: colors.muted, halo: colors.land });
        }
      }
    },

    _trace: gisapp.Scene.prototype._trace,
  });

  function hatch(ctx, shade, ratio, period) {
    const cell = document.createElement("canvas");
    cell.width = cell.height = period * ratio;
    const own = cell.getContext("2d");
    own.scale(ratio, ratio);
    own.strokeStyle = shade.fill;
    own.lineWidth = 1.2;
    for (const shift of [-period, 0, period]) {
      own.beginPath();
      own.moveTo(shift, shade.hatch === "/" ? period : 0);
      own.lineTo(shift + period, shade.hatch === "/" ? 0 : period);
      own.stroke();
    }
    const pattern = ctx.createPattern(cell, "repeat");
    pattern.setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
    return pattern;
  }

  /** Tiles that stand in the page. */
  gisapp.InlineTiles = L.TileLayer.extend({
    initialize: function (tiles, options) {
      L.TileLayer.prototype.initialize.call(this, "", options);
      this._tilesInline = tiles;
    },
    getTileUrl: function (at) {
      const z = this._getZoomForUrl();
      const none = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
      return this._tilesInline[`${z}/${at.x}/${at.y}`] || none;
    },
  });

  /** Set up the exported page around its map. */
  gisapp.startStill = function (map) {
    gisapp.setTheme(gisapp.inline.scene.theme);
    gisapp.countries = new gisapp.Countries(gisapp.inline).addTo(map);
    const bounds = gisapp.inline.bounds;
    gisapp.home = () => {
      if (!bounds) return;
      if (map._animatingZoom) { // which would end where it began to go
        map.once("zoomend", gisapp.home);
        return;
      }
      const [west, south, east, north] = bounds;
      map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: 8 });
    };
    gisapp.home();
    gisapp.opened = { center: map.getCenter(), zoom: map.getZoom() };
    gisapp.startReader(map);
  };
})();
