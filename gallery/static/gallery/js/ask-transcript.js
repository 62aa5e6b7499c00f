// The conversation of this tab, so that Back from a picture and a reload show it again. It stays in
// this browser, for the person who is logged in, until the log out (shell.js).
"use strict";

const storageKey = `conversation:${location.pathname}${location.search}`;
const [navigation] = performance.getEntriesByType("navigation");
let transcript = { user: form.dataset.user, turns: [], conversation: "" };

function storeTranscript() {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(transcript));
  } catch {
    // Without storage the page is empty after Back.
  }
}

function storedTranscript() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(storageKey));
    return stored?.user === form.dataset.user ? stored : null;
  } catch {
    return null;
  }
}

function showTranscript() {
  for (const { question, start, end, failure } of transcript.turns) {
    const turn = addTurn(question, "");
    if (start) showFacts(turn, start);
    if (end) showAnswer(turn, end);
    if (failure || !end) showFailure(turn, failure ?? form.dataset.failed);
    form.elements.question.value = failure || !end ? question : "";
  }
  form.elements.conversation.value = transcript.conversation;
}

// A new visit begins a new conversation. Without scripts the server shows the turns.
if (navigation?.type !== "navigate" && !document.querySelector("#turns .turn")) {
  transcript = storedTranscript() ?? transcript;
  showTranscript();
} else {
  storeTranscript();
}
