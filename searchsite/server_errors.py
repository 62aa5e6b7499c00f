"""The answers to exceptions that no view has handled, such as one of a middleware."""

import sys

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from gallery.api.problems import problem_response
from gallery.core.database_errors import database_error
from gallery.core.errors import InvalidInput
from gallery.pages.errors.answers import without_database


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django calls this for a host name that is not one of the site, among others."""
    if not request.path_info.startswith("/api/"):
        return defaults.bad_request(request, exception)
    is_host = isinstance(exception, DisallowedHost)
    message = "The host name of the request is not one of this site." if is_host else "Bad request."
    return problem_response(InvalidInput(message))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception."""
    exception = sys.exception()
    error = database_error(exception) if exception is not None else None
    if error is None:
        return defaults.server_error(request)
    if request.path_info.startswith("/api/"):
        response = problem_response(error)
    else:
        response = without_database(request, error)
    # Django would log each of these requests as an error with a traceback.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
