// Sends a question and shows the answer as it arrives. The server says which numbers in the text of
// a model are links to pictures.
"use strict";

const status = document.getElementById("ask-status");

function show(turn, stored, name, data) {
  if (name === "start") {
    stored.start = data;
    showFacts(turn, data);
  } else if (name === "text") {
    turn.querySelector(".answer").append(data);
  } else if (name === "error") {
    fail(turn, stored, data);
  } else if (name === "end") {
    stored.end = { parts: data.parts, note: data.note };
    transcript.conversation = form.elements.conversation.value = data.conversation;
    showAnswer(turn, data);
    const answer = turn.querySelector(".answer")?.textContent ?? "";
    status.textContent = `${turn.querySelector(".facts").innerText} ${answer}`;
  }
  if (name !== "text") storeTranscript();
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

async function ask(turn, stored, fields) {
  const response = await fetch(form.action, {
    method: "POST",
    body: fields,
    headers: { Accept: "text/event-stream, application/json;q=0.9" },
  });
  if (!response.ok) {
    fail(turn, stored, (await response.json()).message);
    return;
  }
  const ended = await readEvents(response.body, (name, data) => show(turn, stored, name, data));
  if (!ended) fail(turn, stored, form.dataset.failed);
}

// The question comes back to be sent again, unless the next one is being typed.
function fail(turn, stored, text) {
  stored.failure = text;
  showFailure(turn, text);
  status.textContent = ""; // The message is an alert.
  form.elements.question.value ||= stored.question;
  storeTranscript();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  const stored = { question: form.elements.question.value };
  const turn = addTurn(stored.question, form.dataset.wait);
  const button = form.querySelector("button");
  transcript.turns.push(stored);
  storeTranscript();
  turn.setAttribute("aria-busy", "true");
  form.elements.question.value = "";
  if (document.activeElement === button) form.elements.question.focus();
  button.disabled = true;
  status.textContent = form.dataset.wait;
  try {
    await ask(turn, stored, fields);
  } catch {
    fail(turn, stored, form.dataset.failed);
  } finally {
    turn.removeAttribute("aria-busy");
    button.disabled = false;
  }
});
