"""Questions and answers: as a page, or as events for its script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gallery.ask.answer import Answer, answer
from gallery.ask.citations import parts_of
from gallery.ask.conversation import read
from gallery.ask.facts.facts import joined
from gallery.ask.question import MAX_LENGTH
from gallery.core.errors import GalleryError
from gallery.core.event_stream import CONTENT_TYPE, HEADERS, event
from gallery.llm.configured import is_configured
from gallery.pages.access import readers_only
from gallery.pages.ask.form import AskForm
from gallery.pages.errors.advice import text_for
from gallery.pages.requests.visitors import limited_searches


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@readers_only
@limited_searches("anonymous_search")
def ask(request: HttpRequest) -> HttpResponseBase:
    form = AskForm(request.POST if request.method == "POST" else request.GET, request.user)
    form.check()
    context: dict[str, Any] = {
        "form": form.cleaned_data,
        "image": form.about,
        "search": form.search,
        "search_text": form.search.value("q"),
        "new_conversation": form.new_conversation,
        "max_length": MAX_LENGTH,
        "is_configured": is_configured(),
    }
    if request.method != "POST":
        return render(request, "gallery/ask/page.html", context)
    ask_request = form.ask_request()
    answered = answer(ask_request, request.user)
    if request.headers.get("Accept", "").startswith(CONTENT_TYPE):
        events = _events(request, answered)
        return StreamingHttpResponse(events, content_type=CONTENT_TYPE, headers=HEADERS)
    context["turns"] = read(ask_request.conversation, request.user).turns
    return _page(request, answered, context)


def _page(request: HttpRequest, answered: Answer, context: dict[str, Any]) -> HttpResponse:
    """For browsers without scripts; the facts are shown even if the model fails."""
    text, error = "", None
    try:
        with closing(answered.pieces()) as pieces:
            for piece in pieces:
                text += piece
    except GalleryError as raised:
        error = raised
    context |= {
        "answered": answered,
        "parts": parts_of(text, answered.numbers),
        "note": _note(answered),
        "error": text_for(error) if error else "",
        "conversation": answered.conversation(text),
    }
    response = render(
        request, "gallery/ask/page.html", context, status=error.status if error else 200
    )
    if error and error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _events(request: HttpRequest, answered: Answer) -> Iterator[bytes]:
    """Facts and pictures are our own markup; everything that the model writes is sent as text. The
    facts come first, so they are shown even if the model may not be used or fails."""
    text = ""
    start: dict[str, Any] = {
        name: render_to_string(f"gallery/ask/{name}.html", {"answered": answered}, request)
        for name in ("facts", "pictures")
    }
    yield event("start", start | {"model": answered.chat is not None})
    try:
        with closing(answered.pieces()) as pieces:
            for piece in pieces:
                text += piece
                yield event("text", piece)
    except GalleryError as error:
        yield event("error", text_for(error))
    parts = [[part.text, part.number] for part in parts_of(text, answered.numbers)]
    end = {"parts": parts, "note": _note(answered) if text else ""}
    yield event("end", end | {"conversation": answered.conversation(text)})


def _note(answered: Answer) -> str:
    return joined(_("Written by a language model, which can be wrong."), answered.sent_sentence)
