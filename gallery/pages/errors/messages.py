"""A sentence in the reader's language for every error code.

The packages below the pages raise errors with a code, data and an English message.
"""

from __future__ import annotations

import contextlib
import math
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gallery.core.errors import GalleryError
from gallery.core.size_limits import format_size
from gallery.pages.errors.import_messages import IMPORT_MESSAGES

_MESSAGES: dict[str, Promise] = {
    "null_character": _("The request contains a null character (%00), which is not allowed."),
    "empty_file": _("The file is empty."),
    "unsupported_type": _("This file type is not supported."),
    "camera_raw": _("RAW files of cameras are not supported."),
    "file_too_large": _("The file is too large."),
    "request_too_large": _("The request is too large."),
    "length_required": _("The request does not say how long it is."),
    "request_timeout": _("The request arrived too slowly."),
    "too_many_pixels": _("The picture has too many pixels."),
    "too_many_parts": _("The picture has too many frames or parts."),
    "fetching_off": _("Pictures of other servers cannot be used here."),
    "url_refused": _("This is not the http or https URL of a picture on a public server."),
    "url_unreachable": _("No picture could be fetched from this URL."),
    "url_answer": _("The server at this URL did not send a picture."),
    "picture_blocked": _("This picture is not accepted here."),
    "appeal_not_possible": _(
        "You have written about this decision already, or it has changed meanwhile."
    ),
    "duplicate": _("This picture was uploaded before."),
    "near_duplicates_changed": _("These pictures have changed. Look at them again."),
    "corrupt": _("The picture is damaged and cannot be read."),
    "too_expensive": _("The picture takes too much time or memory to open."),
    "decoder_crash": _("The picture crashes the decoder and was quarantined."),
    "method_not_allowed": _("This address is not a page."),
    "not_found": _("Not found, or you don't have access."),
    "original_unavailable": _("The original file is available to its owner only."),
    "encoder_unavailable": _("The search model is not available right now."),
    "encoder_mismatch": _("The search model does not match the stored pictures."),
    "bad_embedding": _("The search model cannot process this."),
    "too_busy": _("The server is busy. Try again later."),
    "too_many_slow_pictures": _(
        "Your last pictures took long to open. Wait a few seconds, then try again."
    ),
    "cache_unavailable": _(
        "This search picture cannot be read right now. Try again in a moment, or send it again."
    ),
    "throttled": _("Too many requests. Wait a moment, then try again."),
    "too_many_bodies": _("Your other uploads are still being received. Wait until they are done."),
    "no_space_for_body": _("There is no space for this upload right now. Try again in a moment."),
    "storage_unavailable": _("The storage is not available right now."),
    "storage_full": _("The storage is full."),
    "database_unavailable": _("The site cannot reach its database right now."),
    "database_timeout": _("This took too long. A narrower search or fewer pictures may work."),
    "too_many_tokens": _("You have too many API tokens. Delete one that is no longer used."),
    "login_required": _("Log in to continue."),
    "signature_invalid": _("The signature of this address is not valid."),
    "signature_expired": _("This address has expired."),
    "llm_unavailable": _("The language model cannot be reached right now."),
    "llm_timeout": _("The language model took too long to answer."),
    "llm_overloaded": _("The language model has too many requests right now."),
    "llm_bad_answer": _("The answer of the language model cannot be read."),
    "llm_key_refused": _("The language model does not accept the key of this site."),
    "llm_request_refused": _("The language model does not accept this request."),
    "embedding_interrupted": _("Processing was interrupted too many times."),
    "out_of_memory": _("There was not enough memory. Try again later."),
    "original_missing": _("The file of the picture is lost. Upload the picture again."),
    "preview_missing": _("The preview is missing and is being created again."),
    "preview_unreadable": _(
        "The preview was created, but cannot be read. The site's administrator has to check that "
        "all workers use the same media folder."
    ),
    **{code: text for code, text in IMPORT_MESSAGES.items() if code != "invalid"},
}
# Search parameters out of range: the code is ``invalid``, the data has ``field`` and ``limit``.
_INVALID_FIELDS: dict[str, Promise] = {
    "text": _("The search text can have at most %(limit)s characters."),
    "limit": _("The number of results must be between 1 and %(limit)s."),
    "min_similarity": _("The similarity must be between -1 and 1."),
    "name": _("A tag may have at most %(limit)s characters."),
    "note": _("The text may have at most %(limit)s characters."),
}
_CURSORS: dict[str, Promise] = {
    "not_valid": _("This page address is not valid."),
    "other_search": _("This page address belongs to another search."),
    "expired": _("This page address has expired. Search again from the first page."),
}


def message_for(error: GalleryError) -> str:
    return error_message(error.code, error.message, error.data)


def error_message(code: str, fallback: str = "", data: dict[str, Any] | None = None) -> str:
    """The sentence for ``code``, with the limit in ``data`` if it has one.

    A code without a sentence gives the translation of ``fallback``.
    """
    data = data or {}
    limit = data.get("limit")
    if code == "file_too_large" and isinstance(limit, int):
        return gettext("The file is larger than %(limit)s.") % {"limit": format_size(limit)}
    if code == "too_many_pixels" and isinstance(limit, int):
        millions = f"{limit / 1e6:.4g}"
        return gettext("The picture has more than %(limit)s million pixels.") % {"limit": millions}
    if code == "too_many_pixels" and "proportion" in data:
        return gettext("One side of the picture is far too long for the other.")
    if code == "throttled" and "wait" in data:
        return (_too_many_logins if data.get("login") else _too_many_requests)(data["wait"])
    if code == "invalid" and "parameter" in data:
        return gettext(
            "This link is not valid: the parameter “%(parameter)s” is unknown or has a wrong value."
        ) % {"parameter": data["parameter"]}
    if code == "invalid" and data.get("field") in _INVALID_FIELDS:
        with contextlib.suppress(KeyError):  # an error of the field without a limit
            return str(_INVALID_FIELDS[data["field"]]) % data
    if code == "cursor" and data.get("reason") in _CURSORS:
        return str(_CURSORS[data["reason"]])
    if code in _MESSAGES:
        return str(_MESSAGES[code])
    return gettext(fallback) if fallback else gettext("Something went wrong.")


def _too_many_requests(seconds: int) -> str:
    return ngettext(
        "Too many requests. Try again in %(seconds)d second.",
        "Too many requests. Try again in %(seconds)d seconds.",
        seconds,
    ) % {"seconds": seconds}


def _too_many_logins(seconds: int) -> str:
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "Too many attempts to log in. Try again in %(minutes)d minute.",
        "Too many attempts to log in. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
