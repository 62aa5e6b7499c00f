// Messages that are on a page when it loads, such as "Your changes are saved" or a failed login.
// Screen readers announce what changes in a live region, so the messages are inserted once more.
// The first wrong field of a form takes the focus, so that they read its error. After a form without
// errors, the message takes it: the button that was pressed is often gone, and the next Tab would
// start at the top of the page.
"use strict";

addEventListener("load", () => {
  for (const region of document.querySelectorAll(".messages, form > [role=alert]")) {
    region.replaceChildren(...[...region.children].map((message) => message.cloneNode(true)));
  }
  const wrong = document.querySelector("main [aria-invalid=true]");
  if (wrong) wrong.focus();
  else if (document.activeElement === document.body) {
    document.querySelector(".messages")?.focus({ preventScroll: true });
  }
});
