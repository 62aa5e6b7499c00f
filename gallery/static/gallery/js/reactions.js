// The key "l" likes the focused picture of a list, or the picture of the page; again, it undoes that.
"use strict";

document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
  if (event.key !== "l" || modified || event.repeat || event.isComposing || isTyping(event.target)) return;
  const place = event.target.closest(".tile") ?? document.querySelector("#picture article");
  place?.querySelector("[data-like]")?.click();
});
