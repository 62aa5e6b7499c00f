"""The address of a search: its parameters become a SearchQuery."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.search.query import Mode, Order, SearchQuery, Term
from gallery.search.syntax import ParsedText, parse

MODES = {
    Mode.ALL: _("Meaning and words"),
    Mode.MEANING: _("Meaning only"),
    Mode.WORDS: _("Words only"),
}
ORDERS = {
    Order.RELEVANCE: _("Best match"),
    Order.NEWEST: _("Newest"),
    Order.OLDEST: _("Oldest"),
}
# Near-duplicates are folded unless the address says fold=0.
UNFOLDED = "0"
_MAX_PICTURES = 20


class Repeated(forms.Field):
    """A parameter that may occur several times: a tuple without repetitions."""

    widget = forms.MultipleHiddenInput

    def __init__(self, each: forms.Field) -> None:
        super().__init__(required=False)
        self.each = each

    def clean(self, value: list[str] | None) -> tuple[Any, ...]:
        values = [text for text in value or () if text]
        if len(values) > _MAX_PICTURES:
            raise forms.ValidationError(_("There are too many pictures."))
        return tuple(dict.fromkeys(self.each.clean(text) for text in values))


class SearchForm(forms.Form):
    """``like`` and ``picture`` are pictures to search with, ``more`` and ``less`` are hits that
    the person liked and disliked; each may be repeated.
    """

    q = forms.CharField(required=False)
    like = Repeated(forms.UUIDField())
    picture = Repeated(forms.CharField(max_length=64))
    more = Repeated(forms.UUIDField())
    less = Repeated(forms.UUIDField())
    mode = forms.ChoiceField(choices=MODES, required=False)
    order = forms.ChoiceField(choices=ORDERS, required=False)
    fold = forms.ChoiceField(choices=[(UNFOLDED, UNFOLDED)], required=False)
    limit = forms.IntegerField(required=False)
    min_similarity = forms.FloatField(required=False)
    similarity = forms.ChoiceField(choices=[("1", "1")], required=False)
    cursor = forms.CharField(required=False, max_length=1000)

    @functools.cached_property
    def parsed(self) -> ParsedText:
        """What the text of the box means, once the form is valid."""
        return parse(self.cleaned_data["q"], now=timezone.localtime())

    def query(self) -> SearchQuery | None:
        """None for an empty form. Raises ``InvalidInput`` if a parameter is not valid."""
        unknown = set(self.data) - set(self.fields)
        if unknown or not self.is_valid():
            parameter = min(unknown or set(self.errors))
            raise InvalidInput("This link is not valid.", parameter=parameter)
        values = self.cleaned_data
        parsed = self.parsed
        terms = [Term(image_id=key) for key in values["like"]]
        terms += [Term(picture=key) for key in values["picture"]]
        box = parsed.text or parsed.excluded_words or parsed.operators
        if not (box or terms or values["more"]):
            return None
        return SearchQuery(
            text=parsed.text,
            phrases=parsed.phrases,
            excluded_words=parsed.excluded_words,
            conditions=parsed.conditions,
            terms=tuple(terms),
            liked=values["more"],
            disliked=values["less"],
            mode=Mode(values["mode"] or Mode.ALL),
            order=Order(values["order"] or Order.RELEVANCE),
            fold=values["fold"] != UNFOLDED,
            min_similarity=values["min_similarity"],
            limit=config().page_size if values["limit"] is None else values["limit"],
            cursor=values["cursor"],
        )
