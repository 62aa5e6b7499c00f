// Whether the person has stopped typing at the search that is shown. Only a settled search has a
// history entry of its own and is remembered; "search:settled" on the document announces it.
"use strict";

const SETTLE_TIME = 1500; // milliseconds without typing

let settled = true;
let settleTimer = 0;

const isSettled = () => settled;

function searchShown({ typed }) {
  settled = false;
  if (typed) settleSoon();
  else settleSearch();
}

function settleSoon() {
  clearTimeout(settleTimer);
  if (!settled) settleTimer = setTimeout(settleSearch, SETTLE_TIME);
}

// The person types on: the text that is shown was not the one that was meant.
function keepUnsettled() {
  clearTimeout(settleTimer);
}

function settleSearch() {
  clearTimeout(settleTimer);
  if (settled) return;
  settled = true;
  document.dispatchEvent(new CustomEvent("search:settled"));
}
