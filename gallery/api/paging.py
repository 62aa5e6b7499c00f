"""Newest first, by cursor: stable while pictures arrive."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from gallery.core.config import config


class NewestFirst(CursorPagination):
    ordering = ("-created_at", "-id")
    page_size_query_param = "page_size"
    max_page_size = 200
    invalid_cursor_message = "This cursor is not one of ours."

    def get_page_size(self, request: Request) -> int | None:
        self.page_size = config().page_size
        return super().get_page_size(request)

    def decode_cursor(self, request: Request) -> Any:
        """The library passes the position on to the database unread."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not _moment(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor


def _moment(position: str) -> bool:
    try:
        moment = parse_datetime(position)
    except ValueError:
        return False
    # Ours are written in UTC; PostgreSQL does not take every other offset.
    return moment is not None and moment.utcoffset() == timedelta(0)
