"""Errors of the API as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.formatter import flatten_errors
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework.exceptions import APIException, ParseError, ValidationError

from gallery.core.errors import GalleryError

CONTENT_TYPE = "application/problem+json"


class GalleryProblem(APIException):
    """A ``GalleryError`` as an exception of the framework, about a field if it names one."""

    def __init__(self, error: GalleryError) -> None:
        super().__init__(error.message, error.code)
        if field := error.data.get("field"):
            self.detail = {field: [self.detail]}
        self.status_code = error.status
        self.data = error.data
        self.wait = error.retry_after


class Conflict(APIException):
    status_code = 409
    default_code = "conflict"


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
        text = json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder)
        return HttpResponse(
            # It may repeat a part of the request with halves of surrogate pairs; they become "?".
            text.encode(errors="replace"),
            status=exc.status_code,
            content_type=CONTENT_TYPE,
            headers=self.get_headers(exc),
        )

    def report_exception(self, exc: APIException, response: Any) -> None:
        """Report unexpected errors only, not a ``GalleryError`` with a 5xx status."""
        if not isinstance(exc, GalleryProblem):
            super().report_exception(exc, response)


def problem(exc: APIException) -> dict[str, Any]:
    errors = [
        {"code": error.code, "detail": error.detail, "attr": error.attr}
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


def _summary(exc: APIException, errors: list[dict[str, Any]]) -> str:
    if not isinstance(exc, ValidationError):
        return str(exc.default_detail)
    return "; ".join(f"{error['attr']}: {error['detail']}" for error in errors)
