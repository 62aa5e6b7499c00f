"""The form that starts imports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gallery.core.config import config
from gallery.ingest.imports.create import ImportOptions
from gallery.models import Visibility
from gallery.pages.forms import ManyFilesField

# Separators of tags, in English and in Chinese.
_SEPARATORS = str.maketrans("，、;；", ",,,,")


class ImportForm(forms.Form):
    sources = ManyFilesField(
        label=_("Archives and tables"), error_messages={"required": _("Choose at least one file.")}
    )
    visibility = forms.ChoiceField(
        label=_("Visible to"), choices=Visibility.choices, widget=forms.RadioSelect
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

    def options(self) -> ImportOptions:
        tags = self.cleaned_data["tags"].translate(_SEPARATORS).split(",")
        return ImportOptions(
            visibility=self.cleaned_data["visibility"],
            tags=tuple(tag.strip() for tag in tags if tag.strip()),
        )
