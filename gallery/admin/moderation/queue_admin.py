"""The review queue: pictures that are held, hidden or blocked, or whose owners disagree."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from gallery.admin.listed_lookups import ListedLookups
from gallery.admin.moderation.decision_report import report, report_undone
from gallery.admin.moderation.sent_pictures import MOST_SHOWN, keys_of, shown_states
from gallery.core.errors import InvalidInput
from gallery.curation.moderation import decide
from gallery.curation.moderation.queue import Queue, images_in, items_of
from gallery.curation.moderation.undo import undo
from gallery.models import Image, ModerationAction, ModerationDecision
from gallery.models.moderation.states import is_moderator

_NAMES = {
    Queue.HELD: _("Held for review"),
    Queue.APPEALS: _("Notes of owners"),
    Queue.HIDDEN: _("Hidden"),
    Queue.BLOCKED: _("Blocked"),
}
_UNDO = "undo"


@admin.register(ModerationDecision)
class QueueAdmin(ListedLookups):
    class Media:
        css = {"all": ("gallery/admin/gallery.css", "gallery/admin/moderation.css")}
        js = ("gallery/admin/moderation.js",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_moderator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row has no page of its own: its picture has."""
        return obj is None and is_moderator(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        show, act = self.admin_site.admin_view(self.show), self.admin_site.admin_view(self.act)
        return [
            path("picture/<uuid:image_id>/", show, name="gallery_moderationdecision_picture"),
            path("decide/", act, name="gallery_moderationdecision_decide"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._require_moderator(request)
        queue = _queue(request.GET.get("queue", Queue.HELD.value))
        images = images_in(queue, request.user).select_related("owner").order_by("created_at", "id")
        page = Paginator(images, MOST_SHOWN).get_page(request.GET.get("page"))
        counts = [(each, _NAMES[each], images_in(each, request.user).count()) for each in Queue]
        context = {
            **self._context(request, gettext("Moderation")),
            "queue": queue, "queues": counts, "page": page, "items": items_of(list(page)),
        }  # fmt: skip
        return self._answer(request, "queue", context)

    def show(self, request: HttpRequest, image_id: uuid.UUID) -> HttpResponse:
        self._require_moderator(request)
        visible = Image.objects.visible_to(request.user).select_related("owner")
        [item] = items_of([get_object_or_404(visible, pk=image_id)])
        return self._answer(
            request, "picture", {**self._context(request, str(item.image)), "item": item}
        )

    @method_decorator(require_POST)
    def act(self, request: HttpRequest) -> HttpResponse:
        """``decision`` is an action or undo for all selected pictures, or ``action:key`` for one.
        Each ``shown`` is ``key:state``: a picture that has another state by now is not changed."""
        self._require_moderator(request)
        name, _colon, key = request.POST.get("decision", "").partition(":")
        if name not in (*decide.MODERATOR_ACTIONS, _UNDO):
            raise InvalidInput("The decision must be approve, reject, block, restore or undo.")
        keys = keys_of([key] if key else request.POST.getlist("image"))
        visible = Image.objects.visible_to(request.user).filter(pk__in=keys)
        images = list(visible.values_list("pk", flat=True))
        shown = shown_states(request.POST.getlist("shown"))
        if name == _UNDO and keys:
            # Also private pictures that are out of sight since the decision.
            undone = undo(keys, user=request.user, shown=shown)
            report_undone(request, len(undone), len(keys) - len(undone))
        elif not images:
            self.message_user(request, gettext("Select at least one picture."), messages.WARNING)
        else:
            note, action = request.POST.get("note", ""), ModerationAction(name)
            decided = decide.decide(images, action, user=request.user, note=note, shown=shown)
            report(request, action, decided, len(keys) - len(decided))
        return redirect(_return_address(request))

    def _require_moderator(self, request: HttpRequest) -> None:
        if not is_moderator(request.user):
            raise PermissionDenied

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request), "title": title, "opts": self.opts,
            "media": self.media, "max_note": ModerationDecision.MAX_NOTE,
        }  # fmt: skip

    def _answer(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        template = f"admin/gallery/moderationdecision/{name}.html"
        return TemplateResponse(request, template, context)


def _queue(text: str) -> Queue:
    try:
        return Queue(text)
    except ValueError:
        raise Http404 from None


def _return_address(request: HttpRequest) -> str:
    """The page of the picture if the moderator sees it, or the queue that the form was in."""
    keys = keys_of(request.POST.getlist("image")[:1])
    visible = Image.objects.visible_to(request.user).filter(pk__in=keys)
    if request.POST.get("from") == "picture" and visible.exists():
        [key] = keys
        return reverse("admin:gallery_moderationdecision_picture", args=[key])
    queue = _queue(request.POST.get("queue", Queue.HELD.value))
    page = request.POST.get("page", "1")
    fields = {"queue": queue, **({"page": page} if page != "1" else {})}
    return f"{reverse('admin:gallery_moderationdecision_changelist')}?{urlencode(fields)}"
