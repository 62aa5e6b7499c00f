"""What curators do to many images at once; each says to how many it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gallery.ingest import change
from gallery.models import Image, ImageQuerySet, Visibility

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Image]
else:
    ModelAdmin = admin.ModelAdmin


class ImageActions(ModelAdmin):
    actions = ("retry", "reembed", "show_to_everyone", "show_to_members", "hide")

    @admin.action(description=_("Try failed pictures again"), permissions=["change"])
    def retry(self, request: HttpRequest, images: ImageQuerySet) -> None:
        count = change.retry(images)
        words = ngettext("%d picture is tried again.", "%d pictures are tried again.", count)
        self._say(request, words, count)

    @admin.action(description=_("Make the vectors anew"), permissions=["change"])
    def reembed(self, request: HttpRequest, images: ImageQuerySet) -> None:
        count = change.reembed(images)
        words = ngettext("%d picture is read again.", "%d pictures are read again.", count)
        self._say(request, words, count)

    @admin.action(description=_("Show to everyone"), permissions=["change"])
    def show_to_everyone(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._show(request, images, to=Visibility.PUBLIC)

    @admin.action(description=_("Show to people who are logged in"), permissions=["change"])
    def show_to_members(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._show(request, images, to=Visibility.MEMBERS)

    @admin.action(description=_("Show to their owners only"), permissions=["change"])
    def hide(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._show(request, images, to=Visibility.PRIVATE)

    def _show(self, request: HttpRequest, images: ImageQuerySet, *, to: Visibility) -> None:
        others = images.exclude(visibility=to)
        count = sum(change.edit(image, visibility=to) for image in others)
        words = ngettext(
            "The visibility of %d picture was changed.",
            "The visibility of %d pictures was changed.",
            count,
        )
        self._say(request, words, count)

    def _say(self, request: HttpRequest, words: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, words % count, level)
