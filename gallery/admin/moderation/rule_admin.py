"""The rules of tags, and which groups' uploads are held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.admin.listed_lookups import ListedLookups
from gallery.core.dispatch import Stage, hint
from gallery.core.errors import GalleryError
from gallery.curation.moderation.rule_preview import RulePreview, preview_of
from gallery.models import Image, ModerationRule, Tag, UploadReview
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

    class Media:
        css = {"all": ("gallery/admin/gallery.css", "gallery/admin/moderation.css")}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["help_texts"] = {
            "tag": _("A tag of the vocabulary. It need not be suggested for pictures."),
            "action": _("What happens to the pictures that the tag fits."),
            "least_match": _(
                "How well the tag must fit, as with suggestions: where another tag of its kind "
                "fits far better, the rule does not act."
            ),
            "threshold": _(
                "The least similarity, instead of the choice above. Other tags do not count then."
            ),
        }
        return super().get_form(request, obj, change, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Tags by their names in the language of the page, those of the vocabulary first."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field and db_field.name == "tag":
            field.queryset = Tag.objects.order_by("-is_suggested", "name")
            setattr(field, "label_from_instance", tag_name)  # noqa: B010 - mypy refuses the assignment
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form again, with what the rule would catch: if the person asks for it, and once
        before a rule is saved that would catch most pictures."""
        if request.method == "POST":
            shown = self._preview(request, object_id)
            if shown is not None:
                return shown
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _preview(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        """None for what Django answers: a form that is not valid or not permitted, and a rule that
        is saved."""
        rule = None if object_id is None else self.get_object(request, unquote(object_id))
        if not self._may_save(request, object_id, rule):
            return None
        form = self.get_form(request, rule, change=rule is not None)(request.POST, instance=rule)
        if not form.is_valid():
            return None
        try:
            preview = preview_of(form.instance)
        except GalleryError:
            if "_preview" not in request.POST:
                return None
            text = gettext("There is no preview now, because the model cannot be used.")
            self.message_user(request, text, messages.WARNING)
            return self._page(request, rule, form, None)
        is_saved = "confirmed" in request.POST or not preview.catches_most
        if is_saved and "_preview" not in request.POST:
            return None
        return self._page(request, rule, form, preview)

    def _may_save(self, request: HttpRequest, object_id: str | None, rule: Any) -> bool:
        if object_id is None:
            return self.has_add_permission(request)
        return rule is not None and self.has_change_permission(request, rule)

    def _page(
        self, request: HttpRequest, rule: Any, form: Any, preview: RulePreview | None
    ) -> HttpResponse:
        fieldsets: Any = list(self.get_fieldsets(request, rule))
        shown = AdminForm(form, fieldsets, {}, model_admin=self)
        keys = preview.examples if preview else []
        images = Image.objects.visible_to(request.user).in_bulk(keys)
        examples = [{"image": images[key]} for key in keys if key in images]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Preview of a rule"), "adminform": shown, "original": rule,
            "object_id": None if rule is None else str(rule.pk), "is_popup": False,
            "to_field": None, "media": self.media + shown.media, "inline_admin_formsets": [],
            "errors": [], "preserved_filters": self.get_preserved_filters(request),
            "preview": preview, "examples": examples,
        }  # fmt: skip
        return self.render_change_form(
            request, context, add=rule is None, change=rule is not None, obj=rule
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        hint(Stage.SUGGEST)


class UploadReviewInline(StackedInline):
    model = UploadReview
    verbose_name_plural = _("uploads")
    can_delete = False
