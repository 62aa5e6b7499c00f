"""Forms that check and type the input of the pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from gallery.accounts import scopes, tokens
from gallery.core.config import config
from gallery.core.size_limits import MAX_URL
from gallery.ingest.by_url import may_fetch
from gallery.models import Scope, User, Visibility

# Each includes those before it; the API and the command also have other combinations.
_SCOPE_LABELS = [
    (Scope.READ.value, _("see what you see, and search")),
    (Scope.WRITE.value, _("also upload, change and delete your pictures")),
    (Scope.ADMIN.value, _("do everything that you may do as staff")),
]


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """A list of files. Empty files pass, because the upload reports errors for each file."""

    widget = ManyFilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data or ([None] if self.required else [])
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    pictures = ManyFilesField(
        label=_("Pictures"), error_messages={"required": _("Choose at least one picture.")}
    )
    url = forms.CharField(
        label=_("Or from a URL"),
        required=False,
        max_length=MAX_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
    )
    visibility = forms.ChoiceField(
        label=_("Visible to"), choices=Visibility.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_fetch(user):
            self.fields["pictures"].required = not self.data.get("url", "").strip()
        else:
            del self.fields["url"]
        # Nobody could see or change a private picture without an owner.
        offered = Visibility if user.is_authenticated else [Visibility.PUBLIC]
        field = cast(forms.ChoiceField, self.fields["visibility"])
        field.choices = [(choice.value, choice.label) for choice in offered]
        default = Visibility(config().default_visibility)
        field.initial = default if default in offered else Visibility.PUBLIC


class EditForm(forms.Form):
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    caption = forms.CharField(
        label=_("Caption"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Screen readers read this text aloud."),
    )
    visibility = forms.ChoiceField(
        label=_("Visible to"), choices=Visibility.choices, widget=forms.RadioSelect
    )


class TokenForm(forms.Form):
    """A new API token. Only staff are offered the scope ``admin``."""

    name = forms.CharField(
        label=_("Name"),
        max_length=tokens.MAX_NAME,
        help_text=_("The program that will use it, so that you know it in the list."),
    )
    scope = forms.ChoiceField(label=_("The token may"), widget=forms.RadioSelect, initial="read")
    days = forms.TypedChoiceField(
        label=_("Expires"),
        coerce=int,
        initial=90,
        choices=[
            (7, _("in 7 days")),
            (30, _("in 30 days")),
            (90, _("in 90 days")),
            (365, _("in a year")),
            (0, _("never")),
        ],
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["scope"])
        offered = scopes.available_to(user)
        field.choices = [(scope, label) for scope, label in _SCOPE_LABELS if scope in offered]


class PictureForm(forms.Form):
    """A file, or the URL of a picture."""

    picture = forms.FileField(label=_("Picture"), allow_empty_file=True, required=False)
    picture_url = forms.CharField(required=False, max_length=MAX_URL)

    def clean(self) -> dict[str, Any]:
        if not (self.cleaned_data.get("picture") or self.cleaned_data.get("picture_url")):
            raise forms.ValidationError("No picture was sent.")
        return self.cleaned_data
