"""Which pictures of a selection each action changes."""

from __future__ import annotations

from django.http import HttpRequest

from gallery.models import Image, ImageQuerySet, Visibility
from gallery.models.moderation.states import is_moderator


def own_images(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet:
    """Those of the images that are the person's own. A superuser may change others elsewhere."""
    own = Image.objects.changeable_by(request.user).filter(owner=request.user.pk)
    return images.filter(pk__in=own)


def public_images(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet:
    """The person's own images that others may see: those that ``private`` changes."""
    return own_images(request, images).exclude(visibility=Visibility.PRIVATE)


def visible_images(request: HttpRequest, images: ImageQuerySet) -> ImageQuerySet:
    """Those that ``hide`` changes: a moderator also sees pictures that are blocked or held, and
    these have to be decided in the review queue. None for others than moderators.
    """
    return images.shown() if is_moderator(request.user) else images.none()
