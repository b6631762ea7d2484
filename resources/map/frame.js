/* The frame of the export over the live map: the edge of what the page will show, to be moved and
   resized. The application answers each proposal with the exact edge; until it has, the last one is
   moved along, so that the frame never lags behind the pointer. */
(function () {
  "use strict";
  const gisapp = (window.gisapp = window.gisapp || {});
  /** Which way a handle lies from the middle, x and y down, and which one stays where it is. */
  const HANDLES = {
    nw: [-1, -1, "se", "top left corner"], n: [0, -1, "s", "top edge"], ne: [1, -1, "sw", "top right corner"],
    e: [1, 0, "w", "right edge"], se: [1, 1, "nw", "bottom right corner"], s: [0, 1, "n", "bottom edge"],
    sw: [-1, 1, "ne", "bottom left corner"], w: [-1, 0, "e", "left edge"],
  };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const STEP = 8; // pixels for each press of an arrow key; with Shift eight times as far
  const NEAR = 5; // pixels: so near to its edge the frame is taken hold of
  const LEAST = 0.4 / 360; // worlds: no frame is narrower
  const TOP = gisapp.worldY(85);
  const BOTTOM = gisapp.worldY(-85);

  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
  const latOf = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

  /** The frame: `send` tells the application what the user proposes. */
  gisapp.Frame = function (map, tools, send) {
    this.map = map;
    this.tools = tools;
    this.send = send;
    this.paths = null;
    this.drag = null;
    this._build();
    map.on("move zoomend resize", () => this.place());
    map.on("zoomanim", () => (this.root.style.visibility = "hidden"));
    map.on("zoomend", () => (this.root.style.visibility = ""));
    map.on("mousedown", (event) => {
      if (event.originalEvent.button !== 0 || !this.near(event.layerPoint)) return;
      map.dragging.disable();
      this._take("move", event.originalEvent);
    });
    document.addEventListener("mousemove", (event) => this._follow(event));
    document.addEventListener("mouseup", (event) => this._drop(event));
  };

  gisapp.Frame.prototype = {
    _build: function () {
      const root = (this.root = L.DomUtil.create("div", "frame", this.map.getContainer()));
      root.hidden = true;
      root.setAttribute("role", "group");
      root.setAttribute("aria-label", "Frame of the export");
      L.DomEvent.disableClickPropagation(root);
      this.grip = this._button("grip", "move", "Move the frame: drag it, or use the arrow keys");
      this.handles = {};
      for (const [name, [, , , words]] of Object.entries(HANDLES)) {
        const label = `Frame, ${words}: drag it, or use the arrow keys`;
        this.handles[name] = this._button("handle", name, label);
      }
      this.away = L.DomUtil.create("button", "away", root);
      this.away.type = "button";
      this.away.textContent = "Show frame";
      this.away.title = "The frame is out of sight: look at it";
      this.away.addEventListener("click", () => this.show());
    },

    _button: function (kind, name, label) {
      const button = L.DomUtil.create("button", kind, this.root);
      button.type = "button";
      button.dataset.at = name;
      button.title = label;
      button.setAttribute("aria-label", label);
      button.addEventListener("mousedown", (event) => {
        if (event.button === 0) this._take(name, event);
      });
      button.addEventListener("keydown", (event) => this._press(name, event));
      button.addEventListener("keyup", () => this._settle());
      button.addEventListener("blur", () => this._settle());
      return button;
    },

    /** Take the exact edge of what the page shows for these bounds; null hides the frame. */
    set: function (frame) {
      this.paths = frame ? frame.rings.map(gisapp.project) : null;
      this.root.hidden = !frame;
      if (frame) {
        const [w, s, e, n] = frame.bounds;
        this.exact = { x0: gisapp.worldX(w), y0: gisapp.worldY(n), x1: gisapp.worldX(e), y1: gisapp.worldY(s) };
        if (!this.drag && !this.pressed) this.wanted = this.exact;
        this.grip.textContent = frame.title;
      } else {
        this.drag = this.pressed = null;
      }
      this.place();
      this.tools.redraw();
    },

    /** Return how the last exact edge is moved to where the frame is wanted: x, y scale and shift. */
    _shift: function () {
      const a = this.exact;
      const b = this.wanted;
      const sx = (b.x1 - b.x0) / (a.x1 - a.x0);
      const sy = (b.y1 - b.y0) / (a.y1 - a.y0);
      return { sx, sy, dx: b.x0 - a.x0 * sx, dy: b.y0 - a.y0 * sy };
    },

    /** Return the frame's box in worlds. */
    _box: function () {
      const { sx, sy, dx, dy } = this._shift();
      const boxes = this.paths.map((path) => path.box);
      return {
        x0: Math.min(...boxes.map((b) => b[0])) * sx + dx, y0: Math.min(...boxes.map((b) => b[1])) * sy + dy,
        x1: Math.max(...boxes.map((b) => b[2])) * sx + dx, y1: Math.max(...boxes.map((b) => b[3])) * sy + dy,
      };
    },

    /** Return where the handles stand, worlds: on the edge itself, which is bent. */
    _spots: function () {
      const { sx, sy, dx, dy } = this._shift();
      const box = this._box();
      const cx = (box.x0 + box.x1) / 2;
      const cy = (box.y0 + box.y1) / 2;
      const spots = {};
      for (const [name, [fx, fy]] of Object.entries(HANDLES)) {
        let best = -Infinity;
        for (const path of this.paths) {
          for (let i = 0; i < path.xs.length; i++) {
            const x = path.xs[i] * sx + dx;
            const y = path.ys[i] * sy + dy;
            const u = (x - cx) / (box.x1 - box.x0);
            const v = (y - cy) / (box.y1 - box.y0);
            const fit = (fx ? fx * u : -2 * Math.abs(u)) + (fy ? fy * v : -2 * Math.abs(v));
            if (fit <= best) continue;
            best = fit;
            spots[name] = [x, y];
          }
        }
      }
      return spots;
    },

    /** Return the turn around the world on which the frame is nearest to what is in view. */
    _turn: function (box) {
      return Math.round(gisapp.worldX(this.map.getCenter().lng) - (box.x0 + box.x1) / 2);
    },

    _side: function () {
      return 256 * Math.pow(2, this.map.getZoom());
    },

    /** Put handles and grip where they belong; the map's own pixels. */
    place: function () {
      if (!this.paths) return;
      const box = this._box();
      const turn = this._turn(box);
      const side = this._side();
      const origin = this.map.getPixelOrigin();
      const corner = this.map.containerPointToLayerPoint([0, 0]);
      const at = (x, y) => [(x + turn) * side - origin.x - corner.x, y * side - origin.y - corner.y];
      const size = this.map.getSize();
      const [left, top] = at(box.x0, box.y0);
      const [right, bottom] = at(box.x1, box.y1);
      const out = right < 0 || bottom < 0 || left > size.x || top > size.y;
      this.away.hidden = !out;
      const spots = this._spots();
      for (const [name, handle] of Object.entries(this.handles)) {
        const [x, y] = at(...spots[name]);
        handle.hidden = x < -6 || y < -6 || x > size.x + 6 || y > size.y + 6;
        handle.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      }
      // the grip stays in sight as long as any of the frame is
      const [cornerX, cornerY] = at(...spots.nw);
      const x = clamp(cornerX, 0, Math.max(0, Math.min(right, size.x) - this.grip.offsetWidth));
      const y = clamp(cornerY, 0, Math.max(0, Math.min(bottom, size.y) - this.grip.offsetHeight));
      this.grip.hidden = out;
      this.grip.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    },

    /** Look at the frame. */
    show: function () {
      const box = this._box();
      const turn = this._turn(box);
      const lon = (x) => (x + turn - 0.5) * 360;
      this.map.fitBounds([[latOf(box.y1), lon(box.x0)], [latOf(box.y0), lon(box.x1)]],
        { animate: false, padding: [32, 32] });
      this.grip.focus();
    },

    /** Return whether a layer point lies on the frame's edge. */
    near: function (p) {
      return !!this.drawn && !!this.paths && this.drawn.some((each) => gisapp.nearPath(each, p.x, p.y, NEAR));
    },

    // --- moving and resizing ---------------------------------------------------------------------

    _take: function (name, event) {
      const spots = this._spots();
      this.drag = { name, x: event.clientX, y: event.clientY, spots, from: this.wanted, moved: false };
    },

    _follow: function (event) {
      if (!this.drag) return;
      const side = this._side();
      const { name, spots, from } = this.drag;
      this._propose(name, spots, from, (event.clientX - this.drag.x) / side, (event.clientY - this.drag.y) / side);
      this.drag.moved = true;
    },

    _drop: function () {
      if (!this.drag) return;
      const moved = this.drag.moved;
      this._release();
      if (moved) this._tell(true);
    },

    /** Give up what is under way; returns whether anything was. */
    cancel: function () {
      const held = this.drag || this.pressed;
      if (!held) return false;
      this.wanted = held.from;
      this.pressed = null;
      this._release();
      this._tell(false);
      return true;
    },

    _release: function () {
      this.drag = null;
      if (this.map.getContainer().dataset.mode !== "select") this.map.dragging.enable();
    },

    _press: function (name, event) {
      const arrow = ARROWS[event.key];
      if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      if (!this.pressed) this.pressed = { from: this.wanted };
      const far = (event.shiftKey ? 8 * STEP : STEP) / this._side();
      this._propose(name, this._spots(), this.wanted, arrow[0] * far, arrow[1] * far);
    },

    _settle: function () {
      if (!this.pressed) return;
      this.pressed = null;
      this._tell(true);
    },

    /** Move or resize: the opposite corner or edge stays, and so does the shape of the page's map. */
    _propose: function (name, spots, from, dx, dy) {
      if (name === "move") {
        const down = clamp(dy, TOP - from.y0, BOTTOM - from.y1);
        this.wanted = { x0: from.x0 + dx, x1: from.x1 + dx, y0: from.y0 + down, y1: from.y1 + down };
      } else {
        const [fx, fy, opposite] = HANDLES[name];
        const [ax, ay] = spots[opposite];
        const hx = fx ? spots[name][0] - ax : 0;
        const hy = fy ? spots[name][1] - ay : 0;
        const wide = from.x1 - from.x0;
        let factor = ((hx + dx) * hx + (hy + dy) * hy) / (hx * hx + hy * hy);
        factor = clamp(factor, LEAST / wide, 1 / wide);
        const grown = (f) => ({
          x0: ax + (from.x0 - ax) * f, x1: ax + (from.x1 - ax) * f,
          y0: ay + (from.y0 - ay) * f, y1: ay + (from.y1 - ay) * f,
        });
        const next = grown(factor);
        if (next.y0 < TOP) factor = Math.min(factor, (TOP - ay) / (from.y0 - ay));
        if (next.y1 > BOTTOM) factor = Math.min(factor, (BOTTOM - ay) / (from.y1 - ay));
        this.wanted = grown(factor);
      }
      this.place();
      this.tools.later();
      // the application hears of it once a picture, however fast the pointer is
      cancelAnimationFrame(this.asking);
      this.asking = requestAnimationFrame(() => this._tell(false));
    },

    _tell: function (done) {
      cancelAnimationFrame(this.asking);
      const { x0, y0, x1, y1 } = this.wanted;
      const turn = Math.floor(x0);
      this.send({
        type: "frame", done, w: (x0 - turn - 0.5) * 360, e: (x1 - turn - 0.5) * 360, s: latOf(y1), n: latOf(y0),
      });
    },

    // --- drawing -----------------------------------------------------------------------------------

    /** Dim what the export will not show. */
    draw: function (ctx, at, bounds) {
      if (!this.paths) return;
      const { sx, sy, dx, dy } = this._shift();
      const k = this._turn(this._box());
      this.drawn = this.paths.map((path) => {
        const count = path.xs.length + 1;
        const drawn = { xs: new Float32Array(count), ys: new Float32Array(count), count };
        for (let i = 0; i < count; i++) {
          const j = i % path.xs.length;
          drawn.xs[i] = (path.xs[j] * sx + dx + k) * at.side - at.ox;
          drawn.ys[i] = (path.ys[j] * sy + dy) * at.side - at.oy;
        }
        return drawn;
      });
      const trace = () => {
        for (const { xs, ys, count } of this.drawn) {
          ctx.moveTo(xs[0], ys[0]);
          for (let i = 1; i < count; i++) ctx.lineTo(xs[i], ys[i]);
          ctx.closePath();
        }
      };
      const colors = gisapp.theme.colors;
      ctx.setLineDash([]);
      ctx.lineJoin = "round";
      ctx.fillStyle = colors.paper;
      ctx.globalAlpha = 0.62;
      ctx.beginPath();
      ctx.rect(bounds.min.x, bounds.min.y, bounds.max.x - bounds.min.x, bounds.max.y - bounds.min.y);
      trace();
      ctx.fill("evenodd");
      ctx.globalAlpha = 1;
      ctx.beginPath();
      trace();
      ctx.strokeStyle = colors.halo;
      ctx.lineWidth = 4;
      ctx.stroke();
      ctx.strokeStyle = colors.accent;
      ctx.lineWidth = 2;
      ctx.stroke();
    },
  };
})();
