// The search box: results while typing (on the search page), and pictures that are dropped,
// pasted or chosen. The plain form does all of it without this file.
"use strict";

const searchForm = document.getElementById("search");
const pictureForm = document.getElementById("search-by-picture");
const live = searchForm.hasAttribute("hx-get");
const PAUSE = 300; // milliseconds without a key before the search is asked
const NEW_THOUGHT = 2000; // after such a pause the earlier search stays in the history

let timer = 0;
let asked = searchForm.q.value.trim();
let askedAt = 0;

function searchSoon() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const text = searchForm.q.value.trim();
    if (text === asked) return;
    searchForm.toggleAttribute("hx-push-url", false);
    if (askedAt && Date.now() - askedAt > NEW_THOUGHT) {
      searchForm.setAttribute("hx-push-url", "true");
    }
    asked = text;
    askedAt = Date.now();
    htmx.trigger(searchForm, "typed");
  }, PAUSE);
}

if (live) {
  // Half-composed Chinese is not a query; the end of the composition is.
  searchForm.q.addEventListener("input", (event) => event.isComposing || searchSoon());
  searchForm.q.addEventListener("compositionend", searchSoon);
  searchForm.addEventListener("submit", () => {
    clearTimeout(timer);
    asked = searchForm.q.value.trim();
    askedAt = Date.now();
  });
}

function isPicture(item) {
  return item.type.startsWith("image/");
}

function searchByPicture(file) {
  const carried = new DataTransfer();
  carried.items.add(file);
  pictureForm.picture.files = carried.files;
  sendPicture();
}

function sendPicture() {
  const said = document.getElementById("said");
  said.textContent = said.dataset.searching;
  document.getElementById("results")?.classList.add("htmx-request");
  pictureForm.requestSubmit();
}

// Also for content that a later search brings.
function offerChoosing() {
  for (const button of document.querySelectorAll("[data-choose-picture]")) button.hidden = false;
}
offerChoosing();
document.addEventListener("htmx:afterSettle", offerChoosing);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose-picture]")) pictureForm.picture.click();
});
pictureForm.picture.addEventListener("change", sendPicture);

// The upload page takes what is dropped and pasted for itself.
if (!document.getElementById("upload")) {
  let inside = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const veil = (shown) => document.body.classList.toggle("dropping", shown);

  document.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(isPicture);
    if (!file) return;
    event.preventDefault();
    searchByPicture(file);
  });
  document.addEventListener("dragenter", (event) => carriesFiles(event) && veil(++inside > 0));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && veil(--inside > 0));
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    inside = 0;
    veil(false);
    const file = [...event.dataTransfer.files].find(isPicture);
    if (file) searchByPicture(file);
  });
}
