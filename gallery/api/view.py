"""The base class of the views of the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.cache import patch_cache_control
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.metadata import SimpleMetadata
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.authentication import TokenAuthentication
from gallery.api.access.permissions import ReadUnlessClosed, check_scope
from gallery.api.access.throttles import RateLimit, rate_limit_headers
from gallery.api.deprecation import Deprecation
from gallery.api.known_fields import NoBody, NoParameters
from gallery.api.parsers import ShallowJSONParser
from gallery.core.body_limits import check_body

_NO_PARAMETERS = NoParameters()
_NO_BODY = NoBody()


class ViewDescription(SimpleMetadata):
    """The answer to OPTIONS: name, purpose and media types. The fields are in the API schema."""

    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        return {}


class ApiView(GenericAPIView[Any]):
    # The methods that check the parameters in their address, and those that check their body. Of
    # the others, a request with parameters or a body is refused.
    with_parameters: ClassVar[frozenset[str]] = frozenset()
    with_body: ClassVar[frozenset[str]] = frozenset()
    # The methods that will be removed.
    deprecated: ClassVar[dict[str, Deprecation]] = {}

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [ReadUnlessClosed]
    parser_classes = [ShallowJSONParser]
    renderer_classes = [JSONRenderer]
    metadata_class = ViewDescription

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # The throttles add theirs.
        self.rate_limits: list[RateLimit] = []

    def get_parsers(self) -> list[BaseParser]:
        """Of a body that a request should not have, also for a form: some clients send an empty one
        if they have nothing to send.
        """
        if self.request is not None and self.request.method not in self.with_body:
            return [ShallowJSONParser(), MultiPartParser()]
        return super().get_parsers()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # Before the authentication, whose CSRF check parses the body.
        match = request.resolver_match
        check_body(request.META, match.url_name if match else None)
        if not hasattr(self, str(request.method).lower()):
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)
        self._refuse_unknown(request)

    def _refuse_unknown(self, request: Request) -> None:
        """Raises ``ValidationError``, which names the parameter or field."""
        method = _method_of(request)
        if method == "OPTIONS" or not hasattr(self, method.lower()):
            return
        if request.query_params and method not in self.with_parameters:
            _NO_PARAMETERS.run_validation(request.query_params)
        if request.META.get("CONTENT_LENGTH") and method not in self.with_body:
            _NO_BODY.run_validation(request.data)

    def check_permissions(self, request: Request) -> None:
        # Here, and not in ``permission_classes``, so that no view can leave it out.
        check_scope(request, self)
        super().check_permissions(request)

    def context_with(self, signed: int | None) -> dict[str, Any]:
        """The context of a serializer of images, for the parameter ``signed``."""
        return {**self.get_serializer_context(), "signed": signed}

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        # Shared caches must not keep a response for one person; an ETag still allows a 304.
        patch_cache_control(response, private=True, no_cache=True)
        headers = rate_limit_headers(self.rate_limits)
        if deprecation := self.deprecated.get(_method_of(request)):
            headers |= deprecation.headers
        for name, value in headers.items():
            response[name] = value
        return super().finalize_response(request, response, *args, **kwargs)


def _method_of(request: Request) -> str:
    """The method of the view that answers."""
    return "GET" if request.method == "HEAD" else str(request.method)


class UnknownAddress(ApiView):
    """The last URL pattern of the API: an unknown address gets a problem, not an HTML page."""

    schema = None
    # Without sessions, whose CSRF check parses the body: here its size does not matter.
    authentication_classes = [TokenAuthentication]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)
        hint = "" if request.path.endswith("/") else " Addresses of the API end with a slash."
        raise NotFound(f"Not found.{hint}")
