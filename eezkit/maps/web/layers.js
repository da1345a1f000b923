"use strict";
// What is drawn: the map, its land and graticule, zones and lines, marks, labels along lines.
// Text that came from data reaches the page through textContent only.

{
  const NMI = 1852;
  const SVG = "http://www.w3.org/2000/svg";
  const DIGIT = new Uint8Array(128);
  [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].forEach(
    (letter, i) => (DIGIT[letter.charCodeAt(0)] = i));

  /** Make an element: el("p", {class: "x"}, "text", child, …). */
  eezkit.el = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };
  const el = eezkit.el;

  /** Read a path that eezkit.maps.paths.encode wrote, as pairs of latitude and longitude. */
  eezkit.decode = (text, decimals) => {
    const scale = 10 ** decimals, points = [];
    let i = 0, x = 0, y = 0;
    const next = () => {
      let value = 0, shift = 0, digit;
      do {
        digit = DIGIT[text.charCodeAt(i++)];
        value |= (digit & 31) << shift;
        shift += 5;
      } while (digit & 32);
      return value & 1 ? ~(value >>> 1) : value >>> 1;
    };
    while (i < text.length) {
      x += next();
      y += next();
      points.push([y / scale, x / scale]);
    }
    return points;
  };

  // -- numbers for people ------------------------------------------------------------------

  /** A length as eezkit.sentence.length writes it. */
  eezkit.length = (metres) => `${(metres / NMI).toFixed(1)} nmi `
    + (metres < 1000 ? `(${metres.toFixed(0)} m)` : `(${(metres / 1000).toFixed(1)} km)`);

  const angle = (value, width, ends) => {
    const total = Math.round(Math.abs(value) * 60000);  // thousandths of a minute
    const degrees = String(Math.floor(total / 60000)).padStart(width, "0");
    const minutes = ((total % 60000) / 1000).toFixed(3).padStart(6, "0");
    return `${degrees}°${minutes}′${ends[value < 0 && total ? 1 : 0]}`;
  };
  const wrap = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;
  eezkit.position = (lat, lon) => `${angle(lat, 2, "NS")} ${angle(wrap(lon), 3, "EW")}`;

  // -- content of popups, tooltips and the card --------------------------------------------

  /** A heading, a lead sentence and rows of [what, value]; all of it plain text. */
  eezkit.facts = ({ title, lead, state, rows = [], note }, heading = "h2") => {
    const node = el("div", { class: "eez-facts" });
    if (lead) node.append(el("p", { class: `eez-lead eez-${state || "plain"}` }, lead));
    if (title) node.append(el(heading, {}, title));
    if (rows.length) {
      node.append(el("dl", {}, ...rows.flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)])));
    }
    if (note) node.append(el("p", { class: "eez-note" }, note));
    return node;
  };
  const hover = (layer, text, options) =>
    text ? layer.bindTooltip(el("span", {}, text), { sticky: true, ...options }) : layer;

  // -- the map -----------------------------------------------------------------------------

  /** What our layers need of a map, also of one that is not ours: panes, and a list of marks. */
  const prepare = (map) => {
    if (map.eezkit) return map;
    map.eezkit = { marks: [] };
    for (const [name, z] of Object.entries(PANES)) {
      map.createPane(`eez-${name}`).style.zIndex = z;
    }
    map.on("moveend zoomend", () => map.eezkit.marks.forEach((mark) => mark()));
    return map;
  };
  const Group = L.FeatureGroup.extend({
    onAdd(map) { L.FeatureGroup.prototype.onAdd.call(this, prepare(map)); },
  });

  // A popup keeps clear of the tools in the right corner, its own cross above all.
  L.Popup.mergeOptions({ maxWidth: 320, autoPanPaddingTopLeft: [10, 10], autoPanPaddingBottomRight: [72, 10] });

  const PANES = { base: 210, graticule: 220, zones: 400, limits: 410, lines: 420, labels: 610 };

  eezkit.map = (id, options) => {
    const map = L.map(id, {
      zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 1,
      wheelPxPerZoomLevel: 120, minZoom: 1, maxZoom: 14, worldCopyJump: false,
      maxBounds: [[-90, -540], [90, 540]], maxBoundsViscosity: 0.6,
      // A map that is a part of a page leaves the wheel, and one finger, to the page.
      scrollWheelZoom: !options.embedded, dragging: !options.embedded || !L.Browser.mobile,
    });
    if (options.embedded) {
      map.on("focus", () => map.scrollWheelZoom.enable()).on("blur", () => map.scrollWheelZoom.disable());
    }
    Object.assign(prepare(map).eezkit, options, { id });
    const box = map.getContainer();
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `${options.title}: map. Arrow keys move it, + and − zoom.`);
    let opener = null;
    map.on("popupopen", () => (opener = document.activeElement));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !map._popup?.isOpen()) return;
      map.closePopup();
      if (opener && opener !== document.body) opener.focus({ preventScroll: true });
    });
    eezkit.fit(map);
    return map;
  };

  /** Show the map's box, or the whole world, leaving room for what lies over the map. */
  eezkit.fit = (map, padding = {}) => {
    const [west, south, east, north] = map.eezkit.box ?? [-180, -90, 180, 90];
    if (east - west < 300) map.fitBounds([[south, west], [north, east]], { animate: false, ...padding });
    else map.setView([18, (west + east) / 2], Math.max(1, Math.log2(map.getSize().x / 256)), { animate: false });
  };

  /** Keep something at a longitude in the copy of the world that is being looked at. */
  const follow = (map, lon, place) => {
    let at = null;
    const move = () => {
      const shift = 360 * Math.round((map.getCenter().lng - lon) / 360);
      if (shift !== at) place((at = shift));
    };
    map.eezkit.marks.push(move);
    move();
  };

  // -- shapes ------------------------------------------------------------------------------

  /** A path as ordinates of a world map 1 by 1 in size, [x0, y0, x1, y1, …], and its box. */
  const project = (text, decimals) => {
    const points = eezkit.decode(text, decimals), xy = new Float64Array(2 * points.length);
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    points.forEach(([lat, lon], i) => {
      const sine = Math.sin((Math.max(-85.0511, Math.min(85.0511, lat)) * Math.PI) / 180);
      const x = (xy[2 * i] = lon / 360 + 0.5);
      const y = (xy[2 * i + 1] = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
      left = Math.min(left, x); right = Math.max(right, x);
      top = Math.min(top, y); bottom = Math.max(bottom, y);
    });
    return { xy, left, top, right, bottom };
  };

  /** Areas or lines as one path of SVG, drawn in every copy of the world that is in view. Unlike
   *  Leaflet's own it rounds no vertex to a pixel, which makes dense curves tremble, and holds no
   *  object for each vertex, which makes the zones of the world slow. */
  const Shape = L.Path.extend({
    initialize(rings, options) {
      L.setOptions(this, { smooth: 0.25, ...options });
      this._rings = rings;
    },
    beforeAdd(map) {
      const { pane } = this.options, drawn = (prepare(map).eezkit.drawn ??= {});
      this.options.renderer = drawn[pane] ??= L.svg({ pane, padding: 0.15 });
      L.Path.prototype.beforeAdd.call(this, map);
    },
    getBounds() {
      const at = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(256 * x, 256 * y), 0);
      return this._rings.reduce((box, { left, top, right, bottom }) =>
        box.extend(at(left, top)).extend(at(right, bottom)), L.latLngBounds([]));
    },
    getCenter() { return this.getBounds().getCenter(); },
    _reset() { this._update(); },
    _project() {},
    _update() {
      if (!this._map) return;
      const { closed, single } = this.options;
      const scale = 256 * 2 ** this._map.getZoom(), origin = this._map.getPixelOrigin();
      const { min, max } = this._renderer._bounds;
      const view = { left: (min.x + origin.x) / scale, right: (max.x + origin.x) / scale,
        top: (min.y + origin.y) / scale, bottom: (max.y + origin.y) / scale };
      let d = "";
      for (const ring of this._rings) {
        if (ring.bottom < view.top || ring.top > view.bottom) continue;
        let first = Math.ceil(view.left - ring.right), last = Math.floor(view.right - ring.left);
        if (single) {
          first = last = Math.round((view.left + view.right - ring.left - ring.right) / 2);
        }
        for (let world = first; world <= last; world++) d += this._draw(ring, world, scale, origin, closed);
      }
      this._renderer._setPath(this, d || "M0 0");
    },
    _draw(ring, world, scale, origin, closed) {
      const { xy } = ring, smooth = this.options.smooth, n = xy.length;
      const tiny = (ring.right - ring.left) * scale < smooth && (ring.bottom - ring.top) * scale < smooth;
      if (closed && tiny) return "";
      let d = "", lastX = Infinity, lastY = Infinity;
      for (let i = 0; i < n; i += 2) {
        const x = (xy[i] + world) * scale - origin.x, y = xy[i + 1] * scale - origin.y;
        if (i && i < n - 2 && Math.abs(x - lastX) < smooth && Math.abs(y - lastY) < smooth) continue;
        d += `${i ? "L" : "M"}${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
        lastX = x;
        lastY = y;
      }
      return closed ? d + "Z" : d;
    },
  });
  const WORLD = { left: 0, top: 0, right: 1, bottom: 1 };
  const shape = (paths, decimals, options) =>
    new Shape(paths.flat().map((text) => project(text, decimals)), options);

  // -- land and graticule ---------------------------------------------------------------------

  /** The land as a base layer: {parts: [[ring, …], …] encoded, decimals}; decoded once. */
  eezkit.land = ({ parts, decimals }, pane = "eez-base") => {
    eezkit.earth ??= parts.flat().map((text) => project(text, decimals));
    return new Shape(eezkit.earth, {
      pane, closed: true, smooth: 0.8, interactive: false, className: "eez-land" });
  };

  /** Meridians and parallels, with their degrees along the left and the upper edge. */
  const Graticule = L.LayerGroup.extend({
    onAdd(map) {
      this._box = el("div", { class: "eez-degrees", "aria-hidden": "true" });
      map.getContainer().append(this._box);
      L.LayerGroup.prototype.onAdd.call(this, map);
      map.on("moveend zoomend resize", this._draw, this).on("move", this._label, this);
      this._draw();
    },
    onRemove(map) {
      map.off("moveend zoomend resize", this._draw, this).off("move", this._label, this);
      this._box.remove();
      this.clearLayers();
      L.LayerGroup.prototype.onRemove.call(this, map);
    },
    _draw() {
      const zoom = this._map.getZoom(), view = this._map.getBounds().pad(0.5);
      const step = [45, 30, 20, 10, 10, 5, 2, 1, 0.5, 0.25][Math.max(0, Math.floor(zoom - 0.4))] || 1 / 6;
      const ticks = (from, to) => {
        const found = [];
        for (let i = Math.ceil(from / step); i * step <= to; i++) found.push(i * step);
        return found;
      };
      this._lons = ticks(view.getWest(), view.getEast());
      this._lats = ticks(Math.max(view.getSouth(), -85), Math.min(view.getNorth(), 85));
      const [south, north] = [Math.max(view.getSouth(), -85.06), Math.min(view.getNorth(), 85.06)];
      this.clearLayers();
      this.addLayer(L.polyline([
        ...this._lons.map((lon) => [[south, lon], [north, lon]]),
        ...this._lats.map((lat) => [[lat, view.getWest()], [lat, view.getEast()]]),
      ], { pane: "eez-graticule", interactive: false, className: "eez-graticule" }));
      this._label();
    },
    _label() {
      const say = (value, ends) => {
        const minutes = Math.round(Math.abs(value) * 60);
        return `${Math.floor(minutes / 60)}°${minutes % 60 ? `${minutes % 60}′` : ""}`
          + (minutes && minutes !== 10800 ? `${ends[value < 0 ? 1 : 0]}` : "");
      };
      const at = (lat, lon) => this._map.latLngToContainerPoint([lat, lon]);
      const centre = this._map.getCenter();
      this._box.replaceChildren(
        ...this._lons.map((lon) => el("span", { class: "eez-lon",
          style: `left:${at(centre.lat, lon).x}px` }, say(wrap(lon), "EW"))),
        ...this._lats.map((lat) => el("span", { class: "eez-lat",
          style: `top:${at(lat, centre.lng).y}px` }, say(lat, "NS"))));
    },
  });

  eezkit.graticule = () => new Graticule();

  /** Boxes on the screen of what stands over the map, and whether another box is clear of them. */
  const standing = (map, what, self) => [...map.getContainer().querySelectorAll(what)]
    .filter((node) => node !== self && node.style.visibility !== "hidden")
    .map((node) => node.getBoundingClientRect());
  const isClear = (box, taken, room = 0) => taken.every((other) => other.right < box.left - room
    || other.left > box.right + room || other.bottom < box.top - room || other.top > box.bottom + room);

  // -- zones and lines ---------------------------------------------------------------------

  /** Text along a line, hidden while the line is shorter than the text. */
  const Label = Shape.extend({
    onAdd(map) {
      Shape.prototype.onAdd.call(this, map);
      this._path.id = `eez-path-${L.stamp(this)}`;
      this._text = document.createElementNS(SVG, "text");
      this._text.setAttribute("class", "eez-label");
      this._text.setAttribute("dy", -7);
      const along = document.createElementNS(SVG, "textPath");
      along.setAttribute("href", `#${this._path.id}`);
      along.setAttribute("startOffset", "50%");
      along.textContent = this.options.words;
      this._text.append(along);
      this._path.after(this._text);
      map.on("moveend zoomend", this._room, this);
      this._room();
    },
    onRemove(map) {
      map.off("moveend zoomend", this._room, this);
      this._text.remove();
      Shape.prototype.onRemove.call(this, map);
    },
    _room() {
      const enough = this._path.getTotalLength() > this._text.getComputedTextLength() + 6;
      this._text.style.visibility = enough ? "" : "hidden";
    },
  });
  const addLabel = (group, feature, decimals) => group.addLayer(
    new Label([project(feature.labelPath, decimals)], { words: feature.label, single: true,
      interactive: false, className: "eez-label-path", pane: "eez-labels" }));

  /** A name in the middle of an area, shown while the area has room for it. */
  const addName = (group, feature) => {
    const [lon, lat] = feature.at;
    const icon = L.divIcon({ className: "eez-name", iconSize: null,
      html: el("span", {}, feature.label) });
    const name = L.marker([lat, lon], { icon, interactive: false, keyboard: false, pane: "eez-labels" });
    name.on("add", () => {
      const map = name._map;
      follow(map, lon, (shift) => name.setLatLng([lat, lon + shift]));
      const room = () => {
        if (!name._icon) return;
        const [west, south, east, north] = feature.box;
        const a = map.project([south, west]), b = map.project([north, east]);
        const fits = b.x - a.x > 7 * Math.min(feature.label.length, 20) && a.y - b.y > 34;
        name._icon.style.visibility = fits ? "" : "hidden";
      };
      map.on("zoomend", room);
      room();
    });
    group.addLayer(name);
  };

  /** Where a line leaves the view on its way to something far off, say what and how far. */
  const Far = L.Layer.extend({
    initialize(points, text) {
      this._points = points;
      this._box = el("span", { class: "eez-far", "aria-hidden": "true" }, text);
    },
    onAdd(map) {
      map.getContainer().append(this._box);
      map.on("moveend zoomend resize eezkit", this._place, this);
      map.on("movestart zoomstart", this._hide, this);
      this._place();
    },
    onRemove(map) {
      map.off("moveend zoomend resize eezkit", this._place, this);
      map.off("movestart zoomstart", this._hide, this);
      this._box.remove();
    },
    _hide() { this._box.style.visibility = "hidden"; },
    _place() {
      const map = this._map, frame = map.getContainer().getBoundingClientRect();
      const controls = standing(map, ".leaflet-control");
      const taken = [...controls, ...standing(map, ".eez-far, .eez-label, .eez-mark-site", this._box)];
      const { offsetWidth: width, offsetHeight: height } = this._box;
      const shift = 360 * Math.round((map.getCenter().lng - this._points[0][1]) / 360);
      const screen = this._points.map(([lat, lon]) => map.latLngToContainerPoint([lat, lon + shift]));
      const around = ({ x, y }, w, h) => ({ left: frame.left + x - w / 2, right: frame.left + x + w / 2,
        top: frame.top + y - h / 2, bottom: frame.top + y + h / 2 });
      const inside = (box) => box.left > frame.left + 4 && box.right < frame.right - 4
        && box.top > frame.top + 18 && box.bottom < frame.bottom - 4;
      const fits = (point) => {
        const box = around(point, width, height);
        return inside(box) && isClear(box, taken, 6);
      };
      const end = around(screen[screen.length - 1], 8, 8);
      const isFar = !inside(end) || !isClear(end, controls);
      let place = null;
      for (let i = screen.length - 1; isFar && i > 0 && !place; i--) {
        const [a, b] = [screen[i], screen[i - 1]];
        for (let t = 0; t < 1 && !place; t += 0.05) {
          const point = L.point(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t);
          if (fits(point)) place = point;
        }
      }
      this._box.style.visibility = place ? "" : "hidden";
      if (place) L.DomUtil.setPosition(this._box, place.subtract([width / 2, height / 2]).round());
    },
  });
  const addFar = (group, points, text) => group.addLayer(new Far(points, text));

  /** Areas, lines and marks of one layer: {features: [{paths, area, class, title, rows, hover,
   *  label, labelPath, far, …}], marks: [{lon, lat, kind, title, label, …}], decimals, pane}. */
  eezkit.shapes = ({ features, marks = [], decimals, pane }) => {
    const group = new Group();
    group.eezkit = { found: [] };
    for (const feature of features) {
      const drawn = shape(feature.paths, decimals, {
        pane: `eez-${pane}`, className: `eez-shape ${feature.class}`, closed: Boolean(feature.area),
        interactive: Boolean(feature.title || feature.hover) });
      hover(drawn, feature.hover || feature.title);
      if (feature.title) {
        drawn.bindPopup(() => eezkit.facts(feature));
        drawn.on("popupopen", () => drawn.closeTooltip());
        drawn.on("add", () => (drawn.getElement().dataset.name = feature.title));
        group.eezkit.found.push({ name: feature.title, box: feature.box, shape: drawn, group });
      }
      group.addLayer(drawn);
      if (feature.far) addFar(group, eezkit.decode(feature.paths[0][0], decimals), feature.far);
      if (feature.labelPath) addLabel(group, feature, decimals);
      else if (feature.label) addName(group, feature);
    }
    marks.forEach((mark) => addMark(group, mark));
    return group;
  };

  // -- positions ---------------------------------------------------------------------------

  const symbol = (kind) => {
    const icon = document.createElementNS(SVG, "svg");
    icon.setAttribute("viewBox", "-12 -12 24 24");
    icon.setAttribute("aria-hidden", "true");
    for (const [r, name] of kind === "site" ? [[8.5, "halo"], [8.5, "ring"], [2.6, "dot"]]
      : [[4, "halo"], [3.4, "dot"]]) {
      const circle = document.createElementNS(SVG, "circle");
      circle.setAttribute("r", r);
      circle.setAttribute("class", `eez-${name}`);
      icon.append(circle);
    }
    return icon;
  };

  /** A mark that can be reached by keyboard, and tells its facts when it is clicked. */
  const addMark = (group, mark) => {
    const face = el("div", {}, symbol(mark.kind));
    if (mark.label) face.append(el("span", { class: "eez-mark-label" }, mark.label));
    const icon = L.divIcon({ className: `eez-mark eez-mark-${mark.kind}`, html: face, iconSize: [24, 24] });
    const name = [mark.title, mark.lead].filter(Boolean).join(". ");
    const marker = L.marker([mark.lat, mark.lon], {
      icon, alt: name, riseOnHover: true, zIndexOffset: mark.kind === "site" ? 1000 : 0 });
    marker.bindPopup(() => eezkit.facts(mark), { minWidth: 200 });
    hover(marker, mark.hover);
    marker.on("add", () => {
      marker._icon.setAttribute("aria-label", name);
      follow(marker._map, mark.lon, (shift) => marker.setLatLng([mark.lat, mark.lon + shift]));
      const label = face.querySelector(".eez-mark-label");
      if (label) marker._map.on("moveend zoomend resize eezkit", () => {
        const box = label.getBoundingClientRect();
        const shown = box.left > marker._map.getContainer().getBoundingClientRect().left
          && isClear(box, standing(marker._map, ".leaflet-control"));
        label.style.visibility = shown ? "" : "hidden";
      });
    });
    group.addLayer(marker);
  };

  /** Dots of one colour as one path: lines of no length with round ends. A canvas would be as fast,
   *  but it keeps clicks from all that lies under it. */
  const Dots = Shape.extend({
    _draw({ xy }, world, scale, origin) {
      const { min, max } = this._renderer._bounds;
      let d = "";
      for (let i = 0; i < xy.length; i += 2) {
        const x = (xy[i] + world) * scale - origin.x, y = xy[i + 1] * scale - origin.y;
        if (x > min.x && x < max.x && y > min.y && y < max.y) {
          d += `M${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}h0`;
        }
      }
      return d;
    },
  });

  /** Many positions as dots: their path, encoded, and the number of its group for each. */
  eezkit.table = ({ path, decimals, classes, groups, rows, columns }) => {
    const layer = new Group(), points = eezkit.decode(path, decimals), { xy } = project(path, decimals);
    groups.forEach(({ label, colour }, number) => {
      const members = classes.flatMap((of, i) => (of === number ? [i] : []));
      const ring = { ...WORLD, xy: Float64Array.from(members.flatMap((i) => [xy[2 * i], xy[2 * i + 1]])) };
      const options = { pane: "eez-lines", className: `eez-dots eez-series-${colour}` };
      layer.addLayer(new Dots([ring], { ...options, interactive: false, className: "eez-dots eez-rim" }));
      const dots = new Dots([ring], options).on("click", (event) => {
        L.DomEvent.stop(event);
        const map = dots._map, away = (i) => {
          const lon = points[i][1] + 360 * Math.round((event.latlng.lng - points[i][1]) / 360);
          return map.latLngToLayerPoint([points[i][0], lon]).distanceTo(event.layerPoint);
        };
        const i = members.reduce((a, b) => (away(b) < away(a) ? b : a));
        const [lat, lon] = points[i];
        L.popup().setLatLng(event.latlng).setContent(eezkit.facts({ title: label, rows: [
          ["Position", eezkit.position(lat, lon)],
          ...columns.map((name, j) => [name, rows[i][j]]) ] })).openOn(map);
      });
      layer.addLayer(dots);
    });
    return layer;
  };
}
