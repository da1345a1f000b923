"use strict";
// Stand-ins for what folium expects from the network: just enough of jQuery to fill a popup, and
// of Leaflet.awesome-markers to draw a pin without an icon font.

window.$ ??= window.jQuery ??= (what) => {
  if (typeof what === "function") return what();
  if (typeof what !== "string") return { ready: (run) => run(), 0: what };
  const holder = document.createElement("template");
  holder.innerHTML = what.trim();
  return [holder.content.firstElementChild];
};

L.AwesomeMarkers ??= {
  icon: ({ markerColor = "blue" } = {}) => {
    const colour = markerColor.replace(/[^a-z]/g, "");
    return L.divIcon({
      className: "eez-pin", iconSize: [24, 34], iconAnchor: [12, 33], popupAnchor: [0, -30],
      html: `<svg viewBox="0 0 24 34" style="color:${colour}"><path d="M12 33C5 23 1 18 1 12a11 11`
        + ` 0 0 1 22 0c0 6-4 11-11 21z"/><circle cx="12" cy="12" r="4"/></svg>`,
    });
  },
};
