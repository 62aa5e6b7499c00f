// Search by a picture that is dropped, pasted or chosen. The text in the search box stays part of
// the search.
"use strict";

const pictureForm = document.getElementById("search-by-picture");
// The upload page uploads dropped and pasted pictures.
const uploadsPictures = () => document.getElementById("upload") !== null;
// Some systems know no type of these files.
const NAMES_OF_PICTURES = /\.(heic|heif|avif)$/i;
const isPicture = (file) => file.type.startsWith("image/") || NAMES_OF_PICTURES.test(file.name);
const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && !uploadsPictures();
const showDropVeil = (shown) => document.body.classList.toggle("dropping", shown);

function searchByPicture(file) {
  const transfer = new DataTransfer();
  transfer.items.add(file);
  pictureForm.picture.files = transfer.files;
  sendPicture();
}

function sendPicture() {
  for (const old of pictureForm.querySelectorAll("[data-kept]")) old.remove();
  for (const [name, value] of new URLSearchParams(boxAddress().split("?")[1])) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    field.toggleAttribute("data-kept", true);
    pictureForm.append(field);
  }
  announce(statusLine.dataset.searching);
  document.getElementById("main").classList.add("htmx-request");
  pictureForm.requestSubmit();
}

// Runs again after every search, which may bring new buttons.
function showChooseButtons() {
  for (const button of document.querySelectorAll("[data-choose-picture]")) button.hidden = false;
}
showChooseButtons();
document.addEventListener("search:shown", showChooseButtons);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose-picture]")) pictureForm.picture.click();
});
pictureForm.picture.addEventListener("change", sendPicture);
// Back shows the page as it was when the picture was sent.
addEventListener("pageshow", () => document.getElementById("main").classList.remove("htmx-request"));

let depth = 0; // dragenter and dragleave also fire for child elements
document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find(isPicture);
  if (!file || uploadsPictures()) return;
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
  else showToast(statusLine.dataset.noPicture);
});
