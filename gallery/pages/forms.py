"""Input of the pages, typed before any view acts on it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.models import User, Visibility
from gallery.search.query import SearchQuery


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Files as a list. Empty ones pass: what is wrong with a file is said per file."""

    widget = ManyFilesInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data or ([None] if self.required else [])
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    pictures = ManyFilesField(label=_("Pictures"))
    visibility = forms.ChoiceField(
        label=_("Who may see them"), choices=Visibility.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Nobody could see or change a private picture that has no owner.
        offered = Visibility if user.is_authenticated else [Visibility.PUBLIC]
        field = cast(forms.ChoiceField, self.fields["visibility"])
        field.choices = [(choice.value, choice.label) for choice in offered]
        usual = Visibility(config().default_visibility)
        field.initial = usual if usual in offered else Visibility.PUBLIC


class EditForm(forms.Form):
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    caption = forms.CharField(
        label=_("Caption"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Also read to people who cannot see the picture."),
    )
    visibility = forms.ChoiceField(
        label=_("Who may see it"), choices=Visibility.choices, widget=forms.RadioSelect
    )


class SearchForm(forms.Form):
    """The address of a search: exactly one of ``q``, ``like`` and ``picture`` counts."""

    q = forms.CharField(required=False)
    like = forms.UUIDField(required=False)
    picture = forms.CharField(required=False, max_length=64)
    limit = forms.IntegerField(required=False)
    min_similarity = forms.FloatField(required=False)

    def query(self) -> SearchQuery | None:
        """None when nothing is asked yet. Raises ``InvalidInput`` for what cannot be read."""
        if not self.is_valid():
            raise InvalidInput(gettext_noop("This search address cannot be read."))
        asked = self.cleaned_data
        if not (asked["q"] or asked["like"] or asked["picture"]):
            return None
        return SearchQuery(
            text=asked["q"],
            image_id=asked["like"],
            picture=asked["picture"],
            limit=config().page_size if asked["limit"] is None else asked["limit"],
            min_similarity=asked["min_similarity"],
        )


class PictureForm(forms.Form):
    picture = forms.FileField(label=_("Picture"), allow_empty_file=True)
