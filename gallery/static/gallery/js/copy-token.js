// The button that copies a new API token. It is selected too, so that a person can copy it where the
// browser does not let the script do it.
"use strict";

const copyButton = document.querySelector("[data-copy]");

async function copyToken() {
  const token = document.getElementById(copyButton.dataset.copy);
  getSelection().selectAllChildren(token);
  let copied = false;
  try {
    // Browsers offer the clipboard on secure addresses only.
    if (navigator.clipboard) await navigator.clipboard.writeText(token.textContent);
    copied = navigator.clipboard ? true : document.execCommand("copy");
  } catch {
    // The person has refused it.
  }
  const { dataset } = copyButton;
  document.querySelector(".new-token [role=status]").textContent =
    copied ? dataset.copied : dataset.failed;
}

copyButton.hidden = false;
copyButton.addEventListener("click", copyToken);
