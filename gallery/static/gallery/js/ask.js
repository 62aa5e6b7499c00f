// Sends a question and shows the answer as it arrives. What a model writes becomes text nodes only;
// the server says which numbers in it are links to pictures.
"use strict";

const form = document.getElementById("ask");
const status = document.getElementById("ask-status");

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

function alertIn(turn, text) {
  const alert = element("p", "", text);
  alert.setAttribute("role", "alert");
  turn.append(alert);
}

function show(turn, name, data) {
  let answer = turn.querySelector(".answer");
  if (name === "start") {
    // Both are the server's own markup.
    turn.querySelector(".facts").outerHTML = data.facts;
    document.getElementById("ask-pictures").innerHTML = data.pictures;
    if (data.model) turn.append(element("p", "answer"));
  } else if (name === "text") {
    answer.append(data);
  } else if (name === "error") {
    alertIn(turn, data);
  } else if (name === "end") {
    if (data.parts.length) {
      answer.replaceChildren(...data.parts.map(citation));
      turn.append(element("p", "muted small", `${form.dataset.note} ${data.sent}`));
    }
    form.elements.conversation.value = data.conversation;
    form.elements.question.value = "";
    status.textContent = turn.querySelector(".facts").innerText + " " + (answer?.textContent ?? "");
  }
  return name === "end";
}

// Events are separated by an empty line; the last one may not be complete yet.
async function readEvents(body, handle) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "", ended = false;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const blocks = (rest + chunk.value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const [name, data] = block.split("\n", 2);
      ended = handle(name.slice("event: ".length), JSON.parse(data.slice("data: ".length)));
    }
  }
  return ended;
}

async function ask(turn) {
  const response = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "text/event-stream, application/json;q=0.9" },
  });
  if (!response.ok) {
    alertIn(turn, (await response.json()).message);
    return;
  }
  const ended = await readEvents(response.body, (name, data) => show(turn, name, data));
  if (!ended) alertIn(turn, form.dataset.failed);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const turn = element("section", "turn");
  const wait = element("p", "facts", form.dataset.wait);
  turn.append(element("h2", "", form.elements.question.value), wait);
  turn.setAttribute("aria-busy", "true");
  document.getElementById("turns").append(turn);
  const button = form.querySelector("button");
  button.disabled = true;
  status.textContent = form.dataset.wait;
  try {
    await ask(turn);
  } catch {
    alertIn(turn, form.dataset.failed);
  } finally {
    if (wait.textContent === form.dataset.wait) wait.remove();
    turn.removeAttribute("aria-busy");
    button.disabled = false;
    form.elements.question.focus();
  }
});
