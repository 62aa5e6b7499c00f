"""Errors of the API as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.formatter import flatten_errors
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, ValidationError
from rest_framework.settings import api_settings

from gallery.core.database_errors import database_error
from gallery.core.errors import PICTURE_ERRORS, GalleryError, NullCharacter

CONTENT_TYPE = "application/problem+json"
# Codes of the framework for which the site has its own.
_CODES = {"null_characters_not_allowed": NullCharacter.code}


class GalleryProblem(APIException):
    """A ``GalleryError`` as an exception of the framework, about ``field`` or the one it names."""

    def __init__(self, error: GalleryError, field: str = "") -> None:
        super().__init__(error.message, error.code)
        if field := field or error.data.get("field", ""):
            self.detail = {field: [self.detail]}
        self.status_code = error.status
        self.data = error.data
        self.wait = error.retry_after


class ItemProblem(GalleryProblem):
    """An error about one item of the list ``field``, with the index of the item."""

    def __init__(self, field: str, index: int, error: GalleryError) -> None:
        super().__init__(error)
        item: Any = {str(index): [ErrorDetail(error.message, error.code)]}
        self.detail = {field: item}
        self.data = {**error.data, "index": index}


@contextmanager
def picture_in(field: str) -> Iterator[None]:
    """An error about the only picture of a request names its field."""
    try:
        yield
    except PICTURE_ERRORS as error:
        raise GalleryProblem(error, field) from error


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


class PreconditionFailed(APIException):
    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("The picture has changed since you read it. Read it again.")


class LengthRequired(APIException):
    status_code = 411
    default_code = "length_required"
    default_detail = _("The Content-Length header is required.")


class BodyTooLarge(APIException):
    status_code = 413
    default_code = "request_too_large"
    default_detail = _("The request body is too large.")


class ProblemHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, GalleryError):
            return GalleryProblem(exc)
        if (error := database_error(exc)) is not None:
            return GalleryProblem(error)
        if isinstance(exc, RequestDataTooBig):
            return BodyTooLarge()
        if isinstance(exc, SuspiciousOperation | MultiPartParserError | UnreadablePostError):
            return ParseError()
        return super().convert_known_exceptions(exc)

    def format_exception(self, exc: APIException) -> dict[str, Any]:
        return problem(exc)

    def get_response(  # type: ignore[override]
        self, exc: APIException, data: dict[str, Any]
    ) -> HttpResponse:
        # A problem is JSON, also if the client asked for a format that the API does not have.
        return _response(data, exc.status_code, self.get_headers(exc))

    def report_exception(self, exc: APIException, response: Any) -> None:
        """Report unexpected errors only, not a ``GalleryError`` with a 5xx status."""
        if not isinstance(exc, GalleryProblem):
            super().report_exception(exc, response)


def problem_response(error: GalleryError) -> HttpResponse:
    """For an error outside of a view of the API."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return _response(problem(GalleryProblem(error)), error.status, headers)


def _response(data: dict[str, Any], status: int, headers: dict[str, str]) -> HttpResponse:
    text = json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder)
    # It may repeat a part of the request with halves of surrogate pairs; they become "?".
    body = text.encode(errors="replace")
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


def problem(exc: APIException) -> dict[str, Any]:
    errors = [
        {
            "code": _CODES.get(error.code, error.code),
            "detail": error.detail,
            "attr": _place_of(error.attr),
        }
        for error in flatten_errors(exc.detail)
    ]
    only = errors[0] if len(errors) == 1 else None
    code = only["code"] if only else "invalid"
    body = {
        "type": f"urn:searchsite:problem:{code}",
        "title": HTTPStatus(exc.status_code).phrase,
        "status": exc.status_code,
        "detail": only["detail"] if only else _summary(exc, errors),
        "code": code,
        "errors": errors,
    }
    if data := getattr(exc, "data", None):
        body["data"] = data
    return body


def _place_of(attr: str | None) -> str | None:
    """None for an error about the whole body; of one about a whole object in it, its place."""
    place = attr and attr.removesuffix(api_settings.NON_FIELD_ERRORS_KEY).removesuffix(".")
    return place or None


def _summary(exc: APIException, errors: list[dict[str, Any]]) -> str:
    if not isinstance(exc, ValidationError):
        return str(exc.default_detail)
    return "; ".join(": ".join(filter(None, (e["attr"], e["detail"]))) for e in errors)
