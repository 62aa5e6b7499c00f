"""The full-text column of images, which is not a field: no query loads it with the rows."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, F, Func, Value
from django.db.models.expressions import Col, Expression

from gallery.models.image import Image

_COLUMN = SearchVectorField()
_COLUMN.set_attributes_from_name("words")
_COLUMN.model = Image


class Words(F):
    """``gallery_image.words``: the lexemes of title, caption, file name, camera, lens and metadata.

    PostgreSQL generates it (migration 0007). Positions have the weight A for the title, B for the
    caption, C for the file name, D for the rest. A whole title or file name is a lexeme that
    begins with ``=``.
    """

    def __init__(self) -> None:
        super().__init__("pk")

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        # The key has the alias of the table in this query.
        key: Any = super().resolve_expression(*args, **kwargs)
        return Col(key.alias, _COLUMN)


class TextQuery(Func):
    """The ``tsquery`` that one of the SQL functions of migrations 0007 and 0012 makes of a text."""

    output_field = SearchQueryField()

    def __init__(self, function: str, *arguments: object) -> None:
        super().__init__(*(Value(argument) for argument in arguments), function=function)


class Matches(Func):
    """Whether the words match a query; a condition of ``filter``."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, query: Expression) -> None:
        super().__init__(Words(), query)
