"""The rules of tags, and which groups' uploads are held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.admin.listed_lookups import ListedLookups
from gallery.core.dispatch import Stage, hint
from gallery.models import ModerationRule, Tag, UploadReview
from gallery.templatetags.tags import tag_name

if TYPE_CHECKING:
    StackedInline = admin.StackedInline[UploadReview, Any]
else:
    StackedInline = admin.StackedInline


@admin.register(ModerationRule)
class RuleAdmin(ListedLookups):
    list_display = ("tag", "action", "least_match", "threshold", "created_at")
    list_filter = ("action",)
    list_select_related = ("tag",)
    search_fields = ("tag__name", "tag__name_zh")
    ordering = ("tag__name",)
    fields = ("tag", "action", "least_match", "threshold")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["help_texts"] = {
            "tag": _("A tag of the vocabulary. It need not be suggested for pictures."),
            "action": _("What happens to the pictures that the tag fits."),
            "least_match": _("How well the tag must fit, as with suggestions."),
            "threshold": _("The least similarity, instead of the choice above."),
        }
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Tags by their names in the language of the page, those of the vocabulary first."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.name == "tag":
            field.queryset = Tag.objects.order_by("-is_suggested", "name")
            field.label_from_instance = tag_name
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        hint(Stage.SUGGEST)


class UploadReviewInline(StackedInline):
    model = UploadReview
    verbose_name_plural = _("uploads")
    can_delete = False
