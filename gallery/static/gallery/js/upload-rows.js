// The rows of the upload page, one per file. upload.js decides when they change.
"use strict";

const uploadForm = document.getElementById("upload");
const uploadMessages = uploadForm.dataset;
// While a search is shown in place of this page, uploads go on, and the document lacks its parts.
const uploadPage = document.getElementById("main");
const uploadPart = (id) => uploadPage.querySelector(`#${id}`);

class UploadRow {
  static all = new Set();

  // A file of an earlier visit cannot be sent again, so its row has no ``onRetry``.
  constructor(name, { onRetry, onRemove } = {}) {
    const template = uploadPart("outcome");
    this.element = template.content.firstElementChild.cloneNode(true);
    this.name = name;
    this.onRemove = onRemove;
    this.id = "";
    this.settled = false;
    this.part("a.name").textContent = name;
    if (onRetry) this.part("[data-retry]").addEventListener("click", onRetry);
    this.part("[data-remove] span").textContent = `${uploadMessages.remove}: ${name}`;
    this.part("[data-remove]").addEventListener("click", () => this.remove());
    uploadPart("outcomes").append(this.element);
    UploadRow.all.add(this);
    this.show("waiting", uploadMessages.waiting);
  }

  // What a reload keeps of a row. The server knows the state of the files that it has accepted.
  get stored() {
    const { name, id, duplicate, problem } = this;
    return { name, id, duplicate, problem };
  }

  static restore({ name, id, duplicate, problem }) {
    const row = new UploadRow(name);
    Object.assign(row, { id, duplicate });
    if (!id) row.fail(problem ?? { key: "interrupted" });
  }

  part(selector) {
    return this.element.querySelector(selector);
  }

  show(state, message, { settled = false, retry = false } = {}) {
    this.state = state;
    this.settled = settled;
    this.element.classList.toggle("bad", state === "failed");
    this.element.classList.toggle("ready", state === "ready");
    this.part(".message").textContent = message;
    this.part("[data-retry]").hidden = !retry;
    this.part("progress").hidden = settled || state === "waiting";
    UploadRow.showTotals();
  }

  // Only a problem that lasts is kept: a file that can be tried again must be chosen again later.
  fail(problem, { retry = false } = {}) {
    this.show("failed", problemText(problem), { settled: true, retry });
    this.problem = retry ? null : problem;
  }

  showProgress(fraction) {
    if (this.state !== "uploading") this.show("uploading", uploadMessages.uploading);
    this.part("progress").value = Math.round(fraction * 100);
  }

  // The state on the server: stored, derived, ready, failed or quarantined.
  update(image) {
    this.id = image.id;
    this.part("a.name").href = image.url;
    this.part("progress").removeAttribute("value");
    if (image.preview && !this.part("img")) {
      const preview = new Image(56, 56);
      preview.alt = "";
      preview.src = image.preview;
      this.part(".thumb").replaceChildren(preview);
    }
    const label = image.label.charAt(0).toUpperCase() + image.label.slice(1);
    if (image.created === false) this.duplicate = true;
    if (this.duplicate && !image.settled) {
      this.show("stored", uploadMessages.processing, { settled: false });
    } else if (this.duplicate && !image.problem) {
      this.show("duplicate", uploadMessages.duplicate, { settled: true });
    } else if (image.settled && image.state !== "ready") {
      this.show("failed", image.problem || label, { settled: true });
    } else {
      this.show(image.settled ? "ready" : "stored", label, { settled: image.settled });
    }
  }

  remove() {
    const next = this.element.nextElementSibling ?? this.element.previousElementSibling;
    UploadRow.all.delete(this);
    this.element.remove();
    this.onRemove?.();
    UploadRow.showTotals();
    (next?.querySelector("[data-remove]") ?? uploadPart("files")).focus();
  }

  static showTotals() {
    const count = { ready: 0, duplicate: 0, failed: 0, waiting: 0 };
    for (const row of UploadRow.all) {
      count[row.settled ? row.state : "waiting"] += 1;
    }
    const totals = uploadPart("totals");
    const text = uploadMessages.totals.replace(/\{(\w+)\}/g, (_, name) => count[name]);
    if (totals.textContent !== text) totals.textContent = text;
    uploadPart("queue").hidden = !UploadRow.all.size;
    uploadPart("clear-list").hidden = count.waiting === UploadRow.all.size;
  }
}
