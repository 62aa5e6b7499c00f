"""Actions of curators on many images; each reports how many images it changed."""

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

    @admin.action(description=_("Retry failed pictures"), permissions=["change"])
    def retry(self, request: HttpRequest, images: ImageQuerySet) -> None:
        count = change.retry(images)
        message = ngettext("Retrying %d picture.", "Retrying %d pictures.", count)
        self._report(request, message, count)

    @admin.action(description=_("Recompute vectors"), permissions=["change"])
    def reembed(self, request: HttpRequest, images: ImageQuerySet) -> None:
        count = change.reembed(images)
        message = ngettext(
            "Recomputing the vector of %d picture.",
            "Recomputing the vectors of %d pictures.",
            count,
        )
        self._report(request, message, count)

    @admin.action(description=_("Make visible to everyone"), permissions=["change"])
    def show_to_everyone(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._set_visibility(request, images, Visibility.PUBLIC)

    @admin.action(description=_("Make visible to logged-in users"), permissions=["change"])
    def show_to_members(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._set_visibility(request, images, Visibility.MEMBERS)

    @admin.action(description=_("Make visible to owners only"), permissions=["change"])
    def hide(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._set_visibility(request, images, Visibility.PRIVATE)

    def _set_visibility(
        self, request: HttpRequest, images: ImageQuerySet, visibility: Visibility
    ) -> None:
        others = images.exclude(visibility=visibility)
        count = sum(change.edit(image, visibility=visibility) for image in others)
        message = ngettext(
            "Changed the visibility of %d picture.",
            "Changed the visibility of %d pictures.",
            count,
        )
        self._report(request, message, count)

    def _report(self, request: HttpRequest, message: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, message % count, level)
