// The conversation of this tab, so that Back from a picture and a reload show it again. It stays in
// this browser, for the person who is logged in, until the log out (shell.js).
"use strict";

const keptKey = `conversation:${location.pathname}${location.search}`;
const [navigation] = performance.getEntriesByType("navigation");
let kept = { user: form.dataset.user, turns: [], conversation: "" };

function keepConversation() {
  try {
    sessionStorage.setItem(keptKey, JSON.stringify(kept));
  } catch {
    // Without storage the page is empty after Back.
  }
}

function keptBefore() {
  try {
    const stored = JSON.parse(sessionStorage.getItem(keptKey));
    return stored?.user === form.dataset.user ? stored : null;
  } catch {
    return null;
  }
}

function showKept() {
  for (const { question, start, end, failure } of kept.turns) {
    const turn = addTurn(question, "");
    if (start) showFacts(turn, start);
    if (end) showAnswer(turn, end);
    if (failure || !end) showFailure(turn, failure ?? form.dataset.failed);
    form.elements.question.value = failure || !end ? question : "";
  }
  form.elements.conversation.value = kept.conversation;
}

// A new visit begins a new conversation. Without scripts the server shows the turns.
if (navigation?.type !== "navigate" && !form.elements.conversation.value) {
  kept = keptBefore() ?? kept;
  showKept();
} else {
  keepConversation();
}
