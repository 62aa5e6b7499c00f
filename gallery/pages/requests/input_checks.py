"""Refuse input that the database or the admin cannot process, before any view reads it.

The API refuses the same input itself and names the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from gallery.core.errors import GalleryError, InvalidInput, NullCharacter
from gallery.pages.errors.answers import as_problem, response_to
from gallery.pages.requests.tokens import is_from_program

# The admin adds a day, a month or a year to a date, which must stay a date in every time zone.
_YEARS = range(2, 9999)


class InputCheckMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # A quoted cookie may contain any character. One with NUL is not ours: it is ignored.
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponse | None:
        if request.path_info.startswith("/api/"):
            return None
        try:
            _check_address(request)
            if "admin" in getattr(request.resolver_match, "app_names", ()):
                _check_years(request)
                _check_form(request, getattr(view, "model_admin", None))
        except GalleryError as error:
            is_program = is_from_program(request, view)
            return as_problem(error) if is_program else response_to(request, error)
        return None


def _check_address(request: HttpRequest) -> None:
    values = (value for pair in request.GET.lists() for value in (pair[0], *pair[1]))
    if "\0" in request.path_info or any("\0" in value for value in values):
        raise NullCharacter("The address contains a null character (%00).")


def _check_years(request: HttpRequest) -> None:
    """The admin's lists fail for years that are no dates (``created_at__year=10000``)."""
    for name, values in request.GET.lists():
        if "year" in name.split("__")[1:] and not all(map(_is_possible_year, map(str, values))):
            raise _wrong(name)


def _is_possible_year(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,4}", text) is not None and int(text) in _YEARS


def _check_form(request: HttpRequest, model_admin: Any) -> None:
    """The rows of an admin action: keys of the model, or the admin fails."""
    if request.method != "POST" or model_admin is None:
        return
    key = model_admin.model._meta.pk
    for value in request.POST.getlist(ACTION_CHECKBOX_NAME):
        if "\0" in value:
            raise NullCharacter("A selected row contains a null character.")
        try:
            key.to_python(value)
        except ValidationError:
            raise _wrong(ACTION_CHECKBOX_NAME) from None


def _wrong(parameter: str) -> InvalidInput:
    return InvalidInput("The parameter is unknown or has a wrong value.", parameter=parameter)
