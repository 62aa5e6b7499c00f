// The status line: tells screen readers what a search shows, and everybody what went wrong.
"use strict";

const statusLine = document.getElementById("search-status");

function announce(text) {
  statusLine.className = "visually-hidden";
  statusLine.textContent = text;
}

function showToast(text) {
  statusLine.textContent = text;
  statusLine.className = "toast";
}

// The results, or what is wrong; other pages have only a title.
function announcePage() {
  const text = document.querySelector("#summary, #main .notice :is(h1, h2)")?.innerText;
  announce(text || document.title);
}

const isSearchOrMore = (element) => element === requester || element?.matches("[data-load-more]");

document.addEventListener("htmx:sendError", (event) => {
  if (isSearchOrMore(event.detail.requestConfig?.elt)) showToast(statusLine.dataset.offline);
});
// By then htmx has set the title of the new page.
document.addEventListener("htmx:afterSettle", (event) => {
  const element = event.detail.requestConfig?.elt;
  if (element === requester) announcePage();
  else if (isSearchOrMore(element)) announce("");
});
document.addEventListener("search:shown", (event) => event.detail.restored && announcePage());
