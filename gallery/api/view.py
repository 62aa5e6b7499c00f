"""What every view of the API shares."""

from __future__ import annotations

from typing import Any

from django.utils.cache import patch_cache_control
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.authentication import TokenAuthentication
from gallery.api.policy import ReadUnlessClosed


class ShallowJSONParser(JSONParser):
    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error


class ApiView(GenericAPIView[Any]):
    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [ReadUnlessClosed]
    parser_classes = [ShallowJSONParser]
    renderer_classes = [JSONRenderer]

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        # What one person may see is not for a shared cache; an ETag still answers 304.
        patch_cache_control(response, private=True, no_cache=True)
        return super().finalize_response(request, response, *args, **kwargs)


class UnknownAddress(ApiView):
    """The last address of the API: an unknown one is a problem, not a page."""

    schema = None
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound("There is nothing at this address; addresses of the API end with a slash.")
