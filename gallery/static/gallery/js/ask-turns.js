// The parts of a question and its answer on the page. What a model writes becomes text nodes only;
// facts and pictures are the server's own markup.
"use strict";

const form = document.getElementById("ask");

function element(name, className, text) {
  const created = document.createElement(name);
  if (className) created.className = className;
  if (text) created.textContent = text;
  return created;
}

function citation([text, number]) {
  if (!number) return document.createTextNode(text);
  const link = element("a", "", text);
  link.href = `#picture-${Number(number)}`;
  return link;
}

function addTurn(question, waiting) {
  const turn = element("section", "turn");
  turn.append(element("h2", "", question), element("p", "facts", waiting));
  document.getElementById("turns").append(turn);
  document.getElementById("new-conversation").hidden = false;
  return turn;
}

function showFacts(turn, { facts, pictures, model }) {
  turn.querySelector(".facts").outerHTML = facts;
  document.getElementById("ask-pictures").innerHTML = pictures;
  if (model) turn.append(element("p", "answer"));
}

// The note belongs to the answer, so it stands above a message about a failure.
function showAnswer(turn, { parts, note }) {
  if (!parts.length) return;
  const answer = turn.querySelector(".answer");
  answer.replaceChildren(...parts.map(citation));
  answer.after(element("p", "muted small note", note));
}

function showFailure(turn, text) {
  turn.querySelector("p.facts")?.remove(); // still waiting
  const alert = element("p", "notice-bar", text);
  alert.setAttribute("role", "alert");
  turn.append(alert);
}
