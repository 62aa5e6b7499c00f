// Why a file was not uploaded: a key of the messages of the upload page, or the texts of the server
// in every language, because the list of an upload outlives a change of language.
"use strict";

const problemText = ({ key, status, texts }) =>
  texts?.[document.documentElement.lang] ?? uploadMessages[key].replace("{status}", status);

function problemOf(request) {
  if (!request?.status) return { key: "notSent" };
  try {
    const { texts } = JSON.parse(request.responseText);
    if (texts) return { texts };
  } catch {
    // The answer of a proxy.
  }
  return { key: "refused", status: request.status };
}

// A bad file stays bad. A lost connection, an expired login or a server error may pass.
function canRetry(request) {
  return !request || [0, 401, 429].includes(request.status) || request.status >= 500;
}
