/* What a reader does on an exported page: search, cards, layer switches, the keyboard, printing. */
(function () {
  "use strict";
  const gisapp = window.gisapp;
  const MOST_FOUND = 12;
  const NEAR_MIDDLE = 48; // pixels: so near to the middle a site is what Enter opens
  const PAPER_RATIO = 3;
  const PRINTED = { width: 1030, height: 428 }; // CSS pixels of the map on paper
  let map, card, input, list, said, back;
  let entries = [];
  let chosen = -1;
  let found = [];

  gisapp.startReader = function (leafletMap) {
    map = leafletMap;
    card = document.querySelector(".card");
    input = document.getElementById("find");
    list = document.getElementById("found");
    said = document.getElementById("said");
    gather();
    searching();
    switches();
    keys();
    printing();
    document.querySelector(".sites").addEventListener("toggle", tabulate, { once: true });
  };

  const make = (tag, parent, text) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };

  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  function say(text) {
    said.textContent = text;
  }

  // --- what can be found -------------------------------------------------------------------------

  function gather() {
    for (const layer of gisapp.inline.scene.layers) {
      const collection = gisapp.inline.layers[layer.key];
      if (!collection) continue;
      for (const feature of collection.features) {
        const p = feature.properties;
        const name = plain(p.n);
        const said = p.t.map(plain);
        entries.push({ layer, p, name, place: said[1] || "", text: [name, ...said].join(" "), geometry: feature.geometry });
      }
    }
    // the same name twice: the first layer of the drawing order is the lowest
    entries.reverse();
  }

  /** Return how well an entry fits the words, 0 for not at all: names first, then countries of sites,
      then owners and minerals. */
  function fit(entry, words) {
    if (!words.every((word) => entry.text.includes(word))) return 0;
    const [first] = words;
    const faded = entry.layer.opacity < 0.5 ? 0 : 0.5;
    if (entry.name.startsWith(words.join(" "))) return 4 + faded;
    if (entry.name.split(/[\s(-]+/).some((part) => part.startsWith(first))) return 3 + faded;
    if (entry.place.startsWith(words.join(" "))) return 2.2 + faded;
    return (words.every((word) => entry.name.includes(word)) ? 2 : 1) + faded;
  }

  function search() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    found = [];
    if (words.length) {
      found = entries.map((entry) => ({ entry, fit: fit(entry, words) })).filter((each) => each.fit);
      found.sort((a, b) => b.fit - a.fit || (b.entry.p.d || 0) - (a.entry.p.d || 0));
    }
    const count = found.length;
    found = found.slice(0, MOST_FOUND).map((each) => each.entry);
    list.replaceChildren();
    found.forEach((entry, i) => {
      const item = make("li", list);
      item.id = `found-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      make("b", item, entry.p.n);
      make("span", item, entry.p.t.slice(0, 2).join(" · "));
      item.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
      item.addEventListener("click", () => open(entry));
    });
    if (words.length && !count) make("li", list, "Nothing of that name is on this map").className = "none";
    choose(-1);
    list.hidden = !words.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (words.length) say(count === 1 ? "1 found" : `${count} found`);
  }

  function choose(at) {
    chosen = at;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    const item = list.children[at];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  function searching() {
    input.form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", search);
    input.addEventListener("focus", () => input.value && search());
    input.addEventListener("blur", () => closeList());
    input.addEventListener("keydown", (event) => {
      const last = found.length - 1;
      if (event.key === "ArrowDown" && found.length) choose(chosen < last ? chosen + 1 : 0);
      else if (event.key === "ArrowUp" && found.length) choose(chosen > 0 ? chosen - 1 : last);
      else if (event.key === "Enter" && found.length) open(found[Math.max(chosen, 0)]);
      else if (event.key === "Escape" && !list.hidden) closeList();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  function closeList() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** Fly to what was found and open its card; a layer that is switched off is switched on. */
  function open(entry) {
    closeList();
    const box = document.querySelector(`input[data-layer="${CSS.escape(entry.layer.id)}"]`);
    if (box && !box.checked) box.click();
    const at = entry.geometry.coordinates;
    if (entry.geometry.type === "Point") {
      const zoom = Math.max(map.getZoom(), 6);
      // on a narrow screen the card lies over the lower half of the map
      const below = window.innerWidth <= 800 ? map.getSize().y * 0.32 : 0;
      map.setView(map.unproject(map.project([at[1], at[0]], zoom).add([0, below]), zoom), zoom);
      gisapp.tools.flash(at[0], at[1]);
    } else {
      const flat = at.flat(Infinity);
      const lons = flat.filter((_, i) => i % 2 === 0);
      const lats = flat.filter((_, i) => i % 2 === 1);
      const least = (values) => values.reduce((a, b) => Math.min(a, b));
      const most = (values) => values.reduce((a, b) => Math.max(a, b));
      map.fitBounds([[least(lats), least(lons)], [most(lats), most(lons)]], { padding: [40, 40], maxZoom: 8 });
    }
    gisapp.openCard({ kind: "found", p: entry.p }, true);
  }

  // --- cards -------------------------------------------------------------------------------------

  gisapp.closeCard = function () {
    if (card.hidden) return;
    const inside = card.contains(document.activeElement);
    card.hidden = true;
    if (inside && back) back.focus({ preventScroll: true });
    back = null;
  };

  /** Show what is known of a hit; with `focus` the card takes the keyboard, and gives it back. */
  gisapp.openCard = function (hit, focus) {
    if (!hit) {
      gisapp.closeCard();
      return;
    }
    if (!back || !card.contains(document.activeElement)) back = document.activeElement;
    const line = hit.kind === "connection" ? hit.connection : null;
    card.replaceChildren();
    const title = make("h2", card, line ? line.name : hit.p.n);
    title.id = "card-title";
    for (const text of line ? [line.km] : hit.p.t) make("p", card, text);
    const facts = (hit.p && hit.p.c) || [];
    if (facts.length) {
      const table = make("dl", card);
      for (const [label, value] of facts) {
        make("dt", table, label);
        make("dd", table, value);
      }
    }
    const close = make("button", card, "×");
    close.type = "button";
    close.setAttribute("aria-label", "Close the card");
    close.addEventListener("click", gisapp.closeCard);
    card.hidden = false;
    card.scrollTop = 0;
    if (focus) card.focus({ preventScroll: true });
    else say(title.textContent);
  };

  // --- layers and the table of all ---------------------------------------------------------------

  function switches() {
    for (const box of document.querySelectorAll("input[data-layer]")) {
      box.addEventListener("change", () => gisapp.toggle(box.dataset.layer, box.checked));
    }
  }

  function tabulate() {
    const table = make("table", document.querySelector(".sites .scroll"));
    const head = make("tr", make("thead", table));
    for (const title of ["Name", "What it is", "Where and whose"]) make("th", head, title).scope = "col";
    const body = make("tbody", table);
    const listed = [...entries].sort((a, b) => (b.p.d || 0) - (a.p.d || 0) || a.name.localeCompare(b.name, "en"));
    for (const entry of listed) {
      const row = make("tr", body);
      const button = make("button", make("td", row), entry.p.n);
      button.type = "button";
      button.addEventListener("click", () => open(entry));
      make("td", row, entry.p.t[0] || "");
      make("td", row, entry.p.t[1] || "");
    }
  }

  // --- the map by keyboard -----------------------------------------------------------------------

  function keys() {
    const container = map.getContainer();
    container.setAttribute("role", "application");
    container.setAttribute("aria-roledescription", "map");
    container.setAttribute("aria-label",
      "Map. Arrow keys move it, plus and minus zoom, Home shows all again, Enter opens the site in the middle.");
    const cross = make("div", container);
    cross.className = "cross";
    cross.setAttribute("aria-hidden", "true");
    let byKeys = false;
    const aim = () => {
      if (!byKeys) return;
      const hit = middle();
      gisapp.tools.hover = hit;
      gisapp.tools.later();
      if (hit) say(`${hit.p.n}. Enter opens it.`);
    };
    container.addEventListener("keydown", (event) => {
      if (event.target !== container) return;
      if (/^(Arrow|\+|-|=|_|Home)/.test(event.key)) {
        byKeys = true;
        container.dataset.aims = "yes";
      }
      if (event.key === "Home") {
        gisapp.home();
        event.preventDefault();
      } else if (event.key === "Enter") {
        const hit = middle();
        if (hit) gisapp.openCard(hit, true);
        else say("No site is in the middle of the map.");
      }
    });
    const pointed = () => {
      byKeys = false;
      delete container.dataset.aims;
    };
    container.addEventListener("pointerdown", pointed);
    container.addEventListener("blur", pointed);
    map.on("moveend", () => requestAnimationFrame(aim));
    document.addEventListener("pointerdown", () => delete document.documentElement.dataset.keys);
  }

  /** Return the site nearest to the middle of the map, if one is near. */
  function middle() {
    const at = map.containerPointToLayerPoint(map.getSize().divideBy(2));
    let best = null;
    for (const each of gisapp.scene.hits.points) {
      if (each.layer.opacity <= 0) continue;
      const away = Math.hypot(each.x - at.x, each.y - at.y);
      if (away > NEAR_MIDDLE || (best && away >= best.away)) continue;
      best = { away, kind: "point", layer: each.layer, p: each.point.p, x: each.x, y: each.y, size: each.size,
        point: each.point };
    }
    return best;
  }

  // --- on paper ----------------------------------------------------------------------------------

  /** A map on paper has the width of the paper and shows what the screen showed. */
  function printing() {
    let seen = null;
    const size = (on) => {
      map.getContainer().style.width = on ? `${PRINTED.width}px` : "";
      map.getContainer().style.height = on ? `${PRINTED.height}px` : "";
      map.options.zoomSnap = on ? 0 : 1;
      map.invalidateSize({ animate: false, pan: false });
    };
    window.addEventListener("beforeprint", () => {
      if (seen) return;
      const opened = gisapp.opened;
      seen = { bounds: map.getBounds(), center: map.getCenter(), zoom: map.getZoom() };
      const moved = opened.zoom !== seen.zoom || !opened.center.equals(seen.center);
      size(true);
      const [w, s, e, n] = gisapp.inline.bounds || [-180, -58, 180, 80];
      const bounds = moved ? seen.bounds : L.latLngBounds([s, w], [n, e]);
      // never so small that the world is seen twice
      const least = Math.log2(PRINTED.width / 256);
      const zoom = Math.max(least, map.getBoundsZoom(bounds));
      const corners = [bounds.getNorthWest(), bounds.getSouthEast()].map((at) => map.project(at, zoom));
      map.setView(map.unproject(corners[0].add(corners[1]).divideBy(2), zoom), zoom, { animate: false });
      map.getContainer().append(paper());
    });
    window.addEventListener("afterprint", () => {
      if (!seen) return;
      document.querySelector(".paper").remove();
      size(false);
      map.setView(seen.center, seen.zoom, { animate: false });
      seen = null;
    });
  }

  /** Return a canvas with all of the map. Those of the screen cannot be printed on one another:
      on paper, what clears one of them wipes out those below. */
  function paper() {
    const canvas = document.createElement("canvas");
    canvas.className = "paper";
    canvas.width = PRINTED.width * PAPER_RATIO;
    canvas.height = PRINTED.height * PAPER_RATIO;
    const ctx = canvas.getContext("2d");
    const corner = map.containerPointToLayerPoint([0, 0]);
    const frame = map.getContainer().getBoundingClientRect();
    const painted = (renderer) => {
      renderer.ratio = PAPER_RATIO;
      renderer.paint(ctx, corner);
      renderer.ratio = window.devicePixelRatio || 1;
    };
    painted(gisapp.countries);
    ctx.setTransform(PAPER_RATIO, 0, 0, PAPER_RATIO, 0, 0);
    for (const tile of map.getContainer().querySelectorAll("img.leaflet-tile-loaded")) {
      const box = tile.getBoundingClientRect();
      ctx.globalAlpha = Number(getComputedStyle(tile.closest(".leaflet-layer")).opacity);
      ctx.drawImage(tile, box.x - frame.x, box.y - frame.y, box.width, box.height);
    }
    ctx.globalAlpha = 1;
    painted(gisapp.scene);
    return canvas;
  }
})();
