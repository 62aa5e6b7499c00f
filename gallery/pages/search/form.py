"""The address of a search: its parameters become a SearchQuery."""

from __future__ import annotations

import functools
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.llm.metered import chat_of
from gallery.models import User
from gallery.search.intent import Intent, NamesVisibleTo, applied, as_typed, understand
from gallery.search.query import Mode, Order, SearchQuery, Term
from gallery.search.syntax import ParsedText, parse

MODES = {
    Mode.ALL: _("Meaning and words"),
    Mode.MEANING: _("Meaning only"),
    Mode.WORDS: _("Words only"),
}
ORDERS = {
    Order.RELEVANCE: _("Best match"),
    Order.NEWEST: _("Date taken: newest"),
    Order.OLDEST: _("Date taken: oldest"),
}
# Near-duplicates are folded unless the address says fold=0.
UNFOLDED = "0"
_MAX_PICTURES = 20
# How the address says that sentences are read: by rules unless it says otherwise.
EXACTLY = "off"
BY_MODEL = "model"


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
    taste = forms.ChoiceField(choices=[("1", "1")], required=False)
    cursor = forms.CharField(required=False, max_length=1000)
    intent = forms.ChoiceField(choices=[(way, way) for way in (EXACTLY, BY_MODEL)], required=False)
    as_text = Repeated(forms.CharField(max_length=512))

    def __init__(
        self, data: QueryDict, user: User | None = None, *, may_use_model: bool = False
    ) -> None:
        """``user`` decides which names of owners, tags and cameras mean a filter. Rules read the
        sentence unless ``may_use_model``, whatever the address says: a model costs a budget.
        """
        super().__init__(data)
        self.user: User = user or AnonymousUser()
        self.may_use_model = may_use_model

    @property
    def is_read_by_model(self) -> bool:
        return self.may_use_model and self.cleaned_data["intent"] == BY_MODEL

    @functools.cached_property
    def parsed(self) -> ParsedText:
        """What the text of the box means, once the form is valid."""
        return parse(self.cleaned_data["q"], now=timezone.localtime())

    @functools.cached_property
    def intent_of_box(self) -> Intent:
        """What its sentence asks for, once the form is valid."""
        box, way = self.cleaned_data["q"], self.cleaned_data["intent"]
        if way == EXACTLY:
            return as_typed(box, now=timezone.localtime())
        return understand(
            box,
            now=timezone.localtime(),
            names=NamesVisibleTo(self.user),
            as_text=self.cleaned_data["as_text"],
            chat=chat_of(self.user) if self.is_read_by_model else None,
        )

    def query(self) -> SearchQuery | None:
        """None for an empty form. Raises ``InvalidInput`` if a parameter is not valid."""
        unknown = set(self.data) - set(self.fields)
        if unknown or not self.is_valid():
            parameter = min(unknown or set(self.errors))
            raise InvalidInput("This link is not valid.", parameter=parameter)
        values = self.cleaned_data
        intent = self.intent_of_box
        terms = [Term(image_id=key) for key in values["like"]]
        terms += [Term(picture=key) for key in values["picture"]]
        box = intent.text or intent.excluded_words or self.parsed.operators or intent.parts
        if not (box or terms or values["more"]):
            return None
        query = SearchQuery(
            terms=tuple(terms),
            liked=values["more"],
            disliked=values["less"],
            mode=Mode(values["mode"] or Mode.ALL),
            order=Order(values["order"] or intent.order or Order.RELEVANCE),
            fold=values["fold"] != UNFOLDED,
            min_similarity=values["min_similarity"],
            limit=self._limit(),
            cursor=values["cursor"],
        )
        return applied(query, intent)

    def _limit(self) -> int:
        """That of the address, of the sentence, or of the site."""
        limit: int | None = self.cleaned_data["limit"]
        return self.intent_of_box.limit or config().page_size if limit is None else limit
