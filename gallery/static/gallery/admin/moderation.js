// Keys of the review queue. Without this script, all of it works with Tab, Space and Enter.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-queue]");
  if (!form) return;
  form.querySelector("[data-keys]").hidden = false;
  const items = [...form.querySelectorAll("[data-item]")];
  const PLACE = "moderation-place";
  const ACTIONS = { a: "approve", r: "reject", b: "block", u: "restore" };

  const current = () => items.findIndex((item) => item.contains(document.activeElement));

  function move(step) {
    const place = Math.min(Math.max(current() + step, 0), items.length - 1);
    items[place].querySelector("summary").focus();
    items[place].scrollIntoView({ block: "nearest" });
  }

  // A decision loads the page again, and the next picture is then at the place of the decided one.
  form.addEventListener("submit", (event) => {
    const place = current();
    if (place >= 0 && event.submitter.name === "decision") sessionStorage.setItem(PLACE, place);
  });
  const place = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (place !== null) items.at(Math.min(Number(place), items.length - 1)).querySelector("summary").focus();

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const item = items[current()];
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (!item) return;
    else if (event.key === "o") item.querySelector("details").toggleAttribute("open");
    else if (event.key === "x") item.querySelector("[name=image]").click();
    else if (event.key in ACTIONS) item.querySelector(`[data-action=${ACTIONS[event.key]}]`)?.click();
    else return;
    event.preventDefault();
  });
});
