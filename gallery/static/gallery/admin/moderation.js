// Keys and focus of the review queue, and what is selected in it. Without this script, all of it works with Tab, Space
// and Enter.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const PLACE = "moderation-place", UNSENT = "moderation-unsent";
  const place = sessionStorage.getItem(PLACE), unsent = sessionStorage.getItem(UNSENT);
  sessionStorage.removeItem(PLACE);
  sessionStorage.removeItem(UNSENT);
  const form = document.querySelector("[data-queue]"), message = document.querySelector(".messagelist");
  if (message && !(form && place !== null)) {
    message.tabIndex = -1;
    message.focus();
  }
  if (!form) return;
  form.querySelector("[data-keys]").hidden = false;
  const items = [...form.querySelectorAll("[data-item]")];
  const boxes = [...form.querySelectorAll("[name=image]")];
  const ACTIONS = { a: "approve", r: "reject", b: "block", u: "restore" };

  const current = () => items.findIndex((item) => item.contains(document.activeElement));

  function move(step) {
    const place = Math.min(Math.max(current() + step, 0), items.length - 1);
    items[place].querySelector("summary").focus();
    items[place].scrollIntoView({ block: "nearest" });
  }

  // A decision loads the page again, and the next picture is then at the place of the decided one.
  if (place !== null) items.at(Math.min(Number(place), items.length - 1)).querySelector("summary").focus();
  // A decision about one picture leaves what is selected and typed for others.
  if (unsent !== null) {
    const { selected, note } = JSON.parse(unsent);
    for (const box of boxes) box.checked ||= selected.includes(box.value);
    form.elements.note.value = note;
  }
  form.addEventListener("submit", (event) => {
    if (event.submitter.name !== "decision") return;
    const submitted = current(), key = event.submitter.value.split(":")[1];
    if (submitted >= 0) sessionStorage.setItem(PLACE, submitted);
    const selected = boxes.filter((box) => box.checked && box.value !== key).map((box) => box.value);
    if (key && selected.length) sessionStorage.setItem(UNSENT, JSON.stringify({ selected, note: form.elements.note.value }));
  });

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
