"""What the admin pages of spaces and of their indexes share: read-only, with confirmed buttons."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from gallery.admin.listed_lookups import ListedLookups
from gallery.admin.spaces.actions import SpaceAction, message_for
from gallery.core.errors import GalleryError
from gallery.embeddings.coverage import coverage_of
from gallery.models import EmbeddingSpace


class SpacePages(ListedLookups):
    """``space_actions`` are the buttons. Each shows a confirmation page, whose form acts."""

    space_actions: ClassVar[tuple[SpaceAction, ...]] = ()
    confirm_template = "admin/gallery/embeddingspace/confirm.html"

    class Media:
        css = {"all": ("gallery/admin/gallery.css",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def page_of(self, space: EmbeddingSpace) -> str:
        """The address of the page with the buttons."""
        raise NotImplementedError

    def next_page(self, space: EmbeddingSpace) -> str:
        """The address to show after an action."""
        return self.page_of(space)

    def offered(self, request: HttpRequest, space: EmbeddingSpace) -> list[SpaceAction]:
        return [each for each in self.space_actions if each.offered(space) and _may(request, each)]

    def act(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Show a confirmation page; do the action when its form is posted."""
        chosen = next((each for each in self.space_actions if each.name == action), None)
        if chosen is None:
            raise Http404
        if not _may(request, chosen):
            raise PermissionDenied
        space = get_object_or_404(EmbeddingSpace, pk=pk)
        if request.method == "POST":
            self._do(request, space, chosen)
            return redirect(self.next_page(space))
        context = {
            **self.admin_site.each_context(request),
            "title": chosen.label, "opts": self.opts, "space": space, "action": chosen,
            "coverage": coverage_of(space), "back": self.page_of(space),
        }  # fmt: skip
        return TemplateResponse(request, self.confirm_template, context)

    def _do(self, request: HttpRequest, space: EmbeddingSpace, action: SpaceAction) -> None:
        if not action.offered(space):
            message = gettext("This is not possible in the space's current status.")
            self.message_user(request, message, messages.WARNING)
            return
        try:
            action.do(space)
        except GalleryError as error:
            self.message_user(request, message_for(error), messages.ERROR)
        else:
            self.log_change(request, space, action.name)
            self.message_user(request, str(action.done), messages.SUCCESS)


def _may(request: HttpRequest, action: SpaceAction) -> bool:
    return bool(request.user.has_perm(f"gallery.{action.permission}_embeddingspace"))
