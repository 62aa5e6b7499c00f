"""The parameters of the page: the question, and the pictures or the search that it is about."""

from __future__ import annotations

import functools

from django import forms
from django.http import QueryDict
from django.shortcuts import get_object_or_404

from gallery.ask.answer import AskRequest
from gallery.ask.conversation import MAX_LENGTH as MAX_CONVERSATION
from gallery.ask.question import MAX_LENGTH
from gallery.ask.retrieval import Scope
from gallery.core.errors import InvalidInput
from gallery.models import Image, User
from gallery.pages.search.address import SearchAddress
from gallery.pages.search.form import SearchForm
from gallery.pages.search.taste import query_of


class AskForm(forms.Form):
    """``image`` is the only picture of the question. The parameters of a search limit it to the
    results of this search. Both may be missing.
    """

    question = forms.CharField(required=False, max_length=MAX_LENGTH)
    image = forms.UUIDField(required=False)
    conversation = forms.CharField(required=False, max_length=MAX_CONVERSATION)

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data)
        self.parameters = data
        self.user = user

    @functools.cached_property
    def search(self) -> SearchAddress:
        """Without parameters if the question is not about the results of a search."""
        return SearchAddress.of(self.parameters).without(self.fields)

    def check(self) -> None:
        """Raises ``InvalidInput``, which names the parameter."""
        unknown = set(self.parameters) - {
            *self.fields,
            *SearchForm.base_fields,
            "csrfmiddlewaretoken",
        }
        search = self._search_form()
        if unknown or not (self.is_valid() and search.is_valid()):
            parameter = min(unknown or {*self.errors, *search.errors})
            raise InvalidInput("This link is not valid.", parameter=parameter)

    @functools.cached_property
    def about(self) -> Image | None:
        """The picture that the question is about. Raises ``Http404``."""
        key = self.cleaned_data["image"]
        visible = Image.objects.visible_to(self.user)
        return get_object_or_404(visible, pk=key) if key else None

    @property
    def new_conversation(self) -> str:
        """The address of the page without questions, about the same pictures."""
        key = self.cleaned_data["image"]
        parameters = self.search.with_value("image", key) if key else self.search
        return parameters.question

    def ask_request(self) -> AskRequest:
        """Raises the errors of ``query_of``."""
        images = (self.about.pk,) if self.about else ()
        search = self._search_form()
        search.may_use_model = True  # only a form of this site asks
        scope = Scope(images=images, search=query_of(search))
        values = self.cleaned_data
        return AskRequest(values["question"], scope, values["conversation"])

    def _search_form(self) -> SearchForm:
        return SearchForm(QueryDict(self.search.query_string), self.user)
