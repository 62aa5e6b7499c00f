// "Load more" on the gallery and search pages: the focus moves to the first new picture, and Back
// from a picture shows again what was loaded, where the browser did not keep the page.
"use strict";

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

addEventListener("pagehide", () => {
  const weak = document.getElementById("weak");
  const place = { times: loadedTimes(), scroll: scrollY, open: Boolean(weak?.open) };
  try {
    sessionStorage.setItem(placeKey(), JSON.stringify(place));
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

async function loadAgain(place) {
  const weak = document.getElementById("weak");
  if (weak && place.open) weak.open = true;
  for (let time = 0; time < place.times && moreButton(); time++) {
    await new Promise((resolve) => {
      document.addEventListener("htmx:afterSettle", resolve, { once: true });
      document.addEventListener("htmx:sendError", resolve, { once: true });
      htmx.trigger(moreButton(), "click");
    });
  }
  document.activeElement?.blur();
  scrollTo(0, place.scroll);
}

const place = placeBefore();
if (place?.times || place?.open) addEventListener("load", () => loadAgain(place));
