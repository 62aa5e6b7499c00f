"""The fields of the page: the question, and the pictures that it is about."""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from gallery.ask.answer import AskRequest
from gallery.ask.conversation import MAX_LENGTH as MAX_CONVERSATION
from gallery.ask.question import MAX_LENGTH
from gallery.ask.retrieval import Scope
from gallery.core.errors import InvalidInput
from gallery.models import Image
from gallery.pages.search.form import SearchForm


class AskForm(forms.Form):
    """``image`` is the only picture of the question, ``q`` a search to whose results it is
    limited; both may be empty."""

    question = forms.CharField(required=False, max_length=MAX_LENGTH)
    image = forms.UUIDField(required=False)
    q = forms.CharField(required=False)
    conversation = forms.CharField(required=False, max_length=MAX_CONVERSATION)

    def checked(self, request: HttpRequest) -> tuple[AskRequest, Image | None]:
        """Raises ``InvalidInput``, which names the parameter, and ``Http404``."""
        unknown = set(self.data) - set(self.fields) - {"csrfmiddlewaretoken"}
        if unknown or not self.is_valid():
            parameter = min(unknown or set(self.errors))
            raise InvalidInput("This link is not valid.", parameter=parameter)
        values, image = self.cleaned_data, None
        if key := values["image"]:
            image = get_object_or_404(Image.objects.visible_to(request.user), pk=key)
        box = QueryDict(urlencode({"q": values["q"]}))
        search = SearchForm(box, request.user).query() if values["q"] else None
        scope = Scope(images=(image.pk,) if image else (), search=search)
        return AskRequest(values["question"], scope, values["conversation"]), image
