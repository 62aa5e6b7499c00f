// The review of suggested tags: selects all pictures or none, and sends decisions without a new page,
// so that the selection survives when the server cannot be reached.
"use strict";

let decision = null; // the button of the latest request

const isReview = (event) => event.detail.requestConfig?.elt.id === "review";
const reviewForm = () => document.getElementById("review");

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-select]");
  if (!link) return;
  event.preventDefault();
  const isSelected = link.dataset.select === "all";
  for (const box of reviewForm().elements.image) box.checked = isSelected;
  document.getElementById("review-selected").textContent = link.dataset.done;
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isReview(event)) return;
  decision = event.detail.requestConfig.triggeringEvent.submitter;
  document.getElementById("review-problem").hidden = true;
});

function showProblem() {
  document.getElementById("review-problem").hidden = false;
}

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => isReview(event) && showProblem());
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("#review-problem button")) return;
  decision.focus(); // "Try again" disappears
  decision.click();
});

// Other pages, such as the login, are opened as pages.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (!isReview(event) || xhr.responseText.includes('id="review-tags"')) return;
  event.detail.shouldSwap = false;
  if (xhr.status >= 500) showProblem();
  else location.reload();
});

// After a decision, the next pictures are to be looked at before the next decision; after an error,
// the same button is pressed again.
document.addEventListener("htmx:afterSettle", (event) => {
  if (!isReview(event)) return;
  const again = document.querySelector("#main [role=alert]:not([hidden])") && decision?.value;
  const button = again && reviewForm()?.querySelector(`button[value="${again}"]`);
  const next = button || document.querySelector("#review-heading, #next-tag");
  (next || document.getElementById("main")).focus();
});
