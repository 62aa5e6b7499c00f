"""Forms that check and type the input of the pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from gallery.core.config import config
from gallery.models import User, Visibility


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
    pictures = ManyFilesField(label=_("Pictures"))
    visibility = forms.ChoiceField(
        label=_("Visible to"), choices=Visibility.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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


class PictureForm(forms.Form):
    picture = forms.FileField(label=_("Picture"), allow_empty_file=True)
