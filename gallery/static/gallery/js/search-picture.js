// Search by a picture that is dropped, pasted or chosen. The text in the search box stays part of
// the search. The server fetches a picture that is dragged from another site.
"use strict";

const pictureForm = document.getElementById("search-by-picture");
// The upload page uploads dropped and pasted pictures.
const uploadsPictures = () => document.getElementById("upload") !== null;
// Some systems know no type of these files.
const NAMES_OF_PICTURES = /\.(heic|heif|avif)$/i;
const isPicture = (file) => file.type.startsWith("image/") || NAMES_OF_PICTURES.test(file.name);
const hasFiles = (event) => event.dataTransfer.types.includes("Files");
const hasUrl = (event) => pictureForm.picture_url && event.dataTransfer.types.includes("text/uri-list");
let isOwnDrag = false; // a link or a picture of this page
const mayDrop = (event) =>
  event.dataTransfer && !isOwnDrag && !uploadsPictures() && (hasFiles(event) || hasUrl(event));
const showDropVeil = (shown) => document.body.classList.toggle("dropping", shown);

function searchByPicture(file) {
  const transfer = new DataTransfer();
  transfer.items.add(file);
  forgetUrl();
  pictureForm.picture.files = transfer.files;
  sendPicture();
}

function forgetUrl() {
  if (pictureForm.picture_url) pictureForm.picture_url.value = "";
}

function searchByUrl(url) {
  pictureForm.picture.value = "";
  pictureForm.picture_url.value = url;
  sendPicture();
}

// A picture inside of a link has the address of the link as its URL.
function droppedUrl(data) {
  const dropped = new DOMParser().parseFromString(data.getData("text/html"), "text/html");
  const lines = data.getData("text/uri-list").split(/\r?\n/).filter((line) => !line.startsWith("#"));
  const urls = [dropped.querySelector("img")?.getAttribute("src"), ...lines];
  return urls.find((url) => /^https?:\/\//i.test(url ?? ""));
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
pictureForm.picture.addEventListener("change", () => {
  forgetUrl();
  sendPicture();
});
// Back shows the page as it was when the picture was sent.
addEventListener("pageshow", () => document.getElementById("main").classList.remove("htmx-request"));

let depth = 0; // dragenter and dragleave also fire for child elements
document.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])].find(isPicture);
  if (!file || uploadsPictures()) return;
  event.preventDefault();
  searchByPicture(file);
});
document.addEventListener("dragstart", () => (isOwnDrag = true));
document.addEventListener("dragend", () => (isOwnDrag = false));
document.addEventListener("dragenter", (event) => mayDrop(event) && showDropVeil(++depth > 0));
document.addEventListener("dragleave", (event) => mayDrop(event) && showDropVeil(--depth > 0));
document.addEventListener("dragover", (event) => mayDrop(event) && event.preventDefault());
document.addEventListener("drop", (event) => {
  if (!mayDrop(event)) return;
  event.preventDefault();
  depth = 0;
  showDropVeil(false);
  const file = [...event.dataTransfer.files].find(isPicture);
  const url = hasUrl(event) && droppedUrl(event.dataTransfer);
  if (file) searchByPicture(file);
  else if (url) searchByUrl(url);
  else showToast(statusLine.dataset.noPicture);
});
