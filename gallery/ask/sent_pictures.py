"""The pictures that a language model gets: our previews, encoded again without metadata.

Moderators and superusers see pictures that others keep from people. Such pictures are counted for
them, but they do not leave the site.
"""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass

import PIL.Image
from django.utils.formats import number_format
from django.utils.translation import ngettext

from gallery.media.previews import SIZES
from gallery.media.storage import preview_path
from gallery.models import Image, User, Visibility
from gallery.models.moderation.states import Moderation

_SIZE = "medium"
_QUALITY = 80


@dataclass(frozen=True)
class NumberedPicture:
    """``number`` is how questions and answers of a conversation name the picture; ``is_sent``:
    a model may get it."""

    number: int
    image: Image
    is_sent: bool

    @property
    def key(self) -> uuid.UUID:
        return self.image.pk


def may_be_sent(image: Image, user: User) -> bool:
    """Whether a model may get the picture for a question of this person, who sees it."""
    if image.moderation == Moderation.BLOCKED or not preview_path(image.pk, _SIZE).is_file():
        return False
    is_for_members = image.visibility != Visibility.PRIVATE
    is_shown = image.moderation == Moderation.VISIBLE
    return image.owner_id == user.pk or (is_shown and is_for_members)


def jpeg_of(image: Image) -> bytes:
    """Empty if the preview is missing or damaged. JPEG, because not every provider reads WebP."""
    try:
        # We made the file, so it is opened in this process.
        with PIL.Image.open(preview_path(image.pk, _SIZE), formats=["WEBP"]) as preview:
            picture = preview.convert("RGB")
    except (OSError, ValueError):
        return b""
    # The encoder would write comments and colour profiles that the decoder has read.
    picture.info.clear()
    picture.thumbnail((SIZES[_SIZE], SIZES[_SIZE]))
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=_QUALITY)
    return encoded.getvalue()


def sent_of_total(sent: int, total: int) -> str:
    text = ngettext(
        "Of %(total)s picture, %(sent)d was sent to the language model.",
        "Of %(total)s pictures, %(sent)d were sent to the language model.",
        total,
    )
    return text % {"total": number_format(total, force_grouping=True), "sent": sent}
