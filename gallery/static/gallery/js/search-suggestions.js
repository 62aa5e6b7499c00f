// Recent and example searches under the search box: the combobox pattern of WAI-ARIA.
"use strict";

const suggestions = document.getElementById("suggestions");
const recentList = document.getElementById("recent-searches");
const forgetButton = document.getElementById("forget-searches");
const wordsOf = (option) => option.querySelector(".words").textContent;
const options = () => [...suggestions.querySelectorAll("[role=option]")];
let active = null;

function fillRecent() {
  const template = document.getElementById("recent-search").content.firstElementChild;
  const texts = recentSearches();
  recentList.replaceChildren(
    ...texts.map((text, number) => {
      const option = template.cloneNode(true);
      option.id = `recent-${number}`;
      option.querySelector(".words").textContent = text;
      return option;
    }),
  );
  recentList.hidden = forgetButton.hidden = texts.length === 0;
}

function openSuggestions() {
  if (suggestions.hidden) fillRecent();
  suggestions.hidden = false;
  searchBox.setAttribute("aria-expanded", "true");
}

function closeSuggestions() {
  suggestions.hidden = true;
  searchBox.setAttribute("aria-expanded", "false");
  activate(null);
}

// Without a text, forgets all of them.
function forget(text) {
  forgetSearches(text);
  fillRecent();
  activate(null);
}

function activate(option) {
  active?.removeAttribute("aria-selected");
  active = option;
  active?.setAttribute("aria-selected", "true");
  active?.scrollIntoView({ block: "nearest" });
  if (active) searchBox.setAttribute("aria-activedescendant", active.id);
  else searchBox.removeAttribute("aria-activedescendant");
}

function choose(option) {
  searchBox.value = wordsOf(option);
  closeSuggestions();
  searchNow();
}

function move(step) {
  openSuggestions();
  const all = options();
  const first = step > 0 ? 0 : -1;
  const next = active ? all.indexOf(active) + step : first;
  activate(all.at(next % all.length));
}

searchBox.setAttribute("role", "combobox");
searchBox.setAttribute("aria-autocomplete", "list");
searchBox.setAttribute("aria-controls", "suggestion-list");
searchBox.setAttribute("aria-expanded", "false");
for (const kind of ["focus", "click"]) {
  searchBox.addEventListener(kind, () => searchBox.value || openSuggestions());
}
searchBox.addEventListener("input", () => (searchBox.value ? closeSuggestions() : openSuggestions()));
searchBox.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const isOpen = !suggestions.hidden;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && (isOpen || !searchBox.value || event.altKey)) move(steps[event.key]);
  else if (event.key === "Escape") isOpen ? closeSuggestions() : resetBox();
  else if (event.key === "Enter" && active) choose(active);
  else if (event.key === "Delete" && recentList.contains(active)) forget(wordsOf(active));
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
});
// The box keeps the focus, so that the list does not close before the click.
suggestions.addEventListener("mousedown", (event) => event.preventDefault());
suggestions.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (event.target.closest("#forget-searches")) forget();
  else if (event.target.closest(".forget-one")) forget(wordsOf(option));
  else if (option) choose(option);
});
searchForm.addEventListener("submit", closeSuggestions);
searchForm.addEventListener("focusout", (event) => {
  if (!searchForm.contains(event.relatedTarget)) closeSuggestions();
});
document.addEventListener("search:shown", () => searchBox.value && closeSuggestions());
