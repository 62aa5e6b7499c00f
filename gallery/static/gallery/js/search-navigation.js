// Shows searches without loading the page again. The page before stays in memory, so that Back
// shows it at once and at its scroll position. Other scripts call showSearch and listen to the
// event "search:shown" on the document.
"use strict";

const MAX_KEPT_PAGES = 12;

const requester = document.getElementById("search-navigation");
const searchPath = document.getElementById("search").getAttribute("action");
const keptPages = new Map(); // id of the history entry -> main element, title and scroll position
const mainOf = (page) => page.getElementById("main");
const newEntry = () => `${Date.now()}-${Math.random()}`;

let entry = history.state?.entry ?? newEntry();
let sent = null; // the search whose answer is awaited
let scrolled = scrollY; // unlike scrollY, not yet changed by the browser when "popstate" comes

history.replaceState({ ...history.state, entry }, "");
addEventListener("scroll", () => (scrolled = scrollY), { passive: true });

// ``typed``: comes from the search box while typing, and replaces an entry that is not settled.
// ``focus``: the id of the pressed part, which takes the focus again, or else the part ``next``;
// null leaves the focus alone. ``stay``: the new results are shown at the present place.
function showSearch(address, details = {}) {
  const { typed = false, fromBox = typed, focus = null } = details;
  if (fromBox) keepUnsettled();
  else settleSearch();
  sent = { ...details, address, typed, fromBox, focus };
  const swap = { target: "#main", select: "#main", swap: "outerHTML" };
  htmx.ajax("GET", address, { source: requester, ...swap }).catch(() => {});
}

function cancelSearch() {
  htmx.trigger(requester, "htmx:abort");
  sent = null;
}

const isAwaited = (address) => sent?.address === address;

function keepPage() {
  storePlace(entry, scrolled);
  keptPages.delete(entry);
  keptPages.set(entry, { main: mainOf(document), title: document.title, scroll: scrolled });
  if (keptPages.size > MAX_KEPT_PAGES) keptPages.delete(keptPages.keys().next().value);
}

function changeHistory(address) {
  const same = new URL(address, location.href).href === location.href;
  if (same || (sent.fromBox && !isSettled())) {
    history.replaceState({ entry }, "", address);
  } else {
    keepPage();
    entry = newEntry();
    history.pushState({ entry }, "", address);
  }
}

function pageShown(cause) {
  for (const field of document.querySelectorAll("header input[name=next]")) {
    field.value = location.pathname + location.search;
  }
  document.dispatchEvent(new CustomEvent("search:shown", { detail: cause }));
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig?.elt !== requester || !sent) return;
  if (!event.detail.serverResponse.includes('id="main"')) {
    event.detail.shouldSwap = false; // an answer of a proxy
    location.assign(sent.address);
    return;
  }
  // htmx would clean up the element that it replaces, so it gets an empty one.
  changeHistory(sent.address);
  sent.place = sent.stay ? presentPlace() : null;
  const main = mainOf(document);
  const empty = main.cloneNode(false);
  main.replaceWith(empty);
  event.detail.target = empty;
  if (!sent.stay) scrollTo(0, 0);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.requestConfig?.elt !== requester || !sent) return;
  const shown = sent;
  sent = null;
  searchShown({ typed: shown.typed });
  pageShown(shown);
});

document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.requestConfig?.elt !== requester) return;
  sent = null;
  document.dispatchEvent(new CustomEvent("search:failed"));
});

addEventListener("popstate", (event) => {
  if (!event.state?.entry) history.replaceState({ entry }, ""); // a link to a part of the page
  if (history.state.entry === entry) return;
  const page = keptPages.get(event.state.entry);
  if (!page || page.main.querySelector('[hx-trigger^="every"]')) {
    storePlace(entry, scrolled);
    return loadEntryAgain(event.state.entry);
  }
  cancelSearch();
  settleSearch();
  keepPage();
  ({ entry } = event.state);
  mainOf(document).replaceWith(page.main);
  page.main.classList.remove("htmx-request");
  document.title = page.title;
  scrollTo(0, page.scroll);
  pageShown({ restored: true });
});
