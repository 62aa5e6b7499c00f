"""The lists of hashes, and their import from a file."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.admin.listed_lookups import ListedLookups
from gallery.core.command_line import management_command
from gallery.core.errors import InvalidInput
from gallery.curation.moderation import hash_lists
from gallery.models import HashListEntry, ModerationAction
from gallery.models.moderation.rules import MAX_RADIUS
from gallery.models.moderation.states import AUTOMATIC_CHOICES

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[HashListEntry]
else:
    ModelForm = forms.ModelForm


# A request may take so long; the command has no limit.
_MOST_LINES = 5_000


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("One hash on each line: SHA-256 or perceptual.")
    )
    name = forms.CharField(label=_("List"), max_length=60)
    action = forms.ChoiceField(
        label=_("Action"), choices=AUTOMATIC_CHOICES, initial=ModerationAction.BLOCK
    )
    radius = forms.IntegerField(
        label=_("Radius"),
        min_value=0,
        max_value=MAX_RADIUS,
        initial=0,
        help_text=_("Bits of 64 in which a perceptual hash may differ."),
    )


class EntryForm(ModelForm):
    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"].strip().lower()
        if not hash_lists.is_hash(value):
            raise forms.ValidationError(_("A hash has 64 or 16 hexadecimal digits."))
        return value


@admin.register(HashListEntry)
class HashAdmin(ListedLookups):
    form = EntryForm
    list_display = ("value", "radius", "list_name", "action", "note", "created_at")
    list_filter = ("action", "list_name")
    search_fields = ("value__startswith", "list_name", "note")
    ordering = ("-created_at", "-id")
    fields = ("value", "radius", "list_name", "action", "note")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.import_view)
        return [path("import/", view, name="gallery_hashlistentry_import"), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another hash or action is another entry, which has its own reasons."""
        return () if obj is None else ("value", "radius", "action")

    def save_model(self, request: HttpRequest, obj: HashListEntry, form: Any, change: bool) -> None:
        if not change:
            obj.created_by_id = request.user.pk
            hash_lists.complete(obj)
        hash_lists.wait_for_uploads()
        super().save_model(request, obj, form, change)
        transaction.on_commit(functools.partial(hash_lists.apply, [obj]))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and self._import(request, form):
            return redirect("admin:gallery_hashlistentry_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Import a list of hashes"), "opts": self.opts, "form": form,
            "media": self.media,
        }  # fmt: skip
        status = 400 if form.is_bound else 200
        template = "admin/gallery/hashlistentry/import.html"
        return TemplateResponse(request, template, context, status=status)

    def _import(self, request: HttpRequest, form: ImportForm) -> bool:
        """False, with an error of the form, if the file has a line that is not understood."""
        action = ModerationAction(form.cleaned_data["action"])
        try:
            lines = form.cleaned_data["file"].read().decode("utf-8-sig").splitlines()
            if len(lines) > _MOST_LINES:
                text = gettext("Import at most %(most)s lines here. For more, use %(command)s.")
                command = management_command("hashlist import FILE --name LIST")
                form.add_error("file", text % {"most": _MOST_LINES, "command": command})
                return False
            imported = hash_lists.import_list(
                lines,
                name=form.cleaned_data["name"],
                action=action,
                radius=form.cleaned_data["radius"],
                user=request.user,
            )
        except UnicodeDecodeError:
            form.add_error("file", gettext("This file is not a text in UTF-8."))
            return False
        except InvalidInput as error:
            text = gettext("Line %(line)s is not a hash, or a hash with a note after a space.")
            form.add_error("file", text % {"line": error.data.get("line", "?")})
            return False
        text = gettext("%(added)s entries added, %(known)s were there, %(images)s pictures found.")
        self.message_user(request, text % vars(imported), messages.SUCCESS)
        return True
