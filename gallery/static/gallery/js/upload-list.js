// Keeps the list of this upload in the browser's tab, so that it is there after a reload.
"use strict";

// Another person who logs in in this tab has another list.
const LIST_KEY = `uploads-${uploadMessages.person}`;

function storeList() {
  const list = [...UploadRow.all].map((row) => row.stored);
  try {
    sessionStorage.setItem(LIST_KEY, JSON.stringify(list));
  } catch {
    // No storage in this browser: the list ends with the page.
  }
}

function restoreList() {
  try {
    for (const stored of JSON.parse(sessionStorage.getItem(LIST_KEY)) ?? []) UploadRow.restore(stored);
  } catch {
    // No storage, or not our list.
  }
}

addEventListener("pagehide", storeList);
// Phones end a page in the background without "pagehide".
document.addEventListener("visibilitychange", () => document.hidden && storeList());

document.getElementById("clear-list").addEventListener("click", () => {
  for (const row of [...UploadRow.all].filter((each) => each.settled)) row.remove();
});
