"""The base class of the views of the API."""

from __future__ import annotations

from typing import Any

from django.utils.cache import patch_cache_control
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.authentication import TokenAuthentication
from gallery.api.parsers import ShallowJSONParser
from gallery.api.permissions import ReadUnlessClosed
from gallery.core.body_limits import check_body


class ApiView(GenericAPIView[Any]):
    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [ReadUnlessClosed]
    parser_classes = [ShallowJSONParser]
    renderer_classes = [JSONRenderer]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before the authentication, whose CSRF check parses the body.
        match = request.resolver_match
        check_body(request.META, match.url_name if match else None)
        super().initial(request, *args, **kwargs)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        # Shared caches must not keep a response for one person; an ETag still allows a 304.
        patch_cache_control(response, private=True, no_cache=True)
        return super().finalize_response(request, response, *args, **kwargs)


class UnknownAddress(ApiView):
    """The last URL pattern of the API: an unknown address gets a problem, not an HTML page."""

    schema = None
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("Not found. Addresses of the API end with a slash.")
