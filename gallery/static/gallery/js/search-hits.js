// The results: arrow keys move between hits, the focus stays near what was pressed, and filters stay
// open or closed, with their counts, from search to search.
"use strict";

const COUNT_PAUSE = 250; // milliseconds
let filtersOpen = false; // on narrow screens; wide ones always show them

const hitLinks = () =>
  [...document.querySelectorAll(".rows a.whole")].filter((link) => link.checkVisibility());

function neighbour(link, key) {
  const links = hitLinks();
  const place = links.indexOf(link);
  if (key === "ArrowRight") return links[place + 1];
  if (key === "ArrowLeft") return links[place - 1];
  const { left, top, width } = link.getBoundingClientRect();
  const middle = left + width / 2;
  const below = key === "ArrowDown";
  const others = (below ? links.slice(place + 1) : links.slice(0, place).reverse())
    .map((other) => ({ other, box: other.getBoundingClientRect() }))
    .filter(({ box }) => (below ? box.top > top + 4 : box.top < top - 4));
  const row = others.filter(({ box }) => Math.abs(box.top - others[0].box.top) < 4);
  const distance = ({ box }) => Math.abs(box.left + box.width / 2 - middle);
  return row.sort((one, two) => distance(one) - distance(two))[0]?.other;
}

document.addEventListener("keydown", (event) => {
  const isArrow = event.key.startsWith("Arrow") && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!isArrow || event.isComposing || event.shiftKey) return;
  let next;
  if (event.target === searchBox && event.key === "ArrowDown") next = hitLinks()[0];
  if (event.target.matches(".rows a.whole")) {
    next = neighbour(event.target, event.key);
    if (!next && event.key === "ArrowUp") next = searchBox;
  }
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// The pressed part was replaced with the results: the new one with the same id takes the focus,
// else the part ``next``, else the last chip, else the results.
function focusAgain(id, next) {
  const chips = [...document.querySelectorAll(".chip .remove")];
  const pressed = document.getElementById(id) ?? document.getElementById(next);
  const target = pressed ?? chips.at(-1) ?? document.getElementById("main");
  target.closest("details.rare")?.setAttribute("open", "");
  target.focus({ preventScroll: true });
}

// Only then does "Show more" of the new results work.
function stayAt(place) {
  scrollTo(0, place.scroll);
  if (place.times) document.addEventListener("htmx:afterSettle", () => loadAgain(place), { once: true });
}

function openFilters() {
  const filters = document.getElementById("filters");
  if (filters) filters.open = filtersOpen;
}

// Until the counts of a new search arrive, those of the search before keep their place.
let shownCounts = null;
function keepCounts() {
  const waiting = document.querySelector("#facets[hx-get]");
  if (!waiting || !shownCounts) return;
  waiting.replaceChildren(...shownCounts.cloneNode(true).childNodes);
  waiting.inert = true;
}
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "facets") shownCounts = event.target;
});

document.addEventListener("search:shown", (event) => {
  const { focus, next, place, restored } = event.detail;
  if (!restored) {
    openFilters();
    keepCounts();
  }
  countSoon();
  if (place?.open) openWeakHits();
  if (focus !== null && !restored) focusAgain(focus, next);
  if (place) stayAt(place);
});
// The counts wait for the results, and until somebody can see them.
function countSoon() {
  const waiting = document.querySelector("#facets[hx-get]");
  if (!waiting?.checkVisibility()) return;
  setTimeout(() => htmx.trigger(waiting, "search:count"), COUNT_PAUSE);
}
document.addEventListener("toggle", (event) => {
  if (event.target.id !== "filters") return;
  filtersOpen = event.target.open;
  countSoon();
}, true);
countSoon();
