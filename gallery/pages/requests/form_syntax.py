"""Refuses a form that cannot be parsed.

Django answers it with a 400 too, but logs a traceback of 150 lines for each.
"""

from __future__ import annotations

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput


def check_form(request: HttpRequest) -> None:
    """Parse the body of a POST, if it is a form. Raises ``InvalidInput``."""
    try:
        _ = request.POST
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError) as error:
        message = gettext_noop("The link or the form data is not valid.")
        raise InvalidInput(message) from error
