"""What a person likes and dislikes. A reaction is an act of the person, so it needs no consent."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import connection, transaction

from gallery.models import Image, Reaction, ReactionKind, User
from gallery.recommendations.activity.changes import note_change


@transaction.atomic
def react(user: User, image: Image, kind: ReactionKind) -> None:
    """The caller checks that the person sees the picture."""
    note_change(user)
    with connection.cursor() as cursor:
        cursor.execute(_REACT, [user.pk, kind, image.pk])


@transaction.atomic
def withdraw(user: User, image_id: uuid.UUID) -> bool:
    """Whether there was a reaction. The person need not see the picture any more."""
    note_change(user)
    deleted, _ = Reaction.objects.filter(user=user.pk, image=image_id).delete()
    return bool(deleted)


def reaction_to(image: Image, user: User) -> ReactionKind | None:
    return reactions_to([image.pk], user).get(image.pk)


def reactions_to(image_ids: Collection[uuid.UUID], user: User) -> dict[uuid.UUID, ReactionKind]:
    """The person's own reactions to these pictures."""
    if not user.is_authenticated:
        return {}
    rows = Reaction.objects.filter(user=user.pk, image_id__in=image_ids)
    return {key: ReactionKind(kind) for key, kind in rows.values_list("image_id", "kind")}


# The picture may be deleted at the same time.
_REACT = """
INSERT INTO gallery_reaction (user_id, image_id, kind)
SELECT %s, id, %s FROM gallery_image WHERE id = %s FOR KEY SHARE
ON CONFLICT (user_id, image_id) DO UPDATE SET kind = excluded.kind, at = now()
"""
