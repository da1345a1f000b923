"use strict";
// What stands on the map: the answer, the tools, the key with its layers, scale, cursor, locator.
// Everything can be reached and worked by keyboard; no request is made.

{
  const NMI = 1852;
  const { el } = eezkit;
  const WIDE = "(min-width: 760px)";

  const ICONS = {
    search: "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.5 15.5L21 21",
    key: "M12 3L2.5 8.5L12 14l9.5-5.5zM4.5 12.5L12 17l7.5-4.5M4.5 16.5L12 21l7.5-4.5",
    measure: "M3 16L16 3l5 5L8 21zM6.5 12.5l2 2M9.5 9.5l3 3M12.5 6.5l2 2",
    full: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    theme: "M12 3.5a8.5 8.5 0 1 0 0 17zM12 3.5a8.5 8.5 0 0 1 0 17",
    home: "M12 12m-7.5 0a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0-15 0M12 2v6M12 16v6M2 12h6M16 12h6",
    in: "M12 5v14M5 12h14",
    out: "M5 12h14",
  };

  const drawn = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(svg.namespaceURI, "path");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  };

  /** Keep clicks, drags and the wheel in a box from reaching the map under it. */
  const still = (box) => {
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    return box;
  };

  const put = (map, position, box) => {
    const control = L.control({ position });
    control.onAdd = () => still(box);
    control.addTo(map);
    return box;
  };

  // -- the tools, a column of buttons, and what they open ------------------------------------

  function toolbar(map) {
    const bar = el("div", { class: "eez-tools", role: "toolbar", "aria-label": "Map tools",
      "aria-orientation": "vertical" });
    const button = (icon, label, action) => {
      const made = el("button", { type: "button", "aria-label": label, title: label }, drawn(icon));
      made.addEventListener("click", () => action(made));
      bar.append(made);
      return made;
    };
    return { bar: put(map, "topright", bar), button };
  }

  /** Tie a panel to a button: pressed shows, Escape hides and gives the focus back. */
  function toggled(button, panel, { open = false, changed = () => {} } = {}) {
    const set = (shown) => {
      panel.hidden = !shown;
      button.setAttribute("aria-expanded", String(shown));
      changed(shown);
    };
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      set(false);
      button.focus();
    });
    set(open);
    return { toggle: () => set(panel.hidden), set };
  }

  function fullScreen(map, tools) {
    const page = map.getContainer();
    if (!page.requestFullscreen) return;
    tools.button("full", "Full screen", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else page.requestFullscreen().catch(() => {});
    });
    document.addEventListener("fullscreenchange", () => map.invalidateSize());
  }

  function theme(tools) {
    const page = document.documentElement;
    tools.button("theme", "Light or dark", () => {
      const dark = page.dataset.theme
        ? page.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      page.dataset.theme = dark ? "light" : "dark";
    });
  }

  // -- search --------------------------------------------------------------------------------

  function search(map, tools, groups) {
    const found = groups.flatMap((group) => group.layer.eezkit?.found ?? [])
      .sort((a, b) => a.name.localeCompare(b.name));
    if (!found.length) return;
    const id = `${map.eezkit.id}-names`;
    const names = [...new Set(found.map((entry) => entry.name))];
    const list = el("datalist", { id }, ...names.map((name) => el("option", { value: name })));
    const input = el("input", { type: "search", list: id, placeholder: "Find a zone by name",
      "aria-label": "Find a zone by name", autocomplete: "off" });
    const none = el("p", { class: "eez-note", role: "status" });
    const panel = put(map, "topright", el("form", { class: "eez-panel eez-search", role: "search" },
      input, list, none));
    const go = (exact) => {
      const text = input.value.trim().toLowerCase();
      const hit = found.find((entry) => entry.name.toLowerCase() === text)
        ?? (exact || !text ? null : found.find((entry) => entry.name.toLowerCase().includes(text)));
      none.textContent = hit || exact || !text ? "" : `No zone here is called “${input.value.trim()}”.`;
      if (!hit) return;
      if (!map.hasLayer(hit.group)) map.addLayer(hit.group);
      const [west, south, east, north] = hit.box;
      map.fitBounds([[south, west], [north, east]], { padding: [40, 40], maxZoom: 8, animate: false });
      hit.shape.openPopup(map.getCenter());
    };
    panel.addEventListener("submit", (event) => { event.preventDefault(); go(false); });
    input.addEventListener("input", () => go(true));
    const button = tools.button("search", "Find a zone", () => shown.toggle());
    const shown = toggled(button, panel, { changed: (open) => open && input.focus() });
  }

  // -- the key, which is also where layers are switched --------------------------------------

  const swatch = ({ kind, style }) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "eez-swatch");
    svg.setAttribute("viewBox", "0 0 28 16");
    svg.setAttribute("aria-hidden", "true");
    const shape = document.createElementNS(svg.namespaceURI, kind === "area" ? "rect" : kind === "line" ? "path" : "circle");
    const size = { area: { x: 1, y: 1, width: 26, height: 14 }, line: { d: "M1 8h26" }, dot: { cx: 14, cy: 8, r: 4 } };
    for (const [name, value] of Object.entries(size[kind])) shape.setAttribute(name, value);
    shape.setAttribute("class", `eez-shape ${style}`);
    svg.append(shape);
    return svg;
  };

  const BASE = "Base map", ORDER = ["Position", "Positions", "Zones", "Limits", "More layers", BASE];

  function key(map, tools, groups) {
    const panel = put(map, "bottomright", el("section", { class: "eez-panel eez-key", "aria-label": "Key and layers" }));
    const sections = new Map();
    const section = (name) => {
      if (!sections.has(name)) sections.set(name, el("fieldset", {}, el("legend", {}, name)));
      return sections.get(name);
    };
    ORDER.forEach(section);
    const bases = groups.filter((group) => group.base);
    for (const group of groups) {
      const box = el("input", { type: group.base ? "radio" : "checkbox",
        name: group.base ? `${map.eezkit.id}-base` : null });
      box.checked = map.hasLayer(group.layer);
      box.addEventListener("change", () => {
        if (group.base) bases.forEach((base) => base !== group && map.removeLayer(base.layer));
        if (box.checked) map.addLayer(group.layer); else map.removeLayer(group.layer);
      });
      map.on("layeradd layerremove", (event) => {
        if (event.layer === group.layer) box.checked = map.hasLayer(group.layer);
      });
      const items = group.key ?? [];
      const label = el("label", {}, box, ...(items.length === 1 ? [swatch(items[0])] : []),
        el("span", {}, group.name));
      section(group.group).append(label);
      if (items.length > 1) {
        section(group.group).append(el("ul", {},
          ...items.map((item) => el("li", {}, swatch(item), el("span", {}, item.label)))));
      }
    }
    const base = section(BASE);
    if (bases.length > 1) {
      base.append(el("p", { class: "eez-note" }, "Online maps are asked for when you choose one."));
    }
    base.firstChild.remove();
    sections.delete(BASE);
    const filled = [...sections.values()].filter((fields) => fields.children.length > 1);
    panel.append(...filled, el("details", {}, el("summary", {}, BASE), base));
    const button = tools.button("key", "Key and layers", () => shown.toggle());
    const shown = toggled(button, panel, { open: matchMedia(WIDE).matches });
    return panel;
  }

  // -- measuring -----------------------------------------------------------------------------

  function measure(map, tools) {
    const points = [], drawn = L.featureGroup();
    const total = el("output", { "aria-live": "polite" });
    const clear = el("button", { type: "button" }, "Clear");
    const undo = el("button", { type: "button" }, "Undo");
    const panel = put(map, "topright", el("section", { class: "eez-panel eez-measure", "aria-label": "Measure" },
      el("h2", {}, "Measure"), total, el("div", { class: "eez-row" }, undo, clear)));
    const cross = el("div", { class: "eez-cross", "aria-hidden": "true", hidden: true });
    map.getContainer().append(cross);

    const show = () => {
      drawn.clearLayers();
      let sum = 0, last = null;
      points.forEach((point, i) => {
        drawn.addLayer(L.circleMarker(point, { radius: 4, interactive: false, pane: "eez-lines", className: "eez-knot" }));
        if (!i) return;
        last = eezkit.geodesic(points[i - 1].lat, points[i - 1].lng, point.lat, point.lng);
        sum += last.distance;
        const line = L.polyline(last.points(Math.min(200, 2 + Math.ceil(last.distance / 5e4))), {
          pane: "eez-lines", interactive: false, className: "eez-line-geodesic", smoothFactor: 0.5 });
        drawn.addLayer(line);
        const tip = L.tooltip({ permanent: true, direction: "right", offset: [8, 0], className: "eez-tip" });
        tip.setLatLng(point).setContent(el("span", {}, eezkit.length(sum)));
        drawn.addLayer(tip);
      });
      map.eezkit.measured = points.length > 1 ? { metres: sum, azimuth: last.azimuth } : null;
      total.textContent = !points.length
        ? "Click two or more points, or move the map and press Enter. Distances follow the geodesic of WGS 84."
        : points.length === 1 ? `From ${eezkit.position(points[0].lat, points[0].lng)}. Next point?`
          : `${eezkit.length(sum)}, azimuth of the last leg ${last.azimuth.toFixed(1)}°`;
    };
    const add = (at) => {
      const near = points.length ? points[points.length - 1].lng : at.lng;
      points.push(L.latLng(at.lat, at.lng + 360 * Math.round((near - at.lng) / 360)));
      show();
    };
    const onClick = (event) => add(event.latlng);
    const onKey = (event) => {
      if (event.key === "Enter" && event.target === map.getContainer()) add(map.getCenter());
    };
    const changed = (open) => {
      const box = map.getContainer();
      box.classList.toggle("eez-measuring", open);
      cross.hidden = !open;
      map[open ? "on" : "off"]("click", onClick);
      box[open ? "addEventListener" : "removeEventListener"]("keydown", onKey);
      if (open) { drawn.addTo(map); show(); box.focus({ preventScroll: true }); } else { points.length = 0; show(); drawn.remove(); }
    };
    clear.addEventListener("click", () => { points.length = 0; show(); });
    undo.addEventListener("click", () => { points.pop(); show(); });
    const button = tools.button("measure", "Measure distance", () => shown.toggle());
    const shown = toggled(button, panel, { changed });
  }

  // -- scale, cursor, locator, credits -------------------------------------------------------

  function scale(map) {
    const bars = { nmi: el("span"), km: el("span") };
    const cursor = el("output", { class: "eez-cursor", "aria-label": "Position under the pointer, or in the middle of the map" });
    const box = el("div", { class: "eez-scale" }, cursor, bars.nmi, bars.km);
    const control = L.control({ position: "bottomleft" });
    control.onAdd = () => box;
    control.addTo(map);
    const round = (value) => {
      const power = 10 ** Math.floor(Math.log10(value));
      return power * [5, 3, 2, 1].find((d) => d * power <= value);
    };
    const draw = () => {
      const size = map.getSize(), y = size.y / 2, width = Math.min(110, size.x / 4);
      const a = map.containerPointToLatLng([0, y]), b = map.containerPointToLatLng([width, y]);
      const metres = eezkit.geodesic(a.lat, a.lng, b.lat, b.lng).distance;
      if (!(metres > 0)) return;
      for (const [name, unit, small] of [["nmi", NMI, 1], ["km", 1000, 1]]) {
        const length = round(metres / unit);
        bars[name].style.width = `${(width * length * unit) / metres}px`;
        bars[name].textContent = `${Number(length.toPrecision(3))} ${name}`;
      }
    };
    const where = (at) => (cursor.textContent = eezkit.position(at.lat, at.lng));
    map.on("moveend zoomend resize", draw).on("move", () => where(map.getCenter()));
    map.on("mousemove", (event) => where(event.latlng));
    draw();
    where(map.getCenter());
  }

  function locator(map) {
    const box = el("div", { class: "eez-locator", "aria-hidden": "true" });
    const control = L.control({ position: "bottomleft" });
    control.onAdd = () => still(box);
    control.addTo(map);
    const small = L.map(box, { zoomControl: false, attributionControl: false, dragging: false,
      keyboard: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, touchZoom: false,
      zoomSnap: 0, minZoom: -2, zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false,
      center: map.getCenter(), zoom: map.getZoom() - 5, inertia: false, tap: false });
    box.removeAttribute("tabindex");
    eezkit.land({}, "overlayPane").addTo(small);
    const style = { interactive: false, className: "eez-frame" };
    const frame = L.rectangle(map.getBounds(), style).addTo(small);
    const dot = L.circleMarker(map.getCenter(), { ...style, radius: 5 });
    const draw = () => {
      const bounds = map.getBounds();
      frame.setBounds(bounds);
      dot.setLatLng(bounds.getCenter());
      if (map.getZoom() > 9) dot.addTo(small); else dot.remove();
      small.setView(bounds.getCenter(), Math.min(3.5, Math.max(-1, map.getZoom() - 5)), { animate: false });
    };
    map.on("moveend zoomend resize", draw);
    draw();
  }

  function credits(map, { credit, sources }) {
    const control = L.control.attribution({ prefix: false, position: "bottomright" });
    control.addAttribution(credit.map((text) => el("span", {}, text).outerHTML).join(" "));
    control.addTo(map);
    if (!sources.length) return;
    const more = el("details", { class: "eez-sources" }, el("summary", {}, "Sources and terms"),
      el("div", { class: "eez-panel" }, ...sources.map((text) => el("p", {}, text))));
    const stay = () => control.getContainer().append(more);  // Leaflet writes its credits anew
    map.on("layeradd layerremove", stay);
    stay();
    still(control.getContainer());
  }

  function card(map, facts) {
    const { lead, title, state, ...rest } = facts;
    const summary = el("summary", {}, eezkit.facts({ lead, title, state }, "h1"));
    const box = el("details", { class: "eez-panel eez-card", open: matchMedia(WIDE).matches },
      summary, eezkit.facts(rest));
    return put(map, "topleft", box);
  }

  /** Put the tools on a map once its layers are there. */
  eezkit.finish = (map, { groups, facts, locate, credit, sources }) => {
    credits(map, { credit, sources });
    const box = facts ? card(map, facts) : null;
    const tools = toolbar(map);
    search(map, tools, groups);
    const legend = key(map, tools, groups);
    measure(map, tools);
    fullScreen(map, tools);
    theme(tools);
    tools.button("home", "Back to the first view", () => home());
    tools.button("in", "Zoom in", () => map.zoomIn());
    tools.button("out", "Zoom out", () => map.zoomOut());
    scale(map);
    if (locate && eezkit.earth && matchMedia(WIDE).matches) locator(map);
    const home = () => {
      const size = (node) => node?.getBoundingClientRect() ?? { width: 0, height: 0 };
      const covered = size(legend).width && map.getContainer().getBoundingClientRect().right - size(legend).left;
      eezkit.fit(map, matchMedia(WIDE).matches
        ? { paddingTopLeft: [size(box).width + 30, 30], paddingBottomRight: [Math.max(covered + 14, 64), 40] }
        : { paddingTopLeft: [16, size(box).height + 24], paddingBottomRight: [16, 70] });
      map.fire("eezkit");
    };
    home();
  };
}
