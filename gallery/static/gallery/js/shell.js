// Scripts of every page: "/" focuses the search box, Escape closes the menu, and the theme changes
// without a reload.
"use strict";

const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  const menu = document.getElementById("menu");
  if (event.key === "Escape" && menu?.open) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  const noModifier = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  const box = document.querySelector("#search input[name=q]");
  if (event.key === "/" && noModifier && box && !isTyping(event.target)) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

document.addEventListener("click", (event) => {
  const menu = document.getElementById("menu");
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

// No reload, because an upload may be running. The cookie sets the theme of later pages.
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

// What this tab keeps belongs to the person who logs out.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-log-out]")) sessionStorage.clear();
});
