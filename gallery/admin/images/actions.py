"""Actions of curators on many images; each reports how many images it changed."""

from __future__ import annotations

import uuid

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gallery.admin.moderation.sent_pictures import shown_states
from gallery.admin.tags.add_tag import AddTag
from gallery.curation.moderation import decide
from gallery.ingest import change
from gallery.models import ImageQuerySet, Moderation, ModerationAction, Visibility
from gallery.models.moderation.states import is_moderator


class ImageActions(AddTag):
    actions = (
        "retry", "reembed", "show_to_everyone", "show_to_members", "hide", "add_tag", "reject",
        "block",
    )  # fmt: skip

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

    @admin.action(description=_("Moderation: hide"), permissions=["moderate"])
    def reject(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._moderate(request, images, ModerationAction.REJECT)

    @admin.action(description=_("Moderation: block"), permissions=["moderate"])
    def block(self, request: HttpRequest, images: ImageQuerySet) -> None:
        self._moderate(request, images, ModerationAction.BLOCK)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request.user)

    def _moderate(
        self, request: HttpRequest, images: ImageQuerySet, action: ModerationAction
    ) -> None:
        """Decide about the states that the page showed; pictures of other pages must be visible."""
        keys = list(images.values_list("pk", flat=True))
        shown: dict[uuid.UUID, str] = dict.fromkeys(keys, Moderation.VISIBLE)
        shown |= shown_states(request.POST.getlist("shown"), self.list_max_show_all)
        count = len(decide.decide(keys, action, user=request.user, shown=shown))
        message = ngettext("%d picture decided.", "%d pictures decided.", count)
        self._report(request, message, count)
        if count < len(keys):
            text = gettext("%(n)d not changed: the decision does not fit their state.")
            self.message_user(request, text % {"n": len(keys) - count}, messages.WARNING)

    def _set_visibility(
        self, request: HttpRequest, images: ImageQuerySet, visibility: Visibility
    ) -> None:
        count = sum(map(len, change.show_to(images, visibility).values()))
        message = ngettext(
            "Changed the visibility of %d picture.",
            "Changed the visibility of %d pictures.",
            count,
        )
        self._report(request, message, count)

    def _report(self, request: HttpRequest, message: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, message % count, level)
