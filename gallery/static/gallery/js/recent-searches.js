// The texts of recent searches. They stay in this browser and are never sent to the server.
"use strict";

const RECENT_KEY = "recent-searches";
const MAX_RECENT = 6;

function recentSearches() {
  try {
    const stored = JSON.parse(localStorage.getItem(RECENT_KEY)) ?? [];
    return stored.filter((text) => typeof text === "string").slice(0, MAX_RECENT);
  } catch {
    return []; // no storage in this browser, or not our list
  }
}

function storeSearches(texts) {
  try {
    localStorage.setItem(RECENT_KEY, JSON.stringify(texts.slice(0, MAX_RECENT)));
  } catch {
    // Without storage there are no recent searches.
  }
}

// Without a text, forgets all of them.
function forgetSearches(text) {
  storeSearches(text ? recentSearches().filter((recent) => recent !== text) : []);
}

document.addEventListener("search:settled", () => {
  const text = new URLSearchParams(location.search).get("q");
  if (isOnSearchPage() && text) {
    storeSearches([text, ...recentSearches().filter((recent) => recent !== text)]);
  }
});
// The next person at this computer must not read them.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-log-out]")) forgetSearches();
});
