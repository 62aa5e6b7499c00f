// Files from choosing, dropping and pasting go to the server one by one; one question for all
// of them asks how far they are, until every one is settled.
"use strict";

const ASK_EVERY = 1500; // milliseconds
const rows = new Map(); // Uppy's file id -> row

const queue = new Uppy.Uppy({
  autoProceed: true,
  // The same file chosen twice is the server's to recognise: it can say so with a link.
  onBeforeFileAdded: (file) => ({ ...file, id: `${file.id}-${rows.size}-${Date.now()}` }),
});

queue.use(Uppy.XHRUpload, {
  endpoint: uploadForm.action || location.href,
  fieldName: "pictures",
  allowedMetaFields: ["visibility"],
  limit: 3,
  timeout: 0,
  headers: () => ({
    Accept: "application/json",
    "X-CSRFToken": uploadForm.csrfmiddlewaretoken.value,
  }),
  shouldRetry: (request) => mayPass(request) && request.status !== 401,
});
queue.use(Uppy.DropTarget, { target: document.body });

queue.on("file-added", (file) => {
  const row = new UploadRow(file.name, {
    onRetry: () => queue.retryUpload(file.id),
    onRemove: () => queue.getFile(file.id) && queue.removeFile(file.id),
  });
  rows.set(file.id, row);
  queue.setFileMeta(file.id, { visibility: uploadForm.visibility.value });
  if (file.size > Number(uploadWords.maxSize)) {
    queue.removeFile(file.id);
    row.show("failed", uploadWords.tooLarge, { settled: true });
  }
});

queue.on("upload-progress", (file, progress) => {
  if (progress.bytesTotal) {
    rows.get(file.id)?.bytes(progress.bytesUploaded / progress.bytesTotal);
  }
});

queue.on("upload-success", (file, response) => {
  rows.get(file.id)?.server(response.body);
  queue.removeFile(file.id);
  askSoon();
});

queue.on("upload-error", (file, error, request) => {
  const words = refusal(request) ?? uploadWords.notSent;
  rows.get(file.id)?.show("failed", words, { settled: true, retry: mayPass(request) });
});

// What is wrong with a file stays wrong; a lost connection, login or server may come back.
function mayPass(request) {
  return !request || [0, 401, 429].includes(request.status) || request.status >= 500;
}

function refusal(request) {
  try {
    return JSON.parse(request.responseText).message;
  } catch {
    return undefined; // no answer, or one that was not ours
  }
}

let asking = 0;
function askSoon() {
  asking ||= setTimeout(ask, ASK_EVERY);
}

async function ask() {
  const open = [...UploadRow.all].filter((row) => row.id && !row.settled);
  const ids = open.slice(0, Number(uploadWords.mostAsked)).map((row) => row.id);
  asking = 0;
  if (!ids.length) return;
  try {
    const answer = await fetch(`${uploadWords.statusUrl}?ids=${ids}`, { headers: { Accept: "application/json" } });
    if (answer.ok) report((await answer.json()).images, open.slice(0, ids.length));
  } catch {
    // Offline for a moment: the next question may be answered.
  }
  askSoon();
}

function report(images, asked) {
  const known = new Map(images.map((image) => [image.id, image]));
  for (const row of asked) {
    const image = known.get(row.id);
    if (image) row.server(image);
    else row.show("failed", uploadWords.gone, { settled: true });
  }
}

function add(files) {
  queue.addFiles([...files].map((file) => ({ name: file.name, type: file.type, data: file })));
}

const chooser = document.getElementById("files");
chooser.addEventListener("change", () => {
  add(chooser.files);
  chooser.value = "";
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) add(event.clipboardData.files);
});
window.addEventListener("beforeunload", (event) => {
  if ([...rows.values()].some((row) => row.state === "uploading")) event.preventDefault();
});

chooser.classList.add("visually-hidden");
for (const part of uploadForm.querySelectorAll("[data-enhanced]")) part.hidden = false;
uploadForm.querySelector("[data-plain]").hidden = true;
