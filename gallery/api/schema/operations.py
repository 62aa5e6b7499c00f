"""The description of one operation: what the framework derives from its view, and our rules."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from gallery.api.examples import EXAMPLES
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.schema import fields  # noqa: F401 - the framework finds its classes
from gallery.api.schema.bodies import with_rules
from gallery.api.schema.components import header_reference, problem_reference
from gallery.api.schema.problem_statuses import is_idempotent, is_limited, statuses_of
from gallery.api.schema.versions import IDEMPOTENCY_KEY, add_parameter, add_versions


class OperationSchema(AutoSchema):
    def get_operation(self, path: str, path_regex: str, path_prefix: str, *rest: Any) -> Any:
        """Name and group operations by the path after the version."""
        operation = super().get_operation(path, path_regex, "/api/v1", *rest)
        if operation:
            operation.setdefault("security", [{}])
            if self.method == "POST" and "requestBody" in operation:
                # The framework does not see that one of several fields is required.
                operation["requestBody"]["required"] = True
            _add_headers(operation, limited=is_limited(self.view, self.method))
            add_versions(operation, self.method)
            if is_idempotent(self.view, self.method):
                add_parameter(operation, IDEMPOTENCY_KEY)
            _add_examples(operation)
        return operation

    def get_summary(self) -> str:
        return super().get_description()

    def get_description(self) -> str:  # type: ignore[override]
        """Empty: the docstring has one line, which is the summary."""
        return ""

    def is_deprecated(self) -> bool:
        return self.method in getattr(self.view, "deprecated", {})

    def get_auth(self) -> list[dict[str, Any]]:
        schemes = [scheme for scheme in super().get_auth() if scheme]
        return [{}, *schemes] if self._is_open() else schemes

    def _is_open(self) -> bool:
        """Whether this site allows the operation to visitors without a login."""
        request = HttpRequest()
        request.method = self.method
        visitor = self.view.initialize_request(request)
        visitor.user, visitor.auth = AnonymousUser(), None
        return all(
            permission.has_permission(visitor, self.view)
            for permission in self.view.get_permissions()
        )

    def _map_serializer(
        self, serializer: Any, direction: Direction, bypass_extensions: bool = False
    ) -> Any:
        schema = super()._map_serializer(  # type: ignore[no-untyped-call]
            serializer, direction, bypass_extensions
        )
        if schema.get("description") == inspect.getdoc(KnownFieldsOnly):
            del schema["description"]  # Inherited: it is about the class.
        return with_rules(schema, serializer) if direction == "request" else schema

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        statuses = statuses_of(self.get_operation_id(), self.method, self.path, self.view)
        return {**bodies, **{str(status): problem_reference(status) for status in statuses},
                "default": problem_reference(None)}  # fmt: skip


def _add_headers(operation: dict[str, Any], *, limited: bool) -> None:
    names = {}
    if operation["operationId"] == "upload_image":
        names["Location"] = "Location"
    if limited:
        names |= {"RateLimit": "RateLimit", "RateLimit-Policy": "RateLimitPolicy"}
    headers = {header: header_reference(name) for header, name in names.items()}
    for status, response in operation["responses"].items():
        if headers and status.startswith("2"):
            # The answer about several images has the address of none.
            left_out = "Location" if status == "207" else ""
            response["headers"] = {name: each for name, each in headers.items() if name != left_out}


def _add_examples(operation: dict[str, Any]) -> None:
    examples = EXAMPLES.get(operation["operationId"])
    if examples is None:
        return
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in examples.parameters:
            parameter["example"] = examples.parameters[parameter["name"]]
    for media_type, body in operation.get("requestBody", {}).get("content", {}).items():
        if media_type in examples.requests:
            body["examples"] = _named(examples.requests[media_type])
    for status, response in operation["responses"].items():
        if status.startswith("2") and "content" in response:
            first = next(iter(response["content"].values()))
            content = response["content"].get("application/json", first)
            answers = examples.answers_of_status.get(int(status), examples.answers)
            content["examples"] = _named(answers)


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` by their summaries, in the form of OpenAPI."""
    return {
        re.sub(r"\W+", "_", summary.lower()): {"summary": summary, "value": value}
        for summary, value in values.items()
    }
