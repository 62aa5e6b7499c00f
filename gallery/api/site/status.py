"""The state of the site: version, image counts, encoder, health."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gallery.api.view import ApiView
from gallery.core.config import config
from gallery.embeddings import spaces
from gallery.embeddings.coverage import coverage_of
from gallery.models import EmbeddingSpace, Image, JobState, SpaceBackfill
from gallery.operations.gallery_statistics import count_by_state
from gallery.operations.health.report import report


class ImageCountsSerializer(serializers.Serializer[Any]):
    stored = serializers.IntegerField()
    derived = serializers.IntegerField()
    ready = serializers.IntegerField()
    failed = serializers.IntegerField()
    quarantined = serializers.IntegerField()


class ComputationSerializer(serializers.Serializer[Any]):
    backend = serializers.ChoiceField(choices=["torch", "onnx"])
    variant = serializers.CharField(
        help_text="Precision of the weights: `fp32`, or the name of an 8-bit variant."
    )
    milliseconds = serializers.FloatField(
        allow_null=True,
        help_text="Time for one image in a batch, or for one text, measured when the variant was "
        "chosen; null when there is no measurement, as with torch.",
    )
    measured_on = serializers.CharField(
        allow_null=True, help_text="Format, library and processor of the measurement."
    )


class ComputedBySerializer(serializers.Serializer[Any]):
    """`images` or `texts` is null while this process has not loaded the model for it."""

    images = ComputationSerializer(source="pictures", allow_null=True)
    texts = ComputationSerializer(allow_null=True)


class EncoderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="space.encoder")
    fingerprint = serializers.CharField(source="space.fingerprint")
    computed_by = ComputedBySerializer(
        allow_null=True,
        help_text="How the process that answers computes vectors, for staff; null for others, and "
        "while that process has not loaded the encoder.",
    )


class NextEncoderSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="job.space.encoder")
    state = serializers.ChoiceField(source="job.state", choices=JobState.values)
    total = serializers.IntegerField(source="coverage.total", help_text="Searchable images.")
    embedded = serializers.IntegerField(
        source="coverage.embedded", help_text="Searchable images that have a vector already."
    )
    skipped = serializers.IntegerField(
        source="coverage.skipped", help_text="Images that cannot get a vector."
    )
    seconds_left = serializers.IntegerField(
        source="coverage.seconds_left", allow_null=True, help_text="Null while it is not known."
    )
    # The code alone: the message may contain paths, and anybody may read the status.
    problem = serializers.ChoiceField(
        choices=SpaceBackfill.Problem.values,
        allow_null=True,
        help_text="What keeps the backfill from continuing; null if nothing does.",
    )


class StatusSerializer(serializers.Serializer[Any]):
    version = serializers.CharField(help_text="Version of Searchsite.")
    images = ImageCountsSerializer(help_text="Images you can see, by status.")
    encoder = EncoderSerializer(allow_null=True)
    next_encoder = NextEncoderSerializer(
        allow_null=True,
        help_text="The encoder that the site is changing to.",
    )
    health = serializers.DictField(
        child=serializers.CharField(), help_text="A reason for each component that is down."
    )


class StatusView(ApiView):
    serializer_class = StatusSerializer

    @extend_schema(operation_id="get_status")
    def get(self, request: Request) -> Response:
        """Get version, image counts, encoder and health."""
        visible = Image.objects.visible_to(request.user)
        status = {
            "version": config().version,
            "images": count_by_state(visible),
            "encoder": _encoder(staff=request.user.is_staff),
            "next_encoder": _next_encoder(),
            "health": report(),
        }
        return Response(self.get_serializer(status).data)


def _encoder(*, staff: bool) -> dict[str, Any] | None:
    space = EmbeddingSpace.objects.filter(active=True).first()
    if space is None:
        return None
    return {"space": space, "computed_by": spaces.computations_of(space) if staff else None}


def _next_encoder() -> dict[str, Any] | None:
    job = SpaceBackfill.objects.current()
    if job is None:
        return None
    return {"job": job, "coverage": coverage_of(job.space), "problem": job.problem_code or None}
