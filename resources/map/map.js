/* The page: shows scenes that the application sends, and tells it what the pointer does.
   In the window it talks over a QWebChannel; in an exported page everything is inlined. */
(function () {
  "use strict";
  const gisapp = (window.gisapp = window.gisapp || {});
  const ORIGIN = "gisapp://map";
  let map, scene, tools, bridge, tip;
  let mode = "pan";
  let base = null;
  let overlay = null;
  let current = { layers: [] };
  let shown = 0;
  const compiled = new Map();
  const tileLayers = new Map();

  function send(message) {
    if (bridge) bridge.post(JSON.stringify(message));
  }

  window.addEventListener("error", (event) => {
    send({ type: "problem", text: String(event.message).slice(0, 500) });
  });

  gisapp.start = function (leafletMap) {
    gisapp.map = map = leafletMap;
    fitWorld();
    map.setMaxZoom(16);
    map.setMaxBounds([[-84.5, -1e6], [84, 1e6]]);
    scene = gisapp.scene = new gisapp.Scene().addTo(map);
    tools = gisapp.tools = new gisapp.Tools(scene).addTo(map);
    tip = L.DomUtil.create("div", "tip", map.getContainer());
    tip.setAttribute("role", "tooltip");
    controls();
    listen();
    if (gisapp.inline) {
      gisapp.startStill(map);
      gisapp.receive({ type: "scene", scene: gisapp.inline.scene });
      return;
    }
    map.getContainer().focus({ preventScroll: true });
    tools.frame = new gisapp.Frame(map, tools, send);
    fetch(`${ORIGIN}/names.json`)
      .then((answer) => answer.json())
      .then((written) => scene.setWritten(written))
      .catch((error) => send({ type: "problem", text: `names: ${error}` }));
    new QWebChannel(qt.webChannelTransport, (channel) => {
      bridge = channel.objects.bridge;
      send({ type: "ready" });
    });
  };

  function controls() {
    // all in one corner: the window lays its legend on the other one; the last stands uppermost
    const line = L.control({ position: "bottomright" });
    line.onAdd = () => L.DomUtil.create("div", "sources");
    line.addTo(map);
    L.control.scale({ position: "bottomright", imperial: false, maxWidth: 110 }).addTo(map);
    L.control.zoom({ position: "bottomright", zoomInTitle: "Zoom in (+)", zoomOutTitle: "Zoom out (−)" }).addTo(map);
  }

  // --- scenes ----------------------------------------------------------------------------------

  function swapTiles(old, token, pane, index, zooms = [0, 24]) {
    if (gisapp.inline) {
      if (!gisapp.inline.tiles[token]) return null;
      return new gisapp.InlineTiles(gisapp.inline.tiles[token],
        { pane: "overlayPane", zIndex: index, minZoom: Math.ceil(zooms[0]), maxZoom: Math.min(16, zooms[1]), maxNativeZoom: gisapp.inline.paintedZoom }).addTo(map);
    }
    const scale = Math.min(4, Math.ceil(window.devicePixelRatio || 1));
    const layer = L.tileLayer(`${ORIGIN}/tiles/${token}/{z}/{x}/{y}@${scale}.png`, {
      pane, zIndex: index, minZoom: Math.ceil(zooms[0]), maxZoom: Math.min(16, zooms[1]), keepBuffer: 3, updateWhenZooming: false, updateInterval: 80,
    });
    layer.token = token;
    if (old) {
      // the old tiles stay until all new ones are there: nothing flickers, nothing is mixed
      layer.setOpacity(0);
      const swap = () => {
        if (layer.getContainer()) layer.setOpacity(1); // it may be replaced itself by now
        old.remove();
      };
      layer.once("load remove", swap);
      setTimeout(swap, 3000);
    }
    return layer.addTo(map);
  }

  async function collectionOf(key) {
    if (gisapp.inline) return gisapp.inline.layers[key];
    const answer = await fetch(`${ORIGIN}/layer/${key}.json`);
    if (!answer.ok) throw new Error(`layer ${key}: ${answer.status}`);
    return answer.json();
  }

  async function showScene(next) {
    const number = ++shown;
    const recolored = gisapp.theme.name !== next.theme.name;
    gisapp.setTheme(next.theme);
    if (!gisapp.inline && (!base || base.token !== next.base)) base = swapTiles(base, next.base, "tilePane", 1);
    if (!gisapp.inline && (!overlay || overlay.token !== next.overlay)) overlay = swapTiles(overlay, next.overlay, "tilePane", 2);
    const sources = map.getContainer().querySelector(".sources");
    sources.textContent = sources.title = next.attribution;
    if (recolored) compiled.clear();
    const wanted = next.layers.filter((layer) => !layer.tiles);
    try {
      await Promise.all(wanted.map(async (layer) => {
        if (compiled.has(layer.key)) return;
        const made = gisapp.compile(layer.key, await collectionOf(layer.key));
        compiled.set(layer.key, made);
      }));
    } catch (error) {
      if (number !== shown) return; // an outdated scene may ask for what is gone
      throw error;
    }
    if (number !== shown) return; // a newer scene came while this one was fetched
    current = next;
    showTiles(next.layers.filter((layer) => layer.tiles));
    scene.setConnections(next.connections);
    scene.setLabels(next.labels);
    scene.setLayers(wanted.map((layer) =>
      Object.assign(compiled.get(layer.key), { id: layer.id, name: layer.name, opacity: layer.opacity, zooms: layer.zooms })));
    const keys = new Set(next.layers.map((layer) => layer.key));
    for (const key of compiled.keys()) if (!keys.has(key) && compiled.size > 40) compiled.delete(key);
    tools.hover = tools.fan = null;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      tools.redraw();
      send({ type: "shown", number: next.number });
    }));
  }

  function showTiles(layers) {
    const keys = new Set(layers.map((layer) => layer.key));
    for (const [key, layer] of tileLayers) {
      if (keys.has(key)) continue;
      layer.remove();
      tileLayers.delete(key);
    }
    layers.forEach((layer, i) => {
      if (!tileLayers.has(layer.key)) tileLayers.set(layer.key, swapTiles(null, layer.key, "tilePane", 10 + i, layer.zooms));
      tileLayers.get(layer.key).setOpacity(layer.opacity).setZIndex(10 + i);
    });
  }

  // --- messages from the application -----------------------------------------------------------

  const actions = {
    scene: (m) => showScene(m.scene).catch((error) => send({ type: "problem", text: String(error) })),
    view: (m) => map.setView([m.lat, nearest(m.lon)], m.zoom, { animate: false }),
    fit: (m) => map.fitBounds([[m.s, m.w], [m.n, m.e]], { animate: false, padding: [24, 24], maxZoom: 12 }),
    mode: (m) => setMode(m.mode),
    selection: (m) => {
      tools.selection = { layer: m.layer, rows: new Set(m.rows), places: m.places };
      tools.redraw();
    },
    flash: (m) => tools.flash(m.lon, m.lat),
    handle: (m) => {
      tools.handle = m.lon === null ? null : { lon: m.lon, lat: m.lat, held: false };
      tools.redraw();
    },
    frame: (m) => tools.frame.set(m.frame),
    measured: (m) => {
      if (!tools.measure) return;
      Object.assign(tools.measure, { path: m.path, legs: m.legs, total: m.total });
      tools.redraw();
    },
  };

  gisapp.receive = function (message) {
    actions[message.type](message);
  };

  /** Return the copy of a longitude that is nearest to what is in view. */
  function nearest(lon) {
    return lon + 360 * Math.round((map.getCenter().lng - lon) / 360);
  }

  function wrapped(lon) {
    return lon - 360 * Math.floor((lon + 180) / 360);
  }

  function tellView() {
    const c = map.getCenter();
    const b = map.getBounds();
    send({
      type: "view", lon: wrapped(c.lng), lat: c.lat, zoom: map.getZoom(),
      w: b.getWest(), s: Math.max(-90, b.getSouth()), e: b.getEast(), n: Math.min(90, b.getNorth()),
    });
  }

  // --- pointer and keys ------------------------------------------------------------------------

  function setMode(next) {
    mode = next;
    justBoxed = -1e9;
    map.getContainer().dataset.mode = next;
    map.dragging[next === "select" ? "disable" : "enable"]();
    tools.box = null;
    if (next !== "measure" && tools.measure) {
      tools.measure = null;
      askNothing();
    }
    tools.redraw();
  }

  function listen() {
    map.on("moveend", tellView);
    map.on("zoomstart movestart", () => {
      tools.fan = tools.hover = null;
      showTip(null);
    });
    map.on("mousemove", (event) => hovering(event));
    map.on("mouseout", () => {
      tools.hover = tools.fan = null;
      showTip(null);
      tools.later();
    });
    map.on("click", clicked);
    map.on("dblclick", () => {
      if (mode === "measure") finishMeasure();
      else if (mode === "pan") map.zoomIn();
    });
    map.on("mousedown", holdHandle);
    document.addEventListener("mouseup", dropHandle);
    map.on("mousedown", (event) => {
      if (mode !== "select" || event.originalEvent.button !== 0) return;
      if (tools.frame && tools.frame.drag) return;
      const p = event.layerPoint;
      tools.box = { x0: p.x, y0: p.y, x1: p.x, y1: p.y, from: event.latlng };
    });
    // on the document: a box may end outside the map
    document.addEventListener("mousemove", (event) => {
      if (!tools.box || map.getContainer().contains(event.target)) return;
      const p = map.mouseEventToLayerPoint(event);
      Object.assign(tools.box, { x1: p.x, y1: p.y });
      tools.later();
    });
    document.addEventListener("mouseup", (event) => {
      if (!tools.box) return;
      const { x0, y0, from } = tools.box;
      tools.box = null;
      tools.redraw();
      const p = map.mouseEventToLayerPoint(event);
      if (Math.hypot(p.x - x0, p.y - y0) < 4) return;
      const to = map.mouseEventToLatLng(event);
      justBoxed = performance.now();
      send({
        type: "box", w: Math.min(from.lng, to.lng), s: Math.min(from.lat, to.lat),
        e: Math.max(from.lng, to.lng), n: Math.max(from.lat, to.lat), add: event.shiftKey,
      });
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Tab") document.documentElement.dataset.keys = "yes";
      if (event.key === "Escape" || event.key === "Enter") {
        if (tools.measure && event.key === "Enter") finishMeasure();
        else if (event.key === "Escape") {
          // one thing at a time: what is under way first, then what is selected
          const busy = (tools.frame && tools.frame.cancel()) || tools.measure || tools.box || tools.fan;
          if (tools.measure) askNothing();
          tools.measure = tools.box = tools.fan = null;
          if (gisapp.inline) gisapp.closeCard();
          tools.redraw();
          if (!busy) send({ type: "escape" });
        }
      }
    });
    document.addEventListener("contextmenu", (event) => event.preventDefault());
    window.addEventListener("resize", () => {
      map.invalidateSize({ animate: false });
      fitWorld();
    });
  }

  /** Keep the world from being seen twice over emptiness on all but small maps. */
  function fitWorld() {
    const least = map.getSize().x < 640 ? 1 : 2;
    map.options.minZoom = least;
    map.fire("zoomlevelschange");
    // not animated: an animation would end where the map stood before the window placed it
    if (map.getZoom() < least) map.setZoom(least, { animate: false });
  }

  // --- the handle of a point that is moved -------------------------------------------------------

  function onHandle(p) {
    const at = map.latLngToLayerPoint([tools.handle.lat, nearest(tools.handle.lon)]);
    return Math.hypot(at.x - p.x, at.y - p.y) < 16;
  }

  function holdHandle(event) {
    if (!tools.handle || event.originalEvent.button !== 0 || !onHandle(event.layerPoint)) return;
    tools.handle.held = true;
    map.dragging.disable();
  }

  function dragHandle(latlng) {
    Object.assign(tools.handle, { lon: wrapped(latlng.lng), lat: latlng.lat });
    tools.later();
    send({ type: "handle", lon: tools.handle.lon, lat: tools.handle.lat });
  }

  function dropHandle(event) {
    if (!tools.handle || !tools.handle.held) return;
    dragHandle(map.mouseEventToLatLng(event));
    tools.handle.held = false;
    if (mode !== "select") map.dragging.enable();
    justBoxed = performance.now(); // the click that ends it picks nothing
  }

  let justBoxed = -1e9;
  let lastMove = 0;

  function hovering(event) {
    const p = event.layerPoint;
    const now = performance.now();
    if (now - lastMove > 40) {
      lastMove = now;
      send({ type: "hover", lon: wrapped(event.latlng.lng), lat: event.latlng.lat });
      if (mode === "measure" && tools.measure && !tools.measure.done) {
        askMeasure([...tools.measure.points, [event.latlng.lng, event.latlng.lat]], false);
      }
    }
    if (tools.box) {
      tools.box.x1 = p.x;
      tools.box.y1 = p.y;
      tools.later();
      return;
    }
    if (tools.handle) {
      map.getContainer().style.cursor = onHandle(p) ? "grab" : "";
      if (tools.handle.held) dragHandle(event.latlng);
      if (tools.handle.held || onHandle(p)) return;
    }
    if (tools.frame && (tools.frame.drag || tools.frame.near(p))) {
      map.getContainer().style.cursor = "move";
      return;
    }
    if (mode === "measure" || mode === "place") return;
    const fanned = tools.inFan(p.x, p.y);
    const hit = fanned || (tools.fan ? null : scene.hit(p.x, p.y));
    if (hit && !fanned && hit.kind === "point" && hit.point.spot.length > 1) {
      tools.openFan(hit.x, hit.y, hit.point.spot);
    }
    tools.hover = hit;
    map.getContainer().style.cursor = hit ? "pointer" : "";
    showTip(hit, event.containerPoint);
    tools.later();
  }

  /** Show name and lines as text: what a layer says never becomes markup. */
  function showTip(hit, at) {
    tip.replaceChildren();
    tip.style.display = hit ? "block" : "none";
    if (!hit) return;
    const [title, lines] = wordsOf(hit);
    L.DomUtil.create("b", "", tip).textContent = title;
    for (const line of lines) L.DomUtil.create("div", "", tip).textContent = line;
    const away = tools.fan ? tools.reach() : 14;
    const size = map.getSize();
    const box = tip.getBoundingClientRect();
    const left = at.x + away + box.width > size.x ? at.x - box.width - away : at.x + away;
    const top = at.y + 14 + box.height > size.y ? at.y - box.height - 10 : at.y + 14;
    tip.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(Math.max(4, top))}px)`;
  }

  /** Return title and lines of a tooltip: of a spot with several sites, their names. */
  function wordsOf(hit) {
    if (hit.kind === "connection") return [hit.connection.name, [hit.connection.km]];
    const spot = tools.fan && !hit.fanned ? tools.fan.items : [];
    if (spot.length < 2) return [hit.p.n, hit.p.t];
    const names = spot.slice(0, 6).map((item) => item.point.p.n);
    if (spot.length > 6) names.push("…");
    return [`${spot.length} sites here`, names];
  }

  function clicked(event) {
    if (performance.now() - justBoxed < 200) return; // the click that ends a box
    const p = event.layerPoint;
    if (tools.frame && tools.frame.near(p)) return;
    if (mode === "measure") {
      if (!tools.measure || tools.measure.done) {
        tools.measure = { points: [], path: [], legs: [], total: "", done: false };
      }
      // the second click of a double click ends the line, and is no point of it
      const last = tools.measure.points[tools.measure.points.length - 1];
      const at = last && map.latLngToLayerPoint([last[1], last[0]]);
      if (at && Math.hypot(at.x - p.x, at.y - p.y) < 4) return;
      tools.measure.points.push([event.latlng.lng, event.latlng.lat]);
      askMeasure(tools.measure.points, true);
      return;
    }
    const lon = wrapped(event.latlng.lng);
    const lat = event.latlng.lat;
    if (mode === "place") {
      send({ type: "place", lon, lat, x: event.containerPoint.x, y: event.containerPoint.y });
      return;
    }
    const hit = tools.inFan(p.x, p.y) || scene.hit(p.x, p.y);
    if (gisapp.inline) {
      gisapp.openCard(hit);
    } else if (hit && hit.layer) {
      send({ type: "identify", layer: hit.layer.id, row: hit.p.r, lon, lat });
    } else {
      send({ type: "click", lon, lat, zoom: map.getZoom() });
    }
  }

  function askMeasure(points, fixed) {
    send({ type: "measure", points, fixed });
  }

  function askNothing() {
    send({ type: "measure", points: [], fixed: true });
  }

  function finishMeasure() {
    if (!tools.measure) return;
    tools.measure.done = true;
    askMeasure(tools.measure.points, true);
  }

  /** Show or hide a layer of an exported page. */
  gisapp.toggle = function (id, on) {
    const given = current.layers.find((layer) => layer.id === id);
    for (const layer of scene.layers) if (layer.id === id) layer.opacity = on ? given.opacity : 0;
    if (tileLayers.has(given.key)) tileLayers.get(given.key).setOpacity(on ? given.opacity : 0);
    scene.redraw();
    tools.redraw();
  };
})();
