// Tiles of pictures that are still processed become pictures by themselves, and the notice above
// the results of a search counts them again. One request asks for all of this, and waits longer
// while no tile changes.
"use strict";

const FIRST_PAUSE = 2000; // milliseconds
const LONGEST_PAUSE = 30_000;

const tilesData = document.currentScript.dataset;
let tilesPause = FIRST_PAUSE;
let tilesTimer = 0;

const waitingTiles = () => [...document.querySelectorAll(":is(#pictures, .hits) > [data-waiting]")];
const pendingNotice = () => document.getElementById("pending");
const imageOf = (tile) => tile.id.replace(/^(tile|hit)-/, "");

function tilesSoon() {
  clearTimeout(tilesTimer);
  const isWaiting = waitingTiles().length || pendingNotice();
  if (isWaiting && !document.hidden) tilesTimer = setTimeout(refreshTiles, tilesPause);
}

async function refreshTiles() {
  const tiles = waitingTiles().slice(0, Number(tilesData.mostTiles));
  const notice = pendingNotice();
  if (!tiles.length && !notice) return;
  let changed = false;
  try {
    const response = await fetch(`${tilesData.tiles}?ids=${tiles.map(imageOf)}${notice ? "&pending=1" : ""}`);
    // A redirect leads to the login form, which has no tiles.
    if (response.ok && !response.redirected) {
      const answer = document.createElement("template");
      answer.innerHTML = await response.text();
      changed = showTiles(tiles, answer.content);
      if (notice) showNotice(notice, answer.content.getElementById("pending"));
    }
  } catch {
    // Offline for a moment: the next request may succeed.
  }
  tilesPause = changed ? FIRST_PAUSE : Math.min(tilesPause * 1.5, LONGEST_PAUSE);
  tilesSoon();
}

function showNotice(notice, fresh) {
  if (fresh) notice.textContent = fresh.textContent;
  else notice.remove();
}

// Whether a tile has changed. A picture that is missing in the answer was deleted meanwhile.
function showTiles(tiles, answer) {
  let changed = false;
  for (const tile of tiles) {
    const fresh = answer.getElementById(`tile-${imageOf(tile)}`);
    if ([tile.dataset.waiting, "stored"].includes(fresh?.dataset.waiting)) continue;
    changed = true;
    if (!fresh) tile.remove();
    else if (tile.id.startsWith("hit-")) showHit(tile, fresh);
    else showTile(tile, fresh);
  }
  if (changed) document.dispatchEvent(new CustomEvent("tiles:changed"));
  return changed;
}

function showTile(tile, fresh) {
  const hadFocus = tile.contains(document.activeElement);
  // The address here has the order of this list, for the previous and the next picture.
  fresh.querySelector("a").setAttribute("href", tile.querySelector("a").getAttribute("href"));
  tile.replaceWith(fresh);
  if (hadFocus) fresh.querySelector("a").focus({ preventScroll: true });
}

// A hit keeps what belongs to the search: its place, its labels, and its buttons, which work once
// the picture has a vector.
function showHit(hit, fresh) {
  const link = hit.querySelector("a.whole");
  const labels = link.querySelector(".badges") ?? "";
  link.replaceChildren(...fresh.querySelector("a.whole").childNodes, labels);
  hit.className = fresh.className;
  if (fresh.dataset.waiting) hit.dataset.waiting = fresh.dataset.waiting;
  else delete hit.dataset.waiting;
  const buttons = hit.querySelector(".judge");
  if (buttons) buttons.hidden &&= !fresh.querySelector(".find-similar");
}

document.addEventListener("search:shown", () => (tilesPause = FIRST_PAUSE));
// Also where more is loaded, where Back shows the gallery again, and where the tab is seen again.
for (const kind of ["htmx:afterSettle", "search:shown", "visibilitychange"]) {
  document.addEventListener(kind, tilesSoon);
}
addEventListener("pageshow", tilesSoon);
