"""The admin pages of the vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from gallery.admin.listed_lookups import ListedLookups
from gallery.admin.tags.tag_form import TagForm
from gallery.core.errors import InvalidInput
from gallery.curation.tags.loading.load import available
from gallery.curation.tags.loading.load import load as load_vocabulary
from gallery.models import ImageTag, Tag, TagKind, TagScoring, TagState

# Shorter than the choices of the form, for the column.
_KINDS = {TagKind.SUBJECT: _("subject"), TagKind.SCENE: _("scene")}


@admin.register(Tag)
class TagAdmin(ListedLookups):
    form = TagForm
    list_display = (
        "name", "name_zh", "listed_kind", "group", "pictures", "open_suggestions",
        "listed_suggested", "listed_automatic", "measured_threshold", "own_threshold",
    )  # fmt: skip
    list_filter = ("kind", "group", "is_suggested", "is_automatic")
    search_fields = ("name", "name_zh", "group")
    search_help_text = _("Searches both names and the group.")
    ordering = ("name",)
    list_per_page = 100
    fieldsets = (
        (None, {"fields": ("name", "name_zh", "group", "colour", "is_official")}),
        (
            _("Suggestions"),
            {
                "fields": (
                    "kind", "is_suggested", "is_automatic", "threshold", "measured_threshold",
                    "templates",
                )
            },
        ),
        (_("Use"), {"fields": ("pictures", "open_suggestions", "created_by", "created_at")}),
    )  # fmt: skip
    readonly_fields = (
        "measured_threshold", "pictures", "open_suggestions", "created_by", "created_at",
    )  # fmt: skip

    class Media:
        css = {"all": ("gallery/admin/gallery.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        measured = TagScoring.objects.filter(tag=OuterRef("pk"), space__active=True)
        tags: QuerySet[Tag] = super().get_queryset(request)
        return tags.annotate(
            picture_count=_count(TagState.APPROVED),
            suggestion_count=_count(TagState.SUGGESTED),
            measured=Subquery(measured.values("threshold")[:1]),
        )

    def get_urls(self) -> list[URLPattern]:
        load = self.admin_site.admin_view(self.load)
        return [path("load/<slug:name>/", load, name="gallery_tag_load"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"vocabularies": available(), **(extra_context or {})}
        return super().changelist_view(request, context)

    @method_decorator(require_POST)
    def load(self, request: HttpRequest, name: str) -> HttpResponse:
        """Add the tags of a ready-made vocabulary."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if name not in available():
            raise Http404
        try:
            added = load_vocabulary(name).added
        except InvalidInput as error:  # too many tags
            self.message_user(request, error.message, messages.ERROR)
            return redirect("admin:gallery_tag_changelist")
        text = ngettext("%(n)d tag added.", "%(n)d tags added.", added) % {"n": added}
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:gallery_tag_changelist")

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)

    def get_deleted_objects(
        self, objs: QuerySet[Tag] | Sequence[Tag], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """List the tags only, without loading the rows of all pictures that have them."""
        names = [str(tag) for tag in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    @admin.display(description=_("Kind"), ordering="kind")
    def listed_kind(self, tag: Tag) -> str:
        return str(_KINDS[TagKind(tag.kind)])

    @admin.display(description=_("Suggested"), ordering="is_suggested", boolean=True)
    def listed_suggested(self, tag: Tag) -> bool:
        return tag.is_suggested

    @admin.display(description=_("Automatic"), ordering="is_automatic", boolean=True)
    def listed_automatic(self, tag: Tag) -> bool:
        return tag.is_automatic

    @admin.display(description=_("Pictures"), ordering="picture_count")
    def pictures(self, tag: Tag) -> int:
        return getattr(tag, "picture_count", 0)

    @admin.display(description=_("Open suggestions"), ordering="suggestion_count")
    def open_suggestions(self, tag: Tag) -> int:
        return getattr(tag, "suggestion_count", 0)

    @admin.display(description=_("Measured threshold"), ordering=F("measured").asc(nulls_last=True))
    def measured_threshold(self, tag: Tag) -> str:
        return _figure(getattr(tag, "measured", None))

    @admin.display(description=_("Own threshold"), ordering="threshold")
    def own_threshold(self, tag: Tag) -> str:
        return _figure(tag.threshold)


def _count(state: TagState) -> Coalesce:
    """In a statement of its own, which reads the index of tags and states."""
    rows = ImageTag.objects.filter(tag=OuterRef("pk"), state=state).order_by()
    return Coalesce(Subquery(rows.values("tag").annotate(n=Count("pk")).values("n")), 0)


def _figure(threshold: float | None) -> str:
    return "–" if threshold is None else number_format(threshold, 3)
