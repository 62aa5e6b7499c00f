"""A queryset of images as a condition that statements of our own contain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

_KEYS = 'SELECT "gallery_image"."id" AS "pk" FROM "gallery_image"'
_WHERE = " WHERE "


@dataclass(frozen=True)
class Condition:
    """``sql`` is true for the rows of ``gallery_image`` that the queryset has."""

    sql: str
    values: tuple[Any, ...]

    @property
    def keys(self) -> str:
        """A SELECT of the keys of these images."""
        return f"{_KEYS}{_WHERE}{self.sql}"


def condition_of(images: QuerySet[Any, Any]) -> Condition:
    """Compiles the queryset. Raises ``EmptyResultSet`` if it is known to be empty."""
    query = images.order_by().values("pk").query
    sql, values = query.sql_with_params()
    rest = sql.removeprefix(_KEYS)
    if not rest:
        condition = "true"
    elif rest.startswith(_WHERE) and not (query.is_sliced or query.distinct or query.group_by):
        condition = f"({rest.removeprefix(_WHERE)})"
    else:
        condition = f'"gallery_image"."id" IN ({sql})'
    return Condition(condition, tuple(values))
