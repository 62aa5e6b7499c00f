"""The form of one tag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gallery.core.errors import InvalidInput
from gallery.curation.tags.loading.entries import checked_templates
from gallery.models import Tag
from gallery.models.tags.names import normalised

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Tag]
else:
    ModelForm = forms.ModelForm


class TagForm(ModelForm):
    templates = forms.CharField(
        label=_("Templates"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=_(
            "One sentence on each line, with {} for the name: “a photo of a {}”. Without any, the "
            "standard sentences are used."
        ),
    )

    class Meta:
        model = Tag
        fields = (
            "name", "name_zh", "kind", "group", "colour", "is_official", "is_suggested",
            "is_automatic", "threshold", "templates",
        )  # fmt: skip
        help_texts = {
            "kind": _("Suggestions of one kind compete for a picture."),
            "colour": _("As #rrggbb; empty for none."),
            "is_official": _(
                "Without it, lists offer the tag to whoever added it, and to people who see a "
                "picture with it."
            ),
            "is_automatic": _("Without these, a person decides about each suggestion."),
            "threshold": _(
                "The least similarity of a suggestion. Empty: it is measured. It is not the only "
                "condition: a tag is not suggested where another one of its kind fits far better."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["is_official"] = True
        self.initial["templates"] = "\n".join(self.instance.templates)

    def clean_name(self) -> str:
        return self._free_name(self.cleaned_data["name"])

    def clean_name_zh(self) -> str:
        name = self.cleaned_data["name_zh"]
        return self._free_name(name) if name.strip() else ""

    def clean_is_suggested(self) -> bool:
        is_suggested: bool = self.cleaned_data["is_suggested"]
        others = Tag.objects.suggested().exclude(pk=self.instance.pk)
        if is_suggested and others.count() >= Tag.MAX_SUGGESTED:
            raise forms.ValidationError(
                _("At most %(limit)d tags can be suggested for pictures."),
                params={"limit": Tag.MAX_SUGGESTED},
            )
        return is_suggested

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"]
        return colour.lower()

    def clean_templates(self) -> list[str]:
        try:
            return checked_templates(self.cleaned_data["templates"].splitlines())
        except InvalidInput as error:
            raise forms.ValidationError(gettext(error.message)) from error

    def _free_name(self, name: str) -> str:
        """The name of no other tag, neither in English nor in Chinese."""
        try:
            name = normalised(name)
        except InvalidInput as error:
            raise forms.ValidationError(gettext(error.message) % error.data) from error
        if Tag.objects.named(name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a tag with this name already."))
        return name
