// "Load more" on the gallery and search pages: the focus moves to the first new picture, and Back
// from a picture shows again what was loaded, where the browser did not keep the page.
"use strict";

const MOST_TIMES = 20; // that more is loaded to find a hit

let longerList = null; // the list that a request makes longer
let countBefore = 0;

const moreButton = () => document.querySelector("[data-load-more]");
const loadedLists = () => [...document.querySelectorAll("#main [data-loaded]")];
const loadedTimes = () => loadedLists().reduce((sum, list) => sum + Number(list.dataset.loaded), 0);
const placeKey = () => `place-${history.state?.entry}`;

document.addEventListener("htmx:beforeSwap", (event) => {
  const button = event.detail.requestConfig?.elt;
  if (!button?.matches("[data-load-more]")) return;
  if (event.detail.xhr.status >= 400) {
    event.detail.shouldSwap = false;
    location.assign(button.href); // the page that says what is wrong
    return;
  }
  longerList = event.detail.target;
  countBefore = longerList.children.length;
});

// The pressed button is replaced, so the first new picture takes the focus.
document.addEventListener("htmx:afterSettle", () => {
  if (!longerList) return;
  const next = longerList.children[countBefore] ?? document.getElementById("weak");
  longerList.dataset.loaded = Number(longerList.dataset.loaded ?? 0) + 1;
  longerList = null;
  next?.querySelector("a, summary")?.focus({ preventScroll: true });
});

function presentPlace() {
  const weak = document.getElementById("weak");
  return { times: loadedTimes(), scroll: scrollY, open: Boolean(weak?.open) };
}

addEventListener("pagehide", () => {
  try {
    sessionStorage.setItem(placeKey(), JSON.stringify(presentPlace()));
  } catch {
    // Without storage the page starts again at its first pictures.
  }
});

function placeBefore() {
  const [navigation] = performance.getEntriesByType("navigation");
  if (navigation?.type !== "back_forward") return null;
  try {
    return JSON.parse(sessionStorage.getItem(placeKey()));
  } catch {
    return null;
  }
}

function openWeakHits() {
  document.getElementById("weak")?.setAttribute("open", "");
}

// Whether the server could be reached.
function loadMore() {
  const ends = ["htmx:afterSettle", "htmx:sendError"];
  return new Promise((resolve) => {
    const end = (event) => {
      if (!event.detail.requestConfig?.elt.matches("[data-load-more]")) return;
      for (const name of ends) document.removeEventListener(name, end);
      resolve(event.type === ends[0]);
    };
    for (const name of ends) document.addEventListener(name, end);
    htmx.trigger(moreButton(), "click");
  });
}

async function loadAgain(place) {
  const focused = document.activeElement;
  if (place.open) openWeakHits();
  for (let time = 0; time < place.times && moreButton(); time++) {
    if (!(await loadMore())) break;
  }
  if (focused !== document.activeElement) document.activeElement?.blur();
  focused?.focus({ preventScroll: true });
  scrollTo(0, place.scroll);
}

// A near-duplicate of a later page is shown separately where it is, not on the first page.
async function loadHit(id) {
  for (let time = 0; time < MOST_TIMES && !document.getElementById(id) && moreButton(); time++) {
    if (!(await loadMore())) break;
  }
  const hit = document.getElementById(id);
  if (hit?.closest("#weak")) openWeakHits();
  hit?.querySelector("a")?.focus({ preventScroll: true });
  hit?.scrollIntoView({ block: "center" });
}

const place = placeBefore();
const hitOfAddress = /^#(hit-[\w-]+)$/.exec(location.hash)?.[1];
if (place?.times || place?.open) addEventListener("load", () => loadAgain(place));
else if (hitOfAddress && !place) addEventListener("load", () => loadHit(hitOfAddress));
