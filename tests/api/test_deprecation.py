"""An operation that will be removed says so, in its answers and in the schema."""

from datetime import UTC, datetime
from typing import Any

from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from gallery.api.deprecation import Deprecation
from gallery.api.view import ApiView


class OldView(ApiView):
    permission_classes = []
    deprecated = {
        "GET": Deprecation(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))
    }

    def get(self, request: Request) -> Response:
        """Read."""
        return Response({})

    def delete(self, request: Request) -> Response:
        """Delete."""
        return Response({})


def test_only_its_answers_have_the_headers() -> None:
    requests = APIRequestFactory()
    for request in (requests.get("/"), requests.head("/")):
        answer = OldView.as_view()(request)
        assert answer["Deprecation"] == "@1767225600"
        assert answer["Sunset"] == "Wed, 01 Jul 2026 00:00:00 GMT"
    assert "Deprecation" not in OldView.as_view()(requests.delete("/"))


def test_the_schema_marks_it() -> None:
    patterns = [path("api/v1/status/", OldView.as_view())]
    generator: Any = SchemaGenerator
    schema = generator(patterns=patterns).get_schema(request=None, public=True)
    operations = schema["paths"]["/api/v1/status/"]
    assert operations["get"]["deprecated"] is True
    assert "deprecated" not in operations["delete"]
