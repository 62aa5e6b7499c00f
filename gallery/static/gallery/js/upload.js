// Sends chosen, dropped and pasted files one by one. One status request for all of them is
// repeated until every file is processed.
"use strict";

const POLL_INTERVAL = 1500; // milliseconds
const rows = new Map(); // Uppy's file id -> row

const queue = new Uppy.Uppy({
  autoProceed: true,
  // The server recognises duplicates and links to them, so the same file may be added twice.
  // While search results are shown in place of this page, a dropped picture is not for the upload.
  onBeforeFileAdded: (file) =>
    uploadForm.isConnected && { ...file, id: `${file.id}-${rows.size}-${Date.now()}` },
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
  shouldRetry: (request) => canRetry(request) && request.status !== 401,
  // Uppy calls every answer other than 2xx a network error, unless this throws another error.
  onAfterResponse: (request) => {
    if (request.status >= 300) throw new Error(problemText(problemOf(request)));
  },
});
queue.use(Uppy.DropTarget, { target: document.body });

queue.on("file-added", (file) => {
  const row = new UploadRow(file.name, {
    onRetry: () => queue.retryUpload(file.id),
    onRemove: () => queue.getFile(file.id) && queue.removeFile(file.id),
  });
  rows.set(file.id, row);
  queue.setFileMeta(file.id, { visibility: uploadForm.visibility.value });
  if (file.size > Number(uploadMessages.maxSize)) {
    queue.removeFile(file.id);
    row.fail({ key: "tooLarge" });
  }
});

queue.on("upload-progress", (file, progress) => {
  if (progress.bytesTotal) {
    rows.get(file.id)?.showProgress(progress.bytesUploaded / progress.bytesTotal);
  }
});

queue.on("upload-success", (file, response) => {
  rows.get(file.id)?.update(response.body);
  queue.removeFile(file.id);
  pollSoon();
});

queue.on("upload-error", (file, error, request) => {
  rows.get(file.id)?.fail(problemOf(request), { retry: canRetry(request) });
});

let pollTimer = 0;
function pollSoon() {
  pollTimer ||= setTimeout(poll, POLL_INTERVAL);
}

async function poll() {
  const open = [...UploadRow.all].filter((row) => row.id && !row.settled);
  const ids = open.slice(0, Number(uploadMessages.maxStatusIds)).map((row) => row.id);
  pollTimer = 0;
  if (!ids.length) return;
  try {
    const response = await fetch(`${uploadMessages.statusUrl}?ids=${ids}`, { headers: { Accept: "application/json" } });
    if (response.ok) updateRows((await response.json()).images, open.slice(0, ids.length));
  } catch {
    // Offline for a moment: the next request may succeed.
  }
  pollSoon();
}

function updateRows(images, polledRows) {
  const known = new Map(images.map((image) => [image.id, image]));
  for (const row of polledRows) {
    const image = known.get(row.id);
    if (image) row.update(image);
    else row.fail({ key: "gone" });
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
  if (event.clipboardData?.files.length && uploadForm.isConnected) add(event.clipboardData.files);
});
window.addEventListener("beforeunload", (event) => {
  if ([...rows.values()].some((row) => row.state === "uploading")) event.preventDefault();
});

chooser.classList.add("visually-hidden");
for (const part of uploadForm.querySelectorAll("[data-enhanced]")) part.hidden = false;
uploadForm.querySelector("[data-plain]").hidden = true;
restoreList();
poll();
