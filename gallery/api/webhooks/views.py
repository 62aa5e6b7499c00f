"""List, create, change, test and delete the webhooks of a person."""

from __future__ import annotations

import uuid
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.problems import GalleryProblem
from gallery.api.view import ApiView
from gallery.api.webhooks.requests import (
    CreatedWebhookSerializer,
    DeliverySerializer,
    NewWebhookSerializer,
    WebhookChangesSerializer,
    WebhookSerializer,
    WebhooksSerializer,
)
from gallery.core import rate_limit, visitor
from gallery.core.errors import UrlRefused
from gallery.integration.webhooks import message, register
from gallery.models import Webhook

_TEST_RATE = "10/m"


class WebhooksView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = WebhooksSerializer
    with_body = frozenset({"POST"})

    @extend_schema(operation_id="list_webhooks")
    def get(self, request: Request) -> Response:
        """List your webhooks, the oldest first."""
        rows = Webhook.objects.filter(user=cast(Any, request.user)).order_by("created_at", "pk")
        return Response(self.get_serializer({"results": rows}).data)

    @extend_schema(
        operation_id="create_webhook",
        request=NewWebhookSerializer,
        responses={201: CreatedWebhookSerializer},
    )
    def post(self, request: Request) -> Response:
        """Create a webhook. Its secret is shown only now."""
        serializer = NewWebhookSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            webhook = register.create(request.user, **serializer.validated_data)
        except UrlRefused as error:
            raise GalleryProblem(error, "url") from None
        body = CreatedWebhookSerializer(webhook).data
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class _OneWebhookView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class: Any = WebhookSerializer

    def _own(self, pk: uuid.UUID) -> Webhook:
        own = Webhook.objects.filter(user=cast(Any, self.request.user))
        return cast(Webhook, get_object_or_404(own, pk=pk))


class WebhookView(_OneWebhookView):
    with_body = frozenset({"PATCH"})

    @extend_schema(operation_id="get_webhook")
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Get one of your webhooks, with its last failure."""
        return Response(self.get_serializer(self._own(pk)).data)

    @extend_schema(operation_id="update_webhook", request=WebhookChangesSerializer)
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Change a webhook; one that was switched off goes on where it stopped."""
        webhook = self._own(pk)
        serializer = WebhookChangesSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            register.change(webhook, **serializer.validated_data)
        except UrlRefused as error:
            raise GalleryProblem(error, "url") from None
        return Response(self.get_serializer(webhook).data)

    @extend_schema(operation_id="delete_webhook", responses={204: None})
    def delete(self, request: Request, pk: uuid.UUID) -> Response:
        """Delete a webhook."""
        self._own(pk).delete()
        return Response(status=204)


class TestWebhookView(_OneWebhookView):
    serializer_class: Any = DeliverySerializer

    @extend_schema(operation_id="test_webhook", request=None)
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Send a test message now, and tell how it was answered."""
        webhook = self._own(pk)
        rate_limit.check("webhook_tests", visitor.name_of(request.user), _TEST_RATE)
        return Response(self.get_serializer(message.send_test(webhook)._asdict()).data)
