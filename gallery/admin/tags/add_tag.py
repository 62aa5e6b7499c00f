"""The action that gives many pictures one tag, after a page that asks which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gallery.core.errors import InvalidInput
from gallery.curation.tags import by_name, offered
from gallery.models import Image, ImageQuerySet, Tag
from gallery.models.tags.names import normalised

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Image]
else:
    ModelAdmin = admin.ModelAdmin


class _NameForm(forms.Form):
    name = forms.CharField(
        label=_("Tag"),
        max_length=Tag.MAX_NAME,
        help_text=_("A name that the vocabulary does not have becomes a new tag."),
        widget=forms.TextInput(
            attrs={
                "list": "tag-names",
                "autocomplete": "off",
                "autofocus": "",
                # As in the field on the page of a picture.
                "hx-get": reverse_lazy("tag-names"),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#tag-names",
                "hx-sync": "this:replace",
            }
        ),
    )

    def clean_name(self) -> str:
        try:
            return normalised(self.cleaned_data["name"])
        except InvalidInput as error:
            raise forms.ValidationError(gettext(error.message) % error.data) from error


class AddTag(ModelAdmin):
    @admin.action(description=_("Add a tag to the selected pictures"), permissions=["change"])
    def add_tag(self, request: HttpRequest, images: ImageQuerySet) -> HttpResponse | None:
        form = _NameForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return TemplateResponse(
                request, "admin/gallery/image/add_tag.html", self._context(request, images, form)
            )
        name = form.cleaned_data["name"]
        tag, before = by_name.give(images, name, user=request.user)
        count = sum(map(len, before.values()))
        message = ngettext(
            "%(n)d picture has the tag “%(name)s” now.",
            "%(n)d pictures have the tag “%(name)s” now.",
            count,
        )
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, message % {"n": count, "name": tag.name}, level)
        return None

    def _context(
        self, request: HttpRequest, images: ImageQuerySet, form: forms.Form
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": _("Add a tag to the selected pictures"),
            "opts": self.opts,
            "form": form,
            "keys": [str(image.pk) for image in images],
            "offered": offered.most_used(request.user),
            "selection": ACTION_CHECKBOX_NAME,
            "select_across": request.POST.get("select_across", "0"),
        }
