// Adds the picture of a URL, which the server fetches, as a row of this upload.
"use strict";

const urlField = uploadForm.elements.url;

class UrlUpload {
  constructor(url) {
    this.url = url;
    this.visibility = uploadForm.visibility.value;
    this.row = new UploadRow(url, { onRetry: () => this.send() });
    this.send();
  }

  async send() {
    this.row.part("progress").removeAttribute("value");
    this.row.show("fetching", uploadMessages.fetching);
    const request = await this.answer();
    const isStored = request !== null && request.status < 300;
    if (isStored) {
      this.row.update(JSON.parse(request.responseText));
      pollSoon();
    } else this.row.fail(problemOf(request), { retry: canRetry(request) });
  }

  // With the fields that problemOf() reads of a request by Uppy; null if the server is out of reach.
  async answer() {
    const body = new FormData();
    body.set("url", this.url);
    body.set("visibility", this.visibility);
    const headers = {
      Accept: "application/json",
      "X-CSRFToken": uploadForm.csrfmiddlewaretoken.value,
    };
    try {
      const response = await fetch(uploadForm.action || location.href, { method: "POST", body, headers });
      return { status: response.status, responseText: await response.text() };
    } catch {
      return null;
    }
  }
}

uploadForm.addEventListener("submit", (event) => {
  event.preventDefault();
  const url = urlField?.value.trim();
  if (!url) return urlField?.focus();
  new UrlUpload(url);
  urlField.value = "";
});
