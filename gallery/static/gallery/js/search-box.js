// The search box: results while typing, on every page. The address holds the whole search; the
// box and its hidden fields follow the address. Without this file the plain form does the same.
"use strict";

const TYPING_PAUSE = 300; // milliseconds without a key before the search is sent
// Parameters that another text keeps. Feedback on hits belongs to the text for which it was given.
const KEPT = "like picture mode order fold min_similarity similarity taste limit".split(" ");

const searchForm = document.getElementById("search");
const searchBox = searchForm.q;
const clearButton = document.getElementById("clear-search");
const boxText = () => searchBox.value.trim();
const isOnSearchPage = () => location.pathname === searchPath;
// The page of an error names what the next search keeps; of what failed, it keeps nothing.
const keptSearch = () => document.querySelector("#main [data-kept-search]");
const showsError = () => keptSearch() !== null;
const searchParameters = () =>
  new URLSearchParams(showsError() ? keptSearch().dataset.keptSearch : location.search);

let typingTimer = 0;
let sentText = boxText();

function boxAddress() {
  const fields = [...new FormData(searchForm)].filter(([, value]) => String(value).trim());
  const parameters = new URLSearchParams(fields.map(([name, value]) => [name, value.trim()]));
  return parameters.size ? `${searchPath}?${parameters}` : searchPath;
}

// One letter says nothing; one Chinese character is a word.
const isWorthASearch = (text) => text.length > 1 || /[^\x00-\x7f]/.test(text);

function searchSoon() {
  clearTimeout(typingTimer);
  keepUnsettled();
  showClearButton();
  typingTimer = setTimeout(() => {
    const text = boxText();
    if (text === sentText) return settleSoon();
    if (!(text ? isWorthASearch(text) : isOnSearchPage())) return;
    sentText = text;
    showSearch(boxAddress(), { typed: true });
  }, TYPING_PAUSE);
}

function searchNow() {
  clearTimeout(typingTimer);
  const text = boxText();
  const isShown = text === sentText && isOnSearchPage() && !showsError();
  sentText = text;
  if (isShown) settleSearch();
  else showSearch(boxAddress(), { fromBox: true });
  // Hides the keyboard of a phone, which covers the results.
  if (matchMedia("(hover: none)").matches) searchBox.blur();
}

// Another search is on its way, so the text of the box is not sent.
function stopTyping(text) {
  clearTimeout(typingTimer);
  searchBox.value = sentText = text ?? "";
  showClearButton();
}

function followAddress() {
  searchBox.value = sentText = (isOnSearchPage() && searchParameters().get("q")) || "";
  showClearButton();
}

// The text of the search that is shown. The browser would clear the box, and with it the results.
function resetBox() {
  cancelSearch();
  clearTimeout(typingTimer);
  followAddress();
}

function followOptions() {
  const parameters = document.getElementById("kept-parameters");
  parameters.replaceChildren();
  if (!isOnSearchPage()) return;
  for (const [name, value] of searchParameters()) {
    if (!KEPT.includes(name)) continue;
    parameters.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
}

function showClearButton() {
  clearButton.hidden = !searchBox.value;
}

// An input method is still composing: search when the composition ends.
searchBox.addEventListener("input", (event) => event.isComposing || searchSoon());
searchBox.addEventListener("compositionend", searchSoon);
searchForm.addEventListener("submit", (event) => {
  event.preventDefault();
  searchNow();
});
clearButton.addEventListener("click", () => {
  searchBox.value = "";
  searchBox.focus();
  searchSoon();
});
document.addEventListener("search:shown", (event) => {
  followOptions();
  // A text that is still being typed is newer than the address.
  if (!event.detail.fromBox) {
    clearTimeout(typingTimer);
    followAddress();
  }
});

document.addEventListener("search:failed", () => (sentText = null));

addEventListener("pageshow", () => {
  // The browser may have filled in the text of an earlier visit.
  if (isOnSearchPage()) followAddress();
});
showClearButton();
followOptions();
