"""Which tags an image gets from the keywords of its file."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db import connection

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.models import Image, Tag
from gallery.models.tags.names import key_of, normalised

# Lightroom writes it between the parts of a path. A slash occurs in names, such as "AC/DC".
_SEPARATOR = "|"
# Tags that one picture gets from a file or an import.
MOST = 50
# From a table, such as that of an export: as many as a picture may have.
MOST_OF_A_TABLE = 200
_KEYS = ("name_key", "name_zh_key")


def add(image_id: uuid.UUID, keywords: Sequence[str]) -> None:
    """Give the image the tags of these keywords; a name that is new becomes a tag of its owner.

    Decisions of people stay, so a removed tag does not come back when the file is read again.
    """
    if config().read_keywords:
        give(image_id, names_of(keywords))


def give(image_id: uuid.UUID, names: Sequence[str]) -> None:
    """Like ``add``, with names that ``names_of`` returned, whether keywords are read or not."""
    if not names:
        return
    owner = Image.objects.filter(pk=image_id).values_list("owner_id").first()
    if owner is None:
        return
    known = {key for keys in Tag.objects.named(*names).values_list(*_KEYS) for key in keys}
    unknown = sorted((name for name in names if key_of(name) not in known), key=key_of)
    tags = [Tag(name=name, is_suggested=False, created_by_id=owner[0]) for name in unknown]
    # In one order for all processes, so that they do not wait for each other in a circle.
    Tag.objects.bulk_create(tags, ignore_conflicts=True)
    tag_ids = list(Tag.objects.named(*names).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [tag_ids, image_id])


def names_of(keywords: Iterable[str]) -> list[str]:
    """The last part of each keyword, as a name of a tag; without repetitions, at most 50."""
    return all_names_of(keywords)[:MOST]


def all_names_of(keywords: Iterable[str]) -> list[str]:
    """Like ``names_of``, without its limit."""
    names: dict[str, str] = {}
    for keyword in keywords:
        parts = [part for part in keyword.split(_SEPARATOR) if part.strip()]
        try:
            name = normalised(parts[-1] if parts else "")
        except InvalidInput:  # empty, too long, or with control characters
            continue
        names.setdefault(key_of(name), name)
    return list(names.values())


# The image or a tag may be deleted at the same time.
_ADD = """
INSERT INTO gallery_imagetag (image_id, tag_id, source, state)
SELECT i.id, t.id, 'import', 'approved'
FROM gallery_image i, gallery_tag t
WHERE t.id = ANY (%s) AND i.id = %s
ORDER BY t.id
FOR KEY SHARE OF i, t
ON CONFLICT (image_id, tag_id) DO UPDATE SET state = 'approved', source = 'import'
WHERE gallery_imagetag.state = 'suggested'
"""
