"""The review queue."""

from __future__ import annotations

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.access.permissions import require_moderator
from gallery.api.fields import LimitField
from gallery.api.images.pagination import ImagePagination
from gallery.api.images.responses import ImageSerializer
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.moderation.answers import QueueItemSerializer, moderation_of
from gallery.api.view import ApiView
from gallery.curation.moderation.queue import Queue, images_in, items_of


class QueueParametersSerializer(KnownFieldsOnly):
    queue = serializers.ChoiceField(
        choices=[queue.value for queue in Queue],
        default=Queue.HELD.value,
        help_text="`appeals` are images whose owner waits for an answer.",
    )
    limit = LimitField(help_text="Images on a page, by default `GALLERY_PAGE_SIZE` (60).")
    cursor = serializers.CharField(required=False, help_text="From `next` or `previous`.")


class ModerationQueueView(ApiView):
    permission_classes = [IsAuthenticated]
    serializer_class = QueueItemSerializer
    pagination_class = ImagePagination
    with_parameters = frozenset({"GET"})

    @extend_schema(
        operation_id="list_moderation_queue",
        parameters=[QueueParametersSerializer],
        responses=QueueItemSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the images that wait for a moderator, or that are hidden or blocked; newest first.

        For moderators: staff with the permission `gallery.moderate_images`, and tokens of theirs
        with the scope `admin`.
        """
        require_moderator(request, _("Only moderators see it."))
        parameters = QueueParametersSerializer(data=request.query_params)
        parameters.is_valid(raise_exception=True)
        queue = Queue(parameters.validated_data["queue"])
        images = images_in(queue, request.user).select_related("owner")
        items = items_of(self.paginate_queryset(images) or [])
        shown = ImageSerializer(context=self.get_serializer_context())
        return self.get_paginated_response([
            {
                "image": shown.to_representation(item.image),
                "moderation": moderation_of(item.image, item.history, request.user),
            }
            for item in items
        ])  # fmt: skip
