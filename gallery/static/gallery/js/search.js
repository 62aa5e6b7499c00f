// The search box: results while typing (on the search page), and search by a picture that is
// dropped, pasted or chosen. Without this file the plain forms do the same.
"use strict";

const searchForm = document.getElementById("search");
const pictureForm = document.getElementById("search-by-picture");
const live = searchForm.hasAttribute("hx-get");
const TYPING_PAUSE = 300; // milliseconds without a key before the search is sent
const NEW_SEARCH_PAUSE = 2000; // milliseconds after which the earlier search stays in the history

let timer = 0;
let sentText = searchForm.q.value.trim();
let sentAt = 0;

function searchSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const text = searchForm.q.value.trim();
    if (text === sentText) return;
    searchForm.toggleAttribute("hx-push-url", false);
    if (sentAt && Date.now() - sentAt > NEW_SEARCH_PAUSE) {
      searchForm.setAttribute("hx-push-url", "true");
    }
    sentText = text;
    sentAt = Date.now();
    htmx.trigger(searchForm, "typed");
  }, TYPING_PAUSE);
}

if (live) {
  // An input method is still composing: search when the composition ends.
  searchForm.q.addEventListener("input", (event) => event.isComposing || searchSoon());
  searchForm.q.addEventListener("compositionend", searchSoon);
  searchForm.addEventListener("submit", () => {
    clearTimeout(timer);
    sentText = searchForm.q.value.trim();
    sentAt = Date.now();
  });
}

function isPicture(item) {
  return item.type.startsWith("image/");
}

function searchByPicture(file) {
  const transfer = new DataTransfer();
  transfer.items.add(file);
  pictureForm.picture.files = transfer.files;
  sendPicture();
}

function sendPicture() {
  const status = document.getElementById("search-status");
  status.textContent = status.dataset.searching;
  document.getElementById("results")?.classList.add("htmx-request");
  pictureForm.requestSubmit();
}

// Runs again after every search, which may bring new buttons.
function showChooseButtons() {
  for (const button of document.querySelectorAll("[data-choose-picture]")) button.hidden = false;
}
showChooseButtons();
document.addEventListener("htmx:afterSettle", showChooseButtons);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose-picture]")) pictureForm.picture.click();
});
pictureForm.picture.addEventListener("change", sendPicture);

// The upload page uploads dropped and pasted pictures.
if (!document.getElementById("upload")) {
  let depth = 0; // dragenter and dragleave also fire for child elements
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const showDropVeil = (shown) => document.body.classList.toggle("dropping", shown);

  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(isPicture);
    if (!file) return;
    event.preventDefault();
    searchByPicture(file);
  });
  document.addEventListener("dragenter", (event) => hasFiles(event) && showDropVeil(++depth > 0));
  document.addEventListener("dragleave", (event) => hasFiles(event) && showDropVeil(--depth > 0));
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    showDropVeil(false);
    const file = [...event.dataTransfer.files].find(isPicture);
    if (file) searchByPicture(file);
  });
}
