"""The pictures of an answer with their numbers in the conversation."""

from __future__ import annotations

import uuid

from gallery.ask.conversation import Conversation
from gallery.ask.retrieval import Retrieved
from gallery.ask.sent_pictures import NumberedPicture, may_be_sent
from gallery.models import Image, User

# Pictures that are shown, and sent, with a question. Eight previews take about 7,000 tokens.
_MOST = 16


def numbered(
    retrieved: list[Retrieved], before: Conversation, user: User
) -> tuple[tuple[uuid.UUID, ...], tuple[NumberedPicture, ...]]:
    """The pictures of the conversation keep their numbers; those of the question follow. The keys
    of pictures that are deleted, or no longer visible, have numbers too. With those of the
    question, the newest of the conversation are shown."""
    earlier = Image.objects.visible_to(user).in_bulk(before.pictures)
    best = {image.pk: image for each in retrieved for image in each.best}
    new = [key for key in best if key not in before.pictures]
    keys, images = (*before.pictures, *new), best | earlier
    others = [key for key in keys if key in images and key not in best]
    shown = {*best, *others[len(best) - _MOST :]}
    pictures = tuple(
        NumberedPicture(number, images[key], may_be_sent(images[key], user))
        for number, key in enumerate(keys, start=1)
        if key in shown
    )
    return keys, pictures
