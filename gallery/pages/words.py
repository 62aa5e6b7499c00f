"""Error codes in the reader's language; the floors below speak codes, figures and English."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.core.errors import GalleryError
from gallery.core.size_limits import format_size

_SENTENCES: dict[str, Promise] = {
    "empty_file": _("The file is empty."),
    "unsupported_type": _("This is not a picture in a format the gallery can read."),
    "file_too_large": _("The file is too large."),
    "too_many_pixels": _("The picture has too many pixels."),
    "corrupt": _("The picture is damaged and cannot be read."),
    "too_expensive": _("The picture takes too much time or memory to open."),
    "decoder_crash": _("The picture makes the decoder crash, so it was set aside."),
    "not_found": _("There is nothing here, or you may not see it."),
    "encoder_unavailable": _("The search model is not available right now."),
    "encoder_mismatch": _("The search model does not fit the stored pictures."),
    "bad_embedding": _("The search model can make nothing of this."),
    "too_busy": _("Too many pictures are being processed right now. Try again soon."),
    "storage_unavailable": _("The picture store cannot be reached right now."),
    "storage_full": _("The picture store is full."),
    "login_required": _("Log in first."),
    "embedding_interrupted": _("Making it searchable was interrupted too often."),
    "out_of_memory": _("There was not enough memory. Try again later."),
    "preview_missing": _("Its preview was lost and is being made again."),
}


def words_of(error: GalleryError) -> str:
    return words(error.code, error.message, error.data)


def words(code: str, message: str = "", data: dict[str, Any] | None = None) -> str:
    """A sentence for ``code``; ``message`` is the answer for codes without one of their own."""
    limit = (data or {}).get("limit")
    if code == "file_too_large" and isinstance(limit, int):
        return gettext("The file is larger than %(limit)s.") % {"limit": format_size(limit)}
    if code == "too_many_pixels" and isinstance(limit, int):
        limit = limit // 1_000_000
        return gettext("The picture has more than %(limit)s million pixels.") % {"limit": limit}
    known = _SENTENCES.get(code)
    return str(known) if known else gettext(message) if message else gettext("That did not work.")
