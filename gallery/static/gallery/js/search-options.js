// Links that change the search, and the form of options beside the results. Each is a change of the
// search that is shown; a text that is still being typed is newer and joins the change.
"use strict";

// ``add`` and ``remove`` are operators of the search box.
function changedText(text, { add, remove }) {
  if (remove) return ` ${text} `.replace(` ${remove} `, " ").trim();
  return ` ${text} `.includes(` ${add} `) ? text : `${text} ${add}`.trim();
}

const textOf = (parameters) => (parameters.get("q") ?? "").trim();

// ``change`` names the operator that the address adds to the shown search or removes from it.
function withTypedText(address, change = {}) {
  const url = new URL(address, location.href);
  const shown = searchParameters();
  const changesOperator = Boolean(change.add || change.remove);
  const keepsText = changesOperator || textOf(url.searchParams) === textOf(shown);
  if (!isOnSearchPage() || boxText() === textOf(shown) || !keepsText) return address;
  const text = changesOperator ? changedText(boxText(), change) : boxText();
  if (text) url.searchParams.set("q", text);
  else url.searchParams.delete("q");
  // Feedback on hits belongs to the text for which it was given.
  for (const name of ["more", "less"]) {
    for (const value of shown.getAll(name)) url.searchParams.delete(name, value);
  }
  return url.pathname + url.search;
}

function showChange(address, details) {
  stopTyping(textOf(new URL(address, location.href).searchParams));
  showSearch(address, details);
}

// The same button of the next hit, where the pressed one disappears with its hit.
function nextHit(link) {
  const tile = link.closest(".tile");
  const next = tile?.nextElementSibling ?? tile?.previousElementSibling;
  return next?.querySelector(`[id^="${link.id.split("-")[0]}-"]`)?.id;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-search]");
  const plainClick = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button;
  if (!link || !plainClick) return;
  event.preventDefault();
  const stay = link.dataset.search === "stay";
  showChange(withTypedText(link.href, link.dataset), { focus: link.id, next: nextHit(link), stay });
});

function reportWrongValue(form) {
  // A wrong value in a closed part could not be shown.
  form.querySelector(":invalid").closest("details")?.setAttribute("open", "");
  // After the focus has moved to the part that was pressed next.
  setTimeout(() => form.reportValidity());
}

function sendOptions(form, focus) {
  if (!form.checkValidity()) return reportWrongValue(form);
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  const address = withTypedText(`${searchPath}?${new URLSearchParams(fields)}`);
  // Enter in a field changes it and then submits the form.
  if (!isAwaited(address)) showChange(address, { focus });
}
document.addEventListener("change", (event) => {
  if (event.target.form?.id === "options") sendOptions(event.target.form, event.target.id);
});
document.addEventListener("submit", (event) => {
  if (event.target.id !== "options") return;
  event.preventDefault();
  sendOptions(event.target, document.activeElement?.id);
});

// The page that Back shows, and a page that the browser fills in again, has its own options.
const resetOptions = () => document.getElementById("options")?.reset();
document.addEventListener("search:shown", (event) => event.detail.restored && resetOptions());
addEventListener("pageshow", resetOptions);
