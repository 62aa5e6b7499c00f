// The page of one picture: arrow keys show the previous and the next picture of the gallery, and Escape
// returns to the list. These pictures replace each other in the history, so that Back returns there too.
"use strict";

const SIDES = { ArrowLeft: "prev", ArrowRight: "next" };
const adjacentLink = (side) => document.querySelector(`.adjacent [rel=${side}]`);
const galleryPath = () => document.querySelector(".brand").pathname;

// Whether the page before in the history is a list or another picture, not a form of this picture.
function cameFromList() {
  const before = document.referrer && new URL(document.referrer);
  if (!before || before.origin !== location.origin) return false;
  const picture = /^(.*\/)[0-9a-f-]{36}\/$/;
  const isPicture = picture.exec(before.pathname)?.[1] === picture.exec(location.pathname)?.[1];
  const isOther = isPicture && before.pathname !== location.pathname;
  return isOther || [galleryPath(), searchPath].includes(before.pathname);
}

function leavePicture() {
  if (cameFromList()) history.back();
  else location.assign(galleryPath());
}

// Before the listeners of the menu and the lists, which close or move what is theirs.
addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
  const isTaken = isTyping(event.target) || event.target.closest(".rows, .menu[open]");
  if (modified || event.isComposing || isTaken || !document.getElementById("picture")) return;
  if (event.key === "Escape" && !document.getElementById("menu").open) leavePicture();
  const link = event.key in SIDES && adjacentLink(SIDES[event.key]);
  if (link) location.replace(link.href);
}, true);

document.addEventListener("click", (event) => {
  const link = event.target.closest(".adjacent a");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain) return;
  event.preventDefault();
  location.replace(link.href);
});
