"""What the reader can do about an error, for the errors whose message does not say it already."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from gallery.core.errors import GalleryError
from gallery.pages.errors.messages import error_message

_SMALLER_COPY = _("Save a smaller copy of the picture, then choose that file.")
_NEW_COPY = _(
    "If it opens on your computer, save it as a new JPEG or PNG file and use that file instead."
)
_TELL_ADMINISTRATOR = _("Try again in a few minutes. If it fails again, tell the administrator.")

_ADVICE: dict[str, Promise] = {
    "null_character": _("Remove this character from the address or from the text."),
    "empty_file": _("Check the file on your computer, then choose it again."),
    "unsupported_type": _("Save the picture as JPEG, PNG or WebP, then choose that file."),
    "camera_raw": _("Export it as JPEG, then choose that file."),
    "file_too_large": _SMALLER_COPY,
    "too_many_pixels": _SMALLER_COPY,
    "too_many_parts": _("Save it as a picture of one frame, then choose that file."),
    "corrupt": _NEW_COPY,
    "too_expensive": _NEW_COPY,
    "decoder_crash": _NEW_COPY,
    "url_refused": _("Check the URL, or save the picture and choose the file."),
    "url_unreachable": _("Check the URL, or save the picture and choose the file."),
    "url_answer": _("Open the URL in a browser. If you see the picture, save it and use the file."),
    "request_too_large": _("Send fewer or smaller files at a time."),
    "length_required": _("Try again with another browser."),
    "request_timeout": _("Check your connection, then try again."),
    "method_not_allowed": _(
        "Only a button of a page opens it. Go back and press the button again."
    ),
    "not_found": _("Check the address. You may have to log in, or to log in as somebody else."),
    "original_unavailable": _("Ask the owner for the file."),
    "encoder_unavailable": _TELL_ADMINISTRATOR,
    "encoder_mismatch": _TELL_ADMINISTRATOR,
    "bad_embedding": _("Try another text or picture."),
    "storage_unavailable": _TELL_ADMINISTRATOR,
    "storage_full": _("Tell the administrator, who has to free or to add space."),
    "llm_unavailable": _TELL_ADMINISTRATOR,
    "llm_timeout": _("Try again, or ask about fewer pictures."),
    "llm_overloaded": _("Try again in a minute."),
    "llm_bad_answer": _("Try again, or ask in other words."),
    "llm_key_refused": _("Tell the administrator. Searching goes on without it."),
    "llm_request_refused": _("Tell the administrator. Searching goes on without it."),
    "database_unavailable": _("Please try again in a few seconds."),
    "embedding_interrupted": _TELL_ADMINISTRATOR,
    # Only scripts get this error; a page shows the form to log in.
    "login_required": _("Log in in another tab, then try again here."),
}


def advice(code: str, data: dict[str, Any] | None = None) -> str:
    """Empty where the message of the error says what to do."""
    if code == "invalid" and "parameter" in (data or {}):
        return str(_("Remove it from the address."))
    return str(_ADVICE.get(code, ""))


def advice_for(error: GalleryError) -> str:
    return advice(error.code, error.data)


def text_for(error: GalleryError) -> str:
    return message_with_advice(error.code, error.message, error.data)


def message_with_advice(code: str, fallback: str = "", data: dict[str, Any] | None = None) -> str:
    """What happened and what to do, as one text."""
    message, what_to_do = error_message(code, fallback, data), advice(code, data)
    if not what_to_do:
        return message
    return pgettext("two sentences", "%(first)s %(second)s") % {
        "first": message,
        "second": what_to_do,
    }
