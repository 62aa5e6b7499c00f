"""The stored vector of an image, for its owner."""

from __future__ import annotations

from rest_framework import serializers

from gallery.api.fields import SignedField
from gallery.api.images.responses import ImageSerializer
from gallery.api.known_fields import KnownFieldsOnly
from gallery.embeddings import spaces
from gallery.models import Embedding, Image, User


class ReadOptionsSerializer(KnownFieldsOnly):
    with_vector = serializers.BooleanField(
        required=False, help_text="Add the stored vector, if the image is yours."
    )
    signed = SignedField()


class ImageWithVectorSerializer(ImageSerializer):
    vector = serializers.ListField(
        child=serializers.FloatField(),
        allow_null=True,
        required=False,
        help_text="Only with `with_vector`: the unit vector that searches use; `null` for images "
        "of others and while there is none.",
    )

    class Meta(ImageSerializer.Meta):
        fields = (*ImageSerializer.Meta.fields, "vector")  # type: ignore[assignment]


def own_vector(image: Image, user: User) -> list[float] | None:
    """The vector in the active space; None for an image of another person or without a vector."""
    if not user.is_authenticated or image.owner_id != user.pk:
        return None
    vector = Embedding.objects.vector_of(image.pk, spaces.active())
    return None if vector is None else [float(value) for value in vector]
