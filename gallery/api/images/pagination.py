"""Lists of the API by the site's cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from gallery.api.fields import LimitField
from gallery.core.config import config
from gallery.search.cursor import Cursor, ImagePage, ListOrder, page_at
from gallery.search.paging.position import bad_cursor

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ImagePagination(CursorPagination):
    """The parameters, response and schema of the framework, with the site's own cursor."""

    image_page: ImagePage
    base_url: str

    def get_page_size(self, request: Request) -> int:
        """Raises ``ValidationError`` if ``limit`` is out of range."""
        limit = request.query_params.get("limit")
        return LimitField().run_validation(limit) if limit else config().page_size

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """The parameter ``order`` is checked before. Raises ``BadCursor`` for a cursor that is not
        one of this order.
        """
        self.base_url = request.build_absolute_uri()
        order = ListOrder(request.query_params.get("order") or ListOrder.NEWEST)
        text = request.query_params.get(self.cursor_query_param)
        try:
            cursor = Cursor.parse(text, order) if text else None
        except ValueError:
            raise bad_cursor("not_valid") from None
        size = self.get_page_size(request)
        self.image_page = page_at(cursor, queryset, size=size, order=order)
        return self.image_page.images

    def get_next_link(self) -> str | None:
        return self._link(self.image_page.next)

    def get_previous_link(self) -> str | None:
        return self._link(self.image_page.previous)

    def _link(self, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        return replace_query_param(self.base_url, self.cursor_query_param, str(cursor))
