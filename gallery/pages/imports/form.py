"""The form that starts imports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.ingest.duplicates import OnDuplicate
from gallery.ingest.imports.create import ImportOptions
from gallery.models import Visibility
from gallery.pages.forms import ManyFilesField

# Separators of tags, in English and in Chinese.
_SEPARATORS = str.maketrans("，、;；", ",,,,")


def is_archive(name: str | None) -> bool:
    return (name or "").lower().endswith(".zip")


class ImportForm(forms.Form):
    sources = ManyFilesField(
        label=_("Archives and tables"),
        error_messages={"required": _("Choose at least one file.")},
        help_text=_("Choose all ZIP archives of an export together: they become one import."),
    )
    visibility = forms.ChoiceField(
        label=_("Visible to"), choices=Visibility.choices, widget=forms.RadioSelect
    )
    on_duplicate = forms.ChoiceField(
        label=_("Pictures that you have already"),
        required=False,
        choices=[
            (OnDuplicate.KEEP.value, _("Leave them as they are")),
            (OnDuplicate.UPDATE.value, _("Update their titles, captions, dates and tags")),
        ],
    )
    tags = forms.CharField(
        label=_("Tags for all pictures"),
        required=False,
        max_length=500,
        help_text=_("Separated by commas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visibility"].initial = config().default_visibility
        self.fields["sources"].widget.attrs["accept"] = ".zip,.csv,.tsv,.jsonl,.ndjson"

    def clean_tags(self) -> tuple[str, ...]:
        names = self.cleaned_data["tags"].translate(_SEPARATORS).split(",")
        tags = tuple(name.strip() for name in names if name.strip())
        try:
            ImportOptions(tags=tags).columns()
        except InvalidInput as error:
            raise forms.ValidationError(gettext(error.message) % error.data) from error
        return tags

    def files_of_imports(self) -> list[list[UploadedFile[Any]]]:
        """The files of each import: ZIP archives together, as one export may have several."""
        files = [file for file in self.cleaned_data["sources"] if file is not None]
        archives = [file for file in files if is_archive(file.name)]
        others = [[file] for file in files if not is_archive(file.name)]
        return [archives, *others] if archives else others

    def options(self) -> ImportOptions:
        return ImportOptions(
            visibility=self.cleaned_data["visibility"],
            on_duplicate=self.cleaned_data["on_duplicate"] or OnDuplicate.KEEP,
            tags=self.cleaned_data["tags"],
        )
