// "Load more" on the gallery and search pages: the focus moves to the first new picture.
"use strict";

let longerList = null; // the list that a request makes longer
let countBefore = 0;

const moreButton = () => document.querySelector("[data-load-more]");

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
