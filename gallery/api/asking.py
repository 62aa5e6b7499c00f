"""Questions about images: an answer as a whole, or as server-sent events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.throttles import AnonymousSearch
from gallery.api.asking_fields import (
    AnswerSerializer,
    NumberedImageSerializer,
    QuestionSerializer,
)
from gallery.api.problems import GalleryProblem, problem
from gallery.api.searching.read_request import read_request
from gallery.api.view import ApiView
from gallery.ask.answer import Answer, AskRequest, answer
from gallery.ask.pieces import Pieces
from gallery.ask.retrieval import Scope
from gallery.core.errors import GalleryError
from gallery.core.event_stream import CONTENT_TYPE, HEADERS, event
from gallery.models import User


class EventStream(BaseRenderer):
    """For the negotiation only: the view makes the events."""

    media_type = CONTENT_TYPE
    format = "events"
    charset = "utf-8"

    def render(self, data: Any, *_: Any) -> bytes:
        return event("error", data)


class AskView(ApiView):
    post_reads = True
    with_body = frozenset({"POST"})
    throttle_classes = [AnonymousSearch]
    renderer_classes = [JSONRenderer, EventStream]
    serializer_class = QuestionSerializer

    @extend_schema(
        operation_id="ask_question",
        request=QuestionSerializer,
        responses={
            (200, "application/json"): AnswerSerializer,
            (200, CONTENT_TYPE): OpenApiTypes.STR,
        },
    )
    def post(self, request: Request) -> HttpResponseBase:
        """Ask a question about images: the database answers, and a language model if there is one.

        With `Accept: text/event-stream`, the events are `start` (the fields that come from the
        database), `text` (a piece of the answer), `error` (a problem, after which the answer is
        incomplete) and `end` (the other fields). If the model fails without them, `data` of the
        problem has the fields that come from the database.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        answered = answer(_ask_request(serializer.validated_data, request.user), request.user)
        try:
            pieces = answered.pieces()
            if isinstance(request.accepted_renderer, EventStream):
                events = _events(answered, pieces)
                return StreamingHttpResponse(events, content_type=CONTENT_TYPE, headers=HEADERS)
            with closing(pieces):
                text = "".join(pieces)
        except GalleryError as error:
            raise _problem_with_facts(error, answered) from error
        return Response(
            _start(answered) | _end(answered, text), headers={"Cache-Control": "no-store"}
        )


def _ask_request(values: Mapping[str, Any], user: User) -> AskRequest:
    box = values.get("q", "")
    search = read_request({"q": box}, user).query if box else None
    scope = Scope(images=tuple(values.get("images", ())), search=search)
    return AskRequest(values["question"], scope, values.get("conversation", ""), values["model"])


def _start(answered: Answer) -> dict[str, Any]:
    return {
        "facts": answered.facts.text,
        "counts": list(answered.facts.counts),
        "images": NumberedImageSerializer(answered.pictures, many=True).data,
        "model": answered.chat.name if answered.chat else None,
    }


def _end(answered: Answer, text: str) -> dict[str, Any]:
    cited, conversation = list(answered.cited(text)), answered.conversation(text)
    return {"answer": text, "cited": cited, "conversation": conversation}


def _problem_with_facts(error: GalleryError, answered: Answer) -> GalleryProblem:
    """The model has failed, and the database has answered."""
    raised = GalleryProblem(error)
    raised.data = _start(answered) | _end(answered, "") | error.data
    return raised


def _events(answered: Answer, pieces: Pieces) -> Iterator[bytes]:
    text = ""
    with closing(pieces):
        yield event("start", _start(answered))
        try:
            for piece in pieces:
                text += piece
                yield event("text", piece)
        except GalleryError as error:
            yield event("error", problem(GalleryProblem(error)))
        yield event("end", _end(answered, text))
