// Messages that are on a page when it loads, such as "Your changes are saved" or a failed login.
// Screen readers announce what changes in a live region, so the messages are inserted once more.
// The first wrong field of a form takes the focus, so that they read its error.
"use strict";

addEventListener("load", () => {
  for (const region of document.querySelectorAll(".messages, form > [role=alert]")) {
    region.replaceChildren(...[...region.children].map((message) => message.cloneNode(true)));
  }
  document.querySelector("main [aria-invalid=true]")?.focus();
});
