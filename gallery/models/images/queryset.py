"""The questions that are put to images: who may see and change them, and what is due."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import F, Func, Model, Q
from django.db.models.functions import Now
from django.db.models.lookups import LessThanOrEqual

from gallery.core.config import config
from gallery.models.condition import Condition, condition_of
from gallery.models.images.states import FACTS_VERSION, State, Visibility
from gallery.models.moderation.states import Moderation, is_moderator
from gallery.models.work import WorkQuerySet

_ROWS_AT_ONCE = 5000

User = AbstractBaseUser | AnonymousUser


def changeable_by(user: User) -> Q:
    """The condition for images that the user may edit and delete."""
    if not user.is_authenticated:
        return Q(pk__in=[])
    if getattr(user, "is_superuser", False):
        return Q()
    return _is_shown_to_owner(user)


def _is_shown_to_owner(user: User) -> Q:
    return Q(owner_id=user.pk) & ~Q(moderation=Moderation.BLOCKED)


class ImageQuerySet(WorkQuerySet):
    def visible_to(self, user: User) -> Self:
        """Images the user may see. Every list, page, file response and search filters by this."""
        if not user.is_authenticated:
            if not config().anonymous_access:
                return self.none()
            return self.shown().filter(visibility=Visibility.PUBLIC)
        if getattr(user, "is_superuser", False):
            return self.all()
        is_for_members = ~Q(visibility=Visibility.PRIVATE)
        if is_moderator(user):
            reviewed = ~Q(moderation=Moderation.VISIBLE)
            return self.filter(is_for_members | reviewed | Q(owner_id=user.pk))
        is_shown = Q(moderation=Moderation.VISIBLE)
        return self.filter(is_shown & is_for_members | _is_shown_to_owner(user))

    def shown(self) -> Self:
        """Images that moderation keeps from nobody."""
        return self.filter(moderation=Moderation.VISIBLE)

    def changeable_by(self, user: User) -> Self:
        """Images the user may edit and delete."""
        return self.filter(changeable_by(user))

    def awaiting(self, state: State) -> Self:
        return self.filter(state=state)

    def awaiting_facts(self) -> Self:
        """Processed images whose files were read by an older version."""
        processed = (State.DERIVED, State.READY)
        return self.filter(state__in=processed, facts_version__lt=FACTS_VERSION)

    def awaiting_perceptual_hash(self) -> Self:
        """Processed images of an older version, or whose preview could not be read."""
        return self.filter(state__in=(State.DERIVED, State.READY), perceptual_hash=None)

    def perceptually_near(self, perceptual_hash: int, *, distance: int) -> Self:
        """Images whose perceptual hash differs from this one in at most ``distance`` bits.

        PostgreSQL compares all hashes: about 8 ms for each 100,000 images.
        """
        differing = Func(
            F("perceptual_hash"),
            perceptual_hash,
            template="bit_count((%(expressions)s)::bit(64))",
            arg_joiner=" # ",
            output_field=models.BigIntegerField(),
        )
        return self.filter(LessThanOrEqual(differing, distance))

    def without_embedding_in(self, space: Model) -> Self:
        """Images without a vector in the embedding space."""
        return self.exclude(embeddings__space=space)

    @cached_property
    def condition(self) -> Condition:
        """These images as SQL, compiled once for all statements that this queryset is part of.

        Raises ``EmptyResultSet`` if it is known to be empty.
        """
        return condition_of(self)

    def restart(self, state: State, **changes: Any) -> list[uuid.UUID]:
        """Set the images to ``state``, due now and with all attempts left; returns their keys.

        Locks the rows in the order of their keys, as a deletion does. Call it in a transaction.
        """
        rows = self.order_by("pk").select_for_update(no_key=True, of=("self",))
        keys = list(rows.values_list("pk", flat=True))
        changes = {"state": state, "attempts": 0, "lease_until": None, "next_attempt_at": Now(),
                   "error_code": "", "error_message": "", **changes}  # fmt: skip
        for start in range(0, len(keys), _ROWS_AT_ONCE):
            batch = keys[start : start + _ROWS_AT_ONCE]
            self.model._default_manager.filter(pk__in=batch).update(**changes)
        return keys
