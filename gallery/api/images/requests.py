"""Check requests about images, and the text of a search."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from gallery.api.encoder.vectors import ImageWithVectorSerializer
from gallery.api.fields import BoundedListField, ExternalIdField, FilesField, MetadataField
from gallery.api.images.listed_image import ListedImageSerializer
from gallery.api.images.upload_answer import UploadedImageSerializer
from gallery.api.known_fields import KnownFieldsOnly
from gallery.api.pictures import PictureField, UrlField
from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.ingest.duplicates import OnDuplicate
from gallery.models import Tag, Visibility
from gallery.models.tags.names import normalised

# Of one request. Their total size is limited like that of one file.
MAX_FILES = 50


class ImageChangesSerializer(KnownFieldsOnly):
    """The fields of an image that can be changed.

    You may send back the image that you got, also that of an upload: its other fields are ignored.
    """

    ignored_fields = frozenset(
        {
            *UploadedImageSerializer.Meta.fields,
            *ImageWithVectorSerializer.Meta.fields,
            *ListedImageSerializer.Meta.fields,
        }
    )

    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    caption = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    visibility = serializers.ChoiceField(choices=Visibility.choices, required=False)
    taken_at = serializers.DateTimeField(required=False, allow_null=True)
    metadata = MetadataField(
        required=False,
        help_text="A JSON object, which replaces the one before; `{}` clears it.",
    )
    external_id = ExternalIdField(allow_null=True)

    def validate_external_id(self, value: str | None) -> str:
        if value and not self.context["request"].user.is_authenticated:
            raise serializers.ValidationError(
                _("Log in to give a picture an external ID."), code="external_id_needs_owner"
            )
        return value or ""

    def validate_visibility(self, value: str) -> str:
        if value == Visibility.PRIVATE and not self.context["request"].user.is_authenticated:
            raise serializers.ValidationError(
                _("Log in to make a picture private."), code="private_needs_owner"
            )
        return value


class UploadFieldsSerializer(ImageChangesSerializer):
    """A picture and the fields of its image."""

    ignored_fields = frozenset()

    tags = BoundedListField(
        child=serializers.CharField(max_length=Tag.MAX_NAME),
        max_length=50,
        required=False,
        help_text="Names of tags that it has, also of new ones. A duplicate gets them only if "
        "`on_duplicate` is `update`.",
    )
    on_duplicate = serializers.ChoiceField(
        choices=[choice.value for choice in OnDuplicate],
        default=OnDuplicate.KEEP.value,
        help_text="If you have this picture already: `keep` its fields, `update` them, or answer "
        "with an `error` (409).",
    )

    def validate_tags(self, names: list[str]) -> list[str]:
        if not self.context["request"].user.is_authenticated:
            raise serializers.ValidationError(
                _("Log in to give a picture tags."), code="tags_need_owner"
            )
        try:
            return [normalised(name) for name in names]
        except InvalidInput as error:
            raise serializers.ValidationError(_(error.message)) from None

    def validate_on_duplicate(self, value: str) -> OnDuplicate:
        if value == OnDuplicate.UPDATE and not self.context["request"].user.is_authenticated:
            raise serializers.ValidationError(
                _("Log in to change a picture."), code="update_needs_owner"
            )
        return OnDuplicate(value)


class ImageUploadSerializer(UploadFieldsSerializer):
    exactly_one_of = ("file", "url")

    file = PictureField(required=False)
    url = UrlField(required=False)
    file_name = serializers.CharField(
        max_length=255,
        required=False,
        help_text="The name that a form sends with its file; without it, that in the URL.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "file" not in attrs and "url" not in attrs:
            raise serializers.ValidationError(
                {"file": [_("Send a picture as file or its url.")]}, code="required"
            )
        if "file" in attrs and "url" in attrs:
            raise serializers.ValidationError(
                {"url": [_("Provide either file or url, not both.")]}, code="exactly_one"
            )
        return attrs


class ImageUploadFormSerializer(UploadFieldsSerializer):
    file = FilesField(
        most=MAX_FILES,
        help_text=f"Up to {MAX_FILES} files, each a part of its own. The other fields are "
        "those of all of their images.",
    )
    # A form has no null.
    taken_at = serializers.DateTimeField(required=False)
    external_id = ExternalIdField()


class QueryTextField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        limit = config().max_query_length
        if len(value) > limit:
            raise serializers.ValidationError(
                _("The search text can have at most %(limit)s characters.") % {"limit": limit},
                code="max_length",
            )
        return value
