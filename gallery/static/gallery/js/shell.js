// What every page does with scripts: "/" to search, the menu, the theme without a reload,
// and the focus after "Load more".
"use strict";

const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  const menu = document.getElementById("menu");
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  const box = document.querySelector("#search input[name=q]");
  if (event.key === "/" && plain && box && !typing(event.target)) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

document.addEventListener("click", (event) => {
  const menu = document.getElementById("menu");
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

// The page stays as it is (an upload may be running); the cookie is for the pages to come.
document.querySelector("[data-theme-switch]")?.addEventListener("submit", (event) => {
  const form = event.currentTarget;
  const chosen = event.submitter;
  event.preventDefault();
  const fields = new FormData(form, chosen);
  fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
  document.documentElement.dataset.theme = chosen.value;
  document.querySelector("meta[name=color-scheme]").content =
    chosen.value === "auto" ? "light dark" : chosen.value;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === chosen));
  }
});

// The button that was pressed is gone: the first new picture takes the focus.
let before = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig?.elt.matches("[data-load-more]")) {
    before = document.getElementById("pictures").children.length;
  }
});
document.addEventListener("htmx:afterSettle", () => {
  if (before === null) return;
  document.getElementById("pictures").children[before]?.querySelector("a")?.focus();
  before = null;
});
