// Back from a picture shows again what was loaded, at its place and with its focus, where the browser
// did not keep the page.
"use strict";

const MOST_TIMES = 20; // that more is loaded to find a hit

const loadedLists = () => [...document.querySelectorAll("#main [data-loaded]")];
const loadedTimes = () => loadedLists().reduce((sum, list) => sum + Number(list.dataset.loaded), 0);
const placeKey = (entry) => `place-${entry}`;
// The entry that is loaded again because this document does not have its page any more.
const RETURNING = "returning-to";
let isReturning = false;

function presentPlace() {
  const weak = document.getElementById("weak");
  // Only of people with the keyboard: others would see a frame that they have not asked for.
  const focus = document.querySelector(".tile :focus-visible")?.closest(".tile").id;
  return { times: loadedTimes(), scroll: scrollY, open: Boolean(weak?.open), focus };
}

// The place on the page of a history entry, before another one is shown.
function storePlace(entry, scroll) {
  try {
    sessionStorage.setItem(placeKey(entry), JSON.stringify({ ...presentPlace(), scroll }));
  } catch {
    // Without storage the page starts again at its first pictures.
  }
}
addEventListener("pagehide", () => isReturning || storePlace(history.state?.entry, scrollY));

function loadEntryAgain(entry) {
  isReturning = true;
  try {
    sessionStorage.setItem(RETURNING, entry);
  } catch {
    // The same.
  }
  location.reload();
}

function placeBefore() {
  const [navigation] = performance.getEntriesByType("navigation");
  const entry = history.state?.entry;
  try {
    const again = sessionStorage.getItem(RETURNING) === entry;
    sessionStorage.removeItem(RETURNING);
    if (!again && navigation?.type !== "back_forward") return null;
    return { ...JSON.parse(sessionStorage.getItem(placeKey(entry))), again };
  } catch {
    return null;
  }
}

function openWeakHits() {
  document.getElementById("weak")?.setAttribute("open", "");
}

async function loadAgain(place) {
  const focused = document.activeElement;
  if (place.open) openWeakHits();
  for (let time = 0; time < place.times && moreButton(); time++) {
    if (!(await loadMore())) break;
  }
  if (focused !== document.activeElement) document.activeElement?.blur();
  const link = document.getElementById(place.focus)?.querySelector("a.whole");
  (focused === document.body && link ? link : focused)?.focus({ preventScroll: true });
  scrollTo(0, place.scroll ?? 0);
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
const isElsewhere = place?.times || place?.open || place?.again || place?.focus;
if (isElsewhere) addEventListener("load", () => loadAgain(place));
else if (hitOfAddress && !place) addEventListener("load", () => loadHit(hitOfAddress));
