// The search box: results while typing, on every page. The address holds the whole search; the
// box and its hidden fields follow the address. Without this file the plain form does the same.
"use strict";

const TYPING_PAUSE = 300; // milliseconds without a key before the search is sent
// Parameters that another text keeps. Feedback on hits belongs to the text for which it was given.
const KEPT = "like picture mode order fold min_similarity similarity limit".split(" ");

const searchForm = document.getElementById("search");
const searchBox = searchForm.q;
const clearButton = document.getElementById("clear-search");
const boxText = () => searchBox.value.trim();
const isOnSearchPage = () => location.pathname === searchPath;

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
  const isShown = text === sentText && isOnSearchPage();
  sentText = text;
  if (isShown) settleSearch();
  else showSearch(boxAddress(), { fromBox: true });
  // Hides the keyboard of a phone, which covers the results.
  if (matchMedia("(hover: none)").matches) searchBox.blur();
}

function followAddress() {
  const parameters = isOnSearchPage() ? new URLSearchParams(location.search) : new URLSearchParams();
  searchBox.value = sentText = parameters.get("q") ?? "";
  showClearButton();
}

function followOptions() {
  const kept = document.getElementById("kept-parameters");
  kept.replaceChildren();
  if (!isOnSearchPage()) return;
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (!KEPT.includes(name)) continue;
    kept.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
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

// Links that change the search, and the form of options beside the results.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-search]");
  const plainClick = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button;
  if (!link || !plainClick) return;
  event.preventDefault();
  showSearch(link.href, { focus: link.id });
});
function sendOptions(form, focus) {
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  showSearch(`${searchPath}?${new URLSearchParams(fields)}`, { focus });
}
document.addEventListener("change", (event) => {
  if (event.target.form?.id === "options") sendOptions(event.target.form, event.target.id);
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "options") return;
  event.preventDefault();
  sendOptions(event.target, document.activeElement?.id);
});
addEventListener("pageshow", () => {
  // The browser may have filled in the text of an earlier visit.
  if (isOnSearchPage()) followAddress();
});
showClearButton();
followOptions();
