// The list of imports is replaced every few seconds. Screen readers are told when an import has
// another state, and the focus stays on an import whose button is gone.
"use strict";

let importsBefore = [];
let focusedImport = null;

const isImportList = (event) => event.detail.requestConfig?.elt.id === "imports";
const importCards = () => [...document.querySelectorAll("#imports .import")];

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isImportList(event)) return;
  importsBefore = importCards();
  focusedImport = document.activeElement.closest(".import")?.id;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (!isImportList(event)) return;
  const texts = importsBefore.map(changeOf).filter(Boolean);
  if (texts.length) announce(texts.join("; "));
  if (focusedImport && document.activeElement === document.body) {
    (document.getElementById(focusedImport) ?? document.getElementById("imports-heading")).focus();
  }
});

// What has become of an import, "" if nothing.
function changeOf(card) {
  const now = document.getElementById(card.id);
  if (!now) return card.dataset.deleted;
  return now.dataset.state === card.dataset.state ? "" : now.dataset.state;
}
