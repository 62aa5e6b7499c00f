// The tags of a picture. A decision replaces the lists, so the button that was pressed is gone: the
// button at its place takes the focus, else the same tag elsewhere, else the field for another tag.
"use strict";

const places = new WeakMap(); // the place of the pressed button, by its request

document.addEventListener("htmx:beforeRequest", (event) => {
  const button = event.detail.requestConfig.triggeringEvent?.submitter;
  if (!button?.closest("#tags")) return;
  const list = button.closest("[data-tags]"); // null for Undo and for a new tag
  const row = list && [...list.children].indexOf(button.closest("li"));
  const place = { list: list?.dataset.tags, row, name: button.name, tag: button.value };
  places.set(event.detail.xhr, place);
});

document.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.requestConfig?.elt.closest("#tags")) return;
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.textContent = document.getElementById("search-status").dataset.offline;
  document.getElementById("tag-message").replaceChildren(problem);
});

// The picture may be deleted, or belong to somebody else since: its page says so.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (target.id !== "tag-lists" || xhr.responseText.includes('id="tag-lists"')) return;
  event.detail.shouldSwap = false;
  location.reload();
});

function nextButton({ list, row, name, tag }) {
  const rows = list ? document.querySelectorAll(`[data-tags=${list}] > li`) : [];
  const neighbour = rows[Math.min(row, rows.length - 1)]?.querySelector(`button[name=${name}]`);
  return neighbour ?? document.querySelector(`#tag-lists button[value="${tag}"]`);
}

// A request can begin before the answer to the one before it has settled.
document.addEventListener("htmx:afterSettle", (event) => {
  const { xhr } = event.detail;
  const place = places.get(xhr);
  if (!place) return;
  places.delete(xhr);
  (nextButton(place) ?? document.getElementById("tag-name"))?.focus();
});
