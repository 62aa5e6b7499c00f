// One row per file of the upload page: what it shows. What happens is decided in upload.js.
"use strict";

const uploadForm = document.getElementById("upload");
const uploadWords = uploadForm.dataset;

class UploadRow {
  static all = new Set();

  constructor(name, { onRetry, onRemove }) {
    const template = document.getElementById("outcome");
    this.element = template.content.firstElementChild.cloneNode(true);
    this.id = "";
    this.settled = false;
    this.part("a.name").textContent = name;
    this.part("[data-retry]").addEventListener("click", onRetry);
    this.part("[data-remove] span").textContent = `${uploadWords.remove}: ${name}`;
    this.part("[data-remove]").addEventListener("click", () => this.remove(onRemove));
    document.getElementById("outcomes").append(this.element);
    document.getElementById("queue").hidden = false;
    UploadRow.all.add(this);
    this.show("waiting", uploadWords.waiting);
  }

  part(selector) {
    return this.element.querySelector(selector);
  }

  show(state, words, { settled = false, retry = false } = {}) {
    this.state = state;
    this.settled = settled;
    this.element.classList.toggle("bad", state === "failed");
    this.element.classList.toggle("ready", state === "ready");
    this.part(".words").textContent = words;
    this.part("[data-retry]").hidden = !retry;
    this.part("progress").hidden = settled || state === "waiting";
    UploadRow.count();
  }

  bytes(share) {
    if (this.state !== "uploading") this.show("uploading", uploadWords.uploading);
    this.part("progress").value = Math.round(share * 100);
  }

  // Where the server says the picture stands: stored, derived, ready, failed, quarantined.
  server(image) {
    this.id = image.id;
    this.part("a.name").href = image.url;
    this.part("progress").removeAttribute("value");
    if (image.preview && !this.part("img")) {
      const preview = new Image(56, 56);
      preview.alt = "";
      preview.src = image.preview;
      this.part(".thumb").replaceChildren(preview);
    }
    const words = image.words.charAt(0).toUpperCase() + image.words.slice(1);
    if (image.created === false) this.duplicate = true;
    if (this.duplicate && !image.trouble) {
      this.show("duplicate", uploadWords.duplicate, { settled: true });
    } else if (image.settled && image.state !== "ready") {
      this.show("failed", image.trouble || words, { settled: true });
    } else {
      this.show(image.settled ? "ready" : "stored", words, { settled: image.settled });
    }
  }

  remove(onRemove) {
    const next = this.element.nextElementSibling ?? this.element.previousElementSibling;
    UploadRow.all.delete(this);
    this.element.remove();
    onRemove();
    UploadRow.count();
    (next?.querySelector("[data-remove]") ?? document.getElementById("files")).focus();
  }

  static count() {
    const count = { ready: 0, duplicate: 0, failed: 0, waiting: 0 };
    for (const row of UploadRow.all) {
      count[row.settled ? row.state : "waiting"] += 1;
    }
    const totals = document.getElementById("totals");
    const text = uploadWords.totals.replace(/\{(\w+)\}/g, (_, name) => count[name]);
    if (totals.textContent !== text) totals.textContent = text;
  }
}
