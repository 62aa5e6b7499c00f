"""Pages of lists in the order of a key that no two rows share."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from gallery.api.fields import LimitField
from gallery.api.known_fields import KnownFieldsOnly
from gallery.core.config import config
from gallery.search.paging.position import bad_cursor


class PageParameters(KnownFieldsOnly):
    limit = LimitField(help_text="Rows on a page, by default `GALLERY_PAGE_SIZE` (60).")
    cursor = serializers.CharField(
        required=False, max_length=4000, help_text="The one in the address `next`."
    )


# The base of the answers: a subclass has the field ``results``.
class PageSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Of all pages.")
    next = serializers.URLField(allow_null=True, help_text="URL of the next page.")


def page_of(
    rows: QuerySet[Any], request: Request, values: dict[str, Any], *, key: str
) -> dict[str, Any]:
    """``values`` are those of ``PageParameters``. Raises ``BadCursor``."""
    size = values.get("limit") or config().page_size
    after = rows
    if cursor := values.get("cursor"):
        after = rows.filter(**{f"{key}__gt": _decoded(cursor, rows, key)})
    # One row more than needed shows whether another page follows.
    loaded = list(after.order_by(key)[: size + 1])
    page = loaded[:size]
    is_last = len(loaded) <= size
    return {
        "count": rows.count(),
        "next": None if is_last else _address(request, str(getattr(page[-1], key))),
        "results": page,
    }


def _address(request: Request, last: str) -> str:
    cursor = base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def _decoded(cursor: str, rows: QuerySet[Any], key: str) -> Any:
    field = rows.model._meta.get_field(key)
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        if "\0" in text:
            raise ValueError
        value = field.to_python(text)
        field.run_validators(value)
    except (ValueError, binascii.Error, ValidationError):
        raise bad_cursor("not_valid") from None
    return value
