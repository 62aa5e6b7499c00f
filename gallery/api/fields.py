"""Fields of requests that the framework does not have."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.accounts import signed_files
from gallery.core.config import config
from gallery.core.errors import InvalidInput
from gallery.ingest.fields import metadata_document


class BoundedListField(serializers.ListField):
    """A list whose length is checked before its items are."""

    default_error_messages = {
        "too_few": gettext_lazy("Provide at least {min_length} items."),
        "too_many": gettext_lazy("Provide at most {max_length} items."),
    }

    def __init__(self, *, max_length: int, min_length: int = 1, **kwargs: Any) -> None:
        # The framework checks the length after the items; its bounds also go into the schema.
        super().__init__(min_length=min_length, max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list):
            if len(data) < (self.min_length or 0):
                self.fail("too_few", min_length=self.min_length)
            if len(data) > (self.max_length or 0):
                self.fail("too_many", max_length=self.max_length)
        return super().to_internal_value(data)


class UuidField(serializers.UUIDField):
    """A text; the framework's field takes numbers and Booleans, too."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class LimitField(serializers.IntegerField):
    """The number of results on a page; a setting has its maximum."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        value = super().to_internal_value(data)
        limit = config().max_results
        if value > limit:
            raise serializers.ValidationError(
                _("Ensure this value is less than or equal to %(limit)s.") % {"limit": limit},
                code="max_value",
            )
        return value


class SignedField(serializers.IntegerField):
    """For how many seconds the addresses of files in the answer work without a login."""

    def __init__(self) -> None:
        super().__init__(
            min_value=1,
            max_value=signed_files.MAX_SECONDS,
            required=False,
            help_text="Seconds: `previews` and `original` of the answer are signed addresses, "
            "which work without a login for so long.",
        )


class ExternalIdField(serializers.CharField):
    """A key of the owner's choice; empty for none. ``ingest`` refuses control characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=200,
            required=False,
            allow_blank=True,
            help_text="Your own key of the picture, unique among your pictures.",
            **kwargs,
        )


@extend_schema_field({"type": "object", "additionalProperties": {}})
class MetadataField(serializers.JSONField):
    """A JSON object: a value in a JSON body, a text in a form."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            if getattr(data, "is_json_string", False):
                return metadata_document.parsed(data)
            return metadata_document.checked(data)
        except InvalidInput as error:
            raise serializers.ValidationError(error.message, code=error.code) from error


class FilesField(BoundedListField):
    """The files of a form, as a list also if there is one; its errors have no index then."""

    def __init__(self, *, most: int, help_text: str) -> None:
        # The capabilities refuse an empty file, with the code ``empty_file``.
        super().__init__(
            child=serializers.FileField(allow_empty_file=True),
            max_length=most,
            help_text=help_text,
        )

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        if len(data) == 1:
            return [self.child.run_validation(data[0])]
        return super().run_child_validation(data)
