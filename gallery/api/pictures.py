"""Pictures in JSON bodies, in base64; in forms they are files."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gallery.api.fields import BoundedListField
from gallery.api.problems import ItemProblem
from gallery.core.errors import FileTooLarge
from gallery.core.size_limits import MAX_URL, check_file_size


@extend_schema_field({"type": "string", "format": "byte"})
class PictureField(serializers.CharField):
    """A picture file in base64; the value is like that of a file in a form."""

    default_error_messages = {"invalid_base64": gettext_lazy("Invalid base64.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "A picture file in base64 or as a `data:` URL.")
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> ContentFile[bytes]:  # type: ignore[override]
        """Raises ``FileTooLarge`` before it decodes more than a file may have."""
        text = super().to_internal_value(data)
        if text.startswith("data:"):
            text = text.partition(",")[2]
        text = "".join(text.split())  # Some tools break the lines.
        check_file_size(len(text) * 3 // 4 - 2)
        try:
            return ContentFile(base64.b64decode(text, validate=True), name="")
        except (binascii.Error, ValueError):
            self.fail("invalid_base64")


@extend_schema_field({"type": "string", "format": "uri", "maxLength": MAX_URL})
class UrlField(serializers.CharField):
    """The URL of a picture on another server; ``ingest.by_url`` says why it is not fetched."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            "Instead of a file: the `http` or `https` URL of a picture, which the site fetches.",
        )
        super().__init__(max_length=MAX_URL, **kwargs)


class PictureListField(BoundedListField):
    """Pictures in base64; the first error names the index of its picture."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=PictureField(), **kwargs)

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        return [self._picture(index, item) for index, item in enumerate(data)]

    def _picture(self, index: int, item: Any) -> Any:
        try:
            return self.child.run_validation(item)
        except serializers.ValidationError as error:
            detail: Any = {str(index): error.detail}
            raise serializers.ValidationError(detail) from None
        except FileTooLarge as error:
            raise ItemProblem(self.field_name or "", index, error) from None
