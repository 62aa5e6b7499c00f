// A list of pictures is one stop of the Tab key: the tile that had the focus last, else the first
// one, with its buttons. Arrow keys move between tiles (search-hits.js).
"use strict";

const stopsOf = (tile) => tile.querySelectorAll("a, button");

function moveTabStop(tile) {
  const before = tile.parentElement.querySelector(":scope > [data-tab-stop]");
  if (before === tile) return;
  if (before) leaveTabStop(before);
  tile.toggleAttribute("data-tab-stop", true);
  for (const stop of stopsOf(tile)) stop.removeAttribute("tabindex");
}

function leaveTabStop(tile) {
  tile.removeAttribute("data-tab-stop");
  for (const stop of stopsOf(tile)) stop.tabIndex = -1;
}

function placeTabStops() {
  for (const list of document.querySelectorAll("ul.rows")) {
    const tiles = [...list.children];
    for (const tile of tiles) if (!tile.hasAttribute("data-tab-stop")) leaveTabStop(tile);
    if (tiles.length) moveTabStop(list.querySelector(":scope > [data-tab-stop]") ?? tiles[0]);
  }
}

document.addEventListener("focusin", (event) => {
  const tile = event.target.closest("ul.rows > .tile");
  if (tile) moveTabStop(tile);
});
// Other scripts add, replace and remove tiles.
for (const kind of ["htmx:afterSettle", "search:shown", "tiles:changed"]) {
  document.addEventListener(kind, placeTabStops);
}
placeTabStops();
